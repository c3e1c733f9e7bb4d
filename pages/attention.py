"""Attention: where each word looks, and where every number comes from."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._attention import bertviz, explanation, saturation, sentence, worked
from pages._shared import kit, words

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "worked": (Text("Worked example", "Пример"), worked.lab),
    "scale": (Text("Why √d?", "Зачем √d?"), saturation.lab),
    "sentence": (Text("Your sentence", "Ваше предложение"), sentence.lab),
    "explanation": (Text("Is it an explanation?", "Это объяснение?"), explanation.lab),
    "bertviz": (Text("BertViz", "BertViz"), bertviz.lab),
}
page = kit.begin("attention")


def room() -> None:
    """The chosen lab, and what stands under it."""
    chosen = page.choose_lab({name: title for name, (title, _) in LABS.items()})
    controls, views = page.columns()
    LABS[chosen][1](page, controls, views)
    page.sections(
        {
            "predict": (words.PREDICT, lambda: kit.predict(page, worked.questions(page) + sentence.questions(page))),
            "breaks": (words.BREAKS, lambda: worked.breaks(page)),
            "how": (words.HOW, lambda: page.prose("how")),
            "sources": (words.SOURCES, lambda: page.prose("sources")),
        }
    )


page.lab(room)
