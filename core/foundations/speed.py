"""The same training on the processor and on the GPU: how many steps a second each takes.

A small net keeps a GPU waiting for the next instruction; a wide one keeps it busy. So both are tried: the net in hand,
and the same with `WIDE` units in every hidden layer.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from core.device import places
from core.foundations.network import Net, build
from core.foundations.recording import Record
from core.foundations.training import Data, Plan, train
from core.jobs import Tick

WIDE = 2048
MOST_LAYERS = 6
SECONDS = 1.5
FIRST, MOST = 4, 2000


@dataclass(frozen=True)
class Race:
    """sizes of the net; steps a second on each of `core.device.places()`."""

    sizes: tuple[int, ...]
    rates: tuple[float, ...]

    @property
    def gain(self) -> float:
        """How many times as fast the last place is as the first."""
        return self.rates[-1] / self.rates[0]


def widen(plan: Plan) -> Plan:
    """The same task for a net of at most `MOST_LAYERS` hidden layers with `WIDE` units each."""
    first, *hidden, last = plan.net.sizes
    net: Net = replace(plan.net, sizes=(first, *(WIDE,) * min(len(hidden), MOST_LAYERS), last))
    return replace(plan, net=net)


def steps_per_second(plan: Plan, data: Data, where: torch.device) -> float:
    """Run for about `SECONDS`: first a few steps, which also warm up, then as many as fit."""
    bare = replace(plan, patience=0, record=Record(frames=2, weights=False, losses=False, statistics=False))

    def taken(steps: int) -> float:
        network = build(plan.net, plan.seed, plan.dtype, where)
        started = time.perf_counter()
        train(replace(bare, steps=steps), data, network=network)  # its end waits for the device
        return time.perf_counter() - started

    taken(FIRST)
    steps = max(FIRST, min(MOST, int(SECONDS * FIRST / taken(FIRST))))
    return steps / taken(steps)


def race(plan: Plan, data: Data, tick: Tick | None = None, where: Sequence[torch.device] = ()) -> tuple[Race, ...]:
    """The net in hand and a wide one, on every place."""
    plans, found = (plan, widen(plan)), []
    where = where or places()
    for n, one in enumerate(plans):
        rates = []
        for k, place in enumerate(where):
            if tick:
                tick((n * len(where) + k) / (len(plans) * len(where)))
            rates.append(steps_per_second(one, data, place))
        found.append(Race(one.net.sizes, tuple(rates)))
    return tuple(found)
