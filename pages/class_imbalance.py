"""Class imbalance: seven answers to a rare class, the leak, and several classes of sentences."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._class_imbalance import leak, remedies, sentences, teaching
from pages._shared import kit, words

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "remedies": (Text("Remedies", "Средства"), remedies.lab),
    "leak": (Text("The leak", "Утечка"), leak.lab),
    "sentences": (Text("Sentences", "Предложения"), sentences.lab),
}
page = kit.begin("class_imbalance")


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
