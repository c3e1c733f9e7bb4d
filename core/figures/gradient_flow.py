"""Pictures of the room of gradient flow: data for the heat map that plays, the board of the landscape, the remedies."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import numpy.typing as npt

from core.figures.board import Board, Link, Panel
from core.foundations.explain_flow import small
from core.foundations.gradient_flow import STATES, FlowTrace
from core.foundations.gradient_flow_grid import AXES, SHORT, Landscape
from core.foundations.gradient_flow_remedies import REMEDIES, Remedies
from core.foundations.gradient_flow_rnn import RecurrentTrace
from core.foundations.recording import Recording
from core.i18n import Lang, Text

LO, HI = -10.0, 4.0
FARTHEST = 10.0
NONE, BEYOND = -99.0, 99.0


def powers(sizes: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """lg of sizes; `NONE` for exact zeros, `BEYOND` for what is not finite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.log10(sizes)
    found = np.where(sizes == 0, NONE, np.where(np.isfinite(sizes), found, BEYOND))
    return found.astype(np.float32)


def flow_data(trace: FlowTrace, shown: str, lang: Lang) -> dict[str, Any]:
    """‖δ_l‖ or ‖g_l‖ of the layers over the steps (assets/components/flow.js)."""
    sizes = trace.gradient if shown == "gradient" else trace.delta
    return _heat(sizes, trace.recording, Text("layer", "слой"), lang)


def recurrent_data(trace: RecurrentTrace, lang: Lang) -> dict[str, Any]:
    """‖δ_t‖ of the time steps over the steps of training."""
    return _heat(trace.delta, trace.recording, Text("time", "момент"), lang)


def _heat(sizes: npt.NDArray[np.float64], recording: Recording, row: Text, lang: Lang) -> dict[str, Any]:
    loss = np.where(np.isfinite(recording.train_loss), recording.train_loss, 1e9)
    heat = np.ascontiguousarray(powers(sizes), dtype="<f4")
    return {
        "rows": sizes.shape[1],
        "row": row.get(lang),
        "steps": recording.steps.tolist(),
        "heat": base64.b64encode(heat.tobytes()).decode("ascii"),
        "range": [LO, HI],
        "loss": [round(float(v), 5) for v in np.minimum(loss, 1e9)],
        "accuracy": [round(float(v), 4) for v in np.nan_to_num(recording.train_metric)],
        "lost": recording.lost,
    }


def landscape_board(trace: Landscape, lang: Lang) -> Board:
    """lg of the reach on a diverging ramp, 0 in the middle; and what each run has learned."""
    p = trace.params
    down, across = AXES[p.down], AXES[p.across]
    rows = tuple(name.get(lang) for name in down.names)
    cols = tuple(name.get(lang) for name in across.names)
    # Beyond ten powers of ten a gradient is simply gone or simply wild; exact zeros are empty cells.
    reach = np.clip(np.log10(np.where(trace.reach > 0, trace.reach, np.nan)), -FARTHEST, FARTHEST)
    title = Text("lg reach: {down} ↓, {across} →", "lg доли: {down} ↓, {across} →").format(
        down=down.title, across=across.title
    )
    learned = Text("accuracy after {n} steps", "доля верных после {n} шагов").format(n=SHORT)
    accuracy = np.where(trace.is_lost, np.nan, trace.accuracy)
    return Board(
        rows=(
            (Panel("reach", title, "gradient", reach, rows, cols, "signed", 1),),
            (
                Panel(
                    "accuracy",
                    learned,
                    "train",
                    accuracy,
                    rows,
                    cols,
                    "probability",
                    2,
                    links=(Link("reach", "i", "j"),),
                ),
            ),
        ),
        alt=Text(
            "How much of the gradient reaches the first layer, and what is learned, over two knobs",
            "Какая доля градиента доходит до первого слоя и чему сеть научилась — по двум ручкам",
        ),
    )


def remedy_rows(trace: Remedies, lang: Lang) -> list[dict[str, Any]]:
    """One row a remedy (assets/components/remedies.js): its reach as a power of ten, its accuracy, its state."""
    out = []
    for name, one in trace.outcomes.items():
        power = float(powers(np.array([one.reach]))[0])
        out.append(
            {
                "name": name,
                "title": REMEDIES[name].title.get(lang),
                "does": REMEDIES[name].does.get(lang),
                "power": power,
                "reach": small(one.reach),
                "accuracy": round(one.accuracy, 4),
                "lost": one.lost,
                "state": one.state,
                "stateName": STATES[one.state].get(lang),
            }
        )
    return out
