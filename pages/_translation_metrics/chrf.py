"""chrF: character n-grams, order by order."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.figures.translation import beta_curve, chrf_data, chrf_equation
from core.i18n import Text
from core.metrics.chrf_lab import ChrfParams, explain, reference, run, tables
from pages._shared import kit
from pages._translation_metrics.parts import draw_grams, own_file


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The orders as cards, both texts letter by letter, the shared n-grams beside the curve over β, the arithmetic."""
    with controls:
        params = kit.controls(page.slug, ChrfParams, page.lang, above=page.wide(views))
        own_file(page)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        picks = {name: page.remember(f"chars_{name}") for name in ("now", "kept")}

        def draw(shown: ChrfParams, name: str) -> None:
            trace = kit.cached(run, shown)
            cell = trace.cell(picks[name].get())
            data = {**chrf_data(trace, cell, page.lang), "group": page.key(f"chrf_{name}")}
            equation = chrf_equation(trace, cell, page.lang)

            def grams(part: str, **more: Any) -> None:
                seen = {**data, **more, "part": part}
                draw_grams(page, f"chrf_{part}_{name}", picks[name], seen, WORDS, trace.opening)

            grams("texts", equation=equation)
            left, right = st.columns([1.25, 1], gap="medium")
            with left:
                grams("table")
            with right:
                figure = beta_curve(trace, theme=page.theme, lang=page.lang)
                kit.show(page, figure, name=f"beta_{name}", alt=BETA_ALT, height=290)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, trace.cell(picks["now"].get()), page.lang)
    page.arithmetic(formulas)


WORDS = {
    "equation": Text("chrF and its orders", "chrF и его порядки"),
    "table": Text("The n-grams that both texts have", "n-граммы, которые есть в обоих текстах"),
    "gram": Text("shared n-gram", "общая n-грамма"),
    "none": Text("The texts share no n-gram of this order.", "Общих n-грамм такого порядка у текстов нет."),
    "matched": Text("matches", "совпало"),
    "clipped": Text("more often than in the reference", "чаще, чем в эталоне"),
    "chosen": Text("picked", "выбрано"),
    "hint": Text(
        "· bars: precision above, recall below · white space is passed over",
        "· полоски: сверху точность, снизу полнота · пробелы пропускаются",
    ),
}
BETA_ALT = Text(
    "chrF against β: from precision at 0 towards recall", "chrF против β: от точности при 0 в сторону полноты"
)
