"""The worked example: three words, two dimensions, every number within reach."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import streamlit as st

from core.arithmetic import Cell
from core.attention.explain import explain_cell
from core.attention.saturation import SaturationParams
from core.attention.sentence import SentenceParams
from core.attention.worked import WorkedParams, fit_rows, reference, run, split_words, tables
from core.errors import Refusal
from core.figures.attention import worked_board
from core.i18n import Text
from core.params import encode
from pages._attention.sentence import PRESETS as SPOILED
from pages._shared import kit, words
from pages._shared.state import session

REFUSED = "_attention_refused"
UNSCALED = (
    kit.Preset(
        Text("no scaling at d_k = 512", "без масштаба при d_k = 512"),
        {"d_k": 512, "is_scaled": False},
        Text("one key takes everything, the gradient dies", "один ключ забирает всё, градиент умирает"),
    ),
)
LONELY = Text(
    "Every key is hidden from: {tokens}. The softmax would be 0 / 0, so there is no distribution and no output. "
    "That is a state to handle, not a number: a plain softmax gives NaN here, PyTorch's fused attention returns zeros.",
    "Скрыты все ключи от: {tokens}. Softmax дал бы 0 / 0 — ни распределения, ни выхода нет. "
    "Это состояние, которое надо обработать: обычный softmax даёт здесь NaN, слитное внимание PyTorch возвращает нули.",
)
PRESETS = (
    kit.Preset(
        Text("everything masked", "всё скрыто"),
        {"mask": "all"},
        Text("0 / 0 as a state", "0 / 0 как состояние"),
    ),
    kit.Preset(
        Text("frozen: T = 0.1", "заморожено: T = 0,1"),
        {"temperature": 0.1},
        Text("softmax becomes argmax", "softmax превращается в argmax"),
    ),
    kit.Preset(
        Text("blurred: T = 5", "размыто: T = 5"),
        {"temperature": 5.0},
        Text("every word sees nearly the same average", "все слова видят почти одно и то же среднее"),
    ),
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, linked matrices, arithmetic."""
    with controls:
        params = kit.controls(page.slug, WorkedParams, page.lang)
    with views:
        cells: dict[str, Cell] = {}

        def draw(shown: WorkedParams, name: str) -> None:
            trace = kit.cached(run, shown)
            if trace.lonely_rows():
                told = LONELY.format(tokens=", ".join(trace.tokens[i] for i in trace.lonely_rows()))
                kit.refuse(told, page.lang)
            cells[name] = kit.show_board(
                page,
                worked_board(trace),
                name=f"board_{name}",
                selected="weights.1.1" if len(trace.tokens) > 1 else "weights.0.0",
                on_edit=(lambda cell, typed: edit(page, shown, cell, typed)) if name == "now" else None,
            )

        kit.compared(page, params, draw)
        refused, typed_at = session().get(REFUSED, (None, None))
        if refused and typed_at == params:
            # It stays until something changes: a rerun for another reason must not take the sentence away.
            kit.refuse(refused, page.lang)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
    page.arithmetic(explain_cell(trace, cells["now"], page.lang))


def edit(page: kit.Page, params: WorkedParams, cell: Cell, typed: str) -> None:
    """A number typed into a cell of X or W: kept when it can be used, else a sentence and the old number."""
    matrix = fit_rows(params.X, split_words(params.words)) if cell.panel == "X" else getattr(params, cell.panel)
    try:
        value = parse_number(typed)
        rows = [list(row) for row in matrix]
        rows[cell.row][cell.col] = value
        changed = tuple(tuple(row) for row in rows)
        WorkedParams.parse({**params.model_dump(), cell.panel: changed})
    except Refusal as refusal:
        session()[REFUSED] = (refusal.text, params)
        return
    kit.remembered(page.slug, cell.panel, WorkedParams).set(encode(changed))


def parse_number(typed: str) -> float:
    """A decimal number as people type it: comma or point, minus or hyphen.

    Raises
    ------
    Refusal
        If it is none.
    """
    try:
        value = float(typed.strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Refusal(words.NOT_A_NUMBER.format(typed=typed[:20]))
    return value


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Answers come from runs of the lab with the default matrices."""
    base = WorkedParams.default(page.lang)
    middle = split_words(base.words)[1]

    def largest(params: WorkedParams) -> float:
        return float(kit.cached(run, params).weights[0, 1].max())

    def unscaled() -> WorkedParams:
        return base.model_copy(update={"is_scaled": False})

    def causal() -> WorkedParams:
        return base.model_copy(update={"mask": "causal"})

    def first_weight() -> float:
        return float(kit.cached(run, causal()).weights[0, 0, 0])

    def turned() -> WorkedParams:
        tokens = split_words(base.words)
        return base.model_copy(update={"words": " ".join(reversed(tokens)), "X": tuple(reversed(base.X))})

    def drift() -> float:
        return float(np.abs(kit.cached(run, base).output[1] - kit.cached(run, turned()).output[1]).max())

    def show(values: dict[str, Any]) -> Any:
        return lambda: kit.apply(page.slug, WorkedParams, values, page.lang)

    return (
        kit.Question(
            Text(
                f"Switch the scaling off. What happens to the largest weight in the row “{middle}”?",
                f"Выключим масштаб. Что станет с наибольшим весом в строке «{middle}»?",
            ),
            (Text("it grows", "вырастет"), Text("it falls", "уменьшится"), Text("nothing", "не изменится")),
            lambda: 0 if largest(unscaled()) > largest(base) else 1 if largest(unscaled()) < largest(base) else 2,
            lambda: Text(
                "{a:.3f} → {b:.3f}: larger scores are further apart, and softmax turns distance into dominance.",
                "{a:.3f} → {b:.3f}: большие оценки дальше друг от друга, а softmax превращает разрыв в перевес.",
            ).format(a=largest(base), b=largest(unscaled())),
            show({"is_scaled": False}),
        ),
        kit.Question(
            Text(
                "With the causal mask, what weight does the first word give to itself?",
                "При каузальной маске какой вес первое слово отдаёт самому себе?",
            ),
            (
                Text("1/3", "1/3"),
                Text("exactly 1", "ровно 1"),
                Text("it depends on the embeddings", "зависит от эмбеддингов"),
            ),
            lambda: 1 if abs(first_weight() - 1) < 1e-12 else 0 if abs(first_weight() - 1 / 3) < 1e-3 else 2,
            lambda: Text(
                "It sees only itself, and the weights of a row always sum to 1: {w:.0f}.",
                "Оно видит только себя, а веса строки всегда дают в сумме 1: {w:.0f}.",
            ).format(w=first_weight()),
            show({"mask": "causal"}),
        ),
        kit.Question(
            Text(
                f"Say the words in reverse order, each with its own embedding. Will the output of “{middle}” change?",
                f"Скажем слова в обратном порядке, каждое со своим эмбеддингом. Изменится ли выход «{middle}»?",
            ),
            (Text("yes", "да"), Text("no, not at all", "нет, ничуть"), Text("only its sign", "только знак")),
            lambda: 1 if drift() < 1e-12 else 0,
            lambda: Text(
                "Largest change: {d:.0e}. Attention alone is blind to word order: positions have to be added.",
                "Наибольшее изменение: {d:.0e}. Само внимание не знает порядка слов — позиции приходится добавлять.",
            ).format(d=drift()),
            show({"words": turned().words, "X": turned().X}),
        ),
    )


def breaks(page: kit.Page) -> None:
    """Failures as states of the lab."""
    st.markdown(page.say(BREAKS))

    kit.presets(page.slug, WorkedParams, page.lang, PRESETS, before=page.open_lab().clear)
    kit.presets(page.slug, SaturationParams, page.lang, UNSCALED, before=lambda: page.open_lab().set("scale"))
    kit.presets(page.slug, SentenceParams, page.lang, SPOILED, before=lambda: page.open_lab().set("sentence"))


BREAKS = Text(
    "Each button puts the lab into a state where attention stops working, and shows which number says so.",
    "Каждая кнопка приводит лабораторию в состояние, где внимание не работает, и видно, по какому числу это заметно.",
)
