"""Many sentences, as a tagger writes them out: one token a line with its true and its predicted tag.

Symbols as in `core.metrics.entities`. The interval is a percentile bootstrap over sentences (Efron 1979): the sentences
are drawn with replacement `DRAWS` times, every draw is scored, and the middle 95 % of the scores are kept.

    earned, actual, possible   per sentence: worth of its pairs, predicted and true spans       (sentence,)
    F1                         2·Σearned / (Σactual + Σpossible)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

import numpy as np
import numpy.typing as npt
from annotated_types import MaxLen

from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Text, same
from core.metrics import refuse_above
from core.metrics.entities import (
    KINDS,
    Average,
    Credit,
    EntityTrace,
    Kind,
    Mode,
    Pair,
    Scheme,
    align_spans,
    decode,
    entity_f1,
    score_credit,
)
from core.metrics.entities import reference as entity_reference
from core.metrics.entities_edit import Tags
from core.metrics.entities_lab import AVERAGE, CREDIT, MODE, SCHEME_NAMES, ZERO, repair, score_tables, worth
from core.params import Choice, Params, Words
from core.tables import Table
from core.verify import Check

MAX_CHARS = 4_000
MAX_FILE_CHARS = 400_000
MAX_LINES = 20_000
DRAWS = 1_000
ERRORS: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind != "correct")

EXAMPLE = Text(
    (
        "Leo B-PER B-PER\nTolstoy I-PER I-PER\nlived O O\nin O O\nYasnaya B-LOC B-LOC\nPolyana I-LOC I-LOC\n"
        "near O O\nTula B-LOC B-LOC\n\n"
        "The O O\nNeva B-LOC B-LOC\nflows O O\nthrough O O\nSaint B-LOC B-PER\nPetersburg I-LOC I-PER\n\n"
        "Gogol B-PER O\nread O O\nhis O O\nplay O O\nat O O\nthe O B-ORG\nAlexandrinsky B-ORG I-ORG\n"
        "Theatre I-ORG I-ORG\n\n"
        "The O O\nHermitage B-ORG B-ORG\nlent O O\na O O\npainting O O\nto O O\nthe O O\n"
        "Russian B-ORG B-ORG\nMuseum I-ORG I-ORG\n\n"
        "Turgenev B-PER B-PER\nmet O O\nFlaubert B-PER I-PER\nin O O\nParis B-LOC B-LOC\n\n"
        "Winter O B-PER\ncame O O\nearly O O\nto O O\nthe O O\nbanks O O\nof O O\nthe O O\n"
        "Oka B-LOC B-LOC\n\n"
        "The O O\nletters O O\nwent O O\nfrom O O\nOdessa B-LOC B-LOC\nto O O\nMoscow B-ORG B-LOC\n"
        "University I-ORG O\n\n"
        "Korolenko B-PER B-PER\nwalked O O\nfrom O O\nNizhny B-LOC B-LOC\nNovgorod I-LOC B-LOC\nto O O\n"
        "Arzamas B-LOC O"
    ),
    (
        "Лев B-PER B-PER\nТолстой I-PER I-PER\nжил O O\nв O O\nЯсной B-LOC B-LOC\nПоляне I-LOC I-LOC\n"
        "под O O\nТулой B-LOC B-LOC\n\n"
        "Нева B-LOC B-LOC\nтечёт O O\nчерез O O\nПетербург B-LOC B-PER\nк O O\nФинскому B-LOC B-LOC\n"
        "заливу I-LOC I-LOC\n\n"
        "Гоголь B-PER O\nчитал O O\nпьесу O O\nв O B-ORG\nАлександринском B-ORG I-ORG\nтеатре I-ORG I-ORG\n\n"
        "Эрмитаж B-ORG B-ORG\nпередал O O\nкартину O O\nРусскому B-ORG B-ORG\nмузею I-ORG I-ORG\n\n"
        "Тургенев B-PER B-PER\nвстретил O O\nФлобера B-PER I-PER\nв O O\nПариже B-LOC B-LOC\n\n"
        "Зима O B-PER\nрано O O\nпришла O O\nна O O\nберега O O\nОки B-LOC B-LOC\n\n"
        "Письма O O\nшли O O\nиз O O\nОдессы B-LOC B-LOC\nв O O\nМосковский B-ORG B-LOC\n"
        "университет I-ORG O\n\n"
        "Короленко B-PER B-PER\nдошёл O O\nиз O O\nНижнего B-LOC B-LOC\nНовгорода I-LOC B-LOC\nдо O O\n"
        "Арзамаса B-LOC O"
    ),
)


class CorpusParams(Params):
    """Lines of `token true-tag predicted-tag`; `file` takes their place when it is not empty."""

    lines: Annotated[
        str,
        Words(
            label=Text("Token, true tag, predicted tag", "Токен, истинная метка, предсказанная"),
            max_chars=MAX_CHARS,
            example=EXAMPLE,
            lines=12,
            help=Text(
                "One token a line, an empty line between sentences: what conlleval reads. Further columns are skipped.",
                "Токен в строке, между предложениями пустая строка — как для conlleval. Лишние столбцы пропускаются.",
            ),
        ),
    ] = EXAMPLE.en
    credit: Annotated[str, CREDIT] = "strict"
    mode: Annotated[str, MODE] = "lenient"
    scheme: Annotated[
        str,
        Choice(
            label=Text("Scheme", "Схема"),
            options={**SCHEME_NAMES, "BILOU": same("BILOU")},
            shown=lambda p: p["mode"] == "strict",
        ),
    ] = "IOB2"
    average: Annotated[str, AVERAGE] = "micro"
    zero: Annotated[str, ZERO] = "0"
    file: Annotated[str, MaxLen(MAX_FILE_CHARS)] = ""


@dataclass(frozen=True)
class CorpusTrace(Frozen):
    """The corpus scored.

    tokens : per sentence
    score, other : as `params` say, and read in the other mode; None when the other mode cannot read these tags
    counts : (kind, type) pairs by what happened; the type is the true one, or the predicted one of a spurious span
    fixed : (error,) the F1 by `params.credit` once all errors of a kind, in the order of `ERRORS`, are put right
    low, high : 95 % interval of the F1 over sentences
    """

    params: CorpusParams
    tokens: tuple[Tags, ...]
    score: EntityTrace
    other: EntityTrace | None
    counts: npt.NDArray[np.int64]
    fixed: npt.NDArray[np.float64]
    low: float
    high: float
    signature: str

    @property
    def credit(self) -> Credit:
        return cast(Credit, self.params.credit)

    def pairs_of(self, sentence: int) -> tuple[Pair, ...]:
        """The aligned spans of one sentence, counted from 0."""
        return tuple(pair for pair in self.score.pairs if pair.sentence == sentence)

    def sentences_with(self, kind: Kind | None) -> tuple[int, ...]:
        """The sentences that have a pair of this kind; of any kind of error when it is None."""
        found = {p.sentence for p in self.score.pairs if (p.kind == kind if kind else p.kind != "correct")}
        return tuple(sorted(found))


def read_lines(text: str) -> tuple[tuple[Tags, ...], tuple[Tags, ...], tuple[Tags, ...]]:
    """Tokens, true tags and predicted tags, per sentence: the first and the last two columns of every line.

    Raises
    ------
    Refusal
        Names the first line that has fewer than three columns; also when there are too many lines, or none.
    """
    lines = text.splitlines()
    refuse_above(Text("lines", "строк"), len(lines), MAX_LINES)
    sentences: list[list[tuple[str, str, str]]] = [[]]
    for n, line in enumerate(lines, 1):
        columns = line.split()
        if not columns:
            if sentences[-1]:
                sentences.append([])
            continue
        if columns[0] == "-DOCSTART-":
            continue
        if len(columns) < 3:
            raise Refusal(
                Text(
                    "Line {n} has {k} of the three columns: a token, its true tag and its predicted tag.",
                    "В строке {n} столбцов {k}, а нужно три: токен, истинная метка, предсказанная метка.",
                ).format(n=n, k=len(columns))
            )
        sentences[-1].append((columns[0], columns[-2], columns[-1]))
    kept = [sentence for sentence in sentences if sentence]
    if not kept:
        raise Refusal(
            Text(
                "There are no lines yet: write a token, its true tag and its predicted tag in each.",
                "Строк пока нет: в каждой должны быть токен, истинная метка и предсказанная.",
            )
        )
    tokens, true, predicted = (tuple(tuple(row[k] for row in sentence) for sentence in kept) for k in range(3))
    return tokens, true, predicted


def run(params: CorpusParams) -> CorpusTrace:
    """Read the lines and score them.

    Raises
    ------
    Refusal
        Names the line or the tag that cannot be used.
    """
    tokens, true, predicted = read_lines(params.file or params.lines)
    average, mode, scheme = cast(Average, params.average), cast(Mode, params.mode), cast(Scheme, params.scheme)
    zero, credit = float(params.zero), cast(Credit, params.credit)
    score = entity_f1(true, predicted, average, mode, scheme, zero)
    try:
        other = entity_f1(true, predicted, average, "lenient" if mode == "strict" else "strict", scheme, zero)
    except Refusal:
        other = None
    low, high = bootstrap(score, credit)
    return CorpusTrace(
        params=params,
        tokens=tokens,
        score=score,
        other=other,
        counts=count_kinds(score),
        fixed=np.array([fix_all(score, kind, credit) for kind in ERRORS]),
        low=low,
        high=high,
        signature=f"{score.signature} · credit={credit} · bootstrap {DRAWS} draws, seed=0 · numpy {np.__version__}",
    )


def count_kinds(score: EntityTrace) -> npt.NDArray[np.int64]:
    """(kind, type) pairs."""
    counts = np.zeros((len(KINDS), len(score.types)), dtype=np.int64)
    rows, columns = {kind: n for n, kind in enumerate(KINDS)}, {name: n for n, name in enumerate(score.types)}
    for pair in score.pairs:
        span = pair.true or pair.predicted
        assert span is not None
        counts[rows[pair.kind], columns[span.type]] += 1
    return counts


def fix_all(score: EntityTrace, kind: Kind, credit: Credit) -> float:
    """The F1 by `credit` with every pair of this kind put right; only the sentences that change are read again."""
    mended: dict[int, Tags] = {}
    for pair in score.pairs:
        if pair.kind == kind:
            tags = mended.get(pair.sentence, score.tags_predicted[pair.sentence])
            mended[pair.sentence] = repair(pair, tags, score.scheme)
    pairs = [pair for pair in score.pairs if pair.sentence not in mended]
    for n, tags in mended.items():
        pairs += align_spans(score.spans_true[n], decode(tags, score.mode, score.scheme), n)
    return score_credit(pairs, credit, score.zero_division).value


def bootstrap(score: EntityTrace, credit: Credit) -> tuple[float, float]:
    """The 2.5th and 97.5th percentile of the F1 over `DRAWS` draws of sentences, seed 0."""
    n = len(score.tags_true)
    earned, spans = np.zeros(n), np.zeros(n)
    for pair in score.pairs:
        earned[pair.sentence] += worth(pair, credit)
        spans[pair.sentence] += (pair.true is not None) + (pair.predicted is not None)
    generator = np.random.default_rng(0)
    scores = np.empty(DRAWS)
    for draw in range(DRAWS):
        times = np.bincount(generator.integers(n, size=n), minlength=n)
        below = float(times @ spans)
        scores[draw] = 2 * float(times @ earned) / below if below else score.zero_division
    low, high = np.percentile(scores, [2.5, 97.5])
    return float(low), float(high)


def reference(trace: CorpusTrace) -> tuple[Check, ...]:
    """Precision, recall, F1 and token accuracy beside seqeval's."""
    return entity_reference(trace.score)


def tables(trace: CorpusTrace) -> tuple[Table, ...]:
    """Kinds of error, credits and types, for CSV and notebooks."""
    return (
        Table("kinds", tuple(KINDS), trace.score.types, trace.counts),
        Table("F1 once all of a kind are put right", ERRORS, (trace.credit,), trace.fixed[:, None]),
        Table("F1, 95 % interval", (trace.credit,), ("low", "high"), np.array([[trace.low, trace.high]])),
        *score_tables(trace.score),
    )
