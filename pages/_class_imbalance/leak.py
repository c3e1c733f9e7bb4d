"""Resampling before the split, and what validation promises then."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.figures.imbalance import leak_figure, neighbours_figure
from core.foundations.imbalance_leak import LeakParams, LeakTrace, explain, reference, run, tables
from core.i18n import Text
from pages._shared import kit

ALT = Text(
    "F₁ of twelve repeats: {honest:.2f} when split first, {leaky:.2f} when resampled first, {use:.2f} in use",
    "F₁ двенадцати повторов: {honest:.2f}, если сначала делить, {leaky:.2f}, если сначала дополнять, {use:.2f} на деле",
)
NEIGHBOURS = Text(
    "Validation images of the rare digit over their nearest training images",
    "Проверочные картинки редкой цифры, под ними ближайшие из обучения",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the repeats, the neighbours, what the leak is worth."""
    with controls:
        params = kit.controls(page.slug, LeakParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):

        def draw(shown: LeakParams, name: str) -> None:
            trace: LeakTrace = kit.cached(run, shown)
            means = dict(zip(("honest", "balanced", "leaky", "use"), map(float, trace.scores.mean(0)), strict=True))
            kit.show(
                page,
                leak_figure(trace, theme=page.theme, lang=page.lang),
                name=f"leak_{name}",
                alt=ALT.format(**means),
            )
            kit.show(
                page,
                neighbours_figure(trace, theme=page.theme, lang=page.lang),
                name=f"neighbours_{name}",
                alt=NEIGHBOURS,
                height=230,
            )

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, page.lang)
    page.arithmetic(formulas)
