"""What the labs of n-grams share: a visitor's own text from a file."""

from __future__ import annotations

import streamlit as st

from core.text.ngrams_corpus import MAX_OWN
from pages._shared import kit, words

FILE_BYTES = 64 * 1024


def own_file(page: kit.Page) -> None:
    """Upload a text to count in."""
    with st.popover(page.say(words.OWN_FILE), type="tertiary", icon=":material/upload_file:"):
        kit.own_text(page, "own", limit=FILE_BYTES, max_chars=MAX_OWN, keep_lines=True)
