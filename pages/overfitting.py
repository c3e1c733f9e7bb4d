"""Overfitting: when a better fit predicts worse, and what brings the two together."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._overfitting import double, network, polynomial, tasks, teaching
from pages._shared import kit, words

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "polynomial": (Text("Polynomial", "Многочлен"), polynomial.lab),
    "network": (Text("Network", "Сеть"), network.lab),
    "double": (Text("Double descent", "Двойной спуск"), double.lab),
}
page = kit.begin("overfitting")


def room() -> None:
    """The chosen lab, and what stands under it."""
    chosen = page.choose_lab({name: title for name, (title, _) in LABS.items()})
    controls, views = page.columns()
    LABS.get(chosen, LABS["polynomial"])[1](page, controls, views)
    page.sections(
        {
            "fix": (tasks.FIX, lambda: tasks.offer(page)),
            "predict": (words.PREDICT, lambda: kit.predict(page, teaching.questions(page))),
            "breaks": (words.BREAKS, lambda: teaching.breaks(page)),
            "how": (words.HOW, lambda: page.prose("how")),
            "sources": (words.SOURCES, lambda: page.prose("sources")),
        }
    )


page.lab(room)
