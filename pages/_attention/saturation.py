"""Why the scores are scaled: the gradient of a softmax at d_k from 1 to 1024."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.arithmetic import Formula, Part, number, quiet, say
from core.attention.saturation import SaturationParams, SaturationTrace, reference, run, tables
from core.figures.attention import saturation_curves, weights_of_keys
from core.i18n import Lang, Text
from pages._shared import kit

SATURATED = Text(
    "Saturated: one key takes {w:.1%} of the weight and the softmax lets {g:.1e} of the gradient through.",
    "Насыщение: один ключ забрал {w:.1%} веса, и softmax пропускает {g:.1e} градиента.",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """One draw on the left, the law over all widths on the right."""
    with controls:
        params = kit.controls(page.slug, SaturationParams, page.lang)
    with views:

        def draw(shown: SaturationParams, name: str) -> None:
            trace = kit.cached(run, shown)
            if trace.weights.max() > 0.99:
                kit.refuse(SATURATED.format(w=float(trace.weights.max()), g=trace.gradient), page.lang)
            left, right = st.columns(2)
            with left:
                alt = Text("The weight of each of {n} keys", "Вес каждого из {n} ключей").format(n=shown.keys)
                kit.show(page, weights_of_keys(trace, theme=page.theme, lang=page.lang), name=f"keys_{name}", alt=alt)
            with right:
                kit.show(
                    page,
                    saturation_curves(trace, theme=page.theme, lang=page.lang),
                    name=f"curves_{name}",
                    alt=CURVES_ALT,
                )

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
    page.arithmetic(explain(trace, page.lang))


CURVES_ALT = Text(
    "Mean norm of the softmax's gradient against d_k: with the division it stays level, without it falls",
    "Средняя норма градиента softmax против d_k: с делением держится, без деления падает",
)


def explain(trace: SaturationTrace, lang: Lang) -> tuple[Formula, ...]:
    """The Jacobian's entry of the heaviest key, with its numbers."""
    p, top = trace.params, int(np.argmax(trace.weights))
    w = float(trace.weights[top])
    spread = f"√{p.d_k}" if not p.is_scaled else f"√{p.d_k} / √{p.d_k}"
    expected = float(np.sqrt(p.d_k)) if not p.is_scaled else 1.0
    return (
        (
            say(f"∂w{top + 1}/∂s{top + 1} = w(1 − w) = "),
            Part(f"{w:.4g} · (1 − {w:.4g})", "strong"),
            say(" = "),
            number(w * (1 - w), 4, "result"),
            quiet(Text("   at most 0.25, at w = ½", "   самое большее 0,25 — при w = ½").get(lang)),
        ),
        (
            quiet(Text("spread of the scores: expected ", "разброс оценок: ожидается ").get(lang)),
            say(f"{spread} = "),
            number(expected, 2),
            quiet(Text(", in this draw ", ", в этой выборке ").get(lang)),
            number(float(trace.scores.std()), 2),
        ),
    )
