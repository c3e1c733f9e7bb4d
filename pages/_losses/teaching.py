"""Questions and failures of all labs of the room."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.foundations import loss_outlier, loss_pairs, loss_tokens, losses_lab
from core.foundations.loss_outlier import OutlierParams, OutlierTrace
from core.foundations.loss_pairs import PairsParams, PairsTrace
from core.foundations.loss_tokens import MaskedParams, MaskedTrace
from core.foundations.losses_lab import PredictionParams, PredictionTrace
from core.i18n import Text
from core.params import Params, write_bound
from pages._shared import kit

LABS: dict[type[Params], str] = {
    PredictionParams: "",
    MaskedParams: "tokens",
    PairsParams: "pairs",
    OutlierParams: "outlier",
}


def predicted(**values: Any) -> PredictionTrace:
    """A run of the first lab."""
    found: PredictionTrace = kit.cached(losses_lab.run, PredictionParams(**values))
    return found


def masked(**values: Any) -> MaskedTrace:
    """A run of the lab of tokens."""
    found: MaskedTrace = kit.cached(loss_tokens.run, MaskedParams(**values))
    return found


def paired(**values: Any) -> PairsTrace:
    """A run of the lab of distances."""
    found: PairsTrace = kit.cached(loss_pairs.run, PairsParams(**values))
    return found


def fitted(**values: Any) -> OutlierTrace:
    """A run of the lab of the outlier."""
    found: OutlierTrace = kit.cached(loss_outlier.run, OutlierParams(**values))
    return found


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Answers come from runs of the labs with their English example."""

    def show(cls: type[Params], values: dict[str, Any], loss: str = "") -> Any:
        def put() -> None:
            page.open_lab().set(LABS[cls])
            if loss:
                page.remember("loss").set(loss)
            kit.apply(page.slug, cls, values, page.lang)

        return put

    def pulls(z: float) -> tuple[float, float]:
        trace = predicted(z=z)
        return abs(trace.at("cross_entropy")[1]), abs(trace.at("brier")[1])

    def vanishing() -> int:
        ce, mse = pulls(-6.0)
        return 0 if ce > 10 * mse else 1 if mse > 10 * ce else 2

    def twice() -> int:
        floor = float(predicted(z=6.0).values[predicted().names.index("double")].min())
        return 0 if floor < 0.01 else 1 if floor < 0.5 else 2

    def padded() -> int:
        before, after = masked(padding=0).means[1], masked(padding=5).means[1]
        return 0 if after == before else 1 if abs(after - before / 2) < 1e-12 else 2

    def pulled() -> int:
        slopes = [
            abs(fitted(outlier_y=-20.0).line(fit)[0] - fitted(outlier_y=-10.0).line(fit)[0]) for fit in ("mse", "mae")
        ]
        return 0 if slopes[1] < 1e-9 < slopes[0] else 1 if slopes[0] < slopes[1] else 2

    def collapsed() -> int:
        trace = paired(points=((0.0, 0.0),) * 3)
        return 1 if trace.losses[-1] == trace.losses[0] > 0 else 0 if trace.losses[-1] == 0 else 2

    return (
        kit.Question(
            Text(
                "The truth is 1 and the model says z = −6: confidently wrong. Which loss teaches it more?",
                "Истина — 1, а модель говорит z = −6: уверенная ошибка. Какая потеря учит её сильнее?",
            ),
            (
                Text("cross-entropy, by far", "кросс-энтропия, и намного"),
                Text("MSE after a sigmoid, by far", "MSE после сигмоиды, и намного"),
                Text("both about the same", "обе примерно одинаково"),
            ),
            vanishing,
            lambda: Text(
                "Gradients {a} and {b}. The sigmoid is flat there, and its slope p(1 − p) multiplies the "
                "squared error; in the cross-entropy it cancels.",
                "Градиенты {a} и {b}. Сигмоида там плоская, и её наклон p(1 − p) умножает квадрат ошибки, "
                "а в кросс-энтропии он сокращается.",
            ).format(a=_figure(pulls(-6.0)[0]), b=_figure(pulls(-6.0)[1])),
            show(PredictionParams, {"z": -6.0}, "brier"),
        ),
        kit.Question(
            Text(
                "cross_entropy gets probabilities instead of logits. How low can the loss of a perfect answer be?",
                "В cross_entropy передали вероятности вместо логитов. До чего может упасть потеря идеального ответа?",
            ),
            (
                Text("to 0", "до 0"),
                Text("to about 0.31", "примерно до 0,31"),
                Text("to about 0.69", "примерно до 0,69"),
            ),
            twice,
            lambda: Text(
                "{v} at z = 6, and ln(1 + 1/e) = 0.3133 is its limit: the second softmax sees numbers between 0 and 1 "
                "and cannot be sure.",
                "{v} при z = 6, а предел — ln(1 + 1/e) = 0,3133: второй softmax видит числа от 0 до 1 и не может быть "
                "уверен.",
            ).format(v=_figure(predicted(z=6.0).at("double")[0])),
            show(PredictionParams, {"z": 6.0}, "double"),
        ),
        kit.Question(
            Text(
                "Five tokens get five tokens of hidden padding, and the sum is divided by the length. The loss?",
                "К пяти токенам добавили пять скрытых токенов паддинга, а сумму делят на длину. Что с потерей?",
            ),
            (
                Text("the same: padding is hidden", "та же: паддинг ведь скрыт"),
                Text("exactly half", "ровно половина"),
                Text("it depends on the probability of <pad>", "зависит от вероятности <pad>"),
            ),
            padded,
            lambda: Text(
                "{a} → {b}. Nothing was learned: only the denominator grew. Divided by the mask it stays {a}.",
                "{a} → {b}. Ничему не научились: вырос только знаменатель. При делении на маску остаётся {a}.",
            ).format(a=_figure(float(masked(padding=0).means[1])), b=_figure(float(masked(padding=5).means[1]))),
            show(MaskedParams, {"padding": 5}),
        ),
        kit.Question(
            Text(
                "The outlier falls from −10 to −20. Which line moves?",
                "Выброс упал с −10 до −20. Какая прямая сдвинется?",
            ),
            (
                Text("that of MSE; that of MAE does not", "прямая MSE, а прямая MAE — нет"),
                Text("that of MAE more", "прямая MAE — сильнее"),
                Text("both", "обе"),
            ),
            pulled,
            lambda: Text(
                "MSE: slope {a} → {b}; MAE: {c} → {d}. The pull of MAE is the sign of the residual: being ten further "
                "off does not pull harder.",
                "MSE: наклон {a} → {b}; MAE: {c} → {d}. MAE тянет знаком остатка: отойди точка ещё на десять — "
                "потянет с той же силой.",
            ).format(
                a=_figure(fitted(outlier_y=-10.0).line("mse")[0]),
                b=_figure(fitted(outlier_y=-20.0).line("mse")[0]),
                c=_figure(fitted(outlier_y=-10.0).line("mae")[0]),
                d=_figure(fitted(outlier_y=-20.0).line("mae")[0]),
            ),
            show(OutlierParams, {"outlier_y": -20.0}),
        ),
        kit.Question(
            Text(
                "Anchor, positive and negative are one point, margin 1. What will gradient descent do?",
                "Якорь, позитив и негатив — одна точка, отступ 1. Что сделает градиентный спуск?",
            ),
            (
                Text("push the negative out", "вытолкнет негатив"),
                Text("nothing: the loss stays 1", "ничего: потеря останется 1"),
                Text("nothing: the loss is already 0", "ничего: потеря уже 0"),
            ),
            collapsed,
            lambda: Text(
                "After {n} steps the loss is {v}: a distance of 0 has no direction. A network that maps everything to "
                "one point is stuck there.",
                "После {n} шагов потеря равна {v}: у нулевого расстояния нет направления. Сеть, которая всё "
                "отображает в одну точку, там и застревает.",
            ).format(n=loss_pairs.STEPS, v=_figure(float(paired(points=((0.0, 0.0),) * 3).losses[-1]))),
            show(PairsParams, {"points": ((0.0, 0.0),) * 3}),
        ),
    )


def _figure(value: float) -> Text:
    """A number with at most four decimals, as each language writes it."""
    return write_bound(round(value, 4))


BREAKS = Text(
    "Each button puts a lab into a state where a loss teaches nothing, or the wrong thing.",
    "Каждая кнопка приводит лабораторию в состояние, где потеря не учит ничему или учит не тому.",
)
PREDICTION = (
    kit.Preset(
        Text("confidently wrong", "уверенная ошибка"),
        {"z": -6.0},
        Text("MSE after a sigmoid has no gradient left", "у MSE после сигмоиды не осталось градиента"),
    ),
    kit.Preset(
        Text("focal with γ = 0", "focal с γ = 0"),
        {"gamma": 0.0},
        Text("it is the cross-entropy, point by point", "это кросс-энтропия, точка в точку"),
    ),
    kit.Preset(
        Text("smoothing, ε = 0.5", "сглаживание, ε = 0,5"),
        {"epsilon": 0.5, "z": 4.0},
        Text(
            "a right answer is pushed back: its certainty is punished", "верный ответ тянут назад: наказана уверенность"
        ),
    ),
    kit.Preset(
        Text("Huber with δ = 0.1", "Хьюбер с δ = 0,1"),
        {"task": "regression", "delta": 0.1},
        Text("ten times weaker than Smooth L1 of the same δ", "вдесятеро слабее Smooth L1 с тем же δ"),
    ),
)
TOKENS = (
    kit.Preset(
        Text("twelve tokens of padding", "двенадцать токенов паддинга"),
        {"padding": 12},
        Text("the mean over the length has lost more than two thirds", "среднее по длине потеряло больше двух третей"),
    ),
    kit.Preset(
        Text("padding counts", "паддинг считается"),
        {"padding": 12, "is_hidden": False, "p_pad": 0.98},
        Text("the loss looks small, the sentence is as bad as before", "потеря мала, а предложение угадано не лучше"),
    ),
    kit.Preset(
        Text("everything hidden", "скрыто всё"),
        {"table": tuple((p, 0.0) for p in (0.9, 0.6, 0.25, 0.8, 0.05, 0.5, 0.5, 0.5))},
        Text("0 / 0 as a state", "0 / 0 как состояние"),
    ),
)
PAIRS = (
    kit.Preset(
        Text("collapse", "коллапс"),
        {"points": ((0.0, 0.0),) * 3},
        Text("a loss of 1 and no gradient", "потеря 1 и никакого градиента"),
    ),
    kit.Preset(
        Text("too long a step", "слишком длинный шаг"),
        {"kind": "contrastive", "rate": 1.0},
        Text("anchor and positive change places for ever", "якорь и позитив вечно меняются местами"),
    ),
    kit.Preset(
        Text("too easy", "слишком легко"),
        {"points": ((-1.5, 0.0), (-1.0, 0.5), (3.0, -1.0))},
        Text("loss 0: such triplets teach nothing", "потеря 0: такие триплеты ничему не учат"),
    ),
)
OUTLIER = (
    kit.Preset(
        Text("far down", "далеко внизу"),
        {"outlier_y": -20.0},
        Text("MSE turns its line over, the others hold", "MSE переворачивает прямую, остальные держатся"),
    ),
    kit.Preset(
        Text("far to the side", "далеко в стороне"),
        {"outlier_x": 40.0},
        Text("leverage: MAE and Huber break as well", "рычаг: ломаются и MAE, и Хьюбер"),
    ),
)


def breaks(page: kit.Page) -> None:
    """Failures as states of the labs."""
    st.markdown(page.say(BREAKS))
    offers: tuple[tuple[type[Params], tuple[kit.Preset, ...]], ...] = (
        (PredictionParams, PREDICTION),
        (MaskedParams, TOKENS),
        (PairsParams, PAIRS),
        (OutlierParams, OUTLIER),
    )
    for cls, presets in offers:
        kit.presets(page.slug, cls, page.lang, presets, before=lambda cls=cls: page.open_lab().set(LABS[cls]))  # type: ignore[misc]
