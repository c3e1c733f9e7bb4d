"""An unrolled net that has to remember its first input: the gradient of every time step while it trains."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.figures.gradient_flow import recurrent_data
from core.foundations.explain_flow import explain_recurrent
from core.foundations.gradient_flow import State
from core.foundations.gradient_flow_rnn import RecurrentParams, RecurrentTrace, reference, run, tables
from core.i18n import Text
from pages._gradient_flow.parts import show_flow, tell
from pages._shared import kit

TITLE = Text("‖∂L/∂h‖: time ↑, step →", "‖∂L/∂h‖: момент ↑, шаг →")
ALT = Text(
    "Size of the gradient at each of {n} time steps, at each step of training; the last moment is at the top",
    "Величина градиента в каждый из моментов ({n}) на каждом шаге обучения; последний момент вверху",
)
VERDICTS: dict[State, Text] = {
    "dead": Text(
        "Vanished: {r} of the gradient at the end arrives at the moment that has to be remembered.",
        "Затухание: до момента, который надо запомнить, доходит {r} от градиента в конце.",
    ),
    "healthy": Text(
        "Healthy: the gradient at the moment that has to be remembered is {r} times that at the end.",
        "Здоров: отношение градиентов в момент, который надо запомнить, и в конце — {r}.",
    ),
    "exploding": Text(
        "Exploding: on its way to the first moment the gradient grows {r}-fold.",
        "Взрыв: по дороге к первому моменту градиент вырастает в {r} раз.",
    ),
}
LOST = Text(
    "Exploded: step {t} threw the weights beyond all bounds. Try clipping the gradient.",
    "Взрыв: шаг {t} выбросил веса за все пределы. Попробуйте обрезать градиент.",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the heat map, the arithmetic of the picked moment."""
    with controls:
        params = kit.controls(page.slug, RecurrentParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        chosen: dict[str, tuple[int, int]] = {}

        def draw(of: RecurrentParams, name: str) -> None:
            trace: RecurrentTrace = kit.cached(run, of)
            tell(page, trace, VERDICTS, LOST)
            data = recurrent_data(trace, page.lang)
            chosen[name] = show_flow(page, data, name=name, row="moment", title=TITLE, alt=ALT.format(n=of.length))

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain_recurrent(trace, *chosen["now"], page.lang)
    page.arithmetic(formulas)
