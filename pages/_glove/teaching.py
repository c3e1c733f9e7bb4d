"""Questions answered by the labs, and states in which GloVe fails."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.embeddings import glove_lab, glove_meaning
from core.embeddings.cooccurrence import CountParams
from core.embeddings.glove_lab import FitParams, FitTrace, errors_by_count, ratios
from core.embeddings.glove_meaning import MeaningParams, MeaningTrace, score
from core.i18n import Text
from pages._glove import fitting, meaning
from pages._shared import kit

COUNT = (
    kit.Preset(
        Text("sentences of one word", "предложения из одного слова"),
        {"text": Text("Tea. Milk. Bread. Salt and sugar. Water.", "Чай. Молоко. Хлеб. Соль и сахар. Вода.")},
        Text("almost every cell is empty: log 0 has no value", "почти все клетки пусты: у log 0 нет значения"),
    ),
    kit.Preset(
        Text("only to the left", "только влево"),
        {"is_symmetric": False},
        Text("the matrix loses its symmetry", "матрица перестаёт быть симметричной"),
    ),
)
FIT = (
    kit.Preset(
        Text("without f(X)", "без f(X)"),
        {"is_weighted": False},
        Text("the error of frequent pairs grows", "растёт ошибка частых пар"),
    ),
    kit.Preset(
        Text("too few numbers: d = 2", "мало чисел: d = 2"),
        {"dimension": 2, "steps": 1000},
        Text("the cloud never becomes a line", "облако так и не становится линией"),
    ),
)
MEANING = (
    kit.Preset(
        Text("one point for all senses", "одна точка на все значения"),
        {"word": Text("bat", "коса")},
        Text("the neighbours mix", "соседи перемешаны"),
    ),
    kit.Preset(
        Text("nobody meets a stranger", "чужие не встречаются"),
        {"does_cross": False},
        Text(
            "the window stops at the sentence: zeros say nothing to GloVe, PPMI hears them",
            "окно не выходит из предложения: нули GloVe ничего не говорят, а PPMI их слышит",
        ),
    ),
)


def fitted(params: FitParams) -> FitTrace:
    return kit.cached(glove_lab.run, params, large=True)


def meant(params: MeaningParams) -> MeaningTrace:
    return kit.cached(glove_meaning.run, params, large=True)


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Answers come from runs of the labs with their examples."""
    base, word = FitParams.default(page.lang), MeaningParams.default(page.lang)

    def often(params: FitParams) -> float:
        trace = fitted(params)
        return float(errors_by_count(trace, len(trace.fit.steps) - 1)[0][-1])

    def flat() -> FitParams:
        return base.model_copy(update={"is_weighted": False})

    def water() -> float:
        return float(ratios(fitted(base)).ratio[2])

    def senses() -> Any:
        return meant(word).senses[0]

    def strangers(crossing: bool) -> float:
        trace = meant(word.model_copy(update={"does_cross": crossing}))
        share = score(trace.fit.vectors(len(trace.fit.steps) - 1), trace.counted, trace.params.corpus)
        assert share is not None, "the example's corpus has known answers"
        return share

    def gain() -> float:
        return strangers(False) - strangers(True)

    a, b = ratios(fitted(base)).targets
    return (
        kit.Question(
            Text(
                f"Water stands near “{a}” and near “{b}”. What is P(water | {a}) / P(water | {b})?",
                f"Вода бывает и рядом со словом «{a}», и рядом со словом «{b}». Каково P(вода | {a}) / P(вода | {b})?",
            ),
            (
                Text("far above 1", "намного больше 1"),
                Text("near 1", "около 1"),
                Text("far below 1", "намного меньше 1"),
            ),
            lambda: 1 if 0.5 < water() < 2 else 0 if water() >= 2 else 2,
            lambda: Text(
                "{w:.2f}: a word that goes with both says nothing about their difference; “solid” and “gas” do.",
                "{w:.2f}: слово, общее для обоих, об их различии молчит; говорят «твёрдый» и «газ».",
            ).format(w=water()),
            lambda: fitting.put_state(page, {}),
        ),
        kit.Question(
            Text(
                "Switch the weighting f(X) off. What happens to the error of the most frequent pairs?",
                "Выключим веса f(X). Что станет с ошибкой самых частых пар?",
            ),
            (Text("it falls", "уменьшится"), Text("it does not change", "не изменится"), Text("it grows", "вырастет")),
            lambda: 2 if often(flat()) > 1.05 * often(base) else 0 if often(flat()) < 0.95 * often(base) else 1,
            lambda: Text(
                "{x:.2f} → {y:.2f}: thousands of pairs that met by chance now weigh as much as the few that count.",
                "{x:.2f} → {y:.2f}: тысячи случайных пар теперь весят столько же, сколько немногие важные.",
            ).format(x=often(base), y=often(flat())),
            lambda: fitting.put_state(page, {"is_weighted": False}),
        ),
        kit.Question(
            Text(
                f"“{word.word}” has two senses. Where does its one vector stand?",
                f"У слова «{word.word}» два значения. Где стоит его единственный вектор?",
            ),
            (
                Text("with the more frequent sense", "у более частого значения"),
                Text("near both at once", "рядом с обоими сразу"),
                Text("far from both", "далеко от обоих"),
            ),
            lambda: 1 if np.all(senses() > 0.4) else 0 if np.any(senses() > 0.4) else 2,
            lambda: Text(
                "Cosines {x:.2f} and {y:.2f} with the words of the two senses: one point cannot be two.",
                "Косинусы со словами двух значений {x:.2f} и {y:.2f}: одна точка не может быть двумя.",
            ).format(x=senses()[0], y=senses()[1]),
            lambda: meaning.put_state(page, {}),
        ),
        kit.Question(
            Text(
                "Let the window stop at the end of each sentence. Will GloVe's neighbours get better or worse?",
                "Пусть окно останавливается в конце предложения. Соседи по GloVe станут лучше или хуже?",
            ),
            (Text("better", "лучше"), Text("worse", "хуже"), Text("the same", "так же")),
            lambda: 1 if gain() < -0.02 else 0 if gain() > 0.02 else 2,
            lambda: Text(
                "{x:.0%} → {y:.0%} of near words are of the same subject. A pair that never met is not in the sum, so "
                "nothing pushes strangers apart.",
                "О том же теперь {y:.0%} соседей вместо {x:.0%}. Пары, которая не встретилась, в сумме нет — "
                "и чужих ничто не отталкивает.",
            ).format(x=strangers(True), y=strangers(False)),
            lambda: meaning.put_state(page, {"does_cross": False}),
        ),
    )


def breaks(page: kit.Page) -> None:
    """Failures as states of the labs."""
    st.markdown(page.say(BREAKS))
    kit.presets(page.slug, CountParams, page.lang, COUNT, before=page.open_lab().clear)
    kit.presets(page.slug, FitParams, page.lang, FIT, before=lambda: page.open_lab().set("fit"))
    kit.presets(page.slug, MeaningParams, page.lang, MEANING, before=lambda: page.open_lab().set("meaning"))


BREAKS = Text(
    "Each button puts a lab into a state where something is lost, and a number says what.",
    "Каждая кнопка приводит лабораторию в состояние, где что-то теряется, и число показывает что.",
)
