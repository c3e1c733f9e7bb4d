"""One number of the board of sentences, written out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.arithmetic import Cell, Formula, Part, number, quiet, say, write_number
from core.foundations.imbalance_text import REMEDIES, TITLES, TextTrace
from core.i18n import Lang, Text

MACRO = Text("macro F₁", "макро-F₁")
ACCURACY = Text("accuracy", "верных")
MOST = 10
EQUAL = Text("   every class counts alike, however rare", "   все классы равны, сколько бы примеров ни было")
LAZY = Text("   always “{name}”: {a}", "   всегда «{name}»: {a}")
COUNT = Text("   are “{a}” and were called “{b}”", "   на деле «{a}», названы «{b}»")
NEVER = Text("   nothing was called “{a}”", "   «{a}» не назвали ни разу")
UNKNOWN = Text("   never seen: ", "   не встречались: ")


def explain_cell(trace: TextTrace, cell: Cell, remedy: int, lang: Lang) -> tuple[Formula, ...]:
    """The formula of the number at `cell` of the board; `remedy` is whose matrix is in sight."""
    names = trace.sentences.names
    title = TITLES[REMEDIES[remedy]].get(lang)
    head = (Part(title, "strong"),)
    C = trace.C[remedy]
    if cell.panel == "C":
        said = COUNT.format(a=names[cell.row], b=names[cell.col]).get(lang)
        return head, (number(float(C[cell.row, cell.col]), kind="result"), quiet(said))
    if cell.panel == "probe":
        return head, *_probe(trace, remedy, cell.col, lang)
    if cell.panel == "F" and cell.col == len(names):
        values = " + ".join(write_number(float(v), 3) for v in trace.f1[remedy])
        total = number(float(trace.macro[remedy]), kind="result")
        return head, (say(f"{MACRO.get(lang)} = ({values}) / {len(names)} = "), total, quiet(EQUAL.get(lang)))
    if cell.panel == "F" and cell.col == len(names) + 1:
        hits = " + ".join(str(int(v)) for v in np.diagonal(C))
        lazy = LAZY.format(name=names[0], a=write_number(trace.majority, 3)).get(lang)
        total = number(float(trace.accuracy[remedy]), kind="result")
        return head, (say(f"{ACCURACY.get(lang)} = ({hits}) / {int(C.sum())} = "), total, quiet(lazy))
    k = cell.col if cell.panel == "F" else cell.row
    return head, _measure(trace, remedy, k, cell.panel, lang)


def _measure(trace: TextTrace, remedy: int, k: int, panel: str, lang: Lang) -> Formula:
    name, C = trace.sentences.names[k], trace.C[remedy]
    hit, called, truly = int(C[k, k]), int(C[:, k].sum()), int(C[k].sum())
    right = Part(str(hit), "strong")
    if panel == "P":
        if not called:
            return (say(f"P({name}) = 0 / 0"), quiet(NEVER.format(a=name).get(lang)))
        return (say(f"P({name}) = "), right, say(f" / ({_sum(C[:, k])}) = "), _result(trace.precision[remedy, k]))
    if panel == "R":
        return (say(f"R({name}) = "), right, say(f" / ({_sum(C[k])}) = "), _result(trace.recall[remedy, k]))
    return (
        say(f"F₁({name}) = 2·"),
        right,
        say(f" / ({called} + {truly}) = "),
        _result(trace.f1[remedy, k]),
        quiet("   2·TP / ((TP + FP) + (TP + FN))"),
    )


def _result(value: float) -> Part:
    return number(float(value), kind="result")


def _sum(counts: npt.ArrayLike) -> str:
    return " + ".join(str(int(v)) for v in np.asarray(counts))


def _probe(trace: TextTrace, remedy: int, k: int, lang: Lang) -> tuple[Formula, ...]:
    """z = b + Σ of what each word adds, the strongest words first."""
    pull = trace.pull[remedy, k]
    order = np.argsort(-np.abs(pull), kind="stable")
    parts: list[Part] = [say(f"z({trace.sentences.names[k]}) = "), number(float(trace.bias[remedy, k]))]
    for at in order[:MOST]:
        value = float(pull[at])
        parts += [say(" + " if value >= 0 else " − "), number(abs(value)), quiet(f" {trace.known[at]}")]
    rest = float(pull[order[MOST:]].sum())
    if len(order) > MOST:
        parts += [say(" + … "), number(rest)]
    z = float(pull.sum() + trace.bias[remedy, k])
    parts += [say(" = "), number(z)]
    if trace.unknown:
        parts.append(quiet(UNKNOWN.get(lang) + ", ".join(trace.unknown[:MOST])))
    p = number(float(trace.probe[remedy, k]), kind="result")
    return tuple(parts), (say("p = 1 / (1 + e^(−z)) = "), p)
