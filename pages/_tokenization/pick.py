"""A component whose clicks pick something that the address keeps."""

from __future__ import annotations

from typing import Any

from pages._shared import kit
from pages._shared.components import mount
from pages._shared.state import session


def mount_picked(page: kit.Page, component: str, name: str, data: dict[str, Any], ending: str, start: str = "") -> None:
    """Mount `component`; what it says was picked is kept under `<name>_pick` as `<start><picked><ending>`."""
    key, picked = page.key(name), page.remember(f"{name}_pick")

    def on_pick() -> None:
        picked.set(f"{start}{(session().get(key) or {}).get('pick')}{ending}"[:30])

    mount(component, key, data, on_pick_change=on_pick)


def picked(page: kit.Page, name: str) -> str:
    """What was picked in the component `name`, as the address has it."""
    return page.remember(f"{name}_pick").get()
