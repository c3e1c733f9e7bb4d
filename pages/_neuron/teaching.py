"""Questions that the labs answer, and presets that show what breaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.arithmetic import write_number
from core.foundations import graph, neuron, xor
from core.foundations.graph import GraphParams, GraphTrace
from core.foundations.neuron import NeuronParams, NeuronTrace
from core.foundations.xor import XorParams, XorTrace, separable_labelings
from core.i18n import Text, same
from core.params import Params
from pages._shared import kit

WRONG_START: dict[str, Any] = {"w1": -8.0, "w2": 8.0, "b": 0.0, "steps": 500}
LINEAR_IRISES: dict[str, Any] = {"data": "iris", "kind": "identity", "lg_eta": -0.2, "steps": 50}
FORK: dict[str, Any] = {"expression": "x*y + x", "values": "x = 3; y = -2"}
RATES = (-0.5, -0.4, -0.2, 0.0, 0.2)


def learned(**values: Any) -> NeuronTrace:
    """A run of the first lab that differs from its example by `values`."""
    found: NeuronTrace = kit.cached(neuron.run, NeuronParams(**values))
    return found


def flowed(**values: Any) -> GraphTrace:
    """A graph of the second lab."""
    found: GraphTrace = kit.cached(graph.run, GraphParams(**values))
    return found


def solved(**values: Any) -> XorTrace:
    """A run of the third lab."""
    found: XorTrace = kit.cached(xor.run, XorParams(**values))
    return found


def largest_rate(*, is_inside: bool) -> float:
    """The largest lg η of a grid with which a linear neuron still learns the irises."""
    held = [
        lg for lg in RATES if learned(**{**LINEAR_IRISES, "lg_eta": lg, "steps": 500}, is_inside=is_inside).lost < 0
    ]
    return max(held)


def fork_slope() -> float:
    """∂f/∂x of the fork."""
    trace = flowed(**FORK)
    return trace.grad[[node.name for node in trace.nodes].index("x")]


def open_fresh(page: kit.Page, lab: str) -> None:
    """Open a lab (inside a callback) with nothing picked and no step chosen."""
    page.open_lab().set(lab)
    for name in ("t", "example", "g", "node", "frame", "point", "unit"):
        page.remember(name).clear()


def put(page: kit.Page, lab: str, cls: type[Params], values: dict[str, Any]) -> None:
    """Put a lab into a state (inside a callback)."""
    open_fresh(page, lab)
    kit.apply(page.slug, cls, values, page.lang)


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Answers come from runs of the labs."""

    def show(lab: str, cls: type[Params], values: dict[str, Any]) -> Callable[[], None]:
        return lambda: put(page, lab, cls, values)

    def steepness() -> int:
        return {-2.0: 0, -1.0: 1, 3.0: 2}[fork_slope()]

    def rescued() -> int:
        squared = learned(**WRONG_START, loss="mse").right[-1] > 0.9
        crossed = learned(**WRONG_START).right[-1] > 0.9
        return 0 if squared and crossed else 1 if crossed else 2

    def tightened() -> int:
        before, after = largest_rate(is_inside=False), largest_rate(is_inside=True)
        return 0 if after == before else 1 if after < before else 2

    return (
        kit.Question(
            Text(
                "XOR has four points. How many of them can one neuron get right, whatever its weights?",
                "В XOR четыре точки. Сколько из них может угадать один нейрон при самых удачных весах?",
            ),
            (same("2"), same("3"), same("4")),
            lambda: solved(hidden=0).best.right - 2,
            lambda: Text(
                "{n}, by exact search over all lines. Training does not even stop there: cross-entropy is least where "
                "w = 0 and every answer is ½, at L = {loss} = ln 2.",
                "{n} — таков точный перебор всех прямых. А обучение и там не останавливается: кросс-энтропия меньше "
                "всего при w = 0, когда каждый ответ — ½ и L = ln 2 ≈ {loss}.",
            ).format(n=solved(hidden=0).best.right, loss=write_number(float(solved(hidden=0).loss[-1]), 3)),
            show("xor", XorParams, {"hidden": 0}),
        ),
        kit.Question(
            Text(
                "Four corners can be given two classes in 16 ways. How many of the 16 can one neuron learn?",
                "Четырём вершинам квадрата можно раздать два класса 16 способами. Сколько из них осилит один нейрон?",
            ),
            (same("8"), same("12"), same("14")),
            lambda: {8: 0, 12: 1, 14: 2}[len(separable_labelings())],
            lambda: Text(
                "{n}: all but XOR and its opposite, the two with the diagonals against each other.",
                "{n}: все, кроме XOR и его отрицания, — там диагональ против диагонали.",
            ).format(n=len(separable_labelings())),
        ),
        kit.Question(
            Text(
                "Eight hidden neurons in each of two layers, but without an activation. Will they learn XOR?",
                "Два слоя по восемь скрытых нейронов, но без активации. Выучат ли они XOR?",
            ),
            (Text("yes, faster", "да, и быстрее"), Text("yes, slower", "да, но медленнее"), Text("never", "никогда")),
            lambda: 2 if float(solved(hidden=8, layers=2, bend="identity").loss[-1]) > 0.69 else 0,
            lambda: Text(
                "Never: a product of matrices is one matrix, so the net is one neuron again and ends at the same "
                "L = {loss}. With tanh the loss falls to {t}.",
                "Никогда: произведение матриц — одна матрица, сеть снова равна одному нейрону и приходит к тем же "
                "L = {loss}. С tanh потери падают до {t}.",
            ).format(
                loss=write_number(float(solved(hidden=8, layers=2, bend="identity").loss[-1]), 3),
                t=write_number(float(solved(hidden=8, layers=2).loss[-1]), 3),
            ),
            show("xor", XorParams, {"hidden": 8, "layers": 2, "bend": "identity"}),
        ),
        kit.Question(
            Text(
                "f = x·y + x with x = 3, y = −2. What is ∂f/∂x?",
                "f = x·y + x, x = 3, y = −2. Чему равна ∂f/∂x?",
            ),
            (same("−2"), same("−1"), same("3")),
            steepness,
            lambda: Text(
                "x is used twice: y = −2 comes through the product, 1 through the sum, together {g}. Code that writes "
                "= instead of += keeps only one of them.",
                "x нужна дважды: через произведение приходит y = −2, через сумму — 1, вместе {g}. Код, где вместо += "
                "стоит =, сохранит только одно из двух.",
            ).format(g=write_number(fork_slope(), 2)),
            show("graph", GraphParams, FORK),
        ),
        kit.Question(
            Text(
                "A sigmoid starts out surely wrong: w = (−8, 8), 1 of 12 right. Which loss gets it out in 500 steps?",
                "Сигмоида начинает с уверенных ошибок: w = (−8, 8), верна 1 точка из 12. Какие потери вытащат её за "
                "500 шагов?",
            ),
            (
                Text("both", "и те и другие"),
                Text("only cross-entropy", "только кросс-энтропия"),
                Text("neither", "никакие"),
            ),
            rescued,
            lambda: Text(
                "Cross-entropy: its δ is a − y, almost 1 where the answer is surely wrong. Squared error multiplies "
                "that by a(1 − a), almost 0 there: after 500 steps still {n} of 12.",
                "Кросс-энтропия: её δ = a − y, то есть почти 1 там, где ошибка уверенная. Квадрат ошибки умножает это "
                "на a(1 − a), а там это почти 0: и через 500 шагов верна {n} из 12.",
            ).format(n=round(12 * float(learned(**WRONG_START, loss="mse").right[-1]))),
            show("", NeuronParams, {**WRONG_START, "loss": "mse"}),
        ),
        kit.Question(
            Text(
                "Notes write z = Σ(wᵢxᵢ + b). With two inputs b counts twice. What becomes of the largest η that still "
                "works for a linear neuron on the irises?",
                "В конспектах пишут z = Σ(wᵢxᵢ + b). При двух входах b считается дважды. Что станет с наибольшей η, "
                "при которой линейный нейрон ещё учится на ирисах?",
            ),
            (Text("nothing", "ничего"), Text("it gets smaller", "уменьшится"), Text("it gets larger", "вырастет")),
            tightened,
            lambda: Text(
                "It falls from 1.1 to 0.5: b's slope and b's effect both double, so its curvature is 4 instead of 1. "
                "With 30 inputs it would be 900.",
                "Она падает с 1,1 до 0,5: удваивается и наклон по b, и его действие, так что кривизна по b — 4 вместо "
                "1. При 30 входах она была бы 900.",
            ),
            show("", NeuronParams, {**LINEAR_IRISES, "is_inside": True}),
        ),
    )


ONE = (
    kit.Preset(
        Text("a step cannot learn", "ступенька не учится"),
        {"kind": "step"},
        Text("its slope is 0 everywhere: press play, nothing moves", "наклон всюду 0: пуск ничего не изменит"),
    ),
    kit.Preset(
        Text("a dead ReLU", "мёртвый ReLU"),
        {"kind": "relu", "b": -8.0},
        Text("z < 0 at every point, so the gradient is 0", "z < 0 в каждой точке, и градиент равен 0"),
    ),
    kit.Preset(
        Text("surely wrong, squared error", "уверенно неверно, квадрат ошибки"),
        {**WRONG_START, "loss": "mse"},
        Text("saturated: cross-entropy would get out", "насыщение: кросс-энтропия бы выбралась"),
    ),
    kit.Preset(
        Text("b inside the sum: diverges", "b внутри суммы: расходится"),
        {**LINEAR_IRISES, "is_inside": True},
        Text("the right formula learns with the same η", "верная формула с той же η учится"),
    ),
    kit.Preset(
        Text("no line is enough", "прямой не хватит"),
        {"points": ((-2.0, -2.0, 0.0), (2.0, 2.0, 0.0), (-2.0, 2.0, 1.0), (2.0, -2.0, 1.0))},
        Text("XOR as your own points: w goes to 0", "XOR из своих точек: w уходит в 0"),
    ),
)
GRAPHS = (
    kit.Preset(
        Text("= instead of +=", "= вместо +="),
        {**FORK, "is_overwritten": True},
        Text("one of x's two gradients is lost", "один из двух градиентов x потерян"),
    ),
    kit.Preset(
        Text("a saturated sigmoid", "насыщенная сигмоида"),
        {"values": "w1 = 5; x1 = 2; w2 = 0; x2 = 0; b = 3"},
        Text("f is almost 1, and all gradients almost 0", "f почти 1, а все градиенты почти 0"),
    ),
    kit.Preset(
        Text("an undefined slope", "наклона нет"),
        {"expression": "sqrt(x*y)", "values": "x = 0; y = 3"},
        Text("√ has no finite slope at 0", "у √ в нуле нет конечного наклона"),
    ),
)
NETS = (
    kit.Preset(
        Text("one neuron on XOR", "один нейрон на XOR"),
        {"hidden": 0},
        Text("ends at ½ everywhere", "приходит к ½ всюду"),
    ),
    kit.Preset(
        Text("stuck: an unlucky seed", "застряла: неудачное зерно"),
        {"net_seed": 0},
        Text("two hidden units could, but this start does not lead there", "двух нейронов хватает, но не отсюда"),
    ),
    kit.Preset(
        Text("no activation", "без активации"),
        {"hidden": 8, "layers": 2, "bend": "identity"},
        Text("two layers collapse into one neuron", "два слоя схлопываются в один нейрон"),
    ),
    kit.Preset(
        Text("a circle with two units", "круг двумя нейронами"),
        {"task": "circle", "hidden": 2},
        Text("two lines cannot close a ring: take three", "две прямые не замкнут кольцо: возьмите три"),
    ),
)
OFFERS: tuple[tuple[str, type[Params], tuple[kit.Preset, ...], Text], ...] = (
    ("", NeuronParams, ONE, Text("neuron", "нейрон")),
    ("graph", GraphParams, GRAPHS, Text("graph", "граф")),
    ("xor", XorParams, NETS, same("XOR")),
)
BREAKS = Text(
    "Each button puts a lab into a state where something fails; the picture shows how, the arithmetic why.",
    "Каждая кнопка приводит лабораторию в состояние, где что-то ломается: картинка показывает как, расчёт — почему.",
)


def breaks(page: kit.Page) -> None:
    """Failures as states of the labs, a row a lab."""
    st.markdown(page.say(BREAKS))
    for lab, cls, offers, name in OFFERS:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.markdown(f"**{page.say(name)}**", width=80)
            kit.presets(page.slug, cls, page.lang, offers, before=lambda lab=lab: open_fresh(page, lab))
