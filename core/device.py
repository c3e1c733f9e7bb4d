"""CUDA when a GPU is there, else the CPU. The only place that decides.

`VIDNO_DEVICE` overrides: `cpu`, `cuda` or `auto` (the default).
"""

from __future__ import annotations

import os
from functools import cache

import torch

from core.errors import Refusal
from core.i18n import Text


@cache
def device() -> torch.device:
    """Where tensors live.

    Raises
    ------
    Refusal
        If `VIDNO_DEVICE` is none of `cpu`, `cuda`, `auto`, or asks for CUDA where there is none.
    """
    wish = os.environ.get("VIDNO_DEVICE", "auto").lower()
    if wish not in ("cpu", "cuda", "auto"):
        raise Refusal(
            Text(
                "VIDNO_DEVICE must be cpu, cuda or auto, not “{wish}”.",
                "VIDNO_DEVICE может быть cpu, cuda или auto, но не «{wish}».",
            ).format(wish=wish[:20])
        )
    has_cuda = torch.cuda.is_available()
    if wish == "cuda" and not has_cuda:
        raise Refusal(
            Text(
                "VIDNO_DEVICE asks for CUDA, but torch sees no GPU here.",
                "VIDNO_DEVICE требует CUDA, но torch не видит здесь видеокарты.",
            )
        )
    return torch.device("cuda" if has_cuda and wish != "cpu" else "cpu")


def places() -> tuple[torch.device, ...]:
    """Everything there is to compute on: the CPU, then the GPU that `device()` would take, if any."""
    here = device()
    return (torch.device("cpu"),) if here.type == "cpu" else (torch.device("cpu"), here)


def describe() -> str:
    """The device as a signature names it: `cpu`, or `cuda · <name of the card>`."""
    where = device()
    return f"cuda · {torch.cuda.get_device_name(where)}" if where.type == "cuda" else "cpu"
