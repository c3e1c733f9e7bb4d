"""What the labs of this room share: what a component has sent, and buttons that put a named case into the lab."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import streamlit as st

from core.i18n import Text
from core.metrics.ranking_lab import MAX_RANKS
from core.params import Params
from pages._shared import kit, words
from pages._shared.state import session


def offer(page: kit.Page, cls: type[Params], cases: Iterable[tuple[str, Text, Text, dict[str, Any]]]) -> None:
    """A button a case (id, name, what to look at, fields); the other fields go back to their defaults."""
    st.caption(page.say(words.PRESETS))
    with st.container(horizontal=True, gap="small", key=page.key(f"offers_{cls.__name__}")):
        for id_, name, why, fields in cases:
            st.button(
                page.say(name),
                key=f"_{page.key(f'{cls.__name__}_offer_{id_}')}",
                help=page.say(why),
                on_click=kit.apply,
                args=(page.slug, cls, fields, page.lang),
                type="tertiary",
            )


REFUSED = "_qa_retrieval_metrics_refused"


def last_refusal(page: kit.Page) -> None:
    """Say once why the last edit by hand could not be made."""
    refused = session().pop(REFUSED, None)
    if refused:
        kit.refuse(refused, page.lang)


def set_k(page: kit.Page, k: object) -> None:
    """Inside a callback: the cutoff that was clicked, if it is one."""
    if isinstance(k, int) and 1 <= k <= MAX_RANKS:
        session()[page.key("k")] = k


def whole(value: object) -> int:
    """A whole number that a component sent; −1 for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else -1
