"""The race: equal to torch over every surface, divergence as a state, claims of the prose."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arithmetic import join
from core.errors import Refusal
from core.figures.descent import GRID, HIDDEN, LOOKS, descent_data
from core.foundations.descent_lab import (
    FAR,
    SURFACE_NAMES,
    DescentParams,
    DescentTrace,
    reference,
    run,
    surface_of,
    tables,
)
from core.foundations.explain_descent import explain
from core.foundations.optimizers import NOTES, OPTIMIZERS, SCHEDULES
from core.tables import to_csv


def raced(**values) -> DescentTrace:
    return run(DescentParams(**values))


def natural(surface: str, **values) -> DescentTrace:
    plain, adaptive = surface_of(DescentParams(surface=surface)).rates
    return raced(surface=surface, lg_rate=plain, lg_rate_adaptive=adaptive, **values)


@pytest.mark.parametrize("surface", SURFACE_NAMES)
def test_natural_rates_go_down_and_agree_with_torch(surface: str) -> None:
    trace = natural(surface)
    checks = reference(trace)
    assert [check.what.en for check in checks] == ["θ, step by step", "∇f, autograd"]
    assert all(check.passed for check in checks)
    for one in trace.runs.values():
        assert one.lost == -1
        assert one.value[-1] < one.value[0]


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("notes", NOTES)
def test_checks_pass_whatever_is_set(schedule: str, notes: str) -> None:
    trace = raced(schedule=schedule, notes=notes, sigma=2.0, seed=7, steps=50, lg_epsilon=-3, surface="beale")
    assert all(check.passed for check in reference(trace))


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(list(SURFACE_NAMES)),
    st.floats(-4, 0.5),
    st.floats(-4, 0.5),
    st.floats(0, 0.99),
    st.floats(0, 5),
    st.floats(0, 0.999),
    st.floats(-10, 0),
)
def test_any_setting_is_a_state(surface, plain, adaptive, momentum, sigma, beta, epsilon) -> None:
    trace = raced(
        surface=surface,
        lg_rate=plain,
        lg_rate_adaptive=adaptive,
        momentum=momentum,
        sigma=sigma,
        beta2=beta,
        rho=beta,
        lg_epsilon=epsilon,
        steps=50,
    )
    for one in trace.runs.values():
        kept = one.path if one.lost < 0 else one.path[:-1]
        assert np.isfinite(kept).all()
        assert (np.abs(kept) <= FAR).all()
        assert len(one.path) == one.steps + 1 == len(one.value)
        assert one.lost in (-1, one.steps, one.steps + 1)
        assert np.abs(one.path[1:] - (one.path[:-1] - one.terms["step"])).max() == 0 if one.steps else True
    assert all(check.passed for check in reference(trace))
    assert "nan" not in to_csv(tables(trace)).lower()
    for name in OPTIMIZERS:
        assert explain(trace, name, 50, "ru")


def test_a_start_where_f_is_undefined_is_a_state() -> None:
    trace = raced(surface="own", formula="log(x) + y^2", start="-1; 1")
    assert all(one.lost == 0 and one.steps == 0 for one in trace.runs.values())
    assert reference(trace) == ()
    assert "not defined" in join(explain(trace, "adam", 10, "en")[0])


def test_refusals() -> None:
    for values in ({"surface": "own", "formula": "import os"}, {"start": "here"}):
        with pytest.raises(Refusal):
            raced(**values)


def test_noise_is_the_same_for_all_and_seeded() -> None:
    first, again, other = (raced(sigma=1.0, seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(first.runs["adam"].path, again.runs["adam"].path)
    assert not np.array_equal(first.runs["adam"].path, other.runs["adam"].path)
    assert first.noise.std() == pytest.approx(1, abs=0.15)
    assert np.array_equal(first.runs["sgd"].gradient[0], first.runs["adam"].gradient[0])


def test_arithmetic_has_the_numbers_of_the_step() -> None:
    trace = raced()
    lines = [join(line) for line in explain(trace, "sgd", 1, "en")]
    # α = 10^−1.3 = 0.0501, ∂f/∂x = x = −4.5, ∂f/∂y = 25y = 45.
    assert lines[0] == "SGD, step 1 of 100   α = 0.0501"
    assert lines[1:3] == ["∂f/∂x = −4.5000", "x ← (−4.5000) − 0.0501·(−4.5000) = −4.2745"]
    assert lines[3:] == ["∂f/∂y = 45", "y ← 1.8000 − 0.0501·45 = −0.4553"]
    adam = " ".join(join(line) for line in explain(trace, "adam", 2, "en"))
    assert "m̂ = m / (1 − 0.9^(2))" in adam
    wrong = raced(notes="no_correction")
    shown = " ".join(join(line) for line in explain(wrong, "adam", 2, "en"))
    assert "m̂" not in shown
    assert "wrong on purpose: no bias correction" in shown


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("notes", NOTES)
def test_arithmetic_of_every_rule_in_both_languages(name: str, notes: str) -> None:
    trace = raced(notes=notes, sigma=0.5, steps=20)
    for t in (0, 1, 20, 99):
        assert len(explain(trace, name, t, "en")) == len(explain(trace, name, t, "ru")) >= 5


def test_data_for_the_browser_is_the_trace() -> None:
    trace = raced(steps=20)
    data = descent_data(trace, None, "en")
    assert data["view"] == data["whole"] == list(trace.surface.view)
    heights = np.frombuffer(base64.b64decode(data["heights"]), "<u2").reshape(GRID, GRID)
    assert heights.max() == HIDDEN - 1
    # Back from heights to f, at the corner below on the left.
    f = data["lo"] + data["unit"] * np.expm1(heights[0, 0] / (HIDDEN - 1) * data["span"])
    assert f == pytest.approx((25 + 25 * 6.25) / 2, rel=1e-3)
    for sent, one in zip(data["runs"], trace.runs.values(), strict=True):
        path = np.frombuffer(base64.b64decode(sent["path"]), "<f4").reshape(-1, 2)
        assert np.allclose(path, one.path, rtol=1e-6)
    assert (
        len({(look[0], look[1], look[2]) for look in LOOKS.values()}) == len({look[2] for look in LOOKS.values()}) == 7
    )


def test_a_map_without_values_is_empty_and_a_zoom_is_drawn() -> None:
    nothing = descent_data(raced(surface="own", formula="log(-1 - x*x)"), None, "ru")
    assert set(np.frombuffer(base64.b64decode(nothing["heights"]), "<u2")) == {HIDDEN}
    near = descent_data(raced(), (-0.1, 0.1, -0.1, 0.1), "ru")
    assert near["view"] == [-0.1, 0.1, -0.1, 0.1]
    flat = descent_data(raced(surface="own", formula="3"), None, "ru")
    assert flat["lo"] == 3


# ---- what the prose says -----------------------------------------------------------------------------------------


def test_noise_never_settles_with_a_constant_rate_and_does_with_a_cosine() -> None:
    medians = {
        kind: {name: float(np.median(one.value[-100:])) for name, one in trace.runs.items()}
        for kind in ("constant", "cosine")
        for trace in [raced(sigma=3.0, steps=500, schedule=kind)]
    }
    assert round(medians["constant"]["sgd"], 2) == 0.23
    assert round(medians["cosine"]["sgd"], 3) == 0.003
    assert medians["constant"]["adam"] > 50 * medians["cosine"]["adam"]
    assert all(medians["constant"][name] > 0.1 for name in ("sgd", "momentum", "nesterov", "rmsprop", "adam"))


def test_without_recursion_rmsprop_steps_by_alpha_and_never_settles() -> None:
    one = raced(notes="no_recursion").runs["rmsprop"]
    lengths = np.abs(np.diff(one.path, axis=0))
    assert np.allclose(lengths, 10**-0.6, atol=1e-4)
    assert one.value[-30:].min() > 1e-3


def test_on_a_slope_momentum_takes_ten_times_the_step() -> None:
    trace = raced(surface="own", formula="x/10", start="3; 0", lg_rate=-2)
    steps = trace.runs["momentum"].terms["step"][:, 0]
    assert steps[0] == pytest.approx(0.001)
    assert steps[-1] == pytest.approx(0.01, rel=1e-3)


def test_presets_say_what_happens() -> None:
    hot = raced(lg_rate=-1.05).runs
    assert [hot[name].lost > 0 for name in ("sgd", "momentum", "nesterov")] == [True, False, True]
    steep = raced(surface="rosenbrock", lg_rate=-2.5, lg_rate_adaptive=-1.0).runs
    assert all(0 < steep[name].lost <= 5 for name in ("sgd", "momentum", "nesterov"))
    assert round(10**-2.5, 3) == 0.003
    ridge = raced(surface="saddle", start="-2.6; 0", lg_rate=-0.9, lg_rate_adaptive=-1.3)
    assert all((one.path[:, 1] == 0).all() for one in ridge.runs.values())
    edge = raced(surface="own", formula="x*log(x) + y^2", start="2.5; 2", lg_rate=-0.3).runs
    assert edge["momentum"].lost == 2
    assert edge["sgd"].lost == -1
