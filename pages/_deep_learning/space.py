"""What a net learns: where digits lie before and after, the first weights, the course, all at one moment."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.figures.deep_learning import space_data
from core.foundations.deep_explain import explain_space
from core.foundations.deep_space import SpaceParams, SpaceTrace, reference, run, tables
from core.i18n import Text
from pages._deep_learning.parts import staged
from pages._shared import kit, words
from pages._shared.components import mount

WORDS = {
    "before": Text("Before learning: {given}", "До обучения: {given}"),
    "after": Text("The net's last hidden layer", "Последний скрытый слой сети"),
    "filters": Text(
        "the first layer's weights: orange adds, violet takes away",
        "веса первого слоя: оранжевое прибавляет, фиолетовое вычитает",
    ),
    "course": Text("the course of training", "ход обучения"),
    "held": Text("the plane holds", "на плоскости"),
    "seen": Text("trained on", "на обучении"),
    "right": Text("on the other 600", "на других 600"),
    "sure": Text("sure to", "уверена на"),
    "at": Text("step", "шаг"),
    "hint": Text(
        "hover a digit: the same one is lit in both planes", "наведите на цифру — она загорится на обеих плоскостях"
    ),
    "play": words.PLAY,
    "pause": words.PAUSE,
    "back": words.BACK,
    "forward": words.FORWARD,
    "step": words.STEP,
    "save": words.SAVE_PICTURE,
}

LEARNING = Text("The net is learning …", "Сеть учится…")


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, two planes, the arithmetic of η²."""
    with controls:
        params = kit.controls(page.slug, SpaceParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        traces: dict[str, SpaceTrace | None] = {}

        def draw(shown: SpaceParams, name: str) -> None:
            traces[name] = staged(
                page,
                f"space_{name}",
                shown,
                lambda tick: run(shown, tick),
                lambda trace: _show(page, trace, name),
            )

        kit.compared(page, params, draw)
        trace = traces["now"]
        if trace is not None:
            page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
            kit.toolbar(page, run, params, lambda: tables(trace))
            last = len(trace.steps) - 1
            frame = kit.index(page.remember("frame"), last + 1, last)
            row = kit.index(page.remember("point"), len(trace.y), 0)
            formulas = explain_space(trace, row, frame, page.lang)
    page.arithmetic(formulas)


def _show(page: kit.Page, trace: SpaceTrace | None, name: str) -> None:
    if trace is None:
        st.caption(page.say(LEARNING))
        return
    key, last = f"space_{name}", len(trace.steps) - 1
    frame, point = page.remember("frame"), page.remember("point")

    def on_step() -> None:
        value = kit.event(page, key, "step")
        if name == "now" and isinstance(value, int) and 0 <= value <= last:
            frame.set(str(value))

    def on_pick() -> None:
        value = kit.event(page, key, "pick")
        if isinstance(value, int) and 0 <= value < len(trace.y):
            point.set(str(value))

    given = SpaceParams.knobs()["before"].options[trace.params.before]  # type: ignore[attr-defined]
    said = {word: page.say(text.format(given=given) if word == "before" else text) for word, text in WORDS.items()}
    mount(
        "deep_space",
        page.key(key),
        {
            **space_data(trace, page.lang),
            "step": kit.index(frame, last + 1, last) if frame.get() else None,
            "row": kit.index(point, len(trace.y), 0),
            "words": said,
            "fixed": name == "kept",
            "name": page.key(key),
        },
        on_step_change=on_step,
        on_pick_change=on_pick,
    )
