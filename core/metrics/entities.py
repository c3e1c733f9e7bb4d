"""Named entities: tags become spans, and spans are scored.

Symbols: a sentence has n tokens and one tag a token, `O` or prefix-type such as `B-PER`. A span is (type, start, end),
end excluded. For each type, tp spans are in both lists, with equal type, start and end; precision is tp/predicted,
recall tp/true, F1 their harmonic mean (Tjong Kim Sang and De Meulder 2003, CoNLL-2003).

Where the field has two definitions there is a switch:

- Decoding. "lenient" is conlleval's, and seqeval's default: a stray `I-PER` or a change of type opens a span. "strict"
  holds to a scheme and drops what breaks it (seqeval `mode="strict"`): IOB2 (also called BIO: every span starts with
  B), IOBES (E ends it, S is a single token) or BILOU (the same with L and U).
- Credit. Beside the F1 above, the four of SemEval-2013 task 9.1 (Segura-Bedmar et al. 2013), which count pairs of
  overlapping spans as MUC-5 does (Chinchor and Sundheim 1993): "strict" type and bounds, "exact" bounds alone,
  "partial" overlap for half, "type" overlap with equal type.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Text, same
from core.metrics import refuse_above, refuse_unless_known, refuse_unless_zero_division
from core.metrics.classification import average_fractions, compare_defined
from core.verify import Check

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

Mode = Literal["lenient", "strict"]
Scheme = Literal["IOB2", "IOBES", "BILOU"]
Average = Literal["micro", "macro", "weighted", "per_type"]
Credit = Literal["strict", "exact", "partial", "type"]
Kind = Literal["correct", "wrong_type", "wrong_boundary", "wrong_both", "missed", "spurious"]

MODES: tuple[Mode, ...] = ("lenient", "strict")
AVERAGES: tuple[Average, ...] = ("micro", "macro", "weighted", "per_type")
CREDITS: tuple[Credit, ...] = ("strict", "exact", "partial", "type")
# The prefix that opens a span, continues it, closes it, and stands for a span of one token.
SCHEMES: dict[Scheme, str] = {"IOB2": "BIIB", "IOBES": "BIES", "BILOU": "BILU"}
KINDS: dict[Kind, Text] = {
    "correct": Text("correct", "верно"),
    "wrong_type": Text("wrong type", "не тот тип"),
    "wrong_boundary": Text("wrong boundary", "не те границы"),
    "wrong_both": Text("wrong type and boundary", "не те тип и границы"),
    "missed": Text("missed", "пропущена"),
    "spurious": Text("spurious", "лишняя"),
}

MAX_SENTENCES = 10_000
MAX_TOKENS = 100_000
MAX_TYPES = 200
MAX_TAG_CHARS = 60


@dataclass(frozen=True, order=True)
class Span:
    """A typed stretch of tokens, `end` excluded."""

    start: int
    end: int
    type: str

    def overlap(self, other: Span) -> int:
        """How many tokens both cover."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


# Decoding: tags to spans and back

_AS_IOBES = str.maketrans("LU", "ES")


def decode(tags: Sequence[str], mode: Mode = "lenient", scheme: Scheme = "IOB2") -> tuple[Span, ...]:
    """The spans that the tags of one sentence stand for, from left to right.

    A prefix without a type (`B`) has the type `_`, as in seqeval.

    Parameters
    ----------
    mode : "lenient" reads any mixture of schemes as conlleval does; "strict" keeps only what `scheme` allows
    scheme : used by "strict" alone

    Raises
    ------
    Refusal
        Names the first tag that is not one, or, in strict mode, has a prefix that the scheme does not know.
    """
    refuse_unless_known("mode", mode, MODES)
    refuse_unless_known("scheme", scheme, tuple(SCHEMES))
    allowed = "".join(dict.fromkeys(SCHEMES[scheme])) if mode == "strict" else "BIESLU"
    pieces = [_split_tag(tag, allowed, position) for position, tag in enumerate(tags, 1)]
    return _decode_lenient(pieces) if mode == "lenient" else _decode_strict(pieces, must_close=scheme != "IOB2")


def _split_tag(tag: str, allowed: str, position: int) -> tuple[str, str]:
    """Prefix and type; L and U become E and S, which mean the same."""
    if isinstance(tag, str) and len(tag) <= MAX_TAG_CHARS:
        prefix, _, kind = tag.partition("-")
        if tag == "O":
            return "O", ""
        if len(prefix) == 1 and prefix in allowed:
            return prefix.translate(_AS_IOBES), kind or "_"
    raise Refusal(
        Text(
            "Tag {position}, “{tag}”, is not a tag: use O or one of {allowed} with a type, as in B-PER.",
            "Метка {position}, «{tag}», не подходит: нужна O или одна из {allowed} с типом, например B-PER.",
        ).format(position=position, tag=str(tag)[:40], allowed=", ".join(allowed))
    )


def _decode_lenient(pieces: Sequence[tuple[str, str]]) -> tuple[Span, ...]:
    """A span runs until O, a new B or S, another type, or past an E or S; whatever comes next opens one."""
    spans: list[Span] = []
    start, before = 0, ("O", "")
    for i, piece in enumerate([*pieces, ("O", "")]):
        prefix, kind = piece
        is_inside = before[0] != "O"
        breaks = prefix in "OBS" or before[0] in "OES" or kind != before[1]
        if is_inside and breaks:
            spans.append(Span(start, i, before[1]))
        if breaks:
            start = i
        before = piece
    return tuple(spans)


def _decode_strict(pieces: Sequence[tuple[str, str]], must_close: bool) -> tuple[Span, ...]:
    """B I* of one type, or S; when spans must be closed, B I* E or S. Anything else is dropped."""
    spans: list[Span] = []
    i = 0
    while i < len(pieces):
        prefix, kind = pieces[i]
        end = i + 1
        if prefix in "BS":
            while end < len(pieces) and pieces[end - 1][0] in "BI" and pieces[end] in (("I", kind), ("E", kind)):
                end += 1
            if not must_close or pieces[end - 1][0] in "ES":
                spans.append(Span(i, end, kind))
        i = end
    return tuple(spans)


def write_tags(spans: Sequence[Span], length: int, scheme: Scheme = "IOB2") -> tuple[str, ...]:
    """The tags of a sentence of `length` tokens with these spans: the inverse of `decode`.

    Raises
    ------
    Refusal
        If a span is empty, leaves the sentence or overlaps another: such spans have no tags.
    """
    refuse_unless_known("scheme", scheme, tuple(SCHEMES))
    refuse_above(Text("tokens", "токенов"), length, MAX_TOKENS)
    tags = ["O"] * length
    opens, continues, closes, alone = tuple(SCHEMES[scheme])
    for span in spans:
        if not 0 <= span.start < span.end <= length or any(tag != "O" for tag in tags[span.start : span.end]):
            raise Refusal(
                Text(
                    "The span {start}–{end} is empty, leaves the sentence or overlaps another.",
                    "Сущность {start}–{end} пуста, выходит за предложение или пересекается с другой.",
                ).format(start=span.start, end=span.end)
            )
        size = span.end - span.start
        prefixes = alone if size == 1 else opens + continues * (size - 2) + closes
        tags[span.start : span.end] = [f"{prefix}-{span.type}" for prefix in prefixes]
    return tuple(tags)


# Pairing: which predicted span was meant as which true one


@dataclass(frozen=True)
class Pair:
    """A true span and the predicted span that stands for it; one of them is None when nothing does."""

    sentence: int
    true: Span | None
    predicted: Span | None

    @property
    def kind(self) -> Kind:
        """The kind of error, one of `KINDS`."""
        if self.true is None:
            return "spurious"
        if self.predicted is None:
            return "missed"
        if self.has_bounds:
            return "correct" if self.has_type else "wrong_type"
        return "wrong_boundary" if self.has_type else "wrong_both"

    @property
    def has_bounds(self) -> bool:
        t, p = self.true, self.predicted
        return t is not None and p is not None and (t.start, t.end) == (p.start, p.end)

    @property
    def has_type(self) -> bool:
        return self.true is not None and self.predicted is not None and self.true.type == self.predicted.type


def align_spans(true: Sequence[Span], predicted: Sequence[Span], sentence: int = 0) -> tuple[Pair, ...]:
    """Pair overlapping spans one to one, in order of position.

    Equal bounds go first, then equal types, then the longest overlap, then the leftmost. Both lists must be free of
    overlaps within themselves, as decoded spans are.
    """
    t_spans, p_spans = sorted(true), sorted(predicted)
    candidates: list[tuple[bool, bool, int, int, int]] = []
    first = 0
    for i, t in enumerate(t_spans):
        while first < len(p_spans) and p_spans[first].end <= t.start:
            first += 1
        for j in range(first, len(p_spans)):
            p = p_spans[j]
            if p.start >= t.end:
                break
            candidates.append(((t.start, t.end) != (p.start, p.end), t.type != p.type, -t.overlap(p), i, j))
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for *_, i, j in sorted(candidates):
        if i not in partner and j not in taken:
            partner[i] = j
            taken.add(j)
    pairs = [Pair(sentence, t, p_spans[partner[i]] if i in partner else None) for i, t in enumerate(t_spans)]
    pairs += [Pair(sentence, None, p) for j, p in enumerate(p_spans) if j not in taken]
    return tuple(sorted(pairs, key=_position))


def _position(pair: Pair) -> tuple[int, int]:
    starts = [span.start for span in (pair.true, pair.predicted) if span is not None]
    return min(starts), max(starts)


@dataclass(frozen=True)
class CreditTrace:
    """One of the SemEval-2013 scores: every span of both sides falls into one of these counts.

    possible = correct + incorrect + partial + missed, the true spans; actual = … + spurious, the predicted ones
    precision = (correct + partial/2)/actual, recall = (correct + partial/2)/possible; value is their F1
    """

    credit: Credit
    correct: int
    incorrect: int
    partial: int
    missed: int
    spurious: int
    precision: float
    recall: float
    value: float

    @property
    def possible(self) -> int:
        return self.correct + self.incorrect + self.partial + self.missed

    @property
    def actual(self) -> int:
        return self.correct + self.incorrect + self.partial + self.spurious


# What each score makes of a pair whose spans overlap.
_VERDICTS: dict[Credit, dict[Kind, str]] = {
    "strict": {
        "correct": "correct",
        "wrong_type": "incorrect",
        "wrong_boundary": "incorrect",
        "wrong_both": "incorrect",
    },
    "exact": {"correct": "correct", "wrong_type": "correct", "wrong_boundary": "incorrect", "wrong_both": "incorrect"},
    "partial": {"correct": "correct", "wrong_type": "correct", "wrong_boundary": "partial", "wrong_both": "partial"},
    "type": {"correct": "correct", "wrong_type": "incorrect", "wrong_boundary": "correct", "wrong_both": "incorrect"},
}


def score_credit(pairs: Sequence[Pair], credit: Credit, zero_division: float = 0.0) -> CreditTrace:
    """Count aligned pairs the way `credit` does: "strict", "exact", "partial" or "type" (see the module)."""
    refuse_unless_known("credit", credit, CREDITS)
    kinds: Counter[Kind] = Counter(pair.kind for pair in pairs)
    counts = {"correct": 0, "incorrect": 0, "partial": 0, "missed": kinds["missed"], "spurious": kinds["spurious"]}
    for kind, verdict in _VERDICTS[credit].items():
        counts[verdict] += kinds[kind]
    both = counts["correct"] + counts["incorrect"] + counts["partial"]
    possible, actual = both + counts["missed"], both + counts["spurious"]
    earned = counts["correct"] + counts["partial"] / 2

    def divide(top: float, below: int) -> float:
        return top / below if below else float(zero_division)

    return CreditTrace(
        credit=credit,
        correct=counts["correct"],
        incorrect=counts["incorrect"],
        partial=counts["partial"],
        missed=counts["missed"],
        spurious=counts["spurious"],
        precision=divide(earned, actual),
        recall=divide(earned, possible),
        value=divide(2 * earned, actual + possible),
    )


# Scores


@dataclass(frozen=True)
class EntityTrace(Frozen):
    """Entity scores with every span behind them.

    tags_true, tags_predicted : per sentence, as given
    spans_true, spans_predicted : per sentence
    pairs : every span of either side, aligned, with its kind of error
    types : sorted; tp, n_predicted, n_true : (type,) counts of spans
    precision, recall, f1 : (type,); mean_precision, mean_recall and value are their averages, with "per_type" the
        value is the array `f1` and the two means are macro
    credits : the four SemEval-2013 scores
    token_accuracy : share of tokens with equal tags, O included: what hides behind 90 %
    entity_token_accuracy : the same over tokens whose true tag is not O; NaN when there are none
    """

    average: Average
    mode: Mode
    scheme: Scheme
    zero_division: float
    tags_true: tuple[tuple[str, ...], ...]
    tags_predicted: tuple[tuple[str, ...], ...]
    spans_true: tuple[tuple[Span, ...], ...]
    spans_predicted: tuple[tuple[Span, ...], ...]
    pairs: tuple[Pair, ...]
    types: tuple[str, ...]
    tp: Ints
    n_predicted: Ints
    n_true: Ints
    precision: Floats
    recall: Floats
    f1: Floats
    mean_precision: float
    mean_recall: float
    value: float | Floats
    credits: dict[Credit, CreditTrace]
    token_accuracy: float
    entity_token_accuracy: float
    signature: str

    def count(self, kind: Kind) -> int:
        """How many spans, or pairs of spans, are of this kind of error."""
        return sum(pair.kind == kind for pair in self.pairs)


def entity_f1(
    y_true: Sequence[Sequence[str]],
    y_pred: Sequence[Sequence[str]],
    average: Average = "micro",
    mode: Mode = "lenient",
    scheme: Scheme = "IOB2",
    zero_division: float = 0.0,
) -> EntityTrace:
    """F1 over whole entities, 0…1: a span counts only when its type and both its ends are right.

    Parameters
    ----------
    y_true, y_pred : per sentence, one tag a token
    average : "micro" pools the spans (CoNLL), "macro" averages the types alike, "weighted" by their number of true
        spans; "per_type" averages nothing
    mode, scheme : how tags are read, see `decode`
    zero_division : what 0/0 becomes: 0, 1, or NaN, which leaves the type out of an average

    Raises
    ------
    Refusal
        Names the sentence that is unequal in length or has something else than tags; also above `MAX_TOKENS`.
    """
    refuse_unless_known("average", average, AVERAGES)
    refuse_unless_zero_division(zero_division)
    tags_true, tags_predicted, spans_true, spans_predicted = _read(y_true, y_pred, mode, scheme)
    pairs = tuple(
        pair
        for n, (true, predicted) in enumerate(zip(spans_true, spans_predicted, strict=True))
        for pair in align_spans(true, predicted, n)
    )
    types = tuple(sorted({span.type for sentence in (*spans_true, *spans_predicted) for span in sentence}))
    refuse_above(Text("entity types", "типов сущностей"), len(types), MAX_TYPES)

    def per_type(spans: list[Span]) -> Ints:
        counts = Counter(span.type for span in spans)
        return np.array([counts[name] for name in types], dtype=np.int64)

    tp = per_type([pair.true for pair in pairs if pair.kind == "correct" and pair.true is not None])
    n_predicted = per_type([pair.predicted for pair in pairs if pair.predicted is not None])
    n_true = per_type([pair.true for pair in pairs if pair.true is not None])
    kind: Literal["micro", "macro", "weighted"] = "macro" if average == "per_type" else average
    P = average_fractions(tp, n_predicted, kind, n_true, zero_division)
    R = average_fractions(tp, n_true, kind, n_true, zero_division)
    F = average_fractions(2 * tp, n_predicted + n_true, kind, n_true, zero_division)
    tokens = [pair for t, p in zip(tags_true, tags_predicted, strict=True) for pair in zip(t, p, strict=True)]
    inside = [pair for pair in tokens if pair[0] != "O"]
    options = [
        f"average={average}",
        mode if mode == "lenient" else f"strict {scheme}",
        f"zero_division={zero_division:g}",
    ]
    return EntityTrace(
        average=average,
        mode=mode,
        scheme=scheme,
        zero_division=zero_division,
        tags_true=tags_true,
        tags_predicted=tags_predicted,
        spans_true=spans_true,
        spans_predicted=spans_predicted,
        pairs=pairs,
        types=types,
        tp=tp,
        n_predicted=n_predicted,
        n_true=n_true,
        precision=P.per_class,
        recall=R.per_class,
        f1=F.per_class,
        mean_precision=P.value,
        mean_recall=R.value,
        value=F.per_class if average == "per_type" else F.value,
        credits={credit: score_credit(pairs, credit, zero_division) for credit in CREDITS},
        token_accuracy=sum(a == b for a, b in tokens) / len(tokens),
        entity_token_accuracy=sum(a == b for a, b in inside) / len(inside) if inside else math.nan,
        signature=" · ".join(["entity F1", *options, f"sentences={len(tags_true)}", f"tokens={len(tokens)}"]),
    )


@dataclass(frozen=True)
class ExactMatchTrace:
    """How much is right to the last boundary, 0…1.

    is_match : one truth value a unit: a true entity that was predicted exactly, or a sentence whose predicted entities
        are exactly the true ones; value is the share of True
    """

    unit: Literal["entity", "sentence"]
    is_match: tuple[bool, ...]
    pairs: tuple[Pair, ...]
    value: float
    signature: str


def entity_exact_match(
    y_true: Sequence[Sequence[str]],
    y_pred: Sequence[Sequence[str]],
    unit: Literal["entity", "sentence"] = "entity",
    mode: Mode = "lenient",
    scheme: Scheme = "IOB2",
    zero_division: float = 0.0,
) -> ExactMatchTrace:
    """The share of true entities found exactly, or of sentences without any error.

    By entity it is micro recall, blind to spurious entities; by sentence one error of any kind spoils the sentence.
    With no true entity at all it is `zero_division`. Raises as `entity_f1`.
    """
    refuse_unless_known("unit", unit, ("entity", "sentence"))
    trace = entity_f1(y_true, y_pred, "micro", mode, scheme, zero_division)
    if unit == "entity":
        is_match = tuple(pair.kind == "correct" for pair in trace.pairs if pair.true is not None)
    else:
        is_match = tuple(t == p for t, p in zip(trace.spans_true, trace.spans_predicted, strict=True))
    return ExactMatchTrace(
        unit=unit,
        is_match=is_match,
        pairs=trace.pairs,
        value=sum(is_match) / len(is_match) if is_match else float(zero_division),
        signature=trace.signature.replace("entity F1 · average=micro", f"entity exact match · unit={unit}"),
    )


Tags = tuple[tuple[str, ...], ...]
Spans = tuple[tuple[Span, ...], ...]


def _read(
    y_true: Sequence[Sequence[str]], y_pred: Sequence[Sequence[str]], mode: Mode, scheme: Scheme
) -> tuple[Tags, Tags, Spans, Spans]:
    """Check both sides and decode them."""
    refuse_above(Text("sentences", "предложений"), max(len(y_true), len(y_pred)), MAX_SENTENCES)
    if len(y_true) != len(y_pred):
        raise Refusal(
            Text(
                "There are {a} sentences of true tags and {b} of predicted ones: every sentence needs both.",
                "Предложений с истинными метками {a}, а с предсказанными {b}: каждому нужны и те и другие.",
            ).format(a=len(y_true), b=len(y_pred))
        )
    n_tokens = sum(map(len, y_true))
    refuse_above(Text("tokens", "токенов"), n_tokens, MAX_TOKENS)
    if n_tokens == 0:
        raise Refusal(Text("There are no tags to score.", "Нет меток, которые можно оценить."))
    decoded: list[list[tuple[Span, ...]]] = [[], []]
    for n, (true, predicted) in enumerate(zip(y_true, y_pred, strict=True), 1):
        if len(true) != len(predicted):
            raise Refusal(
                Text(
                    "Sentence {n} has {a} true tags and {b} predicted ones: every token needs both.",
                    "В предложении {n} истинных меток {a}, а предсказанных {b}: каждому токену нужны обе.",
                ).format(n=n, a=len(true), b=len(predicted))
            )
        for side, tags in zip(decoded, (true, predicted), strict=True):
            try:
                side.append(decode(tags, mode, scheme))
            except Refusal as refusal:
                where = Text("Sentence {n}. {why}", "Предложение {n}. {why}").format(n=n, why=refusal.text)
                raise Refusal(where) from None
    return tuple(map(tuple, y_true)), tuple(map(tuple, y_pred)), tuple(decoded[0]), tuple(decoded[1])


def reference(trace: EntityTrace) -> tuple[Check, ...]:
    """Precision, recall and F1 beside seqeval's, in the mode of the trace.

    seqeval knows no NaN for 0/0 and has no macro average over no types at all: nothing is compared there.
    """
    if math.isnan(trace.zero_division) or (trace.average == "macro" and not trace.types):
        return ()
    from seqeval import scheme as schemes
    from seqeval.metrics import accuracy_score, sequence_labeling, v1

    # In its default mode seqeval does not know BILOU's letters; E and S mean the same.
    lenient = [[[tag[:1].translate(_AS_IOBES) + tag[1:] for tag in s] for s in y] for y in _both(trace)]
    given = [[list(s) for s in y] for y in _both(trace)]
    zero_division = int(trace.zero_division)
    average = None if trace.average == "per_type" else trace.average
    if trace.mode == "lenient":
        P, R, F, _ = sequence_labeling.precision_recall_fscore_support(
            *lenient, average=average, zero_division=zero_division
        )
    else:
        P, R, F, _ = v1.precision_recall_fscore_support(
            *given, average=average, zero_division=zero_division, scheme=getattr(schemes, trace.scheme)
        )
    is_per_type = trace.average == "per_type"
    ours = (trace.precision, trace.recall) if is_per_type else (trace.mean_precision, trace.mean_recall)
    return (
        compare_defined(same("F1"), "seqeval", trace.value, F),
        compare_defined(Text("precision", "точность"), "seqeval", ours[0], P),
        compare_defined(Text("recall", "полнота"), "seqeval", ours[1], R),
        compare_defined(
            Text("token accuracy", "доля верных токенов"), "seqeval", trace.token_accuracy, accuracy_score(*given)
        ),
    )


def _both(trace: EntityTrace) -> tuple[Tags, Tags]:
    return trace.tags_true, trace.tags_predicted
