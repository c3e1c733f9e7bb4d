"""A real text: the price of a word, the sentence cut four ways, the vocabulary to search in."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.figures.subword import fertility_curves, vocabulary_data
from core.i18n import Text
from core.text.fertility_lab import MAX_OWN, FertilityParams, explain, reference, run, tables
from pages._shared import kit, words
from pages._shared.components import mount

FILE_BYTES = 64 * 1024


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The sentence over the views, its four cuts, the curves beside the vocabulary, the arithmetic."""
    with controls:
        params = kit.controls(page.slug, FertilityParams, page.lang, above=page.wide(views))
        with st.popover(page.say(words.OWN_FILE), type="tertiary", icon=":material/upload_file:"):
            kit.own_text(page, "own", limit=FILE_BYTES, max_chars=MAX_OWN)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):

        def draw(shown: FertilityParams, name: str) -> None:
            trace = kit.cached(run, shown)
            data = vocabulary_data(trace, page.lang)
            said = {key: page.say(text) for key, text in WORDS.items()}
            mount("vocabulary", page.key(f"cuts_{name}"), {"part": "sentence", "rows": data["rows"], "words": said})
            left, right = st.columns([1.15, 1], gap="medium")
            with left:
                figure = fertility_curves(trace, theme=page.theme, lang=page.lang)
                kit.show(page, figure, name=f"fertility_{name}", alt=CURVES_ALT, height=330)
            with right:
                pieces = {"part": "vocabulary", "vocabulary": data["vocabulary"], "words": said}
                mount("vocabulary", page.key(f"vocabulary_{name}"), pieces)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, page.lang)
    page.arithmetic(formulas)


WORDS = {
    "pieces": Text("pieces:", "кусков:"),
    "lost": Text("characters lost:", "потеряно символов:"),
    "unknown": Text("not in the vocabulary", "этого нет в словаре"),
    "vocabulary": Text("The vocabulary of the chosen tokenizer", "Словарь выбранного токенизатора"),
    "search": Text("search pieces", "найти кусок"),
    "by_id": Text("by id", "по id"),
    "by_count": Text("by count", "по частоте"),
    "by_length": Text("by length", "по длине"),
}
CURVES_ALT = Text(
    "Pieces a word on held-out text against the size of the vocabulary, a line for each corpus",
    "Кусков на слово на отложенном тексте против размера словаря, линия на каждый корпус",
)
