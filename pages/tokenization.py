"""Where a model cuts a text, what each cut costs, and what comes back."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._shared import kit, words
from pages._tokenization import costs, cuts, glyphs, stops, teaching

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "cuts": (Text("Every tokenizer at once", "Все токенизаторы сразу"), cuts.lab),
    "unicode": (Text("Unicode", "Юникод"), glyphs.lab),
    "sentences": (Text("Sentences", "Предложения"), stops.lab),
    "costs": (Text("Languages and forms", "Языки и формы слов"), costs.lab),
}
page = kit.begin("tokenization")


def room() -> None:
    """The chosen lab, and what stands under it."""
    chosen = page.choose_lab({name: title for name, (title, _) in LABS.items()})
    controls, views = page.columns(narrow=1.0, wide=4.2)
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
