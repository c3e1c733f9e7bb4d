"""One step: ten words, two vectors each, every number within reach."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Cell, Formula
from core.embeddings.word2vec_step import StepParams, reference, run, tables
from core.embeddings.word2vec_step_explain import explain_cell, explain_loss
from core.figures.word2vec import step_board, step_losses, step_plane
from core.i18n import Text
from pages._shared import kit


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the words as arrows, the loss, the linked matrices, arithmetic."""
    with controls:
        params = kit.controls(page.slug, StepParams, page.lang, above=page.wide(views))
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        cells: dict[str, Cell] = {}

        def draw(shown: StepParams, name: str) -> None:
            trace = kit.cached(run, shown)
            if trace.after > trace.loss + 1e-9:
                kit.refuse(WORSE.format(before=f"{trace.loss:.3f}", after=f"{trace.after:.3f}"), page.lang)
            left, right = st.columns([1.7, 1], gap="medium")
            with left:
                figure = step_plane(trace, theme=page.theme, lang=page.lang)
                pick = page.remember(f"step_{name}_cell")
                kit.show(page, figure, name=f"plane_{name}", alt=PLANE_ALT, height=330, on_pick=pick.set)
            with right:
                figure = step_losses(trace, theme=page.theme, lang=page.lang)
                kit.show(page, figure, name=f"losses_{name}", alt=LOSSES_ALT, height=330)
            cells[name] = kit.show_board(page, step_board(trace), name=f"step_{name}", selected="e.0.0")

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = (*explain_cell(trace, cells["now"], page.lang), explain_loss(trace, page.lang))
    page.arithmetic(formulas)


PLANE_ALT = Text(
    "Both vectors of the words that take part, with arrows from before the update to after it",
    "Оба вектора участвующих слов; стрелки — от положения до обновления к положению после",
)
LOSSES_ALT = Text("Loss of the steps made so far", "Потери на сделанных шагах")
WORSE = Text(
    "α is too large: the step went past the bottom. On the very same pairs L rose from {before} to {after}.",
    "α слишком велика: шаг перелетел дно. На тех же самых парах L выросла с {before} до {after}.",
)
