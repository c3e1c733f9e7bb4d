"""Dropout over one layer and through a deep net, with the right scale and with the miscopied one."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.figures.regularization import masks_data
from core.foundations.regular_dropout import DropoutParams, DropoutTrace, explain, reference, run, tables
from core.i18n import Text
from pages._regularization.parts import show_played
from pages._shared import kit

ALT = Text(
    "Twelve units of a layer, some removed; under them the outputs of all passes so far and the output at test time",
    "Двенадцать нейронов слоя, часть выключена; ниже — выходы всех проходов и выход на тесте",
)
WORDS = {
    "units": Text("what each unit adds: w·h, scaled", "вклад каждого нейрона: w·h с масштабом"),
    "outputs": Text("z̃ of the passes so far", "z̃ уже сделанных проходов"),
    "pass": Text("pass", "проход"),
    "kept": Text("stay", "осталось"),
    "mean": Text("mean", "среднее"),
    "test": Text("▲ test:", "▲ тест:"),
    "expected": Text("mean over all masks:", "среднее по всем маскам:"),
    "deep": Text("A deep net: size, test / training", "Глубокая сеть: тест / обучение"),
    "layers": Text("layer", "слой"),
    "line": Text("solid: 1, dashed: this scale", "сплошная: 1, пунктир: этот масштаб"),
}
SHIFTED = Text(
    "At test time the output is {r:.3g} times the mean of training. After {n} layers what is left is {d:.2g} of it.",
    "На тесте выход составляет {r:.3g} от среднего при обучении. После слоёв ({n}) остаётся {d:.2g}.",
)
HIDDEN = Text(
    "Here p = 1 − p, so the slip changes nothing. Move p.", "Здесь p = 1 − p, и описка ничего не меняет. Сдвиньте p."
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the layer that plays, the arithmetic of the pass at which it stands."""
    with controls:
        params = kit.controls(page.slug, DropoutParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        at: dict[str, int] = {}

        def draw(shown: DropoutParams, name: str) -> None:
            trace: DropoutTrace = kit.cached(run, shown)
            _tell(page, trace)
            at[name] = show_played(
                page,
                "regular_masks",
                {**masks_data(trace), "scale": shown.scale},
                name=name,
                alt=ALT,
                texts=WORDS,
                frames=len(trace.outputs),
            )

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, at["now"], page.lang)
    page.arithmetic(formulas)


def _tell(page: kit.Page, trace: DropoutTrace) -> None:
    p = trace.params
    if p.notes != "miscopied":
        return
    if p.p == 0.5:
        kit.refuse(HIDDEN, page.lang)
        return
    left = float(trace.at_test[-1] / trace.in_training[-1])
    kit.refuse(SHIFTED.format(r=p.p / (1 - p.p), n=p.layers, d=left), page.lang)
