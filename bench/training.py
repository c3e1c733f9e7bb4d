"""The recorded training loop beside a bare torch loop of the same net: `python -m bench.training`.

The peer is what everybody writes: torch.nn, autograd, torch.optim, batches by index, nothing kept. Ours keeps weights,
losses on both sets, gradient norms, statistics and (in the plane) the decision map, 200 frames of each. Both run in
alternation, in one process, on one thread; each time is the best of `ROUNDS`. With a GPU all of it runs there too, and
a large net beside.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

import core.foundations.network as networks
from core.device import device
from core.foundations.network import Net
from core.foundations.optimizers import in_torch
from core.foundations.recording import Record
from core.foundations.training import Data, Plan, batches, train
from core.foundations.twin import LOSSES, module

ROUNDS = 3
TARGET = 1.15


@dataclass(frozen=True)
class Case:
    name: str
    plan: Plan
    data: Data


def clouds(n: int, features: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    y = generator.integers(0, classes, n)
    return generator.normal(size=(n, features)) + 2 * generator.normal(size=(classes, features))[y], y


def cases(where: torch.device) -> tuple[Case, ...]:
    plane, kind = clouds(300, 2, 2)
    wide, digit = clouds(1797, 64, 10)
    small = Data.of(plane[:200], kind[:200], plane[200:], kind[200:])
    digits = Data.of(wide[:1400], digit[:1400], wide[1400:], digit[1400:])
    two = Plan(Net((2, 8, 8, 1), "tanh", initialisation="xavier"), "bce", "adam", 0.02, steps=2000, batch=32)
    norm = Plan(Net((64, 64, 64, 10), normalisation="batch"), "cross_entropy", "adam", 0.01, steps=2000, batch=64)
    deep = Plan(Net((64, *(32,) * 10, 10)), "cross_entropy", "momentum", 0.01, steps=2000, batch=64)
    found = (
        Case("2–8–8–1 in the plane", replace(two, record=Record(grid=40)), small),
        Case("64–64–64–10, batch norm", norm, digits),
        Case("64–32×10–10, momentum", deep, digits),
    )
    if where.type != "cuda":
        return found
    huge, many = clouds(20_000, 256, 10)
    large = Data.of(huge[:18_000], many[:18_000], huge[18_000:], many[18_000:])
    mass = Plan(Net((256, *(2048,) * 4, 10)), "cross_entropy", "adam", 1e-4, steps=400, batch=512)
    return (*found, Case("256–2048×4–10, batch 512", replace(mass, record=Record(frames=40, weights=False)), large))


def bare(plan: Plan, data: Data, where: torch.device) -> Callable[[], None]:
    """What everybody writes."""
    x = torch.as_tensor(np.array(data.x), dtype=torch.float32, device=where)
    y = torch.as_tensor(np.array(data.y), device=where)
    y = y.float()[:, None] if plan.loss == "bce" else y

    def loop() -> None:
        net = module(plan.net, plan.seed).float().to(where)
        for part in net.modules():
            if hasattr(part, "library"):
                part.forward = {"tanh": torch.tanh, "relu": torch.relu}[plan.net.activation]
        parameters = list(net.parameters())
        optimizer = in_torch(plan.optimizer, parameters[0], plan.rate, plan.settings)
        optimizer.param_groups[0]["params"] = parameters
        loss_of = LOSSES[plan.loss]
        rows = batches(len(x), plan.batch, plan.seed)
        for _ in range(plan.steps):
            index = torch.from_numpy(next(rows)).to(where)
            optimizer.zero_grad()
            loss: nn.Module = loss_of(net(x[index]), y[index])
            loss.backward()
            optimizer.step()

    return loop


def timed(work: Callable[[], object], where: torch.device) -> float:
    started = time.perf_counter()
    work()
    if where.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - started


def compared(case: Case, where: torch.device) -> tuple[float, float]:
    """Seconds of ours and of the bare loop."""
    networks.device = lambda: where  # type: ignore[assignment]
    theirs = bare(case.plan, case.data, where)
    times = [(timed(lambda: train(case.plan, case.data), where), timed(theirs, where)) for _ in range(ROUNDS)]
    networks.device = device
    return min(pair[0] for pair in times), min(pair[1] for pair in times)


def main() -> int:
    torch.set_num_threads(1)
    cpu = torch.device("cpu")
    places = [cpu] + ([torch.device("cuda")] if torch.cuda.is_available() else [])
    seconds: dict[tuple[str, str], float] = {}
    for where in places:
        for case in cases(where):
            mine, other = compared(case, where)
            seconds[case.name, where.type] = mine
            speed = f"{case.plan.steps / mine:7.0f} steps/s recorded, {case.plan.steps / other:7.0f} bare"
            print(f"{where.type:<5}{case.name:<27}{mine / other:5.2f}   {speed}, target ≤ {TARGET}", flush=True)
    if len(places) == 1:
        print("cuda  no GPU here")
    for case in cases(cpu) if len(places) > 1 else ():
        faster = seconds[case.name, "cpu"] / seconds[case.name, "cuda"]
        print(f"{case.name:<32}{faster:5.2f} × as fast on CUDA")
    return 0


if __name__ == "__main__":
    sys.exit(main())
