"""Resampling: sacrebleu's numbers for sacrebleu's seed, p-values that keep their promise, pooled scores."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER
from sacrebleu.significance import PairedTest

from core.errors import Refusal
from core.metrics import significance
from core.metrics.bleu import BleuOptions, score_bleu
from core.metrics.chrf import ChrfOptions, score_chrf
from core.metrics.corpus_lab import MEASURES
from core.metrics.corpus_texts import make_example
from core.metrics.pooled import pooled_bleu, pooled_chrf, pooled_ter
from core.metrics.significance import (
    SEED,
    bootstrap,
    bootstrap_p,
    paired_bootstrap,
    paired_randomisation,
    randomisation_p,
    resample_sums,
    swap_sums,
)
from core.metrics.ter import edit_rate

CORPUS = make_example("en", 60, 0.15, 0.2, 0.5, 3)
THEIRS = {"bleu": BLEU(force=True), "chrf": CHRF(), "ter": TER()}


def counted(name: str):
    measure = MEASURES[name]
    return (
        *(measure.count(system, CORPUS.references, "en").astype(float) for system in (CORPUS.a, CORPUS.b)),
        measure.score,
    )


def mean(S):
    return S[:, 0] / S[:, 1]


def with_ones(values):
    return np.stack([values, np.ones(len(values))], axis=1)


# ---- sacrebleu


@pytest.mark.parametrize("name", THEIRS)
@pytest.mark.parametrize("resamples", [200, 1000])
def test_paired_bootstrap_and_intervals_are_sacrebleus(monkeypatch, name, resamples):
    monkeypatch.setenv("SACREBLEU_SEED", "12345")
    systems = [("A", list(CORPUS.a)), ("B", list(CORPUS.b))]
    results = PairedTest(systems, {"M": THEIRS[name]}, [list(CORPUS.references)], "bs", resamples)()[1]
    (baseline, other) = next(value for key, value in results.items() if key != "System")
    a, b, score = counted(name)
    ours = paired_bootstrap(a, b, score, resamples=resamples, definition="sacrebleu")
    assert ours.p == other.p_value
    for system, theirs, value in ((a, baseline, ours.score_a), (b, other, ours.score_b)):
        alone = bootstrap(system, score, resamples=resamples)
        assert value == alone.score == pytest.approx(theirs.score, abs=1e-9)
        # sacrebleu adds resampled counts up in single precision.
        assert alone.interval.mean == pytest.approx(theirs.mean, abs=1e-4)
        assert alone.value.half_width == pytest.approx(theirs.ci, abs=1e-4)


@pytest.mark.parametrize("name", THEIRS)
def test_approximate_randomisation_is_sacrebleus(monkeypatch, name):
    monkeypatch.setenv("SACREBLEU_SEED", "77")
    systems = [("A", list(CORPUS.a)), ("B", list(CORPUS.b))]
    results = PairedTest(systems, {"M": THEIRS[name]}, [list(CORPUS.references)], "ar", 500)()[1]
    other = next(value for key, value in results.items() if key != "System")[1]
    a, b, score = counted(name)
    ours = paired_randomisation(a, b, score, trials=500, seed=77, definition="sacrebleu")
    assert ours.p == other.p_value


def test_the_stream_does_not_depend_on_the_chunks(monkeypatch):
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 9, (2, 37, 3)).astype(float)
    drawn, swapped = resample_sums(a, 200, 5), swap_sums(a, b, 200, 5)
    picks = np.random.default_rng(5).choice(37, size=(200, 37), replace=True)
    assert np.array_equal(drawn, a[picks].sum(axis=1))
    stays = np.random.default_rng(5).integers(2, size=(200, 37), dtype=bool)
    assert np.array_equal(swapped[0], stays @ a + ~stays @ b)
    assert np.array_equal(swapped[1], ~stays @ a + stays @ b)
    monkeypatch.setattr(significance, "CHUNK", 32)
    assert np.array_equal(resample_sums(a, 200, 5), drawn)
    assert np.array_equal(swap_sums(a, b, 200, 5)[0], swapped[0])


# ---- p-values


def test_p_by_hand():
    a, b = np.array([3.0, 1.0, -1.0, 0.5]), np.zeros(4)
    # d = 1, moved to 0: |2|, |0|, |−2|, |−0.5|; two are as large as 1.
    assert bootstrap_p(a, b, 1.0) == 3 / 5
    # |d*| − 1.375 > 1: 1.625.
    assert bootstrap_p(a, b, 1.0, "sacrebleu") == 2 / 5
    assert randomisation_p(a, b, 1.0) == 4 / 5
    assert randomisation_p(a, b, 1.0, "sacrebleu") == 2 / 5


def test_a_system_against_itself():
    a, _, score = counted("bleu")
    for test in (paired_bootstrap, paired_randomisation):
        options = {"resamples" if test is paired_bootstrap else "trials": 100}
        assert test(a, a, score, **options).p == 1
        assert test(a, a, score, **options, definition="sacrebleu").p == 1 / 101
        assert test(a, a, score, **options).wins == 0


def test_p_is_valid_when_the_systems_are_equal_and_sacrebleus_bootstrap_is_not():
    rng = np.random.default_rng(1)
    alarms = {"centred": 0, "sacrebleu": 0, "at least": 0}
    worlds = 800
    for world in range(worlds):
        hardness = rng.normal(size=80)
        a, b = (with_ones(hardness + rng.normal(size=80)) for _ in "AB")
        drawn = resample_sums(np.hstack([a, b]), 256, world)
        scores = mean(drawn[:, :2]), mean(drawn[:, 2:])
        d = a[:, 0].mean() - b[:, 0].mean()
        for definition in ("centred", "sacrebleu"):
            alarms[definition] += bootstrap_p(*scores, d, definition) < 0.05
        alarms["at least"] += randomisation_p(*map(mean, swap_sums(a, b, 256, world)), d) < 0.05
    share = {name: count / worlds for name, count in alarms.items()}
    assert 0.03 < share["at least"] < 0.07
    assert 0.03 < share["centred"] < 0.075
    assert 0.08 < share["sacrebleu"] < 0.14


def test_a_real_difference_is_found_and_pairing_helps():
    rng = np.random.default_rng(2)
    hardness = 5 * rng.normal(size=200)
    a, b = with_ones(hardness + 0.3 + 0.3 * rng.normal(size=200)), with_ones(hardness)
    paired = paired_bootstrap(a, b, mean)
    alone = bootstrap(a, mean).interval, bootstrap(b, mean).interval
    assert paired.p < 0.01
    assert paired.value == paired.p
    assert paired.wins == 1
    assert paired_randomisation(a, b, mean, trials=1000).p < 0.01
    assert alone[0].low < alone[1].high
    assert not paired.interval.holds(0)
    assert paired.interval.holds(paired.difference)


def test_the_same_seed_gives_the_same_numbers_and_nobody_can_write_into_them():
    a, b, score = counted("chrf")
    one, two = (paired_bootstrap(a, b, score, resamples=100, seed=9) for _ in range(2))
    assert np.array_equal(one.differences, two.differences)
    assert not np.array_equal(one.differences, paired_bootstrap(a, b, score, resamples=100, seed=10).differences)
    with pytest.raises(ValueError, match="read-only"):
        one.scores_a[0] = 1


@pytest.mark.parametrize(
    "broken",
    [
        lambda a, b: paired_bootstrap(a[:1], b[:1], mean),
        lambda a, b: paired_bootstrap(a, b[:2], mean),
        lambda a, b: paired_bootstrap(a, b, mean, resamples=1),
        lambda a, b: paired_randomisation(a, b, mean, trials=10**9),
        lambda a, b: paired_randomisation(a, b, mean, seed=-1),
        lambda a, b: paired_randomisation(a, b, mean, definition="centred"),
        lambda a, b: bootstrap(a[:0], mean),
    ],
)
def test_what_has_no_meaning_is_a_sentence(broken):
    ones = np.ones((3, 2))
    with pytest.raises(Refusal):
        broken(ones, ones)


# ---- pooled scores

COUNT = st.integers(0, 12)


@settings(deadline=None, max_examples=150)
@given(
    rows=st.lists(st.lists(COUNT, min_size=10, max_size=10), min_size=1, max_size=4),
    smoothing=st.sampled_from(["none", "floor", "add-k", "exp"]),
    effective=st.booleans(),
)
def test_pooled_bleu_is_score_bleu(rows, smoothing, effective):
    options = BleuOptions(smoothing=smoothing, effective_order=effective)
    S = np.array(rows)
    c = S[:, 0]
    S[:, 6:] = np.maximum(0, c[:, None] - np.arange(4))
    S[:, 2:6] = np.minimum(S[:, 2:6], S[:, 6:])
    ours = pooled_bleu(S.astype(float), options)
    assert ours == pytest.approx([score_bleu(row[None], options).percent for row in S], abs=1e-9)


@settings(deadline=None, max_examples=100)
@given(
    rows=st.lists(st.lists(st.tuples(COUNT, COUNT, COUNT), min_size=6, max_size=6), min_size=1, max_size=4),
    beta=st.sampled_from([0.0, 1.0, 2.0]),
    eps=st.booleans(),
)
def test_pooled_chrf_is_score_chrf(rows, beta, eps):
    options = ChrfOptions(beta=beta, eps_smoothing=eps)
    S = np.array(rows)
    S[..., 2] = S.min(axis=2)
    ours = pooled_chrf(S.reshape(len(S), -1).astype(float), options)
    assert ours == pytest.approx([score_chrf(row[None], options).percent for row in S], abs=1e-9)


def test_pooled_ter_is_edit_rate():
    S = np.array([[3.0, 10.0], [0.0, 0.0], [2.0, 0.0], [12.0, 4.0]])
    assert pooled_ter(S) == pytest.approx([100 * edit_rate(*row) for row in S])


def test_pooled_bleu_refuses_what_sums_cannot_say():
    for options in (BleuOptions(definition="nltk"), BleuOptions(weights=(1, 0, 0, 0))):
        with pytest.raises(ValueError, match="sacrebleu"):
            pooled_bleu(np.ones((1, 10)), options)


def test_the_default_seed_is_sacrebleus():
    assert SEED == 12345
