"""Deep vs classical: one digit before ten models, how many examples each needs, the space a net builds, sentences."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._deep_learning import duel, sentence, sizes, space, teaching
from pages._shared import kit, words

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "duel": (Text("The duel", "Поединок"), duel.lab),
    "sizes": (Text("How many examples", "Сколько примеров"), sizes.lab),
    "space": (Text("What it learns", "Чему она учится"), space.lab),
    "text": (Text("Sentences", "Предложения"), sentence.lab),
}
page = kit.begin("deep_learning")


def room() -> None:
    """The chosen lab, and what stands under it."""
    chosen = page.choose_lab({name: title for name, (title, _) in LABS.items()})
    controls, views = page.columns()
    LABS.get(chosen, LABS["duel"])[1](page, controls, views)
    page.sections(
        {
            "predict": (words.PREDICT, lambda: kit.predict(page, teaching.questions(page))),
            "breaks": (words.BREAKS, lambda: teaching.breaks(page)),
            "how": (words.HOW, lambda: page.prose("how")),
            "sources": (words.SOURCES, lambda: page.prose("sources")),
        }
    )


page.lab(room)
