"""The same degree on ever more points: the learning curve.

Symbols: S sizes, R training sets of each, a larger one keeping the points of a smaller. Training and test error come
near σ² from below and from above once n is well beyond the number of coefficients (Hastie et al. 2009, section 7.2). At
n = degree + 1 and no penalty the curve goes through every point and the test error peaks: more data hurt there
(Nakkiran et al. 2020, section 7).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.foundations.overfit_polynomial import GRID, Array, PolyParams, smoother, true_curve
from core.foundations.overfit_spread import beside
from core.tables import Table
from core.verify import Check

SETS = 40
SIZES = (6, 8, 10, 12, 14, 17, 20, 24, 30, 40, 50, 70, 100)


@dataclass(frozen=True)
class LearningTrace(Frozen):
    """train, test (S, R) : errors on SIZES points, of R sets; test = σ² + mean over the grid of (f − f̂)²"""

    params: PolyParams
    sizes: npt.NDArray[np.int64]
    train: Array
    test: Array
    signature: str


def draw_sets(params: PolyParams, n: int) -> tuple[Array, Array]:
    """SETS training sets of n points: x, y (R, n). A larger n keeps the first points of a smaller one."""
    generator = np.random.default_rng((params.seed, 3))
    x = generator.uniform(-1.0, 1.0, (max(SIZES), SETS)).T[:, :n]
    noise = generator.standard_normal((max(SIZES), SETS)).T[:, :n]
    return x, true_curve(params.truth, x) + params.noise * noise


def run(params: PolyParams) -> LearningTrace:
    """The chosen degree on sets of growing size."""
    p = params
    grid = np.linspace(-1.0, 1.0, GRID)
    truth = true_curve(p.truth, grid)
    train, test = np.zeros((len(SIZES), SETS)), np.zeros((len(SIZES), SETS))
    for row, n in enumerate(SIZES):
        x, y = draw_sets(p, n)
        at = np.concatenate([x, np.broadcast_to(grid, (SETS, GRID))], axis=1)
        said = (smoother(x, at, p.degree, p.ridge) @ y[..., None])[..., 0]
        train[row] = np.mean((said[:, :n] - y) ** 2, axis=1)
        test[row] = p.noise**2 + np.mean((said[:, n:] - truth) ** 2, axis=1)
    return LearningTrace(
        params=p,
        sizes=np.array(SIZES),
        train=train,
        test=test,
        signature=f"{p.truth} · {SETS} × n={SIZES[0]}…{SIZES[-1]} · degree {p.degree} · σ={p.noise:g} · "
        f"λ={p.ridge:.3g} · seed={p.seed} · float64 · numpy {np.__version__}",
    )


def reference(trace: LearningTrace) -> tuple[Check, ...]:
    """Training errors at the chosen size beside the library's."""
    x, y = draw_sets(trace.params, trace.params.n)
    ours = (smoother(x, x, trace.params.degree, trace.params.ridge) @ y[..., None])[..., 0]
    return beside(trace.params, x[:3], y[:3], ours[:3])


def tables(trace: LearningTrace) -> tuple[Table, ...]:
    """Mean errors by size."""
    sizes = [str(n) for n in trace.sizes]
    columns = [trace.train.mean(1), np.median(trace.train, axis=1), trace.test.mean(1), np.median(trace.test, axis=1)]
    names = ["train mean", "train median", "test mean", "test median"]
    return (Table("errors", sizes, names, np.stack(columns, axis=1)),)
