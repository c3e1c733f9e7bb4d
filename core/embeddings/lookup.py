"""Words as somebody types them → rows of the real vectors: which language, which row, and what else was meant.

The script decides the language: a Cyrillic letter anywhere means the Russian vectors (navec), else the English ones
(GloVe). So a reader of either language may ask about both.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.data import vectors
from core.data.vectors import Vectors
from core.errors import Refusal
from core.i18n import Lang, Text

Floats = npt.NDArray[np.float64]
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)


def language_of(*texts: str) -> Lang:
    """ "ru" when there is a Cyrillic letter in any of them."""
    return "ru" if any(_CYRILLIC.search(text) for text in texts) else "en"


def vectors_for(*texts: str) -> Vectors:
    """The vectors of the language that the texts are written in."""
    return vectors.load(language_of(*texts))


def split_list(text: str) -> list[str]:
    """Words between blanks, commas and semicolons, each once, in order."""
    return list(dict.fromkeys(word for word in re.split(r"[\s,;]+", text.lower()) if word))


def suggest(known: Vectors, word: str, most: int = 3) -> tuple[str, ...]:
    """Words of nearly the same spelling, the nearest first (Ratcliff and Obershelp's ratio, 0.7 or more).

    Looked for among words that share the first or the last two letters and are about as long.
    """
    plain = word.strip().lower()[:40]
    if len(plain) < 3:
        return ()
    near = [
        other
        for other in known.words
        if abs(len(other) - len(plain)) <= 2 and (other[:2] == plain[:2] or other[-2:] == plain[-2:])
    ]
    return tuple(difflib.get_close_matches(plain, near, n=most, cutoff=0.7))


def need(known: Vectors, word: str) -> int:
    """The row of a word.

    Raises
    ------
    Refusal
        If there is none; the sentence names words that are spelt alike.
    """
    if not word.strip():
        raise Refusal(Text("Type a word.", "Введите слово."))
    found = known.find(word)
    if found is not None:
        return found
    alike = suggest(known, word)
    told = UNKNOWN_ALIKE if alike else UNKNOWN
    raise Refusal(told.format(word=word.strip()[:40], n=count_words(known), name=known.name, words=", ".join(alike)))


def need_all(known: Vectors, words: Sequence[str]) -> list[int]:
    """The rows of several words; raises as `need` does."""
    return [need(known, word) for word in words]


def unit(known: Vectors, ids: Sequence[int]) -> Floats:
    """The vectors of some words at length 1, float64 (n, dim)."""
    rows = known.rows(list(ids)).astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / lengths)


def count_words(known: Vectors) -> str:
    """The vocabulary's size as people write it: 50 000."""
    return f"{len(known):,}".replace(",", " ")


UNKNOWN = Text(
    "“{word}” is not among the {n} most frequent words of {name}.",
    "Слова «{word}» нет среди {n} самых частых в {name}.",
)
UNKNOWN_ALIKE = Text(
    "“{word}” is not among the {n} most frequent words of {name}. Spelt alike: {words}.",
    "Слова «{word}» нет среди {n} самых частых в {name}. Похожи по написанию: {words}.",
)
