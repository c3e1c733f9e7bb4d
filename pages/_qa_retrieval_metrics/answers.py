"""One answer: what normalisation does to it, what it shares with the reference, what would change the score."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.figures.qa import answer_data
from core.i18n import Text
from core.metrics.answers import NORMALIZATIONS
from core.metrics.qa_lab import CASES, AnswerParams, AnswerTrace, explain, reference, run, tables
from pages._qa_retrieval_metrics.parts import event, offer
from pages._shared import kit
from pages._shared.components import mount


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The texts, the steps, the tokens, the alternatives, the arithmetic."""
    with controls:
        params = kit.controls(page.slug, AnswerParams, page.lang, above=page.wide(views))
        offer(page, AnswerParams, ((id_, c.name, c.why, c.values(page.lang)) for id_, c in CASES.items()))
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):

        def draw(shown: AnswerParams, name: str) -> None:
            _show(page, kit.cached(run, shown), name)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, trace.pick(page.remember("answer_now").get()), page.lang)
    page.arithmetic(formulas)


def _show(page: kit.Page, trace: AnswerTrace, name: str) -> None:
    pick = page.remember(f"answer_{name}")

    def chosen() -> None:
        normalization = event(page, f"steps_{name}", "normalization")
        if normalization in NORMALIZATIONS and name == "now":
            kit.remembered(page.slug, "normalization", AnswerParams).set(normalization)
            pick.clear()

    mount(
        "answer",
        page.key(f"steps_{name}"),
        {
            **answer_data(trace, trace.pick(pick.get()), page.lang),
            "words": {key: page.say(text) for key, text in WORDS.items()},
        },
        on_pick_change=lambda: pick.set(str(event(page, f"steps_{name}", "pick") or "")[:20]),
        on_normalization_change=chosen,
    )


WORDS = {
    "steps": Text("What normalisation does to both texts", "Что нормализация делает с обоими текстами"),
    "prediction": Text("model’s answer", "ответ модели"),
    "reference": Text("reference", "эталон"),
    "same": Text("unchanged", "без изменений"),
    "idle": Text("nothing to do", "делать нечего"),
    "gone": Text("deleted", "удалено"),
    "new": Text("put in", "вставлено"),
    "left": Text("still here", "осталось"),
    "nothing": Text("nothing", "ничего"),
    "tokens": Text(
        "Tokens that are compared: framed ones are shared, below each what it would change in F1",
        "Токены, которые сравниваются: в рамке — общие, под каждым — как он изменил бы F1",
    ),
    "counted": Text("shared: counted already", "общий: уже учтён"),
    "dropped": Text("without this token, F1", "без этого токена F1"),
    "added": Text("with this token added, F1", "если добавить этот токен, F1"),
    "references": Text("Against each reference, the best counts", "С каждым эталоном: в счёт идёт лучший"),
    "best": Text("● the best F1", "● лучшая F1"),
    "under": Text("The same answer, normalised otherwise", "Тот же ответ при другой нормализации"),
    "normalization": Text("normalisation", "нормализация"),
    "hint": Text(
        "click a token to see F1 without it, a row to look at another reference or normalisation",
        "щёлкните токен — увидите F1 без него; строку — другой эталон или другую нормализацию",
    ),
}
