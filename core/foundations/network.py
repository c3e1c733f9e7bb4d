"""A dense net: what it is (`Net`, a value) and what runs (`Network`, with its weights in one flat vector θ).

Symbols: L the number of blocks (hidden layers and the last, linear one), n_0 … n_L their sizes, θ all parameters (P),
g = ∂loss/∂θ (P), in the order block by block: W_l row by row, b_l (not before batch norm), then γ_l and
β_l where there is a norm.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.device import device
from core.foundations.initialisation import draw_weights
from core.foundations.layers import Activation, BatchNorm, Block, Dropout, Layer, LayerNorm, Linear, Norm, Slot

NORMS: dict[str, type[Norm]] = {"batch": BatchNorm, "layer": LayerNorm}
DTYPES = {"float32": torch.float32, "float64": torch.float64}


@dataclass(frozen=True)
class Net:
    """What a net is. sizes : inputs, units of each hidden layer, outputs: (2, 8, 8, 1).

    `is_residual` adds what entered a hidden layer to what leaves it, wherever both are equally wide. Normalisation
    and dropout stand in hidden layers only; the last block is linear. gain : multiplies σ of every weight drawn.
    """

    sizes: tuple[int, ...]
    activation: str = "relu"
    alpha: float | None = None
    initialisation: str = "he"
    gain: float = 1.0
    normalisation: str = "none"
    dropout: float = 0.0
    dropout_notes: str = "inverted"
    is_residual: bool = False


@dataclass(frozen=True)
class Place:
    """Where a parameter lies in θ: `block` counts from 0."""

    block: int
    slot: Slot
    first: int

    @property
    def span(self) -> slice:
        return slice(self.first, self.first + self.slot.size)


class Network:
    """Blocks in a row over one θ. Not shared between threads: blocks remember their last pass."""

    def __init__(self, blocks: Sequence[Layer], dtype: torch.dtype, where: torch.device) -> None:
        self.blocks, self.dtype, self.device = tuple(blocks), dtype, where
        leaves = [(n, leaf) for n, block in enumerate(self.blocks) for leaf in _leaves(block)]
        self.places, total = _lay_out([(n, slot) for n, leaf in leaves for slot in leaf.slots])
        kept, remembered = _lay_out([(n, slot) for n, leaf in leaves for slot in leaf.buffers])
        self.theta = torch.zeros(total, dtype=dtype, device=where)
        self.gradient = torch.zeros_like(self.theta)
        self.buffers = torch.zeros(remembered, dtype=dtype, device=where)
        # 1 where θ is a weight, 0 where it is a bias, a scale or a shift: what a penalty acts on.
        self.is_weight = torch.zeros_like(self.theta)
        for place in self.places:
            if place.slot.is_weight:
                self.is_weight[place.span] = 1.0
        places, kept_places = iter(self.places), iter(kept)
        for _, leaf in leaves:
            mine = [next(places) for _ in leaf.slots]
            views = [[_view(flat, place) for place in mine] for flat in (self.theta, self.gradient)]
            leaf.bind(views[0], views[1])
            leaf.bind_buffers([_view(self.buffers, next(kept_places)) for _ in leaf.buffers])

    def forward(self, x: Tensor, *, is_training: bool = False) -> Tensor:
        """The outputs before any softmax or sigmoid: (batch, n_0) → (batch, n_L)."""
        for block in self.blocks:
            x = block.forward(x, is_training=is_training)
        return x

    def backward(self, d: Tensor) -> None:
        """From ∂loss/∂outputs to `gradient`, for the batch that went forward in training last."""
        for block in reversed(self.blocks):
            d = block.backward(d)

    def load(self, theta: Tensor, buffers: Tensor | None = None) -> None:
        """Take these parameters, and what norms remember."""
        self.theta.copy_(theta)
        if buffers is not None and buffers.numel():
            self.buffers.copy_(buffers)

    def name(self, place: Place) -> str:
        """W₁-like names without subscripts: `W1`, `b1`, `γ1`; the last block has the last number."""
        return f"{place.slot.name}{place.block + 1}"


def build(net: Net, seed: int, dtype: str = "float32", where: torch.device | None = None) -> Network:
    """A net with fresh weights on `where`, else on `device()`; the same seed draws the same noise for every
    initialisation."""
    where = where or device()
    masks = torch.Generator(where).manual_seed(seed)
    last = len(net.sizes) - 2
    blocks = []
    for n, (n_in, n_out) in enumerate(zip(net.sizes[:-1], net.sizes[1:], strict=True)):
        is_hidden = n < last
        block = Block(
            Linear(n_in, n_out, is_first=n == 0, has_bias=not (is_hidden and net.normalisation == "batch")),
            NORMS[net.normalisation](n_out) if is_hidden and net.normalisation in NORMS else None,
            Activation(net.activation if is_hidden else "identity", net.alpha),
            Dropout(net.dropout, masks, net.dropout_notes) if is_hidden and net.dropout else None,
        )
        block.is_residual = is_hidden and net.is_residual and n_in == n_out
        blocks.append(block)
    network = Network(blocks, DTYPES[dtype], where)
    generator = np.random.default_rng(seed)
    for block in blocks:
        W = net.gain * draw_weights(net.initialisation, block.linear.n_in, block.linear.n_out, generator)
        block.linear.W.copy_(torch.from_numpy(W))
    return network


def unpack(net: Net, theta: npt.NDArray[np.floating]) -> tuple[dict[str, npt.NDArray[np.floating]], ...]:
    """θ (…, P) block by block under its symbols, as views: [{"W": (…, n_out, n_in), "b": (…, n_out)}, …]."""
    found = []
    first = 0
    for n, (n_in, n_out) in enumerate(zip(net.sizes[:-1], net.sizes[1:], strict=True)):
        norm = net.normalisation if n < len(net.sizes) - 2 else "none"
        shapes: dict[str, tuple[int, ...]] = {"W": (n_out, n_in)}
        if norm != "batch":
            shapes |= {"b": (n_out,)}
        if norm in NORMS:
            shapes |= {"γ": (n_out,), "β": (n_out,)}
        views = {}
        for name, shape in shapes.items():
            size = int(np.prod(shape))
            views[name] = theta[..., first : first + size].reshape(*theta.shape[:-1], *shape)
            first += size
        found.append(views)
    return tuple(found)


def _leaves(layer: Layer) -> Iterator[Layer]:
    if layer.children:
        for child in layer.children:
            yield from _leaves(child)
    else:
        yield layer


def _lay_out(wanted: Sequence[tuple[int, Slot]]) -> tuple[tuple[Place, ...], int]:
    """One after the other; and how many numbers that is."""
    places = []
    first = 0
    for block, slot in wanted:
        places.append(Place(block, slot, first))
        first += slot.size
    return tuple(places), first


def _view(flat: Tensor, place: Place) -> Tensor:
    return flat[place.span].view(place.slot.shape)
