"""A line through twelve points and one outlier: what the squares, the absolute values and Huber's loss make of it.

Symbols: (x_i, y_i) the points, the last one the outlier; ŷ = w·x + b; r_i = ŷ_i − y_i.

    mse     Σ r²          the normal equations
    mae     Σ |r|         some best line goes through two of the points (Bloomfield and Steiger 1983, section 1.3): all
                          pairs are tried
    huber   Σ H_δ(r)      reweighted least squares, weight min(1, δ/|r|), then the exact step once it is known which
                          points are beyond δ (Huber 1964)
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, number, quiet, say, write_number
from core.arrays import Frozen
from core.foundations.losses import huber, huber_slope
from core.i18n import Lang, Text, same
from core.params import Params, Slider
from core.tables import Table
from core.verify import Check, compare

Array = npt.NDArray[np.float64]

INLIERS, SLOPE, INTERCEPT, NOISE = 12, 0.8, 1.0, 0.6
BOUND, STEP, PLACES = 20.0, 0.5, 81
ROUNDS = 200
FITS = ("mse", "mae", "huber")
TITLES = {"mse": same("MSE"), "mae": same("MAE"), "huber": Text("Huber", "Хьюбер")}


class OutlierParams(Params):
    """Where the outlier stands, Huber's δ, and the noise of the other points."""

    outlier_x: Annotated[float, Slider(label=Text("Outlier, x", "Выброс, x"), lo=0.0, hi=60.0, step=0.5)] = 9.5
    outlier_y: Annotated[float, Slider(label=Text("Outlier, y", "Выброс, y"), lo=-BOUND, hi=BOUND, step=STEP)] = -10.0
    delta: Annotated[float, Slider(label=Text("δ of Huber", "δ для Хьюбера"), lo=0.1, hi=5.0, step=0.1)] = 1.0
    seed: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1)] = 0


@dataclass(frozen=True)
class OutlierTrace(Frozen):
    """x, y (INLIERS + 1,), the outlier last; places (PLACES,): every y that the outlier can take; lines
    (FITS, PLACES, 2): slope and intercept of each fit for each of them; clean (FITS, 2): without the outlier."""

    params: OutlierParams
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    places: npt.NDArray[np.float64]
    lines: npt.NDArray[np.float64]
    clean: npt.NDArray[np.float64]
    here: int
    signature: str

    def line(self, fit: str) -> tuple[float, float]:
        """Slope and intercept of `fit` where the outlier stands."""
        w, b = self.lines[FITS.index(fit), self.here]
        return float(w), float(b)


def make_points(seed: int) -> tuple[Array, Array]:
    """x evenly from 0 to 10, y = 0.8x + 1 with noise of standard deviation 0.6."""
    x = np.linspace(0, 10, INLIERS)
    return x, SLOPE * x + INTERCEPT + NOISE * np.random.default_rng(seed).standard_normal(INLIERS)


def least_squares(x: Array, Y: Array, weights: Array) -> Array:
    """Weighted normal equations: x (n,), Y and weights (case, n) → (case, 2)."""
    total = weights.sum(-1)
    x_mean, y_mean = (weights * x).sum(-1) / total, (weights * Y).sum(-1) / total
    gap = x - x_mean[:, None]
    w = (weights * gap * (Y - y_mean[:, None])).sum(-1) / (weights * gap**2).sum(-1)
    return np.stack([w, y_mean - w * x_mean], axis=-1)


def residuals(x: Array, Y: Array, lines: Array) -> Array:
    """ŷ − y: (case, n)."""
    return np.asarray(lines[:, :1] * x + lines[:, 1:] - Y)


def least_absolute(x: Array, Y: Array) -> Array:
    """The best of all lines through two points: (case, n) → (case, 2)."""
    pairs = np.array([(i, j) for i, j in combinations(range(len(x)), 2) if x[i] != x[j]])
    i, j = pairs.T
    w = (Y[:, j] - Y[:, i]) / (x[j] - x[i])
    b = Y[:, i] - w * x[i]
    cost = np.abs(w[..., None] * x + b[..., None] - Y[:, None, :]).sum(-1)
    best = cost.argmin(-1)[:, None]
    return np.concatenate([np.take_along_axis(w, best, 1), np.take_along_axis(b, best, 1)], axis=1)


def least_huber(x: Array, Y: Array, delta: float) -> Array:
    """(case, n) → (case, 2)."""
    lines = least_squares(x, Y, np.ones_like(Y))
    for _ in range(ROUNDS):
        size = np.abs(residuals(x, Y, lines))
        lines = least_squares(x, Y, np.minimum(1.0, delta / np.maximum(size, delta)))
    return np.stack([_finish(x, y, line, delta) for y, line in zip(Y, lines, strict=True)])


def _finish(x: Array, y: Array, line: Array, delta: float) -> Array:
    """With the far points known, the gradient is linear in the line: its zero is found in one step, and kept when it
    does not send a point over the border."""
    r = line[0] * x + line[1] - y
    is_near = np.abs(r) <= delta
    design = np.stack([x, np.ones_like(x)], axis=1)
    near = design[is_near]
    if len(set(x[is_near])) < 2:
        return line
    gradient = design.T @ huber_slope(r, delta)
    better = line - np.linalg.solve(near.T @ near, gradient)
    return min((line, better), key=lambda c: float(np.abs(design.T @ huber_slope(design @ c - y, delta)).max()))


def fit_all(x: Array, Y: Array, delta: float) -> Array:
    """All three fits: (case, n) → (FITS, case, 2)."""
    return np.stack([least_squares(x, Y, np.ones_like(Y)), least_absolute(x, Y), least_huber(x, Y, delta)])


def run(params: OutlierParams) -> OutlierTrace:
    """Three fits for every height of the outlier, and three without it."""
    x0, y0 = make_points(params.seed)
    places = np.asarray(np.arange(PLACES) * STEP - BOUND, dtype=np.float64)
    x = np.append(x0, params.outlier_x)
    Y = np.column_stack([np.tile(y0, (PLACES, 1)), places])
    here = round((params.outlier_y + BOUND) / STEP)
    return OutlierTrace(
        params=params,
        x=x,
        y=Y[here],
        places=places,
        lines=fit_all(x, Y, params.delta),
        clean=fit_all(x0, y0[None], params.delta)[:, 0],
        here=here,
        signature=f"{INLIERS} points + 1 · seed={params.seed} · δ={params.delta:g} · float64 · numpy {np.__version__}",
    )


def reference(trace: OutlierTrace) -> tuple[Check, ...]:
    """The squares beside torch's lstsq, the absolute values beside SciPy's linear program, Huber by the gradient of
    torch's own loss, which must be zero at the best line."""
    import torch
    from scipy.optimize import linprog

    n = len(trace.x)
    design = np.stack([trace.x, np.ones(n)], axis=1)
    theirs = torch.linalg.lstsq(torch.from_numpy(design), torch.from_numpy(np.array(trace.y))[:, None]).solution
    # min Σ t over (w, b, t) with −t ≤ ŷ − y ≤ t
    sides = np.block([[design, -np.eye(n)], [-design, -np.eye(n)]])
    program = linprog(
        np.append(np.zeros(2), np.ones(n)),
        A_ub=sides,
        b_ub=np.concatenate([trace.y, -trace.y]),
        bounds=[(None, None)] * 2 + [(0, None)] * n,
    )
    w, b = trace.line("mae")
    line = torch.tensor(trace.line("huber"), dtype=torch.float64, requires_grad=True)
    loss = torch.nn.functional.huber_loss(
        torch.from_numpy(design) @ line, torch.from_numpy(np.array(trace.y)), reduction="sum", delta=trace.params.delta
    )
    loss.backward()
    assert line.grad is not None
    return (
        compare(same("MSE, linalg.lstsq"), "torch", trace.line("mse"), theirs[:, 0].numpy(), 1e-9),
        compare(same("MAE, linprog"), "scipy", np.abs(w * trace.x + b - trace.y).sum(), program.fun, 1e-7),
        compare(Text("Huber, gradient", "Хьюбер, градиент"), "torch", np.zeros(2), line.grad.numpy(), 1e-9),
    )


def tables(trace: OutlierTrace) -> tuple[Table, ...]:
    """The points, the lines, and the slope against the outlier's height."""
    points = [f"point {k + 1}" for k in range(INLIERS)] + ["outlier"]
    return (
        Table("points", points, ["x", "y"], np.stack([trace.x, trace.y], axis=1)),
        Table("lines", FITS, ["slope", "intercept"], trace.lines[:, trace.here]),
        Table("lines without the outlier", FITS, ["slope", "intercept"], trace.clean),
        Table("slope by outlier", [f"y={v:g}" for v in trace.places], FITS, trace.lines[:, :, 0].T),
    )


def explain(trace: OutlierTrace, fit: str, lang: Lang) -> tuple[Formula, ...]:
    """The picked line, and how hard the outlier pulls at it: its own term of the gradient."""
    (w, b), d = trace.line(fit), trace.params.delta
    x, y = float(trace.x[-1]), float(trace.y[-1])
    r = w * x + b - y
    bracket, height = (f"({s})" if (s := write_number(v, n)).startswith("−") else s for v, n in ((r, 3), (y, 1)))
    pull = {"mse": 2 * r, "mae": float(np.sign(r)) if abs(r) > 1e-9 else 0.0, "huber": float(np.clip(r, -d, d))}[fit]
    far = abs(r) > d
    made = {"mse": f"2 · {bracket}", "mae": "sign r", "huber": "δ · sign r" if far else "r"}[fit]
    value = {"mse": r**2, "mae": abs(r), "huber": float(huber(np.float64(r), d))}[fit]  # type: ignore[arg-type]
    k = FITS.index(fit)
    told = Text(
        "slope of {name}: {a} without the outlier, {b} with it; the truth is 0.8",
        "наклон {name}: без выброса {a}, с ним {b}; на деле 0,8",
    ).format(name=TITLES[fit], a=write_number(float(trace.clean[k, 0]), 3), b=write_number(w, 3))
    return (
        (
            say("r = w·x + b − y = "),
            say(f"{write_number(w, 3)}·{x:g} + {write_number(b, 3)} − {height} = "),
            number(r, 3, "strong"),
        ),
        (say("L(r) = "), number(value, 3), say(",   ∂L/∂ŷ = "), say(f"{made} = "), number(pull, 3, "result")),
        (quiet(told.get(lang)),),
    )
