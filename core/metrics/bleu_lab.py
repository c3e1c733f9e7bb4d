"""BLEU as a lab: the score of two texts, its brevity penalty as a curve, and what would change it.

Symbols are those of `core.metrics.bleu` (Papineni et al. 2002): p_n clipped precisions, c and r lengths in tokens, BP
the brevity penalty.

    lengths    hypothesis lengths 1 … 2r that the curve is drawn over                    (length,), tokens
    penalties  BP at each of them, r held                                                (length,), 0…1
    lifted     BLEU if one more n-gram of order n had matched, or NaN where all match    (n,), 0…1
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arithmetic import Cell, Formula, Part, number, quiet, say, write_number
from core.arrays import Frozen
from core.i18n import Lang, Text, same
from core.metrics import bleu as metric
from core.metrics.bleu import BleuOptions, BleuTrace, Gram, bleu, score_bleu
from core.metrics.translation_texts import TextsParams, quote, split_references
from core.params import Choice, Slider, Switch
from core.tables import Table
from core.verify import Check

SHOWN = 14


class BleuParams(TextsParams):
    """What a BLEU number depends on."""

    n: Annotated[
        int,
        Slider(
            label=Text("Largest n", "Наибольшее n"),
            lo=1,
            hi=4,
            step=1,
            help=Text("Orders 1…n enter the geometric mean.", "В геометрическое среднее входят порядки 1…n."),
        ),
    ] = 4
    smoothing: Annotated[
        str,
        Choice(
            label=Text("Smoothing", "Сглаживание"),
            options={"none": Text("none", "нет"), "floor": same("floor"), "add-k": same("add-k"), "exp": same("exp")},
            help=Text(
                "What becomes of p_n = 0. floor: 0 matches become 0.1; add-k: 1 is added from order 2 on; "
                "exp: ½, then ¼, then ⅛. Chen and Cherry 2014, methods 1–3; exp is what WMT uses.",
                "Что делать с p_n = 0. floor: 0 совпадений становится 0,1; add-k: прибавить 1, начиная с n = 2; "
                "exp: ½, затем ¼, затем ⅛. Chen и Cherry 2014, методы 1–3; exp — то, чем пользуется WMT.",
            ),
        ),
    ] = "none"
    tokenize: Annotated[
        str,
        Choice(
            label=Text("Tokens", "Токены"),
            options={
                "13a": same("13a"),
                "intl": same("intl"),
                "none": Text("spaces", "пробелы"),
                "char": Text("characters", "символы"),
            },
            help=Text(
                "13a parts ASCII punctuation and is WMT's default; intl parts every Unicode mark, — and … too.",
                "13a отделяет знаки ASCII и принят в WMT; intl отделяет все знаки Юникода, и —, и ….",
            ),
        ),
    ] = "13a"
    definition: Annotated[
        str,
        Choice(
            label=Text("Definition", "Определение"),
            options={"sacrebleu": same("sacrebleu"), "nltk": same("nltk")},
            help=Text(
                "They part where an order has no matches or no n-grams: sacrebleu (Post 2018) gives 0, nltk a number "
                "that is only almost 0.",
                "Расходятся там, где у порядка нет совпадений или нет n-грамм: у sacrebleu (Post 2018) ноль, "
                "у nltk — число, которое лишь почти ноль.",
            ),
        ),
    ] = "sacrebleu"
    lowercase: Annotated[bool, Switch(label=Text("Ignore case", "Без учёта регистра"))] = False
    effective_order: Annotated[
        bool,
        Switch(
            label=Text("Effective order", "Эффективный порядок"),
            folded=True,
            help=Text(
                "Leave out orders that a short hypothesis has no n-grams of.",
                "Не учитывать порядки, для которых в короткой гипотезе нет n-грамм.",
            ),
        ),
    ] = False


@dataclass(frozen=True)
class BleuLabTrace(Frozen):
    """The score with every count, and the two what-ifs (see the module's table)."""

    params: BleuParams
    bleu: BleuTrace
    lengths: npt.NDArray[np.int64]
    penalties: npt.NDArray[np.float64]
    lifted: npt.NDArray[np.float64]
    signature: str

    def cell(self, words: str) -> Cell:
        """The picked n-gram as (order, index), from the address; the first clipped or matched one when it names none.

        `row` counts orders from 1, `col` n-grams of that order from 0; an order without n-grams has col 0.
        """
        cell = Cell.parse(words)
        if cell and cell.panel == "n" and 1 <= cell.row <= self.params.n:
            grams = self.bleu.grams[cell.row - 1]
            if cell.col < max(1, len(grams)):
                return cell
        return self.opening(min(2, self.params.n))

    def opening(self, order: int) -> Cell:
        """The n-gram that is picked with its order; orders are counted from 1."""
        return Cell("n", order, first_telling(self.bleu.grams[order - 1]))


def first_telling(grams: tuple[Gram, ...]) -> int:
    """The n-gram with something to see: clipped, else matched, else the first."""
    clipped = [k for k, gram in enumerate(grams) if 0 < gram.clip < gram.count]
    matched = [k for k, gram in enumerate(grams) if gram.matches]
    return next(iter([*clipped, *matched]), 0)


def penalize_length(c: int, r: int) -> float:
    """BP for lengths c and r, tokens: 1 for c ≥ r, else exp(1 − r/c); 0 for an empty hypothesis (Papineni 2002)."""
    return 1.0 if c >= r else float(np.exp(1 - r / c)) if c else 0.0


def lift_precision(trace: BleuTrace, order: int) -> float:
    """BLEU with one more match of `order` (from 1), all other counts held; NaN when every n-gram matches already."""
    score = trace.score
    if score.matches[order - 1] >= score.totals[order - 1]:
        return float("nan")
    matches = [m + (k == order - 1) for k, m in enumerate(score.matches)]
    statistics = np.array([[score.c, score.r, *matches, *score.totals]])
    return score_bleu(statistics, trace.options).value


def run(params: BleuParams) -> BleuLabTrace:
    """BLEU of the texts of `params`.

    Raises
    ------
    Refusal
        If there is no reference, or more than three.
    """
    options = BleuOptions(
        n=params.n,
        smoothing=params.smoothing,
        tokenize=params.tokenize,
        lowercase=params.lowercase,
        effective_order=params.effective_order,
        definition=params.definition,
    )
    trace = bleu(
        params.hypothesis,
        split_references(params.references),
        n=options.n,
        smoothing=options.smoothing,
        tokenize=options.tokenize,
        lowercase=options.lowercase,
        effective_order=options.effective_order,
        definition=options.definition,
    )
    lengths = np.arange(1, max(2 * trace.score.r, trace.score.c, 4) + 1)
    return BleuLabTrace(
        params=params,
        bleu=trace,
        lengths=lengths,
        penalties=np.array([penalize_length(int(c), trace.score.r) for c in lengths]),
        lifted=np.array([lift_precision(trace, order) for order in range(1, params.n + 1)]),
        signature=trace.signature,
    )


def reference(trace: BleuLabTrace) -> tuple[Check, ...]:
    """BLEU, precisions, BP and lengths beside sacrebleu's, or nltk's under its definition."""
    return metric.reference(trace.bleu)


def tables(trace: BleuLabTrace) -> tuple[Table, ...]:
    """Orders, n-grams, the penalty's curve and the score."""
    score = trace.bleu.score
    orders = [str(order) for order in range(1, trace.params.n + 1)]
    columns = (score.matches, score.totals, score.numerators, score.denominators, score.precisions, trace.lifted)
    per_order = np.array(columns, dtype=np.float64).T
    names = ("matches", "n-grams", "smoothed matches", "smoothed n-grams", "p_n", "BLEU with one more match")
    found = [
        Table(
            f"{order}-grams",
            [" ".join(gram.words) for gram in grams],
            ("in hypothesis", "clip", "counted"),
            np.array([[gram.count, gram.clip, gram.matches] for gram in grams], dtype=np.int64).reshape(-1, 3),
        )
        for order, grams in zip(orders, trace.bleu.grams, strict=True)
    ]
    curve = Table("brevity penalty", [str(c) for c in trace.lengths], ("BP",), trace.penalties[:, None])
    whole = np.array([[score.value, score.brevity_penalty, score.geometric_mean, score.c, score.r]])
    return (
        Table("score", ("BLEU",), ("BLEU", "BP", "geometric mean", "c", "r"), whole),
        Table("orders", orders, names, per_order),
        *found,
        curve,
    )


def explain(trace: BleuLabTrace, cell: Cell, lang: Lang) -> tuple[Formula, ...]:
    """The clip of the picked n-gram, its order's precision, the brevity penalty, the score, what would change it."""
    rest = (_precision(trace, cell, lang), _brevity(trace, lang), _score(trace, cell.row), _lift(trace, lang))
    return (*_clip(trace, cell, lang), *rest)


def _clip(trace: BleuLabTrace, cell: Cell, lang: Lang) -> tuple[Formula, ...]:
    grams = trace.bleu.grams[cell.row - 1]
    if not grams:
        told = Text(
            "The hypothesis has fewer than {n} tokens, so there is no {n}-gram to count.",
            "В гипотезе меньше {n} токенов, и {n}-грамм в ней нет.",
        )
        return ((quiet(told.format(n=cell.row).get(lang)),),)
    gram = grams[cell.col]
    name = quote(gram.words, lang)
    there = [len(where) for where in gram.reference_positions]
    inside = write_number(there[0], 0) if len(there) == 1 else f"max({', '.join(map(str, there))})"
    told = Text("   in the hypothesis {h}, in the references {r}", "   в гипотезе {h}, в эталонах {r}").format(
        h=gram.count, r=", ".join(map(str, there))
    )
    parts = [say(f"{name}: min({gram.count}, {inside}) = "), number(gram.matches, 0, "result"), quiet(told.get(lang))]
    if 0 < gram.clip < gram.count:
        cut = Text(" — {n} too many, clipped", " — лишних {n}, срезаны").format(n=gram.count - gram.clip)
        parts.append(quiet(cut.get(lang)))
    return (tuple(parts),)


def _precision(trace: BleuLabTrace, cell: Cell, lang: Lang) -> Formula:
    order, score = cell.row, trace.bleu.score
    parts = [say(f"p{_sub(order)} = ")]
    counted = [(k, gram.matches) for k, gram in enumerate(trace.bleu.grams[order - 1]) if gram.matches]
    if 1 < len(counted) <= SHOWN:
        parts.append(say("("))
        for n, (k, matches) in enumerate(counted):
            parts += [say(" + ")] if n else []
            parts.append(Part(str(matches), "strong" if k == cell.col else "number"))
        parts.append(say(f") / {score.totals[order - 1]} = "))
    a, b = score.numerators[order - 1], score.denominators[order - 1]
    parts += [say(f"{write_number(a, 3)} / {write_number(b, 3)} = "), number(score.precisions[order - 1], 4, "result")]
    if score.is_smoothed[order - 1]:
        told = Text("   smoothed: {m} of {t} matched", "   сглажено: совпало {m} из {t}").format(
            m=score.matches[order - 1], t=score.totals[order - 1]
        )
        parts.append(quiet(told.get(lang)))
    return tuple(parts)


def _brevity(trace: BleuLabTrace, lang: Lang) -> Formula:
    score = trace.bleu.score
    if score.c >= score.r:
        told = Text(
            "   the hypothesis is not shorter than the reference: c = {c}, r = {r}",
            "   гипотеза не короче эталона: c = {c}, r = {r}",
        )
        return (say("BP = "), number(1.0, 3, "result"), quiet(told.format(c=score.c, r=score.r).get(lang)))
    if not score.c:
        told = Text("   the hypothesis is empty", "   гипотеза пуста")
        return (say("BP = "), number(0.0, 3, "result"), quiet(told.get(lang)))
    told = Text("   c = {c} tokens, the closest reference: r = {r}", "   c = {c} токенов, ближайший эталон: r = {r}")
    return (
        say("BP = "),
        Part("e", power=f"1 − {score.r}/{score.c}"),
        say(" = "),
        number(score.brevity_penalty, 4, "result"),
        quiet(told.format(c=score.c, r=score.r).get(lang)),
    )


def _score(trace: BleuLabTrace, picked: int) -> Formula:
    score = trace.bleu.score
    used = [k for k, w in enumerate(score.weights) if w > 0]
    parts = [say("BLEU = BP · "), say("(" if len(used) > 1 else "")]
    parts.append(say(" · ".join(f"p{_sub(k + 1)}" for k in used)))
    power = f"1/{len(used)}" if len(used) > 1 else ""
    parts += [Part(")", power=power)] if power else []
    parts += [say(" = "), number(score.brevity_penalty, 4), say(" · " + ("(" if power else ""))]
    for n, k in enumerate(used):
        parts += [say(" · ")] if n else []
        parts.append(number(score.precisions[k], 4, "strong" if k + 1 == picked else "number"))
    parts += [Part(")", power=power)] if power else []
    return (*parts, say(" = "), number(score.value, 4, "result"))


def _lift(trace: BleuLabTrace, lang: Lang) -> Formula:
    """Which single match would help most, and what the missing length costs."""
    score = trace.bleu.score
    if np.isnan(trace.lifted).all():
        return (quiet(Text("Every n-gram matches.", "Совпадают все n-граммы.").get(lang)),)
    order = int(np.nanargmax(trace.lifted))
    parts = [
        quiet(
            Text("One more matching {n}-gram would give {b:.3f}.", "Ещё одна совпавшая {n}-грамма дала бы {b:.3f}.")
            .format(n=order + 1, b=float(trace.lifted[order]))
            .get(lang)
        )
    ]
    if score.brevity_penalty < 1:
        without = Text(
            " Without the brevity penalty BLEU would be {g:.3f}.", " Без штрафа за краткость BLEU был бы {g:.3f}."
        )
        parts.append(quiet(without.format(g=score.geometric_mean).get(lang)))
    return tuple(parts)


def _sub(order: int) -> str:
    return "₀₁₂₃₄"[order]
