"""A visitor's own table: a short one stands in the address, a longer one stays with this visit."""

from __future__ import annotations

import streamlit as st

from core.errors import Refusal
from core.foundations.imbalance_data import MAX_FILE, MAX_PASTED, MAX_ROWS, read_table
from core.foundations.imbalance_params import ImbalanceParams
from core.i18n import Text
from pages._shared import kit, words
from pages._shared.own_data import decode
from pages._shared.state import session

OFFER = Text("Own file (.csv, UTF-8)", "Свой файл (.csv, UTF-8)")
KEPT = Text(
    "Your file has {n} rows. It stays in this visit: a link does not carry it.",
    "В вашем файле строк: {n}. Он остаётся в этом посещении: ссылка его не передаёт.",
)
DROP = Text("back to the typed rows", "вернуться к набранным строкам")
HELP = Text(
    "First column the label, then numbers; at most {most} rows.",
    "В первом столбце метка, дальше числа; не больше {most} строк.",
)


def attach(page: kit.Page, params: ImbalanceParams) -> ImbalanceParams:
    """`params` with the visitor's file, where there is one and own rows are wanted."""
    file = session().get(_key(page)) if params.source == "own" else None
    return params.model_copy(update={"file": file}) if file else params


def upload(page: kit.Page) -> None:
    """The upload field, and what came of it."""
    widget, note = f"{_key(page)}_widget", f"{_key(page)}_note"

    def given() -> None:
        file = session().get(widget)
        session().pop(note, None)
        session().pop(_key(page), None)
        if file is None:
            return
        try:
            if file.size > MAX_FILE:
                raise Refusal(words.FILE_TOO_BIG.format(limit=MAX_FILE // 1000))
            text = decode(file.getvalue())
            read_table(text)
        except Refusal as refusal:
            session()[note] = refusal.text
            return
        session()[page.key("rows") if len(text) <= MAX_PASTED else _key(page)] = text

    st.file_uploader(
        page.say(OFFER),
        type=["csv", "tsv", "txt"],
        key=widget,
        on_change=given,
        help=page.say(HELP.format(most=MAX_ROWS)),
    )
    if note in session():
        kit.refuse(session()[note], page.lang)
    kept = session().get(_key(page))
    if kept:
        st.caption(page.say(KEPT.format(n=len(read_table(kept).X))))
        st.button(
            page.say(DROP), key=f"{_key(page)}_drop", on_click=session().pop, args=(_key(page), None), type="tertiary"
        )


def _key(page: kit.Page) -> str:
    return f"_{page.key('file')}"
