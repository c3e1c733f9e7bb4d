"""Where a number of the bag-of-words lab comes from, written out with the live numbers."""

from __future__ import annotations

import numpy as np

from core.arithmetic import Cell, Formula, Part, number, quiet, say, write_number
from core.i18n import Lang, Text
from core.text.bag_of_words import Inverse, inverse_document_frequencies
from core.text.bow_lab import BowTrace

MAX_PARTS = 8
FORMULAS: dict[Inverse, str] = {
    "textbook": "ln(N/df)",
    "plus": "ln(N/df) + 1",
    "smooth": "ln((1 + N)/(1 + df)) + 1",
}


def explain_cell(trace: BowTrace, cell: Cell, lang: Lang) -> tuple[Formula, ...]:
    """One or two lines for the number at `cell`; the second says where its ingredients come from."""
    if cell.panel == "cos":
        return _cosine(trace, cell, lang)
    if cell.panel == "idf":
        return (_frequency if cell.row == 0 else _inverse)(trace, cell.col, lang)
    writers = {"counts": _count, "binary": _binary, "tf": _tf, "tfidf": _weight, "unit": _unit}
    return writers[cell.panel](trace, cell.row, cell.col, lang)


def _name(symbol: str, trace: BowTrace, i: int, j: int) -> Part:
    return say(f"{symbol}[{trace.rows[i]}, {trace.name(j)}] = ")


def _count(trace: BowTrace, i: int, j: int, lang: Lang) -> tuple[Formula, ...]:
    words = Text("occurrences of “{t}” in the text: “{d}”", "столько раз «{t}» встречается в тексте «{d}»")
    told = words.format(t=trace.name(j), d=_short(trace.texts[i])).get(lang)
    return ((_name("c", trace, i, j), number(float(trace.counts[i, j]), kind="result")), (quiet(told),))


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"


def _binary(trace: BowTrace, i: int, j: int, lang: Lang) -> tuple[Formula, ...]:
    c = int(trace.counts[i, j])
    words = Text("present or not: how often no longer matters", "есть или нет: сколько раз — уже не важно")
    sign = ">" if c else "="
    head = (
        _name("b", trace, i, j),
        number(float(c > 0), kind="result"),
        quiet(f"   c = {c} {sign} 0" if c else "   c = 0"),
    )
    return (head, (quiet(words.get(lang)),))


def _frequency(trace: BowTrace, j: int, lang: Lang) -> tuple[Formula, ...]:
    b = (trace.counts[: trace.N, j] > 0).astype(int)
    words = Text(
        "the column of zeros and ones, summed: in how many of the {N} documents “{t}” stands; the query does not count",
        "сумма столбца из нулей и единиц: в скольких документах из {N} есть «{t}»; запрос не в счёт",
    ).format(N=trace.N, t=trace.name(j))
    terms = " + ".join(map(str, b))
    return (
        (say(f"df[{trace.name(j)}] = {terms} = "), number(float(trace.df[j]), kind="result")),
        (quiet(words.get(lang)),),
    )


def _inverse_parts(trace: BowTrace, j: int) -> str:
    N, df = trace.N, int(trace.df[j])
    return {
        "textbook": f"ln({N} / {df})",
        "plus": f"ln({N} / {df}) + 1",
        "smooth": f"ln((1 + {N}) / (1 + {df})) + 1",
        "none": "1",
    }[trace.params.idf]


def _inverse(trace: BowTrace, j: int, lang: Lang) -> tuple[Formula, ...]:
    def under(kind: Inverse) -> str:
        return write_number(float(inverse_document_frequencies(trace.df, trace.N, kind)[j]), 3)

    others = [f"{name} = {under(kind)}" for kind, name in FORMULAS.items() if kind != trace.params.idf]
    formula = _inverse_parts(trace, j)
    head = [say(f"idf[{trace.name(j)}] = ")]
    if trace.params.idf != "none":
        head += [Part(formula, "number"), say(" = ")]
    head += [number(float(trace.idf[j]), kind="result")]
    if trace.idf[j] == 0:
        words = Text(
            "   it is in every document, so it tells none apart", "   есть в каждом документе — и ни один не отличает"
        )
        head.append(quiet(words.get(lang)))
    told = Text("under the other definitions: {o}", "по другим определениям: {o}").format(o=" · ".join(others))
    return (tuple(head), (quiet(told.get(lang)),))


def _tf_parts(trace: BowTrace, i: int, j: int) -> list[Part]:
    """How tf is made of the count, without the answer."""
    c = int(trace.counts[i, j])
    if trace.params.tf == "share":
        return [number(float(c)), say(" / "), number(float(max(1, trace.counts[i].sum())))]
    if trace.params.tf == "log":
        return [say("1 + ln "), number(float(c))] if c else [number(0.0)]
    return [number(float(c > 0) if trace.params.tf == "binary" else float(c))]


def _tf(trace: BowTrace, i: int, j: int, lang: Lang) -> tuple[Formula, ...]:
    told = {
        "share": Text(
            "occurrences of the term by all terms counted in the text",
            "вхождения терма, делённые на все подсчитанные термы текста",
        ),
        "count": Text("the count as it is", "счёт как есть"),
        "log": Text(
            "each further occurrence adds less; 0 where there is none",
            "каждое следующее вхождение добавляет меньше; 0, если терма нет",
        ),
        "binary": Text("present or not", "есть или нет"),
    }[trace.params.tf]
    parts = _tf_parts(trace, i, j)
    middle = [*parts, say(" = ")] if len(parts) > 1 else []
    return (
        (_name("tf", trace, i, j), *middle, number(float(trace.tf[i, j]), kind="result")),
        (quiet(told.get(lang)),),
    )


def _weight(trace: BowTrace, i: int, j: int, lang: Lang) -> tuple[Formula, ...]:
    tf, idf = (write_number(float(v), 3) for v in (trace.tf[i, j], trace.idf[j]))
    where: list[Part] = [quiet(Text("where tf = ", "где tf = ").get(lang)), *_tf_parts(trace, i, j)]
    where += [quiet(", idf = "), Part(_inverse_parts(trace, j), "number")]
    if trace.idf[j] == 0 and trace.counts[i, j]:
        words = Text(
            " : in every document, so it weighs nothing", " : есть в каждом документе, поэтому не весит ничего"
        )
        where.append(quiet(words.get(lang)))
    return (
        (
            _name("tf·idf", trace, i, j),
            Part(f"{tf} · {idf}", "strong"),
            say(" = "),
            number(float(trace.tfidf[i, j]), kind="result"),
        ),
        tuple(where),
    )


def _unit(trace: BowTrace, i: int, j: int, lang: Lang) -> tuple[Formula, ...]:
    w = trace.tfidf[i]
    if trace.norms[i] == 0:
        words = Text(
            "every weight of this row is 0: it has no length to divide by", "все веса строки — 0: делить не на что"
        )
        return ((_name("w", trace, i, j), Part("0", "result"), quiet(f"   {words.get(lang)}")),)
    head = [_name("w", trace, i, j), number(float(w[j])), say(" / "), number(float(trace.norms[i])), say(" = ")]
    present = np.flatnonzero(w)
    squares: list[Part] = [quiet(Text("the length of the row: ", "длина строки: ").get(lang)), say("√(")]
    for n, k in enumerate(present[:MAX_PARTS]):
        squares += [say(" + ")] if n else []
        squares.append(Part(write_number(float(w[k]), 2), "strong" if k == j else "plain", "2"))
    squares += [say(" + …")] if len(present) > MAX_PARTS else []
    squares += [say(") = "), number(float(trace.norms[i]))]
    return ((*head, number(float(trace.vectors[i, j]), kind="result")), tuple(squares))


def _cosine(trace: BowTrace, cell: Cell, lang: Lang) -> tuple[Formula, ...]:
    i, d = cell.row, cell.col
    names = f"{trace.rows[i]}, {trace.rows[d]}"
    lonely = [trace.rows[k] for k in dict.fromkeys((i, d)) if trace.norms[k] == 0]
    if lonely:
        words = Text(
            "every weight of {r} is 0: the cosine would be 0 / 0, and counts as 0",
            "все веса {r} — 0: косинус был бы 0 / 0, его считают нулём",
        ).format(r=", ".join(lonely))
        return ((say(f"cos({names}) = "), Part("0", "result"), quiet(f"   {words.get(lang)}")),)
    a, b = trace.tfidf[i], trace.tfidf[d]
    parts = trace.parts(i, d)
    shared = [int(k) for k in np.argsort(-parts, kind="stable") if parts[k] > 0]
    if not shared:
        words = Text("no term that weighs anything is shared", "нет ни одного общего терма, который бы что-то весил")
        return ((say(f"cos({names}) = "), Part("0", "result"), quiet(f"   {words.get(lang)}")),)
    top: list[Part] = [say(f"cos({names}) = ( ")]
    for n, k in enumerate(shared[:MAX_PARTS]):
        top += [say(" + ")] if n else []
        top.append(Part(f"{write_number(float(a[k]), 3)}·{write_number(float(b[k]), 3)}", "number" if n else "strong"))
    top += [say(" + …")] if len(shared) > MAX_PARTS else []
    top += [say(" ) / ( "), number(float(trace.norms[i])), say("·"), number(float(trace.norms[d])), say(" ) = ")]
    below: list[Part] = [quiet(Text("term by term: ", "по термам: ").get(lang))]
    for n, k in enumerate(shared[:MAX_PARTS]):
        below += [say(" + ")] if n else []
        below += [quiet(f"{trace.name(k)} "), number(float(parts[k]))]
    rest = shared[MAX_PARTS:]
    if rest:
        told = Text(" + {n} more: ", " + ещё {n}: ").format(n=len(rest)).get(lang)
        below += [quiet(told), number(float(parts[rest].sum()))]
    below += [say(" = "), number(round(float(trace.cosines[i, d]), 12))]
    return ((*top, number(round(float(trace.cosines[i, d]), 12), kind="result")), tuple(below))
