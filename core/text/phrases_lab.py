"""Key phrases: pairs of neighbours that stand together more often than chance would have it.

Symbols: c(a b) how often b follows a in the same sentence, c(a), c(b) counts of words, N all words,
E = c(a)·c(b)/N what chance would give.

    PMI        log₂( c(a b)·N / (c(a)·c(b)) ) = log₂( c(a b)/E )              Church & Hanks 1990, section 3
    G²         2 Σ O·ln(O/E) over the four cells of the table a × b            Dunning 1993, section 4

PMI asks how exclusive a pair is and so loves what came once; G² asks how much evidence there is.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Annotated

import numpy as np

from core.arithmetic import Formula, number, quiet, say
from core.arrays import Frozen
from core.data import corpus
from core.errors import Refusal
from core.i18n import Lang, Text, same
from core.params import Choice, Params, Slider, Words
from core.tables import Table
from core.text.ngrams import Floats
from core.text.ngrams_corpus import CorpusField, OwnField, Sequences, language_of, sequences
from core.verify import Check, compare

Pair = tuple[str, str]
MEASURES: dict[str, Text] = {
    "pmi": same("PMI"),
    "g2": same("G²"),
    "count": Text("count", "частота"),
}
EXAMPLE = Text("bakes bread", "печёт булки")
N_SHOWN = 12
NO_PAIRS = Text(
    "No pair stands {n} times or more. Lower the threshold.",
    "Ни одна пара не встретилась {n} раз. Опустите порог.",
)


class PhrasesParams(Params):
    """Which pairs count, and by what they are put in order."""

    phrase: Annotated[
        str,
        Words(
            label=Text("Two words to look up", "Два слова, о которых спросить"),
            max_chars=60,
            is_wide=True,
            example=EXAMPLE,
            help=Text("Type them or click a point.", "Впишите их или щёлкните точку."),
        ),
    ] = EXAMPLE.en
    corpus: CorpusField = "world"
    measure: Annotated[str, Choice(label=Text("Order by", "Упорядочить по"), options=MEASURES)] = "pmi"
    fewest: Annotated[
        int,
        Slider(
            label=Text("Stands at least so many times", "Встретилась не реже, раз"),
            lo=1,
            hi=30,
            step=1,
            help=Text("Rarer pairs are not considered.", "Более редкие пары не рассматриваются."),
        ),
    ] = 3
    own: OwnField = ""


@dataclass(frozen=True)
class PhrasesTrace(Frozen):
    """Pairs in the order of the measure; arrays (pair,).

    picked : the pair that was asked for, which need not be among `pairs`; its own counts are in `asked`
    """

    params: PhrasesParams
    pairs: tuple[Pair, ...]
    counts: Floats
    left: Floats
    right: Floats
    pmi: Floats
    g2: Floats
    N: int
    picked: Pair | None
    asked: tuple[int, int, int]
    signature: str

    @property
    def values(self) -> Floats:
        return {"pmi": self.pmi, "g2": self.g2, "count": self.counts}[self.params.measure]

    @property
    def at(self) -> int | None:
        """Where the picked pair stands in the order."""
        return self.pairs.index(self.picked) if self.picked in self.pairs else None


def pmi(c_ab: Floats, c_a: Floats, c_b: Floats, N: int) -> Floats:
    """log₂(c(a b)·N / (c(a)·c(b))), bits."""
    return np.asarray(np.log2(c_ab * N / (c_a * c_b)))


def g_squared(c_ab: Floats, c_a: Floats, c_b: Floats, N: int) -> Floats:
    """2 Σ O·ln(O/E) over: both, a alone, b alone, neither. An empty cell adds 0."""
    O = contingency(c_ab, c_a, c_b, N)  # noqa: E741 - the statistic's own symbols
    rows, cols = O.sum(1, keepdims=True), O.sum(2, keepdims=True)
    E = cols @ rows / N
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(O > 0, O * np.log(O / E), 0.0)
    return np.asarray(2 * terms.sum((1, 2)))


def contingency(c_ab: Floats, c_a: Floats, c_b: Floats, N: int) -> Floats:
    """(pair, 2, 2): the first word is a or not, the second b or not."""
    return np.stack([np.stack([c_ab, c_a - c_ab], -1), np.stack([c_b - c_ab, N - c_a - c_b + c_ab], -1)], -2).astype(
        np.float64
    )


@lru_cache(maxsize=8)
def count_pairs(rows: Sequences) -> tuple[Counter[str], Counter[Pair]]:
    """Words, and neighbours within a sentence."""
    words: Counter[str] = Counter()
    pairs: Counter[Pair] = Counter()
    for row in rows:
        words.update(row)
        pairs.update(pairwise(row))
    return words, pairs


def rows_of(params: PhrasesParams) -> Sequences:
    """The sentences without their full stops."""
    rows = sequences(params.corpus, language_of(params.phrase), "words", params.own, "train")
    return tuple(row[:-1] for row in rows)


def run(params: PhrasesParams) -> PhrasesTrace:
    """Count the pairs and put them in order.

    Raises
    ------
    Refusal
        If no pair is frequent enough.
    """
    words, found = count_pairs(rows_of(params))
    N = words.total()
    pairs = [pair for pair, c in found.items() if c >= params.fewest]
    if not pairs:
        raise Refusal(NO_PAIRS.format(n=params.fewest))
    counts = np.array([found[pair] for pair in pairs], dtype=np.float64)
    left, right = (np.array([words[pair[i]] for pair in pairs], dtype=np.float64) for i in (0, 1))
    measures = {"pmi": pmi(counts, left, right, N), "g2": g_squared(counts, left, right, N), "count": counts}
    order = np.lexsort((-counts, -np.round(measures[params.measure], 9)))
    asked = corpus.words(params.phrase)[:2]
    picked = (asked[0], asked[1]) if len(asked) == 2 else None
    return PhrasesTrace(
        params=params,
        pairs=tuple(pairs[i] for i in order),
        counts=counts[order],
        left=left[order],
        right=right[order],
        pmi=measures["pmi"][order],
        g2=measures["g2"][order],
        N=N,
        picked=picked,
        asked=(found[picked], words[picked[0]], words[picked[1]]) if picked else (0, 0, 0),
        signature=f"{params.measure} · neighbours within a sentence · count ≥ {params.fewest} · "
        f"{'own text' if params.own else f'{params.corpus}.{language_of(params.phrase)}'}, {N} words · float64 · cpu · "
        f"numpy {np.__version__}",
    )


def reference(trace: PhrasesTrace) -> tuple[Check, ...]:
    """Both measures of every pair beside nltk's collocation finder, which counts by itself."""
    from nltk.collocations import BigramAssocMeasures, BigramCollocationFinder

    finder = BigramCollocationFinder.from_documents(rows_of(trace.params))
    ours = {"pmi": trace.pmi, "likelihood_ratio": trace.g2}
    names = {"pmi": MEASURES["pmi"], "likelihood_ratio": MEASURES["g2"]}
    return tuple(
        compare(
            names[name],
            "nltk",
            values,
            [finder.score_ngram(getattr(BigramAssocMeasures, name), *pair) for pair in trace.pairs],
            1e-6,
        )
        for name, values in ours.items()
    )


def tables(trace: PhrasesTrace) -> tuple[Table, ...]:
    """A row a pair."""
    columns = ("c(a b)", "c(a)", "c(b)", "PMI, bits", "G²")
    values = np.column_stack([trace.counts, trace.left, trace.right, trace.pmi, trace.g2])
    return (Table("pairs", [" ".join(pair) for pair in trace.pairs], columns, values),)


def explain(trace: PhrasesTrace, lang: Lang) -> tuple[Formula, ...]:
    """Both measures of the picked pair."""
    if trace.picked is None:
        return ((quiet(TWO.get(lang)),),)
    (a, b), (c_ab, c_a, c_b), N = trace.picked, trace.asked, trace.N
    if not c_ab:
        return ((say(f"c({a} {b}) = 0"), quiet(NEVER.get(lang))),)
    expected = c_a * c_b / N
    one = [np.array([float(c)]) for c in (c_ab, c_a, c_b)]
    table = contingency(one[0], one[1], one[2], N)[0].ravel()
    lines: list[Formula] = [
        (
            quiet(Text("by chance: ", "случайно: ").get(lang)),
            say(f"c({a})·c({b})/N = {c_a}·{c_b}/{N} = "),
            number(expected, 3),
            quiet(Text("   in fact: ", "   на деле: ").get(lang)),
            number(c_ab, 0, "strong"),
        ),
        (
            say(f"PMI({a} {b}) = log₂({c_ab}/"),
            number(expected, 3),
            say(") = "),
            number(math.log2(c_ab / expected), 2, "result"),
            quiet(Text(" bits", " бита").get(lang)),
        ),
        (
            say("G² = 2 Σ O·ln(O/E) = "),
            number(float(g_squared(one[0], one[1], one[2], N)[0]), 1, "result"),
            quiet(CELLS.format(cells=" · ".join(f"{v:.0f}" for v in table)).get(lang)),
        ),
    ]
    if trace.at is None:
        lines.append((quiet(RARE.format(n=trace.params.fewest).get(lang)),))
    else:
        lines.append((quiet(PLACE.get(lang)), number(trace.at + 1, 0, "strong"), say(f" / {len(trace.pairs)}")))
    return tuple(lines)


TWO = Text("Type two words to see their arithmetic.", "Впишите два слова — увидите расчёт.")
NEVER = Text("   these two never stand side by side here", "   рядом эти двое здесь не стоят")
CELLS = Text("   O: both, a alone, b alone, neither: {cells}", "   O: оба, только a, только b, ни одного: {cells}")
RARE = Text("rarer than {n} times: not in the list", "встретилась реже {n} раз: в списке её нет")
PLACE = Text("place in the list: ", "место в списке: ")
