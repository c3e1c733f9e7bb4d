"""Scaled dot-product and additive attention, every intermediate kept.

Symbols (Vaswani et al. 2017, "Attention Is All You Need", section 3.2):

    X          token embeddings                       (pos, d_model)
    W_Q W_K W_V projections                           (d_model, d_model)
    Q K V      queries, keys, values: X·W             (pos, d_model), split into heads of d_head columns
    scores     Q·Kᵀ / (√d_head · temperature)         (head, pos, pos), eq. 1
    weights    softmax of the scores over the keys    (head, pos, pos), each row sums to 1
    output     weights·V, heads side by side          (pos, d_model)

The additive score is Bahdanau et al. 2015, eq. in section A.1.2, `v·tanh(q + k)` with v = 1; it has no scaling.
The temperature is not in the paper: it divides the scores, as sampling does with logits.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt
import torch

from core.arrays import Frozen
from core.device import describe, device
from core.i18n import Text, same
from core.params import Choice, Grid, Matrix, Params, Slider, Switch, Words
from core.tables import Table
from core.verify import Check, compare

MAX_TOKENS = 6


class WorkedParams(Params):
    """The worked example: three words, two dimensions, every number small enough to check by hand."""

    words: Annotated[
        str,
        Words(
            label=Text("Words", "Слова"),
            max_chars=80,
            example=Text("I love life", "Я люблю жизнь"),
            help=Text("Up to six words, split at spaces.", "До шести слов, разделённых пробелами."),
        ),
    ] = "I love life"
    score: Annotated[
        str,
        Choice(
            label=Text("Score", "Оценка"),
            options={"dot": same("q·k"), "additive": same("tanh(q + k)")},
            help=Text(
                "Dot product (Vaswani 2017) or additive (Bahdanau 2015).",
                "Скалярное произведение (Vaswani 2017) или аддитивная (Bahdanau 2015).",
            ),
        ),
    ] = "dot"
    is_scaled: Annotated[
        bool, Switch(label=Text("Scale by 1/√d_head", "Масштаб 1/√d_head"), shown=lambda p: p["score"] == "dot")
    ] = True
    mask: Annotated[
        str,
        Choice(
            label=Text("Mask", "Маска"),
            options={
                "none": Text("none", "нет"),
                "causal": Text("causal", "каузальная"),
                "padding": Text("last is padding", "последний — паддинг"),
                "all": Text("everything", "всё"),
            },
        ),
    ] = "none"
    temperature: Annotated[float, Slider(label=Text("Temperature", "Температура"), lo=0.1, hi=5.0, step=0.1)] = 1.0
    heads: Annotated[int, Slider(label=Text("Heads", "Головы"), lo=1, hi=2, step=1)] = 1
    head: Annotated[
        int, Slider(label=Text("Head shown", "Показать голову"), lo=1, hi=2, step=1, shown=lambda p: p["heads"] > 1)
    ] = 1
    X: Annotated[Matrix, Grid(label=same("X"), bound=100, rows=(1, MAX_TOKENS), cols=2)] = (
        (1.0, 2.0),
        (2.0, 1.0),
        (1.0, 0.0),
    )
    W_Q: Annotated[Matrix, Grid(label=same("W_Q"), bound=100, rows=(2, 2), cols=2)] = ((1.0, 0.0), (0.0, 1.0))
    W_K: Annotated[Matrix, Grid(label=same("W_K"), bound=100, rows=(2, 2), cols=2)] = ((1.0, 1.0), (0.0, 1.0))
    W_V: Annotated[Matrix, Grid(label=same("W_V"), bound=100, rows=(2, 2), cols=2)] = ((0.0, 1.0), (1.0, 0.0))


@dataclass(frozen=True)
class WorkedTrace(Frozen):
    """Every step. Arrays are float64; NaN stands where a row has no key left to attend to."""

    params: WorkedParams
    tokens: tuple[str, ...]
    X: npt.NDArray[np.float64]
    Q: npt.NDArray[np.float64]
    K: npt.NDArray[np.float64]
    V: npt.NDArray[np.float64]
    scores: npt.NDArray[np.float64]
    is_masked: npt.NDArray[np.bool_]
    weights: npt.NDArray[np.float64]
    output: npt.NDArray[np.float64]
    signature: str

    @property
    def d_head(self) -> int:
        return int(self.Q.shape[1]) // self.params.heads

    @property
    def divisor(self) -> float:
        """What the raw scores are divided by."""
        scale = float(np.sqrt(self.d_head)) if self.params.is_scaled and self.params.score == "dot" else 1.0
        return scale * self.params.temperature

    def head_slice(self, head: int) -> slice:
        """The columns of Q, K and V that belong to `head`, counted from 0."""
        return slice(head * self.d_head, (head + 1) * self.d_head)

    def lonely_rows(self) -> tuple[int, ...]:
        """Tokens that every key is hidden from."""
        return tuple(int(i) for i in np.flatnonzero(self.is_masked.all(axis=1)))


def embed_word(word: str) -> tuple[float, float]:
    """Two whole numbers from −2 to 2 for a word that has no embedding yet: always the same for the same word."""
    code = zlib.crc32(word.encode("utf-8"))
    return float(code % 5 - 2), float(code // 5 % 5 - 2)


def fit_rows(X: Matrix, tokens: tuple[str, ...]) -> Matrix:
    """One row of X a token: rows that exist are kept, further words get `embed_word`."""
    return tuple(X[i] if i < len(X) else embed_word(token) for i, token in enumerate(tokens))


def split_words(words: str) -> tuple[str, ...]:
    """At most six words; a blank text is the one token «∅», so that there is always something to attend to."""
    return tuple(words.split())[:MAX_TOKENS] or ("∅",)


def hidden_keys(mask: str, n: int) -> torch.Tensor:
    """(pos, pos) bool, True where the query of the row must not see the key of the column."""
    hidden = torch.zeros(n, n, dtype=torch.bool)
    if mask == "causal":
        hidden = torch.ones(n, n, dtype=torch.bool).triu(1)
    elif mask == "padding":
        hidden[:, n - 1] = True
    elif mask == "all":
        hidden[:] = True
    return hidden


def split_heads(A: torch.Tensor, heads: int) -> torch.Tensor:
    """(pos, d_model) → (head, pos, d_head)."""
    return A.reshape(A.shape[0], heads, -1).transpose(0, 1)


def score_pairs(Q: torch.Tensor, K: torch.Tensor, kind: str) -> torch.Tensor:
    """Raw scores of every query with every key: (head, pos, d_head)² → (head, pos, pos)."""
    if kind == "additive":
        return torch.tanh(Q[:, :, None, :] + K[:, None, :, :]).sum(-1)
    return Q @ K.transpose(-1, -2)


def softmax_rows(scores: torch.Tensor) -> torch.Tensor:
    """Softmax over the last axis, the largest score subtracted first so that nothing overflows.

    A row of −∞ has no distribution: it comes back as NaN, which the caller shows as a state.
    """
    largest = scores.amax(-1, keepdim=True)
    e = torch.exp(scores - largest)
    return e / e.sum(-1, keepdim=True)


def run(params: WorkedParams) -> WorkedTrace:
    """Attention over the words of `params`, step by step."""
    tokens = split_words(params.words)

    def tensor(matrix: Matrix) -> torch.Tensor:
        return torch.tensor(matrix, dtype=torch.float64, device=device())

    X = tensor(fit_rows(params.X, tokens))
    Q, K, V = (X @ tensor(W) for W in (params.W_Q, params.W_K, params.W_V))
    q, k, v = (split_heads(A, params.heads) for A in (Q, K, V))

    divisor = params.temperature
    if params.is_scaled and params.score == "dot":
        divisor *= q.shape[-1] ** 0.5
    scores = score_pairs(q, k, params.score) / divisor
    hidden = hidden_keys(params.mask, len(tokens)).to(scores.device)
    scores = scores.masked_fill(hidden, -torch.inf)
    weights = softmax_rows(scores)
    output = (weights @ v).transpose(0, 1).reshape(len(tokens), -1)

    def host(t: torch.Tensor) -> npt.NDArray[np.float64]:
        return np.asarray(t.cpu().numpy(), dtype=np.float64)

    return WorkedTrace(
        params=params,
        tokens=tokens,
        X=host(X),
        Q=host(Q),
        K=host(K),
        V=host(V),
        scores=host(scores),
        is_masked=hidden.cpu().numpy(),
        weights=host(weights),
        output=host(output),
        signature=f"{params.score} · T={params.temperature:g} · mask={params.mask} · heads={params.heads} · float64 · "
        f"{describe()} · torch {torch.__version__}",
    )


def reference(trace: WorkedTrace) -> tuple[Check, ...]:
    """Our output beside PyTorch's own attention, given the same X and projections."""
    p = trace.params
    if trace.lonely_rows():
        return ()
    Q, K, V = (torch.from_numpy(np.array(A)) for A in (trace.Q, trace.K, trace.V))
    q, k, v = (split_heads(A, p.heads) for A in (Q, K, V))
    allowed = torch.from_numpy(~np.array(trace.is_masked))
    if p.score == "additive":
        # PyTorch has no additive attention: softmax and the weighted sum are checked on its raw scores.
        raw = torch.stack([torch.tanh(q[:, [i]] + k).sum(-1) for i in range(q.shape[1])], dim=1) / trace.divisor
        theirs = torch.nn.functional.softmax(raw.masked_fill(~allowed, -torch.inf), dim=-1) @ v
        name = same("softmax(tanh(q + k))·V")
        return (compare(name, "torch", trace.output, _side_by_side(theirs), tolerance(trace)),)
    sdpa = torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=allowed, scale=1 / trace.divisor)
    checks = [
        compare(same("scaled_dot_product_attention"), "torch", trace.output, _side_by_side(sdpa), tolerance(trace))
    ]
    if p.is_scaled and p.temperature == 1.0:
        # nn.MultiheadAttention always scales and has no temperature, so it is asked only where it computes the same.
        output, weights = _multihead(trace, ~allowed)
        checks.append(compare(same("nn.MultiheadAttention"), "torch", trace.output, output, tolerance(trace)))
        checks.append(compare(Text("weights", "веса"), "torch", trace.weights, weights, tolerance(trace)))
    return tuple(checks)


def tolerance(trace: WorkedTrace) -> float:
    """1e-6, and what rounding makes of large numbers: a score of 1e9 is known to about 1e-7, and V multiplies that."""
    scores = np.abs(np.where(np.isfinite(trace.scores), trace.scores, 0.0)).max()
    return 1e-6 + 64 * float(np.finfo(np.float64).eps * scores * max(1.0, np.abs(trace.V).max()))


def _side_by_side(heads: torch.Tensor) -> npt.NDArray[np.float64]:
    return np.asarray(heads.transpose(0, 1).reshape(heads.shape[1], -1).numpy())


def _multihead(trace: WorkedTrace, hidden: torch.Tensor) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """`nn.MultiheadAttention` with our projections and an identity output projection."""
    p = trace.params
    layer = torch.nn.MultiheadAttention(2, p.heads, bias=False, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        layer.in_proj_weight.copy_(torch.cat([torch.tensor(W, dtype=torch.float64).T for W in (p.W_Q, p.W_K, p.W_V)]))
        layer.out_proj.weight.copy_(torch.eye(2, dtype=torch.float64))
        X = torch.from_numpy(np.array(trace.X))[None]
        output, weights = layer(X, X, X, attn_mask=hidden, average_attn_weights=False)
    return np.asarray(output[0].numpy()), np.asarray(weights[0].numpy())


def tables(trace: WorkedTrace) -> tuple[Table, ...]:
    """Every matrix of the trace, for CSV and notebooks."""
    dims = ("1", "2")
    matrices = [Table(name, trace.tokens, dims, getattr(trace, name)) for name in ("X", "Q", "K", "V")]
    for head in range(trace.params.heads):
        matrices.append(Table(f"scores, head {head + 1}", trace.tokens, trace.tokens, trace.scores[head]))
        matrices.append(Table(f"weights, head {head + 1}", trace.tokens, trace.tokens, trace.weights[head]))
    return (*matrices, Table("output", trace.tokens, dims, trace.output))
