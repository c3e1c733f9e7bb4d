"""Attention heads as data for the browser: thumbnails of all of them, and one head opened.

The browser draws them (assets/components/heads.js, head.js, tokens.js); the numbers are the trace's own.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.arrays import FloatArray
from core.models.tokens import Tokens

SIDE = 24


def thumbnails(weights: FloatArray, side: int = SIDE) -> npt.NDArray[np.uint8]:
    """(layer, head, pos, pos) weights → (layer, head, s, s) bytes, s = min(pos, side).

    The byte is 255·√weight: at this size a pattern of weak weights must be seen, and the opened head tells how weak.
    A longer text is shrunk by the largest weight of each block: a lone bright cell must not vanish.
    """
    pos = weights.shape[-1]
    small = weights
    if pos > side:
        starts = np.arange(side) * pos // side
        small = np.maximum.reduceat(np.maximum.reduceat(weights, starts, axis=-1), starts, axis=-2)
    return np.asarray(np.rint(np.sqrt(np.clip(small, 0.0, 1.0)) * 255), dtype=np.uint8)


def grid_data(
    weights: FloatArray,
    *,
    order: Sequence[tuple[int, int, str]],
    is_ranked: bool,
    picked: tuple[int, int],
    second: tuple[int, int] | None = None,
) -> dict[str, Any]:
    """All heads: `order` lists (layer, head, caption) as they are laid out, in rows of layers unless `is_ranked`."""
    maps = thumbnails(weights)
    return {
        "maps": b64encode(maps.tobytes()).decode("ascii"),
        "side": int(maps.shape[-1]),
        "layers": int(maps.shape[0]),
        "heads": int(maps.shape[1]),
        "order": [list(item) for item in order],
        "ranked": is_ranked,
        "picked": f"{picked[0]}.{picked[1]}",
        "second": f"{second[0]}.{second[1]}" if second else None,
    }


def token_data(tokens: Tokens) -> list[dict[str, Any]]:
    """Tokens as the browser shows them; `joined` continues the word of the token before it."""
    out = []
    for k in range(len(tokens)):
        joined = (
            k > 0
            and not tokens.is_special[k]
            and tokens.words[k] == tokens.words[k - 1]
            and tokens.sentence[k] == tokens.sentence[k - 1]
        )
        out.append(
            {
                "shown": tokens.shown[k],
                "piece": tokens.pieces[k],
                "id": tokens.ids[k],
                "special": tokens.is_special[k],
                "sentence": tokens.sentence[k],
                "joined": joined,
            }
        )
    return out


def head_data(
    A: FloatArray, tokens: Tokens, *, part: Literal["matrix", "arcs"], title: str, cell: tuple[int, int]
) -> dict[str, Any]:
    """One head (pos, pos), in full precision, and the picked (query, key)."""
    return {
        "weights": b64encode(np.ascontiguousarray(A, dtype="<f4").tobytes()).decode("ascii"),
        "tokens": token_data(tokens),
        "part": part,
        "title": title,
        "cell": f"{cell[0]}.{cell[1]}",
    }
