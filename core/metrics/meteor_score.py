"""METEOR of a whole corpus, without the trace: the exact and the stem stage, aligned as nltk aligns.

The slow, faithful implementation is `core.metrics.meteor`; tests hold this one to it. Symbols as there: m matched
words, ch chunks, P = m / hypothesis words, R = m / reference words (Banerjee and Lavie 2005, section 2.2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from core.i18n import Lang
from core.metrics.ngrams import Words, check_corpus, split_words, stemmer


def meteor_scores(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]],
    alpha: float = 0.9,
    beta: float = 3.0,
    gamma: float = 0.5,
    lang: Lang = "en",
    tokenize: str = "13a",
) -> npt.NDArray[np.float64]:
    """The score of each pair with its best reference, 0…1: (pair,). Raises as `check_corpus` does."""
    check_corpus(hypotheses, references)
    stem = stemmer(lang)
    scores = np.zeros(len(hypotheses))
    for row, (hypothesis, others) in enumerate(zip(hypotheses, references, strict=True)):
        words = split_words(hypothesis, tokenize, lowercase=True)
        scores[row] = max(
            score_words(words, split_words(other, tokenize, lowercase=True), stem, alpha, beta, gamma)
            for other in others
        )
    return scores


def score_words(
    words: Words, others: Words, stem: Callable[[str], str], alpha: float = 0.9, beta: float = 3.0, gamma: float = 0.5
) -> float:
    """METEOR of two tokenised texts: (1 − γ·(ch/m)^β)·P·R / (α·P + (1 − α)·R), 0 when nothing matches."""
    partner: dict[int, int] = {}
    free = _pair(words, others, range(len(words)), range(len(others)), partner)
    rest = [i for i in range(len(words)) if i not in partner]
    if rest and free:
        stems, other_stems = {i: stem(words[i]) for i in rest}, {j: stem(others[j]) for j in free}
        _pair(stems, other_stems, rest, free, partner)
    m = len(partner)
    if not m:
        return 0.0
    # A pair begins a chunk unless the pair before it is its neighbour in both texts.
    chunks = sum(partner.get(i - 1, -2) != j - 1 for i, j in partner.items())
    precision, recall = m / len(words), m / len(others)
    penalty = float(gamma * (chunks / m) ** beta)
    return (1 - penalty) * precision * recall / (alpha * precision + (1 - alpha) * recall)


def _pair(
    here: Words | dict[int, str],
    there: Words | dict[int, str],
    rows: Sequence[int],
    columns: Sequence[int],
    partner: dict[int, int],
) -> list[int]:
    """Give each of `rows`, last first, the last equal of `columns` that is free; returns the columns left, in order."""
    where: dict[str, list[int]] = {}
    for j in columns:
        where.setdefault(there[j], []).append(j)
    for i in reversed(rows):
        found = where.get(here[i])
        if found:
            partner[i] = found.pop()
    return sorted(j for left in where.values() for j in left)
