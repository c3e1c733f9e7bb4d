"""Recurrent cells, written from their equations, and what they read: in one direction or in both, in layers.

Symbols: x_t the input at time t (batch d_in), h_t the state (batch n), c_t the memory of an LSTM (batch n), both 0
before the first token, σ the logistic function, ⊙ elementwise. W (d_in → k·n) and U (n → k·n) hold the k gates side by
side, in the order named.

    LSTM   i f o   σ(W x_t + U h_{t−1} + b)               input, forget and output gate      Hochreiter and Schmidhuber
           g       tanh(W x_t + U h_{t−1} + b)            what could be written              1997; f from Gers,
           c_t     f ⊙ c_{t−1} + i ⊙ g                                                       Schmidhuber, Cummins 2000
           h_t     o ⊙ tanh(c_t)                          order: i f g o
    GRU    r z     σ(W x_t + U h_{t−1} + b)               reset and update gate              Cho et al. 2014, eqs. 5–8
           n       tanh(W x_t + b + r ⊙ (U h_{t−1} + b′)) what could be written
           h_t     (1 − z) ⊙ n + z ⊙ h_{t−1}              order: r z n

Cho et al. reset before the product, U(r ⊙ h_{t−1}); torch and cuDNN after it, and so is it here.

A mask marks tokens: over padding the state stays what it was, and the output there is 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal, NamedTuple, TypeVar, cast

import torch
from torch import Tensor, nn

from core.models.encoder import Linear

T = TypeVar("T")
Kind = Literal["lstm", "gru"]
CellState = tuple[Tensor, ...]  # (h, c) of an LSTM, (h,) of a GRU


@dataclass(frozen=True)
class LSTMSteps:
    """The gates and what became of them, (batch n) each; (batch pos n) over a sequence."""

    i: Tensor
    f: Tensor
    g: Tensor
    o: Tensor
    c: Tensor
    h: Tensor


@dataclass(frozen=True)
class GRUSteps:
    """The gates and what became of them, (batch n) each; (batch pos n) over a sequence."""

    r: Tensor
    z: Tensor
    n: Tensor
    h: Tensor


CellSteps = LSTMSteps | GRUSteps


class LSTMCell(nn.Module):
    """One step of an LSTM."""

    def __init__(self, d_in: int, n: int) -> None:
        super().__init__()
        self.n = n
        self.W = Linear(d_in, 4 * n)
        self.U = Linear(n, 4 * n, bias=False)

    def forward(self, Wx: Tensor, state: CellState) -> tuple[CellState, LSTMSteps]:
        """Wx (batch 4n): `self.W(x)`, which can be computed for all times at once; state (h, c)."""
        h, c = state
        i, f, g, o = (Wx + self.U(h)).chunk(4, -1)
        i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
        c = f * c + i * g
        h = o * torch.tanh(c)
        return (h, c), LSTMSteps(i, f, g, o, c, h)

    def rest(self, Wx: Tensor) -> CellState:
        """h_0 and c_0 for Wx (batch …)."""
        zero = Wx.new_zeros(len(Wx), self.n)
        return zero, zero


class GRUCell(nn.Module):
    """One step of a GRU."""

    def __init__(self, d_in: int, n: int) -> None:
        super().__init__()
        self.n = n
        self.W = Linear(d_in, 3 * n)
        self.U = Linear(n, 3 * n)

    def forward(self, Wx: Tensor, state: CellState) -> tuple[CellState, GRUSteps]:
        """Wx (batch 3n): `self.W(x)`, which can be computed for all times at once; state (h,)."""
        (h,) = state
        x_r, x_z, x_n = Wx.chunk(3, -1)
        h_r, h_z, h_n = self.U(h).chunk(3, -1)
        r, z = torch.sigmoid(x_r + h_r), torch.sigmoid(x_z + h_z)
        n = torch.tanh(x_n + r * h_n)
        h = (1 - z) * n + z * h
        return (h,), GRUSteps(r, z, n, h)

    def rest(self, Wx: Tensor) -> CellState:
        """h_0 for Wx (batch …)."""
        return (Wx.new_zeros(len(Wx), self.n),)


Cell = LSTMCell | GRUCell
CELLS: Mapping[Kind, type[LSTMCell] | type[GRUCell]] = {"lstm": LSTMCell, "gru": GRUCell}


class Pass(NamedTuple):
    """A sequence read in one direction: out (batch pos n), the last state, and the steps when they were asked for."""

    out: Tensor
    last: CellState
    steps: CellSteps | None = None


class RecurrentOutput(NamedTuple):
    """A sequence read by a stack.

    out : (batch pos directions·n), both directions side by side, forwards first
    last : the last state of each layer, (batch directions·n) each; backwards it is the one at the first token
    layers : of each layer, the steps of each direction; only when they were asked for
    """

    out: Tensor
    last: tuple[CellState, ...]
    layers: tuple[tuple[CellSteps, ...], ...] | None = None


class Recurrent(nn.Module):
    """Layers of cells; each layer reads what the one below puts out (Schuster and Paliwal 1997 for both directions)."""

    def __init__(
        self, kind: Kind, d_in: int, n: int, layers: int = 1, is_both: bool = False, dropout: float = 0.0
    ) -> None:
        super().__init__()
        directions = 1 + is_both
        widths = [d_in, *[directions * n] * (layers - 1)]
        self.forwards = nn.ModuleList(CELLS[kind](width, n) for width in widths)
        self.backwards = nn.ModuleList(CELLS[kind](width, n) for width in widths if is_both)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor | None = None, keep: bool = False) -> RecurrentOutput:
        """x (batch pos d_in), mask (batch pos) bool, False at padding, which may stand on either side."""
        last, steps = [], []
        for n, forwards in enumerate(self.forwards):
            passes = [read(cast(Cell, forwards), x, mask, False, keep)]
            if self.backwards:
                passes.append(read(cast(Cell, self.backwards[n]), x, mask, True, keep))
            out = torch.cat([p.out for p in passes], -1)
            last.append(tuple(torch.cat(parts, -1) for parts in zip(*(p.last for p in passes), strict=True)))
            steps.append(tuple(p.steps for p in passes if p.steps is not None))
            # Dropped between layers only, as in torch: whoever reads the output drops for itself.
            x = self.drop(out)
        return RecurrentOutput(out, tuple(last), tuple(steps) if keep else None)


def read(cell: Cell, x: Tensor, mask: Tensor | None = None, is_backwards: bool = False, keep: bool = False) -> Pass:
    """Run a cell over x (batch pos d_in), from the first token to the last or the other way."""
    Wx = cell.W(x)
    state = cell.rest(Wx)
    inputs = Wx.unbind(1)
    masks = (None,) * len(inputs) if mask is None else mask[..., None].unbind(1)
    order = range(len(inputs) - 1, -1, -1) if is_backwards else range(len(inputs))
    outs: dict[int, Tensor] = {}
    kept: dict[int, CellSteps] = {}
    for t in order:
        new, steps = cell(inputs[t], state)
        shown = masks[t]
        if shown is not None:
            outs[t] = new[0] * shown
            new = tuple(torch.where(shown, a, b) for a, b in zip(new, state, strict=True))
        else:
            outs[t] = new[0]
        state = new
        if keep:
            kept[t] = steps
    times = range(len(inputs))
    out = torch.stack([outs[t] for t in times], 1)
    return Pass(out, state, stack_steps([kept[t] for t in times]) if keep else None)


def stack_steps(steps: Sequence[T]) -> T:
    """Traces of single times, all (batch …) → one trace of (batch pos …)."""
    return cast(T, _stack(steps))


def _stack(nodes: Sequence[Any]) -> Any:
    first = nodes[0]
    if isinstance(first, Tensor):
        return torch.stack(list(nodes), 1)
    if isinstance(first, tuple):
        return tuple(_stack(parts) for parts in zip(*nodes, strict=True))
    assert is_dataclass(first)
    return cast(Any, type(first))(*(_stack([getattr(node, f.name) for node in nodes]) for f in fields(first)))


def cell_rule(name: str, parameter: Tensor, n: int, generator: torch.Generator) -> Tensor:
    """How a parameter of a cell of n units begins: uniform in ±1/√n, as in torch; biases 0, but the forget gate of an
    LSTM opens with 1 (Jozefowicz et al. 2015)."""
    if parameter.ndim == 2:
        return (torch.rand(parameter.shape, generator=generator) * 2 - 1) / math.sqrt(n)
    bias = torch.zeros(parameter.shape)
    if name.endswith("W.bias") and len(bias) == 4 * n:
        bias[n : 2 * n] = 1.0
    return bias


def from_torch(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The state dict of an `nn.LSTM` or `nn.GRU` → the same tensors under the names of `Recurrent`.

    torch gives W and U a bias each. Where the two are only ever added, in an LSTM, their sum is all there is to know.
    """
    return dict(_renamed(state))


def _renamed(state: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    for name, W in state.items():
        if not name.startswith("weight_ih_l"):
            continue
        end = name.removeprefix("weight_ih_l")
        number = end.removesuffix("_reverse")
        prefix = f"{'forwards' if number == end else 'backwards'}.{number}"
        U = state[f"weight_hh_l{end}"]
        b_W, b_U = state[f"bias_ih_l{end}"], state[f"bias_hh_l{end}"]
        yield f"{prefix}.W.weight", W
        yield f"{prefix}.U.weight", U
        if len(U) == 4 * U.shape[1]:
            yield f"{prefix}.W.bias", b_W + b_U
        else:
            yield f"{prefix}.W.bias", b_W
            yield f"{prefix}.U.bias", b_U
