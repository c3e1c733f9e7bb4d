"""Which metric notices which error: one sentence, damaged on purpose, under all four."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.figures.translation import error_rows, severity_strip
from core.i18n import Text, same
from core.metrics.bleu_lab import BleuParams
from core.metrics.chrf_lab import ChrfParams
from core.metrics.errors_lab import ERRORS, ErrorsParams, ErrorsTrace, explain, reference, run, tables
from core.metrics.meteor_lab import MeteorParams
from core.metrics.ter_lab import TerParams
from core.params import Params
from pages._shared import kit
from pages._shared.components import mount
from pages._translation_metrics.parts import own_file, setter

OPEN: dict[str, tuple[Text, type[Params]]] = {
    "": (same("BLEU"), BleuParams),
    "meteor": (same("METEOR"), MeteorParams),
    "ter": (same("TER"), TerParams),
    "chrf": (same("chrF"), ChrfParams),
}


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The table of damaged sentences, how each metric ranks the damage, the arithmetic of the picked one."""
    with controls:
        params = kit.controls(page.slug, ErrorsParams, page.lang, above=page.wide(views))
        own_file(page)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        picks = {name: page.remember(f"error_{name}") for name in ("now", "kept")}

        def draw(shown: ErrorsParams, name: str) -> None:
            trace = kit.cached(run, shown)
            row = trace.row(picks[name].get())
            key = f"errors_{name}"
            mount(
                "errors",
                page.key(key),
                {**error_rows(trace, row, page.lang), "words": {"alt": page.say(TABLE_ALT), "hint": page.say(HINT)}},
                on_pick_change=lambda: picks[name].set(str(kit.event(page, key, "pick"))[:12]),
            )
            _skipped(page, trace)
            if name == "now":
                _open_elsewhere(page, trace, row)
            strip = severity_strip(trace, row, theme=page.theme, lang=page.lang)
            kit.show(page, strip, name=f"severity_{name}", alt=STRIP_ALT, height=430, on_pick=setter(picks[name]))

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, trace.row(picks["now"].get()), page.lang)
    page.arithmetic(formulas)


def _skipped(page: kit.Page, trace: ErrorsTrace) -> None:
    if trace.skipped:
        listed = ", ".join(page.say(ERRORS[name]) for name in trace.skipped)
        st.caption(page.say(SKIPPED.format(listed=listed)))


def _open_elsewhere(page: kit.Page, trace: ErrorsTrace, row: int) -> None:
    """The picked sentence as the hypothesis of another lab."""

    def open_lab(name: str, cls: type[Params]) -> None:
        values = {"hypothesis": trace.sentences[row][:400], "references": trace.params.references}
        kit.apply(page.slug, cls, values, page.lang)
        page.open_lab().set(name)

    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption(page.say(ELSEWHERE.format(n=row + 1)), width="content")
        for name, (title, cls) in OPEN.items():
            key = f"_{page.key('open')}_{name}"
            st.button(page.say(title), key=key, on_click=open_lab, args=(name, cls), type="tertiary")


TABLE_ALT = Text(
    "Damaged sentences and what each metric leaves of its score",
    "Повреждённые предложения и сколько от своей оценки оставляет каждая метрика",
)
HINT = Text(
    "the sentence is your first reference · ◂ the metric that is alarmed most · pick a row",
    "предложение — ваш первый эталон · ◂ метрика, встревоженная больше всех · выберите строку",
)
SKIPPED = Text("Nothing to damage here for: {listed}.", "Для этого здесь нечего портить: {listed}.")
ELSEWHERE = Text("Sentence {n} in detail:", "Предложение {n} подробно:")
STRIP_ALT = Text(
    "How each metric ranks the errors, from severe on the left to harmless on the right",
    "Как каждая метрика ранжирует ошибки: слева тяжёлые, справа безобидные",
)
