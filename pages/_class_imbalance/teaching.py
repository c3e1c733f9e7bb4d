"""Questions whose answers the labs compute, and states of the labs that go wrong."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.foundations.imbalance import ImbalanceTrace
from core.foundations.imbalance import run as run_remedies
from core.foundations.imbalance_leak import WAYS, LeakParams, LeakTrace
from core.foundations.imbalance_leak import run as run_leak
from core.foundations.imbalance_params import ImbalanceParams
from core.foundations.imbalance_text import REMEDIES, TextParams, TextTrace
from core.foundations.imbalance_text import run as run_text
from core.i18n import Text
from pages._shared import kit

LABS: dict[type[Any], str] = {ImbalanceParams: "", LeakParams: "leak", TextParams: "sentences"}


def _show(page: kit.Page, cls: type[Any], values: dict[str, Any], remedy: str = "weights") -> Any:
    """A callback that puts the lab of `cls` into a state."""

    def put() -> None:
        page.open_lab().set(LABS[cls])
        page.remember("remedy", "weights").set(remedy)
        kit.apply(page.slug, cls, values, page.lang)

    return put


def nearest(value: float, offers: tuple[float, ...]) -> int:
    """Which of the offered numbers is closest."""
    return min(range(len(offers)), key=lambda k: abs(offers[k] - value))


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Six questions; every answer is computed by a lab."""

    def at(**values: Any) -> ImbalanceTrace:
        found: ImbalanceTrace = kit.cached(run_remedies, ImbalanceParams(**values))
        return found

    def leak() -> dict[str, float]:
        found: LeakTrace = kit.cached(run_leak, LeakParams())
        return dict(zip(WAYS, map(float, found.scores.mean(0)), strict=True))

    def sentences() -> TextTrace:
        found: TextTrace = kit.cached(run_text, TextParams.default(page.lang))
        return found

    def hidden() -> int:
        weights = at().of("weights").accuracy
        return 0 if weights > at().of("plain").accuracy else 1 if weights > at().majority else 2

    def threshold() -> int:
        gap = float(at().of("threshold").recall[0] - at().of("weights").recall[0])
        return 1 if abs(gap) < 0.05 else 0 if gap < 0 else 2

    def moved() -> int:
        before, after = at().of("plain"), at(is_moved=True).of("plain")
        falls = [
            b - a > 0.02 for b, a in ((before.auc, after.auc), (before.average_precision, after.average_precision))
        ]
        return 2 if all(falls) else 1 if falls[1] else 0

    def swapped() -> int:
        over, swap = (float(sentences().macro[REMEDIES.index(name)]) for name in ("over", "swap"))
        return 1 if over == swap else 0 if swap > over else 2

    return (
        kit.Question(
            Text(
                "One image in twenty is an 8. Class weights find half as many 8s again as the plain model. What does "
                "accuracy say of them?",
                "Восьмёрка — каждая двадцатая картинка. С весами классов восьмёрок находят в полтора раза больше. "
                "Что на это скажет доля верных?",
            ),
            (
                Text("it is higher than before", "она выше, чем была"),
                Text("lower, but above “never an 8”", "ниже, но выше, чем у «никогда не 8»"),
                Text("lower than “never an 8”", "ниже, чем у «никогда не 8»"),
            ),
            hidden,
            lambda: Text(
                "Recall rises from {a:.3f} to {b:.3f}, accuracy falls from {c:.3f} to {d:.3f}, and never saying 8 gets "
                "{e:.3f}. Accuracy counts a false alarm and a miss alike.",
                "Полнота растёт с {a:.3f} до {b:.3f}, а доля верных падает с {c:.3f} до {d:.3f}; «никогда не 8» "
                "получает {e:.3f}. Для доли верных ложная тревога и пропуск равны.",
            ).format(
                a=at().of("plain").recall[0],
                b=at().of("weights").recall[0],
                c=at().of("plain").accuracy,
                d=at().of("weights").accuracy,
                e=at().majority,
            ),
            _show(page, ImbalanceParams, {}),
        ),
        kit.Question(
            Text(
                "Leave the plain model as it is and say yes from p ≥ π = 0.05. Against training with class weights, "
                "its recall is …",
                "Оставим модель как есть и будем отвечать «да» при p ≥ π = 0,05. Её полнота против обучения с весами "
                "классов …",
            ),
            (
                Text("much lower", "гораздо ниже"),
                Text("about the same", "почти та же"),
                Text("much higher", "гораздо выше"),
            ),
            threshold,
            lambda: Text(
                "{a:.3f} and {b:.3f}; the areas under ROC are {c:.3f} and {d:.3f}. Weights mostly add a constant to "
                "the log-odds, and so does another threshold.",
                "{a:.3f} и {b:.3f}; площади под ROC {c:.3f} и {d:.3f}. Веса в основном прибавляют к логиту константу — "
                "то же делает и другой порог.",
            ).format(
                a=at().of("threshold").recall[0],
                b=at().of("weights").recall[0],
                c=at().of("threshold").auc,
                d=at().of("weights").auc,
            ),
            _show(page, ImbalanceParams, {}, "threshold"),
        ),
        kit.Question(
            Text(
                "Of the test images 5 % are 8s. What mean probability of “8” does the model with class weights give?",
                "Среди проверочных картинок 5 % восьмёрок. Какую среднюю вероятность «8» даёт модель с весами классов?",
            ),
            (Text("0.05", "0,05"), Text("0.20", "0,20"), Text("0.50", "0,50")),
            lambda: nearest(float(at().of("weights").mean[0]), (0.05, 0.2, 0.5)),
            lambda: Text(
                "{a:.3f}: it believes in a world where every second image is an 8. The prior correction brings it back "
                "to {b:.3f} and leaves the order as it was.",
                "{a:.3f}: модель живёт в мире, где восьмёрка — каждая вторая. Поправка на долю возвращает {b:.3f}, а "
                "порядок картинок не меняет.",
            ).format(a=at().of("weights").mean[0], b=at().of("weights").mean[1]),
            _show(page, ImbalanceParams, {}),
        ),
        kit.Question(
            Text(
                "The same plain model is used where only one image in a hundred is an 8. What happens to the areas?",
                "Ту же модель применили там, где восьмёрка — одна из ста. Что станет с площадями?",
            ),
            (
                Text("both stand still", "обе на месте"),
                Text("ROC stands, precision–recall falls", "ROC на месте, точность — полнота падает"),
                Text("both fall", "обе упадут"),
            ),
            moved,
            lambda: Text(
                "AUC {a:.3f} and {b:.3f}, AP {c:.3f} and {d:.3f}. Both axes of ROC are shares inside one class; "
                "precision mixes the classes.",
                "AUC {a:.3f} и {b:.3f}, AP {c:.3f} и {d:.3f}. Обе оси ROC — доли внутри своего класса, а точность "
                "классы смешивает.",
            ).format(
                a=at().of("plain").auc,
                b=at(is_moved=True).of("plain").auc,
                c=at().of("plain").average_precision,
                d=at(is_moved=True).of("plain").average_precision,
            ),
            _show(page, ImbalanceParams, {"is_moved": True}, "plain"),
        ),
        kit.Question(
            Text(
                "Rare images are copied first and the set is split afterwards. What F₁ does the nearest neighbour get "
                "in validation?",
                "Сначала редкие картинки размножили копиями, потом разделили набор. Какую F₁ на проверке получит "
                "ближайший сосед?",
            ),
            (Text("0.75", "0,75"), Text("0.85", "0,85"), Text("1.00", "1,00")),
            lambda: nearest(leak()["leaky"], (0.75, 0.85, 1.0)),
            lambda: Text(
                "{a:.3f}, and {b:.3f} in use: every rare validation image has met its own copy. Split first, and "
                "validation says {c:.3f}.",
                "{a:.3f}, а на деле {b:.3f}: каждая редкая картинка проверки уже встречалась как копия. Если сначала "
                "делить, проверка скажет {c:.3f}.",
            ).format(a=leak()["leaky"], b=leak()["use"], c=leak()["honest"]),
            _show(page, LeakParams, {}),
        ),
        kit.Question(
            Text(
                "Rare sentences are copied, and in each copy two words change places. For a bag of words this is, "
                "against plain copies, …",
                "Редкие предложения копируют и в каждой копии меняют местами два слова. Для мешка слов это, в "
                "сравнении с простыми копиями, …",
            ),
            (Text("better", "лучше"), Text("exactly the same", "ровно то же"), Text("worse", "хуже")),
            swapped,
            lambda: Text(
                "Macro F₁ {a:.3f} both times: a bag has no order. Deleting words does change it: {b:.3f}.",
                "Макро-F₁ оба раза {a:.3f}: у мешка нет порядка. А удаление слов его меняет: {b:.3f}.",
            ).format(
                a=float(sentences().macro[REMEDIES.index("swap")]), b=float(sentences().macro[REMEDIES.index("delete")])
            ),
            _show(page, TextParams, {}),
        ),
    )


REMEDY_PRESETS = (
    kit.Preset(
        Text("95 % right, nobody found", "95 % верных, не найден никто"),
        {"components": 2},
        Text(
            "with two components the plain model never says 8: accuracy 0.950, recall 0",
            "с двумя компонентами модель «как есть» ни разу не говорит «8»: верных 0,950, полнота 0",
        ),
    ),
    kit.Preset(
        Text("trained here, used elsewhere", "учили здесь, применяют там"),
        {"is_moved": True},
        Text(
            "one in a hundred: with class weights 94 alarms of 100 are false",
            "один из ста: с весами классов из 100 тревог 94 ложные",
        ),
    ),
    kit.Preset(
        Text("two rare examples", "два редких примера"),
        {"source": "tumours", "share": 1, "components": 2},
        Text(
            "SMOTE can only invent on the segment between them; the bands do not know it",
            "SMOTE придумывает лишь на отрезке между ними, и полосы об этом не знают",
        ),
    ),
    kit.Preset(
        Text("nothing is rare", "редких нет"),
        {"share": 50},
        Text("five of the six remedies change nothing", "пять средств из шести не меняют ничего"),
    ),
)
LEAK_PRESETS = (
    kit.Preset(
        Text("SMOTE before the split", "SMOTE до разделения"),
        {"filling": "smote"},
        Text("not copies but children, and the same leak", "не копии, а потомки — и та же утечка"),
    ),
    kit.Preset(
        Text("a linear model leaks, too", "линейная модель тоже протекает"),
        {"learner": "logistic"},
        Text("most of it is the changed share of the rare class", "больше всего здесь даёт смена доли редкого класса"),
    ),
)
TEXT_PRESETS = (
    kit.Preset(
        Text("five recipes", "пять рецептов"),
        {"kept": 5},
        Text("a single answer moves F₁ of the class by a lot", "один ответ сильно сдвигает F₁ класса"),
    ),
)


def breaks(page: kit.Page) -> None:
    """Failures as states of the labs."""
    for cls, offers in ((ImbalanceParams, REMEDY_PRESETS), (LeakParams, LEAK_PRESETS), (TextParams, TEXT_PRESETS)):
        name = LABS[cls]
        kit.presets(page.slug, cls, page.lang, offers, before=lambda name=name: page.open_lab().set(name))  # type: ignore[misc]
    st.caption(page.say(HINT))


HINT = Text(
    "Each button puts a lab into a state where one number misleads and another one says so.",
    "Каждая кнопка приводит лабораторию в состояние, где одно число обманывает, а другое это выдаёт.",
)
