"""The same training with torch.nn, autograd and torch.optim: the oracle of the engine, in tests and in the live badge.

The twin starts from the same θ, reads the same batches and removes the same units; everything else is torch's.
Runs are compared in float64, since two runs that differ in the last bit drift apart where a descent is chaotic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from core.device import device
from core.foundations.activations import ACTIVATIONS
from core.foundations.layers import Dropout
from core.foundations.network import Net, build
from core.foundations.objectives import OBJECTIVES
from core.foundations.optimizers import in_torch, schedule
from core.foundations.recording import Record
from core.foundations.training import Data, Plan, batches, spread, train
from core.i18n import Text, same
from core.verify import Check, compare

STEPS = 60
FAR = 1e6

LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "mse": nn.functional.mse_loss,
    "bce": nn.functional.binary_cross_entropy_with_logits,
    "cross_entropy": nn.functional.cross_entropy,
}


class _Function(nn.Module):
    def __init__(self, kind: str, alpha: float | None) -> None:
        super().__init__()
        item = ACTIVATIONS[kind]
        self.library, self.alpha = item.library, (item.alpha or 0.0) if alpha is None else alpha

    def forward(self, x: Tensor) -> Tensor:
        return self.library(x, self.alpha)


class _Masked(nn.Module):
    """torch's dropout draws from one generator for all; this one draws from the net's own."""

    def __init__(self, dropout: Dropout) -> None:
        super().__init__()
        self.dropout = dropout

    def forward(self, x: Tensor) -> Tensor:
        mask = self.dropout.draw(x)
        return x * (mask / (1 - self.dropout.p) if self.dropout.notes == "inverted" else mask)


class _Past(nn.Module):
    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = x + self.inner(x)
        return found


def module(net: Net, seed: int) -> nn.Sequential:
    """The net as torch's modules, float64, on the CPU, its parameters in the order of θ and with the same numbers."""
    masks = torch.Generator(device()).manual_seed(seed)
    last = len(net.sizes) - 2
    blocks: list[nn.Module] = []
    for n, (n_in, n_out) in enumerate(zip(net.sizes[:-1], net.sizes[1:], strict=True)):
        is_hidden = n < last
        norm = net.normalisation if is_hidden else "none"
        parts: list[nn.Module] = [nn.Linear(n_in, n_out, bias=norm != "batch")]
        if norm != "none":
            parts.append(nn.BatchNorm1d(n_out) if norm == "batch" else nn.LayerNorm(n_out))
        if is_hidden and net.activation != "identity":
            parts.append(_Function(net.activation, net.alpha))
        if is_hidden and net.dropout:
            parts.append(_Masked(Dropout(net.dropout, masks, net.dropout_notes)))
        inner = nn.Sequential(*parts)
        blocks.append(_Past(inner) if is_hidden and net.is_residual and n_in == n_out else inner)
    found = nn.Sequential(*blocks).double()
    theta = build(net, seed, "float64").theta.cpu()
    nn.utils.vector_to_parameters(theta, found.parameters())
    return found


@dataclass(frozen=True)
class Twin:
    """theta (T + 1, P) : before the first step and after each; loss (T,) : of each batch, without penalty."""

    theta: npt.NDArray[np.float64]
    loss: npt.NDArray[np.float64]


def follow(plan: Plan, data: Data) -> Twin:
    """All steps of the plan."""
    net = module(plan.net, plan.seed)
    parameters = list(net.parameters())
    weights = [p for p in parameters if p.ndim == 2]
    # One vector for the rule: which vector a number lies in does not matter to any of these optimizers.
    optimizer = in_torch(plan.optimizer, parameters[0], plan.rate, plan.settings)
    optimizer.param_groups[0]["params"] = parameters
    x = torch.as_tensor(np.array(data.x), dtype=torch.float64)
    y = torch.as_tensor(np.array(spread(data.y, OBJECTIVES[plan.loss], plan.net.sizes[-1])), dtype=torch.float64)
    factors = schedule(plan.schedule, max(1, plan.steps))
    path, losses = [_flat(parameters)], []
    for t, rows in enumerate(islice(batches(len(x), plan.batch, plan.seed), plan.steps)):
        optimizer.param_groups[0]["lr"] = plan.rate * float(factors[t])
        optimizer.zero_grad()
        loss = LOSSES[plan.loss](net(x if rows is None else x[rows]), y if rows is None else y[rows])
        losses.append(loss.item())
        for w in weights:
            loss = loss + plan.l1 * w.abs().sum() + plan.l2 / 2 * w.square().sum()
        loss.backward()
        if plan.clip == "norm":
            nn.utils.clip_grad_norm_(parameters, plan.limit)
        elif plan.clip == "value":
            nn.utils.clip_grad_value_(parameters, plan.limit)
        optimizer.step()
        path.append(_flat(parameters))
    return Twin(np.stack(path), np.array(losses))


def check(plan: Plan, data: Data, steps: int = STEPS, tolerance: float = 1e-9) -> tuple[Check, ...]:
    """θ and the batch losses of the first steps beside torch's, relative to max(1, the step's largest |number|)."""
    n = min(steps, plan.steps)
    short = replace(
        plan, steps=n, dtype="float64", patience=0, record=Record(frames=n + 1, grid=0, statistics=False, losses=False)
    )
    ours, theirs = train(short, data), follow(short, data)
    m = min(ours.frames, len(theirs.theta))
    within = (np.abs(theirs.theta[:m]).max(1) < FAR) & np.isfinite(theirs.theta[:m]).all(1)
    m = int(np.argmin(within)) if not within.all() else m
    k = min(m, len(ours.batch_loss), len(theirs.loss))
    pairs = (("θ", ours.theta[:m], theirs.theta[:m]), ("loss", ours.batch_loss[:k], theirs.loss[:k]))
    names = {"θ": same("θ"), "loss": Text("loss", "потери")}
    found = []
    for name, a, b in pairs:
        scale = np.maximum(1.0, np.abs(b).max(1, keepdims=True) if b.ndim == 2 and b.size else np.abs(b))
        found.append(compare(names[name], "torch", a / scale, b / scale, tolerance))
    return tuple(found)


def _flat(parameters: list[nn.Parameter]) -> npt.NDArray[np.float64]:
    return nn.utils.parameters_to_vector(parameters).detach().numpy().copy()
