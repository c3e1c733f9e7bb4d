"""What the translation labs share: the two texts, how they are read, and in which language they are.

The opening example is chosen for its number: its BLEU is 0.27 in both languages, and it says the opposite of its
reference.
"""

from __future__ import annotations

import re
from typing import Annotated

from core.errors import Refusal
from core.i18n import Lang, Text
from core.metrics.ngrams import Words as Tokens
from core.params import Params, Words

MAX_CHARS = 400
MAX_REFERENCES = 3

EXAMPLE = Text(
    "The doctor said that the medicine is not dangerous for little children.",
    "Доктор говорил, что новое лекарство не опасно для малышей.",
)
EXAMPLE_REFERENCE = Text(
    "The doctor did not say that the medicine is dangerous for small children.",
    "Врач не сказал, что новое лекарство опасно для маленьких детей.",
)


class TextsParams(Params):
    """A hypothesis and its references: the same two fields in every lab, so that they stay when the lab changes."""

    hypothesis: Annotated[
        str,
        Words(
            label=Text("Hypothesis", "Гипотеза"),
            max_chars=MAX_CHARS,
            is_wide=True,
            example=EXAMPLE,
            help=Text("What the system wrote. Scored while you type.", "Что выдала система. Оценка меняется на ходу."),
        ),
    ] = EXAMPLE.en
    references: Annotated[
        str,
        Words(
            label=Text("References, one per line", "Эталоны, по одному в строке"),
            max_chars=MAX_REFERENCES * MAX_CHARS,
            lines=2,
            is_wide=True,
            example=EXAMPLE_REFERENCE,
            help=Text(
                "What people wrote, up to three lines. Ctrl+Enter applies.",
                "Что написали люди, до трёх строк. Применить — Ctrl+Enter.",
            ),
        ),
    ] = EXAMPLE_REFERENCE.en


def split_references(text: str) -> tuple[str, ...]:
    """The lines that say something.

    Raises
    ------
    Refusal
        If there are more than `MAX_REFERENCES`, or none.
    """
    lines = tuple(line.strip() for line in text.splitlines() if line.strip())
    if not lines:
        raise Refusal(
            Text(
                "There is no reference: write at least one line into that field.",
                "Нет ни одного эталона: впишите в это поле хотя бы одну строку.",
            )
        )
    if len(lines) > MAX_REFERENCES:
        raise Refusal(
            Text(
                "There are {n} lines of references; keep at most {most}.",
                "В поле эталонов {n} строк; оставьте не больше {most}.",
            ).format(n=len(lines), most=MAX_REFERENCES)
        )
    return lines


def language_of(text: str) -> Lang:
    """Russian when Cyrillic letters outnumber Latin ones."""
    cyrillic, latin = len(re.findall(r"[а-яё]", text.lower())), len(re.findall(r"[a-z]", text.lower()))
    return "ru" if cyrillic > latin else "en"


def quote(tokens: Tokens, lang: Lang) -> str:
    """Tokens as a quotation in the reader's language."""
    inside = " ".join(tokens)
    return f"«{inside}»" if lang == "ru" else f"“{inside}”"
