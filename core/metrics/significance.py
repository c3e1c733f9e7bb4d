"""Is the difference of two systems real? Intervals and paired tests from counts of segments.

Symbols: both systems translated the same N segments, and the score of a corpus is made of sums over its segments.

    S_A, S_B   counts of every segment                                                                (segments, k)
    d          score of A − score of B, on the corpus that is there
    d*         the same on a resampled or shuffled corpus                                             (resamples,)

Bootstrap (Efron 1979; Koehn 2004, "Statistical Significance Tests for Machine Translation Evaluation", sections 3–4):
draw N segments with replacement, the same ones for A and B, score both, again and again. The middle 95 % of the scores
are the interval; d* scatters around d as d would around the truth. What to call p is where implementations part:

    centred     (1 + #{|d* − d| ≥ |d|}) / (1 + resamples): two-sided, d* moved so that no difference is the truth
    sacrebleu   (1 + #{|d*| − mean |d*| > |d|}) / (1 + resamples), after Moses: where d* has one sign it counts one
                tail only, which makes about half of the p above
    wins        the share of resamples in which the better system wins again: Koehn's own number, not a p-value

Approximate randomisation (Noreen 1989; Riezler and Maxwell 2005, "On Some Pitfalls in Automatic Evaluation and
Significance Testing for MT", section 4): if it made no difference which system wrote a segment, the outputs could be
swapped. A coin decides for each; d* scatters around 0.

    at least    (1 + #{|d*| ≥ |d|}) / (1 + trials), as in the paper
    sacrebleu   (1 + #{|d*| > |d|}) / (1 + trials): without ties, so a system against itself gets 1 / (1 + trials)

Resamples are those of sacrebleu 2.6 for the same seed, number for number: intervals and "sacrebleu" p-values agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Text
from core.metrics.ngrams import check_number, check_option

Floats = npt.NDArray[np.float64]
Score = Callable[[Floats], Floats]
Tick = Callable[[float], None]

SEED = 12345
MAX_RESAMPLES = 20_000
BOOTSTRAP_P = ("centred", "sacrebleu")
RANDOMISATION_P = ("at least", "sacrebleu")
# Two ways to the same sums may differ in the last bits: what is this close counts as a tie.
TIE = 1e-9
# Coins are drawn 32 at a time: a multiple of that keeps the stream whole, however many segments there are.
CHUNK = 64


@dataclass(frozen=True)
class Interval:
    """The middle 95 % of resampled scores, as sacrebleu cuts them: a fortieth of the resamples at either end."""

    low: float
    high: float
    mean: float

    @property
    def half_width(self) -> float:
        """What sacrebleu prints behind ±."""
        return (self.high - self.low) / 2

    def holds(self, value: float) -> bool:
        """Whether `value` lies inside, the ends included."""
        return self.low <= value <= self.high


@dataclass(frozen=True)
class BootstrapTrace(Frozen):
    """One system: its score, the scores of the resamples, the interval."""

    score: float
    scores: Floats
    interval: Interval

    @property
    def value(self) -> Interval:
        return self.interval


@dataclass(frozen=True)
class PairedTrace(Frozen):
    """Two systems under one test.

    difference : score of A − score of B
    scores_a, scores_b : of the resampled or shuffled systems; their difference is `differences`
    p : two-sided, as the module's table says for `definition`
    interval : of `differences`
    """

    test: str
    definition: str
    seed: int
    score_a: float
    score_b: float
    scores_a: Floats
    scores_b: Floats
    p: float
    interval: Interval

    @property
    def difference(self) -> float:
        return self.score_a - self.score_b

    @property
    def differences(self) -> Floats:
        return self.scores_a - self.scores_b

    @property
    def wins(self) -> float:
        """The share of resamples in which the system that is ahead is ahead again; 0 when neither is."""
        return count_wins(self.differences, self.difference)

    @property
    def value(self) -> float:
        """p, 0…1."""
        return self.p


def bootstrap(statistics: npt.ArrayLike, score: Score, *, resamples: int = 1000, seed: int = SEED) -> BootstrapTrace:
    """A 95 % interval for the score of one system; sacrebleu's `--confidence`.

    statistics : (segments, k) counts; `score` turns sums (corpora, k) into scores (corpora,)

    Raises
    ------
    Refusal
        If there are fewer than two segments, or `resamples` or `seed` is beyond its limit.
    """
    counts = _checked(statistics, resamples, seed)
    scores = score(resample_sums(counts, resamples, seed))
    return BootstrapTrace(float(score(counts.sum(axis=0)[None])[0]), scores, estimate_interval(scores))


def paired_bootstrap(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    score: Score,
    *,
    resamples: int = 1000,
    seed: int = SEED,
    definition: str = "centred",
) -> PairedTrace:
    """Paired bootstrap resampling; with `definition="sacrebleu"`, the p of its `--paired-bs`.

    Raises
    ------
    Refusal
        If the systems have different numbers of segments, fewer than two, or an option is beyond its limit.
    """
    A, B = _checked_pair(a, b, resamples, seed)
    check_option(Text("definition", "определение"), definition, BOOTSTRAP_P)
    sums = resample_sums(np.hstack([A, B]), resamples, seed)
    k = A.shape[1]
    return _paired("bootstrap", definition, seed, A, B, score, sums[:, :k], sums[:, k:])


def paired_randomisation(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    score: Score,
    *,
    trials: int = 10_000,
    seed: int = SEED,
    definition: str = "at least",
) -> PairedTrace:
    """Paired approximate randomisation; with `definition="sacrebleu"`, the p of its `--paired-ar`.

    Raises
    ------
    Refusal
        If the systems have different numbers of segments, fewer than two, or an option is beyond its limit.
    """
    A, B = _checked_pair(a, b, trials, seed)
    check_option(Text("definition", "определение"), definition, RANDOMISATION_P)
    return _paired("randomisation", definition, seed, A, B, score, *swap_sums(A, B, trials, seed))


def _paired(
    test: str, definition: str, seed: int, A: Floats, B: Floats, score: Score, sums_a: Floats, sums_b: Floats
) -> PairedTrace:
    score_a, score_b = (float(score(counts.sum(axis=0)[None])[0]) for counts in (A, B))
    scores_a, scores_b = score(sums_a), score(sums_b)
    p_value = bootstrap_p if test == "bootstrap" else randomisation_p
    return PairedTrace(
        test=test,
        definition=definition,
        seed=seed,
        score_a=score_a,
        score_b=score_b,
        scores_a=scores_a,
        scores_b=scores_b,
        p=p_value(scores_a, scores_b, score_a - score_b, definition),
        interval=estimate_interval(scores_a - scores_b),
    )


def resample_sums(counts: Floats, resamples: int, seed: int, tick: Tick | None = None) -> Floats:
    """Sums of `counts` (segments, k) over segments drawn with replacement: (resamples, k).

    `tick`, when given, is told the share that is done and may raise to stop.
    """
    rng = np.random.default_rng(seed)
    n = len(counts)
    sums = np.empty((resamples, counts.shape[1]))
    for start, size in _chunks(resamples):
        drawn = rng.choice(n, size=(size, n), replace=True)
        # How often each segment was drawn: one product of matrices then does the summing.
        often = np.bincount((drawn + n * np.arange(size)[:, None]).ravel(), minlength=size * n).reshape(size, n)
        sums[start : start + size] = often.astype(np.float64) @ counts
        if tick:
            tick((start + size) / resamples)
    return sums


def swap_sums(A: Floats, B: Floats, trials: int, seed: int, tick: Tick | None = None) -> tuple[Floats, Floats]:
    """Sums of both systems (trials, k) after a coin has decided, segment by segment, who keeps his output."""
    rng = np.random.default_rng(seed)
    sums = np.empty((trials, A.shape[1]))
    between, all_b = A - B, B.sum(axis=0)
    for start, size in _chunks(trials):
        stays = rng.integers(2, size=(size, len(A)), dtype=bool)
        sums[start : start + size] = stays.astype(np.float64) @ between + all_b
        if tick:
            tick((start + size) / trials)
    return sums, A.sum(axis=0) + all_b - sums


def _chunks(total: int) -> Iterator[tuple[int, int]]:
    """(start, size): so that neither memory nor the time between two ticks grows with the number of resamples."""
    return ((start, min(CHUNK, total - start)) for start in range(0, total, CHUNK))


def estimate_interval(scores: Floats) -> Interval:
    """The middle 95 % of `scores`."""
    ordered = np.sort(scores)
    cut = len(ordered) // 40
    return Interval(float(ordered[cut]), float(ordered[len(ordered) - cut - 1]), float(scores.mean()))


def bootstrap_p(scores_a: Floats, scores_b: Floats, difference: float, definition: str = "centred") -> float:
    """p from the resampled scores of both systems; see the module's table."""
    resampled = scores_a - scores_b
    if definition == "sacrebleu":
        beyond = np.abs(resampled) - np.abs(resampled).mean() > abs(difference)
    else:
        beyond = np.abs(resampled - difference) >= abs(difference) - TIE
    return _share(beyond)


def randomisation_p(scores_a: Floats, scores_b: Floats, difference: float, definition: str = "at least") -> float:
    """p from the scores of both systems after shuffling; see the module's table."""
    shuffled = np.abs(scores_a - scores_b)
    beyond = shuffled > abs(difference) if definition == "sacrebleu" else shuffled >= abs(difference) - TIE
    return _share(beyond)


def _share(beyond: npt.NDArray[np.bool_]) -> float:
    """The corpus that is there counts as one more draw, so p is never 0."""
    return (int(beyond.sum()) + 1) / (len(beyond) + 1)


def count_wins(differences: Floats, difference: float) -> float:
    """The share of resamples on the side of `difference`; 0 when it is 0."""
    return float((np.sign(differences) == np.sign(difference)).mean()) if difference else 0.0


def _checked(statistics: npt.ArrayLike, resamples: int, seed: int) -> Floats:
    check_number(Text("resamples", "число выборок"), resamples, 40, MAX_RESAMPLES)
    check_number(Text("seed", "зерно"), seed, 0, 2**31 - 1)
    counts = np.asarray(statistics, dtype=np.float64)
    if len(counts) < 2:
        raise Refusal(
            Text(
                "Resampling needs at least two segments; there are {n}.",
                "Для выборок нужно хотя бы два сегмента, а здесь {n}.",
            ).format(n=len(counts))
        )
    return counts.reshape(len(counts), -1)


def _checked_pair(a: npt.ArrayLike, b: npt.ArrayLike, resamples: int, seed: int) -> tuple[Floats, Floats]:
    A, B = _checked(a, resamples, seed), _checked(b, resamples, seed)
    if len(A) != len(B):
        raise Refusal(
            Text(
                "System A has {a} segments and system B {b}: they must be the same ones.",
                "У системы A сегментов {a}, у системы B — {b}: сегменты должны быть одни и те же.",
            ).format(a=len(A), b=len(B))
        )
    return A, B
