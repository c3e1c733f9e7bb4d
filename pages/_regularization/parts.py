"""What the labs of this room share: words of the player, events, picks that live in the address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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


def said(page: kit.Page, texts: dict[str, Text]) -> dict[str, str]:
    """A component's words in the reader's language."""
    return {name: page.say(text) for name, text in {**SHARED, **texts}.items()}


def event(page: kit.Page, key: str, kind: str) -> Any:
    """What the component `key` has just sent."""
    return (session().get(page.key(key)) or {}).get(kind)


def index(kept: Remembered, count: int, default: int) -> int:
    """A remembered index, `default` when the address holds none or it is beyond `count`."""
    at = kept.get()
    return int(at) if at.isdecimal() and len(at) < 5 and int(at) < count else default


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
        value = event(page, key, "step")
        if name == "now" and isinstance(value, int) and 0 <= value <= last:
            kept.set("" if value == last else str(value))

    def picked() -> None:
        if on_pick:
            on_pick(event(page, key, "pick"))

    step = index(kept, frames, last)
    mount(
        component,
        page.key(key),
        {
            **data,
            "step": step,
            "words": said(page, texts),
            "alt": page.say(alt),
            "key": page.key(key),
        },
        on_step_change=on_step,
        on_pick_change=picked,
    )
    return step
