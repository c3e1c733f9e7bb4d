"""Low-rank adapters: the equation, one shared base, merging and taking back."""

from __future__ import annotations

import pytest
import torch

from core.models.adapters import (
    AdapterConfig,
    LowRank,
    adapt,
    adapter_state,
    adapters,
    load_adapters,
    merge,
    merge_all,
    unmerge,
)
from core.models.encoder import Encoder, EncoderConfig, Linear, draw_weights

SMALL = EncoderConfig(vocab=50, d_model=16, layers=3, heads=2, d_ff=32, max_pos=12, types=2, eps=1e-12)
CONFIG = AdapterConfig(rank=4, alpha=8.0, layers=(1, 2))
IDS = torch.tensor([[4, 9, 31, 7], [5, 5, 12, 40]])


def make_encoder() -> Encoder:
    encoder = Encoder(SMALL)
    draw_weights(encoder, 3)
    return encoder.requires_grad_(False).eval()


def make_layer(seed: int = 0) -> LowRank:
    generator = torch.Generator().manual_seed(seed)
    base = Linear(6, 5)
    layer = LowRank(base, rank=2, alpha=3.0)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
    return layer


def disturb(encoder: Encoder) -> None:
    generator = torch.Generator().manual_seed(8)
    with torch.no_grad():
        for _, layer in adapters(encoder):
            layer.B.copy_(torch.randn(layer.B.shape, generator=generator) * 0.2)


def test_worked_by_hand():
    layer = LowRank(Linear(2, 1), rank=1, alpha=2.0)
    with torch.no_grad():
        layer.base.weight.copy_(torch.tensor([[1.0, 2.0]]))
        layer.base.bias.copy_(torch.tensor([0.5]))
        layer.A.copy_(torch.tensor([[3.0, -1.0]]))
        layer.B.copy_(torch.tensor([[0.1]]))
    # x·Wᵀ + b = 1·1 + 1·2 + 0.5; A·x = 2, times B = 0.2, times alpha / rank = 0.4.
    assert layer(torch.tensor([1.0, 1.0])).item() == pytest.approx(3.9)


def test_a_layer_equals_its_dense_update():
    layer = make_layer()
    x = torch.randn(3, 7, 6, generator=torch.Generator().manual_seed(1))
    W = layer.base.weight + 1.5 * layer.B @ layer.A
    assert torch.allclose(layer(x), x @ W.T + layer.base.bias, atol=1e-5)
    assert torch.linalg.matrix_rank(layer.delta()) == 2


def test_gradients_are_those_of_the_dense_update():
    layer = make_layer()
    x = torch.randn(4, 6, generator=torch.Generator().manual_seed(2))
    layer(x).pow(2).sum().backward()
    W = (layer.base.weight + layer.delta()).detach().requires_grad_()
    (x @ W.T + layer.base.bias.detach()).pow(2).sum().backward()
    assert W.grad is not None
    assert torch.allclose(layer.A.grad, layer.scale * layer.B.T @ W.grad, atol=1e-4)
    assert torch.allclose(layer.B.grad, layer.scale * W.grad @ layer.A.T, atol=1e-4)


def test_merge_and_unmerge():
    layer = make_layer()
    x = torch.randn(4, 6, generator=torch.Generator().manual_seed(3))
    before = layer.base.weight.clone()
    dense = merge(layer)
    assert torch.allclose(dense(x), layer(x), atol=1e-5)
    assert not torch.allclose(dense(x), layer.base(x), atol=1e-2)
    assert torch.allclose(unmerge(dense, layer)(x), layer.base(x), atol=1e-5)
    assert torch.equal(layer.base.weight, before)


def test_new_adapters_change_nothing_and_share_every_tensor():
    encoder = make_encoder()
    adapted = adapt(encoder, CONFIG)
    assert torch.equal(adapted(IDS).hidden[-1], encoder(IDS).hidden[-1])
    frozen = {parameter.data_ptr() for parameter in encoder.parameters()}
    theirs = {p.data_ptr() for p in adapted.parameters() if not p.requires_grad}
    assert theirs == frozen
    assert not list(adapters(encoder))
    assert {name for name, p in adapted.named_parameters() if p.requires_grad} == set(adapter_state(adapted))
    assert len(list(adapters(adapted))) == 2 * 6


def test_two_adapted_encoders_do_not_disturb_each_other():
    encoder = make_encoder()
    plain = encoder(IDS).hidden[-1]
    first, second = adapt(encoder, CONFIG), adapt(encoder, CONFIG, seed=1)
    disturb(first)
    assert not torch.allclose(first(IDS).hidden[-1], plain, atol=1e-2)
    assert torch.equal(second(IDS).hidden[-1], plain)
    assert torch.equal(encoder(IDS).hidden[-1], plain)


def test_a_merged_encoder_computes_the_same():
    encoder = make_encoder()
    adapted = adapt(encoder, CONFIG)
    disturb(adapted)
    merged = merge_all(adapted)
    assert not list(adapters(merged))
    assert torch.allclose(merged(IDS).hidden[-1], adapted(IDS).hidden[-1], atol=1e-5)
    assert merged.layers[0].W_1.weight.data_ptr() == encoder.layers[0].W_1.weight.data_ptr()
    assert len(list(adapters(adapted))) == 12


def test_what_was_trained_goes_out_and_in():
    encoder = make_encoder()
    adapted, other = adapt(encoder, CONFIG), adapt(encoder, CONFIG, seed=5)
    disturb(adapted)
    load_adapters(other, adapter_state(adapted))
    assert torch.equal(other(IDS).hidden[-1], adapted(IDS).hidden[-1])
    state = adapter_state(adapted)
    lost = dict(state)
    lost.pop("layers.1.W_1.A")
    with pytest.raises(ValueError, match=r"layers\.1\.W_1\.A"):
        load_adapters(other, lost)
    with pytest.raises(ValueError, match="not"):
        load_adapters(other, state | {"layers.1.W_1.A": torch.zeros(2, 2)})


@pytest.mark.parametrize("change", [{"rank": 0}, {"places": ("W_3",)}])
def test_impossible_settings(change):
    with pytest.raises(ValueError, match=r"rank|place"):
        AdapterConfig(**({"rank": 4, "alpha": 4.0, "layers": (0,)} | change))


def test_a_layer_that_is_not_there():
    with pytest.raises(ValueError, match="no layer 7"):
        adapt(make_encoder(), AdapterConfig(rank=1, alpha=1.0, layers=(7,)))
