"""What the labs of this room share: the strip of tokens, the panel of guesses, own files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.i18n import Text
from core.metrics.generation_texts import MAX_OWN
from pages._shared import kit, words
from pages._shared.components import mount
from pages._shared.state import Remembered, session

FILE_BYTES = 64 * 1024
Tokens = Sequence[dict[str, Any]]


def own_file(page: kit.Page, field: str, what: Text, max_chars: int = MAX_OWN) -> None:
    """A file of the visitor's, whose text goes into `field`."""
    with st.popover(page.say(words.OWN_FILE), type="tertiary", icon=":material/upload_file:"):
        st.caption(page.say(what))
        kit.own_text(page, field, limit=FILE_BYTES, max_chars=max_chars)


def draw_strip(
    page: kit.Page, name: str, picked: Remembered, at: int, tokens: Tokens, *, alt: Text, hint: Text, **more: Any
) -> None:
    """A text token by token (assets/components/strip.js); a click keeps the picked token in the address."""
    key = page.key(name)

    def on_pick() -> None:
        value = (session().get(key) or {}).get("pick")
        if isinstance(value, int):
            picked.set(str(value)[:4])

    mount(
        "strip",
        key,
        {
            "tokens": tokens,
            "picked": at,
            "also": next((t.get("also", []) for t in tokens if t["at"] == at), []),
            "group": picked.key,
            **more,
            "words": {
                "alt": page.say(alt),
                "hint": page.say(hint),
                "play": page.say(words.PLAY),
                "pause": page.say(words.PAUSE),
                "back": page.say(words.BACK),
                "forward": page.say(words.FORWARD),
                "step": page.say(words.STEP),
            },
        },
        on_pick_change=on_pick,
    )


def draw_guesses(
    page: kit.Page, name: str, picked: Remembered, at: int, steps: Tokens, *, hint: Text, two: bool = False
) -> None:
    """What the model expected at the picked place (assets/components/guesses.js)."""
    said = {"alt": page.say(GUESSES), "word": page.say(TOKEN), "hint": page.say(hint)}
    mount("guesses", page.key(name), {"steps": steps, "picked": at, "group": picked.key, "two": two, "words": said})


GUESSES = Text("The likeliest tokens here and their probabilities", "Самые вероятные здесь токены и их вероятности")
TOKEN = Text("token", "токен")
OWN_CORPUS = Text("The model is trained on the text of the file.", "Модель обучится на тексте из файла.")
