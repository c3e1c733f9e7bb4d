"""An axis between two poles, and the band in which a place on it means nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.arithmetic import Formula
from core.embeddings.axis import AxisParams, explain, reference, run, tables
from core.figures.embeddings_charts import axis_strip
from core.i18n import Text
from pages._embeddings.parts import known, picked_number
from pages._shared import kit


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Poles and words over the picture."""
    with controls:
        params = kit.controls(page.slug, AxisParams, page.lang, above=page.wide(views))
        kit.presets(page.slug, AxisParams, page.lang, PRESETS)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        params, trace = known(page, run, params)
        pick = page.remember("axis_word")

        def draw(shown: AxisParams, name: str) -> None:
            seen = kit.cached(run, shown)
            at = picked_number(page, "axis_word", len(seen.words), int(np.argmax(seen.z)))
            figure = axis_strip(seen, at, theme=page.theme, lang=page.lang)
            height = 110 + 27 * len(seen.words)
            kit.show(page, figure, name=f"axis_{name}", alt=ALT, height=height, on_pick=pick.set)

        kit.compared(page, params, draw)
        st.caption(page.say(BAND))
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        at = picked_number(page, "axis_word", len(trace.words), int(np.argmax(trace.z)))
        formulas = explain(trace, at, page.lang)
    page.arithmetic(formulas)


ALT = Text("Words along the axis between the poles", "Слова на оси между полюсами")
BAND = Text(
    "Grey: within 2σ of the mean of all words, where a word that has nothing to do with the poles may lie as well. "
    "Diamonds lie outside. With several pairs, small strokes are the pairs taken alone. "
    "What is measured is how a corpus wrote, not what is true of people.",
    "Серое: не дальше 2σ от среднего по всем словам — там может лежать и слово, с полюсами не связанное. "
    "Ромбы — снаружи. Если пар несколько, чёрточки — каждая пара по отдельности. "
    "Измерено то, как писали в корпусе, а не то, каковы люди.",
)
PRESETS = (
    kit.Preset(
        Text("several pairs", "несколько пар"),
        {
            "poles": Text(
                "she he, woman man, girl boy, mother father, daughter son, herself himself",
                "она он, женщина мужчина, мать отец, дочь сын, девочка мальчик",
            )
        },
        Text("One pair is noisy: see where “father” goes.", "Одна пара шумна: посмотрите, куда уйдёт «отец»."),
    ),
    kit.Preset(
        Text("large and small", "большой и малый"),
        {
            "poles": Text("large small", "большой маленький"),
            "placed": Text(
                "elephant whale mouse ant city village ocean pond army child",
                "слон кит мышь город деревня океан пруд армия ребенок гора",
            ),
        },
        Text("Sizes of things, as far as words know them.", "Размеры вещей, насколько их знают слова."),
    ),
)
