"""One sentence in ten languages, one word in all its forms."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.figures.tokenization import cost_bars, forms_data, languages_data
from core.i18n import Text
from core.text.cost_lab import CostParams, explain, reference, run, tables
from pages._shared import kit
from pages._shared.components import mount
from pages._tokenization.pick import mount_picked, picked


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Bars beside the cut sentences, the forms under them, the arithmetic of the picked language."""
    with controls:
        params = kit.controls(page.slug, CostParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):

        def draw(shown: CostParams, name: str) -> None:
            trace = kit.cached(run, shown)
            cell = trace.cell(picked(page, f"costs_{name}"))
            said = {key: page.say(text) for key, text in WORDS.items()}
            left, right = st.columns([1, 1.35], gap="medium")
            with left:
                figure = cost_bars(trace, cell, theme=page.theme, lang=page.lang)
                kit.show(page, figure, name=f"bars_{name}", alt=BARS_ALT, height=420)
            with right:
                data = {**languages_data(trace, cell, page.lang), "words": said}
                mount_picked(page, "cuts", f"costs_{name}", data, ending=".0")
            mount("cuts", page.key(f"forms_{name}"), {**forms_data(trace, page.lang), "words": said})

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, trace.cell(picked(page, "costs_now")), page.lang)
    page.arithmetic(formulas)


WORDS = {
    "unknown": Text("not in the vocabulary", "в словаре нет"),
    "mean": Text("pieces a form", "кусков на форму"),
    "stem": Text("shared beginning", "общее начало"),
    "hint": Text("Click a sentence to see what it costs.", "Щёлкните предложение — увидите его цену."),
}
BARS_ALT = Text(
    "Tokens of the same sentence in ten languages, hatched where they say nothing, with the multiple of English",
    "Токены одного предложения на десяти языках; заштриховано то, что ничего не значит; рядом — во сколько раз дороже "
    "английского",
)
