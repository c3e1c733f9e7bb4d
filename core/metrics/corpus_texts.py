"""Corpora of the lab “A against B”: our own stories damaged by rule, or three texts of the visitor's.

The example is a world whose truth is known. A segment is a sentence of our stories. Either system copies it and damages
each word with its own rate: the word is dropped, said twice, swapped with the next one, mistyped, or replaced by
another word of the stories. Some segments are harder than others, for both systems alike, and with the chance `alike`
a word is damaged (or spared) by the same throw of dice in both. Equal rates mean that no system is better, whatever
the scores of one sample say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from core.errors import Refusal
from core.i18n import Lang, Text
from core.metrics.generation_texts import FOLDER
from core.metrics.meteor import MAX_METEOR_WORDS
from core.metrics.ngrams import MAX_CHARS, split_13a, split_sentences
from core.metrics.ter import MAX_TER_WORDS
from core.metrics.translation_texts import language_of

MAX_SEGMENTS = 10_000
MIN_SEGMENTS = 2
MAX_CORPUS_CHARS = 4_000_000
MAX_CORPUS_BYTES = 8_000_000

NAMES = (Text("the reference", "эталон"), Text("system A", "система A"), Text("system B", "система B"))


@dataclass(frozen=True)
class Corpus:
    """Segment k of each text is the same segment."""

    references: tuple[str, ...]
    a: tuple[str, ...]
    b: tuple[str, ...]
    lang: Lang

    def __len__(self) -> int:
        return len(self.references)


# ---- the example -----------------------------------------------------------------------------------------------


@cache
def stories(lang: Lang) -> tuple[str, ...]:
    """The sentences of our own stories, three words or longer, each once."""
    text = (FOLDER / f"corpus.{lang}.txt").read_text(encoding="utf-8")
    return tuple(dict.fromkeys(s for s in split_sentences(text) if len(s.split()) > 2))


def make_example(lang: Lang, segments: int, rate_a: float, rate_b: float, alike: float, seed: int) -> Corpus:
    """`segments` sentences, in shuffled rounds through the stories, and what two systems make of them.

    rate_a, rate_b : chance that a word of an average segment is damaged, 0…½
    alike : chance that both systems share the dice for a word, 0…1
    """
    rng = np.random.default_rng(seed)
    sentences = stories(lang)
    words = [word for sentence in sentences for word in sentence.split()]
    rounds = -(-segments // len(sentences))
    picked = np.concatenate([rng.permutation(len(sentences)) for _ in range(rounds)])[:segments]
    references = tuple(sentences[k] for k in picked)
    outputs: tuple[list[str], list[str]] = ([], [])
    for reference in references:
        split = reference.split()
        hardness = 2 * rng.random()
        # For each word: is it hit, how, and with which word; first A's dice, then B's.
        dice = rng.random((2, len(split), 3))
        dice[1] = np.where(rng.random((len(split), 1)) < alike, dice[0], dice[1])
        for output, rate, throws in zip(outputs, (rate_a, rate_b), dice.tolist(), strict=True):
            output.append(_damage(split, hardness * rate, throws, words))
    return Corpus(references, tuple(outputs[0]), tuple(outputs[1]), lang)


def _damage(split: Sequence[str], rate: float, throws: Sequence[Sequence[float]], words: Sequence[str]) -> str:
    out: list[str] = []
    held: str | None = None
    for word, (hit, how, which) in zip(split, throws, strict=True):
        made = [word]
        is_swapped = False
        if hit < rate:
            kind = int(5 * how)
            if kind == 0:
                made = []
            elif kind == 1:
                made = [word, word]
            elif kind == 2:
                is_swapped = held is None
            elif kind == 3:
                made = [mistype(word)]
            else:
                made = [words[int(which * len(words))]]
        if is_swapped:
            held = word
            continue
        out += made
        if held is not None:
            out.append(held)
            held = None
    return " ".join([*out, held] if held is not None else out)


def mistype(word: str) -> str:
    """Two letters in the middle of the word swapped; a short word loses its last letter."""
    middle = len(word) // 2
    if len(word) < 4:
        return word[:-1] or word
    return word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]


# ---- the visitor's own -----------------------------------------------------------------------------------------


def read_corpus(reference: str, a: str, b: str) -> Corpus:
    """Three texts, one segment a line; only a line feed ends a line, whatever else Unicode calls one.

    Empty lines after the last one of the reference are passed over. A system may leave a segment empty, the last one
    too; the reference may not.

    Raises
    ------
    Refusal
        If a text is missing, too long, has too many or too few lines, the numbers of lines differ, or a line is empty
        in the reference or too long: the text and the line, counted from 1, are named.
    """
    texts = (reference, a, b)
    for name, text in zip(NAMES, texts, strict=True):
        check_text(name, text)
    segments = split_segments(reference)
    lines = [split_segments(text, at_least=len(segments)) for text in texts]
    if len({len(its) for its in lines}) > 1:
        raise Refusal(
            Text(
                "The texts have different numbers of lines: the reference {r}, system A {a}, system B {b}. Line k of "
                "each must be the same segment.",
                "В текстах разное число строк: в эталоне {r}, у системы A — {a}, у системы B — {b}. Строка k в каждом "
                "должна быть одним и тем же сегментом.",
            ).format(r=len(lines[0]), a=len(lines[1]), b=len(lines[2]))
        )
    if len(lines[0]) < MIN_SEGMENTS:
        raise Refusal(
            Text(
                "There is one line in each text; a comparison needs at least {n}.",
                "В каждом тексте одна строка, а для сравнения нужно хотя бы {n}.",
            ).format(n=MIN_SEGMENTS)
        )
    for number, line in enumerate(lines[0], 1):
        if not line.strip():
            raise Refusal(
                Text(
                    "Line {n} of the reference is empty. Fill it in, or delete this line from all three texts.",
                    "Строка {n} эталона пуста. Заполните её или удалите эту строку из всех трёх текстов.",
                ).format(n=number)
            )
    for name, its in zip(NAMES, lines, strict=True):
        _check_lines(name, its)
    return Corpus(lines[0], lines[1], lines[2], language_of(reference[:20_000]))


def split_segments(text: str, at_least: int = 0) -> tuple[str, ...]:
    """The lines of a text, without empty ones at its end unless they are among the first `at_least`."""
    lines = [line.strip() for line in text.replace("\r\n", "\n").removesuffix("\n").split("\n")]
    while len(lines) > at_least and not lines[-1]:
        lines.pop()
    return tuple(lines)


def check_text(name: Text, text: str) -> None:
    """Hold one of the three texts to the limits that need no line read.

    Raises
    ------
    Refusal
        If it is empty, has NUL characters, too many characters or too many lines.
    """
    if not text.strip():
        raise Refusal(
            Text(
                "“{name}” is empty: choose a file for it or paste its lines.",
                "«{name}» — пусто: выберите файл или вставьте строки.",
            ).format(name=name)
        )
    if len(text) > MAX_CORPUS_CHARS:
        raise Refusal(
            Text(
                "“{name}” has {n} characters; at most {most} can be compared. Keep fewer lines in all three texts.",
                "«{name}» — символов {n}, а сравнить можно не больше {most}. Оставьте меньше строк во всех трёх "
                "текстах.",
            ).format(name=name, n=_spaced(len(text)), most=_spaced(MAX_CORPUS_CHARS))
        )
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise Refusal(
            Text(
                "“{name}”, line {n}: there is a NUL character. Save the text as UTF-8.",
                "«{name}», строка {n}: в ней нулевой символ. Сохраните текст в UTF-8.",
            ).format(name=name, n=line)
        )
    lines = text.rstrip().count("\n") + 1
    if lines > MAX_SEGMENTS:
        raise Refusal(
            Text(
                "“{name}” has {n} lines; at most {most} can be compared. Keep the same {most} of all three texts.",
                "«{name}» — строк {n}, а сравнить можно не больше {most}. Оставьте одни и те же {most} строк во всех "
                "трёх текстах.",
            ).format(name=name, n=_spaced(lines), most=_spaced(MAX_SEGMENTS))
        )


def _check_lines(name: Text, lines: Sequence[str]) -> None:
    """A line is a segment, not a page: METEOR's and TER's alignments are capped."""
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_CHARS:
            what = Text("{n} characters; at most {most} fit", "символов {n}, а помещается {most}")
            size, most = len(line), MAX_CHARS
        elif len(line) > MAX_TER_WORDS and (size := _longest(line)) > min(MAX_TER_WORDS, MAX_METEOR_WORDS):
            what = Text("{n} words and marks; at most {most} fit", "слов и знаков {n}, а помещается {most}")
            most = min(MAX_TER_WORDS, MAX_METEOR_WORDS)
        else:
            continue
        raise Refusal(
            Text(
                "“{name}”, line {line}: {what}. Split it, or delete this line from all three texts.",
                "«{name}», строка {line}: {what}. Разбейте её или удалите эту строку из всех трёх текстов.",
            ).format(name=name, line=number, what=what.format(n=_spaced(size), most=_spaced(most)))
        )


def _longest(line: str) -> int:
    """In tokens of whichever metric makes most of them."""
    return max(len(line.split()), len(split_13a(line.lower())))


def _spaced(number: int) -> str:
    return re.sub(r"(?<=\d)(?=(\d{3})+$)", " ", str(number))
