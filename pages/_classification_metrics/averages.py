"""Many classes: a confusion matrix edited cell by cell, and what the averages make of it."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Cell, Formula
from core.errors import Refusal
from core.figures.classification import averages_board
from core.i18n import Text
from core.metrics.classification_averages import (
    BOUND,
    NOT_COUNTS,
    AveragesParams,
    AveragesTrace,
    explain_average,
    read_counts,
    reference,
    run,
    tables,
)
from core.params import encode
from pages._shared import kit
from pages._shared.state import session

REFUSED = "_classification_metrics_refused"
MAJORITY = ((100.0, 0.0, 0.0, 0.0), (10.0, 0.0, 0.0, 0.0), (6.0, 0.0, 0.0, 0.0), (4.0, 0.0, 0.0, 0.0))
NEVER = ((90.0, 6.0, 4.0, 0.0), (8.0, 36.0, 6.0, 0.0), (5.0, 5.0, 10.0, 0.0), (4.0, 4.0, 2.0, 0.0))
# Each class has either precision or recall, none has both.
LOPSIDED = ((10.0, 0.0, 90.0, 0.0), (0.0, 10.0, 0.0, 90.0), (0.0, 0.0, 10.0, 0.0), (0.0, 0.0, 0.0, 10.0))


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, linked matrices, arithmetic."""
    with controls:
        params = kit.controls(page.slug, AveragesParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        cells: dict[str, Cell] = {}

        def draw(shown: AveragesParams, name: str) -> None:
            cells[name] = kit.show_board(
                page,
                averages_board(kit.cached(run, shown), page.lang),
                name=f"averages_{name}",
                selected="avgF.1.0",
                on_edit=(lambda cell, typed: edit(page, shown, cell, typed)) if name == "now" else None,
            )

        kit.compared(page, params, draw)
        refused = session().pop(REFUSED, None)
        if refused:
            kit.refuse(refused, page.lang)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain_average(trace, cells["now"], page.lang)
    page.arithmetic(formulas)


def edit(page: kit.Page, params: AveragesParams, cell: Cell, typed: str) -> None:
    """A count typed into the matrix: kept when it can be used, else a sentence and the old count."""
    rows = [list(row) for row in params.C]
    try:
        rows[cell.row][cell.col] = parse_count(typed)
        changed = tuple(tuple(row) for row in rows)
        read_counts(changed)
    except Refusal as refusal:
        session()[REFUSED] = refusal.text
        return
    kit.remembered(page.slug, "C", AveragesParams).set(encode(changed))


def parse_count(typed: str) -> float:
    """A whole number that fits the matrix.

    Raises
    ------
    Refusal
        If it is none.
    """
    words = typed.strip()
    if not (words.isdecimal() and words.isascii() and len(words) <= 3):
        raise Refusal(NOT_COUNTS.format(most=BOUND))
    return float(words)


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Answers come from runs of the lab."""
    base = AveragesParams.default(page.lang)

    def at(**values: Any) -> AveragesTrace:
        found: AveragesTrace = kit.cached(run, base.model_copy(update=values))
        return found

    def show(values: dict[str, Any]) -> Any:
        def put() -> None:
            page.open_lab().set("averages")
            kit.apply(page.slug, AveragesParams, values, page.lang)

        return put

    def pooled() -> int:
        trace = at()
        return 1 if abs(trace.averages[0, 2] - trace.accuracy.value) < 1e-12 else 2

    def always() -> int:
        micro, macro, weighted = at(C=MAJORITY).averages[:, 2]
        return [micro, weighted, macro].index(min(micro, weighted, macro))

    return (
        kit.Question(
            Text(
                "Four classes, one label an example. Which number does micro F₁ always equal?",
                "Четыре класса, у каждого примера одна метка. Чему всегда равна микро-F₁?",
            ),
            (Text("macro F₁", "макро-F₁"), Text("the accuracy", "доле верных ответов"), Text("none", "ничему")),
            pooled,
            lambda: Text(
                "Micro F₁ {f:.3f}, accuracy {a:.3f}. Each error is one false positive and one false negative, so the "
                "pooled denominators are all the number of examples.",
                "Микро-F₁ {f:.3f}, доля верных {a:.3f}. Каждая ошибка — это одно FP и одно FN, поэтому общий "
                "знаменатель везде равен числу примеров.",
            ).format(f=float(at().averages[0, 2]), a=at().accuracy.value),
            show({}),
        ),
        kit.Question(
            Text(
                "A classifier calls everything by the commonest class. Which average of F₁ punishes it most?",
                "Классификатор на всё отвечает самым частым классом. Какое среднее F₁ накажет его сильнее всех?",
            ),
            (Text("micro", "микро"), Text("weighted", "взвешенное"), Text("macro", "макро")),
            always,
            lambda: Text(
                "Micro {a:.3f}, weighted {c:.3f}, macro {b:.3f}: only macro counts the forgotten classes in full.",
                "Микро {a:.3f}, взвешенное {c:.3f}, макро {b:.3f}: только макро учитывает забытые классы сполна.",
            ).format(**dict(zip("abc", map(float, at(C=MAJORITY).averages[:, 2]), strict=True))),
            show({"C": MAJORITY}),
        ),
    )


PRESETS = (
    kit.Preset(
        Text("always the commonest class", "всегда самый частый класс"),
        {"C": MAJORITY},
        Text("accuracy 0.833, macro F₁ 0.227", "доля верных 0,833, макро-F₁ 0,227"),
    ),
    kit.Preset(
        Text("a class that is never predicted", "класс, который не предсказан ни разу"),
        {"C": NEVER, "zero_division": "skip"},
        Text(
            "leaving 0 / 0 out makes macro precision forget a class", "пропуск 0 / 0 — и макро-точность забывает класс"
        ),
    ),
    kit.Preset(
        Text("two macro F₁", "две макро-F₁"),
        {"C": LOPSIDED, "macro": "f_of_means"},
        Text("F of means 0.550, mean of F 0.182", "F от средних 0,550, среднее F 0,182"),
    ),
)


def breaks(page: kit.Page) -> None:
    """Failures as states of the lab."""
    kit.presets(page.slug, AveragesParams, page.lang, PRESETS, before=lambda: page.open_lab().set("averages"))
