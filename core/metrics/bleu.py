"""BLEU, every count and clip kept.

Symbols (Papineni et al. 2002, "BLEU: a Method for Automatic Evaluation of Machine Translation", section 2):

    p_n    modified n-gram precision: n-grams of the hypothesis that a reference has, each counted at most as often as
           in the one reference that has it most (the clip), over all n-grams of the hypothesis          0…1
    c      length of the hypothesis (of all hypotheses, for a corpus), tokens
    r      length of the reference closest to c, the shorter of two equally close; summed over a corpus, tokens
    BP     brevity penalty: 1 if c > r, else exp(1 − r/c)                                                  0…1
    w_n    weights of the orders, 1/N each unless given; N is the largest order, 4
    BLEU   BP · exp(Σ w_n log p_n)                                                                         0…1

Papineni 2002 pools the counts of a whole corpus and needs no smoothing. For one sentence a single p_n = 0 makes BLEU 0;
Chen and Cherry 2014 ("A Systematic Comparison of Smoothing Techniques for Sentence-Level BLEU") number the remedies:

    floor   their method 1: a matched count of 0 becomes a small ε (0.1)
    add-k   their method 2 (Lin and Och 2004): k is added to matches and totals of the orders above 1 (k = 1)
    exp     their method 3 (NIST): the first matched count of 0 becomes 1/2, the next 1/4, then 1/8 …

Two definitions are in use. "sacrebleu" (Post 2018, "A Call for Clarity in Reporting BLEU Scores"; WMT) gives 0 where an
order has no n-grams at all, unless `effective_order` leaves such orders out. "nltk" counts at least one n-gram an order
and sentence, so a hypothesis of two words has p_3 = 0/1 and smoothing reaches it; without smoothing a p_n of 0 becomes
the smallest normal float, about 2·10⁻³⁰⁸, and BLEU comes out tiny rather than 0.
"""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Text, same
from core.metrics.ngrams import (
    Words,
    check_corpus,
    check_number,
    check_option,
    check_texts,
    count_grams,
    count_matches,
    gram_positions,
    split_words,
)
from core.verify import Check, compare

SMOOTHING: dict[str, float | None] = {"none": None, "floor": 0.1, "add-k": 1.0, "exp": None}
DEFINITIONS = ("sacrebleu", "nltk")
MAX_ORDER = 9


@dataclass(frozen=True)
class BleuOptions:
    """What a BLEU number depends on besides the texts; refuses what has no meaning.

    weights : one a order, not negative, not all 0; None is 1/n each. Under "sacrebleu" they are divided by their sum
        over the orders used; "nltk" takes them as they are.
    smoothing_value : the ε of "floor" or the k of "add-k"; None is the default in `SMOOTHING`
    effective_order : leave out orders the hypothesis is too short for. Under "nltk" this is `auto_reweigh`: below four
        tokens, and with the default weights of n = 4 only, the orders up to the length get 1/length each.
    """

    n: int = 4
    weights: tuple[float, ...] | None = None
    smoothing: str = "none"
    smoothing_value: float | None = None
    tokenize: str = "13a"
    lowercase: bool = False
    effective_order: bool = False
    definition: str = "sacrebleu"

    def __post_init__(self) -> None:
        check_number(same("n"), self.n, 1, MAX_ORDER)
        check_option(Text("smoothing", "сглаживание"), self.smoothing, SMOOTHING)
        check_option(Text("definition", "определение"), self.definition, DEFINITIONS)
        if self.smoothing_value is not None:
            check_number(Text("smoothing value", "величина сглаживания"), self.smoothing_value, 0, 100)
        if self.weights is not None and (
            len(self.weights) != self.n
            or not all(0 <= w <= 100 for w in self.weights)
            or not any(w > 0 for w in self.weights)
        ):
            raise Refusal(
                Text(
                    "BLEU-{n} takes {n} weights from 0 to 100, not all of them 0.",
                    "Для BLEU-{n} нужно {n} весов от 0 до 100, и не все нулевые.",
                ).format(n=self.n)
            )

    @property
    def amount(self) -> float:
        """ε or k; 0 where the smoothing has no such number."""
        default = SMOOTHING[self.smoothing]
        return self.smoothing_value if default is not None and self.smoothing_value is not None else default or 0.0

    def split(self, text: str) -> Words:
        """The tokens that are compared."""
        return split_words(text, self.tokenize, self.lowercase)

    def signature(self, references: int) -> str:
        """The line under the number, in the manner of sacrebleu."""
        amount = f"[{self.amount:g}]" if SMOOTHING[self.smoothing] is not None else ""
        weights = "" if self.weights is None else f" · w:{','.join(f'{w:g}' for w in self.weights)}"
        return (
            f"BLEU-{self.n}{weights} · refs:{references} · case:{'lc' if self.lowercase else 'mixed'} · "
            f"eff:{'yes' if self.effective_order else 'no'} · tok:{self.tokenize} · smooth:{self.smoothing}{amount} · "
            f"{self.definition}"
        )


@dataclass(frozen=True)
class BleuScore:
    """The formula with its numbers; tuples have one entry an order.

    matches, totals : clipped and all n-grams of the hypothesis, before smoothing
    numerators, denominators : after smoothing; p_n is their quotient, 0 where there is nothing to divide by
    weights : as they entered the mean: 0 for an order that was left out
    geometric_mean : exp(Σ w_n log p_n), 0…1
    value : brevity_penalty · geometric_mean, 0…1
    """

    matches: tuple[int, ...]
    totals: tuple[int, ...]
    numerators: tuple[float, ...]
    denominators: tuple[float, ...]
    precisions: tuple[float, ...]
    weights: tuple[float, ...]
    c: int
    r: int
    brevity_penalty: float
    geometric_mean: float
    value: float

    @property
    def percent(self) -> float:
        """0…100, as sacrebleu prints it."""
        return 100 * self.value

    @property
    def is_smoothed(self) -> tuple[bool, ...]:
        """Which orders smoothing changed."""
        return tuple(a != b for a, b in zip(self.matches, self.numerators, strict=True))


@dataclass(frozen=True)
class Gram:
    """One n-gram of the hypothesis.

    positions : where it starts in the hypothesis
    reference_positions : where it starts in each reference
    clip : the most any one reference has it; `clipped_by` is the first such reference, None when no one has it
    matches : min(count, clip)
    """

    words: Words
    positions: tuple[int, ...]
    reference_positions: tuple[tuple[int, ...], ...]
    clip: int
    clipped_by: int | None

    @property
    def count(self) -> int:
        return len(self.positions)

    @property
    def matches(self) -> int:
        return min(self.count, self.clip)

    @property
    def matched_positions(self) -> tuple[int, ...]:
        """The occurrences that count, the earliest first; the rest are clipped away."""
        return self.positions[: self.clip]


@dataclass(frozen=True)
class BleuTrace:
    """Sentence BLEU. `grams[n − 1]` lists the n-grams in order of first occurrence; `closest` is the reference of r."""

    options: BleuOptions
    hypothesis: str
    references: tuple[str, ...]
    words: Words
    reference_words: tuple[Words, ...]
    grams: tuple[tuple[Gram, ...], ...]
    closest: int
    score: BleuScore
    signature: str

    @property
    def value(self) -> float:
        """0…1."""
        return self.score.value

    @property
    def percent(self) -> float:
        """0…100."""
        return self.score.percent


@dataclass(frozen=True)
class CorpusBleuTrace(Frozen):
    """Corpus BLEU: counts are summed over the rows, and only then divided.

    statistics : (rows, 2 + 2n) whole numbers: c, r, matches of order 1…n, totals of order 1…n. Rows can be resampled
        and scored again with `score_bleu`.
    """

    options: BleuOptions
    hypotheses: tuple[str, ...]
    references: tuple[tuple[str, ...], ...]
    statistics: npt.NDArray[np.int64]
    score: BleuScore
    signature: str

    @property
    def value(self) -> float:
        """0…1."""
        return self.score.value

    @property
    def percent(self) -> float:
        """0…100."""
        return self.score.percent


def bleu(
    hypothesis: str,
    references: Sequence[str],
    n: int = 4,
    weights: Sequence[float] | None = None,
    smoothing: str = "none",
    smoothing_value: float | None = None,
    tokenize: str = "13a",
    lowercase: bool = False,
    effective_order: bool = False,
    definition: str = "sacrebleu",
) -> BleuTrace:
    """BLEU of one sentence against one or several references; the options are those of `BleuOptions`.

    Raises
    ------
    Refusal
        If a text or an option is beyond its limit.
    """
    check_texts(hypothesis, references)
    given = None if weights is None else tuple(weights)
    options = BleuOptions(n, given, smoothing, smoothing_value, tokenize, lowercase, effective_order, definition)
    words, reference_words = options.split(hypothesis), tuple(options.split(reference) for reference in references)
    closest = closest_reference(len(words), [len(r) for r in reference_words])
    grams = tuple(match_grams(words, reference_words, order) for order in range(1, n + 1))
    statistics = np.array(
        [
            len(words),
            len(reference_words[closest]),
            *(sum(gram.matches for gram in order) for order in grams),
            *(sum(gram.count for gram in order) for order in grams),
        ]
    )
    return BleuTrace(
        options=options,
        hypothesis=hypothesis,
        references=tuple(references),
        words=words,
        reference_words=reference_words,
        grams=grams,
        closest=closest,
        score=score_bleu(statistics[None], options),
        signature=options.signature(len(references)),
    )


def corpus_bleu(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]],
    n: int = 4,
    weights: Sequence[float] | None = None,
    smoothing: str = "none",
    smoothing_value: float | None = None,
    tokenize: str = "13a",
    lowercase: bool = False,
    effective_order: bool = False,
    definition: str = "sacrebleu",
) -> CorpusBleuTrace:
    """BLEU of a corpus; `references[k]` are the references of `hypotheses[k]`, as many as there are.

    Raises
    ------
    Refusal
        If a row or an option is beyond its limit; the row is named.
    """
    check_corpus(hypotheses, references)
    given = None if weights is None else tuple(weights)
    options = BleuOptions(n, given, smoothing, smoothing_value, tokenize, lowercase, effective_order, definition)
    statistics = bleu_statistics(hypotheses, references, options)
    counts = {len(its) for its in references}
    return CorpusBleuTrace(
        options=options,
        hypotheses=tuple(hypotheses),
        references=tuple(tuple(its) for its in references),
        statistics=statistics,
        score=score_bleu(statistics, options),
        signature=options.signature(max(counts)) + f" · rows:{len(hypotheses)}",
    )


def closest_reference(c: int, lengths: Sequence[int]) -> int:
    """Index of the length nearest to c; of two equally near, the shorter (the first, if they are equal)."""
    return min(range(len(lengths)), key=lambda k: (abs(c - lengths[k]), lengths[k]))


def match_grams(words: Words, references: Sequence[Words], n: int) -> tuple[Gram, ...]:
    """Every n-gram of the hypothesis with its clip, in order of first occurrence."""
    theirs = [gram_positions(reference, n) for reference in references]
    grams = []
    for gram, positions in gram_positions(words, n).items():
        found = tuple(reference.get(gram, ()) for reference in theirs)
        clip = max(map(len, found))
        clipped_by = next((k for k, where in enumerate(found) if len(where) == clip), None) if clip else None
        grams.append(Gram(gram, positions, found, clip, clipped_by))
    return tuple(grams)


def bleu_statistics(
    hypotheses: Sequence[str], references: Sequence[Sequence[str]], options: BleuOptions
) -> npt.NDArray[np.int64]:
    """Counts only, no trace: (rows, 2 + 2n), the columns of `CorpusBleuTrace.statistics`.

    Rows are independent, so a long corpus may be counted piece by piece and the pieces concatenated.
    """
    n = options.n
    statistics = np.empty((len(hypotheses), 2 + 2 * n), dtype=np.int64)
    for row, (hypothesis, its) in enumerate(zip(hypotheses, references, strict=True)):
        words, others = options.split(hypothesis), [options.split(reference) for reference in its]
        c, lengths = len(words), [len(other) for other in others]
        matches = []
        for order in range(1, n + 1):
            clip = count_grams(others[0], order)
            for other in others[1:]:
                clip |= count_grams(other, order)
            matches.append(count_matches(count_grams(words, order), clip))
        totals = (max(0, c - order + 1) for order in range(1, n + 1))
        statistics[row] = (c, lengths[closest_reference(c, lengths)], *matches, *totals)
    return statistics


def score_bleu(statistics: npt.NDArray[np.int64], options: BleuOptions) -> BleuScore:
    """From counts to BLEU: the rows of `statistics`, (rows, 2 + 2n), are summed."""
    n = options.n
    c, r, *pooled = (int(v) for v in statistics.sum(axis=0))
    matches, totals = tuple(pooled[:n]), tuple(pooled[n:])
    brevity_penalty = 1.0 if c >= r else math.exp(1 - r / c) if c else 0.0
    if not any(matches):
        # Smoothing is for an order that went missing, not for a hypothesis that has nothing in common.
        weights = tuple(options.weights or (1 / n,) * n)
        numerators, denominators, geometric_mean = [float(m) for m in matches], [float(t) for t in totals], 0.0
    elif options.definition == "nltk":
        at_least_one = [int(v) for v in np.maximum(statistics[:, 2 + n :], 1).sum(axis=0)]
        numerators, denominators = _smooth_nltk(matches, at_least_one, options)
        weights = _weigh_nltk(c, options)
        geometric_mean = math.exp(
            math.fsum(w * math.log(a / b) for w, a, b in zip(weights, numerators, denominators, strict=True) if w and a)
        )
    else:
        numerators, denominators, used = _smooth_sacrebleu(matches, totals, options)
        weights = _weigh_sacrebleu(used if options.effective_order else n, options)
        geometric_mean = _geometric_mean(weights, numerators, denominators)
    return BleuScore(
        matches=matches,
        totals=totals,
        numerators=tuple(numerators),
        denominators=tuple(denominators),
        precisions=tuple(a / b if b else 0.0 for a, b in zip(numerators, denominators, strict=True)),
        weights=weights,
        c=c,
        r=r,
        brevity_penalty=brevity_penalty,
        geometric_mean=geometric_mean,
        value=brevity_penalty * geometric_mean,
    )


def _smooth_sacrebleu(
    matches: Sequence[int], totals: Sequence[int], options: BleuOptions
) -> tuple[list[float], list[float], int]:
    """Numerators, denominators and how many orders have any n-grams: the first that has none ends the loop."""
    numerators, denominators = [float(m) for m in matches], [float(t) for t in totals]
    zeros = 0
    for n in range(len(matches)):
        if options.smoothing == "add-k" and n > 0:
            numerators[n] += options.amount
            denominators[n] += options.amount
        if denominators[n] == 0:
            return numerators, denominators, n
        if numerators[n] == 0 and options.smoothing == "floor":
            numerators[n] = options.amount
        elif numerators[n] == 0 and options.smoothing == "exp":
            zeros += 1
            numerators[n] = 0.5**zeros
    return numerators, denominators, len(matches)


def _weigh_sacrebleu(used: int, options: BleuOptions) -> tuple[float, ...]:
    weights = [w if n < used else 0.0 for n, w in enumerate(options.weights or (1.0,) * options.n)]
    total = sum(weights)
    return tuple(w / total if total else 0.0 for w in weights)


def _geometric_mean(weights: Sequence[float], numerators: Sequence[float], denominators: Sequence[float]) -> float:
    """exp(Σ w log(a/b)); 0 when an order that counts has a = 0 or b = 0, or none counts."""
    counted = [(w, a, b) for w, a, b in zip(weights, numerators, denominators, strict=True) if w > 0]
    if not counted or any(a == 0 or b == 0 for _, a, b in counted):
        return 0.0
    return math.exp(math.fsum(w * math.log(a / b) for w, a, b in counted))


def _smooth_nltk(
    matches: Sequence[int], totals: Sequence[int], options: BleuOptions
) -> tuple[list[float], list[float]]:
    numerators, denominators = [float(m) for m in matches], [float(t) for t in totals]
    zeros = 0
    for n in range(len(matches)):
        if options.smoothing == "add-k" and n > 0:
            numerators[n] += options.amount
            denominators[n] += options.amount
        elif numerators[n] == 0 and options.smoothing == "floor":
            numerators[n] = options.amount
        elif numerators[n] == 0 and options.smoothing == "exp":
            zeros += 1
            numerators[n] = 0.5**zeros
        elif numerators[n] == 0 and options.smoothing == "none":
            numerators[n], denominators[n] = sys.float_info.min, 1.0
    return numerators, denominators


def _weigh_nltk(c: int, options: BleuOptions) -> tuple[float, ...]:
    weights = options.weights or (1 / options.n,) * options.n
    if options.effective_order and c < 4 and weights == (0.25,) * 4:
        return (1 / c,) * c + (0.0,) * (4 - c)
    return tuple(weights)


def reference(trace: BleuTrace | CorpusBleuTrace) -> tuple[Check, ...]:
    """Our numbers beside sacrebleu's or nltk's, whichever definition was asked for.

    sacrebleu has no weights: with weights only the precisions and the brevity penalty are compared. nltk adds 1 and no
    other k: nothing is compared then.
    """
    check = _compare_nltk if trace.options.definition == "nltk" else _compare_sacrebleu
    if isinstance(trace, BleuTrace):
        return check(trace.score, trace.options, (trace.hypothesis,), (trace.references,))
    return check(trace.score, trace.options, trace.hypotheses, trace.references)


def _compare_sacrebleu(
    score: BleuScore, options: BleuOptions, hypotheses: Sequence[str], references: Sequence[Sequence[str]]
) -> tuple[Check, ...]:
    if options.tokenize not in ("none", "13a", "intl", "char"):
        return ()
    from sacrebleu.metrics.bleu import BLEU

    metric = BLEU(
        lowercase=options.lowercase,
        tokenize=options.tokenize,
        smooth_method=options.smoothing,
        smooth_value=options.smoothing_value,
        max_ngram_order=options.n,
        effective_order=options.effective_order,
        force=True,
    )
    most = max(len(its) for its in references)
    columns = [[its[k] if k < len(its) else None for its in references] for k in range(most)]
    theirs = metric.corpus_score(list(hypotheses), columns)  # type: ignore[arg-type]
    checks = [
        compare(
            Text("precisions, %", "точности, %"),
            "sacrebleu",
            [100 * p for p in score.precisions],
            theirs.precisions,
            1e-9,
        ),
        compare(
            same("BP, c, r"),
            "sacrebleu",
            [score.brevity_penalty, score.c, score.r],
            [theirs.bp, theirs.sys_len, theirs.ref_len],
            1e-9,
        ),
    ]
    if options.weights is None:
        checks.insert(0, compare(same("BLEU, %"), "sacrebleu", score.percent, theirs.score, 1e-9))
    return tuple(checks)


def _compare_nltk(
    score: BleuScore, options: BleuOptions, hypotheses: Sequence[str], references: Sequence[Sequence[str]]
) -> tuple[Check, ...]:
    if options.smoothing == "add-k" and options.amount != 1:
        return ()
    from nltk.translate.bleu_score import SmoothingFunction, corpus_bleu

    smoothing = SmoothingFunction(epsilon=options.amount)
    method = {"none": "method0", "floor": "method1", "add-k": "method2", "exp": "method3"}[options.smoothing]
    with warnings.catch_warnings():
        # nltk warns that an unsmoothed zero makes BLEU tiny; the page says so itself.
        warnings.simplefilter("ignore", UserWarning)
        theirs = corpus_bleu(
            [[options.split(reference) for reference in its] for its in references],
            [options.split(hypothesis) for hypothesis in hypotheses],
            weights=options.weights or (1 / options.n,) * options.n,
            smoothing_function=getattr(smoothing, method),
            auto_reweigh=options.effective_order,
        )
    return (compare(same("BLEU"), "nltk", score.value, float(theirs), 1e-9),)
