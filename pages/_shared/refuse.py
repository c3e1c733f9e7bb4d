"""The one place that turns a refused input, or our own mistake, into a sentence in the reader's language."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.errors import Refusal
from core.i18n import Lang, Text
from pages._shared import words

log = logging.getLogger("vidno")


def refuse(text: Text, lang: Lang) -> None:
    """Say why an input cannot be used. Streamlit's own markdown is escaped: the sentence may quote the visitor."""
    st.warning(plain(text.get(lang)), icon=":material/info:")


def plain(words_: str) -> str:
    """Text with every character that markdown or HTML would act upon made literal."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()#+-.!|<>~$:&" else c for c in words_)


@contextmanager
def sentences(lang: Lang) -> Iterator[None]:
    """Around a part of a page: a Refusal becomes its sentence, anything else one apology and a line in the log."""
    try:
        yield
    except Refusal as refusal:
        refuse(refusal.text, lang)
    except Exception:
        log.exception("a page failed")
        if os.environ.get("VIDNO_RAISE"):
            raise
        st.error(words.TROUBLE.get(lang), icon=":material/error:")
