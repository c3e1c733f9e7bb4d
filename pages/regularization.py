"""Regularization: how a model is made to prefer the simple answer, and what each way really does."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._regularization import augment, batch, dropout, paths, teaching, training
from pages._shared import kit, words

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "paths": (Text("L1 and L2", "L1 и L2"), paths.lab),
    "dropout": (Text("Dropout", "Dropout"), dropout.lab),
    "batch": (Text("Batch norm", "Batch norm"), batch.lab),
    "training": (Text("Training", "Обучение"), training.lab),
    "text": (Text("Text augmentation", "Аугментация текста"), augment.lab),
}
page = kit.begin("regularization")


def room() -> None:
    """The chosen lab, and what stands under it."""
    chosen = page.choose_lab({name: title for name, (title, _) in LABS.items()})
    controls, views = page.columns()
    LABS.get(chosen, LABS["paths"])[1](page, controls, views)
    page.sections(
        {
            "predict": (words.PREDICT, lambda: kit.predict(page, teaching.questions(page))),
            "breaks": (words.BREAKS, lambda: teaching.breaks(page)),
            "how": (words.HOW, lambda: page.prose("how")),
            "sources": (words.SOURCES, lambda: page.prose("sources")),
        }
    )


page.lab(room)
