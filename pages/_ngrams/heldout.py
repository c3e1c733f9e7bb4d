"""Held-out perplexity: against n and the smoothing, and against the size of the training text."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.figures.ngrams import perplexity_lines, size_lines
from core.i18n import Text
from core.text.ngrams_heldout import SHARES, HeldOutParams, HeldOutTrace, explain, reference, run, tables
from pages._ngrams.parts import own_file
from pages._shared import kit
from pages._shared.state import session


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Two charts with one n and one size, the arithmetic of that n."""
    with controls:
        params = kit.controls(page.slug, HeldOutParams, page.lang, above=page.wide(views))
        own_file(page)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):

        def draw(drawn: HeldOutParams, name: str) -> None:
            _views(page, kit.cached(run, drawn), name)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, page.lang)
    page.arithmetic(formulas)


def _views(page: kit.Page, trace: HeldOutTrace, name: str) -> None:
    def pick_n(n: str) -> None:
        if n.isdecimal() and 1 <= int(n) <= 5:
            session()[page.key("n")] = int(n)

    def pick_share(share: str) -> None:
        if share.isdecimal() and int(share) in SHARES:
            session()[page.key("share")] = int(share)

    left, right = st.columns(2, gap="medium")
    with left:
        figure = perplexity_lines(trace, theme=page.theme, lang=page.lang)
        kit.show(page, figure, name=f"lines_{name}", alt=LINES_ALT, height=400, on_pick=pick_n)
    with right:
        figure = size_lines(trace, theme=page.theme, lang=page.lang)
        kit.show(page, figure, name=f"sizes_{name}", alt=SIZES_ALT, height=400, on_pick=pick_share)
    st.caption(page.say(HINT.format(u=f"{100 * trace.unknown[SHARES.index(trace.params.share)]:.0f} %")))


LINES_ALT = Text(
    "Perplexity of held-out sentences over n: Kneser–Ney, add-k, no smoothing, and no smoothing on the training text",
    "Перплексия отложенных предложений против n: Кнезер — Ней, add-k, без сглаживания и оно же на обучающем тексте",
)
SIZES_ALT = Text(
    "Perplexity of held-out sentences over the size of the training text, a line for each n",
    "Перплексия отложенных предложений против размера обучающего текста, линия на каждое n",
)
HINT = Text(
    "Click a point to choose n or the size. Held-out tokens that this training text does not know: {u}.",
    "Щёлкните точку — выберете n или размер. Отложенных токенов, незнакомых этому обучающему тексту: {u}.",
)
