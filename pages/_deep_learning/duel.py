"""The duel: one digit, ten contestants, wherever the digit is moved or however it is drawn."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.arithmetic import Formula
from core.figures.deep_learning import duel_data, thumbs
from core.foundations.deep_digits import REACH, Floats, load_canvases, scored_rows, shift
from core.foundations.deep_explain import explain
from core.foundations.deep_lab import Duel, DuelParams, DuelTrace, read_ink, reference, reference_before, run, tables
from core.foundations.deep_models import NAMES
from core.i18n import Text
from pages._deep_learning.parts import staged
from pages._shared import kit, words
from pages._shared.components import mount

FIRST_ROW = 235
WORDS = {
    "board": Text("the digit: drag it, or move it with the arrow keys", "цифра: перетащите её или двигайте стрелками"),
    "move": Text("move", "двигать"),
    "draw": Text("draw", "рисовать"),
    "clear": Text("clear", "стереть"),
    "home": Text("back to the middle", "в середину"),
    "digit": Text("digit", "цифра"),
    "disputed": Text("the most disputed of 600", "самые спорные из 600"),
    "contestants": Text("contestants", "участники"),
    "says": Text("says", "ответ"),
    "shares": Text("0 … 9", "0 … 9"),
    "right": Text("right of 600, all moved by dx", "верных из 600, все сдвинуты на dx"),
    "price": Text("fitting · numbers", "обучение · чисел"),
    "verdict": Text("{n} of {all} are right", "верно отвечают {n} из {all}"),
    "aside": Text("All test digits moved by dx", "Все цифры сдвинуты на dx"),
    "axis": Text("dx, pixels", "dx, пиксели"),
    "cost": Text("The price of it", "Цена"),
    "seconds": Text("time of fitting, measured here", "время обучения, измерено здесь"),
    "hint": Text(
        "drag the digit: every verdict follows · click a contestant for its arithmetic",
        "тащите цифру — ответы меняются на ходу · щёлкните участника — увидите расчёт",
    ),
    "save": words.SAVE_PICTURE,
}

LEARNING = Text("the contestants are still learning", "участники ещё учатся")


def begin(params: DuelParams) -> Duel:
    """The duel that all visitors of these parameters watch."""
    return Duel()


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the table of contestants, the arithmetic of the picked one."""
    with controls:
        params = kit.controls(page.slug, DuelParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        traces: dict[str, DuelTrace | None] = {}

        def draw(shown: DuelParams, name: str) -> None:
            duel: Duel = kit.cached(begin, shown)
            traces[name] = staged(
                page,
                f"duel_{name}",
                shown,
                lambda tick: run(shown, tick, duel),
                lambda trace: _show(page, trace, duel, name),
            )

        kit.compared(page, params, draw)
        trace = traces["now"]
        if trace is None:
            page.checks(lambda: kit.cached(reference_before, params), page.say(LEARNING))
        else:
            page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
            kit.toolbar(page, run, params, lambda: tables(trace))
            formulas = explain(trace, picked(page), moved(page), page.lang)
    page.arithmetic(formulas)


def picked(page: kit.Page) -> str:
    """The contestant in sight."""
    name = page.remember("model", "cnn").get()
    return name if name in NAMES else "cnn"


def shown_digit(page: kit.Page) -> tuple[Floats, int | None, int | None]:
    """The image (144,), its row among the scored ones and its digit; a drawn one has neither."""
    drawn = read_ink(page.remember("ink").get())
    if drawn is not None:
        return drawn, None, None
    images, digits = load_canvases()
    rows = scored_rows()
    row = kit.index(page.remember("row"), len(rows), FIRST_ROW)
    return np.asarray(images[rows[row]]), row, int(digits[rows[row]])


def shift_of(page: kit.Page) -> tuple[int, int]:
    """(dx, dy) of the digit in sight."""
    parts = page.remember("shift").get().split(".")
    if len(parts) == 2 and all(part in {str(v) for v in range(-REACH, REACH + 1)} for part in parts):
        return int(parts[0]), int(parts[1])
    return 0, 0


def moved(page: kit.Page) -> Floats:
    """The image (144,) where it is."""
    image, _, _ = shown_digit(page)
    return shift(image[None], *shift_of(page))[0]


def _show(page: kit.Page, trace: DuelTrace | None, duel: Duel, name: str) -> None:
    key = f"duel_{name}"
    results = trace.results if trace is not None else tuple(duel.results)
    image, row, digit = shown_digit(page)

    def on_pick() -> None:
        value = kit.event(page, key, "pick")
        if value in NAMES:
            page.remember("model", "cnn").set(str(value))

    def on_row() -> None:
        value = kit.event(page, key, "row")
        if isinstance(value, int) and 0 <= value < len(scored_rows()):
            page.remember("row").set(str(value))
            page.remember("ink").clear()
            page.remember("shift").clear()

    def on_shift() -> None:
        value = str(kit.event(page, key, "shift"))[:8]
        page.remember("shift").set("" if value == "0.0" else value)

    def on_ink() -> None:
        value = str(kit.event(page, key, "ink"))[:200]
        if read_ink(value) is not None:
            page.remember("ink").set(value)
            page.remember("shift").clear()

    mount(
        "deep_duel",
        page.key(key),
        {
            **duel_data(results, image, picked(page), page.lang),
            "thumbs": thumbs(results) if trace is not None else [],
            "row": row,
            "truth": digit,
            "shift": list(shift_of(page)),
            "words": {word: page.say(text) for word, text in WORDS.items()},
            "name": page.key(key),
        },
        on_pick_change=on_pick,
        on_row_change=on_row,
        on_shift_change=on_shift,
        on_ink_change=on_ink,
    )
