"""The encoder–decoder Transformer against torch's modules, its cache against none, and in the corners."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from architecture_helpers import assert_same_gradients, gap, gradients, scatter
from torch import nn

from core.errors import Refusal
from core.models.blocks import KV, named_arrays
from core.models.likelihood import token_loss
from core.models.search import beam, decode, greedy
from core.models.translator import Translator, TranslatorConfig, draw_weights, sinusoids

SMALL = TranslatorConfig(vocab=30, vocab_target=26, d_model=24, layers=2, heads=4, d_ff=40, max_pos=12)
PRE = TranslatorConfig(
    vocab=30, vocab_target=26, d_model=24, layers=2, heads=4, d_ff=40, max_pos=12, norm="pre", positions="learned"
)
SOURCE = torch.tensor([[4, 9, 2, 23, 7], [5, 8, 11, 1, 1], [6, 1, 1, 1, 1]])
MASK = SOURCE != 1
TARGET = torch.tensor([[2, 9, 14, 3], [2, 8, 3, 1], [2, 3, 1, 1]])
BEGIN, END = 2, 3
ROUNDING = {torch.float32: 1e-5, torch.float64: 1e-10}
PARTS = {"self_attn": "attention", "multihead_attn": "cross", "linear1": "ff.W_1", "linear2": "ff.W_2"}
NORMS = {
    "encoder": {"norm1": "around_attention", "norm2": "around_ff"},
    "decoder": {"norm1": "around_attention", "norm2": "around_cross", "norm3": "around_ff"},
}


def from_torch(state):
    """The names of `nn.Transformer` → ours."""
    ours = {}
    for name, tensor in state.items():
        stack, rest = name.split(".", 1)
        if rest.startswith("norm."):
            ours[f"norm_{stack}.{rest[5:]}"] = tensor
            continue
        _, number, part, kind = rest.split(".", 3)
        prefix = f"{stack}.{number}."
        if part in NORMS[stack]:
            ours[f"{prefix}{NORMS[stack][part]}.norm.{kind}"] = tensor
        elif kind.startswith("in_proj_"):
            for W, piece in zip(("W_Q", "W_K", "W_V"), tensor.chunk(3), strict=True):
                ours[f"{prefix}{PARTS[part]}.{W}.{kind.removeprefix('in_proj_')}"] = piece
        else:
            ours[f"{prefix}{PARTS[part]}.{kind.replace('out_proj', 'W_O')}"] = tensor
    return ours


def torch_like(translator: Translator) -> nn.Transformer:
    """`nn.Transformer` with its own random weights, which `translator` takes over. The paper has no norm at the end."""
    c = translator.config
    is_pre = c.norm == "pre"
    sizes = (c.d_model, c.heads, c.d_ff, 0.0, "relu", c.eps, True, is_pre)
    ends = (nn.LayerNorm(c.d_model, c.eps) if is_pre else None for _ in range(2))
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(*sizes), c.layers, next(ends), False)
    decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(*sizes), c.layers, next(ends))
    theirs = nn.Transformer(
        c.d_model, c.heads, batch_first=True, norm_first=is_pre, custom_encoder=encoder, custom_decoder=decoder
    )
    scatter(theirs, 5)
    theirs.to(translator.W_E.weight.dtype)
    state = from_torch(theirs.state_dict())
    missing, unexpected = translator.load_state_dict(state, strict=False)
    assert not unexpected
    assert set(missing) <= {"W_E.weight", "W_T.weight", "P"}
    return theirs


def their_logits(translator: Translator, theirs: nn.Transformer) -> torch.Tensor:
    scale = translator.config.d_model**0.5
    x = translator.W_E.weight[SOURCE] * scale + translator.P[:5]
    y = translator.W_T.weight[TARGET] * scale + translator.P[:4]
    causal = torch.ones(4, 4, dtype=torch.bool).triu(1)
    out = theirs(x, y, tgt_mask=causal, src_key_padding_mask=~MASK, memory_key_padding_mask=~MASK)
    return out @ translator.W_T.weight.T


@pytest.mark.parametrize("config", [SMALL, PRE], ids=["post", "pre"])
@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("dtype", ROUNDING)
def test_equals_torch_forward_and_backward(config, keep, dtype):
    translator = scatter(Translator(config)).to(dtype)
    theirs = torch_like(
        translator
    ).train()  # without dropout: torch's fast path is for evaluation, and has no gradients
    translator.train()
    expected = their_logits(translator, theirs)
    logits = translator(SOURCE, TARGET, MASK, keep).logits
    assert gap(logits, expected) <= ROUNDING[dtype]
    losses = [token_loss(z[:, :-1], TARGET[:, 1:], TARGET[:, 1:] != 1, 0.1) for z in (logits, expected)]
    ours = gradients(translator, losses[0])
    tables = [name for name in ("W_E.weight", "W_T.weight", "P") if name in ours]
    parameters = dict(translator.named_parameters())
    for name, theirs_grad in zip(
        tables, torch.autograd.grad(losses[1], [parameters[n] for n in tables], retain_graph=True), strict=True
    ):
        assert gap(ours.pop(name), theirs_grad) <= ROUNDING[dtype]
    assert_same_gradients(ours, gradients(theirs, losses[1]), from_torch, ROUNDING[dtype])


def test_the_comparison_can_fail():
    translator = scatter(Translator(SMALL))
    theirs = torch_like(translator).train()
    with torch.no_grad():
        translator.decoder[1].cross.W_V.bias[3] += 0.5
        assert gap(translator(SOURCE, TARGET, MASK).logits, their_logits(translator, theirs)) > 1e-3


@pytest.mark.parametrize("config", [SMALL, PRE], ids=["post", "pre"])
def test_with_a_cache_as_without(config):
    translator = scatter(Translator(config)).double()
    with torch.no_grad():
        expected = translator(SOURCE, TARGET, MASK).logits
        step, state = translator.start(SOURCE, MASK)
        for t in range(4):
            logits, state = step(TARGET[:, t], state)
            assert gap(logits, expected[:, t]) < 1e-10
    assert all(isinstance(kv, KV) and kv.k.shape == (3, 4, 4, 6) for kv in state)


@pytest.mark.parametrize("config", [SMALL, PRE], ids=["post", "pre"])
def test_padding_changes_nothing(config):
    translator = scatter(Translator(config)).double()
    with torch.no_grad():
        for padding in (1, 17):
            source, target = SOURCE.masked_fill(~MASK, padding), TARGET.masked_fill(TARGET == 1, padding)
            together = translator(source, target, MASK, keep=True)
            for n, (s, t) in enumerate(zip(MASK.sum(1).tolist(), (TARGET != 1).sum(1).tolist(), strict=True)):
                alone = translator(SOURCE[n : n + 1, :s], TARGET[n : n + 1, :t])
                assert gap(together.logits[n, :t], alone.logits[0]) < 1e-10
                for layer in together.trace.decoder.layers:
                    assert (layer.cross.weights[n, :, :, s:] == 0).all()


def test_nobody_sees_what_comes_after():
    translator = scatter(Translator(SMALL)).double()
    other = TARGET.clone()
    other[:, 2:] = 20
    with torch.no_grad():
        a, b = translator(SOURCE, TARGET, MASK).logits, translator(SOURCE, other, MASK).logits
    assert gap(a[:, :2], b[:, :2]) < 1e-12
    assert gap(a[:, 2:], b[:, 2:]) > 1e-3


@pytest.mark.parametrize("config", [SMALL, PRE], ids=["post", "pre"])
def test_the_trace_follows_the_equations(config):
    translator = scatter(Translator(config)).double()
    with torch.no_grad():
        plain, kept = translator(SOURCE, TARGET, MASK), translator(SOURCE, TARGET, MASK, keep=True)
    assert plain.trace is None
    trace = kept.trace
    assert trace is not None
    assert gap(plain.logits, kept.logits) < 1e-11
    state = {name: p.detach() for name, p in translator.named_parameters()}
    is_pre = config.norm == "pre"

    def norm(x, name):
        centred = x - x.mean(-1, keepdim=True)
        scaled = centred / (centred.pow(2).mean(-1, keepdim=True) + config.eps).sqrt()
        return scaled * state[f"{name}.weight"] + state[f"{name}.bias"]

    def affine(x, name):
        return x @ state[f"{name}.weight"].T + state[f"{name}.bias"]

    def check_frame(around, answer, name):
        assert gap(around.read, norm(around.x, f"{name}.norm") if is_pre else around.x) < 1e-12
        assert gap(around.summed, around.x + answer) < 1e-12
        assert gap(around.out, around.summed if is_pre else norm(around.summed, f"{name}.norm")) < 1e-12

    def check_attention(steps, read, asked, hidden, name):
        q, k, v = (
            affine(x, f"{name}.{W}").unflatten(-1, (4, 6)) for x, W in ((read, "W_Q"), (asked, "W_K"), (asked, "W_V"))
        )
        scores = torch.einsum("bqhd,bkhd->bhqk", q, k) / 6**0.5
        scores[hidden.expand_as(scores)] = -torch.inf
        weights = scores.exp() / scores.exp().sum(-1, keepdim=True)
        context = torch.einsum("bhqk,bkhd->bqhd", weights, v).flatten(2)
        assert torch.equal(steps.scores == -torch.inf, scores == -torch.inf)
        for ours, theirs in (
            (steps.q.transpose(1, 2), q),
            (steps.k.transpose(1, 2), k),
            (steps.v.transpose(1, 2), v),
            (steps.scores.nan_to_num(neginf=0.0), scores.nan_to_num(neginf=0.0)),
            (steps.weights, weights),
            (steps.context, context),
            (steps.projected, affine(context, f"{name}.W_O")),
        ):
            assert gap(ours, theirs) < 1e-11

    scale = config.d_model**0.5
    assert gap(trace.encoder.embedded, state["W_E.weight"][SOURCE] * scale + translator.P[:5]) < 1e-12
    assert gap(trace.decoder.embedded, state["W_T.weight"][TARGET] * scale + translator.P[:4]) < 1e-12
    causal = torch.ones(4, 4, dtype=torch.bool).triu(1)
    padding = ~MASK[:, None, None, :]
    for stack, steps in (("encoder", trace.encoder), ("decoder", trace.decoder)):
        x = steps.embedded
        for n, layer in enumerate(steps.layers):
            name = f"{stack}.{n}"
            assert torch.equal(layer.around_attention.x, x)
            read = layer.around_attention.read
            hidden = causal if stack == "decoder" else padding
            check_attention(layer.attention, read, read, hidden, f"{name}.attention")
            check_frame(layer.around_attention, layer.attention.projected, f"{name}.around_attention")
            x = layer.around_attention.out
            assert (layer.cross is None) == (stack == "encoder")
            if layer.cross is not None:
                assert torch.equal(layer.around_cross.x, x)
                check_attention(layer.cross, layer.around_cross.read, trace.encoder.out, padding, f"{name}.cross")
                check_frame(layer.around_cross, layer.cross.projected, f"{name}.around_cross")
                x = layer.around_cross.out
            assert torch.equal(layer.around_ff.x, x)
            inner = affine(layer.around_ff.read, f"{name}.ff.W_1").clamp(min=0)
            assert gap(layer.feed_forward.inner, inner) < 1e-12
            assert gap(layer.feed_forward.ff, affine(inner, f"{name}.ff.W_2")) < 1e-12
            check_frame(layer.around_ff, layer.feed_forward.ff, f"{name}.around_ff")
            x = layer.around_ff.out
        assert gap(steps.out, norm(x, f"norm_{stack}") if is_pre else x) < 1e-12
    assert gap(kept.logits, trace.decoder.out @ state["W_T.weight"].T) < 1e-12
    arrays = named_arrays(trace)
    assert arrays["decoder.layers.1.cross.weights"].shape == (3, 4, 4, 5)
    assert "encoder.layers.1.around_ff.out" in arrays


def test_sinusoids_are_the_papers():
    P = sinusoids(50, 6)
    for p, i in ((0, 0), (3, 1), (49, 2)):
        angle = p / 10000 ** (2 * i / 6)
        assert float(P[p, 2 * i]) == pytest.approx(np.sin(angle), abs=1e-6)
        assert float(P[p, 2 * i + 1]) == pytest.approx(np.cos(angle), abs=1e-6)
    # A step to the right is the same rotation wherever it is taken.
    waves = P.reshape(50, 3, 2).double()
    dots = torch.einsum("pid,qid->pq", waves, waves)
    assert gap(dots[:-1, :-1], dots[1:, 1:]) < 1e-6
    assert sinusoids(4, 5).shape == (4, 5)
    assert "P" not in Translator(SMALL).state_dict()
    assert "P" in Translator(PRE).state_dict()


def test_one_table_for_both_languages():
    joint = scatter(Translator(TranslatorConfig(vocab=30, d_model=24, layers=1, heads=4, d_ff=40, max_pos=12)))
    assert joint.target_table is joint.W_E
    assert not [name for name in joint.state_dict() if name.startswith("W_T")]
    assert joint(SOURCE, TARGET, MASK).logits.shape == (3, 4, 30)


@pytest.mark.parametrize("config", [SMALL, PRE], ids=["post", "pre"])
def test_what_is_decoded_is_what_the_forward_pass_would_choose(config):
    translator = scatter(Translator(config), 3).double()
    greedy_ones = decode(translator, SOURCE, MASK, begin=BEGIN, end=END, max_steps=8).hypotheses
    wide = decode(translator, SOURCE, MASK, begin=BEGIN, end=END, max_steps=8, width=3, alpha=0.6).hypotheses
    for n, (row, s) in enumerate(zip(greedy_ones, MASK.sum(1).tolist(), strict=True)):
        for h in (*row, *wide[n]):
            with torch.no_grad():
                logits = translator(SOURCE[n : n + 1, :s], torch.tensor([[BEGIN, *h.ids[:-1]]])).logits[0]
            logprobs = logits.log_softmax(-1)[range(len(h.ids)), list(h.ids)]
            assert h.logprobs == pytest.approx(logprobs.tolist(), abs=1e-9)
            assert h.score == pytest.approx(sum(logprobs.tolist()) / ((5 + len(h.ids)) / 6) ** (0.6 * (h not in row)))
            if h in row:
                assert logits.argmax(-1).tolist() == list(h.ids)
        assert len(wide[n]) == 3
    with torch.no_grad():
        begin = torch.full((3,), BEGIN)
        one = greedy(*translator.start(SOURCE, MASK), begin, END, 8)
        same = beam(*translator.start(SOURCE, MASK), begin, END, 1, 8).hypotheses
    assert [h.ids for h in one] == [row[0].ids for row in same] == [row[0].ids for row in greedy_ones]


def test_a_few_steps_of_training_learn_to_copy():
    config = TranslatorConfig(vocab=12, d_model=24, layers=1, heads=4, d_ff=40, max_pos=12, norm="pre", dropout=0.05)
    translator = Translator(config)
    draw_weights(translator, 0)
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    optimizer = torch.optim.Adam(translator.parameters(), 3e-3)
    losses = []
    for _ in range(120):
        source = torch.randint(4, 12, (32, 3), generator=generator)
        target = torch.cat([torch.full((32, 1), BEGIN), source, torch.full((32, 1), END)], 1)
        loss = token_loss(translator(source, target[:, :-1]).logits, target[:, 1:])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[0] > 2
    assert losses[-1] < losses[0] / 3


def test_dropout_is_for_training_only():
    config = TranslatorConfig(30, 24, 2, 4, 40, 12, vocab_target=26, dropout=0.4)
    translator = scatter(Translator(config))
    with torch.no_grad():
        quiet = translator(SOURCE, TARGET, MASK).logits
        translator.train()
        torch.manual_seed(0)
        assert gap(translator(SOURCE, TARGET, MASK).logits, quiet) > 1e-2
        translator.eval()
        assert torch.equal(quiet, translator(SOURCE, TARGET, MASK).logits)


def test_too_long_is_refused():
    translator = scatter(Translator(SMALL))
    long = torch.ones(1, 13, dtype=torch.long)
    with pytest.raises(Refusal, match="13 tokens, and the model reads at most 12"):
        translator(long, TARGET[:1])
    with pytest.raises(Refusal, match="13 tokens"):
        translator(SOURCE, long.expand(3, -1))
    written = decode(translator, SOURCE, MASK, begin=BEGIN, end=-1, max_steps=99).hypotheses
    assert [len(row[0].ids) for row in written] == [12, 12, 12]
    assert not written[0][0].is_whole


def test_untrained_weights_are_drawn_from_a_seed():
    a, b, c = (Translator(PRE) for _ in range(3))
    for translator, seed in ((a, 3), (b, 3), (c, 4)):
        draw_weights(translator, seed)
    assert all(torch.equal(x, y) for x, y in zip(a.parameters(), b.parameters(), strict=True))
    assert not torch.equal(a.P, c.P)
    assert abs(float(a.W_E.weight.detach().std()) - 24**-0.5) < 0.02
    assert abs(float(a.encoder[0].ff.W_1.weight.detach().var()) - 2 / 64) < 0.003
    assert (a.norm_encoder.weight == 1).all()
    assert (a.decoder[0].around_cross.norm.weight == 1).all()
    assert (a.decoder[0].cross.W_O.bias == 0).all()


def test_heads_must_divide_the_width():
    with pytest.raises(ValueError, match="d_model 10 does not split into 3 heads"):
        TranslatorConfig(vocab=5, d_model=10, layers=1, heads=3, d_ff=4, max_pos=4)
