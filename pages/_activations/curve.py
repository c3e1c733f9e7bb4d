"""One curve: value, slope, saturated zone, and a point that is dragged along."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.figures.activations import curve_data
from core.foundations.activation_curve import BOUND, KINDS, CurveParams, reference, run, tables
from core.foundations.explain_activation import explain
from core.i18n import Text
from pages._shared import kit
from pages._shared.components import mount
from pages._shared.controls import field_key
from pages._shared.state import session

WORDS = {
    "slope": Text("f′(x), the gradient's factor", "f′(x), множитель градиента"),
    "saturated": Text("saturated", "насыщение"),
    "gap": Text("difference", "разность"),
    "point": Text("point x", "точка x"),
    "all": Text("Functions", "Функции"),
    "hint": Text(
        "drag anywhere · arrows move the point, with Shift by 0.01",
        "тяните где угодно · стрелки двигают точку, с Shift — на 0,01",
    ),
}
ALT = Text(
    "{name} over its derivative; hatched where the derivative is below ε",
    "{name} и её производная; заштриховано там, где производная меньше ε",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the curves, arithmetic of the point."""
    with controls:
        params = kit.controls(page.slug, CurveParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        kit.compared(page, params, lambda shown, name: _draw(page, shown, name))
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, page.lang)
    page.arithmetic(formulas)


def _draw(page: kit.Page, params: CurveParams, name: str) -> None:
    key = f"curve_{name}"

    def on_x() -> None:
        value = kit.event(page, key, "x")
        if isinstance(value, int | float) and -BOUND <= value <= BOUND:
            session()[field_key(page.slug, "x")] = round(float(value), 2)

    def on_kind() -> None:
        if kit.event(page, key, "kind") in KINDS:
            kit.remembered(page.slug, "kind", CurveParams).set(str(kit.event(page, key, "kind")))

    mount(
        "activation",
        page.key(key),
        {
            **curve_data(kit.cached(run, params), page.lang),
            "words": kit.said(page, WORDS),
            "alt": page.say(ALT.format(name=KINDS[params.kind])),
            "key": page.key(key),
            "fixed": name != "now",
        },
        on_x_change=on_x,
        on_kind_change=on_kind,
    )
