"""Double descent: the error of least squares against the number of its parameters, through p = n and far beyond.

Symbols (R seeds, P widths p₁ < p₂ < …, n training points, G places of the picture):

    Φ (n, p)     features of the training points; those of a smaller p are the first of a larger
    w (p)        Φ = U diag(s) Vᵀ,  w = V diag(s/(s² + λ)) Uᵀy;  λ = 0: of all best fits the one of least ‖w‖
    error        σ² + mean over fresh points of (f − Φ·w)²

At p = n the fit has just become able to go through every point and has one way to do so: the least s is near 0, ‖w‖
explodes, and with it the error. Beyond, ever more ways, and ‖w‖ falls again (Belkin, Hsu, Ma and Mandal 2019; Hastie,
Montanari, Rosset and Tibshirani 2022, section 3; the ridge: Nakkiran, Venkat, Kakade and Ma 2021).

Two families: sines and cosines of rising frequency k on a circle, weighted 1/k (Muthukumar et al. 2020), where the fit
can be seen; and random ReLU units of `INPUTS` numbers (random features, Rahimi and Recht 2007) with a linear truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.i18n import Text
from core.params import Choice, Levels, Params, Slider
from core.tables import Table
from core.verify import Check, compare

Array = npt.NDArray[np.float64]

SEEDS = 16
INPUTS = 8
FRESH = 300
GRID = 241
WIDEST = 20
NO_RIDGE = -6.0
FAMILIES = {
    "fourier": Text("sines and cosines", "синусы и косинусы"),
    "relu": Text("random ReLU units", "случайные нейроны ReLU"),
}


class DoubleParams(Params):
    """Which features, how many points, how noisy, and the ridge."""

    family: Annotated[str, Choice(label=Text("Features", "Признаки"), options=FAMILIES)] = "fourier"
    points: Annotated[int, Levels(label=Text("Training points n", "Обучающих точек n"), values=(10, 20, 40))] = 20
    scatter: Annotated[float, Slider(label=Text("Noise σ", "Шум σ"), lo=0.0, hi=0.6, step=0.05)] = 0.1
    lg_lambda: Annotated[
        float,
        Slider(
            label=Text("Ridge beside it, lg λ", "Рядом — штраф, lg λ"),
            help=Text("−6 is no penalty: both curves are one.", "−6 — без штрафа: обе кривые совпадают."),
            lo=NO_RIDGE,
            hi=2.0,
            step=0.5,
        ),
    ] = -1.0
    seed: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1)] = 0

    @property
    def ridge(self) -> float:
        """λ."""
        return 0.0 if self.lg_lambda <= NO_RIDGE else float(10.0**self.lg_lambda)


@dataclass(frozen=True)
class DoubleTrace(Frozen):
    """widths (P); train, test, norm (2, R, P) : without and with the ridge; least (R, P) : the least s that is not 0

    grid, truth (G), x, y (n), fits (2, P, G) : of the first seed; for the ReLU units along the direction of the truth,
    where no training point lies: x is empty
    """

    params: DoubleParams
    widths: npt.NDArray[np.int64]
    train: Array
    test: Array
    norm: Array
    least: Array
    grid: Array
    truth: Array
    x: Array
    y: Array
    fits: Array
    signature: str

    @property
    def peak(self) -> int:
        """The p of the largest median error without a penalty."""
        return int(self.widths[np.argmax(np.median(self.test[0], axis=0))])


@dataclass(frozen=True)
class Problem(Frozen):
    """One seed: features of all widths at the training points, at fresh points and along the picture, and the truth."""

    x: Array
    y: Array
    Phi: Array
    Phi_fresh: Array
    f_fresh: Array
    Phi_grid: Array
    f_grid: Array
    grid: Array


def widths_of(n: int) -> npt.NDArray[np.int64]:
    """From 2 to WIDEST·n: even steps of the logarithm, closer around n."""
    far = np.geomspace(2, WIDEST * n, 24)
    near = n * np.array([0.8, 0.9, 1.0, 1.1, 1.2, 1.4, 1.7])
    return np.unique(np.round(np.concatenate([far, near])).astype(np.int64))


def step_wave(x: Array) -> Array:
    """The truth on the circle [−1, 1): 1 on one half of it and −1 on the other."""
    return np.where((x > -0.5) & (x < 0.5), 1.0, -1.0)


def waves(x: Array, p: int) -> Array:
    """1, cos πx, sin πx, cos(2πx)/2, sin(2πx)/2, …: (m) → (m, p)."""
    k = np.arange(1, p // 2 + 1)
    angle = np.pi * x[:, None] * k
    pairs = np.stack([np.cos(angle) / k, np.sin(angle) / k], axis=2).reshape(len(x), -1)
    return np.concatenate([np.ones((len(x), 1)), pairs], axis=1)[:, :p]


def make_problem(family: str, n: int, noise: float, seed: tuple[int, ...]) -> Problem:
    """Points, features and truth of one seed."""
    generator = np.random.default_rng(seed)
    widest = WIDEST * n
    if family == "fourier":
        grid = np.linspace(-1.0, 1.0, GRID)
        x = np.sort(generator.uniform(-1.0, 1.0, n))
        fresh = generator.uniform(-1.0, 1.0, FRESH)
        y = step_wave(x) + noise * generator.standard_normal(n)
        return Problem(
            x, y, waves(x, widest), waves(fresh, widest), step_wave(fresh), waves(grid, widest), step_wave(grid), grid
        )
    grid = np.linspace(-3.0, 3.0, GRID)
    units = generator.standard_normal((INPUTS, widest)) / np.sqrt(INPUTS)
    direction = generator.standard_normal(INPUTS)
    direction /= np.linalg.norm(direction)
    X, fresh = generator.standard_normal((n, INPUTS)), generator.standard_normal((FRESH, INPUTS))
    y = X @ direction + noise * generator.standard_normal(n)
    seen = [np.maximum(0.0, points @ units) for points in (X, fresh, grid[:, None] * direction)]
    return Problem(np.zeros(0), y, seen[0], seen[1], fresh @ direction, seen[2], grid, grid)


@lru_cache(maxsize=8)
def problems(family: str, n: int, noise: float, seed: int) -> tuple[Problem, ...]:
    """All seeds."""
    return tuple(make_problem(family, n, noise, (seed, k, 6)) for k in range(SEEDS))


def solve(Phi: Array, y: Array, ridges: tuple[float, ...]) -> tuple[Array, float]:
    """w for each λ: (len(ridges), p); and the least s that is not 0."""
    U, s, Vt = np.linalg.svd(Phi, full_matrices=False)
    kept = s > s[0] * 1e-13
    with np.errstate(divide="ignore", invalid="ignore"):
        factors = np.stack([np.where(kept, s / (s**2 + ridge), 0.0) for ridge in ridges])
    return (factors * (U.T @ y)) @ Vt, float(s[kept].min())


def scale_of(family: str, p: int) -> float:
    """Random units are divided by √p, so that λ means the same at every p."""
    return float(np.sqrt(p)) if family == "relu" else 1.0


def run(params: DoubleParams) -> DoubleTrace:
    """All widths, all seeds, without and with the ridge."""
    p = params
    widths = widths_of(p.points)
    shape = (2, SEEDS, len(widths))
    train, test, norm = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    least = np.zeros(shape[1:])
    found = problems(p.family, p.points, p.scatter, p.seed)
    fits = np.zeros((2, len(widths), GRID))
    for r, one in enumerate(found):
        for k, width in enumerate(widths):
            by = scale_of(p.family, int(width))
            w, least[r, k] = solve(one.Phi[:, :width] / by, one.y, (0.0, p.ridge))
            train[:, r, k] = np.mean((w @ one.Phi[:, :width].T / by - one.y) ** 2, axis=1)
            test[:, r, k] = p.scatter**2 + np.mean((w @ one.Phi_fresh[:, :width].T / by - one.f_fresh) ** 2, axis=1)
            norm[:, r, k] = np.linalg.norm(w, axis=1)
            if r == 0:
                fits[:, k] = w @ one.Phi_grid[:, :width].T / by
    first = found[0]
    return DoubleTrace(
        params=p,
        widths=widths,
        train=train,
        test=test,
        norm=norm,
        least=least,
        grid=first.grid,
        truth=first.f_grid,
        x=first.x,
        y=first.y if len(first.x) else np.zeros(0),
        fits=fits,
        signature=f"{p.family} · {SEEDS} seeds from {p.seed} · n={p.points} · p={widths[0]}…{widths[-1]} · "
        f"σ={p.scatter:g} · λ={p.ridge:.3g} · float64 · numpy {np.__version__}",
    )


def reference(trace: DoubleTrace) -> tuple[Check, ...]:
    """The fits of the first seed at the widest p and at half of n beside SciPy's least squares of least norm and
    scikit-learn's ridge."""
    from scipy.linalg import lstsq
    from sklearn.linear_model import Ridge

    p = trace.params
    one = problems(p.family, p.points, p.scatter, p.seed)[0]
    at = [int(np.searchsorted(trace.widths, p.points // 2)), len(trace.widths) - 1]
    plain, ridged = [], []
    for k in at:
        width = int(trace.widths[k])
        by = scale_of(p.family, width)
        Phi, grid = one.Phi[:, :width] / by, one.Phi_grid[:, :width] / by
        plain.append(grid @ lstsq(Phi, one.y)[0])
        ridged.append(Ridge(alpha=max(p.ridge, 1e-12), fit_intercept=False, solver="svd").fit(Phi, one.y).predict(grid))
    size = max(1.0, float(np.abs(trace.fits[0, at]).max()))
    checks = [
        compare(Text("least norm", "наименьшая норма"), "scipy", trace.fits[0, at] / size, np.array(plain) / size, 1e-7)
    ]
    if p.ridge:
        checks.append(compare(Text("ridge", "гребневая"), "scikit-learn", trace.fits[1, at], np.array(ridged), 1e-7))
    return tuple(checks)


def tables(trace: DoubleTrace) -> tuple[Table, ...]:
    """Medians over the seeds, and their tenths."""
    names = [str(p) for p in trace.widths]

    def spread(values: Array) -> Array:
        return np.quantile(values, (0.1, 0.5, 0.9), axis=0).T

    columns = ["lowest tenth", "median", "highest tenth"]
    return (
        Table("test", names, columns, spread(trace.test[0])),
        Table("test, ridge", names, columns, spread(trace.test[1])),
        Table("train", names, columns, spread(trace.train[0])),
        Table("norm", names, columns, spread(trace.norm[0])),
        Table("least s", names, columns, spread(trace.least)),
    )
