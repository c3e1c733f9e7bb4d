"""Activation functions and their derivatives, each from its equation, in forms that never overflow.

Symbols: x a pre-activation, f(x) its activation, f′(x) the derivative, σ(x) = 1 / (1 + e^−x), Φ and φ the distribution
function and the density of N(0, 1), α the slope of LeakyReLU below zero or the floor −α of ELU.

    relu        max(0, x)                                       Nair and Hinton 2010; f′(0) is taken as 0, as torch does
    leaky_relu  x above 0, αx below                             Maas et al. 2013, section 2
    elu         x above 0, α(eˣ − 1) below                      Clevert et al. 2016, eq. 1
    sigmoid     σ(x)
    tanh        (eˣ − e^−x) / (eˣ + e^−x) = 2σ(2x) − 1
    gelu        x·Φ(x)                                          Hendrycks and Gimpel 2016, section 2
    gelu_tanh   x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))        ibid., the approximation
    silu        x·σ(x)                                          Elfwing et al. 2018; Ramachandran et al. 2017
    softplus    ln(1 + eˣ)                                      Dugas et al. 2001
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from core.i18n import Text, same

Function = Callable[[Tensor, float], Tensor]

GELU_SCALE = math.sqrt(2 / math.pi)
GELU_CUBE = 0.044715


@dataclass(frozen=True)
class Activation:
    """An activation: `value(x, α)` and `derivative(x, α)`, both elementwise, float in and float out, any shape.

    alpha : the value of α that the paper or torch takes; None where the function has none
    library : the same function of torch, for the reference check
    """

    title: Text
    value: Function
    derivative: Function
    library: Function
    alpha: float | None = None


def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + e^−x), through e^−|x| so that neither end overflows."""
    e = torch.exp(-x.abs())
    return torch.where(x >= 0, 1.0, e) / (1 + e)


def tanh(x: Tensor) -> Tensor:
    """±(1 − e^−2|x|) / (1 + e^−2|x|)."""
    e = torch.expm1(-2 * x.abs())
    return torch.sign(x) * -e / (2 + e)


def sech_squared(x: Tensor) -> Tensor:
    """1 − tanh²(x) = 4e^−2|x| / (1 + e^−2|x|)², without the subtraction that would cancel."""
    e = torch.exp(-2 * x.abs())
    return 4 * e / (1 + e) ** 2


def normal_cdf(x: Tensor) -> Tensor:
    """Φ(x) = erfc(−x / √2) / 2."""
    return torch.erfc(-x / math.sqrt(2)) / 2


def normal_density(x: Tensor) -> Tensor:
    """φ(x)."""
    return torch.exp(-x.square() / 2) / math.sqrt(2 * math.pi)


def softplus(x: Tensor) -> Tensor:
    """max(0, x) + ln(1 + e^−|x|)."""
    return x.clamp(min=0) + torch.log1p(torch.exp(-x.abs()))


def _sigmoid_slope(x: Tensor) -> Tensor:
    return sech_squared(x / 2) / 4


def _gelu_inner(x: Tensor) -> Tensor:
    return GELU_SCALE * (x + GELU_CUBE * x**3)


def _gelu_tanh_slope(x: Tensor) -> Tensor:
    u = _gelu_inner(x)
    inner_slope = GELU_SCALE * (1 + 3 * GELU_CUBE * x**2)
    return (1 + tanh(u)) / 2 + x / 2 * sech_squared(u) * inner_slope


def _step(x: Tensor) -> Tensor:
    return (x > 0).to(x.dtype)


F = torch.nn.functional
ACTIVATIONS: dict[str, Activation] = {
    "relu": Activation(
        same("ReLU"),
        lambda x, _: x.clamp(min=0),
        lambda x, _: _step(x),
        lambda x, _: F.relu(x),
    ),
    "leaky_relu": Activation(
        same("LeakyReLU"),
        lambda x, a: torch.where(x > 0, x, a * x),
        lambda x, a: _step(x) + a * (1 - _step(x)),
        F.leaky_relu,
        alpha=0.01,
    ),
    "elu": Activation(
        same("ELU"),
        lambda x, a: torch.where(x > 0, x, a * torch.expm1(x.clamp(max=0))),
        lambda x, a: torch.where(x > 0, 1.0, a * torch.exp(x.clamp(max=0))),
        F.elu,
        alpha=1.0,
    ),
    "sigmoid": Activation(
        Text("sigmoid", "сигмоида"),
        lambda x, _: sigmoid(x),
        lambda x, _: _sigmoid_slope(x),
        lambda x, _: torch.sigmoid(x),
    ),
    "tanh": Activation(
        same("tanh"),
        lambda x, _: tanh(x),
        lambda x, _: sech_squared(x),
        lambda x, _: torch.tanh(x),
    ),
    "gelu": Activation(
        same("GELU"),
        lambda x, _: x * normal_cdf(x),
        lambda x, _: normal_cdf(x) + x * normal_density(x),
        lambda x, _: F.gelu(x),
    ),
    "gelu_tanh": Activation(
        Text("GELU, tanh form", "GELU через tanh"),
        lambda x, _: x / 2 * (1 + tanh(_gelu_inner(x))),
        lambda x, _: _gelu_tanh_slope(x),
        lambda x, _: F.gelu(x, approximate="tanh"),
    ),
    "silu": Activation(
        same("SiLU"),
        lambda x, _: x * sigmoid(x),
        lambda x, _: sigmoid(x) + x * _sigmoid_slope(x),
        lambda x, _: F.silu(x),
    ),
    # Above its threshold torch returns x itself; at its own 20 that leaves out ln(1 + e^−20) = 2e-9.
    "softplus": Activation(
        same("softplus"),
        lambda x, _: softplus(x),
        lambda x, _: sigmoid(x),
        lambda x, _: F.softplus(x, threshold=100),
    ),
}


@dataclass(frozen=True)
class Moments:
    """What f does to z ~ N(0, 1): E f, E f², E f′². One layer of n weights of variance σ² multiplies the mean square of
    the signal by n·σ²·E f² and that of the gradient by n·σ²·E f′² (He et al. 2015, section 2.2)."""

    mean: float
    square: float
    slope_square: float

    @property
    def gain(self) -> float:
        """1 / √E f²: with weights of variance gain² / n, z keeps the variance 1 from layer to layer."""
        return 1 / math.sqrt(self.square)


def moments(kind: str, alpha: float) -> Moments:
    """The three integrals over N(0, 1), by the midpoint rule on [−10, 10]: no midpoint falls on the corner at 0."""
    step = 1e-3
    z = torch.arange(-10, 10, step, dtype=torch.float64) + step / 2
    weight = normal_density(z) * step
    activation = ACTIVATIONS[kind]
    f, slope = activation.value(z, alpha), activation.derivative(z, alpha)
    return Moments(
        mean=float((weight * f).sum()),
        square=float((weight * f**2).sum()),
        slope_square=float((weight * slope**2).sum()),
    )


def slope_by_autograd(kind: str, x: Tensor, alpha: float) -> Tensor:
    """f′(x) as autograd finds it in torch's own function."""
    leaf = x.detach().clone().requires_grad_()
    ACTIVATIONS[kind].library(leaf, alpha).sum().backward()
    assert leaf.grad is not None
    return leaf.grad
