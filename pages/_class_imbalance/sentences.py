"""Several classes of real sentences: every remedy, every class, and a sentence of one's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.arithmetic import Cell, Formula
from core.figures.imbalance import text_board
from core.foundations.imbalance_text import MAX_OWN, REMEDIES, TextParams, TextTrace, reference, run, tables
from core.foundations.imbalance_text_explain import explain_cell
from core.i18n import Text
from pages._shared import kit

SELECTED = "F.0.2"
SHOWN = 5
CALLED = Text("is “{a}”, called “{b}”: {n}", "на деле «{a}», ответ «{b}»: {n}")
MISSED = Text("“{a}”, not recognised: {n}", "«{a}», не узнаны: {n}")


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the board, who is in the picked cell, its arithmetic."""
    with controls:
        params = kit.controls(page.slug, TextParams, page.lang, above=page.wide(views))
        kit.own_text(page, "own", limit=MAX_OWN * 4, max_chars=MAX_OWN, keep_lines=True)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        picked: dict[str, tuple[Cell, int]] = {}

        def draw(shown: TextParams, name: str) -> None:
            trace: TextTrace = kit.cached(run, shown)
            remedy = _remedy(page, f"sentences_{name}")
            cell = kit.show_board(
                page, text_board(trace, remedy, page.lang), name=f"sentences_{name}", selected=SELECTED
            )
            picked[name] = cell, remedy

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        _list(page, trace, *picked["now"])
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain_cell(trace, *picked["now"], page.lang)
    page.arithmetic(formulas)


def _remedy(page: kit.Page, name: str) -> int:
    """Whose matrix is in sight: a pick among the remedies moves it, a pick inside the matrix leaves it."""
    kept = page.remember(f"{name}_remedy", "0")
    cell = Cell.parse(page.remember(f"{name}_cell", SELECTED).get())
    if cell and cell.panel in ("F", "probe") and cell.row < len(REMEDIES):
        kept.set(str(cell.row))
    at = kept.get()
    return int(at) if at.isdecimal() and len(at) == 1 and int(at) < len(REMEDIES) else 0


def _list(page: kit.Page, trace: TextTrace, cell: Cell, remedy: int) -> None:
    """Sentences behind the picked number."""
    y, answers, names = trace.sentences.y, trace.answers[remedy], trace.sentences.names
    if cell.panel == "C":
        rows = np.flatnonzero((y == cell.row) & (answers == cell.col))
        head = CALLED.format(a=names[cell.row], b=names[cell.col], n=len(rows))
    else:
        k = cell.row if cell.panel in ("P", "R") else cell.col
        if cell.panel == "probe" or k >= len(names):
            return
        rows = np.flatnonzero((y == k) & (answers != k))
        head = MISSED.format(a=names[k], n=len(rows))
    said = [f"*{kit.plain(page.say(head))}*", *(f"- {kit.plain(trace.sentences.texts[row])}" for row in rows[:SHOWN])]
    st.markdown("\n\n".join(said[:1]) + "\n\n" + "\n".join(said[1:]))
