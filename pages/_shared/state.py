"""The only module that touches `st.session_state` and `st.query_params`.

Widgets keep themselves in the address (`bind="query-params"`). What is no widget — a picked cell, an edited matrix, a
pinned run — goes through `Remembered`: it lives in the session and is mirrored in the address when it differs from its
default, so a shared link brings it back.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

MAX_WORDS = 6000


def session() -> MutableMapping[Any, Any]:
    """This visitor's own memory."""
    return st.session_state


def query(name: str) -> str | None:
    """A parameter of the address, capped; None when it is absent."""
    value = st.query_params.get(name)
    return None if value is None else value[:MAX_WORDS]


@dataclass(frozen=True)
class Remembered:
    """One string kept in the session and in the address under `key`."""

    key: str
    default: str = ""

    def get(self) -> str:
        store = f"_{self.key}"
        if store not in st.session_state:
            st.session_state[store] = query(self.key) or self.default
        elif st.session_state[store] != self.default and self.key not in st.query_params:
            # Another room's visit emptied the address; this room's state is put back.
            st.query_params[self.key] = st.session_state[store]
        return str(st.session_state[store])

    def set(self, value: str) -> None:
        st.session_state[f"_{self.key}"] = value
        if value == self.default:
            if self.key in st.query_params:
                del st.query_params[self.key]
        else:
            st.query_params[self.key] = value

    def clear(self) -> None:
        self.set(self.default)


def address() -> dict[str, str]:
    """Every parameter of the address as it is now."""
    return dict(st.query_params)
