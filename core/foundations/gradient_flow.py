"""A deep net in the plane, and the gradient of every layer at every recorded step.

Symbols: L the hidden layers, y_l what layer l gives on (batch, n), δ_l = ∂loss/∂y_l, g_l = ∂loss/∂W_l, α the learning
rate. Layer by layer δ_{l−1} = J_lᵀδ_l, with J_l the derivative of layer l: if it shrinks or stretches by q on the way
back, L layers do so q^L-fold (Hochreiter 1991; Bengio, Simard and Frasconi 1994; Glorot and Bengio 2010, section 4.2).

`reach` = ‖δ_1‖ / ‖δ_L‖ says which part of the gradient at the last hidden layer arrives at the first. A run is called
dead below 1e-4, exploding above 1e4 or when its loss is lost, healthy between.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
import torch

from core.arrays import Frozen, freeze
from core.foundations.activations import ACTIVATIONS
from core.foundations.initialisation import INITIALISATIONS
from core.foundations.layers import NORMALISATIONS
from core.foundations.network import Net
from core.foundations.objectives import CLIPS
from core.foundations.optimizers import OPTIMIZERS
from core.foundations.recording import Record, Recording
from core.foundations.training import Data, Plan, train
from core.foundations.twin import LOSSES, follow, module
from core.i18n import Text, same
from core.params import Choice, Levels, Params, Slider, Switch
from core.tables import Table
from core.verify import Check, compare

State = Literal["dead", "healthy", "exploding"]

DEAD, EXPLODING = 1e-4, 1e4
POINTS, BATCH = 256, 64
FRAMES = 80
EDGE, GAP = 1.7, 0.12
KINDS = ("sigmoid", "tanh", "relu", "leaky_relu", "gelu", "silu")
STATES: dict[State, Text] = {
    "dead": Text("dead", "затух"),
    "healthy": Text("healthy", "здоров"),
    "exploding": Text("exploding", "взрыв"),
}


class FlowParams(Params):
    """A net of equal hidden layers, and how it is trained."""

    depth: Annotated[int, Slider(label=Text("Hidden layers", "Скрытые слои"), lo=2, hi=40, step=1)] = 12
    kind: Annotated[
        str,
        Choice(label=Text("Activation", "Активация"), options={name: ACTIVATIONS[name].title for name in KINDS}),
    ] = "sigmoid"
    init: Annotated[str, Choice(label=Text("Initial weights", "Начальные веса"), options=INITIALISATIONS)] = "xavier"
    norm: Annotated[str, Choice(label=Text("Normalisation", "Нормализация"), options=NORMALISATIONS)] = "none"
    is_residual: Annotated[
        bool,
        Switch(
            label=Text("Residual: y + f(…)", "Обходной путь: y + f(…)"),
            help=Text("Each hidden layer adds what entered it.", "Каждый слой прибавляет то, что в него вошло."),
        ),
    ] = False
    clip: Annotated[
        str,
        Choice(
            label=Text("Clip the gradient", "Обрезать градиент"),
            options=CLIPS,
            help=Text("The bound is under “more”.", "Граница — под «ещё»."),
        ),
    ] = "none"
    lg_rate: Annotated[float, Slider(label=same("lg α"), lo=-4.0, hi=1.0, step=0.1)] = -0.5
    optimizer: Annotated[
        str,
        Choice(
            label=Text("Optimizer", "Оптимизатор"),
            options={name: item.title for name, item in OPTIMIZERS.items()},
            folded=True,
        ),
    ] = "sgd"
    gain: Annotated[
        float, Slider(label=Text("Weights times", "Веса умножить на"), lo=0.1, hi=4.0, step=0.05, folded=True)
    ] = 1.0
    lg_limit: Annotated[
        float, Slider(label=Text("lg of the bound", "lg границы обрезки"), lo=-3.0, hi=2.0, step=0.1, folded=True)
    ] = 0.0
    dropout: Annotated[float, Slider(label=Text("Dropout", "Dropout"), lo=0.0, hi=0.9, step=0.05, folded=True)] = 0.0
    width: Annotated[int, Levels(label=Text("Width", "Ширина"), values=(4, 8, 16, 32, 64), folded=True)] = 16
    steps: Annotated[int, Levels(label=Text("Steps", "Шаги"), values=(50, 100, 200, 400), folded=True)] = 200
    seed: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1, folded=True)] = 0

    def plan(self) -> Plan:
        """The run that these knobs describe."""
        net = Net(
            sizes=(2, *(self.width,) * self.depth, 1),
            activation=self.kind,
            initialisation=self.init,
            gain=self.gain,
            normalisation=self.norm,
            dropout=self.dropout,
            is_residual=self.is_residual,
        )
        return Plan(
            net,
            loss="bce",
            optimizer=self.optimizer,
            rate=float(10**self.lg_rate),
            steps=self.steps,
            batch=BATCH,
            clip=self.clip,
            limit=float(10**self.lg_limit),
            seed=self.seed,
            record=Record(frames=FRAMES, weights=False),
        )


@dataclass(frozen=True)
class FlowTrace(Frozen):
    """delta, gradient (F, L) : ‖δ_l‖ and ‖g_l‖ of the hidden layers; share (F,) : what clipping left of the gradient;
    weights (L,) : ‖W_l‖ before the first step."""

    params: FlowParams
    recording: Recording
    delta: npt.NDArray[np.float64]
    gradient: npt.NDArray[np.float64]
    share: npt.NDArray[np.float64]
    signature: str

    def reach(self, frame: int) -> float:
        """‖δ_1‖ / ‖δ_L‖ at a frame; 0 when nothing arrives."""
        return reach_of(self.delta[frame])

    @property
    def state(self) -> State:
        """How the gradient went before the first step, or exploding when the run was lost."""
        return "exploding" if self.recording.is_lost else state_of(self.reach(0))

    @property
    def accuracy(self) -> float:
        """Of the last frame, on all points."""
        return float(self.recording.train_metric[-1])


def reach_of(delta: npt.NDArray[np.float64]) -> float:
    """‖δ_1‖ / ‖δ_L‖ of one frame (L,); ∞ when it overflowed."""
    first, last = float(delta[0]), float(delta[-1])
    if not (math.isfinite(first) and math.isfinite(last)):
        return math.inf
    return first / last if last else 0.0


def state_of(reach: float) -> State:
    """Which of the three a reach is."""
    return "dead" if reach < DEAD else "exploding" if reach > EXPLODING else "healthy"


@lru_cache(maxsize=4)
def quadrants(seed: int = 0) -> Data:
    """Exclusive or in the plane, which no straight line parts: x (256, 2) y 1 where x₁x₂ > 0."""
    x = np.random.default_rng((seed, 7)).uniform(-EDGE, EDGE, (POINTS, 2))
    y = x[:, 0] * x[:, 1] > 0
    return Data(freeze(x + GAP * np.sign(x), np.float64), freeze(y, np.int64), freeze(()), freeze(()))


def run(params: FlowParams) -> FlowTrace:
    """Train, and keep the gradient of every layer."""
    recording = train(params.plan(), quadrants())
    total = np.maximum(recording.total_norm, 1e-300)
    share = np.minimum(1.0, 10**params.lg_limit / total) if params.clip == "norm" else np.ones_like(total)
    norm = "" if params.norm == "none" else f" · {params.norm} norm"
    return FlowTrace(
        params=params,
        recording=recording,
        delta=recording.delta[:, : params.depth],
        gradient=recording.gradient_norm[:, : params.depth],
        share=share,
        signature=f"{params.init} × {params.gain:g}{norm} · {recording.signature}",
    )


def reference(trace: FlowTrace) -> tuple[Check, ...]:
    """∂loss/∂W of every layer before the first step beside autograd, relative to the layer's own size, and θ after that
    step beside torch.optim, relative to the largest number. One step: a net that explodes is chaotic after it."""
    plan = replace(trace.params.plan(), steps=1, dtype="float64", record=Record(frames=2, losses=False))
    data = quadrants()
    ours, theirs = train(plan, data), follow(plan, data)
    net = module(plan.net, plan.seed)
    x, y = _first_batch(plan, data)
    LOSSES["bce"](net(x), y).backward()
    autograd = np.array([float(p.grad.norm()) for p in net.parameters() if p.ndim == 2 and p.grad is not None])
    size = np.where(autograd > 0, autograd, 1.0)
    largest = max(1.0, float(np.abs(theirs.theta).max()))
    last = min(len(ours.theta), 2)
    return (
        compare(
            Text("‖∂loss/∂W‖, every layer, autograd", "‖∂loss/∂W‖, каждый слой, autograd"),
            "torch",
            ours.gradient_norm[0] / size,
            autograd / size,
            1e-9,
        ),
        compare(
            Text("θ after a step", "θ после шага"),
            "torch",
            ours.theta[:last] / largest,
            theirs.theta[:last] / largest,
            1e-9,
        ),
    )


def _first_batch(plan: Plan, data: Data) -> tuple[torch.Tensor, torch.Tensor]:
    from core.foundations.training import batches

    rows = next(batches(len(data.x), plan.batch, plan.seed))
    return torch.tensor(data.x[rows]), torch.tensor(data.y[rows], dtype=torch.float64)[:, None]


def tables(trace: FlowTrace) -> tuple[Table, ...]:
    """‖δ_l‖ and ‖g_l‖, layer by step, and the course of the loss."""
    recording = trace.recording
    steps = [str(step) for step in recording.steps]
    layers = [str(layer + 1) for layer in range(trace.params.depth)]
    course = np.stack([recording.train_loss, recording.train_metric, recording.total_norm], axis=1)
    return (
        Table("delta", steps, layers, np.nan_to_num(trace.delta, posinf=0.0)),
        Table("gradient", steps, layers, np.nan_to_num(trace.gradient, posinf=0.0)),
        Table("course", steps, ["loss", "accuracy", "norm"], np.nan_to_num(course, posinf=0.0)),
    )
