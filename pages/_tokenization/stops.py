"""Sentences: which full stop is one?"""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.figures.tokenization import judged_bars, stops_data
from core.i18n import Text
from core.text.sentence_lab import SentenceParams, explain, reference, run, tables
from pages._shared import kit
from pages._shared.components import mount
from pages._tokenization.pick import mount_picked, picked


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The text with its stops, three columns of sentences, the passages beside F1, the arithmetic."""
    with controls:
        params = kit.controls(page.slug, SentenceParams, page.lang, above=page.wide(views))
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):

        def draw(shown: SentenceParams, name: str) -> None:
            trace = kit.cached(run, shown)
            data = stops_data(trace, trace.cell(picked(page, f"stops_{name}")), page.lang)
            said = {key: page.say(text) for key, text in WORDS.items()}
            marked = data.pop("marked")
            mount_picked(page, "stops", f"stops_{name}", {**data, "words": said}, start="stop.", ending=".0")
            left, right = st.columns([1, 1.1], gap="medium")
            with left:
                figure = judged_bars(trace, theme=page.theme, lang=page.lang)
                kit.show(page, figure, name=f"judged_{name}", alt=JUDGED_ALT, height=330)
            with right:
                mount("stops", page.key(f"marked_{name}"), {"part": "marked", "marked": marked, "words": said})

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, trace.cell(picked(page, "stops_now")), page.lang)
    page.arithmetic(formulas)


WORDS = {
    "marked": Text(
        "Passages marked by hand: ✓ found · ✗ cut for nothing · “?” missed",
        "Размеченные отрывки: ✓ найден · ✗ разрезано зря · «?» пропущен",
    ),
    "right": Text("found", "найден"),
    "wrong": Text("cut for nothing", "разрезано зря"),
    "missed": Text("missed", "пропущен"),
}
JUDGED_ALT = Text(
    "F1 of the rules that are on, of all rules but one, of none and of Punkt; wrong and missed ends beside each bar",
    "F1 включённых правил, всех без одного, ни одного и Punkt; рядом с полосой — лишние и пропущенные концы",
)
