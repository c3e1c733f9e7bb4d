"""The text CNN against conv1d and a loop over windows, the LSTM classifier against nn.LSTM, and in the corners."""

from __future__ import annotations

import pytest
import torch
from architecture_helpers import gap, gradients, noise, scatter
from torch import nn

from core.models.blocks import named_arrays
from core.models.classifiers import (
    CNNConfig,
    LSTMClassifier,
    LSTMClassifierConfig,
    TextCNN,
    draw_weights,
    open_windows,
)

IDS = torch.tensor([[4, 9, 2, 23, 7, 11], [5, 8, 11, 1, 1, 1], [6, 1, 1, 1, 1, 1]])
MASK = IDS != 1
LENGTHS = [6, 3, 1]
CNN = CNNConfig(vocab=30, d_emb=5, widths=(2, 3, 4), maps=7, classes=3)
LSTMS = {
    pool: LSTMClassifierConfig(vocab=30, d_emb=5, n=6, classes=3, layers=2, pool=pool)
    for pool in ("last", "mean", "max")
}
BOTH = [CNN, *LSTMS.values()]
ROUNDING = {torch.float32: 1e-5, torch.float64: 1e-10}


def build(config):
    return scatter(TextCNN(config) if isinstance(config, CNNConfig) else LSTMClassifier(config))


def conv_logits(model: TextCNN) -> torch.Tensor:
    """Sentence by sentence through conv1d, with weights (maps, d_emb, h) made of ours (maps, h·d_emb)."""
    rows = []
    for ids, length in zip(IDS, LENGTHS, strict=True):
        x = model.W_E.weight[ids[:length]].T[None]
        pooled = []
        for h, W in zip(model.config.widths, model.W, strict=True):
            kernel = W.weight.unflatten(1, (h, 5)).transpose(1, 2)
            c = nn.functional.conv1d(x, kernel, W.bias, padding=h - 1).relu()
            assert c.shape[-1] == length + h - 1
            pooled.append(nn.functional.max_pool1d(c, c.shape[-1])[0, :, 0])
        rows.append(torch.cat(pooled))
    return model.W_y(torch.stack(rows))


def to_torch(model: LSTMClassifier) -> nn.LSTM:
    """`nn.LSTM` with the weights of the reader."""
    c = model.config
    theirs = nn.LSTM(c.d_emb, c.n, c.layers, batch_first=True, bidirectional=True, dtype=model.W_E.weight.dtype)
    with torch.no_grad():
        for name, parameter in theirs.named_parameters():
            part, matrix, end = name.split("_")[:3]
            cells = model.reader.backwards if name.endswith("_reverse") else model.reader.forwards
            cell = cells[int(end[1])]
            if part == "weight":
                parameter.copy_((cell.W if matrix == "ih" else cell.U).weight)
            else:
                parameter.copy_(cell.W.bias * (matrix == "ih"))
    return theirs


def lstm_logits(model: LSTMClassifier) -> torch.Tensor:
    x = model.W_E.weight[IDS]
    packed = nn.utils.rnn.pack_padded_sequence(x, LENGTHS, batch_first=True)
    out, (h, _) = to_torch(model)(packed)
    H, _ = nn.utils.rnn.pad_packed_sequence(out, batch_first=True)
    rows = [row[:length] for row, length in zip(H, LENGTHS, strict=True)]
    match model.config.pool:
        case "last":
            pooled = torch.cat([h[-2], h[-1]], -1)
        case "mean":
            pooled = torch.stack([row.mean(0) for row in rows])
        case "max":
            pooled = torch.stack([row.max(0).values for row in rows])
    return model.W_y(pooled)


@pytest.mark.parametrize("dtype", ROUNDING)
@pytest.mark.parametrize("config", BOTH, ids=["cnn", *LSTMS])
def test_equals_torch_forward_and_backward(config, dtype):
    model = build(config).to(dtype)
    logits = model(IDS, MASK).logits
    expected = conv_logits(model) if isinstance(model, TextCNN) else lstm_logits(model)
    assert gap(logits, expected) <= ROUNDING[dtype]
    answers = torch.tensor([2, 0, 1])
    ours, theirs = (gradients(model, nn.functional.cross_entropy(z, answers)) for z in (logits, expected))
    for name, gradient in ours.items():
        # The reader's own gradients are compared in the tests of the cells.
        if not name.startswith("reader."):
            assert gap(gradient, theirs[name]) <= ROUNDING[dtype], name
        assert (gradient != 0).any(), name


@pytest.mark.parametrize("config", BOTH, ids=["cnn", *LSTMS])
def test_the_comparison_can_fail(config):
    model = build(config)
    expected = conv_logits(model) if isinstance(model, TextCNN) else lstm_logits(model)
    with torch.no_grad():
        model.W_E.weight[4, 0] += 2
        assert gap(model(IDS, MASK).logits, expected) > 1e-3


@pytest.mark.parametrize("config", BOTH, ids=["cnn", *LSTMS])
def test_padding_changes_nothing(config):
    model = build(config).double()
    with torch.no_grad():
        model.W_E.weight[17] = 50.0
        for padding in (1, 17):
            together = model(IDS.masked_fill(~MASK, padding), MASK).logits
            wider = nn.functional.pad(IDS.masked_fill(~MASK, padding), (0, 4), value=padding)
            assert gap(model(wider, nn.functional.pad(MASK, (0, 4))).logits, together) < 1e-12
            for n, length in enumerate(LENGTHS):
                assert gap(together[n], model(IDS[n : n + 1, :length]).logits[0]) < 1e-12


@pytest.mark.parametrize("config", BOTH, ids=["cnn", *LSTMS])
def test_keeping_everything_changes_nothing(config):
    model = build(config)
    with torch.no_grad():
        plain, kept = model(IDS, MASK), model(IDS, MASK, keep=True)
        assert plain.trace is None
        assert kept.trace is not None
        assert torch.equal(plain.logits, kept.logits)
        last = kept.trace.features if isinstance(model, TextCNN) else kept.trace.pooled
        assert gap(model.W_y(last), kept.logits) < 1e-6
    shapes = {name: array.shape for name, array in named_arrays(kept.trace).items()}
    if isinstance(model, TextCNN):
        assert shapes["widths.1.activations"] == (3, 8, 7)
        assert shapes["features"] == (3, 21)
    else:
        assert shapes["layers.1.0.f"] == (3, 6, 6)
        assert shapes["H"] == (3, 6, 12)
        assert torch.equal(kept.trace.H[2, 0, :6], kept.trace.layers[1][0].h[2, 0])


def test_a_convolution_window_by_window():
    model = build(CNN).double()
    with torch.no_grad():
        trace = model(IDS, MASK, keep=True).trace
        assert trace is not None
        zero = torch.zeros(5).double()
        for h, W, steps in zip(CNN.widths, model.W, trace.widths, strict=True):
            for n, length in enumerate(LENGTHS):
                words = [model.W_E.weight[i] for i in IDS[n, :length]]
                for w in range(6 + h - 1):
                    inside = [i for i in range(w - h + 1, w + 1) if 0 <= i < length]
                    if not inside:
                        assert (steps.activations[n, w] == -torch.inf).all()
                        continue
                    window = torch.cat([words[i] if i in inside else zero for i in range(w - h + 1, w + 1)])
                    c = (W.weight @ window + W.bias).clamp(min=0)
                    assert gap(steps.activations[n, w], c) < 1e-12
                best = steps.activations[n].max(0)
                assert torch.equal(steps.pooled[n], best.values)
                at = steps.activations[n].gather(0, steps.winners[n][None])[0]
                assert torch.equal(at, best.values)


def test_windows_hang_over_both_ends():
    x = torch.tensor([[[1.0, 10.0], [2.0, 20.0]]])
    assert open_windows(x, 1).tolist() == x.tolist()
    assert open_windows(x, 2)[0].tolist() == [[0, 0, 1, 10], [1, 10, 2, 20], [2, 20, 0, 0]]
    assert open_windows(x[:, :1], 3)[0].tolist() == [[0, 0, 0, 0, 1, 10], [0, 0, 1, 10, 0, 0], [1, 10, 0, 0, 0, 0]]


@pytest.mark.parametrize("config", BOTH, ids=["cnn", *LSTMS])
def test_gradient_with_respect_to_the_words(config):
    model = build(config).double().requires_grad_(False)
    words = noise(2, 4, 5).requires_grad_(True)
    mask = torch.tensor([[True] * 4, [True, True, False, False]])
    assert torch.autograd.gradcheck(lambda w: model.forward_embedded(w, mask).logits, words)
    (gradient,) = torch.autograd.grad(model.forward_embedded(words, mask).logits.pow(2).sum(), words)
    assert (gradient[~mask] == 0).all()
    assert (gradient[mask] != 0).any()
    assert torch.equal(model(IDS).logits, model.forward_embedded(model.embed(IDS)).logits)


@pytest.mark.parametrize("config", [CNN, LSTMS["max"]], ids=["cnn", "lstm"])
def test_a_few_steps_of_training_learn_a_word(config):
    """Class 1 is the sentences that have word 7 in them."""
    model = TextCNN(config) if isinstance(config, CNNConfig) else LSTMClassifier(config)
    draw_weights(model, 0)
    generator = torch.Generator().manual_seed(0)
    optimizer = torch.optim.Adam(model.parameters(), 2e-2)

    def sample():
        ids = torch.randint(0, 16, (64, 6), generator=generator)
        return ids, (ids == 7).any(1).long()

    for _ in range(60):
        ids, answers = sample()
        loss = nn.functional.cross_entropy(model(ids).logits, answers)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    ids, answers = sample()
    with torch.no_grad():
        assert float((model(ids).logits.argmax(-1) == answers).float().mean()) > 0.9
    assert 0.1 < float(answers.float().mean()) < 0.6


@pytest.mark.parametrize(
    "config", [CNNConfig(30, 5, (2, 3), 7, 3, dropout=0.5), LSTMClassifierConfig(30, 5, 6, 3, dropout=0.5)]
)
def test_dropout_is_for_training_only(config):
    model = build(config)
    with torch.no_grad():
        quiet = model(IDS, MASK).logits
        model.train()
        torch.manual_seed(0)
        assert gap(model(IDS, MASK).logits, quiet) > 1e-2
        model.eval()
        assert torch.equal(quiet, model(IDS, MASK).logits)


def test_untrained_weights_are_drawn_from_a_seed():
    for config in (CNN, LSTMS["mean"]):
        models = [build(config) for _ in range(3)]
        for model, seed in zip(models, (3, 3, 4), strict=True):
            draw_weights(model, seed)
        a, b, c = models
        assert all(torch.equal(x, y) for x, y in zip(a.parameters(), b.parameters(), strict=True))
        assert not torch.equal(a.W_E.weight, c.W_E.weight)
        assert 0.2 < float(a.W_E.weight.detach().abs().max()) <= 0.25
        assert (a.W_y.bias == 0).all()
