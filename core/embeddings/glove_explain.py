"""The arithmetic of a picked pair: what it is worth, how far off it is, and the next step of AdaGrad."""

from __future__ import annotations

import numpy as np

from core.arithmetic import Formula, Part, number, quiet, say, sum_of_products
from core.embeddings import glove
from core.embeddings.glove_lab import FitTrace, Ratios
from core.embeddings.glove_meaning import MeaningTrace, topic_name, unit
from core.i18n import Lang, Text

MOST_TERMS = 6


def explain_pair(trace: FitTrace, i: int, j: int, t: int, lang: Lang) -> tuple[Formula, ...]:
    """f(X_ij), w_i·w̃_j + b_i + b̃_j, r_ij and the step of b_i that follows moment t."""
    p, fit, X = trace.params, trace.fit, float(trace.counted.X[i, j])
    words = trace.counted.vocabulary
    a, b = words[i], words[j]
    theta = fit.theta(t)
    f, dot = float(trace.f[i, j]), float(theta.W[i] @ theta.C[j])
    if not X:
        return ((say(f"X({a}, {b}) = 0, f(0) = 0"), quiet(NOTHING.get(lang))),)
    model = dot + float(theta.b[i] + theta.c[j])
    r = model - float(np.log(X))
    worth: Formula = (say(f"f({X:.4g}) = 1"), quiet((FULL if p.is_weighted else FLAT).get(lang)))
    if p.is_weighted and p.x_max > X:
        worth = (say(f"f({X:.4g}) = ({X:.4g} / {p.x_max})^{p.alpha:g} = "), number(f, 3, "result"))
    terms = sum_of_products(theta.W[i], theta.C[j]) if p.dimension <= MOST_TERMS else []
    product = (say(f"w({a})·w̃({b}) = "), *terms, *([say(" = ")] if terms else []), number(dot, 4, "result"))
    residual = (
        say("r = w·w̃ + b + b̃ − log X = "),
        number(dot, 4),
        *_added(float(theta.b[i])),
        *_added(float(theta.c[j])),
        say(f" − log {X:.4g} = "),
        number(r, 4, "result"),
        quiet(SHARE.get(lang)),
        number(f * r * r, 4),
    )
    return (worth, product, residual, *_step(trace, i, t, lang))


def _added(value: float) -> tuple[Part, ...]:
    """` + 0.3`, or ` − 0.3` when it is negative."""
    return say(" − " if value < 0 else " + "), number(abs(value), 4)


def _step(trace: FitTrace, i: int, t: int, lang: Lang) -> tuple[Formula, ...]:
    """The bias of word i: gradient over its whole row, AdaGrad's sum, the new value."""
    fit, a = trace.fit, trace.counted.vocabulary[i]
    _, g = glove.gradient(fit.theta(t), glove.safe_log(trace.counted.X), trace.f)
    slope, b, before = float(g.b[i]), float(fit.b[t, i]), float(fit.G_b[t, i])
    G = before + slope * slope
    after = b - trace.params.rate * slope / (np.sqrt(G) + glove.EPSILON)
    return (
        (say(f"∂J/∂b({a}) = Σ 2·f·r = "), number(slope, 4, "result"), quiet(ROW.format(word=a).get(lang))),
        (
            say("G ← G + g² = "),
            number(before, 3),
            say(" + "),
            number(slope * slope, 3),
            say(" = "),
            number(G, 3),
            say(f",   b({a}) ← "),
            number(b, 4),
            say(f" {'+' if slope < 0 else '−'} {trace.params.rate:g}·"),
            number(abs(slope), 4),
            say(" / √"),
            number(G, 3),
            say(" = "),
            number(float(after), 4, "result"),
        ),
    )


def explain_ratio(found: Ratios, k: int, lang: Lang) -> tuple[Formula, ...]:
    """The ratio of probe k, counted and as the vectors have it."""
    if k >= len(found.probes):
        return ()
    a, b = found.targets
    probe = found.probes[k]
    return (
        (
            say(f"P({probe} | {a}) / P({probe} | {b}) = "),
            number(float(found.P[0, k]), 4),
            say(" / "),
            number(float(found.P[1, k]), 4),
            say(" = "),
            number(float(found.ratio[k]), 2, "result"),
            quiet(FITTED.get(lang)),
            number(float(found.fitted[k]), 2),
        ),
        (
            say("log "),
            number(float(found.fitted[k]), 2),
            say(f" = (w({a}) − w({b}))·w̃({probe}) + b({a}) − b({b}) − log X({a}) + log X({b}) = "),
            number(float(np.log(found.fitted[k])), 3, "result"),
        ),
    )


def explain_cosine(trace: MeaningTrace, lang: Lang) -> tuple[Formula, ...]:
    """cos of the word and its nearest neighbour at the end, from lengths and product."""
    if trace.query < 0:
        return ()
    V = trace.fit.vectors(len(trace.fit.steps) - 1)
    other = int(trace.neighbours[-1, 0])
    a, b = V[trace.query], V[other]
    names = trace.counted.vocabulary
    dot, left, right = float(a @ b), float(np.linalg.norm(a)), float(np.linalg.norm(b))
    head = say(f"cos({names[trace.query]}, {names[other]}) = ")
    return (
        (
            head,
            say("u·v / (|u|·|v|) = "),
            number(dot),
            say(" / ("),
            number(left),
            say("·"),
            number(right),
            say(") = "),
            number(dot / (left * right), 3, "result"),
            quiet(SUM.get(lang)),
        ),
    )


def explain_sense(trace: MeaningTrace, row: int, col: int, lang: Lang) -> tuple[Formula, ...]:
    """A cosine with the centre of a sense, from the cosines with its words."""
    u = unit(trace.fit.vectors(len(trace.fit.steps) - 1))
    words = u[list(trace.members[col])]
    sense = topic_name(trace.topics[col], lang)
    if row >= len(trace.points):
        other = topic_name(trace.topics[row - len(trace.points)], lang)
        value = float(trace.senses[row, col])
        return ((say(f"cos({other}, {sense}) = "), number(value, 3, "result"), quiet(CENTRES.get(lang))),)
    mean, length = float((words @ u[trace.points[row]]).mean()), float(np.linalg.norm(words.mean(0)))
    return (
        (
            say(f"cos({trace.counted.vocabulary[trace.points[row]]}, {sense}) = "),
            number(mean),
            say(" / "),
            number(length),
            say(" = "),
            number(mean / length, 3, "result"),
            quiet(MEAN.format(n=len(words)).get(lang)),
        ),
    )


CENTRES = Text("   between the centres of two senses", "   между центрами двух значений")
MEAN = Text(
    "   the mean cosine with {n} words of the sense, over the length of their mean vector",
    "   средний косинус с {n} словами этого значения, делённый на длину их среднего вектора",
)
NOTHING = Text("   the cell takes no part in the sum", "   клетка в сумме не участвует")
FULL = Text("   as often as x_max or more: full weight", "   не реже x_max: полный вес")
FLAT = Text(
    "   weighting is off: a pair met once weighs as much as any",
    "   без весов: пара, встреченная однажды, весит как любая",
)
SHARE = Text("   its share of J: f·r² = ", "   её доля в J: f·r² = ")
ROW = Text("   over the whole row “{word}”", "   по всей строке «{word}»")
FITTED = Text("   the vectors say ", "   векторы говорят ")
SUM = Text("   u = w + w̃ of a word, as in the paper", "   u = w + w̃ слова, как в статье")
