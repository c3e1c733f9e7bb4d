"""The arithmetic of one coefficient under a penalty, with the live numbers."""

from __future__ import annotations

from core.arithmetic import Formula, Part, number, quiet, say
from core.foundations.regular_paths import FEATURES, NAMES, PathTrace
from core.i18n import Lang, Text


def explain(trace: PathTrace, feature: int, lang: Lang) -> tuple[Formula, ...]:
    """One coefficient at the chosen λ: what the data ask for, what the penalty takes, what is left."""
    p, k = trace.params, trace.here
    beta, G, c, lam = trace.beta[k], trace.G, trace.c, float(trace.lambdas[k])
    j, g = feature, float(trace.G[feature, feature])
    others = float(G[j] @ beta - g * beta[j])
    z, t = float(c[j]) - others, lam * p.rho
    below = g + lam * (1 - p.rho)
    name = FEATURES[NAMES[j]].get(lang)
    asks: Formula = (
        Part(name, "strong"),
        say(f"   z = c{_sub(j)} − Σ G{_sub(j)}ₖβₖ = "),
        number(float(c[j]), 4),
        say(" − "),
        _bracketed(others),
        say(" = "),
        number(z, 4, "result"),
        quiet(ASKS.get(lang)),
    )
    formulas: list[Formula] = [asks]
    under = "" if abs(below - 1) < 1e-12 else f" / {below:.4g}"
    if p.rho > 0:
        left: Formula = (
            say("β = S(z, λρ)" + (" / (G + λ(1 − ρ))" if under else "") + " = sign z · max("),
            number(abs(z), 4),
            say(" − "),
            number(t, 4, "strong"),
            say(f", 0){under} = "),
            number(float(beta[j]), 4, "result"),
            quiet((EXACT if beta[j] == 0 else KEPT).get(lang)),
        )
    else:
        left = (
            say("β = z / (G + λ) = "),
            number(z, 4),
            say(" / "),
            number(below, 4, "strong"),
            say(" = "),
            number(float(beta[j]), 4, "result"),
            quiet(DIVIDED.get(lang)),
        )
    formulas.append(left)
    formulas.append(
        (
            quiet(FULL.format(n=int(trace.alive[k]), p=len(beta)).get(lang)),
            number(float(trace.error[k]), 3),
            quiet(BEST.get(lang)),
            number(float(trace.error[trace.best]), 3),
            quiet(AT.format(l=f"{trace.lambdas[trace.best]:.3g}", n=int(trace.alive[trace.best])).get(lang)),
            quiet(
                CAUTIOUS.format(l=f"{trace.lambdas[trace.cautious]:.3g}", n=int(trace.alive[trace.cautious])).get(lang)
            ),
        )
    )
    return tuple(formulas)


def _sub(j: int) -> str:
    return str(j + 1).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def _bracketed(value: float) -> Part:
    part = number(value, 4)
    return Part(f"({part.text})", part.kind) if part.text.startswith("−") else part


ASKS = Text("   what the data still ask for, the others held", "   чего ещё просят данные при прочих неизменных")
EXACT = Text("   not small: exactly 0", "   не «почти», а ровно 0")
KEPT = Text(
    "   L1 takes the same piece of every coefficient", "   L1 отрезает от каждого коэффициента один и тот же кусок"
)
DIVIDED = Text(
    "   divided, not cut: never 0 unless z is", "   деление, а не отрезание: нулём не станет, пока z не ноль"
)
FULL = Text("Not zero: {n} of {p}. Error on folds left out: ", "Ненулевых: {n} из {p}. Ошибка на отложенных частях: ")
BEST = Text(" of the variance; the least is ", " дисперсии; наименьшая — ")
AT = Text(" at λ = {l} ({n} not zero)", " при λ = {l} (ненулевых {n})")
CAUTIOUS = Text(
    "; within one standard error of it, the simplest is λ = {l} ({n}).",
    "; в пределах одной стандартной ошибки от неё самая простая модель — λ = {l} ({n}).",
)
