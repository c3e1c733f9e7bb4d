"""The fast METEOR is the slow one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.metrics.meteor import meteor
from core.metrics.meteor_score import meteor_scores

WORDS = {
    "en": ("the", "cat", "cats", "sat", "sitting", "sit", "on", "mat", ".", "happy", "happily"),
    "ru": ("кот", "коты", "кота", "сидит", "сидел", "на", "ковре", "ковра", ".", "дом", "дома"),
}


@pytest.mark.parametrize("lang", ["en", "ru"])
@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_equals_the_trace(lang, data):
    text = st.lists(st.sampled_from(WORDS[lang]), max_size=14).map(" ".join)
    hypothesis, references = data.draw(text), data.draw(st.lists(text, min_size=1, max_size=3))
    slow = meteor(hypothesis, references, stages=("exact", "stem"), lang=lang)
    fast = meteor_scores([hypothesis], [references], lang=lang)
    assert fast[0] == pytest.approx(slow.value, abs=1e-12)


def test_parameters_are_used():
    hypothesis, reference = "the cat sat on the mat", "on the mat sat the cat"
    options = {"alpha": 0.5, "beta": 1.0, "gamma": 0.9}
    slow = meteor(hypothesis, [reference], stages=("exact", "stem"), **options).value
    assert meteor_scores([hypothesis], [[reference]], **options)[0] == pytest.approx(slow, abs=1e-12)
    assert slow != pytest.approx(meteor(hypothesis, [reference], stages=("exact", "stem")).value)
