"""Batch norm on four measurements of patients, batch after batch."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.figures.regularization import batch_data
from core.foundations.regular_batchnorm import BATCHES, SHOWN, BatchParams, BatchTrace, explain, reference, run, tables
from core.i18n import Text
from pages._regularization.parts import show_played
from pages._shared import kit

ALT = Text(
    "Four features of the patients of each batch: in their own units, after batch norm in training, and at test time",
    "Четыре признака пациентов каждого батча: в своих единицах, после batch norm при обучении и на тесте",
)
TITLES = Text(
    "x, its own units|y in training: µ, v of the batch|y at test: running µ, v",
    "x в своих единицах|y при обучении: µ, v батча|y на тесте: скользящие µ, v",
)
SHORT = Text("x|training|test", "x|обучение|тест")
WORDS = {"batch": Text("batch", "батч")}
HINT = Text(
    "● one patient, in every batch; the ticks under it are all the values training has given it · band: running µ ± σ, "
    "blue line: µ of this batch · click a feature for its arithmetic",
    "● один и тот же пациент во всех батчах; засечки под ним — всё, что он получал при обучении · полоса: скользящие "
    "µ ± σ, синяя черта: µ этого батча · щелчок по признаку — расчёт",
)
ALONE = Text(
    "A batch of one is its own mean: x − µ = 0, and every patient gets y = β. torch refuses to train like this; the "
    "running variance goes to 0, so that at test time anybody else lands far outside.",
    "Батч из одного примера — сам себе среднее: x − µ = 0, и любой пациент получает y = β. torch так учить "
    "отказывается; скользящая дисперсия уходит в 0, и на тесте любой другой окажется далеко за краем.",
)
PAIR = Text(
    "With two in a batch x̂ is +1 or −1: only who is larger is left, not by how much.",
    "Когда в батче двое, x̂ равен +1 или −1: видно, кто больше, но не насколько.",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the batches that play, the arithmetic of the patient who is in all of them."""
    with controls:
        params = kit.controls(page.slug, BatchParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    kept = page.remember("measure")
    picked = kit.index(kept, len(SHOWN), 1)

    def on_pick(value: Any) -> None:
        if isinstance(value, int) and 0 <= value < len(SHOWN):
            kept.set(str(value))

    with views, kit.sentences(page.lang):
        at: dict[str, int] = {}

        def draw(shown: BatchParams, name: str) -> None:
            trace: BatchTrace = kit.cached(run, shown)
            if shown.size <= 2:
                kit.refuse(ALONE if shown.size == 1 else PAIR, page.lang)
            data = batch_data(trace, picked, page.lang)
            columns = {"columns": page.say(TITLES).split("|"), "short": page.say(SHORT).split("|")}
            at[name] = show_played(
                page,
                "regular_batch",
                {**data, "heads": columns, "hint": page.say(HINT)},
                name=name,
                alt=ALT,
                texts=WORDS,
                frames=BATCHES,
                on_pick=on_pick,
            )

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, at["now"], picked, page.lang)
    page.arithmetic(formulas)
