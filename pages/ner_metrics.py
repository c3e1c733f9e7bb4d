"""Named entities: why 90 % of the tokens can be right and not one entity."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._ner_metrics import corpus, sentence
from pages._shared import kit, words

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "sentence": (Text("One sentence", "Одно предложение"), sentence.lab),
    "corpus": (Text("Your tagger’s output", "Вывод вашей модели"), corpus.lab),
}
page = kit.begin("ner_metrics")


def room() -> None:
    """The chosen lab, and what stands under it."""
    chosen = page.choose_lab({name: title for name, (title, _) in LABS.items()})
    controls, views = page.columns()
    LABS[chosen][1](page, controls, views)
    page.sections(
        {
            "predict": (words.PREDICT, lambda: kit.predict(page, sentence.questions(page))),
            "breaks": (words.BREAKS, lambda: sentence.breaks(page)),
            "how": (words.HOW, lambda: page.prose("how")),
            "sources": (words.SOURCES, lambda: page.prose("sources")),
        }
    )


page.lab(room)
