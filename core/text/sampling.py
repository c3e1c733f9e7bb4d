"""From a distribution to a token: temperature, top-k, top-p.

Symbols: p (vocab,) what the model believes; q (vocab,) what is drawn from.

    temperature T   q ∝ p^(1/T), the same as softmax(logits/T); T → 0 leaves only the likeliest    Ackley et al. 1985
    top-k           the k likeliest                                                                Fan et al. 2018
    top-p           the likeliest, as few as make up at least p of the mass                        Holtzman et al. 2020

In this order, as in the transformers library: the temperature first, then top-k, then top-p of what is left, and what
remains is divided by its sum. All functions work on the last axis. Of equal probabilities the one that stands first in
the vocabulary goes first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Truncation(Frozen):
    """Every stage of one distribution, or of several: (…, vocab).

    warmed : after the temperature; kept : what top-k and top-p leave; mass : (…,) Σ warmed over what is kept
    q : what is drawn from, warmed/mass where kept and 0 elsewhere
    """

    warmed: Floats
    kept: Bools
    mass: Floats
    q: Floats


def warm(p: Floats, temperature: float) -> Floats:
    """p^(1/T)/Σ; at T = 0 everything goes to the likeliest."""
    if temperature == 0:
        out = np.zeros_like(p)
        np.put_along_axis(out, p.argmax(-1)[..., None], 1.0, -1)
        return out
    # Divided by the largest first: a tiny p to a large power would be 0/0 otherwise.
    q = (p / p.max(-1, keepdims=True)) ** (1 / temperature)
    return np.asarray(q / q.sum(-1, keepdims=True))


def truncate(p: Floats, *, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0) -> Truncation:
    """Apply all three; `top_k` 0 and `top_p` 1 keep everything."""
    warmed = warm(p, temperature)
    order = np.argsort(-warmed, axis=-1, kind="stable")
    falling = np.take_along_axis(warmed, order, -1)
    ranked = falling > 0
    if top_k:
        ranked[..., top_k:] = False
    if top_p < 1:
        left = np.where(ranked, falling, 0.0)
        before = np.cumsum(left, -1) - left
        # A token stays while those before it have not reached p; 1e-12 is what rounding makes of a sum that is just p.
        ranked &= before < top_p * left.sum(-1, keepdims=True) - 1e-12
    kept = np.zeros_like(ranked)
    np.put_along_axis(kept, order, ranked, -1)
    q = np.where(kept, warmed, 0.0)
    mass = q.sum(-1)
    return Truncation(warmed, kept, np.asarray(mass), q / mass[..., None])


def draw(q: Floats, u: Floats) -> npt.NDArray[np.int64]:
    """The token in which u (…,), even on 0…1, falls when all are laid side by side: (…, vocab) → (…,)."""
    edges = np.cumsum(q, -1)
    at = (edges <= u[..., None] * edges[..., -1:]).sum(-1)
    # u·Σ can round up to Σ itself: then it is the last token that has any probability.
    last = q.shape[-1] - 1 - (q[..., ::-1] > 0).argmax(-1)
    return np.asarray(np.minimum(at, last), dtype=np.int64)
