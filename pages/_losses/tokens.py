"""Cross-entropy token by token: the mask, and what the sum is divided by."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Cell, Formula
from core.errors import Refusal
from core.figures.losses import padding_curves, tokens_board
from core.foundations.loss_tokens import (
    MaskedParams,
    MaskedTrace,
    check_rows,
    explain,
    fit_rows,
    reference,
    run,
    split_words,
    tables,
)
from core.i18n import Text
from core.params import encode
from pages._shared import kit, words
from pages._shared.controls import field_key
from pages._shared.state import session

REFUSED = "_losses_refused"
CURVES_ALT = Text(
    "Loss of the same sentence against its padding: divided by the mask it stays level, divided by the length it falls",
    "Потеря одного предложения против его паддинга: при делении на маску она постоянна, при делении на длину падает",
)
NOTHING_LEFT = Text(
    "Every token is hidden: 0 / 0. There is no loss to take the mean of, and PyTorch answers NaN.",
    "Скрыты все токены: 0 / 0. Усреднять нечего, PyTorch отвечает NaN.",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the board of tokens, the means against the padding, the arithmetic of the picked cell."""
    with controls:
        params = kit.controls(page.slug, MaskedParams, page.lang, above=page.wide(views))
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        cells: dict[str, Cell] = {}

        def draw(shown: MaskedParams, name: str) -> None:
            trace: MaskedTrace = kit.cached(run, shown)
            if not trace.m.any():
                kit.refuse(NOTHING_LEFT, page.lang)
            cells[name] = kit.show_board(
                page,
                tokens_board(trace),
                name=f"tokens_{name}",
                selected="means.0.0",
                on_edit=(lambda cell, typed: edit(page, shown, cell, typed)) if name == "now" else None,
            )
            figure = padding_curves(trace, theme=page.theme, lang=page.lang)
            kit.show(page, figure, name=f"padding_{name}", alt=CURVES_ALT, height=280)

        kit.compared(page, params, draw)
        refused, typed_at = session().get(REFUSED, (None, None))
        if refused and typed_at == params:
            kit.refuse(refused, page.lang)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, cells["now"], page.lang)
    page.arithmetic(formulas)


def edit(page: kit.Page, params: MaskedParams, cell: Cell, typed: str) -> None:
    """A number typed into a probability or a mask: kept when it can be used, else a sentence and the old number."""
    tokens = split_words(params.words)
    try:
        value = _number(typed)
        if cell.row >= len(tokens):
            _edit_padding(page, cell.panel, value)
            return
        rows = [list(row) for row in fit_rows(params.table, tokens)]
        rows[cell.row][cell.panel == "m"] = value
        changed = tuple(tuple(row) for row in rows)
        check_rows(changed)
    except Refusal as refusal:
        session()[REFUSED] = (refusal.text, params)
        return
    kit.remembered(page.slug, "table", MaskedParams).set(encode(changed))


def _edit_padding(page: kit.Page, panel: str, value: float) -> None:
    """All padding is alike: its cells are the two controls."""
    if panel == "m":
        check_rows(((1.0, value),))
        session()[field_key(page.slug, "is_hidden")] = value == 0
    else:
        MaskedParams.parse({"p_pad": value})
        session()[field_key(page.slug, "p_pad")] = value


def _number(typed: str) -> float:
    """A decimal number as people type it.

    Raises
    ------
    Refusal
        If it is none.
    """
    try:
        return float(typed.strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        raise Refusal(words.NOT_A_NUMBER.format(typed=typed[:20])) from None
