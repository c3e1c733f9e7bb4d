"""What the labs of this room share: words of the player, events, picks that live in the address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._shared import kit
from pages._shared.components import mount


def show_played(
    page: kit.Page,
    component: str,
    data: dict[str, Any],
    *,
    name: str,
    alt: Text,
    texts: dict[str, Text],
    frames: int,
    on_pick: Callable[[Any], None] | None = None,
) -> int:
    """A component with a player; returns the frame at which it stands, the last one by default."""
    key = f"{component}_{name}"
    kept = page.remember(f"{component}_step")
    last = frames - 1

    def on_step() -> None:
        value = kit.event(page, key, "step")
        if name == "now" and isinstance(value, int) and 0 <= value <= last:
            kept.set("" if value == last else str(value))

    def picked() -> None:
        if on_pick:
            on_pick(kit.event(page, key, "pick"))

    step = kit.index(kept, frames, last)
    mount(
        component,
        page.key(key),
        {
            **data,
            "step": step,
            "words": kit.said(page, texts),
            "alt": page.say(alt),
            "key": page.key(key),
        },
        on_step_change=on_step,
        on_pick_change=picked,
    )
    return step
