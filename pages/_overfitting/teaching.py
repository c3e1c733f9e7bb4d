"""Questions and failures of the room of overfitting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from core.foundations import overfit_double, overfit_learning, overfit_net, overfit_polynomial
from core.foundations.overfit_double import DoubleParams
from core.foundations.overfit_explain import short
from core.foundations.overfit_net import NetParams
from core.foundations.overfit_polynomial import PolyParams
from core.i18n import Text
from core.params import Params
from pages._shared import kit

HURT: dict[str, Any] = {"degree": 13, "n": 14}
REMEDIES: tuple[dict[str, Any], ...] = ({"steps": 800}, {"dropout": 0.3}, {"lg_l2": -1.5})


def fit(**values: Any) -> overfit_polynomial.PolyTrace:
    """A state of the polynomials that differs from their example by `values`."""
    found: overfit_polynomial.PolyTrace = kit.cached(overfit_polynomial.run, PolyParams(**values))
    return found


def learned(n: int) -> float:
    """The median test error of degree 13 on n points."""
    trace = kit.cached(overfit_learning.run, PolyParams(**HURT))
    return float(np.median(trace.test[list(trace.sizes).index(n)]))


def net(**values: Any) -> float:
    """The validation loss of a net that differs from the example by `values`."""
    return float(kit.cached(overfit_net.run, NetParams(**values), large=True).valid_used)


def double(p: int, ridge: bool = False, **values: Any) -> float:
    """The median error at p parameters."""
    trace = kit.cached(overfit_double.run, DoubleParams(**values))
    return float(np.median(trace.test[int(ridge), :, list(trace.widths).index(p)]))


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Answers come from runs of the labs."""

    def show(lab: str, cls: type[Params], values: dict[str, Any], view: str = "") -> Callable[[], None]:
        def put() -> None:
            page.open_lab().set(lab)
            page.remember("fix").clear()
            page.remember("view").set(view)
            kit.apply(page.slug, cls, values, page.lang)

        return put

    def wild() -> int:
        valid, noise = float(fit().valid[14]), 0.3**2
        return 0 if valid < noise else 1 if valid < 2 * noise else 2

    def pulled() -> int:
        mean = float(fit().leverage.mean())
        return 0 if mean < 0.1 else 1 if mean < 0.99 else 2

    def hurt() -> int:
        ratio = learned(14) / learned(8)
        return 0 if ratio < 0.9 else 1 if ratio < 1.1 else 2

    def cured() -> int:
        return int(np.argmin([net(**remedy) for remedy in REMEDIES]))

    def worst() -> int:
        return int(np.argmax([double(8), double(20), double(400)]))

    def second() -> int:
        noisy = {"family": "relu", "points": 40, "scatter": 0.6}
        trace = kit.cached(overfit_double.run, DoubleParams(**noisy))
        middle = np.median(trace.test[0], axis=0)
        valley = float(middle[trace.widths < 40].min())
        return 0 if float(middle[-1]) < 0.95 * valley else 2 if float(middle[-1]) > 1.05 * valley else 1

    return (
        kit.Question(
            Text(
                "Degree 14 through 20 points, noise σ = 0.3: the training error is {e}. The validation error is…",
                "Степень 14 через 20 точек, шум σ = 0,3: ошибка обучения {e}. Ошибка валидации…",
            ).format(e=short(float(fit().train[14]))),
            (
                Text("below the noise σ² = 0.09", "меньше шума σ² = 0,09"),
                Text("about the noise, up to twice", "около шума, до двух σ²"),
                Text("beyond that", "ещё больше"),
            ),
            wild,
            lambda: Text(
                "{v}. The curve has learned the noise of these points, and other points have other noise. No model can "
                "be below σ² on the average; degree 3 has {t}.",
                "{v}. Кривая выучила шум этих точек, а у других точек шум другой. Меньше σ² в среднем не бывает ни у "
                "какой модели; у степени 3 — {t}.",
            ).format(v=short(float(fit().valid[14])), t=short(float(fit().valid[3]))),
            show("", PolyParams, {}),
        ),
        kit.Question(
            Text(
                "The same fit. You lift one training point by 1. How far does the curve follow there, on the average "
                "over the points?",
                "Та же кривая. Поднимем одну обучающую точку на 1. На сколько поднимется там кривая — в среднем по "
                "точкам?",
            ),
            (
                Text("1/20: there are 20 points", "на 1/20: точек ведь двадцать"),
                Text("0.75", "на 0,75"),
                Text("by exactly 1", "ровно на 1"),
            ),
            pulled,
            lambda: Text(
                "{h}: 15 coefficients for 20 points. The mean leverage is df/n whatever the points. With degree 3 it "
                "is {t}.",
                "{h}: 15 коэффициентов на 20 точек. Средний рычаг всегда равен df/n. У степени 3 он {t}.",
            ).format(h=short(float(fit().leverage.mean())), t=short(float(fit(degree=3).leverage.mean()))),
            show("", PolyParams, {}),
        ),
        kit.Question(
            Text(
                "Degree 13, no penalty. Instead of 8 points you have 14. The test error…",
                "Степень 13 без штрафа. Вместо 8 точек стало 14. Ошибка на новых данных…",
            ),
            (Text("falls", "упадёт"), Text("hardly changes", "почти не изменится"), Text("rises", "вырастет")),
            hurt,
            lambda: Text(
                "From {a} to {b} (medians of 40 sets). With 14 points there is one polynomial of degree 13 through all "
                "of them, however wild; with 8 there are many, and the shortest w is taken. More points help again "
                "after that: with 50 it is {c}.",
                "С {a} до {b} (медианы по 40 наборам). Через 14 точек многочлен степени 13 ровно один, каким бы диким "
                "он ни был; через 8 их много, и берётся самый короткий w. Дальше новые точки снова помогают: при 50 — "
                "{c}.",
            ).format(a=short(learned(8)), b=short(learned(14)), c=short(learned(50))),
            show("", PolyParams, HURT, "points"),
        ),
        kit.Question(
            Text(
                "A net of 32 + 32 units on 40 noisy points knows them by heart. What lowers its validation loss most?",
                "Сеть из 32 + 32 нейронов выучила 40 шумных точек наизусть. Что сильнее всего снизит потери валидации?",
            ),
            (
                Text("training twice as long", "учить вдвое дольше"),
                Text("dropout 0.3", "dropout 0,3"),
                Text("L2 with lg λ = −1.5", "L2 с lg λ = −1,5"),
            ),
            cured,
            lambda: Text(
                "As it is: {z}. Twice as long: {a}; dropout: {b}; L2: {c}. Dropout of 0.3 helps little here: what is "
                "left of the net is still large enough to learn 40 points.",
                "Как есть: {z}. Вдвое дольше: {a}; dropout: {b}; L2: {c}. Dropout 0,3 здесь помогает мало: и того, что "
                "от сети остаётся, хватает, чтобы вызубрить 40 точек.",
            ).format(z=short(net()), **{k: short(net(**r)) for k, r in zip("abc", REMEDIES, strict=True)}),
            show("network", NetParams, REMEDIES[2]),
        ),
        kit.Question(
            Text(
                "Least squares of least norm, n = 20 points. With how many parameters is the test error largest?",
                "Наименьшие квадраты наименьшей нормы, n = 20 точек. При скольких параметрах ошибка больше всего?",
            ),
            (Text("8", "8"), Text("20", "20"), Text("400", "400")),
            worst,
            lambda: Text(
                "8: {a}; 20: {b}; 400: {c}. At p = n one fit goes through all points and it must, at any price. With "
                "400 there are many, and the shortest of them is tame. A ridge takes the peak away: {d} at p = 20.",
                "8: {a}; 20: {b}; 400: {c}. При p = n через все точки проходит одна кривая — и проходит любой ценой. "
                "При 400 таких много, и самая короткая из них спокойна. Гребневый штраф убирает пик: {d} при p = 20.",
            ).format(a=short(double(8)), b=short(double(20)), c=short(double(400)), d=short(double(20, ridge=True))),
            show("double", DoubleParams, {}),
        ),
        kit.Question(
            Text(
                "Random ReLU units, n = 40, noise 0.6. Does the second descent end below the first valley?",
                "Случайные нейроны ReLU, n = 40, шум 0,6. Окажется ли второй спуск ниже первой впадины?",
            ),
            (Text("below it", "ниже"), Text("level with it", "вровень"), Text("above it", "выше")),
            second,
            lambda: Text(
                "Above. A fit through noisy points carries their noise; more parameters spread it, they do not take it "
                "away. With noise 0.1 the second descent does end lower.",
                "Выше. Кривая через шумные точки несёт их шум; лишние параметры размазывают его, но не убирают. При "
                "шуме 0,1 второй спуск и правда ниже.",
            ),
            show("double", DoubleParams, {"family": "relu", "points": 40, "scatter": 0.6}),
        ),
    )


POLY = (
    kit.Preset(
        Text("through every point", "через каждую точку"),
        {"degree": 19},
        Text("20 coefficients, 20 points: training error 0", "20 коэффициентов, 20 точек: ошибка обучения 0"),
    ),
    kit.Preset(
        Text("too stiff", "слишком жёстко"),
        {"degree": 1, "truth": "bump"},
        Text("both errors are high", "велики обе ошибки"),
    ),
    kit.Preset(
        Text("penalised flat", "задавлено штрафом"),
        {"lg_ridge": 3.0},
        Text("λ = 1000: degree 14 is stiffer than a line", "λ = 1000: степень 14 жёстче прямой"),
    ),
    kit.Preset(
        Text("a jump", "скачок"),
        {"truth": "step", "noise": 0.0},
        Text("no noise, and still wild: polynomials do not jump", "шума нет, а кривая дикая: многочлены не прыгают"),
    ),
)
NET = (
    kit.Preset(
        Text("by heart", "наизусть"),
        {"width": 64},
        Text("training loss 0, validation rises", "обучение 0, валидация растёт"),
    ),
    kit.Preset(
        Text("two units for a spiral", "два нейрона на спираль"),
        {"width": 2, "depth": 1, "task": "spirals", "net_noise": 0.1, "net_n": 160},
        Text("cannot bend enough", "не хватает сгибов"),
    ),
    kit.Preset(
        Text("too much L2", "слишком много L2"),
        {"lg_l2": 0.0},
        Text("all weights go to 0: p = 0.5 everywhere", "все веса уходят в 0: всюду p = 0,5"),
    ),
    kit.Preset(
        Text("dropout alone", "один dropout"),
        {"dropout": 0.3},
        Text("the net is still large enough for 40 points", "сети всё ещё хватает, чтобы вызубрить 40 точек"),
    ),
)
DOUBLE = (
    kit.Preset(Text("the peak", "пик"), {}, Text("p = n", "p = n")),
    kit.Preset(
        Text("noise carried on", "шум остаётся"),
        {"family": "relu", "points": 40, "scatter": 0.6},
        Text("the second descent ends above the first valley", "второй спуск кончается выше первой впадины"),
    ),
    kit.Preset(
        Text("too much ridge", "слишком много штрафа"),
        {"lg_lambda": 2.0},
        Text("no peak, and no fit", "ни пика, ни подгонки"),
    ),
)
OFFERS: tuple[tuple[str, type[Params], tuple[kit.Preset, ...], Text], ...] = (
    ("", PolyParams, POLY, Text("polynomial", "многочлен")),
    ("network", NetParams, NET, Text("network", "сеть")),
    ("double", DoubleParams, DOUBLE, Text("descent", "спуск")),
)
BREAKS = Text(
    "Each button puts a lab into a state that predicts badly, or seems to.",
    "Каждая кнопка приводит лабораторию в состояние, где предсказания плохи — или такими кажутся.",
)


def breaks(page: kit.Page) -> None:
    """Failures as states of the labs, a row a lab."""
    st.markdown(page.say(BREAKS))
    for lab, cls, offers, name in OFFERS:

        def before(lab: str = lab) -> None:
            page.open_lab().set(lab)
            for kept in ("fix", "view", "frame", "p"):
                page.remember(kept).clear()

        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.markdown(f"**{page.say(name)}**", width=110)
            kit.presets(page.slug, cls, page.lang, offers, before=before)
