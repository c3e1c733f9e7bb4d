"""Documents, a query and their matrices: one selection drives all views."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Cell, Formula
from core.figures.bow import found_data, idf_curves, matrices_data
from core.i18n import Text
from core.text.bow_explain import explain_cell
from core.text.bow_lab import COURSE, SKLEARN, BowParams, BowTrace, run, tables
from core.text.bow_reference import reference
from pages._shared import kit, words
from pages._shared.components import mount
from pages._shared.state import session


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, linked views, the arithmetic of what is picked."""
    with controls:
        params = kit.controls(page.slug, BowParams, page.lang, above=page.wide(views))
        definitions(page, params)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        picked: dict[str, Cell] = {}

        def draw(shown: BowParams, name: str) -> None:
            picked[name] = _linked(page, kit.cached(run, shown), name)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain_cell(trace, picked["now"], page.lang)
    page.arithmetic(formulas)


def definitions(page: kit.Page, params: BowParams) -> None:
    """Two buttons: what the course calls TF-IDF, and what scikit-learn does. Texts and terms stay."""
    st.caption(page.say(DEFINITIONS))
    with st.container(horizontal=True, gap="small"):
        for id_, name, values in (("course", COURSE_NAME, COURSE), ("sklearn", SKLEARN_NAME, SKLEARN)):
            is_here = all(getattr(params, field) == value for field, value in values.items())
            st.button(
                page.say(name),
                key=f"_{page.key(f'definition_{id_}')}",
                on_click=kit.apply,
                args=(page.slug, BowParams, {**params.model_dump(), **values}, page.lang),
                type="tertiary",
                icon=":material/check:" if is_here else None,
            )


def _linked(page: kit.Page, trace: BowTrace, name: str) -> Cell:
    """All views of one trace; returns what is picked."""
    kept, step = page.remember(f"{name}_cell"), page.remember(f"{name}_step")
    cell = Cell.parse(kept.get())
    if cell is None or not trace.has(cell):
        cell = trace.first_pick()

    def picked(key: str) -> None:
        kept.set(str(_event(page, key, "pick"))[:40])

    told = warning(trace)
    if told:
        kit.refuse(told, page.lang)
    left, right = st.columns([2.3, 1], gap="medium")
    with left:
        key = f"found_{name}"
        said = {word: page.say(text) for word, text in FOUND_WORDS.items()}
        data = {**found_data(trace, cell), "part": "found", "words": said}
        mount("bags", page.key(key), data, on_pick_change=lambda: picked(key))
    if not trace.terms:
        return cell
    with right:
        term = cell.col if cell.panel != "cos" else None
        figure = idf_curves(trace, term, theme=page.theme, lang=page.lang)
        kit.show(page, figure, name=f"idf_{name}", alt=IDF_ALT, height=290)
    below = f"matrices_{name}"
    data = matrices_data(trace, cell, page.lang)
    last = len(data["steps"]) - 1

    def stepped() -> None:
        value = _event(page, below, "step")
        if isinstance(value, int):
            step.set("" if value >= last else str(value))

    at = step.get()
    mount(
        "bags",
        page.key(below),
        {
            **data,
            "part": "matrices",
            "name": page.key(name),
            "step": min(int(at), last) if at.isdecimal() and len(at) < 3 else last,
            "words": {word: page.say(text) for word, text in MATRIX_WORDS.items()},
        },
        on_pick_change=lambda: picked(below),
        on_step_change=stepped,
    )
    return cell


def _event(page: kit.Page, key: str, kind: str) -> Any:
    return (session().get(page.key(key)) or {}).get(kind)


def warning(trace: BowTrace) -> Text | None:
    """Why a text has no weights, when one has none."""
    if not trace.terms:
        return NO_TERMS
    empty = trace.empty_rows()
    if trace.has_query and trace.N in empty:
        return BLIND.format(unknown=", ".join(trace.unknown[:6])) if trace.unknown else WEIGHTLESS
    return EMPTY.format(rows=", ".join(trace.rows[i] for i in empty)) if empty else None


DEFINITIONS = Text("TF-IDF as defined by", "TF-IDF по определению")
COURSE_NAME = Text("the course", "курса")
SKLEARN_NAME = Text("scikit-learn", "scikit-learn")
NO_TERMS = Text(
    "No term is left to count: all words were dropped, or the texts are too short for these n-grams.",
    "Считать нечего: все слова отброшены или тексты короче таких n-грамм.",
)
BLIND = Text(
    "The query weighs nothing: no document has “{unknown}”. All scores are 0, and the order below says nothing.",
    "Запрос ничего не весит: «{unknown}» нет ни в одном документе. Все оценки — 0, и порядок ниже ничего не значит.",
)
WEIGHTLESS = Text(
    "The query weighs nothing: its terms were dropped, or stand in every document. All scores are 0.",
    "Запрос ничего не весит: его термы отброшены или есть в каждом документе. Все оценки — 0.",
)
EMPTY = Text(
    "All weights are 0 here: {rows}. Such a row points nowhere: its cosine with anything, itself too, counts as 0.",
    "Все веса — нули: {rows}. Такая строка никуда не указывает: её косинус с чем угодно, даже с собой, считают нулём.",
)
FOUND_WORDS = {
    "alt": Text(
        "Documents in the order found, every word shaded by its weight",
        "Документы в порядке выдачи; слова закрашены по весу",
    ),
    "hint": Text(
        "the fuller its colour, the more a word weighs · underlined: asked · struck out: no document has it · a bar is "
        "the cosine with the query, cut into its terms: click it",
        "чем гуще цвет, тем больше вес слова · подчёркнуто — есть в запросе · зачёркнуто — нет ни в одном документе · "
        "полоса — косинус с запросом по термам: щёлкните её",
    ),
    "unknown": Text("no document has it", "нет ни в одном документе"),
}
MATRIX_WORDS = {
    "alt": Text("From counts to cosines, as linked matrices", "От счёта к косинусам, связанными матрицами"),
    "hint": Text(
        "click a cell: its arithmetic is below, its ingredients are framed",
        "щёлкните клетку: расчёт — ниже, а из чего она сделана — в рамках",
    ),
    "play": words.PLAY,
    "pause": words.PAUSE,
    "back": words.BACK,
    "forward": words.FORWARD,
    "step": words.STEP,
    "save": words.SAVE_PICTURE,
}
IDF_ALT = Text(
    "idf against df under three definitions: the textbook’s falls to 0 at df = N, scikit-learn’s to 1",
    "idf против df по трём определениям: у учебника при df = N получается 0, у scikit-learn — 1",
)
