"""The neuron, the graph and the small net as data for the browser (assets/components/{neuron,graph,hidden}.js).

What was learned is sent as weights, a few numbers a step; the browser draws the planes from them.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core.foundations.graph import GraphTrace, Node
from core.foundations.neuron import BOUND, EDGE, MAX_POINTS, NeuronTrace
from core.foundations.xor import VIEWS, XorTrace, forward


def neuron_data(trace: NeuronTrace) -> dict[str, Any]:
    """Points, the way of θ, and what the browser needs to compute z, a and L while a weight is dragged."""
    p = trace.params
    reach = EDGE if p.data == "own" else float(np.ceil(np.abs(trace.X).max() * 2 + 0.2) / 2)
    return {
        "X": np.round(trace.X, 4).tolist(),
        "y": trace.y.astype(int).tolist(),
        "reach": reach,
        "isOwn": p.data == "own",
        "most": MAX_POINTS,
        "edge": EDGE,
        "bound": BOUND,
        "kind": p.kind,
        "isBce": p.is_bce,
        "times": p.times,
        "border": p.border,
        "eta": p.eta,
        "path": _pack(trace.path, "<f8"),
        "loss": _pack(trace.loss, "<f4"),
        "right": _pack(trace.right, "<f4"),
        "lost": trace.lost,
    }


def graph_data(trace: GraphTrace) -> dict[str, Any]:
    """Nodes with a place each, and the rows at which long edges cross the columns between."""
    columns, rows, ways = lay_out(trace.nodes)
    known = [float(v) if np.isfinite(v) else None for v in trace.value]
    return {
        "nodes": [
            {
                "kind": node.kind,
                "name": node.name,
                "sign": node.sign,
                "inputs": list(node.inputs),
                "power": node.power,
                "value": known[k],
                "col": columns[k],
                "row": rows[k],
                "ways": ways[k],
            }
            for k, node in enumerate(trace.nodes)
        ],
        "isOverwritten": trace.params.is_overwritten,
    }


def lay_out(nodes: Sequence[Node]) -> tuple[list[int], list[float], list[list[list[float]]]]:
    """Column and row of each node, and for each of its inputs the rows at which the edge crosses the columns between.

    A column is the longest way from a leaf; a leaf stands right before the first that needs it. An edge that skips
    columns holds a place in each of them, so that it runs behind no node (Sugiyama, Tagawa and Toda 1981).
    """
    n = len(nodes)
    columns = [0] * n
    for k, node in enumerate(nodes):
        columns[k] = 1 + max((columns[j] for j in node.inputs), default=-1)
    for j, node in enumerate(nodes):
        users = [columns[k] for k in range(n) if j in nodes[k].inputs]
        if not node.inputs and users:
            columns[j] = min(users) - 1
    column_of = list(columns)
    near: list[list[int]] = [[] for _ in nodes]
    places: list[list[list[int]]] = [[[] for _ in node.inputs] for node in nodes]
    for k, node in enumerate(nodes):
        for i, j in enumerate(node.inputs):
            before = j
            for column in range(columns[j] + 1, columns[k] + 1):
                after = k if column == columns[k] else len(column_of)
                if after != k:
                    column_of.append(column)
                    near.append([])
                    places[k][i].append(after)
                near[before].append(after)
                near[after].append(before)
                before = after
    rows = _rows(column_of, near, [0.9 if k < n else 0.55 for k in range(len(column_of))])
    return columns, rows[:n], [[[rows[place] for place in way] for way in ways] for ways in places]


def _rows(columns: list[int], near: list[list[int]], half: list[float]) -> list[float]:
    """A row for each place: near its neighbours, and in its column apart from the others by what both need."""
    members = [[k for k, c in enumerate(columns) if c == column] for column in range(max(columns) + 1)]
    rows = [0.0] * len(columns)
    for column in members:
        for place, k in enumerate(column):
            rows[k] = place - (len(column) - 1) / 2
    for sweep in range(12):
        for column in members if sweep % 2 else members[::-1]:
            wanted = {k: sum(rows[j] for j in near[k]) / len(near[k]) if near[k] else 0.0 for k in column}
            ordered = sorted(column, key=lambda k, wanted=wanted: (wanted[k], k))  # type: ignore[misc]
            placed: list[float] = []
            for at, k in enumerate(ordered):
                least = placed[-1] + (half[ordered[at - 1]] + half[k]) / 1.8 if placed else -np.inf
                placed.append(max(wanted[k], least))
            shift = (sum(placed) - sum(wanted.values())) / len(column)
            for k, row in zip(ordered, placed, strict=True):
                rows[k] = row - shift
    lowest = min(rows)
    return [round(float(row - lowest), 3) for row in rows]


def hidden_data(trace: XorTrace) -> dict[str, Any]:
    """Points, θ of every recorded step, and the frame of the last hidden space."""
    p = trace.params
    view = VIEWS[p.task]
    lo = np.minimum(trace.X.min(0) - 0.1, view[::2])
    hi = np.maximum(trace.X.max(0) + 0.1, view[1::2])
    return {
        "X": np.round(trace.X, 4).tolist(),
        "y": trace.y.astype(int).tolist(),
        "view": [round(float(v), 3) for v in (lo[0], hi[0], lo[1], hi[1])],
        "sizes": list(p.sizes),
        "bend": p.bend,
        "steps": list(trace.steps),
        "theta": _pack(trace.theta, "<f4"),
        "across": _pack(trace.across, "<f4"),
        "space": hidden_view(trace),
        "loss": _pack(trace.loss, "<f4"),
        "right": _pack(trace.right, "<f4"),
        "best": {"a": trace.best.a.tolist(), "d": trace.best.d, "right": trace.best.right},
    }


def hidden_view(trace: XorTrace) -> list[float]:
    """The rectangle that the points fill in the last hidden space: in h itself where there are two units, else along v
    and across it."""
    p = trace.params
    seen = []
    for k in range(0, len(trace.steps), 4):
        seen.append(in_space(trace, k))
    seen.append(in_space(trace, len(trace.steps) - 1))
    both = np.concatenate(seen)
    lo, hi = both.min(0), both.max(0)
    if p.hidden == 2 and p.bend in ("tanh", "sigmoid"):
        lo, hi = np.array([-1.0 if p.bend == "tanh" else 0.0] * 2), np.ones(2)
    margin = 0.12 * np.maximum(hi - lo, 0.5)
    return [round(float(v), 4) for v in (lo[0] - margin[0], hi[0] + margin[0], lo[1] - margin[1], hi[1] + margin[1])]


def in_space(trace: XorTrace, frame: int) -> npt.NDArray[np.float64]:
    """The points (pos, 2) as the picture of the hidden space shows them at one recorded step."""
    p = trace.params
    h, z, v, _ = forward(trace.X, trace.theta[frame], p.sizes, p.bend)
    if p.hidden == 2:
        return h
    return np.column_stack([z / max(float(np.sqrt(v @ v)), 1e-12), h @ trace.across[frame]])


def _pack(array: npt.ArrayLike, dtype: str) -> str:
    return b64encode(np.ascontiguousarray(np.asarray(array).astype(dtype)).tobytes()).decode("ascii")
