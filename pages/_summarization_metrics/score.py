"""One summary under four measures: scores, texts and the grid of words, linked."""

from __future__ import annotations

import zlib
from typing import Any

from core.arithmetic import Cell
from core.figures.summarization import grid_data, score_data, text_data
from core.i18n import Text
from core.metrics.summary_explain import explain, has
from core.metrics.summary_lab import MEASURES, RougeLabTrace, RougeParams, reference, run, tables
from pages._shared import kit, words
from pages._shared.components import mount
from pages._shared.state import session


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, linked views, arithmetic of what is picked."""
    with controls:
        params = kit.controls(page.slug, RougeParams, page.lang)
    formulas = ()
    with views, kit.sentences(page.lang):
        picked: dict[str, Cell] = {}

        def draw(shown: RougeParams, name: str) -> None:
            trace = kit.cached(run, shown)
            picked[name] = _linked(page, trace, name)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        told = blindness(trace)
        if told:
            kit.refuse(told, page.lang)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, picked["now"], page.lang)
    page.arithmetic(formulas)


def blindness(trace: RougeLabTrace) -> Text | None:
    """Why there is nothing to count, when a text has something and the measure sees none of it."""
    p = trace.params
    if p.summary.strip() and not trace.lcs.words:
        return DROPPED if p.tokenize == "rouge_score" else NO_WORDS
    return NO_REFERENCE if not trace.lcs.match.words else None


def _linked(page: kit.Page, trace: RougeLabTrace, name: str) -> Cell:
    """The component; returns what is picked, the F1 of the chosen measure when nothing is."""
    measure = trace.params.measure
    pick, at_step = page.remember(f"score_{name}_cell"), page.remember(f"score_{name}_step")
    cell = Cell.parse(pick.get())
    if cell is None or not has(trace, cell):
        cell = Cell("S", MEASURES.index(measure), 2)
    grid = grid_data(trace, page.lang)
    key = page.key(f"score_{name}")
    # A step belongs to the texts it was taken on: other texts start from the finished picture.
    stamp = f"{zlib.crc32(trace.params.model_dump_json().encode()):08x}"
    last = len(grid["steps"]) - 1

    def event(kind: str) -> Any:
        return (session().get(key) or {}).get(kind)

    def on_select() -> None:
        pick.set(str(event("select"))[:20])

    def on_step() -> None:
        step = event("step")
        if isinstance(step, int):
            at_step.set("" if step >= last else f"{stamp}.{step}")

    def on_measure() -> None:
        chosen = event("measure")
        if chosen in MEASURES and name == "now":
            kit.remembered(page.slug, "measure", RougeParams).set(chosen)
            pick.clear()

    whose, _, step = at_step.get().partition(".")
    say = page.say
    mount(
        "rouge",
        key,
        {
            "scores": score_data(trace),
            "grid": grid,
            "summary": text_data(trace, "summary"),
            "reference": text_data(trace, "reference"),
            "picked": str(cell),
            "step": min(int(step), last) if whose == stamp and step.isdecimal() and len(step) < 6 else last,
            "name": key,
            "words": {
                "play": say(words.PLAY),
                "pause": say(words.PAUSE),
                "back": say(words.BACK),
                "forward": say(words.FORWARD),
                "step": say(words.STEP),
                "save": say(words.SAVE_PICTURE),
                **{id_: say(text) for id_, text in WORDS.items()},
                "title": say(TITLES[measure]),
                "reference": say(
                    SECOND if trace.scored().best else WORDS["reference"] if len(trace.references) == 1 else FIRST
                ),
            },
        },
        on_select_change=on_select,
        on_step_change=on_step,
        on_measure_change=on_measure,
    )
    return cell


WORDS = {
    "scores": Text("Four measures: precision, recall, F1", "Четыре меры: точность, полнота, F1"),
    "summary": Text("Summary, as the measure reads it", "Реферат — таким его видит мера"),
    "reference": Text("Reference", "Эталон"),
    "grid": Text("Words of the reference against words of the summary", "Слова эталона против слов реферата"),
    "corner": Text("reference ↓ summary →", "эталон ↓ реферат →"),
    "dropped": Text("dropped by the tokenisation", "выброшено токенизацией"),
    "empty": Text("no words", "слов нет"),
    "nothing": Text("One of the texts has no words: there is no grid.", "В одном из текстов нет слов: сетки нет."),
    "without": Text("F1 without it:", "F1 без него:"),
    "sample": Text("word", "слово"),
    "counted": Text("counted", "засчитано"),
    "up": Text("raises F1", "поднимает F1"),
    "down": Text("lowers F1", "опускает F1"),
    "cut": Text("The grid shows the first 60 words.", "На сетке первые 60 слов."),
    "hint": Text(
        "hover a word or a cell, click it for its arithmetic",
        "наведите на слово или клетку, щёлкните — увидите расчёт",
    ),
}
FIRST = Text("Reference 1, the better one", "Эталон 1, он ближе")
SECOND = Text("Reference 2, the better one", "Эталон 2, он ближе")
TITLES = {
    "1": Text("ROUGE-1: the same word, each counted once", "ROUGE-1: одинаковые слова, каждое в счёт один раз"),
    "2": Text("ROUGE-2: the same two neighbours", "ROUGE-2: одинаковые пары соседей"),
    "L": Text(
        "ROUGE-L: one path, only right and down; L counts its matches",
        "ROUGE-L: один путь, только вправо и вниз; L считает совпадения на нём",
    ),
    "Lsum": Text(
        "ROUGE-Lsum: a path in every block of two sentences, then their union",
        "ROUGE-Lsum: путь в каждом блоке из двух предложений, потом их объединение",
    ),
}
DROPPED = Text(
    "rouge-score keeps a–z and 0–9 only: nothing is left of this summary, so every ROUGE is 0.",
    "rouge-score оставляет только a–z и 0–9: от этого реферата не осталось ничего, и любой ROUGE равен 0.",
)
NO_WORDS = Text(
    "The summary has no letters or digits: nothing can be counted.",
    "В реферате нет ни букв, ни цифр: считать нечего.",
)
NO_REFERENCE = Text(
    "The reference has no words that the measure sees: there is nothing to find, and every ROUGE is 0.",
    "В эталоне нет слов, которые мера видит: искать нечего, и любой ROUGE равен 0.",
)
