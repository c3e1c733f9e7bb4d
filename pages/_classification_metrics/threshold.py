"""A threshold you drag through the scores of a real classifier."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.figures.classification import threshold_data
from core.i18n import Text
from core.metrics.classification_lab import (
    CELLS,
    MAX_FILE,
    MAX_PASTED,
    MAX_ROWS,
    ThresholdLab,
    ThresholdParams,
    read_rows,
    reference,
    run,
    tables,
)
from core.metrics.explain_classification import explain_threshold
from pages._shared import kit, words
from pages._shared.components import mount
from pages._shared.controls import field_key
from pages._shared.own_table import OwnTable
from pages._shared.state import session

OWN = OwnTable(
    MAX_FILE,
    MAX_PASTED,
    Text(
        "Two columns, label (1 or 0) and score; at most {most} rows.",
        "Два столбца: метка (1 или 0) и оценка; не больше {most} строк.",
    ).format(most=MAX_ROWS),
    lambda text: len(read_rows(text)[0]),
)
ALT = Text(
    "Scores of {a} positives above the axis and of {b} negatives below it, split by the threshold",
    "Оценки: над осью положительные ({a}), под осью отрицательные ({b}), между ними порог",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the picture of one threshold, arithmetic."""
    with controls:
        params = kit.controls(page.slug, ThresholdParams, page.lang)
        if params.source == "own":
            OWN.upload(page)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        kit.compared(page, params, lambda shown, name: _draw(page, OWN.attach(page, shown), name))
        own = OWN.attach(page, params)
        trace = kit.cached(run, own)
        page.checks(lambda: kit.verified(reference, own, trace), trace.signature)
        kit.toolbar(page, run, own, lambda: tables(trace))
        formulas = explain_threshold(trace, _picked(page), page.lang)
    page.arithmetic(formulas)


def _picked(page: kit.Page) -> Any:
    kept = page.remember("cell", "FN").get()
    return kept if kept in CELLS else "FN"


def _draw(page: kit.Page, params: ThresholdParams, name: str) -> None:
    trace: ThresholdLab = kit.cached(run, params)
    key = page.key(f"scores_{name}")

    def event(kind: str) -> Any:
        return (session().get(key) or {}).get(kind)

    def on_threshold() -> None:
        value = event("threshold")
        if name == "now" and isinstance(value, int | float) and 0 <= value <= 1:
            session()[field_key(page.slug, "threshold")] = float(value)

    def on_cell() -> None:
        if event("cell") in CELLS:
            page.remember("cell", "FN").set(str(event("cell")))

    data = threshold_data(trace, _picked(page), page.lang)
    sweep = trace.curves.sweep
    mount(
        "threshold",
        key,
        {
            **data,
            "words": {**data["words"], "save": page.say(words.SAVE_PICTURE)},
            "alt": page.say(ALT.format(a=sweep.n_positive, b=sweep.n_negative)),
            "name": key,
            "fixed": name != "now",
        },
        on_threshold_change=on_threshold,
        on_cell_change=on_cell,
    )


# ---------------------------------------------------------------------------------------------------------------------
# Predict, and what breaks


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Answers come from runs of the lab on the digit 8."""

    def at(**values: Any) -> ThresholdLab:
        found: ThresholdLab = kit.cached(run, ThresholdParams(**values))
        return found

    def show(values: dict[str, Any]) -> Any:
        def put() -> None:
            page.open_lab().clear()
            kit.apply(page.slug, ThresholdParams, values, page.lang)

        return put

    def trade() -> int:
        before, after = at(), at(threshold=0.1)
        if after.recall > before.recall:
            return 0 if after.precision < before.precision else 1
        return 2

    def rarer() -> int:
        areas = [at(prevalence=p).curves.auc.value for p in (10, 1)]
        precisions = [at(prevalence=p, threshold=0.2).precision for p in (10, 1)]
        return 1 if areas[1] < areas[0] else 2 if precisions[1] < precisions[0] / 2 else 0

    def timid() -> int:
        shy = at(lg_strength=3.0)
        return 2 if shy.recall > 0.5 else 1 if shy.curves.auc.value > 0.85 else 0

    def lazy() -> int:
        nobody = at(threshold=1.0)
        return 1 if nobody.accuracy == 0.9 else 0 if nobody.accuracy > 0.25 else 2

    return (
        kit.Question(
            Text(
                "Lower the threshold from 0.5 to 0.1. What happens to precision and recall?",
                "Опустим порог с 0,5 до 0,1. Что станет с точностью и полнотой?",
            ),
            (
                Text("recall grows, precision falls", "полнота вырастет, точность упадёт"),
                Text("both grow", "вырастут обе"),
                Text("recall falls, precision grows", "полнота упадёт, точность вырастет"),
            ),
            trade,
            lambda: Text(
                "Recall {a:.3f} → {b:.3f}, precision {c:.3f} → {d:.3f}. Recall can never fall when the threshold does; "
                "precision usually falls, but need not.",
                "Полнота {a:.3f} → {b:.3f}, точность {c:.3f} → {d:.3f}. С понижением порога полнота упасть не может "
                "никогда, а точность обычно падает, но не обязана.",
            ).format(a=at().recall, b=at(threshold=0.1).recall, c=at().precision, d=at(threshold=0.1).precision),
            show({"threshold": 0.1}),
        ),
        kit.Question(
            Text(
                "The classifier never finds an 8: it always says no. One image in ten is an 8. Its accuracy?",
                "Классификатор не находит ни одной восьмёрки: всегда отвечает «нет». Восьмёрка — каждая десятая "
                "картинка. Какова доля верных ответов?",
            ),
            (Text("50 %", "50 %"), Text("90 %", "90 %"), Text("0 %", "0 %")),
            lazy,
            lambda: Text(
                "{a:.0%}: {n:.0f} of 800 answers are right, and recall is {r:.0f}. Accuracy rewards the common class.",
                "{a:.0%}: верны {n:.0f} ответов из 800, а полнота равна {r:.0f}. Эта мера награждает за частый класс.",
            ).format(a=at(threshold=1.0).accuracy, n=at(threshold=1.0).TN, r=at(threshold=1.0).recall),
            show({"threshold": 1.0}),
        ),
        kit.Question(
            Text(
                "Eights become ten times rarer: 1 % instead of 10 %. The classifier and the threshold 0.2 stay. "
                "What changes?",
                "Восьмёрки стали вдесятеро реже: 1 % вместо 10 %. Классификатор и порог 0,2 те же. Что изменится?",
            ),
            (
                Text("nothing", "ничего"),
                Text("both precision and ROC AUC fall", "упадут и точность, и ROC AUC"),
                Text("precision collapses, ROC stands still", "точность рухнет, ROC не шелохнётся"),
            ),
            rarer,
            lambda: Text(
                "Precision {a:.3f} → {b:.3f}, AUC {c:.3f} → {d:.3f}. Both axes of ROC are shares within one class, so "
                "the mix of classes does not enter.",
                "Точность {a:.3f} → {b:.3f}, AUC {c:.3f} → {d:.3f}. Обе оси ROC — доли внутри своего класса, и "
                "соотношение классов в них не входит.",
            ).format(
                a=at(threshold=0.2).precision,
                b=at(threshold=0.2, prevalence=1).precision,
                c=at().curves.auc.value,
                d=at(prevalence=1).curves.auc.value,
            ),
            show({"prevalence": 1, "threshold": 0.2}),
        ),
        kit.Question(
            Text(
                "Regularise a thousand times harder, λ = 1000. At the threshold 0.5, what is left?",
                "Усилим регуляризацию в тысячу раз, λ = 1000. Что останется при пороге 0,5?",
            ),
            (
                Text("no 8 is found: the ranking is random", "не найдено ни одной: порядок случаен"),
                Text("no 8 is found, yet the ranking is still good", "не найдено ни одной, но порядок всё ещё хорош"),
                Text("almost everything is found", "найдётся почти всё"),
            ),
            timid,
            lambda: Text(
                "Recall {r:.0f}, AUC {a:.3f}: all probabilities crowd around the prevalence, 0.10. Move the threshold "
                "to {t:.3f} and F₁ is {f:.3f}: 0.5 is a habit, not a law.",
                "Полнота {r:.0f}, AUC {a:.3f}: все вероятности сбились около доли класса, 0,10. Поставьте порог "
                "{t:.3f}, и F₁ станет {f:.3f}: 0,5 — привычка, а не закон.",
            ).format(
                r=at(lg_strength=3.0).recall,
                a=at(lg_strength=3.0).curves.auc.value,
                t=float(at(lg_strength=3.0).curves.marks[at(lg_strength=3.0).best]),
                f=float(at(lg_strength=3.0).f.max()),
            ),
            show({"lg_strength": 3.0}),
        ),
    )


PRESETS = (
    kit.Preset(
        Text("one in a hundred", "один из ста"),
        {"prevalence": 1, "threshold": 0.2},
        Text("ROC stands still, precision collapses", "ROC на месте, точность рухнула"),
    ),
    kit.Preset(
        Text("nobody is called", "никого не назвали"),
        {"threshold": 1.0},
        Text("precision is 0 / 0, accuracy still 90 %", "точность — 0 / 0, а доля верных всё ещё 90 %"),
    ),
    kit.Preset(
        Text("too shy: λ = 1000", "слишком робкий: λ = 1000"),
        {"lg_strength": 3.0},
        Text("a good ranking, and 0.5 finds nobody", "порядок хорош, но порог 0,5 не находит никого"),
    ),
    kit.Preset(
        Text("too sure: λ = 0.001", "слишком уверен: λ = 0,001"),
        {"lg_strength": -3.0, "trained_on": 200},
        Text("probabilities near 0 and 1 that do not come true", "вероятности около 0 и 1, которые не сбываются"),
    ),
    kit.Preset(
        Text("hardly learned: 50 images", "почти не учился: 50 картинок"),
        {"trained_on": 50},
        Text("ROC close to the diagonal, accuracy close to 90 %", "ROC у диагонали, доля верных около 90 %"),
    ),
)
BREAKS = Text(
    "Each button puts the lab into a state where one of the numbers misleads, and shows which other one says so.",
    "Каждая кнопка приводит лабораторию в состояние, где одно из чисел обманывает, а другое это выдаёт.",
)


def breaks(page: kit.Page) -> None:
    """Failures as states of the lab."""
    st.markdown(page.say(BREAKS))
    kit.presets(page.slug, ThresholdParams, page.lang, PRESETS, before=page.open_lab().clear)
