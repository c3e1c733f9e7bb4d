"""What the tests of all rooms share: every bound of every control, and text that somebody hostile would type."""

from __future__ import annotations

from typing import Any

from core.params import Choice, Grid, Levels, Params, Slider, Switch, Words, encode

HOSTILE = {
    "empty": "",
    "blank": "   \t ",
    "NUL": "a\x00b",
    "long": "слово " * 4000,
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 é́́",
    "right to left": "שלום עולם \u202eabc\u202c مرحبا",
    "html": "<b onmouseover=alert(1)>x</b> & <img src=x onerror=alert(1)>",
    "script": "</script><script>alert(1)</script>",
    "markdown": "$x$ **b** [a](javascript:alert(1)) :red[x]",
    "one": "я",
}


def extremes(cls: type[Params]) -> list[tuple[str, Any]]:
    """Every field at each of its bounds, as it stands in an address."""
    out: list[tuple[str, Any]] = []
    for name, knob in cls.knobs().items():
        kind = cls.model_fields[name].annotation
        if isinstance(knob, Slider):
            out += [(name, kind(knob.lo)), (name, kind(knob.hi))]
        elif isinstance(knob, Levels):
            out += [(name, knob.values[0]), (name, knob.values[-1])]
        elif isinstance(knob, Choice):
            out += [(name, option) for option in list(knob.options)[:6]]
        elif isinstance(knob, Switch):
            out += [(name, True), (name, False)]
        elif isinstance(knob, Grid):
            low = tuple((-knob.bound,) * knob.cols for _ in range(knob.rows[0]))
            high = tuple((knob.bound,) * knob.cols for _ in range(knob.rows[1]))
            out += [(name, encode(low)), (name, encode(high))]
        else:
            assert isinstance(knob, Words)
            out += [(name, "я" * knob.max_chars)]
    return out


def html_of(room: Any) -> str:
    """All HTML that a room shows; what is only carried to a component is not shown."""
    bodies = (element.proto.body for element in room.get("html"))
    return " ".join(body for body in bodies if "data-mail" not in body)
