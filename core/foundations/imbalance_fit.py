"""Logistic regression that can be told what an example is worth: weights, repeats, focal loss.

    X     examples, a row each                                            (example, feature)
    y     1 for the rare class, 0 for the common one                      (example,)
    c     what each example counts: a class weight, or how often it is repeated     (example,)
    w, b  weights and bias; z = X·w + b, p = σ(z) = 1/(1 + e^(−z))
    p_t   the probability given to the true class: p where y = 1, else 1 − p
    γ     focusing parameter of the focal loss; 0 is cross-entropy
    λ     strength of the penalty; scikit-learn's C is 1/λ

Minimised is Σ c·(1 − p_t)^γ·(−ln p_t) + λ/2·‖w‖² (Lin et al. 2017, equation 4, with a penalty; the bias goes free). For
γ = 0 it is convex and each step is Newton's (Hastie, Tibshirani and Friedman 2009, section 4.4.1). For γ > 0 the
curvature can be negative far from the solution: there its absolute value is used. A step that would raise the loss is
halved.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen

Floats = npt.NDArray[np.float64]

MAX_STEPS = 200
TINY = 1e-10


@dataclass(frozen=True)
class Fit(Frozen):
    """A trained model. w : (feature,); b : bias; steps : until the gradient vanished; gradient : its largest entry."""

    w: Floats
    b: float
    steps: int
    gradient: float
    loss: float

    def logits(self, X: Floats) -> Floats:
        """X·w + b: (example, feature) → (example,)."""
        return np.asarray(X @ self.w + self.b)


def sigmoid(z: Floats) -> Floats:
    """1/(1 + e^(−z)), without overflow."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


def logit(p: float) -> float:
    """ln(p/(1 − p)), 0 < p < 1."""
    return float(np.log(p) - np.log1p(-p))


def focal_terms(s: Floats, gamma: float) -> tuple[Floats, Floats, Floats]:
    """(1 − p_t)^γ·(−ln p_t) and its first two derivatives by s, where s = ±z and p_t = σ(s): (example,) each.

    With q = 1 − p_t and L = −ln p_t: q^γ·L, then −q^γ·(γ·p_t·L + q), then
    q^γ·p_t·(γ²·p_t·L + 2γ·q − γ·q·L + q).
    """
    p, q, L = sigmoid(s), sigmoid(-s), np.logaddexp(0.0, -s)
    power = q**gamma
    first = -power * (gamma * p * L + q)
    second = power * p * (gamma**2 * p * L + 2 * gamma * q - gamma * q * L + q)
    return power * L, first, second


def fit(X: Floats, y: Floats, counts: Floats, strength: float, gamma: float = 0.0) -> Fit:
    """Minimise the loss above. X (example, feature), y and counts (example,), λ = `strength` > 0, γ = `gamma` ≥ 0."""
    A = np.hstack([X, np.ones((len(X), 1))])
    sign = 2 * y - 1
    penalty = np.append(np.full(X.shape[1], strength), 0.0)
    theta = np.zeros(A.shape[1])

    def loss(at: Floats) -> float:
        return float(counts @ focal_terms(sign * (A @ at), gamma)[0] + (penalty * at**2).sum() / 2)

    now, steps, largest = loss(theta), 0, np.inf
    while steps < MAX_STEPS:
        _, first, second = focal_terms(sign * (A @ theta), gamma)
        gradient = A.T @ (counts * sign * first) + penalty * theta
        largest = float(np.abs(gradient).max())
        if largest < 1e-8:
            break
        steps += 1
        curvature = counts * np.maximum(np.abs(second), TINY)
        step = np.linalg.solve((A * curvature[:, None]).T @ A + np.diag(penalty), gradient)
        rate = 1.0
        while (then := loss(theta - rate * step)) > now and rate > 1e-8:
            rate /= 2
        if then > now:
            break
        theta, now = theta - rate * step, then
    return Fit(theta[:-1], float(theta[-1]), steps, largest, now)


def shift_prior(z: Floats, trained: float, met: float) -> Floats:
    """Log-odds from a model trained where the rare class had the share `trained`, for a place where it has `met`.

    p' = p·r / (p·r + 1 − p) with r = [met/(1 − met)] / [trained/(1 − trained)] (Elkan 2001, theorem 2; Saerens et al.
    2002, equation 2.4), which on log-odds is one addition: the order of the examples stays.
    """
    return np.asarray(z + logit(met) - logit(trained))
