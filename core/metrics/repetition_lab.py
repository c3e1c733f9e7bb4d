"""How dull a text is: Distinct-n, repeated n-grams, loops. Nothing is needed but the text.

Symbols: a text of N tokens (words and punctuation marks, lowercased) has N − n + 1 n-grams, D of them different.

    Distinct-n    D / N, as in Li et al. 2016; D / (N − n + 1), as in most code; or D / E, where E is the number of
                  different ones that the same number of random draws would give (Liu et al. 2022)
    seq-rep-n     1 − D / (N − n + 1)                                                 Welleck et al. 2020
    rep/ℓ         the share of tokens that stand among the ℓ tokens before them       Welleck et al. 2020

The growth curves are Distinct-1…4 of the first 1, 2, … N tokens: a longer text repeats more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Annotated, cast

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, Part, number, quiet, say
from core.arrays import Frozen
from core.i18n import Lang, Text
from core.metrics.generation_texts import pieces, read_text
from core.metrics.language import (
    Denominator,
    DistinctTrace,
    Ngram,
    RepetitionTrace,
    distinct_n,
    ngrams,
    repetition,
)
from core.params import Choice, Levels, Params, Slider, Words
from core.tables import Table
from core.verify import Check, compare

MAX_CHARS = 1200
POINTS = 40

EXAMPLE = Text(
    "I think that it is a very good idea. I think that it is a very good question. I do not know. "
    "I do not know. I do not know.",
    "Я думаю, что это очень хорошая мысль. Я думаю, что это очень хороший вопрос. Я не знаю. Я не знаю. Я не знаю.",
)


class RepetitionParams(Params):
    """A text, and what is counted in it."""

    output: Annotated[
        str,
        Words(
            label=Text("Text", "Текст"),
            max_chars=MAX_CHARS,
            lines=4,
            is_wide=True,
            example=EXAMPLE,
            help=Text("What a model wrote. Ctrl+Enter applies.", "То, что написала модель. Применить — Ctrl+Enter."),
        ),
    ] = EXAMPLE.en
    order: Annotated[int, Slider(label=Text("n of the n-grams", "n у n-грамм"), lo=1, hi=4, step=1)] = 2
    denominator: Annotated[
        str,
        Choice(
            label=Text("Divide by", "Делить на"),
            options={
                "ngrams": Text("all n-grams", "все n-граммы"),
                "tokens": Text("tokens (Li et al.)", "токены (Li и др.)"),
                "expected": Text("expected (Liu et al.)", "ожидаемое (Liu и др.)"),
            },
            help=Text("Three definitions are in use.", "В ходу три определения."),
        ),
    ] = "ngrams"
    vocabulary: Annotated[
        int,
        Levels(
            label=Text("Words to draw from, V", "Из скольких слов выбор, V"),
            values=(100, 1000, 10_000, 30_522),
            shown=lambda p: p["denominator"] == "expected",
            help=Text(
                "Random text draws its n-grams evenly from V. Liu et al. take BERT’s 30 522.",
                "Случайный текст берёт n-граммы поровну из V. Liu и др. берут 30 522, как у BERT.",
            ),
        ),
    ] = 1000
    window: Annotated[
        int,
        Levels(
            label=Text("Window ℓ of rep/ℓ", "Окно ℓ в rep/ℓ"),
            values=(4, 8, 16, 32, 64, 128),
            help=Text("A token within the last ℓ counts as a repeat.", "Повтор — токен из последних ℓ."),
        ),
    ] = 16


@dataclass(frozen=True)
class RepetitionLabTrace(Frozen):
    """Everything that is counted.

    distinct : Distinct-1…4 with the chosen denominator; chosen : the one of n
    repeats : seq-rep-n, rep/ℓ and the loop at the end; is_repeat : (pos,) whether a repeated n-gram covers the token
    lengths : (point,) tokens; growth : (4, point) Distinct-1…4 of the first so many tokens
    """

    params: RepetitionParams
    tokens: tuple[str, ...]
    shown: tuple[str, ...]
    distinct: tuple[DistinctTrace, ...]
    repeats: RepetitionTrace
    is_repeat: npt.NDArray[np.bool_]
    counts: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    growth: npt.NDArray[np.float64]
    signature: str

    @property
    def chosen(self) -> DistinctTrace:
        return self.distinct[self.params.order - 1]

    def grams(self) -> list[Ngram]:
        """Every n-gram, in order."""
        return ngrams(self.tokens, self.params.order)

    def at(self, picked: str) -> int:
        """The picked n-gram by its place; the commonest one when none is."""
        if picked.isdecimal() and len(picked) < 5 and int(picked) < max(1, len(self.counts)):
            return int(picked)
        return int(self.counts.argmax()) if len(self.counts) else 0


def run(params: RepetitionParams) -> RepetitionLabTrace:
    """Count."""
    tokens = read_text(params.output, "words")
    n = params.order
    repeats = repetition(tokens, n, params.window)
    covered = np.zeros(len(tokens), dtype=bool)
    for i in np.flatnonzero(repeats.is_repeat):
        covered[i : i + n] = True
    distinct = tuple(distinct_of(tokens, k, params) for k in (1, 2, 3, 4))
    how_often = dict(distinct[n - 1].counts)
    lengths = np.unique(np.linspace(1, len(tokens), POINTS).round().astype(np.int64))
    growth = [[distinct_of(tokens[:m], k, params).value for m in lengths] for k in (1, 2, 3, 4)]
    return RepetitionLabTrace(
        params=params,
        tokens=tokens,
        shown=pieces(tokens),
        distinct=distinct,
        repeats=repeats,
        is_repeat=covered,
        counts=np.array([how_often[gram] for gram in ngrams(tokens, n)], dtype=np.int64),
        lengths=lengths,
        growth=np.array(growth),
        signature=f"{distinct[n - 1].signature} · {repeats.signature} · lowercase",
    )


def distinct_of(tokens: tuple[str, ...], n: int, params: RepetitionParams) -> DistinctTrace:
    """Distinct-n with the chosen denominator; NaN stands where the text is too short to have an n-gram."""
    below = cast(Denominator, params.denominator)
    found = distinct_n([tokens], n, below, params.vocabulary if below == "expected" else None)
    return found if found.n_ngrams else replace(found, value=math.nan)


def reference(trace: RepetitionLabTrace) -> tuple[Check, ...]:
    """The counts beside nltk's n-grams in a plain set."""
    from nltk.util import ngrams as theirs

    D = [len(set(theirs(trace.tokens, n))) for n in (1, 2, 3, 4)]
    grams = list(theirs(trace.tokens, trace.params.order))
    repeated = 1 - len(set(grams)) / len(grams) if grams else 0.0
    return (
        compare(Text("different n-grams", "разные n-граммы"), "nltk", [d.n_distinct for d in trace.distinct], D, 0.0),
        compare(Text("seq-rep-n", "seq-rep-n"), "nltk", trace.repeats.value, repeated, 1e-12),
    )


def tables(trace: RepetitionLabTrace) -> tuple[Table, ...]:
    """Distinct, the n-grams with their counts, the growth curves."""
    rows = [f"Distinct-{d.n}" for d in trace.distinct]
    scores = np.array([[d.n_distinct, d.n_ngrams, d.n_tokens, d.below, d.value] for d in trace.distinct])
    r = trace.repeats
    grams = [" ".join(gram) for gram, _ in trace.chosen.counts]
    counts = np.array([[count] for _, count in trace.chosen.counts]).reshape(len(grams), 1)
    return (
        Table("Distinct", rows, ("different", "n-grams", "tokens", "denominator", "value"), scores),
        Table(
            "repetition",
            (f"n={r.n}, window={r.window}",),
            ("seq-rep-n", "rep/window", "tokens in the loop", "loop runs"),
            np.array([[r.value, r.recent_share, len(r.loop), r.loop_count]]),
        ),
        Table("n-grams", grams, ("count",), counts),
        Table("growth", rows, [str(m) for m in trace.lengths], trace.growth),
    )


def explain(trace: RepetitionLabTrace, at: int, lang: Lang) -> tuple[Formula, ...]:
    """The picked n-gram, Distinct-n, seq-rep-n, rep/ℓ, the loop."""
    d, r, n = trace.chosen, trace.repeats, trace.params.order
    grams = trace.grams()
    lines: list[Formula] = []
    if grams:
        lines.append(
            (
                quiet(GRAM.get(lang)),
                Part(" ".join(grams[at]), "strong"),
                quiet(TIMES.get(lang)),
                number(int(trace.counts[at]), 0),
                quiet(REPEATS.get(lang)),
                number(int(trace.counts[at]) - 1, 0),
            )
        )
    below = BELOW[trace.params.denominator].format(n=n)
    V = trace.params.vocabulary
    divisor = f"{d.below:.2f}" if d.denominator == "expected" else f"{d.below:.0f}"
    how: list[Part] = [say(f"Distinct-{n} = {d.n_distinct}/{divisor}")]
    how += [say(" = "), number(d.value, 3, "result"), quiet(below.get(lang))]
    if d.denominator == "expected":
        how.append(say(f"   {d.below:.2f} = {V}·(1 − ({V - 1}/{V})^{d.n_ngrams})"))
    lines.append(tuple(how))
    lines.append(
        (
            say(f"seq-rep-{n} = 1 − {d.n_distinct}/{d.n_ngrams} = "),
            number(r.value, 3, "result"),
            say(f"      rep/{r.window} = {int(r.is_recent.sum())}/{len(r.tokens)} = "),
            number(r.recent_share, 3, "result"),
        )
    )
    if r.loop:
        lines.append(
            (
                quiet(LOOP.get(lang)),
                Part(" ".join(r.loop), "strong"),
                say(f" × {r.loop_count}"),
            )
        )
    return tuple(lines)


GRAM = Text("picked: ", "выбрано: ")
TIMES = Text("   in the text: ", "   в тексте: ")
REPEATS = Text("   of these repeats: ", "   из них повторов: ")
LOOP = Text("the text ends in a loop: ", "текст кончается петлёй: ")
BELOW = {
    "ngrams": Text("   different {n}-grams over all {n}-grams", "   разные {n}-граммы на все {n}-граммы"),
    "tokens": Text("   different {n}-grams over tokens", "   разные {n}-граммы на токены"),
    "expected": Text(
        "   different {n}-grams over what random text would have",
        "   разные {n}-граммы на ожидаемое у случайного текста",
    ),
}
