"""GloVe: vectors whose products are logarithms of co-occurrence (Pennington, Socher, Manning 2014).

    X            (V, V) co-occurrence counts
    w, w̃         (V, d) vectors of a word as centre and as context; the word's vector is their sum (section 4.2)
    b, b̃         (V,) their biases
    f            (V, V) f(x) = (x / x_max)^α below x_max, else 1; f(0) = 0 (equation 9)
    r            (V, V) w_i·w̃_j + b_i + b̃_j − log X_ij, the residual
    J            Σ_ij f(X_ij) r_ij² (equation 8)
    G            Σ g² over the steps so far, by which AdaGrad divides: θ ← θ − η g / (√G + ε) (Duchi et al. 2011)

All pairs are in each step, so a run is exact and repeatable; the paper draws pairs one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen

Array = npt.NDArray[np.float64]
EPSILON = 1e-10
SNAPSHOTS = 32


class Theta(NamedTuple):
    """What is learnt, or its gradient, or its G: w, w̃ (V, d), b, b̃ (V,)."""

    W: Array
    C: Array
    b: Array
    c: Array


@dataclass(frozen=True)
class Fit(Frozen):
    """A training, looked at T times.

    steps : after how many steps (T); W, C (T, V, d) and b, c (T, V) : θ there; J : of that θ (T)
    G_b : AdaGrad's sums for b (T, V)
    """

    steps: npt.NDArray[np.int64]
    W: Array
    C: Array
    b: Array
    c: Array
    G_b: Array
    J: Array

    def theta(self, t: int) -> Theta:
        return Theta(self.W[t], self.C[t], self.b[t], self.c[t])

    def vectors(self, t: int) -> Array:
        """w + w̃ (V, d)."""
        return np.asarray(self.W[t] + self.C[t])


def weigh(X: Array, x_max: float, alpha: float, *, is_weighted: bool = True) -> Array:
    """f(X); without weighting every pair that has met counts 1."""
    if not is_weighted:
        return (X > 0).astype(np.float64)
    return np.where(X > 0, np.minimum(X / x_max, 1.0) ** alpha, 0.0)


def safe_log(X: Array) -> Array:
    """log X, and 0 where X is 0: f is 0 there, so the number is never used."""
    return np.log(np.where(X > 0, X, 1.0))


def predict(theta: Theta) -> Array:
    """w_i·w̃_j + b_i + b̃_j (V, V)."""
    return np.asarray(theta.W @ theta.C.T + theta.b[:, None] + theta.c)


def gradient(theta: Theta, log_X: Array, f: Array) -> tuple[float, Theta]:
    """J and its gradient: ∂J/∂w_i = Σ_j 2 f r w̃_j, ∂J/∂b_i = Σ_j 2 f r, and the same with the roles exchanged."""
    r = predict(theta) - log_X
    fr = f * r
    J = float(np.vdot(fr, r))
    fr *= 2
    return J, Theta(fr @ theta.C, fr.T @ theta.W, fr.sum(1), fr.sum(0))


def begin(size: int, d: int, seed: int) -> Theta:
    """Every number drawn evenly from ±0.5/d."""
    chance = np.random.default_rng(seed)
    W, C = (chance.uniform(-0.5, 0.5, (size, d)) / d for _ in range(2))
    b, c = (chance.uniform(-0.5, 0.5, size) / d for _ in range(2))
    return Theta(W, C, b, c)


def adagrad(theta: Theta, log_X: Array, f: Array, rate: float) -> Iterator[tuple[Theta, Theta, float]]:
    """θ, G and J before each step, without end."""
    G = Theta(*(np.zeros_like(part) for part in theta))
    while True:
        J, g = gradient(theta, log_X, f)
        yield theta, G, J
        G = Theta(*(s + p * p for s, p in zip(G, g, strict=True)))
        theta = Theta(*(p - rate * q / (np.sqrt(s) + EPSILON) for p, q, s in zip(theta, g, G, strict=True)))


def moments(steps: int) -> npt.NDArray[np.int64]:
    """When to look: often at first, then ever more rarely."""
    looked = np.unique(np.rint(np.geomspace(1, steps + 1, SNAPSHOTS)).astype(np.int64) - 1)
    return np.union1d(looked, [0, steps])


def train(X: Array, f: Array, *, d: int, rate: float, steps: int, seed: int) -> Fit:
    """Fit θ to log X."""
    looked = moments(steps)
    seen: list[tuple[Theta, Theta, float]] = []
    for step, state in enumerate(adagrad(begin(len(X), d, seed), safe_log(X), f, rate)):
        if step == looked[len(seen)]:
            seen.append(state)
        if step == steps:
            break
    W, C, b, c = (np.stack([theta[k] for theta, _, _ in seen]) for k in range(4))
    return Fit(looked, W, C, b, c, np.stack([G.b for _, G, _ in seen]), np.array([J for _, _, J in seen]))
