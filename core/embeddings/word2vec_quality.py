"""What vectors know: neighbours, analogies, classes, and a plane to look at them.

W        vectors, one row a word                                   (V, d)
M        the same at length 1; cosines are M·Mᵀ                     (V, d)
a b c d  an analogy "a to b as c to d": d is asked for, found nearest to M[b] − M[a] + M[c] (3CosAdd, Mikolov et
         al. 2013c "Linguistic regularities"), with a, b and c left out of the answers
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

NEIGHBOURS = 8
MAX_ANALOGIES = 60  # a relation


@dataclass(frozen=True)
class Known(Frozen):
    """Right answers as numbers of words.

    analogies (A, 4); relation (A), the number in `relations` of each; classes: the words of each, named in `names`
    """

    analogies: Ints
    relation: Ints
    relations: tuple[str, ...]
    classes: tuple[tuple[int, ...], ...]
    names: tuple[str, ...]

    def class_of(self) -> dict[int, int]:
        """Word → number of its class."""
        return {word: n for n, words in enumerate(self.classes) for word in words}


def number_answers(
    words: Sequence[str],
    relations: Mapping[str, Sequence[tuple[str, str, str, str]]],
    classes: Mapping[str, Sequence[str]],
) -> Known:
    """The answers whose words are all in the vocabulary, of a relation at most 60, evenly taken.

    Classes of fewer than three words are left out; a word of several classes counts for the first.
    """
    index = {word: n for n, word in enumerate(words)}
    rows: list[list[int]] = []
    relation: list[int] = []
    for n, asked in enumerate(relations.values()):
        found = [[index[w] for w in four] for four in asked if all(w in index for w in four)]
        if len(found) > MAX_ANALOGIES:
            found = [found[i] for i in np.linspace(0, len(found) - 1, MAX_ANALOGIES).astype(int)]
        rows += found
        relation += [n] * len(found)
    taken: set[int] = set()
    kept: dict[str, tuple[int, ...]] = {}
    for name, members in classes.items():
        group = tuple(dict.fromkeys(index[w] for w in members if w in index and index[w] not in taken))
        if len(group) >= 3:
            kept[name] = group
            taken.update(group)
    return Known(
        np.array(rows, dtype=np.int64).reshape(-1, 4),
        np.array(relation, dtype=np.int64),
        tuple(relations),
        tuple(kept.values()),
        tuple(kept),
    )


def unit_rows(W: Floats) -> Floats:
    """Rows at length 1; a row of zeros stays."""
    length = np.linalg.norm(W, axis=1, keepdims=True)
    return np.asarray(W / np.maximum(length, 1e-12), dtype=np.float32)


def nearest(M: Floats, asked: Ints, k: int = NEIGHBOURS) -> tuple[Ints, Floats]:
    """The k words with the largest cosine to each asked one, itself left out: numbers and cosines, (asked, k)."""
    cosines = M[asked] @ M.T
    cosines[np.arange(len(asked)), asked] = -np.inf
    k = min(k, M.shape[0] - 1)
    found = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
    order = np.argsort(-np.take_along_axis(cosines, found, axis=1), axis=1, kind="stable")
    found = np.take_along_axis(found, order, axis=1)
    return found, np.take_along_axis(cosines, found, axis=1)


def analogy_ranks(M: Floats, analogies: Ints) -> Ints:
    """The place of the right word among all but a, b and c: 1 is found. (A)."""
    if not len(analogies):
        return np.zeros(0, dtype=np.int64)
    a, b, c, d = analogies.T
    scores = (M[b] - M[a] + M[c]) @ M.T
    rows = np.arange(len(analogies))
    for given in (a, b, c):
        scores[rows, given] = -np.inf
    return np.asarray(1 + (scores > scores[rows, d][:, None]).sum(axis=1), dtype=np.int64)


def analogy_answers(M: Floats, analogies: Ints, *, is_excluding: bool = True) -> Ints:
    """What is nearest to b − a + c: (A). Not `is_excluding` lets a, b and c themselves be the answer."""
    if not len(analogies):
        return np.zeros(0, dtype=np.int64)
    a, b, c, _ = analogies.T
    scores = (M[b] - M[a] + M[c]) @ M.T
    if is_excluding:
        for given in (a, b, c):
            scores[np.arange(len(analogies)), given] = -np.inf
    return np.asarray(scores.argmax(axis=1), dtype=np.int64)


def class_share(M: Floats, known: Known) -> float:
    """Of the words of all classes: the share whose nearest word is of their class. NaN without classes."""
    of = known.class_of()
    if not of:
        return float("nan")
    asked = np.array(sorted(of), dtype=np.int64)
    found, _ = nearest(M, asked, 1)
    return float(np.mean([of.get(int(n)) == of[int(w)] for w, n in zip(asked, found[:, 0], strict=True)]))


def chance_share(known: Known, V: int) -> float:
    """What `class_share` would be if the nearest word were any other one."""
    sizes = [len(group) for group in known.classes]
    return float("nan") if not sizes else sum(n * (n - 1) for n in sizes) / (sum(sizes) * (V - 1))


def project(M: Floats, previous: Floats | None = None) -> Floats:
    """First two principal components, (n, 2), turned and mirrored to lie as near as possible to `previous`.

    The turn is the orthogonal Procrustes solution (Schönemann 1966): U·Vᵀ of the singular values of Zᵀ·previous.
    """
    centred = M - M.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    flat = np.zeros((len(M), 2), dtype=np.float32)
    flat[:, : len(axes[:2])] = centred @ axes[:2].T
    if previous is not None:
        U, _, V = np.linalg.svd(flat.T @ previous)
        flat = flat @ (U @ V)
    return np.asarray(flat, dtype=np.float32)
