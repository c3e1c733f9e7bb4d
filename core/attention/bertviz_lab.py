"""BertViz on a reader's sentence: which view, and the check that its document carries the model's numbers."""

from __future__ import annotations

import json
from typing import Annotated

import numpy as np

from core.attention import sentence
from core.attention.bertviz_view import MAX_TOKENS, Theme, head_view_html, model_view_html
from core.attention.sentence import InputParams
from core.i18n import Text
from core.models.tokens import AttentionTrace
from core.params import Choice
from core.tables import Table
from core.verify import Check, compare


class BertvizParams(InputParams):
    """A sentence and one of BertViz's two views."""

    view: Annotated[
        str,
        Choice(
            label=Text("View", "Вид"),
            options={"head": Text("heads of a layer", "головы слоя"), "model": Text("whole model", "вся модель")},
        ),
    ] = "head"


def run(params: BertvizParams) -> AttentionTrace:
    """One forward pass; at most `MAX_TOKENS` tokens are read, as many as BertViz draws smoothly."""
    return sentence.attend(params, max_tokens=MAX_TOKENS)


def document(trace: AttentionTrace, view: str, theme: Theme) -> str:
    """The HTML of `view` ("head" or "model")."""
    draw = model_view_html if view == "model" else head_view_html
    start = trace.tokens.second_start
    return draw(trace.weights, trace.tokens.shown, sentence_b_start=start, theme=theme)


def reference(trace: AttentionTrace) -> tuple[Check, ...]:
    """The weights inside BertViz's document beside the model's: they differ by rounding to three decimals only."""
    page = document(trace, "head", "light")
    params, _ = json.JSONDecoder().raw_decode(page.partition("const params = ")[2])
    theirs = np.asarray(params["attention"][0]["attn"], dtype=np.float64) / 1000
    what = Text("weights in the document", "веса в документе")
    return (compare(what, "bertviz", trace.weights, theirs, 5.01e-4),)


def tables(trace: AttentionTrace) -> tuple[Table, ...]:
    """Every head of the model."""
    names = [f"{n + 1} {shown}" for n, shown in enumerate(trace.tokens.shown)]
    layers, heads = trace.weights.shape[:2]
    return tuple(
        Table(f"layer {layer + 1} head {head + 1}", names, names, trace.weights[layer, head])
        for layer in range(layers)
        for head in range(heads)
    )
