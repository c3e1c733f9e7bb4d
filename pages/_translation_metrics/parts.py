"""What the labs of this room share: own files, picks and steps kept in the address, the player's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.arithmetic import Cell
from core.i18n import Text
from core.metrics.translation_texts import MAX_CHARS
from pages._shared import kit, words
from pages._shared.components import mount
from pages._shared.state import Remembered

FILE_BYTES = 64 * 1024


def own_file(page: kit.Page) -> None:
    """A file of the visitor's as the hypothesis."""
    with st.popover(page.say(words.OWN_FILE), type="tertiary", icon=":material/upload_file:"):
        kit.own_text(page, "hypothesis", limit=FILE_BYTES, max_chars=MAX_CHARS)


def draw_grams(
    page: kit.Page,
    name: str,
    picked: Remembered,
    data: dict[str, Any],
    said: dict[str, Text],
    opening: Callable[[int], Cell],
) -> None:
    """One part of the n-gram view (assets/components/grams.js); a click keeps the picked n-gram in the address.

    opening : the n-gram that is picked when an order (from 1) is
    """

    def pick_order() -> None:
        order = kit.event(page, name, "order")
        if isinstance(order, int) and 1 <= order <= len(data.get("equation", ())):
            picked.set(str(opening(order)))

    mount(
        "grams",
        page.key(name),
        {**data, "words": {key: page.say(text) for key, text in said.items()}},
        on_pick_change=lambda: picked.set(str(kit.event(page, name, "pick"))[:12]),
        on_order_change=pick_order,
    )


def draw_steps(
    page: kit.Page, kind: str, name: str, data: dict[str, Any], said: dict[str, Text], *, last: int, start: int
) -> None:
    """A component that is played step by step; where the reader stopped is in the address, `start` is not."""
    kept = page.remember(f"{name}_step")

    def settled() -> None:
        value = kit.event(page, name, "step")
        if isinstance(value, int):
            kept.set("" if value == start else str(value))

    at = kept.get()
    shared = {
        "play": words.PLAY,
        "pause": words.PAUSE,
        "back": words.BACK,
        "forward": words.FORWARD,
        "step": words.STEP,
        "save": words.SAVE_PICTURE,
    }
    mount(
        kind,
        page.key(name),
        {
            **data,
            "step": min(int(at), last) if at.isdecimal() and len(at) < 4 else start,
            "name": page.key(name),
            "words": {key: page.say(text) for key, text in {**shared, **said}.items()},
        },
        on_step_change=settled,
    )


def setter(kept: Remembered) -> Callable[[str], None]:
    """For `kit.show(on_pick=…)`: a clicked point's data goes into the address."""
    return lambda at: kept.set(at[:12])


def draw_cards(page: kit.Page, name: str, equation: list[dict[str, Any]], said: Text) -> None:
    """A score as an equation of cards (assets/components/cards.js)."""
    mount("cards", page.key(name), {"equation": equation, "name": page.say(said)})
