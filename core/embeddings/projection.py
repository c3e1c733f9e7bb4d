"""Principal components: the flat picture that loses the least of the squared distances (Pearson 1901; Hotelling 1933).

X       points, one a row                                                     (n, d)
U S Vᵀ  singular value decomposition of X with its mean taken off
Z       X·V[:, :dims] = U·S: coordinates on the first components              (n, dims)
share   S² / ΣS²: the part of the variance along each component               (min(n, d),)

The sign of a component is free; here the largest entry of each row of Vᵀ is positive, as scikit-learn has it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def principal(X: npt.NDArray[np.floating], dims: int) -> tuple[Floats, Floats]:
    """Z (n, dims) and the shares of all components. Components that do not exist are columns of zeros."""
    centred = np.asarray(X, dtype=np.float64) - np.mean(X, axis=0, dtype=np.float64)
    U, S, Vt = np.linalg.svd(centred, full_matrices=False)
    signs = np.sign(Vt[np.arange(len(Vt)), np.argmax(np.abs(Vt), axis=1)])
    Z = np.zeros((len(centred), dims))
    kept = min(dims, len(S))
    Z[:, :kept] = (U * S * signs)[:, :kept]
    total = float((S**2).sum())
    return Z, S**2 / total if total > 0 else np.zeros_like(S)


def turn_to(Z: Floats, target: Floats) -> Floats:
    """Z turned and mirrored to lie as near as possible to `target` (orthogonal Procrustes, Schönemann 1966)."""
    U, _, Vt = np.linalg.svd(Z.T @ target)
    return np.asarray(Z @ (U @ Vt))
