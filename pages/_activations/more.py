"""Questions and failures of the activations room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from core.arithmetic import write_number
from core.foundations import activation_curve, activation_depth, activation_dying, softmax_temperature
from core.foundations.activation_curve import CurveParams
from core.foundations.activation_depth import DepthParams
from core.foundations.activation_dying import DyingParams
from core.foundations.softmax_temperature import TemperatureParams
from core.i18n import Text, same
from core.params import Params
from pages._shared import kit

LAYERS = 10
FIRST_LAB = ""


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Answers come from runs of the labs."""

    def show(lab: str, cls: type[Params], **values: Any) -> Callable[[], None]:
        def put() -> None:
            page.open_lab().set(lab)
            kit.apply(page.slug, cls, values, page.lang)

        return put

    def best() -> float:
        return float(kit.cached(activation_curve.run, CurveParams(kind="sigmoid")).steepest)

    def passed() -> int:
        left = best() ** LAYERS
        return 0 if left > 0.1 else 1 if left > 1e-4 else 2

    def relu(init: str) -> activation_depth.DepthTrace:
        found: activation_depth.DepthTrace = kit.cached(activation_depth.run, DepthParams(kind="relu", init=init))
        return found

    def fades() -> int:
        left = relu("xavier").last_signal
        return 0 if left > 0.3 else 1 if left > 0.01 else 2

    def run_of(rescue: str) -> activation_dying.DyingTrace:
        found: activation_dying.DyingTrace = kit.cached(activation_dying.run, DyingParams(rescue=rescue))
        return found

    def revived() -> int:
        before, after = run_of("none").dead[-1], run_of("rate").dead[-1]
        return 2 if after == before else 0 if after < before / 2 else 1

    def five() -> softmax_temperature.TemperatureTrace:
        base = TemperatureParams.default(page.lang)
        found: softmax_temperature.TemperatureTrace = kit.cached(softmax_temperature.run, base)
        return found

    def touched() -> int:
        return int((np.abs(five().jacobian[:, 0]) > 1e-12).sum())

    def gap() -> activation_curve.CurveTrace:
        params = CurveParams(kind="gelu", other="gelu_tanh")
        found: activation_curve.CurveTrace = kit.cached(activation_curve.run, params)
        return found

    return (
        kit.Question(
            Text(
                "Ten sigmoids in a row, each at its steepest point, all weights 1. How much of the gradient is left?",
                "Десять сигмоид подряд, каждая в самой крутой точке, все веса равны 1. Сколько останется от градиента?",
            ),
            (
                Text("about a third", "около трети"),
                Text("about a thousandth", "около тысячной"),
                Text("about a millionth", "около миллионной"),
            ),
            passed,
            lambda: Text(
                "The steepest slope is {b:.2f}, and {b:.2f}¹⁰ = {p}. That is the best case; in a saturated zone it "
                "is far less.",
                "Самый крутой наклон — {b:.2f}, а {b:.2f}¹⁰ = {p}. И это лучший случай: в насыщении — куда меньше.",
            ).format(b=best(), p=write_number(best() ** LAYERS, 4)),
            show(FIRST_LAB, CurveParams, kind="sigmoid", x=0.0),
        ),
        kit.Question(
            Text(
                "Twenty ReLU layers with Xavier's weights, variance 1/n. What is left of the signal's spread?",
                "Двадцать слоёв ReLU с весами по Xavier, дисперсия 1/n. Что останется от разброса сигнала?",
            ),
            (
                Text("about as much as went in", "примерно сколько вошло"),
                Text("a few per cent", "несколько процентов"),
                Text("less than a thousandth", "меньше тысячной"),
            ),
            fades,
            lambda: Text(
                "{x}. ReLU throws away half of the mean square in every layer, and (√½)²⁰ ≈ 0.001. He doubles the "
                "variance of the weights: {h:.2f} is left.",
                "{x}. ReLU в каждом слое отбрасывает половину среднего квадрата, а (√½)²⁰ ≈ 0,001. He удваивает "
                "дисперсию весов: остаётся {h:.2f}.",
            ).format(x=write_number(relu("xavier").last_signal, 4), h=relu("he").last_signal),
            show("depth", DepthParams, kind="relu", init="xavier"),
        ),
        kit.Question(
            Text(
                "η = 10 has killed all ReLU units of a small net. From step 80 on we divide η by 100. What then?",
                "При η = 10 умерли все ReLU маленькой сети. С шага 80 возьмём η в сто раз меньше. Что дальше?",
            ),
            (
                Text("most units come back", "большинство нейронов оживёт"),
                Text("a few come back", "оживут несколько"),
                Text("not one comes back", "не оживёт ни один"),
            ),
            revived,
            lambda: Text(
                "Dead at the end: {d:.0%}. Their gradient is exactly 0, and 0 times any η is 0. With LeakyReLU "
                "instead {k:.0%} are dead and {a:.0%} of the answers are right.",
                "Мертвы в конце: {d:.0%}. Их градиент ровно 0, а 0 на любое η — это 0. Если заменить ReLU на "
                "LeakyReLU, мёртвых {k:.0%}, верных ответов {a:.0%}.",
            ).format(
                d=float(run_of("rate").dead[-1]),
                k=float(run_of("leaky").dead[-1]),
                a=float(run_of("leaky").accuracy[-1]),
            ),
            show("dying", DyingParams, rescue="rate"),
        ),
        kit.Question(
            Text(
                "Softmax of five logits. You raise the first one a little. How many of the five outputs change?",
                "Softmax от пяти логитов. Первый чуть увеличили. Сколько из пяти выходов изменится?",
            ),
            (same("1"), same("2"), same("5")),
            lambda: {1: 0, 2: 1, 5: 2}[touched()],
            lambda: Text(
                "{n}: the first grows by {a:.3f} per unit, all others fall, together by as much. An elementwise "
                "function would have changed one.",
                "{n}: первый растёт на {a:.3f} на единицу, остальные падают, в сумме ровно на столько же. Поэлементная "
                "функция изменила бы один.",
            ).format(n=touched(), a=float(five().jacobian[0, 0])),
            show("softmax", TemperatureParams),
        ),
        kit.Question(
            Text(
                "GELU and its tanh form: how far apart can they be?",
                "GELU и её запись через tanh: насколько они могут разойтись?",
            ),
            (
                Text("they are equal", "они равны"),
                Text("by less than 0.001", "меньше чем на 0,001"),
                Text("by more than 0.01", "больше чем на 0,01"),
            ),
            lambda: 0 if gap().gap < 1e-9 else 1 if gap().gap < 1e-3 else 2,
            lambda: Text(
                "By {g:.5f}, at |x| = {x:.2f}. Small, but weights trained with one form expect that form.",
                "На {g:.5f}, при |x| = {x:.2f}. Немного, но веса, обученные с одной записью, ждут именно её.",
            ).format(g=gap().gap, x=abs(gap().gap_at)),
            show(FIRST_LAB, CurveParams, kind="gelu", other="gelu_tanh", x=2.7),
        ),
    )


CURVE = (
    kit.Preset(
        Text("a sigmoid at 8", "сигмоида в точке 8"),
        {"kind": "sigmoid", "x": 8.0},
        Text("f is almost 1, and the slope 0.0003", "f почти 1, а наклон 0,0003"),
    ),
    kit.Preset(
        Text("ReLU at 0", "ReLU в нуле"),
        {"kind": "relu", "x": 0.0},
        Text("there is no derivative: torch takes 0", "производной нет: torch берёт 0"),
    ),
)
DEPTH = (
    kit.Preset(
        Text("sigmoid: no gradient", "сигмоида: градиента нет"),
        {"kind": "sigmoid"},
        Text("the signal lives, the gradient does not", "сигнал жив, градиент — нет"),
    ),
    kit.Preset(
        Text("ReLU with Xavier", "ReLU с Xavier"),
        {"kind": "relu"},
        Text("half of the mean square is lost in each layer", "каждый слой теряет половину среднего квадрата"),
    ),
    kit.Preset(
        Text("ReLU with N(0, 1)", "ReLU с N(0; 1)"),
        {"kind": "relu", "init": "unit"},
        Text("both explode", "взрываются оба"),
    ),
    kit.Preset(
        Text("saturated tanh", "насыщенный tanh"),
        {"kind": "tanh", "init": "unit"},
        Text("the signal looks healthy, the gradient explodes", "сигнал на вид здоров, градиент взрывается"),
    ),
)
DYING = (
    kit.Preset(
        Text("η = 10 kills all", "η = 10 убивает всех"), {}, Text("within the first steps", "за первые же шаги")
    ),
    kit.Preset(
        Text("a smaller η is no cure", "меньшая η не лечит"),
        {"rescue": "rate"},
        Text("a gradient of 0 stays 0", "нулевой градиент остаётся нулевым"),
    ),
    kit.Preset(
        Text("LeakyReLU revives", "LeakyReLU оживляет"),
        {"rescue": "leaky"},
        Text("watch what happens after step 80", "смотрите, что будет после шага 80"),
    ),
    kit.Preset(
        Text("born dead: bias −4", "мертвы с рождения: смещение −4"),
        {"lg_rate": 0.0, "bias": -4.0},
        Text("a good learning rate does not help them", "хорошая скорость обучения им не поможет"),
    ),
    kit.Preset(
        Text("LeakyReLU runs away", "LeakyReLU уходит в бесконечность"),
        {"kind": "leaky_relu", "lg_rate": 1.5},
        Text("nothing dies, so nothing stops the explosion", "никто не умер — и взрыв никто не остановил"),
    ),
)
SOFTMAX = (
    kit.Preset(
        Text("T = 0.05: argmax", "T = 0,05: argmax"),
        {"temperature": 0.05},
        Text("one takes all, the Jacobian is 0", "один забирает всё, якобиан — 0"),
    ),
    kit.Preset(
        Text("T = 10: almost uniform", "T = 10: почти поровну"),
        {"temperature": 10.0},
        Text("the logits hardly matter", "логиты почти ничего не значат"),
    ),
    kit.Preset(
        Text("a tie", "ничья"),
        {"logits": Text("2 2 0 -1", "2 2 0 −1"), "temperature": 0.05},
        Text("as T falls to 0, ties share", "при T → 0 равные делят поровну"),
    ),
)
OFFERS: tuple[tuple[str, type[Params], tuple[kit.Preset, ...], Text], ...] = (
    (FIRST_LAB, CurveParams, CURVE, Text("curve", "кривая")),
    ("depth", DepthParams, DEPTH, Text("layers", "слои")),
    ("dying", DyingParams, DYING, Text("dead", "мёртвые")),
    ("softmax", TemperatureParams, SOFTMAX, same("softmax")),
)
BREAKS = Text(
    "Each button puts a lab into a state where the signal or the gradient is lost, or where it comes back.",
    "Каждая кнопка приводит лабораторию в состояние, где сигнал или градиент пропадает — или возвращается.",
)


def breaks(page: kit.Page) -> None:
    """Failures as states of the labs, a row a lab."""
    st.markdown(page.say(BREAKS))
    for lab, cls, offers, name in OFFERS:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.markdown(f"**{page.say(name)}**", width=80)
            kit.presets(page.slug, cls, page.lang, offers, before=lambda lab=lab: page.open_lab().set(lab))
