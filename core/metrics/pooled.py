"""Corpus scores of many resamples at once, from counts that are summed already.

A corpus score is made of sums over its segments, so a resampled corpus needs new sums and nothing of the texts. Here
S (corpora, k) are such sums, one row a corpus, their columns those of the metric's own statistics:

    BLEU      c, r, matches of order 1…n, totals of order 1…n            `bleu.bleu_statistics`
    chrF      for each order: in hypothesis, in reference, shared        `chrf.chrf_statistics`, flattened
    TER       edits, average length of the references                    `ter.ter_statistics`

Values are per cent, as sacrebleu prints them; row by row they are what `score_bleu`, `score_chrf` and `edit_rate` give.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from core.metrics.bleu import BleuOptions
from core.metrics.chrf import EPS, ChrfOptions

Floats = npt.NDArray[np.float64]
Pooled = Callable[[Floats], Floats]


def pooled_bleu(S: Floats, options: BleuOptions) -> Floats:
    """BLEU in per cent of every row, in sacrebleu's definition: (corpora,).

    Raises
    ------
    ValueError
        For nltk's definition and for weights, which sums alone cannot answer or sacrebleu does not know.
    """
    if options.definition != "sacrebleu" or options.weights is not None:
        raise ValueError("sums give BLEU in sacrebleu's definition, without weights")
    n = options.n
    c, r, matches, totals = S[:, 0], S[:, 1], S[:, 2 : 2 + n].copy(), S[:, 2 + n :].copy()
    has_match = matches.any(axis=1)
    if options.smoothing == "add-k":
        matches[:, 1:] += options.amount
        totals[:, 1:] += options.amount
    # The first order without n-grams ends the sum; the ones before it are used.
    is_used = np.logical_and.accumulate(totals > 0, axis=1)
    is_zero = is_used & (matches == 0)
    if options.smoothing == "floor":
        matches[is_zero] = options.amount
    elif options.smoothing == "exp":
        matches[is_zero] = 0.5 ** np.cumsum(is_zero, axis=1)[is_zero]
    is_possible = is_used & (matches > 0)
    logs = np.where(is_possible, np.log(np.where(is_possible, matches, 1) / np.where(is_possible, totals, 1)), 0.0)
    used = is_used.sum(axis=1)
    counted = used if options.effective_order else np.full(len(S), n)
    is_scored = has_match & (counted > 0) & (is_possible.sum(axis=1) == counted)
    mean = np.exp(logs.sum(axis=1) / np.maximum(counted, 1))
    brevity = np.where(c >= r, 1.0, np.exp(np.minimum(0.0, 1 - r / np.maximum(c, 1))))
    return np.where(is_scored & (c > 0), 100 * brevity * mean, 0.0)


def pooled_chrf(S: Floats, options: ChrfOptions) -> Floats:
    """chrF in per cent of every row: (corpora,)."""
    h, r, m = S.reshape(len(S), -1, 3).transpose(2, 0, 1)
    factor = options.beta**2
    precision = np.divide(m, h, out=np.zeros_like(m), where=h > 0)
    recall = np.divide(m, r, out=np.zeros_like(m), where=r > 0)
    if options.eps_smoothing:
        p, q = np.where(h > 0, precision, EPS), np.where(r > 0, recall, EPS)
        bottom = factor * p + q
        f = np.divide((1 + factor) * p * q, bottom, out=np.full_like(bottom, EPS), where=bottom > 0)
        return np.asarray(100 * f.mean(axis=1))
    is_counted = (h > 0) & (r > 0)
    orders = np.maximum(is_counted.sum(axis=1), 1)
    precision, recall = (np.where(is_counted, x, 0.0).sum(axis=1) / orders for x in (precision, recall))
    bottom = factor * precision + recall
    f = np.divide((1 + factor) * precision * recall, bottom, out=np.zeros_like(bottom), where=bottom > 0)
    return np.asarray(100 * f)


def pooled_ter(S: Floats) -> Floats:
    """TER in per cent of every row: (corpora,)."""
    edits, length = S[:, 0], S[:, 1]
    rate = np.divide(edits, length, out=np.zeros_like(edits), where=length > 0)
    return 100 * np.where(length > 0, rate, (edits > 0).astype(float))
