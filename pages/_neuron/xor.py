"""XOR and its kin: a small net trained live, its answer on the plane beside its hidden space."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.figures.neuron import hidden_data
from core.foundations.explain_xor import explain
from core.foundations.xor import TASKS, XorParams, XorTrace, reference, run, tables
from core.i18n import Text
from pages._neuron.parts import has_changed, is_index
from pages._shared import kit
from pages._shared.components import mount

WORDS = {
    "right": Text("right", "верно"),
    "best": Text("╌ best straight line", "╌ лучшая прямая"),
    "plane": Text("the plane: what the net answers", "плоскость: что отвечает сеть"),
    "space2": Text(
        "hidden space, h₁ and h₂: one straight line",
        "скрытое пространство, h₁ и h₂: одна прямая",
    ),
    "space": Text(
        "last hidden space, along v: one straight line",
        "последний скрытый слой, вдоль v: одна прямая",
    ),
    "none": Text(
        "no hidden layer: the plane itself, along w",
        "скрытого слоя нет: та же плоскость, вдоль w",
    ),
    "unit": Text("hidden unit", "скрытый нейрон"),
    "course": Text("Loss and share of right answers by step", "Потери и доля верных ответов по шагам"),
    "hint": Text(
        "below: what each hidden unit answers · click one to see its line, click a point to see its arithmetic",
        "внизу: что отвечает каждый скрытый нейрон · щёлкните его — увидите линию, щёлкните точку — увидите расчёт",
    ),
    "hintOne": Text(
        "dashed: the best of all straight lines, found by exact search · click a point to see its arithmetic",
        "пунктир: лучшая из всех прямых, найдена точным перебором · щёлкните точку — увидите расчёт",
    ),
}
ALT = Text(
    "{task}: {n} points, the net's answer over the plane, and the same points in its hidden space",
    "{task}: точки ({n}), ответ сети на плоскости и те же точки в её скрытом пространстве",
)
DIVERGED = Text(
    "Diverged at step {t}: α is too large. The run ends there.",
    "Разошлось на шаге {t}: α велика. На этом запуск окончен.",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, plane and hidden space, arithmetic of the picked point."""
    with controls:
        params = kit.controls(page.slug, XorParams, page.lang)
    if has_changed(page, params):
        page.remember("frame").clear()
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        kit.compared(page, params, lambda shown, name: _draw(page, shown, name))
        trace: XorTrace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        frame = _frame(page, trace)
        formulas = explain(
            trace, len(trace.steps) - 1 if frame is None else frame, _point(page, trace), _unit(page, params), page.lang
        )
    page.arithmetic(formulas)


def _frame(page: kit.Page, trace: XorTrace) -> int | None:
    found = kit.index(page.remember("frame"), len(trace.steps), -1)
    return None if found < 0 else found


def _point(page: kit.Page, trace: XorTrace) -> int:
    return kit.index(page.remember("point"), len(trace.X), 1)


def _unit(page: kit.Page, params: XorParams) -> int:
    return kit.index(page.remember("unit"), max(1, params.hidden), 0)


def _draw(page: kit.Page, params: XorParams, name: str) -> None:
    trace: XorTrace = kit.cached(run, params)
    if trace.lost >= 0:
        kit.refuse(DIVERGED.format(t=trace.lost), page.lang)
    key = f"xor_{name}"

    def on_step() -> None:
        value = kit.event(page, key, "step")
        page.remember("frame").set(str(value) if is_index(value, len(trace.steps) - 1) else "")

    def on_pick() -> None:
        if is_index(kit.event(page, key, "pick"), len(trace.X)):
            page.remember("point").set(str(kit.event(page, key, "pick")))

    def on_unit() -> None:
        if is_index(kit.event(page, key, "unit"), params.hidden):
            page.remember("unit").set(str(kit.event(page, key, "unit")))

    mount(
        "hidden",
        page.key(key),
        {
            **hidden_data(trace),
            "step": _frame(page, trace),
            "picked": _point(page, trace),
            "unit": _unit(page, params),
            "words": kit.said(page, WORDS),
            "alt": page.say(ALT.format(task=TASKS[params.task], n=len(trace.X))),
            "key": page.key(key),
            "fixed": name != "now",
        },
        on_step_change=on_step,
        on_pick_change=on_pick,
        on_unit_change=on_unit,
    )
