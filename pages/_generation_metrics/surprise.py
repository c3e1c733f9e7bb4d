"""How surprised: perplexity token by token."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.figures.generation import running_curve, surprise_cards, surprise_guesses, surprise_strip
from core.i18n import Text
from core.metrics.surprisal_lab import SurpriseParams, SurpriseTrace, explain, reference, run, tables
from pages._generation_metrics.parts import OWN_CORPUS, draw_guesses, draw_strip, own_file
from pages._shared import kit


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The text as a strip, the model's guesses beside the running perplexity, the arithmetic of the picked token."""
    with controls:
        params = kit.controls(page.slug, SurpriseParams, page.lang, above=page.wide(views))
        own_file(page, "own", OWN_CORPUS)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        picks = {name: page.remember(f"token_{name}") for name in ("now", "kept")}

        def draw(shown: SurpriseParams, name: str) -> None:
            _views(page, kit.cached(run, shown), name, picks[name])

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, trace.at(picks["now"].get()), page.lang)
    page.arithmetic(formulas)


def _views(page: kit.Page, trace: SurpriseTrace, name: str, picked: Any) -> None:
    at = trace.at(picked.get())
    impossible = trace.impossible()
    if impossible:
        first = impossible[0]
        told = IMPOSSIBLE.format(word=trace.tokens[first], n=len(impossible), of=len(trace.tokens))
        kit.refuse(told, page.lang)
    draw_strip(
        page,
        f"strip_{name}",
        picked,
        at,
        surprise_strip(trace, page.lang),
        alt=STRIP_ALT,
        hint=HINT,
        cards=surprise_cards(trace, page.lang),
        dense=trace.params.unit == "characters",
        legend=[["unknown", page.say(UNKNOWN)]] if not trace.is_known.all() else [],
    )
    left, right = st.columns([1, 1.25], gap="medium")
    with left:
        draw_guesses(page, f"guesses_{name}", picked, at, surprise_guesses(trace, page.lang), hint=BAR_HINT)
    with right:
        figure = running_curve(trace, at, theme=page.theme, lang=page.lang)
        kit.show(page, figure, name=f"running_{name}", alt=RUNNING_ALT, height=300, on_pick=picked.set)


IMPOSSIBLE = Text(
    "The model has never seen “{word}” here and gives it probability 0: one such token makes the perplexity of the "
    "whole text infinite. There are {n} of {of}. Smoothing is what saves it.",
    "Модель ни разу не видела здесь «{word}» и даёт ему вероятность 0: одного такого токена хватает, чтобы перплексия "
    "всего текста стала бесконечной. Таких {n} из {of}. Спасает сглаживание.",
)
STRIP_ALT = Text(
    "The text token by token with the surprisal of each, in bits", "Текст по токенам и неожиданность, в битах"
)
HINT = Text(
    "the number is bits of surprise · hover a token, click it for its arithmetic",
    "число — биты неожиданности · наведите на токен, щёлкните — увидите расчёт",
)
UNKNOWN = Text("never seen", "модель не видела")
BAR_HINT = Text(
    "● is what came · the bar is √p, so that small ones are seen", "● — что было в тексте · длина полоски — √p"
)
RUNNING_ALT = Text(
    "Perplexity of the text up to each token, the picked one marked",
    "Перплексия текста до каждого токена, выбранный отмечен",
)
