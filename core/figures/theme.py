"""Colour means one thing everywhere. Each role has a tone for the light theme and one for the dark.

Tones are Okabe and Ito's colour-blind safe set (jfly.uni-koeln.de/color), lighter in the dark theme; probability is a
single indigo ramp, signed values a purple–orange diverging ramp with zero in the middle.
"""

from __future__ import annotations

from typing import Literal

Theme = Literal["light", "dark"]
Role = Literal["X", "Q", "K", "V", "train", "validation", "gradient", "probability", "positive", "negative", "masked"]

COLORS: dict[str, tuple[str, str]] = {
    "X": ("#5B6472", "#A9B1BF"),
    "Q": ("#0072B2", "#56B4E9"),
    "K": ("#D55E00", "#F08A3C"),
    "V": ("#009E73", "#3CC79A"),
    "train": ("#0072B2", "#56B4E9"),
    "validation": ("#E69F00", "#F5BD4F"),
    "gradient": ("#CC79A7", "#E3A6C8"),
    "probability": ("#313695", "#8E92FF"),
    "positive": ("#B35806", "#F1A340"),
    "negative": ("#542788", "#B9A3E3"),
    "masked": ("#C9CDD6", "#4A4F5B"),
    "ok": ("#0A7A55", "#3CC79A"),
    "bad": ("#B3261E", "#F28B82"),
    "paper": ("#FFFFFF", "#191B22"),
    "page": ("#FBFBFE", "#121318"),
    "ink": ("#1C1E26", "#F1F2F6"),
    "quiet": ("#646A7A", "#9BA1B0"),
    "line": ("#E3E5EE", "#2C2F39"),
}


def color(role: str, theme: Theme) -> str:
    """The tone of `role` as `#RRGGBB`."""
    return COLORS[role][theme == "dark"]


def css_variables() -> str:
    """The same colours for stylesheets: `--v-Q` and so on, following the reader's theme by themselves."""
    lines = (f"--v-{role}:light-dark({light},{dark});" for role, (light, dark) in COLORS.items())
    return ":root{" + "".join(lines) + "}"


def _mix(a: str, b: str, share: float) -> str:
    """`share` of `a` in `b`, channel by channel."""
    pairs = ((int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(share * x + (1 - share) * y):02X}" for x, y in pairs)


def probability_scale(theme: Theme) -> list[tuple[float, str]]:
    """A plotly colour scale for 0…1: the paper's colour at 0, the full indigo at 1."""
    paper, full = color("paper", theme), color("probability", theme)
    return [(s, _mix(full, paper, s)) for s in (0.0, 0.25, 0.5, 0.75, 1.0)]


def signed_scale(theme: Theme) -> list[tuple[float, str]]:
    """A plotly colour scale for values around zero, the paper's colour in the middle."""
    paper, low, high = color("paper", theme), color("negative", theme), color("positive", theme)
    return [(0.0, low), (0.25, _mix(low, paper, 0.5)), (0.5, paper), (0.75, _mix(high, paper, 0.5)), (1.0, high)]
