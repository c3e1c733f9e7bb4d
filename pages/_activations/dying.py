"""How ReLU units die, and what brings them back."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.figures.activations import dying_data
from core.foundations.activation_dying import DyingParams, DyingTrace, explain, reference, run, tables
from core.i18n import Text
from pages._shared import kit
from pages._shared.components import mount

WORDS = {
    "at": Text("step", "шаг"),
    "dead": Text("dead", "мертвы"),
    "accuracy": Text("accuracy", "верных"),
    "loss": Text("loss", "потери"),
    "units": Text(
        "units: darker is active at more points, hatched is dead",
        "нейроны: темнее — активнее, штриховка — мертвы",
    ),
    "course": Text("Share of dead units and accuracy, step by step", "Доля мёртвых нейронов и верных ответов по шагам"),
    "hint": Text(
        "each line on the left is where one unit's sum is 0 · click a row to see its arithmetic",
        "каждая линия слева — где сумма одного нейрона равна 0 · щёлкните строку — увидите расчёт",
    ),
}
ALT = Text(
    "Two rings of points, what the net says of the plane, and the hinge of each of {n} units",
    "Два кольца точек, ответ сети на плоскости и излом каждого из {n} нейронов",
)
DIVERGED = Text(
    "The loss ran away at step {t}: the units are alive, but the step is too long for them. The run ends there.",
    "На шаге {t} потери ушли в бесконечность: нейроны живы, но шаг для них слишком длинный. На этом запуск окончен.",
)
ALL_DEAD = Text(
    "All {n} units are dead: the net answers the same everywhere, and no further step can change that.",
    "Мертвы все нейроны ({n}): сеть везде отвечает одинаково, и ни один следующий шаг этого не изменит.",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the recorded run, the arithmetic of one unit at one step."""
    with controls:
        params = kit.controls(page.slug, DyingParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        kit.compared(page, params, lambda shown, name: _draw(page, shown, name))
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, _frame(page, trace), _unit(page, params), page.lang)
    page.arithmetic(formulas)


def _frame(page: kit.Page, trace: DyingTrace) -> int:
    last = len(trace.steps) - 1
    return kit.index(page.remember("frame"), last, last)


def _unit(page: kit.Page, params: DyingParams) -> int:
    return kit.index(page.remember("unit"), params.units, 0)


def _draw(page: kit.Page, params: DyingParams, name: str) -> None:
    trace = kit.cached(run, params)
    if trace.diverged_at is not None:
        kit.refuse(DIVERGED.format(t=trace.diverged_at), page.lang)
    elif trace.is_dead[-1].all():
        kit.refuse(ALL_DEAD.format(n=params.units), page.lang)
    key, last = f"dying_{name}", len(trace.steps) - 1

    def on_step() -> None:
        value = kit.event(page, key, "step")
        if name == "now" and isinstance(value, int) and 0 <= value <= last:
            page.remember("frame").set("" if value == last else str(value))

    def on_pick() -> None:
        value = kit.event(page, key, "pick")
        if isinstance(value, int) and 0 <= value < params.units:
            page.remember("unit").set(str(value))

    mount(
        "dying",
        page.key(key),
        {
            **dying_data(trace),
            "step": _frame(page, trace),
            "unit": _unit(page, params),
            "words": kit.said(page, WORDS),
            "alt": page.say(ALT.format(n=params.units)),
            "key": page.key(key),
        },
        on_step_change=on_step,
        on_pick_change=on_pick,
    )
