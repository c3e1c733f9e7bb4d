"""How often words are used: the 20,000 most frequent of each language.

    zipf   log₁₀ of the uses in a billion words: 3 is once in a million   van Heuven et al. 2014, "SUBTLEX-UK"

Derived from wordfreq 3.1.1 (Speer 2022): spoken and written sources together, to a hundredth. The lists are under
CC BY-SA 4.0, unlike the code; NOTICE names all sources. `scripts/make_vectors` made them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Lang, Text

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "frequencies"
WORDS = 20_000


@dataclass(frozen=True, eq=False)
class Frequencies(Frozen):
    """Words of one language, the most frequent first. `zipf` (vocab,) falls or stays from word to word."""

    lang: Lang
    words: tuple[str, ...]
    index: Mapping[str, int]
    zipf: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.words)

    def find(self, word: str) -> float | None:
        """The Zipf value of a word as somebody may type it; None when it is rarer than all here."""
        plain = word.strip().lower().replace("’", "'")
        n = self.index.get(plain, self.index.get(plain.replace("ё", "е")))
        return None if n is None else float(self.zipf[n])


@cache
def load(lang: Lang, folder: Path = FOLDER) -> Frequencies:
    """The list of a language, read once and shared.

    Raises
    ------
    Refusal
        If its file is missing or damaged.
    """
    try:
        rows = [line.split("\t") for line in (folder / f"{lang}.tsv").read_text(encoding="utf-8").splitlines()]
        words, values = zip(*rows, strict=True)
        zipf = np.array([int(value) for value in values], dtype=np.float32) / np.float32(100)
        if len(words) != WORDS:
            raise ValueError
    except (OSError, ValueError):
        raise Refusal(
            Text(
                "The list of word frequencies is missing or damaged: restore assets/frequencies from the repository.",
                "Список частот слов отсутствует или повреждён: восстановите assets/frequencies из репозитория.",
            )
        ) from None
    return Frequencies(lang, words, MappingProxyType({word: n for n, word in enumerate(words)}), zipf)
