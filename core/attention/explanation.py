"""Is attention an explanation? Put the weights beside what the model really depends on.

Symbols: s the sentence vector (mean of the last hidden states, length 1), s₋ᵢ the same with token i hidden from every
head, s₋ₕ with head h made uniform.

    received[j]  share of all attention that token j gets from the other words (mean over layers, heads and rows)
    effect[i]    1 − s·s₋ᵢ, how far the sentence vector turns when the token is left out
    shift[l, h]  1 − s·s₋ₕ, how far it turns when every row of one head becomes 1/pos
    moved[l, h]  total variation between that head and the uniform one: ½·Σⱼ |A[i, j] − 1/pos|, mean over rows

If weights explained the output, tokens with much attention would be the ones whose absence matters, and destroying a
peaked head would change the result. Both are the tests of Jain and Wallace 2019 ("Attention is not Explanation",
sections 4.1 and 4.2), here on a sentence encoder. Kendall's τ-b compares the rankings.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from core.arrays import Frozen
from core.attention.heads import kendall_tau, rollout
from core.attention.sentence import BUNDLED, InputParams, attend
from core.errors import Refusal
from core.i18n import Text, same
from core.models.bundled import load_encoder
from core.models.tokens import AttentionTrace, Tokens
from core.tables import Table
from core.verify import Check, compare

MAX_TOKENS = 32  # the experiment runs the encoder about a hundred times


@dataclass(frozen=True)
class WordsTrace(Frozen):
    """The tokens' half of the experiment, which is quick.

    words : positions of the tokens that are not special; the arrays `received`, `rolled` and `effect` follow them
    tau_received, tau_rollout : Kendall's τ-b of the two with `effect`, −1…1; NaN where all are equal
    """

    params: InputParams
    tokens: Tokens
    words: tuple[int, ...]
    received: npt.NDArray[np.float64]
    rolled: npt.NDArray[np.float64]
    effect: npt.NDArray[np.float64]
    tau_received: float
    tau_rollout: float
    signature: str


@dataclass(frozen=True)
class ExplanationTrace(WordsTrace):
    """Both halves. shift, moved : (layer, head)"""

    shift: npt.NDArray[np.float64]
    moved: npt.NDArray[np.float64]


def measure_words(params: InputParams) -> WordsTrace:
    """Leave out each word in turn; the bundled encoder only, since it has to be taken apart.

    Raises
    ------
    Refusal
        Another model, or fewer than three words.
    """
    attention = _attend(params)
    tokens = attention.tokens
    words = tuple(k for k, special in enumerate(tokens.is_special) if not special)
    if len(words) < 3:
        raise Refusal(Text("A ranking needs at least three tokens.", "Для ранжирования нужны хотя бы три токена."))
    received = attention_received(attention.weights, words)
    rolled = rollout(attention.weights)[-1][:, list(words)].mean(0)
    effect = leave_one_out(tokens, words)
    return WordsTrace(
        params=params,
        tokens=tokens,
        words=words,
        received=received,
        rolled=rolled / rolled.sum(),
        effect=effect,
        tau_received=kendall_tau(received, effect),
        tau_rollout=kendall_tau(rolled, effect),
        signature=attention.signature,
    )


def run(params: InputParams) -> ExplanationTrace:
    """The whole experiment on one sentence. Raises as `measure_words` does."""
    half = measure_words(params)
    shift, moved = flatten_heads(half.tokens, _attend(params).weights)
    return ExplanationTrace(**half.__dict__, shift=shift, moved=moved)


def _attend(params: InputParams) -> AttentionTrace:
    if params.model != BUNDLED:
        raise Refusal(
            Text(
                "This experiment switches heads off inside the model, which works with the bundled one: choose it.",
                "Этот опыт выключает головы внутри модели — это возможно с моделью из комплекта: выберите её.",
            )
        )
    return attend(params, max_tokens=MAX_TOKENS)


def attention_received(weights: npt.NDArray[np.float32], words: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """How the attention that words give to other words is shared among them: (word,), sums to 1."""
    among = weights.astype(np.float64).mean((0, 1))[np.ix_(words, words)]
    np.fill_diagonal(among, 0.0)
    return np.asarray(among.sum(0) / among.sum())


def sentence_vectors(hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Mean over the tokens that are there, length 1: (batch pos d_model), (batch pos) → (batch d_model)."""
    from core.models.encoder import mean_pool

    return torch.nn.functional.normalize(mean_pool(hidden, mask).double(), dim=-1)


def leave_one_out(tokens: Tokens, words: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """1 − cosine of the sentence vector with and without each word: (word,).

    The token stays in its place but no head can see it and the mean leaves it out, so positions do not shift.
    """
    encoder = load_encoder().module
    ids = torch.tensor(tokens.ids, device=next(encoder.parameters()).device)
    mask = torch.ones(len(words) + 1, len(ids), dtype=torch.bool, device=ids.device)
    mask[torch.arange(len(words)) + 1, torch.tensor(words)] = False
    with torch.inference_mode():
        hidden = encoder(ids.expand(len(mask), -1), mask=mask).hidden[-1]
        vectors = sentence_vectors(hidden, mask)
    return np.asarray((1 - vectors[1:] @ vectors[0]).clamp(min=0).cpu().numpy())


def flatten_heads(
    tokens: Tokens, weights: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Make each head uniform in turn: (shift, moved), both (layer, head)."""
    encoder = load_encoder().module
    layers, heads, pos = weights.shape[:3]
    ids = torch.tensor([tokens.ids], device=next(encoder.parameters()).device)
    everyone = torch.ones(1, pos, dtype=torch.bool, device=ids.device)
    shift = np.zeros((layers, heads))

    def one_uniform_each(A: torch.Tensor) -> torch.Tensor:
        """Row b of the batch gets head b replaced."""
        out = A.clone()
        out[torch.arange(heads), torch.arange(heads)] = 1 / pos
        return out

    with torch.inference_mode():
        hidden = encoder(ids).hidden
        whole = sentence_vectors(hidden[-1], everyone)
        for layer in range(layers):
            x = encoder.layers[layer](hidden[layer].expand(heads, -1, -1), edit=one_uniform_each).out
            for after in encoder.layers[layer + 1 :]:
                x = after(x).out
            vectors = sentence_vectors(x, everyone.expand(heads, -1))
            shift[layer] = (1 - vectors @ whole[0]).clamp(min=0).cpu().numpy()
    moved = 0.5 * np.abs(weights.astype(np.float64) - 1 / pos).sum(-1).mean(-1)
    return shift, moved


def reference(trace: ExplanationTrace) -> tuple[Check, ...]:
    """Kendall's τ beside SciPy's."""
    from scipy.stats import kendalltau

    theirs = [kendalltau(trace.received, trace.effect).statistic, kendalltau(trace.rolled, trace.effect).statistic]
    return (compare(same("Kendall τ-b"), "scipy", [trace.tau_received, trace.tau_rollout], theirs, 1e-9),)


def tables(trace: ExplanationTrace) -> tuple[Table, ...]:
    """The three rankings and the two measures of every head."""
    names = [f"{k + 1} {trace.tokens.shown[k]}" for k in trace.words]
    layers, heads = trace.shift.shape
    rows, cols = [f"layer {n + 1}" for n in range(layers)], [f"head {n + 1}" for n in range(heads)]
    columns = ["attention received", "rollout", "effect of leaving out"]
    return (
        Table("tokens", names, columns, np.stack([trace.received, trace.rolled, trace.effect], axis=1)),
        Table("shift when uniform", rows, cols, trace.shift),
        Table("distance from uniform", rows, cols, trace.moved),
    )
