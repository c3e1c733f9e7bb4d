"""One neuron: weights dragged over the plane, one example written out, and the way that learning takes from there."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.figures.neuron import neuron_data
from core.foundations.explain_neuron import explain
from core.foundations.neuron import (
    BOUND,
    CLASSES,
    EDGE,
    FEATURES,
    KINDS,
    MAX_POINTS,
    NeuronParams,
    NeuronTrace,
    reference,
    run,
    tables,
)
from core.i18n import Text
from core.params import encode
from pages._neuron.parts import has_changed, is_index, read_row
from pages._shared import kit
from pages._shared.components import mount
from pages._shared.controls import field_key
from pages._shared.state import session

WORDS = {
    "right": Text("right", "верно"),
    "loss": Text("loss", "потери"),
    "moved": Text("moved by hand", "сдвинуто рукой"),
    "example": Text("example", "пример"),
    "add": Text("add", "добавить"),
    "flip": Text("other class", "другой класс"),
    "drop": Text("remove", "убрать"),
    "border": Text("boundary", "граница"),
    "weights": Text("tip of the weight vector", "конец вектора весов"),
    "drawing": Text("The neuron with the numbers of one example", "Нейрон с числами одного примера"),
    "course": Text("L, mean loss, against the step", "L, средние потери, по шагам"),
    "hint": Text(
        "drag the arrow w, the boundary or a weight's number · click a point to see its arithmetic",
        "тяните стрелку w, границу или число у веса · щёлкните точку — увидите расчёт",
    ),
    "hintOwn": Text(
        "drag the arrow w, the boundary, a weight's number or a point · click beside the points to add one",
        "тяните стрелку w, границу, число у веса или точку · щелчок мимо точек добавит новую",
    ),
}
ALT = Text(
    "The plane of two features with {n} points, what the neuron answers there, its boundary and its weights",
    "Плоскость двух признаков, точки ({n}), ответ нейрона, его граница и веса",
)
DIVERGED = Text(
    "Diverged after step {t}: η is too large, every step overshoots further than the one before.",
    "Разошлось после шага {t}: η велика, каждый шаг промахивается дальше предыдущего.",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the plane and the drawing, arithmetic."""
    with controls:
        params = kit.controls(page.slug, NeuronParams, page.lang)
    if has_changed(page, params):
        page.remember("t").clear()  # another start: its way has not been walked yet
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        kit.compared(page, params, lambda shown, name: _draw(page, shown, name))
        trace: NeuronTrace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, _example(page, trace), _step(page, trace), page.lang)
    page.arithmetic(formulas)


def _example(page: kit.Page, trace: NeuronTrace) -> int:
    return kit.index(page.remember("example"), len(trace.X), 0)


def _step(page: kit.Page, trace: NeuronTrace) -> int:
    return kit.index(page.remember("t"), len(trace.path), 0)


def _draw(page: kit.Page, params: NeuronParams, name: str) -> None:
    trace: NeuronTrace = kit.cached(run, params)
    if trace.lost >= 0:
        kit.refuse(DIVERGED.format(t=trace.lost), page.lang)
    key = f"one_{name}"

    def on_theta() -> None:
        found = read_row(kit.event(page, key, "theta"), 3, BOUND)
        for field, value in zip(("w1", "w2", "b"), found or (), strict=False):
            session()[field_key(page.slug, field)] = round(value, 2)
        page.remember("t").clear()

    def on_points() -> None:
        given = kit.event(page, key, "points")
        rows = given.get("points") if isinstance(given, dict) else None
        if not isinstance(rows, list) or not 1 <= len(rows) <= MAX_POINTS:
            return
        found = [read_row(row, 3, EDGE) for row in rows]
        if None in found:
            return
        kit.remembered(page.slug, "points", NeuronParams).set(encode(tuple(row for row in found if row)))
        if is_index(given.get("picked"), len(found)):
            page.remember("example").set(str(given["picked"]))

    def on_pick() -> None:
        if is_index(kit.event(page, key, "pick"), len(trace.X)):
            page.remember("example").set(str(kit.event(page, key, "pick")))

    def on_step() -> None:
        value = kit.event(page, key, "step")
        if is_index(value, len(trace.path)):
            page.remember("t").set(str(value) if value else "")

    mount(
        "neuron",
        page.key(key),
        {
            **neuron_data(trace),
            "step": _step(page, trace),
            "picked": _example(page, trace),
            "classes": [page.say(text) for text in CLASSES[params.data]],
            "axes": [page.say(text) for text in FEATURES[params.data]],
            "kindName": page.say(KINDS[params.kind]),
            "words": kit.said(page, WORDS),
            "alt": page.say(ALT.format(n=len(trace.X))),
            "key": page.key(key),
            "fixed": name != "now",
        },
        on_theta_change=on_theta,
        on_points_change=on_points,
        on_pick_change=on_pick,
        on_step_change=on_step,
    )
