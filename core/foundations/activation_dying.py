"""How ReLU units die: a small net learns two rings with a learning rate or a bias that is bad for it.

Symbols: X (pos, 2) the points, y (pos,) their class 0 or 1; one hidden layer of H units:

    z = X·Wᵀ + b,   h = f(z),   s = h·v + c,   loss = mean(softplus(s) − y·s)

that is binary cross-entropy of the logit s. Every step subtracts η times the gradient on all points; with
g = (σ(s) − y) / pos

    ∂loss/∂W_j = Σ_i g_i·v_j·f′(z_ij)·X_i,    ∂loss/∂b_j = Σ_i g_i·v_j·f′(z_ij)

A unit is *silent* when z ≤ 0 at every point, and *dead* when |f′(z)| < 0.001 at every point: nothing that the loss says
reaches its weights. A silent ReLU is dead (f′ = 0), a silent LeakyReLU is not (Maas et al. 2013, section 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.arithmetic import Formula, Part, number, quiet, say, write_number
from core.arrays import Frozen
from core.foundations.activations import ACTIVATIONS, sigmoid, softplus
from core.i18n import Lang, Text, same
from core.params import Choice, Levels, Params, Slider
from core.tables import Table
from core.verify import Check, compare

POINTS = 120
STEPS = 240
RESCUE_AT = 80
DEAD = 1e-3
LEAK = 0.1
SLOWER = 100.0
TOO_LARGE = 1e6
GRID = 21
EDGE = 2.2
KEPT = (*range(20), *range(20, STEPS + 1, 4))


class DyingParams(Params):
    """The net, how it starts, how fast it learns, and what is changed after `RESCUE_AT` steps."""

    kind: Annotated[
        str,
        Choice(
            label=Text("Function", "Функция"),
            options={name: ACTIVATIONS[name].title for name in ("relu", "leaky_relu", "elu", "gelu", "silu")},
            help=Text("LeakyReLU with the slope 0.1 here.", "LeakyReLU здесь — с наклоном 0,1."),
        ),
    ] = "relu"
    lg_rate: Annotated[
        float,
        Slider(
            label=same("lg η"),
            lo=-2.0,
            hi=1.5,
            step=0.25,
            help=Text(
                "The learning rate is ten to this power: 0 is 1, 1 is 10.",
                "Скорость обучения — десять в этой степени: 0 — это 1, 1 — это 10.",
            ),
        ),
    ] = 1.0
    bias: Annotated[float, Slider(label=Text("Bias at the start", "Смещение в начале"), lo=-5.0, hi=1.0, step=0.5)] = (
        0.0
    )
    units: Annotated[int, Levels(label=Text("Units", "Нейроны"), values=(8, 16, 24, 32))] = 16
    rescue: Annotated[
        str,
        Choice(
            label=Text("From step 80 on", "С шага 80"),
            options={
                "none": Text("as before", "как было"),
                "rate": Text("η a hundred times smaller", "η в сто раз меньше"),
                "leaky": Text("LeakyReLU instead", "вместо неё LeakyReLU"),
            },
        ),
    ] = "none"
    seed: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1)] = 9

    @property
    def rate(self) -> float:
        """η."""
        return float(10.0**self.lg_rate)

    def at(self, step: int) -> tuple[str, float]:
        """Which function and which η hold at `step`."""
        if step < RESCUE_AT or self.rescue == "none":
            return self.kind, self.rate
        return ("leaky_relu", self.rate) if self.rescue == "leaky" else (self.kind, self.rate / SLOWER)


@dataclass(frozen=True)
class Net:
    """W (units, 2), b (units,), v (units,), c ()."""

    W: Tensor
    b: Tensor
    v: Tensor
    c: Tensor


@dataclass(frozen=True)
class DyingTrace(Frozen):
    """What happened at the recorded steps (a prefix of `KEPT`; fewer when the loss ran away).

    W (step, units, 2), b, v (step, units), c (step,); active (step, units): share of the points with z > 0;
    is_dead (step, units); loss, accuracy (step,); plane (step, GRID, GRID): σ(s) on [−EDGE, EDGE]², rows from below
    diverged_at : the step at which the loss passed 1e6 or was no number, None when it did not
    """

    params: DyingParams
    X: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    steps: tuple[int, ...]
    W: npt.NDArray[np.float64]
    b: npt.NDArray[np.float64]
    v: npt.NDArray[np.float64]
    c: npt.NDArray[np.float64]
    active: npt.NDArray[np.float32]
    is_dead: npt.NDArray[np.bool_]
    loss: npt.NDArray[np.float64]
    accuracy: npt.NDArray[np.float64]
    plane: npt.NDArray[np.float32]
    diverged_at: int | None
    signature: str

    @property
    def dead(self) -> npt.NDArray[np.float64]:
        """Share of dead units at every recorded step."""
        return np.asarray(self.is_dead.mean(1))


def alpha_of(kind: str) -> float:
    """The slope of LeakyReLU in this lab, the floor of ELU."""
    return {"leaky_relu": LEAK, "elu": 1.0}.get(kind, 0.0)


def draw_rings(generator: np.random.Generator) -> tuple[Tensor, Tensor]:
    """A disc of ones inside a ring of zeros: (pos, 2) and (pos,)."""
    y = np.arange(POINTS) % 2
    radius = np.where(y == 1, generator.uniform(0, 0.8, POINTS), generator.uniform(1.1, 1.8, POINTS))
    angle = generator.uniform(0, 2 * np.pi, POINTS)
    X = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return torch.from_numpy(X), torch.from_numpy(y.astype(np.float64))


def draw_net(generator: np.random.Generator, units: int, bias: float) -> Net:
    """He's initialisation: W from N(0, 2/2), v from N(0, 2/units)."""
    return Net(
        W=torch.from_numpy(generator.standard_normal((units, 2))),
        b=torch.full((units,), bias, dtype=torch.float64),
        v=torch.from_numpy(generator.standard_normal(units) * np.sqrt(2 / units)),
        c=torch.zeros((), dtype=torch.float64),
    )


def gradient(net: Net, X: Tensor, y: Tensor, kind: str) -> Net:
    """∂loss/∂ every parameter, by the formulas above."""
    activation, alpha = ACTIVATIONS[kind], alpha_of(kind)
    z = X @ net.W.T + net.b
    h = activation.value(z, alpha)
    g = (sigmoid(h @ net.v + net.c) - y) / len(y)
    through = g[:, None] * net.v * activation.derivative(z, alpha)
    return Net(W=through.T @ X, b=through.sum(0), v=h.T @ g, c=g.sum())


def run(params: DyingParams) -> DyingTrace:
    """Train, and keep what the net was at the recorded steps."""
    generator = np.random.default_rng(params.seed)
    X, y = draw_rings(generator)
    net = draw_net(generator, params.units, params.bias)
    ticks = torch.linspace(-EDGE, EDGE, GRID, dtype=torch.float64)
    plane = torch.stack(torch.meshgrid(ticks, ticks, indexing="xy"), dim=-1).reshape(-1, 2)
    kept: dict[str, list[npt.NDArray[np.float64]]] = {}
    steps: list[int] = []
    diverged_at = None
    for step in range(STEPS + 1):
        kind, rate = params.at(step)
        activation, alpha = ACTIVATIONS[kind], alpha_of(kind)
        z = X @ net.W.T + net.b
        s = activation.value(z, alpha) @ net.v + net.c
        loss = float((softplus(s) - y * s).mean())
        if not loss < TOO_LARGE:
            diverged_at = step
            break
        if step in KEPT:
            steps.append(step)
            shown = activation.value(plane @ net.W.T + net.b, alpha) @ net.v + net.c
            found = {
                "W": net.W,
                "b": net.b,
                "v": net.v,
                "c": net.c,
                "active": (z > 0).double().mean(0),
                "slope": activation.derivative(z, alpha).abs().amax(0),
                "loss": torch.tensor(loss, dtype=torch.float64),
                "accuracy": ((s > 0).double() == y).double().mean(),
                "plane": sigmoid(shown).reshape(GRID, GRID),
            }
            for name, value in found.items():
                kept.setdefault(name, []).append(value.numpy().copy())
        down = gradient(net, X, y, kind)
        net = Net(net.W - rate * down.W, net.b - rate * down.b, net.v - rate * down.v, net.c - rate * down.c)
    rows = {name: np.stack(values) for name, values in kept.items()}
    return DyingTrace(
        params=params,
        X=X.numpy(),
        y=y.numpy(),
        steps=tuple(steps),
        W=rows["W"],
        b=rows["b"],
        v=rows["v"],
        c=rows["c"],
        active=rows["active"].astype(np.float32),
        is_dead=rows["slope"] < DEAD,
        loss=rows["loss"],
        accuracy=rows["accuracy"],
        plane=rows["plane"].astype(np.float32),
        diverged_at=diverged_at,
        signature=f"{params.kind} · 2 → {params.units} → 1 · η={params.rate:.3g} · gradient descent, {STEPS} steps · "
        f"{POINTS} points · seed={params.seed} · float64 · cpu · torch {torch.__version__}",
    )


def reference(trace: DyingTrace) -> tuple[Check, ...]:
    """Loss and gradient at every tenth recorded step beside torch's own layers and autograd; relative to the largest
    number of the step."""
    losses, apart = [], []
    X, y = torch.from_numpy(np.array(trace.X)), torch.from_numpy(np.array(trace.y))
    for k in range(0, len(trace.steps), 10):
        kind, _ = trace.params.at(trace.steps[k])
        W, b, v, c = (torch.from_numpy(np.array(p[k])) for p in (trace.W, trace.b, trace.v, trace.c))
        ours = gradient(Net(W, b, v, c), X, y, kind)
        leaves = [p.clone().requires_grad_() for p in (W, b, v, c)]
        h = ACTIVATIONS[kind].library(torch.nn.functional.linear(X, leaves[0], leaves[1]), alpha_of(kind))
        loss = torch.nn.functional.binary_cross_entropy_with_logits(h @ leaves[2] + leaves[3], y)
        theirs, found = torch.autograd.grad(loss, leaves), float(loss.detach())
        scale = max(1.0, *(float(t.abs().max()) for t in theirs))
        pairs = zip((ours.W, ours.b, ours.v, ours.c), theirs, strict=True)
        apart.append(max(float((o - t).abs().max()) for o, t in pairs) / scale)
        losses.append((float(trace.loss[k]) - found) / max(1.0, found))
    zero = np.zeros(len(apart))
    return (
        compare(Text("gradient, autograd", "градиент, autograd"), "torch", np.array(apart), zero, 1e-12),
        compare(same("binary_cross_entropy_with_logits"), "torch", np.array(losses), zero, 1e-12),
    )


def tables(trace: DyingTrace) -> tuple[Table, ...]:
    """The run step by step, and the units at its end."""
    steps = [str(step) for step in trace.steps]
    units = [str(unit + 1) for unit in range(trace.params.units)]
    course = np.stack([trace.loss, trace.accuracy, trace.dead], axis=1)
    last = np.column_stack([trace.W[-1], trace.b[-1], trace.v[-1], trace.active[-1], trace.is_dead[-1]])
    return (
        Table("course", steps, ["loss", "accuracy", "dead share"], course),
        Table("active", steps, units, trace.active),
        Table("last", units, ["w1", "w2", "b", "v", "active", "dead"], last),
    )


def explain(trace: DyingTrace, frame: int, unit: int, lang: Lang) -> tuple[Formula, ...]:
    """One unit at one recorded step: its sum at the point where it is largest, and what reaches its bias."""
    step = trace.steps[frame]
    kind, _ = trace.params.at(step)
    W, b, v = trace.W[frame, unit], float(trace.b[frame, unit]), float(trace.v[frame, unit])
    net = Net(*(torch.from_numpy(np.array(p[frame])) for p in (trace.W, trace.b, trace.v, trace.c)))
    down = gradient(net, torch.from_numpy(np.array(trace.X)), torch.from_numpy(np.array(trace.y)), kind)
    z = trace.X @ W + b
    top = int(z.argmax())
    slope = float(ACTIVATIONS[kind].derivative(torch.tensor(z), alpha_of(kind)).abs().max())
    is_dead = bool(trace.is_dead[frame, unit])
    point = ", ".join(write_number(float(value), 2) for value in trace.X[top])
    told = DEAD_UNIT if is_dead else SILENT_UNIT if z[top] <= 0 else ACTIVE_UNIT
    return (
        (
            quiet(UNIT.format(u=unit + 1, t=step).get(lang)),
            say(f"max z = z({point}) = "),
            Part(f"{_n(W[0])}·{_n(trace.X[top, 0])} + {_n(W[1])}·{_n(trace.X[top, 1])} + {_n(b)}", "strong"),
            say(" = "),
            number(float(z[top]), 3, "result"),
        ),
        (
            say("∂loss/∂b = Σ g·v·f′(z),  v = "),
            number(v, 3),
            say(",  max |f′(z)| = "),
            number(slope, 3),
            say("  ⇒  "),
            number(float(down.b[unit]), 4, "result"),
        ),
        (quiet(told.format(n=int((z > 0).sum()), m=len(z)).get(lang)),),
    )


def _n(value: float) -> str:
    text = write_number(float(value), 2)
    return f"({text})" if text.startswith("−") else text


UNIT = Text("unit {u}, step {t}: ", "нейрон {u}, шаг {t}: ")
DEAD_UNIT = Text(
    "Positive at {n} of {m} points, and the slope is 0 at every one: the gradient of its weights is 0 too. It is dead.",
    "Положителен в {n} точках из {m}, и наклон везде 0: градиент его весов тоже 0. Нейрон мёртв.",
)
SILENT_UNIT = Text(
    "Positive at {n} of {m} points: silent, but the slope below zero is not 0, so it can still learn.",
    "Положителен в {n} точках из {m}: молчит, но наклон ниже нуля не равен 0 — учиться он ещё может.",
)
ACTIVE_UNIT = Text(
    "Positive at {n} of {m} points: they teach it.", "Положителен в {n} точках из {m}: на них он и учится."
)
