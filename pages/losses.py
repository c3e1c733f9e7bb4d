"""Losses: one prediction under all of them, the padding bug, points that are pulled, an outlier."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._losses import outlier, pairs, prediction, teaching, tokens
from pages._shared import kit, words

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "prediction": (Text("One prediction", "Одно предсказание"), prediction.lab),
    "tokens": (Text("Tokens and the mask", "Токены и маска"), tokens.lab),
    "pairs": (Text("Triplet, contrastive", "Триплет, контрастивная"), pairs.lab),
    "outlier": (Text("An outlier", "Выброс"), outlier.lab),
}
page = kit.begin("losses")


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
