"""How dull: Distinct-n and repetition of any text."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.figures.generation import gram_bars, growth_curves, repetition_cards, repetition_strip
from core.i18n import Text
from core.metrics.repetition_lab import MAX_CHARS, RepetitionParams, explain, reference, run, tables
from pages._generation_metrics.parts import draw_strip, own_file
from pages._shared import kit


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The text with what repeats, the commonest n-grams beside Distinct-n as the text grows."""
    with controls:
        params = kit.controls(page.slug, RepetitionParams, page.lang, above=page.wide(views))
        own_file(page, "output", OWN_OUTPUT, MAX_CHARS)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        picks = {name: page.remember(f"gram_{name}") for name in ("now", "kept")}

        def draw(shown: RepetitionParams, name: str) -> None:
            trace = kit.cached(run, shown)
            picked = picks[name]
            at = trace.at(picked.get())
            draw_strip(
                page,
                f"repeats_{name}",
                picked,
                at,
                repetition_strip(trace, page.lang),
                alt=STRIP_ALT,
                hint=HINT.format(n=shown.order),
                cards=repetition_cards(trace, page.lang),
                legend=[["repeat", page.say(REPEATED)]],
            )
            left, right = st.columns(2, gap="medium")
            with left:
                figure = gram_bars(trace, at, theme=page.theme, lang=page.lang)
                kit.show(page, figure, name=f"grams_{name}", alt=GRAMS_ALT, height=300, on_pick=picked.set)
            with right:
                figure = growth_curves(trace, theme=page.theme, lang=page.lang)
                kit.show(page, figure, name=f"growth_{name}", alt=GROWTH_ALT, height=300)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, trace.at(picks["now"].get()), page.lang)
    page.arithmetic(formulas)


STRIP_ALT = Text(
    "The text token by token with how often the n-gram that begins there occurs",
    "Текст по токенам; под каждым — сколько раз встречается n-грамма, которая с него начинается",
)
HINT = Text(
    "×k: the {n}-gram that begins here occurs k times · hover it to see where",
    "×k — {n}-грамма с этого места встречается k раз · наведите, чтобы увидеть где",
)
REPEATED = Text("stood before", "уже было")
GRAMS_ALT = Text("The commonest n-grams and their counts", "Самые частые n-граммы и сколько их")
GROWTH_ALT = Text(
    "Distinct-1 to Distinct-4 of the beginning of the text, over its length",
    "Distinct-1…Distinct-4 начала текста против его длины",
)
OWN_OUTPUT = Text("What your model wrote.", "То, что написала ваша модель.")
