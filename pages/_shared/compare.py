"""Compare: keep the present run as A, change things, see A beside B."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from core.errors import Refusal
from core.params import Choice, Params, Switch
from pages._shared import words
from pages._shared.page import Page
from pages._shared.refuse import plain
from pages._shared.state import Remembered

P = TypeVar("P", bound=Params)


def _kept(page: Page, cls: type[Params]) -> Remembered:
    return page.remember(f"A_{cls.__name__}")


def pinned(page: Page, cls: type[P]) -> P | None:
    """The run kept as A; None when there is none (or the address holds something that is no run)."""
    words_ = _kept(page, cls).get()
    if not words_:
        return None
    try:
        values = json.loads(words_)
        return cls.parse({**cls.defaults(page.lang), **values})
    except (ValueError, TypeError, Refusal):
        return None


def pin_button(page: Page, params: Params) -> None:
    """Keep the present run as A, or stop comparing."""
    kept = _kept(page, type(params))
    if kept.get():
        st.button(
            page.say(words.UNPIN),
            key=f"_{page.key('unpin')}",
            on_click=kept.clear,
            type="tertiary",
            icon=":material/close:",
        )
        return
    written = json.dumps(params.changed(page.lang), ensure_ascii=False, separators=(",", ":"))
    st.button(
        page.say(words.PIN),
        key=f"_{page.key('pin')}",
        on_click=kept.set,
        args=(written,),
        type="tertiary",
        icon=":material/compare:",
    )


def compared(page: Page, params: P, draw: Callable[[P, str], None]) -> None:
    """Draw A above B when there is an A; `draw(params, name)` gets a name that keeps the two views' keys apart."""
    a = pinned(page, type(params))
    if a is None:
        draw(params, "now")
        return
    st.caption(f"**{page.say(words.PINNED)}**")
    draw(a, "kept")
    st.divider()
    st.caption(f"**{page.say(words.CURRENT)}** · {differences(page, a, params)}")
    draw(params, "now")


def differences(page: Page, a: Params, b: Params) -> str:
    """What changed from A to B, as markdown that quotes the visitor safely."""
    old, new = a.model_dump(), b.model_dump()
    knobs = type(b).knobs()
    parts = []
    for field in (f for f in new if old[f] != new[f]):
        knob = knobs[field]

        def name(value: object, knob: object = knob) -> str:
            if isinstance(knob, Choice):
                return page.say(knob.options[str(value)])
            if isinstance(knob, Switch):
                return page.say(words.ON if value else words.OFF)
            return str(value)

        parts.append(f"{plain(page.say(knob.label))}: {plain(name(old[field]))} → {plain(name(new[field]))}")
    return " · ".join(parts) or page.say(words.NOTHING_CHANGED)
