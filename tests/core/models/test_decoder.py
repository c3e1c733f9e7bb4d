"""The decoder against transformers' GPT-2, its cache against none, and in the corners."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from architecture_helpers import assert_same_gradients, gap, gradients, scatter
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refusal
from core.models.blocks import named_arrays
from core.models.decoder import Decoder, DecoderConfig, draw_weights, from_gpt2
from core.models.likelihood import token_loss

SMALL = DecoderConfig(vocab=50, d_model=24, layers=3, heads=4, d_ff=40, max_pos=16)
IDS = torch.tensor([[4, 9, 2, 33, 7, 3], [5, 8, 41, 1, 1, 1], [6, 1, 1, 1, 1, 1]])
MASK = IDS != 1
ROUNDING = {torch.float32: 1e-5, torch.float64: 1e-10}


def gpt2_like(decoder: Decoder):
    """transformers' GPT2LMHeadModel with the same weights."""
    from transformers import GPT2Config, GPT2LMHeadModel

    c = decoder.config
    config = GPT2Config(
        vocab_size=c.vocab,
        n_embd=c.d_model,
        n_layer=c.layers,
        n_head=c.heads,
        n_inner=c.d_ff,
        n_positions=c.max_pos,
        layer_norm_epsilon=c.eps,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=0,
        eos_token_id=0,
        attn_implementation="eager",
    )
    theirs = scatter(GPT2LMHeadModel(config), seed=5).to(decoder.W_E.weight.dtype)
    decoder.load_state_dict(from_gpt2(theirs.state_dict()))
    return theirs


@pytest.mark.parametrize("dtype", ROUNDING)
def test_equals_transformers_forward_and_backward(dtype):
    decoder = Decoder(SMALL).to(dtype).eval()
    gpt2 = gpt2_like(decoder)
    ours = decoder(IDS, MASK, keep=True)
    theirs = gpt2(IDS, attention_mask=MASK.long(), output_attentions=True, output_hidden_states=True)
    trace = ours.trace
    assert trace is not None
    assert gap(ours.logits[MASK], theirs.logits[MASK]) <= ROUNDING[dtype]
    for layer, weights, hidden in zip(trace.layers, theirs.attentions, theirs.hidden_states[:-1], strict=True):
        rows = (layer.attention.weights.transpose(1, 2)[MASK], weights.transpose(1, 2)[MASK])
        assert gap(*rows) <= ROUNDING[dtype]
        assert gap(layer.x[MASK], hidden[MASK]) <= ROUNDING[dtype]
    assert gap(trace.normed[MASK], theirs.hidden_states[-1][MASK]) <= ROUNDING[dtype]

    loss = token_loss(ours.logits[:, :-1], IDS[:, 1:], MASK[:, 1:])
    labels = IDS.masked_fill(~MASK, -100)[:, 1:]
    their_loss = torch.nn.functional.cross_entropy(theirs.logits[:, :-1].transpose(1, 2), labels)
    assert gap(loss, their_loss) <= ROUNDING[dtype]
    assert_same_gradients(gradients(decoder, loss), gradients(gpt2, their_loss), from_gpt2, ROUNDING[dtype])


def test_the_comparison_can_fail():
    decoder = Decoder(SMALL).eval()
    gpt2 = gpt2_like(decoder)
    with torch.no_grad():
        decoder.layers[1].ff.W_1.bias[3] += 0.5
        assert gap(decoder(IDS).logits, gpt2(IDS).logits) > 1e-3


def test_greedy_writes_what_transformers_writes():
    decoder = Decoder(SMALL).eval()
    gpt2 = gpt2_like(decoder)
    theirs = gpt2.generate(
        IDS[:1], attention_mask=MASK[:1].long(), max_new_tokens=9, do_sample=False, pad_token_id=0, eos_token_id=49
    )
    with torch.no_grad():
        ours = decoder.continue_text(IDS[:1], 9, lambda z: z.argmax(-1), end=49)
    assert theirs[0, 6:].tolist() == ours[0].tolist()


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.booleans(), st.integers(0, 99))
def test_with_a_cache_as_without(parts, has_padding, seed):
    """Reading piece by piece, of any lengths, gives the logits of reading at once, and a cache can be used twice."""
    decoder = scatter(Decoder(SMALL), seed).double()
    total = min(sum(parts), SMALL.max_pos)
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(0, SMALL.vocab, (2, total), generator=generator)
    mask = torch.ones_like(ids, dtype=torch.bool)
    if has_padding:
        mask[1, : total // 2] = False
    mask_or_none = mask if has_padding else None
    with torch.no_grad():
        at_once = decoder(ids, mask_or_none)
        past, pieces, begin = None, [], 0
        for length in parts:
            end = min(begin + length, total)
            if end == begin:
                continue
            output = decoder(ids[:, begin:end], None if mask_or_none is None else mask[:, :end], past)
            again = decoder(ids[:, begin:end], None if mask_or_none is None else mask[:, :end], past)
            assert torch.equal(output.logits, again.logits)
            pieces.append(output.logits)
            past, begin = output.past, end
    assert gap(torch.cat(pieces, 1)[mask], at_once.logits[mask]) < 1e-10
    assert past is not None
    for ours, theirs in zip(past, at_once.past, strict=True):
        assert ours.k.shape == theirs.k.shape == (2, 4, total, 6)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("keep", [False, True])
def test_padding_changes_nothing(side, keep):
    decoder = scatter(Decoder(SMALL)).double()
    rows = [[4, 9, 2, 33, 7, 3], [5, 8, 41], [6]]
    for padding in (0, 17):
        ids = torch.full((3, 8), padding)
        mask = torch.zeros(3, 8, dtype=torch.bool)
        for n, row in enumerate(rows):
            place = slice(8 - len(row), 8) if side == "left" else slice(0, len(row))
            ids[n, place], mask[n, place] = torch.tensor(row), True
        together = decoder(ids, mask, keep=keep)
        loss = together.logits[mask].pow(2).mean()
        assert all(g.isfinite().all() for g in gradients(decoder, loss).values())
        for n, row in enumerate(rows):
            alone = decoder(torch.tensor([row]))
            assert gap(together.logits[n][mask[n]], alone.logits[0]) < 1e-10


def test_keeping_everything_changes_nothing_and_follows_the_equations():
    decoder = scatter(Decoder(SMALL)).double()
    with torch.no_grad():
        plain, kept = decoder(IDS), decoder(IDS, keep=True)
    assert plain.trace is None
    trace = kept.trace
    assert trace is not None
    assert gap(plain.logits, kept.logits) < 1e-12
    state = {name: p.detach().numpy() for name, p in decoder.named_parameters()}
    layer = trace.layers[1]
    arrays = named_arrays(layer)
    assert arrays["attention.weights"].shape == (3, 4, 6, 6)
    assert not arrays["attention.weights"].flags.writeable

    def norm(x, name):
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + SMALL.eps)
        return scaled * state[f"{name}.weight"] + state[f"{name}.bias"]

    def affine(x, name):
        return x @ state[f"{name}.weight"].T + state[f"{name}.bias"]

    x, head = arrays["x"][0], 2
    columns = slice(head * 6, head * 6 + 6)
    normed = norm(x, "layers.1.norm_attention")
    q, k, v = (affine(normed, f"layers.1.attention.{W}")[:, columns] for W in ("W_Q", "W_K", "W_V"))
    scores = np.where(np.tri(6, dtype=bool), q @ k.T / np.sqrt(6), -np.inf)
    weights = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    attended = x + affine(arrays["attention.context"][0], "layers.1.attention.W_O")
    wide = affine(norm(attended, "layers.1.norm_ff"), "layers.1.ff.W_1")
    inner = wide / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (wide + 0.044715 * wide**3)))
    expected = {
        "normed": normed,
        "attended": attended,
        "normed_ff": norm(attended, "layers.1.norm_ff"),
        "feed_forward.inner": inner,
        "feed_forward.ff": affine(inner, "layers.1.ff.W_2"),
        "out": attended + affine(inner, "layers.1.ff.W_2"),
    }
    for name, value in expected.items():
        np.testing.assert_allclose(arrays[name][0], value, atol=1e-12, err_msg=name)
    for name, value in (("q", q), ("k", k), ("v", v), ("scores", scores), ("weights", weights)):
        np.testing.assert_allclose(arrays[f"attention.{name}"][0, head], value, atol=1e-12, err_msg=name)
    np.testing.assert_allclose(arrays["attention.context"][0][:, columns], weights @ v, atol=1e-12)
    np.testing.assert_array_equal(arrays["out"], trace.layers[2].x.numpy())
    np.testing.assert_allclose(
        kept.logits[0].numpy(), norm(trace.layers[2].out[0].numpy(), "norm") @ state["W_E.weight"].T, atol=1e-12
    )


def test_nobody_sees_what_comes_after():
    decoder = scatter(Decoder(SMALL)).double()
    other = IDS.clone()
    other[:, 4:] = 20
    with torch.no_grad():
        a, b = decoder(IDS), decoder(other)
    assert gap(a.logits[:, :4], b.logits[:, :4]) < 1e-12
    assert gap(a.logits[:, 4:], b.logits[:, 4:]) > 1e-3


def test_the_last_logits_alone():
    decoder = scatter(Decoder(SMALL))
    with torch.no_grad():
        for keep in (False, True):
            assert gap(decoder(IDS, last=True, keep=keep).logits, decoder(IDS).logits[:, -1:]) < 1e-5


def test_gradient_with_respect_to_the_words():
    tiny = DecoderConfig(vocab=9, d_model=4, layers=2, heads=2, d_ff=6, max_pos=5)
    decoder = scatter(Decoder(tiny)).double().requires_grad_(False)
    words = decoder.embed(torch.tensor([[3, 1, 2]])).clone().requires_grad_(True)
    mask = torch.tensor([[False, True, True]])
    for keep in (False, True):
        assert torch.autograd.gradcheck(
            lambda w, keep=keep: decoder.forward_embedded(w, mask, keep=keep).logits[:, 1:].sum(-1), words
        )
    (gradient,) = torch.autograd.grad(decoder.forward_embedded(words, mask).logits[:, 1].pow(2).sum(), words)
    assert (gradient[0, [0, 2]] == 0).all()  # padding, and what comes after
    assert (gradient[0, 1] != 0).any()


def test_dropout_is_for_training_only():
    decoder = scatter(Decoder(DecoderConfig(50, 24, 2, 4, 40, 16, dropout=0.4)))
    with torch.no_grad():
        quiet = decoder(IDS).logits
        assert torch.equal(quiet, decoder(IDS).logits)
        decoder.train()
        torch.manual_seed(0)
        assert gap(decoder(IDS).logits, quiet) > 1e-2
        decoder.eval()
        assert torch.equal(quiet, decoder(IDS).logits)


def test_a_few_steps_of_training_lower_the_loss():
    decoder = Decoder(SMALL)
    draw_weights(decoder, 0)
    optimizer = torch.optim.Adam(decoder.parameters(), 3e-3)
    losses = []
    for _ in range(60):
        loss = token_loss(decoder(IDS, MASK).logits[:, :-1], IDS[:, 1:], MASK[:, 1:])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert abs(losses[0] - np.log(SMALL.vocab)) < 0.1  # untrained, every token is as likely as any other
    assert losses[-1] < losses[0] / 4


def test_writing_stops_at_the_end_of_the_text_and_of_the_room():
    decoder = scatter(Decoder(SMALL))
    turns = iter([torch.tensor([5, 7]), torch.tensor([9, 5]), torch.tensor([2, 2]), torch.tensor([9, 9])])
    with torch.no_grad():
        written = decoder.continue_text(IDS[:2], 4, lambda z: next(turns), end=9)
        assert written.tolist() == [[5, 9, 9, 9], [7, 5, 2, 9]]
        first = decoder.continue_text(IDS[:2], 9, lambda z: z.argmax(-1) * 0 + 9, end=9)
        assert first.tolist() == [[9], [9]]
        assert decoder.continue_text(IDS, 99, lambda z: z.argmax(-1)).shape == (3, 10)
        assert decoder.continue_text(IDS, 0, lambda z: z.argmax(-1)).shape == (3, 0)


def test_too_long_is_refused():
    decoder = scatter(Decoder(SMALL))
    with pytest.raises(Refusal, match="17 tokens, and the model reads at most 16") as caught:
        decoder(torch.ones(1, 17, dtype=torch.long))
    assert "В тексте 17 токенов" in caught.value.text.ru
    with torch.no_grad(), pytest.raises(Refusal):
        decoder(torch.ones(1, 9, dtype=torch.long), past=decoder(torch.ones(1, 8, dtype=torch.long)).past)


def test_untrained_weights_are_drawn_from_a_seed():
    a, b, c = Decoder(SMALL), Decoder(SMALL), Decoder(SMALL)
    for decoder, seed in ((a, 3), (b, 3), (c, 4)):
        draw_weights(decoder, seed)
    assert all(torch.equal(x, y) for x, y in zip(a.parameters(), b.parameters(), strict=True))
    assert not torch.equal(a.W_E.weight, c.W_E.weight)
    assert abs(float(a.W_E.weight.detach().std()) - 0.02) < 0.002
    assert abs(float(a.layers[0].attention.W_O.weight.detach().std()) - 0.02 / 6**0.5) < 0.001
    assert (a.layers[0].norm_ff.weight == 1).all()
    assert (a.norm.bias == 0).all()


def test_heads_must_divide_the_width():
    with pytest.raises(ValueError, match="d_model 10 does not split into 3 heads"):
        DecoderConfig(vocab=5, d_model=10, layers=1, heads=3, d_ff=4, max_pos=4)
