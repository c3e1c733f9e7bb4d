"""Three tokenizers learn from the same few words, step by step."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Cell, Formula
from core.figures.subword import race_data
from core.i18n import Text
from core.text.subword_explain import explain
from core.text.subword_lab import SubwordParams, SubwordTrace, reference, run, tables
from pages._shared import kit, words
from pages._shared.components import mount
from pages._shared.state import session


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Words over the views, three columns with one player, the arithmetic of the picked candidate."""
    with controls:
        params = kit.controls(page.slug, SubwordParams, page.lang, above=page.wide(views))
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        seen: dict[str, tuple[Cell, int]] = {}

        def draw(shown: SubwordParams, name: str) -> None:
            seen[name] = show(page, kit.cached(run, shown), name)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, *seen["now"], page.lang)
    page.arithmetic(formulas)


def show(page: kit.Page, trace: SubwordTrace, name: str) -> tuple[Cell, int]:
    """The three columns; returns the picked candidate and the step that is looked at."""
    key = page.key(f"race_{name}")
    picked, step = page.remember(f"race_{name}_pick"), page.remember(f"race_{name}_step")

    def event(kind: str) -> Any:
        return (session().get(key) or {}).get(kind)

    def on_pick() -> None:
        picked.set(f"{event('pick')}.0"[:20])

    def on_step() -> None:
        value = event("step")
        if isinstance(value, int):
            step.set(str(value) if value else "")

    cell = trace.cell(picked.get())
    at = step.get()
    index = min(int(at), trace.steps - 1) if at.isdecimal() and len(at) < 4 else 0
    said = {key_: page.say(text.format(w=trace.new_word())) for key_, text in {**PLAYER, **WORDS}.items()}
    mount(
        "subword",
        key,
        {**race_data(trace, cell, index, page.lang), "words": said},
        on_pick_change=on_pick,
        on_step_change=on_step,
    )
    return cell, index


PLAYER = {
    "play": words.PLAY,
    "pause": words.PAUSE,
    "back": words.BACK,
    "forward": words.FORWARD,
    "step": words.STEP,
}
WORDS = {
    "size": Text("vocabulary", "словарь"),
    "corpus": Text("corpus in pieces", "корпус в кусках"),
    "done": Text("done", "готово"),
    "cuts": Text("The words, as they are cut now", "Как сейчас режутся слова"),
    "fresh": Text("The new word “{w}” · pieces:", "Новое слово «{w}» · кусков:"),
    "noWord": Text("Write a new word above.", "Впишите новое слово выше."),
    "vocabulary": Text("The vocabulary", "Словарь"),
    "gone": Text("has just gone", "только что ушёл"),
    "merged": Text("merged next", "склеится следующей"),
    "leaves": Text("goes next", "уйдёт следующим"),
    "nothing": Text("no candidates are left", "кандидатов не осталось"),
    "more": Text("and more candidates:", "и ещё кандидатов:"),
    "tried": Text("longest match first:", "сначала самое длинное:"),
    "share": Text("shares of its cuts:", "доли его нарезок:"),
    "unknown": Text("not in the vocabulary", "этого нет в словаре"),
    "rank": Text("merge", "слияние"),
    "hint": Text(
        "Play or drag: all three take their next step. ✓ is merged next, ✂ goes next. Pick any row to see its number "
        "worked out below; the words show where it stands.",
        "Пуск или ползунок: все трое делают следующий шаг. ✓ склеится следующей, ✂ уйдёт следующим. Выберите строку — "
        "её число будет расписано ниже, а в словах видно, где она стоит.",
    ),
}
