"""Questions and failures of the room of answers and rankings."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.i18n import Text, same
from core.metrics import qa_lab, ranking_lab, search_lab
from core.metrics.qa_lab import AnswerParams
from core.metrics.ranking_lab import SCORES, RankingParams
from core.metrics.search_lab import RANKERS, SearchParams
from core.metrics.search_texts import NEEDS
from core.params import Params
from pages._shared import kit

SECOND_TO_FIRST = ("0300000000", "3000000000")
TENTH_TO_FIFTH = ("0000000003", "0000300000")
SWAPPED = ("3200000000", "2300000000")


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Answers come from runs of the labs."""
    lang = page.lang
    ending, point = (qa_lab.CASES[name].params(lang) for name in ("case", "point"))
    crossed = SearchParams.default(lang).model_copy(update={"passages": "other"})

    def rr(lists: str) -> float:
        return kit.cached(ranking_lab.run, RankingParams(lists=lists, k=10)).scores.value("rr", 0)

    def gains() -> tuple[float, float]:
        """What RR gains from 10 to 5, and from 2 to 1."""
        return rr(TENTH_TO_FIFTH[1]) - rr(TENTH_TO_FIFTH[0]), rr(SECOND_TO_FIRST[1]) - rr(SECOND_TO_FIRST[0])

    def swap() -> dict[str, tuple[float, float]]:
        """Each score before and after grades 3 and 2 change places."""
        before, after = (kit.cached(ranking_lab.run, RankingParams(lists=one)).scores for one in SWAPPED)
        return {score: (before.value(score, 0), after.value(score, 0)) for score in SCORES}

    def who_changes() -> int:
        changed = {score for score, (a, b) in swap().items() if abs(a - b) > 1e-12}
        return 0 if changed == {"ndcg"} else 1 if changed == {"rr", "ndcg"} else 2

    def across() -> dict[str, float]:
        trace = kit.cached(search_lab.run, crossed)
        return {name: float(trace.elsewhere[n, 1]) for n, name in enumerate(RANKERS)}

    def show(lab: str, params: Params) -> Callable[[], None]:
        def put() -> None:
            page.open_lab().set(lab)
            kit.apply(page.slug, type(params), params.changed(lang), lang)

        return put

    return (
        kit.Question(
            Text(
                "The reference is “{r}”, the model answers “{p}”. Token F1 as SQuAD counts it?",
                "Эталон — «{r}», модель отвечает «{p}». Какова F1 по токенам, как её считает SQuAD?",
            ).format(r=ending.answers, p=ending.prediction),
            (same("0"), same("1 / 2"), same("2 / 3")),
            lambda: {0.0: 0, 0.5: 1}.get(kit.cached(qa_lab.run, ending).f1.value, 2),
            lambda: Text(
                "{a:.0f}: the endings differ, so no token is shared. Stems give {b:.3f}, because “в” is still extra.",
                "{a:.0f}: окончания разные, общих токенов нет. С основами слов будет {b:.3f}: «в» всё равно лишнее.",
            ).format(
                a=kit.cached(qa_lab.run, ending).f1.value,
                b=kit.cached(qa_lab.alternatives, ending)["russian_stem"][1],
            ),
            show("", ending),
        ),
        kit.Question(
            Text(
                "The reference is “{r}”, the model answers “{p}”. Exact match as SQuAD counts it?",
                "Эталон — «{r}», модель отвечает «{p}». Каково точное совпадение, как его считает SQuAD?",
            ).format(r=point.answers, p=point.prediction),
            (same("0"), same("1")),
            lambda: int(kit.cached(qa_lab.run, point).exact.value),
            lambda: Text(
                "Both become “{t}”: punctuation is deleted, the decimal sign with it. A tenfold error scores {v:.0f}.",
                "Оба превращаются в «{t}»: пунктуация удаляется, и десятичный знак вместе с ней. Ошибка в десять раз "
                "получает {v:.0f}.",
            ).format(
                t=kit.cached(qa_lab.run, point).exact.prediction.value, v=kit.cached(qa_lab.run, point).exact.value
            ),
            show("", point),
        ),
        kit.Question(
            Text(
                "One change lifts the only relevant document from rank 10 to 5, another from 2 to 1. Which adds more "
                "to MRR?",
                "Одна правка поднимает единственный релевантный документ с места 10 на 5, другая — с 2 на 1. Какая "
                "добавит больше к MRR?",
            ),
            (Text("from 10 to 5", "с 10 на 5"), Text("from 2 to 1", "с 2 на 1"), Text("the same", "одинаково")),
            lambda: 0 if gains()[0] > gains()[1] + 1e-12 else 1 if gains()[1] > gains()[0] + 1e-12 else 2,
            lambda: Text(
                "1/5 − 1/10 = {a:.1f}, but 1/1 − 1/2 = {b:.1f}: MRR lives at the very top.",
                "1/5 − 1/10 = {a:.1f}, а 1/1 − 1/2 = {b:.1f}: MRR живёт на самом верху списка.",
            ).format(a=gains()[0], b=gains()[1]),
            show("ranking", RankingParams(lists="\n".join((*TENTH_TO_FIFTH, *SECOND_TO_FIRST)), k=10)),
        ),
        kit.Question(
            Text(
                "The documents at ranks 1 and 2 have grades 3 and 2 and change places. Which scores move?",
                "У документов на местах 1 и 2 оценки 3 и 2, и они меняются местами. Какие меры сдвинутся?",
            ),
            (
                Text("only nDCG", "только nDCG"),
                Text("RR and nDCG", "RR и nDCG"),
                Text("all four", "все четыре"),
            ),
            who_changes,
            lambda: Text(
                "nDCG@5 {a:.3f} → {b:.3f}. For RR, hits and P both documents are just relevant.",
                "nDCG@5 {a:.3f} → {b:.3f}. Для RR, hits и P оба документа просто релевантны.",
            ).format(a=swap()["ndcg"][0], b=swap()["ndcg"][1]),
            show("ranking", RankingParams(lists="\n".join(SWAPPED))),
        ),
        kit.Question(
            Text(
                "The query is in English, all passages are in Russian. Who ranks them better?",
                "Запрос на русском, все тексты на английском. Кто ранжирует их лучше?",
            ),
            (
                Text("the encoder", "энкодер"),
                Text("shared words", "общие слова"),
                Text("neither", "не справится никто"),
            ),
            lambda: 2 if max(across().values()) < 0.5 else 0 if across()["e5"] > across()["words"] else 1,
            lambda: Text(
                "nDCG@5: the encoder {e5:.3f}, shared words {words:.3f}, what a random order gets. The encoder was "
                "trained on pairs of sentences in many languages and puts like meanings near each other.",
                "nDCG@5: у энкодера {e5:.3f}, у общих слов {words:.3f} — столько же даёт случайный порядок. Энкодер "
                "учился на парах предложений на многих языках и кладёт близкие смыслы рядом.",
            ).format(**across()),
            show("search", crossed),
        ),
    )


def breaks(page: kit.Page) -> None:
    """Failures as states of the labs."""
    lang = page.lang
    st.markdown(page.say(WRONG_SCORES))
    answers = [
        kit.Preset(case.name, dict(case.values(lang)), case.why)
        for case in (
            qa_lab.CASES[name] for name in ("point", "negation", "order", "case", "quotes", "verbose", "refusal")
        )
    ]
    kit.presets(page.slug, AnswerParams, lang, answers, before=page.open_lab().clear)
    st.markdown(page.say(BLIND_SCORES))
    lists = [kit.Preset(case.name, case.fields(lang), case.why) for case in ranking_lab.CASES.values()]
    kit.presets(page.slug, RankingParams, lang, lists, before=lambda: page.open_lab().set("ranking"))
    st.markdown(page.say(LOST_SEARCHES))
    searches = [
        kit.Preset(name, {"query": NEEDS[need].wording, "need": need, **values}, why)
        for name, need, values, why in SEARCHES
    ]
    kit.presets(page.slug, SearchParams, lang, searches, before=lambda: page.open_lab().set("search"))


WRONG_SCORES = Text(
    "**Scores of an answer** that say the opposite of what a reader would say:",
    "**Оценки ответа**, которые говорят обратное тому, что сказал бы читатель:",
)
BLIND_SCORES = Text(
    "**Scores of a ranking** that do not see what changed, or see it both ways:",
    "**Оценки выдачи**, которые не видят перемены — или видят её по-разному:",
)
LOST_SEARCHES = Text("**Searches** that go wrong:", "**Запросы**, на которых поиск ошибается:")
SEARCHES = (
    (
        Text("the heart of the city", "сердце города"),
        "heart",
        {"ranker": "words"},
        Text("shared words put a carnival first", "по общим словам первым идёт карнавал"),
    ),
    (
        Text("no word in common", "ни одного общего слова"),
        "laptop",
        {"ranker": "words", "passages": "other"},
        Text("all scores are 0: the order is that of the corpus", "все оценки 0: порядок — просто порядок корпуса"),
    ),
    (
        Text("a war, a peace, no Tolstoy", "война, мир — и не Толстой"),
        "novel",
        {},
        Text("the encoder falls for the words of the title", "энкодер попадается на слова заглавия"),
    ),
)
