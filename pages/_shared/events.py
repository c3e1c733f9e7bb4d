"""Between a room and its component: what it has sent, the words it shows, an index kept in the address."""

from __future__ import annotations

from typing import Any

from core.i18n import Text
from pages._shared import words
from pages._shared.page import Page
from pages._shared.state import Remembered, session

# Of the player, the buttons that save the picture, and a step that is named in passing.
PLAYER = {
    "play": words.PLAY,
    "pause": words.PAUSE,
    "back": words.BACK,
    "forward": words.FORWARD,
    "step": words.STEP,
    "save": words.SAVE_PICTURE,
    "at": words.AT_STEP,
}


def event(page: Page, name: str, kind: str) -> Any:
    """What the component `name` has just sent as `kind`."""
    return (session().get(page.key(name)) or {}).get(kind)


def said(page: Page, texts: dict[str, Text]) -> dict[str, str]:
    """The component's words and the player's, in the reader's language."""
    return {name: page.say(text) for name, text in {**PLAYER, **texts}.items()}


def index(kept: Remembered, count: int, default: int) -> int:
    """A remembered index; `default` when the address holds none or it is not below `count`."""
    at = kept.get()
    return int(at) if at.isdecimal() and len(at) < 6 and int(at) < count else default
