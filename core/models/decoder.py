"""The decoder-only Transformer of GPT-2, written from its equations.

Symbols (Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.3; attention and FFN as
in `core.models.blocks`):

    W_E P      token and position embeddings                   (vocab | max_pos, d_model)
    x_0        W_E[id] + P[pos]                                (batch pos d_model)
    x'         x + Attention(LayerNorm(x))                     (batch pos d_model), each token sees itself and its left
    x_l        x' + FFN(LayerNorm(x'))                         (batch pos d_model)
    logits     LayerNorm(x_L)·W_Eᵀ                             (batch pos vocab), the head is the embedding matrix again

The norm stands before each sublayer ("pre-norm") and once more after the last layer, so that x runs through the whole
model as a sum. The GELU is the approximation by tanh (Hendrycks and Gimpel 2016, section 2), as in GPT-2.

What was read stays in a cache of keys and values: a new token asks them instead of reading all again. Since nobody sees
what comes after, nothing in the cache would change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn

from core.models.blocks import (
    KV,
    FeedForward,
    FeedForwardSteps,
    MultiHead,
    draw,
    is_gain,
    refuse_too_long,
    see_left,
)
from core.models.encoder import AttentionSteps, Table

Past = tuple[KV, ...]


@dataclass(frozen=True)
class DecoderConfig:
    """The sizes of a decoder. `eps` is added to a norm's variance, `dropout` is the share removed in training."""

    vocab: int
    d_model: int
    layers: int
    heads: int
    d_ff: int
    max_pos: int
    eps: float = 1e-5
    dropout: float = 0.0

    def __post_init__(self) -> None:
        if self.d_model % self.heads:
            raise ValueError(f"d_model {self.d_model} does not split into {self.heads} heads")


@dataclass(frozen=True)
class DecoderLayerSteps:
    """One layer, step by step, all (batch pos d_model) but what `attention` and `feed_forward` say of themselves.

    x : what the layer reads
    normed : LayerNorm(x)
    attention : its `AttentionSteps`; keys and scores include the past
    attended : x + attention.projected
    normed_ff : LayerNorm(attended)
    feed_forward : its `FeedForwardSteps`
    out : attended + feed_forward.ff
    """

    x: Tensor
    normed: Tensor
    attention: AttentionSteps
    attended: Tensor
    normed_ff: Tensor
    feed_forward: FeedForwardSteps
    out: Tensor


@dataclass(frozen=True)
class DecoderTrace:
    """One forward pass in full.

    embedded : W_E[id] + P[pos] (batch pos d_model)
    layers : one `DecoderLayerSteps` each
    normed : LayerNorm of what the last layer puts out (batch pos d_model)
    """

    embedded: Tensor
    layers: tuple[DecoderLayerSteps, ...]
    normed: Tensor


class DecoderOutput(NamedTuple):
    """logits (batch pos vocab) for the token after each; `past` to go on from; `trace` only when it was asked for."""

    logits: Tensor
    past: Past
    trace: DecoderTrace | None = None


class DecoderLayer(nn.Module):
    """Attention to the left, then a feed-forward network; a norm before and a residual sum after each."""

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.norm_attention = nn.LayerNorm(config.d_model, eps=config.eps)
        self.attention = MultiHead(config.d_model, config.heads, config.dropout)
        self.norm_ff = nn.LayerNorm(config.d_model, eps=config.eps)
        self.ff = FeedForward(config.d_model, config.d_ff, partial(nn.functional.gelu, approximate="tanh"))
        self.drop = nn.Dropout(config.dropout)

    def forward(
        self, x: Tensor, seen: Tensor | None = None, past: KV | None = None, keep: bool = False
    ) -> tuple[Tensor, KV, DecoderLayerSteps | None]:
        """x (batch pos d_model); seen as in `MultiHead`; past: the keys and values of what came before."""
        normed = self.norm_attention(x)
        kv = self.attention.keys_values(normed, past)
        projected, attention = self.attention(normed, kv, seen, keep)
        attended = x + self.drop(projected)
        normed_ff = self.norm_ff(attended)
        feed_forward = self.ff(normed_ff)
        out = attended + self.drop(feed_forward.ff)
        steps = None
        if attention is not None:
            steps = DecoderLayerSteps(x, normed, attention, attended, normed_ff, feed_forward, out)
        return out, kv, steps


class Decoder(nn.Module):
    """Embeddings, a stack of layers, and the embeddings again as the head."""

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.config = config
        self.W_E = Table(config.vocab, config.d_model)
        self.P = Table(config.max_pos, config.d_model)
        self.layers = nn.ModuleList(DecoderLayer(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.d_model, eps=config.eps)
        self.drop = nn.Dropout(config.dropout)

    def embed(self, ids: Tensor) -> Tensor:
        """The token vectors alone, W_E[ids], before positions: (batch pos) → (batch pos d_model)."""
        words: Tensor = self.W_E(ids)
        return words

    def forward(
        self, ids: Tensor, mask: Tensor | None = None, past: Past | None = None, keep: bool = False, last: bool = False
    ) -> DecoderOutput:
        """ids (batch pos): the tokens that follow the `past`.

        mask (batch, past + pos) bool, True where there is a token; padding may stand on either side, and positions
            count tokens only
        last : logits for the last position alone, (batch 1 vocab), which is all that writing on needs

        Raises
        ------
        Refusal
            If past and present are more than `max_pos` tokens.
        """
        return self.forward_embedded(self.embed(ids), mask, past, keep, last)

    def forward_embedded(
        self,
        words: Tensor,
        mask: Tensor | None = None,
        past: Past | None = None,
        keep: bool = False,
        last: bool = False,
    ) -> DecoderOutput:
        """The same from token vectors (batch pos d_model), for gradients with respect to the words."""
        pos, before = words.shape[1], past[0].k.shape[2] if past else 0
        refuse_too_long(before + pos, self.config.max_pos)
        if mask is None:
            place = self.P.weight[before : before + pos]
        else:
            place = self.P((mask.long().cumsum(1) - 1).clamp(min=0)[:, before:])
        embedded = x = self.drop(words + place)
        seen = see_left(pos, before, mask, words.device)
        kvs, steps = [], []
        for n, layer in enumerate(self.layers):
            x, kv, kept = layer(x, seen, past[n] if past else None, keep)
            kvs.append(kv)
            steps.append(kept)
        normed = self.norm(x[:, -1:] if last and not keep else x)
        logits = nn.functional.linear(normed[:, -1:] if last else normed, self.W_E.weight)
        return DecoderOutput(logits, tuple(kvs), DecoderTrace(embedded, tuple(steps), normed) if keep else None)

    def continue_text(
        self, ids: Tensor, steps: int, choose: Callable[[Tensor], Tensor], end: int | None = None
    ) -> Tensor:
        """Write on from ids (batch pos), at most `steps` tokens and `max_pos` in all → the new ones, (batch new).

        choose : logits (batch vocab) → ids (batch); `torch.argmax` over the last axis is greedy
        end : once a row has chosen it, it says nothing else; when all rows have, it is over
        """
        written = ids[:, :0]
        is_over = torch.zeros(len(ids), dtype=torch.bool, device=ids.device)
        new, past = ids, None
        with torch.no_grad():
            for _ in range(min(steps, self.config.max_pos - ids.shape[1])):
                logits, past, _ = self(new, past=past, last=True)
                chosen = choose(logits[:, -1])
                if end is not None:
                    chosen = chosen.masked_fill(is_over, end)
                    is_over |= chosen == end
                new = chosen[:, None]
                written = torch.cat([written, new], 1)
                if bool(is_over.all()):
                    break
        return written


def draw_weights(decoder: Decoder, seed: int) -> None:
    """Make `decoder` an untrained one, in place, as GPT-2 began: matrices from N(0, 0.02²), those that add to the
    residual sum (W_O, W_2) divided by √(2·layers), biases 0, norms the identity."""
    shrink = (2 * decoder.config.layers) ** -0.5

    def rule(name: str, parameter: Tensor, generator: torch.Generator) -> Tensor | float:
        if parameter.ndim == 1:
            return float(is_gain(name))
        deviation = 0.02 * (shrink if name.endswith(("W_O.weight", "W_2.weight")) else 1.0)
        return torch.randn(parameter.shape, generator=generator) * deviation

    draw(decoder, seed, rule)


_FROM_GPT2 = {
    "wte": "W_E",
    "wpe": "P",
    "ln_f": "norm",
    "ln_1": "norm_attention",
    "ln_2": "norm_ff",
    "attn.c_proj": "attention.W_O",
    "mlp.c_fc": "ff.W_1",
    "mlp.c_proj": "ff.W_2",
}
_QKV = ("attention.W_Q", "attention.W_K", "attention.W_V")


def from_gpt2(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A GPT-2 state dict as Hugging Face names it → the same tensors under the names used here.

    GPT-2 keeps its matrices as (in, out), the three of q, k and v side by side. The head is W_E and is left out, and so
    are buffers.
    """
    ours = {}
    for name, tensor in state.items():
        module, _, kind = name.removeprefix("transformer.").rpartition(".")
        prefix = ""
        if module.startswith("h."):
            number, _, module = module.removeprefix("h.").partition(".")
            prefix = f"layers.{number}."
        if kind not in ("weight", "bias"):
            continue
        turned = tensor.T if kind == "weight" and module.startswith(("attn.", "mlp.")) else tensor
        if module == "attn.c_attn":
            for target, part in zip(_QKV, turned.chunk(3), strict=True):
                ours[f"{prefix}{target}.{kind}"] = part.contiguous()
        elif module in _FROM_GPT2:
            ours[f"{prefix}{_FROM_GPT2[module]}.{kind}"] = turned.contiguous()
    return ours
