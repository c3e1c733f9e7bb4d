"""Seven rules beside torch.optim, in closed loop and step by step, and what their misreadings do."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from core.foundations.optimizers import NOTES, OPTIMIZERS, SCHEDULES, Settings, in_torch, schedule

STEPS = 100
BOWL = np.array([1.0, 25.0])


def ours(name: str, alpha: float, h: Settings, steps: int = STEPS, rates: np.ndarray | None = None) -> np.ndarray:
    """The path over f = (x² + 25y²)/2 from (−3, 2)."""
    theta = np.array([-3.0, 2.0])
    kept = {symbol: np.zeros(2) for symbol in OPTIMIZERS[name].keeps}
    path = [theta]
    for t in range(steps):
        factor = 1.0 if rates is None else float(rates[t])
        terms = OPTIMIZERS[name].step(BOWL * theta, theta, kept, alpha * factor, t + 1, h)
        assert tuple(terms) == OPTIMIZERS[name].terms
        kept = {symbol: terms[symbol] for symbol in OPTIMIZERS[name].keeps}
        theta = theta - terms["step"]
        path.append(theta)
    return np.array(path)


def theirs(name: str, alpha: float, h: Settings, dtype: torch.dtype, scheduler=None) -> np.ndarray:
    theta = torch.tensor([-3.0, 2.0], dtype=dtype, requires_grad=True)
    optimizer = in_torch(name, theta, alpha, h)
    along = scheduler(optimizer) if scheduler else None
    path = [theta.detach().numpy().copy()]
    for _ in range(STEPS):
        optimizer.zero_grad()
        (torch.tensor(BOWL, dtype=dtype) * theta * theta / 2).sum().backward()
        optimizer.step()
        if along:
            along.step()
        path.append(theta.detach().numpy().copy())
    return np.array(path)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("h", [Settings(), Settings(momentum=0.0, rho=0.5, beta1=0.0, beta2=0.9, decay=0.3)])
def test_the_path_is_torchs_own(name: str, h: Settings) -> None:
    alpha = 0.1 if OPTIMIZERS[name].is_adaptive else 0.03
    mine = ours(name, alpha, h)
    assert np.abs(mine - theirs(name, alpha, h, torch.float64)).max() < 1e-10
    assert np.abs(mine[-1]).max() < 3


@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov", "adagrad", "adam", "adamw"])
def test_in_single_precision_too(name: str) -> None:
    alpha = 0.02 if OPTIMIZERS[name].is_adaptive else 0.01
    assert np.abs(ours(name, alpha, Settings()) - theirs(name, alpha, Settings(), torch.float32)).max() < 5e-6


@pytest.mark.parametrize("kind", SCHEDULES)
def test_schedules_are_torchs(kind: str) -> None:
    schedulers = {
        "constant": None,
        "step": lambda o: torch.optim.lr_scheduler.StepLR(o, math.ceil(STEPS / 3), 0.1),
        "cosine": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, STEPS),
        "warmup": lambda o: torch.optim.lr_scheduler.LinearLR(o, 1 / 10, 1.0, 9),
    }
    rates = schedule(kind, STEPS)
    assert rates.shape == (STEPS,)
    assert rates.min() >= 0
    assert rates.max() == 1
    found = ours("momentum", 0.01, Settings(), rates=rates)
    assert np.abs(found - theirs("momentum", 0.01, Settings(), torch.float64, schedulers[kind])).max() < 1e-10


@pytest.mark.parametrize("kind", SCHEDULES)
@pytest.mark.parametrize("steps", [1, 2, 9, 11])
def test_schedules_of_short_runs(kind: str, steps: int) -> None:
    rates = schedule(kind, steps)
    assert len(rates) == steps
    assert rates[0] == 1  # a tenth of fewer than 20 steps is one step: warm already


def test_nesterov_as_published_stands_where_torch_stands() -> None:
    """v ← µv + ∇f(θ − αµv), θ ← θ − αv: its point ahead, θ − αµv, is the θ of the rewritten rule."""
    alpha, mu = 0.03, 0.9
    theta, v, ahead = np.array([-3.0, 2.0]), np.zeros(2), []
    for _ in range(STEPS + 1):
        point = theta - alpha * mu * v
        ahead.append(point)
        v = mu * v + BOWL * point
        theta = theta - alpha * v
    assert np.abs(np.array(ahead) - ours("nesterov", alpha, Settings())).max() < 1e-12


@pytest.mark.parametrize(("name", "lost"), [("sgd", 0.08), ("momentum", 0.152), ("nesterov", 3.8 / 2.8 / 25)])
def test_stability_ends_where_theory_says(name: str, lost: float) -> None:
    below, above = (np.abs(ours(name, lost * k, Settings(), 1000)[-1]).max() for k in (0.97, 1.03))
    assert below < 1e-3
    assert above > 1e6


def step_of(name: str, g: float, h: Settings, t: int = 1) -> float:
    kept = {symbol: np.zeros(1) for symbol in OPTIMIZERS[name].keeps}
    return float(OPTIMIZERS[name].step(np.array([g]), np.zeros(1), kept, 1.0, t, h)["step"][0])


def test_adams_first_step_is_alpha_and_without_correction_3_times_longer() -> None:
    assert step_of("adam", 0.003, Settings()) == pytest.approx(1.0, abs=1e-5)
    wrong = step_of("adam", 0.003, Settings(notes="no_correction"))
    assert wrong == pytest.approx(0.1 / math.sqrt(0.001), rel=1e-3)
    assert round(wrong, 2) == 3.16


def test_without_recursion_only_the_sign_is_left() -> None:
    for g in (-40.0, -0.01, 0.5):
        assert step_of("rmsprop", g, Settings(notes="no_recursion")) == pytest.approx(math.copysign(1, g), abs=1e-5)


def test_epsilon_inside_acts_like_its_root() -> None:
    """With ŝ = 0 the denominators are 1e-8 and 1e-4."""
    tiny = 1e-12
    outside, inside = (step_of("adam", tiny, Settings(notes=notes)) for notes in ("right", "inside"))
    assert outside == pytest.approx(tiny / 1e-8, rel=1e-3)
    assert inside == pytest.approx(tiny / 1e-4, rel=1e-3)


def test_misreadings_change_what_they_say_and_nothing_else() -> None:
    for name, optimizer in OPTIMIZERS.items():
        right = ours(name, 0.01, Settings(epsilon=1e-3))
        for notes in NOTES:
            found = ours(name, 0.01, Settings(epsilon=1e-3, notes=notes))
            assert (np.abs(found - right).max() > 1e-9) == (notes in optimizer.misread), (name, notes)


def test_momentum_grows_to_ten_times_on_a_slope_and_an_average_does_not() -> None:
    v = average = np.zeros(1)
    for t in range(400):
        v = OPTIMIZERS["momentum"].step(np.ones(1), v, {"v": v}, 1.0, t + 1, Settings())["v"]
        average = 0.9 * average + 0.1
    assert v[0] == pytest.approx(10)
    assert average[0] == pytest.approx(1)
