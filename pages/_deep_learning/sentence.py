"""Sentences: counted words against word vectors that a net learns, about whatever is typed."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.figures.deep_learning import text_board
from core.foundations.deep_explain import explain_text
from core.foundations.deep_text import TextParams, TextTrace, reference, run, tables
from pages._shared import kit

SELECTED = "p.5.4"


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The sentence, what six models say of it, the arithmetic of the picked cell."""
    with controls:
        params = kit.controls(page.slug, TextParams, page.lang, above=page.wide(views))
    params = params.model_copy(update={"lang": page.lang})
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        cells = {}

        def draw(shown: TextParams, name: str) -> None:
            spoken = shown.model_copy(update={"lang": page.lang})
            trace: TextTrace = kit.cached(run, spoken)
            cells[name] = kit.show_board(page, text_board(trace, page.lang), name=f"text_{name}", selected=SELECTED)

        kit.compared(page, params, draw)
        trace: TextTrace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        cell = cells["now"]
        topic = cell.col if cell.panel == "p" else int(trace.p[cell.row].argmax())
        formulas = explain_text(trace, cell.row, topic, page.lang)
    page.arithmetic(formulas)
