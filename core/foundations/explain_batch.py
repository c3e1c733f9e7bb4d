"""The last step of one batch size at a tick: its gradient, that of all data, and what α may be."""

from __future__ import annotations

import numpy as np

from core.arithmetic import Formula, Part, number, quiet, say, write_number
from core.foundations.batch_lab import SIZE_NAMES, TICK, Array, BatchTrace
from core.i18n import Lang, Text

HEAD = Text("{size}: {steps} steps, {seen} examples read", "{size}: шагов {steps}, прочитано примеров {seen}")
NONE = Text(
    "No step yet: the gradient of the whole set needs the whole set read.",
    "Ещё ни одного шага: для градиента по всем данным надо прочитать все данные.",
)
BATCH = Text("of the last batch", "последнего батча")
WHOLE = Text("   of all data, at the same θ: ", "   всех данных в той же точке θ: ")
APART = Text("   the angle between them: {a}°", "   угол между ними: {a}°")
LIMIT = Text("   near the minimum α has to stay below 2/λ₁ = ", "   у минимума α должна быть меньше 2/λ₁ = ")
LOST = Text("It diverged at tick {t}.", "На отметке {t} разошёлся.")


def explain(trace: BatchTrace, name: str, t: int, lang: Lang) -> tuple[Formula, ...]:
    """What `name` did last before tick t."""
    one, p = trace.learners[name], trace.params
    k = min(max(t, 0), len(one.path) - 1)
    n = len(trace.x)
    a_pass = -(-n // TICK)
    seen = k // a_pass * n + min(k % a_pass * TICK, n)
    head = HEAD.format(size=SIZE_NAMES[name], steps=int(one.taken[k]), seen=seen).get(lang)
    flat, steep = (round(float(v), 9) for v in trace.curvatures)
    curved: Formula = (
        say("λ₁ = "),
        number(steep, 4),
        say("   λ₂ = "),
        number(flat, 4),
        say("   λ₁/λ₂ = "),
        number(steep / flat, 1),
        quiet(LIMIT.get(lang)),
        number(2 / steep, 4),
    )
    title = (Part(head, "strong"), say("   α = "), number(p.alpha, 4))
    if not one.taken[k]:
        return title, (quiet(NONE.get(lang)),), curved
    g, whole, before, after = one.gradient[k], one.whole[k], one.before[k], one.path[k]
    lines: list[Formula] = [title]
    lines.append(
        (
            say(f"g = ({_n(g[0])}; {_n(g[1])}) "),
            quiet(BATCH.get(lang)),
            quiet(WHOLE.get(lang)),
            say(f"({_n(whole[0])}; {_n(whole[1])})"),
            quiet(APART.format(a=write_number(angle(g, whole), 0)).get(lang)),
        )
    )
    for axis, letter in enumerate("wb"):
        taken = f"{_n(p.alpha)}·{_bracket(float(g[axis]))}"
        lines.append(
            (
                say(f"{letter} ← {_bracket(float(before[axis]))} − "),
                Part(taken, "strong"),
                say(" = "),
                number(float(after[axis]), 4, "result"),
            )
        )
    if one.lost >= 0 and t >= one.lost:
        lines.append((quiet(LOST.format(t=one.lost).get(lang)),))
    return (*lines, curved)


def angle(a: Array, b: Array) -> float:
    """Degrees between two vectors; 0 when one of them is zero."""
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(np.degrees(np.arccos(np.clip(a @ b / size, -1, 1)))) if size else 0.0


def _n(value: float) -> str:
    return write_number(float(value), 4)


def _bracket(value: float) -> str:
    text = _n(value)
    return f"({text})" if text.startswith("−") else text
