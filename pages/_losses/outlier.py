"""Three lines through the same points, and an outlier that is dragged."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.figures.losses import outlier_data
from core.foundations.loss_outlier import BOUND, FITS, OutlierParams, OutlierTrace, explain, reference, run, tables
from core.i18n import Text
from pages._shared import kit, words
from pages._shared.components import mount
from pages._shared.controls import field_key
from pages._shared.state import session

ALT = Text(
    "Twelve points, an outlier, and the lines that MSE, MAE and Huber draw through them",
    "Двенадцать точек, выброс и прямые, которые проводят через них MSE, MAE и Хьюбер",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the points and their lines, the arithmetic of the picked one."""
    with controls:
        params = kit.controls(page.slug, OutlierParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        kit.compared(page, params, lambda shown, name: _draw(page, shown, name))
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, _picked(page), page.lang)
    page.arithmetic(formulas)


def _picked(page: kit.Page) -> str:
    kept = page.remember("fit", FITS[0]).get()
    return kept if kept in FITS else FITS[0]


def _draw(page: kit.Page, params: OutlierParams, name: str) -> None:
    trace: OutlierTrace = kit.cached(run, params)
    key = page.key(f"lines_{name}")

    def event(kind: str) -> Any:
        return (session().get(key) or {}).get(kind)

    def on_y() -> None:
        value = event("y")
        if name == "now" and isinstance(value, int | float) and abs(value) <= BOUND:
            session()[field_key(page.slug, "outlier_y")] = float(value)

    def on_pick() -> None:
        if event("pick") in FITS:
            page.remember("fit", FITS[0]).set(str(event("pick")))

    data = outlier_data(trace, _picked(page), page.lang)
    mount(
        "outlier",
        key,
        {
            **data,
            "words": {**data["words"], "save": page.say(words.SAVE_PICTURE)},
            "alt": page.say(ALT),
            "name": key,
            "fixed": name != "now",
        },
        on_y_change=on_y,
        on_pick_change=on_pick,
    )
