"""The encoder–decoder Transformer, written from its equations.

Symbols (Vaswani et al. 2017, "Attention Is All You Need", section 3; attention and FFN as in `core.models.blocks`):

    W_E W_T    embeddings of the source and of the target      (vocab | vocab_target, d_model)
    P          positions                                       (max_pos d_model)
               sinusoidal: P[p, 2i] = sin(p/10000^(2i/d_model)), P[p, 2i + 1] = cos of the same, section 3.5
               learned: a table of vectors
    x_0        √d_model·W[id] + P[pos]                         (batch pos d_model), sections 3.4 and 3.5
    memory     what the encoder puts out                       (batch src d_model)
    logits     y_L·W_Tᵀ                                        (batch tgt vocab_target), the head is W_T, section 3.4

    encoder layer   x ← LayerNorm(x + SelfAttention(x)),  x ← LayerNorm(x + FFN(x)),  f = ReLU
    decoder layer   y ← LayerNorm(y + SelfAttention(y)), to the left only
                    y ← LayerNorm(y + CrossAttention(y, memory)),  y ← LayerNorm(y + FFN(y))

That is the paper's order ("post"). With norm = "pre" (Xiong et al. 2020, figure 1b) it is
x ← x + Sublayer(LayerNorm(x)), and one more norm after the last layer of either stack: it trains without a warm-up.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, cast

import torch
from torch import Tensor, nn

from core.models.blocks import (
    KV,
    FeedForward,
    FeedForwardSteps,
    MultiHead,
    draw,
    glorot,
    is_gain,
    refuse_too_long,
    see_left,
    see_tokens,
)
from core.models.encoder import AttentionSteps, Table
from core.models.search import State, Step

Norm = Literal["post", "pre"]


@dataclass(frozen=True)
class TranslatorConfig:
    """The sizes of a translator; `layers` in each stack.

    vocab_target : None: both sides share one vocabulary and one table, as in the paper
    dropout : the share removed in training from embeddings, sublayers and attention weights
    """

    vocab: int
    d_model: int
    layers: int
    heads: int
    d_ff: int
    max_pos: int
    vocab_target: int | None = None
    positions: Literal["sinusoidal", "learned"] = "sinusoidal"
    norm: Norm = "post"
    eps: float = 1e-5
    dropout: float = 0.0

    def __post_init__(self) -> None:
        if self.d_model % self.heads:
            raise ValueError(f"d_model {self.d_model} does not split into {self.heads} heads")


@dataclass(frozen=True)
class SublayerSteps:
    """A sublayer in its frame, all (batch pos d_model).

    x : what comes in
    read : what the sublayer reads: x, or LayerNorm(x) when the norm comes first
    summed : x + Sublayer(read)
    out : LayerNorm(summed), or summed when the norm came first
    """

    x: Tensor
    read: Tensor
    summed: Tensor
    out: Tensor


@dataclass(frozen=True)
class TranslatorLayerSteps:
    """One layer: the steps of each sublayer and of the residual sum around it; `cross` in the decoder only."""

    attention: AttentionSteps
    around_attention: SublayerSteps
    cross: AttentionSteps | None
    around_cross: SublayerSteps | None
    feed_forward: FeedForwardSteps
    around_ff: SublayerSteps


@dataclass(frozen=True)
class StackTrace:
    """One stack in full: `embedded` and `out` (batch pos d_model), and one `TranslatorLayerSteps` a layer."""

    embedded: Tensor
    layers: tuple[TranslatorLayerSteps, ...]
    out: Tensor


@dataclass(frozen=True)
class TranslatorTrace:
    """One forward pass in full: both stacks. Alignments are `decoder.layers[l].cross.weights` (batch head tgt src)."""

    encoder: StackTrace
    decoder: StackTrace


class TranslatorOutput(NamedTuple):
    """logits (batch tgt vocab_target) for the token after each; `trace` only when it was asked for."""

    logits: Tensor
    trace: TranslatorTrace | None = None


class Residual(nn.Module):
    """What stands around a sublayer: a residual sum, and a norm before or after it."""

    def __init__(self, config: TranslatorConfig) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(config.d_model, eps=config.eps)
        self.is_pre = config.norm == "pre"
        self.drop = nn.Dropout(config.dropout)

    def open(self, x: Tensor) -> Tensor:
        """What the sublayer reads."""
        read: Tensor = self.norm(x) if self.is_pre else x
        return read

    def close(self, x: Tensor, read: Tensor, answer: Tensor) -> SublayerSteps:
        """x and the sublayer's answer to `read`, summed up."""
        summed = x + self.drop(answer)
        return SublayerSteps(x, read, summed, summed if self.is_pre else self.norm(summed))


class TranslatorLayer(nn.Module):
    """A layer of either stack; with `is_decoder` it has cross-attention as well."""

    def __init__(self, config: TranslatorConfig, is_decoder: bool) -> None:
        super().__init__()
        self.attention = MultiHead(config.d_model, config.heads, config.dropout)
        self.around_attention = Residual(config)
        if is_decoder:
            self.cross = MultiHead(config.d_model, config.heads, config.dropout)
            self.around_cross = Residual(config)
        self.ff = FeedForward(config.d_model, config.d_ff, torch.relu)
        self.around_ff = Residual(config)

    def forward(
        self,
        x: Tensor,
        seen: Tensor | None,
        past: KV | None = None,
        memory: KV | None = None,
        seen_memory: Tensor | None = None,
        keep: bool = False,
    ) -> tuple[Tensor, KV, TranslatorLayerSteps | None]:
        """x (batch pos d_model); seen and seen_memory as in `MultiHead`.

        past : this layer's keys and values of what came before x
        memory : keys and values of the encoder's output (`cross.keys_values`), for a layer of the decoder
        """
        read = self.around_attention.open(x)
        kv = self.attention.keys_values(read, past)
        projected, attention = self.attention(read, kv, seen, keep)
        around_attention = self.around_attention.close(x, read, projected)
        x, cross, around_cross = around_attention.out, None, None
        if memory is not None:
            read = self.around_cross.open(x)
            projected, cross = self.cross(read, memory, seen_memory, keep)
            around_cross = self.around_cross.close(x, read, projected)
            x = around_cross.out
        read = self.around_ff.open(x)
        feed_forward = self.ff(read)
        around_ff = self.around_ff.close(x, read, feed_forward.ff)
        steps = None
        if attention is not None:
            steps = TranslatorLayerSteps(attention, around_attention, cross, around_cross, feed_forward, around_ff)
        return around_ff.out, kv, steps


class Translator(nn.Module):
    """An encoder that reads a sentence, and a decoder that writes another with an eye on it."""

    P: Tensor

    def __init__(self, config: TranslatorConfig) -> None:
        super().__init__()
        self.config = config
        self.W_E = Table(config.vocab, config.d_model)
        if config.vocab_target is not None:
            self.W_T = Table(config.vocab_target, config.d_model)
        if config.positions == "learned":
            self.P = nn.Parameter(torch.empty(config.max_pos, config.d_model))
        else:
            self.register_buffer("P", sinusoids(config.max_pos, config.d_model), persistent=False)
        self.encoder = nn.ModuleList(TranslatorLayer(config, False) for _ in range(config.layers))
        self.decoder = nn.ModuleList(TranslatorLayer(config, True) for _ in range(config.layers))
        is_pre = config.norm == "pre"
        self.norm_encoder = nn.LayerNorm(config.d_model, eps=config.eps) if is_pre else nn.Identity()
        self.norm_decoder = nn.LayerNorm(config.d_model, eps=config.eps) if is_pre else nn.Identity()
        self.drop = nn.Dropout(config.dropout)

    @property
    def target_table(self) -> Table:
        """W_T, or W_E where one table serves both sides: the embeddings of the target and the head."""
        return self.W_E if self.config.vocab_target is None else self.W_T

    @property
    def longest(self) -> int:
        """How many tokens it can write at most."""
        return self.config.max_pos

    def forward(
        self, source: Tensor, target: Tensor, mask: Tensor | None = None, keep: bool = False
    ) -> TranslatorOutput:
        """source (batch src) and target (batch tgt): what has been written, from the opening token on.

        mask (batch src) bool, True where there is a token; padding stands at the end. The target needs no mask: its
        padding is at the end too, and nobody looks to the right.

        Raises
        ------
        Refusal
            If either is longer than `max_pos` tokens.
        """
        memory, read = self.encode(source, mask, keep)
        logits, written = self.decode(target, memory, mask, keep)
        if read is None or written is None:
            return TranslatorOutput(logits)
        return TranslatorOutput(logits, TranslatorTrace(read, written))

    def encode(
        self, source: Tensor, mask: Tensor | None = None, keep: bool = False
    ) -> tuple[Tensor, StackTrace | None]:
        """The memory (batch src d_model) of source (batch src)."""
        embedded = x = self._place(self.W_E, source, 0)
        kept = []
        for layer in self.encoder:
            x, _, steps = layer(x, see_tokens(mask), keep=keep)
            kept.append(steps)
        out = self.norm_encoder(x)
        return out, StackTrace(embedded, tuple(kept), out) if keep else None

    def decode(
        self, target: Tensor, memory: Tensor, mask: Tensor | None = None, keep: bool = False
    ) -> tuple[Tensor, StackTrace | None]:
        """Logits (batch tgt vocab_target) for the token after each of target (batch tgt)."""
        logits, _, trace = self._write(target, self._remember(memory), see_tokens(mask), None, keep)
        return logits, trace

    def start(self, source: Tensor, mask: Tensor | None = None, copies: int = 1) -> tuple[Step, State]:
        """A `core.models.search.Step` that writes answers to source; its state is the keys and values of what it wrote.

        What is read from the memory is the same for all copies of a sentence and stays out of the state.
        """
        memory, _ = self.encode(source, mask)
        kvs = self._remember(memory.repeat_interleave(copies, 0))
        seen = see_tokens(None if mask is None else mask.repeat_interleave(copies, 0))

        def step(last: Tensor, past: State) -> tuple[Tensor, State]:
            logits, past, _ = self._write(last[:, None], kvs, seen, past, False)
            return logits[:, -1], past

        return step, None

    def _remember(self, memory: Tensor) -> list[KV]:
        """What each layer of the decoder asks: computed once a sentence."""
        return [cast(TranslatorLayer, layer).cross.keys_values(memory) for layer in self.decoder]

    def _write(
        self,
        target: Tensor,
        memory: list[KV],
        seen_memory: Tensor | None,
        past: tuple[KV, ...] | None,
        keep: bool,
    ) -> tuple[Tensor, tuple[KV, ...], StackTrace | None]:
        before = past[0].k.shape[2] if past else 0
        embedded = y = self._place(self.target_table, target, before)
        seen = see_left(target.shape[1], before, None, target.device)
        kvs, kept = [], []
        for n, layer in enumerate(self.decoder):
            y, kv, steps = layer(y, seen, past[n] if past else None, memory[n], seen_memory, keep)
            kvs.append(kv)
            kept.append(steps)
        out = self.norm_decoder(y)
        logits = nn.functional.linear(out, self.target_table.weight)
        return logits, tuple(kvs), StackTrace(embedded, tuple(kept), out) if keep else None

    def _place(self, table: Callable[[Tensor], Tensor], ids: Tensor, before: int) -> Tensor:
        """√d_model·W[id] + P[pos]: (batch pos) → (batch pos d_model), `before` tokens having been read already."""
        refuse_too_long(before + ids.shape[1], self.config.max_pos)
        words = table(ids) * self.config.d_model**0.5
        placed: Tensor = self.drop(words + self.P[before : before + ids.shape[1]])
        return placed


def sinusoids(max_pos: int, d_model: int) -> Tensor:
    """Waves of lengths from 2π to 10000·2π tokens, sine and cosine in turn: float32 (max_pos d_model), section 3.5."""
    even = torch.arange(0, d_model, 2, dtype=torch.float64)
    angles = torch.arange(max_pos, dtype=torch.float64)[:, None] / 10000 ** (even / d_model)
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(1)[:, :d_model].float()


def draw_weights(translator: Translator, seed: int) -> None:
    """Make `translator` an untrained one, in place: matrices as `core.models.blocks.glorot`, embeddings from
    N(0, 1/d_model), so that √d_model·W[id] is of the size of P, learned positions from N(0, 0.02²), biases 0, norms the
    identity."""

    def rule(name: str, parameter: Tensor, generator: torch.Generator) -> Tensor | float:
        if parameter.ndim == 1:
            return float(is_gain(name))
        if name == "P":
            return torch.randn(parameter.shape, generator=generator) * 0.02
        if name.startswith(("W_E", "W_T")):
            return torch.randn(parameter.shape, generator=generator) / math.sqrt(parameter.shape[1])
        return glorot(parameter, generator)

    draw(translator, seed, rule)
