"""Neighbours: a word among 50,000, and one cosine coordinate by coordinate."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.arithmetic import Formula
from core.embeddings.neighbours import NearParams, NearTrace, explain, reference, run, shown_words, tables
from core.figures.embeddings import near_data
from core.figures.embeddings_charts import cosine_histogram, term_bars
from core.i18n import Text
from pages._embeddings.parts import cloud, known, picked_number, put
from pages._shared import kit


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Two words over the picture; a clicked neighbour becomes the second."""
    with controls:
        params = kit.controls(page.slug, NearParams, page.lang, above=page.wide(views))
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        params, trace = known(page, run, params)

        def draw(shown: NearParams, name: str) -> None:
            seen = kit.cached(run, shown)
            names = shown_words(seen)
            cloud(page, f"near_{name}", near_data(seen, page.lang), on_pick=lambda n: put(page, "near_other", names[n]))
            left, right = st.columns(2, gap="medium")
            with left:
                st.caption(page.say(EVERYWHERE))
                figure = cosine_histogram(seen, theme=page.theme, lang=page.lang)
                kit.show(page, figure, name=f"all_{name}", alt=EVERYWHERE, height=250)
            with right:
                st.caption(page.say(TERMS))
                figure = term_bars(seen, coordinate(page, seen), theme=page.theme, lang=page.lang)
                pick = page.remember("coordinate").set
                kit.show(page, figure, name=f"terms_{name}", alt=TERMS, height=250, on_pick=pick)

        kit.compared(page, params, draw)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, coordinate(page, trace), page.lang)
    page.arithmetic(formulas)


def coordinate(page: kit.Page, trace: NearTrace) -> int:
    """The picked coordinate; at first the one that contributes most."""
    return picked_number(page, "coordinate", len(trace.terms), int(np.argmax(np.abs(trace.terms))))


EVERYWHERE = Text("The word's cosine with every other word", "Косинус слова со всеми остальными")
TERMS = Text("What each coordinate adds to the cosine", "Что добавляет к косинусу каждая координата")
