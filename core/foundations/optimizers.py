"""Seven optimizers, each from its equation, with everything that it keeps.

Symbols: θ the parameters (n), g = ∇f(θ) their gradient (n), α the learning rate, µ the momentum, β₁ β₂ ρ the decay of
the averages, ε what keeps a quotient finite, λ the weight decay, t = 1, 2, … the step, Δ what is taken away:
θ ← θ − Δ. All operations are elementwise and are those that arrays and tensors share, so a rule takes either.

    SGD        Δ = αg                                            Robbins and Monro 1951
    momentum   v ← µv + g, Δ = αv                                Polyak 1964
    Nesterov   v ← µv + g, Δ = α(g + µv)                         Nesterov 1983, rewritten: Sutskever et al. 2013, §2
    AdaGrad    s ← s + g², Δ = αg / (√s + ε)                     Duchi et al. 2011, §1.2 (diagonal)
    RMSProp    s ← ρs + (1−ρ)g², Δ = αg / (√s + ε)               Hinton 2012, lecture 6e
    Adam       m ← β₁m + (1−β₁)g, s ← β₂s + (1−β₂)g²,
               Δ = α m̂ / (√ŝ + ε), m̂ = m/(1−β₁ᵗ), ŝ = s/(1−β₂ᵗ)   Kingma and Ba 2015, algorithm 1
    AdamW      Adam's Δ + αλθ                                    Loshchilov and Hutter 2019, algorithm 2
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.i18n import Text, same

if TYPE_CHECKING:
    import torch

Vector = npt.NDArray[np.float64]
Terms = dict[str, Vector]

NOTES: dict[str, Text] = {
    "right": Text("as published", "как в статьях"),
    "no_recursion": Text("no recursion", "без рекурсии"),
    "no_correction": Text("no bias correction", "без поправки m̂, ŝ"),
    "inside": Text("ε inside the root", "ε под корнем"),
}


@dataclass(frozen=True)
class Settings:
    """What the equations take besides α. `notes` names a way in which they are often miscopied, or "right"."""

    momentum: float = 0.9
    rho: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    decay: float = 0.01
    notes: str = "right"


Step = Callable[[Vector, Vector, Mapping[str, Vector], float, int, Settings], Terms]
"""(g, θ, what was kept, α, t, settings) → all terms of the step: what is kept on, and "step", which is Δ."""


def sgd(g: Vector, theta: Vector, kept: Mapping[str, Vector], alpha: float, t: int, h: Settings) -> Terms:
    """Down the gradient."""
    return {"step": alpha * g}


def momentum(g: Vector, theta: Vector, kept: Mapping[str, Vector], alpha: float, t: int, h: Settings) -> Terms:
    """Down a running sum of gradients: where they agree it grows to g / (1−µ)."""
    v = h.momentum * kept["v"] + g
    return {"v": v, "step": alpha * v}


def nesterov(g: Vector, theta: Vector, kept: Mapping[str, Vector], alpha: float, t: int, h: Settings) -> Terms:
    """Momentum seen from where it is about to arrive: θ here is Nesterov's point ahead."""
    v = h.momentum * kept["v"] + g
    ahead = g + h.momentum * v
    return {"v": v, "ahead": ahead, "step": alpha * ahead}


def adagrad(g: Vector, theta: Vector, kept: Mapping[str, Vector], alpha: float, t: int, h: Settings) -> Terms:
    """Each coordinate divided by all that its gradient ever was."""
    s = kept["s"] + g * g
    return {"s": s, "step": alpha * g / (s**0.5 + h.epsilon)}


def rmsprop(g: Vector, theta: Vector, kept: Mapping[str, Vector], alpha: float, t: int, h: Settings) -> Terms:
    """Each coordinate divided by what its gradient was lately."""
    s = g * g if h.notes == "no_recursion" else h.rho * kept["s"] + (1 - h.rho) * g * g
    return {"s": s, "step": alpha * g / _root(s, h)}


def adam(g: Vector, theta: Vector, kept: Mapping[str, Vector], alpha: float, t: int, h: Settings) -> Terms:
    """A running mean of gradients over the root of a running mean of squares, both freed of their zero start."""
    is_recursive = 0.0 if h.notes == "no_recursion" else 1.0
    m = h.beta1 * kept["m"] * is_recursive + (1 - h.beta1) * g
    s = h.beta2 * kept["s"] * is_recursive + (1 - h.beta2) * g * g
    # A formula that forgets the recursion has nothing to correct: without its history the factor is only noise.
    is_plain = h.notes in ("no_correction", "no_recursion")
    m_hat = m if is_plain else m / (1 - h.beta1**t)
    s_hat = s if is_plain else s / (1 - h.beta2**t)
    return {"m": m, "s": s, "m_hat": m_hat, "s_hat": s_hat, "step": alpha * m_hat / _root(s_hat, h)}


def adamw(g: Vector, theta: Vector, kept: Mapping[str, Vector], alpha: float, t: int, h: Settings) -> Terms:
    """Adam, and a pull to zero that is not divided by anything."""
    terms = adam(g, theta, kept, alpha, t, h)
    pull, divided = alpha * h.decay * theta, terms.pop("step")
    return {**terms, "pull": pull, "step": divided + pull}


def _root(s: Vector, h: Settings) -> Vector:
    root: Vector = (s + h.epsilon) ** 0.5 if h.notes == "inside" else s**0.5 + h.epsilon
    return root


@dataclass(frozen=True)
class Optimizer:
    """`keeps`: what it remembers, zero before the first step. `terms`: all that `step` returns, "step" last.

    `is_adaptive`: divides by the gradient's own size, so that α is a length. `misread`: the `NOTES` that change it.
    """

    title: Text
    step: Step
    keeps: tuple[str, ...]
    terms: tuple[str, ...]
    is_adaptive: bool
    misread: tuple[str, ...] = ()


_ADAM = ("m", "s", "m_hat", "s_hat")
OPTIMIZERS: dict[str, Optimizer] = {
    "sgd": Optimizer(same("SGD"), sgd, (), ("step",), False),
    "momentum": Optimizer(Text("momentum", "импульс"), momentum, ("v",), ("v", "step"), False),
    "nesterov": Optimizer(Text("Nesterov", "Нестеров"), nesterov, ("v",), ("v", "ahead", "step"), False),
    "adagrad": Optimizer(same("AdaGrad"), adagrad, ("s",), ("s", "step"), True),
    "rmsprop": Optimizer(same("RMSProp"), rmsprop, ("s",), ("s", "step"), True, ("no_recursion", "inside")),
    "adam": Optimizer(
        same("Adam"), adam, ("m", "s"), (*_ADAM, "step"), True, ("no_recursion", "no_correction", "inside")
    ),
    "adamw": Optimizer(
        same("AdamW"), adamw, ("m", "s"), (*_ADAM, "pull", "step"), True, ("no_recursion", "no_correction", "inside")
    ),
}


def in_torch(name: str, theta: torch.Tensor, alpha: float, h: Settings) -> torch.optim.Optimizer:
    """torch's own, with the same settings."""
    import torch

    made: dict[str, Callable[[], Any]] = {
        "sgd": lambda: torch.optim.SGD([theta], lr=alpha),
        "momentum": lambda: torch.optim.SGD([theta], lr=alpha, momentum=h.momentum),
        # torch refuses to be ahead of no momentum; without it both are plain SGD.
        "nesterov": lambda: torch.optim.SGD([theta], lr=alpha, momentum=h.momentum, nesterov=h.momentum > 0),
        "adagrad": lambda: torch.optim.Adagrad([theta], lr=alpha, eps=h.epsilon),
        "rmsprop": lambda: torch.optim.RMSprop([theta], lr=alpha, alpha=h.rho, eps=h.epsilon),
        "adam": lambda: torch.optim.Adam([theta], lr=alpha, betas=(h.beta1, h.beta2), eps=h.epsilon),
        "adamw": lambda: torch.optim.AdamW(
            [theta], lr=alpha, betas=(h.beta1, h.beta2), eps=h.epsilon, weight_decay=h.decay
        ),
    }
    optimizer: torch.optim.Optimizer = made[name]()
    return optimizer


# ---------------------------------------------------------------------------------------------------------------------
# Schedules: what multiplies α at each step

SCHEDULES: dict[str, Text] = {
    "constant": Text("constant", "постоянная"),
    "step": Text("÷ 10 at each third", "÷ 10 каждую треть"),
    "cosine": Text("cosine", "косинус"),
    "warmup": Text("warm-up", "разогрев"),
}


def schedule(kind: str, steps: int) -> Vector:
    """The factor of α at every step: (steps,), in [0, 1].

    "cosine" follows Loshchilov and Hutter 2017 (SGDR), equation 5, without restarts; "warmup" rises over the first
    tenth of the run (Goyal et al. 2017, §2.2) and then stays.
    """
    t = np.arange(steps, dtype=np.float64)
    if kind == "step":
        return np.asarray(0.1 ** (t // max(1, math.ceil(steps / 3))))
    if kind == "cosine":
        return np.asarray((1 + np.cos(np.pi * t / steps)) / 2)
    if kind == "warmup":
        return np.asarray(np.minimum(1.0, (t + 1) / max(1, steps // 10)))
    return np.ones(steps)
