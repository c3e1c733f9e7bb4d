"""What a polynomial would be, had the noise fallen otherwise: how far the fits part, and where they agree.

Symbols (n points x that stay, G places of the grid, R draws of the noise): H(x) the row of the smoother at a place, so
that f̂(x) = H(x)·y; f the truth, f_n its values at the points. For a new y = f(x) + σ·ε at x,

    E(y − f̂)²  =  σ²  +  (f − H·f_n)²  +  σ²‖H‖²   =   noise + bias² + variance

(Geman, Bienenstock and Doursat 1992, section 3; Hastie et al. 2009, eq. 7.9). The three are exact, since a fit is
linear in y; the same error is measured once more on R training sets and R new y at every place, all drawn. Numbers are
means over the grid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.arrays import Frozen
from core.foundations.overfit_polynomial import DEGREES, GRID, Array, PolyParams, draw_points, smoother, true_curve
from core.i18n import Text
from core.tables import Table
from core.verify import Check, compare

SETS = 200
DRAWN = 24


@dataclass(frozen=True)
class SpreadTrace(Frozen):
    """bias2, variance, error (D+1) : of every degree; error is the one that was measured

    x (n), y (R, n) : the training sets; fits (R, G), mean (G) : at the chosen degree, mean = H·f_n; grid, truth (G)
    """

    params: PolyParams
    grid: Array
    truth: Array
    x: Array
    y: Array
    fits: Array
    mean: Array
    bias2: Array
    variance: Array
    error: Array
    signature: str

    @property
    def noise2(self) -> float:
        """σ²."""
        return self.params.noise**2

    @property
    def total(self) -> Array:
        """σ² + bias² + variance of every degree (D+1)."""
        return np.asarray(self.noise2 + self.bias2 + self.variance)


def run(params: PolyParams) -> SpreadTrace:
    """All degrees."""
    p = params
    grid = np.linspace(-1.0, 1.0, GRID)
    truth = true_curve(p.truth, grid)
    x, _ = draw_points(p.truth, p.noise, p.n, (p.seed, 1))
    clean = true_curve(p.truth, x)
    generator = np.random.default_rng((p.seed, 3))
    y = clean + p.noise * generator.standard_normal((SETS, p.n))
    fresh = truth + p.noise * generator.standard_normal((SETS, GRID))
    bias2, variance, error = (np.zeros(DEGREES + 1) for _ in range(3))
    kept, mean = np.zeros((SETS, GRID)), np.zeros(GRID)
    for degree in range(DEGREES + 1):
        H = smoother(x, grid, degree, p.ridge)
        bias2[degree] = np.mean((truth - H @ clean) ** 2)
        variance[degree] = p.noise**2 * np.mean(np.sum(H**2, axis=1))
        fits = y @ H.T
        error[degree] = np.mean((fresh - fits) ** 2)
        if degree == p.degree:
            kept, mean = fits, H @ clean
    return SpreadTrace(
        params=p,
        grid=grid,
        truth=truth,
        x=x,
        y=y,
        fits=kept,
        mean=mean,
        bias2=bias2,
        variance=variance,
        error=error,
        signature=f"{p.truth} · n={p.n} · {SETS} draws · σ={p.noise:g} · λ={p.ridge:.3g} · seed={p.seed} · float64 · "
        f"numpy {np.__version__}",
    )


def reference(trace: SpreadTrace) -> tuple[Check, ...]:
    """The drawn fits at the training points beside the library's."""
    p = trace.params
    y = trace.y[:8]
    ours = y @ smoother(trace.x, trace.x, p.degree, p.ridge).T
    return beside(p, np.broadcast_to(trace.x, y.shape), y, ours)


def beside(p: PolyParams, x: Array, y: Array, said: Array) -> tuple[Check, ...]:
    """Fits `said` (R, n) at the points of the sets beside the library's."""
    if p.degree == 0 or (p.ridge == 0 and p.degree >= x.shape[1]):
        flat = y if p.degree else np.broadcast_to(y.mean(1, keepdims=True), y.shape)
        return (compare(Text("fits at the points", "значения в точках"), "numpy", said, flat, 1e-4),)
    from sklearn.linear_model import Ridge
    from sklearn.preprocessing import PolynomialFeatures

    theirs = []
    for one, truth in zip(x, y, strict=True):
        A = PolynomialFeatures(p.degree, include_bias=False).fit_transform(one[:, None])
        theirs.append(Ridge(alpha=p.ridge, solver="svd").fit(A, truth).predict(A))
    return (compare(Text("fits at the points", "значения в точках"), "scikit-learn", said, np.array(theirs), 1e-5),)


def tables(trace: SpreadTrace) -> tuple[Table, ...]:
    """The three parts of the error by degree, and the fits."""
    parts = np.stack([trace.bias2, trace.variance, np.full_like(trace.bias2, trace.noise2), trace.error], axis=1)
    grid = [str(k) for k in range(GRID)]
    return (
        Table("parts", [str(d) for d in range(DEGREES + 1)], ["bias2", "variance", "noise2", "measured"], parts),
        Table("mean", grid, ["x", "truth", "mean"], np.stack([trace.grid, trace.truth, trace.mean], axis=1)),
    )
