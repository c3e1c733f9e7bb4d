"""Neighbours while training, a second way to them, and words of several senses."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Cell, Formula
from core.embeddings.glove_explain import explain_cosine, explain_sense
from core.embeddings.glove_meaning import MeaningParams, MeaningTrace, reference, run, score, tables
from core.figures.glove import map_data, sense_board
from core.i18n import Text, same
from pages._glove.fitting import LIMIT, OWN_CHARS
from pages._glove.parts import show_steps
from pages._shared import kit
from pages._shared.state import session


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """A word over the views, the map with its neighbours, the senses, the arithmetic of a cosine."""
    with controls:
        params = kit.controls(page.slug, MeaningParams, page.lang, above=page.wide(views))
        if params.corpus == "own":
            kit.own_text(page, "own", limit=LIMIT, max_chars=OWN_CHARS, keep_lines=True)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        cells: dict[str, Cell | None] = {}

        def draw(shown: MeaningParams, name: str) -> None:
            cells[name] = show(page, kit.cached(run, shown, large=True), name)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params, large=True)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        cell = cells["now"]
        senses = explain_sense(trace, cell.row, cell.col, page.lang) if cell else ()
        formulas = (*explain_cosine(trace, page.lang), *senses)
    page.arithmetic(formulas)


def show(page: kit.Page, trace: MeaningTrace, name: str) -> Cell | None:
    """The map, the lists and the senses; returns the picked cosine with a sense, when the word has senses."""
    if trace.query < 0:
        st.caption(kit.plain(page.say(MISSING.format(word=trace.params.word.strip()))))

    def pick(word: str) -> None:
        if word in trace.counted.vocabulary:
            session()[page.key("word")] = word[:40]

    show_steps(
        page,
        "motes",
        map_data(trace, lists(page, trace), page.lang),
        name=f"map_{name}",
        last=len(trace.fit.steps) - 1,
        hint=HINT,
        alt=ALT,
        on_pick=pick,
    )
    if not trace.topics:
        return None
    st.caption(page.say(SENSES_APART if len(trace.points) > 1 else SENSES))
    return kit.show_board(page, sense_board(trace, page.lang), name=f"senses_{name}", selected="senses.0.0")


def lists(page: kit.Page, trace: MeaningTrace) -> list[tuple[str, str, Any, Any]]:
    """Neighbours by GloVe at each moment and by the other ways, each with its share of right ones where it is known."""
    if trace.query < 0:
        return []

    def told(vectors: Any) -> str:
        share = score(vectors, trace.counted, trace.params.corpus)
        return "" if share is None else page.say(SCORE.format(p=f"{100 * share:.0f}"))

    last = trace.fit.vectors(len(trace.fit.steps) - 1)
    out: list[tuple[str, str, Any, Any]] = [
        ("GloVe", told(last), trace.neighbours, trace.cosines),
        (page.say(PPMI), told(trace.ppmi), trace.by_ppmi[None], trace.ppmi_cosines[None]),
    ]
    if trace.params.is_beside:
        note = told(trace.word2vec) if len(trace.word2vec) else page.say(DIVERGED)
        out.append(("Word2Vec", note, trace.by_word2vec[None], trace.word2vec_cosines[None]))
    return out


def put_state(page: kit.Page, values: dict[str, Any]) -> None:
    """Put the lab into a state (inside a callback), played to the end."""
    page.open_lab().set("meaning")
    page.remember("map_now_step").clear()
    kit.apply(page.slug, MeaningParams, values, page.lang)


PPMI = same("PPMI + SVD")
DIVERGED = Text("the training diverged", "обучение разошлось")
SCORE = Text("{p} of 100 near words are of the same kind", "{p} из 100 соседей — того же рода")
MISSING = Text(
    "“{word}” is not in this corpus. Click a word on the map.",
    "Слова «{word}» в этом корпусе нет. Щёлкните слово на карте.",
)
HINT = Text(
    "click a word to ask for its neighbours · the lists are nearest first",
    "щёлкните слово — увидите его соседей · списки от ближайших",
)
ALT = Text("Map of the word vectors while they are learnt", "Карта векторов слов, пока они учатся")
SENSES = Text(
    "One spelling, one point: it has to stand near the words of every sense at once.",
    "Одно написание — одна точка: ей приходится стоять рядом со словами всех значений сразу.",
)
SENSES_APART = Text(
    "Told apart, each sense has a point of its own, and stands with its own words.",
    "Если значения различать, у каждого своя точка, и стоит она со своими словами.",
)
