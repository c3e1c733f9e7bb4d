"""What is done about a rare class before, during or after training.

    plain      nothing: every example counts 1, yes is said from p ≥ ½
    weights    class weights: an example of class c counts n/(2·n_c), so that both classes weigh the same (King and Zeng
               2001, section 4.2; scikit-learn's "balanced")
    over       random over-sampling: rare examples drawn again, with replacement, until there are as many as common ones
    under      random under-sampling: as many common examples are kept as there are rare ones
    smote      interpolation: a new rare example x + u·(x' − x), where x' is one of the k nearest rare neighbours of x
               and u is uniform on 0…1 (Chawla et al. 2002, section 4.2), until there are as many as common ones
    focal      focal loss: what is already right counts (1 − p_t)^γ (Lin et al. 2017)
    threshold  the plain model, and yes from p ≥ π, the share of the rare class in training: the threshold at which a
               calibrated model does what weights n/(2·n_c) ask for (Elkan 2001, theorem 1)

Repeating an example and counting it more are one thing, so over- and under-sampling are kept as counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.foundations.imbalance_data import Sample
from core.foundations.imbalance_fit import Fit, fit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Name = Literal["plain", "weights", "over", "under", "smote", "focal", "threshold"]

NAMES: tuple[Name, ...] = ("plain", "weights", "over", "under", "smote", "focal", "threshold")
RESAMPLED: frozenset[Name] = frozenset({"over", "under", "smote"})


@dataclass(frozen=True)
class Recipe(Frozen):
    """What one remedy trains on and how it decides.

    counts : (train,) what each training example counts, 0 when it is left out
    made : (new, k) invented rare examples, each counting 1; parents : (new, 2) rows x and x' of the sample they come
        from; mixes : (new,) u
    gamma : γ of the loss; threshold : yes from p ≥ threshold
    trained_share : what part of all counted examples is rare
    """

    name: Name
    counts: Floats
    made: Floats
    parents: Ints
    mixes: Floats
    gamma: float
    threshold: float
    trained_share: float


def prepare(name: Name, sample: Sample, gamma: float, neighbours: int, seed: int) -> Recipe:
    """The recipe of `name` for `sample`; the same seed gives the same draws."""
    rng = np.random.default_rng([seed, NAMES.index(name)])
    y = sample.y
    made, parents, mixes = np.empty((0, sample.Z.shape[1])), np.empty((0, 2), dtype=np.int64), np.empty(0)
    counts = np.ones(len(y))
    if name == "weights":
        counts = balance_weights(y)
    elif name == "over":
        counts = draw_over(y, rng)
    elif name == "under":
        counts = draw_under(y, rng)
    elif name == "smote":
        parents, mixes = draw_pairs(sample.Z, y, neighbours, rng)
        made = interpolate(sample.Z, parents, mixes)
    rare = float(counts @ y) + len(made)
    return Recipe(
        name=name,
        counts=counts,
        made=made,
        parents=parents,
        mixes=mixes,
        gamma=gamma if name == "focal" else 0.0,
        threshold=sample.share if name == "threshold" else 0.5,
        trained_share=rare / (float(counts.sum()) + len(made)),
    )


def train(recipe: Recipe, sample: Sample, strength: float) -> Fit:
    """Fit the model that `recipe` asks for; λ = `strength`."""
    X = np.vstack([sample.Z, recipe.made])
    y = np.append(sample.y, np.ones(len(recipe.made)))
    counts = np.append(recipe.counts, np.ones(len(recipe.made)))
    used = counts > 0
    return fit(X[used], y[used], counts[used], strength, recipe.gamma)


def balance_weights(y: Floats) -> Floats:
    """n/(2·n_c) for every example: (example,), sum n."""
    rare = y.sum()
    return np.asarray(np.where(y == 1, len(y) / (2 * rare), len(y) / (2 * (len(y) - rare))), dtype=np.float64)


def _few_and_many(y: Floats) -> tuple[Ints, Ints]:
    """Rows of the smaller class and of the larger one; the rare class is the smaller when they are equal."""
    rare, common = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    return (rare, common) if len(rare) <= len(common) else (common, rare)


def draw_over(y: Floats, rng: np.random.Generator) -> Floats:
    """How often each example stands in the over-sampled set: (example,), both classes equal in sum."""
    few, many = _few_and_many(y)
    counts = np.ones(len(y))
    np.add.at(counts, rng.choice(few, len(many) - len(few)), 1.0)
    return counts


def draw_under(y: Floats, rng: np.random.Generator) -> Floats:
    """1 for what is kept, 0 for what is dropped: (example,), both classes equal in sum."""
    few, many = _few_and_many(y)
    counts = np.zeros(len(y))
    counts[few] = 1.0
    counts[rng.choice(many, len(few), replace=False)] = 1.0
    return counts


def draw_pairs(Z: Floats, y: Floats, neighbours: int, rng: np.random.Generator) -> tuple[Ints, Floats]:
    """Who is mixed with whom: parents (new, 2) as rows of Z, mixes (new,) in 0…1; as many as the rare class lacks."""
    rare = np.flatnonzero(y == 1)
    lacking = max(0, len(y) - 2 * len(rare))
    near = nearest(Z[rare], neighbours)
    first = rng.integers(len(rare), size=lacking)
    second = near[first, rng.integers(near.shape[1], size=lacking)]
    return np.stack([rare[first], rare[second]], axis=1), rng.random(lacking)


def nearest(Z: Floats, neighbours: int) -> Ints:
    """For every row its nearest other rows, at most `neighbours`: (row, k), nearest first."""
    square = (Z**2).sum(1)
    distances = square[:, None] + square[None, :] - 2 * Z @ Z.T
    np.fill_diagonal(distances, np.inf)
    return np.argsort(distances, axis=1, kind="stable")[:, : min(neighbours, len(Z) - 1)]


def interpolate(Z: Floats, parents: Ints, mixes: Floats) -> Floats:
    """x + u·(x' − x): (new, k)."""
    x, other = Z[parents[:, 0]], Z[parents[:, 1]]
    return np.asarray(x + mixes[:, None] * (other - x))
