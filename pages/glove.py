"""GloVe: words are counted side by side, and vectors are fitted to the logarithms of the counts."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._glove import counting, fitting, meaning, teaching
from pages._shared import kit, words

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "count": (Text("Counting", "Счёт"), counting.lab),
    "fit": (Text("What is fitted", "Что подгоняется"), fitting.lab),
    "meaning": (Text("Meaning", "Смысл"), meaning.lab),
}
page = kit.begin("glove")


def room() -> None:
    """The chosen lab, and what stands under it."""
    chosen = page.choose_lab({name: title for name, (title, _) in LABS.items()})
    controls, views = page.columns()
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
