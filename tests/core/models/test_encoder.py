"""The encoder against transformers' BERT, against its equations, and in the corners."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.models.bundled import load_encoder
from core.models.encoder import Encoder, EncoderConfig, draw_weights, from_bert, mean_pool

SMALL = EncoderConfig(vocab=50, d_model=24, layers=3, heads=4, d_ff=40, max_pos=16, types=2, eps=1e-12)
IDS = torch.tensor([[4, 9, 2, 33, 7, 3], [5, 8, 41, 1, 1, 1], [6, 1, 1, 1, 1, 1]])
MASK = IDS != 1
TYPES = torch.tensor([[0, 0, 0, 1, 1, 0], [0, 1, 1, 0, 0, 0], [1, 0, 0, 0, 0, 0]])


def small(config: EncoderConfig = SMALL, seed: int = 0) -> Encoder:
    """An encoder whose every parameter is random and far from trivial: biases and norms too."""
    encoder = Encoder(config)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in encoder.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.3)
    return encoder.eval()


def bert_like(encoder: Encoder):
    """transformers' BertModel with the same weights."""
    from transformers import BertConfig, BertModel

    c = encoder.config
    config = BertConfig(
        vocab_size=c.vocab,
        hidden_size=c.d_model,
        num_hidden_layers=c.layers,
        num_attention_heads=c.heads,
        intermediate_size=c.d_ff,
        max_position_embeddings=c.max_pos,
        type_vocab_size=c.types,
        layer_norm_eps=c.eps,
        attn_implementation="eager",
    )
    bert = BertModel(config, add_pooling_layer=False).eval()
    names = from_bert({name: name for name in bert.state_dict()})
    # The bundled encoder keeps its table of words packed: the table as a whole is asked for by name.
    state = {name: W for name, W in encoder.state_dict().items() if not name.startswith("embeddings.W_E.")}
    state["embeddings.W_E.weight"] = encoder.embeddings.W_E.weight
    assert set(names) == set(state)
    bert.load_state_dict({theirs: state[ours].cpu() for ours, theirs in names.items()})
    return bert


def differences(encoder: Encoder, ids: torch.Tensor, types: torch.Tensor | None, mask: torch.Tensor) -> list[float]:
    """The largest difference from transformers, in hidden states and in weights."""
    where = next(encoder.parameters()).device
    with torch.inference_mode():
        theirs = bert_like(encoder)(
            ids,
            attention_mask=mask.long(),
            token_type_ids=types,
            output_attentions=True,
            output_hidden_states=True,
        )
        ours = encoder(ids.to(where), None if types is None else types.to(where), mask.to(where))
    pairs = ((ours.hidden, theirs.hidden_states), (ours.weights, theirs.attentions))
    for mine, other in pairs:
        assert len(mine) == len(other)
        assert all(a.shape == b.shape for a, b in zip(mine, other, strict=True))
    return [max(float((a.cpu() - b).abs().max()) for a, b in zip(*pair, strict=True)) for pair in pairs]


def test_equals_transformers_on_random_weights():
    assert max(differences(small(), IDS, TYPES, MASK)) < 1e-5


def test_equals_transformers_on_the_bundled_weights():
    bundled = load_encoder()
    rows = [bundled.tokenize(t).ids for t in ("The bank raised its rate.", "Мама мыла раму", "Да")]
    ids = torch.ones(len(rows), max(map(len, rows)), dtype=torch.long)
    for n, row in enumerate(rows):
        ids[n, : len(row)] = torch.tensor(row)
    assert max(differences(bundled.module, ids, None, ids != 1)) < 1e-4


def test_the_comparison_can_fail():
    encoder = small()
    bert = bert_like(encoder)
    with torch.no_grad():
        encoder.layers[1].W_1.bias[3] += 0.5
        ours = encoder(IDS, TYPES, MASK).hidden[-1]
        theirs = bert(IDS, attention_mask=MASK.long(), token_type_ids=TYPES).last_hidden_state
    assert float((ours - theirs).abs().max()) > 1e-3


def test_padding_changes_nothing_for_the_tokens():
    encoder = small()
    with torch.no_grad():
        together = encoder(IDS, TYPES, MASK)
        for n, length in enumerate(MASK.sum(1).tolist()):
            alone = encoder(IDS[n : n + 1, :length], TYPES[n : n + 1, :length])
            torch.testing.assert_close(together.hidden[-1][n, :length], alone.hidden[-1][0], atol=1e-5, rtol=1e-5)
            assert (together.weights[-1][n, :, :, length:] == 0).all()


def test_attention_that_sees_no_difference_is_even():
    """With W_Q = 0 all scores are equal: every one of n visible keys has exactly weight 1/n, whatever the input."""
    encoder = small()
    with torch.no_grad():
        for layer in encoder.layers:
            layer.attention.W_Q.weight.zero_()
            layer.attention.W_Q.bias.zero_()
        weights = encoder(IDS, mask=MASK).weights
    for layer in weights:
        for n, length in enumerate((6, 3, 1)):
            torch.testing.assert_close(layer[n, :, :, :length], torch.full((4, 6, length), 1 / length))


def test_steps_follow_the_equations():
    encoder = small().double()
    with torch.no_grad():
        output = encoder(IDS, TYPES, MASK)
        layer = encoder.layers[1]
        out, weights, steps = layer(output.hidden[1], MASK, keep=True)
    assert steps is not None
    assert torch.equal(out, output.hidden[2])
    assert torch.equal(weights, output.weights[1])
    state = {name: p.detach().numpy() for name, p in layer.named_parameters()}

    def affine(x, name):
        return x @ state[f"{name}.weight"].T + state[f"{name}.bias"]

    def norm(x, name):
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + SMALL.eps)
        return scaled * state[f"{name}.weight"] + state[f"{name}.bias"]

    x, head, d = steps.x[0].numpy(), 2, SMALL.d_head
    columns = slice(head * d, (head + 1) * d)
    q, k, v = (affine(x, f"attention.{name}")[:, columns] for name in ("W_Q", "W_K", "W_V"))
    scores = q @ k.T / np.sqrt(d)
    expected = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    attention = steps.attention
    for ours, theirs in ((attention.q, q), (attention.k, k), (attention.v, v), (attention.scores, scores)):
        np.testing.assert_allclose(ours[0, head].numpy(), theirs, atol=1e-12)
    np.testing.assert_allclose(attention.weights[0, head].numpy(), expected, atol=1e-12)
    np.testing.assert_allclose(attention.context[0, :, columns].numpy(), expected @ v, atol=1e-12)
    projected = affine(attention.context[0].numpy(), "attention.W_O")
    np.testing.assert_allclose(attention.projected[0].numpy(), projected, atol=1e-12)
    attended = norm(x + projected, "norm_attention")
    np.testing.assert_allclose(steps.attended[0].numpy(), attended, atol=1e-12)
    wide = affine(attended, "W_1")
    gelu = wide * 0.5 * (1 + torch.erf(torch.from_numpy(wide / np.sqrt(2))).numpy())
    np.testing.assert_allclose(steps.inner[0].numpy(), gelu, atol=1e-12)
    np.testing.assert_allclose(steps.ff[0].numpy(), affine(gelu, "W_2"), atol=1e-12)
    np.testing.assert_allclose(out[0].numpy(), norm(attended + affine(gelu, "W_2"), "norm_ff"), atol=1e-12)


def test_steps_are_kept_only_when_asked():
    encoder = small()
    assert encoder.layers[0](encoder(IDS).hidden[0]).steps is None


def test_gradient_with_respect_to_the_words():
    tiny = EncoderConfig(vocab=9, d_model=4, layers=2, heads=2, d_ff=6, max_pos=5, types=1, eps=1e-6)
    encoder = small(tiny).double().requires_grad_(False)
    words = encoder.embed(torch.tensor([[3, 1, 2]])).clone().requires_grad_(True)
    mask = torch.tensor([[True, True, False]])
    assert torch.autograd.gradcheck(lambda w: encoder.forward_embedded(w, mask=mask).hidden[-1][:, :2].sum(-1), words)
    encoder.forward_embedded(words, mask=mask).hidden[-1][:, :2].pow(3).sum().backward()
    assert words.grad is not None
    assert (words.grad[0, 2] == 0).all()  # padding has no say in what the tokens become
    assert (words.grad[0, :2] != 0).any()


def test_embed_and_go_on_is_the_forward_pass():
    encoder = small()
    with torch.no_grad():
        a, b = encoder(IDS, TYPES, MASK), encoder.forward_embedded(encoder.embed(IDS), TYPES, MASK)
    assert torch.equal(a.hidden[-1], b.hidden[-1])


def test_a_sequence_of_padding_only_is_nan_and_leaves_the_others_alone():
    encoder = small()
    mask = MASK.clone()
    mask[2] = False
    with torch.no_grad():
        output = encoder(IDS, TYPES, mask)
    assert output.weights[0][2].isnan().all()
    assert output.hidden[-1][:2].isfinite().all()


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 3), st.integers(1, 16), st.sampled_from([1, 2, 3, 6]), st.integers(0, 1000))
def test_rows_of_attention_sum_to_one(batch, pos, heads, seed):
    config = EncoderConfig(vocab=11, d_model=12, layers=2, heads=heads, d_ff=8, max_pos=16, types=2, eps=1e-12)
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(0, 11, (batch, pos), generator=generator)
    mask = torch.rand(batch, pos, generator=generator) < 0.7
    mask[:, 0] = True
    with torch.no_grad():
        output = small(config, seed)(ids, mask=mask)
    assert len(output.hidden) == 3
    for weights in output.weights:
        assert weights.shape == (batch, heads, pos, pos)
        torch.testing.assert_close(weights.sum(-1), torch.ones(batch, heads, pos))
        assert (weights.transpose(1, 3)[~mask] == 0).all()


def test_from_bert_takes_the_encoder_and_leaves_the_rest():
    one = torch.ones(1)
    state = {
        "bert.embeddings.position_ids": one,
        "bert.embeddings.word_embeddings.weight": one * 2,
        "bert.encoder.layer.11.attention.output.dense.bias": one * 3,
        "bert.encoder.layer.0.output.LayerNorm.weight": one * 4,
        "bert.pooler.dense.weight": one,
        "cls.predictions.transform.dense.weight": one,
    }
    assert {name: float(t) for name, t in from_bert(state).items()} == {
        "embeddings.W_E.weight": 2.0,
        "layers.11.attention.W_O.bias": 3.0,
        "layers.0.norm_ff.weight": 4.0,
    }


def test_untrained_weights_are_drawn_from_a_seed():
    a, b, c = Encoder(SMALL), Encoder(SMALL), Encoder(SMALL)
    for encoder, seed in ((a, 3), (b, 3), (c, 4)):
        draw_weights(encoder, seed)
    assert all(torch.equal(x, y) for x, y in zip(a.parameters(), b.parameters(), strict=True))
    assert not torch.equal(a.embeddings.W_E.weight, c.embeddings.W_E.weight)
    assert abs(float(a.embeddings.W_E.weight.detach().std()) - 0.02) < 0.002
    assert (a.layers[0].norm_ff.weight == 1).all()
    assert (a.layers[0].norm_ff.bias == 0).all()
    assert (a.layers[0].attention.W_K.bias == 0).all()


def test_mean_pool_counts_tokens_only():
    hidden = torch.tensor([[[2.0, 4.0], [4.0, 0.0], [100.0, 100.0]]])
    mask = torch.tensor([[True, True, False]])
    assert mean_pool(hidden, mask).tolist() == [[3.0, 2.0]]
    assert mean_pool(hidden[:, :2]).tolist() == [[3.0, 2.0]]


def test_heads_must_divide_the_width():
    with pytest.raises(ValueError, match="d_model 10 does not split into 3 heads"):
        EncoderConfig(vocab=5, d_model=10, layers=1, heads=3, d_ff=4, max_pos=4, types=1, eps=1e-12)
