"""The only module that caches. Results are shared by all visitors: traces are frozen, their arrays read-only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from core.params import Params

P = TypeVar("P", bound=Params)
T = TypeVar("T")


@st.cache_resource(max_entries=512, show_spinner=False)
def _small(name: str, values: str, _compute: Callable[[], Any]) -> Any:
    return _compute()


@st.cache_resource(max_entries=24, show_spinner=False)
def _large(name: str, values: str, _compute: Callable[[], Any]) -> Any:
    return _compute()


def cached(run: Callable[[P], T], params: P, *, large: bool = False) -> T:
    """`run(params)`, computed once for all visitors. `large`: traces of megabytes, of which few are kept."""
    store = _large if large else _small
    result: T = store(f"{run.__module__}.{run.__qualname__}", params.model_dump_json(), lambda: run(params))
    return result


@st.cache_resource(max_entries=64, show_spinner=False)
def prose(path: str) -> str:
    """A text of assets/text, read once."""
    from pages._shared.static_files import ROOT

    return (ROOT / "assets" / "text" / path).read_text(encoding="utf-8")


@st.cache_resource(show_spinner=False)
def style() -> str:
    """The shell's stylesheet with the house's colours, as one `<style>` element."""
    from core.figures.theme import css_variables
    from pages._shared.static_files import ROOT

    sheets = sorted((ROOT / "assets" / "components").glob("*.css"))
    written = "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    return f"<style>{css_variables()}\n{written}</style>"


def verified(reference: Callable[[T], Any], params: Params, trace: T) -> Any:
    """`reference(trace)`: the library is asked once for all visitors. `params` are what `trace` was made from."""
    name = f"{reference.__module__}.{reference.__qualname__}"
    return _small(name, params.model_dump_json(), lambda: reference(trace))
