"""METEOR: the alignment as lines, stage by stage, and the price of its chunks."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.figures.translation import alignment_data, meteor_equation, penalty_curve, reference_scores
from core.i18n import Text
from core.metrics.meteor_lab import MeteorParams, explain, reference, run, tables
from pages._shared import kit
from pages._translation_metrics.parts import draw_cards, draw_steps, own_file, setter


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The alignment, the penalty's curve beside the references' scores, the arithmetic."""
    with controls:
        params = kit.controls(page.slug, MeteorParams, page.lang, above=page.wide(views))
        own_file(page)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        picks = {name: page.remember(f"meteor_{name}_reference") for name in ("now", "kept")}

        def draw(shown: MeteorParams, name: str) -> None:
            trace = kit.cached(run, shown)
            at = trace.reference_shown(picks[name].get())
            equation = meteor_equation(trace, at, page.lang)
            draw_cards(page, f"meteor_cards_{name}", equation, CARDS)
            left, right = st.columns([1.2, 1], gap="medium")
            with left:
                data = alignment_data(trace, at, page.lang)
                last = len(data["steps"]) - 1
                draw_steps(page, "align", f"alignment_{name}", data, WORDS, last=last, start=last)
            with right:
                curve = penalty_curve(trace, at, theme=page.theme, lang=page.lang)
                kit.show(page, curve, name=f"penalty_{name}", alt=PENALTY_ALT, height=250)
                if len(trace.meteor.matches) > 1:
                    values = [match.value for match in trace.meteor.matches]
                    bars = reference_scores(values, at, name="METEOR", theme=page.theme, lang=page.lang)
                    on_pick = setter(picks[name])
                    kit.show(page, bars, name=f"scores_{name}", alt=SCORES_ALT, height=200, on_pick=on_pick)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, trace.reference_shown(picks["now"].get()), page.lang)
    page.arithmetic(formulas)


WORDS = {
    "alt": Text(
        "Words of the hypothesis joined with words of the reference", "Слова гипотезы, соединённые со словами эталона"
    ),
    "chunk": Text("chunk", "кусок"),
}
CARDS = Text("METEOR as a product", "METEOR как произведение")
PENALTY_ALT = Text(
    "Penalty against the number of chunks, with the present number", "Штраф против числа кусков и нынешнее их число"
)
SCORES_ALT = Text(
    "METEOR against each reference; a click shows its alignment",
    "METEOR относительно каждого эталона; щелчок показывает его выравнивание",
)
