"""A race of optimizers over one surface: every step of every one kept, divergence as a state.

Symbols: θ = (x, y) the point (2), f the surface, g = ∇f(θ) + σξ the gradient that the optimizer is given, ξ ~ N(0, 1)
the noise that a small batch would bring (the same for all), α the learning rate, T the number of steps
(core/foundations/optimizers.py has the rules).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen, freeze
from core.foundations.formula import MAX_CHARS
from core.foundations.optimizers import NOTES, OPTIMIZERS, SCHEDULES, Settings, in_torch, schedule
from core.foundations.surfaces import (
    OWN_EXAMPLE,
    OWN_RATES,
    OWN_START,
    OWN_VIEW,
    SURFACES,
    Surface,
    gradient,
    gradient_by_autograd,
    parse,
    read_point,
)
from core.i18n import Text, same
from core.params import Choice, Levels, Params, Slider, Words
from core.tables import Table
from core.verify import Check, compare

FAR = 1e6
CHECKED = 100
OWN = Text("your own f(x, y)", "своя f(x, y)")
SURFACE_NAMES = {**{name: surface.title for name, surface in SURFACES.items()}, "own": OWN}


class DescentParams(Params):
    """A surface, a start and what drives the descent."""

    surface: Annotated[str, Choice(label=Text("Surface", "Поверхность"), options=SURFACE_NAMES)] = "ravine"
    formula: Annotated[
        str,
        Words(
            label=same("f(x, y)"),
            max_chars=MAX_CHARS,
            example=OWN_EXAMPLE,
            is_wide=True,
            shown=lambda p: p["surface"] == "own",
        ),
    ] = OWN_EXAMPLE.en
    lg_rate: Annotated[
        float,
        Slider(
            label=Text("lg α of SGD, momentum, Nesterov", "lg α для SGD, импульса, Нестерова"),
            lo=-4.0,
            hi=0.5,
            step=0.05,
            help=Text("The learning rate is 10 to this power.", "Скорость обучения — 10 в этой степени."),
        ),
    ] = -1.3
    lg_rate_adaptive: Annotated[
        float,
        Slider(
            label=Text("lg α of AdaGrad, RMSProp, Adam(W)", "lg α для AdaGrad, RMSProp, Adam(W)"),
            lo=-4.0,
            hi=0.5,
            step=0.05,
            help=Text(
                "These divide by the gradient's own size, so their α is about the length of one step.",
                "Эти методы делят на величину самого градиента, поэтому их α — примерно длина одного шага.",
            ),
        ),
    ] = -0.6
    momentum: Annotated[float, Slider(label=Text("Momentum µ", "Импульс µ"), lo=0.0, hi=0.99, step=0.01)] = 0.9
    sigma: Annotated[
        float,
        Slider(
            label=Text("Noise σ of the gradient", "Шум градиента σ"),
            lo=0.0,
            hi=5.0,
            step=0.1,
            help=Text("What a small batch adds: σ·N(0, 1).", "То, что добавляет малый батч: σ·N(0, 1)."),
        ),
    ] = 0.0
    schedule: Annotated[str, Choice(label=Text("Schedule of α", "Расписание α"), options=SCHEDULES)] = "constant"
    steps: Annotated[int, Levels(label=Text("Steps", "Шаги"), values=(20, 50, 100, 200, 500, 1000, 2000))] = 100
    notes: Annotated[
        str,
        Choice(
            label=Text("RMSProp and Adam", "RMSProp и Adam"),
            options=NOTES,
            folded=True,
            help=Text("How their formulas are often miscopied.", "Как их формулы часто переписывают с ошибкой."),
        ),
    ] = "right"
    start: Annotated[
        str,
        Words(
            label=Text("Start x; y", "Старт x; y"),
            max_chars=40,
            folded=True,
            help=Text("Or drag the cross on the map.", "Или перетащите крестик на карте."),
        ),
    ] = ""
    rho: Annotated[float, Slider(label=same("ρ (RMSProp)"), lo=0.0, hi=0.999, step=0.001, folded=True)] = 0.9
    beta1: Annotated[float, Slider(label=same("β₁ (Adam)"), lo=0.0, hi=0.999, step=0.001, folded=True)] = 0.9
    beta2: Annotated[float, Slider(label=same("β₂ (Adam)"), lo=0.0, hi=0.999, step=0.001, folded=True)] = 0.999
    lg_epsilon: Annotated[float, Slider(label=same("lg ε"), lo=-10.0, hi=0.0, step=0.5, folded=True)] = -8.0
    decay: Annotated[float, Slider(label=same("λ (AdamW)"), lo=0.0, hi=1.0, step=0.01, folded=True)] = 0.01
    seed: Annotated[int, Slider(label=Text("Seed of the noise", "Зерно шума"), lo=0, hi=99, step=1, folded=True)] = 0

    def settings(self) -> Settings:
        """What the optimizers take besides α."""
        return Settings(
            momentum=self.momentum,
            rho=self.rho,
            beta1=self.beta1,
            beta2=self.beta2,
            epsilon=10**self.lg_epsilon,
            decay=self.decay,
            notes=self.notes,
        )

    def alpha(self, name: str) -> float:
        """The learning rate of an optimizer."""
        return float(10 ** (self.lg_rate_adaptive if OPTIMIZERS[name].is_adaptive else self.lg_rate))


@dataclass(frozen=True)
class Run(Frozen):
    """One optimizer's way; n ≤ T steps were taken.

    path : θ before the first step and after each (n + 1, 2); value : f there (n + 1)
    gradient : g with its noise, at the point it was taken (n, 2)
    terms : each symbol of the rule (core/foundations/optimizers.py) at each step (n, 2)
    rate : α of each step (n)
    lost : the step after which θ or f was no longer finite or beyond `FAR`; -1 when that never happened
    """

    name: str
    path: npt.NDArray[np.float64]
    value: npt.NDArray[np.float64]
    gradient: npt.NDArray[np.float64]
    terms: Mapping[str, npt.NDArray[np.float64]]
    rate: npt.NDArray[np.float64]
    lost: int

    @property
    def steps(self) -> int:
        """How many steps stand in the record."""
        return len(self.rate)

    def first_below(self, level: float) -> int | None:
        """The first step after which f ≤ `level` and stays there; None when it does not end there."""
        above = np.flatnonzero(~(self.value <= level))
        if self.lost >= 0 or (above.size and above[-1] == len(self.value) - 1):
            return None
        return int(above[-1]) + 1 if above.size else 0


@dataclass(frozen=True)
class DescentTrace:
    """All runs of one race. noise : σξ (T, 2), the same for every optimizer."""

    params: DescentParams
    surface: Surface
    runs: Mapping[str, Run]
    noise: npt.NDArray[np.float64]
    signature: str


def surface_of(params: DescentParams) -> Surface:
    """The chosen surface, or the learner's own."""
    if params.surface == "own":
        return Surface(OWN, params.formula, OWN_VIEW, OWN_START, OWN_RATES)
    return SURFACES[params.surface]


def run(params: DescentParams) -> DescentTrace:
    """All optimizers, step by step and side by side.

    Raises
    ------
    Refusal
        If the formula or the start cannot be read.
    """
    surface = surface_of(params)
    tree = parse(surface.formula)
    start = read_point(params.start) if params.start.strip() else surface.start
    names, steps, settings = list(OPTIMIZERS), params.steps, params.settings()
    noise = params.sigma * np.random.default_rng(params.seed).standard_normal((steps, 2))
    factors = schedule(params.schedule, steps)

    theta = np.tile(np.array(start, dtype=np.float64), (len(names), 1))
    f, g = gradient(tree, theta[:, 0], theta[:, 1])
    paths = np.empty((steps + 1, len(names), 2))
    values = np.empty((steps + 1, len(names)))
    gradients = np.empty((steps, len(names), 2))
    paths[0], values[0] = theta, f
    terms = {name: np.empty((len(OPTIMIZERS[name].terms), steps, 2)) for name in names}
    kept = {name: {symbol: np.zeros(2) for symbol in OPTIMIZERS[name].keeps} for name in names}
    alphas = [params.alpha(name) for name in names]
    lost = np.where(np.isfinite(f), -1, 0)
    with np.errstate(all="ignore"):
        for t in range(steps):
            gradients[t] = g + noise[t]
            for k, name in enumerate(names):
                if lost[k] >= 0:
                    continue
                optimizer = OPTIMIZERS[name]
                found = optimizer.step(gradients[t, k], theta[k], kept[name], alphas[k] * factors[t], t + 1, settings)
                for row, symbol in enumerate(optimizer.terms):
                    terms[name][row, t] = found[symbol]
                kept[name] = {symbol: found[symbol] for symbol in optimizer.keeps}
                theta[k] = theta[k] - found["step"]
            f, g = gradient(tree, theta[:, 0], theta[:, 1])
            paths[t + 1], values[t + 1] = theta, f
            is_far = ~(np.isfinite(f) & (np.abs(theta) <= FAR).all(1))
            lost = np.where((lost < 0) & is_far, t + 1, lost)
            if (lost >= 0).all():
                break
    runs = {}
    for k, name in enumerate(names):
        taken = steps if lost[k] < 0 else int(lost[k])
        # What a lost run says last is kept when it is a point at all, so that its way out is seen.
        seen = taken if lost[k] < 0 or np.isfinite(paths[taken, k]).all() else taken - 1
        runs[name] = Run(
            name=name,
            path=paths[: seen + 1, k],
            value=values[: seen + 1, k],
            gradient=gradients[:seen, k],
            terms=MappingProxyType(
                {symbol: freeze(terms[name][row, :seen]) for row, symbol in enumerate(OPTIMIZERS[name].terms)}
            ),
            rate=alphas[k] * factors[:seen],
            lost=int(lost[k]),
        )
    return DescentTrace(
        params=params,
        surface=surface,
        runs=MappingProxyType(runs),
        noise=freeze(noise),
        signature=f"f = {surface.formula} · start ({start[0]:g}, {start[1]:g}) · {steps} steps · σ={params.sigma:g} · "
        f"seed={params.seed} · float64 · cpu · numpy {np.__version__}",
    )


def reference(trace: DescentTrace) -> tuple[Check, ...]:
    """Every rule beside torch.optim, fed with the same gradients; the gradients beside autograd.

    The same gradients, because two runs that differ in the last bit drift apart without limit where a descent is
    chaotic. Differences are relative to max(1, |θ|), over the first `CHECKED` steps.
    """
    import torch

    params = trace.params
    ours, theirs, at, found = [], [], [], []
    for name, one in trace.runs.items():
        n = min(one.steps, CHECKED)
        if one.lost >= 0:
            n = min(n, max(0, one.lost - 1))
        at.append(one.path[:n])
        found.append(one.gradient[:n] - trace.noise[:n])
        if n == 0 or params.notes in OPTIMIZERS[name].misread:
            continue
        theta = torch.tensor(one.path[0], dtype=torch.float64, requires_grad=True)
        optimizer = in_torch(name, theta, params.alpha(name), params.settings())
        for t in range(n):
            optimizer.param_groups[0]["lr"] = float(one.rate[t])
            theta.grad = torch.tensor(one.gradient[t])
            optimizer.step()
            scale = np.maximum(1.0, np.abs(one.path[t + 1]))
            ours.append(one.path[t + 1] / scale)
            theirs.append(theta.detach().numpy() / scale)
    points, gradients = np.concatenate(at), np.concatenate(found)
    if not len(points):
        return ()
    autograd = gradient_by_autograd(parse(trace.surface.formula), points).numpy()
    scale = np.maximum(1.0, np.abs(gradients))
    is_known = np.isfinite(autograd) & np.isfinite(gradients)
    checks = [
        compare(
            same("∇f, autograd"),
            "torch",
            np.where(is_known, gradients, 0) / np.where(is_known, scale, 1),
            np.where(is_known, autograd, 0) / np.where(is_known, scale, 1),
            1e-9,
        )
    ]
    if ours:
        checks.insert(0, compare(Text("θ, step by step", "θ, шаг за шагом"), "torch", ours, theirs, 1e-10))
    return tuple(checks)


def tables(trace: DescentTrace) -> tuple[Table, ...]:
    """The way of every optimizer, thinned to at most 200 steps, and how it ended."""
    out = []
    for name, one in trace.runs.items():
        every = max(1, -(-len(one.path) // 200))
        rows = [str(t) for t in range(0, len(one.path), every)]
        columns = np.column_stack([one.path, one.value])[::every]
        out.append(Table(name, rows, ["x", "y", "f"], np.where(np.isfinite(columns), columns, 0.0)))
    ends = np.array([[one.steps, one.lost] for one in trace.runs.values()])
    return (*out, Table("end", list(trace.runs), ["steps", "lost after"], ends))
