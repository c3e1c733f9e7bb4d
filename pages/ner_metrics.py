"""Named entities: why 90 % of the tokens can be right and not one entity."""

from pages._ner_metrics import sentence
from pages._shared import kit, words

page = kit.begin("ner_metrics")


def room() -> None:
    """The lab, and what stands under it."""
    controls, views = page.columns()
    sentence.lab(page, controls, views)
    page.sections(
        {
            "predict": (words.PREDICT, lambda: kit.predict(page, sentence.questions(page))),
            "breaks": (words.BREAKS, lambda: sentence.breaks(page)),
            "how": (words.HOW, lambda: page.prose("how")),
            "sources": (words.SOURCES, lambda: page.prose("sources")),
        }
    )


page.lab(room)
