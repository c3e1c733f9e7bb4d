"""Translation metrics: why a translation scores what it scores, and what would change it."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text, same
from pages._shared import kit, words
from pages._translation_metrics import bleu, chrf, corpus, errors, meteor, more, ter

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "bleu": (same("BLEU"), bleu.lab),
    "meteor": (same("METEOR"), meteor.lab),
    "ter": (same("TER"), ter.lab),
    "chrf": (same("chrF"), chrf.lab),
    "errors": (Text("Which notices what?", "Кто что замечает?"), errors.lab),
    "corpus": (Text("A against B", "A против B"), corpus.lab),
}
page = kit.begin("translation_metrics")


def room() -> None:
    """The chosen lab, and what stands under it."""
    chosen = page.choose_lab({name: title for name, (title, _) in LABS.items()})
    controls, views = page.columns(narrow=1.15, wide=3.4)
    LABS[chosen][1](page, controls, views)
    page.sections(
        {
            "predict": (words.PREDICT, lambda: kit.predict(page, more.questions(page))),
            "breaks": (words.BREAKS, lambda: more.breaks(page)),
            "how": (words.HOW, lambda: page.prose("how")),
            "sources": (words.SOURCES, lambda: page.prose("sources")),
        }
    )


page.lab(room)
