"""Ranked lists by hand: turn a grade, move a document, and four scores move with it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.errors import Refusal
from core.figures.qa import cutoff_curves, lists_data, term_bars
from core.i18n import Text
from core.metrics.ranking_lab import (
    CASES,
    Pick,
    RankingParams,
    RankingTrace,
    explain,
    move_document,
    reference,
    run,
    tables,
    turn_grade,
    write_lists,
)
from pages._qa_retrieval_metrics.parts import REFUSED, last_refusal, offer, set_k, whole
from pages._shared import kit
from pages._shared.components import mount
from pages._shared.state import session


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The grid, the curves over k, what each rank earns, the arithmetic."""
    with controls:
        params = kit.controls(page.slug, RankingParams, page.lang)
        offer(page, RankingParams, ((id_, c.name, c.why, c.fields(page.lang)) for id_, c in CASES.items()))
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        last_refusal(page)
        pick = Pick("ndcg", 0)

        def draw(shown: RankingParams, name: str) -> None:
            nonlocal pick
            pick = _show(page, kit.cached(run, shown), name)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace.scores, pick, page.lang)
    page.arithmetic(formulas)


def _show(page: kit.Page, trace: RankingTrace, name: str) -> Pick:
    kept = page.remember(f"ranking_{name}")
    scores = trace.scores
    pick = Pick.parse(kept.get(), len(scores.lists)) or Pick("ndcg", len(scores.lists) - 1)
    key = f"lists_{name}"
    mount(
        "ranks",
        page.key(key),
        {
            **lists_data(scores, pick, page.lang, is_editable=name == "now"),
            "words": {word: page.say(text) for word, text in WORDS.items()},
        },
        on_pick_change=lambda: kept.set(str(kit.event(page, key, "pick"))[:12]),
        on_edit_change=lambda: _edited(page, trace, kit.event(page, key, "edit")),
        on_k_change=lambda: set_k(page, kit.event(page, key, "k")),
    )
    left, right = st.columns(2, gap="medium")
    with left:
        figure = cutoff_curves(scores, pick, theme=page.theme, lang=page.lang)
        kit.show(page, figure, name=f"cutoffs_{name}", alt=CURVES_ALT, height=290, on_pick=lambda at: _cut(page, at))
    with right:
        bars = term_bars(scores, pick.query or 0, theme=page.theme, lang=page.lang)
        kit.show(page, bars, name=f"terms_{name}", alt=TERMS_ALT, height=290)
    return pick


def _cut(page: kit.Page, at: str) -> None:
    if at.isdecimal() and len(at) < 4:
        set_k(page, int(at))


def _edited(page: kit.Page, trace: RankingTrace, change: Any) -> None:
    """Inside a callback: a grade that was turned, or a document that was moved."""
    if not isinstance(change, dict):
        return
    query, rank = whole(change.get("query")), whole(change.get("rank"))
    try:
        if "to" in change:
            lists = move_document(trace.scores.lists, query, rank, whole(change["to"]))
        else:
            lists = turn_grade(trace.scores.lists, query, rank, whole(change.get("grade")))
    except Refusal as refusal:
        session()[REFUSED] = refusal.text
        return
    session()[page.key("lists")] = write_lists(lists)


WORDS = {
    "alt": Text(
        "Ranked lists: a row a query, a cell a rank with its grade, four scores at the end",
        "Выдачи: строка — запрос, клетка — место с оценкой, в конце четыре меры",
    ),
    "rank": Text("rank", "место"),
    "grade": Text("grade", "оценка"),
    "lost": Text("lost", "не найдено"),
    "discount": Text("discount", "дисконт"),
    "set": Text("set k to", "поставить k ="),
    "mean": Text("mean", "среднее"),
    "hint": Text(
        "click a cell to turn its grade, drag it to move the document · click a rank to set k, a score for its "
        "arithmetic · keys: 0–3, arrows, Shift with arrows moves · the green ring is the first relevant document",
        "щелчок по клетке меняет оценку, перетаскивание — место документа · щелчок по номеру ставит k, по мере — "
        "показывает расчёт · клавиши: 0–3, стрелки, Shift со стрелками двигает · зелёное кольцо — первый релевантный",
    ),
}
CURVES_ALT = Text(
    "The four scores against the cutoff k; a click on a point sets k",
    "Четыре меры в зависимости от k; щелчок по точке ставит k",
)
TERMS_ALT = Text(
    "What each rank adds to DCG, beside the best order, and the discount",
    "Сколько каждое место добавляет к DCG, рядом — лучший порядок, и дисконт",
)
