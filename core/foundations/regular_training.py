"""One small net on forty noisy points, trained six times: alone, and with each remedy against overfitting.

Symbols: θ the weights and biases, w a weight, g = ∂loss/∂w over all points, α the learning rate, λ₁ λ₂ the penalties.

    L1             g + λ₁·sign w         a step that does not shrink with w: it overshoots 0, to and fro
    L2             g + λ₂·w              proportional: it never arrives
    dropout        a share p of the hidden units is removed in every step            (Srivastava et al. 2014)
    batch norm     before each activation, by the batch                              (Ioffe and Szegedy 2015)
    early stopping the validation loss is looked at every ten steps; without a new best in `patience` looks the run
                   ends and the best weights are taken                               (Prechelt 1998)

With SGD, L2 is weight decay: w ← (1 − αλ₂)w − αg. With Adam it is not, since g + λ₂w is divided by its own size
(Loshchilov and Hutter 2019, proposition 2). The test points were seen by nobody, early stopping included.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated

import numpy as np
import numpy.typing as npt
import torch

from core.arithmetic import Formula, Part, number, quiet, say
from core.arrays import Frozen
from core.device import describe
from core.foundations.network import Net
from core.foundations.objectives import OBJECTIVES
from core.foundations.optimizers import OPTIMIZERS
from core.foundations.recording import Record, Recording
from core.foundations.training import Data, Plan, train
from core.foundations.twin import check
from core.i18n import Lang, Text, same
from core.params import Choice, Levels, Params, Slider
from core.tables import Table
from core.verify import Check

Array = npt.NDArray[np.float64]

EVERY, GRID, RATE = 10, 26, 0.01
VALID, TEST = 400, 1000
SMALL = 0.01
UPPER = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
METHODS: dict[str, Text] = {
    "none": Text("nothing", "ничего"),
    "l1": same("L1"),
    "l2": same("L2"),
    "dropout": Text("dropout", "dropout"),
    "batch": Text("batch norm", "batch norm"),
    "early": Text("early stopping", "ранняя остановка"),
}


class TrainParams(Params):
    """The task, and how strong each remedy is."""

    points: Annotated[int, Levels(label=Text("Training points", "Точек для обучения"), values=(20, 40, 80, 200))] = 40
    noise: Annotated[float, Slider(label=Text("Noise", "Шум"), lo=0.0, hi=0.6, step=0.05)] = 0.35
    lg_l1: Annotated[float, Slider(label=same("L1: lg λ"), lo=-5.0, hi=-0.5, step=0.1)] = -2.3
    lg_l2: Annotated[float, Slider(label=same("L2: lg λ"), lo=-5.0, hi=0.0, step=0.1)] = -1.5
    dropout: Annotated[float, Slider(label=Text("Dropout: p", "Dropout: p"), lo=0.0, hi=0.8, step=0.05)] = 0.4
    patience: Annotated[
        int,
        Slider(
            label=Text("Patience, looks", "Терпение, проверок"),
            lo=1,
            hi=20,
            step=1,
            help=Text(
                "The validation loss is looked at every ten steps.", "Валидация проверяется каждые десять шагов."
            ),
        ),
    ] = 5
    optimizer: Annotated[
        str,
        Choice(
            label=Text("Optimizer", "Оптимизатор"),
            options={name: OPTIMIZERS[name].title for name in ("adam", "sgd", "adamw")},
            folded=True,
        ),
    ] = "adam"
    lg_rate: Annotated[float, Slider(label=same("lg α"), lo=-4.0, hi=0.0, step=0.1, folded=True)] = -2.0
    width: Annotated[int, Levels(label=Text("Width", "Ширина"), values=(4, 8, 16, 24, 48), folded=True)] = 24
    steps: Annotated[int, Levels(label=Text("Steps", "Шаги"), values=(100, 200, 400, 800), folded=True)] = 400
    sample: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1, folded=True)] = 0

    def plan(self, method: str) -> Plan:
        """The run of one remedy."""
        net = Net(
            (2, self.width, self.width, 1),
            activation="relu",
            dropout=self.dropout if method == "dropout" else 0.0,
            normalisation="batch" if method == "batch" else "none",
        )
        return Plan(
            net,
            loss="bce",
            optimizer=self.optimizer,
            rate=float(10**self.lg_rate),
            steps=self.steps,
            l1=float(10**self.lg_l1) if method == "l1" else 0.0,
            l2=float(10**self.lg_l2) if method == "l2" else 0.0,
            patience=self.patience if method == "early" else 0,
            check_every=EVERY,
            seed=self.sample,
            record=Record(frames=self.steps // EVERY + 1, grid=GRID, view=VIEW, gradients=False, statistics=False),
        )


VIEW = (-2.1, 3.1, -1.6, 2.1)


@dataclass(frozen=True)
class Run(Frozen):
    """One remedy. frames (F) : which frame of the recording stands at each tenth step; after an early stop, the best.
    loss, accuracy : of the test points, with the weights that are kept in the end."""

    recording: Recording
    frames: npt.NDArray[np.int64]
    loss: float
    accuracy: float

    def curve(self, values: npt.NDArray[np.float64]) -> Array:
        """A curve of the recording on the common time."""
        return np.asarray(values[self.frames])

    def weights(self, frame: int) -> Array:
        """All weights, without biases and scales, at a place of the common time."""
        return np.concatenate([np.ravel(block["W"][self.frames[frame]]) for block in self.recording.weights()])


@dataclass(frozen=True)
class TrainTrace(Frozen):
    """x (n, 2), y (n) the training points; steps (F); runs by the names of `METHODS`."""

    params: TrainParams
    x: Array
    y: Array
    steps: npt.NDArray[np.int64]
    runs: dict[str, Run]
    signature: str

    @property
    def best(self) -> str:
        """The remedy with the least test loss."""
        return min(self.runs, key=lambda name: self.runs[name].loss)


def moons(n: int, noise: float, seed: int) -> tuple[Array, Array]:
    """Two interleaved half circles with normal noise: x (n, 2), y (n) 0 and 1 by turns."""
    generator = np.random.default_rng((seed, 11))
    t = generator.uniform(0, np.pi, n)
    y = np.arange(n) % 2
    x = np.where(
        y[:, None] == 0,
        np.column_stack([np.cos(t), np.sin(t)]),
        np.column_stack([1 - np.cos(t), 0.5 - np.sin(t)]),
    )
    return x + noise * generator.normal(size=x.shape), y.astype(np.float64)


@lru_cache(maxsize=8)
def load_points(points: int, noise: float, seed: int) -> tuple[Data, Data]:
    """Training with validation, and the test set."""
    train_set, valid, test = (moons(n, noise, 3 * seed + k) for k, n in enumerate((points, VALID, TEST)))
    return Data.of(*train_set, *valid), Data.of(*test)


def run_one(params: TrainParams, method: str) -> Run:
    """Train once with the remedy `method`, and ask the test points."""
    data, test = load_points(params.points, params.noise, params.sample)
    recording = train(params.plan(method), data)
    frames = np.arange(params.steps // EVERY + 1)
    kept = recording.frames - 1
    if recording.stopped >= 0:
        kept = recording.frame_at(recording.best)
    frames = np.where(frames < recording.frames, frames, kept)
    objective = OBJECTIVES["bce"]
    z = torch.from_numpy(np.array(recording.outputs(kept, np.array(test.x)), dtype=np.float64))
    y = torch.from_numpy(np.array(test.y))[:, None]
    loss, accuracy = float(objective.value(z, y)), float(objective.metric(z, y))
    return Run(recording, frames, loss, accuracy)


def run(params: TrainParams) -> TrainTrace:
    """All six, from the same weights and on the same points."""
    data, _ = load_points(params.points, params.noise, params.sample)
    return TrainTrace(
        params=params,
        x=data.x,
        y=data.y,
        steps=np.arange(params.steps // EVERY + 1) * EVERY,
        runs={method: run_one(params, method) for method in METHODS},
        signature=f"moons n={params.points} noise={params.noise:g} · 2–{params.width}–{params.width}–1 relu he · "
        f"{params.optimizer} α={10**params.lg_rate:.3g} · {params.steps} steps · test n={TEST} · "
        f"seed={params.sample} · {describe()} · torch {torch.__version__}",
    )


def reference(trace: TrainTrace) -> tuple[Check, ...]:
    """The first steps of the runs with L1 and with batch norm beside torch.nn, autograd and torch.optim."""
    data, _ = load_points(trace.params.points, trace.params.noise, trace.params.sample)
    found = []
    for method in ("l1", "batch"):
        theta = check(trace.params.plan(method), data, steps=15)[0]
        found.append(replace(theta, what=THETA.format(name=METHODS[method])))
    return tuple(found)


def tables(trace: TrainTrace) -> tuple[Table, ...]:
    """The curves of all six, and what came of them."""
    rows = [f"step {t}" for t in trace.steps]
    named = [
        (name, kind, one.curve(values))
        for name, one in trace.runs.items()
        for kind, values in (("training", one.recording.train_loss), ("validation", one.recording.valid_loss))
    ]
    curves = [(f"{name} {kind}", values) for name, kind, values in named if np.isfinite(values).all()]
    ends = {name: one for name, one in trace.runs.items() if np.isfinite(one.loss)}
    return (
        Table("loss", rows, [name for name, _ in curves], np.stack([v for _, v in curves], axis=1)),
        Table("test", list(ends), ("loss", "accuracy"), np.array([[one.loss, one.accuracy] for one in ends.values()])),
    )


def explain(trace: TrainTrace, method: str, frame: int, lang: Lang) -> tuple[Formula, ...]:
    """One remedy at one step: the gap, what the remedy does there, what came of it."""
    p, one = trace.params, trace.runs[method]
    seen, unseen = (float(one.curve(v)[frame]) for v in (one.recording.train_loss, one.recording.valid_loss))
    w = one.weights(frame)
    largest = float(w[np.abs(w).argmax()])
    alpha = float(10**p.lg_rate)
    gap: Formula = (
        Part(METHODS[method].get(lang), "strong"),
        quiet(GAP.format(t=int(trace.steps[frame])).get(lang)),
        number(unseen, 3),
        say(" − "),
        number(seen, 3),
        say(" = "),
        number(unseen - seen, 3, "result"),
    )
    counted: Formula = (
        quiet(WEIGHTS.format(n=len(w)).get(lang)),
        say(f"{int((np.abs(w) < SMALL).sum())}"),
        quiet(ZERO.get(lang)),
        Part(f"{int((w == 0).sum())}", "strong"),
        quiet(NORM.get(lang)),
        number(float(np.sqrt(np.square(w).sum())), 3),
    )
    pull: Formula = ()
    if method == "l1":
        pull = (
            quiet(PULL.get(lang)),
            say(f"λ₁·sign w = {10**p.lg_l1:.3g}"),
            quiet(SAME.format(w=f"{largest:.3g}".replace("-", "−")).get(lang)),
        )
    elif method == "l2":
        pull = (
            quiet(PULL.get(lang)),
            say(f"λ₂·w = {10**p.lg_l2:.3g}·{abs(largest):.3f} = "),
            number(float(10**p.lg_l2) * abs(largest), 4, "result"),
            quiet((DECAY if p.optimizer == "sgd" else NO_DECAY).format(f=f"{1 - alpha * 10**p.lg_l2:.5g}").get(lang)),
        )
    elif method == "early":
        stopped = one.recording.stopped
        pull = (quiet((STOPPED if stopped >= 0 else RAN).format(s=stopped, b=one.recording.best).get(lang)),)
    elif method == "dropout":
        pull = (quiet(NETS.format(n=2 * p.width, u=str(2 * p.width).translate(UPPER)).get(lang)),)
    elif method == "batch":
        pull = (quiet(WHOLE.format(n=p.points).get(lang)),)
    end: Formula = (
        quiet(TESTED.format(n=TEST).get(lang)),
        number(one.loss, 3, "result"),
        quiet(", "),
        say(f"{one.accuracy:.1%}"),
        quiet(AGAINST.get(lang)),
        number(trace.runs["none"].loss, 3),
        quiet(", "),
        say(f"{trace.runs['none'].accuracy:.1%}"),
    )
    return tuple(f for f in (gap, pull, counted, end) if f)


THETA = Text("θ, {name}", "θ, {name}")
GAP = Text("   step {t}, validation − training loss = ", "   шаг {t}, потери на валидации − на обучении = ")
WEIGHTS = Text("of {n} weights, nearer to 0 than 0.01: ", "из весов ({n}) ближе к нулю, чем 0,01: ")
ZERO = Text(", exactly 0: ", ", ровно 0: ")
NORM = Text("   ‖w‖ = ", "   ‖w‖ = ")
PULL = Text("added to the gradient of the largest weight:   ", "добавка к градиенту наибольшего веса:   ")
SAME = Text(
    "   the same for w = {w} and for a tiny one; a step of that length jumps over 0",
    "   одна и та же и для w = {w}, и для крошечного; шаг такой длины перескакивает через 0",
)
DECAY = Text("   with SGD: w times {f} every step", "   с SGD это умножение w на {f} каждый шаг")
NO_DECAY = Text(
    "   no weight decay: the optimizer divides it by the size of the gradient",
    "   это не weight decay: оптимизатор делит добавку на величину градиента",
)
STOPPED = Text(
    "stopped after step {s}, the weights of step {b} are kept", "остановка после шага {s}, оставлены веса шага {b}"
)
RAN = Text(
    "the patience was not used up; the best step was {b}, but the run went on to its end",
    "терпение не кончилось; лучшим был шаг {b}, но обучение дошло до конца",
)
NETS = Text(
    "{n} hidden units: every step trains one of 2{u} thinned nets",
    "скрытых нейронов {n}: каждый шаг учит одну из 2{u} прореженных сетей",
)
WHOLE = Text(
    "all {n} points are one batch here: there are no changing companions, so there is no noise",
    "все точки ({n}) здесь в одном батче: соседи не меняются, а значит, нет и шума",
)
TESTED = Text("in the end, on {n} points nobody has seen:   ", "в итоге, на точках, которых никто не видел ({n}):   ")
AGAINST = Text("   alone: ", "   без ничего: ")
