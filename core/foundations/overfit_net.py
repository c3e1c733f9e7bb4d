"""A net on few noisy points: two losses that part, and what keeps them together.

Symbols: z(x) the net's output, p = σ(z) its probability of class 1, W all weights (no biases). Training minimises

    mean of −ln p(y|x) over the training points  +  λ/2·‖W‖²            dropout: units left out at random (p of them)

on all training points at once, with Adam. Early stopping looks at the validation loss every `LOOK` steps and stops
after `patience` looks without a new best; the weights of the best look are used (Prechelt 1998). The validation loss of
a step that was chosen by it is too kind; `test` is measured on points that chose nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated

import numpy as np
import numpy.typing as npt
import torch

from core.arrays import Frozen
from core.foundations.network import Net, Network
from core.foundations.recording import Record, Recording, View
from core.foundations.training import Data, Plan, train
from core.foundations.twin import check
from core.i18n import Text, same
from core.params import Choice, Levels, Params, Slider
from core.tables import Table
from core.verify import Check

Array = npt.NDArray[np.float64]

VALID, TEST = 300, 2000
FRAMES, SIDE = 80, 40
LOOK = 10
NO_PENALTY = -4.5
TASKS = {
    "moons": Text("two moons", "два полумесяца"),
    "rings": Text("disc and ring", "круг и кольцо"),
    "spirals": Text("two spirals", "две спирали"),
}
VIEWS: dict[str, View] = {
    "moons": (-2.7, 2.7, -2.0, 2.0),
    "rings": (-2.7, 2.7, -2.0, 2.0),
    "spirals": (-2.7, 2.7, -2.0, 2.0),
}


class NetParams(Params):
    """A net, its data, and its remedies."""

    width: Annotated[
        int, Levels(label=Text("Units in a layer", "Нейронов в слое"), values=(1, 2, 4, 8, 16, 32, 64))
    ] = 32
    depth: Annotated[int, Slider(label=Text("Hidden layers", "Скрытые слои"), lo=1, hi=3, step=1)] = 2
    net_n: Annotated[int, Levels(label=Text("Training points", "Обучающие точки"), values=(20, 40, 80, 160, 320))] = 40
    net_noise: Annotated[float, Slider(label=Text("Noise σ", "Шум σ"), lo=0.0, hi=0.6, step=0.05)] = 0.35
    dropout: Annotated[float, Slider(label=Text("Dropout", "Dropout"), lo=0.0, hi=0.8, step=0.1)] = 0.0
    lg_l2: Annotated[
        float,
        Slider(
            label=Text("L2, lg λ", "L2, lg λ"),
            help=Text("−4.5 is no penalty at all: λ = 0.", "−4,5 — без штрафа: λ = 0."),
            lo=NO_PENALTY,
            hi=0.0,
            step=0.5,
        ),
    ] = NO_PENALTY
    patience: Annotated[
        int,
        Slider(
            label=Text("Patience", "Терпение"),
            help=Text(
                "Looks without a new best before training stops, one every 10 steps; 0 never stops.",
                "Сколько проверок подряд без нового лучшего ждать до остановки (проверка каждые 10 шагов); "
                "0 — не останавливаться.",
            ),
            lo=0,
            hi=20,
            step=1,
        ),
    ] = 0
    task: Annotated[str, Choice(label=Text("Task", "Задача"), options=TASKS, folded=True)] = "moons"
    steps: Annotated[int, Levels(label=Text("Steps", "Шаги"), values=(50, 100, 200, 400, 800), folded=True)] = 400
    lg_rate: Annotated[float, Slider(label=same("lg α"), lo=-3.5, hi=-1.0, step=0.1, folded=True)] = -2.0
    seed: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1, folded=True)] = 0

    @property
    def l2(self) -> float:
        """λ."""
        return 0.0 if self.lg_l2 <= NO_PENALTY else float(10.0**self.lg_l2)

    def plan(self) -> Plan:
        """The run that these knobs describe."""
        net = Net((2, *(self.width,) * self.depth, 1), activation="relu", initialisation="he", dropout=self.dropout)
        return Plan(
            net,
            loss="bce",
            optimizer="adam",
            rate=float(10**self.lg_rate),
            steps=self.steps,
            l2=self.l2,
            patience=self.patience,
            check_every=LOOK,
            seed=self.seed,
            record=Record(frames=FRAMES, grid=SIDE, view=VIEWS[self.task], gradients=False, statistics=False),
        )


@dataclass(frozen=True)
class NetTrace(Frozen):
    """x (n, 2), y (n) : training points, x_valid, y_valid : validation points; size (F) : ‖W‖ of every frame

    test_used, test_last : loss and error rate on fresh points, of the net that is used and of the last one
    valid_used, wrong_used : loss and error rate of the used net on the validation points
    """

    params: NetParams
    data: Data
    recording: Recording
    size: Array
    train_used: float
    valid_used: float
    wrong_used: float
    test_used: tuple[float, float]
    test_last: tuple[float, float]
    signature: str

    @property
    def used(self) -> int:
        """The step whose weights are used: the best look when training may stop early, else the last."""
        return self.recording.best if self.params.patience else int(self.recording.steps[-1])


def draw_points(task: str, noise: float, n: int, seed: tuple[int, ...]) -> tuple[Array, npt.NDArray[np.int64]]:
    """Two classes in turn, each along its own curve, scattered by `noise`."""
    generator = np.random.default_rng(seed)
    y = np.arange(n) % 2
    u = generator.uniform(0.0, 1.0, n)
    if task == "moons":
        angle = math.pi * u
        x = np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], axis=1) * np.where(y == 0, 1.0, -1.0)[:, None]
    elif task == "rings":
        angle, radius = 2 * math.pi * u, np.where(y == 0, 0.4, 1.3)
        x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    else:
        angle = 3.0 * math.pi * np.sqrt(u)
        radius = angle / (3.0 * math.pi) * 1.7 * np.where(y == 0, 1.0, -1.0)
        x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return x + noise * generator.standard_normal((n, 2)), y


@lru_cache(maxsize=32)
def _points(task: str, noise: float, n: int, seed: int, part: int) -> tuple[Array, npt.NDArray[np.int64]]:
    return draw_points(task, noise, n, (seed, part))


def data_of(params: NetParams) -> Data:
    """Training and validation points. Fewer training points are the first of many."""
    p = params
    x, y = _points(p.task, p.net_noise, 320, p.seed, 1)
    return Data.of(x[: p.net_n], y[: p.net_n], *_points(p.task, p.net_noise, VALID, p.seed, 2))


def score(z: npt.NDArray[np.floating], y: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Mean −ln p(y|x) of logits (m, 1), and the share on the wrong side."""
    signed = np.where(y == 1, -1.0, 1.0) * z[:, 0].astype(np.float64)
    return float(np.logaddexp(0.0, signed).mean()), float((signed > 0).mean())


def _outputs(network: Network, x: Array) -> npt.NDArray[np.floating]:
    with torch.inference_mode():
        z = network.forward(torch.tensor(np.array(x), dtype=network.dtype, device=network.device))
    return np.asarray(z.cpu().numpy())


def run(params: NetParams) -> NetTrace:
    """Train, and test what is used and what is last."""
    data = data_of(params)
    plan = params.plan()
    recording = train(plan, data)
    x_test, y_test = _points(params.task, params.net_noise, TEST, params.seed, 3)
    last = recording.network(len(recording.steps) - 1)
    used = recording.best_network() if params.patience else last
    valid = score(_outputs(used, data.x_valid), data.y_valid)
    size = np.sqrt(sum(np.square(block["W"].astype(np.float64)).sum(axis=(1, 2)) for block in recording.weights()))
    return NetTrace(
        params=params,
        data=data,
        recording=recording,
        size=size,
        train_used=score(_outputs(used, data.x), data.y)[0],
        valid_used=valid[0],
        wrong_used=valid[1],
        test_used=score(_outputs(used, x_test), y_test),
        test_last=score(_outputs(last, x_test), y_test),
        signature=f"{params.task} · n={params.net_n} + {VALID} + {TEST} · σ={params.net_noise:g} · "
        f"dropout={params.dropout:g} · λ={params.l2:.3g} · {recording.signature}",
    )


def reference(trace: NetTrace) -> tuple[Check, ...]:
    """The first steps beside torch.nn, autograd and torch.optim."""
    plan = replace(trace.params.plan(), patience=0)
    return check(plan, trace.data, steps=20, tolerance=1e-6)


def tables(trace: NetTrace) -> tuple[Table, ...]:
    """The losses of every recorded step, and of the net that is used."""
    recording = trace.recording
    columns = ["train loss", "validation loss", "train accuracy", "validation accuracy", "norm of W"]
    course = [recording.train_loss, recording.valid_loss, recording.train_metric, recording.valid_metric, trace.size]
    used = [[trace.train_used, trace.valid_used, *trace.test_used]]
    return (
        Table("course", [str(step) for step in recording.steps], columns, np.stack(course, axis=1)),
        Table("used", ["used"], ["train loss", "validation loss", "test loss", "test error"], np.array(used)),
    )
