"""Steps a second on every place there is."""

from __future__ import annotations

import torch

from core.device import places
from core.foundations import speed
from core.foundations.gradient_flow import FlowParams, quadrants


def test_both_nets_run_on_every_place(monkeypatch):
    monkeypatch.setattr(speed, "SECONDS", 0.02)
    monkeypatch.setattr(speed, "WIDE", 64)
    plan, seen = FlowParams(depth=8).plan(), []
    cpu = torch.device("cpu")
    small, wide = speed.race(plan, quadrants(), seen.append, (cpu, cpu))
    assert small.sizes == plan.net.sizes
    assert wide.sizes == (2, *(64,) * speed.MOST_LAYERS, 1)
    for one in (small, wide):
        assert len(one.rates) == 2
        assert all(rate > 0 for rate in one.rates)
        assert one.gain == one.rates[1] / one.rates[0]
    assert seen == [0.0, 0.25, 0.5, 0.75]


def test_a_machine_has_at_least_its_processor():
    assert places()[0].type == "cpu"
    assert len(places()) == 1 + torch.cuda.is_available() or len(places()) == 1
