"""What a summary says, marked unit by unit, beside what it repeats."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.figures.summarization import units_data, words_against_units
from core.i18n import Text
from core.metrics.summary_content_lab import (
    MARKS,
    SUMMARIES,
    ContentLabTrace,
    ContentParams,
    explain,
    flip,
    reference,
    run,
    tables,
)
from core.params import encode
from pages._shared import kit
from pages._shared.components import mount
from pages._shared.state import session


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the table of units, words against units, the arithmetic."""
    with controls:
        params = kit.controls(page.slug, ContentParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        picked: dict[str, int | None] = {}

        def draw(shown: ContentParams, name: str) -> None:
            picked[name] = _views(page, kit.cached(run, shown), name)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, picked["now"], page.lang)
    page.arithmetic(formulas)


def _views(page: kit.Page, trace: ContentLabTrace, name: str) -> int | None:
    pick = page.remember(f"units_{name}_picked")
    at = pick.get()
    unit = int(at) if at.isdecimal() and len(at) < 3 and int(at) < len(trace.units) else None
    key = page.key(f"units_{name}")

    def event(kind: str) -> str:
        return str((session().get(key) or {}).get(kind))[:10]

    def on_mark() -> None:
        row, _, k = event("mark").partition(".")
        if name != "now" or not (row.isdecimal() and k.isdecimal()):
            return
        if int(row) < len(MARKS) and int(k) < len(trace.units):
            kit.remembered(page.slug, "marks", ContentParams).set(encode(flip(trace.params.marks, int(row), int(k))))
            pick.set(k)

    def choose(summary: str) -> None:
        if summary in SUMMARIES and name == "now":
            kit.remembered(page.slug, "summary", ContentParams).set(summary)

    figure = words_against_units(trace, theme=page.theme, lang=page.lang)
    kit.show(page, figure, name=f"bars_{name}", alt=BARS_ALT, height=270, on_pick=choose)
    mount(
        "units",
        key,
        {
            **units_data(trace, page.lang),
            "picked": at if unit is not None else "",
            "words": {id_: page.say(text) for id_, text in WORDS.items()},
        },
        on_mark_change=on_mark,
        on_pick_change=lambda: pick.set(event("pick")),
    )
    return unit


WORDS = {
    "summary": Text("Summary", "Реферат"),
    "people": Text("What people wrote", "Что написали люди"),
    "unit": Text("content unit", "единица содержания"),
    "here": Text("here", "здесь"),
    "weightHelp": Text("weight: how many people have it", "вес: у скольких людей она есть"),
    "pyramid": Text("pyramid", "пирамида"),
    "hit": Text("said", "сказано"),
    "extra": Text("extra", "лишнее"),
    "missed": Text("missed", "упущено"),
}
BARS_ALT = Text(
    "Four summaries: ROUGE-1, ROUGE-2, content units and pyramid side by side",
    "Четыре реферата: ROUGE-1, ROUGE-2, единицы содержания и пирамида рядом",
)
