"""One neuron on two features: its sum, its activation, its loss, and gradient descent from where the learner put it.

Symbols: x = (x₁, x₂) an example, y its class 0 or 1, w = (w₁, w₂) the weights, b the bias (McCulloch and Pitts 1943,
Rosenblatt 1958); X (pos, 2), y (pos,), θ = (w₁, w₂, b).

    z = w₁x₁ + w₂x₂ + b,    a = f(z),    L = mean of the losses

Cross-entropy (with the sigmoid): ln(1 + eᶻ) − yz, its slope δ = ∂loss/∂z = a − y. Squared error: ½(a − t)², δ =
(a − t)·f′(z), with the target t = y, or ±1 for tanh. A step of gradient descent on all examples is

    w ← w − η·mean(δ·x),    b ← b − η·mean(δ)

Written with the bias inside the sum, z = Σᵢ(wᵢxᵢ + b), it is counted once an input: z = w·x + 2b here. That formula can
be run too; b's own gradient then doubles as well.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen, freeze
from core.i18n import Text, same
from core.params import Choice, Grid, Levels, Matrix, Params, Slider, Switch
from core.tables import Table
from core.verify import Check, compare

if TYPE_CHECKING:
    import torch

Array = npt.NDArray[np.float64]

BOUND = 8.0
EDGE = 5.0
MAX_POINTS = 24
FAR = 1e4
INPUTS = 2

DATA: dict[str, Text] = {
    "own": Text("your points", "свои точки"),
    "iris": Text("irises", "ирисы"),
    "tumours": Text("tumours", "опухоли"),
}
CLASSES: dict[str, tuple[Text, Text]] = {
    "own": (Text("class 0", "класс 0"), Text("class 1", "класс 1")),
    "iris": (same("versicolor"), same("virginica")),
    "tumours": (Text("benign", "доброкачественная"), Text("malignant", "злокачественная")),
}
FEATURES: dict[str, tuple[Text, Text]] = {
    "own": (same("x₁"), same("x₂")),
    "iris": (
        Text("x₁: petal length, standardised", "x₁: длина лепестка, стандартизована"),
        Text("x₂: petal width, standardised", "x₂: ширина лепестка, стандартизована"),
    ),
    "tumours": (
        Text("x₁: radius of the nuclei, standardised", "x₁: радиус ядер, стандартизован"),
        Text("x₂: their texture, standardised", "x₂: их текстура, стандартизована"),
    ),
}
KINDS: dict[str, Text] = {
    "sigmoid": Text("sigmoid", "сигмоида"),
    "tanh": same("tanh"),
    "relu": same("ReLU"),
    "identity": Text("none: a = z", "нет: a = z"),
    "step": Text("step", "ступенька"),
}
POINTS: Matrix = (
    (-3.2, 1.6, 0.0),
    (-2.4, -0.6, 0.0),
    (-1.5, 2.8, 0.0),
    (-0.9, 0.7, 0.0),
    (-2.0, -2.6, 0.0),
    (0.4, 2.2, 0.0),
    (2.9, 1.8, 1.0),
    (1.6, 0.4, 1.0),
    (3.4, -0.8, 1.0),
    (0.3, -1.4, 1.0),
    (2.1, -2.5, 1.0),
    (-0.6, -3.1, 1.0),
)


class NeuronParams(Params):
    """The data, the neuron as it starts, and how it learns."""

    data: Annotated[str, Choice(label=Text("Data", "Данные"), options=DATA)] = "own"
    kind: Annotated[str, Choice(label=Text("Activation f", "Активация f"), options=KINDS)] = "sigmoid"
    w1: Annotated[float, Slider(label=Text("w₁ at step 0", "w₁ на шаге 0"), lo=-BOUND, hi=BOUND, step=0.01)] = -0.6
    w2: Annotated[float, Slider(label=Text("w₂ at step 0", "w₂ на шаге 0"), lo=-BOUND, hi=BOUND, step=0.01)] = 0.8
    b: Annotated[float, Slider(label=Text("b at step 0", "b на шаге 0"), lo=-BOUND, hi=BOUND, step=0.01)] = 0.5
    lg_eta: Annotated[
        float,
        Slider(
            label=same("lg η"),
            lo=-2.0,
            hi=1.5,
            step=0.1,
            help=Text("The learning rate is 10 to this power.", "Скорость обучения — 10 в этой степени."),
        ),
    ] = -0.3
    is_inside: Annotated[
        bool,
        Switch(
            label=Text("Wrong: b inside the sum", "Неверно: b внутри суммы"),
            help=Text(
                "z = Σ(wᵢxᵢ + b), as many notes have it: b is added once an input.",
                "z = Σ(wᵢxᵢ + b), как во многих конспектах: b прибавляется на каждый вход.",
            ),
        ),
    ] = False
    loss: Annotated[
        str,
        Choice(
            label=Text("Loss", "Потери"),
            options={"bce": Text("cross-entropy", "кросс-энтропия"), "mse": same("½(a − t)²")},
            folded=True,
            shown=lambda p: p["kind"] == "sigmoid",
        ),
    ] = "bce"
    steps: Annotated[int, Levels(label=Text("Steps", "Шаги"), values=(10, 50, 100, 200, 500), folded=True)] = 100
    points: Annotated[Matrix, Grid(label=Text("Points", "Точки"), bound=EDGE, rows=(1, MAX_POINTS), cols=3)] = POINTS

    @property
    def eta(self) -> float:
        return float(10**self.lg_eta)

    @property
    def is_bce(self) -> bool:
        """Whether the loss is cross-entropy, which only a sigmoid has."""
        return self.kind == "sigmoid" and self.loss == "bce"

    @property
    def times(self) -> int:
        """How often the bias stands in z."""
        return INPUTS if self.is_inside else 1

    @property
    def border(self) -> float:
        """The z at which the answer changes: where a is half-way between the two targets."""
        return 0.5 if self.kind in ("relu", "identity") else 0.0


@dataclass(frozen=True)
class NeuronTrace(Frozen):
    """The run; n steps were taken, fewer than asked for when it diverged.

    X (pos, 2), y (pos,), target (pos,)
    path : θ before the first step and after each (n + 1, 3)
    loss, right : L and the share of right answers at each θ (n + 1,)
    gradient : ∂L/∂θ at each θ (n + 1, 3)
    lost : the step after which θ was beyond `FAR` or no number; −1 when that never happened
    """

    params: NeuronParams
    X: Array
    y: Array
    target: Array
    path: Array
    loss: Array
    right: Array
    gradient: Array
    lost: int
    signature: str


@cache
def load(name: str) -> tuple[Array, Array]:
    """Two standardised features (pos, 2) and the class (pos,) of the files that scikit-learn ships.

    Irises: petal length and width, versicolor 0 and virginica 1 (Fisher 1936). Tumours: mean radius and mean texture of
    the nuclei, benign 0 and malignant 1 (Street et al. 1993).
    """
    spec = find_spec("sklearn")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "datasets" / "data"
    file = "iris.csv" if name == "iris" else "breast_cancer.csv"
    with (folder / file).open(encoding="ascii", newline="") as lines:
        table = np.array(list(csv.reader(lines))[1:], dtype=np.float64)
    if name == "iris":
        table = table[table[:, -1] > 0]
        features, y = table[:, 2:4], table[:, -1] - 1
    else:
        features, y = table[:, :2], 1 - table[:, -1]
    return freeze((features - features.mean(0)) / features.std(0)), freeze(y)


def examples(params: NeuronParams) -> tuple[Array, Array]:
    """X and y of the chosen data."""
    if params.data != "own":
        return load(params.data)
    points = np.array(params.points, dtype=np.float64)
    return points[:, :2], np.asarray(points[:, 2] > 0.5, dtype=np.float64)


def weighted_sum(X: Array, theta: Array, times: int = 1) -> Array:
    """z = w·x + times·b of each example: (pos, 2), (3,) → (pos,)."""
    return np.asarray(X @ theta[:2] + times * theta[2])


def activate(z: Array, kind: str) -> tuple[Array, Array]:
    """a = f(z) and f′(z). The step is 1 above zero, and its slope is 0 wherever it has one."""
    if kind == "sigmoid":
        a = np.asarray(0.5 * (1 + np.tanh(z / 2)))
        return a, 0.25 / np.cosh(np.clip(z / 2, -300, 300)) ** 2
    if kind == "tanh":
        return np.asarray(np.tanh(z)), 1 / np.cosh(np.clip(z, -300, 300)) ** 2
    if kind == "relu":
        return np.maximum(z, 0), np.asarray(z > 0, dtype=np.float64)
    if kind == "identity":
        return z, np.ones_like(z)
    return np.asarray(z > 0, dtype=np.float64), np.zeros_like(z)


def losses(z: Array, target: Array, params: NeuronParams) -> tuple[Array, Array]:
    """The loss of each example and its slope δ = ∂loss/∂z."""
    a, slope = activate(z, params.kind)
    if params.is_bce:
        return np.asarray(np.logaddexp(0, z) - target * z), a - target
    return np.asarray((a - target) ** 2 / 2), (a - target) * slope


def gradient(X: Array, delta: Array, times: int = 1) -> Array:
    """∂L/∂(w₁, w₂, b), the mean over the examples."""
    return np.append(delta @ X, times * delta.sum()) / len(X)


def run(params: NeuronParams) -> NeuronTrace:
    """Gradient descent on all examples, from the weights of the knobs."""
    X, y = examples(params)
    target = 2 * y - 1 if params.kind == "tanh" else y
    theta = np.array([params.w1, params.w2, params.b])
    path, loss, right, slopes = [], [], [], []
    lost = -1
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(params.steps + 1):
            z = weighted_sum(X, theta, params.times)
            each, delta = losses(z, target, params)
            path.append(theta)
            loss.append(each.mean())
            right.append(((z > params.border) == (y > 0.5)).mean())
            slopes.append(gradient(X, delta, params.times))
            theta = theta - params.eta * slopes[-1]
            if not (np.abs(theta) <= FAR).all():
                lost = t
                break
    return NeuronTrace(
        params=params,
        X=X,
        y=y,
        target=target,
        path=np.array(path),
        loss=np.array(loss),
        right=np.array(right),
        gradient=np.array(slopes),
        lost=lost,
        signature=f"{len(X)} examples · {params.kind} · {'cross-entropy' if params.is_bce else 'squared error'} · "
        f"η={params.eta:g} · {len(path) - 1} steps · float64 · cpu · numpy {np.__version__}",
    )


def reference(trace: NeuronTrace) -> tuple[Check, ...]:
    """Each step beside torch.optim.SGD with autograd from the same θ, and the loss beside torch's own."""
    import torch

    p = trace.params
    functions: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": torch.relu,
        "identity": torch.nn.Identity(),
    }
    if p.kind not in functions:
        return ()  # autograd has no slope for a step
    X, target = torch.tensor(np.array(trace.X)), torch.tensor(np.array(trace.target))
    theta = torch.tensor(np.array(trace.path[0]), requires_grad=True)
    optimizer = torch.optim.SGD([theta], lr=p.eta)
    theirs, found = [], []
    for t in range(min(len(trace.path), 100)):
        with torch.no_grad():
            theta.copy_(torch.tensor(np.array(trace.path[t])))
        z = X @ theta[:2] + p.times * theta[2]
        loss: torch.Tensor = (
            torch.nn.functional.binary_cross_entropy_with_logits(z, target)
            if p.is_bce
            else torch.nn.functional.mse_loss(functions[p.kind](z), target) / 2
        )
        found.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        theirs.append(theta.detach().numpy().copy())
    n = len(found)
    after = trace.path[1:n]
    walked = np.array(theirs[: len(after)]).reshape(-1, 3)
    scale = np.maximum(1.0, np.abs(walked))
    size = np.maximum(1.0, np.abs(found))
    name = same("binary_cross_entropy_with_logits") if p.is_bce else same("mse_loss / 2")
    return (
        compare(Text("θ, step by step", "θ, шаг за шагом"), "torch", after / scale, walked / scale, 1e-9),
        compare(name, "torch", trace.loss[:n] / size, found / size, 1e-9),
    )


def tables(trace: NeuronTrace) -> tuple[Table, ...]:
    """The examples, and the way of the weights."""
    steps = [str(t) for t in range(len(trace.path))]
    course = np.column_stack([trace.path, trace.loss, trace.right])
    rows = [str(k + 1) for k in range(len(trace.X))]
    return (
        Table("examples", rows, ["x1", "x2", "y"], np.column_stack([trace.X, trace.y])),
        Table("course", steps, ["w1", "w2", "b", "loss", "right"], np.where(np.isfinite(course), course, 0.0)),
    )
