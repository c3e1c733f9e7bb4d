"""Why this pair is merged and that piece goes: the number of one candidate, written out."""

from __future__ import annotations

import math
from itertools import pairwise

from core.arithmetic import Cell, Formula, Part, number, quiet, say, write_number
from core.i18n import Lang, Text
from core.text import unigram
from core.text.subword_lab import SubwordTrace
from core.text.subword_states import Row, State

MAX_TERMS = 8


def explain(trace: SubwordTrace, cell: Cell, step: int, lang: Lang) -> tuple[Formula, ...]:
    """The arithmetic of the candidate `cell` in the state `step`."""
    kind = next(k for k in trace.states if k == cell.panel)
    state = trace.state(kind, step)
    if not state.rows:
        words = Text(
            "Nothing is left to merge: every word is one piece.", "Склеивать больше нечего: каждое слово — один кусок."
        )
        if kind == "unigram":
            words = Text("Only single characters are left; they stay.", "Остались одни символы, они не уходят.")
        return ((say(words.get(lang)),),)
    row = state.rows[min(cell.row, len(state.rows) - 1)]
    if kind == "bpe":
        return _count(trace, state, row, lang)
    return _score(trace, state, row, lang) if kind == "wordpiece" else _loss(trace, state, row, step, lang)


def occurrences(state: State, parts: tuple[str, ...]) -> list[int]:
    """How often the pair stands in each word as it is cut now."""
    return [sum(pair == parts for pair in pairwise(split)) for split in state.splits]


def _sum(terms: list[str]) -> list[Part]:
    parts: list[Part] = []
    for k, term in enumerate(terms[:MAX_TERMS]):
        parts += [say(" + ")] if k else []
        parts.append(Part(term, "number"))
    return [*parts, say(" + …")] if len(terms) > MAX_TERMS else parts


def _terms(trace: SubwordTrace, state: State, row: Row) -> list[str]:
    words = zip(trace.words.items(), occurrences(state, row.parts), strict=True)
    return [f"{f'{n}·' if n > 1 else ''}{times} ({word})" for (word, times), n in words if n]


def _count(trace: SubwordTrace, state: State, row: Row, lang: Lang) -> tuple[Formula, ...]:
    a, b = row.parts
    top = state.rows[0]
    if row.is_next:
        tied = [r for r in state.rows if r.value == top.value]
        rule = Text(
            "the most frequent pair: it becomes the piece “{ab}”", "самая частая пара: она станет куском «{ab}»"
        )
        if len(tied) > 1:
            rule = Text(
                "equally frequent pairs: {n}; the one whose parts were born first becomes “{ab}”",
                "одинаково частых пар: {n}; куском «{ab}» станет та, чьи части появились раньше",
            )
        told = rule.format(ab=a + b, n=len(tied))
    else:
        told = Text("the most frequent pair now is {a} + {b}: {n}", "самая частая пара сейчас — {a} + {b}: {n}").format(
            a=top.parts[0], b=top.parts[1], n=int(top.value)
        )
    return (
        (
            say(f"count({a} {b}) = "),
            *_sum(_terms(trace, state, row)),
            say(" = "),
            number(row.value, kind="result"),
        ),
        (quiet(told.get(lang)),),
    )


def _score(trace: SubwordTrace, state: State, row: Row, lang: Lang) -> tuple[Formula, ...]:
    a, b = row.parts
    frequent = max(state.rows, key=lambda r: r.count)
    told = Text(
        "{a} stands {left} times, {b} {right} times, side by side {n} times; BPE would look at the last number only",
        "{a} встречается {left} раз, {b} — {right}, рядом — {n}; BPE посмотрел бы только на последнее число",
    ).format(a=a, b=b, left=row.left, right=row.right, n=int(row.count))
    lines: list[Formula] = [
        (
            say(f"score({a} {b}) = freq({a} {b}) / (freq({a})·freq({b})) = "),
            Part(f"{int(row.count)} / ({row.left}·{row.right})", "strong"),
            say(" = "),
            number(row.value, 4, "result"),
        ),
        (quiet(told.get(lang)),),
    ]
    if frequent.count > row.count:
        other = Text(
            "more frequent, yet worth less: {a} + {b}, {n} / ({left}·{right}) = {score}",
            "чаще, но ценится меньше: {a} + {b}, {n} / ({left}·{right}) = {score}",
        ).format(
            a=frequent.parts[0],
            b=frequent.parts[1],
            n=int(frequent.count),
            left=frequent.left,
            right=frequent.right,
            score=write_number(frequent.value, 4),
        )
        if frequent.value < row.value:
            lines.append((quiet(other.get(lang)),))
    return tuple(lines)


def _loss(trace: SubwordTrace, state: State, row: Row, step: int, lang: Lang) -> tuple[Formula, ...]:
    (piece,) = row.parts
    stage = trace.unigram.stages[min(step, len(trace.unigram.stages) - 1)]
    logs = unigram.log_probabilities(stage.p)
    terms = []
    for (word, times), split in zip(trace.marked.items(), state.splits, strict=True):
        if piece in split:
            edges = [e for e in unigram.find_edges(word, stage.p, trace.params.longest) if e[2] != piece]
            instead, without = unigram.viterbi(len(word), edges, logs)
            score = math.fsum(logs[x] for x in split)
            gap = f"({write_number(score, 2)} − ({write_number(without, 2)}))"
            terms.append(f"{times}·{gap} ({word} → {' '.join(instead)})")
    total = math.fsum(stage.counts.values())
    told = Text("no word needs it: its best cut does without", "ни одному слову он не нужен: лучшая нарезка без него")
    if terms:
        told = Text(
            "count · (log P of the best cut − of the best one without “{x}”), nats",
            "сколько раз · (log P лучшей нарезки − лучшей без «{x}»), наты",
        ).format(x=piece)
    return (
        (
            say(f"loss({piece}) = "),
            *(_sum(terms) if terms else []),
            say(" = " if terms else ""),
            number(row.value, 2, "result"),
            quiet(f"   {told.get(lang)}"),
        ),
        (
            quiet(f"p({piece}) = c / Σc = "),
            number(row.count, 2),
            say(" / "),
            number(total, 2),
            say(" = "),
            number(row.p, 4),
        ),
    )
