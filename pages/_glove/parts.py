"""What the labs of the room share: moving points with a player, and what they tell back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._shared import kit, words
from pages._shared.components import mount
from pages._shared.state import session

PLAYER = {
    "play": words.PLAY,
    "pause": words.PAUSE,
    "back": words.BACK,
    "forward": words.FORWARD,
    "step": words.STEP,
    "save": words.SAVE_PICTURE,
}


def read_step(words_: str, last: int) -> int:
    """The remembered step; the last one when the address holds nothing that is a step."""
    return min(int(words_), last) if words_.isdecimal() and len(words_) < 5 else last


def read_pair(words_: str, size: int) -> tuple[int, int] | None:
    """Two rows as `i.j`; None when they are no cell of a matrix with `size` rows."""
    parts = words_.split(".")
    if len(parts) != 2 or not all(part.isdecimal() and len(part) <= 4 for part in parts):
        return None
    i, j = map(int, parts)
    return (i, j) if max(i, j) < size else None


def show_steps(
    page: kit.Page,
    component: str,
    data: dict[str, Any],
    *,
    name: str,
    last: int,
    hint: Text,
    alt: Text,
    on_pick: Callable[[str], None],
    spoken: dict[str, Text] | None = None,
) -> int:
    """Mount a component that is played over `last` + 1 steps; returns the step that is looked at."""
    key = page.key(name)
    step = page.remember(f"{name}_step")

    def event(kind: str) -> Any:
        return (session().get(key) or {}).get(kind)

    def on_step() -> None:
        value = event("step")
        if isinstance(value, int) and 0 <= value <= last:
            step.set("" if value == last else str(value))

    def picked() -> None:
        on_pick(str(event("pick"))[:60])

    at = read_step(step.get(), last)
    said = {key_: page.say(text) for key_, text in {**PLAYER, "hint": hint, **(spoken or {})}.items()}
    mount(
        component,
        key,
        {**data, "step": at, "name": key, "alt": page.say(alt), "words": said},
        on_pick_change=picked,
        on_step_change=on_step,
    )
    return at
