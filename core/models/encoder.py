"""The Transformer encoder of BERT, written from its equations.

Symbols (Devlin et al. 2019, "BERT", section 3; Vaswani et al. 2017, sections 3.1–3.3):

    x          hidden state                                    (batch pos d_model)
    W_E P S    word, position and sentence embeddings          (vocab | max_pos | types, d_model)
    q k v      queries, keys, values: x·W + b, split in heads  (batch head pos d_head), d_head = d_model / heads
    scores     q·kᵀ / √d_head, −∞ where the key is padding     (batch head pos pos), eq. 1
    weights    softmax of the scores over the keys             (batch head pos pos), each row sums to 1
    context    weights·v, heads side by side                   (batch pos d_model)
    FFN        gelu(x·W_1 + b_1)·W_2 + b_2                     (batch pos d_model), inner width d_ff

The norm comes after the residual sum ("post-norm", Vaswani section 3.1): x ← LayerNorm(x + Sublayer(x)). The GELU is
the exact one, x·Φ(x) (Hendrycks and Gimpel 2016, eq. 2), as in BERT. There is no dropout: these encoders are read, and
fine-tuned briefly at most.

A `Linear` keeps its matrix transposed, (out, in), so `W_Q.weight` is the paper's W^Q turned over. Parameters are
not drawn at random when an encoder is built: they are there to be loaded. `draw_weights` makes an untrained one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

Edit = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class EncoderConfig:
    """The sizes of an encoder. `types` is how many sentence embeddings it has, `eps` is added to a norm's variance."""

    vocab: int
    d_model: int
    layers: int
    heads: int
    d_ff: int
    max_pos: int
    types: int
    eps: float

    def __post_init__(self) -> None:
        if self.d_model % self.heads:
            raise ValueError(f"d_model {self.d_model} does not split into {self.heads} heads")

    @property
    def d_head(self) -> int:
        return self.d_model // self.heads


class AttentionSteps(NamedTuple):
    """Self-attention, step by step. `projected` is context·W_O + b_O, before the residual sum."""

    q: Tensor
    k: Tensor
    v: Tensor
    scores: Tensor
    weights: Tensor
    context: Tensor
    projected: Tensor


class LayerSteps(NamedTuple):
    """One layer, step by step.

    x : what the layer reads (batch pos d_model)
    attention : its `AttentionSteps`
    attended : LayerNorm(x + attention.projected) (batch pos d_model)
    inner : gelu(attended·W_1 + b_1) (batch pos d_ff)
    ff : inner·W_2 + b_2 (batch pos d_model)
    """

    x: Tensor
    attention: AttentionSteps
    attended: Tensor
    inner: Tensor
    ff: Tensor


class LayerOutput(NamedTuple):
    """out (batch pos d_model), weights (batch head pos pos); `steps` only when they were asked for."""

    out: Tensor
    weights: Tensor
    steps: LayerSteps | None = None


class EncoderOutput(NamedTuple):
    """hidden: the embeddings and what each layer puts out, layers + 1 of (batch pos d_model); weights: one a layer,
    (batch head pos pos)."""

    hidden: list[Tensor]
    weights: list[Tensor]


class Linear(nn.Linear):
    """x·Wᵀ + b, its weights not set yet."""

    def reset_parameters(self) -> None:
        """Nothing: drawing millions of numbers only to overwrite them would be most of the loading time."""


class Table(nn.Embedding):
    """A row a number, its weights not set yet."""

    def reset_parameters(self) -> None:
        """Nothing, as in `Linear`."""


class Embeddings(nn.Module):
    """A word, where it stands and which sentence it belongs to: LayerNorm(W_E[id] + P[pos] + S[type])."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.W_E = Table(config.vocab, config.d_model)
        self.P = Table(config.max_pos, config.d_model)
        self.S = Table(config.types, config.d_model)
        self.norm = nn.LayerNorm(config.d_model, eps=config.eps)

    def forward(self, words: Tensor, types: Tensor | None = None) -> Tensor:
        """Word vectors (batch pos d_model), and types (batch pos), 0 where not given → (batch pos d_model)."""
        place = self.P.weight[: words.shape[1]]
        sentence = self.S.weight[0] if types is None else self.S(types)
        out: Tensor = self.norm(words + place + sentence)
        return out


class SelfAttention(nn.Module):
    """Multi-head attention of a sequence to itself (Vaswani et al. 2017, section 3.2.2)."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.heads, self.d_head = config.heads, config.d_head
        self.W_Q = Linear(config.d_model, config.d_model)
        self.W_K = Linear(config.d_model, config.d_model)
        self.W_V = Linear(config.d_model, config.d_model)
        self.W_O = Linear(config.d_model, config.d_model)

    def forward(self, x: Tensor, mask: Tensor | None = None, edit: Edit | None = None) -> AttentionSteps:
        """x (batch pos d_model); mask (batch pos) bool, False where a key is padding that nobody may look at.

        `edit` changes the weights before they are used: that is how a head is switched off to see what it did.
        A sequence that is padding throughout has no distribution to give: its rows are NaN.
        """
        q, k, v = (self._split(W(x)) for W in (self.W_Q, self.W_K, self.W_V))
        scores = q @ k.transpose(-1, -2) / self.d_head**0.5
        if mask is not None:
            scores = scores.masked_fill(~mask[:, None, None, :], -torch.inf)
        weights = torch.softmax(scores, dim=-1)
        if edit is not None:
            weights = edit(weights)
        context = (weights @ v).transpose(1, 2).flatten(2)
        return AttentionSteps(q, k, v, scores, weights, context, self.W_O(context))

    def _split(self, A: Tensor) -> Tensor:
        """(batch pos d_model) → (batch head pos d_head)."""
        return A.reshape(*A.shape[:2], self.heads, self.d_head).transpose(1, 2)


class Layer(nn.Module):
    """Attention, then a feed-forward network at every position; a residual sum and a norm after each."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.attention = SelfAttention(config)
        self.norm_attention = nn.LayerNorm(config.d_model, eps=config.eps)
        self.W_1 = Linear(config.d_model, config.d_ff)
        self.W_2 = Linear(config.d_ff, config.d_model)
        self.norm_ff = nn.LayerNorm(config.d_model, eps=config.eps)

    def forward(
        self, x: Tensor, mask: Tensor | None = None, keep: bool = False, edit: Edit | None = None
    ) -> LayerOutput:
        """x (batch pos d_model), mask and edit as in `SelfAttention`; with `keep` every intermediate comes along."""
        attention = self.attention(x, mask, edit)
        attended = self.norm_attention(x + attention.projected)
        inner = nn.functional.gelu(self.W_1(attended))
        ff = self.W_2(inner)
        out = self.norm_ff(attended + ff)
        steps = LayerSteps(x, attention, attended, inner, ff) if keep else None
        return LayerOutput(out, attention.weights, steps)


class Encoder(nn.Module):
    """Embeddings and a stack of layers.

    To see inside layer l, run it again on what it read: `encoder.layers[l](output.hidden[l], mask, keep=True)`.
    For gradients with respect to the words, `embed` them, ask for gradients, and go on with `forward_embedded`.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.embeddings = Embeddings(config)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))

    def embed(self, ids: Tensor) -> Tensor:
        """The word vectors alone, W_E[ids], before position, sentence and norm: (batch pos) → (batch pos d_model)."""
        words: Tensor = self.embeddings.W_E(ids)
        return words

    def forward(self, ids: Tensor, types: Tensor | None = None, mask: Tensor | None = None) -> EncoderOutput:
        """ids (batch pos), at most max_pos of them; types (batch pos) int, all 0 when not given; mask (batch pos)
        bool, True where there is a token."""
        return self.forward_embedded(self.embed(ids), types, mask)

    def forward_embedded(self, words: Tensor, types: Tensor | None = None, mask: Tensor | None = None) -> EncoderOutput:
        """The same from word vectors (batch pos d_model)."""
        hidden, weights = [self.embeddings(words, types)], []
        for layer in self.layers:
            step: LayerOutput = layer(hidden[-1], mask)
            hidden.append(step.out)
            weights.append(step.weights)
        return EncoderOutput(hidden, weights)


def draw_weights(encoder: Encoder, seed: int) -> None:
    """Make `encoder` an untrained one, in place: matrices from N(0, 0.02²), biases 0, norms the identity, as BERT
    began its training."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in encoder.named_parameters():
            if parameter.ndim == 2:
                parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.02)
            else:
                parameter.fill_(1.0 if "norm" in name and name.endswith("weight") else 0.0)


def mean_pool(hidden: Tensor, mask: Tensor | None = None) -> Tensor:
    """The mean over the tokens of each sequence: (batch pos d_model), mask (batch pos) bool → (batch d_model)."""
    if mask is None:
        return hidden.mean(1)
    share = mask.to(hidden.dtype)
    return torch.einsum("bpd,bp->bd", hidden, share) / share.sum(1, keepdim=True)


_FROM_BERT = {
    "embeddings.word_embeddings": "embeddings.W_E",
    "embeddings.position_embeddings": "embeddings.P",
    "embeddings.token_type_embeddings": "embeddings.S",
    "embeddings.LayerNorm": "embeddings.norm",
    "attention.self.query": "attention.W_Q",
    "attention.self.key": "attention.W_K",
    "attention.self.value": "attention.W_V",
    "attention.output.dense": "attention.W_O",
    "attention.output.LayerNorm": "norm_attention",
    "intermediate.dense": "W_1",
    "output.dense": "W_2",
    "output.LayerNorm": "norm_ff",
}


def from_bert(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A BERT state dict as Hugging Face names it → the same tensors under the names used here.

    A leading `bert.` is dropped. The pooler, buffers and task heads have no counterpart and are left out.
    """
    ours = {}
    for name, tensor in state.items():
        module, _, kind = name.removeprefix("bert.").rpartition(".")
        prefix = ""
        if module.startswith("encoder.layer."):
            number, _, module = module.removeprefix("encoder.layer.").partition(".")
            prefix = f"layers.{number}."
        if kind in ("weight", "bias") and module in _FROM_BERT:
            ours[f"{prefix}{_FROM_BERT[module]}.{kind}"] = tensor
    return ours
