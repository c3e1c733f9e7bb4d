"""Dead, healthy, exploding: many short runs over two knobs."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Cell, Formula
from core.figures.gradient_flow import landscape_board
from core.foundations.explain_flow import explain_cell
from core.foundations.gradient_flow import FlowParams
from core.foundations.gradient_flow_grid import Landscape, LandscapeParams, reference, run, tables
from core.i18n import Text
from core.jobs import Snapshot
from pages._shared import kit

WORKING = Text("training a net for every cell", "обучаем по сети на каждую клетку")
OPEN = Text("Open this net", "Открыть эту сеть")
LEGEND = Text(
    "Above: powers of ten (±10 is that or beyond); violet vanishes, orange explodes, 0 is healthy, an empty cell means "
    "that exactly nothing arrives. Below: an empty cell was lost. All other knobs stay as they are set.",
    "Вверху степени десяти (±10 — столько или ещё дальше): фиолетовое — затухание, оранжевое — взрыв, около 0 — "
    "здоров, пусто — не доходит ровно ничего. Внизу пусто там, где запуск потерян. Остальные ручки стоят как стоят.",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, two linked matrices, the arithmetic of the picked cell."""
    with controls:
        params = kit.controls(page.slug, LandscapeParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        job = kit.follow(page, kit.key_of(run, params), lambda tick: run(params, tick))
        cells: list[Cell] = []

        def draw(seen: Snapshot | None) -> None:
            so_far: Landscape | None = seen.so_far if seen else None
            if so_far is not None:
                name = f"land_{params.down}_{params.across}"
                cells.append(kit.show_board(page, landscape_board(so_far, page.lang), name=name, selected="reach.0.0"))
                st.caption(page.say(LEGEND))

        kit.live(page, job, draw, WORKING)
        trace: Landscape | None = job.result
        if trace is None:
            return
        cell = cells[-1]

        def open_net() -> None:
            kit.apply(page.slug, FlowParams, trace.at(cell.row, cell.col).model_dump(), page.lang)
            page.open_lab().set("")

        if page.stage != "figures":
            st.button(page.say(OPEN), key=f"_{page.key('open')}", on_click=open_net, icon=":material/open_in_full:")
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace), compare=False)
        formulas = explain_cell(trace, cell.row, cell.col, page.lang)
    page.arithmetic(formulas)
