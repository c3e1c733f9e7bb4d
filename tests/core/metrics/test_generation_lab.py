"""The labs of generation metrics: against the plain functions, against nltk and torch, and what the room claims."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arithmetic import Formula, join, write_number
from core.errors import Refusal
from core.i18n import LANGS, Lang, Text
from core.metrics import language, repetition_lab, sampling_lab, surprisal_lab, units_lab
from core.metrics.generation_texts import (
    HELD_OUT,
    corpus_for,
    join_words,
    language_of,
    model_of,
    pieces,
    speller_of,
    split_words,
    stories,
)
from core.metrics.repetition_lab import RepetitionParams
from core.metrics.sampling_lab import TEMPERATURES, SamplingParams, SamplingTrace
from core.metrics.surprisal_lab import SurpriseParams, SurpriseTrace
from core.metrics.units_lab import CODE_POINTS, UnitsParams
from core.params import Params
from core.tables import Table

PROSE = Path(__file__).resolve().parents[3] / "assets" / "text"
STRANGER = Text("In the evening the cat sat by the synchrophasotron.", "Вечером кошка сидела у синхрофазотрона.")
LABS = {
    surprisal_lab: SurpriseParams,
    units_lab: UnitsParams,
    sampling_lab: SamplingParams,
    repetition_lab: RepetitionParams,
}
SURPRISE = [
    {},
    {"n": 1},
    {"n": 4, "discount": 0.05},
    {"discount": 0.95},
    {"smoothing": "add_k", "k": 0.01},
    {"smoothing": "add_k", "n": 1},
    {"smoothing": "mle"},
    {"smoothing": "mle", "n": 1},
    {"unit": "characters"},
    {"unit": "characters", "n": 1, "smoothing": "mle"},
    {"unit": "characters", "n": 4, "smoothing": "add_k"},
]
SAMPLING = [
    {},
    {"temperature": 0.0},
    {"temperature": 2.0, "seed": 99},
    {"temperature": 2.0, "top_k": 1},
    {"top_k": 50, "top_p": 0.05},
    {"top_p": 0.5, "n": 1, "length": 20},
    {"n": 4, "length": 100, "seed": 3},
]
REPETITION = [
    {},
    {"order": 1, "denominator": "tokens"},
    {"order": 4, "denominator": "expected", "vocabulary": 100, "window": 4},
    {"order": 3, "window": 128},
]


def surprise(lang: Lang, **values: object) -> SurpriseTrace:
    return surprisal_lab.run(SurpriseParams.default(lang).model_copy(update=values))


def written(lang: Lang, **values: object) -> SamplingTrace:
    return sampling_lab.run(SamplingParams.default(lang).model_copy(update=values))


def both(lang: Lang, **values: object) -> units_lab.UnitsTrace:
    return units_lab.run(UnitsParams.default(lang).model_copy(update=values))


def repeats(lang: Lang, **values: object) -> repetition_lab.RepetitionLabTrace:
    return repetition_lab.run(RepetitionParams.default(lang).model_copy(update=values))


def said(formulas: tuple[Formula, ...]) -> str:
    return "\n".join(join(formula) for formula in formulas)


def prose(lang: Lang) -> str:
    return " ".join((PROSE / f"generation_metrics.{lang}.md").read_text(encoding="utf-8").split())


def assert_labelled(tables: tuple[Table, ...]) -> None:
    assert len({table.name for table in tables}) == len(tables)
    for table in tables:
        assert table.values.shape == (len(table.rows), len(table.cols))


# Texts and corpora


@pytest.mark.parametrize(
    ("text", "words", "spelled"),
    [
        ("Don’t  go,\tplease!", ("don’t", "go", ",", "please", "!"), "don’t go, please!"),
        ("«Да», — сказал он (тихо).", None, "«да», — сказал он (тихо)."),
        ("кто-то 3.5 %", ("кто-то", "3", ".", "5", "%"), "кто-то 3. 5%"),
        ("", (), ""),
        ("👩 a", ("👩", "a"), "👩 a"),
    ],
)
def test_words_and_the_string_they_stand_for(text: str, words: tuple[str, ...] | None, spelled: str) -> None:
    found = split_words(text)
    assert words is None or found == words
    assert join_words(found) == spelled
    assert "".join(pieces(found)) == spelled


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=60))
def test_the_string_is_read_back_as_the_same_words(text: str) -> None:
    words = split_words(text)
    assert "".join(join_words(words).split()) == "".join(words)
    # Marks that were apart may not merge; words stay whole.
    again = split_words(join_words(words))
    assert split_words(join_words(again)) == again


@pytest.mark.parametrize("lang", LANGS)
def test_the_corpus_is_stories_and_the_held_out_one_uses_only_their_words(lang: Lang) -> None:
    assert len(stories(lang)) == 15
    words = sum(sum(word.isalpha() for word in split_words(story)) for story in stories(lang))
    assert 900 < words < 1500
    assert language_of(stories(lang)[0]) == lang
    known = {word for story in stories(lang) for word in split_words(story)}
    assert set(split_words(HELD_OUT[lang])) <= known
    sentences = {s.strip() for story in stories(lang) for s in story.lower().split(".")}
    assert not any(s.strip() in sentences for s in HELD_OUT[lang].lower().split(".") if s.strip())


def test_the_corpus_follows_the_language_of_the_text() -> None:
    assert corpus_for("The cat") == stories("en")
    assert corpus_for("Кошка") == stories("ru")
    assert corpus_for("123") == stories("en")
    assert corpus_for("x", "a b " * 20) == ("a b " * 20,)
    with pytest.raises(Refusal, match="at least 20 words; here there are 2"):
        corpus_for("x", "too short")


# Surprise


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("values", SURPRISE, ids=str)
def test_surprise_agrees_with_nltk_and_torch(lang: Lang, values: dict[str, object]) -> None:
    trace = surprise(lang, **values)
    checks = surprisal_lab.reference(trace)
    assert checks[0].library == "nltk"
    assert all(check.passed and check.tolerance <= 1e-9 for check in checks)
    assert len(checks) == (3 if math.isfinite(trace.score.value) else 1)
    assert_labelled(surprisal_lab.tables(trace))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("values", SURPRISE, ids=str)
def test_surprise_is_the_plain_functions(lang: Lang, values: dict[str, object]) -> None:
    trace = surprise(lang, **values)
    model = surprisal_lab.model_for(trace.params)
    plain = language.perplexity([math.log(p) if (p := model.probability(t, trace.tokens[:i])) else -math.inf
                                 for i, t in enumerate(trace.tokens)])  # fmt: skip
    assert trace.score.value == pytest.approx(plain.value)
    for i, token in enumerate(trace.tokens):
        p = model.distribution(trace.tokens[:i])
        own = p[model.id_of(token)]
        assert trace.rank[i] == (np.sum(p > own) + 1 if own else 0)
        best = [q for _, q in trace.guesses[i]]
        assert best == sorted(best, reverse=True)
        assert best == pytest.approx(sorted(p[p > 0], reverse=True)[: len(best)])
        if p.any():
            assert 0 <= trace.entropy[i] <= math.log2(len(model)) + 1e-9
        else:
            assert math.isnan(trace.entropy[i])


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("values", SURPRISE, ids=str)
def test_the_arithmetic_of_surprise_is_the_traces(lang: Lang, values: dict[str, object]) -> None:
    trace = surprise(lang, **values)
    for at in range(len(trace.tokens)):
        told = said(surprisal_lab.explain(trace, at, lang))
        assert write_number(float(trace.score.surprisal[at]), 2) in told
        assert f"/{len(trace.tokens)})" in told
        assert write_number(trace.score.value, 2) in told
        assert "nan" not in told


def test_a_step_is_written_as_it_is_computed() -> None:
    trace = surprise("en")
    at = trace.tokens.index("waited")
    model = surprisal_lab.model_for(trace.params)
    first = model.steps("waited", trace.tokens[:at])[0]
    line = join(surprisal_lab.explain(trace, at, "en")[0])
    assert line.startswith(f"p(waited | window and) = max({first.count} − 0.75, 0)/{first.total} + 0.75·{first.types}/")
    assert first.total == 6
    levels = said(surprisal_lab.explain(trace, at, "en")).count("p′(")
    assert levels == 2


def test_what_is_picked() -> None:
    trace = surprise("en")
    assert trace.at("3") == 3
    for nothing in ("", "99", "-1", "x", "9" * 30, "²"):
        assert trace.at(nothing) == int(trace.score.surprisal.argmax())


@pytest.mark.parametrize("lang", LANGS)
def test_an_unseen_word_without_smoothing_makes_perplexity_infinite(lang: Lang) -> None:
    trace = surprise(lang, text=STRANGER.get(lang), smoothing="mle")
    assert math.isinf(trace.score.value)
    at = len(trace.tokens) - 2
    assert at in trace.impossible()
    assert not trace.is_known[at]
    smoothed = surprise(lang, text=STRANGER.get(lang))
    assert math.isfinite(smoothed.score.value)
    assert smoothed.impossible() == ()


@pytest.mark.parametrize("lang", LANGS)
def test_word_salad_of_known_words_is_surprising(lang: Lang) -> None:
    salad = Text("Window the by sat cat the evening the in.", "Автобус ждала и окна у сидела кошка вечером.")
    trace = surprise(lang, text=salad.get(lang))
    assert trace.is_known.all()
    assert trace.score.value > 5 * surprise(lang).score.value


# Words and characters


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    "values", [{}, {"n_words": 1, "n_chars": 1}, {"n_words": 4, "n_chars": 6}, {"is_spelled": False}], ids=str
)
@pytest.mark.parametrize("is_strange", [False, True])
def test_both_models_pay_for_the_same_string(lang: Lang, values: dict[str, object], is_strange: bool) -> None:
    text = {"text": STRANGER.get(lang) + " 漢字"} if is_strange else {}
    trace = both(lang, **values, **text)
    assert "".join(trace.shown) == "".join(trace.letters)
    assert trace.words.n_chars == trace.chars.n_chars == len(trace.letters)
    assert trace.words.n_words == trace.chars.n_words == len(trace.tokens)
    assert trace.bits_by_chars.sum() == pytest.approx(trace.chars.total)
    # What is comparable is the same sum of bits, spread over the same units.
    for s in (trace.words, trace.chars):
        assert s.bits_per_char * len(trace.letters) == pytest.approx(s.total)
        assert math.log2(s.word_perplexity) * len(trace.tokens) == pytest.approx(s.total)
    assert ((trace.spelling > 0) == ~trace.is_known).all()
    assert is_strange != bool(trace.is_known.all())
    assert all(check.passed for check in units_lab.reference(trace))
    assert_labelled(units_lab.tables(trace))
    for at in range(len(trace.tokens)):
        told = said(units_lab.explain(trace, at, lang))
        assert write_number(float(trace.words.surprisal[at]), 2) in told
        assert write_number(float(trace.bits_by_chars[at]), 2) in told
        assert write_number(trace.words.bits_per_char, 3) in told
        assert write_number(trace.chars.bits_per_char, 3) in told


@pytest.mark.parametrize("lang", LANGS)
def test_spelling_is_paid_for_exactly_when_asked(lang: Lang) -> None:
    free, paid = (both(lang, text=STRANGER.get(lang), is_spelled=s) for s in (False, True))
    assert paid.words.total - free.words.total == pytest.approx(paid.spelling.sum())
    assert free.words.bits_per_char < free.chars.bits_per_char
    assert paid.words.bits_per_char > 2 * free.words.bits_per_char
    speller = speller_of(stories(lang), 4)
    word = paid.tokens[-2]
    known = [letter for letter in word if speller.is_known(letter)]
    strange = math.log2(CODE_POINTS) * (len(word) - len(known))
    bits = -speller.log_probs(word).sum() / math.log(2) + strange
    assert paid.spelling[-2] == pytest.approx(bits)


def test_spellings_of_all_words_have_no_more_than_all_of_the_probability() -> None:
    for lang in LANGS:
        speller = speller_of(stories(lang), 3)
        words = {word for story in stories(lang) for word in split_words(story)}
        assert 0.05 < sum(math.exp(speller.log_probs(word).sum()) for word in words) < 1


# Writing


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("values", SAMPLING, ids=str)
def test_writing_agrees_with_torch_and_the_plain_functions(lang: Lang, values: dict[str, object]) -> None:
    trace = written(lang, **values)
    p = trace.params
    assert len(trace.tokens) == p.length
    assert all(check.passed for check in sampling_lab.reference(trace))
    model = sampling_lab.model_for(p)
    text = [*trace.prompt, *trace.tokens]
    logs = model.log_probs(text)[len(trace.prompt) :]
    assert trace.score.value == pytest.approx(language.perplexity(logs).value)
    assert [d.value for d in trace.distinct] == [language.distinct_n([trace.tokens], n).value for n in (1, 2, 3)]
    assert trace.repeats.value == language.repetition(trace.tokens, 4).value
    assert (trace.q > 0).all()
    assert (trace.n_kept >= 1).all()
    if p.top_k:
        assert (trace.n_kept <= p.top_k).all()
    if p.temperature > 0 and not p.top_k:
        assert (trace.mass >= p.top_p - 1e-9).all()
    assert_labelled(sampling_lab.tables(trace))
    for at in (0, p.length // 2, p.length - 1):
        drawn = next(c for c in trace.candidates[at] if c.token == trace.tokens[at])
        assert drawn.is_kept
        assert (drawn.p, drawn.q) == pytest.approx((trace.p[at], trace.q[at]))
        if p.temperature:
            total = (model.distribution(text[: len(trace.prompt) + at]) ** (1 / p.temperature)).sum()
            assert drawn.warmed == pytest.approx(drawn.p ** (1 / p.temperature) / total)
        told = said(sampling_lab.explain(trace, at, lang))
        assert write_number(drawn.q, 4) in told
        assert write_number(trace.score.value, 2) in told
        assert all(f"Distinct-{d.n} = {d.n_distinct}/{d.n_ngrams}" in told for d in trace.distinct)


def test_one_seed_is_one_text_whatever_is_written_beside_it() -> None:
    p = SamplingParams()
    model = sampling_lab.model_for(p)
    alone, _ = sampling_lab.write(model, ("the", "cat"), p, 1.0, [5])
    beside, _ = sampling_lab.write(model, ("the", "cat"), p, 1.0, [4, 5, 6])
    assert alone[0].tolist() == beside[1].tolist() != beside[0].tolist()
    assert written("en", seed=7).tokens == written("en", seed=7).tokens != written("en", seed=8).tokens


def test_the_curves_are_the_means_of_texts() -> None:
    trace = written("ru", temperature=1.0)
    around = trace.sweep
    assert around.params == trace.params.around()
    at = TEMPERATURES.index(1.0)
    one_by_one = [written("ru", temperature=1.0, seed=seed) for seed in range(sampling_lab.SEEDS)]
    assert around.bits[at] == pytest.approx(np.mean([t.score.bits for t in one_by_one]))
    for n in range(3):
        assert around.distinct[n, at] == pytest.approx(np.mean([t.distinct[n].value for t in one_by_one]))
    assert around.repeated[at] == pytest.approx(np.mean([t.repeats.value for t in one_by_one]))


def test_the_curves_do_not_depend_on_the_point_on_them() -> None:
    a, b = SamplingParams(temperature=0.0, seed=9), SamplingParams(temperature=2.0)
    assert a.around() == b.around()
    assert a.around() != SamplingParams(top_k=3).around()


# Repeats


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("values", REPETITION, ids=str)
def test_repeats_are_the_plain_functions(lang: Lang, values: dict[str, object]) -> None:
    trace = repeats(lang, **values)
    p = trace.params
    below = {"expected": p.vocabulary}.get(p.denominator)
    for d in trace.distinct:
        assert d.value == language.distinct_n([trace.tokens], d.n, p.denominator, below).value  # type: ignore[arg-type]
    assert trace.repeats.value == language.repetition(trace.tokens, p.order).value
    assert trace.repeats.loop_count == 3
    grams = trace.grams()
    assert [grams.count(gram) for gram in grams] == trace.counts.tolist()
    for i in range(len(trace.tokens)):
        covering = [g for g in range(max(0, i - p.order + 1), min(i + 1, len(grams))) if grams[g] in grams[:g]]
        assert trace.is_repeat[i] == bool(covering)
    assert trace.growth[:, -1] == pytest.approx([d.value for d in trace.distinct])
    assert all(check.passed for check in repetition_lab.reference(trace))
    assert_labelled(repetition_lab.tables(trace))
    told = said(repetition_lab.explain(trace, trace.at(""), lang))
    assert write_number(trace.chosen.value, 3) in told
    assert write_number(trace.repeats.value, 3) in told
    assert write_number(trace.repeats.recent_share, 3) in told
    assert "× 3" in told


def test_a_text_shorter_than_n_has_no_distinct() -> None:
    trace = repeats("en", output="Yes", order=4)
    assert math.isnan(trace.chosen.value)
    assert len(trace.counts) == 0
    assert trace.at("0") == 0
    assert "—" in said(repetition_lab.explain(trace, 0, "en"))
    assert all(check.passed for check in repetition_lab.reference(trace))


# What the room claims


@pytest.mark.parametrize("lang", LANGS)
def test_greedy_loops_with_a_perplexity_far_below_a_persons_story(lang: Lang) -> None:
    greedy, warm, hot = (written(lang, temperature=T) for T in (0.0, 1.0, 2.0))
    assert greedy.people is not None
    assert greedy.score.value < greedy.people / 5
    assert greedy.repeats.loop_count >= 3
    assert greedy.distinct[1].value < warm.distinct[1].value / 3
    assert greedy.score.value < warm.score.value
    assert hot.distinct[1].value == 1
    assert hot.score.value > 5 * hot.people  # type: ignore[operator]
    share = {"en": 2 / 3, "ru": 4 / 5}[lang]
    assert greedy.repeats.value == pytest.approx(share, abs=0.03)
    for number in (f"{greedy.score.value:.1f}", f"{greedy.people:.0f}"):
        assert (number if lang == "en" else number.replace(".", ",")) in prose(lang)


@pytest.mark.parametrize("lang", LANGS)
def test_the_mean_curve_meets_the_persons_story_near_one(lang: Lang) -> None:
    trace = written(lang)
    above = trace.sweep.perplexity > trace.people
    assert not above[: TEMPERATURES.index(1.0)].any()
    assert above[TEMPERATURES.index(1.2) :].all()


@pytest.mark.parametrize("lang", LANGS)
def test_one_candidate_makes_the_temperature_idle(lang: Lang) -> None:
    texts = {written(lang, top_k=1, temperature=T, seed=s).tokens for T in (0.0, 0.7, 2.0) for s in (0, 1)}
    assert len(texts) == 1


@pytest.mark.parametrize("lang", LANGS)
def test_without_context_the_commonest_token_is_written_for_ever(lang: Lang) -> None:
    trace = written(lang, n=1, temperature=0.0)
    assert len(set(trace.tokens)) == 1
    counts = sampling_lab.model_for(trace.params).counts[0][()]
    assert sampling_lab.model_for(trace.params).word(max(counts, key=counts.__getitem__)) == trace.tokens[0]


@pytest.mark.parametrize("lang", LANGS)
def test_top_p_keeps_at_least_p(lang: Lang) -> None:
    mass = written(lang, top_p=0.5).mass
    low, high = {"en": (51, 99), "ru": (51, 98)}[lang]
    assert (round(100 * mass.min()), round(100 * mass.max())) == (low, high)
    assert f"{low} %" in prose(lang)
    assert f"{high} %" in prose(lang)


@pytest.mark.parametrize("lang", LANGS)
def test_cutting_after_the_fever_keeps_more_tail_than_cutting_without_it(lang: Lang) -> None:
    fever, calm = (written(lang, temperature=T, top_p=0.5) for T in (2.0, 1.0))
    assert fever.n_kept.mean() > 3 * calm.n_kept.mean()


@pytest.mark.parametrize("lang", LANGS)
def test_characters_have_the_lower_perplexity_and_need_more_bits(lang: Lang) -> None:
    trace = both(lang)
    assert trace.chars.value < trace.words.value
    assert trace.chars.total > trace.words.total
    assert trace.chars.bits_per_char > trace.words.bits_per_char
    for total in (trace.words.total, trace.chars.total):
        assert f" {total:.0f}" in prose(lang)


@pytest.mark.parametrize("lang", LANGS)
def test_what_the_unknown_word_costs(lang: Lang) -> None:
    free, paid = (both(lang, text=STRANGER.get(lang), is_spelled=s) for s in (False, True))
    for trace in (free, paid):
        assert re.search(rf"\b{trace.words.surprisal[-2]:.0f}\b", prose(lang))


@pytest.mark.parametrize("lang", LANGS)
def test_adding_one_gives_nearly_everything_to_what_never_came(lang: Lang) -> None:
    trace = surprise(lang, smoothing="add_k", k=1.0)
    model = surprisal_lab.model_for(trace.params)
    context = {"en": ["evening", "the"], "ru": ["сидела", "у"]}[lang]
    assert any(list(trace.tokens[i : i + 2]) == context for i in range(len(trace.tokens)))
    seen = list(model.counts[2][model.context_of(context)])
    assert round(100 * (1 - model.distribution(context)[seen].sum())) == 99
    before = surprise(lang).score.value
    assert f"{trace.score.value:.0f}" in prose(lang)
    assert (f"{before:.1f}" if lang == "en" else f"{before:.0f}") in prose(lang)


@pytest.mark.parametrize(
    ("lang", "often", "widely", "times", "factor"), [("en", "course", "tea", 8, 3), ("ru", "окна", "хлеб", 6, 5)]
)
def test_kneser_ney_counts_neighbours(lang: Lang, often: str, widely: str, times: int, factor: int) -> None:
    model = model_of(stories(lang), "words", 3, is_open=False)
    ids = [model.index[word] for word in (often, widely)]
    assert [model.counts[0][()][i] for i in ids] == [times, times]
    neighbours = [model.continuations[0][()][i] for i in ids]
    assert neighbours == [1, factor]
    p = [model.steps(word, ["?", "?"])[-1].value for word in (often, widely)]
    assert p[1] / p[0] == pytest.approx(factor)
    assert str(times) in prose(lang)


@pytest.mark.parametrize("lang", LANGS)
def test_twice_the_text_is_half_the_distinct_1(lang: Lang) -> None:
    once = repetition_lab.EXAMPLE.get(lang)
    one, two = (repeats(lang, output=text, order=1).chosen.value for text in (once, f"{once} {once}"))
    assert two == pytest.approx(one / 2)


def test_the_size_of_the_corpus_is_as_the_prose_says() -> None:
    assert "1,500" in prose("en")
    assert surprise("en").n_trained == 1500
    assert "1211" in prose("ru")
    assert surprise("ru").n_trained == 1211


# Hostile input

HOSTILE = [
    "<b onmouseover=alert(1)>x</b> & <unk> <s> </s>",
    "👩‍👩‍👧‍👦 🏳️‍🌈 é́́",
    "שלום עולם \u202eabc\u202c",
    "я" * 400,
    "a " * 200,
    ". . . , , ,",
    "$x$ **b** _c_",
    "\u2028 x \x1f",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_scored(text: str) -> None:
    for unit in ("words", "characters"):
        trace = surprisal_lab.run(SurpriseParams(text=text, unit=unit))
        assert math.isfinite(trace.score.value)
        assert all(check.passed for check in surprisal_lab.reference(trace))
        surprisal_lab.explain(trace, 0, "ru")
    trace = units_lab.run(UnitsParams(text=text))
    assert all(check.passed for check in units_lab.reference(trace))
    units_lab.explain(trace, len(trace.tokens) - 1, "en")
    drawn = sampling_lab.run(SamplingParams(prompt=text[:80], length=20))
    assert all(check.passed for check in sampling_lab.reference(drawn))
    counted = repetition_lab.run(RepetitionParams(output=text))
    assert all(check.passed for check in repetition_lab.reference(counted))


@pytest.mark.parametrize("text", ["", "   \t ", "\u2028\x1f"])
def test_nothing_to_score_is_a_sentence(text: str) -> None:
    for run, params in (
        (surprisal_lab.run, SurpriseParams(text=text)),
        (units_lab.run, UnitsParams(text=text)),
        (sampling_lab.run, SamplingParams(prompt=text)),
        (repetition_lab.run, RepetitionParams(output=text)),
    ):
        with pytest.raises(Refusal, match="nothing to score"):
            run(params)  # type: ignore[operator]


@pytest.mark.parametrize("own", ["я" * 4000, "слово " * 600, "a b c d e f g h i j " * 3, "<x> " * 900])
def test_hostile_corpora(own: str) -> None:
    for lab, cls in ((surprisal_lab, SurpriseParams), (units_lab, UnitsParams), (sampling_lab, SamplingParams)):
        params = cls(own=own)
        if len(split_words(own)) < 20:
            with pytest.raises(Refusal, match="train on your own text"):
                lab.run(params)  # type: ignore[attr-defined]
        else:
            trace = lab.run(params)  # type: ignore[attr-defined]
            assert all(check.passed for check in lab.reference(trace))  # type: ignore[attr-defined]
            assert "own text" in trace.signature


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.__name__.split(".")[-1])
def test_at_most_seven_controls_in_sight(lab: object) -> None:
    cls: type[Params] = LABS[lab]  # type: ignore[index]
    in_sight = [knob for knob in cls.knobs().values() if not knob.folded]
    assert len(in_sight) <= 7
