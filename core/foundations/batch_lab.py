"""Batch, mini-batch, one example at a time: the same real loss, the same α, the same number of examples read.

Symbols: x a feature and y its target (n), θ = (w, b), z = wx + b. Linear regression: loss ½(z − y)², its slope z − y.
Logistic regression: loss ln(1 + eᶻ) − yz, its slope σ(z) − y. L(θ) is the mean over all n examples; a batch of B gives
g = 1/B Σ slope·(x, 1) and the step θ ← θ − αg (Robbins and Monro 1951; Bottou, Curtis and Nocedal 2018, §3).

The clock counts examples, not steps: a tick is `TICK` of them, so every batch size has read the same at each tick.
The data are files that scikit-learn ships: body mass index → progression of diabetes a year later (Efron et al. 2004),
mean radius of the cells' nuclei → 1 for a benign tumour (Street et al. 1993).
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen, freeze
from core.foundations.surfaces import View
from core.i18n import Text, same
from core.params import Choice, Levels, Params, Slider, Switch
from core.tables import Table
from core.verify import Check, compare

if TYPE_CHECKING:
    import torch

Array = npt.NDArray[np.float64]

TICK = 32
SIZES: dict[str, int] = {"one": 1, "eight": 8, "tick": TICK, "all": 10**9}
SIZE_NAMES: dict[str, Text] = {
    "one": Text("1 example", "1 пример"),
    "eight": Text("8 examples", "8 примеров"),
    "tick": Text("32 examples", "32 примера"),
    "all": Text("the whole set", "все данные"),
}
FAR = 1e6
CHECKED = 60


@dataclass(frozen=True)
class Task:
    """A data set with one feature. `unit` divides the feature when it is not standardised."""

    title: Text
    is_logistic: bool
    unit: float
    views: tuple[View, View]
    starts: tuple[tuple[float, float], tuple[float, float]]
    """Not standardised, standardised."""


TASKS: dict[str, Task] = {
    "diabetes": Task(
        Text("BMI → diabetes", "ИМТ → диабет"),
        False,
        10.0,
        ((-2.5, 2.5, -3.5, 3.5), (-2, 2, -0.7, 3)),
        ((-1.8, 2.8), (-1.6, -0.4)),
    ),
    "cancer": Task(
        Text("radius → tumour", "радиус → опухоль"),
        True,
        10.0,
        ((-14, 6, -5, 20), (-6, 4, -3, 4)),
        ((4.0, -3.0), (3.0, -2.0)),
    ),
}


class BatchParams(Params):
    """A task, its scale, and how fast it is learned."""

    task: Annotated[
        str, Choice(label=Text("Data", "Данные"), options={name: task.title for name, task in TASKS.items()})
    ] = "diabetes"
    is_standard: Annotated[
        bool,
        Switch(
            label=Text("Standardise x", "Стандартизовать x"),
            help=Text("Subtract the mean and divide by the spread.", "Вычесть среднее и разделить на разброс."),
        ),
    ] = True
    lg_batch_rate: Annotated[float, Slider(label=same("lg α"), lo=-3.0, hi=1.0, step=0.05)] = -1.0
    epochs: Annotated[
        int, Levels(label=Text("Passes over the data", "Проходы по данным"), values=(1, 2, 5, 10, 20))
    ] = 2
    order: Annotated[int, Slider(label=Text("Seed of the order", "Зерно порядка"), lo=0, hi=99, step=1)] = 0

    @property
    def alpha(self) -> float:
        return float(10**self.lg_batch_rate)


@dataclass(frozen=True)
class Learner(Frozen):
    """One batch size. T ticks were lived through, each `TICK` examples (the last of a pass may be shorter).

    path : θ at the start and after each tick (T + 1, 2); value : L there (T + 1)
    taken : steps taken until each tick (T + 1)
    before, gradient, whole : θ before the last step until each tick, its g and ∇L at that θ (T + 1, 2), zero where no
    step was taken; lost : the tick at which θ left `FAR`, else -1
    """

    size: int
    path: Array
    value: Array
    taken: npt.NDArray[np.int64]
    before: Array
    gradient: Array
    whole: Array
    lost: int


@dataclass(frozen=True)
class BatchTrace(Frozen):
    """x, y : the examples (n); ticks : of the whole run.

    minimum : the θ of least L (2); curvatures : the eigenvalues of L's second derivative there, ascending (2)
    """

    params: BatchParams
    task: Task
    x: Array
    y: Array
    minimum: Array
    curvatures: Array
    ticks: int
    learners: Mapping[str, Learner]
    signature: str


@cache
def load(name: str) -> tuple[Array, Array]:
    """The feature and the target as the files have them: BMI in kg/m² and progression in hundreds, or mm and 0/1."""
    spec = find_spec("sklearn")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "datasets" / "data"
    if name == "diabetes":
        with gzip.open(folder / "diabetes_data_raw.csv.gz", "rt", encoding="ascii") as file:
            bmi = [float(line.split()[2]) for line in file]
        with gzip.open(folder / "diabetes_target.csv.gz", "rt", encoding="ascii") as file:
            progression = [float(line) / 100 for line in file]
        return freeze(bmi, np.float64), freeze(progression, np.float64)
    with (folder / "breast_cancer.csv").open(encoding="ascii", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return freeze([float(row[0]) for row in rows], np.float64), freeze([float(row[-1]) for row in rows], np.float64)


def slope(z: Array, y: Array, *, is_logistic: bool) -> Array:
    """∂loss/∂z of each example."""
    return np.asarray((0.5 * (1 + np.tanh(z / 2)) if is_logistic else z) - y)


def mean_loss(w: Array, b: Array, x: Array, y: Array, *, is_logistic: bool) -> Array:
    """L at each θ: (…,)."""
    z = w[..., None] * x + b[..., None]
    each = np.logaddexp(0, z) - y * z if is_logistic else (z - y) ** 2 / 2
    return np.asarray(each.mean(-1))


def gradient(theta: Array, x: Array, y: Array, *, is_logistic: bool) -> Array:
    """g over these examples: (2,)."""
    d = slope(theta[0] * x + theta[1], y, is_logistic=is_logistic)
    return np.array([d @ x, d.sum()]) / len(x)


def bend(theta: Array, x: Array, *, is_logistic: bool) -> Array:
    """The second derivative of L: (2, 2)."""
    p = 0.5 * (1 + np.tanh((theta[0] * x + theta[1]) / 2))
    curve = p * (1 - p) if is_logistic else np.ones_like(x)
    xx, xb, bb = (curve * x * x).mean(), (curve * x).mean(), curve.mean()
    return np.array([[xx, xb], [xb, bb]])


def lowest(x: Array, y: Array, *, is_logistic: bool) -> Array:
    """The θ of least L, by Newton's method: one step when L is quadratic."""
    theta = np.zeros(2)
    for _ in range(60):
        g = gradient(theta, x, y, is_logistic=is_logistic)
        theta = theta - np.linalg.solve(bend(theta, x, is_logistic=is_logistic), g)
    return theta


def batches(n: int, size: int, epochs: int, seed: int) -> Iterator[npt.NDArray[np.int64]]:
    """The rows of each step. The order of a pass is the same for every size, another one each pass."""
    generator = np.random.default_rng(seed)
    for _ in range(epochs):
        order = generator.permutation(n)
        for first in range(0, n, size):
            yield order[first : first + size]


def run(params: BatchParams) -> BatchTrace:
    """All batch sizes over the same examples."""
    task = TASKS[params.task]
    raw, y = load(params.task)
    x = (raw - raw.mean()) / raw.std() if params.is_standard else raw / task.unit
    start = np.array(task.starts[params.is_standard])
    a_pass = -(-len(x) // TICK)
    ticks = params.epochs * a_pass
    minimum = lowest(x, y, is_logistic=task.is_logistic)
    return BatchTrace(
        params=params,
        task=task,
        x=x,
        y=y,
        minimum=minimum,
        curvatures=np.asarray(np.linalg.eigvalsh(bend(minimum, x, is_logistic=task.is_logistic)), dtype=np.float64),
        ticks=ticks,
        learners=MappingProxyType(
            {name: learn(x, y, start, min(size, len(x)), params, task) for name, size in SIZES.items()}
        ),
        signature=f"{params.task} · n={len(x)} · α={params.alpha:.4g} · {params.epochs} passes · seed={params.order} · "
        f"float64 · cpu · numpy {np.__version__}",
    )


def learn(x: Array, y: Array, start: Array, size: int, params: BatchParams, task: Task) -> Learner:
    """One batch size from `start`."""
    n, a_pass = len(x), -(-len(x) // TICK)
    ticks = params.epochs * a_pass
    path, before, gradients = np.zeros((ticks + 1, 2)), np.zeros((ticks + 1, 2)), np.zeros((ticks + 1, 2))
    taken = np.zeros(ticks + 1, dtype=np.int64)
    theta, last, g = start, start, np.zeros(2)
    path[0] = start
    now, seen, steps, lost = 0, 0, 0, -1
    with np.errstate(all="ignore"):
        for rows in batches(n, size, params.epochs, params.order):
            # Ticks that pass before this step is complete still see the old θ.
            done = seen + len(rows)
            tick = (done - 1) // n * a_pass + -(-((done - 1) % n + 1) // TICK)
            path[now + 1 : tick], taken[now + 1 : tick] = theta, steps
            before[now + 1 : tick], gradients[now + 1 : tick] = last, g
            last, g = theta, gradient(theta, x[rows], y[rows], is_logistic=task.is_logistic)
            theta = theta - params.alpha * g
            seen, steps = done, steps + 1
            path[tick], taken[tick], before[tick], gradients[tick] = theta, steps, last, g
            now = max(now, tick - 1)
            if not (np.abs(theta) <= FAR).all():
                lost = tick
                break
    end = ticks if lost < 0 else lost if np.isfinite(theta).all() else lost - 1
    kept = slice(0, end + 1)
    value = mean_loss(path[kept, 0], path[kept, 1], x, y, is_logistic=task.is_logistic)
    whole = np.array([gradient(point, x, y, is_logistic=task.is_logistic) for point in before[kept]])
    return Learner(size, path[kept], value, taken[kept], before[kept], gradients[kept], whole, lost)


def reference(trace: BatchTrace) -> tuple[Check, ...]:
    """Beside torch: L of every tick, and the first steps of each size (its losses, autograd, torch.optim.SGD).

    Differences are relative to max(1, |number|).
    """
    import torch

    p, is_logistic = trace.params, trace.task.is_logistic
    x, y = torch.from_numpy(np.array(trace.x)), torch.from_numpy(np.array(trace.y))
    pairs: dict[str, list[tuple[Array, Array]]] = {"L": [], "θ": []}

    def loss(theta: torch.Tensor, rows: npt.NDArray[np.int64] | slice) -> torch.Tensor:
        z = theta[..., :1] * x[rows] + theta[..., 1:]
        target = y[rows].expand_as(z)
        if is_logistic:
            return torch.nn.functional.binary_cross_entropy_with_logits(z, target, reduction="none").mean(-1)
        return torch.nn.functional.mse_loss(z, target, reduction="none").mean(-1) / 2

    for one in trace.learners.values():
        pairs["L"].append((one.value, loss(torch.from_numpy(np.array(one.path)), slice(None)).numpy()))
        theta = torch.tensor(one.path[0], requires_grad=True)
        optimizer = torch.optim.SGD([theta], lr=p.alpha)
        ticks = {int(steps): k for k, steps in enumerate(one.taken)}
        for step, rows in enumerate(batches(len(x), one.size, p.epochs, p.order), start=1):
            if step > min(CHECKED, one.taken[-1]):
                break
            optimizer.zero_grad()
            loss(theta, rows).backward()
            optimizer.step()
            if step in ticks:
                pairs["θ"].append((one.path[ticks[step]], theta.detach().numpy().copy()))
    found = []
    for what, tolerance in (("θ", 1e-10), ("L", 1e-10)):
        ours, theirs = (np.concatenate([np.ravel(pair[k]) for pair in pairs[what]]) for k in (0, 1))
        scale = np.maximum(1.0, np.abs(theirs))
        found.append(compare(same(what), "torch", ours / scale, theirs / scale, tolerance))
    return tuple(found)


def tables(trace: BatchTrace) -> tuple[Table, ...]:
    """θ and L of each size at every tick."""
    out = []
    for name, one in trace.learners.items():
        columns = np.column_stack([one.path, one.value, one.taken])
        rows = [str(t) for t in range(len(one.path))]
        out.append(Table(name, rows, ["w", "b", "L", "steps"], np.where(np.isfinite(columns), columns, 0.0)))
    return (*out, Table("minimum", ["θ"], ["w", "b"], trace.minimum[None]))
