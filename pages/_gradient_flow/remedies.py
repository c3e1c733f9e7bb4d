"""One sick net, ten treatments: which of them bring the gradient back, and which only help to learn."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.figures.gradient_flow import remedy_rows
from core.foundations.gradient_flow import FlowParams
from core.foundations.gradient_flow_remedies import REMEDIES, Remedies, reference, run, tables, treated
from core.i18n import Text
from pages._shared import kit
from pages._shared.components import mount

WORDS = {
    "remedy": Text("one change · click to open the run", "одно изменение · щёлкните — откроется запуск"),
    "reach": Text("reach ‖δ₁‖/‖δ_L‖ before the first step", "доля ‖δ₁‖/‖δ_L‖ до первого шага"),
    "learned": Text("accuracy after the last step", "доля верных после последнего шага"),
    "lost": Text("lost at step", "потеряна на шаге"),
    "open": Text("open this run", "открыть этот запуск"),
}
ALT = Text(
    "Ten treatments of one net: reach of the gradient and accuracy",
    "Десять средств для одной сети: доля градиента и точность",
)
WORKING = Text("training ten nets", "обучаем десять сетей")
PATIENTS = (
    kit.Preset(
        Text("deep sigmoid: vanishing", "глубокая сигмоида: затухание"),
        {},
        Text("clipping, a smaller α and dropout do nothing for it", "обрезка, меньшая α и dropout ей не помогут"),
    ),
    kit.Preset(
        Text("ReLU from N(0, 1): exploding", "ReLU из N(0; 1): взрыв"),
        {"kind": "relu", "init": "normal"},
        Text("clipping keeps it alive, Adam teaches it", "обрезка сохраняет ей жизнь, Adam — учит"),
    ),
    kit.Preset(
        Text("30 layers of tanh: healthy, and it does not learn", "30 слоёв tanh: здоров, но не учится"),
        {"depth": 30, "kind": "tanh"},
        Text("here the step was too long, not the gradient too short", "дело не в градиенте, а в длине шага"),
    ),
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls of the patient, presets, the table of remedies."""
    with controls:
        params = kit.controls(page.slug, FlowParams, page.lang)
    with views, kit.sentences(page.lang):
        if page.stage != "figures":
            kit.presets(page.slug, FlowParams, page.lang, PATIENTS, before=lambda: page.open_lab().set("remedies"))
        job = kit.follow(page, kit.key_of(run, params), lambda tick: run(params, tick))
        kit.live(page, job, lambda seen: table(page, params, seen.so_far if seen else None), WORKING)
        trace: Remedies | None = job.result
        if trace is None:
            return
        st.caption(page.say(VERDICT))
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace), compare=False)


def table(page: kit.Page, params: FlowParams, so_far: Remedies | None) -> None:
    """The remedies that were tried; a click opens the run of one."""
    if so_far is None:
        return

    def on_pick() -> None:
        value = kit.event(page, "remedies", "pick")
        if isinstance(value, int) and 0 <= value < len(REMEDIES):
            changed = treated(params, list(REMEDIES)[value])
            kit.apply(page.slug, FlowParams, changed.model_dump(), page.lang)
            page.open_lab().set("")

    mount(
        "remedies",
        page.key("remedies"),
        {
            "rows": remedy_rows(so_far, page.lang),
            "picked": "",
            "words": {name: page.say(text) for name, text in WORDS.items()},
            "alt": page.say(ALT),
        },
        on_pick_change=on_pick,
    )


VERDICT = Text(
    "Reach: how much of the gradient arrives, × 1 in the middle of the scale. A treatment may change it, or the step "
    "that is made of it, or neither.",
    "Доля показывает, сколько градиента доходит; середина шкалы — × 1. Средство может изменить её, или шаг, который "
    "из градиента получается, или ничего.",
)
