"""Formulas that a learner types, read into a small tree of allowed nodes; nothing that was typed is ever executed.

A `Grammar` says which names and functions may stand in a formula; numbers, pi, e and + − · / ^ may stand in all.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from core.errors import Refusal
from core.i18n import Text

MAX_CHARS = 120
MAX_NODES = 80
MAX_POWER = 12
MAX_NUMBER = 1e6
CONSTANTS = {"pi": math.pi, "e": math.e}
WRITTEN = {
    "−": "-",
    "–": "-",
    "·": "*",
    "×": "*",
    "^": "**",
    "²": "**2",
    "³": "**3",
    "⁴": "**4",
    "√": "sqrt",
    "σ": "sigmoid",
    **{digit: str(value) for value, digit in enumerate("₀₁₂₃₄₅₆₇₈₉")},
}

BAD_POWER = Text(
    "An exponent has to be a number from −{n} to {n}.", "Показатель степени — число от −{n} до {n}."
).format(n=MAX_POWER)
TOO_LONG = Text("The formula is too long.", "Формула слишком длинная.")
TOO_LARGE = Text("Numbers in a formula are at most a million.", "Числа в формуле — не больше миллиона.")


@dataclass(frozen=True)
class Grammar:
    """What may stand in a formula.

    is_name : whether a name, in small letters, is a variable
    letters : a regular expression of the one-letter variables that may stand before a bracket, as in x(y + 1)
    not_read, not_allowed : sentences that quote {typed}
    """

    is_name: Callable[[str], object]
    letters: str
    functions: tuple[str, ...]
    not_read: Text
    not_allowed: Text


def read(typed: str, grammar: Grammar) -> ast.expr:
    """The tree of a formula.

    Raises
    ------
    Refusal
        If it is longer than `MAX_CHARS`, cannot be read, or has anything but the allowed nodes.
    """
    if len(typed) > MAX_CHARS:
        raise Refusal(TOO_LONG)
    written = "".join(WRITTEN.get(c, c) for c in typed.strip().lower())
    # 2x and 3(y + 1) as on paper; 1e-3 stays a number.
    written = re.sub(r"(?<![\w.])(\d+\.?\d*|\.\d+)\s*(?!e[+-]?\d)(?=[a-z(])", r"\1*", written)
    written = re.sub(rf"\b({grammar.letters})\s*\(", r"\1*(", written)
    try:
        tree = ast.parse(written, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise Refusal(grammar.not_read.format(typed=typed.strip()[:40])) from None
    if sum(1 for _ in ast.walk(tree)) > MAX_NODES * 3:  # each operation counts its operator and its context too
        raise Refusal(TOO_LONG)
    _inspect(tree, grammar)
    return tree


def _inspect(node: ast.expr, grammar: Grammar) -> None:
    """Refuse whatever is not on the list."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        if not abs(constant(node)) <= MAX_NUMBER:
            raise Refusal(TOO_LARGE)
        return None
    if isinstance(node, ast.Name) and (node.id in CONSTANTS or grammar.is_name(node.id)):
        return None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        return _inspect(node.operand, grammar)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div):
        _inspect(node.left, grammar)
        return _inspect(node.right, grammar)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        exponent(node.right)
        return _inspect(node.left, grammar)
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in grammar.functions
        and len(node.args) == 1
        and not node.keywords
    ):
        return _inspect(node.args[0], grammar)
    raise Refusal(grammar.not_allowed.format(typed=ast.unparse(node)[:40]))


def constant(node: ast.Constant) -> float:
    """The number of a leaf that passed `read`."""
    assert isinstance(node.value, int | float)
    try:
        return float(node.value)
    except OverflowError:
        return math.inf


def exponent(node: ast.expr) -> float:
    """The number that an exponent is.

    Raises
    ------
    Refusal
        If it is no number from −`MAX_POWER` to `MAX_POWER`.
    """
    sign, inner = 1.0, node
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        sign, inner = -1.0, node.operand
    if isinstance(inner, ast.Constant) and type(inner.value) in (int, float) and constant(inner) <= MAX_POWER:
        return sign * constant(inner)
    raise Refusal(BAD_POWER)
