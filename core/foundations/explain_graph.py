"""One node of a computation graph: its value from its inputs, its gradient from its uses, with the live numbers."""

from __future__ import annotations

from core.arithmetic import Formula, Part, join, number, quiet, say, write_number
from core.foundations.graph import GraphTrace, Node
from core.i18n import Lang, Text

DECIMALS = 4
GIVEN = Text(
    "   a number you choose: drag it, or write it above", "   это число задаёте вы: тяните его или впишите выше"
)
CONSTANT = Text("   a constant: its gradient is used by nobody", "   константа: её градиент никому не нужен")
LAST = Text("   f itself: every backward pass starts with 1", "   сама f: обратный проход начинается с единицы")
ADDED = Text("   used {n} times: the gradients of all uses are added", "   нужна в {n} местах: градиенты складываются")
KEPT = Text(
    "   wrong on purpose: used {n} times, and only one gradient is kept",
    "   нарочно неверно: нужна в {n} местах, а остался один градиент",
)
SLOPES: dict[str, tuple[str, ...]] = {
    "add": ("1", "1"),
    "sub": ("1", "−1"),
    "mul": ("{b}", "{a}"),
    "div": ("1/{b}", "−{a}/{b}²"),
    "neg": ("−1",),
    "sigmoid": ("{v}·(1 − {v})",),
    "relu": ("[{a} > 0]",),
    "tanh": ("1 − {v}²",),
    "softplus": ("σ({a})",),
    "exp": ("{v}",),
    "log": ("1/{a}",),
    "sqrt": ("1/(2·{v})",),
    "abs": ("sign({a})",),
    "sin": ("cos({a})",),
    "cos": ("−sin({a})",),
}
"""∂value/∂input in words of the inputs a, b and the value v."""


def explain(trace: GraphTrace, picked: int, lang: Lang) -> tuple[Formula, ...]:
    """The value of the node, then its gradient: one line a use."""
    node = trace.nodes[picked]
    head: list[Part] = [Part(node.name, "strong"), say(" = ")]
    if node.inputs:
        names = [trace.nodes[j].name for j in node.inputs]
        values = [write_number(trace.value[j], DECIMALS) for j in node.inputs]
        head += [*_applied(node, names), say(" = "), *_applied(node, [_bracket(v) for v in values]), say(" = ")]
    head.append(number(trace.value[picked], DECIMALS, "result"))
    if not node.inputs:
        head.append(quiet((GIVEN if node.kind == "variable" else CONSTANT).get(lang)))
    lines: list[Formula] = [tuple(head)]
    uses = trace.uses(picked)
    if picked == len(trace.nodes) - 1:
        return (*lines, (say(f"∂f/∂{node.name} = "), number(1.0, kind="result"), quiet(LAST.get(lang))))
    whole: list[Part] = [say(f"∂f/∂{node.name} = ")]
    for n, (k, i) in enumerate(uses):
        used = trace.nodes[k]
        slope = trace.slopes[k][i]
        written = _slope(trace, k, i)
        rule: list[Part] = [say(f"∂{used.name}/∂{node.name} = ")]
        if written != write_number(slope, DECIMALS):
            rule += [Part(written, "number"), say(" = ")]
        rule += [number(slope, DECIMALS), quiet(f"   {used.name} = ")]
        rule += [quiet(join(_applied(used, [trace.nodes[j].name for j in used.inputs])))]
        lines.append(tuple(rule))
        whole.append(say(" + " if n else ""))
        whole.append(
            Part(
                f"{_bracket(write_number(trace.grad[k], DECIMALS))}·{_bracket(write_number(slope, DECIMALS))}", "number"
            )
        )
    whole += [say(" = "), number(trace.grad[picked], DECIMALS, "result")]
    if len(uses) > 1:
        whole.append(quiet((KEPT if trace.params.is_overwritten else ADDED).format(n=len(uses)).get(lang)))
    return (*lines, tuple(whole))


def _applied(node: Node, inputs: list[str]) -> list[Part]:
    """The operation on inputs that are already written."""
    if len(inputs) == 2:
        return [say(f"{inputs[0]} {node.sign} {inputs[1]}")]
    if node.kind == "pow":
        return [Part(inputs[0], "plain", node.sign.removeprefix("^"))]
    if node.kind == "neg":
        return [say(f"−{inputs[0]}")]
    if node.kind == "abs":
        return [say(f"|{inputs[0]}|")]
    return [say(f"{node.sign}({inputs[0].removeprefix('(').removesuffix(')')})")]


def _slope(trace: GraphTrace, k: int, i: int) -> str:
    node = trace.nodes[k]
    inputs = [_bracket(write_number(trace.value[j], DECIMALS)) for j in node.inputs]
    if node.kind == "pow":
        p = write_number(node.power, 2)
        return f"{p}·{inputs[0]}^({write_number(node.power - 1, 2)})"
    a, b = inputs[0], inputs[-1]
    found = SLOPES[node.kind][i].format(a=a, b=b, v=_bracket(write_number(trace.value[k], DECIMALS)))
    return found[1:-1] if found.startswith("(") and found.endswith(")") and found.count("(") == 1 else found


def _bracket(text: str) -> str:
    return f"({text})" if text.startswith("−") else text
