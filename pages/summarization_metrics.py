"""Summarisation metrics: how much of the reference survived, and what the number does not see."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._shared import kit, words
from pages._summarization_metrics import score

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "score": (Text("ROUGE, word by word", "ROUGE по словам"), score.lab),
}
page = kit.begin("summarization_metrics")


def room() -> None:
    """The chosen lab, and what stands under it."""
    chosen = page.choose_lab({name: title for name, (title, _) in LABS.items()})
    controls, views = page.columns()
    LABS[chosen][1](page, controls, views)


page.lab(room)
