"""`show(page, figure)` and `show_board(page, board)`: the only ways a picture reaches the browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core.arithmetic import Cell
from core.figures.board import Board
from core.i18n import Text
from pages._shared import words
from pages._shared.components import mount
from pages._shared.page import Page
from pages._shared.state import session

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def _player_words(page: Page) -> dict[str, str]:
    return {
        "play": page.say(words.PLAY),
        "pause": page.say(words.PAUSE),
        "back": page.say(words.BACK),
        "forward": page.say(words.FORWARD),
        "step": page.say(words.STEP),
        "save": page.say(words.SAVE_PICTURE),
    }


def show_board(page: Page, board: Board, *, name: str, selected: str, on_edit: Any = None) -> Cell:
    """Linked matrices. Returns the picked cell; the pick and the step live in the address.

    `on_edit(cell, typed)` is called before the next rerun when a reader types into an editable cell.
    """
    pick, step = page.remember(f"{name}_cell", selected), page.remember(f"{name}_step")
    key = page.key(name)

    def event(kind: str) -> Any:
        return (session().get(key) or {}).get(kind)

    def on_select() -> None:
        pick.set(str(event("select"))[:60])

    def on_step() -> None:
        value = event("step")
        if isinstance(value, int):
            step.set("" if value == len(board.steps) - 1 else str(value))

    def on_typed() -> None:
        value = event("edit")
        cell = Cell.parse(str(value.get("cell"))) if isinstance(value, dict) else None
        if on_edit and cell and board.has(cell):
            on_edit(cell, str(value.get("typed"))[:40])

    cell = Cell.parse(pick.get())
    if cell is None or not board.has(cell):
        cell = Cell.parse(selected)
    assert cell is not None
    at = step.get()
    last = len(board.steps) - 1
    mount(
        "board",
        key,
        {
            "board": board.to_data(page.lang),
            "selected": str(cell),
            "step": min(int(at), last) if at.isdecimal() and len(at) < 4 else last,
            "name": key,
            "words": _player_words(page)
            | {"hint": page.say(words.HINT_BOARD if any(p.editable for p in board.panels()) else words.HINT_CELLS)},
        },
        on_select_change=on_select,
        on_step_change=on_step,
        on_edit_change=on_typed,
    )
    return cell


def show(
    page: Page,
    figure: Figure,
    *,
    name: str,
    alt: Text,
    height: int = 320,
    on_pick: Callable[[str], None] | None = None,
) -> None:
    """A plotly figure, updated in place: zoom and selection survive, and frames are played in the browser.

    on_pick : called before the next rerun with the `customdata` of a clicked point, at most 60 characters
    """
    key = page.key(name)

    def picked() -> None:
        if on_pick:
            on_pick(str((session().get(key) or {}).get("pick"))[:60])

    mount(
        "plot",
        key,
        {
            "figure": figure.to_json(),
            "height": height,
            "alt": page.say(alt),
            "name": key,
            "words": _player_words(page),
        },
        on_pick_change=picked,
    )
