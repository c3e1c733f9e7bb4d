"""What word2vec is trained on and how: the small world with its right answers, or a visitor's text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.data import corpus as world
from core.embeddings.word2vec import Stream, Vocabulary, count_words, encode
from core.embeddings.word2vec_quality import Known, number_answers
from core.embeddings.word2vec_step import KINDS, LOSSES
from core.errors import Refusal
from core.i18n import Lang, Text
from core.params import Choice, Levels, Params, Slider, Switch
from core.text.pretokenize import split_words

MAX_OWN_CHARS = 600_000
MAX_VOCABULARY = 2000
MOST_WORK = 40_000_000
SHOWN = 240
Relations = dict[str, tuple[tuple[str, str, str, str], ...]]
Classes = dict[str, tuple[str, ...]]
Ints = npt.NDArray[np.int64]


class TrainParams(Params):
    """What is read and how.

    lang : of the bundled corpus; own : the visitor's text, where there is one
    """

    corpus: Annotated[
        str,
        Choice(
            label=Text("Corpus", "Корпус"),
            options={"world": Text("small world", "малый мир"), "own": Text("own text", "свой текст")},
            help=Text(
                "The small world is written by rule, so the right neighbours and analogies are known.",
                "Малый мир написан по правилам, поэтому верные соседи и аналогии известны.",
            ),
        ),
    ] = "world"
    kind: Annotated[str, Choice(label=Text("Guess", "Что угадываем"), options=KINDS)] = "skipgram"
    loss: Annotated[str, Choice(label=Text("Loss", "Потери"), options=LOSSES)] = "negative"
    size: Annotated[int, Levels(label=Text("Dimensions d", "Размерность d"), values=(2, 4, 8, 16, 32, 64, 100))] = 32
    window: Annotated[int, Slider(label=Text("Window c", "Окно c"), lo=1, hi=8, step=1)] = 5
    epochs: Annotated[int, Levels(label=Text("Epochs", "Эпох"), values=(1, 3, 5, 10, 20, 40, 80))] = 10
    alpha: Annotated[
        float,
        Slider(
            label=Text("Learning rate α", "Скорость обучения α"),
            lo=0.005,
            hi=1.0,
            step=0.005,
            help=Text(
                "At the start; it falls to nearly 0 in a straight line.", "В начале; падает по прямой почти до нуля."
            ),
        ),
    ] = 0.1
    negatives: Annotated[
        int,
        Slider(
            label=Text("Negatives a pair, k", "Негативов на пару, k"),
            lo=1,
            hi=20,
            step=1,
            folded=True,
            shown=lambda p: p["loss"] == "negative",
        ),
    ] = 5
    exponent: Annotated[
        float,
        Slider(
            label=Text("Exponent of negatives a", "Степень для негативов a"),
            lo=0.0,
            hi=1.5,
            step=0.05,
            folded=True,
            help=Text("0: all words alike; 1: as often as in the text.", "0 — все слова поровну; 1 — как в тексте."),
        ),
    ] = 0.75
    lg_sample: Annotated[
        float,
        Slider(
            label=Text("Subsampling, lg t", "Прореживание, lg t"),
            lo=-5,
            hi=0,
            step=0.25,
            folded=True,
            help=Text("0 keeps every word.", "0 оставляет все слова."),
        ),
    ] = -2.5
    is_dynamic: Annotated[
        bool,
        Switch(
            label=Text("Dynamic window", "Динамическое окно"),
            folded=True,
            help=Text(
                "Each centre draws its own reach from 1 to c, so near words come more often.",
                "Каждый центр вытягивает свой радиус от 1 до c, поэтому близкие слова попадаются чаще.",
            ),
        ),
    ] = True
    seed: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1, folded=True)] = 0
    lang: Lang = "en"
    own: str | None = None


@dataclass(frozen=True)
class Corpus(Frozen):
    """What is trained on. shown (n): the words that are drawn, those with known answers first."""

    vocabulary: Vocabulary
    stream: Stream
    known: Known
    shown: Ints


def read_own(text: str) -> list[tuple[str, ...]]:
    """Sentences of a visitor's text: small letters, a new sentence at . ! ? … and at the end of a line.

    Raises
    ------
    Refusal
        If it is too long, or has too few words to learn anything from.
    """
    if len(text) > MAX_OWN_CHARS:
        raise Refusal(
            Text("The text is longer than {n} characters.", "Текст длиннее {n} символов.").format(
                n=f"{MAX_OWN_CHARS:,}".replace(",", " ")
            )
        )
    sentences = []
    for line in text.splitlines():
        words: list[str] = []
        for word in split_words(line.lower()):
            if any(c.isalnum() for c in word):
                words.append(word)
            elif any(c in ".!?…" for c in word):
                sentences.append(tuple(words))
                words = []
        sentences.append(tuple(words))
    sentences = [sentence for sentence in sentences if sentence]
    counts = count_words(sentences, least=2, most=MAX_VOCABULARY)
    if len(counts.words) < 10:
        raise Refusal(
            Text(
                "The text needs at least ten different words that occur twice or more; here there are {n}.",
                "В тексте нужно хотя бы десять разных слов, встретившихся не меньше двух раз; здесь таких {n}.",
            ).format(n=len(counts.words))
        )
    return sentences


def corpus_of(params: TrainParams) -> Corpus:
    """The corpus as numbers, with its known answers.

    Raises
    ------
    Refusal
        If the visitor's text cannot be used, or training on it would take too long.
    """
    sentences: Sequence[Sequence[str]]
    if params.corpus == "own":
        if not params.own:
            raise Refusal(Text("Paste a text or give a file, on the left.", "Вставьте текст или дайте файл — слева."))
        sentences = read_own(params.own)
        vocabulary = count_words(sentences, least=2, most=MAX_VOCABULARY)
        known = number_answers(vocabulary.words, {}, {})
    else:
        sentences = world_sentences(params.lang)
        vocabulary = count_words(sentences, least=2, most=MAX_VOCABULARY)
        known = number_answers(vocabulary.words, *world_answers(params.lang))
    stream = encode(sentences, vocabulary)
    # A softmax over V words costs about V/40 as much as the shared negatives of a word.
    cost = len(stream.ids) * params.epochs * (len(vocabulary.words) / 40 if params.loss == "softmax" else 1)
    if cost > MOST_WORK:
        raise Refusal(
            Text(
                "This would take minutes: choose fewer epochs, a shorter text, or negatives.",
                "Это займёт минуты: возьмите меньше эпох, текст короче или негативы.",
            )
        )
    first = [w for group in known.classes for w in group]
    shown = list(dict.fromkeys([*first, *range(len(vocabulary.words))]))[:SHOWN]
    return Corpus(vocabulary, stream, known, np.array(shown, dtype=np.int64))


@cache
def world_sentences(lang: Lang) -> tuple[tuple[str, ...], ...]:
    """Sentences as words in small letters."""
    return tuple(world.words(sentence) for sentence in world.sentences(lang))


def world_answers(lang: Lang) -> tuple[Relations, Classes]:
    """Analogies by relation, and classes of words; their names are keys of `world.RELATIONS` and `world.CLASSES`."""
    known = world.answers(lang)
    return {name: tuple(known.quadruples(name)) for name in known.relations}, known.classes
