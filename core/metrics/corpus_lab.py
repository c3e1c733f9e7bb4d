"""A against B: two systems on the same segments, four metrics, and whether the difference means anything.

    counts       of every segment, metric and system: what the corpus score is summed from        (segments, k)
    scores       of A and B, per cent                                                              (measure, 2)
    intervals    the middle 95 % of each system's resampled scores
    bootstrap    the same segments drawn for both, again and again: A − B scatters around what it is
    shuffled     segments swapped between A and B by a coin: A − B scatters around 0
    segments     scores of single segments, per cent                                    (measure, segments, 2)

BLEU is sacrebleu's default for a corpus (exp smoothing, 13a), chrF is chrF2, TER is tercom's; METEOR is the mean over
the segments. A single segment's BLEU has effective order, as sacrebleu's sentence BLEU does. See `significance` for the
tests and `corpus_texts` for the example.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import partial
from types import MappingProxyType
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, Part, number, quiet, say
from core.arrays import Frozen, freeze
from core.errors import Refusal
from core.i18n import Lang, Text, same
from core.metrics.bleu import BleuOptions, bleu_statistics
from core.metrics.chrf import ChrfOptions, chrf_statistics
from core.metrics.corpus_texts import MAX_SEGMENTS, NAMES, Corpus, make_example, read_corpus
from core.metrics.meteor import meteor
from core.metrics.pooled import Floats, pooled_bleu, pooled_chrf, pooled_ter
from core.metrics.significance import (
    SEED,
    Interval,
    PairedTrace,
    bootstrap_p,
    estimate_interval,
    randomisation_p,
    resample_sums,
    swap_sums,
)
from core.metrics.ter import TerOptions, ter_statistics
from core.params import Choice, Levels, Params, Slider, write_bound
from core.tables import Table
from core.verify import Check, compare

Tick = Callable[[float], None]
Systems = list[tuple[str, Sequence[str]]]
LEVEL = 0.05
# sacrebleu is asked about the first segments of a long corpus: its TER and its resampling take seconds.
CHECKED_SEGMENTS = 400
CHECKED_RESAMPLES = 1000
PIECE = 50
BLEU, SENTENCE_BLEU = BleuOptions(smoothing="exp"), BleuOptions(smoothing="exp", effective_order=True)
CHRF, TER = ChrfOptions(), TerOptions()


@dataclass(frozen=True)
class Measure:
    """count : (hypotheses, references, language) → (segments, k); score, score_segment : sums (n, k) → per cent (n,)"""

    name: Text
    is_error: bool
    count: Callable[[Sequence[str], Sequence[str], Lang], npt.NDArray[Any]]
    score: Callable[[Floats], Floats]
    score_segment: Callable[[Floats], Floats]


def _count_bleu(hypotheses: Sequence[str], references: Sequence[str], lang: Lang) -> npt.NDArray[Any]:
    return bleu_statistics(hypotheses, [(r,) for r in references], BLEU)


def _count_chrf(hypotheses: Sequence[str], references: Sequence[str], lang: Lang) -> npt.NDArray[Any]:
    return chrf_statistics(hypotheses, [(r,) for r in references], CHRF).reshape(len(hypotheses), -1)


def _count_ter(hypotheses: Sequence[str], references: Sequence[str], lang: Lang) -> npt.NDArray[Any]:
    return ter_statistics(hypotheses, [(r,) for r in references], TER)


def _count_meteor(hypotheses: Sequence[str], references: Sequence[str], lang: Lang) -> npt.NDArray[Any]:
    values = [meteor(h, (r,), lang=lang).value for h, r in zip(hypotheses, references, strict=True)]
    return np.stack([values, np.ones(len(values))], axis=1)


def _mean(S: Floats) -> Floats:
    return 100 * S[:, 0] / S[:, 1]


_chrf = partial(pooled_chrf, options=CHRF)
MEASURES: dict[str, Measure] = {
    "bleu": Measure(
        same("BLEU"),
        False,
        _count_bleu,
        partial(pooled_bleu, options=BLEU),
        partial(pooled_bleu, options=SENTENCE_BLEU),
    ),
    "chrf": Measure(same("chrF"), False, _count_chrf, _chrf, _chrf),
    "ter": Measure(same("TER"), True, _count_ter, pooled_ter, pooled_ter),
    "meteor": Measure(same("METEOR"), False, _count_meteor, _mean, _mean),
}


def _is_example(values: Mapping[str, Any]) -> bool:
    return bool(values["corpus"] == "example")


class CorpusParams(Params):
    """Which corpus, and how often it is resampled.

    lang : of the example
    own : the visitor's reference, A and B, where there are any
    """

    corpus: Annotated[
        str,
        Choice(
            label=Text("Corpus", "Корпус"),
            options={"example": Text("example", "пример"), "own": Text("own files", "свои файлы")},
            help=Text(
                "The example's truth is known: its systems are our stories, damaged by rule.",
                "В примере правда известна: системы — это наши рассказы, испорченные по правилу.",
            ),
        ),
    ] = "example"
    segments: Annotated[
        int,
        Levels(
            label=Text("Segments", "Сегментов"),
            values=(25, 50, 100, 200, 500, 1000, 2000, 5000, MAX_SEGMENTS),
            help=Text(
                "Four times as many make the intervals about half as wide.",
                "Если их вчетверо больше, интервалы примерно вдвое уже.",
            ),
            shown=_is_example,
        ),
    ] = 200
    rate_a: Annotated[
        int, Slider(label=Text("A damages, % of words", "A портит, % слов"), lo=0, hi=40, step=1, shown=_is_example)
    ] = 10
    rate_b: Annotated[
        int, Slider(label=Text("B damages, % of words", "B портит, % слов"), lo=0, hi=40, step=1, shown=_is_example)
    ] = 12
    draw: Annotated[
        int,
        Slider(
            label=Text("Another sample", "Другая выборка"),
            lo=0,
            hi=99,
            step=1,
            help=Text(
                "The same two systems on other segments: watch the difference jump.",
                "Те же две системы на других сегментах: смотрите, как скачет разность.",
            ),
            shown=_is_example,
        ),
    ] = 0
    measure: Annotated[
        str,
        Choice(label=Text("Metric", "Метрика"), options={name: measure.name for name, measure in MEASURES.items()}),
    ] = "bleu"
    resamples: Annotated[
        int,
        Levels(
            label=Text("Resamples", "Перевыборок"),
            values=(100, 300, 1000, 3000, 10_000),
            help=Text(
                "How often segments are drawn anew, and how often they are swapped. p cannot be below 1 over this.",
                "Сколько раз сегменты вытягиваются заново и сколько раз меняются местами. Меньше, чем единица на это "
                "число, p не бывает.",
            ),
        ),
    ] = 1000
    alike: Annotated[
        int,
        Slider(
            label=Text("Shared errors, %", "Общих ошибок, %"),
            lo=0,
            hi=100,
            step=10,
            folded=True,
            help=Text(
                "How often one throw of dice decides for both systems. The more alike they are, the smaller a "
                "difference a paired test can see.",
                "Как часто один бросок костей решает за обе системы. Чем они похожее, тем меньшую разность заметит "
                "парный критерий.",
            ),
            shown=_is_example,
        ),
    ] = 50
    dice: Annotated[
        int,
        Slider(
            label=Text("Seed of the resamples", "Зерно перевыборок"),
            lo=0,
            hi=20_000,
            step=1,
            folded=True,
            help=Text("12345 is what sacrebleu takes.", "12345 — то, что берёт sacrebleu."),
        ),
    ] = SEED
    lang: Lang = "en"
    own: tuple[str, str, str] | None = None


@dataclass(frozen=True)
class Counts:
    """statistics : for each measure, those of A and of B, (segments, k), read-only"""

    corpus: Corpus
    statistics: Mapping[str, tuple[Floats, Floats]]


@dataclass(frozen=True)
class MeasureTrace(Frozen):
    """One metric: both systems, alone and against each other.

    interval_a, interval_b : 95 %, per cent
    bootstrap, shuffled : with the p-values that are valid
    sacrebleu_p : those that sacrebleu prints, in the same order
    segments : (segments, 2), per cent
    """

    name: str
    interval_a: Interval
    interval_b: Interval
    bootstrap: PairedTrace
    shuffled: PairedTrace
    sacrebleu_p: tuple[float, float]
    segments: Floats

    @property
    def difference(self) -> float:
        return self.bootstrap.difference

    @property
    def is_real(self) -> bool:
        """Chance alone would hardly give as much: p of the randomisation is below 0.05."""
        return self.shuffled.p < LEVEL

    @property
    def overlap(self) -> bool:
        """Whether the intervals of A and B have a value in common."""
        return self.interval_a.low <= self.interval_b.high and self.interval_b.low <= self.interval_a.high

    @property
    def better(self) -> str:
        """ "A", "B", or "" when they score the same."""
        d = -self.difference if MEASURES[self.name].is_error else self.difference
        return "" if abs(d) < 1e-9 else "A" if d > 0 else "B"


@dataclass(frozen=True)
class CorpusTrace:
    """See the module's table; `measures` are in the order of `MEASURES`."""

    params: CorpusParams
    counts: Counts
    measures: Mapping[str, MeasureTrace] = dataclass_field(repr=False)
    signature: str

    @property
    def corpus(self) -> Corpus:
        return self.counts.corpus

    def ranked(self, measure: str) -> npt.NDArray[np.intp]:
        """Segments by how much A and B differ, the most first; of equals the earlier."""
        segments = self.measures[measure].segments
        return np.argsort(-np.abs(segments[:, 0] - segments[:, 1]).round(9), kind="stable")

    def segment(self, words: str, measure: str) -> int:
        """The picked segment, from the address (counted from 1 there); the one that differs most when it names none."""
        if words.isdecimal() and len(words) <= 6 and 1 <= int(words) <= len(self.corpus):
            return int(words) - 1
        return int(self.ranked(measure)[0])


def corpus_of(params: CorpusParams) -> Corpus:
    """The corpus that `params` name.

    Raises
    ------
    Refusal
        If own texts are wanted and there are none, or they cannot be used.
    """
    if params.corpus == "own":
        if params.own is None:
            raise Refusal(
                Text(
                    "Choose or paste three texts: the reference, system A and system B, one segment a line.",
                    "Выберите файлы или вставьте три текста: эталон, систему A и систему B, по сегменту в строке.",
                )
            )
        return read_corpus(*params.own)
    rates = params.rate_a / 100, params.rate_b / 100
    return make_example(params.lang, params.segments, *rates, params.alike / 100, params.draw)


def count_corpus(corpus: Corpus, tick: Tick | None = None) -> Counts:
    """Count every segment under every metric. `tick` is told the share that is done, and may raise to stop.

    Raises
    ------
    Refusal
        If a segment is beyond a metric's limit; the system and the line are named.
    """
    pieces: dict[str, list[list[npt.NDArray[Any]]]] = {name: [[], []] for name in MEASURES}
    for start in range(0, len(corpus), PIECE):
        part = slice(start, start + PIECE)
        for system, outputs in enumerate((corpus.a, corpus.b)):
            for name, measure in MEASURES.items():
                try:
                    counted = measure.count(outputs[part], corpus.references[part], corpus.lang)
                except Refusal:
                    _refuse_segment(corpus, system, measure, start)
                    raise
                pieces[name][system].append(counted)
        if tick:
            tick(min(1.0, (start + PIECE) / len(corpus)))
    joined = {
        name: (freeze(np.concatenate(a), np.float64), freeze(np.concatenate(b), np.float64))
        for name, (a, b) in pieces.items()
    }
    return Counts(corpus, MappingProxyType(joined))


def _refuse_segment(corpus: Corpus, system: int, measure: Measure, start: int) -> None:
    """Find the segment of a piece that a metric refused, and say which it is."""
    outputs = (corpus.a, corpus.b)[system]
    for line in range(start, min(start + PIECE, len(corpus))):
        try:
            measure.count(outputs[line : line + 1], corpus.references[line : line + 1], corpus.lang)
        except Refusal as refusal:
            raise Refusal(
                Text("Line {n} of “{name}”. {why}", "Строка {n}, «{name}». {why}").format(
                    n=line + 1, name=NAMES[system + 1], why=refusal.text
                )
            ) from None


def resample(params: CorpusParams, counts: Counts, tick: Tick | None = None) -> CorpusTrace:
    """Both tests for every metric at once: all of them see the same draws and the same coins."""
    widths = [counts.statistics[name][0].shape[1] for name in MEASURES]
    A, B = (np.hstack([counts.statistics[name][system] for name in MEASURES]) for system in (0, 1))

    def half(done: int) -> Tick | None:
        return (lambda share: tick((done + share) / 2)) if tick else None

    drawn = resample_sums(np.hstack([A, B]), params.resamples, params.dice, half(0))
    swapped = swap_sums(A, B, params.resamples, params.dice, half(1))
    ends = np.cumsum(widths)
    measures = {}
    for (name, measure), end, width in zip(MEASURES.items(), ends, widths, strict=True):
        own = slice(int(end) - width, int(end))
        a, b = counts.statistics[name]
        score_a, score_b = (float(measure.score(system.sum(axis=0)[None])[0]) for system in (a, b))
        resampled = measure.score(drawn[:, : A.shape[1]][:, own]), measure.score(drawn[:, A.shape[1] :][:, own])
        shuffled = measure.score(swapped[0][:, own]), measure.score(swapped[1][:, own])
        d = score_a - score_b

        def paired(
            test: str,
            definition: str,
            p: float,
            scores: tuple[Floats, Floats],
            here: tuple[float, float] = (score_a, score_b),
        ) -> PairedTrace:
            interval = estimate_interval(scores[0] - scores[1])
            return PairedTrace(test, definition, params.dice, *here, *scores, p, interval)

        measures[name] = MeasureTrace(
            name=name,
            interval_a=estimate_interval(resampled[0]),
            interval_b=estimate_interval(resampled[1]),
            bootstrap=paired("bootstrap", "centred", bootstrap_p(*resampled, d), resampled),
            shuffled=paired("randomisation", "at least", randomisation_p(*shuffled, d), shuffled),
            sacrebleu_p=(bootstrap_p(*resampled, d, "sacrebleu"), randomisation_p(*shuffled, d, "sacrebleu")),
            segments=np.stack([measure.score_segment(a), measure.score_segment(b)], axis=1),
        )
    return CorpusTrace(
        params=params,
        counts=counts,
        measures=MappingProxyType(measures),
        signature=f"BLEU-4 tok:13a smooth:exp · chrF2 nc:6 nw:0 · TER tok:tercom · METEOR lang:{counts.corpus.lang} · "
        f"segments:{len(counts.corpus)} · resamples:{params.resamples} · seed:{params.dice}",
    )


def run(params: CorpusParams) -> CorpusTrace:
    """Count, then resample.

    Raises
    ------
    Refusal
        If the corpus cannot be used.
    """
    return resample(params, count_corpus(corpus_of(params)))


def reference(trace: CorpusTrace) -> tuple[Check, ...]:
    """Scores beside sacrebleu's, and its p-values and intervals where it can be given our seed."""
    from sacrebleu.metrics import bleu, chrf, ter

    corpus, n = trace.corpus, min(len(trace.corpus), CHECKED_SEGMENTS)
    references = [list(corpus.references[:n])]
    systems: Systems = [("A", list(corpus.a[:n])), ("B", list(corpus.b[:n]))]
    checks = []
    for name, metric in (("bleu", bleu.BLEU(force=True)), ("chrf", chrf.CHRF()), ("ter", ter.TER())):
        measure = MEASURES[name]
        ours = [float(measure.score(its[:n].sum(axis=0)[None])[0]) for its in trace.counts.statistics[name]]
        theirs = [metric.corpus_score(lines, references).score for _, lines in systems]
        what = measure.name if n == len(corpus) else FIRST.format(name=measure.name, n=n)
        checks.append(compare(what, "sacrebleu", ours, theirs, 1e-9))
    is_same_seed = os.environ.get("SACREBLEU_SEED", str(SEED)) == str(trace.params.dice) and trace.params.dice > 0
    if n == len(corpus) and is_same_seed and trace.params.resamples <= CHECKED_RESAMPLES:
        checks.append(_compare_tests(trace, systems, references))
    return tuple(checks)


def _compare_tests(trace: CorpusTrace, systems: Systems, references: list[list[str]]) -> Check:
    """sacrebleu's own paired tests of BLEU: intervals of both systems, then both p-values."""
    from sacrebleu.metrics import bleu as sacrebleu_bleu
    from sacrebleu.significance import PairedTest

    bleu = trace.measures["bleu"]
    theirs: list[float] = []
    for test in ("bs", "ar"):
        metrics: Any = {"BLEU": sacrebleu_bleu.BLEU(force=True)}
        results: Any = PairedTest(systems, metrics, references, test, trace.params.resamples)()[1]["BLEU"]
        if test == "bs":
            theirs += [value for result in results for value in (result.mean, result.ci)]
        theirs.append(results[1].p_value)
    ours = [value for i in (bleu.interval_a, bleu.interval_b) for value in (i.mean, i.half_width)]
    what = Text("intervals and p-values of BLEU", "интервалы и p для BLEU")
    # sacrebleu adds resampled counts up in single precision.
    return compare(what, "sacrebleu", [*ours, *bleu.sacrebleu_p], theirs, 1e-4)


FIRST = Text("{name}, the first {n} segments", "{name}, первые {n} сегментов")


def tables(trace: CorpusTrace) -> tuple[Table, ...]:
    """The league, and every segment's scores."""
    names = [MEASURES[name].name.en for name in trace.measures]
    league = np.array(
        [
            [
                m.bootstrap.score_a,
                m.bootstrap.score_b,
                m.interval_a.low,
                m.interval_a.high,
                m.interval_b.low,
                m.interval_b.high,
                m.difference,
                m.bootstrap.interval.low,
                m.bootstrap.interval.high,
                m.bootstrap.p,
                m.shuffled.p,
            ]
            for m in trace.measures.values()
        ]
    )
    columns = (
        *("A", "B", "A low", "A high", "B low", "B high"),
        *("A - B", "A - B low", "A - B high", "p bootstrap", "p randomisation"),
    )
    segments = np.concatenate([m.segments for m in trace.measures.values()], axis=1)
    return (
        Table("systems", names, columns, league),
        Table(
            "segments",
            [f"segment {k + 1}" for k in range(len(segments))],
            [f"{name} {system}" for name in names for system in "AB"],
            segments,
        ),
    )


def judge(trace: CorpusTrace, measure: str) -> Text:
    """What the picked metric can say about the two systems, as a sentence."""
    m = trace.measures[measure]
    if not m.better:
        return SAME.format(name=MEASURES[measure].name)
    said, p = REAL if m.is_real else CHANCE, 100 * m.shuffled.p
    return said.format(
        better=m.better,
        d=write_bound(round(abs(m.difference), 1 if abs(m.difference) >= 0.05 else 2)),
        name=MEASURES[measure].name,
        low=write_bound(round(m.bootstrap.interval.low, 1)),
        high=write_bound(round(m.bootstrap.interval.high, 1)),
        p=write_bound(round(p, 1 if p < 10 else 0)),
    )


SAME = Text(
    "A and B have the same {name}: there is nothing to explain.",
    "{name} у A и B одинаков: объяснять нечего.",
)
REAL = Text(
    "{better} is better by {d} {name}, and luck hardly explains it: between equal systems as much happens in {p} % of "
    "cases. On other segments A − B would be about {low} … {high}.",
    "{better} лучше на {d} {name}, и везением это вряд ли объяснить: между равными системами столько выходит в {p} % "
    "случаев. На других сегментах A − B было бы примерно {low} … {high}.",
)
CHANCE = Text(
    "{better} is ahead by {d} {name}, and that means nothing yet: between equal systems as much happens in {p} % of "
    "cases. On other segments A − B would be about {low} … {high}.",
    "{better} впереди на {d} {name}, но это пока ничего не значит: между равными системами столько выходит в {p} % "
    "случаев. На других сегментах A − B было бы примерно {low} … {high}.",
)


def explain(trace: CorpusTrace, measure: str, segment: int, lang: Lang) -> tuple[Formula, ...]:
    """The difference, its interval, both p-values by counting, and the picked segment."""
    m, name = trace.measures[measure], MEASURES[measure].name.get(lang)
    d, total, cut = m.difference, trace.params.resamples, trace.params.resamples // 40
    drawn, swapped = m.bootstrap, m.shuffled
    beyond = [round(p * (total + 1)) - 1 for p in (drawn.p, swapped.p)]
    a, b = trace.measures[measure].segments[segment]
    return (
        (
            say(f"d = {name}(A) − {name}(B) = "),
            number(drawn.score_a, 2),
            say(" − "),
            number(drawn.score_b, 2),
            say(" = "),
            number(d, 2, "result"),
        ),
        (
            say("95 % : "),
            number(drawn.interval.low, 2, "result"),
            say(" … "),
            number(drawn.interval.high, 2, "result"),
            quiet(
                Text(
                    "   {n} resampled differences in order, without the {cut} smallest and the {cut} largest",
                    "   {n} разностей по порядку, без {cut} наименьших и {cut} наибольших",
                )
                .format(n=total, cut=cut)
                .get(lang)
            ),
        ),
        (
            say("p = (1 + #{ |d* − d| ≥ |d| }) / (1 + R) = (1 + "),
            number(beyond[0], 0),
            say(") / (1 + "),
            number(total, 0),
            say(") = "),
            number(drawn.p, 4, "result"),
            quiet(_bootstrap_note(m).get(lang)),
        ),
        (
            say("p = (1 + #{ |d*| ≥ |d| }) / (1 + R) = (1 + "),
            number(beyond[1], 0),
            say(") / (1 + "),
            number(total, 0),
            say(") = "),
            number(swapped.p, 4, "result"),
            quiet(
                Text("   randomisation; sacrebleu would print ", "   рандомизация; sacrebleu напечатал бы ").get(lang)
                + f"{m.sacrebleu_p[1]:.4f}"
            ),
        ),
        (
            say(Text("segment {n}: ", "сегмент {n}: ").format(n=segment + 1).get(lang)),
            number(float(a), 1),
            say(" − "),
            number(float(b), 1),
            say(" = "),
            Part(f"{a - b:+.1f}".replace("-", "−"), "strong"),
            quiet(
                Text(
                    "   {name} of this segment alone; the corpus score is no mean of these",
                    "   {name} одного этого сегмента; оценка корпуса — не среднее таких чисел",
                )
                .format(name=name)
                .get(lang)
                if measure != "meteor"
                else Text(
                    "   METEOR of this segment; the corpus score is the mean of these",
                    "   METEOR этого сегмента; оценка корпуса — среднее таких чисел",
                ).get(lang)
            ),
        ),
    )


def _bootstrap_note(m: MeasureTrace) -> Text:
    p = f"{m.sacrebleu_p[0]:.4f}"
    if not m.better:
        return Text("   bootstrap; sacrebleu would print {p}", "   бутстрэп; sacrebleu напечатал бы {p}").format(p=p)
    return Text(
        "   bootstrap; {b} is ahead again in {w} of the resamples; sacrebleu would print {p}",
        "   бутстрэп; {b} снова впереди в {w} перевыборок; sacrebleu напечатал бы {p}",
    ).format(b=m.better, w=f"{m.bootstrap.wins:.1%}", p=p)
