"""One of a few named things, kept in the address by its name and not by its label.

Streamlit's own `bind="query-params"` writes the label that the reader sees (`?lang=Русский`), which another language
cannot read back. Here the name is the state (`Remembered`), and the widget only shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import streamlit as st

from pages._shared.state import Remembered, session

Look = Literal["segments", "menu", "pills"]


def chosen(kept: Remembered, options: Sequence[str]) -> str:
    """The name that is kept, or the default when the address holds something else."""
    value = kept.get()
    return value if value in options else kept.default


def choose(
    kept: Remembered,
    options: Sequence[str],
    name: Callable[[str], str],
    *,
    label: str,
    look: Look = "segments",
    help: str | None = None,
    hide_label: bool = False,
) -> str:
    """Show `options` by their names; returns the chosen one, `kept.default` when the address holds something else.

    "pills" may be switched off, which is the empty default; the other looks always have one chosen.
    """
    value = chosen(kept, options)
    key = f"_{kept.key}_widget"
    shown = value if value in options else None
    if session().get(key) != shown:
        session()[key] = shown

    def changed() -> None:
        kept.set(session().get(key) or kept.default)

    visibility: Literal["collapsed", "visible"] = "collapsed" if hide_label else "visible"
    if look == "pills":
        st.pills(label, options, format_func=name, key=key, on_change=changed, help=help, label_visibility=visibility)
    elif look == "segments":
        st.segmented_control(
            label,
            options,
            required=True,
            format_func=name,
            key=key,
            on_change=changed,
            help=help,
            label_visibility=visibility,
        )
    else:
        st.selectbox(
            label, options, format_func=name, key=key, on_change=changed, help=help, label_visibility=visibility
        )
    return value
