"""What the labs share: the picture of points, what is picked, and the last words that could be looked up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from core.errors import Refusal
from core.params import Params
from pages._shared import kit, words
from pages._shared.components import mount
from pages._shared.state import session

P = TypeVar("P", bound=Params)
T = TypeVar("T")
PLAYER = {
    "play": words.PLAY,
    "pause": words.PAUSE,
    "back": words.BACK,
    "forward": words.FORWARD,
    "step": words.STEP,
    "save": words.SAVE_PICTURE,
}


def known(page: kit.Page, run: Callable[[P], T], params: P) -> tuple[P, T]:
    """`run(params)`. A half-typed word is refused with a sentence, and the last words that were known stay."""
    kept = f"_{page.key(type(params).__name__)}_known"
    try:
        trace = kit.cached(run, params)
        session()[kept] = params
        return params, trace
    except Refusal as refusal:
        kit.refuse(refusal.text, page.lang)
        before = session().get(kept)
        params = before if isinstance(before, type(params)) else type(params).default(page.lang)
        return params, kit.cached(run, params)


def cloud(
    page: kit.Page,
    name: str,
    data: dict[str, Any],
    *,
    on_pick: Callable[[int], None],
    step: str | None = None,
) -> None:
    """The component. `on_pick` is told the number of a clicked point; the frame is remembered under `step`."""
    key = page.key(name)
    last = len(data["frames"]) - 1

    def event(kind: str) -> Any:
        return (session().get(key) or {}).get(kind)

    def picked() -> None:
        value = event("pick")
        if isinstance(value, int) and 0 <= value < len(data["labels"]):
            on_pick(value)

    def stepped() -> None:
        value = event("step")
        if step and isinstance(value, int):
            page.remember(step).set("" if value >= last else str(value))

    if step:
        at = page.remember(step).get()
        data["step"] = min(int(at), last) if at.isdecimal() and len(at) < 4 else None
    data["name"] = key
    data["words"] |= {kind: page.say(text) for kind, text in PLAYER.items()}
    mount("cloud", key, data, on_pick_change=picked, on_step_change=stepped)


def picked_number(page: kit.Page, name: str, count: int, default: int = 0) -> int:
    """The number kept under `name` when it is one of `count`, else the default."""
    kept = page.remember(name).get()
    return int(kept) if kept.isdecimal() and len(kept) < 5 and int(kept) < count else default


def put(page: kit.Page, field: str, value: str) -> None:
    """Type into a text field for the reader (inside a callback)."""
    session()[page.key(field)] = value
