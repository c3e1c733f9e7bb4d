"""A visitor's own table: a short one stands in the address with the typed rows, a longer one stays with this visit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.errors import Refusal
from core.i18n import Text
from pages._shared import words
from pages._shared.own_data import decode
from pages._shared.page import Page
from pages._shared.refuse import refuse
from pages._shared.state import session


@dataclass(frozen=True)
class OwnTable:
    """What may be given: bytes, characters that the address takes, what the columns are.

    count : the rows of a text; raises a `Refusal` when it cannot be read
    """

    max_file: int
    max_pasted: int
    help: Text
    count: Callable[[str], int]

    def attach(self, page: Page, params: Any) -> Any:
        """`params` with the visitor's file, where there is one and own rows are wanted."""
        file = session().get(_key(page)) if params.source == "own" else None
        return params.model_copy(update={"file": file}) if file else params

    def upload(self, page: Page) -> None:
        """The upload field, and what came of it."""
        widget, note = f"{_key(page)}_widget", f"{_key(page)}_note"

        def given() -> None:
            file = session().get(widget)
            session().pop(note, None)
            session().pop(_key(page), None)
            if file is None:
                return
            try:
                if file.size > self.max_file:
                    raise Refusal(words.FILE_TOO_BIG.format(limit=self.max_file // 1000))
                text = decode(file.getvalue())
                self.count(text)
            except Refusal as refusal:
                session()[note] = refusal.text
                return
            session()[page.key("rows") if len(text) <= self.max_pasted else _key(page)] = text

        st.file_uploader(
            page.say(words.OWN_TABLE),
            type=["csv", "tsv", "txt"],
            key=widget,
            on_change=given,
            help=page.say(self.help),
        )
        if note in session():
            refuse(session()[note], page.lang)
        kept = session().get(_key(page))
        if kept:
            st.caption(page.say(words.TABLE_KEPT.format(n=self.count(kept))))
            st.button(
                page.say(words.TABLE_DROP),
                key=f"{_key(page)}_drop",
                on_click=session().pop,
                args=(_key(page), None),
                type="tertiary",
            )


def _key(page: Page) -> str:
    return f"_{page.key('file')}"
