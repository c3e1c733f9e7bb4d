"""Two small classifiers of sentences, written from their equations: a convolution over words, and an LSTM.

Text CNN (Kim 2014, "Convolutional Neural Networks for Sentence Classification", section 2):

    x_i        word vectors, rows of W_E                       (batch pos d_emb)
    x_{i:i+h}  h words side by side                            (batch window h·d_emb), windows of h = 3, 4, 5, say
    c_i        ReLU(W·x_{i:i+h} + b), eq. 2                    (batch window maps)
    ĉ          max_i c_i, of every map                         (batch maps)
    logits     ĉ of all widths side by side, times W_y, + b    (batch classes)

A window may hang over either end of the sentence, where the word vectors are 0, but not by its full width ("wide"
convolution, Kalchbrenner et al. 2014, section 2.1): so the shortest sentence has windows of every width, and a sentence
of p words has p + h − 1.

LSTM (cells in `core.models.cells`):

    H          states h_1 … h_T, both directions side by side  (batch pos 2n)
    pooled     last: h_T forwards and h_1 backwards; mean, max: over the words              (batch 2n)
    logits     pooled·W_y + b                                  (batch classes)

Padding takes no part in either: not in a window, not in a state, not in a mean. A sentence has at least one word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from core.models.blocks import draw, glorot
from core.models.cells import CellSteps, Recurrent, cell_rule
from core.models.encoder import Linear, Table, mean_pool

Pool = Literal["last", "mean", "max"]


@dataclass(frozen=True)
class CNNConfig:
    """The sizes of a text CNN: `maps` for each of `widths`; `dropout` on the pooled maps, as in the paper (0.5)."""

    vocab: int
    d_emb: int
    widths: tuple[int, ...]
    maps: int
    classes: int
    dropout: float = 0.0


@dataclass(frozen=True)
class LSTMClassifierConfig:
    """The sizes of an LSTM classifier: n units in each layer and direction."""

    vocab: int
    d_emb: int
    n: int
    classes: int
    layers: int = 1
    pool: Pool = "max"
    dropout: float = 0.0


@dataclass(frozen=True)
class ConvolutionSteps:
    """One width h.

    activations : c (batch window maps), −∞ where a window has no word; window w covers the words from w − h + 1 to w
    pooled : ĉ (batch maps)
    winners : the window that each ĉ comes from (batch maps)
    """

    activations: Tensor
    pooled: Tensor
    winners: Tensor


@dataclass(frozen=True)
class CNNTrace:
    """One forward pass in full: x (batch pos d_emb), 0 at padding; the steps of each width; features, ĉ of all widths
    side by side."""

    x: Tensor
    widths: tuple[ConvolutionSteps, ...]
    features: Tensor


@dataclass(frozen=True)
class LSTMTrace:
    """One forward pass in full: x (batch pos d_emb), gates of each layer and direction, H and pooled."""

    x: Tensor
    layers: tuple[tuple[CellSteps, ...], ...]
    H: Tensor
    pooled: Tensor


class CNNOutput(NamedTuple):
    """logits (batch classes); `trace` only when it was asked for."""

    logits: Tensor
    trace: CNNTrace | None = None


class LSTMOutput(NamedTuple):
    """logits (batch classes); `trace` only when it was asked for."""

    logits: Tensor
    trace: LSTMTrace | None = None


class TextCNN(nn.Module):
    """Windows of words, the strongest answer of each map, a linear layer."""

    def __init__(self, config: CNNConfig) -> None:
        super().__init__()
        self.config = config
        self.W_E = Table(config.vocab, config.d_emb)
        self.W = nn.ModuleList(Linear(h * config.d_emb, config.maps) for h in config.widths)
        self.W_y = Linear(config.maps * len(config.widths), config.classes)
        self.drop = nn.Dropout(config.dropout)

    def embed(self, ids: Tensor) -> Tensor:
        """W_E[ids]: (batch pos) → (batch pos d_emb)."""
        words: Tensor = self.W_E(ids)
        return words

    def forward(self, ids: Tensor, mask: Tensor | None = None, keep: bool = False) -> CNNOutput:
        """ids (batch pos), mask (batch pos) bool, True where there is a word; padding stands at the end."""
        return self.forward_embedded(self.embed(ids), mask, keep)

    def forward_embedded(self, words: Tensor, mask: Tensor | None = None, keep: bool = False) -> CNNOutput:
        """The same from word vectors (batch pos d_emb), for gradients with respect to the words."""
        x = words if mask is None else words * mask[..., None]
        pooled, kept = [], []
        for h, W in zip(self.config.widths, self.W, strict=True):
            c = torch.relu(W(open_windows(x, h)))
            if mask is not None:
                c = c.masked_fill(~open_windows(mask[..., None].to(x.dtype), h).any(-1, keepdim=True), -torch.inf)
            best = c.max(1)
            pooled.append(best.values)
            if keep:
                kept.append(ConvolutionSteps(c, best.values, best.indices))
        features = torch.cat(pooled, -1)
        logits = self.W_y(self.drop(features))
        return CNNOutput(logits, CNNTrace(x, tuple(kept), features) if keep else None)


class LSTMClassifier(nn.Module):
    """An LSTM in both directions, its states made one vector, a linear layer."""

    def __init__(self, config: LSTMClassifierConfig) -> None:
        super().__init__()
        self.config = config
        self.W_E = Table(config.vocab, config.d_emb)
        self.reader = Recurrent("lstm", config.d_emb, config.n, config.layers, True, config.dropout)
        self.W_y = Linear(2 * config.n, config.classes)
        self.drop = nn.Dropout(config.dropout)

    def embed(self, ids: Tensor) -> Tensor:
        """W_E[ids]: (batch pos) → (batch pos d_emb)."""
        words: Tensor = self.W_E(ids)
        return words

    def forward(self, ids: Tensor, mask: Tensor | None = None, keep: bool = False) -> LSTMOutput:
        """ids (batch pos), mask (batch pos) bool, True where there is a word; padding may stand on either side."""
        return self.forward_embedded(self.embed(ids), mask, keep)

    def forward_embedded(self, words: Tensor, mask: Tensor | None = None, keep: bool = False) -> LSTMOutput:
        """The same from word vectors (batch pos d_emb), for gradients with respect to the words."""
        x = self.drop(words)
        read = self.reader(x, mask, keep)
        match self.config.pool:
            case "last":
                pooled = read.last[-1][0]
            case "mean":
                pooled = mean_pool(read.out, mask)
            case "max":
                H = read.out if mask is None else read.out.masked_fill(~mask[..., None], -torch.inf)
                pooled = H.amax(1)
        logits = self.W_y(self.drop(pooled))
        return LSTMOutput(logits, LSTMTrace(x, read.layers, read.out, pooled) if read.layers is not None else None)


def open_windows(x: Tensor, h: int) -> Tensor:
    """All that h words side by side can be, some of them beyond the ends: (batch pos d) → (batch pos + h − 1, h·d)."""
    padded = nn.functional.pad(x, (0, 0, h - 1, h - 1))
    return padded.unfold(1, h, 1).transpose(2, 3).flatten(2)


def draw_weights(model: TextCNN | LSTMClassifier, seed: int) -> None:
    """Make `model` an untrained one, in place: embeddings uniform in ±0.25, cells as `core.models.cells.cell_rule`
    says, other matrices as `core.models.blocks.glorot`, biases 0."""
    units = model.config.n if isinstance(model, LSTMClassifier) else 0

    def rule(name: str, parameter: Tensor, generator: torch.Generator) -> Tensor | float:
        if name.startswith("reader."):
            return cell_rule(name, parameter, units, generator)
        if parameter.ndim == 1:
            return 0.0
        if name.startswith("W_E"):
            return (torch.rand(parameter.shape, generator=generator) * 2 - 1) / 4
        return glorot(parameter, generator)

    draw(model, seed, rule)
