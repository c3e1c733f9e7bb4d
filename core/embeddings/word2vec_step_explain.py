"""Where a number of the step comes from, written out with the live numbers."""

from __future__ import annotations

import numpy as np

from core.arithmetic import Cell, Formula, Part, number, quiet, say, sum_of_products, write_number
from core.embeddings.word2vec_step import StepTrace
from core.i18n import Lang, Text


def explain_cell(trace: StepTrace, cell: Cell, lang: Lang) -> tuple[Formula, ...]:
    """One or two lines for the number at `cell`."""
    i, j = cell.row, cell.col
    writers = {"s": _score, "p": _chance, "y": _target, "e": _error}
    if cell.panel in writers:
        return writers[cell.panel](trace, i, lang)
    if cell.panel == "h":
        return _hidden(trace, j, lang)
    if cell.panel == "d_h":
        return _passed_back(trace, j, lang)
    if cell.panel in ("d_in", "d_out"):
        return _gradient(trace, cell.panel, i, j, lang)
    if cell.panel in ("new_in", "new_out"):
        return _update(trace, cell.panel, i, j)
    words = trace.words[i]
    told = IN_TOLD if cell.panel == "W_in" else OUT_TOLD
    values = trace.W_in if cell.panel == "W_in" else trace.W_out
    return (
        (
            say(f"{cell.panel}[{words}, {j + 1}] = "),
            number(values[i, j], 3, "result"),
            quiet(f"   {told.format(word=words).get(lang)}"),
        ),
    )


def explain_loss(trace: StepTrace, lang: Lang) -> Formula:
    """The loss, term by term, and what the same rows cost after the update."""
    terms: list[Part] = []
    for p, y in zip(trace.p, trace.y, strict=True):
        if trace.is_softmax and y == 0:
            continue
        chance = p if trace.is_softmax or y > 0 else 1 - p
        times = f"{y:.0f}·" if trace.is_softmax and y > 1 else ""
        terms += [
            say(" − " if terms else "−"),
            Part(f"{times}ln {write_number(chance, 3)}", "strong" if y else "number"),
        ]
    return (
        say("L = "),
        *terms,
        say(" = "),
        number(trace.loss, 3, "result"),
        quiet(
            Text("   after the update {after}", "   после обновления {after}")
            .format(after=f"{trace.after:.3f}")
            .get(lang)
        ),
    )


def _hidden(trace: StepTrace, j: int, lang: Lang) -> tuple[Formula, ...]:
    if trace.params.kind == "skipgram":
        return (
            (
                say(f"h[{j + 1}] = W_in[{trace.words[trace.centre]}, {j + 1}] = "),
                number(trace.h[j], 3, "result"),
                quiet(SKIP_TOLD.get(lang)),
            ),
        )
    values = " + ".join(_bracket(trace.W_in[w, j]) for w in trace.given)
    return (
        (
            say(f"h[{j + 1}] = ({values}) / {len(trace.given)} = "),
            number(trace.h[j], 3, "result"),
            quiet(CBOW_TOLD.get(lang)),
        ),
    )


def _score(trace: StepTrace, i: int, lang: Lang) -> tuple[Formula, ...]:
    word = trace.words[trace.rows[i]]
    products = sum_of_products(trace.u[i], trace.h)
    told = Text("   row “{w}” of W_out times h", "   строка «{w}» матрицы W_out на h").format(w=word)
    return ((say(f"s[{word}] = "), *products, say(" = "), number(trace.s[i], 3, "result"), quiet(told.get(lang))),)


def _chance(trace: StepTrace, i: int, lang: Lang) -> tuple[Formula, ...]:
    word, s = trace.words[trace.rows[i]], trace.s
    if not trace.is_softmax:
        return (
            (
                say(f"σ(s[{word}]) = 1 / (1 + "),
                Part("e", "strong", write_number(-s[i], 3)),
                say(") = "),
                number(trace.p[i], 3, "result"),
                quiet(ALONE.get(lang)),
            ),
        )
    parts: list[Part] = [say(f"p[{word}] = "), Part("e", "strong", write_number(s[i], 3)), say(" / (")]
    for n, score in enumerate(s):
        parts += [say(" + " if n else ""), Part("e", "number", write_number(score, 2))]
    return ((*parts, say(") = "), number(trace.p[i], 3, "result")), (quiet(ALL_WORDS.format(v=len(s)).get(lang)),))


def _target(trace: StepTrace, i: int, lang: Lang) -> tuple[Formula, ...]:
    told = IS_TARGET if trace.y[i] else IS_OTHER if trace.is_softmax else IS_NEGATIVE
    word = trace.words[trace.rows[i]]
    return ((say(f"y[{word}] = "), number(trace.y[i], 3, "result"), quiet(f"   {told.get(lang)}")),)


def _error(trace: StepTrace, i: int, lang: Lang) -> tuple[Formula, ...]:
    word = trace.words[trace.rows[i]]
    n = float(trace.y.sum())
    times = f"{n:.0f}·" if trace.is_softmax and n > 1 else ""
    told = PULL if trace.e[i] < 0 else PUSH
    return (
        (
            say(f"e[{word}] = {'n·' if times else ''}p − y = "),
            Part(f"{times}{write_number(trace.p[i], 3)} − {write_number(trace.y[i], 3)}", "strong"),
            say(" = "),
            number(trace.e[i], 3, "result"),
            quiet(f"   {told.format(word=word).get(lang)}"),
        ),
    )


def _passed_back(trace: StepTrace, j: int, lang: Lang) -> tuple[Formula, ...]:
    heaviest = int(np.argmax(np.abs(trace.e * trace.u[:, j])))
    products = sum_of_products(trace.e, trace.u[:, j], 2, heaviest)
    told = Text(
        "   every row of W_out, as strongly as it was wrong", "   каждая строка W_out — настолько, насколько ошиблась"
    )
    return (
        (say(f"∂L/∂h[{j + 1}] = "), *products, say(" = "), number(trace.d_h[j], 3, "result"), quiet(told.get(lang))),
    )


def _gradient(trace: StepTrace, panel: str, i: int, j: int, lang: Lang) -> tuple[Formula, ...]:
    word = trace.words[i]
    if panel == "d_out":
        mine = np.flatnonzero(trace.rows == i)
        name = f"∂L/∂W_out[{word}, {j + 1}] = "
        if not len(mine):
            return ((say(name), number(0.0, 3, "result"), quiet(UNTOUCHED_OUT.get(lang))),)
        products = sum_of_products(trace.e[mine], np.full(len(mine), trace.h[j]))
        return ((say(name), *products, say(" = "), number(trace.d_out[i, j], 3, "result"), quiet("   e·h")),)
    name = f"∂L/∂W_in[{word}, {j + 1}] = "
    times = int((trace.given == i).sum())
    if not times:
        return ((say(name), number(0.0, 3, "result"), quiet(UNTOUCHED_IN.get(lang))),)
    share = f" / {len(trace.given)}" if trace.params.is_divided and len(trace.given) > 1 else ""
    twice = f"{times} · " if times > 1 else ""
    line = (
        say(f"{name}{twice}∂L/∂h[{j + 1}]{share} = "),
        Part(f"{twice}{_bracket(trace.d_h[j])}{share}", "strong"),
        say(" = "),
        number(trace.d_in[i, j], 3, "result"),
    )
    if not trace.params.is_divided and trace.params.kind == "cbow":
        return (line, (quiet(WHOLE.get(lang)),))
    return (line,)


def _update(trace: StepTrace, panel: str, i: int, j: int) -> tuple[Formula, ...]:
    is_in = panel == "new_in"
    name = "W_in" if is_in else "W_out"
    old, gradient, new = (trace.W_in, trace.d_in, trace.new_in) if is_in else (trace.W_out, trace.d_out, trace.new_out)
    return (
        (
            say(f"{name}[{trace.words[i]}, {j + 1}] ← "),
            number(old[i, j]),
            say(" − "),
            Part(f"{write_number(trace.params.rate, 2)} · {_bracket(gradient[i, j])}", "strong"),
            say(" = "),
            number(new[i, j], 3, "result"),
        ),
    )


def _bracket(value: float) -> str:
    text = write_number(value, 3)
    return f"({text})" if text.startswith("−") else text


IN_TOLD = Text("the vector of “{word}” when it is given", "вектор слова «{word}», когда оно дано")
OUT_TOLD = Text("the vector of “{word}” when it is guessed", "вектор слова «{word}», когда его угадывают")
SKIP_TOLD = Text("   the row of the centre, as it is", "   строка центра как она есть")
CBOW_TOLD = Text("   the mean of the context's rows", "   среднее строк контекста")
ALONE = Text("   this row by itself: no other word is asked", "   эта строка сама по себе: другие слова не спрашивают")
ALL_WORDS = Text(
    "All {v} words stand in the denominator. With a vocabulary of a million this is what softmax costs.",
    "В знаменателе все слова, их {v}. При словаре в миллион слов в это и обходится softmax.",
)
IS_TARGET = Text("it stands in the window: p should be large", "оно стоит в окне: p должно быть велико")
IS_OTHER = Text("not in the window: p should be small", "его в окне нет: p должно быть мало")
IS_NEGATIVE = Text("drawn as a negative: σ should be 0", "выпало негативом: σ должна быть 0")
PULL = Text("negative: h and “{word}” are pulled together", "меньше нуля: h и «{word}» притягиваются")
PUSH = Text("positive: h and “{word}” are pushed apart", "больше нуля: h и «{word}» отталкиваются")
UNTOUCHED_OUT = Text("   neither target nor negative in this step", "   в этом шаге не цель и не негатив")
UNTOUCHED_IN = Text("   not given in this step", "   в этом шаге не дано")
WHOLE = Text(
    "Not divided by the size of the context, as in word2vec.c: this is not the gradient of L.",
    "Не делится на размер контекста, как в word2vec.c: это не градиент L.",
)
