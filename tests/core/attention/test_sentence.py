"""The sentence lab: what is opened is what the encoder computed, and what is written about it is true."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.arithmetic import Cell, join
from core.attention.explain_sentence import explain_weight
from core.attention.heads import ROLES, rollout
from core.attention.sentence import (
    BUNDLED,
    EXAMPLE,
    MAX_TOKENS,
    InputParams,
    SentenceParams,
    attend,
    head_order,
    look,
    reference,
    run,
    summarize,
    tables,
)
from core.errors import Refusal
from core.models.hub import HUB_MODELS
from core.params import Choice

LANGS = ("en", "ru")


@pytest.fixture(scope="module", params=LANGS)
def trace(request):
    return run(SentenceParams.default(request.param))


def test_rows_are_distributions(trace):
    np.testing.assert_allclose(trace.A.sum(1), 1, atol=1e-5)
    assert trace.A.shape == (len(trace.tokens),) * 2


def test_opened_head_is_the_one_asked_for(trace):
    np.testing.assert_array_equal(trace.A, trace.attention.weights[trace.layer, trace.head].astype(np.float64))
    assert (trace.layer, trace.head) == (trace.params.layer - 1, trace.params.head - 1)


def test_default_head_looks_at_the_next_token(trace):
    share = trace.summary.roles["next"][trace.layer, trace.head]
    assert share > 0.9
    assert trace.summary.ranked("next")[0][:2] == (trace.layer, trace.head)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("view", ["heads", "rollout"])
def test_reference_agrees_for_every_layer(lang, view):
    base = SentenceParams.default(lang)
    attention = attend(base.input())
    summary = summarize(attention)
    for layer in range(1, 13):
        opened = look(attention, summary, base.model_copy(update={"look": view, "layer": layer, "head": layer}))
        checks = reference(opened)
        assert checks
        assert all(check.passed for check in checks), (layer, checks)


def test_reference_can_fail(trace):
    wrong = np.array(trace.A)
    wrong[0] = wrong[0][::-1]
    broken = type(trace)(**{**trace.__dict__, "A": wrong})
    assert not all(check.passed for check in reference(broken))


def test_rollout_view_is_the_product_up_to_the_layer():
    params = SentenceParams(look="rollout", layer=5)
    opened = run(params)
    np.testing.assert_allclose(opened.A, rollout(opened.attention.weights)[5], atol=1e-12)
    np.testing.assert_allclose(opened.A.sum(1), 1, atol=1e-5)


def test_second_head_and_pair():
    opened = run(SentenceParams(is_beside=True, layer_b=1, head_b=3, pair="It slept."))
    assert opened.second_at == (0, 2)
    np.testing.assert_array_equal(opened.second, opened.attention.weights[0, 2].astype(np.float64))
    start = opened.tokens.second_start
    assert start is not None
    assert set(opened.tokens.sentence[start:-1]) == {1}


def test_a_head_the_model_does_not_have_becomes_its_last(trace):
    small = type(trace.attention)(
        tokens=trace.tokens,
        weights=trace.attention.weights[:2, :3],
        hidden=trace.attention.hidden[:3],
        signature="small",
    )
    opened = look(small, summarize(small), SentenceParams(layer=12, head=12))
    assert (opened.layer, opened.head) == (1, 2)


def test_heads_are_ordered_by_their_measured_share(trace):
    for role in ROLES:
        shares = [trace.summary.roles[role][layer, head] for layer, head, _ in head_order(trace.summary, role)]
        assert shares == sorted(shares, reverse=True)
    by_layer = head_order(trace.summary, "layer")
    assert [(a, b) for a, b, _ in by_layer] == sorted((a, b) for a, b, _ in by_layer)


def test_long_text_is_cut_and_says_so():
    attention = attend(InputParams(text="кот " * 100))
    assert attention.tokens.was_cut
    assert len(attention.tokens) == MAX_TOKENS


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b" * 0])
def test_nothing_to_read_is_a_sentence(text):
    with pytest.raises(Refusal):
        attend(InputParams(text=text))


def test_hub_models_are_on_the_menu():
    knob = SentenceParams.knobs()["model"]
    assert isinstance(knob, Choice)
    assert list(knob.options) == [BUNDLED, *(model.id for model in HUB_MODELS)]
    assert {"google-bert/bert-base-uncased", "cointegrated/rubert-tiny2", "openai-community/gpt2"} <= set(knob.options)


def test_unreachable_hub_model_is_a_sentence(monkeypatch, tmp_path):
    monkeypatch.delenv("VIDNO_HUB", raising=False)
    with pytest.raises(Refusal, match="VIDNO_HUB"):
        run(SentenceParams(model="openai-community/gpt2"))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("view", ["heads", "rollout"])
def test_arithmetic_ends_in_the_number_shown(lang, view):
    opened = run(SentenceParams.default(lang).model_copy(update={"look": view}))
    n = len(opened.tokens)
    for i, j in [(0, 0), (1, n - 1), (n - 1, 2), (2, 3)]:
        formulas = explain_weight(opened, Cell("A", i, j), lang)
        result = next(part.text for part in formulas[0] if part.kind == "result")
        assert float(result.replace("−", "-")) == pytest.approx(opened.A[i, j], abs=6e-5)
        assert "Σ = 1.000" in join(formulas[-1])


def test_terms_of_the_arithmetic_make_the_weight():
    opened = run(SentenceParams())
    formula = explain_weight(opened, Cell("A", 2, 3), "en")[0]
    powers = [float(part.power.replace("−", "-")) for part in formula if part.power]
    top, below = powers[0], powers[1:]
    assert top == below[0]
    share = np.exp(top) / np.exp(below).sum()
    assert share == pytest.approx(opened.A[2, 3], abs=0.01)


def test_tables_hold_every_number_once(trace):
    made = tables(trace)
    names = [table.name for table in made]
    assert len(names) == len(set(names))
    assert made[0].values.shape == (len(trace.tokens),) * 2
    assert {f"share: {ROLES[role].en}" for role in ROLES} <= set(names)


@pytest.mark.parametrize("lang", LANGS)
def test_prose_more_than_half_of_the_attention_goes_to_special_tokens(lang):
    summary = run(SentenceParams(text=EXAMPLE.get(lang))).summary
    assert summary.roles["special"].mean() > 0.5


def test_pass_is_the_same_on_every_run():
    a, b = attend(InputParams()), attend(InputParams())
    assert torch.equal(torch.tensor(a.weights), torch.tensor(b.weights))
