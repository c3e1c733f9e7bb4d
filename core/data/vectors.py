"""Word vectors of two languages that all visitors share: 50,000 words each, in files that are mapped, not loaded.

    en   GloVe 6B, 50 dimensions                       Pennington, Socher & Manning 2014, trained on Wikipedia, Gigaword
    ru   navec, GloVe-type, 300 dimensions             Kukushkin 2020, trained on a billion words of Russian news

Words stand in order of frequency, the most frequent first, in lower case. What is kept of a vector v is a few bytes:

    codes  int8 (vocab, dim)        en: v = scale · code, one scale (vocab,) for each word
    codes  uint8 (vocab, parts)     ru: product quantisation (Jégou, Douze & Schmid 2011, IEEE TPAMI 33): part j of v is
                                    row codes[j] of codebook[j], (parts, 256, dim / parts); as navec publishes it

Rows are unpacked when they are asked for; anything that needs all of them goes through `blocks`. `scripts/make_vectors`
made the files; NOTICE says from what, and what was lost.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from core.arrays import freeze
from core.data.fetch import hash_file
from core.errors import Refusal
from core.i18n import Lang, Text

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "vectors"
BLOCK = 2048
MOST_NEAREST = 200

Floats = npt.NDArray[np.float32]
_loading = threading.Lock()


@dataclass(frozen=True)
class Neighbour:
    """A word near a vector. `id`: its place by frequency, from 0; `cosine`: −1 … 1."""

    word: str
    id: int
    cosine: float


@dataclass(frozen=True, eq=False)
class Vectors:
    """The vectors of one language. Nothing in it can be written to.

    words : by id, the most frequent first
    index : word → id
    lengths : (vocab,) the Euclidean length of each vector
    """

    lang: Lang
    name: str
    dim: int
    words: tuple[str, ...]
    index: Mapping[str, int]
    lengths: Floats
    _codes: npt.NDArray[Any]
    _scales: Floats | None = None
    _codebook: Floats | None = None

    def __len__(self) -> int:
        return len(self.words)

    def find(self, word: str) -> int | None:
        """The id of a word as somebody may type it: blanks around it and capitals do not matter, and ё may be е."""
        plain = word.strip().lower().replace("’", "'")
        found = self.index.get(plain)
        return self.index.get(plain.replace("ё", "е")) if found is None else found

    def need(self, word: str) -> int:
        """The id of a word.

        Raises
        ------
        Refusal
            If it is not among the words.
        """
        found = self.find(word)
        if found is None:
            raise Refusal(
                Text(
                    "“{word}” is not among the {n} most frequent words of {name}.",
                    "Слова «{word}» нет среди {n} самых частых в {name}.",
                ).format(word=word.strip()[:40], n=len(self), name=self.name)
            )
        return found

    def rows(self, ids: Sequence[int] | npt.NDArray[np.integer[Any]] | slice, *, is_unit: bool = False) -> Floats:
        """The vectors of some words, (n, dim), new at each call; `is_unit`: each divided by its length."""
        rows: Floats = self._unpack(self._codes[ids], None if self._scales is None else self._scales[ids])
        if is_unit:
            rows /= self.lengths[ids][:, None]
        return rows

    def vector(self, word: str) -> Floats:
        """The vector of one word, (dim,). Raises as `need` does."""
        found: Floats = self.rows([self.need(word)])[0]
        return found

    def blocks(self, *, among: int | None = None, is_unit: bool = False) -> Iterator[tuple[int, Floats]]:
        """The vectors of the `among` most frequent words (None: all) some at a time: the id of the first, (n, dim)."""
        most = len(self) if among is None else min(among, len(self))
        for begin in range(0, most, BLOCK):
            yield begin, self.rows(slice(begin, min(begin + BLOCK, most)), is_unit=is_unit)

    def cosines(self, queries: npt.NDArray[np.floating[Any]], *, among: int | None = None) -> Floats:
        """Cosine of each query with each of the `among` most frequent words: (dim,) → (vocab,), (n, dim) → (n, vocab).
        A query of length 0 has cosine 0 with everything."""
        queries = np.asarray(queries, dtype=np.float32)
        lengths = np.linalg.norm(queries, axis=-1, keepdims=True)
        unit = queries / np.where(lengths > 0, lengths, 1)
        most = len(self) if among is None else min(among, len(self))
        out = np.empty((*unit.shape[:-1], most), dtype=np.float32)
        for begin, rows in self.blocks(among=most, is_unit=True):
            out[..., begin : begin + len(rows)] = unit @ rows.T
        return out

    def nearest(
        self,
        query: npt.NDArray[np.floating[Any]],
        count: int = 10,
        *,
        without: Sequence[int] = (),
        among: int | None = None,
    ) -> tuple[Neighbour, ...]:
        """The words with the highest cosine to `query` (dim,), nearest first; `without`: ids that are passed over."""
        cosines = self.cosines(query, among=among)
        passed = np.asarray([n for n in without if n < len(cosines)], dtype=np.intp)
        cosines[passed] = -np.inf
        count = max(0, min(count, MOST_NEAREST, len(cosines) - len(np.unique(passed))))
        best = np.argpartition(-cosines, min(count, len(cosines) - 1))[:count]
        # Of equal ones the more frequent comes first.
        best = best[np.lexsort((best, -cosines[best]))]
        return tuple(Neighbour(self.words[n], int(n), float(cosines[n])) for n in best)

    def neighbours(self, word: str, count: int = 10, *, among: int | None = None) -> tuple[Neighbour, ...]:
        """The words nearest to a word, itself left out. Raises as `need` does."""
        n = self.need(word)
        return self.nearest(self.rows([n])[0], count, without=(n,), among=among)

    def analogy(
        self, a: str, b: str, c: str, count: int = 10, *, among: int | None = None, has_inputs: bool = False
    ) -> tuple[Neighbour, ...]:
        """The words nearest to b − a + c, of vectors of length 1 (3CosAdd: Mikolov et al. 2013; Levy & Goldberg 2014,
        eq. 1). The three words are passed over, as in the papers, unless `has_inputs`. Raises as `need` does."""
        ids = [self.need(word) for word in (a, b, c)]
        x, y, z = self.rows(ids, is_unit=True)
        return self.nearest(y - x + z, count, without=() if has_inputs else ids, among=among)

    def _unpack(self, codes: npt.NDArray[Any], scales: Floats | None) -> Floats:
        if scales is not None:
            unpacked: Floats = codes * scales[:, None]
            return unpacked
        assert self._codebook is not None
        parts, entries, width = self._codebook.shape
        places = codes + np.arange(0, parts * entries, entries)
        return np.take(self._codebook.reshape(parts * entries, width), places, axis=0).reshape(-1, self.dim)


def load(lang: Lang) -> Vectors:
    """The vectors of a language, opened once and shared by all.

    Raises
    ------
    Refusal
        If their files are missing or not the ones that were made.
    """
    with _loading:
        return open_vectors(FOLDER / lang)


@cache
def open_vectors(folder: Path) -> Vectors:
    """The vectors in one folder of `assets/vectors`. Raises as `load` does."""
    try:
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        is_whole = all(
            (folder / name).stat().st_size == kept["bytes"] and hash_file(folder / name) == kept["sha256"]
            for name, kept in about["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        is_whole = False
    if not is_whole:
        raise Refusal(
            Text(
                "The word vectors are missing or damaged: restore assets/vectors/{name} from the repository.",
                "Векторы слов отсутствуют или повреждены: восстановите assets/vectors/{name} из репозитория.",
            ).format(name=folder.name)
        )
    words = tuple((folder / "words.txt").read_text(encoding="utf-8").split())
    index = MappingProxyType({word: n for n, word in enumerate(words)})
    arrays = {name.removesuffix(".npy"): _map(folder / name) for name in about["files"] if name.endswith(".npy")}
    found = Vectors(
        about["lang"],
        about["name"],
        about["dim"],
        words,
        index,
        np.ones(len(words), dtype=np.float32),
        arrays["codes"],
        arrays.get("scales"),
        arrays.get("codebook"),
    )
    lengths = np.concatenate([np.linalg.norm(rows, axis=1) for _, rows in found.blocks()])
    object.__setattr__(found, "lengths", freeze(lengths))
    return found


def _map(path: Path) -> npt.NDArray[Any]:
    """An array that stays in its file: the system reads a page of it when somebody needs it, and can drop it again."""
    mapped: npt.NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return mapped.view(np.ndarray)
