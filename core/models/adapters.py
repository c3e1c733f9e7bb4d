"""Low-rank adapters: fine-tuning that leaves the model as it was and adds two thin matrices beside some of its layers.

Symbols (Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models", arXiv:2106.09685, section 4.1, eq. 3):

    W     matrix of a linear layer, frozen                       (out in)
    A     down, drawn at random                                  (rank in)
    B     up, 0 at the start, so that training begins at W       (out rank)
    ΔW    (alpha / rank)·B·A, the update, of rank at most `rank` (out in)
    y     x·(W + ΔW)ᵀ + b = x·Wᵀ + b + (alpha / rank)·(x·Aᵀ)·Bᵀ

`adapt` gives a second encoder whose frozen parameters are the very tensors of the first: any number of adapted encoders
costs one set of weights, and none of them disturbs another. `merge` makes the dense layer that an adapted one equals.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.models.encoder import Encoder, Linear

PLACES = ("attention.W_Q", "attention.W_K", "attention.W_V", "attention.W_O", "W_1", "W_2")


@dataclass(frozen=True)
class AdapterConfig:
    """Where adapters sit and how large they are.

    rank : rows of A, 1 or more
    alpha : ΔW = (alpha / rank)·B·A, so that a change of rank needs no new learning rate
    layers : which layers of the encoder, from 0
    places : which linear layers of each, names out of `PLACES`
    """

    rank: int
    alpha: float
    layers: tuple[int, ...]
    places: tuple[str, ...] = PLACES

    def __post_init__(self) -> None:
        if self.rank < 1:
            raise ValueError(f"rank {self.rank} is below 1")
        if unknown := set(self.places) - set(PLACES):
            raise ValueError(f"no such place for an adapter: {', '.join(sorted(unknown))}")


class LowRank(nn.Module):
    """A linear layer and its update. The layer that is handed in stays as it is and is shared, not copied."""

    def __init__(self, base: nn.Linear, rank: int, alpha: float) -> None:
        super().__init__()
        self.base = base
        self.scale = alpha / rank
        where = base.weight.device
        self.A = nn.Parameter(torch.empty(rank, base.in_features, device=where))
        self.B = nn.Parameter(torch.zeros(base.out_features, rank, device=where))

    def forward(self, x: Tensor) -> Tensor:
        """x (… in) → (… out). A and B may be kept more precisely than W; they are used in the type of x."""
        update = (x @ self.A.to(x.dtype).T) @ (self.B * self.scale).to(x.dtype).T
        out: Tensor = self.base(x) + update
        return out

    def delta(self) -> Tensor:
        """ΔW = (alpha / rank)·B·A, (out in)."""
        return self.scale * (self.B @ self.A)


def adapt(encoder: Encoder, config: AdapterConfig, seed: int = 0) -> Encoder:
    """An encoder that reads as `encoder` does until its adapters are trained, and shares every frozen tensor with it.

    A is drawn as He et al. 2015 do, U(−√(3 / in), √(3 / in)); B is 0. Only A and B want gradients when the parameters
    of `encoder` do not.

    Raises
    ------
    ValueError
        If `config` names a layer that the encoder does not have.
    """
    if absent := [n for n in config.layers if not 0 <= n < len(encoder.layers)]:
        raise ValueError(f"the encoder has no layer {absent[0]}")
    # Everything that is not an adapter is entered in the memo as its own copy, so that deepcopy keeps it.
    shared = {id(tensor): tensor for tensor in (*encoder.parameters(), *encoder.buffers())}
    adapted = copy.deepcopy(encoder, shared)
    generator = torch.Generator().manual_seed(seed)
    for n in config.layers:
        for place in config.places:
            parent, name = _holder(adapted.layers[n], place)
            layer = LowRank(getattr(parent, name), config.rank, config.alpha)
            bound = (3 / layer.A.shape[1]) ** 0.5
            with torch.no_grad():
                layer.A.copy_(torch.empty(layer.A.shape).uniform_(-bound, bound, generator=generator))
            setattr(parent, name, layer)
    return adapted


def adapters(encoder: nn.Module) -> Iterator[tuple[str, LowRank]]:
    """The adapted layers by name: `layers.3.attention.W_Q`, …"""
    for name, module in encoder.named_modules():
        if isinstance(module, LowRank):
            yield name, module


def adapter_state(encoder: nn.Module) -> dict[str, Tensor]:
    """All that was trained: `layers.3.W_1.A` (rank in) and `.B` (out rank), and no frozen weight."""
    return {f"{name}.{part}": getattr(layer, part).detach() for name, layer in adapters(encoder) for part in "AB"}


def load_adapters(encoder: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Put what `adapter_state` gave back in.

    Raises
    ------
    ValueError
        If a matrix is missing, superfluous or of another shape.
    """
    own = adapter_state(encoder)
    if wrong := sorted(own.keys() ^ state.keys()):
        raise ValueError(f"the adapters do not fit this encoder: {wrong[0]}")
    for name, tensor in own.items():
        if tensor.shape != state[name].shape:
            raise ValueError(f"{name} is {tuple(state[name].shape)}, not {tuple(tensor.shape)}")
        tensor.copy_(state[name])


@torch.no_grad()
def merge(layer: LowRank) -> Linear:
    """The dense layer that `layer` equals: W + ΔW, b. A new one; the shared W is not touched."""
    dense = Linear(layer.base.in_features, layer.base.out_features, bias=layer.base.bias is not None)
    dense.weight = nn.Parameter(layer.base.weight + layer.delta().to(layer.base.weight.dtype), requires_grad=False)
    if layer.base.bias is not None:
        dense.bias = nn.Parameter(layer.base.bias.detach().clone(), requires_grad=False)
    return dense


@torch.no_grad()
def unmerge(dense: nn.Linear, layer: LowRank) -> Linear:
    """W out of the W + ΔW that `merge` made of `layer`: subtraction takes the update back, up to rounding."""
    plain = Linear(dense.in_features, dense.out_features, bias=dense.bias is not None)
    plain.weight = nn.Parameter(dense.weight - layer.delta().to(dense.weight.dtype), requires_grad=False)
    if dense.bias is not None:
        plain.bias = nn.Parameter(dense.bias.detach().clone(), requires_grad=False)
    return plain


def merge_all(encoder: Encoder) -> Encoder:
    """An encoder without adapters that computes the same; only the adapted matrices are new."""
    shared = {id(tensor): tensor for tensor in (*encoder.parameters(), *encoder.buffers())}
    merged = copy.deepcopy(encoder, shared)
    for name, layer in list(adapters(merged)):
        parent, own = _holder(merged, name)
        setattr(parent, own, merge(layer))
    return merged


def _holder(module: nn.Module, path: str) -> tuple[nn.Module, str]:
    """The module that has the last name of a dotted path, and that name."""
    above, _, name = path.rpartition(".")
    return module.get_submodule(above), name
