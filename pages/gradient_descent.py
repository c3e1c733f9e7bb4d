"""Gradient descent: optimizers and batch sizes race over a map, and every step can be read."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._gradient_descent import batches, race, teaching
from pages._shared import kit, words

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "race": (Text("Optimizers", "Оптимизаторы"), race.lab),
    "batches": (Text("Batches on real data", "Батчи на настоящих данных"), batches.lab),
}
page = kit.begin("gradient_descent")


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
