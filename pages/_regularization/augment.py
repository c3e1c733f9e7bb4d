"""A sentence changed in four ways, and what such copies are worth."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.figures.regularization import words_data
from core.foundations.regular_text import MAX_CHARS, AugmentParams, AugmentTrace, reference, run, tables
from core.foundations.regular_text_explain import explain
from core.i18n import Text
from pages._shared import kit, words
from pages._shared.components import mount

FILE_BYTES = 64 * 1024
WORDS = {
    "lost": Text("gone, and the label stays", "пропало, а метка осталась"),
    "moved": Text("the negation now denies another word", "отрицание теперь относится к другому слову"),
    "chart": Text("Topics of unseen sentences: share right", "Темы новых предложений: доля верных"),
    "counts": Text("right: sentences · different words", "справа: предложений · разных слов"),
    "line": Text("dots: draws of the sentences · ┆ without copies", "точки: выборки предложений · ┆ без копий"),
    "hint": Text(
        "≈ synonym · + inserted · ⇄ moved · − deleted · a dashed frame: the copy may not mean what its label says",
        "≈ синоним · + вставка · ⇄ перестановка · − удаление · пунктирная рамка: смысл копии может не отвечать метке",
    ),
}


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The sentence over the views, its copies, the classifier."""
    with controls:
        params = kit.controls(page.slug, AugmentParams, page.lang, above=page.wide(views))
        with st.popover(page.say(words.OWN_FILE), type="tertiary", icon=":material/upload_file:"):
            kit.own_text(page, "text", limit=FILE_BYTES, max_chars=MAX_CHARS)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):

        def draw(shown: AugmentParams, name: str) -> None:
            trace: AugmentTrace = kit.cached(run, shown)
            key = page.key(f"words_{name}")
            mount("regular_words", key, {**words_data(trace, page.lang), "words": kit.said(page, WORDS), "key": key})

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, page.lang)
    page.arithmetic(formulas)
