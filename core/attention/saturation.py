"""Why the scores are divided by √d_k: what a softmax does to its gradient when scores grow.

For q, k with independent N(0, 1) coordinates the dot product q·k has variance d_k (Vaswani et al. 2017, footnote 4),
so the scores spread as √d_k, the softmax puts all its weight on one key, and its Jacobian

    ∂wᵢ/∂sⱼ = wᵢ (δᵢⱼ − wⱼ)

goes to zero: nothing is learned through it. Dividing by √d_k keeps the variance of the scores at 1.

Symbols: n keys, d_k the length of a key, s scores (n), w = softmax(s) (n), J the Jacobian (n, n).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt
import torch

from core.arrays import Frozen
from core.i18n import Text, same
from core.params import Levels, Params, Slider, Switch
from core.tables import Table
from core.verify import Check, compare

WIDTHS: tuple[int, ...] = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
DRAWS = 200


class SaturationParams(Params):
    """One random query and `keys` random keys of length `d_k`."""

    d_k: Annotated[int, Levels(label=same("d_k"), values=WIDTHS)] = 64
    is_scaled: Annotated[bool, Switch(label=Text("Divide by √d_k", "Делить на √d_k"))] = True
    keys: Annotated[int, Slider(label=Text("Keys", "Ключи"), lo=2, hi=24, step=1)] = 8
    seed: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1)] = 0


@dataclass(frozen=True)
class SaturationTrace(Frozen):
    """One draw in full and the averages over many.

    scores, weights : (keys,); jacobian : (keys, keys); gradient : its Frobenius norm
    The curves are indexed (is_scaled, width): the mean over `DRAWS` draws of the largest weight and of the Jacobian's
    norm, unscaled first.
    """

    params: SaturationParams
    scores: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    jacobian: npt.NDArray[np.float64]
    gradient: float
    largest_weight: npt.NDArray[np.float64]
    gradients: npt.NDArray[np.float64]
    signature: str


def softmax(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Over the last axis."""
    e = np.exp(scores - scores.max(-1, keepdims=True))
    return np.asarray(e / e.sum(-1, keepdims=True))


def softmax_jacobian(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """diag(w) − w·wᵀ: (…, n) → (…, n, n)."""
    outer = weights[..., :, None] * weights[..., None, :]
    return np.asarray(np.eye(weights.shape[-1]) * weights[..., None, :] - outer)


def jacobian_norm(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Frobenius norm of the softmax's Jacobian, without building it: (…, n) → (…,).

    Σᵢ wᵢ²(1 − 2wᵢ) + (Σᵢ wᵢ²)², which follows from ‖diag(w) − wwᵀ‖².
    """
    squares = weights**2
    total = (squares * (1 - 2 * weights)).sum(-1) + squares.sum(-1) ** 2
    return np.asarray(np.sqrt(np.maximum(total, 0.0)))


def run(params: SaturationParams) -> SaturationTrace:
    """Draw the query and the keys, and average over `DRAWS` further draws for every width."""
    generator = np.random.default_rng(params.seed)
    q, k = generator.standard_normal(params.d_k), generator.standard_normal((params.keys, params.d_k))
    scores = k @ q / (np.sqrt(params.d_k) if params.is_scaled else 1.0)
    weights = softmax(scores)
    jacobian = softmax_jacobian(weights)

    largest, gradients = np.empty((2, len(WIDTHS))), np.empty((2, len(WIDTHS)))
    for column, d_k in enumerate(WIDTHS):
        many_q = generator.standard_normal((DRAWS, d_k))
        # q·k given q is N(0, ‖q‖²): the scores of fresh keys are drawn from that law directly.
        spread = np.linalg.norm(many_q, axis=1)[:, None]
        raw = generator.standard_normal((DRAWS, params.keys)) * spread
        for is_scaled in (0, 1):
            drawn = softmax(raw / (np.sqrt(d_k) if is_scaled else 1.0))
            largest[is_scaled, column] = drawn.max(1).mean()
            gradients[is_scaled, column] = jacobian_norm(drawn).mean()
    return SaturationTrace(
        params=params,
        scores=scores,
        weights=weights,
        jacobian=jacobian,
        gradient=float(np.linalg.norm(jacobian)),  # the short formula cancels when one weight is nearly 1
        largest_weight=largest,
        gradients=gradients,
        signature=f"N(0, 1) · {DRAWS} draws · seed={params.seed} · float64 · cpu · numpy {np.__version__}",
    )


def reference(trace: SaturationTrace) -> tuple[Check, ...]:
    """The weights beside torch's softmax, the Jacobian beside autograd's."""
    scores = torch.from_numpy(np.array(trace.scores))
    jacobian = torch.autograd.functional.jacobian(lambda s: torch.softmax(s, -1), scores)
    return (
        compare(same("softmax"), "torch", trace.weights, torch.softmax(scores, -1).numpy(), 1e-9),
        compare(same("autograd ∂w/∂s"), "torch", trace.jacobian, jacobian.numpy(), 1e-9),
    )


def tables(trace: SaturationTrace) -> tuple[Table, ...]:
    """The draw and the curves."""
    keys = [f"k{n + 1}" for n in range(trace.params.keys)]
    widths = [str(w) for w in WIDTHS]
    return (
        Table("scores", ["q"], keys, trace.scores[None]),
        Table("weights", ["q"], keys, trace.weights[None]),
        Table("jacobian", keys, keys, trace.jacobian),
        Table("mean largest weight", ["unscaled", "scaled"], widths, trace.largest_weight),
        Table("mean norm of the jacobian", ["unscaled", "scaled"], widths, trace.gradients),
    )
