"""One example through one neuron and one step of learning, written out with the live numbers."""

from __future__ import annotations

from core.arithmetic import Formula, Part, number, quiet, say, sum_of_products, write_number
from core.foundations.neuron import NeuronTrace, activate, losses, weighted_sum
from core.i18n import Lang, Text

HEAD = Text("example {k}, class {y}, step {t}: ", "пример {k}, класс {y}, шаг {t}: ")
WRONG = Text(
    "   wrong on purpose: b is added for each of the two inputs",
    "   нарочно неверно: b прибавлено на каждый из двух входов",
)
RIGHT = Text("   right: {side}", "   верно: {side}")
MISSED = Text("   wrong: {side}", "   ошибка: {side}")
FLAT = Text(
    "   the step has slope 0 everywhere: no gradient, no learning",
    "   у ступеньки наклон всюду 0: нет градиента — нет и обучения",
)
MEAN = Text("   mean over {n} examples", "   среднее по примерам ({n})")
END = Text("   the next step", "   следующий шаг")


def explain(trace: NeuronTrace, example: int, t: int, lang: Lang) -> tuple[Formula, ...]:
    """Sum, activation, loss, gradient and the step from θ_t; the last θ when t is beyond it."""
    p = trace.params
    t = min(max(t, 0), len(trace.path) - 1)
    k = min(example, len(trace.X) - 1)
    x, y, target, theta = trace.X[k], float(trace.y[k]), trace.target[k : k + 1], trace.path[t]
    z = weighted_sum(x[None], theta, p.times)
    a, slope = activate(z, p.kind)
    each, delta = losses(z, target, p)
    head: list[Part] = [quiet(HEAD.format(k=k + 1, y=f"{y:g}", t=t).get(lang)), say("z = ")]
    if p.is_inside:
        for i in range(2):
            pair = sum_of_products(theta[i : i + 1], x[i : i + 1], 2)
            head += [say(" + (" if i else "("), *pair, say(" + "), Part(_n(theta[2]), "strong"), say(")")]
    else:
        head += [*sum_of_products(theta[:2], x, 2), say(" + "), Part(_n(theta[2]), "number")]
    head += [say(" = "), number(float(z[0]), 3, "result")]
    if p.is_inside:
        head.append(quiet(WRONG.get(lang)))
    is_right = (z[0] > p.border) == (y > 0.5)
    side = f"z {'>' if z[0] > p.border else '≤'} {write_number(p.border, 1)}"
    fired: list[Part] = [say("a = "), *_fired(float(z[0]), p.kind), say(" = "), number(float(a[0]), 4, "result")]
    fired.append(quiet((RIGHT if is_right else MISSED).format(side=side).get(lang)))
    punished: list[Part] = [say("loss = "), *_loss(float(a[0]), float(target[0]), is_bce=p.is_bce), say(" = ")]
    punished.append(number(float(each[0]), 4, "result"))
    down: list[Part] = [say("δ = ∂loss/∂z = "), Part(f"{_n(a[0])} − {_n(target[0])}", "number")]
    if not p.is_bce:
        down = [
            say("δ = ∂loss/∂z = (a − t)·f′(z) = "),
            Part(f"({_n(a[0])} − {_n(target[0])})·{_n(slope[0])}", "number"),
        ]
    down += [say(" = "), number(float(delta[0]), 4, "result")]
    if p.kind == "step":
        down.append(quiet(FLAT.get(lang)))
    own: list[Part] = [say("δ·x = ("), number(float(delta[0] * x[0]), 3), say(", ")]
    own += [number(float(delta[0] * x[1]), 3), say(")"), say("    ∂L/∂(w₁, w₂, b) = (")]
    for i in range(3):
        own += [say(", " if i else ""), number(float(trace.gradient[t, i]), 3, "result")]
    own += [say(")"), quiet(MEAN.format(n=len(trace.X)).get(lang))]
    return (tuple(head), tuple(fired), tuple(punished), tuple(down), tuple(own), _step(trace, t, lang))


def _step(trace: NeuronTrace, t: int, lang: Lang) -> Formula:
    eta = write_number(trace.params.eta, 3)
    parts: list[Part] = []
    for i, name in enumerate(("w₁", "w₂", "b")):
        old, g = float(trace.path[t, i]), float(trace.gradient[t, i])
        parts += [
            say(f"{';   ' if i else ''}{name} ← "),
            Part(f"{write_number(old, 3)} − {eta}·{_n(g)}", "number"),
            say(" = "),
            number(old - trace.params.eta * g, 3, "result"),
        ]
    return (*parts, quiet(END.get(lang)))


def _fired(z: float, kind: str) -> list[Part]:
    if kind == "sigmoid":
        return [say("1 / (1 + "), Part("e", "number", write_number(-z, 3)), say(")")]
    if kind == "relu":
        return [Part(f"max(0, {write_number(z, 3)})", "number")]
    if kind == "identity":
        return [Part("z", "number")]
    if kind == "step":
        return [Part(f"[{write_number(z, 3)} > 0]", "number")]
    return [Part(f"tanh({write_number(z, 3)})", "number")]


def _loss(a: float, target: float, *, is_bce: bool) -> list[Part]:
    if is_bce:
        inside = write_number(a, 4) if target > 0.5 else f"1 − {write_number(a, 4)}"
        return [Part(f"−ln({inside})", "number")]
    return [Part(f"½({_n(a)} − {_n(target)})²", "number")]


def _n(value: float) -> str:
    text = write_number(float(value), 3)
    return f"({text})" if text.startswith("−") else text
