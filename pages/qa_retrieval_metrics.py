"""Answers and rankings: exact match and token F1, MRR, hits@k, P@k and nDCG, by hand and on a real search."""

from collections.abc import Callable
from typing import Any

from core.i18n import Text
from pages._qa_retrieval_metrics import answers, more, ranking, search
from pages._shared import kit, words

LABS: dict[str, tuple[Text, Callable[[kit.Page, Any, Any], None]]] = {
    "answers": (Text("Is the answer right?", "Верен ли ответ?"), answers.lab),
    "ranking": (Text("How high is it ranked?", "Как высоко он стоит?"), ranking.lab),
    "search": (Text("A real search", "Настоящий поиск"), search.lab),
}
page = kit.begin("qa_retrieval_metrics")


def room() -> None:
    """The chosen lab, and what stands under it."""
    chosen = page.choose_lab({name: title for name, (title, _) in LABS.items()})
    controls, views = page.columns()
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
