"""Bag of words: which words tell documents apart, what is lost with their order, and a search made of it."""

from pages._bow_tfidf import lab, teaching
from pages._shared import kit, words

page = kit.begin("bow_tfidf")


def room() -> None:
    """The lab, and what stands under it."""
    controls, views = page.columns()
    lab.lab(page, controls, views)
    page.sections(
        {
            "predict": (words.PREDICT, lambda: kit.predict(page, teaching.questions(page))),
            "breaks": (words.BREAKS, lambda: teaching.breaks(page)),
            "how": (words.HOW, lambda: page.prose("how")),
            "sources": (words.SOURCES, lambda: page.prose("sources")),
        }
    )


page.lab(room)
