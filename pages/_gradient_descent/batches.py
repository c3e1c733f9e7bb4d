"""Batch sizes raced over the loss of real data."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.figures.descent import batch_data
from core.foundations.batch_lab import SIZE_NAMES, BatchParams, BatchTrace, reference, run, tables
from core.foundations.explain_batch import explain
from core.i18n import Text
from pages._gradient_descent.parts import read_view, show_race
from pages._shared import kit

SHOWN = "one.eight.tick.all"
PICKED = "one"
LOST = Text(
    "Diverged: {names}. The steepest example sets the limit for one, the steepest direction for all.",
    "Разошлись: {names}. Одному примеру предел ставит самый крутой пример, всем вместе — самое крутое направление.",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the map of L with four batch sizes, arithmetic."""
    with controls:
        params = kit.controls(page.slug, BatchParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        chosen: dict[str, tuple[str, int]] = {}

        def draw(shown: BatchParams, name: str) -> None:
            trace: BatchTrace = kit.cached(run, shown)
            drawn = f"{shown.task}-{int(shown.is_standard)}"
            chosen[name] = show_race(
                page,
                batch_data(trace, read_view(page.remember("b_view").get(), drawn), page.lang),
                name=name,
                surface=drawn,
                prefix="b_",
                default_pick=PICKED,
                default_shown=SHOWN,
                on_start=None,
            )

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        lost = [page.say(SIZE_NAMES[name]) for name, one in trace.learners.items() if one.lost >= 0]
        if lost:
            kit.refuse(LOST.format(names=", ".join(lost)), page.lang)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, *chosen["now"], page.lang)
    page.arithmetic(formulas)


def put_state(page: kit.Page, values: dict[str, Any]) -> None:
    """Put the lab into a state (inside a callback), with all sizes drawn to the end."""
    page.open_lab().set("batches")
    for name, default in (("b_shown", SHOWN), ("b_run", PICKED), ("b_t", ""), ("b_view", "")):
        page.remember(name, default).clear()
    kit.apply(page.slug, BatchParams, values, page.lang)
