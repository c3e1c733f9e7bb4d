"""What the labs of this room share: the picture of fits beside errors, and what it sends back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._shared import kit
from pages._shared.components import mount

FIT = {
    "truth": Text("truth", "истина"),
    "fit": Text("fit", "кривая"),
    "thin": Text("samples", "выборки"),
    "second": Text("ridge", "штраф"),
    "point": Text("point", "точка"),
    "errors": Text("mean square error", "средний квадрат ошибки"),
}


def show_fit(
    page: kit.Page,
    data: dict[str, Any],
    *,
    name: str,
    texts: dict[str, Text],
    alt: Text,
    picked: int,
    on_at: Callable[[int], None],
    on_pick: Callable[[int], None] | None = None,
    on_move: Callable[[int, float], None] | None = None,
    sweep: bool = False,
) -> None:
    """Mount a fit picture. `name` ends with "now" for the live one; a kept one does not answer."""
    is_live = name.endswith("now")

    def at() -> None:
        value = kit.event(page, name, "at")
        if isinstance(value, int) and 0 <= value < len(data["values"]):
            on_at(value)

    def pick() -> None:
        value = kit.event(page, name, "pick")
        if on_pick and isinstance(value, int) and 0 <= value < 1000:
            on_pick(value)

    def move() -> None:
        value = kit.event(page, name, "move")
        if on_move and isinstance(value, dict):
            point, y = value.get("point"), value.get("y")
            if isinstance(point, int) and isinstance(y, int | float) and 0 <= point < len(data["points"]):
                on_move(point, float(y))

    mount(
        "overfit_fit",
        page.key(name),
        {
            **data,
            "picked": picked,
            "movable": is_live and on_move is not None,
            "fixed": not is_live,
            "sweep": is_live and sweep,
            "words": kit.said(page, {**FIT, **texts}),
            "alt": page.say(alt),
            "key": page.key(name),
        },
        on_at_change=at,
        on_pick_change=pick,
        on_move_change=move,
    )
