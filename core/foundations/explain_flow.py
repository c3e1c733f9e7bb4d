"""The arithmetic of the gradient's way back: the picked layer or time step, the whole way, and the step it makes."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, Part, number, quiet, say, write_number
from core.foundations.gradient_flow import STATES, FlowTrace
from core.foundations.gradient_flow_grid import AXES, SHORT, Landscape
from core.foundations.gradient_flow_rnn import RecurrentTrace
from core.i18n import Lang, Text

HEAD = Text("layer {k}, step {t}: ", "слой {k}, шаг {t}: ")
TIME = Text("time {k}, step {t}: ", "момент {k}, шаг {t}: ")
TOP = Text("   the last one: this is what the loss sends", "   последний: столько присылает функция потерь")
MEAN = Text("   on average × {q} a layer", "   в среднем × {q} на слой")
MEAN_TIME = Text("   on average × {q} a time step", "   в среднем × {q} на шаг времени")
NOTHING = Text("nothing arrives", "не доходит ничего")
CUT = Text("clipping: ", "обрезка: ")
KEPT = Text("   of the gradient's length is kept", "   длины градиента остаётся")
UNCUT = Text("   shorter than the bound: nothing is cut", "   короче границы: ничего не отрезано")
STRETCH = Text("W stretches by at most ", "W растягивает не больше чем в ")
POWER = Text("   were it so at every step: ", "   если бы так на каждом шаге: ")
CELL = Text("{down} {a}, {across} {b}: ", "{down} {a}, {across} {b}: ")
LEARNED = Text("   accuracy after {n} steps ", "   верных ответов после {n} шагов ")
LOST = Text("   the loss was lost on the way", "   потери по дороге ушли в бесконечность")


def small(value: float) -> str:
    """Sizes span many powers of ten: 0.0321, 3.2e−7."""
    if value == 0 or not math.isfinite(value):
        return write_number(value, 1)
    if 1e-3 <= abs(value) < 1e4:
        return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}".replace("-", "−")


def below(n: int) -> str:
    """12 as ₁₂."""
    return str(n).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def explain(trace: FlowTrace, row: int, frame: int, lang: Lang) -> tuple[Formula, ...]:
    """Layer `row` (from 0) at a frame: its factor, the whole way, the step."""
    p, recording = trace.params, trace.recording
    delta = trace.delta[frame]
    head = HEAD.format(k=row + 1, t=int(recording.steps[frame])).get(lang)
    one = _factor(head, delta, row, lang)
    whole = _whole(delta, p.depth, MEAN, lang)
    total = float(recording.total_norm[frame])
    step: list[Part] = [
        quiet(Text("all parameters: ", "все параметры: ").get(lang)),
        say("‖g‖ = "),
        Part(small(total), "number"),
    ]
    if p.optimizer == "sgd":
        left = float(trace.share[frame])
        step += [
            say(",  ‖Δθ‖ = α·‖g‖ = "),
            Part(f"{small(10**p.lg_rate)}·{small(total * left)}", "strong"),
            say(" = "),
            Part(small(10**p.lg_rate * total * left), "result"),
        ]
    return (one, whole, tuple(step), *_cut(p.clip, 10**p.lg_limit, total, lang))


def explain_recurrent(trace: RecurrentTrace, row: int, frame: int, lang: Lang) -> tuple[Formula, ...]:
    """Time `row` (from 0) at a frame: its factor, the whole way, and what W alone would do."""
    p, recording = trace.params, trace.recording
    delta = trace.delta[frame]
    head = TIME.format(k=row + 1, t=int(recording.steps[frame])).get(lang)
    stretch = float(trace.radius[frame])
    return (
        _factor(head, delta, row, lang),
        _whole(delta, p.length, MEAN_TIME, lang),
        (
            quiet(STRETCH.get(lang)),
            number(stretch, 3),
            quiet(POWER.get(lang)),
            Part(f"{stretch:.3f}", "strong", str(p.length - 1)),
            say(" = "),
            Part(small(stretch ** (p.length - 1)), "result"),
        ),
        *_cut(p.clip, 10**p.lg_limit, float(recording.total_norm[frame]), lang),
    )


def explain_cell(trace: Landscape, row: int, col: int, lang: Lang) -> tuple[Formula, ...]:
    """One run of the landscape."""
    p = trace.params
    down, across = AXES[p.down], AXES[p.across]
    head = CELL.format(down=down.title, a=down.names[row], across=across.title, b=across.names[col])
    reach = float(trace.reach[row, col])
    depth = trace.at(row, col).depth
    parts: list[Part] = [
        quiet(head.get(lang)),
        say(f"‖δ₁‖ / ‖δ{below(depth)}‖ = "),
        Part(small(reach), "result"),
        quiet(MEAN.format(q=small(reach ** (1 / (depth - 1)) if depth > 1 else 1.0)).get(lang)),
        say("   → "),
        Part(STATES[trace.state(row, col)].get(lang), "strong"),
    ]
    if trace.is_lost[row, col]:
        parts.append(quiet(LOST.get(lang)))
    else:
        parts += [quiet(LEARNED.format(n=SHORT).get(lang)), Part(f"{trace.accuracy[row, col]:.0%}", "result")]
    return (tuple(parts),)


def _factor(head: str, sizes: npt.NDArray[np.float64], row: int, lang: Lang) -> Formula:
    """‖δ_l‖ = q·‖δ_{l+1}‖."""
    here = float(sizes[row])
    if row == len(sizes) - 1:
        return (quiet(head), say(f"‖δ{below(row + 1)}‖ = "), Part(small(here), "result"), quiet(TOP.get(lang)))
    after = float(sizes[row + 1])
    return (
        quiet(head),
        say(f"‖δ{below(row + 1)}‖ = q·‖δ{below(row + 2)}‖ = "),
        Part(f"{small(here / after) if after else '0'}·{small(after)}", "strong"),
        say(" = "),
        Part(small(here), "result"),
    )


def _whole(sizes: npt.NDArray[np.float64], count: int, mean: Text, lang: Lang) -> Formula:
    """From the last to the first."""
    first, last = float(sizes[0]), float(sizes[-1])
    name = f"‖δ₁‖ / ‖δ{below(count)}‖ = "
    if not last or not first or not math.isfinite(first / last):
        return say(name), Part(NOTHING.get(lang) if not first else "∞", "result")
    reach = first / last
    q = reach ** (1 / max(1, count - 1))
    return (
        say(name),
        Part(f"{small(first)} / {small(last)}", "strong"),
        say(" = "),
        Part(small(reach), "result"),
        quiet(mean.format(q=small(q)).get(lang)),
    )


def _cut(clip: str, limit: float, total: float, lang: Lang) -> tuple[Formula, ...]:
    """What clipping by norm leaves."""
    if clip != "norm":
        return ()
    left = min(1.0, limit / total) if total else 1.0
    return (
        (
            quiet(CUT.get(lang)),
            say("min(1, c/‖g‖) = "),
            Part(f"min(1, {small(limit)}/{small(total)})", "strong"),
            say(" = "),
            Part(small(left), "result"),
            quiet((KEPT if left < 1 else UNCUT).get(lang)),
        ),
    )
