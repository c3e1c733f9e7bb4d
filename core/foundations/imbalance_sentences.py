"""Labelled sentences: the project's own corpus by what its stories are about, what people wrote by where they wrote
it, or a visitor's own lines."""

from __future__ import annotations

import random
import re
from functools import lru_cache
from pathlib import Path

from core.data import need
from core.errors import Refusal
from core.i18n import Lang, Text

Bag = tuple[str, ...]

MAX_SENTENCES = 300
MAX_CLASSES = 6
FEWEST = 5
LEAST_WORDS = 5
# The stories of the corpus by what they are about, in the order of the file.
STORIES: dict[str, tuple[Text, tuple[int, ...]]] = {
    "village": (Text("village", "деревня"), (0, 1, 2, 5, 9, 10, 11, 12, 13, 14)),
    "water": (Text("water", "вода"), (3, 4, 6)),
    "recipe": (Text("recipes", "рецепты"), (7, 8)),
}
# What people wrote, by where they wrote it: registry name → title, and how many sentences are taken.
REVIEWS: dict[str, tuple[Text, int]] = {
    "film_reviews": (Text("film reviews", "отзывы о фильмах"), 60),
    "tweets": (Text("tweets", "твиты"), 45),
    "product_reviews": (Text("product reviews", "отзывы о товарах"), 35),
    "news_opinions": (Text("newspaper", "газета"), 0),
}
FOLDER = Path(__file__).resolve().parents[2] / "assets" / "data"


def cut_words(text: str) -> Bag:
    """Lower-case runs of letters and digits."""
    return tuple(re.findall(r"\w+", text.casefold()))


@lru_cache(maxsize=4)
def load_sentences(lang: Lang) -> tuple[tuple[str, str], ...]:
    """(class, sentence) pairs of the project's corpus."""
    stories = (FOLDER / f"corpus.{lang}.txt").read_text(encoding="utf-8").strip().split("\n\n")
    of = {story: name for name, (_, numbers) in STORIES.items() for story in numbers}
    return tuple(
        (of[k], sentence)
        for k, story in enumerate(stories)
        for sentence in re.split(r"(?<=[.!?»”])\s+(?=[A-ZА-ЯЁ«“])", story)
    )


def load_reviews(kept: int, seed: int) -> tuple[tuple[str, str], ...]:
    """(class, sentence) pairs drawn from what was fetched, English; `kept` of the newspaper's.

    Raises
    ------
    Refusal
        If it is not here.
    """
    dice = random.Random(seed)
    pairs = []
    for name, (_, count) in REVIEWS.items():
        whole = [one.text for one in need(name) if len(cut_words(one.text)) >= LEAST_WORDS]
        pairs += [(name, sentence) for sentence in dice.sample(whole, count or kept)]
    return tuple(pairs)


def read_own(text: str) -> tuple[tuple[str, str], ...]:
    """`label; sentence` lines → pairs; tabs will do, too.

    Raises
    ------
    Refusal
        Names the line that cannot be read, or says what the whole lacks.
    """
    pairs = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        label, mark, sentence = (
            (part.strip() for part in re.split(r"([;\t])", line, maxsplit=1))
            if re.search(r"[;\t]", line)
            else (line, "", "")
        )
        if (not mark and not sentence) or not label or not cut_words(sentence):
            raise Refusal(NO_PAIR.format(row=number))
        pairs.append((label[:40], sentence))
    if len(pairs) > MAX_SENTENCES:
        raise Refusal(TOO_MANY.format(n=len(pairs), most=MAX_SENTENCES))
    labels = [label for label, _ in pairs]
    found = set(labels)
    if not 2 <= len(found) <= MAX_CLASSES:
        raise Refusal(CLASSES.format(n=len(found), most=MAX_CLASSES))
    rarest = min(found, key=lambda name: (labels.count(name), name))
    if labels.count(rarest) < FEWEST:
        raise Refusal(TOO_RARE.format(label=rarest, n=labels.count(rarest), fewest=FEWEST))
    return tuple(pairs)


NO_PAIR = Text(
    "Line {row} is not “label; sentence”: write the label, a semicolon and at least one word.",
    "Строка {row} — не «метка; предложение»: нужны метка, точка с запятой и хотя бы одно слово.",
)
TOO_MANY = Text(
    "{n} sentences are too many: at most {most}.", "Предложений слишком много: {n}. Можно не больше {most}."
)
CLASSES = Text("There are {n} labels: from 2 to {most} can be compared.", "Меток {n}, а сравнить можно от 2 до {most}.")
TOO_RARE = Text(
    "The label “{label}” has {n} sentences, and each of the five folds needs one: at least {fewest}.",
    "У метки «{label}» предложений {n}, а каждой из пяти частей нужно своё: хотя бы {fewest}.",
)
