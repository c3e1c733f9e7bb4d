"""One answer: what normalisation does to it, what it shares with the reference, what would change the score."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.figures.qa import alternatives_data, answer_data
from core.i18n import Text
from core.metrics.answers import NORMALIZATIONS
from core.metrics.qa_lab import CASES, AnswerParams, AnswerTrace, alternatives, explain, reference, run, tables
from pages._qa_retrieval_metrics.parts import offer
from pages._shared import kit
from pages._shared.components import mount
from pages._shared.state import Remembered


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The texts, the steps, the tokens, the alternatives, the arithmetic."""
    with controls:
        params = kit.controls(page.slug, AnswerParams, page.lang, above=page.wide(views))
        offer(page, AnswerParams, ((id_, c.name, c.why, c.values(page.lang)) for id_, c in CASES.items()))
    formulas: tuple[Formula, ...] = ()
    tables_below: list[tuple[Any, AnswerParams, str]] = []
    with views, kit.sentences(page.lang):

        def draw(shown: AnswerParams, name: str) -> None:
            slot = _show(page, kit.cached(run, shown), name)
            tables_below.append((slot, shown, name))

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, trace.pick(page.remember("answer_now").get()), page.lang)
    page.arithmetic(formulas)
    # Last, because stems import a library: the rest stands by then.
    for slot, shown, name in tables_below:
        with slot, kit.sentences(page.lang):
            _alternatives(page, shown, name)


def _show(page: kit.Page, trace: AnswerTrace, name: str) -> Any:
    """The answer and its references; returns where the alternatives will stand."""
    kept = page.remember(f"answer_{name}")
    data = answer_data(trace, trace.pick(kept.get()), page.lang)
    _part(page, f"steps_{name}", {**data, "part": "steps"}, kept)
    left, right = st.columns(2, gap="medium")
    with left:
        _part(page, f"references_{name}", {"rows": data["references"], "part": "references"}, kept)
    return right


def _part(page: kit.Page, name: str, data: dict[str, Any], kept: Remembered) -> None:
    mount(
        "answer",
        page.key(name),
        {**data, "words": {key: page.say(text) for key, text in WORDS.items()}},
        on_pick_change=lambda: kept.set(str(kit.event(page, name, "pick") or "")[:20]),
    )


def _alternatives(page: kit.Page, params: AnswerParams, name: str) -> None:
    """The table of normalisations; a click chooses one."""
    kept = page.remember(f"answer_{name}")
    key = f"under_{name}"

    def chosen() -> None:
        normalization = kit.event(page, key, "pick")
        if normalization in NORMALIZATIONS and name == "now":
            kit.remembered(page.slug, "normalization", AnswerParams).set(normalization)
            kept.clear()

    rows = alternatives_data(kit.cached(alternatives, params), params.normalization, page.lang)
    said = {key_: page.say(text) for key_, text in WORDS.items()}
    mount("answer", page.key(key), {"rows": rows, "part": "under", "words": said}, on_pick_change=chosen)


WORDS = {
    "steps": Text("What normalisation does to both texts", "Что нормализация делает с обоими текстами"),
    "prediction": Text("model’s answer", "ответ модели"),
    "reference": Text("reference", "эталон"),
    "same": Text("unchanged", "без изменений"),
    "idle": Text("nothing to do", "делать нечего"),
    "gone": Text("deleted", "удалено"),
    "new": Text("put in", "вставлено"),
    "left": Text("still here", "осталось"),
    "nothing": Text("nothing", "ничего"),
    "tokens": Text(
        "Tokens that are compared: framed ones are shared, below each what it would change in F1",
        "Токены, которые сравниваются: в рамке — общие, под каждым — как он изменил бы F1",
    ),
    "counted": Text("shared: counted already", "общий: уже учтён"),
    "dropped": Text("without this token, F1", "без этого токена F1"),
    "added": Text("with this token added, F1", "если добавить этот токен, F1"),
    "references": Text("Against each reference, the best counts", "С каждым эталоном: в счёт идёт лучший"),
    "best": Text("● the best F1", "● лучшая F1"),
    "alternatives": Text("The same answer, normalised otherwise", "Тот же ответ при другой нормализации"),
    "normalization": Text("normalisation", "нормализация"),
    "hint": Text(
        "click a token to see F1 without it, a row to look at another reference or normalisation",
        "щёлкните токен — увидите F1 без него; строку — другой эталон или другую нормализацию",
    ),
}
