"""A formula as a graph: values forward, gradients back, node by node."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.errors import Refusal
from core.figures.neuron import graph_data
from core.foundations.explain_graph import explain
from core.foundations.graph import GraphParams, GraphTrace, read_values, reference, run, tables
from core.i18n import Text, same
from pages._neuron.parts import is_index
from pages._shared import kit, words
from pages._shared.components import mount
from pages._shared.controls import field_key
from pages._shared.state import session

WORDS = {
    "leaves": Text("leaves", "листья"),
    "hint": Text(
        "click a node to see its arithmetic · drag the number of a dashed one to the left or right",
        "щёлкните узел — увидите расчёт · число в пунктирном тяните влево или вправо",
    ),
}
ALT = Text(
    "Graph of {n} nodes: the value of each, and under it the gradient of f",
    "Граф из {n} узлов: значение каждого, а под ним градиент f",
)
UNDEFINED = Text(
    "Somewhere on the way there is no number: f or a derivative is not defined for these values.",
    "Где-то по пути получилось не число: f или производная при этих значениях не определена.",
)
EXAMPLES = (
    kit.Preset(
        Text("neuron", "нейрон"),
        {},
        Text("σ(w·x + b): the classic", "σ(w·x + b): классика"),
    ),
    kit.Preset(
        Text("product", "произведение"),
        {"expression": "(x + y)*z", "values": "x = -2; y = 5; z = -4"},
        Text("× swaps its inputs: each gets the other one", "× меняет входы местами: каждому достаётся другой"),
    ),
    kit.Preset(
        Text("a fork", "развилка"),
        {"expression": "x*y + x", "values": "x = 3; y = -2"},
        Text("x is used twice: its gradients are added", "x нужна дважды: её градиенты складываются"),
    ),
    kit.Preset(
        Text("loss", "потери"),
        {"expression": "softplus(w*x + b) - y*(w*x + b)", "values": "w = 1.5; x = 2; b = -1; y = 0"},
        Text("cross-entropy: ∂/∂b comes out as σ(z) − y", "кросс-энтропия: ∂/∂b равна σ(z) − y"),
    ),
    kit.Preset(
        same("tanh → tanh"),
        {"expression": "tanh(v*tanh(w*x))", "values": "v = 2; w = 3; x = 1"},
        Text("two layers: the slopes are multiplied", "два слоя: наклоны перемножаются"),
    ),
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The expression, its graph, the arithmetic of the picked node."""
    with controls:
        params = kit.controls(page.slug, GraphParams, page.lang, above=page.wide(views))
        kit.presets(page.slug, GraphParams, page.lang, EXAMPLES, before=lambda: _forget(page))
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        kit.compared(page, params, lambda shown, name: _draw(page, shown, name))
        trace: GraphTrace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, _node(page, trace), page.lang)
    page.arithmetic(formulas)


def _forget(page: kit.Page) -> None:
    page.remember("node").clear()
    page.remember("g").clear()


def _node(page: kit.Page, trace: GraphTrace) -> int:
    return kit.index(page.remember("node"), len(trace.nodes), 0)


def _draw(page: kit.Page, params: GraphParams, name: str) -> None:
    trace: GraphTrace = kit.cached(run, params)
    if not trace.is_defined:
        kit.refuse(UNDEFINED, page.lang)
    key = f"graph_{name}"
    steps = 2 * sum(bool(node.inputs) for node in trace.nodes) + 2

    def on_pick() -> None:
        if is_index(kit.event(page, key, "pick"), len(trace.nodes)):
            page.remember("node").set(str(kit.event(page, key, "pick")))

    def on_step() -> None:
        value = kit.event(page, key, "step")
        page.remember("g").set(str(value) if is_index(value, steps - 1) else "")

    def on_values() -> None:
        given = kit.event(page, key, "values")
        if not isinstance(given, str) or len(given) > 160:
            return
        try:
            read_values(given)
        except Refusal:
            return
        session()[field_key(page.slug, "values")] = given

    step = kit.index(page.remember("g"), steps, -1)
    mount(
        "graph",
        page.key(key),
        {
            **graph_data(trace),
            "step": None if step < 0 else step,
            "picked": _node(page, trace),
            "words": kit.said(page, {**WORDS, "step": words.STEP}),
            "alt": page.say(ALT.format(n=len(trace.nodes))),
            "key": page.key(key),
            "fixed": name != "now",
        },
        on_pick_change=on_pick,
        on_step_change=on_step,
        on_values_change=on_values,
    )
