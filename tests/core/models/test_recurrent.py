"""The recurrent translator against its papers' equations written out with torch's cells, and in the corners."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from architecture_helpers import gap, gradients, noise, scatter
from torch import nn

from core.models.blocks import named_arrays
from core.models.likelihood import token_loss
from core.models.recurrent import Additive, Multiplicative, RecurrentConfig, RecurrentTranslator, draw_weights
from core.models.search import decode

SOURCE = torch.tensor([[4, 9, 2, 23, 7], [5, 8, 11, 1, 1], [6, 1, 1, 1, 1]])
MASK = SOURCE != 1
TARGET = torch.tensor([[2, 9, 14, 3], [2, 8, 3, 1], [2, 3, 1, 1]])
BEGIN, END = 2, 3
ALL = [
    RecurrentConfig(30, 26, 6, 8, layers, cell, attention)
    for layers, cell, attention in product((1, 2), ("lstm", "gru"), ("additive", "multiplicative"))
]
NAMES = [f"{c.layers}-{c.cell}-{c.attention}" for c in ALL]
ROUNDING = {torch.float32: 1e-5, torch.float64: 1e-10}


def torch_cell(cell, kind):
    """`nn.LSTMCell` or `nn.GRUCell` with the very parameters of ours, so that gradients meet in one place."""
    W, U, b = cell.W.weight, cell.U.weight, cell.W.bias
    theirs = (nn.LSTMCell if kind == "lstm" else nn.GRUCell)(W.shape[1], cell.n, dtype=W.dtype)
    b_U = torch.zeros_like(b) if cell.U.bias is None else cell.U.bias
    values = {"weight_ih": W, "weight_hh": U, "bias_ih": b, "bias_hh": b_U}
    return lambda *inputs: torch.func.functional_call(theirs, values, inputs)


def by_the_book(model: RecurrentTranslator):
    """Logits and α of the whole batch, sentence by sentence, from the equations: no batching, no masks, no sharing."""
    config = model.config
    logits, weights = [], []
    for source, mask, target in zip(SOURCE, MASK, TARGET, strict=True):
        x = model.W_E.weight[source[mask]]
        opening = []
        for n in range(config.layers):
            sides, ends = [], []
            for cells, turn in ((model.encoder.forwards, False), (model.encoder.backwards, True)):
                cell = torch_cell(cells[n], config.cell)
                h = c = x.new_zeros(config.n)
                hs = []
                for x_t in x.flip(0) if turn else x:
                    h, c = cell(x_t, (h, c)) if config.cell == "lstm" else (cell(x_t, h), c)
                    hs.append(h)
                sides.append(torch.stack(hs[::-1] if turn else hs))
                ends.append((h, c))
            x = torch.cat(sides, -1)
            s = torch.tanh(model.W_s[n](torch.cat([h for h, _ in ends])))
            opening.append((s, model.W_0[n](torch.cat([c for _, c in ends])) if config.cell == "lstm" else None))
        H, states, a = x, opening, x.new_zeros(config.n)

        def look(s, H=H):
            if config.attention == "additive":
                W_a, U_a, v = (p.weight for p in (model.attention.W_a, model.attention.U_a, model.attention.v))
                e = torch.stack([v[0] @ torch.tanh(W_a @ s + U_a @ h) for h in H])
            else:
                e = torch.stack([s @ model.attention.W_a.weight @ h for h in H])
            alpha = e.exp() / e.exp().sum()
            return alpha, alpha @ H

        def advance(x, states):
            new = []
            for cell, (h, c) in zip(model.cells, states, strict=True):
                run = torch_cell(cell, config.cell)
                h, c = run(x, (h, c)) if config.cell == "lstm" else (run(x, h), None)
                new.append((h, c))
                x = h
            return new

        rows, alphas = [], []
        for token in target:
            y = model.W_T.weight[token]
            if config.attention == "additive":
                alpha, context = look(states[-1][0])
                states = advance(torch.cat([y, context]), states)
            else:
                states = advance(torch.cat([y, a]), states)
                alpha, context = look(states[-1][0])
            a = torch.tanh(model.W_c(torch.cat([states[-1][0], context])))
            rows.append(model.W_y(a))
            alphas.append(nn.functional.pad(alpha, (0, len(source) - len(alpha))))
        logits.append(torch.stack(rows))
        weights.append(torch.stack(alphas))
    return torch.stack(logits), torch.stack(weights)


@pytest.mark.parametrize("config", ALL, ids=NAMES)
@pytest.mark.parametrize("dtype", ROUNDING)
def test_equals_the_equations_forward_and_backward(config, dtype):
    model = scatter(RecurrentTranslator(config), size=0.7).to(dtype)
    output = model(SOURCE, TARGET, MASK)
    logits, weights = by_the_book(model)
    assert gap(output.logits, logits) <= ROUNDING[dtype]
    assert gap(output.weights, weights) <= ROUNDING[dtype]
    losses = [token_loss(z[:, :-1], TARGET[:, 1:], TARGET[:, 1:] != 1) for z in (output.logits, logits)]
    ours, theirs = (gradients(model, loss) for loss in losses)
    for name, gradient in ours.items():
        assert gap(gradient, theirs[name]) <= ROUNDING[dtype], name
        # The bias of a GRU's U is used twice; all parameters matter.
        assert (gradient != 0).any(), name


def test_the_comparison_can_fail():
    model = scatter(RecurrentTranslator(ALL[0]), size=0.7)
    logits, _ = by_the_book(model)
    with torch.no_grad():
        model.attention.W_a.weight[0] += 0.5
        assert gap(model(SOURCE, TARGET, MASK).logits, logits) > 1e-3


def test_scores_by_einsum():
    s, H = noise(2, 4), noise(2, 5, 8, seed=2)
    additive, multiplicative = scatter(Additive(4)).double(), scatter(Multiplicative(4)).double()
    inside = torch.einsum("nm,bm->bn", additive.W_a.weight, s)[:, None] + torch.einsum(
        "nm,bsm->bsn", additive.U_a.weight, H
    )
    expected = torch.einsum("n,bsn->bs", additive.v.weight[0], torch.tanh(inside))
    assert gap(additive(s, additive.keys(H)), expected) < 1e-12
    expected = torch.einsum("bn,nm,bsm->bs", s, multiplicative.W_a.weight, H)
    assert gap(multiplicative(s, multiplicative.keys(H)), expected) < 1e-12


@pytest.mark.parametrize("config", ALL, ids=NAMES)
def test_step_by_step_as_at_once(config):
    model = scatter(RecurrentTranslator(config), size=0.7).double()
    with torch.no_grad():
        expected = model(SOURCE, TARGET, MASK).logits
        step, state = model.start(SOURCE, MASK, copies=2)
        for t in range(4):
            logits, state = step(TARGET[:, t].repeat_interleave(2), state)
            assert gap(logits[::2], expected[:, t]) < 1e-10
            assert gap(logits[1::2], expected[:, t]) < 1e-10


@pytest.mark.parametrize("config", ALL, ids=NAMES)
def test_padding_changes_nothing(config):
    model = scatter(RecurrentTranslator(config), size=0.7).double()
    with torch.no_grad():
        for padding in (1, 17):
            source, target = SOURCE.masked_fill(~MASK, padding), TARGET.masked_fill(TARGET == 1, padding)
            together = model(source, target, MASK)
            for n, (s, t) in enumerate(zip(MASK.sum(1).tolist(), (TARGET != 1).sum(1).tolist(), strict=True)):
                alone = model(SOURCE[n : n + 1, :s], TARGET[n : n + 1, :t])
                assert gap(together.logits[n, :t], alone.logits[0]) < 1e-10
                assert (together.weights[n, :, s:] == 0).all()


@pytest.mark.parametrize("config", ALL, ids=NAMES)
def test_keeping_everything_changes_nothing_and_follows_the_equations(config):
    model = scatter(RecurrentTranslator(config), size=0.7).double()
    with torch.no_grad():
        plain, kept = model(SOURCE, TARGET, MASK), model(SOURCE, TARGET, MASK, keep=True)
        assert plain.trace is None
        assert torch.equal(plain.logits, kept.logits)
        trace = kept.trace
        assert trace is not None
        steps = trace.decoder
        top = steps.cells[-1].h
        assert torch.equal(steps.alignment.weights, kept.weights)
        assert gap(steps.alignment.weights.sum(-1), torch.ones(3, 4).double()) < 1e-12
        context = torch.einsum("bts,bsn->btn", steps.alignment.weights, trace.annotations)
        assert gap(steps.alignment.context, context) < 1e-12
        assert gap(steps.readout, torch.tanh(model.W_c(torch.cat([top, context], -1)))) < 1e-12
        assert gap(kept.logits, model.W_y(steps.readout)) < 1e-12
        if config.attention == "additive":
            assert torch.equal(steps.fed, steps.alignment.context)
        else:
            assert (steps.fed[:, 0] == 0).all()
            assert torch.equal(steps.fed[:, 1:], steps.readout[:, :-1])
    shapes = {name: array.shape for name, array in named_arrays(trace).items()}
    gates = "ifgoch" if config.cell == "lstm" else "rznh"
    for gate in gates:
        assert shapes[f"encoder.0.1.{gate}"] == (3, 5, 8)
        assert shapes[f"decoder.cells.{config.layers - 1}.{gate}"] == (3, 4, 8)
    assert shapes["annotations"] == (3, 5, 16)
    assert shapes["decoder.alignment.scores"] == (3, 4, 5)


@pytest.mark.parametrize("config", ALL[:4], ids=NAMES[:4])
def test_what_is_decoded_is_what_the_forward_pass_would_choose(config):
    model = scatter(RecurrentTranslator(config), 3, 0.6).double()
    one = decode(model, SOURCE, MASK, begin=BEGIN, end=END, max_steps=8).hypotheses
    same = decode(model, SOURCE, MASK, begin=BEGIN, end=END, max_steps=8, keep=True).hypotheses
    wide = decode(model, SOURCE, MASK, begin=BEGIN, end=END, max_steps=8, width=3).hypotheses
    for n, s in enumerate(MASK.sum(1).tolist()):
        assert one[n][0].ids == same[n][0].ids
        assert len(wide[n]) == 3
        for h in (*one[n], *wide[n]):
            with torch.no_grad():
                logits = model(SOURCE[n : n + 1, :s], torch.tensor([[BEGIN, *h.ids[:-1]]])).logits[0]
            logprobs = logits.log_softmax(-1)[range(len(h.ids)), list(h.ids)]
            assert h.logprobs == pytest.approx(logprobs.tolist(), abs=1e-9)
            if h in one[n]:
                assert logits.argmax(-1).tolist() == list(h.ids)


def test_a_few_steps_of_training_learn_to_copy():
    model = RecurrentTranslator(RecurrentConfig(12, 12, 12, 24, dropout=0.05))
    draw_weights(model, 0)
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    losses = []
    for _ in range(80):
        source = torch.randint(4, 12, (32, 3), generator=generator)
        target = torch.cat([torch.full((32, 1), BEGIN), source, torch.full((32, 1), END)], 1)
        loss = token_loss(model(source, target[:, :-1]).logits, target[:, 1:])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[0] > 2
    assert losses[-1] < losses[0] / 3


def test_dropout_is_for_training_only():
    model = scatter(RecurrentTranslator(RecurrentConfig(30, 26, 6, 8, 2, dropout=0.4)))
    with torch.no_grad():
        quiet = model(SOURCE, TARGET, MASK).logits
        model.train()
        torch.manual_seed(0)
        assert gap(model(SOURCE, TARGET, MASK).logits, quiet) > 1e-2
        model.eval()
        assert torch.equal(quiet, model(SOURCE, TARGET, MASK).logits)


def test_untrained_weights_are_drawn_from_a_seed():
    a, b, c = (RecurrentTranslator(ALL[0]) for _ in range(3))
    for model, seed in ((a, 3), (b, 3), (c, 4)):
        draw_weights(model, seed)
    assert all(torch.equal(x, y) for x, y in zip(a.parameters(), b.parameters(), strict=True))
    assert not torch.equal(a.W_c.weight, c.W_c.weight)
    assert abs(float(a.W_E.weight.detach().std()) - 0.1) < 0.02
    assert (a.W_y.bias == 0).all()
    assert (a.cells[0].W.bias[8:16] == 1).all()
