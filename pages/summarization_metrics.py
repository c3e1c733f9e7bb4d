"""Summarisation metrics: how much of the reference survived, and what the number does not see."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._shared import kit, words
from pages._summarization_metrics import lead, score, teaching, units

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "score": (Text("ROUGE, word by word", "ROUGE по словам"), score.lab),
    "lead": (Text("Against lead-3", "Против lead-3"), lead.lab),
    "units": (Text("Words or content?", "Слова или смысл?"), units.lab),
}
page = kit.begin("summarization_metrics")


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
