"""Gradient flow: what of the gradient reaches the first layer, and what brings it back."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._gradient_flow import deep, landscape, recurrent, remedies, teaching
from pages._shared import kit, words

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "deep": (Text("A deep net", "Глубокая сеть"), deep.lab),
    "recurrent": (Text("A recurrent net", "Рекуррентная сеть"), recurrent.lab),
    "remedies": (Text("Remedies", "Средства"), remedies.lab),
    "landscape": (Text("Landscape", "Ландшафт"), landscape.lab),
}
page = kit.begin("gradient_flow")


def room() -> None:
    """The chosen lab, and what stands under it."""
    chosen = page.choose_lab({name: title for name, (title, _) in LABS.items()})
    controls, views = page.columns()
    LABS.get(chosen, LABS["deep"])[1](page, controls, views)
    page.sections(
        {
            "predict": (words.PREDICT, lambda: kit.predict(page, teaching.questions(page))),
            "breaks": (words.BREAKS, lambda: teaching.breaks(page)),
            "how": (words.HOW, lambda: page.prose("how")),
            "sources": (words.SOURCES, lambda: page.prose("sources")),
        }
    )


page.lab(room)
