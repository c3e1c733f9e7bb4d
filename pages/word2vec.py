"""Word2Vec: how guessing neighbours makes meaning, from one step to a trained vocabulary."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._shared import kit, words
from pages._word2vec import step, teaching, training, window

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "training": (Text("Training", "Обучение"), training.lab),
    "step": (Text("One step", "Один шаг"), step.lab),
    "window": (Text("The window", "Окно"), window.lab),
}
page = kit.begin("word2vec")


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
