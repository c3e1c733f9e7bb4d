"""A small convolutional net with its derivatives written out, for the training loop of core/foundations/training.py.

Symbols: x (batch, side, side, c_in) what enters, W (c_out, 9·c_in), b (c_out,), d = ∂L/∂y. Images lie with their
channels last, so that a 3×3 neighbourhood is one row of nine pieces:

    im2col        X (batch·side·side, 9·c_in): row (n, i, j) holds x at (i + u, j + v), u, v ∈ {−1, 0, 1}, 0 outside
    Convolution   y = XWᵀ + b                       ∂L/∂W = dᵀX, ∂L/∂b = Σ d, ∂L/∂x = col2im(dW)
    MaxPool       y = max over 2×2                  ∂L/∂x: d at the first largest of the four, else 0
    Mean          y = mean over all places          ∂L/∂x = d / side²
    Flatten       the same numbers in a row

Sources: LeCun, Bottou, Bengio and Haffner 1998, section II (shared weights, subsampling); Lin, Chen and Yan 2014,
section 3.2 (the mean over all places); He et al. 2015, eq. 10 (σ² = 2/fan-in).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from core.device import device
from core.foundations.layers import Activation, Layer, Linear, Slot
from core.foundations.network import Network

KERNEL = 3


def im2col(x: Tensor) -> Tensor:
    """Every pixel's 3×3 neighbourhood, zeros beyond the edge: (n, side, side, c) → (n·side·side, 9·c)."""
    n, side, _, c = x.shape
    padded = torch.nn.functional.pad(x, (0, 0, 1, 1, 1, 1))
    pieces = [padded[:, u : u + side, v : v + side] for u in range(KERNEL) for v in range(KERNEL)]
    return torch.stack(pieces, dim=3).view(n * side * side, KERNEL * KERNEL * c)


def col2im(columns: Tensor, n: int, side: int, c: int) -> Tensor:
    """The transpose of `im2col`: each piece is added where it was taken from."""
    pieces = columns.view(n, side, side, KERNEL * KERNEL, c)
    padded = columns.new_zeros((n, side + 2, side + 2, c))
    for k in range(KERNEL * KERNEL):
        u, v = divmod(k, KERNEL)
        padded[:, u : u + side, v : v + side] += pieces[:, :, :, k]
    return padded[:, 1:-1, 1:-1]


class Convolution(Layer):
    """3×3, stride 1, zeros beyond the edge. Takes (batch, …) that holds side·side·c_in numbers an example."""

    def __init__(self, c_in: int, c_out: int, side: int, *, is_first: bool = False) -> None:
        self.c_in, self.c_out, self.side, self.is_first = c_in, c_out, side, is_first
        self.slots = (Slot("W", (c_out, KERNEL * KERNEL * c_in), is_weight=True), Slot("b", (c_out,)))

    def bind(self, values: Sequence[Tensor], gradients: Sequence[Tensor]) -> None:
        self.W, self.b = values
        self.grad_W, self.grad_b = gradients

    def forward(self, x: Tensor, *, is_training: bool) -> Tensor:
        columns = im2col(x.reshape(len(x), self.side, self.side, self.c_in))
        if is_training:
            self.columns = columns
        y = torch.addmm(self.b, columns, self.W.t())
        return y.view(len(x), self.side, self.side, self.c_out)

    def backward(self, d: Tensor) -> Tensor:
        flat = d.reshape(-1, self.c_out)
        torch.mm(flat.t(), self.columns, out=self.grad_W)
        torch.sum(flat, 0, out=self.grad_b)
        return d if self.is_first else col2im(flat @ self.W, len(d), self.side, self.c_in)


def corners(x: Tensor) -> tuple[Tensor, ...]:
    """The four pixels of every 2×2 square: four times (n, side/2, side/2, c)."""
    return tuple(x[:, u::2, v::2] for u in (0, 1) for v in (0, 1))


class MaxPool(Layer):
    """The largest of every 2×2 square; an even side."""

    def forward(self, x: Tensor, *, is_training: bool) -> Tensor:
        a, b, c, d = corners(x)
        y = torch.maximum(torch.maximum(a, b), torch.maximum(c, d))
        if is_training:
            self.x, self.y = x, y
        return y

    def backward(self, d: Tensor) -> Tensor:
        out = torch.zeros_like(self.x)
        free = torch.ones_like(d, dtype=torch.bool)
        for piece, place in zip(corners(self.x), corners(out), strict=True):
            is_here = free & (piece == self.y)
            place.copy_(d * is_here)
            free &= ~is_here
        return out


class Mean(Layer):
    """The mean of each channel over all places: (batch, side, side, c) → (batch, c)."""

    def forward(self, x: Tensor, *, is_training: bool) -> Tensor:
        if is_training:
            self.shape = x.shape
        return x.mean((1, 2))

    def backward(self, d: Tensor) -> Tensor:
        n, height, width, c = self.shape
        return (d / (height * width)).view(n, 1, 1, c).expand(self.shape)


class Flatten(Layer):
    """(batch, side, side, c) → (batch, side·side·c)."""

    def forward(self, x: Tensor, *, is_training: bool) -> Tensor:
        if is_training:
            self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, d: Tensor) -> Tensor:
        return d.view(self.shape)


def build_convolutional(side: int, channels: tuple[int, int], classes: int, reading: str, seed: int) -> Network:
    """Two rounds of convolution, ReLU, pooling; then one linear layer. He's weights, zero biases.

    reading : "places" keeps where each channel answered, "mean" only how much; side : divisible by 4
    """
    first, second = channels
    quarter = side // 4
    blocks = [
        Convolution(1, first, side, is_first=True),
        Activation("relu"),
        MaxPool(),
        Convolution(first, second, side // 2),
        Activation("relu"),
        MaxPool(),
        Mean() if reading == "mean" else Flatten(),
        Linear(second if reading == "mean" else quarter * quarter * second, classes),
    ]
    network = Network(blocks, torch.float32, device())
    generator = torch.Generator().manual_seed(seed)
    for place in network.places:
        if place.slot.is_weight:
            noise = torch.randn(place.slot.shape, generator=generator) * (2 / place.slot.shape[1]) ** 0.5
            network.theta[place.span] = noise.flatten().to(network.device)
    return network


def hidden(network: Network, x: Tensor) -> Tensor:
    """What the last layer is given: (n, h)."""
    for block in network.blocks[:-1]:
        x = block.forward(x, is_training=False)
    return x
