"""Losses of distances: the triplet and the contrastive loss of three points of the plane, and where they push them.

Symbols: a the anchor, p the positive (same class), n the negative, all in R²;
d_p = ‖a − p‖, d_n = ‖a − n‖, m the margin.

    triplet       max(0, d_p − d_n + m)                   Balntas et al. 2016, section 3; torch
    squared       max(0, d_p² − d_n² + m)                 Schroff et al. 2015 (FaceNet), eq. 3
    contrastive   d_p²/2 + max(0, m − d_n)²/2             Hadsell et al. 2006, eq. 4, the pairs (a, p) and (a, n)

At distance 0 a direction is undefined; 0 is taken, as torch does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, number, quiet, say, write_number
from core.arrays import Frozen
from core.i18n import Lang, Text, same
from core.params import Choice, Grid, Matrix, Params, Slider
from core.tables import Table
from core.verify import Check, compare

if TYPE_CHECKING:
    from torch import Tensor

Array = npt.NDArray[np.float64]

STEPS, BOUND = 60, 4.0
POINTS = ("a", "p", "n")
KINDS = {
    "triplet": Text("triplet", "триплет"),
    "squared": Text("triplet of squares", "триплет квадратов"),
    "contrastive": Text("contrastive", "контрастивная"),
}


class PairsParams(Params):
    """Three points, the loss and its margin."""

    kind: Annotated[
        str,
        Choice(
            label=Text("Loss", "Потеря"),
            options=KINDS,
            help=Text(
                "FaceNet squares the distances, torch does not.", "FaceNet берёт квадраты расстояний, torch — нет."
            ),
        ),
    ] = "triplet"
    margin: Annotated[float, Slider(label=Text("Margin m", "Отступ m"), lo=0.1, hi=4.0, step=0.1)] = 1.0
    rate: Annotated[
        float,
        Slider(
            label=Text("Step of the descent", "Шаг спуска"),
            lo=0.01,
            hi=1.0,
            step=0.01,
            help=Text("All three points are moved against the gradient.", "Против градиента движутся все три точки."),
        ),
    ] = 0.05
    points: Annotated[Matrix, Grid(label=Text("Points a, p, n", "Точки a, p, n"), bound=BOUND, rows=(3, 3), cols=2)] = (
        (-1.5, 0.0),
        (1.0, 1.5),
        (0.5, -1.0),
    )


@dataclass(frozen=True)
class PairsTrace(Frozen):
    """path (STEPS + 1, 3, 2): a, p, n after each step, the first as given; losses, d_p, d_n (STEPS + 1,);
    gradients (STEPS + 1, 3, 2)."""

    params: PairsParams
    path: npt.NDArray[np.float64]
    gradients: npt.NDArray[np.float64]
    losses: npt.NDArray[np.float64]
    d_p: npt.NDArray[np.float64]
    d_n: npt.NDArray[np.float64]
    signature: str

    @property
    def state(self) -> str:
        """Schroff et al. 2015, section 3.2: "hard", "semihard" or "easy"; "collapsed" when all points are one."""
        if not self.d_p[0] and not self.d_n[0]:
            return "collapsed"
        if self.losses[0] == 0:
            return "easy"
        return "hard" if self.d_n[0] <= self.d_p[0] else "semihard"


def distance(x: Array, y: Array) -> tuple[float, Array]:
    """‖x − y‖ and its gradient with respect to x, a unit vector (0 at distance 0)."""
    gap = x - y
    d = float(np.hypot(*gap))
    return d, gap / d if d else np.zeros(2)


def evaluate(kind: str, points: Array, m: float) -> tuple[float, Array]:
    """The loss and its gradient (3, 2) with respect to a, p and n."""
    a, p, n = points
    d_p, to_p = distance(a, p)
    d_n, to_n = distance(a, n)
    if kind == "contrastive":
        push = max(0.0, m - d_n)
        pull, away = d_p * to_p, push * to_n
        return (d_p**2 + push**2) / 2, np.stack([pull - away, -pull, away])
    powers = (2.0, d_p**2 - d_n**2) if kind == "squared" else (1.0, d_p - d_n)
    value = powers[1] + m
    if value <= 0:
        return 0.0, np.zeros((3, 2))
    pull, away = (2 * (a - p), 2 * (a - n)) if kind == "squared" else (to_p, to_n)
    return value, np.stack([pull - away, -pull, away])


def run(params: PairsParams) -> PairsTrace:
    """The loss where the points stand, and `STEPS` steps of gradient descent from there."""
    points = np.array(params.points)
    path, gradients, losses = [], [], []
    for _ in range(STEPS + 1):
        value, gradient = evaluate(params.kind, points, params.margin)
        path.append(points)
        losses.append(value)
        gradients.append(gradient)
        points = points - params.rate * gradient
    walked = np.stack(path)
    return PairsTrace(
        params=params,
        path=walked,
        gradients=np.stack(gradients),
        losses=np.array(losses),
        d_p=np.hypot(*(walked[:, 0] - walked[:, 1]).T),
        d_n=np.hypot(*(walked[:, 0] - walked[:, 2]).T),
        signature=f"{params.kind} · m={params.margin:g} · SGD lr={params.rate:g}, {STEPS} steps · float64 · "
        f"numpy {np.__version__}",
    )


def library(kind: str, points: Tensor, m: float) -> Tensor:
    """The same loss from torch's own functions: points (3, 2) → ()."""
    import torch

    f = torch.nn.functional
    a, p, n = points[0], points[1], points[2]
    if kind == "triplet":
        # torch adds 1e-6 to each coordinate difference by default; eps=0 is the formula itself.
        return f.triplet_margin_loss(a[None], p[None], n[None], margin=m, eps=0.0)
    if kind == "squared":
        return f.triplet_margin_with_distance_loss(
            a[None], p[None], n[None], distance_function=lambda x, y: ((x - y) ** 2).sum(-1), margin=m
        )
    d_n = torch.linalg.vector_norm(a - n)
    far = f.hinge_embedding_loss(d_n, -torch.ones_like(d_n), margin=m)
    return f.mse_loss(a, p, reduction="sum") / 2 + far**2 / 2


def reference(trace: PairsTrace) -> tuple[Check, ...]:
    """Losses and gradients along the whole walk beside torch and its autograd."""
    import torch

    losses, gradients = [], []
    for points in trace.path:
        leaf = torch.from_numpy(np.array(points)).requires_grad_()
        loss = library(trace.params.kind, leaf, trace.params.margin)
        loss.backward()
        assert leaf.grad is not None
        losses.append(loss.item())
        # Exactly on the hinge both slopes are right: torch takes one, we the other.
        gradients.append(leaf.grad.numpy() if loss.item() > 0 else np.zeros((3, 2)))
    # Squares of distances are known to their own rounding, which grows when a step of 1 throws the points far out.
    scale = max(1.0, float(np.abs(trace.path).max())) ** 2
    return (
        compare(NAMES_OF_CHECKS[trace.params.kind], "torch", trace.losses, losses, 1e-12 * scale),
        compare(same("∂L/∂a, ∂p, ∂n, autograd"), "torch", trace.gradients, np.stack(gradients), 1e-12 * scale),
    )


NAMES_OF_CHECKS = {
    "triplet": same("triplet_margin_loss"),
    "squared": same("triplet_margin_with_distance_loss"),
    "contrastive": same("mse_loss + hinge_embedding_loss²"),
}


def tables(trace: PairsTrace) -> tuple[Table, ...]:
    """The walk and its losses."""
    steps = [str(k) for k in range(STEPS + 1)]
    xy = [f"{name}{axis}" for name in POINTS for axis in "xy"]
    return (
        Table("points", steps, xy, trace.path.reshape(STEPS + 1, -1)),
        Table("gradients", steps, xy, trace.gradients.reshape(STEPS + 1, -1)),
        Table("losses", steps, ["L", "d_p", "d_n"], np.stack([trace.losses, trace.d_p, trace.d_n], axis=1)),
    )


def explain(trace: PairsTrace, lang: Lang) -> tuple[Formula, ...]:
    """Distances, the loss and the three forces where the points stand."""
    (a, p, n), m = trace.path[0], trace.params.margin
    d_p, d_n = float(trace.d_p[0]), float(trace.d_n[0])

    def apart(name: str, x: Array, y: Array, d: float) -> Formula:
        dx, dy = (write_number(abs(float(v)), 2) for v in x - y)
        return (say(f"{name} = √({dx}² + {dy}²) = "), number(d, 3))

    left, right = write_number(d_p, 3), write_number(d_n, 3)
    made = {
        "triplet": f"max(0, {left} − {right} + {m:g})",
        "squared": f"max(0, {left}² − {right}² + {m:g})",
        "contrastive": f"½·{left}² + ½·max(0, {m:g} − {right})²",
    }[trace.params.kind]
    pushes = [float(np.hypot(*g)) for g in trace.gradients[0]]
    return (
        (*apart("d_p", a, p, d_p), say(",   "), *apart("d_n", a, n, d_n)),
        (say(f"L = {made} = "), number(float(trace.losses[0]), 4, "result")),
        (
            say("‖∂L/∂a‖, ‖∂L/∂p‖, ‖∂L/∂n‖ = "),
            say(",  ".join(f"{v:.3f}" for v in pushes)),
        ),
        (quiet(STATES[trace.state].get(lang)),),
    )


STATES = {
    "hard": Text(
        "A hard triplet: the negative is at least as near as the positive.",
        "Трудный триплет: негатив не дальше позитива.",
    ),
    "semihard": Text(
        "The negative is already further than the positive, but the loss still asks for more room.",
        "Негатив уже дальше позитива, но потеря требует ещё места.",
    ),
    "easy": Text(
        "An easy triplet: the loss is 0, no gradient, nothing to learn.",
        "Лёгкий триплет: потеря 0, градиента нет, учить нечему.",
    ),
    "collapsed": Text(
        "Collapse: all points are one. The loss is not small, yet no direction leads out: the gradient is zero.",
        "Коллапс: все точки слились. Потеря не мала, но ни одно направление не лучше: градиент равен нулю.",
    ),
}
