"""BLEU: what matches, what is clipped, what brevity costs."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.figures.translation import bleu_data, bleu_equation, brevity_curve
from core.i18n import Text
from core.metrics.bleu_lab import BleuParams, explain, reference, run, tables
from pages._shared import kit
from pages._translation_metrics.parts import draw_grams, own_file


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The score as cards, both texts, the table of n-grams beside the brevity curve, the arithmetic."""
    with controls:
        params = kit.controls(page.slug, BleuParams, page.lang, above=page.wide(views))
        own_file(page)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        picks = {name: page.remember(f"gram_{name}") for name in ("now", "kept")}

        def draw(shown: BleuParams, name: str) -> None:
            trace = kit.cached(run, shown)
            cell = trace.cell(picks[name].get())
            data = {**bleu_data(trace, cell, page.lang), "group": page.key(f"bleu_{name}")}
            equation = bleu_equation(trace, cell, page.lang)

            def grams(part: str, **more: Any) -> None:
                seen = {**data, **more, "part": part}
                draw_grams(page, f"bleu_{part}_{name}", picks[name], seen, WORDS, trace.opening)

            grams("texts", equation=equation)
            left, right = st.columns([1.25, 1], gap="medium")
            with left:
                grams("table")
            with right:
                figure = brevity_curve(trace, theme=page.theme, lang=page.lang)
                kit.show(page, figure, name=f"brevity_{name}", alt=BREVITY_ALT, height=290)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, trace.cell(picks["now"].get()), page.lang)
    page.arithmetic(formulas)


WORDS = {
    "equation": Text("BLEU as a product", "BLEU как произведение"),
    "table": Text("The n-grams of the hypothesis", "n-граммы гипотезы"),
    "gram": Text("n-gram", "n-грамма"),
    "none": Text("The hypothesis is too short for this n.", "Для такого n гипотеза слишком коротка."),
    "matched": Text("matches", "совпало"),
    "clipped": Text("clipped away", "срезано"),
    "chosen": Text("picked", "выбрано"),
    "hint": Text(
        "· pick an order above, an n-gram in the texts or in the table",
        "· выберите порядок сверху, n-грамму — в тексте или в таблице",
    ),
}
BREVITY_ALT = Text(
    "Brevity penalty against the length of the hypothesis, with its present length",
    "Штраф за краткость против длины гипотезы и её нынешняя длина",
)
