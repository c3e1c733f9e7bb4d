"""One remedy after the other on the same sick net: which of them bring the gradient back, and which only help to learn.

Symbols as in gradient_flow.py. A remedy changes one thing; all else, the seed too, stays. Two questions, two columns:
does the gradient reach the first layer (`reach`, before the first step), and does the net learn (accuracy at the end).
Clipping and a smaller α cannot change the reach, they change the step (Pascanu, Mikolov and Bengio 2013, section 3.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.foundations.gradient_flow import FlowParams
from core.foundations.gradient_flow_grid import FINITE, Outcome, check_patient, try_out
from core.i18n import Text, same
from core.jobs import Tick
from core.tables import Table
from core.verify import Check


@dataclass(frozen=True)
class Remedy:
    """One thing that is changed; `does` says what it is meant to do."""

    title: Text
    changes: Mapping[str, Any]
    does: Text


REMEDIES: dict[str, Remedy] = {
    "none": Remedy(Text("as it is", "как есть"), {}, Text("the patient", "пациент")),
    "he": Remedy(same("He + ReLU"), {"init": "he", "kind": "relu"}, same("σ² = 2/n")),
    "xavier": Remedy(same("Xavier + tanh"), {"init": "xavier", "kind": "tanh"}, same("σ² = 1/n")),
    "batch": Remedy(
        same("batch norm"),
        {"norm": "batch"},
        Text("rescales z over the batch", "выравнивает z по батчу"),
    ),
    "layer": Remedy(
        same("layer norm"),
        {"norm": "layer"},
        Text("rescales z over the units", "выравнивает z по нейронам"),
    ),
    "residual": Remedy(
        Text("residual", "обходной путь"), {"is_residual": True}, Text("a way past f", "путь в обход f")
    ),
    "clip": Remedy(
        Text("clip the norm at 1", "обрезка по норме 1"),
        {"clip": "norm", "lg_limit": 0.0},
        Text("shortens a step that is too long", "укорачивает слишком длинный шаг"),
    ),
    "rate": Remedy(same("α ÷ 10"), {}, Text("shortens every step", "укорачивает все шаги")),
    "adam": Remedy(
        Text("Adam, α = 0.01", "Adam, α = 0,01"),
        {"optimizer": "adam", "lg_rate": -2.0},
        Text("divides by the gradient's own size", "делит на величину самого градиента"),
    ),
    "dropout": Remedy(
        Text("dropout 0.3", "dropout 0,3"), {"dropout": 0.3}, Text("against overfitting", "от переобучения")
    ),
}


@dataclass(frozen=True)
class Remedies:
    """What became of the patient, remedy by remedy."""

    params: FlowParams
    outcomes: Mapping[str, Outcome]
    signature: str


def treated(params: FlowParams, remedy: str) -> FlowParams:
    """The net with one remedy."""
    values = params.model_dump() | dict(REMEDIES[remedy].changes)
    if remedy == "rate":
        values["lg_rate"] = max(-4.0, params.lg_rate - 1)
    return FlowParams(**values)


def run(params: FlowParams, tick: Tick | None = None) -> Remedies:
    """All remedies on one net, each alone."""
    signature = f"{len(REMEDIES)} runs · {params.steps} steps · seed={params.seed} · float32 · one change each"
    outcomes: dict[str, Outcome] = {}
    for n, name in enumerate(REMEDIES):
        if tick:
            tick(n / len(REMEDIES), Remedies(params, dict(outcomes), signature))
        outcomes[name] = try_out(treated(params, name), params.steps)
    return Remedies(params, outcomes, signature)


def tables(trace: Remedies) -> tuple[Table, ...]:
    """Reach, accuracy and the step of divergence."""
    values = np.array([[min(one.reach, FINITE), one.accuracy, one.lost] for one in trace.outcomes.values()])
    return (Table("remedies", list(trace.outcomes), ["reach", "accuracy", "lost at"], values),)


def reference(trace: Remedies) -> tuple[Check, ...]:
    """The patient beside autograd and torch.optim."""
    return check_patient(trace.params)
