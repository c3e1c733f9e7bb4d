"""The ROUGE lab: one summary, its references, four measures on one grid of words.

The grid has a row a reference word and a column a summary word. ROUGE-1 counts its cells where the words are the same,
at most one in a row or column; ROUGE-2 counts diagonal neighbours; ROUGE-L counts along one path that only ever goes
right and down; ROUGE-Lsum takes such a path in every block of two sentences and unites them. Symbols, equations and
the definitions of P, R and F: `core.metrics.rouge`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.i18n import Lang, Text, same
from core.metrics import rouge
from core.metrics.ngrams import Words as Tokens
from core.metrics.ngrams import lcs_path, lcs_table, word_grams
from core.metrics.rouge import (
    Prf,
    RougeLsumTrace,
    RougeLTrace,
    RougeNTrace,
    RougeOptions,
    rouge_counts,
    rouge_l,
    rouge_lsum,
    rouge_n,
)
from core.params import Choice, Params, Switch, Words
from core.tables import Table
from core.verify import Check

MAX_CHARS = 600
MEASURES = ("1", "2", "L", "Lsum")
PARTS = ("P", "R", "F1")

MEASURE = Choice(
    label=Text("Measure", "Мера"),
    options={name: same(f"ROUGE-{name}") for name in MEASURES},
    help=Text(
        "1 and 2: shared words and pairs of neighbours. L: the longest common subsequence. Lsum: L by sentences.",
        "1 и 2 — общие слова и пары соседних слов. L — наибольшая общая подпоследовательность. Lsum — она же по "
        "предложениям.",
    ),
)
TOKENIZE = Choice(
    label=Text("What counts as a word", "Что считать словом"),
    options={"unicode": Text("any letters", "все буквы"), "rouge_score": same("a–z, 0–9")},
    help=Text(
        "rouge-score keeps a–z and 0–9 and drops everything else, Cyrillic too.",
        "rouge-score оставляет a–z и 0–9, а всё прочее, и кириллицу тоже, выбрасывает.",
    ),
)
STEMMER = Switch(
    label=Text("Compare stems", "Сравнивать основы"),
    help=Text(
        "Porter for English, Snowball for Russian; words of more than three letters.",
        "Портер для английского, Snowball для русского; слова длиннее трёх букв.",
    ),
)
AGGREGATE = {"max": Text("best", "лучший"), "mean": Text("mean", "среднее")}


class RougeParams(Params):
    """A summary, one or two references, and what is counted."""

    summary: Annotated[
        str,
        Words(
            label=Text("Summary", "Реферат"),
            max_chars=MAX_CHARS,
            lines=4,
            example=Text(
                "The old bridge closed on Friday.\nHeavy rain made the river rise.",
                "Старый мост закрыли в пятницу.\nИз-за сильных дождей река поднялась.",
            ),
        ),
    ] = "The old bridge closed on Friday.\nHeavy rain made the river rise."
    reference: Annotated[
        str,
        Words(
            label=Text("Reference", "Эталон"),
            max_chars=MAX_CHARS,
            lines=4,
            example=Text(
                "The river rose after heavy rain.\nThe old bridge was closed on Friday.",
                "После сильных дождей река вышла из берегов.\nВ пятницу закрыли старый мост.",
            ),
        ),
    ] = "The river rose after heavy rain.\nThe old bridge was closed on Friday."
    measure: Annotated[str, MEASURE] = "L"
    tokenize: Annotated[str, TOKENIZE] = "unicode"
    use_stemmer: Annotated[bool, STEMMER] = False
    second: Annotated[
        str,
        Words(
            label=Text("Second reference", "Второй эталон"),
            max_chars=MAX_CHARS,
            lines=3,
            folded=True,
            help=Text("Empty: there is one reference.", "Пусто — эталон один."),
        ),
    ] = ""
    aggregate: Annotated[
        str,
        Choice(
            label=Text("Of two references", "Из двух эталонов"),
            options=AGGREGATE,
            folded=True,
            shown=lambda p: bool(p["second"].strip()),
        ),
    ] = "max"
    sentences: Annotated[
        str,
        Choice(
            label=Text("Sentences of Lsum are parted by", "Предложения Lsum разделяют"),
            options={
                "newline": Text("line breaks", "концы строк"),
                "punctuation": Text("punctuation", "знаки препинания"),
            },
            folded=True,
        ),
    ] = "newline"


@dataclass(frozen=True)
class Piece:
    """What stands between two spaces of a text, and the words that the tokenisation makes of it: none, one or more.

    line : of the text as typed; first : position of its first word among all words
    """

    text: str
    line: int
    first: int
    words: Tokens


@dataclass(frozen=True)
class Block(Frozen):
    """The LCS of one reference sentence and one summary sentence, where it stands on the grid.

    row, col : the grid's row and column of its first words
    L : (m + 1, n + 1); path : the way back, from (m, n) to the margin; pairs : (row, column) within the block
    """

    row: int
    col: int
    L: npt.NDArray[np.int16]
    path: tuple[tuple[int, int], ...]
    pairs: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class RougeLabTrace(Frozen):
    """All four measures of one summary.

    scores : (measure, part), `MEASURES` × `PARTS`, 0…1
    influence : (measure, piece), F1 minus F1 without this piece of the summary
    blocks : of ROUGE-Lsum against its best reference, reference sentence by reference sentence
    """

    params: RougeParams
    options: RougeOptions
    references: tuple[str, ...]
    grams: tuple[RougeNTrace, RougeNTrace]
    lcs: RougeLTrace
    lsum: RougeLsumTrace
    blocks: tuple[Block, ...]
    pieces: tuple[Piece, ...]
    scores: npt.NDArray[np.float64]
    influence: npt.NDArray[np.float64]

    @property
    def signature(self) -> str:
        return self.scored().signature

    def scored(self, measure: str | None = None) -> RougeNTrace | RougeLTrace | RougeLsumTrace:
        """The trace of one measure; of the chosen one when none is named."""
        return (*self.grams, self.lcs, self.lsum)[MEASURES.index(measure or self.params.measure)]

    @property
    def columns(self) -> Tokens:
        """The words of the summary, as the chosen measure sees them."""
        if self.params.measure == "Lsum":
            return tuple(word for line in self.lsum.sentences for word in line)
        return self.lcs.words

    @property
    def rows(self) -> Tokens:
        """The words of the reference that the chosen measure likes best."""
        if self.params.measure == "Lsum":
            return tuple(word for line in self.lsum.match.sentences for word in line.words)
        return self.options.split(self.references[self.scored().best])

    def matches(self) -> tuple[tuple[int, int, bool], ...]:
        """Where the chosen measure finds something equal: (row, column, is it counted).

        For ROUGE-N the n-gram starts there, and of equal ones as many count as both texts have; for ROUGE-L the path
        goes through the counted ones; for Lsum see `_united`.
        """
        rows, columns = self.rows, self.columns
        n = 2 if self.params.measure == "2" else 1
        counted: set[tuple[int, int]] = set()
        if self.params.measure in "12":
            for gram in self.grams[n - 1].match.grams:
                shared = gram.matches
                counted |= set(zip(gram.reference_positions[:shared], gram.positions[:shared], strict=True))
        elif self.params.measure == "L":
            counted = set(self.lcs.match.pairs)
        else:
            counted = set(self._united())
        grams, others = word_grams(columns, n), word_grams(rows, n)
        return tuple(
            (i, j, (i, j) in counted) for i, other in enumerate(others) for j, gram in enumerate(grams) if gram == other
        )

    def _united(self) -> list[tuple[int, int]]:
        """One column for each row that Lsum counts: of the longest path through the row, unless it is taken already."""
        through: dict[int, list[int]] = {}
        for block in sorted(self.blocks, key=lambda block: -len(block.pairs)):
            for i, j in block.pairs:
                through.setdefault(block.row + i, []).append(block.col + j)
        cells: list[tuple[int, int]] = []
        taken: set[int] = set()
        for row in self.counted_rows():
            col = next((col for col in through[row] if col not in taken), through[row][0])
            taken.add(col)
            cells.append((row, col))
        return cells

    def counted_rows(self) -> tuple[int, ...]:
        """The rows that Lsum counts: the union of the paths, no word more often than either text has it."""
        rows, start = [], 0
        for sentence in self.lsum.match.sentences:
            rows += [start + position for position in sentence.counted]
            start += len(sentence.words)
        return tuple(rows)

    def breaks(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Where Lsum's sentences begin on the grid: rows, columns."""
        return (
            _starts([sentence.words for sentence in self.lsum.match.sentences]),
            _starts(self.lsum.sentences),
        )


def _starts(lines: Sequence[Tokens]) -> tuple[int, ...]:
    lengths = [len(line) for line in lines]
    return tuple(sum(lengths[:k]) for k in range(len(lengths)))


def language_of(*texts: str) -> Lang:
    """Whose stemmer: Russian when most letters are Cyrillic."""
    letters = [char for text in texts for char in text.lower() if char.isalpha()]
    cyrillic = sum("а" <= char <= "я" or char == "ё" for char in letters)
    return "ru" if 2 * cyrillic > len(letters) else "en"


def run(params: RougeParams) -> RougeLabTrace:
    """Score the summary with every measure."""
    references = (params.reference, params.second) if params.second.strip() else (params.reference,)
    options = RougeOptions(
        tokenize=params.tokenize,
        use_stemmer=params.use_stemmer,
        lang=language_of(params.summary, *references),
        aggregate=params.aggregate,
        sentences=params.sentences,
    )
    shared = (options.tokenize, options.use_stemmer, options.lang, options.aggregate)
    grams = (rouge_n(params.summary, references, 1, *shared), rouge_n(params.summary, references, 2, *shared))
    lcs = rouge_l(params.summary, references, *shared)
    lsum = rouge_lsum(params.summary, references, *shared, options.sentences)
    pieces = cut(params.summary, options)
    scores = np.array([[t.precision, t.recall, t.f1] for t in (*grams, lcs, lsum)])
    return RougeLabTrace(
        params=params,
        options=options,
        references=references,
        grams=grams,
        lcs=lcs,
        lsum=lsum,
        blocks=fill_blocks(lsum),
        pieces=pieces,
        scores=scores,
        influence=leave_out(pieces, references, options, scores[:, 2]),
    )


def cut(text: str, options: RougeOptions) -> tuple[Piece, ...]:
    """A text at its spaces and line breaks; the words of all pieces in a row are the words of the text."""
    pieces, first = [], 0
    for number, line in enumerate(text.split("\n")):
        for piece in line.split():
            words = options.split(piece)
            pieces.append(Piece(piece, number, first, words))
            first += len(words)
    return tuple(pieces)


def leave_out(
    pieces: Sequence[Piece], references: Sequence[str], options: RougeOptions, f1: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """What each piece is worth: (measure,) F1 → (measure, piece) F1 minus F1 without the piece."""
    join = max if options.aggregate == "max" else fmean
    worth = np.zeros((len(MEASURES), len(pieces)))
    for k in range(len(pieces)):
        counts = without(pieces, k, references, options)
        left = [join([count[f"rouge{measure}"].f1 for count in counts]) for measure in MEASURES]
        worth[:, k] = f1 - np.array(left)
    return worth


def without(
    pieces: Sequence[Piece], k: int, references: Sequence[str], options: RougeOptions
) -> tuple[dict[str, Prf], ...]:
    """The counts against each reference when piece k is taken out of the summary."""
    rest = [*pieces[:k], *pieces[k + 1 :]]
    lines = range(pieces[-1].line + 1)
    text = "\n".join(" ".join(piece.text for piece in rest if piece.line == line) for line in lines)
    return tuple(rouge_counts(text, reference, options) for reference in references)


def fill_blocks(lsum: RougeLsumTrace) -> tuple[Block, ...]:
    """The tables behind ROUGE-Lsum: one for every pair of sentences."""
    blocks, row = [], 0
    for sentence in lsum.match.sentences:
        col = 0
        for line in lsum.sentences:
            L = lcs_table(sentence.words, line)
            path, pairs = lcs_path(L, sentence.words, line)
            blocks.append(Block(row, col, L, path, pairs))
            col += len(line)
        row += len(sentence.words)
    return tuple(blocks)


def reference(trace: RougeLabTrace) -> tuple[Check, ...]:
    """All four measures beside rouge-score's: the largest difference."""
    checks = [check for measure in MEASURES for check in rouge.reference(trace.scored(measure))]
    worst = max(checks, key=lambda check: check.difference)
    return (replace(worst, what=same("ROUGE-1, 2, L, Lsum: P, R, F")),)


def tables(trace: RougeLabTrace) -> tuple[Table, ...]:
    """The scores, the counts they come from, and the table of the longest common subsequence."""
    names = [f"ROUGE-{measure}" for measure in MEASURES]
    best: list[Prf] = [scored.prfs[scored.best] for scored in (*trace.grams, trace.lcs, trace.lsum)]
    counts = np.array([[prf.matches, prf.in_hypothesis, prf.in_reference] for prf in best])
    match = trace.lcs.match
    rows = ("", *(f"{i + 1} {word}" for i, word in enumerate(match.words)))
    cols = ("", *(f"{j + 1} {word}" for j, word in enumerate(trace.lcs.words)))
    return (
        Table("scores", names, PARTS, trace.scores),
        Table("worth of each piece", names, [piece.text for piece in trace.pieces], trace.influence),
        Table("counts", names, ("matches", "in the summary", "in the reference"), counts),
        Table("L", rows, cols, match.L),
    )
