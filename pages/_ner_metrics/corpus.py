"""A tagger's whole output, one token a line: which errors there are, where they are and what they cost."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.errors import Refusal
from core.figures.spans import corpus_data
from core.i18n import Text
from core.metrics.entities import CREDITS
from core.metrics.entities_corpus import MAX_FILE_CHARS, CorpusParams, CorpusTrace, read_lines, reference, run, tables
from core.metrics.entities_explain import corpus_picks, explain_corpus
from pages._ner_metrics.picture import show_spans
from pages._shared import kit, words
from pages._shared.own_data import decode
from pages._shared.state import Remembered, session

FILE_BYTES = 512 * 1024
FILE, NOTE, UPLOAD = "_ner_metrics_file", "_ner_metrics_file_note", "_ner_metrics_upload"


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls and the own file, scores, sentences with errors, arithmetic."""
    with controls:
        params = kit.controls(page.slug, CorpusParams, page.lang)
        _own_file(page)
    if session().get(FILE):
        params = params.model_copy(update={"file": session()[FILE]})
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        trace = kit.cached(run, params, large=bool(params.file))
        pick = page.remember("corpus_pick")
        picked = pick.get() if pick.get() in corpus_picks(trace) else f"credit.{trace.credit}"
        _differs(page, trace)
        show_spans(
            page,
            corpus_data(trace, picked=picked, lang=page.lang),
            name="corpus",
            hint=HINT,
            on_pick=lambda at: _picked(page, pick, at),
        )
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace), compare=False)
        formulas = explain_corpus(trace, picked, page.lang)
    page.arithmetic(formulas)


def _picked(page: kit.Page, pick: Remembered, at: str) -> None:
    """Inside a callback. A way of counting is the control's own value."""
    kind, _, which = at.partition(".")
    if kind == "credit" and which in CREDITS:
        kit.remembered(page.slug, "credit", CorpusParams).set(which)
        pick.clear()
    else:
        pick.set(at)


def _differs(page: kit.Page, trace: CorpusTrace) -> None:
    """Two readings of one file: said when they do not agree."""
    if trace.other is None:
        return
    lenient, strict = (trace.score, trace.other) if trace.score.mode == "lenient" else (trace.other, trace.score)
    a, b = lenient.credits["strict"].value, strict.credits["strict"].value
    if a != b:
        told = READINGS.format(scheme=strict.scheme.replace("IOB2", "BIO"), a=a, b=b)
        st.caption(kit.plain(page.say(told)))


def _own_file(page: kit.Page) -> None:
    """A file takes the place of the lines and stays with this visitor; the address is too short for it."""
    with st.popover(page.say(words.OWN_FILE), type="tertiary", icon=":material/upload_file:"):
        st.file_uploader(page.say(OWN), type=["txt", "conll", "tsv", "bio"], key=UPLOAD, on_change=_given)
        if NOTE in session():
            kit.refuse(session()[NOTE], page.lang)
    if session().get(FILE):
        st.caption(page.say(IN_PLACE))
        st.button(page.say(BACK), key="_ner_metrics_file_away", on_click=_forget, type="tertiary")


def _forget() -> None:
    session().pop(FILE, None)
    session().pop(NOTE, None)


def _given() -> None:
    """Inside a callback: read the file, or keep the sentence that says why it cannot be used."""
    _forget()
    file = session().get(UPLOAD)
    if file is None:
        return
    try:
        if file.size > FILE_BYTES:
            raise Refusal(words.FILE_TOO_BIG.format(limit=FILE_BYTES // 1024))
        text = decode(file.getvalue())
        if len(text) > MAX_FILE_CHARS:
            raise Refusal(TOO_LONG.format(n=f"{MAX_FILE_CHARS:,}".replace(",", " ")))
        read_lines(text)
        run(CorpusParams(file=text))
    except Refusal as refusal:
        session()[NOTE] = refusal.text
        return
    session()[FILE] = text


BACK = Text("back to the lines", "вернуться к строкам")
IN_PLACE = Text("Your file is scored in place of these lines.", "Вместо этих строк оценивается ваш файл.")
OWN = Text("Token, true tag, predicted tag (UTF-8)", "Токен, истинная метка, предсказанная (UTF-8)")
TOO_LONG = Text(
    "The file is longer than {n} characters. Take a smaller part of it.",
    "Файл длиннее {n} символов. Возьмите его часть.",
)
READINGS = Text(
    "Some tags break {scheme}: F1 is {a:.3f} read leniently and {b:.3f} read strictly.",
    "Часть меток нарушает {scheme}: при мягком чтении F1 = {a:.3f}, при строгом — {b:.3f}.",
)
HINT = Text(
    "click a row for its arithmetic; a kind of error also shows the sentences that have it",
    "щелчок по строке — расчёт; вид ошибки показывает ещё и предложения с ней",
)
