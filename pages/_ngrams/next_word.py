"""The next word: suggestions while typing, counts and probabilities, four smoothings, written sentences."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Cell, Formula
from core.figures.ngrams import next_board, smoothing_dots
from core.i18n import Text
from core.text.ngrams_explain import explain, shown
from core.text.ngrams_lab import NextParams, NextTrace, reference, run, tables
from pages._ngrams.parts import own_file
from pages._shared import kit
from pages._shared.state import session


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The sentence over the views, what may follow as buttons, the heat maps, the arithmetic of the picked cell."""
    with controls:
        params = kit.controls(page.slug, NextParams, page.lang, above=page.wide(views))
        own_file(page)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        picked: dict[str, Cell] = {}

        def draw(drawn: NextParams, name: str) -> None:
            picked[name] = _views(page, kit.cached(run, drawn), name)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, picked["now"], page.lang)
    page.arithmetic(formulas)


def _views(page: kit.Page, trace: NextTrace, name: str) -> Cell:
    """All views of one trace; returns the picked cell."""
    if name == "now":
        _offer(page, trace)
    if not trace.mass[-1]:
        kit.refuse(SILENT, page.lang)
    board = next_board(trace)
    cell = kit.show_board(page, board, name=f"next_{name}", selected=str(trace.first_pick()))
    cell = Cell("P", cell.row, min(cell.col, len(trace.columns) - 1))

    def pick(column: str) -> None:
        if column.isdecimal():
            page.remember(f"next_{name}_cell").set(str(Cell("P", cell.row, int(column))))

    left, right = st.columns([1.2, 1], gap="medium")
    with left:
        figure = smoothing_dots(trace, cell, theme=page.theme, lang=page.lang)
        kit.show(page, figure, name=f"dots_{name}", alt=DOTS_ALT, height=330, on_pick=pick)
    with right:
        st.caption(page.say(WRITTEN.format(T=f"{trace.params.temperature:g}")))
        for text, is_stuck in zip(trace.written, trace.is_stuck, strict=True):
            end = page.say(STUCK) if is_stuck else ""
            st.markdown(f"{kit.plain(trace.params.text)} **{kit.plain(text.strip()) or '…'}** {end}")
    return cell


def _offer(page: kit.Page, trace: NextTrace) -> None:
    """The likeliest tokens as buttons: a click types them."""

    def type_in(text: str) -> None:
        session()[page.key("text")] = text[:200]

    if page.stage == "figures" or not trace.offered:
        return
    with st.container(horizontal=True, gap="small"):
        for i, (token, p) in enumerate(trace.offered):
            st.button(
                f"{kit.plain(shown((token,)))} · {p:.3f}",
                key=f"_{page.key(f'offer_{i}')}",
                on_click=type_in,
                args=(trace.goes_on(token),),
                help=page.say(TYPE_IN),
            )


SILENT = Text(
    "This context never came, and without smoothing there is nothing to suggest: 0/0. Choose a smoothing, or a "
    "smaller n.",
    "Такого контекста не было, и без сглаживания предложить нечего: 0/0. Выберите сглаживание или n поменьше.",
)
DOTS_ALT = Text(
    "The tokens of the picked row: what each of the four smoothings gives them",
    "Токены выбранной строки: сколько даёт каждому каждое из четырёх сглаживаний",
)
WRITTEN = Text("Where sampling leads, T = {T}", "Куда ведёт сэмплирование, T = {T}")
STUCK = Text("✕ nothing is known to follow", "✕ продолжений не было")
TYPE_IN = Text("type it", "вписать")
