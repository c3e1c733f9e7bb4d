"""Computation graphs: cases worked by hand, autograd, what is refused, and where its nodes are drawn."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arithmetic import join
from core.errors import Refusal
from core.figures.neuron import graph_data, lay_out
from core.foundations.explain_graph import explain
from core.foundations.formula import MAX_CHARS
from core.foundations.graph import FUNCTIONS, MAX_GRAPH, GraphParams, GraphTrace, read_values, reference, run, tables

WRITTEN = [
    "sigmoid(w*x + b)",
    "x*y + x",
    "x*x*x",
    "(x + y)*(y + 1)/x",
    "-x^-2 + 3y²",
    "x^0.5 + x^0",
    "2σ(x₁ − 1) + |x|".replace("|x|", "abs(x)"),
    "exp(x)/(1 + e*pi)",
    "softplus(w*x + b) - y*(w*x + b)",
    *(f"{name}(x*y + 3)" for name in FUNCTIONS),
    "x",
]


def traced(expression: str, values: str = "", **more: bool) -> GraphTrace:
    return run(GraphParams(expression=expression, values=values, **more))


def grads(trace: GraphTrace) -> dict[str, float]:
    return {node.name: g for node, g in zip(trace.nodes, trace.grad, strict=True) if node.kind == "variable"}


@pytest.mark.parametrize("expression", WRITTEN)
def test_gradients_are_autograds(expression: str) -> None:
    for values in ("x = 1.3; y = 0.7; w = -2; b = 0.4", "x=0.2,y=3,w=1,b=-1"):
        trace = traced(expression, values)
        checks = reference(trace)
        assert len(checks) == 2
        assert all(check.passed for check in checks)
        assert all(check.difference < 1e-12 for check in checks)


def test_a_case_worked_by_hand() -> None:
    # f = (x + y)·z at (−2, 5, −4): the sum is 3, so ∂f/∂z = 3 and ∂f/∂x = ∂f/∂y = −4.
    trace = traced("(x + y)*z", "x = -2; y = 5; z = -4")
    assert trace.value[-1] == -12
    assert grads(trace) == {"x": -4, "y": -4, "z": 3}
    assert [node.name for node in trace.nodes] == ["x", "y", "v₁", "z", "f"]


def test_a_neuron() -> None:
    trace = run(GraphParams())
    z = 2 * -1 + -3 * -2 - 3
    a = 1 / (1 + math.exp(-z))
    assert trace.value[-1] == pytest.approx(a)
    slope = a * (1 - a)
    assert grads(trace) == pytest.approx(
        {"w1": -slope, "x1": 2 * slope, "w2": -2 * slope, "x2": -3 * slope, "b": slope}
    )


def test_gradients_of_a_fork_are_added_and_the_wrong_rule_keeps_one() -> None:
    right, wrong = (traced("x*y + x", "x = 3; y = -2", is_overwritten=flag) for flag in (False, True))
    assert grads(right)["x"] == -1
    assert grads(wrong)["x"] in (-2, 1)
    assert len(right.uses(0)) == 2
    assert len(reference(wrong)) == 1  # the value is still right
    assert "added" in join(explain(right, 0, "en")[-1])
    assert "only one" in join(explain(wrong, 0, "en")[-1])


def test_cross_entropy_gives_a_minus_y() -> None:
    for y in (0, 1):
        trace = traced("softplus(w*x + b) - y*(w*x + b)", f"w = 1.5; x = 2; b = -1; y = {y}")
        a = 1 / (1 + math.exp(-2))
        assert grads(trace)["b"] == pytest.approx(a - y)


def test_what_is_undefined_is_a_state() -> None:
    for expression in ("log(0 - x*x)", "sqrt(x - x)", "1/(x - x)", "exp(exp(exp(x + 9)))", "(0 - x)^0.5"):
        trace = traced(expression, "x = 2")
        assert not trace.is_defined
        assert reference(trace) == ()
        assert all(math.isfinite(v) for table in tables(trace) for v in table.values.ravel())
        assert graph_data(trace)["nodes"]
        for k in range(len(trace.nodes)):
            assert explain(trace, k, "ru")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "x +",
        "__import__('os')",
        "x.__class__",
        "().__class__",
        "[x]",
        "x if y else 1",
        "lambda: x",
        "(x := 3)",
        "x < y",
        "x ** y",
        "x ^ 13",
        "9**9**9",
        "10**400",
        "'x'",
        "sigmoid",
        "sigmoid(x, y)",
        "open(x)",
        "eval(x)",
        "verylongname",
        "_x",
        "щ + x",
        "x\x00",
        "x" * (MAX_CHARS + 1),
        "+".join(["x*y"] * (MAX_GRAPH // 2 + 1)),
    ],
)
def test_refused(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        GraphParams.parse({"expression": typed}) and run(GraphParams(expression=typed))
    assert refused.value.text.en.endswith(".")


@settings(deadline=None, max_examples=150)
@given(st.text(alphabet="xyw012.+-*/^() sigmoderlutanhexp²σ₁", max_size=36))
def test_anything_typed_is_a_graph_or_a_refusal(typed: str) -> None:
    try:
        trace = traced(typed)
    except Refusal:
        return
    assert len(trace.nodes) <= MAX_GRAPH
    assert all(check.passed for check in reference(trace))
    assert explain(trace, len(trace.nodes) - 1, "en")


def test_values() -> None:
    assert read_values("w = 2; x = −1,5, b=3 y = 1e-2") == {"w": 2, "x": -1.5, "b": 3, "y": 0.01}
    assert read_values("") == {}
    assert traced("q + r", "q = 7").variables == {"q": 7, "r": -1}
    for typed in ("w", "w = ", "w = x", "w = 2000", "w = 1e400", "2 = w", "w = 2 +", "w = nan", "ы = 1"):
        with pytest.raises(Refusal):
            read_values(typed)


@pytest.mark.parametrize("expression", WRITTEN)
def test_every_node_has_its_own_place(expression: str) -> None:
    trace = traced(expression)
    columns, rows, ways = lay_out(trace.nodes)
    taken = sorted(zip(columns, rows, strict=True))
    for (c0, r0), (c1, r1) in pairwise(taken):
        assert c0 != c1 or r1 - r0 >= 0.95
    for k, node in enumerate(trace.nodes):
        for j, way in zip(node.inputs, ways[k], strict=True):
            assert columns[j] < columns[k]
            assert len(way) == columns[k] - columns[j] - 1
            for step, row in enumerate(way):  # a long edge runs past the nodes, not behind them
                column = columns[j] + 1 + step
                assert all(abs(row - r) > 0.75 for c, r in zip(columns, rows, strict=True) if c == column)
    assert min([*rows, *(row for node in ways for way in node for row in way)]) == 0


def test_every_node_is_explained_with_its_numbers() -> None:
    trace = traced("x*y + x^2/sigmoid(y)", "x = 2; y = -1")
    for k, node in enumerate(trace.nodes):
        told = " ".join(map(join, explain(trace, k, "en")))
        assert told.startswith(node.name)
        assert "∂f/∂" in told
    assert "(−2) + 14.8731 = 12.8731" in join(explain(trace, len(trace.nodes) - 1, "en")[0])
