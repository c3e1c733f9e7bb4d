"""Unicode: texts that look alike and are not."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.figures.tokenization import glyphs_data
from core.i18n import Text
from core.text.unicode_lab import UnicodeParams, explain, reference, run, tables
from pages._shared import kit
from pages._tokenization.pick import mount_picked, picked


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Two texts over the views, clusters with their code points and bytes, lengths and the ladder."""
    with controls:
        params = kit.controls(page.slug, UnicodeParams, page.lang, above=page.wide(views))
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):

        def draw(shown: UnicodeParams, name: str) -> None:
            trace = kit.cached(run, shown)
            cell = trace.cell(picked(page, f"glyphs_{name}"))
            said = {key: page.say(text) for key, text in WORDS.items()}
            mount_picked(
                page, "glyphs", f"glyphs_{name}", {**glyphs_data(trace, cell, page.lang), "words": said}, ending=""
            )

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, trace.cell(picked(page, "glyphs_now")), page.lang)
    page.arithmetic(formulas)


WORDS = {
    "before": Text("as typed", "как набрано"),
    "after": Text("after the steps that are on", "после включённых шагов"),
    "mixed": Text("letters of two scripts in one word:", "в одном слове буквы двух письменностей:"),
    "lengths": Text("How long is the first text?", "Какой длины первый текст?"),
    "ladder": Text("When are the two texts the same?", "Когда два текста — одно и то же?"),
}
