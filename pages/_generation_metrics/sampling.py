"""Writing: temperature, top-k, top-p, and what the metrics make of the text."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.figures.generation import (
    diversity_curves,
    perplexity_curve,
    sampling_cards,
    sampling_guesses,
    sampling_strip,
)
from core.i18n import Text
from core.metrics.sampling_lab import (
    SamplingParams,
    SamplingTrace,
    explain,
    reference,
    run,
    sample,
    sweep,
    tables,
)
from pages._generation_metrics.parts import OWN_CORPUS, draw_guesses, draw_strip, own_file
from pages._shared import kit
from pages._shared.state import session


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The text as it is written, the distribution at the picked step, the curves over temperature."""
    with controls:
        params = kit.controls(page.slug, SamplingParams, page.lang)
        own_file(page, "own", OWN_CORPUS)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        picks = {name: page.remember(f"drawn_{name}") for name in ("now", "kept")}

        def draw(shown: SamplingParams, name: str) -> None:
            _views(page, kit.cached(trace_of, shown), name, picks[name])

        kit.compared(page, params, draw)
        trace = kit.cached(trace_of, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, trace.at(picks["now"].get()), page.lang)
    page.arithmetic(formulas)


def trace_of(params: SamplingParams) -> SamplingTrace:
    """As `run`; the curves are computed once for all temperatures and seeds."""
    return sample(params, kit.cached(sweep, params.around()))


def _views(page: kit.Page, trace: SamplingTrace, name: str, picked: Any) -> None:
    at = trace.at(picked.get())
    draw_strip(
        page,
        f"written_{name}",
        picked,
        at,
        sampling_strip(trace, page.lang),
        alt=STRIP_ALT,
        hint=HINT,
        cards=sampling_cards(trace, page.lang),
        play=True,
        legend=[["prompt", page.say(GIVEN)], ["repeat", page.say(REPEATED)]],
    )

    def warm(at: str) -> None:
        # The curves say which temperatures they have: a click goes there.
        if at.replace(".", "", 1).isdecimal() and 0 <= float(at) <= 2:
            session()[page.key("temperature")] = float(at)

    left, middle, right = st.columns([1.1, 1, 1], gap="medium")
    with left:
        draw_guesses(page, f"steps_{name}", picked, at, sampling_guesses(trace, page.lang), hint=BAR_HINT, two=True)
    with middle:
        figure = perplexity_curve(trace, theme=page.theme, lang=page.lang)
        kit.show(page, figure, name=f"perplexity_{name}", alt=PERPLEXITY_ALT, height=310, on_pick=warm)
    with right:
        figure = diversity_curves(trace, theme=page.theme, lang=page.lang)
        kit.show(page, figure, name=f"diversity_{name}", alt=DIVERSITY_ALT, height=310, on_pick=warm)


STRIP_ALT = Text(
    "The written text token by token with the surprisal of each, in bits",
    "Написанный текст по токенам и неожиданность каждого, в битах",
)
HINT = Text("the number is bits of surprise", "число — биты неожиданности")
GIVEN = Text("given", "дано")
REPEATED = Text("in a repeated 4-gram", "в повторной 4-грамме")
BAR_HINT = Text(
    "frame: p of the model · filled: q that is drawn from · ✕: cut away",
    "рамка — p модели · заливка — q, из которого выбираем · ✕ — отрезано",
)
PERPLEXITY_ALT = Text(
    "Perplexity of the written text over temperature, mean of 8 texts, and the present text",
    "Перплексия написанного текста против температуры: среднее по 8 текстам и этот текст",
)
DIVERSITY_ALT = Text(
    "Distinct-1, 2, 3 and repetition over temperature, mean of 8 texts, and the present text",
    "Distinct-1, 2, 3 и повторы против температуры: среднее по 8 текстам и этот текст",
)
