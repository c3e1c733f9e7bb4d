"""Cases that show where the translation metrics fail, in each language, and the texts of the room's questions.

Each is a hypothesis and its references; the room turns them into states of its labs, the tests hold them to what is
said about them.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.i18n import Lang, Text
from core.metrics.translation_texts import EXAMPLE_REFERENCE


@dataclass(frozen=True)
class Case:
    """Two texts; references are one a line, as the field of the room takes them."""

    hypothesis: Text
    references: Text = EXAMPLE_REFERENCE

    def values(self, lang: Lang) -> dict[str, str]:
        """The two fields of every lab, in the reader's language."""
        return {"hypothesis": self.hypothesis.get(lang), "references": self.references.get(lang)}


# Papineni et al. 2002, example 2; the Russian one repeats the preposition that its references have twice and once.
ONE_WORD = Case(
    Text("the the the the the the the", "на на на на на на на"),
    Text(
        "The cat is on the mat.\nThere is a cat on the mat.",
        "Кот спит на ковре и на диване.\nНа ковре спит рыжий кот.",
    ),
)
NO_FOUR = Case(
    Text(
        "For small children, the doctor said, the medicine is not dangerous.",
        "Что для маленьких детей лекарство опасно, врач не сказал.",
    )
)
SHORT_COPY = Case(Text("Good morning.", "Доброе утро."), Text("Good morning.", "Доброе утро."))
FIRST_WORDS = Case(Text("The doctor did not say", "Врач не сказал, что новое"))
DASH = Case(
    Text(
        "He waited—and waited—but nobody came that night.",
        "Он ждал… и ждал… но никто так и не пришёл.",
    ),
    Text(
        "He waited, and waited, but nobody came that night.",
        "Он ждал, и ждал, но никто так и не пришёл.",
    ),
)
BACKWARDS = Case(
    Text(
        "children small for dangerous is medicine the that say not did doctor the",
        "детей маленьких для опасно лекарство новое что сказал не врач",
    ),
    Text(
        "the doctor did not say that the medicine is dangerous for small children",
        "врач не сказал что новое лекарство опасно для маленьких детей",
    ),
)
LAST_WORD = Case(
    Text("The cat sat", "На столе лежит книга"),
    Text("The cat sat on the mat.", "На столе лежит книга на немецком языке."),
)
ENDINGS = Case(
    Text(
        "The doctors explain diagnoses to his patient.",
        "Врачи не сказали, что новые лекарства опасны для маленького ребёнка.",
    ),
    Text(
        "The doctor explained the diagnosis to his patients.",
        "Врач не сказал, что новое лекарство опасно для маленьких детей.",
    ),
)
MOVED = Case(
    Text(
        "for small children the doctor did not say that the medicine is dangerous",
        "для маленьких детей врач не сказал что новое лекарство опасно",
    ),
    BACKWARDS.references,
)
CHATTER = Case(
    Text(
        "Well, as far as I know, the doctor never said anything like that to me or to anybody else.",
        "Ну, насколько я знаю, врач никогда ничего такого не говорил ни мне, ни кому-либо ещё.",
    ),
    Text("No, he did not.", "Нет, не говорил."),
)
