"""Polynomials through noisy points, seen four ways: by degree, by folds, by number of points, by fresh samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.arithmetic import Formula
from core.figures.overfitting import degrees_data, folds_data, learning_data, nearest, spread_data
from core.foundations import overfit_learning, overfit_polynomial, overfit_spread
from core.foundations.overfit_explain import explain_fit, explain_folds, explain_learning, explain_spread
from core.foundations.overfit_polynomial import BOUND, PolyParams, PolyTrace, read_moves, write_moves
from core.i18n import Text
from pages._overfitting import tasks
from pages._overfitting.parts import show_fit
from pages._shared import kit
from pages._shared.choice import choose
from pages._shared.controls import field_key
from pages._shared.state import session

VIEWS: dict[str, Text] = {
    "": Text("degree", "степень"),
    "folds": Text("k-fold", "k блоков"),
    "points": Text("more points", "больше точек"),
    "spread": Text("bias and variance", "смещение и разброс"),
}
VIEW = Text("Errors against", "Ошибки: по чему")
PLANE = {
    "": Text("points ●, validation □: drag a point", "точки ●, валидация □: тяните точку"),
    "folds": Text("each curve leaves one fold out", "каждая кривая — без одного блока"),
    "points": Text("this training set", "эта обучающая выборка"),
    "spread": Text("the noise drawn 24 times, and the mean fit", "шум разыгран 24 раза; средняя кривая"),
}
HINT = {
    "": Text("drag the line on the right: another degree", "тяните черту справа: другая степень"),
    "folds": Text("pick a fold by its number", "блок выбирается по номеру"),
    "points": Text("drag the line on the right: more points", "тяните черту справа: больше точек"),
    "spread": Text("the thick curve is what they have in common", "толстая кривая — то общее, что у них есть"),
}
ALT = Text(
    "Points with the polynomial through them, and errors against the chosen quantity",
    "Точки с многочленом через них и ошибки в зависимости от выбранной величины",
)
RUNS: dict[str, Any] = {
    "": overfit_polynomial,
    "folds": overfit_polynomial,
    "points": overfit_learning,
    "spread": overfit_spread,
}


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the fit beside its errors, the arithmetic of what is picked."""
    with controls:
        params = kit.controls(page.slug, PolyParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        if page.stage == "figures":
            view = page.remember("view").get()
        else:
            view = choose(
                page.remember("view"),
                list(VIEWS),
                lambda name: page.say(VIEWS[name]),
                label=page.say(VIEW),
                hide_label=True,
            )
        view = view if view in VIEWS else ""
        fit: PolyTrace = kit.cached(overfit_polynomial.run, params)
        d = params.degree
        tasks.banner(page, params, (float(fit.train[d]), float(fit.valid[d])))
        kit.compared(page, params, lambda shown, name: _draw(page, shown, view, name))
        trace, module = kit.cached(RUNS[view].run, params), RUNS[view]
        page.checks(lambda: kit.verified(module.reference, params, trace), trace.signature)
        kit.toolbar(page, module.run, params, lambda: module.tables(trace))
        formulas = _arithmetic(page, view, fit, trace)
    page.arithmetic(formulas)


def _point(page: kit.Page, params: PolyParams) -> int:
    return kit.index(page.remember("point"), params.n, 0)


def _fold(page: kit.Page, params: PolyParams) -> int:
    return kit.index(page.remember("fold"), params.folds, 0)


def _arithmetic(page: kit.Page, view: str, fit: PolyTrace, trace: Any) -> tuple[Formula, ...]:
    if view == "folds":
        return explain_folds(fit, _fold(page, fit.params), page.lang)
    if view == "points":
        return explain_learning(trace, nearest(trace.sizes, fit.params.n), page.lang)
    if view == "spread":
        return explain_spread(trace, page.lang)
    return explain_fit(fit, _point(page, fit.params), page.lang)


def _draw(page: kit.Page, params: PolyParams, view: str, name: str) -> None:
    fit: PolyTrace = kit.cached(overfit_polynomial.run, params)
    on_move: Callable[[int, float], None] | None = None
    if view == "folds":
        data, picked = folds_data(fit, page.lang), _fold(page, params)
    elif view == "points":
        data, picked = learning_data(kit.cached(overfit_learning.run, params), fit, page.lang), 0
    elif view == "spread":
        data, picked = spread_data(kit.cached(overfit_spread.run, params), fit, page.lang), 0
    else:
        data, picked = degrees_data(fit, page.lang), _point(page, params)

        def on_move(point: int, y: float) -> None:
            moves = read_moves(params.moved, params.n)
            moves[point] = round(max(-BOUND, min(BOUND, y)), 2)
            session()[field_key(page.slug, "moved")] = write_moves(moves)

    def on_at(place: int) -> None:
        field = "n" if view == "points" else "degree"
        session()[field_key(page.slug, field)] = max(8, data["values"][place]) if field == "n" else place

    def on_pick(value: int) -> None:
        page.remember("fold" if view == "folds" else "point").set(str(value) if value else "")

    show_fit(
        page,
        data,
        name=f"fit_{view or 'degree'}_{name}",
        texts={"plane": PLANE[view], "hint": HINT[view]},
        alt=ALT,
        picked=picked,
        on_at=on_at,
        on_pick=on_pick,
        on_move=on_move,
        sweep=view == "",
    )
