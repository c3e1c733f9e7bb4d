"""The labs of named entities: editing, failures, arithmetic, the corpus; and every number that their prose states."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arithmetic import join
from core.errors import Refusal
from core.figures.spans import corpus_data, sentence_data
from core.i18n import LANGS, Lang
from core.metrics import entities_corpus as corpus
from core.metrics import entities_edit as edit
from core.metrics import entities_explain as explain
from core.metrics import entities_lab as lab
from core.metrics.entities import CREDITS, KINDS, Span, decode, entity_f1, write_tags
from core.tables import to_csv, to_script

SOME = settings(deadline=None, max_examples=120)
TEXTS = Path(__file__).resolve().parents[3] / "assets" / "text"
CASES = [case for case in lab.CASES if case != lab.HAND]

scheme = st.sampled_from(["IOB2", "IOBES"])
kind = st.sampled_from(["PER", "LOC", "GPE-CITY"])


def any_tags(prefixes: str, length: int = 9) -> st.SearchStrategy[tuple[str, ...]]:
    """Tags of one sentence, whether or not they can follow each other."""
    tag = st.one_of(st.just("O"), st.tuples(st.sampled_from(prefixes), kind).map("-".join))
    return st.lists(tag, min_size=1, max_size=length).map(tuple)


def trace(lang: Lang = "en", name: str = "poet", **values: str) -> lab.EntitiesTrace:
    return lab.run(lab.EntitiesParams(text=lab.SENTENCES[name].get(lang), **values))


# --- tokens and tags


def test_words_and_marks_are_tokens() -> None:
    assert edit.split_tokens("Санкт-Петербург, «Невы» — don't 3.5!") == (
        "Санкт-Петербург", ",", "«", "Невы", "»", "—", "don't", "3", ".", "5", "!",
    )  # fmt: skip
    assert edit.split_tokens(" \t\x00\u202e ") == ()
    assert len(edit.split_tokens("a " * 500)) == edit.MAX_TOKENS


def test_the_longest_name_wins() -> None:
    tokens = edit.split_tokens("Moscow Art Theatre is in Moscow")
    assert edit.find_names(tokens) == (Span(0, 3, "ORG"), Span(5, 6, "LOC"))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", lab.SENTENCES)
def test_the_sentences_of_the_house_have_entities(name: str, lang: Lang) -> None:
    tokens = edit.split_tokens(lab.SENTENCES[name].get(lang))
    spans = edit.find_names(tokens)
    assert len(spans) == {"poet": 3, "drawer": 1, "river": 4, "theatre": 4}[name]
    assert all(span.type in edit.TYPES for span in spans)


@SOME
@given(st.data(), scheme)
def test_short_tags_are_read_back(data: st.DataObject, written: str) -> None:
    tags = data.draw(any_tags("BI" if written == "IOB2" else "BIES"))
    assert edit.read_short(edit.shorten(tags, written), len(tags)).tags == tags
    again = edit.read_short(edit.shorten(tags, written), len(tags))
    assert edit.write_in(again, written) == tags or all(tag == "O" for tag in tags)


def test_short_tags_by_hand() -> None:
    assert edit.shorten(["O", "O", "B-PER", "I-PER", "O", "B-LOC", "O"], "IOB2") == "2 B-PER I-PER 1 B-LOC"
    assert edit.shorten(["B-PER", "I-PER"], "IOBES") == "IOBES B-PER I-PER"
    assert edit.shorten(["O", "O"], "IOBES") == "0"
    assert edit.read_short("1 B-PER", 4).tags == ("O", "B-PER", "O", "O")
    assert edit.read_short("99999999 B-PER", 2).tags == ("O", "O")
    assert edit.read_short("U-PER B-LOC L-LOC", 3) == edit.Written("IOBES", ("S-PER", "B-LOC", "E-LOC"))
    assert edit.read_short("", 2).tags == ("O", "O")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("PER", "“PER”"),
        ("B-PER ²", "“²”"),
        ("-1", "“-1”"),
        ("<script>", "<script>"),
        (" ".join(f"B-{n}" for n in range(9)), "9 entity types"),
        ("B-" + "x" * 99, "is not a tag"),
    ],
)
def test_tags_that_are_none_are_refused(words: str, says: str) -> None:
    with pytest.raises(Refusal) as refused:
        edit.read_short(words, 12)
    assert says in refused.value.text.en


@SOME
@given(any_tags("BIES"), scheme)
def test_writing_in_another_scheme_keeps_the_spans(tags: tuple[str, ...], target: str) -> None:
    spans = decode(tags)
    for source in ("IOB2", "IOBES"):
        fair = edit.Written(source, write_tags(spans, len(tags), source))
        assert edit.write_in(fair, target) == write_tags(spans, len(tags), target)
    # Broken ones keep to the letters of the scheme, or a strict reading would refuse them.
    broken = edit.write_in(edit.Written("IOBES", tags), target)
    decode(broken, "strict", target)
    assert [tag == "O" for tag in broken] == [tag == "O" for tag in tags]


@SOME
@given(any_tags("BIES"))
def test_broken_tags_are_those_that_a_strict_reading_drops(tags: tuple[str, ...]) -> None:
    broken = edit.broken_tags(tags, "IOBES")
    mended = ["O" if i in broken else tag for i, tag in enumerate(tags)]
    assert decode(mended, "strict", "IOBES") == decode(tags, "strict", "IOBES")
    assert edit.broken_tags(mended, "IOBES") == ()


@SOME
@given(any_tags("BIES"), scheme, st.data())
def test_marking_makes_exactly_that_span(tags: tuple[str, ...], target: str, data: st.DataObject) -> None:
    tags = edit.write_in(edit.Written("IOBES", write_tags(decode(tags), len(tags), "IOBES")), target)
    start = data.draw(st.integers(0, len(tags) - 1))
    end = data.draw(st.integers(start + 1, len(tags)))
    marked = edit.mark(tags, start, end, "ORG", target)
    spans = decode(marked, "strict", target)
    assert Span(start, end, "ORG") in spans
    erased = edit.mark(marked, start, end, "", target)
    assert all(tag == "O" for tag in erased[start:end])
    # What lies outside is still covered as before.
    outside = [i for i in range(len(tags)) if not start <= i < end]
    assert [erased[i] == "O" for i in outside] == [tags[i] == "O" for i in outside]
    far = [span for span in decode(tags) if span.end <= start or span.start >= end]
    assert set(far) <= set(spans)


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (1, 1), (2, 1), (0, 4)])
def test_marking_nothing_is_refused(start: int, end: int) -> None:
    with pytest.raises(Refusal):
        edit.mark(["O"] * 3, start, end, "PER", "IOB2")


def test_a_tag_goes_round_its_scheme() -> None:
    for name, letters in (("IOB2", "BIO"), ("IOBES", "BIESO")):
        tags: tuple[str, ...] = ("O", "B-LOC")
        seen = []
        for _ in letters:
            tags = edit.cycle(tags, 0, "PER", name)
            seen.append(tags[0][0])
        assert "".join(seen) == letters
        assert tags == ("O", "B-LOC")
    assert edit.cycle(("I-LOC",), 0, "PER", "IOB2") == ("B-PER",)
    assert edit.cycle(("O",), 5, "PER", "IOB2") == ("O",)


# --- failures


@SOME
@given(any_tags("BIES", 14), scheme, st.sampled_from(CASES))
def test_every_failure_can_be_written(tags: tuple[str, ...], target: str, case: str) -> None:
    true = decode(tags)
    predicted = edit.fail_like(case, true, len(tags), target)
    assert len(predicted) == len(tags)
    if case != "broken":
        assert edit.broken_tags(predicted, target) == ()
    if case == "right":
        assert decode(predicted) == true
    if case == "nothing":
        assert set(predicted) <= {"O"}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", lab.SENTENCES)
def test_failures_do_what_their_names_say(name: str, lang: Lang) -> None:
    def kinds(case: str) -> set[str]:
        return {pair.kind for pair in trace(lang, name, case=case).score.pairs}

    assert kinds("ends") == {"wrong_boundary"}
    assert kinds("types") == {"wrong_type"}
    assert kinds("nothing") == {"missed"}
    assert kinds("right") == kinds("broken") == {"correct"}
    if name != "drawer":  # its only entity is one word long
        assert kinds("split") == {"correct", "wrong_boundary", "spurious"}
        assert {"correct", "wrong_type", "wrong_boundary"} < kinds("mixed")


# --- the lab of one sentence


@pytest.mark.parametrize("case", lab.CASES)
@pytest.mark.parametrize("mode", ["lenient", "strict"])
@pytest.mark.parametrize("written", ["IOB2", "IOBES"])
def test_run_is_the_plain_function(case: str, mode: str, written: str) -> None:
    predicted = "IOBES 2 S-PER I-PER 3 B-LOC" if written == "IOBES" else "2 I-PER B-PER 3 B-LOC"
    t = trace("ru", "poet", case=case, mode=mode, scheme=written, average="macro", predicted=predicted)
    plain = entity_f1([t.true], [t.predicted], "macro", mode, written)
    assert t.score.value == plain.value
    assert t.score.credits == plain.credits
    assert t.other.mode != mode
    checks = lab.reference(t)
    assert all(check.passed for check in checks)
    assert len(checks) == 4 or not t.score.types
    for k, credit in enumerate(CREDITS):
        c = plain.credits[credit]
        assert t.earned[:, k].sum() == c.correct + c.partial / 2
    for n, pair in enumerate(t.score.pairs):
        assert np.isnan(t.fixed[n]).all() == (pair.kind == "correct")


def test_putting_all_right_one_by_one_ends_at_one() -> None:
    t = trace(case="mixed")
    seen = [t.score.credits["strict"].value]
    while any(pair.kind != "correct" for pair in t.score.pairs):
        n = next(i for i, pair in enumerate(t.score.pairs) if pair.kind != "correct")
        expected = t.fixed[n, CREDITS.index("strict")]
        t = trace(case=lab.HAND, predicted=edit.shorten(lab.put_right(t, n), "IOB2"))
        assert t.score.credits["strict"].value == expected
        seen.append(expected)
    assert seen == sorted(set(seen))
    assert seen[-1] == 1
    assert t.true == t.predicted


def test_edits_of_both_sides() -> None:
    t = trace(case="nothing", true="0")
    assert t.score.credits["strict"].value == 0
    assert t.score.types == ()
    marked = lab.edit(t, "true", 2, 4, "PER")
    assert decode(marked) == (Span(2, 4, "PER"),)
    assert lab.edit(t, "predicted", 0, 1, "LOC")[0] == "B-LOC"
    assert lab.turn_tag(t, "predicted", 1, "LOC")[:2] == ("O", "B-LOC")
    assert lab.turn_tag(t, "true", 1, "LOC")[:2] == ("O", "B-LOC")


def test_own_sentences_need_no_names() -> None:
    t = lab.run(lab.EntitiesParams(text="nobody here", case=lab.HAND))
    assert t.score.pairs == ()
    assert t.score.token_accuracy == 1
    assert lab.run(lab.EntitiesParams(text="nobody here", case=lab.HAND, zero="1")).score.value == 1
    assert lab.run(lab.EntitiesParams(text="w " * 61)).was_cut
    assert not lab.run(lab.EntitiesParams(text="w " * 60)).was_cut


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"text": "  "}, "nothing to mark"),
        ({"text": "\u202e"}, "nothing to mark"),
        ({"true": "PER"}, "True tags. Tag 1, “PER”"),
        ({"case": lab.HAND, "predicted": "2 Q-LOC"}, "Predicted tags. Tag 3, “Q-LOC”"),
    ],
)
def test_the_lab_refuses_with_a_sentence(values: dict[str, str], says: str) -> None:
    with pytest.raises(Refusal) as refused:
        lab.run(lab.EntitiesParams(**values))
    assert says in refused.value.text.en
    assert re.search("[а-я]", refused.value.text.ru)


# --- arithmetic, tables, pictures


def result_of(formulas: Sequence[object]) -> list[str]:
    return [part.text for formula in formulas for part in formula if part.kind == "result"]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("average", ["micro", "macro", "weighted"])
def test_arithmetic_ends_in_the_numbers_of_the_trace(case: str, average: str, lang: Lang) -> None:
    t = trace(lang, "theatre", case=case, average=average, credit="partial")

    def close(text: str, value: float) -> bool:
        return math.isclose(float(text.replace("−", "-")), value, abs_tol=5e-4)

    for picked in explain.sentence_picks(t):
        found = result_of(explain.explain(t, picked, lang))
        what, _, which = picked.partition(".")
        if what == "tokens":
            expected = [t.score.token_accuracy]
        elif what == "credit":
            c = t.score.credits[which]
            expected = [c.precision, c.recall, c.value]
        elif what == "type":
            k = t.score.types.index(which)
            expected = [t.score.precision[k], t.score.recall[k], t.score.f1[k]]
        elif what == "average":
            expected = [t.score.value]
        else:
            fixed = t.fixed[int(which), CREDITS.index("partial")]
            expected = [] if np.isnan(fixed) else [fixed]
        assert len(found) == len(expected), picked
        assert all(map(close, found, expected)), (picked, found, expected)


def test_arithmetic_by_hand() -> None:
    t = trace(case="ends", credit="partial")
    lines = [join(f) for f in explain.explain(t, "credit.partial", "en")]
    assert lines[0].startswith("precision = (0 + ½·3) / 3 = 0.500")
    assert lines[2].startswith("F1 = 2·1.500 / (3 + 3) = 0.500")
    assert join(explain.explain(t, "tokens", "en")[0]).startswith("token accuracy = 27 / 30 = 0.900")
    pair = [join(f) for f in explain.explain(t, "pair.0", "en")]
    assert pair[0] == "“Alexander Pushkin” PER → “Alexander” PER: wrong boundary"
    assert pair[1] == "worth: strict 0 · exact 0 · partial ½ · type 1"
    nothing = [join(f) for f in explain.explain(trace(case="nothing"), "credit.strict", "en")]
    assert nothing[0].startswith("precision = 0 / 0, which counts as 0")
    assert "0 / 0" in join(explain.explain(trace(case="nothing", true="0"), "average", "en")[0])


def test_tables_are_finite_where_they_must_be_and_the_script_agrees() -> None:
    t = trace(case="mixed")
    tables = lab.tables(t)
    for table in tables:
        assert table.values.shape == (len(table.rows), len(table.cols)), table.name
        assert np.isfinite(table.values).all() or table.name.startswith("F1 after")
    assert "token accuracy" in to_csv(tables)
    exec(compile(to_script(lab.run, t.params, tables), "script", "exec"), {})
    small = corpus.run(corpus.CorpusParams())
    for table in corpus.tables(small):
        assert table.values.shape == (len(table.rows), len(table.cols)), table.name
        assert np.isfinite(table.values).all()
    exec(compile(to_script(corpus.run, small.params, corpus.tables(small)), "script", "exec"), {})


@pytest.mark.parametrize("lang", LANGS)
def test_pictures_carry_the_numbers_and_only_known_picks(lang: Lang) -> None:
    t = trace(lang, "poet", case="mixed", credit="type")
    data = sentence_data(t, picked="tokens", lang=lang, is_editable=True)
    ids = {row["id"] for table in data["tables"] for row in table["rows"]} | {dial["id"] for dial in data["dials"]}
    assert ids == set(explain.sentence_picks(t))
    (strip,) = data["strips"]
    assert strip["tokens"] == list(t.tokens)
    assert strip["right"].count(True) == round(t.score.token_accuracy * len(t.tokens))
    assert [span["verdict"] for span in strip["spans"]["predicted"]] == [
        "right" if t.earned[n, CREDITS.index("type")] else "wrong"
        for n, pair in enumerate(t.score.pairs)
        if pair.predicted
    ]
    assert data["dials"][1]["value"] == t.score.credits["type"].value
    big = corpus.run(corpus.CorpusParams.default(lang))
    data = corpus_data(big, picked="kind.missed", lang=lang)
    ids = {row["id"] for table in data["tables"] for row in table["rows"]} | {dial["id"] for dial in data["dials"]}
    assert ids == set(explain.corpus_picks(big))
    assert len(data["strips"]) == len(big.sentences_with("missed"))
    assert len(corpus_data(big, picked="tokens", lang=lang)["strips"]) == len(big.sentences_with(None))


# --- the corpus


def test_lines_are_read_as_conlleval_reads_them() -> None:
    text = "-DOCSTART- X O O\n\n\nA NNP B-PER B-PER\nb VB O O\n  \nC\tO\tB-LOC\r\n"
    tokens, true, predicted = corpus.read_lines(text)
    assert tokens == (("A", "b"), ("C",))
    assert true == (("B-PER", "O"), ("O",))
    assert predicted == (("B-PER", "O"), ("B-LOC",))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no lines yet"),
        ("\n\n", "no lines yet"),
        ("a O O\nb O", "Line 2 has 2 of the three"),
        ("a O O\nb O Z-PER", "Sentence 1. Tag 2, “Z-PER”"),
        ("a O O\n" * (corpus.MAX_LINES + 1), "20001 lines are too many"),
    ],
)
def test_lines_that_cannot_be_read_are_named(text: str, says: str) -> None:
    with pytest.raises(Refusal) as refused:
        corpus.run(corpus.CorpusParams(file=text, lines=""))
    assert says in refused.value.text.en


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("credit", CREDITS)
def test_corpus_is_the_plain_function(lang: Lang, credit: str) -> None:
    t = corpus.run(corpus.CorpusParams.default(lang).model_copy(update={"credit": credit}))
    assert all(check.passed for check in corpus.reference(t))
    assert t.counts.sum() == len(t.score.pairs)
    assert [t.score.count(name) for name in KINDS] == t.counts.sum(axis=1).tolist()
    assert (t.counts.sum(axis=1) > 0).all(), "the example has every kind of error"
    value = t.score.credits[credit].value
    assert t.low < value < t.high
    assert (t.fixed >= value).all()
    for found, name in zip(t.fixed, corpus.ERRORS, strict=True):
        line = explain.explain_corpus(t, f"kind.{name}", lang)
        assert result_of(line) == [f"{found:.3f}"]
    assert t.other is not None
    assert t.other.credits["strict"].value < t.score.credits["strict"].value


def test_putting_every_kind_right_in_turn_ends_at_one() -> None:
    t = corpus.run(corpus.CorpusParams())
    tags = list(t.score.tags_predicted)
    # What is spurious goes first: it may stand where a true entity belongs.
    for pair in sorted(t.score.pairs, key=lambda pair: pair.kind != "spurious"):
        if pair.kind != "correct":
            tags[pair.sentence] = lab.repair(pair, tags[pair.sentence], "IOB2")
    assert entity_f1(t.score.tags_true, tags).value == 1


def test_a_certain_score_has_no_interval() -> None:
    right = corpus.run(corpus.CorpusParams(file="A B-PER B-PER\n\nb O O"))
    assert (right.low, right.high) == (0.0, 1.0), "a draw without the only entity scores 0 / 0"
    every = corpus.run(corpus.CorpusParams(file="A B-PER B-PER\n\nB B-PER B-PER"))
    assert (every.low, every.high) == (1.0, 1.0)
    empty = corpus.run(corpus.CorpusParams(file="a O O"))
    assert empty.score.pairs == ()
    assert (empty.low, empty.high) == (0.0, 0.0)


def test_a_scheme_that_the_tags_do_not_follow() -> None:
    t = corpus.run(corpus.CorpusParams(file="a S-PER S-PER\nb B-LOC B-LOC\nc E-LOC E-LOC"))
    assert t.score.value == 1
    assert t.other is None, "IOB2 does not know S and E"
    with pytest.raises(Refusal):
        corpus.run(corpus.CorpusParams(file="a S-PER S-PER", mode="strict"))
    strict = corpus.run(corpus.CorpusParams(file="a U-PER U-PER", mode="strict", scheme="BILOU"))
    assert strict.score.value == 1


def test_the_interval_does_not_depend_on_the_visit() -> None:
    a, b = corpus.run(corpus.CorpusParams()), corpus.run(corpus.CorpusParams())
    assert (a.low, a.high) == (b.low, b.high)


# --- what the prose says


def strict(t: lab.EntitiesTrace) -> float:
    return t.score.credits["strict"].value


@pytest.mark.parametrize("lang", LANGS)
def test_claims_about_the_first_sentence(lang: Lang) -> None:
    ends = trace(lang, case="ends")
    assert len(ends.tokens) == 30
    assert sum(ends.right_tokens) == 27
    assert ends.score.token_accuracy == 0.9
    assert ends.score.entity_token_accuracy == {"en": 0.625, "ru": 0.7}[lang]
    assert {c: ends.score.credits[c].value for c in ("strict", "partial", "type")} == {
        "strict": 0, "partial": 0.5, "type": 1,
    }  # fmt: skip
    types = trace(lang, case="types").score.credits
    assert [types[c].value for c in ("strict", "exact", "partial", "type")] == [0, 1, 1, 0]
    in_iobes = trace(lang, case="ends", scheme="IOBES")
    assert in_iobes.score.token_accuracy == 0.8
    assert in_iobes.score.credits == ends.score.credits
    split = trace(lang, case="split").score.credits["strict"]
    assert (split.correct, split.actual, split.possible) == (2, 4, 3)
    assert f"{split.value:.3f}" == "0.571"
    broken = trace(lang, case="broken")
    assert (strict(broken), broken.other.credits["strict"].value) == (1, 0)
    drawer = trace(lang, "drawer", case="nothing")
    assert (len(drawer.tokens), drawer.score.token_accuracy, strict(drawer)) == (20, 0.95, 0)
    assert [trace(lang, case="nothing", zero=z).score.credits["strict"].precision for z in "01"] == [0, 1]


@pytest.mark.parametrize("lang", LANGS)
def test_silence_beats_a_wrong_boundary(lang: Lang) -> None:
    right = trace(lang, case="right")
    first = right.score.spans_true[0][0]
    short = edit.shorten(lab.edit(right, "predicted", first.end - 1, first.end, ""), "IOB2")
    silent = edit.shorten(lab.edit(right, "predicted", first.start, first.end, ""), "IOB2")
    a, b = (trace(lang, case=lab.HAND, predicted=words) for words in (short, silent))
    assert [pair.kind for pair in a.score.pairs] == ["wrong_boundary", "correct", "correct"]
    assert (f"{strict(a):.3f}", f"{strict(b):.1f}") == ("0.667", "0.8")
    assert a.score.credits["partial"].value > b.score.credits["partial"].value


def test_claims_about_the_example_corpus() -> None:
    said = {"en": ("0.667", "0.44", "0.87"), "ru": ("0.684", "0.47", "0.88")}
    for lang, (value, low, high) in said.items():
        t = corpus.run(corpus.CorpusParams.default(lang))
        assert len(t.tokens) == 8
        assert (f"{t.score.value:.3f}", f"{t.low:.2f}", f"{t.high:.2f}") == (value, low, high)
        prose = (TEXTS / f"ner_metrics.{lang}.md").read_text(encoding="utf-8")
        assert all(number.replace(".", "," if lang == "ru" else ".") in prose for number in said[lang])
    assert corpus.DRAWS == 1000


@pytest.mark.parametrize("lang", LANGS)
def test_the_prose_names_the_cases_as_the_menu_does(lang: Lang) -> None:
    prose = (TEXTS / f"ner_metrics.{lang}.md").read_text(encoding="utf-8")
    for case in ("ends", "types", "split", "broken"):
        assert f"*{lab.CASES[case].get(lang)}*" in prose
