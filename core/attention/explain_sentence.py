"""Where a weight of the real encoder comes from, written out with the live numbers."""

from __future__ import annotations

import numpy as np

from core.arithmetic import Cell, Formula, Part, number, quiet, say, write_number
from core.attention.heads import row_entropy
from core.attention.sentence import SentenceTrace, row_scores
from core.i18n import Lang, Text

SHOWN = 3


def explain_weight(trace: SentenceTrace, cell: Cell, lang: Lang) -> tuple[Formula, ...]:
    """The softmax behind the picked weight (or the sum behind a cell of the rollout), and its row as a distribution."""
    first = _rollout(trace, cell, lang) if trace.params.look == "rollout" else _softmax(trace, cell, lang)
    return (*first, _row(trace, cell.row, lang))


def _name(trace: SentenceTrace, cell: Cell, lang: Lang) -> str:
    words = Text("“{a}” → “{b}” = ", "«{a}» → «{b}» = ")
    return words.format(a=trace.tokens.shown[cell.row], b=trace.tokens.shown[cell.col]).get(lang)


def _softmax(trace: SentenceTrace, cell: Cell, lang: Lang) -> tuple[Formula, ...]:
    scores = row_scores(trace, cell.row)
    weight = float(trace.A[cell.row, cell.col])
    if scores is None:
        words = Text("   as the model puts it out", "   так его выдаёт модель").get(lang)
        return ((say(_name(trace, cell, lang)), number(weight, 4, "result"), quiet(words)),)
    powers = np.exp(scores - scores.max())
    shown = [k for k in np.argsort(-scores, kind="stable")[:SHOWN] if k != cell.col]
    rest = float(powers.sum() - powers[cell.col] - powers[shown].sum())
    top = Part("e", "strong", write_number(float(scores[cell.col]), 2))
    parts: list[Part] = [say(_name(trace, cell, lang)), top, say(" / ( "), top]
    for k in shown:
        parts += [say(" + "), Part("e", power=write_number(float(scores[k]), 2))]
    if len(scores) > len(shown) + 1:
        share = rest / float(powers.sum())
        parts.append(
            quiet(
                Text(" + {n} smaller terms, {s:.1%} of the sum", " + ещё {n} слагаемых, {s:.1%} суммы")
                .format(n=len(scores) - len(shown) - 1, s=share)
                .get(lang)
            )
        )
    parts += [say(" ) = "), number(weight, 4, "result")]
    d_head = trace.attention.hidden.shape[-1] // trace.attention.weights.shape[1]
    where = Text(
        "{s} = q·k / √{d}: the query of “{a}” with the key of “{b}”, {d} numbers each",
        "{s} = q·k / √{d}: запрос «{a}» на ключ «{b}», по {d} чисел в каждом",
    ).format(
        s=write_number(float(scores[cell.col]), 2),
        d=d_head,
        a=trace.tokens.shown[cell.row],
        b=trace.tokens.shown[cell.col],
    )
    return (tuple(parts), (quiet(where.get(lang)),))


def _rollout(trace: SentenceTrace, cell: Cell, lang: Lang) -> tuple[Formula, ...]:
    from core.attention.heads import rollout

    mean = trace.attention.weights[trace.layer].astype(np.float64).mean(0)
    mixed = 0.5 * mean[cell.row] + 0.5 * np.eye(len(mean))[cell.row]
    before = rollout(trace.attention.weights)[trace.layer][:, cell.col]
    terms = mixed * before
    shown = np.argsort(-terms, kind="stable")[:SHOWN]
    parts: list[Part] = [say(_name(trace, cell, lang))]
    for n, k in enumerate(shown):
        parts += [say(" + ")] if n else []
        parts.append(Part(f"{mixed[k]:.4f}·{before[k]:.4f}", "strong" if n == 0 else "number"))
    rest = float(terms.sum() - terms[shown].sum())
    if len(terms) > SHOWN:
        parts.append(
            quiet(
                Text(" + {n} smaller terms, {r:.4f}", " + ещё {n} слагаемых, {r:.4f}")
                .format(n=len(terms) - SHOWN, r=rest)
                .get(lang)
            )
        )
    parts += [say(" = "), number(float(trace.A[cell.row, cell.col]), 4, "result")]
    rule = Text(
        "first factors: ½·(mean of the heads) + ½·(the token itself, by the residual connection); second: the rollout "
        "of the layer before",
        "первые множители: ½·(среднее по головам) + ½·(сам токен, по остаточной связи); вторые — rollout предыдущего "
        "слоя",
    )
    return (tuple(parts), (quiet(rule.get(lang)),))


def _row(trace: SentenceTrace, i: int, lang: Lang) -> Formula:
    row = trace.A[i]
    told = Text(
        "row “{t}”: Σ = {s:.4f} · entropy {h:.2f} of at most {m:.2f} bits · heaviest: “{k}”, {w:.3f}",
        "строка «{t}»: Σ = {s:.4f} · энтропия {h:.2f} из возможных {m:.2f} бит · больше всех «{k}», {w:.3f}",
    ).format(
        t=trace.tokens.shown[i],
        s=float(row.sum()),
        h=float(row_entropy(row)),
        m=float(np.log2(len(row))),
        k=trace.tokens.shown[int(row.argmax())],
        w=float(row.max()),
    )
    return (quiet(told.get(lang)),)
