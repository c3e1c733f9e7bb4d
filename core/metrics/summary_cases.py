"""Failures of ROUGE as pairs of texts: each is a state of the ROUGE lab that its number gets wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.i18n import Lang, Text, same


@dataclass(frozen=True)
class Case:
    """A summary, its reference and the settings that show the failure; `values(lang)` are the lab's parameters."""

    name: Text
    why: Text
    summary: Text
    reference: Text
    settings: dict[str, Any] = field(default_factory=dict)

    def values(self, lang: Lang) -> dict[str, Any]:
        return {"summary": self.summary.get(lang), "reference": self.reference.get(lang), **self.settings}


PERFECT = same("Река вышла из берегов, и мост закрыли.")

CASES: dict[str, Case] = {
    "cyrillic": Case(
        Text("a perfect Russian summary", "идеальный русский реферат"),
        Text("word for word the reference, and every ROUGE is 0", "слово в слово эталон, а любой ROUGE равен 0"),
        PERFECT,
        PERFECT,
        {"tokenize": "rouge_score", "measure": "1"},
    ),
    "negation": Case(
        Text("“not” left out", "пропало «не»"),
        Text("the opposite, at nearly full marks", "обратный смысл — и почти высший балл"),
        Text("The council will close the bridge.", "Совет будет закрывать мост."),
        Text("The council will not close the bridge.", "Совет не будет закрывать мост."),
        {"measure": "1"},
    ),
    "paraphrase": Case(
        Text("said in other words", "сказано другими словами"),
        Text("the same content, nothing shared: 0", "смысл тот же, общих слов нет: 0"),
        Text("Because of bad weather nobody may cross.", "Из-за непогоды переправы нет."),
        Text("The bridge was shut after the storm.", "После бури мост закрыли."),
        {"measure": "1"},
    ),
    "shuffled": Case(
        Text("words shuffled", "слова перемешаны"),
        Text("ROUGE-1 is perfect, ROUGE-2 is 0", "ROUGE-1 идеален, ROUGE-2 равен 0"),
        Text("storm bridge the the after shut was", "закрыли мост бури после"),
        Text("The bridge was shut after the storm.", "После бури мост закрыли."),
        {"measure": "2"},
    ),
    "repeated": Case(
        Text("one word again and again", "одно слово снова и снова"),
        Text("a repeated word counts once: precision falls", "повтор засчитан один раз: точность падает"),
        Text("bridge bridge bridge bridge", "мост мост мост мост"),
        Text("The bridge was shut after the storm.", "После бури мост закрыли."),
        {"measure": "1"},
    ),
    "newline": Case(
        Text("Lsum without line breaks", "Lsum без концов строк"),
        Text(
            "rouge-score splits at line breaks only: here Lsum is just ROUGE-L",
            "rouge-score режет только по концам строк: здесь Lsum — это просто ROUGE-L",
        ),
        Text(
            "The old bridge closed on Friday. Heavy rain made the river rise.",
            "Старый мост закрыли в пятницу. Из-за сильных дождей река поднялась.",
        ),
        Text(
            "The river rose after heavy rain. The old bridge was closed on Friday.",
            "После сильных дождей река вышла из берегов. В пятницу закрыли старый мост.",
        ),
        {"measure": "Lsum"},
    ),
    "empty": Case(
        Text("nothing but punctuation", "одни знаки препинания"),
        Text("no words, and 0 / 0 counts as 0", "слов нет, а 0 / 0 считают нулём"),
        same("— … — !"),
        Text("The bridge was shut after the storm.", "После бури мост закрыли."),
    ),
}
