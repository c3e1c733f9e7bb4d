"""Where a number of the worked example comes from, written out with the live numbers."""

from __future__ import annotations

import numpy as np

from core.arithmetic import Cell, Formula, Part, number, quiet, say, sum_of_products, write_number
from core.attention.worked import WorkedTrace
from core.i18n import Lang, Text


def explain_cell(trace: WorkedTrace, cell: Cell, lang: Lang) -> tuple[Formula, ...]:
    """One or two lines for the number at `cell`; the second says where its ingredients come from."""
    writers = {"Q": _projection, "K": _projection, "V": _projection, "scores": _score, "weights": _weight}
    if cell.panel in writers:
        return writers[cell.panel](trace, cell, lang)
    if cell.panel in ("output", "concat"):
        return _output(trace, cell, lang)
    return _given(trace, cell, lang)


def _given(trace: WorkedTrace, cell: Cell, lang: Lang) -> tuple[Formula, ...]:
    words = Text(
        "a number you choose: double-click the cell and type another.",
        "это число задаёте вы: двойной щелчок по клетке — и введите другое.",
    ).get(lang)
    values = trace.X if cell.panel == "X" else np.asarray(getattr(trace.params, cell.panel))
    return (
        (
            say(f"{cell.panel}[{cell.row + 1}, {cell.col + 1}] = "),
            number(values[cell.row, cell.col]),
            quiet(f"   {words}"),
        ),
    )


def _projection(trace: WorkedTrace, cell: Cell, lang: Lang) -> tuple[Formula, ...]:
    W = np.asarray(getattr(trace.params, f"W_{cell.panel}"))
    value = getattr(trace, cell.panel)[cell.row, cell.col]
    name = f"{cell.panel}[{trace.tokens[cell.row]}, {cell.col + 1}]"
    rule = Text(
        "row “{t}” of X times column {j} of W_{p}", "строка «{t}» матрицы X на столбец {j} матрицы W_{p}"
    ).format(t=trace.tokens[cell.row], j=cell.col + 1, p=cell.panel)
    return (
        (
            say(f"{name} = "),
            *sum_of_products(trace.X[cell.row], W[:, cell.col]),
            say(" = "),
            number(value, kind="result"),
        ),
        (quiet(rule.get(lang)),),
    )


def _raw_score(trace: WorkedTrace, i: int, j: int, head: int) -> list[Part]:
    """The raw score and its division, without the answer."""
    q, k = trace.Q[i, trace.head_slice(head)], trace.K[j, trace.head_slice(head)]
    if trace.params.score == "additive":
        terms = " + ".join(f"tanh({write_number(a, 2)} + {_signed(b)})" for a, b in zip(q, k, strict=True))
        parts = [say(terms)]
    else:
        parts = sum_of_products(q, k, 2)
    below = []
    if trace.params.score == "dot" and trace.params.is_scaled:
        below.append(f"√{trace.d_head}")
    if trace.params.temperature != 1:
        below.append(f"{trace.params.temperature:g}")
    if below:
        parts = [say("("), *parts, say(") / "), say(" / ".join(below))]
    return parts


def _signed(value: float) -> str:
    text = write_number(value, 2)
    return f"({text})" if text.startswith("−") else text


def _shown_head(trace: WorkedTrace) -> int:
    return min(trace.params.head, trace.params.heads) - 1


def _score(trace: WorkedTrace, cell: Cell, lang: Lang) -> tuple[Formula, ...]:
    head = _shown_head(trace)
    arrow = f"{trace.tokens[cell.row]} → {trace.tokens[cell.col]}"
    if trace.is_masked[cell.row, cell.col]:
        words = Text(
            "the mask hides this key, so its score is set to −∞ and e^(−∞) = 0",
            "маска скрывает этот ключ: его оценка заменена на −∞, а e^(−∞) = 0",
        ).get(lang)
        return ((say(f"{arrow}: "), Part("−∞", "result"), quiet(f"   {words}")),)
    value = trace.scores[head, cell.row, cell.col]
    rule = Text("query of the row, key of the column", "запрос строки, ключ столбца").get(lang)
    return (
        (say(f"{arrow}: "), *_raw_score(trace, cell.row, cell.col, head), say(" = "), number(value, kind="result")),
        (quiet(rule),),
    )


def _weight(trace: WorkedTrace, cell: Cell, lang: Lang) -> tuple[Formula, ...]:
    head, (i, j) = _shown_head(trace), (cell.row, cell.col)
    name = (
        Text("Weight “{a}” → “{b}” = ", "Вес «{a}» → «{b}» = ").format(a=trace.tokens[i], b=trace.tokens[j]).get(lang)
    )
    if i in trace.lonely_rows():
        words = Text(
            "Every key is hidden from “{t}”: softmax would be 0 / 0, so there is no distribution to show.",
            "От «{t}» скрыты все ключи: softmax дал бы 0 / 0, показывать нечего.",
        ).format(t=trace.tokens[i])
        return ((say(words.get(lang)),),)
    if trace.is_masked[i, j]:
        words = Text("hidden by the mask: e^(−∞) = 0", "скрыто маской: e^(−∞) = 0")
        return ((say(name), Part("0", "result"), quiet(f"   {words.get(lang)}")),)
    scores = trace.scores[head, i]
    seen = np.flatnonzero(~trace.is_masked[i])
    # Scores far from 0 are shown after subtracting the largest, as the code computes them; the weight is the same.
    shift = float(scores[seen].max()) if abs(scores[seen].max()) > 20 else 0.0
    powers = {int(c): float(scores[c] - shift) for c in seen}
    total = sum(float(np.exp(v)) for v in powers.values())
    top = float(np.exp(powers[j]))
    parts: list[Part] = [say(name), Part("e", power=write_number(powers[j], 2)), say(" / ( ")]
    for n, (c, power) in enumerate(powers.items()):
        parts += [say(" + ")] if n else []
        parts.append(Part("e", "strong" if c == j else "plain", write_number(power, 2)))
    parts += [say(" ) = "), number(top, 1 if top >= 10 else 3), say(" / "), number(total, 1 if total >= 10 else 3)]
    parts += [say(" = "), number(trace.weights[head, i, j], kind="result")]
    where: list[Part] = [quiet(Text("where ", "где ").get(lang)), number(float(scores[j]), 2), say(" = ")]
    where += _raw_score(trace, i, j, head)
    if shift:
        note = Text("; the largest score {s} is subtracted from all", "; из всех вычтена наибольшая оценка {s}")
        where.append(quiet(note.format(s=write_number(shift, 2)).get(lang)))
    return tuple(parts), tuple(where)


def _output(trace: WorkedTrace, cell: Cell, lang: Lang) -> tuple[Formula, ...]:
    i = cell.row
    column = cell.col
    if cell.panel == "output":
        column += trace.head_slice(_shown_head(trace)).start
    head = column // trace.d_head
    if i in trace.lonely_rows():
        return _weight(trace, Cell("weights", i, 0), lang)
    name = Text("Output “{t}”, {c} = ", "Выход «{t}», {c} = ").format(t=trace.tokens[i], c=column + 1).get(lang)
    heaviest = int(np.argmax(trace.weights[head, i]))
    rule = Text(
        "the values of column {c}, each taken as much as its weight says; the heaviest is “{h}”",
        "значения столбца {c}, каждое — в меру своего веса; больше всех весит «{h}»",
    ).format(c=column + 1, h=trace.tokens[heaviest])
    products = sum_of_products(trace.weights[head, i], trace.V[:, column], strong=heaviest)
    return (
        (say(name), *products, say(" = "), number(trace.output[i, column], kind="result")),
        (quiet(rule.get(lang)),),
    )
