"""What both labs of the room share: the race as a browser component, and what it tells back."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from core.foundations.surfaces import View
from core.i18n import Text
from pages._shared import kit, words
from pages._shared.components import mount
from pages._shared.state import session

ALT = Text(
    "Map of f with the ways of {n} runs from the start, and f against the step",
    "Карта f с путями методов ({n}) от старта и f по шагам",
)


def read_numbers(value: Any, count: int, bound: float) -> tuple[float, ...] | None:
    """Numbers that came from the browser or the address; None when they cannot be used."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list) or len(parts) != count:
        return None
    try:
        found = tuple(float(part) for part in parts)
    except (TypeError, ValueError):
        return None
    return found if all(math.isfinite(v) and abs(v) <= bound for v in found) else None


def read_view(words_: str, surface: str) -> View | None:
    """The part of the plane that was zoomed to, if it belongs to `surface` and is a rectangle."""
    named, _, numbers = words_.partition(":")
    found = read_numbers(numbers, 4, 1e4) if named == surface else None
    if found is None or not (found[1] - found[0] > 1e-6 and found[3] - found[2] > 1e-6):
        return None
    return found[0], found[1], found[2], found[3]


def picked_run(page: kit.Page, field: str, default: str, known: list[str]) -> str:
    """The run whose arithmetic is shown."""
    kept = page.remember(field, default).get()
    return kept if kept in known else default


def shown_runs(page: kit.Page, field: str, default: str, known: list[str]) -> list[str]:
    """The runs that are drawn, in the order of the race."""
    kept = page.remember(field, default).get().split(".")
    return [name for name in known if name in kept] or [name for name in known if name in default.split(".")]


def picked_step(page: kit.Page, field: str, steps: int) -> int | None:
    """Where the reader stopped; None is the end."""
    kept = page.remember(field).get()
    return int(kept) if kept.isdecimal() and len(kept) <= 4 and int(kept) < steps else None


def show_race(
    page: kit.Page,
    data: dict[str, Any],
    *,
    name: str,
    surface: str,
    prefix: str,
    default_pick: str,
    default_shown: str,
    on_start: Callable[[float, float], None] | None,
) -> tuple[str, int]:
    """Mount the race; returns the picked run and the step whose arithmetic is asked for.

    `prefix` tells apart what the labs remember in the address.
    """
    key = page.key(f"{prefix}race_{name}")
    known = [one["id"] for one in data["runs"]]
    steps = int(data["steps"])

    def event(kind: str) -> Any:
        return (session().get(key) or {}).get(kind)

    def on_pick() -> None:
        if event("pick") in known:
            page.remember(f"{prefix}run", default_pick).set(str(event("pick")))

    def on_shown() -> None:
        given = event("shown")
        if isinstance(given, list):
            page.remember(f"{prefix}shown", default_shown).set(".".join(n for n in known if n in given))

    def on_step() -> None:
        given = event("step")
        if isinstance(given, int | float) and 0 <= given <= steps:
            page.remember(f"{prefix}t").set("" if given == steps else str(int(given)))

    def on_view() -> None:
        found = read_numbers(event("view"), 4, 1e4)
        if found:
            is_whole = all(abs(a - b) < 1e-9 for a, b in zip(found, data["whole"], strict=True))
            kept = "" if is_whole else f"{surface}:" + ",".join(f"{v:.6g}" for v in found)
            page.remember(f"{prefix}view").set(kept)

    def started() -> None:
        found = read_numbers(event("start"), 2, 100)
        if found and on_start:
            on_start(*found)

    step = picked_step(page, f"{prefix}t", steps)
    picked = picked_run(page, f"{prefix}run", default_pick, known)
    spoken = {
        "save": words.SAVE_PICTURE,
        "play": words.PLAY,
        "pause": words.PAUSE,
        "back": words.BACK,
        "forward": words.FORWARD,
    }
    mount(
        "descent",
        key,
        {
            **data,
            "words": {**data["words"], **{k: page.say(v) for k, v in spoken.items()}},
            "picked": picked,
            "shown": shown_runs(page, f"{prefix}shown", default_shown, known),
            "step": step,
            "alt": page.say(ALT.format(n=len(known))),
            "name": key,
            "fixed": name != "now",
            "movable": name == "now" and on_start is not None,
        },
        on_pick_change=on_pick,
        on_shown_change=on_shown,
        on_step_change=on_step,
        on_view_change=on_view,
        on_start_change=started,
    )
    return picked, steps if step is None else step
