"""What one neuron cannot separate, a small net can: exact search for the best line, and a net trained step by step.

Symbols: X (pos, 2) the points, y (pos,) their class; h⁰ = x, h^l = f(W^l·h^(l−1) + b^l) the hidden layers, and

    z = v·h + c,   p = σ(z),   L = mean(ln(1 + eᶻ) − y·z)

θ is all of it as one vector: W^1, b^1, …, v, c, each row by row; core/foundations/training.py moves it. With no hidden
units the net is one neuron, and no weights of one neuron get XOR right (Minsky and Papert 1969, chapter 2).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen, freeze
from core.foundations.network import Net, unpack
from core.foundations.neuron import activate
from core.foundations.recording import Record
from core.foundations.training import Data, Plan, train
from core.i18n import Text, same
from core.params import Choice, Levels, Params, Slider
from core.tables import Table
from core.verify import Check, compare

Array = npt.NDArray[np.float64]

FRAMES = 160
CHECKED = 20
TASKS: dict[str, Text] = {
    "xor": same("XOR"),
    "circle": Text("circle", "круг"),
    "moons": Text("two moons", "две луны"),
    "spiral": Text("spiral", "спираль"),
}
VIEWS: dict[str, tuple[float, float, float, float]] = {
    "xor": (-0.7, 1.7, -0.7, 1.7),
    "circle": (-1.9, 1.9, -1.9, 1.9),
    "moons": (-2.0, 2.0, -2.0, 2.0),
    "spiral": (-1.9, 1.9, -1.9, 1.9),
}


class XorParams(Params):
    """Which points, which net, how it learns."""

    task: Annotated[str, Choice(label=Text("Points", "Точки"), options=TASKS)] = "xor"
    hidden: Annotated[
        int,
        Levels(
            label=Text("Hidden neurons", "Скрытых нейронов"),
            values=(0, 1, 2, 3, 4, 6, 8),
            help=Text("0 is one neuron alone.", "0 — один-единственный нейрон."),
        ),
    ] = 2
    layers: Annotated[
        int, Slider(label=Text("Hidden layers", "Скрытых слоёв"), lo=1, hi=2, step=1, shown=lambda p: p["hidden"] > 0)
    ] = 1
    bend: Annotated[
        str,
        Choice(
            label=Text("Their activation", "Их активация"),
            options={
                "tanh": same("tanh"),
                "relu": same("ReLU"),
                "sigmoid": same("σ"),
                "identity": Text("none", "нет"),
            },
            shown=lambda p: p["hidden"] > 0,
        ),
    ] = "tanh"
    lg_alpha: Annotated[
        float,
        Slider(
            label=same("lg α (Adam)"),
            lo=-3.0,
            hi=0.5,
            step=0.1,
            help=Text("The learning rate is 10 to this power.", "Скорость обучения — 10 в этой степени."),
        ),
    ] = -1.3
    net_seed: Annotated[int, Slider(label=Text("Seed of the net", "Зерно сети"), lo=0, hi=99, step=1)] = 3
    noise: Annotated[float, Slider(label=Text("Noise", "Шум"), lo=0.0, hi=0.4, step=0.05, folded=True)] = 0.0
    iterations: Annotated[int, Levels(label=Text("Steps", "Шаги"), values=(100, 300, 1000, 2000), folded=True)] = 300

    @property
    def alpha(self) -> float:
        return float(10**self.lg_alpha)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units of each layer, input and output included."""
        return (2, *([self.hidden] * self.layers if self.hidden else []), 1)


@dataclass(frozen=True)
class Line(Frozen):
    """The line a·x = d, class 1 where a·x > d, that gets the most points right, and how many that are."""

    a: Array
    d: float
    right: int


@dataclass(frozen=True)
class XorTrace(Frozen):
    """The recorded steps of one training.

    X (pos, 2), y (pos,); steps: the number of each recorded step
    theta (frame, P): all parameters; loss, right (frame,): L and the share of right answers
    across (frame, width): the unit vector in the last hidden space, perpendicular to v, along which the points spread
    best : the best that one line can do; lost : the step after which θ was no number or too large, −1 when never
    """

    params: XorParams
    X: Array
    y: Array
    steps: tuple[int, ...]
    theta: Array
    loss: Array
    right: Array
    across: Array
    best: Line
    lost: int
    signature: str


@cache
def points(task: str, noise: float) -> tuple[Array, Array]:
    """X and y. XOR without noise is four points, else twenty around each of them; the other sets have 120."""
    rng = np.random.default_rng(7)
    if task == "xor":
        X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float64)
        y = np.array([0, 1, 1, 0], dtype=np.float64)
        if noise:
            X, y = np.repeat(X, 20, axis=0), np.repeat(y, 20)
    else:
        n = 60
        s = np.linspace(0, 1, n)
        y = np.repeat([0.0, 1.0], n)
        if task == "circle":
            angle = 2 * np.pi * rng.random(2 * n)
            radius = np.append(1.1 + 0.4 * rng.random(n), 0.65 * np.sqrt(rng.random(n)))
            X = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
        elif task == "moons":
            t = np.pi * s
            upper = np.column_stack([np.cos(t) - 0.5, np.sin(t) - 0.25])
            X = np.concatenate([upper, -upper])
        else:
            t = 2.6 * np.pi * np.sqrt(0.03 + 0.97 * s)
            arm = np.column_stack([np.cos(t), np.sin(t)]) * (t / (2.6 * np.pi) * 1.6)[:, None]
            X = np.concatenate([arm, -arm])
        # Point symmetry would leave rounding as the only gradient of the biases, and Adam would amplify it.
        X = X + 0.03 * rng.standard_normal(X.shape)
    return freeze(X + noise * rng.standard_normal(X.shape)), freeze(y)


def best_line(X: Array, y: Array) -> Line:
    """The best of all lines, exactly, for points of which no three are on a line.

    A line can be moved, changing no point's side, until it passes through two of the points; nudged back, it leaves
    each of the two on either side. So over all pairs: those off the line that are right, and both on it.
    """
    n, signs = len(X), 2 * y - 1
    i, j = np.triu_indices(n, 1)
    along = X[j] - X[i]
    a = np.column_stack([-along[:, 1], along[:, 0]])
    distance = a @ X.T - (a * X[i]).sum(1)[:, None]
    rows = np.arange(len(i))
    distance[rows, i] = distance[rows, j] = 0.0
    is_right = (distance * signs > 0).sum(1)
    is_left = (distance * signs < 0).sum(1)
    k = int(np.maximum(is_right, is_left).argmax())
    way = 1.0 if is_right[k] >= is_left[k] else -1.0
    first, second = int(i[k]), int(j[k])
    off = np.abs(np.delete(distance[k], [first, second]))
    most = int(max(is_right[k], is_left[k])) + 2
    # The line passes both points on the sides that make them right, as far off as the other points allow.
    for share in (0.45, 0.2, 0.05, 1e-3):
        nudge = share * (off.min() if off.size else 1.0) / float(a[k] @ a[k])
        ends = [X[m] - way * signs[m] * nudge * a[k] for m in (first, second)]
        turned = ends[1] - ends[0]
        normal = way * np.array([-turned[1], turned[0]])
        normal = normal / np.hypot(*normal)
        d = float(normal @ ends[0])
        right = int((((X @ normal) > d) == (y > 0.5)).sum())
        if right == most:
            break
    return Line(normal, d, right)


@cache
def separable_labelings() -> tuple[int, ...]:
    """Which of the 16 ways to give the corners of a square two classes one line gets right; bit k is corner k."""
    X, _ = points("xor", 0.0)
    bits = ((labels, np.array([labels >> k & 1 for k in range(4)], dtype=np.float64)) for labels in range(16))
    # With a single class there is nothing to separate: a line far away does it.
    return tuple(n for n, y in bits if y.min() == y.max() or best_line(X, y).right == 4)


def plan_of(params: XorParams) -> Plan:
    """What the training engine is asked for."""
    net = Net(params.sizes, activation=params.bend, initialisation="xavier")
    kept = Record(frames=FRAMES, gradients=False, statistics=False)
    return Plan(
        net,
        loss="bce",
        optimizer="adam",
        rate=params.alpha,
        steps=params.iterations,
        seed=params.net_seed,
        dtype="float64",
        record=kept,
    )


def forward(X: Array, theta: Array, sizes: tuple[int, ...], bend: str) -> tuple[Array, Array, Array, Array]:
    """The last hidden layer h (pos, width), z (pos,), and v (width,), c (1,) between them."""
    blocks = unpack(Net(sizes), theta)
    h = X
    for block in blocks[:-1]:
        h = activate(h @ block["W"].T + block["b"], bend)[0]
    v, c = np.asarray(blocks[-1]["W"][0], dtype=np.float64), np.asarray(blocks[-1]["b"], dtype=np.float64)
    return h, h @ v + c, v, c


def run(params: XorParams) -> XorTrace:
    """Adam on all points at once, every recorded step kept."""
    X, y = points(params.task, params.noise)
    recording = train(plan_of(params), Data.of(X, y))
    theta = recording.theta.astype(np.float64)
    return XorTrace(
        params=params,
        X=X,
        y=y,
        steps=tuple(int(t) for t in recording.steps),
        theta=theta,
        loss=recording.train_loss,
        right=recording.train_metric,
        across=spread(X, theta, params.sizes, params.bend),
        best=best_line(X, y),
        lost=recording.lost,
        signature=f"{params.task} · {recording.signature}",
    )


def spread(X: Array, thetas: Array, sizes: tuple[int, ...], bend: str) -> Array:
    """At each θ the direction perpendicular to v along which h varies most, its sign kept from frame to frame."""
    out = np.zeros((len(thetas), sizes[-2]))
    for k, theta in enumerate(thetas):
        h, _, v, _ = forward(X, theta, sizes, bend)
        v = v / max(float(np.sqrt(v @ v)), 1e-12)
        rest = h - h.mean(0)
        rest = rest - np.outer(rest @ v, v)
        if sizes[-2] > 1:
            out[k] = np.linalg.eigh(rest.T @ rest)[1][:, -1]
            if k and out[k] @ out[k - 1] < 0:
                out[k] = -out[k]
    return out


def reference(trace: XorTrace) -> tuple[Check, ...]:
    """The first steps beside torch's own layers, loss, autograd and Adam, each step from our θ before it.

    From the same θ, because two runs that differ in the last bit drift apart where α is large.
    """
    import torch

    p = trace.params
    first = replace(plan_of(p), steps=min(CHECKED, p.iterations), record=Record(frames=CHECKED + 1))
    recording = train(first, Data.of(trace.X, trace.y))
    ours = recording.theta
    X, y = torch.tensor(np.array(trace.X)), torch.tensor(np.array(trace.y))
    bends = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU, "sigmoid": torch.nn.Sigmoid, "identity": torch.nn.Identity}
    layers: list[torch.nn.Module] = []
    for i, o in pairwise(p.sizes):
        layers += [torch.nn.Linear(i, o, dtype=torch.float64), bends[p.bend]()]
    net = torch.nn.Sequential(*layers[:-1])
    optimizer = torch.optim.Adam(net.parameters(), lr=p.alpha)
    theirs, losses = [], []
    for theta in ours:
        torch.nn.utils.vector_to_parameters(torch.tensor(np.array(theta)), net.parameters())
        loss = torch.nn.functional.binary_cross_entropy_with_logits(net(X)[:, 0], y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        theirs.append(torch.nn.utils.parameters_to_vector(net.parameters()).detach().numpy().copy())
    scale = np.maximum(1.0, np.abs(theirs[:-1]))
    size = np.maximum(1.0, losses)
    return (
        compare(Text("θ, step by step", "θ, шаг за шагом"), "torch", ours[1:] / scale, theirs[:-1] / scale, 1e-6),
        compare(same("binary_cross_entropy_with_logits"), "torch", recording.train_loss / size, losses / size, 1e-6),
    )


def tables(trace: XorTrace) -> tuple[Table, ...]:
    """The points, the course of the training, and the parameters at its end."""
    course = np.column_stack([trace.loss, trace.right])
    rows = [str(k + 1) for k in range(len(trace.X))]
    names = [str(k + 1) for k in range(trace.theta.shape[1])]
    return (
        Table("points", rows, ["x1", "x2", "y"], np.column_stack([trace.X, trace.y])),
        Table("course", [str(t) for t in trace.steps], ["loss", "right"], course),
        Table("theta", names, ["last"], trace.theta[-1][:, None]),
    )
