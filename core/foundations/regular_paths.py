"""Coefficients of a linear model against the strength of the penalty: lasso, ridge and elastic net.

Symbols: X (n, p) features, y (n) what is predicted, both centred, y with spread 1; λ the strength, ρ the share of L1;
G = XᵀX/n (p, p) and c = Xᵀy/n (p) are all of the data that the solution needs.

    minimise  ‖y − Xβ‖²/2n + λ(ρ‖β‖₁ + (1 − ρ)/2·‖β‖²)           Zou and Hastie 2005; ρ = 1 Tibshirani 1996
    one coordinate:  z_j = c_j − Σ_{k≠j} G_jk β_k,   β_j = S(z_j, λρ) / (G_jj + λ(1 − ρ))
    soft threshold:  S(z, t) = sign z · max(|z| − t, 0)            Friedman, Hastie and Tibshirani 2010, eqs. 5–6
    ρ = 0:  β = (G + λI)⁻¹c                                        Hoerl and Kennard 1970

The data are the 442 patients of Efron et al. 2004: ten measurements and the progress of diabetes a year later. Error by
cross-validation: five folds, mean squared error on the fold left out, in shares of the variance of y; the larger λ
within one standard error of the least is the usual cautious choice (Breiman et al. 1984, section 3.4.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen, freeze
from core.i18n import Text, same
from core.params import Choice, Levels, Params, Slider, Switch
from core.tables import Table
from core.verify import Check, compare

Array = npt.NDArray[np.float64]

LO, HI, STEP = -3.0, 1.0, 0.05
FOLDS = 5
SWEEPS, CLOSE = 20_000, 1e-8
FEATURES: dict[str, Text] = {
    "age": Text("age", "возраст"),
    "sex": Text("sex", "пол"),
    "bmi": Text("body mass index", "индекс массы тела"),
    "bp": Text("blood pressure", "давление"),
    "s1": Text("cholesterol (total)", "холестерин общий"),
    "s2": Text("LDL", "ЛПНП"),
    "s3": Text("HDL", "ЛПВП"),
    "s4": Text("total / HDL", "общий / ЛПВП"),
    "s5": Text("log triglycerides", "лог. триглицеридов"),
    "s6": Text("blood sugar", "сахар крови"),
}
NAMES = tuple(FEATURES)
KINDS: dict[str, Text] = {
    "l1": Text("L1: lasso", "L1: lasso"),
    "l2": Text("L2: ridge", "L2: ridge"),
    "both": Text("elastic net", "elastic net"),
}


class PathParams(Params):
    """A penalty, its strength, and which patients and features it meets."""

    penalty: Annotated[str, Choice(label=Text("Penalty", "Штраф"), options=KINDS)] = "l1"
    mix: Annotated[
        float,
        Slider(
            label=Text("Share of L1, ρ", "Доля L1, ρ"),
            lo=0.05,
            hi=0.95,
            step=0.05,
            shown=lambda v: v.get("penalty") == "both",
        ),
    ] = 0.5
    lg_lambda: Annotated[
        float, Slider(label=same("lg λ"), help=Text("or drag", "или тяните"), lo=LO, hi=HI, step=STEP)
    ] = -1.0
    first: Annotated[str, Choice(label=Text("Plane: across", "Плоскость: по горизонтали"), options=FEATURES)] = "bmi"
    second: Annotated[str, Choice(label=Text("Plane: up", "Плоскость: по вертикали"), options=FEATURES)] = "bp"
    is_standard: Annotated[
        bool,
        Switch(
            label=Text("Standardise the features", "Стандартизовать признаки"),
            help=Text(
                "Without it the penalty depends on the units that a feature is measured in.",
                "Без этого штраф зависит от единиц, в которых измерен признак.",
            ),
        ),
    ] = True
    patients: Annotated[int, Levels(label=Text("Patients", "Пациенты"), values=(30, 60, 120, 442), folded=True)] = 442
    seed: Annotated[
        int, Slider(label=Text("Seed of the folds", "Зерно разбиения"), lo=0, hi=99, step=1, folded=True)
    ] = 0

    @property
    def rho(self) -> float:
        """ρ: the share of L1."""
        return {"l1": 1.0, "l2": 0.0}.get(self.penalty, self.mix)


@dataclass(frozen=True)
class PathTrace(Frozen):
    """lambdas (K); G (p, p), c (p); beta (K, p); plane (K, 2) : the same penalty with the two chosen features alone;
    free (2) : their least squares; spread (p) : of the features as they were used; here : the index of the chosen λ;
    error, doubt (K) : cross-validated error and its standard error; best, cautious : indices into lambdas."""

    params: PathParams
    lambdas: Array
    G: Array
    c: Array
    beta: Array
    plane: Array
    free: Array
    spread: Array
    error: Array
    doubt: Array
    here: int
    best: int
    cautious: int
    signature: str

    @property
    def picked(self) -> tuple[int, int]:
        """The two features of the plane."""
        return NAMES.index(self.params.first), NAMES.index(self.params.second)

    @property
    def alive(self) -> npt.NDArray[np.int64]:
        """How many coefficients are not exactly zero: (K,)."""
        return np.asarray((self.beta != 0).sum(1), dtype=np.int64)


@lru_cache(maxsize=1)
def load_patients() -> tuple[Array, Array]:
    """All features in their own units (442, 10) and the progress of the disease (442,)."""
    spec = find_spec("sklearn")
    assert spec is not None
    assert spec.origin is not None
    # The table as the package carries it: importing the package would take longer than everything else here.
    folder = Path(spec.origin).parent / "datasets" / "data"
    return (
        freeze(np.loadtxt(folder / "diabetes_data_raw.csv.gz"), np.float64),
        freeze(np.loadtxt(folder / "diabetes_target.csv.gz"), np.float64),
    )


def prepare(params: PathParams) -> tuple[Array, Array]:
    """X (n, p), centred, with spread 1 where that is wanted, and y (n) with mean 0 and spread 1."""
    x, y = load_patients()
    rows = np.random.default_rng((params.seed, 3)).permutation(len(y))[: params.patients]
    x, y = x[rows], y[rows]
    x = x - x.mean(0)
    return (x / x.std(0) if params.is_standard else x), (y - y.mean()) / y.std()


def split(n: int) -> list[npt.NDArray[np.int64]]:
    """The rows of each fold; they are in random order already."""
    return [np.asarray(rows) for rows in np.array_split(np.arange(n), FOLDS)]


def moments(x: Array, y: Array) -> tuple[Array, Array]:
    """G and c of centred copies."""
    x, y = x - x.mean(0), y - y.mean()
    return x.T @ x / len(y), x.T @ y / len(y)


def soft_threshold(z: Array, t: Array | float) -> Array:
    """S(z, t): towards zero by t, and no further than zero."""
    return np.asarray(np.sign(z) * np.maximum(np.abs(z) - t, 0.0) + 0.0, dtype=np.float64)


def ridge(G: Array, c: Array, lambdas: Array) -> Array:
    """(G + λI)⁻¹c for many data sets and strengths: (…, p, p), (…, p), (K,) → (…, K, p)."""
    A = G[..., None, :, :] + lambdas[:, None, None] * np.eye(G.shape[-1])
    found = np.linalg.solve(A, np.broadcast_to(c[..., None, :, None], (*A.shape[:-1], 1)))
    return np.asarray(found[..., 0], dtype=np.float64)


def descend(G: Array, c: Array, lambdas: Array, rho: float) -> Array:
    """Coordinate descent for many data sets and strengths at once: (m, p, p), (m, p), (K,) → (m, K, p)."""
    # In units where every G_jj is 1 a step is as long in one coordinate as in the next.
    size = np.sqrt(np.diagonal(G, axis1=1, axis2=2))
    beta = np.zeros((*c.shape[:1], len(lambdas), c.shape[1]))
    for _ in range(SWEEPS):
        furthest = 0.0
        for j in range(c.shape[1]):
            g = G[:, j, j][:, None]
            z = c[:, j][:, None] - (beta @ G[:, j, :, None])[..., 0] + g * beta[:, :, j]
            new = soft_threshold(z, lambdas * rho) / (g + lambdas * (1 - rho))
            furthest = max(furthest, float((np.abs(new - beta[:, :, j]) * size[:, j][:, None]).max()))
            beta[:, :, j] = new
        if furthest < CLOSE:
            break
    return beta


def solve(G: Array, c: Array, lambdas: Array, rho: float) -> Array:
    """β for every data set and strength: (m, K, p)."""
    return ridge(G, c, lambdas) if rho == 0 else descend(G, c, lambdas, rho)


def cross_validate(x: Array, y: Array, beta: Array) -> tuple[Array, Array]:
    """Mean squared error on the fold left out, and its standard error over folds; beta (FOLDS, K, p) → (K,), (K,)."""
    errors = []
    for rows, b in zip(split(len(y)), beta, strict=True):
        rest = np.ones(len(y), dtype=bool)
        rest[rows] = False
        predicted = (x[rows] - x[rest].mean(0)) @ b.T + y[rest].mean()
        errors.append(np.square(y[rows][:, None] - predicted).mean(0))
    table = np.stack(errors)
    return table.mean(0), table.std(0, ddof=1) / np.sqrt(FOLDS)


def run(params: PathParams) -> PathTrace:
    """The whole path, the two features by themselves, and the cross-validated error."""
    x, y = prepare(params)
    lambdas = 10 ** np.linspace(LO, HI, round((HI - LO) / STEP) + 1)
    parts = [moments(x, y)]
    parts += [moments(np.delete(x, rows, 0), np.delete(y, rows)) for rows in split(len(y))]
    G, c = np.stack([g for g, _ in parts]), np.stack([v for _, v in parts])
    beta = solve(G, c, lambdas, params.rho)
    error, doubt = cross_validate(x, y, beta[1:])
    best = int(error.argmin())
    cautious = int(np.flatnonzero(error <= error[best] + doubt[best]).max())
    two = [NAMES.index(params.first), NAMES.index(params.second)]
    if two[0] == two[1]:
        plane, free = np.zeros((len(lambdas), 2)), np.zeros(2)
    else:
        G2, c2 = G[:1][:, two][:, :, two], c[:1, two]
        plane, free = solve(G2, c2, lambdas, params.rho)[0], np.linalg.solve(G2[0], c2[0])
    here = round((params.lg_lambda - LO) / STEP)
    return PathTrace(
        params=params,
        lambdas=lambdas,
        G=G[0],
        c=c[0],
        beta=beta[0],
        plane=plane,
        free=free,
        spread=x.std(0),
        error=error,
        doubt=doubt,
        here=here,
        best=best,
        cautious=cautious,
        signature=f"diabetes · n={params.patients} · ρ={params.rho:g} · {len(lambdas)} λ · {FOLDS} folds · "
        f"seed={params.seed} · {'standardised' if params.is_standard else 'own units'} · numpy {np.__version__}",
    )


def reference(trace: PathTrace) -> tuple[Check, ...]:
    """The path at seven strengths, and the cross-validated error at three, beside scikit-learn."""
    from sklearn.linear_model import ElasticNet, Ridge
    from sklearn.model_selection import PredefinedSplit, cross_val_score

    p = trace.params
    x, y = prepare(p)
    size = x.std(0)

    def model(strength: float, n: int) -> ElasticNet | Ridge:
        # Ridge does not divide by n: its α is nλ.
        if p.rho == 0:
            return Ridge(alpha=n * strength)
        return ElasticNet(alpha=strength, l1_ratio=p.rho, tol=1e-14, max_iter=300_000)

    picked = [*range(20, len(trace.lambdas), 12), trace.here]
    theirs = np.stack([model(float(trace.lambdas[k]), len(y)).fit(x, y).coef_ for k in picked])
    fold = np.concatenate([np.full(len(rows), k) for k, rows in enumerate(split(len(y)))])
    some = [20, 44, 68]
    if p.rho == 0 and len(y) % FOLDS:
        # Ridge's α counts the examples of each fold, so folds of different sizes have no single α.
        errors = [_by_folds(x, y, float(trace.lambdas[k])) for k in some]
    else:
        n = len(y) - len(y) // FOLDS
        errors = [
            -cross_val_score(
                model(float(trace.lambdas[k]), n), x, y, cv=PredefinedSplit(fold), scoring="neg_mean_squared_error"
            ).mean()
            for k in some
        ]
    return (
        compare(Text("β", "β"), "scikit-learn", trace.beta[picked] * size, theirs * size, 1e-5),
        compare(Text("cross-validation", "кросс-валидация"), "scikit-learn", trace.error[some], errors, 1e-5),
    )


def _by_folds(x: Array, y: Array, strength: float) -> float:
    from sklearn.linear_model import Ridge

    errors = []
    for rows in split(len(y)):
        model = Ridge(alpha=strength * (len(y) - len(rows))).fit(np.delete(x, rows, 0), np.delete(y, rows))
        errors.append(float(np.square(y[rows] - model.predict(x[rows])).mean()))
    return float(np.mean(errors))


def tables(trace: PathTrace) -> tuple[Table, ...]:
    """β along the path, and the cross-validated error."""
    rows = [f"lg λ = {v:.2f}" for v in np.log10(trace.lambdas)]
    return (
        Table("beta", rows, NAMES, trace.beta),
        Table("cross-validation", rows, ("error", "standard error"), np.stack([trace.error, trace.doubt], axis=1)),
    )
