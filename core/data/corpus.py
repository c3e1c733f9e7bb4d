"""The project's own corpus: a small world in English and in Russian, with known right answers.

    sentences   3,600 a language, all different; `TOPICS` take turns, so any stretch of the file is about all of them
    answers     what vectors learnt from these sentences should find: pairs of the same relation, and classes of words
    held out    one sentence in five, chosen by a hash of its text: the same one on every machine and in any order

The sentences are written by `scripts/make_corpus.py` from `core.data.world_en` and `core.data.world_ru`; the facts in
them are true, the people and the tale are invented. Nothing is read twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, permutations
from pathlib import Path
from types import ModuleType
from typing import Literal
from zlib import crc32

from core.data import world_en, world_ru
from core.data.grammar import column, generate
from core.i18n import Lang, Text

DATA = Path(__file__).resolve().parents[2] / "assets" / "data"
PER_TOPIC = 400
HELD_OUT = 5
WORD = re.compile(r"\w+(?:-\w+)*")

Part = Literal["all", "train", "held_out"]

TOPICS: dict[str, Text] = {
    "countries": Text("countries", "страны"),
    "family": Text("family", "семья"),
    "story": Text("a tale", "сказка"),
    "animals": Text("animals", "животные"),
    "food": Text("food", "еда"),
    "work": Text("work", "работа"),
    "year": Text("the year", "времена года"),
    "colours": Text("colours", "цвета"),
    "sizes": Text("comparing", "сравнения"),
}
RELATIONS: dict[str, Text] = {
    "capital": Text("country → capital", "страна → столица"),
    "language": Text("country → language", "страна → язык"),
    "gender": Text("he → she", "он → она"),
    "young": Text("animal → young", "животное → детёныш"),
    "work": Text("profession → place", "профессия → место"),
    "comparative": Text("quality → more of it", "качество → сравнительная степень"),
    "opposite": Text("opposites", "противоположности"),
}
CLASSES: dict[str, Text] = {
    "countries": Text("countries", "страны"),
    "capitals": Text("capitals", "столицы"),
    "people": Text("people", "люди"),
    "animals": Text("animals and their young", "животные и детёныши"),
    "fruit": Text("fruit", "фрукты и ягоды"),
    "vegetables": Text("vegetables", "овощи"),
    "drinks": Text("drinks", "напитки"),
    "professions": Text("professions", "профессии"),
    "places": Text("places of work", "места работы"),
    "months": Text("months", "месяцы"),
    "colours": Text("colours", "цвета"),
    "clothes": Text("clothes", "одежда"),
    "qualities": Text("qualities", "качества"),
    "names": Text("names", "имена"),
}


@dataclass(frozen=True)
class Answers:
    """Words as `words` gives them, in lower case.

    relations : name → pairs (a, b); of any two pairs, a is to b as c is to d
    classes : name → words that belong together
    """

    relations: dict[str, tuple[tuple[str, str], ...]]
    classes: dict[str, tuple[str, ...]]

    def quadruples(self, relation: str) -> Iterator[tuple[str, str, str, str]]:
        """a : b = c : d, for every two pairs of a relation, both ways round."""
        for (a, b), (c, d) in permutations(self.relations[relation], 2):
            yield a, b, c, d


def world(lang: Lang) -> ModuleType:
    """The tables and frames of a language."""
    return world_ru if lang == "ru" else world_en


def generate_sentences(lang: Lang) -> list[str]:
    """What the file of `lang` holds: topic after topic takes its turn."""
    return list(chain.from_iterable(zip(*(generate(topic, PER_TOPIC) for topic in world(lang).TOPICS), strict=True)))


@cache
def sentences(lang: Lang, part: Part = "all") -> tuple[str, ...]:
    """The corpus in `lang`, or one part of it."""
    if part == "all":
        return tuple((DATA / f"world.{lang}.txt").read_text(encoding="utf-8").splitlines())
    return tuple(s for s in sentences(lang) if is_held_out(s) == (part == "held_out"))


def topics(lang: Lang) -> tuple[str, ...]:
    """The topic of every sentence of `sentences(lang)`: a key of `TOPICS`."""
    names = tuple(TOPICS)
    return tuple(names[i % len(names)] for i in range(len(sentences(lang))))


def is_held_out(sentence: str) -> bool:
    """Whether a sentence is kept away from training: about one in five."""
    return crc32(sentence.encode("utf-8")) % HELD_OUT == 0


def words(sentence: str) -> tuple[str, ...]:
    """Its words in lower case, without punctuation; a hyphen stays inside a word."""
    return tuple(WORD.findall(sentence.lower()))


@cache
def answers(lang: Lang) -> Answers:
    """What is known about the words of the corpus in `lang`."""
    w = world(lang)
    qualities = [named for named, _ in w.SCALES]
    people = (*w.FAMILY, *w.STORY)
    he, she = ([row["who"] for row in people if row["gender"] == gender] for gender in "mf")
    months = tuple(row for rows, _ in w.SEASONS for row in rows)
    relations = {
        "capital": zip(column(w.COUNTRIES, "country"), column(w.COUNTRIES, "capital"), strict=True),
        "language": zip(column(w.COUNTRIES, "country"), column(w.COUNTRIES, "language"), strict=True),
        "gender": zip(he, she, strict=True),
        "young": zip(column(w.ANIMALS, "animal"), column(w.ANIMALS, "baby"), strict=True),
        "work": zip(column(w.WORK, "who"), column(w.WORK, "place"), strict=True),
        "comparative": [pair for little, less, much, more in qualities for pair in ((little, less), (much, more))],
        "opposite": [(little, much) for little, _, much, _ in qualities],
    }
    classes = {
        "countries": column(w.COUNTRIES, "country"),
        "capitals": column(w.COUNTRIES, "capital"),
        "people": column(people, "who"),
        "animals": column(w.ANIMALS, "animal") + column(w.ANIMALS, "baby"),
        "fruit": column(w.FRUIT, "food"),
        "vegetables": column(w.VEGETABLES, "food"),
        "drinks": column(w.DRINKS, "food"),
        "professions": column(w.WORK, "who"),
        "places": column(w.WORK, "place"),
        "months": column(months, "month"),
        "colours": column(w.COLOURS, "colour"),
        "clothes": w.LISTS["garment"],
        "qualities": tuple(chain.from_iterable(qualities)),
        "names": w.LISTS["name"],
    }
    return Answers(
        {name: tuple((a.lower(), b.lower()) for a, b in pairs) for name, pairs in relations.items()},
        {name: tuple(word.lower() for word in members) for name, members in classes.items()},
    )
