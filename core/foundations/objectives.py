"""What a net is trained for: losses of a whole batch with their slopes, penalties, and the bounds of a gradient.

Symbols: z the outputs of a net (batch, k), y the truth in the same shape, N the size of the batch, g a gradient (P).

    mse            Σ(z − y)² / Nk                     slope 2(z − y) / Nk
    bce            Σ(ln(1 + eᶻ) − yz) / Nk            slope (σ(z) − y) / Nk
    cross_entropy  −Σ y·ln softmax(z) / N             slope (softmax(z) − y) / N
    L1             λΣ|w|, slope λ·sign w;   L2   λ/2·Σw², slope λw                         over weights, not biases
    norm           g·min(1, c/‖g‖)                    Pascanu, Mikolov and Bengio 2013, algorithm 1
    value          each entry cut to [−c, c]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from core.i18n import Text, same


@dataclass(frozen=True)
class Objective:
    """value(z, y) and slope(z, y) = ∂value/∂z; `metric` scores z, the higher the better; `answer` is what z means.

    is_classes : y are class numbers, spread into rows of 0 and 1 before training
    """

    title: Text
    value: Callable[[Tensor, Tensor], Tensor]
    slope: Callable[[Tensor, Tensor], Tensor]
    metric: Callable[[Tensor, Tensor], Tensor]
    answer: Callable[[Tensor], Tensor]
    is_classes: bool = False


def _bce(z: Tensor, y: Tensor) -> Tensor:
    return (torch.logaddexp(z, torch.zeros((), dtype=z.dtype, device=z.device)) - y * z).mean()


def _r_squared(z: Tensor, y: Tensor) -> Tensor:
    """1 − Σ(z − y)² / Σ(y − mean y)²."""
    return 1 - (z - y).square().sum() / (y - y.mean(0)).square().sum()


OBJECTIVES: dict[str, Objective] = {
    "mse": Objective(
        same("MSE"),
        lambda z, y: (z - y).square().mean(),
        lambda z, y: (z - y) * (2 / z.numel()),
        _r_squared,
        lambda z: z,
    ),
    "bce": Objective(
        Text("binary cross-entropy", "бинарная кросс-энтропия"),
        _bce,
        lambda z, y: (z.sigmoid() - y) / z.numel(),
        lambda z, y: ((z > 0) == (y > 0.5)).to(z.dtype).mean(),
        torch.sigmoid,
    ),
    "cross_entropy": Objective(
        Text("cross-entropy", "кросс-энтропия"),
        lambda z, y: (y * z.log_softmax(1)).sum() * (-1 / z.shape[0]),
        lambda z, y: (z.softmax(1) - y) * (1 / z.shape[0]),
        lambda z, y: (z.argmax(1) == y.argmax(1)).to(z.dtype).mean(),
        lambda z: z.softmax(1),
        is_classes=True,
    ),
}

CLIPS: dict[str, Text] = {
    "none": Text("none", "нет"),
    "norm": Text("by norm", "по норме"),
    "value": Text("by value", "по значению"),
}


def clip(gradient: Tensor, kind: str, limit: float) -> None:
    """Hold g within its bound, in place. A norm that is not finite makes g NaN, as it does in torch."""
    if kind == "norm":
        gradient.mul_((limit / (gradient.norm() + 1e-6)).clamp(max=1.0))
    elif kind == "value":
        gradient.clamp_(-limit, limit)


def add_penalty(gradient: Tensor, theta: Tensor, is_weight: Tensor, l1: float, l2: float) -> None:
    """The slopes of both penalties onto g, in place; sign 0 is 0."""
    if l1:
        gradient.add_(theta.sign().mul_(is_weight), alpha=l1)
    if l2:
        gradient.addcmul_(theta, is_weight, value=l2)


def penalty(theta: Tensor, is_weight: Tensor, l1: float, l2: float) -> Tensor:
    """λ₁Σ|w| + λ₂/2·Σw²."""
    w = theta * is_weight
    return l1 * w.abs().sum() + l2 / 2 * w.square().sum()
