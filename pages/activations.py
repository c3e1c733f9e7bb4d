"""Activations: which curve keeps the signal, and the gradient, alive."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text, same
from pages._activations import curve, depth, dying, more, temperature
from pages._shared import kit, words

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "curve": (Text("One curve", "Одна кривая"), curve.lab),
    "depth": (Text("Twenty layers", "Двадцать слоёв"), depth.lab),
    "dying": (Text("Dead ReLU", "Мёртвый ReLU"), dying.lab),
    "softmax": (same("Softmax"), temperature.lab),
}
page = kit.begin("activations")


def room() -> None:
    """The chosen lab, and what stands under it."""
    chosen = page.choose_lab({name: title for name, (title, _) in LABS.items()})
    controls, views = page.columns()
    LABS[chosen][1](page, controls, views)
    page.sections(
        {
            "predict": (words.PREDICT, lambda: kit.predict(page, more.questions(page))),
            "breaks": (words.BREAKS, lambda: more.breaks(page)),
            "how": (words.HOW, lambda: page.prose("how")),
            "sources": (words.SOURCES, lambda: page.prose("sources")),
        }
    )


page.lab(room)
