"""The same net with each remedy, side by side on one clock."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.figures.regularization import training_data
from core.foundations.regular_training import METHODS, TrainParams, TrainTrace, explain, reference, run, tables
from core.i18n import Text
from pages._regularization.parts import show_played
from pages._shared import kit

ALT = Text(
    "Six small nets on the same points: decision map, training and validation loss, weights, step by step",
    "Шесть маленьких сетей на одних точках: карта решений, потери на обучении и валидации, веса — по шагам",
)
WORDS = {
    "at": Text("step", "шаг"),
    "test": Text("test", "тест"),
    "hint": Text(
        "solid: training loss, dashed: validation · bars: weights, height √share · ★ least test loss · click for the "
        "arithmetic",
        "сплошная — потери на обучении, пунктир — на валидации · столбики — веса, высота √доли · ★ наименьшие потери "
        "на тесте · щелчок — расчёт",
    ),
}
LOST = Text(
    "Diverged: {which}. At this step length the loss is no number any more.",
    "Разошлось: {which}. При таком шаге потери перестают быть числом.",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, six tiles, the arithmetic of the picked one."""
    with controls:
        params = kit.controls(page.slug, TrainParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    kept = page.remember("remedy")
    picked = kept.get() if kept.get() in METHODS else "l2"

    def on_pick(value: Any) -> None:
        if value in METHODS:
            kept.set(str(value))

    with views, kit.sentences(page.lang):
        at: dict[str, int] = {}

        def draw(shown: TrainParams, name: str) -> None:
            trace: TrainTrace = kit.cached(run, shown, large=True)
            lost = [page.say(METHODS[key]) for key, one in trace.runs.items() if one.recording.is_lost]
            if lost:
                kit.refuse(LOST.format(which=", ".join(lost)), page.lang)
            at[name] = show_played(
                page,
                "regular_training",
                training_data(trace, picked, page.lang),
                name=name,
                alt=ALT,
                texts=WORDS,
                frames=len(trace.steps),
                on_pick=on_pick,
            )

        kit.compared(page, params, draw)
        trace = kit.cached(run, params, large=True)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, picked, at["now"], page.lang)
    page.arithmetic(formulas)
