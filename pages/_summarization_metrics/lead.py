"""A summary beside the first sentences of its article: precision and recall as a plane."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Cell, Formula, quiet
from core.figures.summarization import NAMES, name_of, plane, story_data
from core.i18n import Text
from core.metrics.summary_explain import explain_score
from core.metrics.summary_lab import PARTS
from core.metrics.summary_lead_lab import (
    MAX_OWN,
    MAX_SENTENCES,
    LeadParams,
    LeadTrace,
    join,
    reference,
    run,
    tables,
    toggle,
    watch,
)
from pages._shared import kit, words
from pages._shared.components import mount
from pages._shared.state import session

REFUSED = "_summarization_metrics_refused"
ARTICLE_BYTES = 64 * 1024


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the article and its candidates, the plane of P and R, the arithmetic of the picked candidate."""
    with controls:
        params = kit.controls(page.slug, LeadParams, page.lang)
        with st.popover(page.say(words.OWN_FILE), type="tertiary", icon=":material/upload_file:"):
            st.caption(page.say(OWN_ARTICLE))
            kit.own_text(page, "article", limit=ARTICLE_BYTES, max_chars=2_000)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        picked: dict[str, Cell] = {}

        def draw(shown: LeadParams, name: str) -> None:
            picked[name] = _views(page, kit.cached(run, shown), name)

        kit.compared(page, params, draw)
        refused = session().pop(REFUSED, None)
        if refused:
            kit.refuse(refused, page.lang)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(page, trace, picked["now"])
    page.arithmetic(formulas)


def explain(page: kit.Page, trace: LeadTrace, cell: Cell) -> tuple[Formula, ...]:
    """Whose number it is, and how it comes about."""
    told = quiet(name_of(trace, cell.row, page.lang))
    scored = watch(trace, trace.candidates[cell.row])
    return ((told,), *explain_score(scored, trace.params.measure, PARTS[cell.col], page.lang))


def _views(page: kit.Page, trace: LeadTrace, name: str) -> Cell:
    pick = page.remember(f"lead_{name}_cell")
    cell = Cell.parse(pick.get())
    if cell is None or cell.panel != "C" or cell.row >= len(trace.candidates) or cell.col >= len(PARTS):
        cell = Cell("C", 0, 2)
    key = page.key(f"story_{name}")

    def event(kind: str, part: str = "") -> str:
        return str((session().get(f"{key}{part}") or {}).get(kind))[:20]

    def on_row() -> None:
        pick.set(event("pick", "_table"))

    def on_toggle() -> None:
        k = event("toggle")
        if k.isdecimal() and int(k) < len(trace.sentences):
            write(page, toggle(trace.params.own, trace.sentences, int(k)))

    def on_act() -> None:
        chosen = {
            "lead": range(trace.k),
            "greedy": trace.picked,
            "all": range(len(trace.sentences)),
            "none": (),
        }.get(event("act"))
        if chosen is not None:
            write(page, join(trace.sentences, chosen).replace("\n", " "))

    def on_point(at: str) -> None:
        if at[:1] == "k" and at[1:].isdecimal() and 1 <= int(at[1:]) <= MAX_SENTENCES:
            session()[page.key("k")] = int(at[1:])
            pick.set("C.1.2")
        elif at.isdecimal():
            pick.set(f"C.{at}.2")

    data = {
        **story_data(trace, page.lang),
        "picked": str(cell),
        "words": {
            **{id_: page.say(text) for id_, text in WORDS.items()},
            "lead": page.say(NAMES["lead"].format(k=trace.k)),
        },
    }
    left, right = st.columns([1.15, 1], gap="medium")
    with left:
        mount("story", key, {**data, "part": "article"}, on_toggle_change=on_toggle, on_act_change=on_act)
    with right:
        figure = plane(trace, cell.row, theme=page.theme, lang=page.lang)
        kit.show(page, figure, name=f"plane_{name}", alt=PLANE_ALT, height=400, on_pick=on_point)
        mount("story", f"{key}_table", {**data, "part": "table"}, on_pick_change=on_row)
    return cell


def write(page: kit.Page, text: str) -> None:
    """Inside a callback: put a text into the visitor's summary, when it fits."""
    if len(text) > MAX_OWN:
        session()[REFUSED] = TOO_LONG.format(n=len(text), most=MAX_OWN)
        return
    session()[page.key("own")] = text


WORDS = {
    "article": Text("The article", "Статья"),
    "click": Text(
        "click a sentence: it goes into your summary, or out · bar: F1 of this sentence alone",
        "щёлкните предложение — войдёт в ваш реферат или выйдет · полоска: F1 одного этого предложения",
    ),
    "alone": Text("F1 of this sentence alone:", "F1 одного этого предложения:"),
    "greedy": Text("greedy", "жадный"),
    "take": Text("summary =", "реферат ="),
    "best": Text("greedy choice", "жадный выбор"),
    "all": Text("whole article", "вся статья"),
    "none": Text("nothing", "ничего"),
    "candidate": Text("against people", "против людей"),
    "personHelp": Text("against the other people", "против остальных людей"),
    "length": Text("words", "слов"),
}
OWN_ARTICLE = Text(
    "The file becomes the article. Give it its own reference too, under “more controls”.",
    "Файл станет статьёй. Эталон к ней впишите сами — в «ещё настройки».",
)
PLANE_ALT = Text(
    "Candidates as points: precision across, recall up, lines of equal F1",
    "Кандидаты точками: вправо точность, вверх полнота, линии равного F1",
)
TOO_LONG = Text(
    "That would make a summary of {n} characters; at most {most} fit.",
    "Получился бы реферат в {n} символов, а помещается {most}.",
)
