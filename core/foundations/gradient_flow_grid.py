"""Many short runs of the deep net: a landscape over two knobs.

A cell of the landscape is a run with two knobs changed: its reach ‖δ_1‖/‖δ_L‖ before the first step, and what it has
learned after `SHORT` steps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.errors import Refusal
from core.foundations import gradient_flow
from core.foundations.activations import ACTIVATIONS
from core.foundations.gradient_flow import KINDS, FlowParams, State, quadrants, reach_of, state_of
from core.foundations.initialisation import INITIALISATIONS
from core.foundations.layers import NORMALISATIONS
from core.foundations.recording import Record
from core.foundations.training import train
from core.i18n import Text, same
from core.jobs import Tick
from core.params import Choice, write_bound
from core.tables import Table
from core.verify import Check

SHORT = 80
FINITE = 1e30


@dataclass(frozen=True)
class Axis:
    """A knob and the values it takes in the landscape."""

    title: Text
    values: tuple[Any, ...]
    names: tuple[Text, ...]


def _numbers(title: Text, *values: float) -> Axis:
    return Axis(title, values, tuple(write_bound(value) for value in values))


AXES: dict[str, Axis] = {
    "gain": _numbers(Text("weights ×", "веса ×"), 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0),
    "depth": _numbers(Text("hidden layers", "скрытые слои"), 2, 4, 8, 12, 20, 30),
    "lg_rate": _numbers(same("lg α"), -3.0, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0),
    "width": _numbers(Text("width", "ширина"), 4, 8, 16, 32, 64),
    "kind": Axis(Text("activation", "активация"), KINDS, tuple(ACTIVATIONS[name].title for name in KINDS)),
    "init": Axis(Text("initial weights", "начальные веса"), tuple(INITIALISATIONS), tuple(INITIALISATIONS.values())),
    "norm": Axis(Text("normalisation", "нормализация"), tuple(NORMALISATIONS), tuple(NORMALISATIONS.values())),
}
AXIS_NAMES = {name: axis.title for name, axis in AXES.items()}


class LandscapeParams(FlowParams):
    """The net in the middle, and the two knobs that are turned."""

    is_residual: Annotated[bool, replace(FlowParams.knobs()["is_residual"], folded=True)] = False
    clip: Annotated[str, replace(FlowParams.knobs()["clip"], folded=True)] = "none"
    across: Annotated[str, Choice(label=Text("Across", "По горизонтали"), options=AXIS_NAMES)] = "kind"
    down: Annotated[str, Choice(label=Text("Down", "По вертикали"), options=AXIS_NAMES)] = "init"


@dataclass(frozen=True)
class Landscape(Frozen):
    """reach (rows, cols) : before the first step; accuracy (rows, cols) : after the last; is_lost (rows, cols).

    done : how many cells have run, row after row; the others hold NaN
    """

    params: LandscapeParams
    reach: npt.NDArray[np.float64]
    accuracy: npt.NDArray[np.float64]
    is_lost: npt.NDArray[np.bool_]
    done: int
    signature: str

    def at(self, row: int, col: int) -> FlowParams:
        """The net of a cell."""
        return varied(self.params, row, col)

    def state(self, row: int, col: int) -> State:
        """Dead, healthy or exploding."""
        return "exploding" if self.is_lost[row, col] else state_of(float(self.reach[row, col]))


def varied(params: LandscapeParams, row: int, col: int) -> FlowParams:
    """The net with the two knobs of a cell."""
    values = {name: value for name, value in params.model_dump().items() if name in FlowParams.model_fields}
    values[params.down] = AXES[params.down].values[row]
    values[params.across] = AXES[params.across].values[col]
    return FlowParams(**values)


@dataclass(frozen=True)
class Outcome:
    """What a short run came to."""

    reach: float
    accuracy: float
    loss: float
    lost: int

    @property
    def state(self) -> State:
        return "exploding" if self.lost >= 0 else state_of(self.reach)


def try_out(params: FlowParams, steps: int) -> Outcome:
    """A run of which only both ends are kept. A lost run answers as if by chance: accuracy ½."""
    record = Record(frames=2, weights=False, statistics=False)
    recording = train(replace(params.plan(), steps=steps, record=record), quadrants())
    reach = reach_of(recording.delta[0, : params.depth])
    if recording.is_lost:
        return Outcome(reach, 0.5, math.inf, recording.lost)
    return Outcome(reach, float(recording.train_metric[-1]), float(recording.train_loss[-1]), -1)


def run(params: LandscapeParams, tick: Tick | None = None) -> Landscape:
    """All cells, one after the other.

    Raises
    ------
    Refusal
        If both axes are the same knob.
    """
    if params.across == params.down:
        raise Refusal(
            Text(
                "Both axes are the same knob. Choose two different ones.",
                "Обе оси — одна и та же ручка. Выберите две разные.",
            )
        )
    rows, cols = len(AXES[params.down].values), len(AXES[params.across].values)
    found: list[Outcome] = []
    for n in range(rows * cols):
        if tick:
            tick(n / (rows * cols), _landscape(params, found, rows, cols) if found else None)
        found.append(try_out(varied(params, *divmod(n, cols)), SHORT))
    return _landscape(params, found, rows, cols)


def _landscape(params: LandscapeParams, found: Sequence[Outcome], rows: int, cols: int) -> Landscape:
    """The cells that have run so far."""
    missing = [math.nan] * (rows * cols - len(found))
    return Landscape(
        params=params,
        reach=np.array([min(one.reach, FINITE) for one in found] + missing).reshape(rows, cols),
        accuracy=np.array([one.accuracy for one in found] + missing).reshape(rows, cols),
        is_lost=np.array([one.lost >= 0 for one in found] + [False] * len(missing)).reshape(rows, cols),
        done=len(found),
        signature=f"{rows} × {cols} runs · {SHORT} steps · seed={params.seed} · float32",
    )


def tables(trace: Landscape) -> tuple[Table, ...]:
    """Reach and accuracy."""
    p = trace.params
    rows, cols = ([name.en for name in AXES[knob].names] for knob in (p.down, p.across))
    return Table("reach", rows, cols, trace.reach), Table("accuracy", rows, cols, trace.accuracy)


def reference(trace: Landscape) -> tuple[Check, ...]:
    """The net in the middle beside autograd and torch.optim: every cell is a run of the same code."""
    values = {name: value for name, value in trace.params.model_dump().items() if name in FlowParams.model_fields}
    return check_patient(FlowParams(**values))


def check_patient(params: FlowParams) -> tuple[Check, ...]:
    """The checks of one net, from a short run."""
    return gradient_flow.reference(gradient_flow.run(params.model_copy(update={"steps": 50})))
