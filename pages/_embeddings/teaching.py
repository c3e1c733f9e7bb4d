"""Questions with answers from the labs, and states in which vectors and maps mislead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.embeddings import analogy, axis, contextual, maps, odd
from core.embeddings.analogy import AnalogyParams
from core.embeddings.axis import AxisParams
from core.embeddings.contextual import ContextParams
from core.embeddings.map_words import MapParams
from core.embeddings.maps import MapTrace
from core.embeddings.neighbours import NearParams
from core.embeddings.odd import OddParams
from core.i18n import Lang, Text
from core.params import Params, write_bound
from pages._embeddings.odd import PRESETS as ODD
from pages._shared import kit

CAPITALS = ODD[1].values["odd_words"]


def show(page: kit.Page, lab: str, cls: type[Params], values: dict[str, Any]) -> Callable[[], None]:
    """Put the room into a state of one of its labs."""

    def put() -> None:
        page.open_lab().set("" if lab == "near" else lab)
        said = {name: value.get(page.lang) if isinstance(value, Text) else value for name, value in values.items()}
        kit.apply(page.slug, cls, said, page.lang)

    return put


def noise(perplexity: float) -> MapTrace:
    """t-SNE of 120 points of noise."""
    return kit.cached(maps.run, MapParams(source="noise", method="tsne", perplexity=perplexity))


def exam_counts(lang: Lang) -> tuple[int, int, int]:
    """Analogies asked, found without the inputs among the answers, found with them."""
    without, within = analogy.exam(lang)
    return len(without), int(without.sum()), int(within.sum())


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Answers come from runs of the labs."""

    def free() -> int:
        trace = kit.cached(analogy.run, AnalogyParams.default(page.lang))
        return 0 if trace.free == trace.inputs[0] else 1 if trace.free == trace.kept else 2

    def told() -> Text:
        asked, without, within = exam_counts(page.lang)
        return Text(
            "Of {n} analogies in our list {a} are found when inputs are forbidden and {b} when they are allowed. "
            "A − B + C often lands beside A or C; the ban does much of the work.",
            "Из {n} аналогий нашего списка найдено {a}, если исходные слова запрещены, и {b}, если разрешены. "
            "A − B + C часто попадает рядом с A или C; немалую часть работы делает запрет.",
        ).format(n=asked, a=without, b=within)

    def odd_word() -> str:
        trace = kit.cached(odd.run, OddParams(odd_words=CAPITALS.get(page.lang)))
        return trace.words[trace.odd]

    def father() -> tuple[float, float]:
        trace = kit.cached(axis.run, AxisParams.default("en"))
        places = dict(zip(trace.words, trace.places, strict=True))
        return float(places["father"]), float(places["table"])

    def spread() -> tuple[float, float]:
        trace = kit.cached(contextual.run, ContextParams.default(page.lang))
        return float(trace.cosines[0].min()), float(trace.cosines[-1].min())

    capital = Text("paris london berlin germany", "москва париж берлин германия")
    return (
        kit.Question(
            Text(
                "Which of all 50,000 words is nearest to king − man + woman, if none is forbidden?",
                "Какое из всех 50 000 слов ближе всего к «король − мужчина + женщина», если не запрещать ни одного?",
            ),
            (Text("king", "король"), Text("queen", "королева"), Text("another word", "другое слово")),
            free,
            told,
            show(page, "analogy", AnalogyParams, {"has_inputs": True}),
        ),
        kit.Question(
            Text("Which word will be the odd one out: {w}?", "Какое слово окажется лишним: {w}?").format(w=capital),
            (
                Text("paris", "москва"),
                Text("london", "париж"),
                Text("berlin", "берлин"),
                Text("germany", "германия"),
            ),
            lambda: capital.get(page.lang).split().index(odd_word()),
            lambda: Text(
                "“{w}” has the least mean cosine. A country is as near to its capital as capitals are to each other, "
                "so “of another kind” is not “far away”.",
                "У слова «{w}» наименьший средний косинус. Страна близка к своей столице не меньше, чем столицы друг "
                "к другу: «другого рода» — ещё не «далеко».",
            ).format(w=odd_word()),
            show(page, "odd", OddParams, {"odd_words": CAPITALS}),
        ),
        kit.Question(
            Text(
                "GloVe, the axis she − he. Which word lies further towards “he”: father or table?",
                "GloVe, ось she − he. Какое слово лежит дальше в сторону he: father или table?",
            ),
            (Text("father", "father"), Text("table", "table")),
            lambda: 0 if father()[0] < father()[1] else 1,
            lambda: Text(
                "father {a}, table {b}. One pair of poles is a noisy axis: ask how many σ a word is from the mean "
                "before reading anything into its place.",
                "father {a}, table {b}. Одна пара полюсов — шумная ось: прежде чем толковать место слова, спросите, "
                "на сколько σ оно отстоит от среднего.",
            ).format(a=write_bound(round(father()[0], 3)), b=write_bound(round(father()[1], 3))),
            show(
                page,
                "axis",
                AxisParams,
                {"poles": AxisParams.defaults("en")["poles"], "placed": AxisParams.defaults("en")["placed"]},
            ),
        ),
        kit.Question(
            Text(
                "120 points of pure noise in 50 dimensions. Which t-SNE map keeps neighbours worse?",
                "120 точек чистого шума в 50 измерениях. Какая карта t-SNE хуже сохраняет соседей?",
            ),
            (
                Text("perplexity 2, full of clumps", "перплексия 2, вся в комках"),
                Text("perplexity 30, an even ball", "перплексия 30, ровный шар"),
            ),
            lambda: 0 if noise(2.0).trust[-1] < noise(30.0).trust[-1] else 1,
            lambda: Text(
                "Trustworthiness {a} against {b}. The clumps are made by the method: there is nothing in the data.",
                "Достоверность {a} против {b}. Комки сделал метод: в данных ничего нет.",
            ).format(
                a=write_bound(round(float(noise(2.0).trust[-1]), 3)),
                b=write_bound(round(float(noise(30.0).trust[-1]), 3)),
            ),
            show(page, "maps", MapParams, {"source": "noise", "perplexity": 2.0}),
        ),
        kit.Question(
            Text(
                "One word in several sentences, the static vectors of its uses. What is the least cosine between two?",
                "Одно слово в нескольких предложениях, статические векторы употреблений. Каков наименьший косинус?",
            ),
            (Text("1", "1"), Text("about 0.9", "около 0,9"), Text("about 0", "около 0")),
            lambda: 0 if spread()[0] > 0.9999 else 1 if spread()[0] > 0.5 else 2,
            lambda: Text(
                "Exactly one point: whatever the word means, its row of the table is the same. After the last layer "
                "the least cosine is {b}.",
                "Ровно одна точка: что бы слово ни значило, его строка в таблице одна. После последнего слоя "
                "наименьший косинус — {b}.",
            ).format(b=write_bound(round(spread()[1], 2))),
            show(page, "context", ContextParams, {}),
        ),
    )


def breaks(page: kit.Page) -> None:
    """States of the labs that mislead, one button each."""
    asked, without, within = exam_counts(page.lang)
    st.markdown(page.say(FACTS.format(n=asked, a=without, b=within)))
    for name, lab, cls, values, why in CASES:
        left, right = st.columns([1, 2.4], vertical_alignment="center")
        left.button(
            page.say(name),
            key=f"_{page.key('breaks')}_{name.en}",
            on_click=show(page, lab, cls, values),
            width="stretch",
        )
        right.markdown(page.say(why))


FACTS = Text(
    "Of {n} analogies written before they were tried, {a} are found when A, B and C are forbidden as answers, {b} when "
    "they are allowed.",
    "Из {n} аналогий, записанных до проверки, найдено {a}, если A, B и C запрещены как ответы, и {b}, если разрешены.",
)
CASES: tuple[tuple[Text, str, type[Params], dict[str, Any], Text], ...] = (
    (
        Text("inputs allowed", "исходные слова разрешены"),
        "analogy",
        AnalogyParams,
        {"has_inputs": True},
        Text("The nearest word to A − B + C is A itself.", "Ближе всех к A − B + C само слово A."),
    ),
    (
        Text("clusters from noise", "кластеры из шума"),
        "maps",
        MapParams,
        {"source": "noise", "method": "tsne", "perplexity": 2.0},
        Text(
            "Normal noise has no clusters; a small perplexity draws them.",
            "В нормальном шуме нет кластеров; малая перплексия их рисует.",
        ),
    ),
    (
        Text("UMAP of noise", "UMAP шума"),
        "maps",
        MapParams,
        {"source": "noise", "method": "umap", "neighbours": 3, "min_dist": 0.0},
        Text("Few neighbours and min_dist 0: strings and knots.", "Мало соседей и min_dist 0: нитки и узлы."),
    ),
    (
        Text("odd one out goes wrong", "лишнее слово — не то"),
        "odd",
        OddParams,
        {"odd_words": CAPITALS},
        Text("The country stays, a capital is thrown out.", "Страна остаётся, лишней названа столица."),
    ),
    (
        Text("two meanings, one vector", "два значения, один вектор"),
        "near",
        NearParams,
        {"near_word": Text("apple", "лук"), "near_other": Text("pear", "стрела")},
        Text(
            "In the news apple is a company: the pear is far down the list.",
            "В новостях лук — овощ: «стрела» далеко внизу списка.",
        ),
    ),
)
