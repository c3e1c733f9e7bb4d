"""Softmax with temperature: from argmax to uniform, and why it is no elementwise activation."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Cell, Formula
from core.figures.activations import temperature_board, temperature_curves
from core.foundations.softmax_temperature import TemperatureParams, explain, reference, run, tables
from core.i18n import Text
from pages._shared import kit

ALT = Text(
    "The share of each of {n} logits against the temperature, and the entropy",
    "Доля каждого из {n} логитов против температуры, и энтропия",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The board step by step, the curves over all temperatures, arithmetic of the picked cell."""
    with controls:
        params = kit.controls(page.slug, TemperatureParams, page.lang, above=page.wide(views))
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        cells: dict[str, Cell] = {}

        def draw(shown: TemperatureParams, name: str) -> None:
            trace = kit.cached(run, shown)
            cells[name] = kit.show_board(page, temperature_board(trace), name=f"softmax_{name}", selected="p.0.0")
            figure = temperature_curves(trace, cells[name].col, theme=page.theme, lang=page.lang)
            kit.show(page, figure, name=f"temperatures_{name}", alt=ALT.format(n=len(trace.s)), height=290)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, cells["now"], page.lang)
    page.arithmetic(formulas)
