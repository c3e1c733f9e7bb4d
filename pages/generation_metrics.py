"""Generation metrics: how surprised the model is, and how dull its text."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._generation_metrics import repeats, sampling, surprise, teaching, units
from pages._shared import kit, words

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "surprise": (Text("Surprise", "Неожиданность"), surprise.lab),
    "units": (Text("Words or characters?", "Слова или символы?"), units.lab),
    "sampling": (Text("Temperature, top-k, top-p", "Температура, top-k, top-p"), sampling.lab),
    "repeats": (Text("Repeats", "Повторы"), repeats.lab),
}
page = kit.begin("generation_metrics")


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
