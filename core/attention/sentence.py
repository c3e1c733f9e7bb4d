"""A reader's own sentence in a real encoder: which heads there are, and one of them opened.

Symbols: A[l, h, i, j] weight of the key j for the query i in head h of layer l; R_l rollout after l layers
(`core.attention.heads`). Layers and heads are counted from 1 for readers and from 0 in arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Protocol

import numpy as np
import numpy.typing as npt
import torch

from core.arrays import FloatArray, Frozen
from core.attention.heads import ROLES, HeadSummary, rollout, summarize_heads
from core.device import device
from core.errors import Refusal
from core.i18n import Text, same
from core.models.encoder import AttentionSteps
from core.models.hub import HUB_MODELS
from core.models.tokens import AttentionTrace, Tokens
from core.params import Choice, Params, Slider, Switch, Words
from core.tables import Table
from core.verify import Check, compare

MAX_CHARS = 600
MAX_TOKENS = 64
BUNDLED = "e5_small"

EXAMPLE = Text(
    "The cat did not cross the street because the cat was tired.",
    "Кот не перешёл улицу, потому что кот устал.",
)
_text = Words(
    label=Text("Your sentence", "Ваше предложение"),
    max_chars=MAX_CHARS,
    example=EXAMPLE,
    is_wide=True,
)
_pair = Words(
    label=Text("Second sentence, if any", "Второе предложение, если нужно"),
    max_chars=MAX_CHARS,
    is_wide=True,
    help=Text(
        "The two are read together, as one input with a separator.",
        "Модель прочтёт оба вместе, как один вход с разделителем.",
    ),
)
_model = Choice(
    label=Text("Model", "Модель"),
    options={
        BUNDLED: Text("E5 small, bundled", "E5 small, в комплекте"),
        **{model.id: same(model.title) for model in HUB_MODELS},
    },
    help=Text(
        "The bundled model always works. The others come from the Hugging Face hub, where it can be reached.",
        "Модель в комплекте работает всегда. Остальные загружаются с Hugging Face, если он доступен.",
    ),
)


def _shows_second(values: dict[str, object]) -> bool:
    return values["look"] == "heads" and bool(values["is_beside"])


class InputParams(Params):
    """What a model reads."""

    text: Annotated[str, _text] = EXAMPLE.en
    pair: Annotated[str, _pair] = ""
    model: Annotated[str, _model] = BUNDLED


class SentenceParams(InputParams):
    """What a model reads, and where we look."""

    look: Annotated[
        str,
        Choice(
            label=Text("Show", "Показать"),
            options={
                "heads": Text("one head", "одну голову"),
                "measures": Text("all heads", "все головы"),
                "rollout": Text("rollout", "rollout"),
            },
            help=Text(
                "One head opened · entropy and distance of all heads · attention followed through the layers.",
                "Одна голова крупно · энтропия и расстояние всех голов · внимание, прослеженное сквозь слои.",
            ),
        ),
    ] = "heads"
    layer: Annotated[int, Slider(label=Text("Layer", "Слой"), lo=1, hi=12, step=1)] = 3
    head: Annotated[
        int, Slider(label=Text("Head", "Голова"), lo=1, hi=12, step=1, shown=lambda p: p["look"] != "rollout")
    ] = 7
    order: Annotated[
        str,
        Choice(
            label=Text("Order of heads", "Порядок голов"),
            options={"layer": Text("by layer", "по слоям"), **ROLES},
            help=Text(
                "The share of attention that goes to such tokens, measured on your sentence.",
                "Доля внимания, которая уходит на такие токены, — измерена на вашем предложении.",
            ),
            shown=lambda p: p["look"] == "heads",
        ),
    ] = "layer"
    is_beside: Annotated[
        bool,
        Switch(
            label=Text("Second head beside", "Вторая голова рядом"), folded=True, shown=lambda p: p["look"] == "heads"
        ),
    ] = False
    layer_b: Annotated[
        int,
        Slider(label=Text("Layer of the second", "Слой второй"), lo=1, hi=12, step=1, folded=True, shown=_shows_second),
    ] = 1
    head_b: Annotated[
        int,
        Slider(label=Text("Second head", "Вторая голова"), lo=1, hi=12, step=1, folded=True, shown=_shows_second),
    ] = 3

    def input(self) -> InputParams:
        """Only what the model reads: what a forward pass is cached by."""
        return InputParams(text=self.text, pair=self.pair, model=self.model)


class Model(Protocol):
    """What the bundled encoder and the hub's models have in common."""

    @property
    def name(self) -> str: ...

    def tokenize(self, text: str, pair: str | None = None, max_tokens: int = MAX_TOKENS) -> Tokens: ...

    def run(self, tokens: Tokens) -> AttentionTrace: ...


@dataclass(frozen=True)
class SentenceTrace(Frozen):
    """A forward pass and the head that is looked at.

    A : (pos, pos), the opened head, or the rollout up to `layer` when that is shown
    second : (pos, pos) or None
    summary : every head measured
    layer, head, second_at : counted from 0, inside this model
    """

    params: SentenceParams
    attention: AttentionTrace
    summary: HeadSummary
    layer: int
    head: int
    A: npt.NDArray[np.float64]
    second_at: tuple[int, int] | None
    second: npt.NDArray[np.float64] | None

    @property
    def tokens(self) -> Tokens:
        return self.attention.tokens

    @property
    def signature(self) -> str:
        return self.attention.signature


def load(model: str) -> Model:
    """The model by its name in the menu; hub models are loaded when first asked for."""
    if model == BUNDLED:
        from core.models.bundled import load_encoder

        return load_encoder()
    from core.models.hub import load_hub

    return load_hub(model)


def attend(params: InputParams, max_tokens: int = MAX_TOKENS) -> AttentionTrace:
    """One forward pass over the sentence, or the pair; what is longer than `max_tokens` is cut and says so.

    Raises
    ------
    Refusal
        If there is nothing to read, or the model cannot be had.
    """
    if not params.text.strip():
        raise Refusal(Text("Type a sentence: there is nothing to read yet.", "Введите предложение: читать нечего."))
    model = load(params.model)
    return model.run(model.tokenize(params.text, params.pair.strip() or None, max_tokens=max_tokens))


def summarize(attention: AttentionTrace) -> HeadSummary:
    """Every head of the pass, measured."""
    return summarize_heads(attention.weights, attention.tokens.pieces, attention.tokens.is_special)


def look(attention: AttentionTrace, summary: HeadSummary, params: SentenceParams) -> SentenceTrace:
    """Open the head that `params` names; a layer or head the model does not have becomes its last one."""
    layers, heads = attention.weights.shape[:2]
    layer, head = min(params.layer, layers) - 1, min(params.head, heads) - 1
    at = (min(params.layer_b, layers) - 1, min(params.head_b, heads) - 1)
    if params.look == "rollout":
        A = rollout(attention.weights)[layer + 1]
    else:
        A = attention.weights[layer, head].astype(np.float64)
    is_beside = params.is_beside and params.look == "heads"
    return SentenceTrace(
        params=params,
        attention=attention,
        summary=summary,
        layer=layer,
        head=head,
        A=A,
        second_at=at if is_beside else None,
        second=attention.weights[at].astype(np.float64) if is_beside else None,
    )


def run(params: SentenceParams) -> SentenceTrace:
    """Everything the lab shows, from nothing but `params`."""
    attention = attend(params.input())
    return look(attention, summarize(attention), params)


def head_order(summary: HeadSummary, order: str) -> list[tuple[int, int, str]]:
    """(layer, head, caption) as the overview lists them: by layer, or by a role's share, largest first."""
    if order in ROLES:
        return [(layer, head, f"{share:.2f}" if share >= 0 else "—") for layer, head, share in summary.ranked(order)]
    layers, heads = summary.entropy.shape
    return [(layer, head, "") for layer in range(layers) for head in range(heads)]


def attention_steps(trace: SentenceTrace) -> AttentionSteps:
    """The opened layer of the bundled encoder run again on what it read, with q, k and the scores kept."""
    from core.models.bundled import load_encoder

    x = torch.tensor(trace.attention.hidden[trace.layer], device=device())[None]
    with torch.inference_mode():
        steps: AttentionSteps = load_encoder().module.layers[trace.layer](x, keep=True).steps.attention
    return steps


def row_scores(trace: SentenceTrace, i: int) -> npt.NDArray[np.float64] | None:
    """q·k/√d_head of query i with every key in the opened head: (pos,); None for models that do not tell them."""
    if trace.params.model != BUNDLED:
        return None
    return np.asarray(attention_steps(trace).scores[0, trace.head, i].cpu().numpy(), dtype=np.float64)


def reference(trace: SentenceTrace) -> tuple[Check, ...]:
    """The opened head beside PyTorch's attention on the same hidden states; rollout beside repeated products.

    For a model from the hub the weights are the library's own, so there is nothing to compare them with.
    """
    if trace.params.look == "rollout":
        return (compare(Text("rollout", "rollout"), "numpy", trace.A, _rollout_again(trace), 1e-6),)
    if trace.params.model != BUNDLED:
        return ()
    steps = attention_steps(trace)
    # Values that are the identity make fused attention put out the weights themselves.
    identity = torch.eye(len(trace.tokens), device=steps.q.device).expand(*steps.weights.shape)
    theirs = torch.nn.functional.scaled_dot_product_attention(steps.q, steps.k, identity)[0, trace.head]
    what = same("scaled_dot_product_attention")
    return (compare(what, "torch", trace.A, theirs.cpu().numpy(), 1e-4),)


def _rollout_again(trace: SentenceTrace) -> FloatArray:
    """The same product from the last layer down, as `multi_dot` orders it."""
    mean = trace.attention.weights[: trace.layer + 1].astype(np.float64).mean(1)
    eye = np.eye(mean.shape[-1])
    factors = [(layer + eye) / 2 for layer in mean][::-1]
    return np.asarray(np.linalg.multi_dot(factors) if len(factors) > 1 else factors[0])


def tables(trace: SentenceTrace) -> tuple[Table, ...]:
    """The opened head, the second one, and the measures of all heads."""
    names = [f"{n + 1} {shown}" for n, shown in enumerate(trace.tokens.shown)]
    layers, heads = trace.summary.entropy.shape
    rows, cols = [f"layer {n + 1}" for n in range(layers)], [f"head {n + 1}" for n in range(heads)]
    is_rollout = trace.params.look == "rollout"
    title = f"rollout to layer {trace.layer + 1}" if is_rollout else f"layer {trace.layer + 1} head {trace.head + 1}"
    out = [Table(title, names, names, trace.A)]
    if trace.second is not None and trace.second_at is not None:
        layer, head = trace.second_at
        out.append(Table(f"layer {layer + 1} head {head + 1}", names, names, trace.second))
    out += [
        Table("entropy, bits", rows, cols, trace.summary.entropy),
        Table("mean distance, tokens", rows, cols, trace.summary.distance),
    ]
    out += [Table(f"share: {ROLES[role].en}", rows, cols, shares) for role, shares in trace.summary.roles.items()]
    return tuple(out)
