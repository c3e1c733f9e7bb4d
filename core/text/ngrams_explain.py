"""The arithmetic of one cell of `core.text.ngrams_lab`: level by level, with the live counts."""

from __future__ import annotations

from typing import cast

from core.arithmetic import Cell, Formula, Part, number, quiet, say
from core.i18n import Lang, Text
from core.text.backoff import backoff_steps
from core.text.ngrams import NgramModel, Step
from core.text.ngrams_lab import SPACE, Kind, NextParams, NextTrace, chosen_model


def explain(trace: NextTrace, cell: Cell, lang: Lang) -> tuple[Formula, ...]:
    """What the picked token gets after the picked context, and why."""
    p, kind = trace.params, cast(Kind, trace.params.smoothing)
    token, before = trace.columns[cell.col], trace.tokens[: trace.places[cell.row]]
    model = chosen_model(p, kind)
    if kind == "backoff":
        return (*_backoff(p, model, token, before, lang), _mass(trace, cell.row, lang))
    steps = model.steps(token, before)
    return tuple(_line(p, model, token, steps, i, lang) for i in range(len(steps)))


def shown(tokens: tuple[str, ...]) -> str:
    """Tokens inside a formula: a space must be seen."""
    return " ".join(token.replace(" ", SPACE) for token in tokens)


def _name(symbol: str, token: str, context: tuple[str, ...]) -> str:
    given = f" | {shown(context)}" if context else ""
    return f"{symbol}({shown((token,))}{given})"


def _line(p: NextParams, model: NgramModel, token: str, steps: tuple[Step, ...], i: int, lang: Lang) -> Formula:
    step, kind = steps[i], cast(Kind, p.smoothing)
    if kind == "kneser_ney" and i == len(steps) - 1:
        return (say(f"1/|V| = 1/{len(model)} = "), number(step.value, 5), quiet(EVEN.get(lang)))
    head: list[Part] = [say(_name("p′" if step.is_continuation else "p", token, step.context) + " = ")]
    if kind == "mle":
        share = Part(f"{step.count}/{step.total}", "strong")
        told = SEEN if step.total else NOTHING
        result = number(step.value if step.total else float("nan"), 4, "result")
        return (*head, share, say(" = "), result, quiet(told.format(c=step.count, C=step.total).get(lang)))
    if kind == "add_k":
        share = Part(f"({step.count} + {p.k:g})/({step.total} + {p.k:g}·{len(model)})", "strong")
        told = SEEN.format(c=step.count, C=step.total)
        return (*head, share, say(" = "), number(step.value, 5, "result"), quiet(told.get(lang)))
    result = number(step.value, 5, "result" if i == 0 else "number")
    below = steps[i + 1]
    if not step.total:
        last = i + 1 == len(steps) - 1
        name = "1/|V|" if last else _name("p′", token, below.context)
        return (*head, say(f"{name} = "), result, quiet(NEVER.get(lang)))
    told = CONTINUED if step.is_continuation else COUNTED
    return (
        *head,
        Part(f"max({step.count} − {p.discount:g}, 0)/{step.total}", "strong" if step.share > 0 else "number"),
        say(f" + {p.discount:g}·{step.types}/{step.total} · "),
        number(below.value, 5),
        say(" = "),
        result,
        quiet(told.format(c=step.count, C=step.total, T=step.types).get(lang)),
    )


def _backoff(p: NextParams, model: NgramModel, token: str, before: tuple[str, ...], lang: Lang) -> tuple[Formula, ...]:
    steps = backoff_steps(model, token, before, p.alpha)
    lines: list[Formula] = []
    for i, step in enumerate(steps):
        head = say(_name("S", token, step.context) + " = ")
        result = number(step.value, 5, "result" if i == 0 else "number")
        if step.count:
            told = quiet(SEEN.format(c=step.count, C=step.total).get(lang))
            lines.append((head, Part(f"{step.count}/{step.total}", "strong"), say(" = "), result, told))
        else:
            below = steps[i + 1].value if i + 1 < len(steps) else 0.0
            parts = (say(f"{p.alpha:g} · "), number(below, 5), say(" = "), result)
            lines.append((head, *parts, quiet(SHORTER.get(lang))))
    return tuple(lines)


def _mass(trace: NextTrace, row: int, lang: Lang) -> Formula:
    """What the scores of all tokens add up to."""
    mass = float(trace.mass[row])
    return (say("Σ S = "), number(mass, 3, "strong"), quiet(SCORES.get(lang)))


SEEN = Text("   seen here: {c} of {C}", "   встретилось здесь: {c} из {C}")
NOTHING = Text(
    "   this context never came: there is nothing to divide by",
    "   такого контекста не было: делить не на что",
)
NEVER = Text(
    "   this context never came: the shorter one answers",
    "   такого контекста не было: отвечает более короткий",
)
SHORTER = Text(
    "   never seen here: α times the shorter context", "   здесь не встречалось: α на более короткий контекст"
)
EVEN = Text("   the even share of all known tokens", "   поровну на все известные токены")
COUNTED = Text(
    "   seen here: {c} of {C}; different tokens here: {T}",
    "   встретилось здесь: {c} из {C}; разных продолжений: {T}",
)
CONTINUED = Text(
    "   p′ counts the different tokens that stood before: {c} of {C}",
    "   p′ считает, после скольких разных токенов стояло: {c} из {C}",
)
SCORES = Text(
    "   over all tokens: these are scores, not probabilities", "   по всем токенам: это оценки, а не вероятности"
)
