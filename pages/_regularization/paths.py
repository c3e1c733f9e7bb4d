"""Lasso, ridge and elastic net on real features, with one handle for λ."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.figures.regularization import paths_data
from core.foundations.regular_paths import LO, NAMES, STEP, PathParams, PathTrace, reference, run, tables
from core.foundations.regular_paths_explain import explain
from core.i18n import Text
from pages._shared import kit
from pages._shared.components import mount
from pages._shared.controls import field_key
from pages._shared.state import session

FEATURE = NAMES.index("bmi")
ALT = Text(
    "Ten coefficients against λ, the cross-validated error under them; the arrow keys move λ",
    "Десять коэффициентов в зависимости от λ, под ними ошибка кросс-валидации; стрелки двигают λ",
)
WORDS = {
    "beta": Text("β, per one spread of the feature", "β на одно стандартное отклонение признака"),
    "error": Text("cross-validated error, share of the variance", "ошибка кросс-валидации, доля дисперсии"),
    "stronger": Text("stronger →", "сильнее →"),
    "weaker": Text("← weaker penalty", "← слабее штраф"),
    "best": Text("least", "минимум"),
    "cautious": Text("within 1 SE", "в пределах 1 SE"),
    "alive": Text("not zero:", "ненулевых:"),
    "mse": Text("error", "ошибка"),
    "plane": Text("Two features alone: loss and penalty", "Только два признака: потери и штраф"),
    "same": Text("Choose two different features for the plane.", "Выберите для плоскости два разных признака."),
    "hint": Text(
        "drag across the curves · click a feature for its arithmetic · an ellipse has one loss, the shape one penalty, "
        "+ is least squares",
        "тяните по графику · щелчок по признаку — его расчёт · на эллипсе потери одинаковы, на границе фигуры — штраф, "
        "+ — наименьшие квадраты",
    ),
}
UNITS = Text(
    "In their own units: one unit of the log of triglycerides is two spreads, one of cholesterol a thirtieth. The "
    "penalty sees the numbers, not the patients.",
    "Признаки в своих единицах: единица логарифма триглицеридов — два разброса, единица холестерина — тридцатая доля. "
    "Штраф видит числа, а не пациентов.",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, paths with the plane, the arithmetic of the picked coefficient."""
    with controls:
        params = kit.controls(page.slug, PathParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        kit.compared(page, params, lambda shown, name: _draw(page, shown, name))
        trace: PathTrace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, _picked(page), page.lang)
    page.arithmetic(formulas)


def _picked(page: kit.Page) -> int:
    return kit.index(page.remember("feature"), len(NAMES), FEATURE)


def _draw(page: kit.Page, params: PathParams, name: str) -> None:
    trace: PathTrace = kit.cached(run, params)
    if not params.is_standard:
        kit.refuse(UNITS, page.lang)
    key = f"paths_{name}"

    def on_here() -> None:
        value = kit.event(page, key, "here")
        if name == "now" and isinstance(value, int) and 0 <= value < len(trace.lambdas):
            session()[field_key(page.slug, "lg_lambda")] = round(LO + STEP * value, 2)

    def on_pick() -> None:
        value = kit.event(page, key, "pick")
        if isinstance(value, int) and 0 <= value < len(NAMES):
            page.remember("feature").set("" if value == FEATURE else str(value))

    mount(
        "regular_paths",
        page.key(key),
        {
            **paths_data(trace, _picked(page), page.lang),
            "words": kit.said(page, WORDS),
            "alt": page.say(ALT),
            "key": page.key(key),
            "fixed": name != "now",
        },
        on_here_change=on_here,
        on_pick_change=on_pick,
    )
