"""ROUGE-N, ROUGE-L and ROUGE-Lsum, every match and the whole table kept.

Symbols (Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries"; reference of m, hypothesis of n tokens):

    matches  ROUGE-N: shared n-grams, each as often as both texts have it (section 2, eq. 1)
             ROUGE-L: LCS, the length of the longest common subsequence (section 3.1, eq. 2-4)
             ROUGE-Lsum: for each reference sentence the tokens that its LCS with any hypothesis sentence covers, the
             union of them (section 3.2, eq. 5-7)
    P, R     matches over what the hypothesis has, matches over what the reference has                        0…1
    F        2·P·R / (P + R)                                                                                  0…1
    L        LCS lengths of all beginnings of the two texts                                        (m + 1, n + 1)

Lin 2004 reports recall; work on neural summarisation reports F (See et al. 2017), and so does `.value`. In the union,
ROUGE-1.5.5 counts no token more often than either text has it; the paper says nothing of it. That is followed here.

Several references: "max" keeps the one with the best F, as rouge-score's `score_multi`; "mean" averages P, R and F.

Tokenisation: rouge-score keeps a-z and 0-9 only, so that *every Russian text scores 0*; "unicode" keeps letters and
digits of any script. The stemmer (Porter, or Snowball for Russian) is applied to words of more than three letters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.i18n import Lang, Text, same
from core.metrics.ngrams import (
    HYPOTHESIS,
    MAX_LCS_WORDS,
    REFERENCE,
    Words,
    check_number,
    check_option,
    check_texts,
    check_words,
    count_grams,
    count_matches,
    gram_positions,
    lcs_length,
    lcs_path,
    lcs_positions,
    lcs_table,
    split_sentences,
    split_words,
    stemmer,
)
from core.verify import Check, compare

MAX_ORDER = 9
TOKENIZERS = ("rouge_score", "unicode")
AGGREGATES = ("max", "mean")
SENTENCES = ("newline", "punctuation")


@dataclass(frozen=True)
class RougeOptions:
    """What a ROUGE number depends on besides the texts; refuses what has no meaning.

    lang : whose stemmer, if there is one
    sentences : where Lsum ends a sentence: at line breaks only, as rouge-score, or where `split_sentences` does
    """

    tokenize: str = "rouge_score"
    use_stemmer: bool = False
    lang: Lang = "en"
    aggregate: str = "max"
    sentences: str = "newline"

    def __post_init__(self) -> None:
        check_option(Text("tokenisation", "токенизация"), self.tokenize, TOKENIZERS)
        check_option(Text("several references", "несколько эталонов"), self.aggregate, AGGREGATES)
        check_option(Text("sentences", "предложения"), self.sentences, SENTENCES)

    def split(self, text: str) -> Words:
        """The tokens that are compared."""
        words = split_words(text, self.tokenize)
        if not self.use_stemmer:
            return words
        stem = stemmer(self.lang)
        return tuple(stem(word) if len(word) > 3 else word for word in words)

    def split_lines(self, text: str) -> tuple[str, ...]:
        """The sentences of Lsum, before tokenisation."""
        if self.sentences == "punctuation":
            return split_sentences(text)
        return tuple(line for line in text.split("\n") if line)

    def signature(self, name: str, references: int) -> str:
        """The line under the number."""
        stem = {"en": "porter", "ru": "snowball-ru"}[self.lang] if self.use_stemmer else "no"
        lines = f" · sentences:{self.sentences}" if name == "ROUGE-Lsum" else ""
        return f"{name} · refs:{references} ({self.aggregate}) · tok:{self.tokenize} · stem:{stem}{lines}"


@dataclass(frozen=True)
class Prf:
    """Matches and what they are shares of; precision, recall and F1, 0…1 (0 where a text is empty)."""

    matches: int
    in_hypothesis: int
    in_reference: int

    @property
    def precision(self) -> float:
        return self.matches / self.in_hypothesis if self.in_hypothesis else 0.0

    @property
    def recall(self) -> float:
        return self.matches / self.in_reference if self.in_reference else 0.0

    @property
    def f1(self) -> float:
        p, r = self.precision, self.recall
        return 2 * p * r / (p + r) if p + r > 0 else 0.0


@dataclass(frozen=True)
class SharedGram:
    """An n-gram that both texts have, and where it starts in each; the first `matches` of each count."""

    words: Words
    positions: tuple[int, ...]
    reference_positions: tuple[int, ...]

    @property
    def matches(self) -> int:
        return min(len(self.positions), len(self.reference_positions))


@dataclass(frozen=True)
class GramMatch:
    """ROUGE-N against one reference: the shared n-grams in order of first occurrence in the hypothesis."""

    words: Words
    grams: tuple[SharedGram, ...]
    prf: Prf


@dataclass(frozen=True)
class LcsMatch(Frozen):
    """ROUGE-L against one reference.

    L : (m + 1, n + 1), row i: the first i reference tokens, column j: the first j hypothesis tokens
    path : the cells (i, j) on the way back from the corner to the margin
    pairs : (reference position, hypothesis position) of the common subsequence, in reading order
    """

    words: Words
    L: npt.NDArray[np.int16]
    path: tuple[tuple[int, int], ...]
    pairs: tuple[tuple[int, int], ...]
    prf: Prf


@dataclass(frozen=True)
class UnionLcs:
    """One reference sentence of Lsum.

    lcs : for each hypothesis sentence, the positions in this sentence that their LCS covers
    union : all of those, ascending
    counted : the ones that count; the others would use a token more often than one of the texts has it
    """

    words: Words
    lcs: tuple[tuple[int, ...], ...]
    union: tuple[int, ...]
    counted: tuple[int, ...]


@dataclass(frozen=True)
class SummaryMatch:
    """ROUGE-Lsum against one reference, sentence by sentence."""

    sentences: tuple[UnionLcs, ...]
    prf: Prf


@dataclass(frozen=True)
class RougeScores:
    """What every ROUGE trace says: one `Prf` a reference, and how several become one.

    best : the first reference with the highest F, which the views show
    """

    options: RougeOptions
    hypothesis: str
    references: tuple[str, ...]
    prfs: tuple[Prf, ...]
    signature: str

    @property
    def best(self) -> int:
        return max(range(len(self.prfs)), key=lambda k: self.prfs[k].f1)

    @property
    def precision(self) -> float:
        """0…1."""
        return self._over_references([prf.precision for prf in self.prfs])

    @property
    def recall(self) -> float:
        """0…1."""
        return self._over_references([prf.recall for prf in self.prfs])

    @property
    def f1(self) -> float:
        """0…1. The mean of the F's, not the F of the means, with "mean"."""
        return self._over_references([prf.f1 for prf in self.prfs])

    @property
    def value(self) -> float:
        """F, 0…1."""
        return self.f1

    def _over_references(self, values: Sequence[float]) -> float:
        return values[self.best] if self.options.aggregate == "max" else fmean(values)


@dataclass(frozen=True)
class RougeNTrace(RougeScores):
    """ROUGE-N; `matches` has one entry a reference."""

    n: int
    words: Words
    matches: tuple[GramMatch, ...]

    @property
    def match(self) -> GramMatch:
        return self.matches[self.best]


@dataclass(frozen=True)
class RougeLTrace(RougeScores):
    """ROUGE-L; `matches` has one entry a reference."""

    words: Words
    matches: tuple[LcsMatch, ...]

    @property
    def match(self) -> LcsMatch:
        return self.matches[self.best]


@dataclass(frozen=True)
class RougeLsumTrace(RougeScores):
    """ROUGE-Lsum; `sentences` are those of the hypothesis, `matches` has one entry a reference."""

    sentences: tuple[Words, ...]
    matches: tuple[SummaryMatch, ...]

    @property
    def match(self) -> SummaryMatch:
        return self.matches[self.best]


def rouge_n(
    hypothesis: str,
    references: Sequence[str],
    n: int = 2,
    tokenize: str = "rouge_score",
    use_stemmer: bool = False,
    lang: Lang = "en",
    aggregate: str = "max",
) -> RougeNTrace:
    """ROUGE-N of one text; the options are those of `RougeOptions`.

    Raises
    ------
    Refusal
        If a text or an option is beyond its limit.
    """
    check_texts(hypothesis, references)
    check_number(same("n"), n, 1, MAX_ORDER)
    options = RougeOptions(tokenize, use_stemmer, lang, aggregate)
    words = options.split(hypothesis)
    matches = tuple(_match_grams(words, options.split(reference), n) for reference in references)
    return RougeNTrace(
        options=options,
        hypothesis=hypothesis,
        references=tuple(references),
        prfs=tuple(match.prf for match in matches),
        signature=options.signature(f"ROUGE-{n}", len(references)),
        n=n,
        words=words,
        matches=matches,
    )


def rouge_l(
    hypothesis: str,
    references: Sequence[str],
    tokenize: str = "rouge_score",
    use_stemmer: bool = False,
    lang: Lang = "en",
    aggregate: str = "max",
) -> RougeLTrace:
    """ROUGE-L of one text, line breaks ignored; the options are those of `RougeOptions`.

    Raises
    ------
    Refusal
        If a text or an option is beyond its limit, or a text has more than `MAX_LCS_WORDS` tokens.
    """
    check_texts(hypothesis, references)
    options = RougeOptions(tokenize, use_stemmer, lang, aggregate)
    words, reference_words = _checked_words(hypothesis, references, options)
    matches = tuple(_match_lcs(words, other) for other in reference_words)
    return RougeLTrace(
        options=options,
        hypothesis=hypothesis,
        references=tuple(references),
        prfs=tuple(match.prf for match in matches),
        signature=options.signature("ROUGE-L", len(references)),
        words=words,
        matches=matches,
    )


def rouge_lsum(
    hypothesis: str,
    references: Sequence[str],
    tokenize: str = "rouge_score",
    use_stemmer: bool = False,
    lang: Lang = "en",
    aggregate: str = "max",
    sentences: str = "newline",
) -> RougeLsumTrace:
    """ROUGE-Lsum of one text, sentence by sentence; the options are those of `RougeOptions`.

    Raises
    ------
    Refusal
        If a text or an option is beyond its limit, or a text has more than `MAX_LCS_WORDS` tokens.
    """
    check_texts(hypothesis, references)
    options = RougeOptions(tokenize, use_stemmer, lang, aggregate, sentences)
    _checked_words(hypothesis, references, options)
    lines = tuple(options.split(line) for line in options.split_lines(hypothesis))
    matches = tuple(
        _match_summary(lines, tuple(options.split(line) for line in options.split_lines(reference)))
        for reference in references
    )
    return RougeLsumTrace(
        options=options,
        hypothesis=hypothesis,
        references=tuple(references),
        prfs=tuple(match.prf for match in matches),
        signature=options.signature("ROUGE-Lsum", len(references)),
        sentences=lines,
        matches=matches,
    )


def rouge_counts(hypothesis: str, reference: str, options: RougeOptions) -> dict[str, Prf]:
    """ROUGE-1, -2, -L and -Lsum of one pair without traces or limits, under rouge-score's names."""
    words, others = options.split(hypothesis), options.split(reference)
    counts = {
        f"rouge{n}": Prf(
            count_matches(count_grams(words, n), count_grams(others, n)),
            max(0, len(words) - n + 1),
            max(0, len(others) - n + 1),
        )
        for n in (1, 2)
    }
    counts["rougeL"] = Prf(lcs_length(others, words), len(words), len(others))
    lines, other_lines = options.split_lines(hypothesis), options.split_lines(reference)
    if len(lines) <= 1 and len(other_lines) <= 1:
        # One sentence on either side: the union is the LCS itself, and no token of it is used twice.
        counts["rougeLsum"] = counts["rougeL"]
    else:
        split_lines = tuple(map(options.split, lines)), tuple(map(options.split, other_lines))
        counts["rougeLsum"] = _match_summary(*split_lines).prf
    return counts


def _checked_words(hypothesis: str, references: Sequence[str], options: RougeOptions) -> tuple[Words, list[Words]]:
    words, reference_words = options.split(hypothesis), [options.split(reference) for reference in references]
    check_words(HYPOTHESIS, words, MAX_LCS_WORDS)
    for number, other in enumerate(reference_words, 1):
        check_words(REFERENCE.format(n=number), other, MAX_LCS_WORDS)
    return words, reference_words


def _match_grams(words: Words, others: Words, n: int) -> GramMatch:
    theirs = gram_positions(others, n)
    grams = tuple(
        SharedGram(gram, positions, theirs[gram])
        for gram, positions in gram_positions(words, n).items()
        if gram in theirs
    )
    matches = sum(gram.matches for gram in grams)
    return GramMatch(others, grams, Prf(matches, max(0, len(words) - n + 1), max(0, len(others) - n + 1)))


def _match_lcs(words: Words, others: Words) -> LcsMatch:
    L = lcs_table(others, words)
    path, pairs = lcs_path(L, others, words)
    return LcsMatch(others, L, path, pairs, Prf(len(pairs), len(words), len(others)))


def _match_summary(lines: Sequence[Words], other_lines: Sequence[Words]) -> SummaryMatch:
    left, left_there = (Counter(word for line in side for word in line) for side in (lines, other_lines))
    in_hypothesis, in_reference = left.total(), left_there.total()
    sentences, matches = [], 0
    for others in other_lines:
        lcs = tuple(tuple(lcs_positions(others, line)) for line in lines)
        union = sorted(set().union(*lcs))
        counted = []
        for position in union:
            word = others[position]
            if left[word] > 0 and left_there[word] > 0:
                left[word] -= 1
                left_there[word] -= 1
                counted.append(position)
        matches += len(counted)
        sentences.append(UnionLcs(others, lcs, tuple(union), tuple(counted)))
    return SummaryMatch(tuple(sentences), Prf(matches, in_hypothesis, in_reference))


@dataclass(frozen=True)
class _Tokenizer:
    """Our tokenisation behind the one method that rouge-score calls."""

    options: RougeOptions

    def tokenize(self, text: str) -> list[str]:
        return list(self.options.split(text))


def reference(trace: RougeScores) -> tuple[Check, ...]:
    """Our P, R and F beside rouge-score's.

    With its own tokenisation and the English stemmer rouge-score tokenises by itself; otherwise it is given ours.
    """
    from rouge_score.rouge_scorer import RougeScorer

    options = trace.options
    name = f"rouge{trace.n}" if isinstance(trace, RougeNTrace) else "rougeL"
    texts = [trace.hypothesis, *trace.references]
    if isinstance(trace, RougeLsumTrace):
        name = "rougeLsum"
        texts = ["\n".join(options.split_lines(text)) for text in texts]
    is_theirs = options.tokenize == "rouge_score" and (options.lang == "en" or not options.use_stemmer)
    scorer = RougeScorer([name], use_stemmer=options.use_stemmer, tokenizer=None if is_theirs else _Tokenizer(options))
    hypothesis, *references = texts
    if options.aggregate == "max":
        theirs = scorer.score_multi(references, hypothesis)[name]
    else:
        theirs = np.mean([scorer.score(text, hypothesis)[name] for text in references], axis=0)
    ours = [trace.precision, trace.recall, trace.f1]
    return (compare(same(f"{name}: P, R, F"), "rouge-score", ours, list(theirs), 1e-9),)
