"""Stupid backoff: scores from the longest context that was seen with the word.

Symbols: h the context, h′ the context without its first token, c(·) counts, C(h) = Σ_w c(h w), C of the empty context
the number of tokens, α < 1.

    S(w | h) = c(h w)/C(h)        if c(h w) > 0
             = α · S(w | h′)      otherwise; S(w) = c(w)/C                        Brants et al. 2007, eq. 5

Nothing is discounted to pay for the shorter contexts, so Σ_w S(w | h) may exceed 1: scores, not probabilities. They
put words in order; a perplexity made of them is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.text.ngrams import Floats, NgramModel


@dataclass(frozen=True)
class BackoffStep:
    """One context tried: its counts; `value` is S at this level, α times the next one's where the count is 0."""

    context: tuple[str, ...]
    count: int
    total: int
    value: float


def backoff_scores(model: NgramModel, before: Sequence[str], alpha: float) -> Floats:
    """S(· | the last n − 1 of `before`): (|V|,)."""
    context = model.context_of(before)
    S = np.zeros(len(model))
    for k in range(model.n):
        followers = model.counts[k].get(context[model.n - 1 - k :], {})
        total = sum(followers.values())
        if k:
            S *= alpha
        for w, count in followers.items():
            S[w] = count / total
    return S


def backoff_steps(model: NgramModel, token: str, before: Sequence[str], alpha: float) -> tuple[BackoffStep, ...]:
    """S(token | before) level by level, from the full context down to the first that was seen with the token."""
    w, context = model.id_of(token), model.context_of(before)
    tried: list[tuple[tuple[int, ...], int, int]] = []
    for k in range(model.n - 1, -1, -1):
        shorter = context[model.n - 1 - k :]
        followers = model.counts[k].get(shorter, {})
        tried.append((shorter, followers.get(w, 0), sum(followers.values())))
        if tried[-1][1]:
            break
    out: list[BackoffStep] = []
    value = 0.0
    for shorter, count, total in reversed(tried):
        value = count / total if count else alpha * value
        out.append(BackoffStep(tuple(model.word(i) for i in shorter), count, total, value))
    return tuple(reversed(out))
