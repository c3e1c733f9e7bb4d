"""A visitor's own text: capped, decoded explicitly, kept to their session."""

from __future__ import annotations

import streamlit as st

from core.errors import Refusal
from pages._shared import words
from pages._shared.page import Page
from pages._shared.refuse import refuse
from pages._shared.state import session


def own_text(page: Page, field: str, *, limit: int, max_chars: int, keep_lines: bool = False) -> None:
    """An upload field for a UTF-8 file of at most `limit` bytes, whose text goes into the text field `field`.

    What is longer than `max_chars` is cut, and says so; for what cannot be used there is a sentence.
    White space is collapsed, except that `keep_lines` leaves the lines of a list or a corpus apart.
    """
    key, note = f"_{page.key(field)}_file", f"_{page.key(field)}_file_note"

    def given() -> None:
        file = session().get(key)
        session().pop(note, None)
        if file is None:
            return
        try:
            if file.size > limit:
                raise Refusal(words.FILE_TOO_BIG.format(limit=limit // 1024))
            read = decode(file.getvalue())
            lines = read.splitlines() if keep_lines else [read]
            text = "\n".join(" ".join(line.split()) for line in lines).strip()
        except Refusal as refusal:
            session()[note] = refusal.text
            return
        if len(text) > max_chars:
            session()[note] = words.FILE_CUT.format(n=max_chars)
        session()[page.key(field)] = text[:max_chars]

    st.file_uploader(page.say(words.OWN_DATA), type=["txt"], key=key, on_change=given)
    if note in session():
        refuse(session()[note], page.lang)


def decode(content: bytes) -> str:
    """UTF-8, with or without a byte order mark.

    Raises
    ------
    Refusal
        If it is anything else, or has NUL characters.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(words.FILE_NOT_TEXT) from None
    if "\x00" in text:
        raise Refusal(words.FILE_NOT_TEXT)
    return text
