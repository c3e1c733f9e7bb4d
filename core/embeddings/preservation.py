"""How much of the neighbourhoods a map keeps (Venna & Kaski 2001, "Neighborhood preservation in nonlinear projection
methods").

X, Z        points in the full space (n, d) and on the map (n, dims)
r(i, j)     j's place among the neighbours of i in the full space, from 1; r̂(i, j): on the map
U_k(i)      strangers: among the k nearest of i on the map, not in the full space
V_k(i)      torn off: among the k nearest of i in the full space, not on the map

    trustworthiness  1 − G Σ_i Σ_{j ∈ U_k(i)} (r(i, j) − k)         punishes strangers
    continuity       1 − G Σ_i Σ_{j ∈ V_k(i)} (r̂(i, j) − k)         punishes tears
    G = 2 / (n·k·(2n − 3k − 1)), so that the worst is 0 and the best is 1; k < n/2
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def squared_distances(X: npt.NDArray[np.floating]) -> Floats:
    """(n, n), the diagonal exactly 0."""
    X = np.asarray(X, dtype=np.float64)
    norms = (X**2).sum(axis=1)
    D = np.maximum(norms[:, None] + norms[None] - 2 * X @ X.T, 0.0)
    np.fill_diagonal(D, 0.0)
    return np.asarray(D)


def ranks(X: npt.NDArray[np.floating]) -> Ints:
    """Place of every point among the neighbours of every other, (n, n): 1 is the nearest, 0 the point itself."""
    D = squared_distances(X)
    np.fill_diagonal(D, -1.0)
    order = np.argsort(D, axis=1, kind="stable")
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.arange(len(D))[None, :], axis=1)
    return places.astype(np.int64)


def largest_k(n: int) -> int:
    """The largest k that the measures allow for n points."""
    return max(1, (n - 1) // 2)


def _punished(places: Ints, others: Ints, k: int) -> float:
    """1 − G·Σ (places − k) over those who are among the k nearest by `others` but not by `places`."""
    n = len(places)
    wrong = (others >= 1) & (others <= k) & (places > k)
    return 1.0 - 2.0 / (n * k * (2 * n - 3 * k - 1)) * float((places - k)[wrong].sum())


def trustworthiness(full: Ints, flat: Ints, k: int) -> float:
    """Of rank matrices; 0 … 1."""
    return _punished(full, flat, k)


def continuity(full: Ints, flat: Ints, k: int) -> float:
    """Of rank matrices; 0 … 1."""
    return _punished(flat, full, k)


def kept_share(full: Ints, flat: Ints, k: int) -> Floats:
    """For each point the share of its k neighbours that are among its k nearest on the map, (n,)."""
    both = (full >= 1) & (full <= k) & (flat >= 1) & (flat <= k)
    return np.asarray(both.sum(axis=1) / k)
