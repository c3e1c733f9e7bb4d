"""Questions and failures of the room of regularization."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from core.foundations import regular_batchnorm, regular_dropout, regular_paths, regular_text, regular_training
from core.foundations.regular_batchnorm import BatchParams, BatchTrace
from core.foundations.regular_dropout import DropoutParams, DropoutTrace
from core.foundations.regular_paths import FEATURES, NAMES, PathParams, PathTrace
from core.foundations.regular_text import TRIED, AugmentParams, AugmentTrace
from core.foundations.regular_training import TrainParams, TrainTrace
from core.i18n import Text
from core.params import Params
from pages._shared import kit

HIDDEN: dict[str, Any] = {"notes": "miscopied", "p": 0.5}
SLIP: dict[str, Any] = {"notes": "miscopied", "p": 0.2}


def path(**values: Any) -> PathTrace:
    """A run of the first lab that differs from its example by `values`."""
    found: PathTrace = kit.cached(regular_paths.run, PathParams(**values))
    return found


def dropped(**values: Any) -> DropoutTrace:
    """The same of the lab of dropout."""
    found: DropoutTrace = kit.cached(regular_dropout.run, DropoutParams(**values))
    return found


def normed(**values: Any) -> BatchTrace:
    """The same of the lab of batch norm."""
    found: BatchTrace = kit.cached(regular_batchnorm.run, BatchParams(**values))
    return found


def first_in(trace: PathTrace) -> int:
    """The feature that is the first to leave zero when λ falls."""
    last = [np.flatnonzero(values).max(initial=-1) for values in trace.beta.T]
    return int(np.argmax(last))


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Answers come from runs of the labs."""

    def show(lab: str, cls: type[Params], values: dict[str, Any]) -> Callable[[], None]:
        def put() -> None:
            page.open_lab().set(lab)
            kit.apply(page.slug, cls, values, page.lang)

        return put

    def trained() -> TrainTrace:
        found: TrainTrace = kit.cached(regular_training.run, TrainParams(), large=True)
        return found

    def augmented() -> AugmentTrace:
        found: AugmentTrace = kit.cached(
            regular_text.run, AugmentParams.default(page.lang).model_copy(update={"way": "swap"})
        )
        return found

    def show_l1() -> None:
        show("training", TrainParams, {})()
        page.remember("remedy").set("l1")

    def zeros() -> int:
        ridge = int((path(penalty="l2", lg_lambda=1.0).beta[-1] == 0).sum())
        return 0 if ridge == 0 else 1 if ridge < len(NAMES) else 2

    def slip() -> int:
        trace = dropped(**SLIP)
        ratio = trace.test / trace.mean
        return 0 if abs(ratio - 1) < 1e-9 else 1 if ratio < 0.5 else 2

    def exact() -> int:
        zero, small = (f(trained().runs["l1"].weights(-1)) for f in (_zeros, _small))
        return 0 if zero > 300 else 1 if small > 300 else 2

    def pair() -> int:
        size = np.abs(normed(size=2).guest)
        return 1 if (np.abs(size - 1) < 0.02).mean() > 0.8 else 0

    def swapped() -> int:
        mean = augmented().accuracy.mean(1)
        gain = float(mean[list(TRIED).index("swap")] - mean[0])
        return 0 if gain > 0.02 else 1 if abs(gain) < 0.005 else 2

    return (
        kit.Question(
            Text(
                "Ten features, ridge with the largest λ of the lab, 10. How many coefficients are exactly zero?",
                "Десять признаков, ridge с наибольшим λ лаборатории, 10. Сколько коэффициентов равны ровно нулю?",
            ),
            (Text("none", "ни одного"), Text("some", "несколько"), Text("all", "все")),
            zeros,
            lambda: Text(
                "None: the smallest is {s:.4f}. Lasso has no coefficient left at λ = {m:.2f} already, the largest "
                "correlation of a feature with y.",
                "Ни одного: наименьший равен {s:.4f}. А у lasso уже при λ = {m:.2f}, наибольшей корреляции признака с "
                "y, не осталось ничего.",
            ).format(
                s=float(np.abs(path(penalty="l2", lg_lambda=1.0).beta[-1]).min()), m=float(np.abs(path().c).max())
            ),
            show("", PathParams, {"penalty": "l2", "lg_lambda": 1.0}),
        ),
        kit.Question(
            Text(
                "Standardised, the body mass index is the first that lasso lets in. Now every feature keeps its own "
                "units. Which is the first then?",
                "Со стандартизацией lasso первым впускает индекс массы тела. Теперь у каждого признака свои единицы. "
                "Кто войдёт первым?",
            ),
            (FEATURES["bmi"], FEATURES["s1"], FEATURES["s5"]),
            lambda: ["bmi", "s1", "s5"].index(NAMES[first_in(path(is_standard=False))]),
            lambda: Text(
                "{f}: its numbers are large, so a tiny coefficient will do, and tiny coefficients are cheap. Nothing "
                "about the patients has changed.",
                "{f}: числа у него большие, хватает крошечного коэффициента, а крошечные дёшевы. С пациентами при этом "
                "ничего не случилось.",
            ).format(f=FEATURES[NAMES[first_in(path(is_standard=False))]]),
            show("", PathParams, {"is_standard": False, "lg_lambda": 0.5}),
        ),
        kit.Question(
            Text(
                "p = 0.2 of the units are removed in training. Notes say: at test time multiply by p. What comes out?",
                "При обучении выключают p = 0,2 нейронов. В конспекте: на тесте умножить на p. Что получится?",
            ),
            (
                Text("what training gave on average", "то же, что в среднем при обучении"),
                Text("a quarter of it", "четверть от этого"),
                Text("a fifth more", "на пятую часть больше"),
            ),
            slip,
            lambda: Text(
                "{t:.3f} instead of {m:.3f}. In the paper p is the share that is kept; with p removed the factor is "
                "1 − p. At p = 0.5 nobody would notice.",
                "{t:.3f} вместо {m:.3f}. В статье p — доля оставленных; если p выключают, множитель — 1 − p. При "
                "p = 0,5 никто бы не заметил.",
            ).format(t=dropped(**SLIP).test, m=dropped(**SLIP).mean),
            show("dropout", DropoutParams, SLIP),
        ),
        kit.Question(
            Text(
                "Batches of two patients. What does batch norm make of one patient's body mass index, over eighty "
                "batches?",
                "В батче два пациента. Что сделает batch norm с индексом массы тела одного из них за восемьдесят "
                "батчей?",
            ),
            (
                Text("always nearly the same number", "всегда почти одно и то же число"),
                Text("now +1, now −1", "то +1, то −1"),
                Text("0", "0"),
            ),
            pair,
            lambda: Text(
                "+1 if the other is thinner, −1 if not: how much is lost. The spread of y is {a:.2f}; in batches of 32 "
                "it is {b:.2f}.",
                "+1, если второй худее, −1, если полнее; насколько — уже не узнать. Разброс y здесь {a:.2f}, а в "
                "батчах по 32 — {b:.2f}.",
            ).format(a=float(normed(size=2).guest[:, 1].std()), b=float(normed(size=32).guest[:, 1].std())),
            show("batch", BatchParams, {"size": 2}),
        ),
        kit.Question(
            Text(
                "The net trained with L1: what became of its 648 weights?",
                "Сеть обучена с L1: что стало с её 648 весами?",
            ),
            (
                Text("most are exactly zero", "большинство ровно нули"),
                Text("most are tiny, none is zero", "большинство крошечные, нулей нет"),
                Text("most are large", "большинство большие"),
            ),
            exact,
            lambda: Text(
                "{s} are nearer to 0 than 0.01, {z} are 0. The slope λ·sign w jumps over zero; lasso's exact zeros "
                "come from the soft threshold, which a step of gradient descent does not have.",
                "Ближе к 0, чем 0,01, — {s}, ровно нулей — {z}. Наклон λ·sign w перескакивает через ноль; точные нули "
                "lasso даёт мягкий порог, а у градиентного шага его нет.",
            ).format(s=_small(trained().runs["l1"].weights(-1)), z=_zeros(trained().runs["l1"].weights(-1))),
            show_l1,
        ),
        kit.Question(
            Text(
                "Four sentences of each topic, four copies of each with words swapped; a bag of words learns from "
                "them. How much better does it get?",
                "Четыре предложения на тему, у каждого четыре копии с переставленными словами; учится мешок слов. "
                "Насколько он станет лучше?",
            ),
            (
                Text("clearly better", "заметно лучше"),
                Text("not at all", "ничуть"),
                Text("clearly worse", "заметно хуже"),
            ),
            swapped,
            lambda: Text(
                "{a:.1%} → {b:.1%}: a bag has no order, so a swapped sentence is an exact copy. Augmentation must "
                "break what the model can see, and leave the label whole.",
                "{a:.1%} → {b:.1%}: у мешка нет порядка, перестановка для него — точная копия. Аугментация должна "
                "менять то, что модель видит, и не трогать метку.",
            ).format(
                a=float(augmented().accuracy[0].mean()),
                b=float(augmented().accuracy[list(TRIED).index("swap")].mean()),
            ),
            show("text", AugmentParams, {"way": "swap"}),
        ),
    )


def _zeros(w: Any) -> int:
    return int((w == 0).sum())


def _small(w: Any) -> int:
    return int((np.abs(w) < regular_training.SMALL).sum())


def breaks(page: kit.Page) -> None:
    """Failures as states of the labs."""
    st.markdown(page.say(BREAKS))
    for lab, cls, offers in (
        ("", PathParams, PATHS),
        ("dropout", DropoutParams, DROPOUT),
        ("batch", BatchParams, BATCH),
        ("training", TrainParams, TRAINING),
        ("text", AugmentParams, TEXT),
    ):
        kit.presets(page.slug, cls, page.lang, offers, before=lambda lab=lab: page.open_lab().set(lab))  # type: ignore[misc]


BREAKS = Text(
    "Each button puts a lab into a state where the remedy does harm or does nothing.",
    "Каждая кнопка приводит лабораторию в состояние, где средство вредит или не делает ничего.",
)
PATHS = (
    kit.Preset(
        Text("features in their own units", "признаки в своих единицах"),
        {"is_standard": False, "lg_lambda": 0.5},
        Text("the penalty chooses by units", "штраф выбирает по единицам измерения"),
    ),
    kit.Preset(
        Text("λ too large", "слишком большое λ"),
        {"lg_lambda": 0.0},
        Text("nothing is left, and the error is the variance", "не осталось ничего, ошибка равна дисперсии"),
    ),
)
DROPOUT = (
    kit.Preset(
        Text("× p at test time", "× p на тесте"),
        SLIP,
        Text("the next layer gets inputs it has never seen", "следующий слой получает невиданные входы"),
    ),
    kit.Preset(
        Text("the same at p = 0.5", "то же при p = 0,5"),
        HIDDEN,
        Text("the slip cannot be seen", "описка незаметна"),
    ),
    kit.Preset(
        Text("p = 0.9", "p = 0,9"),
        {"p": 0.9},
        Text("one unit in ten is left; the output is mostly noise", "остаётся каждый десятый; выход — почти шум"),
    ),
)
BATCH = (
    kit.Preset(
        Text("a batch of one", "батч из одного"),
        {"size": 1},
        Text("every patient becomes β", "любой пациент превращается в β"),
    ),
    kit.Preset(
        Text("a batch of two", "батч из двух"),
        {"size": 2},
        Text("only the order is left", "остаётся только порядок"),
    ),
    kit.Preset(
        Text("running statistics too slow", "скользящие не успевают"),
        {"momentum": 0.01},
        Text("after eighty batches the test still uses the start", "после восьмидесяти батчей тест ещё живёт началом"),
    ),
)
TRAINING = (
    kit.Preset(
        Text("penalties too strong", "слишком сильные штрафы"),
        {"lg_l1": -0.5, "lg_l2": 0.0},
        Text("both nets answer one half everywhere", "обе сети всюду отвечают одной второй"),
    ),
    kit.Preset(
        Text("impatient", "нетерпеливый"),
        {"patience": 1, "points": 20},
        Text("stopped at the first bad look", "остановка при первой же неудаче"),
    ),
)
TEXT = (
    kit.Preset(
        Text("the negation deleted", "отрицание удалено"),
        {"way": "delete", "alpha": 0.4, "copies": 8},
        Text("the label of the copy is wrong", "метка копии неверна"),
    ),
    kit.Preset(
        Text("the negation moved", "отрицание переехало"),
        {"way": "swap", "alpha": 0.6, "copies": 8},
        Text("now something else is denied", "теперь отрицается другое"),
    ),
)
