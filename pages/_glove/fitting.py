"""What is fitted: log X against the vectors, pair by pair, while AdaGrad works."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.embeddings.glove_explain import explain_pair, explain_ratio
from core.embeddings.glove_lab import FitParams, FitTrace, Ratios, ratios, reference, run, tables
from core.figures.glove import error_bars, fit_data, ratio_board, weight_curve
from core.i18n import Text
from pages._glove.parts import read_pair, show_steps
from pages._shared import kit

LIMIT = 128 * 1024
OWN_CHARS = 20_000
OFFERED = slice(0, 40, 3)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Words over the views, the scatter, f and the errors, the ratios, the arithmetic of the picked pair."""
    with controls:
        params = kit.controls(page.slug, FitParams, page.lang, above=page.wide(views))
        if params.corpus == "own":
            kit.own_text(page, "own", limit=LIMIT, max_chars=OWN_CHARS, keep_lines=True)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        seen: dict[str, tuple[int, int, int, int]] = {}

        def draw(shown: FitParams, name: str) -> None:
            seen[name] = show(page, kit.cached(run, shown, large=True), name)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params, large=True)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        i, j, at, probe = seen["now"]
        formulas = (*explain_pair(trace, i, j, at, page.lang), *explain_ratio(ratios(trace), probe, page.lang))
    page.arithmetic(formulas)


def show(page: kit.Page, trace: FitTrace, name: str) -> tuple[int, int, int, int]:
    """All views of one training; returns the picked pair, the moment and the picked probe."""
    found = ratios(trace)
    kept = page.remember(f"fit_{name}_pair")
    pair = read_pair(kept.get(), len(trace.counted.vocabulary)) or first_pair(trace, found)
    at = show_steps(
        page,
        "motes",
        fit_data(trace, pair, page.lang),
        name=f"fit_{name}",
        last=len(trace.fit.steps) - 1,
        hint=HINT,
        alt=ALT,
        on_pick=kept.set,
    )
    left, right = st.columns(2)
    with left:
        figure = weight_curve(trace, pair, theme=page.theme, lang=page.lang)
        kit.show(page, figure, name=f"weight_{name}", alt=CURVE_ALT, height=230)
    with right:
        figure = error_bars(trace, theme=page.theme, lang=page.lang)
        kit.show(page, figure, name=f"errors_{name}", alt=BARS_ALT, height=230)
    if found.missing:
        st.caption(kit.plain(page.say(MISSING.format(words=", ".join(found.missing)))))
    if not found.probes:
        frequent = ", ".join(trace.counted.vocabulary[OFFERED])
        st.caption(kit.plain(page.say(ASK.format(words=frequent))))
        return (*pair, at, 0)
    probe = kit.show_board(page, ratio_board(found), name=f"ratio_{name}", selected="ratio.0.0").col
    return (*pair, at, probe)


def first_pair(trace: FitTrace, found: Ratios) -> tuple[int, int]:
    """The first word of the question with its first companion, else the heaviest pair."""
    if found.probes:
        pair = trace.counted.row(found.targets[0]), trace.counted.row(found.probes[0])
        if trace.counted.X[pair]:
            return pair
    i, j = trace.pairs[0]
    return int(i), int(j)


def put_state(page: kit.Page, values: dict[str, Any]) -> None:
    """Put the lab into a state (inside a callback), played to the end."""
    page.open_lab().set("fit")
    for name in ("fit_now_pair", "fit_now_step"):
        page.remember(name).clear()
    kit.apply(page.slug, FitParams, values, page.lang)


HINT = Text(
    "on the dashed line the vectors say exactly log X · click a pair to see its arithmetic",
    "на пунктире векторы дают ровно log X · щёлкните пару — увидите расчёт",
)
ALT = Text(
    "Each pair of words: log X against the product of its vectors",
    "Каждая пара слов: log X и произведение её векторов",
)
CURVE_ALT = Text("The weight f against the count X", "Вес f в зависимости от числа встреч X")
BARS_ALT = Text("Error of rare and of frequent pairs", "Ошибка редких и частых пар")
MISSING = Text("Not in this corpus: {words}.", "В этом корпусе нет: {words}.")
ASK = Text(
    "Write two words of this corpus, a colon, and who may stand near them. It has, for instance: {words}.",
    "Напишите два слова этого корпуса, двоеточие и тех, кто может стоять рядом. Здесь есть, например: {words}.",
)
