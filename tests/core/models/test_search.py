"""Greedy search and the beam, against brute force, an independent beam and each other."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.models.search import beam, decode, greedy, length_penalty, pick_rows

VOCAB, END = 4, 3


def markov(seed: int, batch: int = 1, copies: int = 1):
    """A made-up model: what may follow depends on the source, on how much is written, and on the last two tokens."""
    shape = (batch, 8, VOCAB, VOCAB, VOCAB)
    table = torch.randn(shape, generator=torch.Generator().manual_seed(seed)).double() * 1.5
    row = torch.arange(batch).repeat_interleave(copies)

    def step(last, state):
        before, (t,) = state
        return table[row, t, before, last], (last, (t + 1,))

    zeros = torch.zeros(batch * copies, dtype=torch.long)
    return step, (zeros, (zeros,)), table


def logprob_of(table, ids, begin=0):
    """Log-probabilities of `ids`, worked out without any search."""
    before, last, out = 0, begin, []
    for t, token in enumerate(ids):
        logits = table[t, before, last].double().numpy()
        out.append(float(logits[token] - np.log(np.exp(logits).sum())))
        before, last = last, token
    return out


def all_texts(most: int):
    """Every text of at most `most` tokens that ends, and every one of exactly `most` that does not."""
    for length in range(1, most + 1):
        for body in product(range(VOCAB - 1), repeat=length - 1):
            yield (*body, END)
    yield from product(range(VOCAB - 1), repeat=most)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.6, 1.0, 2.0]), st.integers(1, 4))
def test_a_wide_beam_finds_what_brute_force_finds(seed, alpha, most):
    width = 3 ** (most - 1) * 4 + 100  # room for everything
    step, state, table = markov(seed, copies=width)
    found = beam(step, state, torch.tensor([0]), END, width, most, alpha).hypotheses[0]
    scored = {ids: sum(logprob_of(table[0], ids)) / ((5 + len(ids)) / 6) ** alpha for ids in all_texts(most)}
    assert {h.ids for h in found} == set(scored)
    for h in found:
        assert h.score == pytest.approx(scored[h.ids], abs=1e-5)
        assert h.logprobs == pytest.approx(logprob_of(table[0], h.ids), abs=1e-5)
        assert h.is_whole == (h.ids[-1] == END)
    assert [h.score for h in found] == sorted((h.score for h in found), reverse=True)
    assert found[0].score == pytest.approx(max(scored.values()), abs=1e-5)
    assert sum(np.exp(h.logprob) for h in found) == pytest.approx(1.0, abs=1e-4)


def narrow_beam(table, width: int, most: int, alpha: float):
    """The same beam in plain Python lists."""
    alive, over = [()], []
    for _ in range(most):
        grown = sorted(
            ((*ids, t) for ids in alive for t in range(VOCAB)), key=lambda ids: -sum(logprob_of(table, ids))
        )[: width - len(over)]
        over += [ids for ids in grown if ids[-1] == END]
        alive = [ids for ids in grown if ids[-1] != END]
    return sorted(over + alive, key=lambda ids: -sum(logprob_of(table, ids)) / ((5 + len(ids)) / 6) ** alpha)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(1, 6), st.sampled_from([0.0, 1.0]))
def test_a_narrow_beam_of_several_sources_is_the_plain_one_of_each(seed, width, most, alpha):
    step, state, table = markov(seed, batch=3, copies=width)
    found = beam(step, state, torch.zeros(3, dtype=torch.long), END, width, most, alpha).hypotheses
    for row in range(3):
        assert [h.ids for h in found[row]] == narrow_beam(table[row], width, most, alpha)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 8), st.sampled_from([0.0, 0.8, 3.0]))
def test_a_beam_of_one_is_greedy(seed, most, alpha):
    step, state, table = markov(seed, batch=4)
    begin = torch.zeros(4, dtype=torch.long)
    one = greedy(step, state, begin, END, most, alpha)
    other = beam(step, state, begin, END, 1, most, alpha).hypotheses
    for row in range(4):
        (h,) = other[row]
        assert h.ids == one[row].ids
        assert h.logprobs == pytest.approx(one[row].logprobs, abs=1e-6)
        assert (h.score, h.is_whole) == (pytest.approx(one[row].score, abs=1e-6), one[row].is_whole)
        previous = 0, 0
        for t, token in enumerate(h.ids):
            assert token == int(table[row, t][previous].argmax())
            previous = previous[1], token


def test_the_beam_can_beat_greedy():
    """The likeliest first word leads nowhere: 0.6·0.34 < 0.4·1."""
    table = torch.full((VOCAB, VOCAB), -30.0)
    table[0, 1], table[0, 2] = np.log(0.6), np.log(0.4)
    table[1, [0, 1, END]] = torch.tensor([0.33, 0.33, 0.34]).log()
    table[2, END] = 0.0

    def step(last, state):
        return table[last], state

    begin = torch.tensor([0])
    assert greedy(step, None, begin, END, 2)[0].ids == (1, END)
    best, second = beam(step, None, begin, END, 2, 2).hypotheses[0]
    assert best.ids == (2, END)
    assert best.logprob == pytest.approx(np.log(0.4))
    assert second.logprob == pytest.approx(np.log(0.6 * 0.34))


def test_a_length_penalty_prefers_longer_texts():
    """0.5 now, or 0.5·0.9 a token later: α = 0 takes the short one, α = 1 the long one."""
    table = torch.full((VOCAB, VOCAB), -30.0)
    table[0, END], table[0, 1] = np.log(0.5), np.log(0.5) - 1e-3
    table[1, END], table[1, 2] = np.log(0.9), np.log(0.1)

    def step(last, state):
        return table[last], state

    short, long = (beam(step, None, torch.tensor([0]), END, 2, 4, alpha).hypotheses[0][0] for alpha in (0.0, 1.0))
    assert (short.ids, long.ids) == ((END,), (1, END))
    assert long.score == pytest.approx(long.logprob / (7 / 6))
    assert length_penalty(1, 5.0) == length_penalty(40, 0.0) == 1.0


def test_the_steps_of_a_beam_lead_to_its_hypotheses():
    width = 3
    step, state, _ = markov(7, batch=2, copies=width)
    output = beam(step, state, torch.zeros(2, dtype=torch.long), END, width, 5, keep=True)
    assert output.steps is not None
    for row in range(2):
        told = set()
        for t, now in enumerate(output.steps):
            for place in range(width):
                is_last = t == len(output.steps) - 1 and bool(now.logprobs[row, place] > -torch.inf)
                if bool(now.has_ended[row, place]) or is_last:
                    ids, at = [], place
                    for earlier in reversed(output.steps[: t + 1]):
                        ids.append(int(earlier.ids[row, at]))
                        at = int(earlier.parents[row, at])
                    told.add(tuple(reversed(ids)))
        assert told == {h.ids for h in output.hypotheses[row]}
        # A place that has ended is empty: the beam narrows with every text that is finished.
        for before, now in zip(output.steps, output.steps[1:], strict=False):
            free = int((before.logprobs[row] > -torch.inf).sum() - before.has_ended[row].sum())
            assert int((now.logprobs[row] > -torch.inf).sum()) <= max(free, 0)
    assert beam(step, state, torch.zeros(2, dtype=torch.long), END, width, 5).steps is None


def test_picking_rows_keeps_the_form_of_a_state():
    from core.models.blocks import KV

    tensor = torch.arange(3)[:, None]
    picked = pick_rows(((tensor, None), KV(tensor, tensor * 10)), torch.tensor([2, 2, 0]))
    assert isinstance(picked[1], KV)
    assert picked[0][1] is None
    assert picked[0][0].flatten().tolist() == [2, 2, 0]
    assert picked[1].v.flatten().tolist() == [20, 20, 0]


def test_decode_asks_for_as_many_copies_as_the_beam_is_wide():
    class Model:
        longest = None

        def start(self, source, mask=None, copies=1):
            self.copies = copies
            step, state, _ = markov(3, batch=len(source), copies=copies)
            return step, state

    model = Model()
    wide = decode(model, torch.zeros(2, 5), begin=0, end=END, max_steps=4, width=3, keep=True)
    assert model.copies == 3
    assert wide.steps is not None
    assert all(len(row) == 3 for row in wide.hypotheses)
    narrow = decode(model, torch.zeros(2, 5), begin=0, end=END, max_steps=4)
    assert model.copies == 1
    assert narrow == beam(*markov(3, batch=2)[:2], torch.zeros(2, dtype=torch.long), END, 1, 4)
    model.longest = 2
    short = decode(model, torch.zeros(2, 5), begin=0, end=END, max_steps=4, width=20)
    assert max(len(h.ids) for h in short.hypotheses[0]) == 2
