"""The map of the course: every room, what it needs, which ones stand."""

import streamlit as st

from core.catalog import SECTIONS, TOPICS, in_section
from core.i18n import Text
from pages._shared import shell, words
from pages._shared.components import mount
from pages._shared.state import session

LEAD = Text(
    "A laboratory of deep learning and NLP: turn a knob and see the numbers move. "
    "Every number can be traced to its arithmetic and is checked against the library the field trusts.",
    "Лаборатория глубокого обучения и NLP: поверните ручку — и увидите, как меняются числа. "
    "У каждого числа видно, откуда оно, и каждое сверено с библиотекой, которой доверяют.",
)

if not shell.is_running():
    shell.adopt()
lang = session()["_reader"]
found = session().pop("_found", None)


def go() -> None:
    """Remember the clicked room; the switch itself happens in the run that follows."""
    session()["_go"] = (session().get("course") or {}).get("open")


st.title("Видно" if lang == "ru" else "Vidno", anchor=False)
st.html(f'<p class="v-question">{LEAD.get(lang)}</p>')
target = session().pop("_go", None)
if target in {t.slug for t in TOPICS if shell.is_built(t)}:
    shell.open_page(shell.page_path(target))
mount(
    "course",
    "course",
    {
        "planned": words.PLANNED.get(lang),
        "sections": [
            {
                "title": section.title.get(lang),
                "topics": [
                    {
                        "slug": t.slug,
                        "title": t.title.get(lang),
                        "question": t.question.get(lang),
                        "needs": t.needs,
                        "built": shell.is_built(t),
                        "href": f"{t.slug}?lang={lang}",
                        "found": t.slug == found,
                    }
                    for t in in_section(section.id)
                ],
            }
            for section in SECTIONS
        ],
    },
    on_open_change=go,
)
