"""A against B: the plain functions, sacrebleu, the example's truth, own texts, and every claim of the room."""

from __future__ import annotations

import re

import numpy as np
import pytest

from core.arithmetic import join
from core.errors import Refusal
from core.figures.corpus import SHOWN_SEGMENTS, difference_histogram, league_rows, segment_rows
from core.i18n import LANGS
from core.metrics.bleu import bleu, corpus_bleu
from core.metrics.chrf import corpus_chrf
from core.metrics.corpus_lab import (
    MEASURES,
    CorpusParams,
    corpus_of,
    count_corpus,
    explain,
    judge,
    reference,
    resample,
    run,
    tables,
)
from core.metrics.corpus_texts import (
    MAX_CORPUS_CHARS,
    MAX_SEGMENTS,
    make_example,
    mistype,
    read_corpus,
    split_segments,
    stories,
)
from core.metrics.meteor import meteor
from core.metrics.significance import paired_bootstrap, paired_randomisation
from core.metrics.ter import corpus_ter
from core.tables import to_csv, to_script
from pages._translation_metrics.more import CORPUS, EQUAL


@pytest.fixture(scope="module", params=LANGS)
def opening(request):
    return run(CorpusParams(lang=request.param))


def preset(name: str):
    return next(offer.values for offer in CORPUS if offer.name.en == name)


# ---- the lab


def test_scores_are_those_of_the_plain_functions(opening):
    corpus = opening.corpus
    references = [(r,) for r in corpus.references]
    for at, system in enumerate((corpus.a, corpus.b)):
        plain = {
            "bleu": corpus_bleu(system, references, smoothing="exp").percent,
            "chrf": corpus_chrf(system, references).percent,
            "ter": corpus_ter(system, references).percent,
            "meteor": 100
            * np.mean(
                [meteor(h, (r,), lang=corpus.lang).value for h, r in zip(system, corpus.references, strict=True)]
            ),
        }
        for name, value in plain.items():
            paired = opening.measures[name].bootstrap
            assert (paired.score_a, paired.score_b)[at] == pytest.approx(value, abs=1e-9)
        k = 7
        single = bleu(system[k], (corpus.references[k],), smoothing="exp", effective_order=True).percent
        assert opening.measures["bleu"].segments[k, at] == pytest.approx(single, abs=1e-9)


def test_tests_are_those_of_the_plain_functions(opening):
    for name, measure in MEASURES.items():
        a, b = opening.counts.statistics[name]
        ours = opening.measures[name]
        drawn = paired_bootstrap(a, b, measure.score, resamples=1000)
        swapped = paired_randomisation(a, b, measure.score, trials=1000)
        assert (ours.bootstrap.p, ours.shuffled.p) == (drawn.p, swapped.p)
        assert ours.bootstrap.interval.low == pytest.approx(drawn.interval.low, abs=1e-9)
        assert np.allclose(ours.shuffled.differences, swapped.differences, atol=1e-9)
        assert ours.sacrebleu_p[0] == paired_bootstrap(a, b, measure.score, definition="sacrebleu").p


def test_it_agrees_with_sacrebleu(monkeypatch, opening):
    monkeypatch.delenv("SACREBLEU_SEED", raising=False)
    checks = reference(opening)
    assert [check.what.en for check in checks] == ["BLEU", "chrF", "TER", "intervals and p-values of BLEU"]
    assert all(check.passed for check in checks)
    longer = reference(run(CorpusParams(segments=500, resamples=100)))
    assert [check.what.en for check in longer] == [
        f"{name}, the first 400 segments" for name in ("BLEU", "chrF", "TER")
    ]
    assert all(check.passed for check in longer)
    monkeypatch.setenv("SACREBLEU_SEED", "1")
    assert len(reference(opening)) == 3


def test_progress_is_told_and_may_stop_the_work():
    told: list[float] = []
    counts = count_corpus(make_example("en", 120, 0.1, 0.1, 0.5, 0), told.append)
    assert told == sorted(told)
    assert told[-1] == 1
    told.clear()
    resample(CorpusParams(resamples=300), counts, told.append)
    assert told == sorted(told)
    assert told[-1] == 1

    def stop(share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        count_corpus(counts.corpus, stop)
    with pytest.raises(InterruptedError):
        resample(CorpusParams(), counts, stop)


def test_everything_can_be_kept(opening):
    kept = tables(opening)
    for table in kept:
        assert np.shape(table.values) == (len(table.rows), len(table.cols))
        assert np.isfinite(table.values).all()
    assert len({table.name for table in kept}) == len(kept)
    assert to_csv(kept).count("\n") == 1 + sum(len(t.rows) * len(t.cols) for t in kept)
    compile(to_script(run, opening.params, kept), "script", "exec")


def test_counts_are_read_only(opening):
    with pytest.raises(ValueError, match="read-only"):
        opening.counts.statistics["bleu"][0][0, 0] = 1
    with pytest.raises(TypeError):
        opening.measures["bleu"] = None


@pytest.mark.parametrize("measure", MEASURES)
def test_the_arithmetic_says_the_trace(opening, measure):
    m = opening.measures[measure]
    for lang in LANGS:
        lines = [join(formula) for formula in explain(opening, measure, 3, lang)]
        assert f"{m.difference:.2f}".replace("-", "−") in lines[0]
        for line, p in zip(lines[2:4], (m.bootstrap.p, m.shuffled.p), strict=True):
            above, below = re.search(r"\(1 \+ (\d+)\) / \(1 \+ (\d+)\)", line).groups()
            assert (1 + int(above)) / (1 + int(below)) == pytest.approx(p)
            assert f"= {p:.4f}" in line or f"= {p:g}" in line
        assert judge(opening, measure).get(lang)


def test_a_segment_is_picked_by_its_number_and_else_the_widest_gap(opening):
    ranked = opening.ranked("bleu")
    gaps = np.abs(np.diff(opening.measures["bleu"].segments, axis=1)).ravel()
    assert gaps[ranked[0]] == gaps.max()
    assert opening.segment("5", "bleu") == 4
    for words in ("", "0", "999999", "-1", "x", "²", "1" * 9):
        assert opening.segment(words, "bleu") == ranked[0]


# ---- pictures


def test_the_league_turns_an_error_rate_round(opening):
    data = league_rows(opening, "ter", "en")
    rows = {row["name"]: row for row in data["rows"]}
    for name, m in opening.measures.items():
        row = rows[name]
        assert -1 <= row["low"] <= row["high"] <= 1
        assert (row["at"] > 0) == (m.better == "A")
        assert (row["difference"][0] == "+") == (m.difference > 0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_histograms_count_every_resample(opening, theme):
    m = opening.measures["bleu"]
    for paired in (m.bootstrap, m.shuffled):
        figure = difference_histogram(paired, "BLEU", theme=theme, lang="ru")
        full, pale = (int(np.sum(bar.y)) for bar in figure.data)
        assert full + pale == 1000
        if paired.test == "bootstrap":
            assert full == 950
        else:
            assert full + 1 == round(paired.p * 1001)


def test_a_histogram_of_nothing_but_zeros():
    trace = run(CorpusParams(segments=25, resamples=100, **{**preset("a system against itself")}))
    for paired in (trace.measures["bleu"].bootstrap, trace.measures["bleu"].shuffled):
        assert (
            sum(int(np.sum(bar.y)) for bar in difference_histogram(paired, "BLEU", theme="light", lang="en").data)
            == 100
        )
    assert all(row["at"] == 0 for row in league_rows(trace, "bleu", "en")["rows"])


def test_the_picked_segment_is_always_in_sight(opening):
    least = int(opening.ranked("bleu")[-1])
    data = segment_rows(opening, "bleu", least, "en")
    assert len(data["rows"]) == SHOWN_SEGMENTS
    assert data["rows"][0]["name"] == data["picked"] == str(least + 1)


# ---- the example


@pytest.mark.parametrize("lang", LANGS)
def test_the_example_is_made_by_rule(lang):
    one = make_example(lang, 300, 0.2, 0.1, 0.5, 4)
    assert one == make_example(lang, 300, 0.2, 0.1, 0.5, 4)
    assert one != make_example(lang, 300, 0.2, 0.1, 0.5, 5)
    assert set(one.references) == set(stories(lang))
    assert 60 <= len(stories(lang)) <= 200
    assert make_example(lang, 50, 0, 0, 0, 1).a == make_example(lang, 50, 0, 0, 0, 1).references
    twins = make_example(lang, 200, 0.2, 0.2, 1, 1)
    assert twins.a == twins.b
    assert one.a != one.b


def test_a_higher_rate_is_a_worse_system():
    corpus = make_example("en", 2000, 0.05, 0.25, 0.5, 0)
    untouched = [sum(x == r for x, r in zip(s, corpus.references, strict=True)) for s in (corpus.a, corpus.b)]
    assert untouched[0] > 1.5 * untouched[1]


def test_a_typo_changes_a_word():
    assert mistype("window") == "wiodnw" or mistype("window") == "widnow"
    assert (mistype("a"), mistype("cat")) == ("a", "ca")
    assert sorted(mistype("medicine")) == sorted("medicine")


# ---- own texts


def test_only_a_line_feed_ends_a_line():
    assert split_segments("a\u2028b\x0bc\r\n d \n\n\n") == ("a\u2028b\x0bc", "d")
    assert split_segments("a\n\n\n", at_least=2) == ("a", "")
    corpus = read_corpus("Кот ест.\nПёс спит.\n", "Кот ест.\n\n\n", "Кот\r\nПёс спит.")
    assert (len(corpus), corpus.lang) == (2, "ru")


def test_a_system_may_leave_a_segment_empty():
    trace = run(CorpusParams(corpus="own", own=("a b c d\nthe cat", "a b c d\n\n", "x\nthe cat")))
    assert all(check.passed for check in reference(trace))
    assert trace.measures["bleu"].segments[1, 0] == 0


LINES = "one\ntwo\nthree"


@pytest.mark.parametrize(
    ("texts", "said", "in_russian"),
    [
        (("", LINES, LINES), "“the reference” is empty", "«эталон» — пусто"),
        ((LINES, " \n ", LINES), "“system A” is empty", "«система A» — пусто"),
        ((LINES, LINES, "one\ntwo"), "system B 2", "системы B — 2"),
        (("one\n \nthree", LINES, LINES), "Line 2 of the reference is empty", "Строка 2 эталона пуста"),
        ((LINES, LINES, "one\nt\x00wo\nthree"), "“system B”, line 2: there is a NUL", "«система B», строка 2"),
        ((LINES, "one\n" + "я" * 2001 + "\nthree", LINES), "“system A”, line 2: 2 001 characters", "символов 2 001"),
        ((LINES, LINES, "one\ntwo\n" + "w " * 121), "“system B”, line 3: 121 words", "слов и знаков 121"),
        ((LINES, LINES, "one\n" + "." * 130 + "\nthree"), "“system B”, line 2: 130 words", "строка 2"),
        (("x\n" * 200_000, LINES, LINES), "“the reference” has 200 000 lines", "строк 200 000"),
        ((LINES, "x" * 5_000_000, LINES), "“system A” has 5 000 000 characters", "символов 5 000 000"),
        (("one", "one", "one"), "at least 2", "хотя бы 2"),
    ],
)
def test_what_cannot_be_compared_is_a_sentence_that_says_where(texts, said, in_russian):
    with pytest.raises(Refusal) as refused:
        run(CorpusParams(corpus="own", own=texts))
    assert said in refused.value.text.en
    assert in_russian in refused.value.text.ru


def test_own_texts_that_are_not_there_are_a_sentence():
    with pytest.raises(Refusal):
        corpus_of(CorpusParams(corpus="own"))


def test_the_largest_corpus_fits():
    line = "слово " * 20
    text = "\n".join([line] * MAX_SEGMENTS)
    assert len(text) < MAX_CORPUS_CHARS
    assert len(read_corpus(text, text, text)) == MAX_SEGMENTS


# ---- what the room says


def test_the_opening_example_overlaps_and_is_real(opening):
    m = opening.measures["bleu"]
    assert m.overlap
    assert m.is_real
    assert m.better == "A"
    assert "better" in judge(opening, "bleu").en


@pytest.mark.parametrize("lang", LANGS)
def test_03_bleu_ahead_means_nothing(lang):
    trace = run(CorpusParams(**EQUAL, lang=lang))
    m = trace.measures["bleu"]
    assert EQUAL["rate_a"] == EQUAL["rate_b"] == 10
    assert round(m.difference, 1) == -0.3
    assert m.better == "B"
    assert m.bootstrap.interval.holds(0)
    assert not m.is_real
    assert "nothing" in judge(trace, "bleu").en


@pytest.mark.parametrize("lang", LANGS)
def test_the_worse_one_wins_on_few_segments(lang):
    params = CorpusParams(**preset("the worse one wins"), lang=lang)
    assert params.rate_b > params.rate_a
    m = run(params).measures["bleu"]
    assert m.better == "B"
    assert not m.is_real


@pytest.mark.parametrize("lang", LANGS)
def test_overlap_yet_real(lang):
    m = run(CorpusParams(**preset("overlap, yet real"), lang=lang)).measures["bleu"]
    assert m.overlap
    assert m.shuffled.p < 0.01


@pytest.mark.parametrize("lang", LANGS)
def test_a_system_against_itself(lang):
    trace = run(CorpusParams(**preset("a system against itself"), lang=lang))
    for m in trace.measures.values():
        assert m.bootstrap.p == m.shuffled.p == 1
        assert [round(p, 3) for p in m.sacrebleu_p] == [0.001, 0.001]
        assert m.better == ""
    assert "same" in judge(trace, "bleu").en


def test_four_times_as_many_segments_halve_the_interval():
    widths = []
    for segments in (250, 1000):
        params = CorpusParams(resamples=1000)
        counts = count_corpus(make_example("en", segments, 0.1, 0.12, 0.5, 0))
        widths.append(resample(params, counts).measures["bleu"].bootstrap.interval.half_width)
    assert 0.4 < widths[1] / widths[0] < 0.62


def test_alike_systems_show_smaller_differences():
    widths = [
        run(CorpusParams(alike=alike, draw=3)).measures["bleu"].bootstrap.interval.half_width for alike in (0, 90)
    ]
    assert widths[1] < 0.6 * widths[0]
