"""Translation edit rate, every shift that was tried and every edit kept.

Symbols (Snover et al. 2006, "A Study of Translation Edit Rate with Targeted Human Annotation", section 3):

    edits    fewest insertions, deletions and substitutions of words and shifts of blocks of words, each costing 1,
             that turn the hypothesis into a reference
    TER      edits against the best reference / average length of the references, tokens; 0 is best, may exceed 1

Finding the fewest edits with shifts is NP-complete, so TER *is* its search (tercom, and sacrebleu after it):

    1. Take the edit distance without shifts, D. Cells farther than `BEAM` from the diagonal are not looked at.
    2. Try to move every block of at most `MAX_BLOCK` words that equals a block of the reference at most `MAX_DISTANCE`
       positions away, if the block has an error in it, the place it would go to has one too, and it is not there yet.
    3. Apply the move after which D is smallest; of equals the longest block, then the leftmost, then the leftmost
       target. Repeat until no move lowers D or `MAX_CANDIDATES` moves have been tried in all.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.i18n import Text, same
from core.metrics.ngrams import (
    HYPOTHESIS,
    REFERENCE,
    Words,
    check_corpus,
    check_texts,
    check_words,
    part_ascii_marks,
    part_dots_and_dashes,
    unescape_entities,
)
from core.verify import Check, compare

MAX_TER_WORDS = 120
MAX_BLOCK = 10
MAX_DISTANCE = 50
MAX_CANDIDATES = 1_000
BEAM = 25

Row = list[float]
T = TypeVar("T")


@dataclass(frozen=True)
class TerOptions:
    """How a text becomes words: tercom's own tokenisation, not BLEU's.

    normalized : part ASCII punctuation from words and replace XML entities
    no_punct : drop . , ? : ; ! " ( )
    references_twice : tokenise references twice and the hypothesis once. sacrebleu 2.6 does, so that with `normalized`
        the sentence "It is Anna's." against itself has TER 40 %: only the second pass parts 's from a full stop.
    """

    normalized: bool = False
    lowercase: bool = True
    no_punct: bool = False
    references_twice: bool = False

    def split(self, text: str) -> Words:
        """The words that are compared."""
        text = text.rstrip()
        if self.lowercase:
            text = text.lower()
        if self.normalized:
            text = unescape_entities(text.replace("\n-", "").replace("\n", " "))
            text = part_ascii_marks(f" {text} ").replace("'s ", " 's ")
            text = part_dots_and_dashes(text)
        if self.no_punct:
            text = re.sub(r'[.,?:;!"()]', "", text)
        return tuple(text.split())

    def split_reference(self, text: str) -> Words:
        """The same for a reference."""
        words = self.split(text)
        return self.split(" ".join(words)) if self.references_twice else words

    def signature(self, references: int) -> str:
        """The line under the number, in the manner of sacrebleu."""
        return (
            f"TER · refs:{references} · case:{'lc' if self.lowercase else 'mixed'} · tok:tercom · "
            f"norm:{'yes' if self.normalized else 'no'} · punct:{'no' if self.no_punct else 'yes'}"
            f"{' · references tokenised twice' if self.references_twice else ''}"
        )


@dataclass(frozen=True)
class Shift:
    """A block move: `length` words from `start` so that the block begins at `to` (positions before and after).

    target : the position in the words before the move in front of which the block goes, as tercom ranks it
    gain : by how much it lowers the edit distance; may be negative
    """

    start: int
    length: int
    target: int
    to: int
    gain: int


@dataclass(frozen=True)
class ShiftRound:
    """One round of the greedy search: the moves tried, in order, and the one applied, None when the search ended."""

    words: Words
    distance: int
    candidates: tuple[Shift, ...]
    applied: Shift | None


@dataclass(frozen=True)
class Edit:
    """One column of the final alignment: "keep", "substitute", "insert" or "delete".

    hypothesis : index into the shifted hypothesis, None for an insertion
    reference : index into the reference, None for a deletion
    """

    kind: str
    hypothesis: int | None
    reference: int | None


@dataclass(frozen=True)
class Step:
    """One edit of the script, costing 1, and what the sentence is after it.

    kind : "shift", "substitute", "insert" or "delete"
    start, length : the words it takes; an insertion takes none
    to : where the moved, new or inserted words begin afterwards; for a deletion, where they were
    words : the whole sentence after the step
    """

    kind: str
    start: int
    length: int
    to: int
    words: Words


@dataclass(frozen=True)
class TerMatch:
    """The search against one reference.

    order : for each position of the shifted hypothesis, the position that word had at first
    steps : the edit script; after the last step the sentence is the reference
    """

    reference: Words
    rounds: tuple[ShiftRound, ...]
    shifted: Words
    order: tuple[int, ...]
    alignment: tuple[Edit, ...]
    steps: tuple[Step, ...]

    @property
    def shifts(self) -> tuple[Shift, ...]:
        return tuple(r.applied for r in self.rounds if r.applied is not None)

    @property
    def edits(self) -> int:
        """Shifts and word edits together."""
        return len(self.steps)


@dataclass(frozen=True)
class TerTrace:
    """TER of one sentence. `matches` has one entry a reference, `best` is the first with the fewest edits."""

    options: TerOptions
    hypothesis: str
    references: tuple[str, ...]
    words: Words
    matches: tuple[TerMatch, ...]
    best: int
    average_length: float
    signature: str

    @property
    def match(self) -> TerMatch:
        return self.matches[self.best]

    @property
    def edits(self) -> int:
        return self.match.edits

    @property
    def value(self) -> float:
        """Edits a reference word; 0 is perfect, there is no upper bound."""
        return edit_rate(self.edits, self.average_length)

    @property
    def percent(self) -> float:
        """As sacrebleu prints it."""
        return 100 * self.value


@dataclass(frozen=True)
class CorpusTerTrace(Frozen):
    """TER of a corpus.

    statistics : (rows, 2): fewest edits, average length of the references. Rows can be resampled and summed again.
    """

    options: TerOptions
    hypotheses: tuple[str, ...]
    references: tuple[tuple[str, ...], ...]
    statistics: npt.NDArray[np.float64]
    signature: str

    @property
    def value(self) -> float:
        """Edits a reference word."""
        edits, length = self.statistics.sum(axis=0)
        return edit_rate(edits, length)

    @property
    def percent(self) -> float:
        """As sacrebleu prints it."""
        return 100 * self.value


def edit_rate(edits: float, length: float) -> float:
    """edits / length; with no reference words at all, 1 if there is anything to delete and else 0."""
    if length > 0:
        return float(edits / length)
    return 1.0 if edits > 0 else 0.0


def ter(
    hypothesis: str,
    references: Sequence[str],
    normalized: bool = False,
    lowercase: bool = True,
    no_punct: bool = False,
    references_twice: bool = False,
) -> TerTrace:
    """TER of one sentence; the options are those of `TerOptions`.

    Raises
    ------
    Refusal
        If a text is beyond the limits of `check_texts` or has more than `MAX_TER_WORDS` words.
    """
    options = TerOptions(normalized, lowercase, no_punct, references_twice)
    words, reference_words = _checked_words(hypothesis, references, options)
    matches = tuple(match_reference(words, other) for other in reference_words)
    return TerTrace(
        options=options,
        hypothesis=hypothesis,
        references=tuple(references),
        words=words,
        matches=matches,
        best=min(range(len(matches)), key=lambda k: matches[k].edits),
        average_length=sum(map(len, reference_words)) / len(reference_words),
        signature=options.signature(len(references)),
    )


def corpus_ter(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]],
    normalized: bool = False,
    lowercase: bool = True,
    no_punct: bool = False,
    references_twice: bool = False,
) -> CorpusTerTrace:
    """TER of a corpus; `references[k]` are the references of `hypotheses[k]`.

    Raises
    ------
    Refusal
        If a row is beyond its limit; the row is named.
    """
    check_corpus(hypotheses, references)
    options = TerOptions(normalized, lowercase, no_punct, references_twice)
    return CorpusTerTrace(
        options=options,
        hypotheses=tuple(hypotheses),
        references=tuple(tuple(its) for its in references),
        statistics=ter_statistics(hypotheses, references, options),
        signature=options.signature(max(map(len, references))) + f" · rows:{len(hypotheses)}",
    )


def ter_statistics(
    hypotheses: Sequence[str], references: Sequence[Sequence[str]], options: TerOptions
) -> npt.NDArray[np.float64]:
    """Edits and average reference length, no trace: (rows, 2). Rows are independent.

    Raises
    ------
    Refusal
        If a text has more than `MAX_TER_WORDS` words.
    """
    statistics = np.empty((len(hypotheses), 2))
    for row, (hypothesis, its) in enumerate(zip(hypotheses, references, strict=True)):
        words, reference_words = _checked_words(hypothesis, its, options)
        edits = min(count_edits(words, other) for other in reference_words)
        statistics[row] = edits, sum(map(len, reference_words)) / len(reference_words)
    return statistics


def _checked_words(hypothesis: str, references: Sequence[str], options: TerOptions) -> tuple[Words, tuple[Words, ...]]:
    check_texts(hypothesis, references)
    words, reference_words = options.split(hypothesis), tuple(options.split_reference(text) for text in references)
    check_words(HYPOTHESIS, words, MAX_TER_WORDS)
    for number, other in enumerate(reference_words, 1):
        check_words(REFERENCE.format(n=number), other, MAX_TER_WORDS)
    return words, reference_words


def match_reference(words: Words, reference: Words) -> TerMatch:
    """Shift until it no longer pays, then align what is left."""
    rounds = tuple(search_shifts(words, reference))
    shifted = rounds[-1].words if rounds else words
    order = tuple(range(len(words)))
    for shift in (r.applied for r in rounds):
        if shift is not None:
            order = move_block(order, shift.start, shift.length, shift.to)
    alignment = _Beam(reference, len(words)).align(shifted)
    return TerMatch(reference, rounds, shifted, order, alignment, _write_script(rounds, shifted, reference, alignment))


def count_edits(words: Words, reference: Words) -> int:
    """As many as `match_reference` has steps."""
    if words == reference:
        return 0
    shifts, distance = 0, len(words)
    for search in search_shifts(words, reference):
        shifts += search.applied is not None
        distance = search.distance
    return shifts + distance


def search_shifts(words: Words, reference: Words) -> Iterator[ShiftRound]:
    """The rounds of the greedy search; none against an empty reference, else the last one applies nothing."""
    if not reference:
        return
    beam, tried = _Beam(reference, len(words)), 0
    while True:
        rows = beam.rows(words)
        distance = int(rows[-1][-1])
        candidates = []
        for start, length, targets in _movable_blocks(words, reference, beam.trace(words, rows)):
            for target in targets:
                to = min(target - length if target > start + length else target, len(words) - length)
                gain = distance - beam.shifted_distance(words, rows, start, length, to)
                candidates.append(Shift(start, length, target, to, gain))
            if tried + len(candidates) >= MAX_CANDIDATES:
                break
        tried += len(candidates)
        best = max(candidates, key=lambda c: (c.gain, c.length, -c.start, -c.target), default=None)
        if best is None or best.gain <= 0 or tried >= MAX_CANDIDATES:
            yield ShiftRound(words, distance, tuple(candidates), None)
            return
        yield ShiftRound(words, distance, tuple(candidates), best)
        words = move_block(words, best.start, best.length, best.to)


def move_block(items: tuple[T, ...], start: int, length: int, to: int) -> tuple[T, ...]:
    """The block of `length` items at `start` taken out and put back so that it begins at `to`."""
    rest = items[:start] + items[start + length :]
    return rest[:to] + items[start : start + length] + rest[to:]


def equal_blocks(words: Words, reference: Words) -> Iterator[tuple[int, int, int]]:
    """(start in words, start in reference, length) of equal blocks, in tercom's order: shorter ones first."""
    where: dict[str, list[int]] = {}
    for position, word in enumerate(reference):
        where.setdefault(word, []).append(position)
    for start, word in enumerate(words):
        for there in where.get(word, ()):
            if abs(there - start) > MAX_DISTANCE:
                continue
            longest = min(MAX_BLOCK, len(words) - start, len(reference) - there)
            for length in range(1, longest + 1):
                if words[start + length - 1] != reference[there + length - 1]:
                    break
                yield start, there, length


def _movable_blocks(
    words: Words, reference: Words, alignment: Sequence[Edit]
) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """(start, length, targets) of the blocks worth moving under the current alignment."""
    is_wrong = [edit.kind != "keep" for edit in alignment if edit.hypothesis is not None]
    is_missed = [edit.kind != "keep" for edit in alignment if edit.reference is not None]
    # Where each reference word stands in the hypothesis; an inserted one, where the word before it stands.
    place, last = [], -1
    for edit in alignment:
        last = last if edit.hypothesis is None else edit.hypothesis
        if edit.reference is not None:
            place.append(last)
    for start, there, length in equal_blocks(words, reference):
        if not any(is_wrong[start : start + length]) or not any(is_missed[there : there + length]):
            continue
        if start <= place[there] < start + length:
            continue
        behind = [0 if k < 0 else place[k] + 1 for k in range(there - 1, there + length)]
        yield start, length, tuple(target for k, target in enumerate(behind) if k == 0 or target != behind[k - 1])


class _Beam:
    """Edit distance to one reference for hypotheses of one length, row by row; cells outside the beam are ∞.

    Shifts do not change the length, so rows of one hypothesis serve the next up to the first word that moved.
    """

    def __init__(self, reference: Words, length: int) -> None:
        self.reference, self.length = reference, length
        self.ratio = len(reference) / length if length else 1.0
        # Where one text is so much longer that neighbouring rows would not overlap, the beam widens.
        self.width = math.ceil(self.ratio / 2 + BEAM) if self.ratio / 2 > BEAM else BEAM
        self.known: dict[Words, int] = {}

    def rows(self, words: Words) -> list[Row]:
        """The whole matrix: (len(words) + 1) rows of len(reference) + 1."""
        rows: list[Row] = [list(range(len(self.reference) + 1))]
        for i, word in enumerate(words, 1):
            rows.append(self._next_row(i, word, rows[-1]))
        return rows

    def _next_row(self, i: int, word: str, above: Row) -> Row:
        reference = self.reference
        center = math.floor(i * self.ratio)
        first, end = max(0, center - self.width), min(len(reference) + 1, center + self.width)
        if i == self.length:
            end = len(reference) + 1
        row: Row = [math.inf] * (len(reference) + 1)
        if first == 0:
            row[0] = above[0] + 1
            first = 1
        left, corner = row[first - 1], above[first - 1]
        for j in range(first, end):
            best = corner if word == reference[j - 1] else corner + 1
            corner = above[j]
            best = min(best, corner + 1, left + 1)
            row[j] = left = best
        return row

    def shifted_distance(self, words: Words, rows: Sequence[Row], start: int, length: int, to: int) -> int:
        """Distance after a move, given the rows before it: only rows that can differ are computed."""
        moved = move_block(words, start, length, to)
        if moved not in self.known:
            changed_to = max(start, to) + length
            row = rows[min(start, to)]
            for i in range(min(start, to), len(moved)):
                if i >= changed_to and row == rows[i]:
                    row = rows[-1]
                    break
                row = self._next_row(i + 1, moved[i], row)
            self.known[moved] = int(row[-1])
        return self.known[moved]

    def align(self, words: Words) -> tuple[Edit, ...]:
        """The cheapest alignment within the beam."""
        return self.trace(words, self.rows(words))

    def trace(self, words: Words, rows: Sequence[Row]) -> tuple[Edit, ...]:
        """Walk back through the matrix; of equals keep or substitute, then delete, then insert."""
        i, j = len(words), len(self.reference)
        edits = []
        while i > 0 or j > 0:
            is_same = i > 0 and j > 0 and words[i - 1] == self.reference[j - 1]
            if i > 0 and j > 0 and rows[i][j] == rows[i - 1][j - 1] + (not is_same):
                i, j = i - 1, j - 1
                edits.append(Edit("keep" if is_same else "substitute", i, j))
            elif i > 0 and rows[i][j] == rows[i - 1][j] + 1:
                i -= 1
                edits.append(Edit("delete", i, None))
            else:
                j -= 1
                edits.append(Edit("insert", None, j))
        return tuple(reversed(edits))


def _write_script(
    rounds: Sequence[ShiftRound], shifted: Words, reference: Words, alignment: Sequence[Edit]
) -> tuple[Step, ...]:
    """Shifts first, then the alignment from left to right, each step with the sentence it leaves."""
    steps = []
    for search, after in pairwise(rounds):
        if search.applied is not None:
            shift = search.applied
            steps.append(Step("shift", shift.start, shift.length, shift.to, after.words))
    words, position = list(shifted), 0
    for edit in alignment:
        new = [] if edit.reference is None else [reference[edit.reference]]
        taken = 0 if edit.hypothesis is None else 1
        if edit.kind != "keep":
            words[position : position + taken] = new
            steps.append(Step(edit.kind, position, taken, position, tuple(words)))
        position += len(new)
    return tuple(steps)


def reference(trace: TerTrace | CorpusTerTrace) -> tuple[Check, ...]:
    """Our TER beside sacrebleu's, which is given our words where it would tokenise references once more."""
    from sacrebleu.metrics.ter import TER

    options = trace.options
    if isinstance(trace, TerTrace):
        hypotheses, references = [trace.hypothesis], [trace.references]
    else:
        hypotheses, references = list(trace.hypotheses), list(trace.references)
    if options.normalized and not options.references_twice:
        metric = TER(case_sensitive=True)
        hypotheses = [" ".join(options.split(text)) for text in hypotheses]
        references = [tuple(" ".join(options.split(text)) for text in its) for its in references]
    else:
        metric = TER(normalized=options.normalized, no_punct=options.no_punct, case_sensitive=not options.lowercase)
    most = max(map(len, references))
    columns = [[its[k] if k < len(its) else None for its in references] for k in range(most)]
    theirs = metric.corpus_score(hypotheses, columns)  # type: ignore[arg-type]
    edits = trace.edits if isinstance(trace, TerTrace) else trace.statistics[:, 0].sum()
    return (
        compare(same("TER, %"), "sacrebleu", trace.percent, theirs.score, 1e-9),
        compare(Text("edits", "правок"), "sacrebleu", edits, theirs.num_edits, 0),
    )
