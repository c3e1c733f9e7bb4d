"""A deep net: the gradient of every layer while it trains."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.device import places
from core.figures.gradient_flow import flow_data
from core.foundations.explain_flow import explain
from core.foundations.gradient_flow import FlowParams, FlowTrace, State, quadrants, reference, run, tables
from core.foundations.speed import Race, race
from core.foundations.training import write_sizes
from core.i18n import Text, same
from pages._gradient_flow.parts import show_flow, tell
from pages._shared import kit
from pages._shared.choice import choose

SIZES: dict[str, Text] = {"": same("δ = ∂L/∂y"), "gradient": same("g = ∂L/∂W")}
SIZE = Text("Shown", "Показать")
TITLES = {
    "": Text("‖∂L/∂y‖: layer ↑, step →", "‖∂L/∂y‖: слой ↑, шаг →"),
    "gradient": Text("‖∂L/∂W‖: layer ↑, step →", "‖∂L/∂W‖: слой ↑, шаг →"),
}
ALT = Text(
    "Size of the gradient in each of {n} layers at each step; the last layer is at the top",
    "Величина градиента в каждом из слоёв ({n}) на каждом шаге; последний слой вверху",
)
VERDICTS: dict[State, Text] = {
    "dead": Text(
        "Vanished: before the first step {r} of the gradient at the last layer arrives at the first.",
        "Затухание: до первого слоя перед первым шагом доходит {r} от градиента последнего.",
    ),
    "healthy": Text(
        "Healthy: before the first step the gradient at the first layer is {r} times that at the last.",
        "Здоров: перед первым шагом отношение градиентов первого и последнего слоя — {r}.",
    ),
    "exploding": Text(
        "Exploding: on its way to the first layer the gradient grows {r}-fold.",
        "Взрыв: по дороге к первому слою градиент вырастает в {r} раз.",
    ),
}
LOST = Text(
    "Exploded: at step {t} the loss was no number any more, or the weights had left all bounds. The run ends there.",
    "Взрыв: на шаге {t} потери перестали быть числом или веса ушли за все пределы. На этом запуск окончен.",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the heat map, the arithmetic of the picked layer."""
    with controls:
        params = kit.controls(page.slug, FlowParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        if page.stage == "figures":
            shown = page.remember("size").get()
        else:
            shown = choose(
                page.remember("size"),
                list(SIZES),
                lambda name: page.say(SIZES[name]),
                label=page.say(SIZE),
                hide_label=True,
            )
        chosen: dict[str, tuple[int, int]] = {}

        def draw(of: FlowParams, name: str) -> None:
            trace: FlowTrace = kit.cached(run, of)
            tell(page, trace, VERDICTS, LOST)
            chosen[name] = show_flow(
                page,
                flow_data(trace, shown, page.lang),
                name=name,
                row="layer",
                title=TITLES.get(shown, TITLES[""]),
                alt=ALT.format(n=of.depth),
            )

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        if len(places()) > 1 and page.stage == "full":
            compare_places(page, params)
        formulas = explain(trace, *chosen["now"], page.lang)
    page.arithmetic(formulas)


def compare_places(page: kit.Page, params: FlowParams) -> None:
    """How much faster the GPU takes the same steps, measured when asked for."""
    asked = page.remember("race")
    if not asked.get():
        st.button(page.say(RACE), key=f"_{page.key('race')}_ask", on_click=asked.set, args=("1",), type="tertiary")
        return
    plan = params.plan()
    found: tuple[Race, ...] | None = kit.computed(
        page, kit.key_of(race, params), lambda tick: race(plan, quadrants(), tick), RACING, name="race"
    )
    for one in found or ():
        told = RACED.format(
            sizes=write_sizes(one.sizes), gpu=f"{one.rates[-1]:.0f}", cpu=f"{one.rates[0]:.0f}", gain=f"{one.gain:.1f}"
        )
        st.caption(kit.plain(page.say(told)))


RACE = Text("CPU or GPU?", "Процессор или видеокарта?")
RACING = Text("taking the same steps on the CPU and on the GPU", "делаем одни и те же шаги на процессоре и видеокарте")
RACED = Text(
    "{sizes}: {gpu} steps a second on the GPU, {cpu} on the CPU: × {gain}",
    "{sizes}: {gpu} шагов в секунду на видеокарте, {cpu} на процессоре: × {gain}",
)
