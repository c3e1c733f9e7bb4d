"""Questions and failures: their answers are computed by the labs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.i18n import Text, same
from core.metrics.summary_cases import CASES
from core.metrics.summary_content_lab import SUMMARIES, ContentParams
from core.metrics.summary_content_lab import run as mark
from core.metrics.summary_lab import MEASURES, RougeParams
from core.metrics.summary_lab import run as count
from core.metrics.summary_lead_lab import LeadParams, LeadTrace
from core.metrics.summary_lead_lab import run as place
from core.params import Params
from pages._shared import kit


def breaks(page: kit.Page) -> None:
    """Failures as states of the labs."""
    st.markdown(page.say(BREAKS))
    offers = tuple(kit.Preset(case.name, case.values(page.lang), case.why) for case in CASES.values())
    kit.presets(page.slug, RougeParams, page.lang, offers, before=page.open_lab().clear)
    article = LeadParams.default(page.lang).article
    copied = kit.Preset(COPIED, {"own": article, "measure": "1"}, COPIED_WHY)
    kit.presets(page.slug, LeadParams, page.lang, (copied,), before=lambda: page.open_lab().set("lead"))
    facts = kit.Preset(FACTS, {"summary": "twisted"}, FACTS_WHY)
    kit.presets(page.slug, ContentParams, page.lang, (facts,), before=lambda: page.open_lab().set("units"))


def swapped(page: kit.Page) -> RougeParams:
    """The example with the two sentences of the summary exchanged."""
    base = RougeParams.default(page.lang)
    return base.model_copy(update={"summary": "\n".join(reversed(base.summary.split("\n")))})


def moved(page: kit.Page) -> tuple[str, ...]:
    """The measures whose F1 changes when the sentences are exchanged."""
    before = kit.cached(count, RougeParams.default(page.lang)).scores[:, 2]
    after = kit.cached(count, swapped(page)).scores[:, 2]
    return tuple(name for name, a, b in zip(MEASURES, before, after, strict=True) if abs(a - b) > 1e-12)


def story(page: kit.Page) -> LeadTrace:
    """The article under ROUGE-1."""
    return kit.cached(place, LeadParams.default(page.lang).model_copy(update={"measure": "1"}))


def row(trace: LeadTrace, id_: str) -> int:
    return next(k for k, candidate in enumerate(trace.candidates) if candidate.id == id_)


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Five predictions; nothing is computed before an answer."""

    def show(lab: str, cls: type[Params], values: dict[str, Any]) -> Callable[[], None]:
        def put() -> None:
            page.open_lab().set(lab)
            kit.apply(page.slug, cls, values, page.lang)

        return put

    def perfect() -> float:
        values = CASES["cyrillic"].values(page.lang)
        return float(kit.cached(count, RougeParams.parse({**RougeParams.defaults(page.lang), **values})).scores[0, 2])

    def copying() -> tuple[float, float, float, float]:
        trace = story(page)
        lead, whole = trace.scores[row(trace, "lead")], trace.scores[row(trace, "all")]
        return float(lead[0]), float(lead[1]), float(whole[0]), float(whole[1])

    def copied_answer() -> int:
        p, r, p_all, r_all = copying()
        return 0 if p_all > p and r_all > r else 1 if r_all > r else 2

    def people() -> tuple[list[float], float]:
        trace = story(page)
        scores = [float(trace.scores[k, 2]) for k, c in enumerate(trace.candidates) if c.id == "person"]
        return scores, float(trace.scores[row(trace, "lead"), 2])

    def people_answer() -> int:
        scores, lead = people()
        above = sum(score > lead for score in scores)
        return 0 if above == len(scores) else 2 if above == 0 else 1

    def facts() -> tuple[float, float, float, float]:
        trace = kit.cached(mark, ContentParams.default(page.lang))
        twisted, other = (trace.scores[list(SUMMARIES).index(name)] for name in ("twisted", "paraphrase"))
        return float(twisted[0]), float(other[0]), float(twisted[5]), float(other[5])

    order = (same("ROUGE-1"), same("ROUGE-L"), same("ROUGE-Lsum"), ALL_FOUR)
    answers = {("1",): 0, ("L",): 1, ("Lsum",): 2}
    return (
        kit.Question(
            Text(
                "The summary of the example tells the two facts in the other order. Exchange its sentences. Which F1 "
                "changes?",
                "В примере реферат сообщает те же два факта в другом порядке. Поменяем его предложения местами. "
                "Какой F1 изменится?",
            ),
            order,
            lambda: answers.get(moved(page), 3),
            lambda: Text(
                "{a:.3f} → {b:.3f}: only ROUGE-L needs one order over the whole text. ROUGE-1 has no order, ROUGE-2 "
                "only neighbours, Lsum starts anew in each pair of sentences.",
                "{a:.3f} → {b:.3f}: единый порядок по всему тексту нужен только ROUGE-L. У ROUGE-1 порядка нет, у "
                "ROUGE-2 есть лишь соседи, Lsum в каждой паре предложений начинает заново.",
            ).format(
                a=float(kit.cached(count, RougeParams.default(page.lang)).scores[2, 2]),
                b=float(kit.cached(count, swapped(page)).scores[2, 2]),
            ),
            show("", RougeParams, {"summary": swapped(page).summary}),
        ),
        kit.Question(
            Text(
                "A Russian summary repeats its reference word for word. What does the package rouge-score give it by "
                "default?",
                "Русский реферат слово в слово повторяет эталон. Сколько ему поставит пакет rouge-score по умолчанию?",
            ),
            (same("1"), same("0.5"), same("0")),
            lambda: 0 if perfect() == 1 else 2 if perfect() == 0 else 1,
            lambda: Text(
                "{v:.0f}. Its tokenisation keeps a–z and 0–9, so two Russian texts are two empty texts. Give it a "
                "tokeniser of your own.",
                "{v:.0f}. Его токенизация оставляет a–z и 0–9, и два русских текста для него — два пустых. "
                "Передайте ему свой токенизатор.",
            ).format(v=perfect()),
            show("", RougeParams, CASES["cyrillic"].values(page.lang)),
        ),
        kit.Question(
            Text(
                "Take the whole article for a summary instead of its first three sentences. What happens to ROUGE-1?",
                "Возьмём вместо первых трёх предложений статьи её всю. Что станет с ROUGE-1?",
            ),
            (
                Text("P and R rise", "P и R вырастут"),
                Text("R rises, P falls", "R вырастет, P упадёт"),
                Text("P and R fall", "P и R упадут"),
            ),
            copied_answer,
            lambda: Text(
                "P {p:.2f} → {p_all:.2f}, R {r:.2f} → {r_all:.2f}: recall alone can be bought with length, which is "
                "why papers report F1 or cut summaries to one length.",
                "P {p:.2f} → {p_all:.2f}, R {r:.2f} → {r_all:.2f}: одну полноту можно купить длиной, поэтому в статьях "
                "приводят F1 или обрезают рефераты до одной длины.",
            ).format(**dict(zip(("p", "r", "p_all", "r_all"), copying(), strict=True))),
            show("lead", LeadParams, {"own": LeadParams.default(page.lang).article, "measure": "1"}),
        ),
        kit.Question(
            Text(
                "Three people summarised the article. Each is scored against the other two. How many of them beat "
                "lead-3?",
                "Статью пересказали три человека. Каждого сравним с двумя другими. Сколько из них обойдут lead-3?",
            ),
            (Text("all three", "все трое"), Text("some", "кто-то"), Text("nobody", "никто")),
            people_answer,
            lambda: Text(
                "People: {people}; lead-3: {lead:.2f}. People choose different facts and words, so ROUGE between "
                "people is low: it is no ceiling for a machine.",
                "Люди: {people}; lead-3: {lead:.2f}. Люди выбирают разные факты и слова, ROUGE между ними низок — "
                "и потолком для машины он не служит.",
            ).format(people=", ".join(f"{score:.2f}" for score in people()[0]), lead=people()[1]),
            show("lead", LeadParams, {"measure": "1"}),
        ),
        kit.Question(
            Text(
                "One summary denies every fact in the reference's own words. Another tells the truth in other words. "
                "Which gets the higher ROUGE-1?",
                "Один реферат словами эталона отрицает все его факты. Другой говорит правду другими словами. У кого "
                "выше ROUGE-1?",
            ),
            (Text("the false one", "у ложного"), Text("the true one", "у правдивого"), Text("equal", "поровну")),
            lambda: 0 if facts()[0] > facts()[1] else 1 if facts()[0] < facts()[1] else 2,
            lambda: Text(
                "ROUGE-1: {a:.2f} against {b:.2f}; F1 of content units: {c:.2f} against {d:.2f}. ROUGE counts "
                "words, not what they say.",
                "ROUGE-1: {a:.2f} против {b:.2f}; F1 единиц содержания: {c:.2f} против {d:.2f}. ROUGE считает слова, "
                "а не то, что ими сказано.",
            ).format(**dict(zip("abcd", facts(), strict=True))),
            show("units", ContentParams, {}),
        ),
    )


ALL_FOUR = Text("more than one of them", "больше одного")
COPIED = Text("the whole article as a summary", "вся статья вместо реферата")
COPIED_WHY = Text("recall near 1, precision gone", "полнота почти 1, точности нет")
FACTS = Text("every fact turned round", "все факты наоборот")
FACTS_WHY = Text("ROUGE-1 above 0.9, no content unit right", "ROUGE-1 выше 0,9, а верных единиц содержания нет")
BREAKS = Text(
    "Each button is a summary that the number judges wrongly, and shows why.",
    "За каждой кнопкой реферат, который число судит неверно, — и видно почему.",
)
