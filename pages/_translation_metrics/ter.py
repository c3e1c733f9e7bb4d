"""TER: the edit script, played, and what shifts save."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.figures.translation import edit_bars, script_data, ter_equation
from core.i18n import Text
from core.metrics.ter_lab import TerParams, explain, reference, run, tables
from pages._shared import kit
from pages._translation_metrics.parts import draw_cards, draw_steps, own_file, setter


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The sentence under edit, the edits by kind, the arithmetic."""
    with controls:
        params = kit.controls(page.slug, TerParams, page.lang, above=page.wide(views))
        own_file(page)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        picks = {name: page.remember(f"ter_{name}_reference") for name in ("now", "kept")}

        def draw(shown: TerParams, name: str) -> None:
            trace = kit.cached(run, shown)
            at = trace.reference_shown(picks[name].get())
            draw_cards(page, f"ter_cards_{name}", ter_equation(trace, at, page.lang), CARDS)
            data = script_data(trace, at, page.lang)
            draw_steps(page, "edits", f"script_{name}", data, WORDS, last=len(data["stages"]) - 1, start=0)
            bars = edit_bars(trace, at, theme=page.theme, lang=page.lang)
            height = 150 + 62 * len(trace.ter.matches)
            kit.show(page, bars, name=f"edits_{name}", alt=EDITS_ALT, height=height, on_pick=setter(picks[name]))

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, trace.reference_shown(picks["now"].get()), page.lang)
    page.arithmetic(formulas)


WORDS = {
    "hint": Text("dashed: a word that a later step will touch", "пунктир — слово, которое тронут позже"),
    "tried": Text("Moves tried in this round, the best first", "Переносы этого круга, лучший первый"),
    "block": Text("block", "блок"),
    "by": Text("moved by", "сдвиг"),
    "gain": Text("edit distance", "расстояние"),
    "done": Text("done", "сделан"),
}
CARDS = Text("TER as a fraction", "TER как дробь")
EDITS_ALT = Text(
    "Edits by kind against each reference, with shifts and without; a click shows that reference's script",
    "Правки по видам относительно каждого эталона, с переносами и без; щелчок показывает его сценарий",
)
