"""Where a score of entities comes from, written out with the live numbers.

What can be picked: `tokens`; `credit.<credit>`; `type.<type>`; `average`; in a sentence `pair.<number from 0>`; in a
corpus `kind.<kind of error>`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.arithmetic import Formula, Part, number, quiet, say, write_number
from core.i18n import Lang, Text
from core.metrics.entities import CREDITS, KINDS, Credit, EntityTrace
from core.metrics.entities_corpus import ERRORS, CorpusTrace
from core.metrics.entities_lab import CREDIT_NAMES, EntitiesTrace

PRECISION = Text("precision", "точность")
RECALL = Text("recall", "полнота")
RULES: dict[Credit, Text] = {
    "strict": Text(
        "right is what has the same type and the same two ends; this is the F1 of CoNLL",
        "верно то, у чего совпали тип и обе границы; это F1 из CoNLL",
    ),
    "exact": Text("right is what has the same two ends, whatever the type", "верно то, у чего совпали обе границы"),
    "partial": Text(
        "the same two ends earn 1, an overlap earns ½, whatever the type",
        "за обе верные границы 1, за пересечение ½, тип не важен",
    ),
    "type": Text(
        "right is what has the same type and at least one token in common",
        "верно то, у чего тот же тип и хотя бы один общий токен",
    ),
}


def picks(score: EntityTrace) -> tuple[str, ...]:
    """Everything that can be picked in the tables of any score."""
    return ("tokens", *(f"credit.{c}" for c in CREDITS), *(f"type.{t}" for t in score.types), "average")


def sentence_picks(trace: EntitiesTrace) -> tuple[str, ...]:
    """Everything that can be picked in the lab of one sentence."""
    return (*picks(trace.score), *(f"pair.{n}" for n in range(len(trace.score.pairs))))


def corpus_picks(trace: CorpusTrace) -> tuple[str, ...]:
    """Everything that can be picked in the lab of a corpus."""
    return (*picks(trace.score), *(f"kind.{kind}" for kind in ERRORS))


def explain(trace: EntitiesTrace, picked: str, lang: Lang) -> tuple[Formula, ...]:
    """The arithmetic of what is picked in a sentence."""
    kind, _, which = picked.partition(".")
    return _pair(trace, int(which), lang) if kind == "pair" else explain_score(trace.score, picked, lang)


def explain_corpus(trace: CorpusTrace, picked: str, lang: Lang) -> tuple[Formula, ...]:
    """The arithmetic of what is picked in a corpus."""
    kind, _, which = picked.partition(".")
    name = CREDIT_NAMES[trace.credit].get(lang)
    if kind == "kind":
        at = [error == which for error in ERRORS].index(True)
        found = trace.score.count(ERRORS[at])
        words = Text("put all of these right, and F1 (", "исправить все такие — и F1 (").get(lang)
        return (
            (
                Part(KINDS[ERRORS[at]].get(lang), "strong"),
                say(": "),
                number(found),
                quiet(Text(" of {n} pairs", " из {n} пар").format(n=len(trace.score.pairs)).get(lang)),
            ),
            (
                quiet(f"{words}{name}): "),
                number(trace.score.credits[trace.credit].value),
                say(" → "),
                number(float(trace.fixed[at]), kind="result"),
            ),
        )
    lines = explain_score(trace.score, picked, lang)
    if picked != f"credit.{trace.credit}":
        return lines
    interval = Text(
        "draw {n} sentences again and again, with repeats: 95 % of such corpora have an F1 of ",
        "набираем {n} предложений снова и снова, с повторами: у 95 % таких корпусов F1 — ",
    ).format(n=len(trace.tokens))
    return (*lines, (quiet(interval.get(lang)), number(trace.low), say("…"), number(trace.high)))


def explain_score(score: EntityTrace, picked: str, lang: Lang) -> tuple[Formula, ...]:
    """The arithmetic of a row that every score has."""
    kind, _, which = picked.partition(".")
    if kind == "tokens":
        return _tokens(score, lang)
    if kind == "type" and which in score.types:
        return _type(score, score.types.index(which), lang)
    if kind == "average":
        return _average(score, lang)
    credit: Credit = next((c for c in CREDITS if c == which), "strict")
    return _credit(score, credit, lang)


def _over(top: Sequence[Part], below: Sequence[Part], value: float, is_defined: bool, lang: Lang) -> list[Part]:
    """`top / below = value`; with nothing below, what 0 / 0 counts as."""
    equals = say(" = ") if is_defined else quiet(Text(", which counts as ", ", что считаем за ").get(lang))
    return [*top, say(" / "), *below, equals, number(value, kind="result")]


def _tokens(score: EntityTrace, lang: Lang) -> tuple[Formula, ...]:
    pairs = [p for t, g in zip(score.tags_true, score.tags_predicted, strict=True) for p in zip(t, g, strict=True)]
    right = sum(a == b for a, b in pairs)
    outside = sum(a == b == "O" for a, b in pairs)
    inside = [(a, b) for a, b in pairs if a != "O"]
    name = Text("token accuracy", "доля верных токенов").get(lang)
    lines: list[Formula] = [
        (
            say(f"{name} = "),
            number(right),
            say(" / "),
            number(len(pairs)),
            say(" = "),
            number(score.token_accuracy, kind="result"),
            quiet(
                Text(
                    "   of these {right}, {n} are O in both rows: nobody had to find anything there",
                    "   из этих {right} в {n} метка O стоит в обоих рядах: находить там было нечего",
                )
                .format(right=right, n=outside)
                .get(lang)
            ),
        )
    ]
    if inside:
        lines.append(
            (
                quiet(Text("tokens of true entities alone: ", "только токены истинных сущностей: ").get(lang)),
                number(sum(a == b for a, b in inside)),
                say(" / "),
                number(len(inside)),
                say(" = "),
                number(score.entity_token_accuracy),
            )
        )
    return tuple(lines)


def _credit(score: EntityTrace, credit: Credit, lang: Lang) -> tuple[Formula, ...]:
    c = score.credits[credit]
    earned = c.correct + c.partial / 2
    top: list[Part] = [number(c.correct, kind="strong")]
    if credit == "partial":
        top = [say("("), number(c.correct, kind="strong"), say(" + ½·"), number(c.partial, kind="strong"), say(")")]
    predicted = Text("predicted", "предсказано").get(lang)
    true = Text("true", "истинных").get(lang)
    rows = (
        (PRECISION, c.actual, c.precision, predicted),
        (RECALL, c.possible, c.recall, true),
    )
    lines: list[Formula] = [
        (
            say(f"{name.get(lang)} = "),
            *_over(top, [number(below)], value, below > 0, lang),
            quiet(f"   {words}: {below}"),
        )
        for name, below, value, words in rows
    ]
    F1 = _over(
        [say("2·"), number(earned)],
        [say("("), number(c.actual), say(" + "), number(c.possible), say(")")],
        c.value,
        c.actual + c.possible > 0,
        lang,
    )
    lines.append((say("F1 = "), *F1, quiet(f"   {CREDIT_NAMES[credit].get(lang)} — {RULES[credit].get(lang)}")))
    return tuple(lines)


def _type(score: EntityTrace, k: int, lang: Lang) -> tuple[Formula, ...]:
    tp, predicted, true = (int(values[k]) for values in (score.tp, score.n_predicted, score.n_true))
    name = score.types[k]
    lines: list[Formula] = []
    for label, below, value in ((PRECISION, predicted, score.precision[k]), (RECALL, true, score.recall[k])):
        top, bottom = [number(tp, kind="strong")], [number(below)]
        lines.append((say(f"{name}: {label.get(lang)} = "), *_over(top, bottom, float(value), below > 0, lang)))
    top = [say("2·"), number(tp, kind="strong")]
    bottom = [say("("), number(predicted), say(" + "), number(true), say(")")]
    lines.append((say(f"{name}: F1 = "), *_over(top, bottom, float(score.f1[k]), predicted + true > 0, lang)))
    return tuple(lines)


def _average(score: EntityTrace, lang: Lang) -> tuple[Formula, ...]:
    if not score.types:
        note = Text("there is no entity on either side: 0 / 0", "ни в одном ряду нет сущностей: 0 / 0").get(lang)
        return ((say("F1 = "), number(float(score.value), kind="result"), quiet(f"   {note}")),)
    total = int(score.n_true.sum())
    if score.average == "micro":
        tp, predicted = int(score.tp.sum()), int(score.n_predicted.sum())
        sums = [number(tp), say(f" = {' + '.join(str(int(v)) for v in score.tp)}")]
        note = Text("all types pooled", "все типы вместе").get(lang)
        top = [say("2·"), number(tp, kind="strong")]
        bottom = [say("("), number(predicted), say(" + "), number(total), say(")")]
        F1 = _over(top, bottom, float(score.value), predicted + total > 0, lang)
        return ((say("F1 = "), *F1, quiet(f"   {note}: tp = "), *sums),)
    is_weighted = score.average == "weighted" and total > 0
    terms: list[Part] = [say("(")]
    for k, name in enumerate(score.types):
        terms += [say(" + ")] if k else []
        weight = f"{int(score.n_true[k])}·" if is_weighted else ""
        terms += [Part(f"{weight}{write_number(float(score.f1[k]), 3)}", "number"), quiet(f" {name}")]
    bottom = [say(")"), say(" / "), number(total if is_weighted else len(score.types))]
    note = {
        True: Text("every type weighs as much as it has true entities", "вес типа — число его истинных сущностей"),
        False: Text("every type weighs the same", "все типы весят одинаково"),
    }[is_weighted].get(lang)
    return (
        (say("F1 = "), *terms, *bottom, say(" = "), number(float(score.value), kind="result"), quiet(f"   {note}")),
    )


def write_worth(value: float) -> str:
    """0, ½ or 1."""
    return "½" if value == 0.5 else f"{value:.0f}"


def _pair(trace: EntitiesTrace, n: int, lang: Lang) -> tuple[Formula, ...]:
    pair = trace.score.pairs[n]
    nothing = Text("nothing", "ничего").get(lang)

    def side(words: str, kind: str | None) -> str:
        quoted = Text("“{words}” {kind}", "«{words}» {kind}").format(words=words, kind=kind)
        return quoted.get(lang) if kind else nothing

    true = side(trace.words(pair.true), pair.true.type if pair.true else None)
    predicted = side(trace.words(pair.predicted), pair.predicted.type if pair.predicted else None)
    what: list[Part] = [say(f"{true} → {predicted}: "), Part(KINDS[pair.kind].get(lang), "strong")]
    worth: list[Part] = [quiet(Text("worth: ", "засчитано: ").get(lang))]
    for k, credit in enumerate(CREDITS):
        worth += [say(" · ")] if k else []
        told = f"{CREDIT_NAMES[credit].get(lang)} {write_worth(float(trace.earned[n, k]))}"
        worth.append(Part(told, "strong" if credit == trace.credit else "plain"))
    at = CREDITS.index(trace.credit)
    if np.isnan(trace.fixed[n, at]):
        return tuple(what), tuple(worth)
    words = Text("put just this right, and F1 (", "исправить только это — и F1 (").get(lang)
    fixed = (
        quiet(f"{words}{CREDIT_NAMES[trace.credit].get(lang)}): "),
        number(trace.score.credits[trace.credit].value),
        say(" → "),
        number(float(trace.fixed[n, at]), kind="result"),
    )
    return tuple(what), tuple(worth), fixed
