"""A recurrent net that has to remember: the gradient of every time step, written out through the unrolled net.

Symbols: x_t the input at time t (batch), T the length, h_t the state (batch, n), h_0 = 0, W (n, n) the recurrent
weights, u (n) the input weights, b (n); f the activation, v, c of the answer.

    h_t = f(h_{t−1}Wᵀ + x_t·u + b),   z = h_T·v + c
    δ_t = ∂loss/∂h_t,   δ_{t−1} = (δ_t ⊙ f′_t)·W                      Pascanu, Mikolov and Bengio 2013, eqs. 3–5

Every step back multiplies by the same W, so ‖δ_1‖/‖δ_T‖ goes like ρ^T: ρ is the length to which W stretches a vector
(exactly so for an orthogonal W), diminished by f′ ≤ 1. The task: x_1 = ±1 is to be answered after T steps, and all that
comes in between is noise, 0.1·N(0, 1) (after Hochreiter and Schmidhuber 1997, section 5.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.arrays import Frozen, freeze
from core.device import device
from core.foundations.activations import ACTIVATIONS
from core.foundations.gradient_flow import State, reach_of, state_of
from core.foundations.layers import Activation, Block, Layer, Linear, Slot
from core.foundations.network import DTYPES, Net, Network
from core.foundations.objectives import CLIPS
from core.foundations.recording import Record, Recording
from core.foundations.training import Data, Plan, batches, train
from core.i18n import Text, same
from core.params import Choice, Levels, Params, Slider
from core.tables import Table
from core.verify import Check, compare

EXAMPLES, BATCH, UNITS = 256, 64, 24
FRAMES = 80
NOISE = 0.1
RNN_KINDS: dict[str, Text] = {
    "tanh": ACTIVATIONS["tanh"].title,
    "relu": ACTIVATIONS["relu"].title,
    "sigmoid": ACTIVATIONS["sigmoid"].title,
    "identity": Text("none (linear)", "нет (линейная)"),
}
RECURRENT: dict[str, Text] = {
    "orthogonal": Text("orthogonal", "ортогональные"),
    "identity": Text("identity", "единичные"),
    "gaussian": same("N(0, 1/n)"),
}


class RecurrentParams(Params):
    """An unrolled net, its recurrent weights, and how it is trained."""

    length: Annotated[int, Slider(label=Text("Time steps T", "Шаги времени T"), lo=5, hi=60, step=1)] = 30
    rnn_kind: Annotated[str, Choice(label=Text("Activation", "Активация"), options=RNN_KINDS)] = "tanh"
    recurrent: Annotated[
        str,
        Choice(
            label=Text("Recurrent weights W", "Рекуррентные веса W"),
            options=RECURRENT,
            help=Text(
                "An orthogonal W keeps every length, the identity keeps every vector (Le et al. 2015).",
                "Ортогональная W сохраняет длины, единичная — сами векторы (Le et al. 2015).",
            ),
        ),
    ] = "orthogonal"
    rho: Annotated[float, Slider(label=Text("times ρ", "и множитель ρ"), lo=0.4, hi=2.0, step=0.05)] = 0.7
    clip: Annotated[
        str,
        Choice(
            label=Text("Clip the gradient", "Обрезать градиент"),
            options=CLIPS,
            help=Text("The bound is under “more”.", "Граница — под «ещё»."),
        ),
    ] = "none"
    rnn_lg_rate: Annotated[float, Slider(label=same("lg α"), lo=-4.0, hi=1.0, step=0.1)] = -1.0
    rnn_optimizer: Annotated[
        str,
        Choice(
            label=Text("Optimizer", "Оптимизатор"),
            options={"sgd": same("SGD"), "momentum": Text("momentum", "импульс"), "adam": same("Adam")},
        ),
    ] = "sgd"
    lg_limit: Annotated[
        float, Slider(label=Text("lg of the bound", "lg границы обрезки"), lo=-3.0, hi=2.0, step=0.1, folded=True)
    ] = 0.0
    rnn_steps: Annotated[int, Levels(label=Text("Steps", "Шаги"), values=(50, 100, 200, 400), folded=True)] = 200
    seed: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1, folded=True)] = 0

    def plan(self) -> Plan:
        """The run that these knobs describe; its net is the answer on top of h_T."""
        return Plan(
            Net((UNITS, 1)),
            loss="bce",
            optimizer=self.rnn_optimizer,
            rate=float(10**self.rnn_lg_rate),
            steps=self.rnn_steps,
            batch=BATCH,
            clip=self.clip,
            limit=float(10**self.lg_limit),
            seed=self.seed,
            record=Record(frames=FRAMES),
        )


class Unrolled(Layer):
    """x (batch, T) → h_T (batch, n). After a pass back `deltas` holds ‖δ_t‖, t = 1…T."""

    def __init__(self, kind: str, n: int) -> None:
        self.slots = (Slot("W", (n, n), is_weight=True), Slot("u", (n,)), Slot("b", (n,)))
        self.kind = kind

    def bind(self, values: Sequence[Tensor], gradients: Sequence[Tensor]) -> None:
        self.W, self.u, self.b = values
        self.grad_W, self.grad_u, self.grad_b = gradients

    def forward(self, x: Tensor, *, is_training: bool) -> Tensor:
        entered = x.t()[:, :, None] * self.u + self.b
        h = torch.zeros(x.shape[0], len(self.u), dtype=x.dtype, device=x.device)
        states, functions = [h], []
        for into in entered:
            f = Activation(self.kind)
            h = f.forward(torch.addmm(into, h, self.W.t()), is_training=is_training)
            states.append(h)
            functions.append(f)
        if is_training:
            self.x, self.states, self.functions = x, states, functions
        return h

    def backward(self, d: Tensor) -> Tensor:
        deltas, before = [d], []
        for f in reversed(self.functions):
            before.append(f.backward(d))
            d = before[-1] @ self.W
            deltas.append(d)
        inner = torch.stack(before[::-1])  # ∂loss/∂(h_{t−1}Wᵀ + x_t·u + b): (T, batch, n)
        torch.sum(inner, (0, 1), out=self.grad_b)
        self.grad_u.copy_((inner * self.x.t()[:, :, None]).sum((0, 1)))
        self.grad_W.copy_(torch.einsum("tbi,tbj->ij", inner, torch.stack(self.states[:-1])))
        self.deltas = torch.stack(deltas[-2::-1]).flatten(1).norm(dim=1)
        return d


@dataclass(frozen=True)
class RecurrentTrace(Frozen):
    """delta (F, T) : ‖δ_t‖ over the batch; share (F,) : what clipping left of the gradient;
    radius (F,) : the largest stretch of W, its greatest singular value."""

    params: RecurrentParams
    recording: Recording
    delta: npt.NDArray[np.float64]
    share: npt.NDArray[np.float64]
    radius: npt.NDArray[np.float64]
    signature: str

    def reach(self, frame: int) -> float:
        """‖δ_1‖ / ‖δ_T‖ at a frame."""
        return reach_of(self.delta[frame])

    @property
    def state(self) -> State:
        """How the gradient went before the first step, or exploding when the run was lost."""
        return "exploding" if self.recording.is_lost else state_of(self.reach(0))

    @property
    def accuracy(self) -> float:
        """Of the last frame, on all sequences."""
        return float(self.recording.train_metric[-1])


@lru_cache(maxsize=64)
def memories(length: int, seed: int = 0) -> Data:
    """x (256, T): ±1, then noise; y : 1 for +1."""
    generator = np.random.default_rng((seed, 11))
    y = np.arange(EXAMPLES) % 2
    x = NOISE * generator.normal(size=(EXAMPLES, length))
    x[:, 0] = 2.0 * y - 1
    return Data(freeze(x, np.float64), freeze(y, np.int64), freeze(()), freeze(()))


def build_recurrent(params: RecurrentParams, dtype: str) -> tuple[Network, Unrolled]:
    """The net with fresh weights: W as asked for, u and v from N(0, 1/n), no biases."""
    generator = np.random.default_rng(params.seed)
    loop = Unrolled(params.rnn_kind, UNITS)
    answer = Block(Linear(UNITS, 1), None, Activation("identity"), None)
    network = Network([loop, answer], DTYPES[dtype], device())
    noise = generator.standard_normal((UNITS, UNITS))
    W = {
        "orthogonal": np.linalg.qr(noise)[0],
        "identity": np.eye(UNITS),
        "gaussian": noise / np.sqrt(UNITS),
    }[params.recurrent]
    loop.W.copy_(torch.from_numpy(params.rho * W))
    loop.u.copy_(torch.from_numpy(generator.standard_normal(UNITS) / np.sqrt(UNITS)))
    answer.linear.W.copy_(torch.from_numpy(generator.standard_normal((1, UNITS)) / np.sqrt(UNITS)))
    return network, loop


def run(params: RecurrentParams) -> RecurrentTrace:
    """Train, and keep the gradient of every time step."""
    network, loop = build_recurrent(params, "float32")
    recording = train(params.plan(), memories(params.length), network=network, watch=lambda: loop.deltas)
    total = np.maximum(recording.total_norm, 1e-300)
    W = recording.theta[:, : UNITS * UNITS].reshape(-1, UNITS, UNITS)
    return RecurrentTrace(
        params=params,
        recording=recording,
        delta=recording.watched,
        share=np.minimum(1.0, 10**params.lg_limit / total) if params.clip == "norm" else np.ones_like(total),
        radius=np.linalg.norm(W.astype(np.float64), 2, axis=(1, 2)),
        signature=f"T={params.length} · n={UNITS} · {params.rnn_kind} · {params.recurrent} × {params.rho:g} · "
        + recording.signature,
    )


def reference(trace: RecurrentTrace) -> tuple[Check, ...]:
    """h_T beside torch.nn.RNN (tanh and ReLU; else torch's own functions in a loop), all gradients beside autograd's,
    relative to the largest, before the first step."""
    p = trace.params
    plan = replace(p.plan(), dtype="float64")
    network, loop = build_recurrent(p, "float64")
    data = memories(p.length)
    rows = next(batches(len(data.x), plan.batch, plan.seed))
    x = torch.tensor(data.x[rows], device=network.device)
    y = torch.tensor(data.y[rows], dtype=torch.float64, device=network.device)[:, None]
    with torch.no_grad():
        h = loop.forward(x, is_training=True)
        z = network.blocks[1].forward(h, is_training=True)
        network.backward((torch.sigmoid(z) - y) / z.numel())
    leaves = [network.theta[place.span].view(place.slot.shape).clone().requires_grad_() for place in network.places]
    W, u, b, v, c = leaves
    if p.rnn_kind in ("tanh", "relu"):
        cell = torch.nn.RNN(1, UNITS, nonlinearity=p.rnn_kind, batch_first=True).double().to(x.device)
        with torch.no_grad():
            own = dict(cell.named_parameters())
            for name, value in (("weight_hh_l0", W), ("weight_ih_l0", u[:, None]), ("bias_ih_l0", b)):
                own[name].copy_(value)
            own["bias_hh_l0"].zero_()
        theirs = cell(x[:, :, None])[1][0]
        watched: list[Tensor] = [own[name] for name in ("weight_hh_l0", "weight_ih_l0", "bias_ih_l0")]
        watched += [v, c]
    else:
        theirs = torch.zeros(len(x), UNITS, dtype=torch.float64, device=x.device)
        for t in range(p.length):
            theirs = torch.nn.functional.linear(theirs, W) + x[:, t, None] * u + b
            theirs = torch.sigmoid(theirs) if p.rnn_kind == "sigmoid" else theirs
        watched = leaves
    loss = torch.nn.functional.binary_cross_entropy_with_logits(torch.nn.functional.linear(theirs, v, c), y)
    gradients = torch.cat([g.ravel() for g in torch.autograd.grad(loss, watched)])
    size = float(gradients.abs().max()) or 1.0
    library = "torch"
    return (
        compare(
            same("h_T"), library, h.cpu().numpy() / _size(theirs), theirs.detach().cpu().numpy() / _size(theirs), 1e-9
        ),
        compare(
            Text("all gradients, autograd", "все градиенты, autograd"),
            library,
            network.gradient.cpu().numpy() / size,
            gradients.cpu().numpy() / size,
            1e-9,
        ),
    )


def _size(values: Tensor) -> float:
    return max(1.0, float(values.detach().abs().max()))


def tables(trace: RecurrentTrace) -> tuple[Table, ...]:
    """‖δ_t‖, time by step, and the course of the loss."""
    recording = trace.recording
    steps = [str(step) for step in recording.steps]
    times = [str(t + 1) for t in range(trace.params.length)]
    course = np.stack([recording.train_loss, recording.train_metric, recording.total_norm, trace.radius], axis=1)
    return (
        Table("delta", steps, times, np.nan_to_num(trace.delta, posinf=0.0)),
        Table("course", steps, ["loss", "accuracy", "norm", "stretch"], np.nan_to_num(course, posinf=0.0)),
    )
