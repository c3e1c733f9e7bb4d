"""The formula under the board is a claim: read back as text and worked out again, it must give the number it shows.

Every number in a formula was rounded for reading, so it is taken as the interval of all numbers that would be written
so; the interval of the worked-out formula must meet the interval of its result, and the trace's number must be in both.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arithmetic import Cell, Formula, join, write_number
from core.attention.explain import explain_cell
from core.attention.worked import WorkedParams, WorkedTrace, run
from core.i18n import LANGS, Lang

TOKEN = re.compile(r"\d+(?:\.\d+)?(?:e-?\d+)?|exp|tanh|[-+*/()√]")


@dataclass(frozen=True)
class Range:
    """All numbers that may stand behind a rounded one."""

    lo: float
    hi: float

    def __add__(self, other: Range) -> Range:
        return Range(self.lo + other.lo, self.hi + other.hi)

    def __neg__(self) -> Range:
        return Range(-self.hi, -self.lo)

    def __mul__(self, other: Range) -> Range:
        ends = [a * b for a in (self.lo, self.hi) for b in (other.lo, other.hi)]
        return Range(min(ends), max(ends))

    def __truediv__(self, other: Range) -> Range:
        assert other.lo > 0
        return self * Range(1 / other.hi, 1 / other.lo)

    def map(self, rising: Any) -> Range:
        return Range(rising(self.lo), rising(self.hi))

    def meets(self, other: Range) -> bool:
        slack = 1e-9 * (1 + abs(other.lo))
        return self.lo <= other.hi + slack and other.lo <= self.hi + slack


def written(text: str) -> Range:
    """The numbers that are written as `text`: whole ones are exact, others half a unit of the last digit wide."""
    mantissa, _, exponent = text.partition("e")
    if "." not in mantissa and not exponent:
        return Range(float(text), float(text))
    half = 0.5 * 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return Range(float(text) - half, float(text) + half)


class Reader:
    """A recursive descent over `+ · / ( ) √ e^( ) tanh( )` and unary minus."""

    def __init__(self, text: str) -> None:
        text = text.replace("e^(", "exp(").replace("·", "*").replace("−", "-").replace(" ", "")
        self.tokens = TOKEN.findall(text)
        assert "".join(self.tokens) == text, text

    def peek(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def take(self, *wanted: str) -> str:
        token = self.tokens.pop(0)
        assert not wanted or token in wanted, (token, wanted)
        return token

    def sum(self) -> Range:
        value = self.product()
        while self.peek() == "+":
            self.take()
            value = value + self.product()
        return value

    def product(self) -> Range:
        value = self.factor()
        while self.peek() in ("*", "/"):
            value = value * self.factor() if self.take() == "*" else value / self.factor()
        return value

    def factor(self) -> Range:
        token = self.take()
        if token == "-":
            return -self.factor()
        if token == "√":
            return self.factor().map(math.sqrt)
        if token in ("exp", "tanh", "("):
            if token != "(":
                self.take("(")
            value = self.sum()
            self.take(")")
            return value if token == "(" else value.map(getattr(math, token))
        return written(token)


def work_out(text: str) -> Range:
    reader = Reader(text)
    value = reader.sum()
    assert not reader.tokens, text
    return value


def chain(formula: Formula) -> list[str]:
    """The sides of `name = … = … = result`, without the name and the quiet words around."""
    return join([part for part in formula if part.kind != "quiet"]).split(" = ")


def shown_value(trace: WorkedTrace, cell: Cell) -> float:
    """The number that the board has at `cell`."""
    head = min(trace.params.head, trace.params.heads) - 1
    if cell.panel in ("scores", "weights"):
        return float(getattr(trace, cell.panel)[head, cell.row, cell.col])
    if cell.panel == "output":
        return float(trace.output[:, trace.head_slice(head)][cell.row, cell.col])
    if cell.panel == "concat":
        return float(trace.output[cell.row, cell.col])
    values = getattr(trace, cell.panel, None)
    return float(np.asarray(getattr(trace.params, cell.panel) if values is None else values)[cell.row, cell.col])


def cells(trace: WorkedTrace) -> list[Cell]:
    n = len(trace.tokens)
    shapes = {"X": (n, 2), "Q": (n, 2), "K": (n, 2), "V": (n, 2), "W_Q": (2, 2), "W_K": (2, 2), "W_V": (2, 2)}
    shapes |= {"scores": (n, n), "weights": (n, n), "output": (n, trace.d_head)}
    if trace.params.heads > 1:
        shapes["concat"] = (n, 2)
    return [Cell(panel, i, j) for panel, (rows, cols) in shapes.items() for i in range(rows) for j in range(cols)]


def hold(trace: WorkedTrace, cell: Cell, lang: Lang) -> None:
    """Everything that the formulas of a cell claim."""
    lines = explain_cell(trace, cell, lang)
    value = shown_value(trace, cell)
    results = [part.text for line in lines for part in line if part.kind == "result"]
    if cell.panel in ("output", "weights", "concat") and cell.row in trace.lonely_rows():
        assert results == []
        assert "0 / 0" in join(lines[0])
        return
    if cell.panel in ("X", "W_Q", "W_K", "W_V"):
        assert chain(lines[0]) == [f"{cell.panel}[{cell.row + 1}, {cell.col + 1}]", write_number(value, 3)]
        return
    assert results == [write_number(value, 3)]
    if cell.panel in ("scores", "weights") and trace.is_masked[cell.row, cell.col]:
        assert results == ["−∞" if cell.panel == "scores" else "0"]
        return
    # A score is named by an arrow and a colon, everything else by the left side of its equation.
    sides = chain(lines[0])[1:] if cell.panel != "scores" else chain(lines[0])
    sides[0] = sides[0].split(": ")[-1]
    assert len(sides) >= 2
    told = work_out(sides[-1])
    assert told.lo - 1e-12 <= value <= told.hi + 1e-12
    for side in sides[:-1]:
        found = work_out(side)
        assert found.lo - 1e-9 <= value <= found.hi + 1e-9, (join(lines[0]), found, value)
        assert found.meets(told)
    if cell.panel == "weights":
        left, right = chain(lines[1])
        raw = float(trace.scores[min(trace.params.head, trace.params.heads) - 1, cell.row, cell.col])
        assert left == write_number(raw, 2)
        found = work_out(right)
        assert found.lo - 1e-9 <= raw <= found.hi + 1e-9, join(lines[1])


@st.composite
def examples(draw: Any) -> WorkedParams:
    """Legal parameters with numbers of the size that people try."""
    n = draw(st.integers(1, 6))
    number = st.one_of(st.integers(-3, 3).map(float), st.floats(-3, 3).map(lambda v: round(v, 2)))

    def matrix(rows: int) -> Any:
        return tuple(tuple(draw(number) for _ in range(2)) for _ in range(rows))

    return WorkedParams(
        words=" ".join("abcdef"[:n]),
        score=draw(st.sampled_from(["dot", "additive"])),
        is_scaled=draw(st.booleans()),
        mask=draw(st.sampled_from(["none", "causal", "padding", "all"])),
        temperature=draw(st.sampled_from([0.1, 0.5, 1.0, 2.3, 5.0])),
        heads=draw(st.integers(1, 2)),
        head=draw(st.integers(1, 2)),
        X=matrix(n),
        W_Q=matrix(2),
        W_K=matrix(2),
        W_V=matrix(2),
    )


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("mask", ["none", "causal", "padding", "all"])
@pytest.mark.parametrize("heads", [1, 2])
@pytest.mark.parametrize("score", ["dot", "additive"])
@pytest.mark.parametrize("temperature", [0.1, 1.0])
def test_every_formula_of_the_example_gives_its_number(
    lang: Lang, mask: str, heads: int, score: str, temperature: float
) -> None:
    base = WorkedParams.default(lang)
    for head in range(1, heads + 1):
        changed = {"mask": mask, "heads": heads, "head": head, "score": score, "temperature": temperature}
        trace = run(base.model_copy(update=changed))
        for cell in cells(trace):
            hold(trace, cell, lang)


@settings(deadline=None, max_examples=120)
@given(examples(), st.sampled_from(LANGS))
def test_every_formula_gives_its_number(params: WorkedParams, lang: Lang) -> None:
    trace = run(params)
    for cell in cells(trace):
        hold(trace, cell, lang)


def test_the_reader_of_formulas_notices_a_wrong_one() -> None:
    assert work_out("e^(1) / ( e^(1) + e^(0) )").meets(written("0.731"))
    assert not work_out("e^(1) / ( e^(1) + e^(0) )").meets(written("0.733"))
    assert work_out("(2·3 + (−1)·0.50) / √4 / 0.5").meets(written("5.50"))
    assert work_out("tanh(0.25 + (−0.25)) + tanh(1)").meets(written("0.762"))
    assert work_out("1.2e−4").meets(Range(1.2e-4, 1.2e-4))


def line(panel: str, lang: Lang, n: int = 0, **changed: Any) -> str:
    """The n-th formula of the cell (1, 2) as text."""
    return join(explain_cell(run(WorkedParams.default(lang).model_copy(update=changed)), Cell(panel, 0, 1), lang)[n])


def test_formulas_read_like_this() -> None:
    assert line("Q", "ru") == "Q[Я, 2] = 1·0 + 2·1 = 2"
    assert line("Q", "ru", 1) == "строка «Я» матрицы X на столбец 2 матрицы W_Q"
    assert line("scores", "en") == "I → love: (1·2 + 2·3) / √2 = 5.657"
    assert line("weights", "en") == (
        "Weight “I” → “love” = e^(5.66) / ( e^(4.95) + e^(5.66) + e^(2.12) ) = 286.2 / 435.7 = 0.657"
    )
    assert line("weights", "ru", 1) == "где 5.66 = (1·2 + 2·3) / √2"
    assert line("output", "en") == "Output “I”, 2 = 0.324·1 + 0.657·2 + 0.019·1 = 1.657"
    assert line("output", "en", 1) == (
        "the values of column 2, each taken as much as its weight says; the heaviest is “love”"
    )
    assert line("scores", "en", score="additive") == "I → love: tanh(1 + 2) + tanh(2 + 3) = 1.995"


@pytest.mark.parametrize("lang", LANGS)
def test_the_picked_term_and_the_result_are_marked(lang: Lang) -> None:
    trace = run(WorkedParams.default(lang))
    weight, where = explain_cell(trace, Cell("weights", 0, 2), lang)
    strong = [n for n, part in enumerate(weight) if part.kind == "strong"]
    assert len(strong) == 1
    assert join([weight[strong[0]]]) == "e^(2.12)"
    assert [part.text for part in weight if part.kind == "result"] == ["0.019"]
    assert not [part for part in where if part.kind == "result"]
    output, _ = explain_cell(trace, Cell("output", 2, 0), lang)
    assert [part.text for part in output if part.kind == "strong"] == ["0.503·1"]


@pytest.mark.parametrize("lang", LANGS)
def test_large_scores_are_shown_after_the_subtraction_and_it_says_so(lang: Lang) -> None:
    base = WorkedParams.default(lang).model_copy(update={"temperature": 0.1})
    weight, where = (join(one) for one in explain_cell(run(base), Cell("weights", 0, 0), lang))
    assert "e^(0)" in weight
    note = {"en": "; the largest score 56.57 is subtracted from all", "ru": "; из всех вычтена наибольшая оценка 56.57"}
    assert where.endswith(note[lang])


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("size", [5, 30, 1000])
def test_scores_far_from_zero_have_a_formula_too(lang: Lang, sign: int, size: int) -> None:
    W_K = ((float(sign), 0.0), (0.0, float(sign)))
    X = ((1.0, float(size)), (2.0, float(size)), (1.0, float(size) / 2))
    trace = run(WorkedParams.default(lang).model_copy(update={"X": X, "W_K": W_K}))
    for cell in cells(trace):
        hold(trace, cell, lang)
        assert " 0 / 0 " not in join(explain_cell(trace, cell, lang)[0])


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("words", ["{t} {0}", "= = =", "<b> </script>", "%s ·", "\u202ea"])
def test_words_are_quoted_and_never_obeyed(words: str, lang: Lang) -> None:
    trace = run(WorkedParams(words=words))
    for cell in cells(trace):
        for formula in explain_cell(trace, cell, lang):
            assert formula
            assert join(formula).strip()


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_hidden_says_why(lang: Lang) -> None:
    trace = run(WorkedParams(mask="causal"))
    score, weight = (join(explain_cell(trace, Cell(panel, 0, 1), lang)[0]) for panel in ("scores", "weights"))
    mask = {"en": "mask", "ru": "маск"}[lang]
    assert "−∞" in score
    assert mask in score
    assert mask in weight
    assert "e^(−∞) = 0" in weight
