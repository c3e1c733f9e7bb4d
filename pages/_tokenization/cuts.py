"""One text through every tokenizer, while it is typed."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.figures.tokenization import cuts_data, trade_off
from core.i18n import Text
from core.text.fertility_lab import MAX_OWN
from core.text.tokenization_lab import TokenizationParams, explain, reference, run, tables
from pages._shared import kit, words
from pages._tokenization.pick import mount_picked, picked

FILE_BYTES = 64 * 1024


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The text over the rows, then tokens against vocabulary, the arithmetic of the picked token."""
    with controls:
        params = kit.controls(page.slug, TokenizationParams, page.lang, above=page.wide(views))
        with st.popover(page.say(words.OWN_FILE), type="tertiary", icon=":material/upload_file:"):
            kit.own_text(page, "own", limit=FILE_BYTES, max_chars=MAX_OWN)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):

        def draw(shown: TokenizationParams, name: str) -> None:
            trace = kit.cached(run, shown)
            cell = trace.cell(picked(page, f"cuts_{name}"))
            said = {key: page.say(text) for key, text in WORDS.items()}
            mount_picked(
                page, "cuts", f"cuts_{name}", {**cuts_data(trace, cell, page.lang), "words": said}, ending=".0"
            )
            figure = trade_off(trace, theme=page.theme, lang=page.lang)
            kit.show(page, figure, name=f"trade_{name}", alt=TRADE_ALT, height=330)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, trace.cell(picked(page, "cuts_now")), page.lang)
    page.arithmetic(formulas)


WORDS = {
    "text": Text("the text, sign by sign, with its bytes", "текст по знакам, с байтами"),
    "unknown": Text("not in the vocabulary", "в словаре нет"),
    "lossless": Text("comes back the same", "вернётся тем же"),
    "lost": Text("lost:", "потеряно:"),
    "back": Text("comes back as", "вернётся как"),
    "hint": Text(
        "Hover a token: the same place lights up in the text, in its bytes and in every row. Click one to see its id "
        "worked out and what its tokenizer gives back.",
        "Наведите на токен: то же место загорится в тексте, в байтах и во всех строках. Щёлкните — ниже будет его id и "
        "то, что его токенизатор вернёт.",
    ),
}
TRADE_ALT = Text(
    "Tokens of the text against the size of the vocabulary, one mark a tokenizer; filled marks give the text back",
    "Число токенов текста против размера словаря, точка на токенизатор; закрашенные возвращают текст без потерь",
)
