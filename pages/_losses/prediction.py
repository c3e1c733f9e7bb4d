"""One point dragged through every loss and its gradient."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.figures.losses import curves_data
from core.foundations.losses_lab import BOUND, PredictionParams, PredictionTrace, explain, reference, run, tables
from core.i18n import Text
from pages._shared import kit, words
from pages._shared.components import mount
from pages._shared.controls import field_key
from pages._shared.state import session

ALT = Text(
    "Curves of {n} losses over the prediction, and under them their gradients",
    "Кривые потерь над осью предсказания ({n}) и под ними их градиенты",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, curves and their numbers, the arithmetic of the picked loss."""
    with controls:
        params = kit.controls(page.slug, PredictionParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        kit.compared(page, params, lambda shown, name: _draw(page, shown, name))
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, _picked(page, trace), page.lang)
    page.arithmetic(formulas)


def _picked(page: kit.Page, trace: PredictionTrace) -> str:
    """The loss in the address, else the first of the task."""
    kept = page.remember("loss").get()
    return kept if kept in trace.names else trace.names[0]


def _draw(page: kit.Page, params: PredictionParams, name: str) -> None:
    trace: PredictionTrace = kit.cached(run, params)
    key = page.key(f"curves_{name}")

    def event(kind: str) -> Any:
        return (session().get(key) or {}).get(kind)

    def on_x() -> None:
        value = event("x")
        if name == "now" and isinstance(value, int | float) and abs(value) <= BOUND:
            session()[field_key(page.slug, "guess" if params.task == "regression" else "z")] = float(value)

    def on_pick() -> None:
        if event("pick") in trace.names:
            page.remember("loss").set(str(event("pick")))

    data = curves_data(trace, _picked(page, trace), page.lang)
    mount(
        "losses",
        key,
        {
            **data,
            "words": {**data["words"], "save": page.say(words.SAVE_PICTURE)},
            "alt": page.say(ALT.format(n=len(trace.names))),
            "name": key,
            "fixed": name != "now",
        },
        on_x_change=on_x,
        on_pick_change=on_pick,
    )
