"""A visitor's own text: capped, decoded explicitly, kept to their session."""

from __future__ import annotations

import streamlit as st

from core.errors import Refusal
from pages._shared import words
from pages._shared.page import Page


def own_text(page: Page, *, limit: int) -> str | None:
    """The text of an uploaded UTF-8 file of at most `limit` bytes; None when nothing was given.

    Raises
    ------
    Refusal
        If the file is larger, or is not UTF-8 text.
    """
    given = st.file_uploader(page.say(words.OWN_DATA), type=["txt"], key=f"_{page.key('file')}")
    if given is None:
        return None
    if given.size > limit:
        raise Refusal(words.FILE_TOO_BIG.format(limit=limit // 1024))
    return decode(given.getvalue())


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
