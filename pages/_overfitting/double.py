"""Double descent: through p = n, and beyond."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.arithmetic import Formula
from core.figures.overfitting import double_data
from core.foundations.overfit_double import DoubleParams, DoubleTrace, reference, run, tables
from core.foundations.overfit_explain import explain_double
from core.i18n import Text
from pages._overfitting.parts import show_fit
from pages._shared import kit

TEXTS = {
    "plane": Text("the fit of the first seed", "кривая первого зерна"),
    "hint": Text("drag the line on the right through p = n", "проведите черту справа через p = n"),
}
RELU = {
    **TEXTS,
    "plane": Text("a cut along the truth; the points lie in R⁸", "срез вдоль истины; точки лежат в R⁸"),
}
ALT = Text(
    "The fit with p parameters, and the error against p: it peaks at p = n and falls again",
    "Кривая с p параметрами и ошибка в зависимости от p: пик при p = n, дальше снова спад",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the fit beside the error, the arithmetic of the picked p."""
    with controls:
        params = kit.controls(page.slug, DoubleParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):

        def draw(shown: DoubleParams, name: str) -> None:
            trace: DoubleTrace = kit.cached(run, shown)
            show_fit(
                page,
                double_data(trace, _place(page, trace), page.lang),
                name=f"double_{name}",
                texts=TEXTS if shown.family == "fourier" else RELU,
                alt=ALT,
                picked=-1,
                on_at=lambda place: page.remember("p").set(str(place)),
                sweep=True,
            )

        kit.compared(page, params, draw)
        trace: DoubleTrace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain_double(trace, _place(page, trace), page.lang)
    page.arithmetic(formulas)


def _place(page: kit.Page, trace: DoubleTrace) -> int:
    """The picked width; p = n until the learner picks."""
    return kit.index(page.remember("p"), len(trace.widths), int(np.searchsorted(trace.widths, trace.params.points)))
