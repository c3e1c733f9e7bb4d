"""Attention: where each word looks, and where every number comes from."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.i18n import Text
from pages._attention import saturation, worked
from pages._shared import kit, words
from pages._shared.state import session

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "worked": (Text("Worked example", "Пример"), worked.lab),
    "scale": (Text("Why √d?", "Зачем √d?"), saturation.lab),
}
page = kit.begin("attention")


def open_lab(name: str) -> None:
    """Inside a callback: show another lab of this room."""
    session()[page.key("lab")] = name


def room() -> None:
    """The chosen lab, and what stands under it."""
    controls, views = page.columns()
    with controls:
        chosen = st.segmented_control(
            page.say(words.LAB),
            list(LABS),
            default="worked",
            required=True,
            format_func=lambda name: page.say(LABS[name][0]),
            key=page.key("lab"),
            bind="query-params",
            label_visibility="collapsed",
        )
    LABS[chosen][1](page, controls, views)
    page.sections(
        {
            "predict": (words.PREDICT, lambda: kit.predict(page, worked.questions(page))),
            "breaks": (words.BREAKS, lambda: worked.breaks(page, open_lab)),
            "how": (words.HOW, lambda: page.prose("how")),
            "sources": (words.SOURCES, lambda: page.prose("sources")),
        }
    )


page.lab(room)
