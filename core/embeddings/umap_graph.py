"""UMAP's graph: who is whose neighbour, and how surely (McInnes, Healy & Melville 2018, "UMAP", arXiv:1802.03426).

D        distances of the points                                                          (n, n)
ρ_i      distance of i to its nearest other point                                         (n,)
σ_i      such that Σ_j exp(−max(0, D_ij − ρ_i) / σ_i) = log₂ k over the k nearest         algorithm 3
A_ij     exp(−max(0, D_ij − ρ_i) / σ_i) for j among the k nearest of i                    algorithm 2
W        A + Aᵀ − A∘Aᵀ: i and j are linked when either says so (a fuzzy union)            (n, n)
a, b     1 / (1 + a·y^(2b)) is the wished strength of a link of length y on the map: 1 up to min_dist, then falling as
         exp(−(y − min_dist))                                                             section 4.2

k counts the point itself among its neighbours, as umap-learn does. The layout pulls linked points together and pushes
others apart; that is umap-learn's own, in `umap_layout`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.embeddings.preservation import squared_distances

Floats = npt.NDArray[np.float64]
TOLERANCE = 1e-5
LEAST_SCALE = 1e-3  # of the mean distance: σ is never smaller


@dataclass(frozen=True)
class Graph(Frozen):
    """W (n, n) symmetric, 0 … 1; rho (n,), sigma (n,)."""

    W: Floats
    rho: Floats
    sigma: Floats


def search_sigma(nearest: Floats, rho: float, k: int, mean: float) -> float:
    """σ of one point by bisection; `nearest` are the distances to its k nearest, itself first (k,)."""
    wish = np.log2(k)
    low, high, sigma = 0.0, np.inf, 1.0
    for _ in range(64):
        total = float(np.exp(-np.maximum(nearest[1:] - rho, 0.0) / sigma).sum())
        if abs(total - wish) < TOLERANCE:
            break
        if total > wish:
            high = sigma
            sigma = (low + high) / 2
        else:
            low = sigma
            sigma = sigma * 2 if high == np.inf else (low + high) / 2
    own_mean = float(nearest.mean())
    return max(sigma, LEAST_SCALE * (own_mean if rho > 0 else mean))


def fuzzy_graph(X: npt.NDArray[np.floating], k: int) -> Graph:
    """W of the points (n, d) from their k nearest, k ≥ 2 and at most n."""
    D = np.sqrt(squared_distances(X))
    n = len(D)
    order = np.argsort(D, axis=1, kind="stable")[:, :k]
    nearest = np.take_along_axis(D, order, axis=1)
    A, rho, sigma = np.zeros((n, n)), np.zeros(n), np.zeros(n)
    mean = float(nearest.mean())
    for i in range(n):
        apart = nearest[i][nearest[i] > 0]
        rho[i] = apart[0] if len(apart) else 0.0
        sigma[i] = search_sigma(nearest[i], rho[i], k, mean)
        A[i, order[i]] = np.exp(-np.maximum(nearest[i] - rho[i], 0.0) / sigma[i])
    np.fill_diagonal(A, 0.0)
    return Graph(A + A.T - A * A.T, rho, sigma)


def wished_strength(y: npt.ArrayLike, min_dist: float) -> Floats:
    """What the curve of a and b is fitted to: 1 up to min_dist, then exp(−(y − min_dist))."""
    y = np.asarray(y, dtype=np.float64)
    return np.where(y < min_dist, 1.0, np.exp(-(y - min_dist)))


def fit_curve(min_dist: float) -> tuple[float, float]:
    """a and b by least squares over 300 lengths from 0 to 3."""
    from scipy.optimize import curve_fit

    y = np.linspace(0, 3, 300)
    (a, b), _ = curve_fit(lambda y, a, b: 1.0 / (1.0 + a * y ** (2 * b)), y, wished_strength(y, min_dist))
    return float(a), float(b)
