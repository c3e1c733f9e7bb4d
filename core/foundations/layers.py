"""Layers of a dense net with their derivatives written out: forward keeps what backward needs.

Symbols: x what enters (batch, n_in), y what leaves (batch, n_out), d = ∂L/∂y; `backward(d)` puts ∂L/∂W and the like
into the layer's gradients and gives ∂L/∂x. µ, v the mean and the variance, x̂ = (x − µ)/√(v + ε), γ β the scale and
the shift, p the share of units that dropout removes, m ∈ {0, 1} its mask.

    Linear      y = xWᵀ + b                           ∂L/∂W = dᵀx, ∂L/∂b = Σ d, ∂L/∂x = dW
    Activation  y = f(x)                              ∂L/∂x = d ⊙ f′(x)             core/foundations/activations.py
    BatchNorm   y = γx̂ + β, over the batch            Ioffe and Szegedy 2015, algorithm 1
    LayerNorm   y = γx̂ + β, over the features         Ba, Kiros and Hinton 2016, eqs. 3–4
                with e = d ⊙ γ: ∂L/∂x = (e − mean e − x̂·mean(e ⊙ x̂)) / √(v + ε), means as for µ
    Dropout     y = xm/(1 − p) in training, x later   Srivastava et al. 2014, section 10 (inverted)
    Block       y = drop(f(norm(xWᵀ + b))), + x when residual (He et al. 2016b, eq. 1 with an identity h)

Parameters and gradients are views into one flat vector each, so that an optimizer's rule is one line for the whole net.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.foundations.activations import ACTIVATIONS
from core.i18n import Text

EPSILON = 1e-5
RUNNING = 0.1

NORMALISATIONS: dict[str, Text] = {
    "none": Text("none", "нет"),
    "batch": Text("batch norm", "batch norm"),
    "layer": Text("layer norm", "layer norm"),
}
DROPOUTS: dict[str, Text] = {
    "inverted": Text("÷ (1 − p) in training", "÷ (1 − p) при обучении"),
    "classic": Text("× (1 − p) at test time", "× (1 − p) на тесте"),
    "miscopied": Text("× p at test time (wrong)", "× p на тесте (неверно)"),
}


@dataclass(frozen=True)
class Slot:
    """A parameter that a layer wants: its symbol, shape, and whether it is a weight, which alone is penalised."""

    name: str
    shape: tuple[int, ...]
    is_weight: bool = False

    @property
    def size(self) -> int:
        return int(torch.Size(self.shape).numel())


class Layer(ABC):
    """What a net is made of. `slots` are its parameters, `buffers` what it remembers beside them."""

    slots: tuple[Slot, ...] = ()
    buffers: tuple[Slot, ...] = ()
    children: tuple[Layer, ...] = ()

    def bind(self, values: Sequence[Tensor], gradients: Sequence[Tensor]) -> None:
        """Take the views that hold its parameters and their gradients, in the order of `slots`."""
        assert not self.slots

    def bind_buffers(self, values: Sequence[Tensor]) -> None:
        """Take the views that hold its buffers, in the order of `buffers`."""
        assert not self.buffers

    @abstractmethod
    def forward(self, x: Tensor, *, is_training: bool) -> Tensor:
        """y of x."""

    @abstractmethod
    def backward(self, d: Tensor) -> Tensor:
        """∂L/∂x of d = ∂L/∂y, for the x that went forward in training last."""


class Linear(Layer):
    """y = xWᵀ + b. W (n_out, n_in), b (n_out).

    `is_first`: nothing before it wants ∂L/∂x, so it is not computed. `has_bias`: not before batch norm, which takes
    every constant out again.
    """

    def __init__(self, n_in: int, n_out: int, *, is_first: bool = False, has_bias: bool = True) -> None:
        self.n_in, self.n_out, self.is_first, self.has_bias = n_in, n_out, is_first, has_bias
        self.slots = (Slot("W", (n_out, n_in), is_weight=True), Slot("b", (n_out,)))[: 1 + has_bias]

    def bind(self, values: Sequence[Tensor], gradients: Sequence[Tensor]) -> None:
        self.W, self.grad_W = values[0], gradients[0]
        self.W_T = self.W.t()
        if self.has_bias:
            self.b, self.grad_b = values[1], gradients[1]

    def forward(self, x: Tensor, *, is_training: bool) -> Tensor:
        if is_training:
            self.x = x
        return torch.addmm(self.b, x, self.W_T) if self.has_bias else x @ self.W_T

    def backward(self, d: Tensor) -> Tensor:
        torch.mm(d.t(), self.x, out=self.grad_W)
        if self.has_bias:
            torch.sum(d, 0, out=self.grad_b)
        return d if self.is_first else d @ self.W


Quick = tuple[Callable[[Tensor], Tensor], Callable[[Tensor, Tensor], Tensor]]

# f by torch's one kernel, and d ⊙ f′ from y = f(x): the formulas of activations.py with fewer passes over memory.
QUICK: dict[str, Quick] = {
    "identity": (lambda x: x, lambda d, y: d),
    "relu": (torch.relu, lambda d, y: d * (y > 0)),
    "tanh": (torch.tanh, lambda d, y: torch.addcmul(d, d * y, y, value=-1)),
    "sigmoid": (torch.sigmoid, lambda d, y: d * torch.addcmul(y, y, y, value=-1)),
}


class Activation(Layer):
    """y = f(x), elementwise. `kind` is "identity" or a name of `ACTIVATIONS`; α None is the paper's."""

    def __init__(self, kind: str, alpha: float | None = None) -> None:
        self.kind = kind
        self.quick = QUICK.get(kind)
        if self.quick is None:
            self.function = ACTIVATIONS[kind]
            self.alpha = (self.function.alpha or 0.0) if alpha is None else alpha

    def forward(self, x: Tensor, *, is_training: bool) -> Tensor:
        y = self.quick[0](x) if self.quick else self.function.library(x, self.alpha)
        if is_training:
            self.x, self.y = x, y
        return y

    def backward(self, d: Tensor) -> Tensor:
        return self.quick[1](d, self.y) if self.quick else d * self.function.derivative(self.x, self.alpha)

    def derivative(self) -> Tensor:
        """f′ at the x that went forward last."""
        return self.backward(torch.ones_like(self.y))


class Norm(Layer):
    """y = γx̂ + β, the means taken along `axis`: 0 the batch, 1 the features."""

    axis: int

    def __init__(self, n: int) -> None:
        self.n = n
        self.slots = (Slot("γ", (n,)), Slot("β", (n,)))

    def bind(self, values: Sequence[Tensor], gradients: Sequence[Tensor]) -> None:
        self.gamma, self.beta = values
        self.grad_gamma, self.grad_beta = gradients
        self.gamma.fill_(1.0)

    def standardise(self, x: Tensor, mean: Tensor, variance: Tensor) -> tuple[Tensor, Tensor]:
        """x̂ and 1/√(v + ε)."""
        scale = torch.rsqrt(variance + EPSILON)
        return (x - mean) * scale, scale

    def forward(self, x: Tensor, *, is_training: bool) -> Tensor:
        variance, mean = torch.var_mean(x, self.axis, correction=0, keepdim=True)
        x_hat, scale = self.standardise(x, mean, variance)
        if is_training:
            self.x_hat, self.scale = x_hat, scale
        return torch.addcmul(self.beta, x_hat, self.gamma)

    def backward(self, d: Tensor) -> Tensor:
        torch.sum(d * self.x_hat, 0, out=self.grad_gamma)
        torch.sum(d, 0, out=self.grad_beta)
        e = d * self.gamma
        along = self.x_hat * (e * self.x_hat).mean(self.axis, keepdim=True)
        return (e - e.mean(self.axis, keepdim=True) - along) * self.scale


class LayerNorm(Norm):
    """Each example by its own features; the same in training and later."""

    axis = 1


class BatchNorm(Norm):
    """Each feature by the batch in training, by running means afterwards (momentum 0.1, variance with n − 1)."""

    axis = 0

    def __init__(self, n: int) -> None:
        super().__init__(n)
        self.buffers = (Slot("µ", (n,)), Slot("v", (n,)))

    def bind_buffers(self, values: Sequence[Tensor]) -> None:
        self.running_mean, self.running_variance = values
        self.running_variance.fill_(1.0)

    def forward(self, x: Tensor, *, is_training: bool) -> Tensor:
        if not is_training:
            x_hat, _ = self.standardise(x, self.running_mean, self.running_variance)
            return torch.addcmul(self.beta, x_hat, self.gamma)
        y = super().forward(x, is_training=True)
        n = x.shape[0]
        variance = self.scale.pow(-2).sub_(EPSILON).flatten().mul_(n / max(1, n - 1))
        self.running_mean.lerp_(x.mean(0), RUNNING)
        self.running_variance.lerp_(variance, RUNNING)
        return y


class Dropout(Layer):
    """Removes a share p of the units, anew for each example and step.

    `notes` says where the scale stands (`DROPOUTS`): the miscopied form multiplies by p where 1 − p is meant.
    """

    def __init__(self, p: float, generator: torch.Generator, notes: str = "inverted") -> None:
        self.p, self.generator, self.notes = p, generator, notes

    def draw(self, x: Tensor) -> Tensor:
        """m, like x."""
        noise = torch.rand(x.shape, generator=self.generator, dtype=x.dtype, device=self.generator.device)
        return (noise >= self.p).to(x.device, x.dtype)

    def forward(self, x: Tensor, *, is_training: bool) -> Tensor:
        if not is_training:
            return x * {"inverted": 1.0, "classic": 1 - self.p, "miscopied": self.p}[self.notes]
        self.mask = self.draw(x)
        if self.notes == "inverted":
            self.mask.div_(1 - self.p)
        return x * self.mask

    def backward(self, d: Tensor) -> Tensor:
        return d * self.mask


class Block(Layer):
    """One layer as a net counts them: Linear, norm, activation, dropout, and perhaps the way past them all.

    After a pass in training `activation.x` is what entered f, `y` what the block gave on and `d` is ∂L/∂y.
    """

    def __init__(self, linear: Linear, norm: Norm | None, activation: Activation, dropout: Dropout | None) -> None:
        self.linear, self.norm, self.activation, self.dropout = linear, norm, activation, dropout
        self.is_residual = False
        self.children = tuple(part for part in (linear, norm, activation, dropout) if part is not None)

    def forward(self, x: Tensor, *, is_training: bool) -> Tensor:
        y = x
        for part in self.children:
            y = part.forward(y, is_training=is_training)
        if self.is_residual:
            y = x + y
        if is_training:
            self.y = y
        return y

    def backward(self, d: Tensor) -> Tensor:
        self.d = d
        for part in reversed(self.children):
            d = part.backward(d)
        return self.d + d if self.is_residual else d
