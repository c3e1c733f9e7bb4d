"""BPE, WordPiece, Unigram: how pieces of words earn a place in the vocabulary."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._shared import kit, words
from pages._subword import fertility, race, teaching

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "race": (Text("Three side by side", "Трое рядом"), race.lab),
    "text": (Text("A real text", "Настоящий текст"), fertility.lab),
}
page = kit.begin("subword")


def room() -> None:
    """The chosen lab, and what stands under it."""
    chosen = page.choose_lab({name: title for name, (title, _) in LABS.items()})
    controls, views = page.columns(narrow=1.0, wide=4.2)
    LABS[chosen][1](page, controls, views)
    page.sections(
        {
            "predict": (words.PREDICT, lambda: kit.predict(page, teaching.questions(page))),
            "breaks": (words.BREAKS, lambda: teaching.breaks(page)),
            "how": (words.HOW, lambda: page.prose("how")),
            "sources": (words.SOURCES, lambda: page.prose("sources")),
        }
    )


page.lab(room)
