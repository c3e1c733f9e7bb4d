"""t-SNE, exact: van der Maaten & Hinton 2008, "Visualizing Data using t-SNE" (JMLR 9).

D        squared distances of the points                                           (n, n)
β_i      1 / (2σ_i²), found so that the perplexity 2^H(P_i) is the wished one      (n,)
P_j|i    exp(−β_i·D_ij) / Σ_k≠i exp(−β_i·D_ik)                                     eq. 1
P        (P_j|i + P_i|j) / 2n, sums to 1                                           section 3.1
Q        (1 + |y_i − y_j|²)⁻¹ / Σ_k≠l (1 + |y_k − y_l|²)⁻¹                         eq. 4
C        KL(P ‖ Q), in nats                                                        eq. 2
∂C/∂y_i  4 Σ_j (P_ij − Q_ij)(1 + |y_i − y_j|²)⁻¹ (y_i − y_j)                       eq. 5

Descent as the paper's and scikit-learn's: for the first 250 steps P is multiplied by 12 ("early exaggeration") and the
momentum is 0.5, then 0.8; each coordinate has a gain that grows while its gradient keeps its direction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.embeddings.preservation import squared_distances

Floats = npt.NDArray[np.float64]
EXAGGERATION = 12.0
EARLY = 250
TINY = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Affinities(Frozen):
    """Who is whose neighbour in the full space: P (n, n), beta (n,), and the conditional P_j|i of each row."""

    P: Floats
    conditional: Floats
    beta: Floats


def search_beta(D_row: Floats, perplexity: float, steps: int = 200, tolerance: float = 1e-9) -> tuple[float, Floats]:
    """β of one point by bisection, and its P_j|i; `D_row` are the squared distances to all others (n − 1,)."""
    wish = np.log(perplexity)
    beta, low, high = 1.0, -np.inf, np.inf
    shifted = D_row - D_row.min()
    p = np.zeros_like(D_row)
    for _ in range(steps):
        weights = np.exp(-beta * shifted)
        total = weights.sum()
        p = weights / total
        entropy = np.log(total) + beta * float(shifted @ p)
        excess = entropy - wish
        if abs(excess) <= tolerance:
            break
        if excess > 0:
            low = beta
            beta = beta * 2 if high == np.inf else (beta + high) / 2
        else:
            high = beta
            beta = beta / 2 if low == -np.inf else (beta + low) / 2
    return beta, p


def affinities(X: npt.NDArray[np.floating], perplexity: float) -> Affinities:
    """P of the points (n, d); the perplexity must be below n − 1."""
    D = squared_distances(X)
    n = len(D)
    conditional, betas = np.zeros((n, n)), np.zeros(n)
    for i in range(n):
        others = np.arange(n) != i
        betas[i], conditional[i, others] = search_beta(D[i, others], perplexity)
    P = np.maximum((conditional + conditional.T) / (2 * n), TINY)
    np.fill_diagonal(P, 0.0)
    return Affinities(P, conditional, betas)


def divergence(P: Floats, Y: Floats) -> tuple[float, Floats]:
    """C in nats and its gradient (n, dims)."""
    kernel = 1.0 / (1.0 + squared_distances(Y))
    np.fill_diagonal(kernel, 0.0)
    Q = np.maximum(kernel / kernel.sum(), TINY)
    is_pair = P > 0
    cost = float((P[is_pair] * np.log(P[is_pair] / Q[is_pair])).sum())
    pull = (P - Q) * kernel
    return cost, 4.0 * (pull.sum(axis=1)[:, None] * Y - pull @ Y)


def start_of(Z: Floats) -> Floats:
    """Where the descent begins: the principal components, shrunk to a spread of 1e-4 along the first."""
    spread = float(Z[:, 0].std())
    return np.asarray(Z / spread * 1e-4) if spread > 0 else Z


def descend(
    P: Floats, Y: Floats, steps: int, wanted: Sequence[int], tick: Callable[[float], None] | None = None
) -> tuple[list[Floats], list[float]]:
    """Gradient descent from Y: positions and costs after each number of steps that is `wanted` (ascending, 0 … steps).

    The learning rate is n / 12 / 4, at least 50 (Belkina et al. 2019; scikit-learn's "auto").
    """
    Y = Y.copy()
    rate = max(len(Y) / EXAGGERATION / 4, 50.0)
    velocity, gains = np.zeros_like(Y), np.ones_like(Y)
    frames: list[Floats] = []
    costs: list[float] = []
    marks = set(wanted)
    for step in range(steps + 1):
        if step in marks:
            frames.append(Y.copy())
            costs.append(divergence(P, Y)[0])
            if tick:
                tick(step / max(1, steps))
        if step == steps:
            break
        if step == EARLY:
            velocity, gains = np.zeros_like(Y), np.ones_like(Y)
        is_early = step < EARLY
        gradient = divergence(P * EXAGGERATION if is_early else P, Y)[1]
        turned = velocity * gradient < 0
        gains = np.maximum(np.where(turned, gains + 0.2, gains * 0.8), 0.01)
        velocity = (0.5 if is_early else 0.8) * velocity - rate * gains * gradient
        Y = Y + velocity
    return frames, costs
