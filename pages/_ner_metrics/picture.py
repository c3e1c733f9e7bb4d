"""How marked sentences and their scores reach the browser, and how a pick or an edit comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._shared import kit, words
from pages._shared.components import mount
from pages._shared.state import session

Change = dict[str, Any]


def show_spans(
    page: kit.Page,
    data: dict[str, Any],
    *,
    name: str,
    hint: Text,
    on_pick: Callable[[str], None],
    on_edit: Callable[[Change], None] | None = None,
) -> None:
    """Dials, strips and tables. `on_pick(id)` and `on_edit(change)` are called before the next rerun."""
    key = page.key(name)

    def event(kind: str) -> Any:
        return (session().get(key) or {}).get(kind)

    def on_select() -> None:
        on_pick(str(event("select"))[:80])

    def on_change() -> None:
        change = event("edit")
        if on_edit and isinstance(change, dict):
            on_edit(change)

    mount(
        "spans",
        key,
        {
            **data,
            "name": key,
            "words": {
                "alt": page.say(ALT),
                "broken": page.say(BROKEN),
                "erase": page.say(ERASE),
                "fix": page.say(FIX),
                "fixHelp": page.say(FIX_HELP),
                "hint": page.say(hint),
                "key": page.say(KEY),
                "mark": page.say(MARK),
                "model": page.say(MODEL),
                "save": page.say(words.SAVE_PICTURE),
                "truth": page.say(TRUTH),
            },
        },
        on_select_change=on_select,
        on_edit_change=on_change,
    )


ALT = Text(
    "The sentence token by token: true entities and tags above, the model’s below",
    "Предложение по токенам: сверху истинные сущности и метки, снизу — ответ модели",
)
BROKEN = Text("the scheme does not allow this tag here", "схема не допускает здесь такой метки")
ERASE = Text("erase", "стереть")
FIX = Text("fix", "исправить")
FIX_HELP = Text("Put just this entity right", "Исправить только эту сущность")
KEY = Text("key", "клавиша")
MARK = Text("Drag over the words to mark:", "Ведите по словам, чтобы отметить:")
MODEL = Text("model", "модель")
TRUTH = Text("truth", "эталон")
