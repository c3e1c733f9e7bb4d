"""Classification: one threshold and all that moves with it, and how classes are averaged."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._classification_metrics import averages, threshold
from pages._shared import kit, words

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "threshold": (Text("Threshold", "Порог"), threshold.lab),
    "averages": (Text("Many classes", "Много классов"), averages.lab),
}
page = kit.begin("classification_metrics")


def room() -> None:
    """The chosen lab, and what stands under it."""
    chosen = page.choose_lab({name: title for name, (title, _) in LABS.items()})
    controls, views = page.columns()
    LABS[chosen][1](page, controls, views)
    page.sections(
        {
            "predict": (
                words.PREDICT,
                lambda: kit.predict(page, (*threshold.questions(page), *averages.questions(page))),
            ),
            "breaks": (words.BREAKS, breaks),
            "how": (words.HOW, lambda: page.prose("how")),
            "sources": (words.SOURCES, lambda: page.prose("sources")),
        }
    )


def predict() -> None:
    """Questions of both labs."""
    kit.predict(page, (*threshold.questions(page), *averages.questions(page)))


def breaks() -> None:
    """Failures of both labs."""
    threshold.breaks(page)
    averages.breaks(page)


page.lab(room)
