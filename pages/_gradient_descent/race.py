"""The race of the optimizers: knobs, map, loss, and the arithmetic of the picked step."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.figures.descent import descent_data
from core.foundations.descent_lab import SURFACE_NAMES, DescentParams, DescentTrace, reference, run, surface_of, tables
from core.foundations.explain_descent import explain
from core.foundations.optimizers import OPTIMIZERS
from core.i18n import Text
from pages._gradient_descent.parts import read_view, show_race
from pages._shared import kit
from pages._shared.controls import field_key
from pages._shared.state import session

SHOWN = "sgd.momentum.rmsprop.adam"
PICKED = "adam"
LAST = "_gradient_descent_last"
LOST = Text(
    "Diverged: {names}. They ran beyond a million or to where f is no number; a smaller α or µ usually helps.",
    "Разошлись: {names}. Они ушли дальше миллиона или туда, где f — не число; обычно помогают α или µ поменьше.",
)
UNDEFINED = Text(
    "f is not defined at the start: drag the cross to where the map has lines.",
    "В точке старта f не определена: перетащите крестик туда, где на карте есть линии.",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the map with its runs, arithmetic."""
    arrive(page)
    with controls:
        params = kit.controls(page.slug, DescentParams, page.lang, above=page.wide(views))
    session()[LAST] = (params.surface, params.start)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        chosen: dict[str, tuple[str, int]] = {}

        def draw(shown: DescentParams, name: str) -> None:
            trace: DescentTrace = kit.cached(run, shown, large=shown.steps > 500)
            view = read_view(page.remember("view").get(), shown.surface)
            chosen[name] = show_race(
                page,
                descent_data(trace, view, page.lang),
                name=name,
                surface=shown.surface,
                prefix="",
                default_pick=PICKED,
                default_shown=SHOWN,
                on_start=lambda x, y: put_start(page, x, y),
            )

        kit.compared(page, params, draw)
        trace = kit.cached(run, params, large=params.steps > 500)
        tell_lost(page, trace)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, *chosen["now"], page.lang)
    page.arithmetic(formulas)


def arrive(page: kit.Page) -> None:
    """A surface picked from the menu brings its own start and α: what suits a ravine blows up elsewhere."""
    last = session().get(LAST)
    surface = kit.remembered(page.slug, "surface", DescentParams).get()
    start = str(session().get(field_key(page.slug, "start"), ""))
    if last is None or surface not in SURFACE_NAMES or surface == last[0] or start != last[1]:
        return
    plain, adaptive = surface_of(DescentParams(surface=surface)).rates
    session()[field_key(page.slug, "start")] = ""
    session()[field_key(page.slug, "lg_rate")] = plain
    session()[field_key(page.slug, "lg_rate_adaptive")] = adaptive


def put_state(page: kit.Page, values: dict[str, Any], runs: str, picked: str) -> None:
    """Put the lab into a state (inside a callback): these values, these runs drawn, this one picked, all at its end."""
    page.open_lab().clear()
    page.remember("shown", SHOWN).set(runs)
    page.remember("run", PICKED).set(picked)
    page.remember("t").clear()
    page.remember("view").clear()
    kit.apply(page.slug, DescentParams, values, page.lang)
    # A state says all by itself: its surface shall not bring what suits it by nature.
    session()[LAST] = (values.get("surface", "ravine"), values.get("start", ""))


def put_start(page: kit.Page, x: float, y: float) -> None:
    """The cross was dropped: the start stands in its field, and so in the address."""
    session()[field_key(page.slug, "start")] = f"{x:g}; {y:g}"


def tell_lost(page: kit.Page, trace: DescentTrace) -> None:
    """Divergence said in words, beside the picture that shows it."""
    if all(one.lost == 0 for one in trace.runs.values()):
        kit.refuse(UNDEFINED, page.lang)
        return
    lost = [page.say(OPTIMIZERS[name].title) for name, one in trace.runs.items() if one.lost > 0]
    if lost:
        kit.refuse(LOST.format(names=", ".join(lost)), page.lang)
