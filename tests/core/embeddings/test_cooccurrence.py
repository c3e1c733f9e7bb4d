"""Counting: by hand, against loops and against scikit-learn's one-hot matrices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arithmetic import join
from core.embeddings.cooccurrence import (
    CountParams,
    by_product,
    count,
    explain,
    pairs,
    place,
    read_text,
    reference,
    run,
    tables,
    vocabulary_of,
    window_matrix,
)
from core.errors import Refusal
from core.i18n import LANGS


def by_loops(words, sentence, size, window, *, is_near_more, is_symmetric):
    """The definition, pair by pair."""
    X = np.zeros((size, size))
    for a, i in enumerate(words):
        for b, j in enumerate(words):
            d = abs(a - b)
            if 0 < d <= window and sentence[a] == sentence[b] and (is_symmetric or b < a):
                X[i, j] += 1 / d if is_near_more else 1
    return X


def test_three_words_by_hand():
    trace = run(CountParams(text="a b c", reach=2))
    assert trace.vocabulary == ("a", "b", "c")
    assert trace.X.tolist() == [[0, 1, 0.5], [1, 0, 1], [0.5, 1, 0]]
    left = run(CountParams(text="a b c", reach=2, is_symmetric=False))
    assert left.X.tolist() == [[0, 0, 0], [1, 0, 0], [0.5, 1, 0]]
    flat = run(CountParams(text="a b c", reach=2, is_near_more=False))
    assert flat.X.tolist() == [[0, 1, 1], [1, 0, 1], [1, 1, 0]]


def test_a_word_can_stand_near_itself():
    assert run(CountParams(text="no no no", reach=2)).X.tolist() == [[5.0]]


def test_no_window_crosses_the_end_of_a_sentence():
    trace = run(CountParams(text="a b. c d! a c", reach=8))
    row = {word: k for k, word in enumerate(trace.vocabulary)}
    assert trace.X[row["b"], row["c"]] == 0
    assert trace.X[row["a"], row["c"]] == 1


def test_words_outside_the_vocabulary_leave_no_gap():
    ids, sentence = place((("a", "x", "b"),), ("a", "b"))
    assert ids.tolist() == [0, 1]
    assert count(ids, sentence, 2, 1, is_near_more=True, is_symmetric=True)[0, 1] == 1


@given(
    st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=30),
    st.integers(1, 8),
    st.booleans(),
    st.booleans(),
)
@settings(deadline=None, max_examples=60)
def test_count_equals_the_definition_and_the_product(text, window, is_near_more, is_symmetric):
    ids = np.array([word for word, _ in text])
    sentence = np.cumsum([is_new for _, is_new in text])
    how = {"is_near_more": is_near_more, "is_symmetric": is_symmetric}
    ours = count(ids, sentence, 5, window, **how)
    np.testing.assert_allclose(ours, by_loops(ids, sentence, 5, window, **how), atol=1e-12)
    words = [f"w{k}" for k in ids]
    band = window_matrix(len(ids), window, **how)
    np.testing.assert_allclose(ours, by_product(words, sentence, [f"w{k}" for k in range(5)], band), atol=1e-12)
    if is_symmetric:
        assert np.array_equal(ours, ours.T)


def test_pairs_come_centre_by_centre():
    centre, context = pairs(np.zeros(6, np.int64), 2, is_symmetric=True)
    assert (np.diff(centre) >= 0).all()
    assert all((np.diff(context[centre == c]) > 0).all() for c in range(6))


def test_text_is_read_as_sentences_of_words():
    assert read_text("Кошка — это кошка! Don't, well-known.\nA") == (
        ("кошка", "это", "кошка"),
        ("don't", "well-known"),
        ("a",),
    )
    assert vocabulary_of((("b", "a", "a"), ("c",)), 1, 2) == ("a", "b")
    assert vocabulary_of((("b", "a", "a"), ("c",)), 2) == ("a",)


@pytest.mark.parametrize("text", ["", "   ", "one", "one. two. three", "!!!"])
def test_a_text_without_pairs_is_refused(text):
    with pytest.raises(Refusal):
        run(CountParams(text=text))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("is_symmetric", [True, False])
def test_reference_and_arithmetic(lang, is_symmetric):
    trace = run(CountParams.default(lang).model_copy(update={"is_symmetric": is_symmetric}))
    assert all(check.passed for check in reference(trace))
    assert np.isfinite(tables(trace)[0].values).all()
    for i in range(3):
        for j in range(len(trace.vocabulary)):
            first = join(explain(trace, i, j, lang)[0])
            terms = first.split(" = ")[1].split(" ")[0::2] if trace.X[i, j] else ["0"]
            summed = sum(1 / int(t[2:]) if t.startswith("1/") else float(t) for t in terms if t)
            assert summed == pytest.approx(trace.X[i, j])
    words = trace.vocabulary
    last = [join(explain(trace, i, j, lang)[-1]) for i in range(len(words)) for j in range(len(words))]
    has_other = any("differs" in line or "другая" in line for line in last)
    assert has_other == (not is_symmetric)
