"""Questions and failures of the room of deep and classical models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.foundations import deep_lab, deep_space, deep_text
from core.foundations.deep_lab import DuelParams, DuelTrace
from core.foundations.deep_models import NETS
from core.foundations.deep_space import SpaceParams, SpaceTrace
from core.foundations.deep_text import TextParams, TextTrace
from core.i18n import Text
from core.params import Params
from pages._shared import kit


def duel(**values: Any) -> DuelTrace:
    """A duel that differs from the first one by `values`."""
    found: DuelTrace = kit.cached(deep_lab.run, DuelParams(**values), large=True)
    return found


def space(**values: Any) -> SpaceTrace:
    """The same of the net that is watched."""
    found: SpaceTrace = kit.cached(deep_space.run, SpaceParams(**values), large=True)
    return found


def text(page: kit.Page, **values: Any) -> TextTrace:
    """The same of sentences, in the reader's language."""
    params = TextParams(**{**TextParams.defaults(page.lang), **values, "lang": page.lang})
    found: TextTrace = kit.cached(deep_text.run, params)
    return found


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Answers come from runs of the labs."""

    def show(lab: str, cls: type[Params], values: dict[str, Any], shift: str = "") -> Callable[[], None]:
        def put() -> None:
            page.open_lab().set(lab)
            page.remember("shift").set(shift)
            kit.apply(page.slug, cls, values, page.lang)

        return put

    def few() -> int:
        scores = {result.name: result.accuracy for result in duel(n=20).results}
        best = max(scores, key=lambda name: scores[name])
        return list(NETS).index(best) if best in NETS else 2

    def aside() -> int:
        share = duel().of("svm.pixels").aside
        return 0 if share > 0.8 else 1 if share > 0.5 else 2

    def cure() -> int:
        plain, copies = duel(), duel(is_shifted=True)
        scores = [plain.of("cnn").aside, duel(n=400).of("cnn").aside, copies.of("svm.pixels").aside]
        return scores.index(max(scores))

    def shuffled() -> int:
        trace = space(is_scrambled=True)
        return 0 if trace.seen[-1] < 0.3 else 1 if trace.right[-1] < 0.3 else 2

    def sentences() -> int:
        right = dict(zip(deep_text.NAMES, text(page).right.tolist(), strict=True))
        best = max(right, key=lambda name: right[name])
        return {"bayes": 0, "net": 2}.get(best, 1)

    return (
        kit.Question(
            Text(
                "Twenty digits to learn from, two of each. Who gets the most of the other 600 right?",
                "Для обучения двадцать цифр, по две каждой. Кто верно назовёт больше всего из других 600?",
            ),
            (Text("the MLP", "MLP"), Text("the CNN", "CNN"), Text("a classical model", "классическая модель")),
            few,
            lambda: Text(
                "SVM on plain pixels {a:.1%}, logistic regression {c:.1%}, MLP {m:.1%}, CNN {b:.1%}. With little data "
                "the simple model is the better bet – and even 600 test digits leave ±3 % of doubt.",
                "SVM на пикселях — {a:.1%}, логистическая регрессия — {c:.1%}, MLP — {m:.1%}, CNN — {b:.1%}. Когда "
                "данных мало, надёжнее простая модель; впрочем, и 600 проверочных цифр оставляют сомнение в ±3 %.",
            ).format(
                a=duel(n=20).of("svm.pixels").accuracy,
                b=duel(n=20).of("cnn").accuracy,
                c=duel(n=20).of("logistic.pixels").accuracy,
                m=duel(n=20).of("mlp").accuracy,
            ),
            show("", DuelParams, {"n": 20}),
        ),
        kit.Question(
            Text(
                "A hundred digits, SVM on pixels: {a:.0%} right. Now every test digit moves one pixel aside, no ink is "
                "lost. How many remain right?",
                "Сто цифр, SVM на пикселях: верных {a:.0%}. Сдвинем каждую проверочную цифру на пиксель, не потеряв "
                "ни капли чернил. Сколько верных останется?",
            ).format(a=duel().of("svm.pixels").accuracy),
            (
                Text("more than 80 %", "больше 80 %"),
                Text("from 50 to 80 %", "от 50 до 80 %"),
                Text("less than half", "меньше половины"),
            ),
            aside,
            lambda: Text(
                "{a:.0%}. For a model of 144 separate pixels the moved digit is another point altogether. The CNN "
                "falls too, to {b:.0%}: its last layer still reads places.",
                "{a:.0%}. Для модели из 144 отдельных пикселей сдвинутая цифра — совсем другая точка. CNN тоже "
                "падает, до {b:.0%}: её последний слой по-прежнему читает места.",
            ).format(a=duel().of("svm.pixels").aside, b=duel().of("cnn").aside),
            show("", DuelParams, {}, "1.0"),
        ),
        kit.Question(
            Text(
                "What helps most against that pixel?",
                "Что лучше всего поможет против этого пикселя?",
            ),
            (
                Text("a convolutional net", "свёрточная сеть"),
                Text("a convolutional net and four times the digits", "свёрточная сеть и вчетверо больше цифр"),
                Text("an SVM that saw moved copies", "SVM, которая видела сдвинутые копии"),
            ),
            cure,
            lambda: Text(
                "CNN {a:.0%}, CNN with 400 digits {b:.0%}, SVM with copies of its hundred {c:.0%}. What one knows – a "
                "moved three is a three – can be put into the data, the features or the net.",
                "CNN — {a:.0%}, CNN с 400 цифрами — {b:.0%}, SVM с копиями своей сотни — {c:.0%}. Знание о том, что "
                "сдвинутая тройка — тройка, можно вложить в данные, в признаки или в сеть.",
            ).format(
                a=duel().of("cnn").aside,
                b=duel(n=400).of("cnn").aside,
                c=duel(is_shifted=True).of("svm.pixels").aside,
            ),
            show("", DuelParams, {"is_shifted": True}, "1.0"),
        ),
        kit.Question(
            Text(
                "A hundred digits get shuffled labels. What does the CNN do with them in 300 steps?",
                "У ста цифр перемешали метки. Что сделает с ними CNN за 300 шагов?",
            ),
            (
                Text("cannot learn them", "не сможет их выучить"),
                Text("learns them by heart, and nothing else", "выучит наизусть — и ничего больше"),
                Text("finds the true classes all the same", "всё равно найдёт настоящие классы"),
            ),
            shuffled,
            lambda: Text(
                "{a:.0%} of the training digits and {b:.0%} of the others: a net can always memorise; a good score on "
                "what it trained on says nothing about what it learned.",
                "{a:.0%} учебных цифр и {b:.0%} остальных: запомнить сеть может всё, и высокий счёт на обучении ничего "
                "не говорит о том, чему она научилась.",
            ).format(a=float(space(is_scrambled=True).seen[-1]), b=float(space(is_scrambled=True).right[-1])),
            show("space", SpaceParams, {"is_scrambled": True}),
        ),
        kit.Question(
            Text(
                "Ninety sentences on nine topics. Who is best on the held-out ones?",
                "Девяносто предложений на девять тем. Кто лучше всех на отложенных?",
            ),
            (
                Text("naive Bayes", "наивный Байес"),
                Text("logistic regression, SVM, kNN or the forest", "логистическая регрессия, SVM, kNN или лес"),
                Text("a net that learns word vectors", "сеть, которая учит векторы слов"),
            ),
            sentences,
            lambda: Text(
                "The net {a:.1%}, logistic regression {b:.1%}, naive Bayes {c:.1%}. So “deep needs big data” is no law "
                "either: here one thin hidden layer over counts is enough.",
                "Сеть — {a:.1%}, логистическая регрессия — {b:.1%}, наивный Байес — {c:.1%}. Так что «глубокому нужны "
                "большие данные» — тоже не закон: здесь хватает одного тонкого слоя над счётчиками.",
            ).format(
                a=float(text(page).right[deep_text.NAMES.index("net")]),
                b=float(text(page).right[deep_text.NAMES.index("logistic")]),
                c=float(text(page).right[0]),
            ),
            show("text", TextParams, {}),
        ),
    )


DUEL: tuple[tuple[kit.Preset, str], ...] = (
    (
        kit.Preset(
            Text("one pixel aside", "на пиксель вбок"),
            {},
            Text("everybody falls", "падают все"),
        ),
        "1.0",
    ),
    (
        kit.Preset(
            Text("moved copies cure it", "сдвинутые копии лечат"),
            {"is_shifted": True},
            Text("for one pixel; at two they all fall again", "на один пиксель; на двух все снова падают"),
        ),
        "1.0",
    ),
    (
        kit.Preset(
            Text("centred by hand", "центр вручную"),
            {"features": "centred"},
            Text(
                "moving changes nothing at all – and at rest a little is lost",
                "сдвиг не меняет ничего, но на месте чуть хуже",
            ),
        ),
        "2.0",
    ),
    (
        kit.Preset(
            Text("the mean over places", "среднее по местам"),
            {"reading": "mean"},
            Text(
                "better at two pixels than at one: two is the stride of pooling",
                "на двух пикселях лучше, чем на одном: два — шаг пулинга",
            ),
        ),
        "-2.0",
    ),
    (
        kit.Preset(
            Text("twenty digits", "двадцать цифр"), {"n": 20}, Text("simple models win", "побеждают простые модели")
        ),
        "",
    ),
    (
        kit.Preset(
            Text("untrained nets", "необученные сети"),
            {"steps": 0},
            Text("a net without training guesses", "сеть без обучения гадает"),
        ),
        "",
    ),
)
SPACE = (
    kit.Preset(
        Text("shuffled labels", "перемешанные метки"),
        {"is_scrambled": True, "steps": 1000},
        Text("all by heart, nothing understood", "всё наизусть, ничего не понято"),
    ),
    kit.Preset(
        Text("four hidden units", "четыре скрытых нейрона"),
        {"net": "mlp", "hidden": 4},
        Text("classes lie far apart, and too many share a place", "классы разошлись, но места на всех не хватило"),
    ),
    kit.Preset(
        Text("not trained", "без обучения"),
        {"steps": 0},
        Text("a random net keeps what is near near", "близкое остаётся близким"),
    ),
)
BREAKS = Text(
    "Each button puts a lab into a state where a model fails, or where something simple saves it.",
    "Каждая кнопка приводит лабораторию в состояние, где модель ломается — или её спасает что-то простое.",
)
NAMES = {"duel": Text("duel", "поединок"), "space": Text("net", "сеть")}


def breaks(page: kit.Page) -> None:
    """Failures as states of the labs, a row a lab."""
    st.markdown(page.say(BREAKS))

    def ready(lab: str, shift: str) -> Callable[[], None]:
        def put() -> None:
            page.open_lab().set(lab)
            page.remember("shift").set(shift)
            page.remember("frame").clear()

        return put

    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(f"**{page.say(NAMES['duel'])}**", width=110)
        for preset, shift in DUEL:
            kit.presets(page.slug, DuelParams, page.lang, (preset,), before=ready("", shift))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(f"**{page.say(NAMES['space'])}**", width=110)
        kit.presets(page.slug, SpaceParams, page.lang, SPACE, before=ready("space", ""))
