"""The toolbar of a lab: compare, share, export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from core.params import Params
from core.tables import Table, to_csv, to_notebook, to_script
from pages._shared import words
from pages._shared.compare import pin_button
from pages._shared.page import Page
from pages._shared.state import address


def toolbar(
    page: Page,
    run: Callable[[Any], Any],
    params: Params,
    tables: Callable[[], Sequence[Table]],
    *,
    compare: bool = True,
) -> None:
    """`tables()` is called only when somebody downloads."""
    if page.stage == "figures":
        return
    with st.container(horizontal=True, horizontal_alignment="right", gap="small", key=page.key("toolbar")):
        if compare:
            pin_button(page, params)
        # What is inside is drawn when it is opened: a moved slider need not carry it along.
        share = st.popover(
            page.say(words.SHARE),
            type="tertiary",
            icon=":material/share:",
            key=f"_{page.key('share')}",
            on_change="rerun",
        )
        if share.open:
            with share:
                _share(page)
        export = st.popover(
            page.say(words.EXPORT),
            type="tertiary",
            icon=":material/download:",
            key=f"_{page.key('export')}",
            on_change="rerun",
        )
        if export.open:
            with export:
                _export(page, run, params, tables)


def _share(page: Page) -> None:
    base = st.context.url or ""
    here = {**address(), "lang": page.lang}
    st.caption(page.say(words.SHARE_HELP))
    st.code(_link(base, here), language=None, wrap_lines=True)
    for stage, name in (("lab", words.STAGE_LAB), ("figures", words.STAGE), (None, words.STAGE_BACK)):
        if stage == page.stage or (stage is None and page.stage == "full"):
            continue
        there = {k: v for k, v in here.items() if k != "stage"} | ({"stage": stage, "embed": "true"} if stage else {})
        if stage is None:
            there.pop("embed", None)
        st.link_button(page.say(name), _link(base, there), type="tertiary")


def _link(base: str, query: dict[str, str]) -> str:
    return f"{base.split('?', maxsplit=1)[0]}?{urlencode(query)}"


def _export(page: Page, run: Callable[[Any], Any], params: Params, tables: Callable[[], Sequence[Table]]) -> None:
    st.caption(page.say(words.EXPORT_HELP))
    offers = (
        (words.EXPORT_CSV, f"{page.slug}.csv", "text/csv", lambda: "\ufeff" + to_csv(tables())),
        (
            words.EXPORT_NOTEBOOK,
            f"{page.slug}.ipynb",
            "application/x-ipynb+json",
            lambda: to_notebook(run, params, tables()),
        ),
        (words.EXPORT_SCRIPT, f"{page.slug}.py", "text/x-python", lambda: to_script(run, params, tables())),
    )
    for label, name, mime, make in offers:
        st.download_button(
            page.say(label),
            make,
            file_name=name,
            mime=mime,
            on_click="ignore",
            type="tertiary",
            key=f"_{page.key(name)}",
        )
