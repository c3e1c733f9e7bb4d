"""The cells against torch's LSTM and GRU, with packed sequences for padding, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from architecture_helpers import assert_same_gradients, gap, gradients, noise, scatter
from torch import nn

from core.models.blocks import draw, named_arrays
from core.models.cells import GRUCell, GRUSteps, LSTMCell, LSTMSteps, Recurrent, cell_rule, from_torch, read

LENGTHS = [6, 3, 1]
MASK = torch.arange(6) < torch.tensor(LENGTHS)[:, None]
ROUNDING = {torch.float32: 1e-5, torch.float64: 1e-10}
TORCH = {"lstm": nn.LSTM, "gru": nn.GRU}


def torch_like(kind, layers=2, is_both=True, dtype=torch.float64):
    theirs = scatter(TORCH[kind](5, 7, layers, batch_first=True, bidirectional=is_both)).to(dtype)
    ours = Recurrent(kind, 5, 7, layers, is_both).to(dtype)
    ours.load_state_dict(from_torch(theirs.state_dict()))
    return ours, theirs


def their_output(theirs, x):
    packed = nn.utils.rnn.pack_padded_sequence(x, LENGTHS, batch_first=True)
    out, last = theirs(packed)
    return nn.utils.rnn.pad_packed_sequence(out, batch_first=True)[0], last if isinstance(last, tuple) else (last,)


def their_gradients(kind):
    """torch's gradients under our names: of two biases that are only ever added, one is enough."""

    def rename(theirs):
        if kind == "lstm":
            theirs = {name: torch.zeros_like(g) if name.startswith("bias_hh") else g for name, g in theirs.items()}
        return from_torch(theirs)

    return rename


@pytest.mark.parametrize("kind", TORCH)
@pytest.mark.parametrize("is_both", [True, False])
@pytest.mark.parametrize("dtype", ROUNDING)
def test_equals_torch_forward_and_backward(kind, is_both, dtype):
    ours, theirs = torch_like(kind, is_both=is_both, dtype=dtype)
    x = noise(3, 6, 5).to(dtype)
    output = ours(x, MASK)
    expected, last = their_output(theirs, x)
    assert gap(output.out, expected) <= ROUNDING[dtype]
    assert output.layers is None
    directions = 1 + is_both
    for n, layer in enumerate(output.last):
        for part, their_part in zip(layer, last, strict=True):
            side_by_side = torch.cat(list(their_part[n * directions : (n + 1) * directions]), -1)
            assert gap(part, side_by_side) <= ROUNDING[dtype]
    plain = ours(x)
    assert gap(plain.out, theirs(x)[0]) <= ROUNDING[dtype]
    weights = noise(*expected.shape, seed=2).to(dtype)
    assert_same_gradients(
        gradients(ours, (output.out * weights).sum() + output.last[-1][0].pow(2).sum()),
        gradients(theirs, (expected * weights).sum() + torch.cat(list(last[0][-directions:]), -1).pow(2).sum()),
        their_gradients(kind),
        ROUNDING[dtype],
    )


@pytest.mark.parametrize("kind", TORCH)
def test_the_comparison_can_fail(kind):
    ours, theirs = torch_like(kind)
    with torch.no_grad():
        ours.backwards[1].U.weight[3, 2] += 0.5
        assert gap(ours(noise(3, 6, 5), MASK).out, their_output(theirs, noise(3, 6, 5))[0]) > 1e-3


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_an_lstm_by_its_equations():
    cell = scatter(LSTMCell(3, 2)).double()
    x = noise(1, 4, 3)
    steps = read(cell, x, keep=True).steps
    assert isinstance(steps, LSTMSteps)
    W, b, U = (p.detach().numpy() for p in (cell.W.weight, cell.W.bias, cell.U.weight))
    h = c = np.zeros(2)
    for t in range(4):
        a = W @ x[0, t].numpy() + b + U @ h
        i, f, g, o = sigmoid(a[:2]), sigmoid(a[2:4]), np.tanh(a[4:6]), sigmoid(a[6:])
        c = f * c + i * g
        h = o * np.tanh(c)
        for name, value in {"i": i, "f": f, "g": g, "o": o, "c": c, "h": h}.items():
            np.testing.assert_allclose(getattr(steps, name)[0, t].detach().numpy(), value, atol=1e-14)


def test_a_gru_by_its_equations_backwards():
    cell = scatter(GRUCell(3, 2)).double()
    x = noise(1, 4, 3)
    output = read(cell, x, is_backwards=True, keep=True)
    assert isinstance(output.steps, GRUSteps)
    W, b, U, b2 = (p.detach().numpy() for p in (cell.W.weight, cell.W.bias, cell.U.weight, cell.U.bias))
    h = np.zeros(2)
    for t in (3, 2, 1, 0):
        a, u = W @ x[0, t].numpy() + b, U @ h + b2
        r, z = sigmoid(a[:2] + u[:2]), sigmoid(a[2:4] + u[2:4])
        n = np.tanh(a[4:] + r * u[4:])
        h = (1 - z) * n + z * h
        for name, value in {"r": r, "z": z, "n": n, "h": h}.items():
            np.testing.assert_allclose(getattr(output.steps, name)[0, t].detach().numpy(), value, atol=1e-14)
        np.testing.assert_allclose(output.out[0, t].detach().numpy(), h, atol=1e-14)
    np.testing.assert_allclose(output.last[0][0].detach().numpy(), h, atol=1e-14)


@pytest.mark.parametrize("kind", TORCH)
def test_padding_on_either_side_changes_nothing(kind):
    ours, _ = torch_like(kind)
    rows = [noise(1, length, 5, seed=length) for length in LENGTHS]
    with torch.no_grad():
        for side in ("left", "right"):
            x, mask = noise(3, 8, 5) * 9, torch.zeros(3, 8, dtype=torch.bool)
            for n, row in enumerate(rows):
                length = row.shape[1]
                place = slice(8 - length, 8) if side == "left" else slice(0, length)
                x[n, place], mask[n, place] = row[0], True
            together = ours(x, mask)
            assert (together.out[~mask] == 0).all()
            for n, row in enumerate(rows):
                alone = ours(row)
                assert gap(together.out[n][mask[n]], alone.out[0]) < 1e-12
                for layer, other in zip(together.last, alone.last, strict=True):
                    assert all(gap(a[n], b[0]) < 1e-12 for a, b in zip(layer, other, strict=True))


@pytest.mark.parametrize("kind", TORCH)
def test_keeping_everything_changes_nothing(kind):
    ours, _ = torch_like(kind)
    with torch.no_grad():
        plain, kept = ours(noise(3, 6, 5), MASK), ours(noise(3, 6, 5), MASK, keep=True)
    assert torch.equal(plain.out, kept.out)
    assert kept.layers is not None
    assert [len(layer) for layer in kept.layers] == [2, 2]
    forwards, backwards = kept.layers[1]
    both = torch.cat([forwards.h, backwards.h], -1)
    assert torch.equal(both[MASK], kept.out[MASK])
    assert named_arrays(kept)["layers.0.1.h"].shape == (3, 6, 7)


def test_dropout_is_between_layers_and_in_training_only():
    torch.manual_seed(0)
    one, two = (scatter(Recurrent("gru", 5, 7, layers, dropout=0.5)) for layers in (1, 2))
    x = noise(3, 6, 5).float()
    with torch.no_grad():
        quiet = one(x).out, two(x).out
        one.train(), two.train()
        assert torch.equal(one(x).out, quiet[0])
        assert gap(two(x).out, quiet[1]) > 1e-2


def test_cells_begin_with_an_open_forget_gate():
    lstm, gru = Recurrent("lstm", 5, 100), Recurrent("gru", 5, 100)
    for model in (lstm, gru):
        draw(model, 3, lambda name, parameter, generator: cell_rule(name, parameter, 100, generator))
        W = model.forwards[0].U.weight.detach()
        assert 0.09 < float(W.abs().max()) <= 0.1
    assert lstm.forwards[0].W.bias.tolist() == [0.0] * 100 + [1.0] * 100 + [0.0] * 200
    assert (gru.forwards[0].W.bias == 0).all()
    assert (gru.forwards[0].U.bias == 0).all()
