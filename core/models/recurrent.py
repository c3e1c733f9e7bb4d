"""The recurrent encoder–decoder with attention, written from its equations.

Symbols (cells in `core.models.cells`; n units, 2n for both directions side by side):

    H          annotations h_1 … h_S of the source, a recurrent net in both directions      (batch src 2n)
    s_t        state of the decoder's uppermost layer                                       (batch n)
    e_tj       how well the source's word j fits step t                                     (batch tgt src)
    α_t        softmax of e_t over j, rows sum to 1                                         (batch tgt src)
    c_t        context Σ_j α_tj·h_j                                                         (batch tgt 2n)
    a_t        readout tanh(W_c·[s_t; c_t] + b)                                             (batch tgt n)
    logits     W_y·a_t + b                                                                  (batch tgt vocab_target)

    additive         e_tj = vᵀ·tanh(W_a·s_{t−1} + U_a·h_j): the decoder looks first, and then steps on [y_{t−1}; c_t]
                     Bahdanau et al. 2015, eqs. 4–6 and appendix A.1.2
    multiplicative   e_tj = s_tᵀ·W_a·h_j: it steps on [y_{t−1}; a_{t−1}], a_0 = 0, and then looks
                     Luong et al. 2015, eqs. 5–8 ("general") and section 3.3 (input feeding)

The readout is Luong's (eq. 5) in both; Bahdanau's maxout is left out, so that the two differ in attention alone. The
decoder begins with s_0 = tanh(W_s·[→h_S; ←h_1] + b) in each layer, and an LSTM with c_0 = W_0·[→c_S; ←c_1] + b.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, cast

import torch
from torch import Tensor, nn

from core.models.blocks import draw, glorot, softmax_seen
from core.models.cells import CELLS, Cell, CellState, CellSteps, Kind, Recurrent, cell_rule, stack_steps
from core.models.encoder import Linear, Table
from core.models.search import State, Step

Attention = Literal["additive", "multiplicative"]


@dataclass(frozen=True)
class RecurrentConfig:
    """The sizes of a recurrent translator: n units in each layer and direction; `layers` on each side."""

    vocab: int
    vocab_target: int
    d_emb: int
    n: int
    layers: int = 1
    cell: Kind = "lstm"
    attention: Attention = "additive"
    dropout: float = 0.0


@dataclass(frozen=True)
class AlignmentSteps:
    """Attention of one step: scores e and weights α (batch src), context c (batch 2n)."""

    scores: Tensor
    weights: Tensor
    context: Tensor


@dataclass(frozen=True)
class RecurrentStep:
    """One step of the decoder; over a whole target every tensor has the axis tgt after batch.

    embedded : the token just written (batch d_emb)
    fed : what the lowest cell reads beside it: c_t or a_{t−1}
    cells : the gates of each layer
    alignment : its `AlignmentSteps`
    readout : a_t (batch n)
    """

    embedded: Tensor
    fed: Tensor
    cells: tuple[CellSteps, ...]
    alignment: AlignmentSteps
    readout: Tensor


@dataclass(frozen=True)
class RecurrentTrace:
    """One forward pass in full.

    embedded : the source's words (batch src d_emb)
    encoder : of each layer the gates forwards and backwards (batch src n)
    annotations : H (batch src 2n)
    decoder : a `RecurrentStep` of (batch tgt …)
    """

    embedded: Tensor
    encoder: tuple[tuple[CellSteps, ...], ...]
    annotations: Tensor
    decoder: RecurrentStep


class RecurrentTranslatorOutput(NamedTuple):
    """logits (batch tgt vocab_target) for the token after each; weights α (batch tgt src); `trace` when asked for."""

    logits: Tensor
    weights: Tensor
    trace: RecurrentTrace | None = None


class Source(NamedTuple):
    """What a decoder looks at: H (batch src 2n), H as the score needs it (batch src n), mask (batch src) or None."""

    H: Tensor
    keys: Tensor
    mask: Tensor | None


class WriterState(NamedTuple):
    """Where a decoder stands: the state of each layer, and the last readout."""

    cells: tuple[CellState, ...]
    readout: Tensor


class Additive(nn.Module):
    """e_j = vᵀ·tanh(W_a·s + U_a·h_j)."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.W_a = Linear(n, n, bias=False)
        self.U_a = Linear(2 * n, n, bias=False)
        self.v = Linear(n, 1, bias=False)

    def keys(self, H: Tensor) -> Tensor:
        """The part of the score that no step changes: (batch src 2n) → (batch src n)."""
        out: Tensor = self.U_a(H)
        return out

    def forward(self, s: Tensor, keys: Tensor) -> Tensor:
        """s (batch n), keys (batch src n) → e (batch src)."""
        return self.v(torch.tanh(self.W_a(s)[:, None] + keys))[..., 0]  # type: ignore[no-any-return]


class Multiplicative(nn.Module):
    """e_j = sᵀ·W_a·h_j."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.W_a = Linear(2 * n, n, bias=False)

    def keys(self, H: Tensor) -> Tensor:
        """The part of the score that no step changes: (batch src 2n) → (batch src n)."""
        out: Tensor = self.W_a(H)
        return out

    def forward(self, s: Tensor, keys: Tensor) -> Tensor:
        """s (batch n), keys (batch src n) → e (batch src)."""
        return torch.einsum("bn,bsn->bs", s, keys)


class RecurrentTranslator(nn.Module):
    """A recurrent net that reads a sentence, and another that writes with an eye on it."""

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__()
        n = config.n
        self.config = config
        self.is_additive = config.attention == "additive"
        self.W_E = Table(config.vocab, config.d_emb)
        self.W_T = Table(config.vocab_target, config.d_emb)
        self.encoder = Recurrent(config.cell, config.d_emb, n, config.layers, True, config.dropout)
        self.attention = Additive(n) if self.is_additive else Multiplicative(n)
        self.W_s = nn.ModuleList(Linear(2 * n, n) for _ in range(config.layers))
        self.W_0 = nn.ModuleList(Linear(2 * n, n) for _ in range(config.layers if config.cell == "lstm" else 0))
        widths = [config.d_emb + (2 * n if self.is_additive else n), *[n] * (config.layers - 1)]
        self.cells = nn.ModuleList(CELLS[config.cell](width, n) for width in widths)
        self.W_c = Linear(3 * n, n)
        self.W_y = Linear(n, config.vocab_target)
        self.drop = nn.Dropout(config.dropout)

    @property
    def longest(self) -> None:
        """There are no positions to run out of."""
        return None

    def forward(
        self, source: Tensor, target: Tensor, mask: Tensor | None = None, keep: bool = False
    ) -> RecurrentTranslatorOutput:
        """source (batch src) and target (batch tgt): what has been written, from the opening token on.

        mask (batch src) bool, True where there is a token. The target needs none: its padding is at the end, and no
        step knows what comes after.
        """
        embedded = self.drop(self.W_E(source))
        read = self.encoder(embedded, mask, keep)
        seen, state = self._look(read.out, mask), self._open(read.last)
        words = self.drop(self.W_T(target))
        readouts, weights, kept = [], [], []
        for t in range(target.shape[1]):
            state, step = self._step(words[:, t], seen, state)
            readouts.append(step.readout)
            weights.append(step.alignment.weights)
            if keep:
                kept.append(step)
        logits = self.W_y(self.drop(torch.stack(readouts, 1)))
        trace = None
        if read.layers is not None:
            trace = RecurrentTrace(embedded, read.layers, read.out, stack_steps(kept))
        return RecurrentTranslatorOutput(logits, torch.stack(weights, 1), trace)

    def start(self, source: Tensor, mask: Tensor | None = None, copies: int = 1) -> tuple[Step, State]:
        """A `core.models.search.Step` that writes answers to source, and the `WriterState` it begins with.

        What is read from the source is the same for all copies of a sentence and stays out of the state.
        """
        read = self.encoder(self.drop(self.W_E(source)), mask)
        H = read.out.repeat_interleave(copies, 0)
        seen = self._look(H, None if mask is None else mask.repeat_interleave(copies, 0))
        last = tuple(tuple(part.repeat_interleave(copies, 0) for part in layer) for layer in read.last)

        def step(token: Tensor, state: State) -> tuple[Tensor, State]:
            state, steps = self._step(self.drop(self.W_T(token)), seen, state)
            return self.W_y(self.drop(steps.readout)), state

        return step, self._open(last)

    def _look(self, H: Tensor, mask: Tensor | None) -> Source:
        return Source(H, self.attention.keys(H), mask)

    def _open(self, last: tuple[CellState, ...]) -> WriterState:
        """s_0 (and c_0) of each layer from the last states of the encoder's; a_0 = 0."""
        cells: list[CellState] = []
        for n, layer in enumerate(last):
            s = torch.tanh(self.W_s[n](layer[0]))
            cells.append((s, self.W_0[n](layer[1])) if self.W_0 else (s,))
        return WriterState(tuple(cells), torch.zeros_like(cells[-1][0]))

    def _step(self, word: Tensor, source: Source, state: WriterState) -> tuple[WriterState, RecurrentStep]:
        """word (batch d_emb): the token just written."""
        if self.is_additive:
            alignment = self._align(state.cells[-1][0], source)
            fed = alignment.context
            cells, steps = self._advance(word, fed, state.cells)
        else:
            fed = state.readout
            cells, steps = self._advance(word, fed, state.cells)
            alignment = self._align(cells[-1][0], source)
        readout = torch.tanh(self.W_c(torch.cat([cells[-1][0], alignment.context], -1)))
        return WriterState(cells, readout), RecurrentStep(word, fed, steps, alignment, readout)

    def _advance(
        self, word: Tensor, fed: Tensor, states: tuple[CellState, ...]
    ) -> tuple[tuple[CellState, ...], tuple[CellSteps, ...]]:
        """Every layer one step on."""
        x, new, steps = torch.cat([word, fed], -1), [], []
        for n, module in enumerate(self.cells):
            cell = cast(Cell, module)
            state, kept = cell(cell.W(x if n == 0 else self.drop(x)), states[n])
            x = state[0]
            new.append(state)
            steps.append(kept)
        return tuple(new), tuple(steps)

    def _align(self, s: Tensor, source: Source) -> AlignmentSteps:
        scores = self.attention(s, source.keys)
        if source.mask is not None:
            scores = scores.masked_fill(~source.mask, -torch.inf)
        weights = softmax_seen(scores)
        return AlignmentSteps(scores, weights, torch.einsum("bs,bsn->bn", weights, source.H))


def draw_weights(translator: RecurrentTranslator, seed: int) -> None:
    """Make `translator` an untrained one, in place: cells as `core.models.cells.cell_rule` says, embeddings from
    N(0, 0.1²), other matrices as `core.models.blocks.glorot`, biases 0."""

    def rule(name: str, parameter: Tensor, generator: torch.Generator) -> Tensor | float:
        if name.startswith(("encoder.", "cells.")):
            return cell_rule(name, parameter, translator.config.n, generator)
        if parameter.ndim == 1:
            return 0.0
        if name.startswith(("W_E", "W_T")):
            return torch.randn(parameter.shape, generator=generator) * 0.1
        return glorot(parameter, generator)

    draw(translator, seed, rule)
