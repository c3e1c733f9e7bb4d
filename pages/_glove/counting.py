"""A window slides over a text and fills the matrix."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.embeddings.cooccurrence import DRAWN, CountParams, CountTrace, explain, reference, run, tables
from core.figures.glove import window_data
from core.i18n import Text
from pages._glove.parts import read_pair, show_steps
from pages._shared import kit


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Text over the views, the window and the matrix, the arithmetic of the picked cell."""
    with controls:
        params = kit.controls(page.slug, CountParams, page.lang, above=page.wide(views))
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        cells: dict[str, tuple[int, int]] = {}

        def draw(shown: CountParams, name: str) -> None:
            cells[name] = show(page, kit.cached(run, shown), name)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, *cells["now"], page.lang)
    page.arithmetic(formulas)


def show(page: kit.Page, trace: CountTrace, name: str) -> tuple[int, int]:
    """The text and the matrix; returns the picked cell."""
    size = min(DRAWN, len(trace.vocabulary))
    kept = page.remember(f"count_{name}_cell")
    cell = read_pair(kept.get(), size) or busiest(trace, size)
    show_steps(
        page,
        "cooccurrence",
        window_data(trace, cell),
        name=f"count_{name}",
        last=len(trace.words),
        hint=CUT.format(n=size, all=len(trace.vocabulary)) if size < len(trace.vocabulary) else HINT,
        alt=ALT,
        on_pick=kept.set,
        spoken={"start": START},
    )
    return cell


def busiest(trace: CountTrace, size: int) -> tuple[int, int]:
    """The largest cell of the drawn rows."""
    i, j = divmod(int(trace.X[:size, :size].argmax()), size)
    return i, j


START = Text("before the first word", "перед первым словом")
HINT = Text(
    "rows: the word in the middle; columns: who stands near it · click a cell to see its arithmetic",
    "строки — слово в центре, столбцы — кто рядом · щёлкните клетку — увидите расчёт",
)
CUT = Text(
    "the {n} most frequent of {all} words are drawn, all are counted · click a cell",
    "нарисованы {n} самых частых слов из {all}, посчитаны все · щёлкните клетку",
)
ALT = Text("Co-occurrence matrix that a window fills", "Матрица совместных встреч, которую заполняет окно")
