"""Neuron: one with its weights in hand, the graph that its gradient flows through, and what takes two layers."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._neuron import graph, one, teaching, xor
from pages._shared import kit, words

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "one": (Text("One neuron", "Один нейрон"), one.lab),
    "graph": (Text("Computation graph", "Граф вычислений"), graph.lab),
    "xor": (Text("XOR", "XOR"), xor.lab),
}
page = kit.begin("neuron")


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
