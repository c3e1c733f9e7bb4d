"""What the labs of n-grams count: sentences of a bundled corpus or of a visitor's own text, as rows of tokens.

A sentence is lowercased. As words it is its words and a full stop, which is predicted like any word; as characters it
is its letters, spaces and the full stop. Other punctuation is left out.

    world    the project's own small world, `core.data.corpus`
    stories  fifteen short stories, assets/data/corpus.*.txt
    found    sentences that people wrote, fetched by set-up: film reviews in English, proverbs in Russian
    own      what a visitor pasted

One sentence in five is held out, by a hash of its text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Annotated, Literal

from core.data import corpus, need
from core.errors import Refusal
from core.i18n import Lang, Text
from core.params import Choice, Words
from core.text.ngrams import NgramModel, Smoothing, train

Unit = Literal["words", "characters"]
Part = Literal["train", "held_out"]
Sequences = tuple[tuple[str, ...], ...]

STOP = "."
LONGEST = 6
MAX_OWN = 8000
MIN_OWN = 30
# Enough letters to spell the words of the small world, and few enough for a second of counting.
MAX_CHARACTERS = 40_000
MAX_WORDS = 20_000
FOUND: dict[Lang, str] = {"en": "film_reviews", "ru": "proverbs"}
SENTENCE_END = re.compile(r"[.!?…\n]+")
CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
LATIN = re.compile(r"[a-z]", re.IGNORECASE)

TOO_SMALL = Text(
    "To count in your own text, give at least {n} words in two sentences or more.",
    "Чтобы считать по своему тексту, нужно не меньше {n} слов и не меньше двух предложений.",
)

CorpusField = Annotated[
    str,
    Choice(
        label=Text("Learnt from", "Учится на"),
        options={
            "world": Text("a small world", "мирок"),
            "stories": Text("stories", "рассказы"),
            "found": Text("film reviews", "пословицы"),
        },
        help=Text(
            "3,600 short sentences about one small world; fifteen short stories; sentences that people wrote (film "
            "reviews, in Russian proverbs). The language is that of the text.",
            "3600 коротких предложений об одном маленьком мире; пятнадцать рассказов; то, что написали люди: "
            "пословицы, по-английски отзывы о фильмах. Язык — как у текста.",
        ),
    ),
]
UnitField = Annotated[
    str,
    Choice(
        label=Text("Tokens are", "Токены"),
        options={"words": Text("words", "слова"), "characters": Text("characters", "символы")},
    ),
]
OwnField = Annotated[
    str,
    Words(
        label=Text("Your own text to learn from", "Свой текст для обучения"),
        max_chars=MAX_OWN,
        lines=5,
        folded=True,
        help=Text(
            "Used instead of the corpus above. Ctrl+Enter applies.",
            "Заменяет корпус, выбранный выше. Применить — Ctrl+Enter.",
        ),
    ),
]


def language_of(text: str) -> Lang:
    """ "ru" when there are more Cyrillic letters than Latin ones, else "en"."""
    return "ru" if len(CYRILLIC.findall(text)) > len(LATIN.findall(text)) else "en"


def cut(sentence: str, unit: Unit) -> tuple[str, ...]:
    """The tokens of one sentence, without the full stop."""
    words = corpus.words(sentence)
    return words if unit == "words" else tuple(" ".join(words))


def beginning(text: str, unit: Unit) -> tuple[str, ...]:
    """The tokens of the last, unfinished sentence of a text that is being typed; a trailing space is a character."""
    last = SENTENCE_END.split(text)[-1]
    tokens = cut(last, unit)
    return (*tokens, " ") if unit == "characters" and tokens and last[-1].isspace() else tokens


@lru_cache(maxsize=32)
def sequences(name: str, lang: Lang, unit: Unit, own: str, part: Part) -> Sequences:
    """Every sentence as tokens and a full stop; characters at most `MAX_CHARACTERS`, fetched text at most
    `MAX_WORDS`.

    Raises
    ------
    Refusal
        If a visitor's own text is too short to count anything in it, or a text is not here and has to be fetched.
    """
    if own:
        lines = SENTENCE_END.split(own)
    elif name == "stories":
        lines = SENTENCE_END.split((corpus.DATA / f"corpus.{lang}.txt").read_text(encoding="utf-8"))
    elif name == "found":
        lines = [end for text in found(lang) for end in SENTENCE_END.split(text)]
    else:
        lines = list(corpus.sentences(lang))
    wanted = part == "held_out"
    cut_up = [cut(line, unit) for line in lines if corpus.words(line) and corpus.is_held_out(line) == wanted]
    if own and not wanted:
        size = sum(len(corpus.words(line)) for line in lines)
        if size < MIN_OWN or len(cut_up) < 2:
            raise Refusal(TOO_SMALL.format(n=MIN_OWN))
    if unit == "words" and name != "found":
        return tuple((*row, STOP) for row in cut_up)
    kept, size, most = [], 0, MAX_WORDS if unit == "words" else MAX_CHARACTERS
    for row in cut_up:
        size += len(row) + 1
        if size > most:
            break
        kept.append((*row, STOP))
    return tuple(kept)


def found(lang: Lang) -> list[str]:
    """The fetched text of a language, as its lines.

    Raises
    ------
    Refusal
        If it is not here.
    """
    return [str(getattr(line, "text", line)) for line in need(FOUND[lang])]


@lru_cache(maxsize=24)
def counted(rows: Sequences, n: int = LONGEST) -> NgramModel:
    """All counts up to length n, once for every smoothing and every shorter model."""
    return train(rows, n)


def model_of(rows: Sequences, n: int, smoothing: Smoothing, k: float = 1.0, discount: float = 0.75) -> NgramModel:
    """The model of `rows`: `counted`, read another way."""
    whole = counted(rows)
    return replace(
        whole,
        n=n,
        smoothing=smoothing,
        k=k,
        discount=discount,
        counts=whole.counts[:n],
        continuations=whole.continuations[: n - 1],
    )


def write(tokens: Sequence[str], unit: Unit) -> str:
    """Tokens as a reader types them."""
    return ("" if unit == "characters" else " ").join(tokens).replace(f" {STOP}", STOP)
