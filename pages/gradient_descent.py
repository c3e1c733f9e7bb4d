"""Gradient descent: seven optimizers race over a map, and every step can be read."""

from pages._gradient_descent import race, teaching
from pages._shared import kit, words

page = kit.begin("gradient_descent")


def room() -> None:
    """The lab, and what stands under it."""
    controls, views = page.columns()
    race.lab(page, controls, views)
    page.sections(
        {
            "predict": (words.PREDICT, lambda: kit.predict(page, teaching.questions(page))),
            "breaks": (words.BREAKS, lambda: teaching.breaks(page)),
            "how": (words.HOW, lambda: page.prose("how")),
            "sources": (words.SOURCES, lambda: page.prose("sources")),
        }
    )


page.lab(room)
