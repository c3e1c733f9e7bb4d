"""The parts of the Transformers against torch, by hand, and in the corners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from architecture_helpers import gap, noise, scatter
from torch import Tensor, nn

from core.models.blocks import KV, FeedForward, MultiHead, glorot, named_arrays, see_left, see_tokens, softmax_seen


@pytest.mark.parametrize("keep", [False, True])
def test_attention_equals_torch(keep):
    ours = scatter(MultiHead(12, 3)).double()
    theirs = nn.MultiheadAttention(12, 3, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([ours.W_Q.weight, ours.W_K.weight, ours.W_V.weight]))
        theirs.in_proj_bias.copy_(torch.cat([ours.W_Q.bias, ours.W_K.bias, ours.W_V.bias]))
    theirs.out_proj.load_state_dict(ours.W_O.state_dict())
    x, y = noise(2, 4, 12), noise(2, 5, 12, seed=2)
    mask = torch.tensor([[True] * 5, [True, True, False, False, True]])
    expected, weights = theirs(x, y, y, key_padding_mask=~mask, average_attn_weights=False)
    out, steps = ours(x, ours.keys_values(y), mask[:, None, None, :], keep)
    assert gap(out, expected) < 1e-12
    assert (steps is not None) == keep
    if steps is not None:
        assert gap(steps.weights, weights) < 1e-12


@pytest.mark.parametrize("keep", [False, True])
def test_a_query_that_sees_nothing_gets_nothing(keep):
    layer = scatter(MultiHead(12, 3)).double()
    x = noise(1, 4, 12).requires_grad_(True)
    seen = torch.ones(4, 4, dtype=torch.bool).tril(-1)
    out, _ = layer(x, layer.keys_values(x), seen, keep)
    assert gap(out[0, 0], layer.W_O.bias) == 0
    (gradient,) = torch.autograd.grad(out.pow(2).sum(), x)
    assert gradient.isfinite().all()
    assert (gradient[0, 3] != 0).any()


def test_feed_forward_by_hand():
    layer = scatter(FeedForward(3, 4, torch.relu)).double()
    x = noise(2, 5, 3)
    steps = layer(x)
    inner = (x @ layer.W_1.weight.T + layer.W_1.bias).clamp(min=0)
    assert gap(steps.inner, inner) < 1e-12
    assert gap(steps.ff, inner @ layer.W_2.weight.T + layer.W_2.bias) < 1e-12


def test_keys_are_kept_in_the_order_they_came():
    layer = scatter(MultiHead(12, 3)).double()
    y = noise(2, 5, 12)
    at_once = layer.keys_values(y)
    piecewise = layer.keys_values(y[:, 2:], layer.keys_values(y[:, :2]))
    assert gap(at_once.k, piecewise.k) < 1e-12
    assert gap(at_once.v, piecewise.v) < 1e-12


def test_dropout_takes_weights_in_training_with_and_without_the_trace():
    layer = scatter(MultiHead(12, 3, dropout=0.5))
    x = noise(1, 6, 12).float().expand(4000, -1, -1)
    with torch.no_grad():
        quiet = layer(x, layer.keys_values(x))[0][0]
        layer.train()
        torch.manual_seed(0)
        for keep in (False, True):
            drawn = layer(x, layer.keys_values(x), keep=keep)[0]
            assert gap(drawn[0], quiet) > 1e-2
            # Inverted: right on average, as nearly as 4000 draws can say.
            assert ((drawn.mean(0) - quiet).abs() < 5 * drawn.std(0) / 4000**0.5).all()


def test_who_may_see_whom():
    where = torch.device("cpu")
    assert see_left(1, 0, None, where) is None
    assert see_left(1, 7, None, where) is None
    assert see_left(3, 0, None, where).int().tolist() == [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
    assert see_left(2, 1, None, where).int().tolist() == [[1, 1, 0], [1, 1, 1]]
    mask = torch.tensor([[False, True, True]])
    assert see_left(2, 1, mask, where).int().tolist() == [[[[0, 1, 0], [0, 1, 1]]]]
    assert see_left(1, 2, mask, where).int().tolist() == [[[[0, 1, 1]]]]
    assert see_tokens(None) is None


def test_softmax_of_nothing_is_nothing():
    scores = torch.tensor([[0.0, 1.0, -torch.inf], [-torch.inf] * 3]).double().requires_grad_(True)
    weights = softmax_seen(scores)
    e = np.exp(1)
    np.testing.assert_allclose(weights.detach(), [[1 / (1 + e), e / (1 + e), 0], [0, 0, 0]], atol=1e-15)
    (gradient,) = torch.autograd.grad(weights[:, 1].sum(), scores)
    assert gradient.isfinite().all()
    assert (gradient[1] == 0).all()


def test_a_trace_by_its_paths():
    @dataclass(frozen=True)
    class Trace:
        x: Tensor
        layers: tuple[KV, ...]
        none: None = None

    ones = torch.ones(2, 3)
    arrays = named_arrays(Trace(ones.bfloat16().requires_grad_(True), (KV(ones.double(), ones.long()),)))
    assert {name: str(a.dtype) for name, a in arrays.items()} == {
        "x": "float32",
        "layers.0.k": "float64",
        "layers.0.v": "int64",
    }
    arrays["layers.0.k"].sum()
    with pytest.raises(ValueError, match="read-only"):
        arrays["layers.0.k"][0, 0] = 5
    ones[0, 0] = 7
    assert arrays["x"].max() == 1  # copies, not views of the model's memory


def test_glorot_has_its_variance():
    drawn = glorot(torch.empty(60, 140), torch.Generator().manual_seed(0))
    assert float(drawn.var()) == pytest.approx(2 / 200, rel=0.03)
    assert float(drawn.abs().max()) <= (6 / 200) ** 0.5
