"""What the labs of this room share: what a component has just sent, its words, numbers kept in the address."""

from __future__ import annotations

import math
from typing import Any

from core.params import Params
from pages._shared import kit
from pages._shared.state import session


def is_index(value: Any, count: int) -> bool:
    """Whether the browser sent an index below `count`."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < count


def read_row(value: Any, count: int, bound: float) -> tuple[float, ...] | None:
    """Numbers that the browser sent; None when they cannot be used."""
    if not isinstance(value, list) or len(value) != count:
        return None
    if not all(isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v) for v in value):
        return None
    return tuple(float(v) for v in value) if all(abs(v) <= bound for v in value) else None


def has_changed(page: kit.Page, params: Params) -> bool:
    """Whether the lab's parameters are others than at its last run in this session."""
    key = f"_{page.key(type(params).__name__)}_last"
    last, session()[key] = session().get(key), params
    return last is not None and last != params
