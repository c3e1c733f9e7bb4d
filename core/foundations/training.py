"""Training a net and keeping what happened: `train(plan, data) -> Recording`.

    plan = Plan(Net((2, 8, 1), activation="tanh", initialisation="xavier"), loss="bce", optimizer="adam", rate=0.02,
                steps=1000, batch=16, record=Record(grid=40))
    recording = train(plan, Data.of(x, y))

Symbols: θ the parameters (P), g = ∂loss/∂θ over a batch, α the learning rate, T the steps. A step is

    g of the batch → + slope of L1 and L2 → clipped → Δ by the optimizer's rule → θ ← θ − Δ

with the rules of core/foundations/optimizers.py on the flat θ, and no autograd: layers know their own derivatives.
Every pass over the data takes them in a new order, the last batch of a pass may be smaller. Early stopping looks at the
validation loss each `check_every` steps and gives up after `patience` looks without a new best (Prechelt 1998).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.arrays import Frozen
from core.device import describe
from core.foundations.layers import Block
from core.foundations.network import Net, Network, build
from core.foundations.objectives import OBJECTIVES, Objective, add_penalty, clip
from core.foundations.optimizers import OPTIMIZERS, Settings, schedule
from core.foundations.recording import (
    Record,
    Recording,
    Tape,
    View,
    block_statistics,
    bounds_of,
    by_shape,
    fit_frames,
    frame_steps,
    frobenius,
    grid_points,
    take_home,
)

Tick = Callable[[float], None]
FAR = 1e8
TICK_EVERY = 50


@dataclass(frozen=True)
class Plan:
    """How to train. batch : examples a step, 0 for all of them; limit : of `clip`; patience : 0 never stops early.

    `settings` are the optimizer's numbers besides α (its `decay` is AdamW's); l1, l2 act on weights, not on biases.
    """

    net: Net
    loss: str = "cross_entropy"
    optimizer: str = "sgd"
    rate: float = 0.1
    settings: Settings = field(default_factory=Settings)
    schedule: str = "constant"
    steps: int = 1000
    batch: int = 0
    l1: float = 0.0
    l2: float = 0.0
    clip: str = "none"
    limit: float = 1.0
    patience: int = 0
    check_every: int = 20
    seed: int = 0
    dtype: str = "float32"
    record: Record = field(default_factory=Record)


@dataclass(frozen=True)
class Data(Frozen):
    """x (n, n_0); y (n, k) numbers or 0/1, or (n,) class numbers for cross-entropy; validation: the same, or empty."""

    x: npt.NDArray[Any]
    y: npt.NDArray[Any]
    x_valid: npt.NDArray[Any]
    y_valid: npt.NDArray[Any]

    @staticmethod
    def of(x: npt.ArrayLike, y: npt.ArrayLike, x_valid: npt.ArrayLike = (), y_valid: npt.ArrayLike = ()) -> Data:
        """From anything like an array."""
        return Data(np.asarray(x), np.asarray(y), np.asarray(x_valid), np.asarray(y_valid))


def train(
    plan: Plan,
    data: Data,
    tick: Tick | None = None,
    network: Network | None = None,
    watch: Callable[[], Tensor] | None = None,
) -> Recording:
    """Run `plan` on `data`. `tick(share)` is called now and then and may raise to stop.

    `network` takes the place of the plan's own net: blocks of other layers, or weights to go on from (it is changed).
    `watch()` is one more tensor to keep of each frame, asked for when its batch has gone forward and back.
    """
    with torch.inference_mode():
        return _Loop(plan, data, network or build(plan.net, plan.seed, plan.dtype), network is None, watch).run(tick)


def batches(n: int, size: int, seed: int) -> Iterator[npt.NDArray[np.int64] | None]:
    """The rows of each step, without end; None is all of them."""
    if size <= 0 or size >= n:
        while True:
            yield None
    generator = np.random.default_rng((seed, 1))
    while True:
        order = generator.permutation(n)
        for first in range(0, n, size):
            yield order[first : first + size]


def spread(y: npt.NDArray[Any], objective: Objective, outputs: int) -> npt.NDArray[Any]:
    """The truth in the shape of the outputs: (n, outputs). Class numbers become rows with one 1."""
    if objective.is_classes and y.ndim == 1:
        return np.eye(outputs)[y.astype(np.int64)]
    return y.reshape(len(y), -1)


def write_sizes(sizes: Sequence[int]) -> str:
    """2–16×12–1: equal layers in a row are counted."""
    runs = [(size, len(list(same))) for size, same in groupby(sizes)]
    return "–".join(f"{size}×{count}" if count > 2 else "–".join([str(size)] * count) for size, count in runs)


class _Loop:
    """One run: tensors on the device, and the tape."""

    def __init__(
        self, plan: Plan, data: Data, network: Network, is_own: bool, watch: Callable[[], Tensor] | None
    ) -> None:
        self.plan, self.network, self.is_own, self.watch = plan, network, is_own, watch
        self.objective = OBJECTIVES[plan.loss]
        outputs = plan.net.sizes[-1]
        self.x, self.x_valid = self.tensor(data.x), self.tensor(data.x_valid)
        self.y = self.tensor(spread(data.y, self.objective, outputs))
        has_valid = len(data.x_valid) > 0
        self.y_valid = self.tensor(spread(data.y_valid, self.objective, outputs)) if has_valid else self.x_valid
        self.has_valid = has_valid
        self.view: View | None = None
        if plan.record.grid and data.x.ndim == 2 and data.x.shape[1] == 2:
            self.view = plan.record.view or bounds_of(data.x)
            self.grid = self.tensor(grid_points(self.view, plan.record.grid))
        self.dense: Sequence[Block] = [block for block in network.blocks if isinstance(block, Block)]
        self.tape = Tape()
        self.unknown = torch.full((2,), math.nan, dtype=network.dtype, device=network.device)

    def tensor(self, values: npt.NDArray[Any]) -> Tensor:
        return torch.as_tensor(np.array(values), dtype=self.network.dtype, device=self.network.device)

    def run(self, tick: Tick | None) -> Recording:
        plan, network, objective = self.plan, self.network, self.objective
        itemsize = network.theta.element_size()
        frames = fit_frames(plan.record, len(network.theta), len(self.dense), plan.net.sizes[-1], itemsize)
        due = set(frame_steps(plan.steps, frames, plan.record.spacing))
        rule: Any = OPTIMIZERS[plan.optimizer].step
        keeps = OPTIMIZERS[plan.optimizer].keeps
        kept = {symbol: torch.zeros_like(network.theta) for symbol in keeps}
        alphas = (plan.rate * schedule(plan.schedule, max(1, plan.steps))).tolist()
        losses = torch.zeros(plan.steps + 1, dtype=network.dtype, device=network.device)
        theta, gradient = network.theta, network.gradient
        rows = self.rows()
        best, best_loss, waited, stopped, taken = -1, math.inf, 0, -1, plan.steps
        # The validation set decides among frames, and among looks where patience makes it look more often.
        found: tuple[Tensor, Tensor] | None = None
        for t in range(plan.steps + 1):
            if tick and t % TICK_EVERY == 0:
                tick(t / max(1, plan.steps))
            if plan.patience and t % plan.check_every == 0 and self.has_valid:
                now = float(self.score(self.x_valid, self.y_valid)[0])
                waited = 0 if now < best_loss else waited + 1
                if now < best_loss:
                    best, best_loss, found = t, now, (theta.clone(), network.buffers.clone())
                elif waited >= plan.patience or not math.isfinite(now):
                    stopped, taken = t, t
            x, y = next(rows)
            z = network.forward(x, is_training=True)
            losses[t] = objective.value(z, y)
            network.backward(objective.slope(z, y))
            if t in due or t == taken:
                self.keep(t)
                if not bool(torch.isfinite(losses[t]) & (theta.abs().amax() < FAR)):
                    taken = t
            if t == taken:
                break
            if plan.l1 or plan.l2:
                add_penalty(gradient, theta, network.is_weight, plan.l1, plan.l2)
            if plan.clip != "none":
                clip(gradient, plan.clip, plan.limit)
            terms = rule(gradient, theta, kept, alphas[t], t + 1, plan.settings)
            for symbol in keeps:
                kept[symbol] = terms[symbol]
            theta.sub_(terms["step"])
        return self.finish(losses[: taken + 1].cpu().numpy().astype(np.float64), taken, best, found, stopped)

    def rows(self) -> Iterator[tuple[Tensor, Tensor]]:
        """The examples of each step."""
        for rows in batches(len(self.x), self.plan.batch, self.plan.seed):
            if rows is None:
                yield self.x, self.y
            else:
                index = torch.from_numpy(rows).to(self.network.device)
                yield self.x.index_select(0, index), self.y.index_select(0, index)

    def score(self, x: Tensor, y: Tensor) -> Tensor:
        """Loss and metric as the net is used, not as it is trained: (2,)."""
        z = self.network.forward(x)
        return torch.stack([self.objective.value(z, y), self.objective.metric(z, y)])

    def keep(self, t: int) -> None:
        """One frame: the batch of step t + 1 has gone forward and back."""
        record, network, tape = self.plan.record, self.network, self.tape
        tape.steps.append(t)
        if record.weights:
            tape.theta.append(network.theta.clone())
            tape.buffers.append(network.buffers.clone())
        if record.gradients and self.dense:
            of_weights = by_shape([block.linear.grad_W for block in self.dense], frobenius)
            deltas = by_shape([block.d for block in self.dense], frobenius)
            tape.norms.append(torch.cat([of_weights, deltas, network.gradient.norm()[None]]))
        if record.statistics and self.dense:
            tape.statistics.append(block_statistics(self.dense))
        if self.watch:
            tape.watched.append(self.watch())
        if record.losses:
            seen = self.score(self.x[: record.rows], self.y[: record.rows])
            valid = self.score(self.x_valid, self.y_valid) if self.has_valid else self.unknown
            tape.scores.append(torch.cat([seen, valid]))
        if self.view is not None:
            answers = self.objective.answer(network.forward(self.grid))
            tape.map.append(answers.view(record.grid, record.grid, -1).to(torch.float16))

    def finish(
        self,
        losses: npt.NDArray[np.float64],
        taken: int,
        best: int,
        found: tuple[Tensor, Tensor] | None,
        stopped: int,
    ) -> Recording:
        plan, tape, blocks = self.plan, self.tape, len(self.dense)
        bad = np.flatnonzero(~np.isfinite(losses))
        lost = int(bad[0]) if bad.size else -1
        if lost < 0 and taken < plan.steps and taken != stopped:
            lost = taken
        if bad.size:
            tape.cut(max(1, sum(step < lost for step in tape.steps)))
        scores = take_home(tape.scores, (4,), np.float64)
        norms = take_home(tape.norms, (2 * blocks + 1,), np.float64)
        if best < 0 and self.has_valid and len(scores) and np.isfinite(scores[:, 2]).any():
            frame = int(np.nanargmin(np.where(np.isfinite(scores[:, 2]), scores[:, 2], np.nan)))
            best = tape.steps[frame]
            found = (tape.theta[frame], tape.buffers[frame]) if tape.theta else None
        number: npt.DTypeLike = np.dtype(plan.dtype)
        net = f"{write_sizes(plan.net.sizes)} · {plan.net.activation} · " if self.is_own else ""
        return Recording(
            net=plan.net if self.is_own else None,
            seed=plan.seed,
            dtype=plan.dtype,
            steps=np.array(tape.steps, dtype=np.int64),
            theta=take_home(tape.theta, (len(self.network.theta),), number),
            buffers=take_home(tape.buffers, (len(self.network.buffers),), number),
            train_loss=scores[:, 0],
            train_metric=scores[:, 1],
            valid_loss=scores[:, 2],
            valid_metric=scores[:, 3],
            batch_loss=losses[: taken if lost < 0 else lost],
            gradient_norm=norms[:, :blocks],
            delta=norms[:, blocks : 2 * blocks],
            total_norm=norms[:, -1],
            statistics=take_home(tape.statistics, (blocks, 4), np.float32),
            map=take_home(tape.map, (plan.record.grid, plan.record.grid, plan.net.sizes[-1]), np.float16),
            watched=take_home(tape.watched, (), np.float64),
            view=self.view,
            best=best,
            best_theta=found[0].cpu().numpy() if found else np.zeros(0, dtype=number),
            best_buffers=found[1].cpu().numpy() if found else np.zeros(0, dtype=number),
            stopped=stopped,
            lost=lost,
            signature=f"{net}{plan.optimizer} · "
            f"α={plan.rate:.4g} · batch {plan.batch or len(self.x)} · {taken} steps · seed={plan.seed} · "
            f"{plan.dtype} · {describe()} · torch {torch.__version__}",
        )
