"""The experiment "is attention an explanation?": its parts by hand, and the claims made about it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.attention.explanation import attention_received, flatten_heads, leave_one_out, reference, run, tables
from core.attention.sentence import EXAMPLE, InputParams, attend
from core.errors import Refusal
from core.models.bundled import load_encoder


@pytest.fixture(scope="module", params=["en", "ru"])
def trace(request):
    return run(InputParams(text=EXAMPLE.get(request.param)))


def vector(ids, mask=None):
    encoder = load_encoder().module
    with torch.inference_mode():
        hidden = encoder(torch.tensor([ids]), mask=mask).hidden[-1][0].double()
    if mask is not None:
        hidden = hidden[mask[0]]
    mean = hidden.mean(0)
    return mean / mean.norm()


def test_received_attention_is_shared_among_words(trace):
    assert trace.received.sum() == pytest.approx(1)
    A = attend(trace.params).weights.astype(np.float64).mean((0, 1))
    by_hand = np.array([sum(A[i, j] for i in trace.words if i != j) for j in trace.words])
    np.testing.assert_allclose(trace.received, by_hand / by_hand.sum(), rtol=1e-9)


def test_leaving_out_is_a_mask_over_one_token(trace):
    whole = vector(trace.tokens.ids)
    for n in (0, len(trace.words) - 1):
        mask = torch.ones(1, len(trace.tokens), dtype=torch.bool)
        mask[0, trace.words[n]] = False
        expected = 1 - float(whole @ vector(trace.tokens.ids, mask))
        assert trace.effect[n] == pytest.approx(expected, abs=1e-5)


def test_uniform_head_equals_a_run_with_that_head_replaced(trace):
    encoder = load_encoder().module
    ids = torch.tensor([trace.tokens.ids])
    layer, head = 2, 6
    with torch.inference_mode():
        hidden = encoder(ids).hidden
        steps = encoder.layers[layer].attention(hidden[layer])
        weights = steps.weights.clone()
        weights[:, head] = 1 / len(trace.tokens)
        block = encoder.layers[layer]
        context = (weights @ steps.v).transpose(1, 2).flatten(2)
        attended = block.norm_attention(hidden[layer] + block.attention.W_O(context))
        x = block.norm_ff(attended + block.W_2(torch.nn.functional.gelu(block.W_1(attended))))
        for after in encoder.layers[layer + 1 :]:
            x = after(x).out
    mean = x[0].double().mean(0)
    expected = 1 - float(vector(trace.tokens.ids) @ (mean / mean.norm()))
    assert trace.shift[layer, head] == pytest.approx(expected, abs=1e-5)


def test_distance_from_uniform_is_a_total_variation():
    tokens = attend(InputParams(text="one two three")).tokens
    n = len(tokens)
    uniform = np.full((12, 12, n, n), 1 / n, dtype=np.float32)
    one_hot = np.zeros_like(uniform)
    one_hot[..., 0] = 1
    assert flatten_heads(tokens, uniform)[1].max() == pytest.approx(0, abs=1e-6)
    np.testing.assert_allclose(flatten_heads(tokens, one_hot)[1], 1 - 1 / n, rtol=1e-6)


def test_reference_and_tables(trace):
    assert all(check.passed for check in reference(trace))
    assert [table.name for table in tables(trace)] == ["tokens", "shift when uniform", "distance from uniform"]


def test_claim_mean_and_rollout_rank_the_words_differently(trace):
    assert trace.tau_received - trace.tau_rollout > 0.3
    assert abs(trace.tau_rollout) < 0.3


def test_claim_most_heads_are_peaked_and_losing_one_costs_less_than_losing_a_token(trace):
    peaked = trace.moved > 0.5
    assert peaked.mean() > 0.5
    assert trace.shift[peaked].mean() < trace.effect.mean() / 2


def test_refusals():
    with pytest.raises(Refusal):
        run(InputParams(text="hi"))
    with pytest.raises(Refusal, match="bundled"):
        run(InputParams(model="openai-community/gpt2"))


def test_functions_take_any_words():
    attention = attend(InputParams(text="a b c d"))
    words = tuple(k for k, special in enumerate(attention.tokens.is_special) if not special)
    assert attention_received(attention.weights, words[:2]).shape == (2,)
    assert leave_one_out(attention.tokens, words[:2]).shape == (2,)
