"""Key phrases: pairs that stand together more often than chance would have it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.figures.ngrams import phrase_bars, phrase_points
from core.i18n import Text
from core.text.phrases_lab import PhrasesParams, PhrasesTrace, explain, reference, run, tables
from pages._ngrams.parts import own_file
from pages._shared import kit
from pages._shared.state import session


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The first pairs beside all pairs, one of them picked; its arithmetic."""
    with controls:
        params = kit.controls(page.slug, PhrasesParams, page.lang, above=page.wide(views))
        own_file(page)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):

        def draw(drawn: PhrasesParams, name: str) -> None:
            _views(page, kit.cached(run, drawn), name)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, page.lang)
    page.arithmetic(formulas)


def _views(page: kit.Page, trace: PhrasesTrace, name: str) -> None:
    def pick(pair: str) -> None:
        session()[page.key("phrase")] = pair[:60]

    left, right = st.columns([1, 1.25], gap="medium")
    with left:
        figure = phrase_bars(trace, theme=page.theme, lang=page.lang)
        kit.show(page, figure, name=f"bars_{name}", alt=BARS_ALT, height=430, on_pick=pick)
    with right:
        figure = phrase_points(trace, theme=page.theme, lang=page.lang)
        kit.show(page, figure, name=f"points_{name}", alt=POINTS_ALT, height=430, on_pick=pick)


BARS_ALT = Text(
    "The first pairs by the chosen measure, with how often each stands", "Первые пары по выбранной мере и их частоты"
)
POINTS_ALT = Text(
    "Every pair: how often it stands against the measure, the first ones large, the picked one ringed",
    "Все пары: частота против меры; первые — крупнее, выбранная — в кольце",
)
