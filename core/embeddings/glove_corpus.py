"""A small corpus with known answers: what ice and steam share, and words of one spelling with two or three senses.

A *frame* is a sentence whose braces hold alternatives, `the {boat|raft} lay at the bank`: they agree in gender and case
with what stands around them, so every choice is a correct sentence. A *topic* is a few frames that speak of one thing;
a homonym stands in two or three topics and in nothing else, and always in the same form.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from types import MappingProxyType

from core.i18n import Lang

EACH = 60
"""Sentences of a topic, at most: a topic with fewer choices gives all it has."""
HOLES = re.compile(r"\{([^}]*)\}")
WORD = re.compile(r"\w+")

FRAMES: Mapping[Lang, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "en": MappingProxyType(
            {
                "ice": (
                    "the ice on the {pond|lake|window} was {solid|solid and hard} {today|this morning|at dawn}",
                    "{solid|hard|thick} ice is {frozen|cold|still} water {in winter|at night|on the pond}",
                    "water {in the bucket|on the lake} froze and became solid ice {at night|in winter|at dawn}",
                ),
                "steam": (
                    "{hot|white|thick} steam is water that became a gas {in the kettle|over the pot|in the boiler}",
                    "steam {rose|escaped} from the {kettle|boiler|pot} as a hot gas {today|this morning|at noon}",
                    "water {in the kettle|in the pot} boiled and the gas we call steam {rose|escaped} {today|again}",
                ),
                "fashion": (
                    "{young|rich|old} ladies follow the fashion of {hats|dresses|gloves} {every year|in paris}",
                    "the fashion for {long|short|silk} {dresses|hats|gloves} came from paris {this year|again}",
                ),
                "bank_1": (
                    "the {boat|raft|ferry} lay at the bank of the {wide|slow|muddy} river {at dawn|all day}",
                    "{reeds|willows} grow on the {muddy|steep|green} bank of the river {in summer|again}",
                    "the fisherman sat on the bank of the river and {watched|mended} his {nets|boat|hooks}",
                    "the river carried the {boat|raft} past the {reeds|willows} and the fisherman {at dawn|again}",
                ),
                "bank_2": (
                    "the bank gave the {merchant|baker|widow} a {small|large|new} loan {today|this year}",
                    "the {clerk|cashier} at the bank counted the {money|coins|cheques} {twice|again|at noon}",
                    "she put her {money|savings|coins} into an account at the bank {every year|today}",
                    "the {clerk|cashier} wrote the loan and the money into the account {twice|today|at noon}",
                ),
                "bat_1": (
                    "a {brown|furry} bat {slept|hung} upside down in the {dark|damp|deep} cave {all day|until night}",
                    "the {brown|furry} bat {caught|chased} {moths|insects} over the {barn|garden} at night",
                    "{moths|insects} and {owls|mice} live near the {dark|damp} cave and fly on {thin|quiet} wings at "
                    "night",
                ),
                "bat_2": (
                    "the {player|captain} swung the {wooden|heavy} bat and {hit|missed} the ball {again|twice}",
                    "the coach gave the {team|player} a {new|wooden} bat for the {match|game} {today|at noon}",
                    "the {pitcher|coach} threw the ball and the {team|crowd} {cheered|shouted} at the {match|game}",
                ),
            }
        ),
        "ru": MappingProxyType(
            {
                "лёд": (
                    "{сегодня|утром|на рассвете} лёд на {пруду|озере|реке} был {твёрдый|твёрдый и толстый}",
                    "{твёрдый|толстый|крепкий} лёд — это {замёрзшая|холодная} вода {зимой|в мороз}",
                    "вода {в ведре|на озере|в пруду} {ночью|зимой|в мороз} замёрзла, и теперь это {твёрдый|крепкий} "
                    "лёд",
                ),
                "пар": (
                    "{горячий|белый|густой} пар {над чайником|над кастрюлей|в котле} — это вода, которая "
                    "превратилась в газ",
                    "пар, горячий газ, {шёл|вырывался} из {чайника|котла|кастрюли} {сегодня|утром|в полдень}",
                    "вода {в чайнике|в котле} закипела, и {горячий|белый} пар, то есть газ, {поднялся|повалил} "
                    "{вверх|из носика}",
                ),
                "мода": (
                    "мода на {длинные|короткие|шёлковые} {платья|перчатки|шляпы} пришла из {парижа|столицы} "
                    "{снова|весной}",
                    "{молодые|богатые|старые} дамы знают, что мода на {платья|перчатки|шляпы} меняется {весной|осенью}",
                ),
                "замок_1": (
                    "{рыцарь|король|герцог} построил {каменный|высокий|древний} замок {на холме|над рекой|за рвом}",
                    "{каменный|высокий|древний} замок окружали {башни|стены|рвы} и {стража|дружина}",
                    "{рыцарь|король|герцог} и {стража|дружина} охраняли {башни|стены} {на холме|над рекой|за рвом}",
                ),
                "замок_2": (
                    "слесарь {починил|сменил|смазал} {ржавый|дверной|новый} замок {сегодня|утром|в полдень}",
                    "ключ {сломался|застрял}, и {ржавый|дверной} замок в {двери|калитке} не открылся",
                    "слесарь {подобрал|выточил} ключ к {двери|калитке} и {петли|ручку} смазал {сегодня|утром}",
                ),
                "коса_1": (
                    "у {девушки|девочки|невесты} {русая|длинная|тугая} коса {до пояса|с лентой|с бантом}",
                    "{русая|тугая} коса и {алый|синий} бант украшали голову {девушки|девочки|невесты}",
                    "волосы {девушки|девочки|невесты} мать {заплела|причесала} и украсила {лентой|бантом|гребнем}",
                ),
                "коса_2": (
                    "острая коса {косаря|деда} {срезала|уложила} {траву|клевер|рожь} {на лугу|в поле} "
                    "{на рассвете|утром}",
                    "коса {затупилась|звенела}, и {косарь|дед} точил её {на лугу|в поле} {на рассвете|утром}",
                    "{косарь|дед} сушил {траву|клевер} {на лугу|в поле} и {складывал сено в стог|возил сено в сарай}",
                ),
                "коса_3": (
                    "песчаная коса {уходит|тянется} далеко в {море|залив} {у маяка|у пристани}",
                    "{чайки|волны} и {лодки|рыбаки} видны там, где песчаная коса {уходит|тянется} в {море|залив}",
                    "{чайки|волны} шумели {у маяка|у пристани}, и {лодки|рыбаки} выходили в {море|залив} "
                    "{на рассвете|утром}",
                ),
                "лук_1": (
                    "{бабушка|хозяйка} {порезала|обжарила|посолила} {репчатый|зелёный} лук и морковь для {супа|салата}",
                    "{репчатый|зелёный} лук растёт на грядке рядом с {укропом|чесноком} {летом|весной}",
                    "{бабушка|хозяйка} {порезала|посолила} морковь и {укроп|чеснок} с грядки для {супа|салата}",
                ),
                "лук_2": (
                    "{лучник|охотник|индеец} натянул {тугой|боевой} лук и {пустил|выпустил} стрелу в {мишень|оленя}",
                    "{тугой|боевой} лук и колчан {лучник|охотник|индеец} взял {на охоту|в поход}",
                    "{лучник|охотник|индеец} {достал|вынул} стрелу из колчана, поправил тетиву и прицелился в "
                    "{мишень|оленя}",
                ),
            }
        ),
    }
)


@dataclass(frozen=True)
class Corpus:
    """Sentences as tuples of words; topics : the topic of each sentence, "" where none is known."""

    sentences: tuple[tuple[str, ...], ...]
    topics: tuple[str, ...]


def expand(frame: str) -> list[str]:
    """Every sentence of a frame.

    >>> expand("{a|b} c")
    ['a c', 'b c']
    """
    pieces = HOLES.split(frame)
    return ["".join(chosen) for chosen in product(*(p.split("|") if k % 2 else [p] for k, p in enumerate(pieces)))]


@cache
def known_corpus(lang: Lang) -> Corpus:
    """Sentences of all topics, in an order fixed by a seed."""
    chance = random.Random(0)
    rows: list[tuple[str, str]] = []
    for topic, frames in FRAMES[lang].items():
        all_of_it = list(dict.fromkeys(s for frame in frames for s in expand(frame)))
        rows += [(topic, s) for s in chance.sample(all_of_it, min(EACH, len(all_of_it)))]
    chance.shuffle(rows)
    return Corpus(tuple(tuple(WORD.findall(s)) for _, s in rows), tuple(topic for topic, _ in rows))


@cache
def homonyms(lang: Lang) -> Mapping[str, tuple[str, ...]]:
    """Each homonym and the topics of its senses."""
    found: dict[str, list[str]] = {}
    for topic in FRAMES[lang]:
        word, _, sense = topic.partition("_")
        if sense:
            found.setdefault(word, []).append(topic)
    return MappingProxyType({word: tuple(topics) for word, topics in found.items()})


def split_senses(corpus: Corpus, lang: Lang) -> Corpus:
    """The same sentences with each homonym told apart by the topic it stands in: bank → bank_1, bank_2."""
    named = {topic: word for word, topics in homonyms(lang).items() for topic in topics}
    return Corpus(
        tuple(
            tuple(topic if word == named.get(topic) else word for word in sentence)
            for sentence, topic in zip(corpus.sentences, corpus.topics, strict=True)
        ),
        corpus.topics,
    )


@cache
def sense_words(lang: Lang, topic: str) -> tuple[str, ...]:
    """The words that stand in this topic, at least five times, and in no other; without the homonym."""
    corpus = known_corpus(lang)
    inside: dict[str, int] = {}
    outside: set[str] = set()
    for sentence, spoken in zip(corpus.sentences, corpus.topics, strict=True):
        for word in sentence:
            if spoken == topic:
                inside[word] = inside.get(word, 0) + 1
            else:
                outside.add(word)
    return tuple(
        word for word, n in inside.items() if n >= 5 and word not in outside and word != topic.split("_", maxsplit=1)[0]
    )
