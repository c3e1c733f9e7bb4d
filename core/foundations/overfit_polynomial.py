"""Polynomials of every degree through the same noisy points, their errors, and the folds of cross-validation.

Symbols (G points of the grid, D the highest degree, K folds):

    x, y (n)          training points, y = f(x) + σ·ε            f the true curve, ε ~ N(0, 1)
    A (n, d)          powers x¹ … x^d, each column less its mean
    w (d)             argmin Σ(y − ŷ)² + λ‖w‖² = V diag(s/(s² + λ)) Uᵀy,  A = U diag(s) Vᵀ     (Hoerl and Kennard 1970)
    H (m, n)          ŷ = H·y at m places: a fit is linear in y, and a dragged point pulls it by its column
    h_i = H_ii        leverage: what of its own y_i the fit repeats at x_i
    df = Σ h_i        effective number of parameters                                  (Hastie et al. 2009, eq. 3.50)

The constant is not penalised. With λ = 0 and more coefficients than points, this is the fit of least ‖w‖. Errors are
mean squares. Cross-validation follows Hastie et al. 2009, section 7.10: every point is predicted once, by a fit that
has not seen it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Text, same
from core.params import Choice, Params, Slider, Words
from core.tables import Table
from core.verify import Check, compare

Array = npt.NDArray[np.float64]

DEGREES = 20
GRID = 161
VALID = 60
BOUND = 3.0
NO_RIDGE = -9.0
TRUTHS = {
    "sine": Text("sine", "синус"),
    "line": Text("line", "прямая"),
    "step": Text("step", "ступенька"),
    "bump": Text("bump", "горб"),
}


class PolyParams(Params):
    """Which points, and which polynomial."""

    degree: Annotated[int, Slider(label=Text("Degree", "Степень"), lo=0, hi=DEGREES, step=1)] = 14
    lg_ridge: Annotated[
        float,
        Slider(
            label=Text("Ridge, lg λ", "Гребневый штраф, lg λ"),
            help=Text("−9 is no penalty at all: λ = 0.", "−9 — без штрафа: λ = 0."),
            lo=NO_RIDGE,
            hi=3.0,
            step=0.5,
        ),
    ] = NO_RIDGE
    n: Annotated[int, Slider(label=Text("Training points", "Обучающие точки"), lo=8, hi=100, step=1)] = 20
    noise: Annotated[float, Slider(label=Text("Noise σ", "Шум σ"), lo=0.0, hi=1.0, step=0.05)] = 0.3
    truth: Annotated[str, Choice(label=Text("True curve", "Истинная кривая"), options=TRUTHS)] = "sine"
    folds: Annotated[int, Slider(label=Text("Folds", "Блоки (фолды)"), lo=2, hi=8, step=1)] = 5
    seed: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1)] = 0
    moved: Annotated[
        str,
        Words(
            label=Text("Moved points", "Сдвинутые точки"),
            help=Text("Point: its new y, as in “3: 1.5; 8: −2”.", "Номер точки: новое y, например «3: 1,5; 8: −2»."),
            max_chars=400,
            folded=True,
        ),
    ] = ""

    @property
    def ridge(self) -> float:
        """λ."""
        return ridge_of(self.lg_ridge)


@dataclass(frozen=True)
class PolyTrace(Frozen):
    """x, y (n), clean (n) : f(x); x_valid, y_valid (V); grid, truth (G)

    fits (D+1, G), train, valid, cv, df (D+1) : of every degree; cv_folds (D+1, K)
    fold (n) : the fold that a point is held out in; fold_fits (K, G) : at the chosen degree, each without its fold
    pull (G, n), leverage (n) : H at the chosen degree, on the grid and its own diagonal; w (d), bias : its coefficients
    """

    params: PolyParams
    x: Array
    y: Array
    clean: Array
    x_valid: Array
    y_valid: Array
    grid: Array
    truth: Array
    fits: Array
    train: Array
    valid: Array
    cv: Array
    df: Array
    cv_folds: Array
    fold: npt.NDArray[np.int64]
    fold_fits: Array
    pull: Array
    leverage: Array
    w: Array
    bias: float
    signature: str

    @property
    def best(self) -> int:
        """The degree of the least validation error."""
        return int(np.argmin(self.valid))


def ridge_of(lg_ridge: float) -> float:
    """λ of the slider: its lowest mark is 0."""
    return 0.0 if lg_ridge <= NO_RIDGE else float(10.0**lg_ridge)


def true_curve(name: str, x: Array) -> Array:
    """f."""
    if name == "sine":
        return np.asarray(np.sin(math.pi * x))
    if name == "line":
        return 0.8 * x
    if name == "step":
        return np.where(x > 0, 0.8, -0.8)
    return np.asarray(2.0 * np.exp(-12.0 * x**2) - 0.6)


def draw_points(truth: str, noise: float, n: int, seed: tuple[int, ...]) -> tuple[Array, Array]:
    """Uniform x on [−1, 1] in rising order, and y with its noise."""
    generator = np.random.default_rng(seed)
    x = np.sort(generator.uniform(-1.0, 1.0, n))
    return x, true_curve(truth, x) + noise * generator.standard_normal(n)


def read_moves(words: str, n: int) -> dict[int, float]:
    """“3: 1.5; 8: −2” → {2: 1.5, 7: −2.0}; points that are not there are left out.

    Raises
    ------
    Refusal
        If a piece is not a number of a point and a y within ±3.
    """
    out: dict[int, float] = {}
    for piece in (p.strip() for p in words.replace("−", "-").split(";")):
        if not piece:
            continue
        name, _, value = piece.partition(":")
        try:
            at, y = int(name), float(value.strip().replace(",", "."))
        except ValueError:
            at, y = 0, math.nan
        if at < 1 or not abs(y) <= BOUND:
            raise Refusal(
                Text(
                    "“Moved points” wants pairs such as “3: 1.5; 8: −2”, y from −3 to 3.",
                    "«Сдвинутые точки» — это пары вида «3: 1,5; 8: −2», y от −3 до 3.",
                )
            )
        if at <= n:
            out[at - 1] = y
    return out


def write_moves(moves: dict[int, float]) -> str:
    """The inverse of `read_moves`."""
    return "; ".join(f"{at + 1}: {y:g}" for at, y in sorted(moves.items()))


def powers(x: Array, degree: int) -> Array:
    """x¹ … x^degree: (…, n) → (…, n, degree)."""
    return np.asarray(x[..., None] ** np.arange(1, degree + 1))


def decompose(x: Array, degree: int, ridge: float) -> tuple[Array, Array, Array, Array]:
    """The centred powers taken apart: means (…, 1, d), U (…, n, r), s/(s² + λ) (…, r), Vᵀ (…, r, d)."""
    A = powers(x, degree)
    mean = A.mean(-2, keepdims=True)
    U, s, Vt = np.linalg.svd(A - mean, full_matrices=False)
    is_zero = s <= s[..., :1] * np.finfo(np.float64).eps * max(x.shape[-1], degree)
    factor = np.where(is_zero, 0.0, s / np.where(is_zero, 1.0, s**2 + ridge))
    return mean, U, factor, Vt


def smoother(x: Array, at: Array, degree: int, ridge: float) -> Array:
    """H: (…, n) training places and (m) or (…, m) others → (…, m, n), so that ŷ(at) = H·y."""
    n = x.shape[-1]
    flat = np.full((*x.shape[:-1], at.shape[-1], n), 1.0 / n)
    if degree == 0:
        return flat
    mean, U, factor, Vt = decompose(x, degree, ridge)
    basis = (powers(at, degree) - mean) @ np.swapaxes(Vt, -1, -2)
    return np.asarray(flat + (basis * factor[..., None, :]) @ np.swapaxes(U, -1, -2))


def coefficients(x: Array, y: Array, degree: int, ridge: float) -> tuple[Array, float]:
    """w (degree) of x¹ … x^degree, and the constant."""
    if degree == 0:
        return np.zeros(0), float(y.mean())
    mean, U, factor, Vt = decompose(x, degree, ridge)
    w = Vt.T @ (factor * (U.T @ y))
    return np.asarray(w), float(y.mean() - mean[0] @ w)


def split_folds(n: int, folds: int, seed: int) -> npt.NDArray[np.int64]:
    """Which fold each of n points is held out in: the points shuffled, then dealt like cards."""
    order = np.random.default_rng((seed, 5)).permutation(n)
    fold = np.empty(n, dtype=np.int64)
    fold[order] = np.arange(n) % folds
    return fold


def run(params: PolyParams) -> PolyTrace:
    """Fit all degrees."""
    p = params
    x, y = draw_points(p.truth, p.noise, p.n, (p.seed, 1))
    for at, value in read_moves(p.moved, p.n).items():
        y[at] = value
    x_valid, y_valid = draw_points(p.truth, p.noise, VALID, (p.seed, 2))
    grid = np.linspace(-1.0, 1.0, GRID)
    fold = split_folds(p.n, p.folds, p.seed)
    places = np.concatenate([x, x_valid, grid])
    fits = np.zeros((DEGREES + 1, GRID))
    train, valid, df = (np.zeros(DEGREES + 1) for _ in range(3))
    cv_folds = np.zeros((DEGREES + 1, p.folds))
    fold_fits = np.zeros((p.folds, GRID))
    pull, leverage = np.zeros((GRID, p.n)), np.zeros(p.n)
    for degree in range(DEGREES + 1):
        H = smoother(x, places, degree, p.ridge)
        said = H @ y
        fits[degree] = said[p.n + VALID :]
        train[degree] = np.mean((said[: p.n] - y) ** 2)
        valid[degree] = np.mean((said[p.n : p.n + VALID] - y_valid) ** 2)
        own = np.diagonal(H[: p.n])
        df[degree] = own.sum()
        if degree == p.degree:
            pull, leverage = H[p.n + VALID :], own
        for k in range(p.folds):
            out = fold == k
            hat = smoother(x[~out], np.concatenate([x[out], grid]), degree, p.ridge)
            left = hat @ y[~out]
            cv_folds[degree, k] = np.mean((left[: out.sum()] - y[out]) ** 2)
            if degree == p.degree:
                fold_fits[k] = left[out.sum() :]
    w, bias = coefficients(x, y, p.degree, p.ridge)
    return PolyTrace(
        params=p,
        x=x,
        y=y,
        clean=true_curve(p.truth, x),
        x_valid=x_valid,
        y_valid=y_valid,
        grid=grid,
        truth=true_curve(p.truth, grid),
        fits=fits,
        train=train,
        valid=valid,
        cv=cv_folds.mean(1),
        df=df,
        cv_folds=cv_folds,
        fold=fold,
        fold_fits=fold_fits,
        pull=pull,
        leverage=leverage,
        w=w,
        bias=bias,
        signature=f"{p.truth} · n={p.n} + {VALID} · σ={p.noise:g} · λ={p.ridge:.3g} · seed={p.seed} · float64 · "
        f"numpy {np.__version__}",
    )


def reference(trace: PolyTrace) -> tuple[Check, ...]:
    """The fit at the training points beside numpy.polyfit (where it has one answer) and scikit-learn, and the
    errors of the folds beside scikit-learn's."""
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures

    p = trace.params
    line = Ridge(alpha=p.ridge, solver="svd")
    model = make_pipeline(PolynomialFeatures(max(1, p.degree), include_bias=False), line)
    said = smoother(trace.x, trace.x, p.degree, p.ridge) @ trace.y
    fewest = p.n - int(np.bincount(trace.fold).max())
    checks = []
    if p.degree > 0 and (p.degree < p.n or p.ridge):
        theirs = model.fit(trace.x[:, None], trace.y).predict(trace.x[:, None])
        checks.append(compare(Text("fit at the points", "значения в точках"), "scikit-learn", said, theirs, 1e-5))
    # Where a fit without penalty has nearly as many coefficients as points, its last digits are nobody's.
    if p.degree > 0 and (p.degree < fewest / 2 or p.ridge):
        splits = [(np.flatnonzero(trace.fold != k), np.flatnonzero(trace.fold == k)) for k in range(p.folds)]
        scores = -cross_val_score(
            model, trace.x[:, None], trace.y, cv=splits, scoring="neg_mean_squared_error", error_score="raise"
        )
        size = np.maximum(1.0, scores)
        ours = trace.cv_folds[p.degree] / size
        checks.append(compare(Text("errors of the folds", "ошибки блоков"), "scikit-learn", ours, scores / size, 1e-6))
    if p.ridge == 0 and p.degree < p.n:
        polynomial = np.polyval(np.polyfit(trace.x, trace.y, p.degree), trace.x)
        checks.append(compare(same("numpy.polyfit"), "numpy", said, polynomial, 1e-5))
    if p.ridge == 0 and p.degree >= p.n:
        A = powers(trace.x, p.degree)
        shortest = np.linalg.pinv(A - A.mean(0)) @ (trace.y - trace.y.mean())
        checks.append(
            compare(Text("length of w, pinv", "длина w, pinv"), "numpy", 1.0, _ratio(trace.w, shortest), 1e-4)
        )
    return tuple(checks)


def _ratio(a: Array, b: Array) -> float:
    return float(np.linalg.norm(a) / max(1e-300, float(np.linalg.norm(b))))


def tables(trace: PolyTrace) -> tuple[Table, ...]:
    """Errors by degree, the fit on the grid, the coefficients."""
    degrees = [str(d) for d in range(DEGREES + 1)]
    errors = np.stack([trace.train, trace.valid, trace.cv, trace.df], axis=1)
    w = np.concatenate([[trace.bias], trace.w])[:, None]
    fit = np.stack([trace.grid, trace.truth, trace.fits[trace.params.degree]], axis=1)
    return (
        Table("errors", degrees, ["train", "validation", "cross-validation", "df"], errors),
        Table("coefficients", [f"x^{k}" for k in range(len(w))], ["w"], w),
        Table("fit", [str(k) for k in range(GRID)], ["x", "truth", "fit"], fit),
        Table(
            "points",
            [str(k + 1) for k in range(trace.params.n)],
            ["x", "y", "fold", "leverage"],
            np.stack([trace.x, trace.y, trace.fold.astype(np.float64), trace.leverage], axis=1),
        ),
    )
