"""Embeddings: what is near a word, what its arithmetic can do, and what a map of it is worth."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._embeddings import analogy, axis, contextual, maps, neighbours, odd, teaching
from pages._shared import kit, words

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "near": (Text("Neighbours", "Соседи"), neighbours.lab),
    "analogy": (Text("A − B + C", "A − B + C"), analogy.lab),
    "odd": (Text("Odd one out", "Лишнее слово"), odd.lab),
    "axis": (Text("An axis", "Ось"), axis.lab),
    "maps": (Text("Maps", "Карты"), maps.lab),
    "context": (Text("In context", "В контексте"), contextual.lab),
}
page = kit.begin("embeddings")


def room() -> None:
    """The chosen lab, and what stands under it."""
    chosen = page.choose_lab({name: title for name, (title, _) in LABS.items()})
    controls, views = page.columns(1.2, 3.6)
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
