"""chrF and chrF++: an F-score over character n-grams, every order kept.

Symbols (Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation", eq. 1):

    chrP_n    n-grams of the hypothesis that the reference has, each as often as both have it, over all of the
              hypothesis                                                                                       0…1
    chrR_n    the same matches over all n-grams of the reference                                               0…1
    chrF_β    (1 + β²) · chrP · chrR / (β² · chrP + chrR); recall weighs β times as much as precision          0…1

The orders are characters 1…6, white space left out. chrF++ (Popović 2017) adds words 1…2, each counted as one more
order; β = 2 (Popović 2016) is the default of both.

Where implementations part: sacrebleu averages chrP and chrR over the orders that both texts have, then takes one F.
The author's chrF++.py, Moses and nltk take F of every order, ε = 10⁻¹⁶ where there are no n-grams, and average that:
`eps_smoothing`. With several references both keep the one with the best F; a corpus sums the counts of those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.i18n import Text, same
from core.metrics.ngrams import check_corpus, check_number, check_texts, count_matches
from core.verify import Check, compare

EPS = 1e-16
MAX_CHAR_ORDER = 10
MAX_WORD_ORDER = 4
# ASCII only: chrF++ parts these from the ends of words and leaves «» and — where they are.
_MARKS = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


@dataclass(frozen=True)
class ChrfOptions:
    """What a chrF number depends on besides the texts; refuses what has no meaning.

    whitespace : count white space as characters too
    """

    char_order: int = 6
    word_order: int = 0
    beta: float = 2.0
    lowercase: bool = False
    whitespace: bool = False
    eps_smoothing: bool = False

    def __post_init__(self) -> None:
        check_number(Text("character order", "порядок по символам"), self.char_order, 1, MAX_CHAR_ORDER)
        check_number(Text("word order", "порядок по словам"), self.word_order, 0, MAX_WORD_ORDER)
        check_number(same("β"), self.beta, 0, 100)

    def signature(self, references: int) -> str:
        """The line under the number, in the manner of sacrebleu."""
        return (
            f"chrF{self.beta:g}{'+' * self.word_order} · refs:{references} · case:{'lc' if self.lowercase else 'mixed'}"
            f" · eff:{'no' if self.eps_smoothing else 'yes'} · nc:{self.char_order} · nw:{self.word_order} · "
            f"space:{'yes' if self.whitespace else 'no'}"
        )


@dataclass(frozen=True)
class ChrfOrder:
    """One order: how many n-grams the texts have and share, and what that makes.

    in_hypothesis is 0 too where the reference has none of this order: there is nothing to be wrong about.
    precision, recall, f : 0…1; 0 where a text has no n-grams
    """

    kind: str
    n: int
    in_hypothesis: int
    in_reference: int
    matches: int
    precision: float
    recall: float
    f: float

    @property
    def is_counted(self) -> bool:
        """Whether both texts have n-grams of this order; only then does sacrebleu average it in."""
        return self.in_hypothesis > 0 and self.in_reference > 0


@dataclass(frozen=True)
class ChrfScore:
    """From counts to the number.

    precision, recall : means over the counted orders, 0…1
    value : F_β of those two, or the mean of every order's F with `eps_smoothing`, 0…1
    """

    orders: tuple[ChrfOrder, ...]
    precision: float
    recall: float
    value: float

    @property
    def percent(self) -> float:
        """0…100, as sacrebleu prints it."""
        return 100 * self.value


@dataclass(frozen=True)
class ChrfGram:
    """An n-gram that both texts have: where it starts in each, and how many occurrences count.

    For characters the positions index `ChrfTrace.hypothesis` and `.reference`; an n-gram may straddle white space that
    was left out, so `…_ends` give the position after its last character. For words they count words.
    """

    text: str
    hypothesis_starts: tuple[int, ...]
    hypothesis_ends: tuple[int, ...]
    reference_starts: tuple[int, ...]
    reference_ends: tuple[int, ...]

    @property
    def matches(self) -> int:
        return min(len(self.hypothesis_starts), len(self.reference_starts))


@dataclass(frozen=True)
class ChrfTrace:
    """chrF of one sentence.

    scores : one a reference; `best` is the index of the one that counts
    hypothesis, reference : the two texts as compared, lower-cased if asked
    words, reference_words : what the word orders count, marks parted; empty without word orders
    grams : for each order, the shared n-grams with the best reference, in order of first occurrence in the hypothesis
    """

    options: ChrfOptions
    hypothesis: str
    references: tuple[str, ...]
    scores: tuple[ChrfScore, ...]
    best: int
    words: tuple[str, ...]
    reference_words: tuple[str, ...]
    grams: tuple[tuple[ChrfGram, ...], ...]
    signature: str

    @property
    def reference(self) -> str:
        return self.references[self.best]

    @property
    def score(self) -> ChrfScore:
        return self.scores[self.best]

    @property
    def value(self) -> float:
        """0…1."""
        return self.score.value

    @property
    def percent(self) -> float:
        """0…100."""
        return self.score.percent


@dataclass(frozen=True)
class CorpusChrfTrace(Frozen):
    """chrF of a corpus.

    statistics : (rows, orders, 3) whole numbers: n-grams of the hypothesis, of its best reference, shared. Rows can be
        resampled and scored again with `score_chrf`.
    """

    options: ChrfOptions
    hypotheses: tuple[str, ...]
    references: tuple[tuple[str, ...], ...]
    statistics: npt.NDArray[np.int64]
    score: ChrfScore
    signature: str

    @property
    def value(self) -> float:
        """0…1."""
        return self.score.value

    @property
    def percent(self) -> float:
        """0…100."""
        return self.score.percent


def chrf(
    hypothesis: str,
    references: Sequence[str],
    char_order: int = 6,
    word_order: int = 0,
    beta: float = 2.0,
    lowercase: bool = False,
    whitespace: bool = False,
    eps_smoothing: bool = False,
) -> ChrfTrace:
    """chrF (`word_order=0`) or chrF++ (`word_order=2`) of one sentence; the options are those of `ChrfOptions`.

    Raises
    ------
    Refusal
        If a text or an option is beyond its limit.
    """
    check_texts(hypothesis, references)
    options = ChrfOptions(char_order, word_order, beta, lowercase, whitespace, eps_smoothing)
    if lowercase:
        hypothesis, references = hypothesis.lower(), [reference.lower() for reference in references]
    ours, theirs = _count_orders(hypothesis, options), [_count_orders(reference, options) for reference in references]
    scores = tuple(_score_counts(_match_orders(ours, counts), options) for counts in theirs)
    best = max(range(len(scores)), key=lambda k: scores[k].value)
    words = part_marks(hypothesis) if word_order else ()
    reference_words = part_marks(references[best]) if word_order else ()
    here, there = _kept_positions(hypothesis, whitespace), _kept_positions(references[best], whitespace)
    return ChrfTrace(
        options=options,
        hypothesis=hypothesis,
        references=tuple(references),
        scores=scores,
        best=best,
        words=words,
        reference_words=reference_words,
        grams=(
            *(_shared_chars(hypothesis, here, references[best], there, n) for n in range(1, char_order + 1)),
            *(_shared_words(words, reference_words, n) for n in range(1, word_order + 1)),
        ),
        signature=options.signature(len(references)),
    )


def corpus_chrf(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]],
    char_order: int = 6,
    word_order: int = 0,
    beta: float = 2.0,
    lowercase: bool = False,
    whitespace: bool = False,
    eps_smoothing: bool = False,
) -> CorpusChrfTrace:
    """chrF of a corpus; `references[k]` are the references of `hypotheses[k]`.

    Raises
    ------
    Refusal
        If a row or an option is beyond its limit; the row is named.
    """
    check_corpus(hypotheses, references)
    options = ChrfOptions(char_order, word_order, beta, lowercase, whitespace, eps_smoothing)
    statistics = chrf_statistics(hypotheses, references, options)
    return CorpusChrfTrace(
        options=options,
        hypotheses=tuple(hypotheses),
        references=tuple(tuple(its) for its in references),
        statistics=statistics,
        score=score_chrf(statistics, options),
        signature=options.signature(max(map(len, references))) + f" · rows:{len(hypotheses)}",
    )


def chrf_statistics(
    hypotheses: Sequence[str], references: Sequence[Sequence[str]], options: ChrfOptions
) -> npt.NDArray[np.int64]:
    """Counts against the best reference, no trace: (rows, orders, 3). Rows are independent."""
    statistics = np.empty((len(hypotheses), options.char_order + options.word_order, 3), dtype=np.int64)
    for row, (hypothesis, its) in enumerate(zip(hypotheses, references, strict=True)):
        ours = _count_orders(hypothesis.lower() if options.lowercase else hypothesis, options)
        candidates = [
            _match_orders(ours, _count_orders(reference.lower() if options.lowercase else reference, options))
            for reference in its
        ]
        if len(candidates) > 1:
            candidates.sort(key=lambda counts: -_score_counts(counts, options).value)
        statistics[row] = candidates[0]
    return statistics


def score_chrf(statistics: npt.NDArray[np.int64], options: ChrfOptions) -> ChrfScore:
    """From counts to chrF: the rows of `statistics`, (rows, orders, 3), are summed."""
    return _score_counts([(int(h), int(r), int(m)) for h, r, m in statistics.sum(axis=0)], options)


def part_marks(text: str) -> tuple[str, ...]:
    """The words of chrF++: an ASCII mark at the end of a word stands alone, or else one at its beginning.

    One mark a word: `(yes)` becomes `(yes` and `)`.
    """
    words: list[str] = []
    for word in text.split():
        if len(word) > 1 and word[-1] in _MARKS:
            words += word[:-1], word[-1]
        elif len(word) > 1 and word[0] in _MARKS:
            words += word[0], word[1:]
        else:
            words.append(word)
    return tuple(words)


def _count_orders(text: str, options: ChrfOptions) -> list[Counter[str]]:
    """Character n-grams of every order, then word n-grams, as strings."""
    chars = text if options.whitespace else "".join(text.split())
    counts = [Counter([chars[i : i + n] for i in range(len(chars) - n + 1)]) for n in range(1, options.char_order + 1)]
    if options.word_order:
        words = part_marks(text)
        counts += [
            Counter([" ".join(words[i : i + n]) for i in range(len(words) - n + 1)])
            for n in range(1, options.word_order + 1)
        ]
    return counts


def _match_orders(ours: Sequence[Counter[str]], theirs: Sequence[Counter[str]]) -> list[tuple[int, int, int]]:
    """(in hypothesis, in reference, shared) of every order."""
    return [(h.total() if r else 0, r.total(), count_matches(h, r)) for h, r in zip(ours, theirs, strict=True)]


def _score_counts(counts: Sequence[tuple[int, int, int]], options: ChrfOptions) -> ChrfScore:
    factor = options.beta**2
    orders, smoothed = [], []
    for position, (h, r, m) in enumerate(counts):
        is_char = position < options.char_order
        precision, recall = m / h if h else 0.0, m / r if r else 0.0
        orders.append(
            ChrfOrder(
                kind="char" if is_char else "word",
                n=position + 1 if is_char else position + 1 - options.char_order,
                in_hypothesis=h,
                in_reference=r,
                matches=m,
                precision=precision,
                recall=recall,
                f=_f(precision, recall, factor),
            )
        )
        p, q = precision if h else EPS, recall if r else EPS
        smoothed.append((1 + factor) * p * q / (factor * p + q) if factor * p + q > 0 else EPS)
    counted = [order for order in orders if order.is_counted]
    precision = sum(order.precision for order in counted) / len(counted) if counted else 0.0
    recall = sum(order.recall for order in counted) / len(counted) if counted else 0.0
    value = sum(smoothed) / len(smoothed) if options.eps_smoothing else _f(precision, recall, factor)
    return ChrfScore(tuple(orders), precision, recall, value)


def _f(precision: float, recall: float, factor: float) -> float:
    bottom = factor * precision + recall
    return (1 + factor) * precision * recall / bottom if bottom else 0.0


def _kept_positions(text: str, whitespace: bool) -> list[int]:
    """Where the characters that are counted stand in the text."""
    return [position for position, char in enumerate(text) if whitespace or not char.isspace()]


def _shared_chars(hypothesis: str, here: list[int], reference: str, there: list[int], n: int) -> tuple[ChrfGram, ...]:
    def spans(text: str, kept: list[int]) -> dict[str, list[tuple[int, int]]]:
        found: dict[str, list[tuple[int, int]]] = {}
        for i in range(len(kept) - n + 1):
            gram = "".join(text[k] for k in kept[i : i + n])
            found.setdefault(gram, []).append((kept[i], kept[i + n - 1] + 1))
        return found

    return _pair_spans(spans(hypothesis, here), spans(reference, there))


def _shared_words(words: Sequence[str], reference_words: Sequence[str], n: int) -> tuple[ChrfGram, ...]:
    def spans(words: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
        found: dict[str, list[tuple[int, int]]] = {}
        for i in range(len(words) - n + 1):
            found.setdefault(" ".join(words[i : i + n]), []).append((i, i + n))
        return found

    return _pair_spans(spans(words), spans(reference_words))


def _pair_spans(
    ours: dict[str, list[tuple[int, int]]], theirs: dict[str, list[tuple[int, int]]]
) -> tuple[ChrfGram, ...]:
    return tuple(
        ChrfGram(
            text=gram,
            hypothesis_starts=tuple(start for start, _ in spans),
            hypothesis_ends=tuple(end for _, end in spans),
            reference_starts=tuple(start for start, _ in theirs[gram]),
            reference_ends=tuple(end for _, end in theirs[gram]),
        )
        for gram, spans in ours.items()
        if gram in theirs
    )


def reference(trace: ChrfTrace | CorpusChrfTrace) -> tuple[Check, ...]:
    """Our chrF beside sacrebleu's, which implements both ways of averaging."""
    from sacrebleu.metrics.chrf import CHRF

    options = trace.options
    metric = CHRF(
        char_order=options.char_order,
        word_order=options.word_order,
        beta=options.beta,  # type: ignore[arg-type]
        lowercase=options.lowercase,
        whitespace=options.whitespace,
        eps_smoothing=options.eps_smoothing,
    )
    if isinstance(trace, ChrfTrace):
        theirs = metric.sentence_score(trace.hypothesis, trace.references)
    else:
        most = max(map(len, trace.references))
        columns = [[its[k] if k < len(its) else None for its in trace.references] for k in range(most)]
        theirs = metric.corpus_score(trace.hypotheses, columns)  # type: ignore[arg-type]
    return (compare(same("chrF, %"), "sacrebleu", trace.percent, theirs.score, 1e-9),)
