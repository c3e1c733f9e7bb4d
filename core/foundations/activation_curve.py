"""One activation on the bench: its curve, its derivative, where it is saturated, and one point written out.

Symbols: x the pre-activation, f(x) and f′(x) (core/foundations/activations.py), α the function's own number, ε the
slope below which a point counts as saturated: of a gradient of 1 that arrives, at most ε goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import torch

from core.arrays import Frozen
from core.foundations.activations import ACTIVATIONS, Moments, moments, normal_density, slope_by_autograd
from core.i18n import Text, same
from core.params import Choice, Params, Slider
from core.tables import Table
from core.verify import Check, compare

BOUND = 8.0
POINTS = 1601
KINDS = {name: activation.title for name, activation in ACTIVATIONS.items()}
TAKES_ALPHA = tuple(name for name, activation in ACTIVATIONS.items() if activation.alpha is not None)


class CurveParams(Params):
    """A function, a point on it, and another function to lay over it."""

    kind: Annotated[str, Choice(label=Text("Function", "Функция"), options=KINDS)] = "sigmoid"
    x: Annotated[float, Slider(label=Text("Point x", "Точка x"), lo=-BOUND, hi=BOUND, step=0.01)] = 1.5
    epsilon: Annotated[
        float,
        Slider(
            label=Text("Saturated below |f′| = ε", "Насыщение при |f′| < ε"),
            lo=0.01,
            hi=0.24,
            step=0.01,
            help=Text(
                "A convention, not a law: where the slope is smaller, the lab shades the axis.",
                "Это условность, а не закон: где наклон меньше, ось заштрихована.",
            ),
        ),
    ] = 0.05
    other: Annotated[
        str, Choice(label=Text("Lay over it", "Наложить"), options={"none": Text("nothing", "ничего"), **KINDS})
    ] = "none"
    slope: Annotated[
        float,
        Slider(
            label=Text("Slope of LeakyReLU", "Наклон LeakyReLU"),
            lo=0.0,
            hi=0.5,
            step=0.01,
            shown=lambda p: "leaky_relu" in (p["kind"], p["other"]),
        ),
    ] = 0.01
    floor: Annotated[
        float,
        Slider(
            label=same("α (ELU)"),
            lo=0.1,
            hi=2.0,
            step=0.1,
            shown=lambda p: "elu" in (p["kind"], p["other"]),
        ),
    ] = 1.0

    def alpha(self, kind: str) -> float:
        """The number that `kind` takes; 0 where it takes none."""
        return {"leaky_relu": self.slope, "elu": self.floor}.get(kind, 0.0)


@dataclass(frozen=True)
class CurveTrace(Frozen):
    """Values on a grid that has every x of the slider, float64.

    x, f, slope : (POINTS,); other, other_slope : the same of the function laid over, empty when there is none
    zones : (start, end) of each stretch of x where |f′| < ε
    here : index of the picked x
    saturated_share : the share of z ~ N(0, 1) that falls into a zone
    gap, gap_at : the largest |f − other| on the grid, and at which x
    """

    params: CurveParams
    x: npt.NDArray[np.float64]
    f: npt.NDArray[np.float64]
    slope: npt.NDArray[np.float64]
    other: npt.NDArray[np.float64]
    other_slope: npt.NDArray[np.float64]
    zones: tuple[tuple[float, float], ...]
    here: int
    steepest: float
    saturated_share: float
    moments: Moments
    gap: float
    gap_at: float
    signature: str


def grid() -> torch.Tensor:
    """The x of the lab, 0.01 apart, 0 exactly among them."""
    return torch.arange(POINTS, dtype=torch.float64).sub(POINTS // 2).div(100)


def stretches(x: npt.NDArray[np.float64], is_on: npt.NDArray[np.bool_]) -> tuple[tuple[float, float], ...]:
    """First and last x of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], is_on, [False])).astype(np.int8)))
    return tuple((float(x[a]), float(x[b - 1])) for a, b in zip(edges[::2], edges[1::2], strict=True))


def run(params: CurveParams) -> CurveTrace:
    """Both curves, the saturated zones, and what the function does to N(0, 1)."""
    x = grid()
    alpha = params.alpha(params.kind)
    activation = ACTIVATIONS[params.kind]
    f, slope = activation.value(x, alpha), activation.derivative(x, alpha)
    empty = torch.zeros(0, dtype=torch.float64)
    other, other_slope = empty, empty
    if params.other != "none":
        second, beta = ACTIVATIONS[params.other], params.alpha(params.other)
        other, other_slope = second.value(x, beta), second.derivative(x, beta)
    apart = (f - other).abs() if params.other != "none" else torch.zeros(1, dtype=torch.float64)
    is_saturated = np.asarray((slope.abs() < params.epsilon).numpy())
    share = float((normal_density(x).numpy() * is_saturated).sum() * 0.01)
    return CurveTrace(
        params=params,
        x=x.numpy(),
        f=f.numpy(),
        slope=slope.numpy(),
        other=other.numpy(),
        other_slope=other_slope.numpy(),
        zones=stretches(x.numpy(), is_saturated),
        here=round(params.x * 100) + POINTS // 2,
        steepest=float(slope.abs().max()),
        saturated_share=share,
        moments=moments(params.kind, alpha),
        gap=float(apart.max()),
        gap_at=float(x[apart.argmax()]),
        signature=f"{params.kind} · x ∈ [−8, 8] · {POINTS} points · float64 · cpu · torch {torch.__version__}",
    )


def reference(trace: CurveTrace) -> tuple[Check, ...]:
    """Value and derivative on the whole grid beside torch's function and its autograd."""
    kind, x = trace.params.kind, grid()
    alpha = trace.params.alpha(kind)
    theirs = ACTIVATIONS[kind].library(x, alpha)
    return (
        compare(same("f"), "torch", trace.f, theirs.numpy(), 1e-12),
        compare(same("f′, autograd"), "torch", trace.slope, slope_by_autograd(kind, x, alpha).numpy(), 1e-12),
    )


def tables(trace: CurveTrace) -> tuple[Table, ...]:
    """The curves at every tenth point of the grid, and the numbers of the function."""
    every = slice(None, None, 10)
    names = [f"{v:.1f}" for v in trace.x[every]]
    columns: dict[str, Any] = {"f": trace.f, "slope": trace.slope}
    if trace.other.size:
        columns |= {"other": trace.other, "other slope": trace.other_slope}
    m = trace.moments
    facts = [m.mean, m.square, m.slope_square, trace.steepest, trace.saturated_share, trace.gap]
    return (
        Table("curve", names, list(columns), np.stack([v[every] for v in columns.values()], axis=1)),
        Table("here", ["x"], ["f", "slope"], np.array([[trace.f[trace.here], trace.slope[trace.here]]])),
        Table(
            "on N(0, 1)",
            [trace.params.kind],
            ["mean", "mean square", "mean square of the slope", "steepest", "saturated share", "gap"],
            np.array([facts]),
        ),
    )
