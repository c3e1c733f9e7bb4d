"""Questions and failures of the room of gradient flow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.foundations import gradient_flow, gradient_flow_rnn
from core.foundations.explain_flow import small
from core.foundations.gradient_flow import FlowParams, FlowTrace
from core.foundations.gradient_flow_rnn import RecurrentParams, RecurrentTrace
from core.i18n import Text
from core.params import Params
from pages._shared import kit

SICK: dict[str, Any] = {}
WILD: dict[str, Any] = {"kind": "relu", "init": "normal"}
LONG: dict[str, Any] = {"depth": 30, "kind": "tanh"}
LOUD: dict[str, Any] = {"recurrent": "identity", "rnn_kind": "relu", "rho": 1.2}


def deep(**values: Any) -> FlowTrace:
    """A run of the first lab that differs from its example by `values`."""
    found: FlowTrace = kit.cached(gradient_flow.run, FlowParams(**values))
    return found


def recurrent(**values: Any) -> RecurrentTrace:
    """The same of the second lab."""
    found: RecurrentTrace = kit.cached(gradient_flow_rnn.run, RecurrentParams(**values))
    return found


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Answers come from runs of the labs."""

    def show(lab: str, cls: type[Params], values: dict[str, Any]) -> Callable[[], None]:
        def put() -> None:
            page.open_lab().set(lab)
            kit.apply(page.slug, cls, values, page.lang)

        return put

    def rescued() -> int:
        normed, clipped, dropped = deep(norm="batch"), deep(clip="norm"), deep(dropout=0.3)
        scores = [normed.accuracy, clipped.accuracy, dropped.accuracy]
        return scores.index(max(scores))

    def clipped() -> int:
        one = recurrent(**LOUD, clip="norm")
        return 1 if one.recording.is_lost else 0 if one.accuracy > 0.95 else 2

    def faded() -> int:
        reach = recurrent().reach(0)
        return 0 if reach > 1e-2 else 1 if reach > 1e-6 else 2

    def learned() -> int:
        plain, slower = deep(**LONG), deep(**LONG, lg_rate=-1.5)
        return 2 if plain.accuracy > 0.9 else 0 if slower.accuracy > 0.8 else 1

    def zeros() -> int:
        reach = deep(init="zeros", kind="tanh").reach(0)
        return 0 if reach == 0 else 1 if reach < 0.1 else 2

    return (
        kit.Question(
            Text(
                "Twelve layers of sigmoids, Xavier's weights: almost nothing reaches the first layer. What helps?",
                "Двенадцать слоёв сигмоид, веса по Xavier: до первого слоя почти ничего не доходит. Что поможет?",
            ),
            (
                Text("batch norm", "batch norm"),
                Text("clipping the gradient", "обрезка градиента"),
                Text("dropout", "dropout"),
            ),
            rescued,
            lambda: Text(
                "Batch norm: the reach grows from {a} to {b}, the accuracy to {n:.0%}. Clipping only shortens what is "
                "too long ({c:.0%}), and dropout removes units, it does not widen any path ({d:.0%}).",
                "Batch norm: доля вырастает с {a} до {b}, верных ответов — {n:.0%}. Обрезка только укорачивает слишком "
                "длинное ({c:.0%}), а dropout убирает нейроны и никакой путь не расширяет ({d:.0%}).",
            ).format(
                a=small(deep().reach(0)),
                b=small(deep(norm="batch").reach(0)),
                n=deep(norm="batch").accuracy,
                c=deep(clip="norm").accuracy,
                d=deep(dropout=0.3).accuracy,
            ),
            show("", FlowParams, {"norm": "batch"}),
        ),
        kit.Question(
            Text(
                "A recurrent net, T = 30, tanh, W orthogonal times 0.7. What of the gradient at the end reaches the "
                "first moment?",
                "Рекуррентная сеть, T = 30, tanh, W ортогональная, умноженная на 0,7. Какая часть градиента из конца "
                "дойдёт до первого момента?",
            ),
            (
                Text("more than a hundredth", "больше сотой"),
                Text("between a hundredth and a millionth", "от сотой до миллионной"),
                Text("less than a millionth", "меньше миллионной"),
            ),
            faded,
            lambda: Text(
                "{r}. Twenty-nine steps back, each times 0.7: 0.7²⁹ = {p}; the slope of tanh takes a little more.",
                "{r}. Двадцать девять шагов назад, каждый — умножение на 0,7: 0,7²⁹ = {p}; ещё немного отнимает наклон "
                "tanh.",
            ).format(r=small(recurrent().reach(0)), p=small(0.7**29)),
            show("recurrent", RecurrentParams, {}),
        ),
        kit.Question(
            Text(
                "ReLU units, W = 1.2 times the identity: after one step of SGD the weights are beyond all bounds. "
                "Only clipping the norm at 1 is added. What then?",
                "Нейроны ReLU, W — единичная, умноженная на 1,2: после одного шага SGD веса за всеми пределами. "
                "Добавим только обрезку по норме 1. Что будет?",
            ),
            (
                Text("it learns the task", "сеть выучит задачу"),
                Text("it diverges all the same", "всё равно разойдётся"),
                Text("it stays, and learns nothing", "устоит, но ничему не научится"),
            ),
            clipped,
            lambda: Text(
                "{a:.0%} right. The first gradient has the norm {g:.0f}: its direction was good, only its length was "
                "not. Clipping keeps the one and takes the other.",
                "Верных ответов {a:.0%}. Норма первого градиента — {g:.0f}: направление было хорошим, длина — нет. "
                "Обрезка сохраняет первое и убирает второе.",
            ).format(
                a=recurrent(**LOUD, clip="norm").accuracy,
                g=float(recurrent(**LOUD, clip="norm").recording.total_norm[0]),
            ),
            show("recurrent", RecurrentParams, {**LOUD, "clip": "norm"}),
        ),
        kit.Question(
            Text(
                "Thirty layers of tanh with Xavier's weights: the gradient is healthy, lg α = −0.5. Does the net learn "
                "exclusive or?",
                "Тридцать слоёв tanh, веса по Xavier: градиент здоров, lg α = −0,5. Выучит ли сеть «исключающее или»?",
            ),
            (
                Text("no, but it would with α ten times smaller", "нет, но с α в десять раз меньше выучила бы"),
                Text("no, and a smaller α would not help", "нет, и меньшая α не поможет"),
                Text("yes", "да"),
            ),
            learned,
            lambda: Text(
                "With α = 0.32 it has {a:.0%}, with 0.032 {b:.0%}. A healthy gradient is needed and not enough: in a "
                "deep net one step moves all layers at once.",
                "С α = 0,32 — {a:.0%} верных, с 0,032 — {b:.0%}. Здоровый градиент необходим, но его мало: в глубокой "
                "сети один шаг сдвигает все слои сразу.",
            ).format(a=deep(**LONG).accuracy, b=deep(**LONG, lg_rate=-1.5).accuracy),
            show("", FlowParams, {**LONG, "lg_rate": -1.5}),
        ),
        kit.Question(
            Text(
                "All weights start at zero, tanh. What reaches the first layer before the first step?",
                "Все веса — нули, tanh. Что дойдёт до первого слоя перед первым шагом?",
            ),
            (Text("exactly 0", "ровно 0"), Text("a little", "чуть-чуть"), Text("as much as anywhere", "столько же")),
            zeros,
            lambda: Text(
                "δ goes back through W, and W = 0: nothing passes. Only the last bias learns, at every step.",
                "δ идёт назад через W, а W = 0: не проходит ничего. Учится только последнее смещение.",
            ),
            show("", FlowParams, {"init": "zeros", "kind": "tanh"}),
        ),
    )


DEEP = (
    kit.Preset(
        Text("sigmoids vanish", "сигмоиды: затухание"),
        SICK,
        Text("each layer keeps about a quarter", "слой оставляет примерно четверть"),
    ),
    kit.Preset(
        Text("ReLU from N(0, 1) explodes", "ReLU из N(0; 1): взрыв"),
        WILD,
        Text("one step, and the loss is gone", "один шаг — и потерь больше нет"),
    ),
    kit.Preset(
        Text("the same, clipped", "то же с обрезкой"),
        {**WILD, "clip": "norm"},
        Text("the gradient explodes as before, the step does not", "градиент взрывается как прежде, а шаг — нет"),
    ),
    kit.Preset(
        Text("all zeros", "все нули"),
        {"init": "zeros", "kind": "tanh"},
        Text("nothing passes W = 0", "через W = 0 не проходит ничего"),
    ),
    kit.Preset(
        Text("residuals explode too", "обходные пути тоже взрываются"),
        {"depth": 30, "kind": "relu", "init": "he", "is_residual": True},
        Text("each block adds variance", "каждый блок добавляет дисперсию"),
    ),
    kit.Preset(
        Text("dropout is no cure", "dropout не лечит"),
        {"dropout": 0.3},
        Text("the first layer is as dark as before", "первый слой такой же тёмный"),
    ),
)
RECURRENT = (
    kit.Preset(Text("ρ = 0.7 forgets", "ρ = 0,7 забывает"), {}, Text("0.7 to the power of 29", "0,7 в степени 29")),
    kit.Preset(
        Text("ρ = 1 remembers", "ρ = 1 помнит"),
        {"rho": 1.0},
        Text("an orthogonal W keeps lengths", "длины сохраняются"),
    ),
    kit.Preset(Text("one wild step", "один дикий шаг"), LOUD, Text("the weights are thrown away", "веса выброшены")),
    kit.Preset(
        Text("the same, clipped", "то же с обрезкой"), {**LOUD, "clip": "norm"}, Text("and it learns", "и сеть учится")
    ),
    kit.Preset(
        Text("sigmoid states", "сигмоидные состояния"),
        {"rnn_kind": "sigmoid", "rho": 1.0},
        Text("a quarter at best, at every step", "в лучшем случае четверть на каждом шаге"),
    ),
)
OFFERS: tuple[tuple[str, type[Params], tuple[kit.Preset, ...], Text], ...] = (
    ("", FlowParams, DEEP, Text("deep", "глубокая")),
    ("recurrent", RecurrentParams, RECURRENT, Text("recurrent", "рекуррентная")),
)
BREAKS = Text(
    "Each button puts a lab into a state where the gradient is lost, or where it comes back.",
    "Каждая кнопка приводит лабораторию в состояние, где градиент пропадает — или возвращается.",
)


def breaks(page: kit.Page) -> None:
    """Failures as states of the labs, a row a lab."""
    st.markdown(page.say(BREAKS))
    for lab, cls, offers, name in OFFERS:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.markdown(f"**{page.say(name)}**", width=110)
            kit.presets(page.slug, cls, page.lang, offers, before=lambda lab=lab: page.open_lab().set(lab))
