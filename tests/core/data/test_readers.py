"""Readers on small files made here: records, and a sentence for what is none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.readers import (
    Analogy,
    Labelled,
    Pair,
    polar,
    read_analogies,
    read_labelled,
    read_lines,
    read_merges,
    read_pairs,
    split_of,
)
from core.errors import Refusal


def test_labelled_sentences():
    content = "\ufeff1_1\t-0.9\tNot  good at all .\r\n1_2\t3.5\tFun &amp; games\u2028again\r\n".encode()
    first, second = read_labelled(content, "made")
    assert first == Labelled("Not good at all .", -0.9, "made", split_of("not good at all ."))
    assert (second.text, second.score) == ("Fun & games again", 3.5)
    kept, signs = polar((first, second, Labelled("so so", 0.5, "made", "train")))
    assert kept == (first, second)
    assert signs == (False, True)


@pytest.mark.parametrize(
    "content",
    [b"1\t0.5", b"1\tx\ttext", b"1\t4.5\ttext", b"1\t0.5\t  ", b"1\t0.5\ta\tb", b"1\tnan\ttext", b"1\t0\t\xff"],
    ids=["cells", "number", "range", "blank", "many", "nan", "bytes"],
)
def test_what_is_no_labelled_sentence_is_refused(content):
    with pytest.raises(Refusal):
        read_labelled(b"0\t0\tfine\n" + content, "made")


def test_lines_are_tidied_and_each_stands_once():
    assert read_lines("Тише едешь — дальше будешь.\n\n  Тише  едешь — дальше будешь. \nДругое\n".encode(), "made") == (
        "Тише едешь — дальше будешь.",
        "Другое",
    )
    with pytest.raises(Refusal):
        read_lines(b"\n\n", "made")


def test_analogies_and_pairs():
    assert read_analogies(b": family members\nMan King Woman Queen\n\n", "made") == (
        Analogy("man", "king", "woman", "queen", "family members"),
    )
    with pytest.raises(Refusal, match="line 1"):
        read_analogies(b"three words only", "made")
    assert read_pairs(b"# a note\nTiger\tcat\t7.35\n", "made") == (Pair("tiger", "cat", 7.35),)
    with pytest.raises(Refusal, match="line 2"):
        read_pairs(b"a\tb\t1\nno score here", "made")


def test_merges_make_a_vocabulary():
    found = read_merges("#version: 0.2\nĠ t\nĠt h\n".encode(), "made")
    assert found.pairs == (("Ġ", "t"), ("Ġt", "h"))
    assert len(found.vocabulary) == 256 + 2 + 1
    assert (found.vocabulary[0], found.vocabulary[256:]) == ("!", ("Ġt", "Ġth", "<|endoftext|>"))
    for broken in ("one", "a b c", "a ", "#version: 0.2\n\na b"):
        with pytest.raises(Refusal):
            read_merges(broken.encode(), "made")


def test_a_file_of_too_many_lines_is_refused():
    with pytest.raises(Refusal, match="more than"):
        read_lines(b"a\n" * 200_001, "made")


@settings(deadline=None, max_examples=50)
@given(st.text(min_size=1, max_size=40))
def test_the_split_is_the_sentence_s_own(text):
    assert split_of(text) == split_of(f"  {text}\t")
    assert split_of(text, 0.0) == "train"
    assert split_of(text, 1.0) == "test"


def test_a_fifth_is_for_testing():
    sides = [split_of(f"sentence number {n}") for n in range(5000)]
    assert 0.18 < sides.count("test") / len(sides) < 0.22
    # Pinned: which sentences are for testing must never change.
    assert [n for n in range(30) if sides[n] == "test"] == [0, 4, 10, 17, 19, 20]
