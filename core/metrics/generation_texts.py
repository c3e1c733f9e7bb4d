"""What the labs of generation metrics share: the training text, how it is cut into tokens, and the models.

A text is lowercased and its spaces are evened out. As words it is a row of words and punctuation marks; as characters,
a row of characters. Both describe the same string: `join_words` puts the spaces back by a rule that needs the words
only, so the two kinds of model spell the same C characters and their bits per character can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from core.errors import Refusal
from core.i18n import Text
from core.text.ngrams import NgramModel, Smoothing, train

Unit = Literal["words", "characters"]

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "data"
MAX_TEXT = 400
MAX_OWN = 4000
MIN_OWN_TOKENS = 20

WORD = re.compile(r"\w+(?:[-’']\w+)*|[^\w\s]")
CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
LATIN = re.compile(r"[a-z]", re.IGNORECASE)
CLOSING = frozenset(".,!?;:…»”)]}%")
OPENING = frozenset("«“„([{")

# Stories that the models never see, in words that they know: what people write, as the curves are compared with it.
HELD_OUT = {
    "en": "On Sunday the old man was late. The parrot sat on the bag and looked at the river. “The bus cannot "
    "wait,” said the parrot, and everybody in the village heard it. The boy took a small boat and went down "
    "the river. By the old bridge he looked under a tree, and the man slept there with a book about the "
    "mountains. The cat sat by the man and waited for his cheese.",
    "ru": "В воскресенье старый человек не пришёл на рынок. Попугай сидел на стуле и смотрел на дверь. «Автобус "
    "может ждать, — говорит попугай, — а рыба ждать не может». Мальчик шёл вдоль реки, потом через мост, "
    "потом через сад. Под яблоней сидела кошка, и человек рассказывал ей о море. Он медленно ест суп, а кошка "
    "ждёт сыра.",
}

EMPTY = Text("There is nothing to score: type at least one word.", "Оценивать нечего: напишите хотя бы одно слово.")
SMALL = Text(
    "To train on your own text, give at least {n} words; here there are {size}.",
    "Чтобы обучить модель на своём тексте, нужно не меньше {n} слов, а здесь их {size}.",
)


def split_words(text: str) -> tuple[str, ...]:
    """Words and punctuation marks, lowercased: "Don’t go!" → don’t · go · !"""
    return tuple(WORD.findall(text.lower()))


def join_words(words: Sequence[str]) -> str:
    """The string that a row of words stands for: no space before closing marks and after opening ones."""
    return "".join(_space(words, i) + word for i, word in enumerate(words))


def pieces(words: Sequence[str]) -> tuple[str, ...]:
    """Each word with the space before it, if it has one: together they are `join_words`."""
    return tuple(_space(words, i) + word for i, word in enumerate(words))


def _space(words: Sequence[str], i: int) -> str:
    return "" if i == 0 or words[i] in CLOSING or words[i - 1] in OPENING else " "


def tokens_of(text: str, unit: Unit) -> tuple[str, ...]:
    """The tokens of a text in either unit."""
    words = split_words(text)
    return words if unit == "words" else tuple(join_words(words))


def read_text(text: str, unit: Unit) -> tuple[str, ...]:
    """`tokens_of` a text that is to be scored.

    Raises
    ------
    Refusal
        If nothing is left of it.
    """
    tokens = tokens_of(text, unit)
    if not tokens:
        raise Refusal(EMPTY)
    return tokens


def language_of(text: str) -> str:
    """ "ru" when there are more Cyrillic letters than Latin ones, else "en": which of our corpora to train on."""
    return "ru" if len(CYRILLIC.findall(text)) > len(LATIN.findall(text)) else "en"


@cache
def stories(lang: str) -> tuple[str, ...]:
    """Our own small corpus, a story each."""
    return tuple((FOLDER / f"corpus.{lang}.txt").read_text(encoding="utf-8").strip().split("\n\n"))


def corpus_for(text: str, own: str = "") -> tuple[str, ...]:
    """The visitor's own text, as one story, or else ours in the language of `text`.

    Raises
    ------
    Refusal
        If the visitor's text is too short to count anything in it.
    """
    if not own:
        return stories(language_of(text))
    size = len(split_words(own))
    if size < MIN_OWN_TOKENS:
        raise Refusal(SMALL.format(n=MIN_OWN_TOKENS, size=size))
    return (own,)


@lru_cache(maxsize=48)
def model_of(
    corpus: tuple[str, ...],
    unit: Unit,
    n: int,
    smoothing: Smoothing = "kneser_ney",
    k: float = 1.0,
    discount: float = 0.75,
    is_open: bool = True,
) -> NgramModel:
    """The model, counted live: tens of milliseconds. The last few are kept for all visitors."""
    sequences = [tokens_of(story, unit) for story in corpus]
    return train(sequences, n, smoothing, k=k, discount=discount, is_open=is_open)


@lru_cache(maxsize=8)
def speller_of(corpus: tuple[str, ...], n: int, discount: float = 0.75) -> NgramModel:
    """A model of how the different words of the corpus are spelled, each to its end."""
    words = dict.fromkeys(word for story in corpus for word in split_words(story))
    return train([tuple(word) for word in words], n, "kneser_ney", discount=discount, is_ended=True)
