"""Questions with answers from the labs, and states in which word2vec fails."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.embeddings import word2vec_lab, word2vec_step, word2vec_window
from core.embeddings.word2vec_corpus import TrainParams
from core.embeddings.word2vec_lab import TrainTrace
from core.embeddings.word2vec_step import StepParams
from core.embeddings.word2vec_window import WindowParams
from core.i18n import Text
from core.params import Params, write_bound
from pages._shared import kit


def trained(page: kit.Page, **values: Any) -> TrainTrace:
    """The training with these values on the bundled corpus."""
    return kit.cached(word2vec_lab.run, TrainParams(lang=page.lang, **values))


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Answers come from runs of the labs with the examples."""

    def show(lab: str, cls: type[Params], values: dict[str, Any]) -> Any:
        def put() -> None:
            page.open_lab().set("" if lab == "training" else lab)
            kit.apply(page.slug, cls, values, page.lang)

        return put

    def changed(**values: Any) -> int:
        """How many rows of W_out one step changes."""
        trace = kit.cached(word2vec_step.run, StepParams.default(page.lang).model_copy(update=values))
        return int((trace.d_out != 0).any(axis=1).sum())

    def far() -> float:
        """The share of pairs at distance 4 in a dynamic window of 4, beside those at distance 1."""
        return word2vec_window.expected_pairs(4, 4, is_dynamic=True)

    def rarest(exponent: float) -> float:
        params = WindowParams.default(page.lang).model_copy(update={"exponent": exponent})
        trace = kit.cached(word2vec_window.run, params)
        return float(trace.chances[1, -1] / trace.chances[2, -1])

    def two() -> TrainTrace:
        return trained(page, size=2)

    def many() -> TrainTrace:
        return trained(page)

    return (
        kit.Question(
            Text(
                "One skip-gram step: two pairs, two negatives each. How many rows of W_out does softmax change, "
                "and how many do negatives?",
                "Шаг skip-gram: две пары, по два негатива. Сколько строк W_out меняет softmax и сколько — негативы?",
            ),
            (
                Text("both all ten", "оба — все десять"),
                Text("softmax all ten, negatives at most six", "softmax — все десять, негативы — не больше шести"),
                Text("both only the two targets", "оба — только две цели"),
            ),
            lambda: 1 if changed(loss="softmax") == 10 and changed(loss="negative") <= 6 else 0,
            lambda: Text(
                "{a} and {b}. The denominator of softmax holds every word; with a million words that is the cost.",
                "{a} и {b}. В знаменателе softmax стоит каждое слово; при миллионе слов это и есть цена.",
            ).format(a=changed(loss="softmax"), b=changed(loss="negative")),
            show("step", StepParams, {"loss": "softmax"}),
        ),
        kit.Question(
            Text(
                "A dynamic window of 4. How often is the word at distance 4 a pair, if the next word always is?",
                "Динамическое окно 4. Как часто слово на расстоянии 4 попадает в пары, если соседнее попадает всегда?",
            ),
            (
                Text("always too", "тоже всегда"),
                Text("half of the time", "в половине случаев"),
                Text("a quarter of the time", "в четверти случаев"),
            ),
            lambda: 2 if far() == 0.25 else 1 if far() == 0.5 else 0,
            lambda: Text(
                "(c − j + 1)/c = {p}: only the widest draw reaches it. The window weighs words by nearness.",
                "(c − j + 1)/c = {p}: до него достаёт лишь самое широкое окно. Так окно взвешивает слова по близости.",
            ).format(p=write_bound(far())),
            show("window", WindowParams, {"widest": 4}),
        ),
        kit.Question(
            Text(
                "Negatives are drawn with a = 0.75. Beside its share of the text, a rare word is drawn …",
                "Негативы тянут с a = 0,75. По сравнению со своей долей в тексте редкое слово выпадает…",
            ),
            (Text("more often", "чаще"), Text("less often", "реже"), Text("just as often", "так же")),
            lambda: 0 if rarest(0.75) > 1 else 1 if rarest(0.75) < 1 else 2,
            lambda: Text(
                "{r:.2f} times as often: the exponent lifts the rare and lowers the frequent.",
                "Отношение {r:.2f}: степень поднимает редкие слова и опускает частые.",
            ).format(r=rarest(0.75)),
            show("window", WindowParams, {}),
        ),
        kit.Question(
            Text(
                "Train with 2 dimensions instead of 32. What happens to the analogies?",
                "Обучим с размерностью 2 вместо 32. Что станет с аналогиями?",
            ),
            (
                Text("nearly all are lost", "почти все пропадут"),
                Text("about half are found", "найдётся около половины"),
                Text("nothing: the picture is 2-D anyway", "ничего: картинка и так плоская"),
            ),
            lambda: 0 if two().frames[-1].analogies < 0.15 else 1,
            lambda: Text(
                "{a:.0%} against {b:.0%} after as many epochs. The plane is only a shadow of the space.",
                "{a:.0%} против {b:.0%} после стольких же эпох. Плоскость — лишь тень пространства.",
            ).format(a=two().frames[-1].analogies, b=many().frames[-1].analogies),
            show("training", TrainParams, {"size": 2}),
        ),
    )


TRAINING = (
    kit.Preset(
        Text("diverges: α = 0.4", "расходится: α = 0,4"),
        {"alpha": 0.4},
        Text("every step is longer than the last", "каждый шаг длиннее прежнего"),
    ),
    kit.Preset(
        Text("no room: d = 2", "тесно: d = 2"),
        {"size": 2},
        Text("600 words do not fit on a circle", "600 слов не помещаются на окружности"),
    ),
    kit.Preset(
        Text("too little: one epoch", "мало: одна эпоха"),
        {"epochs": 1},
        Text("classes come first, analogies much later", "сначала приходят классы и много позже — аналогии"),
    ),
    kit.Preset(
        Text("narrow: c = 1", "узко: c = 1"),
        {"window": 1},
        Text("grammar is learnt, facts are not", "грамматика выучена, факты — нет"),
    ),
)
STEP = (
    kit.Preset(
        Text("past the bottom: α = 5", "мимо дна: α = 5"),
        {"rate": 5.0, "loss": "softmax", "before": 2},
        Text("L rises on the very pairs it learns from", "L растёт на тех же парах, на которых учится"),
    ),
    kit.Preset(
        Text("CBOW of word2vec.c", "CBOW из word2vec.c"),
        {"kind": "cbow", "reach": 2, "centre": 4, "is_divided": False},
        Text("the update is not the gradient", "обновление — не градиент"),
    ),
)
WINDOW = (
    kit.Preset(
        Text("nothing left: lg t = −4", "ничего не осталось: lg t = −4"),
        {"lg_t": -4.0},
        Text("in a short text every word is frequent", "в коротком тексте часты все слова"),
    ),
)
BREAKS = Text(
    "Each button puts a lab into a state where word2vec fails, and shows by which number.",
    "Каждая кнопка приводит лабораторию в состояние, где word2vec не справляется, и видно, по какому числу.",
)


def breaks(page: kit.Page) -> None:
    """Failures as states of the labs."""
    st.markdown(page.say(BREAKS))
    kit.presets(page.slug, TrainParams, page.lang, TRAINING, before=page.open_lab().clear)
    kit.presets(page.slug, StepParams, page.lang, STEP, before=lambda: page.open_lab().set("step"))
    kit.presets(page.slug, WindowParams, page.lang, WINDOW, before=lambda: page.open_lab().set("window"))
