"""What a lab draws last: everything that the picture need not wait for.

The browser draws what it has got while more is still coming, so what is sent first is seen first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_waiting: ContextVar[list[Callable[[], object]] | None] = ContextVar("waiting", default=None)


def after(draw: Callable[[], object]) -> None:
    """Have `draw` called when the lab's body is done, in the order of asking; at once where no lab is being drawn."""
    waiting = _waiting.get()
    if waiting is None:
        draw()
    else:
        waiting.append(draw)


@contextmanager
def collecting() -> Iterator[list[Callable[[], object]]]:
    """Around a lab's body: what it wants drawn afterwards."""
    waiting: list[Callable[[], object]] = []
    token = _waiting.set(waiting)
    try:
        yield waiting
    finally:
        _waiting.reset(token)
