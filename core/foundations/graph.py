"""A formula as a computation graph: values on the way forward, gradients on the way back.

Symbols: v_k the value of node k, f the last node, g_k = ∂f/∂v_k its gradient. Forward, every node is computed from its
inputs. Backward (reverse mode: Griewank and Walther 2008, section 3.2; Rumelhart, Hinton and Williams 1986),

    g_f = 1,    g_j = Σ over the uses k of j:  g_k · ∂v_k/∂v_j

The term of one use is what its edge carries. A variable is one node however often it is written: its terms are added.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any

import numpy as np

from core.errors import Refusal
from core.foundations.formula import CONSTANTS, MAX_CHARS, Grammar, constant, exponent, read
from core.i18n import Text, same
from core.params import Params, Switch, Words
from core.tables import Table
from core.verify import Check, compare

MAX_GRAPH = 40
MAX_VALUE = 1000.0
FUNCTIONS = ("sigmoid", "relu", "tanh", "softplus", "exp", "log", "sqrt", "abs", "sin", "cos")
GIVEN = (2.0, -1.0, 0.5, 3.0, -2.0, 1.0)
"""What variables are without a value of their own, in the order they are written."""

NOT_READ = Text(
    "“{typed}” is not a formula that can be read: write it like sigmoid(w*x + b).",
    "«{typed}» прочитать как формулу не удалось: пишите, например, sigmoid(w*x + b).",
)
NOT_ALLOWED = Text(
    "“{typed}” cannot stand in a formula: there are variables of Latin letters and digits, numbers, pi, e, + − * / ^, "
    "{functions}.",
    "«{typed}» в формуле не допускается: есть переменные из латинских букв и цифр, числа, pi, e, + − * / ^, "
    "{functions}.",
).format(functions=", ".join(FUNCTIONS), typed="{typed}")
TOO_MANY = Text("A graph of at most {n} nodes can be drawn.", "Граф может иметь не больше {n} узлов.").format(
    n=MAX_GRAPH
)
BAD_VALUES = Text(
    "“{typed}” does not give values: write w = 2; x = −1.5, at most {n}.",
    "«{typed}» — не значения: пишите w = 2; x = −1,5, не больше {n}.",
)


def is_variable(name: str) -> bool:
    """Up to six Latin letters and digits, and no function's name."""
    return re.fullmatch("[a-z][a-z0-9]{0,5}", name) is not None and name not in FUNCTIONS


GRAMMAR = Grammar(is_variable, "[a-df-z]", FUNCTIONS, NOT_READ, NOT_ALLOWED)


class GraphParams(Params):
    """An expression and the values of its variables."""

    expression: Annotated[
        str,
        Words(
            label=same("f"),
            max_chars=MAX_CHARS,
            is_wide=True,
            help=Text(
                "Any letters are variables; + − * / ^ and {functions}.",
                "Любые латинские буквы — переменные; + − * / ^ и {functions}.",
            ).format(functions=", ".join(FUNCTIONS)),
        ),
    ] = "sigmoid(w1*x1 + w2*x2 + b)"
    values: Annotated[
        str,
        Words(
            label=Text("Values", "Значения"),
            max_chars=160,
            is_wide=True,
            help=Text("Or drag a number in the graph to the left or right.", "Или тяните число в графе влево-вправо."),
        ),
    ] = "w1 = 2; x1 = -1; w2 = -3; x2 = -2; b = -3"
    is_overwritten: Annotated[
        bool,
        Switch(
            label=Text("Wrong: = instead of += at a fork", "Неверно: = вместо += в развилке"),
            help=Text(
                "A variable used twice keeps only one of its two gradients, as in code that forgets to add.",
                "У переменной, которая нужна дважды, остаётся один градиент из двух: в коде забыли прибавить.",
            ),
        ),
    ] = False


@dataclass(frozen=True)
class Operation:
    """What a node computes: its value from its inputs, and ∂value/∂input for each of them."""

    sign: str
    value: Callable[..., Any]
    slopes: Callable[..., tuple[Any, ...]]


def _sigmoid(v: Any) -> Any:
    e = np.exp(-abs(v))
    return (1.0 if v >= 0 else e) / (1 + e)


OPERATIONS: dict[str, Operation] = {
    "add": Operation("+", lambda a, b: a + b, lambda a, b: (1.0, 1.0)),
    "sub": Operation("−", lambda a, b: a - b, lambda a, b: (1.0, -1.0)),
    "mul": Operation("×", lambda a, b: a * b, lambda a, b: (b, a)),
    "div": Operation("÷", lambda a, b: a / b, lambda a, b: (1 / b, -a / (b * b))),
    "neg": Operation("−", lambda a: -a, lambda a: (-1.0,)),
    "sigmoid": Operation("σ", _sigmoid, lambda a: (_sigmoid(a) * _sigmoid(-a),)),
    "relu": Operation("relu", lambda a: a if a > 0 else 0 * a, lambda a: (np.float64(a > 0),)),
    "tanh": Operation("tanh", np.tanh, lambda a: (4 * _sigmoid(2 * a) * _sigmoid(-2 * a),)),
    "softplus": Operation("softplus", lambda a: np.maximum(a, 0) + np.log1p(np.exp(-abs(a))), lambda a: (_sigmoid(a),)),
    "exp": Operation("exp", np.exp, lambda a: (np.exp(a),)),
    "log": Operation("log", np.log, lambda a: (1 / a,)),
    "sqrt": Operation("√", np.sqrt, lambda a: (0.5 / np.sqrt(a),)),
    "abs": Operation("|·|", abs, lambda a: (np.sign(a),)),
    "sin": Operation("sin", np.sin, lambda a: (np.cos(a),)),
    "cos": Operation("cos", np.cos, lambda a: (-np.sin(a),)),
}
BINARY: dict[type, str] = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div"}


@dataclass(frozen=True)
class Node:
    """One node. kind : "variable", "number", "pow" or a key of `OPERATIONS`; inputs : indices of earlier nodes.

    name : the variable, the number, or v₁, v₂, … in the order of computing; the last operation is f
    power : the exponent of "pow"
    """

    kind: str
    name: str
    inputs: tuple[int, ...] = ()
    power: float = 0.0

    @property
    def sign(self) -> str:
        """What is written in the node."""
        if self.kind in ("variable", "number"):
            return self.name
        return f"^{self.power:g}".replace("-", "−") if self.kind == "pow" else OPERATIONS[self.kind].sign


@dataclass(frozen=True)
class GraphTrace:
    """Every value and gradient. value, grad : one a node, nan or ±inf where there is none.

    slopes : ∂v_k/∂v_j for each input j of node k; edges : g_k·∂v_k/∂v_j, what each edge carries back
    backward : the nodes in the order in which their gradient is complete
    """

    params: GraphParams
    nodes: tuple[Node, ...]
    value: tuple[float, ...]
    slopes: tuple[tuple[float, ...], ...]
    edges: tuple[tuple[float, ...], ...]
    grad: tuple[float, ...]
    variables: Mapping[str, float]
    signature: str

    @property
    def backward(self) -> tuple[int, ...]:
        return tuple(reversed(range(len(self.nodes))))

    @property
    def is_defined(self) -> bool:
        """Whether every value and every gradient is a number."""
        return all(map(math.isfinite, (*self.value, *self.grad)))

    def uses(self, node: int) -> tuple[tuple[int, int], ...]:
        """(k, position) of every input that reads `node`."""
        return tuple((k, i) for k, n in enumerate(self.nodes) for i, j in enumerate(n.inputs) if j == node)


def build(tree: ast.expr) -> tuple[Node, ...]:
    """The nodes in the order of computing: inputs before what uses them, each variable once.

    Raises
    ------
    Refusal
        If there are more than `MAX_GRAPH`.
    """
    nodes: list[Node] = []
    known: dict[str, int] = {}

    def put(node: Node) -> int:
        if len(nodes) >= MAX_GRAPH:
            raise Refusal(TOO_MANY)
        nodes.append(node)
        return len(nodes) - 1

    def leaf(kind: str, name: str) -> int:
        if kind == "number" or name not in known:
            known[name] = put(Node(kind, name))
        return known[name]

    def walk(node: ast.expr) -> int:
        if isinstance(node, ast.Constant):
            return leaf("number", f"{constant(node):g}")
        if isinstance(node, ast.Name):
            return leaf("number" if node.id in CONSTANTS else "variable", node.id)
        if isinstance(node, ast.UnaryOp):
            inner = walk(node.operand)
            return put(Node("neg", "", (inner,))) if isinstance(node.op, ast.USub) else inner
        if isinstance(node, ast.Call):
            assert isinstance(node.func, ast.Name)
            return put(Node(node.func.id, "", (walk(node.args[0]),)))
        assert isinstance(node, ast.BinOp)
        left = walk(node.left)
        if isinstance(node.op, ast.Pow):
            return put(Node("pow", "", (left,), exponent(node.right)))
        return put(Node(BINARY[type(node.op)], "", (left, walk(node.right))))

    last = walk(tree)
    # A leaf alone is f too; else f is the last node, since what it needs stands before it.
    assert last == len(nodes) - 1
    inner = [k for k, node in enumerate(nodes) if node.inputs]
    names = {k: f"v{subscript(n + 1)}" for n, k in enumerate(inner)} | ({inner[-1]: "f"} if inner else {})
    return tuple(Node(n.kind, names.get(k, n.name), n.inputs, n.power) for k, n in enumerate(nodes))


def subscript(n: int) -> str:
    return str(n).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def number_of(node: Node) -> float:
    """The value of a "number" leaf."""
    return CONSTANTS[node.name] if node.name in CONSTANTS else float(node.name)


def read_values(typed: str) -> dict[str, float]:
    """“w = 2; x = −1,5” → {"w": 2.0, "x": −1.5}.

    Raises
    ------
    Refusal
        If something else stands there, or a number is beyond `MAX_VALUE`.
    """
    written = typed.lower().replace("−", "-").translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789"))
    pattern = r"([a-z][a-z0-9]{0,5})\s*=\s*([-+]?(?:\d+(?:[.,]\d+)?|\.\d+)(?:e[-+]?\d{1,3})?)(?![\w.])"
    rest = re.sub(pattern, "", written, flags=re.ASCII)
    found = {name: float(value.replace(",", ".")) for name, value in re.findall(pattern, written, flags=re.ASCII)}
    if rest.strip(" ,;\t") or any(abs(value) > MAX_VALUE for value in found.values()):
        raise Refusal(BAD_VALUES.format(typed=typed.strip()[:40], n=f"{MAX_VALUE:g}"))
    return found


def run(params: GraphParams) -> GraphTrace:
    """Build the graph, go forward, go back.

    Raises
    ------
    Refusal
        If the expression or the values cannot be read.
    """
    nodes = build(read(params.expression, GRAMMAR))
    given = read_values(params.values)
    names = [node.name for node in nodes if node.kind == "variable"]
    variables = {name: given.get(name, GIVEN[k % len(GIVEN)]) for k, name in enumerate(names)}
    value: list[Any] = []
    slopes: list[tuple[float, ...]] = []
    with np.errstate(all="ignore"):
        for node in nodes:
            inputs = [value[j] for j in node.inputs]
            if node.kind == "pow":
                power = node.power
                value.append(inputs[0] ** power)
                slopes.append((float(power * inputs[0] ** (power - 1)) if power else 0.0,))
            elif node.inputs:
                operation = OPERATIONS[node.kind]
                value.append(np.float64(operation.value(*inputs)))
                slopes.append(tuple(float(slope) for slope in operation.slopes(*inputs)))
            else:
                value.append(np.float64(variables.get(node.name, 0) if node.kind == "variable" else number_of(node)))
                slopes.append(())
    grad, edges = backward(nodes, slopes, is_overwritten=params.is_overwritten)
    return GraphTrace(
        params=params,
        nodes=nodes,
        value=tuple(float(v) for v in value),
        slopes=tuple(slopes),
        edges=edges,
        grad=grad,
        variables=MappingProxyType(variables),
        signature=f"{len(nodes)} nodes · reverse mode · float64 · cpu · numpy {np.__version__}",
    )


def backward(
    nodes: tuple[Node, ...], slopes: list[tuple[float, ...]], *, is_overwritten: bool = False
) -> tuple[tuple[float, ...], tuple[tuple[float, ...], ...]]:
    """g of every node, and what each edge carries. `is_overwritten`: the wrong rule, in which the last use wins."""
    grad = [0.0] * len(nodes)
    grad[-1] = 1.0
    edges: list[tuple[float, ...]] = [()] * len(nodes)
    for k in reversed(range(len(nodes))):
        edges[k] = tuple(grad[k] * slope for slope in slopes[k])
        for j, carried in zip(nodes[k].inputs, edges[k], strict=True):
            grad[j] = carried if is_overwritten else grad[j] + carried
    return tuple(grad), tuple(edges)


def reference(trace: GraphTrace) -> tuple[Check, ...]:
    """f and ∂f/∂v of every node beside torch's autograd."""
    if not trace.is_defined:
        return ()
    import torch

    tensors: list[torch.Tensor] = []
    for k, node in enumerate(trace.nodes):
        if not node.inputs:
            tensors.append(torch.tensor(trace.value[k], dtype=torch.float64, requires_grad=True))
            continue
        inputs = [tensors[j] for j in node.inputs]
        if node.kind == "pow":
            tensors.append(inputs[0] ** node.power)
        else:
            named = getattr(torch, node.kind, None) or getattr(torch.nn.functional, node.kind)
            tensors.append(named(*inputs))
        tensors[-1].retain_grad()
    tensors[-1].backward()
    theirs = [0.0 if t.grad is None else float(t.grad) for t in tensors]
    scale = np.maximum(1.0, np.abs(theirs))
    value = float(tensors[-1].detach())
    checks = [compare(same("f"), "torch", [trace.value[-1] / max(1, abs(value))], [value / max(1, abs(value))], 1e-9)]
    if not trace.params.is_overwritten:
        checks.append(compare(same("∂f/∂v, autograd"), "torch", np.array(trace.grad) / scale, theirs / scale, 1e-9))
    return tuple(checks)


def tables(trace: GraphTrace) -> tuple[Table, ...]:
    """Value and gradient of every node."""
    rows = [f"{node.name} {node.sign}" if node.inputs else node.name for node in trace.nodes]
    both = np.array([trace.value, trace.grad]).T
    return (Table("nodes", rows, ["value", "gradient"], np.where(np.isfinite(both), both, 0.0)),)
