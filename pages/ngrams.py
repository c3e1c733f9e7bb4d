"""N-grams: how far counts alone predict the next word."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._ngrams import heldout, next_word, phrases, teaching
from pages._shared import kit, words

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "next": (Text("The next word", "Следующее слово"), next_word.lab),
    "heldout": (Text("Held-out perplexity", "Перплексия на отложенном"), heldout.lab),
    "phrases": (Text("Key phrases", "Ключевые фразы"), phrases.lab),
}
page = kit.begin("ngrams")


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
