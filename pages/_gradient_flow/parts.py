"""What the labs of this room share: the heat map that plays, what it sends back, and work that takes seconds."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.foundations.explain_flow import small
from core.foundations.gradient_flow import FlowTrace, State, state_of
from core.foundations.gradient_flow_rnn import RecurrentTrace
from core.i18n import Text
from pages._shared import kit
from pages._shared.components import mount

FLOW = {
    "at": Text("step", "шаг"),
    "loss": Text("loss", "потери"),
    "accuracy": Text("accuracy", "верных"),
    "zero": Text("exactly 0", "ровно 0"),
    "now": Text("at this step", "на этом шаге"),
}
GLYPHS: dict[State, str] = {"dead": "○", "healthy": "●", "exploding": "▲"}


def tell(page: kit.Page, trace: FlowTrace | RecurrentTrace, verdicts: dict[State, Text], lost: Text) -> None:
    """How the gradient fares before the first step, in one line, or that the run was lost."""
    if trace.recording.is_lost:
        kit.refuse(lost.format(t=trace.recording.lost), page.lang)
        return
    state = state_of(trace.reach(0))
    st.markdown(f"{GLYPHS[state]} {kit.plain(page.say(verdicts[state].format(r=small(trace.reach(0)))))}")


def show_flow(page: kit.Page, data: dict[str, Any], *, name: str, row: str, title: Text, alt: Text) -> tuple[int, int]:
    """The heat map `data`; returns the picked row and frame. `row` names where the pick is kept."""
    key, last = f"{row}_{name}", len(data["steps"]) - 1
    pick, frame = page.remember(row), page.remember(f"{row}_frame")

    def on_step() -> None:
        value = kit.event(page, key, "step")
        if name == "now" and isinstance(value, int) and 0 <= value <= last:
            frame.set("" if value == last else str(value))

    def on_pick() -> None:
        value = kit.event(page, key, "pick")
        if isinstance(value, int) and 0 <= value < data["rows"]:
            pick.set(str(value))

    picked, step = kit.index(pick, data["rows"], 0), kit.index(frame, last, last)
    mount(
        "flow",
        page.key(key),
        {
            **data,
            "step": step,
            "picked": picked,
            "words": kit.said(page, {**FLOW, "map": title}),
            "alt": page.say(alt),
            "key": page.key(key),
        },
        on_step_change=on_step,
        on_pick_change=on_pick,
    )
    return picked, step
