"""What the Transformers of the house are built of: attention, a feed-forward network, and their keys kept for later.

Symbols (Vaswani et al. 2017, "Attention Is All You Need", sections 3.2 and 3.3):

    x          what asks                                       (batch pos d_model)
    y          what is asked; y = x in self-attention          (batch key d_model)
    q          queries x·W_Q + b, split in heads               (batch head pos d_head), d_head = d_model / heads
    k v        keys and values, y·W_K + b and y·W_V + b        (batch head key d_head)
    scores     q·kᵀ / √d_head, −∞ where a key must not be seen (batch head pos key), eq. 1
    weights    softmax of the scores over the keys             (batch head pos key), rows sum to 1
    context    weights·v, heads side by side                   (batch pos d_model)
    FFN        f(x·W_1 + b_1)·W_2 + b_2                        (batch pos d_model), inner width d_ff, eq. 2

A query that may see no key at all, as padding before the first word has none, gets weights of 0 and a context of 0.

Parameters are not drawn when a module is built (`core.models.encoder.Linear`): they are loaded, or drawn from a seed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from core.arrays import freeze
from core.errors import Refusal
from core.i18n import Text
from core.models.encoder import AttentionSteps, Linear


class KV(NamedTuple):
    """Keys and values, (batch head key d_head) each: all that attention has to remember of what it is asked about."""

    k: Tensor
    v: Tensor


@dataclass(frozen=True)
class FeedForwardSteps:
    """inner : f(x·W_1 + b_1) (batch pos d_ff); ff : inner·W_2 + b_2 (batch pos d_model)."""

    inner: Tensor
    ff: Tensor


class MultiHead(nn.Module):
    """Multi-head attention of one sequence to another or to itself (section 3.2.2)."""

    def __init__(self, d_model: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.heads, self.d_head, self.dropout = heads, d_model // heads, dropout
        self.W_Q = Linear(d_model, d_model)
        self.W_K = Linear(d_model, d_model)
        self.W_V = Linear(d_model, d_model)
        self.W_O = Linear(d_model, d_model)

    def keys_values(self, y: Tensor, past: KV | None = None) -> KV:
        """The keys and values of y (batch key d_model), behind those of the `past`."""
        k, v = self._split(self.W_K(y)), self._split(self.W_V(y))
        return KV(k, v) if past is None else KV(torch.cat([past.k, k], 2), torch.cat([past.v, v], 2))

    def forward(
        self, x: Tensor, kv: KV, seen: Tensor | None = None, keep: bool = False
    ) -> tuple[Tensor, AttentionSteps | None]:
        """context·W_O + b (batch pos d_model); with `keep` every intermediate comes along.

        seen : bool that broadcasts to (batch head pos key), True where the query may see the key; None: everywhere
        """
        q = self._split(self.W_Q(x))
        p = self.dropout if self.training else 0.0
        if not keep:
            # The same two products and softmax in one kernel, which never writes the scores down.
            context = self._join(nn.functional.scaled_dot_product_attention(q, kv.k, kv.v, seen, p))
            return self.W_O(context), None
        scores = q @ kv.k.transpose(-1, -2) / self.d_head**0.5
        if seen is not None:
            scores = scores.masked_fill(~seen, -torch.inf)
        weights = softmax_seen(scores)
        context = self._join(nn.functional.dropout(weights, p) @ kv.v)
        projected = self.W_O(context)
        return projected, AttentionSteps(q, kv.k, kv.v, scores, weights, context, projected)

    def _split(self, A: Tensor) -> Tensor:
        """(batch pos d_model) → (batch head pos d_head)."""
        return A.reshape(*A.shape[:2], self.heads, self.d_head).transpose(1, 2)

    def _join(self, A: Tensor) -> Tensor:
        """(batch head pos d_head) → (batch pos d_model)."""
        return A.transpose(1, 2).flatten(2)


class FeedForward(nn.Module):
    """The same two layers at every position (section 3.3); `f` is what stands between them."""

    def __init__(self, d_model: int, d_ff: int, f: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.W_1 = Linear(d_model, d_ff)
        self.W_2 = Linear(d_ff, d_model)
        self.f = f

    def forward(self, x: Tensor) -> FeedForwardSteps:
        """x (batch pos d_model)."""
        inner = self.f(self.W_1(x))
        return FeedForwardSteps(inner, self.W_2(inner))


def softmax_seen(scores: Tensor) -> Tensor:
    """Softmax over the last axis; a row that is −∞ throughout has weights of 0, and its gradient is 0 as well."""
    lonely = (scores == -torch.inf).all(-1, keepdim=True)
    return torch.softmax(scores.masked_fill(lonely, 0.0), -1).masked_fill(lonely, 0.0)


def see_left(pos: int, past: int, mask: Tensor | None, where: torch.device) -> Tensor | None:
    """Who may see whom when nobody sees what comes after: bool that broadcasts to (batch head pos past + pos).

    `past` tokens came before the `pos` that ask; mask (batch, past + pos) bool, False where a key is padding. None when
    nothing is hidden.
    """
    causal = torch.ones(pos, past + pos, dtype=torch.bool, device=where).tril(past) if pos > 1 else None
    padding = see_tokens(mask)
    if causal is None or padding is None:
        return padding if causal is None else causal
    return causal & padding


def see_tokens(mask: Tensor | None) -> Tensor | None:
    """mask (batch key) bool, False where a key is padding → (batch 1 1 key), for everyone who asks."""
    return None if mask is None else mask[:, None, None, :]


def refuse_too_long(pos: int, max_pos: int) -> None:
    """A model has no vectors for positions that it was not made for.

    Raises
    ------
    Refusal
        If `pos` tokens are more than `max_pos`.
    """
    if pos > max_pos:
        raise Refusal(
            Text(
                "The text has {n} tokens, and the model reads at most {most}.",
                "В тексте {n} токенов, а модель читает не больше {most}.",
            ).format(n=pos, most=max_pos)
        )


def draw(module: nn.Module, seed: int, rule: Callable[[str, Tensor, torch.Generator], Tensor | float]) -> None:
    """Set every parameter in place to what `rule(name, parameter, generator)` says: numbers, or one number for all.

    Drawn on the CPU, so that a seed means the same everywhere.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            value = rule(name, parameter, generator)
            parameter.copy_(value) if isinstance(value, Tensor) else parameter.fill_(value)


def glorot(parameter: Tensor, generator: torch.Generator) -> Tensor:
    """Numbers for a matrix (n_out, n_in): uniform, with variance 2/(n_in + n_out) (Glorot and Bengio 2010, eq. 16)."""
    return (torch.rand(parameter.shape, generator=generator) * 2 - 1) * math.sqrt(6 / sum(parameter.shape))


def is_gain(name: str) -> bool:
    """Whether a parameter is the scale of a norm, which begins at 1."""
    return "norm" in name and name.endswith("weight")


def named_arrays(trace: Any) -> dict[str, npt.NDArray[Any]]:
    """Every tensor of a trace by its path, `layers.0.attention.weights` for one: read-only, on the host, float32.

    Integers and booleans keep their type, float64 too.
    """
    return dict(_walk("", trace))


def _walk(path: str, node: Any) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    if isinstance(node, Tensor):
        half = node.dtype in (torch.bfloat16, torch.float16)
        array = (node.float() if half else node).detach().cpu().numpy()
        yield path, freeze(np.asarray(array))
        return
    children: Iterator[tuple[Any, Any]] = iter(())
    if is_dataclass(node):
        children = ((field.name, getattr(node, field.name)) for field in fields(node))
    elif isinstance(node, tuple):
        children = iter(zip(getattr(node, "_fields", range(len(node))), node, strict=True))
    for name, child in children:
        yield from _walk(f"{path}.{name}" if path else str(name), child)
