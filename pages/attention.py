"""Attention: where each word looks, and where every number comes from."""

from core.attention.explain import explain_cell
from core.attention.worked import WorkedParams, reference, run, tables
from core.figures.attention import worked_board
from pages._shared import kit

page = kit.begin("attention")


def lab() -> None:
    left, right = page.columns()
    with left:
        params = kit.controls(page.slug, WorkedParams, page.lang)
    with right:
        trace = kit.cached(run, params)
        cell = kit.show_board(page, worked_board(trace), name="board", selected="weights.1.1")
        page.checks(kit.cached(reference_of, params), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
    page.arithmetic(explain_cell(trace, cell, page.lang))


def reference_of(params):
    return reference(run(params))


page.lab(lab)
