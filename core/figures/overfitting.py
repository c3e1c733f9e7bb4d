"""Data for the pictures of the room of overfitting: fits beside their errors, and a net that trains.

A fit picture (assets/components/overfit_fit.js) has a plane on the left (points, the truth, one curve for every place
of the right axis, thin curves behind) and errors on the right, on a logarithmic scale cut at `LEAST` and `MOST`.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import numpy.typing as npt

from core.foundations.overfit_double import DoubleTrace
from core.foundations.overfit_learning import LearningTrace
from core.foundations.overfit_net import SIDE, NetTrace
from core.foundations.overfit_polynomial import DEGREES, PolyTrace
from core.foundations.overfit_spread import DRAWN, SpreadTrace
from core.i18n import Lang, Text

Array = npt.NDArray[np.float64]

LEAST, MOST = 1e-3, 1e3
TALL = 2.4
HIGHEST_LOSS = 2.0

TRAIN = Text("training", "обучение")
VALIDATION = Text("validation", "валидация")
FOLDS = Text("cross-validation", "кросс-валидация")
TEST = Text("test", "новые данные")
BIAS = Text("bias²", "смещение²")
VARIANCE = Text("variance", "разброс")
SUM = Text("noise + bias² + variance", "шум + смещение² + разброс")
PLAIN = Text("test, λ = 0", "новые данные, λ = 0")
RIDGED = Text("test, λ = {v}", "новые данные, λ = {v}")
DEGREE = Text("degree", "степень")
POINTS = Text("training points", "обучающих точек")
WIDTH = Text("parameters p", "параметров p")


def pack(values: npt.NDArray[Any], dtype: str = "<f4") -> str:
    """Little-endian numbers as base64."""
    return base64.b64encode(np.ascontiguousarray(values, dtype=dtype).tobytes()).decode("ascii")


def _line(name: Text, tone: str, dash: str, values: Array, lang: Lang) -> dict[str, Any]:
    finite = np.clip(np.nan_to_num(values, nan=1e30, posinf=1e30), 0.0, 1e30)
    return {"name": name.get(lang), "tone": tone, "dash": dash, "y": [float(f"{v:.5g}") for v in finite]}


def _band(values: Array) -> dict[str, Any]:
    """From the lowest tenth to the highest: (R, …) → two lists."""
    lo, hi = np.quantile(values, (0.1, 0.9), axis=0)
    return {"lo": [float(f"{v:.4g}") for v in lo], "hi": [float(f"{v:.4g}") for v in hi]}


def _range(*values: npt.ArrayLike) -> list[float]:
    """Whole powers of ten around all values with some room, within the bounds of the picture."""
    seen = np.concatenate([np.ravel(v) for v in values]) / 1.5
    seen = seen[seen > 0]
    seen = np.clip(seen[np.isfinite(seen)], LEAST, MOST)
    lo, hi = np.floor(np.log10(seen.min()) + 1e-9), np.ceil(np.log10(seen.max()) - 1e-9)
    return [float(lo), float(max(hi, lo + 1))]


def _plane(trace: PolyTrace) -> dict[str, Any]:
    """What the left side has in every view of the polynomials."""
    return {
        "xs": [-1.0, 1.0],
        "ys": [-TALL, TALL],
        "truth": pack(trace.truth),
        "points": [[round(float(x), 4), round(float(y), 4)] for x, y in zip(trace.x, trace.y, strict=True)],
        "folds": [],
        "rings": [],
        "curves": pack(trace.fits[trace.params.degree]),
        "thin": "",
        "pull": "",
    }


def degrees_data(trace: PolyTrace, lang: Lang) -> dict[str, Any]:
    """A fit of every degree; the points can be dragged."""
    rings = [[round(float(x), 4), round(float(y), 4)] for x, y in zip(trace.x_valid, trace.y_valid, strict=True)]
    return {
        **_plane(trace),
        "curves": pack(trace.fits),
        "rings": rings,
        "pull": pack(trace.pull.T),
        "values": list(range(DEGREES + 1)),
        "axis": DEGREE.get(lang),
        "isLog": False,
        "at": trace.params.degree,
        "lines": [
            _line(TRAIN, "train", "", trace.train, lang),
            _line(VALIDATION, "validation", "7 4", trace.valid, lang),
        ],
        "bands": [],
        "range": _range(trace.train, trace.valid, trace.params.noise**2),
        "floor": trace.params.noise**2,
        "mark": None,
    }


def folds_data(trace: PolyTrace, lang: Lang) -> dict[str, Any]:
    """The fits that leave one fold out."""
    error = trace.cv_folds.std(1, ddof=1) / np.sqrt(trace.params.folds)
    band = {"lo": [float(v) for v in np.maximum(trace.cv - error, 1e-9)], "hi": [float(v) for v in trace.cv + error]}
    return {
        **_plane(trace),
        "folds": trace.fold.tolist(),
        "thin": pack(trace.fold_fits),
        "values": list(range(DEGREES + 1)),
        "axis": DEGREE.get(lang),
        "isLog": False,
        "at": trace.params.degree,
        "lines": [
            _line(FOLDS, "V", "", trace.cv, lang),
            _line(VALIDATION, "validation", "7 4", trace.valid, lang),
        ],
        "bands": [{**band, "tone": "V"}],
        "range": _range(trace.cv, trace.valid, trace.params.noise**2),
        "floor": trace.params.noise**2,
        "mark": None,
    }


def learning_data(trace: LearningTrace, fit: PolyTrace, lang: Lang) -> dict[str, Any]:
    """Errors over the number of points; the mark is where there are as many coefficients."""
    test = np.median(trace.test, axis=1)
    return {
        **_plane(fit),
        "values": trace.sizes.tolist(),
        "axis": POINTS.get(lang),
        "isLog": True,
        "at": nearest(trace.sizes, trace.params.n),
        "lines": [
            _line(TRAIN, "train", "", trace.train.mean(1), lang),
            _line(TEST, "validation", "7 4", test, lang),
        ],
        "bands": [{**_band(trace.test.T), "tone": "validation"}],
        "range": _range(trace.train.mean(1), test),
        "floor": trace.params.noise**2,
        "mark": {"value": trace.params.degree + 1, "name": "n = d + 1"} if trace.params.ridge == 0 else None,
    }


def spread_data(trace: SpreadTrace, fit: PolyTrace, lang: Lang) -> dict[str, Any]:
    """Many fits, their mean, and the parts of the error."""
    return {
        **_plane(fit),
        "points": [],
        "curves": pack(trace.mean),
        "thin": pack(trace.fits[:DRAWN]),
        "values": list(range(DEGREES + 1)),
        "axis": DEGREE.get(lang),
        "isLog": False,
        "at": trace.params.degree,
        "lines": [
            _line(BIAS, "Q", "3 3", trace.bias2, lang),
            _line(VARIANCE, "gradient", "7 4", trace.variance, lang),
            _line(SUM, "ink", "", trace.total, lang),
        ],
        "bands": [],
        "range": _range(trace.bias2, trace.variance, trace.total),
        "floor": trace.noise2,
        "mark": None,
    }


def double_data(trace: DoubleTrace, at: int, lang: Lang) -> dict[str, Any]:
    """Errors through p = n and beyond, with the tenths of the seeds."""
    p = trace.params
    plain, ridged = (np.median(trace.test[k], axis=0) for k in range(2))
    lines = [
        _line(TRAIN, "train", "2 3", np.median(trace.train[0], axis=0), lang),
        _line(PLAIN, "validation", "", plain, lang),
    ]
    bands = [{**_band(trace.test[0]), "tone": "validation"}]
    if p.ridge:
        lines.append(_line(RIDGED.format(v=f"{p.ridge:.3g}"), "V", "7 4", ridged, lang))
        bands.append({**_band(trace.test[1]), "tone": "V"})
    return {
        "xs": [float(trace.grid[0]), float(trace.grid[-1])],
        "ys": [-TALL, TALL] if p.family == "fourier" else [-4.0, 4.0],
        "truth": pack(trace.truth),
        "points": [[round(float(x), 4), round(float(y), 4)] for x, y in zip(trace.x, trace.y, strict=True)],
        "folds": [],
        "rings": [],
        "curves": pack(trace.fits[0]),
        "second": pack(trace.fits[1]) if p.ridge else "",
        "thin": "",
        "pull": "",
        "values": trace.widths.tolist(),
        "axis": WIDTH.get(lang),
        "isLog": True,
        "at": at,
        "lines": lines,
        "bands": bands,
        "range": _range(plain, ridged, p.scatter**2),
        "floor": p.scatter**2,
        "mark": {"value": p.points, "name": "p = n"},
    }


def nearest(values: npt.NDArray[np.int64], value: float) -> int:
    """The place whose value is nearest by ratio."""
    return int(np.argmin(np.abs(np.log(values / value))))


def net_data(trace: NetTrace, lang: Lang) -> dict[str, Any]:
    """The map of every frame, the points, both losses (assets/components/overfit_net.js)."""
    recording = trace.recording
    chances = np.clip(np.nan_to_num(recording.map[..., 0].astype(np.float32), nan=0.5), 0.0, 1.0)
    steps = recording.steps
    assert recording.view is not None
    return {
        "view": list(recording.view),
        "side": SIDE,
        "map": pack(np.round(chances * 255), "u1"),
        "steps": steps.tolist(),
        "train": _cut(recording.train_loss),
        "valid": _cut(recording.valid_loss),
        "right": [_cut(recording.train_metric), _cut(recording.valid_metric)],
        "points": np.round(trace.data.x, 3).tolist(),
        "classes": trace.data.y.astype(int).tolist(),
        "others": np.round(trace.data.x_valid[:120], 3).tolist(),
        "otherClasses": trace.data.y_valid[:120].astype(int).tolist(),
        "best": nearest(steps + 1, recording.best + 1) if recording.best >= 0 else -1,
        "used": nearest(steps + 1, trace.used + 1) if trace.params.patience else -1,
        "usedStep": trace.used,
        "most": float(min(HIGHEST_LOSS, max(0.8, np.nanmax(np.append(recording.valid_loss, 0.8))))),
        "names": [TRAIN.get(lang), VALIDATION.get(lang)],
    }


def _cut(values: npt.NDArray[np.floating]) -> list[float]:
    return [round(float(v), 4) for v in np.nan_to_num(values, nan=9.0, posinf=9.0)]
