"""A search that is scored while you type: the bundled encoder, or plain shared words, over fourteen passages."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.errors import Refusal
from core.figures.qa import search_data, term_bars
from core.i18n import Text
from core.metrics.ranking_lab import Pick as ScorePick
from core.metrics.search_lab import (
    LANGUAGES,
    RANKERS,
    Pick,
    SearchParams,
    SearchTrace,
    explain,
    reference,
    run,
    tables,
    turn_grade,
)
from core.metrics.search_texts import NEEDS
from pages._qa_retrieval_metrics.parts import REFUSED, last_refusal, offer, whole
from pages._shared import kit
from pages._shared.components import mount
from pages._shared.state import session


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The query, the ranking with its scores, the same query elsewhere, the arithmetic."""
    with controls:
        params = kit.controls(page.slug, SearchParams, page.lang, above=page.wide(views))
        kept = {
            name: getattr(params, name) for name in ("ranker", "passages", "k", "relevant_from", "gain", "discount")
        }
        offer(
            page,
            SearchParams,
            (
                (id_, need.name, need.wording, {**kept, "query": need.wording.get(page.lang), "need": id_})
                for id_, need in NEEDS.items()
            ),
        )
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        last_refusal(page)
        pick = Pick(ScorePick("ndcg", 0))

        def draw(shown: SearchParams, name: str) -> None:
            nonlocal pick
            pick = _show(page, kit.cached(run, shown), name)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, pick, page.lang)
    page.arithmetic(formulas)


def _show(page: kit.Page, trace: SearchTrace, name: str) -> Pick:
    kept = page.remember(f"search_{name}")
    pick = Pick.parse(kept.get()) or Pick(ScorePick("ndcg", 0))
    if trace.is_blind:
        kit.refuse(BLIND.format(v=trace.here, k=trace.params.k), page.lang)
    data = {
        **search_data(trace, pick, page.lang),
        "is_editable": name == "now",
        "words": {word: page.say(text.format(k=trace.params.k)) for word, text in WORDS.items()},
    }
    left, right = st.columns([2, 1], gap="medium")
    with left:
        key = f"found_{name}"
        mount(
            "found",
            page.key(key),
            {**data, "part": "list"},
            on_pick_change=lambda: kept.set(str(kit.event(page, key, "pick"))[:12]),
            on_edit_change=lambda: _graded(page, trace, kit.event(page, key, "edit")),
            on_forget_change=lambda: _forget(page),
        )
    with right:
        beside = f"elsewhere_{name}"
        mount(
            "found",
            page.key(beside),
            {"part": "elsewhere", "elsewhere": data["elsewhere"], "words": data["words"]},
            on_condition_change=lambda: _conditioned(page, name, kit.event(page, beside, "condition")),
        )
        bars = term_bars(trace.scores, 0, theme=page.theme, lang=page.lang, is_named=False)
        kit.show(page, bars, name=f"earned_{name}", alt=EARNED_ALT, height=300)
    return pick


def _graded(page: kit.Page, trace: SearchTrace, change: Any) -> None:
    """Inside a callback: a passage that was graded anew."""
    if not isinstance(change, dict):
        return
    try:
        session()[page.key("judged")] = turn_grade(
            trace.params, whole(change.get("passage")), whole(change.get("grade"))
        )
    except Refusal as refusal:
        session()[REFUSED] = refusal.text


def _forget(page: kit.Page) -> None:
    session()[page.key("judged")] = ""


def _conditioned(page: kit.Page, name: str, at: object) -> None:
    """Inside a callback: another ranker or other passages were chosen in the table."""
    ranker, _, how = str(at).partition(".")
    if name == "now" and ranker in RANKERS and how in LANGUAGES:
        kit.remembered(page.slug, "ranker", SearchParams).set(ranker)
        kit.remembered(page.slug, "passages", SearchParams).set(how)


WORDS = {
    "alt": Text("Passages by falling score", "Тексты по убыванию оценки ранжировщика"),
    "grade": Text("grade", "оценка"),
    "elsewhere": Text("nDCG@{k} of the same query", "nDCG@{k} того же запроса"),
    "forget": Text("back to the grades of the house", "вернуть оценки составителей"),
    "hint": Text(
        "click a grade to change it, a passage or a score for its arithmetic",
        "щелчок по оценке меняет её, по тексту или мере — показывает расчёт",
    ),
    "cosines": Text(
        " · bars of cosines begin at 0.6: even unrelated texts are near that",
        " · полосы косинусов начинаются с 0,6: даже посторонние тексты недалеко от этого",
    ),
}
BLIND = Text(
    "All passages have the same score: no word is shared, and the order below is that of the corpus. Averaged over all "
    "orders, nDCG@{k} is {v:.3f}.",
    "У всех текстов одинаковая оценка: общих слов нет, и порядок ниже — просто порядок корпуса. В среднем по всем "
    "порядкам nDCG@{k} равна {v:.3f}.",
)
EARNED_ALT = Text(
    "What each rank adds to DCG, beside the best order, and the discount",
    "Сколько каждое место добавляет к DCG, рядом — лучший порядок, и дисконт",
)
