"""Functions of two variables: parsed safely from what is written, evaluated with their exact gradient.

A formula becomes a small tree of allowed nodes (core/foundations/formula.py). It is walked with pairs (value,
gradient), so the derivative of every sum, product, quotient and function follows by the chain rule (forward mode:
Griewank and Walther 2008, chapter 3); nothing that was typed is ever executed.

Symbols: f the surface, (x, y) a point, g = (∂f/∂x, ∂f/∂y). Shapes: any, the same for x and y; g adds a last axis of 2.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.errors import Refusal
from core.foundations.formula import CONSTANTS, Grammar, constant, exponent, read
from core.i18n import Text, same

if TYPE_CHECKING:
    import torch

Array = npt.NDArray[np.float64]
View = tuple[float, float, float, float]

FUNCTIONS = ("sin", "cos", "exp", "log", "sqrt", "abs", "tanh")

NOT_READ = Text(
    "“{typed}” is not a formula that can be read: write it like x**2 + 3*sin(y).",
    "«{typed}» прочитать как формулу не удалось: пишите, например, x**2 + 3*sin(y).",
)
NOT_ALLOWED = Text(
    "“{typed}” cannot stand in a formula: there are x, y, numbers, pi, e, + − * / **, {functions}.",
    "«{typed}» в формуле не допускается: есть x, y, числа, pi, e, + − * / **, {functions}.",
).format(functions=", ".join(FUNCTIONS), typed="{typed}")
GRAMMAR = Grammar(("x", "y").__contains__, "[xy]", FUNCTIONS, NOT_READ, NOT_ALLOWED)


@dataclass(frozen=True)
class Surface:
    """A formula, the part of the plane that is drawn (x from, x to, y from, y to), and where a race starts by itself.

    `rates`: log₁₀ α that suits it, without and with division by the gradient's size. `minima`: the lowest points.
    """

    title: Text
    formula: str
    view: View
    start: tuple[float, float]
    rates: tuple[float, float]
    minima: tuple[tuple[float, float], ...] = ()


SURFACES: dict[str, Surface] = {
    "ravine": Surface(
        Text("ravine", "овраг"), "(x**2 + 25*y**2)/2", (-5, 2, -2.5, 2.5), (-4.5, 1.8), (-1.3, -0.6), ((0, 0),)
    ),
    "rosenbrock": Surface(
        Text("Rosenbrock", "Розенброк"),
        "(1 - x)**2 + 100*(y - x**2)**2",
        (-2, 2, -1, 3),
        (-1.4, 2.4),
        (-3.1, -1.0),
        ((1, 1),),
    ),
    "beale": Surface(
        Text("Beale", "Бил"),
        "(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2",
        (-2, 4.5, -2, 2),
        (1.0, 1.5),
        (-2.3, -1.0),
        ((3, 0.5),),
    ),
    "himmelblau": Surface(
        Text("Himmelblau", "Химмельблау"),
        "(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
        (-5, 5, -5, 5),
        (-0.5, -1.0),
        (-2.2, -0.8),
        ((3, 2), (-2.805118, 3.131313), (-3.779310, -3.283186), (3.584428, -1.848127)),
    ),
    "saddle": Surface(
        Text("saddle", "седло"),
        "x**2/2 - y**2/2 + y**4/8 + 1/2",
        (-3, 1.5, -2.2, 2.2),
        (-2.6, 0.002),
        (-0.9, -1.3),
        ((0, math.sqrt(2)), (0, -math.sqrt(2))),
    ),
}
OWN_VIEW: View = (-4, 4, -4, 4)
OWN_START = (-3.0, 2.5)
OWN_RATES = (-1.3, -1.0)


@lru_cache(maxsize=256)
def parse(typed: str) -> ast.expr:
    """The tree of a formula of x and y.

    Raises
    ------
    Refusal
        If it is longer than `MAX_CHARS`, cannot be read, or has anything but the allowed nodes.
    """
    return read(typed, GRAMMAR)


# ---------------------------------------------------------------------------------------------------------------------
# Values and gradients

Pair = tuple[Array, Array, Array]
"""f, ∂f/∂x, ∂f/∂y."""


def gradient(tree: ast.expr, x: Array, y: Array) -> tuple[Array, Array]:
    """f and g at each point: (…,), (…, 2). Not finite where f or its derivative is undefined or overflows."""
    with np.errstate(all="ignore"):
        f, fx, fy = _walk(tree, np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
        shape = np.broadcast_shapes(x.shape, y.shape)
        both = np.stack([np.broadcast_to(fx, shape), np.broadcast_to(fy, shape)], axis=-1)
        return np.array(np.broadcast_to(f, shape)), both


def values(tree: ast.expr, x: Array, y: Array) -> Array:
    """f alone."""
    with np.errstate(all="ignore"):
        found = evaluate(tree, x, y, np)
    return np.array(np.broadcast_to(np.asarray(found, dtype=np.float64), np.broadcast_shapes(x.shape, y.shape)))


def evaluate(node: ast.expr, x: Any, y: Any, library: Any) -> Any:
    """f with the functions of `library`: numpy, or torch for its own gradient."""
    if isinstance(node, ast.Constant):
        return constant(node)
    if isinstance(node, ast.Name):
        return {"x": x, "y": y, **CONSTANTS}[node.id]
    if isinstance(node, ast.UnaryOp):
        inner = evaluate(node.operand, x, y, library)
        return -inner if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        inner = evaluate(node.args[0], x, y, library)
        return getattr(library, node.func.id)(inner + 0 * x)
    assert isinstance(node, ast.BinOp)
    left = evaluate(node.left, x, y, library)
    if isinstance(node.op, ast.Pow):
        return (left + 0 * x) ** exponent(node.right)
    right = evaluate(node.right, x, y, library)
    if isinstance(node.op, ast.Add):
        return left + right
    if isinstance(node.op, ast.Sub):
        return left - right
    return left * right if isinstance(node.op, ast.Mult) else left / (right + 0 * x)


def _walk(node: ast.expr, x: Array, y: Array) -> Pair:
    zero = np.zeros(())
    if isinstance(node, ast.Constant):
        return np.asarray(constant(node)), zero, zero
    if isinstance(node, ast.Name):
        if node.id in CONSTANTS:
            return np.asarray(CONSTANTS[node.id]), zero, zero
        one = np.ones(())
        return (x, one, zero) if node.id == "x" else (y, zero, one)
    if isinstance(node, ast.UnaryOp):
        f, fx, fy = _walk(node.operand, x, y)
        return (-f, -fx, -fy) if isinstance(node.op, ast.USub) else (f, fx, fy)
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        f, fx, fy = _walk(node.args[0], x, y)
        value, slope = OUTER[node.func.id](f)
        return value, slope * fx, slope * fy
    assert isinstance(node, ast.BinOp)
    a, ax, ay = _walk(node.left, x, y)
    if isinstance(node.op, ast.Pow):
        p = exponent(node.right)
        if p == 0:
            return np.ones_like(a), zero, zero
        slope = p * a ** (p - 1)
        return a**p, slope * ax, slope * ay
    b, bx, by = _walk(node.right, x, y)
    if isinstance(node.op, ast.Add):
        return a + b, ax + bx, ay + by
    if isinstance(node.op, ast.Sub):
        return a - b, ax - bx, ay - by
    if isinstance(node.op, ast.Mult):
        return a * b, ax * b + a * bx, ay * b + a * by
    quotient = a / b
    return quotient, (ax - quotient * bx) / b, (ay - quotient * by) / b


def _exp(f: Array) -> tuple[Array, Array]:
    value = np.asarray(np.exp(f))
    return value, value


def _sqrt(f: Array) -> tuple[Array, Array]:
    value = np.asarray(np.sqrt(f))
    return value, np.asarray(0.5 / value)


def _tanh(f: Array) -> tuple[Array, Array]:
    value = np.asarray(np.tanh(f))
    return value, np.asarray(1 - value * value)


OUTER: dict[str, Callable[[Array], tuple[Array, Array]]] = {
    "sin": lambda f: (np.asarray(np.sin(f)), np.asarray(np.cos(f))),
    "cos": lambda f: (np.asarray(np.cos(f)), np.asarray(-np.sin(f))),
    "exp": _exp,
    "log": lambda f: (np.asarray(np.log(f)), np.asarray(1 / f)),
    "sqrt": _sqrt,
    "abs": lambda f: (np.asarray(np.abs(f)), np.asarray(np.sign(f))),
    "tanh": _tanh,
}


def gradient_by_autograd(tree: ast.expr, points: Array) -> torch.Tensor:
    """g at (n, 2) points as torch's autograd finds it."""
    import torch

    theta = torch.tensor(points, dtype=torch.float64, requires_grad=True)
    f = evaluate(tree, theta[:, 0], theta[:, 1], torch) + 0 * theta.sum(1)
    (found,) = torch.autograd.grad(f.sum(), theta)
    return found


def read_point(typed: str) -> tuple[float, float]:
    """Two numbers as people type a point: “−1.5, 2”, “-1,5; 2”.

    Raises
    ------
    Refusal
        If there are not two finite numbers of at most 100.
    """
    words = typed.replace("−", "-").strip().strip("()")
    parts = words.split(";") if ";" in words else words.split(",") if words.count(",") == 1 else words.split()
    try:
        x, y = (float(part.strip().replace(",", ".")) for part in parts)
    except ValueError:
        raise Refusal(NOT_A_POINT.format(typed=typed.strip()[:40])) from None
    if not (abs(x) <= 100 and abs(y) <= 100):
        raise Refusal(NOT_A_POINT.format(typed=typed.strip()[:40]))
    return x, y


NOT_A_POINT = Text(
    "“{typed}” is not a point: write two numbers of at most 100, such as −1.5; 2.",
    "«{typed}» — не точка: напишите два числа не больше 100, например −1,5; 2.",
)
OWN_EXAMPLE = same("(x^2 - 4)^2/8 + y^2 + x/2")
