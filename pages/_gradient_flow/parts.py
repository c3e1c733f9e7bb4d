"""What the labs of this room share: the heat map that plays, what it sends back, and work that takes seconds."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.foundations.explain_flow import small
from core.foundations.gradient_flow import FlowTrace, State, state_of
from core.foundations.gradient_flow_rnn import RecurrentTrace
from core.i18n import Text
from pages._shared import kit, words
from pages._shared.components import mount
from pages._shared.state import Remembered, session

SHARED = {
    "play": words.PLAY,
    "pause": words.PAUSE,
    "back": words.BACK,
    "forward": words.FORWARD,
    "step": words.STEP,
    "save": words.SAVE_PICTURE,
}
FLOW = {
    "at": Text("step", "шаг"),
    "loss": Text("loss", "потери"),
    "accuracy": Text("accuracy", "верных"),
    "zero": Text("exactly 0", "ровно 0"),
    "now": Text("at this step", "на этом шаге"),
}
GLYPHS: dict[State, str] = {"dead": "○", "healthy": "●", "exploding": "▲"}


def event(page: kit.Page, name: str, kind: str) -> Any:
    """What the component `name` has just sent."""
    return (session().get(page.key(name)) or {}).get(kind)


def said(page: kit.Page, texts: dict[str, Text]) -> dict[str, str]:
    """The component's words in the reader's language."""
    return {name: page.say(text) for name, text in {**SHARED, **texts}.items()}


def index(kept: Remembered, count: int, default: int) -> int:
    """A remembered index, `default` when the address holds none or it is beyond `count`."""
    at = kept.get()
    return int(at) if at.isdecimal() and len(at) < 4 and int(at) < count else default


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
        value = event(page, key, "step")
        if name == "now" and isinstance(value, int) and 0 <= value <= last:
            frame.set("" if value == last else str(value))

    def on_pick() -> None:
        value = event(page, key, "pick")
        if isinstance(value, int) and 0 <= value < data["rows"]:
            pick.set(str(value))

    picked, step = index(pick, data["rows"], 0), index(frame, last, last)
    mount(
        "flow",
        page.key(key),
        {
            **data,
            "step": step,
            "picked": picked,
            "words": said(page, {**FLOW, "map": title}),
            "alt": page.say(alt),
            "key": page.key(key),
        },
        on_step_change=on_step,
        on_pick_change=on_pick,
    )
    return picked, step
