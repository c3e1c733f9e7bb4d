"""What the labs of this room share: what a component has just sent, and the words of its player and buttons."""

from __future__ import annotations

from typing import Any

from core.i18n import Text
from pages._shared import kit, words
from pages._shared.state import Remembered, session

SHARED = {
    "play": words.PLAY,
    "pause": words.PAUSE,
    "back": words.BACK,
    "forward": words.FORWARD,
    "step": words.STEP,
    "save": words.SAVE_PICTURE,
}


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
