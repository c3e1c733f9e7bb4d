"""One point through the net at one recorded step, every hidden unit written out."""

from __future__ import annotations

import numpy as np

from core.arithmetic import Formula, Part, number, quiet, say, sum_of_products, write_number
from core.foundations.network import Net, unpack
from core.foundations.neuron import activate
from core.foundations.xor import XorTrace, forward
from core.i18n import Lang, Text

HEAD = Text("point {k}, class {y}, step {t}: ", "точка {k}, класс {y}, шаг {t}: ")
DEEPER = Text("second hidden layer: ", "второй скрытый слой: ")
BEST = Text(
    "Exact search over all lines: the best one gets {n} of {m} right. The net now: {r} of {m}.",
    "Точный перебор всех прямых: лучшая верна для {n} из {m}. Сеть сейчас: {r} из {m}.",
)
SIGNS = {"tanh": "tanh", "relu": "relu", "sigmoid": "σ", "identity": ""}


def explain(trace: XorTrace, frame: int, point: int, unit: int, lang: Lang) -> tuple[Formula, ...]:
    """h of every unit of the first layer (the picked one marked), z, p and the loss of one point."""
    p = trace.params
    frame, point = min(frame, len(trace.steps) - 1), min(point, len(trace.X) - 1)
    theta, x, y = trace.theta[frame], trace.X[point], float(trace.y[point])
    blocks = unpack(Net(p.sizes), theta)
    lines: list[Formula] = []
    head = quiet(HEAD.format(k=point + 1, y=f"{y:g}", t=trace.steps[frame]).get(lang))
    h, z, v, c = forward(x[None], theta, p.sizes, p.bend)
    if p.hidden:
        W, b = blocks[0]["W"], blocks[0]["b"]
        first = activate(W @ x + b, p.bend)[0]
        for k in range(p.hidden):
            sign, kind = SIGNS[p.bend], "strong" if k == unit else "plain"
            line = [head] if k == 0 else []
            line += [Part(f"h{_low(k + 1)}", "strong" if kind == "strong" else "plain"), say(f" = {sign}(")]
            line += [*sum_of_products(W[k], x, 2), say(" + "), Part(_n(b[k]), "number"), say(") = ")]
            lines.append((*line, number(float(first[k]), 3, "result")))
    if p.hidden and p.layers == 2:
        inner = ", ".join(write_number(float(value), 3) for value in h[0])
        lines.append((quiet(DEEPER.get(lang)), Part(f"({inner})", "number")))
    out = [say("z = ")] if p.hidden else [head, say("z = ")]
    out += [*sum_of_products(v, h[0], 2), say(" + "), Part(_n(c[0]), "number"), say(" = ")]
    out.append(number(float(z[0]), 3, "result"))
    lines.append(tuple(out))
    probability = float(activate(z, "sigmoid")[0][0])
    loss = float(np.logaddexp(0, z[0]) - y * z[0])
    written = write_number(probability, 4)
    inside = written if y > 0.5 else f"1 − {written}"
    lines.append(
        (
            say("p = σ(z) = "),
            number(probability, 4, "result"),
            say(f"    loss = −ln({inside}) = "),
            number(loss, 4, "result"),
        )
    )
    count = round(float(trace.right[frame]) * len(trace.X))
    return (*lines, (quiet(BEST.format(n=trace.best.right, m=len(trace.X), r=count).get(lang)),))


def _low(n: int) -> str:
    return str(n).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def _n(value: float) -> str:
    text = write_number(float(value), 2)
    return f"({text})" if text.startswith("−") else text
