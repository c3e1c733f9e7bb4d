"""A small search engine, scored as it answers: what moves in the ranking, moves in its scores.

Symbols: q the query, d one of the fourteen passages of `core.metrics.search_texts`.

    e5         cos(q, d) of two sentence vectors of the bundled encoder (Wang et al. 2024, "Multilingual E5 Text
               Embeddings"), which knows both languages; E5 was trained to read "query: " and "passage: " in front
    words      token F1 of q and d over Snowball stems (`core.metrics.answers`), a ranker that can only match words

Passages with equal scores stand in the order of the corpus. The scores of the ranking are those of
`core.metrics.ranking_lab`, with every passage ranked and judged, so nothing can be lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, cast

import numpy as np
import numpy.typing as npt
from annotated_types import Predicate

from core.arithmetic import Formula, Part, number, quiet, say
from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Lang, Text
from core.metrics.answers import Overlap, token_f1
from core.metrics.ranking import Discount, Gain, ndcg
from core.metrics.ranking_lab import (
    MAX_NAME,
    SCORES,
    RankedList,
    ScoresTrace,
    check_scores,
    discount_knob,
    from_knob,
    gain_knob,
    k_knob,
    score_lists,
    score_tables,
    signature,
)
from core.metrics.ranking_lab import Pick as ScorePick
from core.metrics.ranking_lab import explain as explain_score
from core.metrics.search_texts import NEEDS, OWN, PASSAGES
from core.params import Choice, Params, Words
from core.tables import Table
from core.verify import Check, compare

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MAX_CHARS = 200
RANKERS: dict[str, Text] = {
    "e5": Text("encoder", "энкодер"),
    "words": Text("words", "слова"),
}
LANGUAGES: dict[str, Text] = {
    "same": Text("query’s language", "язык запроса"),
    "other": Text("other language", "другой язык"),
    "mixed": Text("mixed", "вперемешку"),
}


@dataclass(frozen=True, kw_only=True)
class Judgements(Words):
    """One grade a passage, or nothing."""

    def __iter__(self) -> Iterator[Any]:
        yield from super().__iter__()
        yield Predicate(lambda digits: not digits or bool(re.fullmatch(f"[0-3]{{{len(PASSAGES)}}}", digits)))

    def expects(self) -> Text:
        return Text("{n} digits 0–3, one a passage, or nothing", "{n} цифр 0–3, по одной на текст, или ничего").format(
            n=len(PASSAGES)
        )


class SearchParams(Params):
    """A query, what it is asked of, and how the ranking is graded and scored."""

    query: Annotated[
        str,
        Words(label=Text("Query", "Запрос"), max_chars=MAX_CHARS, is_wide=True, example=NEEDS["heart"].wording),
    ] = NEEDS["heart"].wording.en
    need: Annotated[
        str,
        Choice(
            label=Text("Graded for", "Оценки для темы"),
            options={
                **{name: need.name for name, need in NEEDS.items()},
                OWN: Text("my own question", "мой вопрос"),
            },
            help=Text(
                "Relevance belongs to what one wants to know, not to the words of the query: reword the query, and "
                "the grades stay. For your own question, click the grades in.",
                "Релевантность — свойство вопроса, а не слов запроса: переформулируйте запрос — оценки останутся. "
                "Для своего вопроса расставьте оценки щелчками.",
            ),
        ),
    ] = "heart"
    ranker: Annotated[
        str,
        Choice(
            label=Text("Ranked by", "Ранжирует"),
            options=RANKERS,
            help=Text(
                "Encoder: the cosine of two sentence vectors of E5. Words: token F1 over stems.",
                "Энкодер — косинус векторов E5, слова — F1 по основам слов.",
            ),
        ),
    ] = "e5"
    passages: Annotated[
        str,
        Choice(
            label=Text("Passages", "Тексты"),
            options=LANGUAGES,
            help=Text("Every passage exists in English and in Russian.", "Каждый текст есть по-русски и по-английски."),
        ),
    ] = "same"
    k: Annotated[int, k_knob] = 5
    relevant_from: Annotated[int, from_knob] = 1
    gain: Annotated[str, gain_knob] = "linear"
    discount: Annotated[str, discount_knob] = "log2"
    judged: Annotated[
        str,
        Judgements(
            label=Text("My grades, one a passage", "Мои оценки, по одной на текст"),
            max_chars=len(PASSAGES),
            folded=True,
            help=Text(
                "Filled in when you click a grade; empty: the grades of the house.",
                "Заполняется, когда вы щёлкаете оценку; пусто — оценки составителей.",
            ),
        ),
    ] = ""


@dataclass(frozen=True)
class Passage:
    """One text of the corpus as it was shown to the ranker."""

    text: str
    lang: Lang


@dataclass(frozen=True)
class SearchTrace(Frozen):
    """A ranking and its scores.

    passages : in the order of the corpus
    relevance : (passage,) how well each answers the query, by the ranker
    overlaps : for the ranker "words", the shared stems of each passage; empty for the encoder
    order : (rank,) index of the passage there
    grades : (passage,) 0…3
    scores : of the one ranked list
    elsewhere : (ranker, passages) nDCG@k of the same query, in the order of `RANKERS` and `LANGUAGES`, each the mean
        over all orders of passages with equal scores: the order of the corpus earns nothing
    """

    params: SearchParams
    lang: Lang
    passages: tuple[Passage, ...]
    relevance: Floats
    overlaps: tuple[Overlap, ...]
    order: Ints
    grades: tuple[int, ...]
    scores: ScoresTrace
    elsewhere: Floats
    signature: str

    @property
    def is_blind(self) -> bool:
        """Whether the ranker told no passage from another."""
        return bool(np.ptp(self.relevance) == 0)

    @property
    def here(self) -> float:
        """nDCG@k as in `elsewhere`, of this ranker and these passages."""
        at = list(RANKERS).index(self.params.ranker), list(LANGUAGES).index(self.params.passages)
        return float(self.elsewhere[at])

    def rank_of(self, passage: int) -> int:
        """From 0."""
        return int(np.flatnonzero(self.order == passage)[0])


def language_of(text: str) -> Lang:
    """Russian when there is a Cyrillic letter in it."""
    return "ru" if re.search("[а-яё]", text, re.IGNORECASE) else "en"


def show_passages(lang: Lang, how: str) -> tuple[Passage, ...]:
    """The corpus beside a query in `lang`: in that language, in the other, or every second passage in each."""
    other: Lang = "en" if lang == "ru" else "ru"
    shown: list[Lang] = [
        {"same": lang, "other": other}.get(how, lang if n % 2 == 0 else other) for n in range(len(PASSAGES))
    ]
    return tuple(Passage(text.get(spoken), spoken) for text, spoken in zip(PASSAGES, shown, strict=True))


@cache
def _passage_vector(text: str) -> npt.NDArray[np.float32]:
    """(d_model,) of a passage of the corpus: there are 28, and they do not change."""
    from core.models.bundled import load_encoder

    return load_encoder().embed_sentence(text, prefix="passage: ")


def rank_by_meaning(query: str, passages: tuple[Passage, ...]) -> Floats:
    """(passage,) cosines with the query, by the bundled encoder."""
    from core.models.bundled import load_encoder

    q = load_encoder().embed_sentence(query, prefix="query: ").astype(np.float64)
    return np.array([_passage_vector(one.text).astype(np.float64) @ q for one in passages])


def rank_by_words(query: str, passages: tuple[Passage, ...]) -> tuple[Overlap, ...]:
    """The overlap of stems of each passage with the query; `.value` is the score."""
    return tuple(token_f1(one.text, query, "russian_stem").overlaps[0] for one in passages)


def order_by(relevance: Floats) -> Ints:
    """(rank,) passages by falling score, equal ones in the order of the corpus."""
    return np.argsort(-relevance, kind="stable")


def grades_of(params: SearchParams) -> tuple[int, ...]:
    """(passage,) the visitor's grades when there are any, else those of the need; all 0 for a need of their own."""
    digits = params.judged or (NEEDS[params.need].digits() if params.need in NEEDS else "0" * len(PASSAGES))
    return tuple(map(int, digits))


def run(params: SearchParams) -> SearchTrace:
    """Rank the passages for the query and score the ranking.

    Raises
    ------
    Refusal
        If there is nothing in the query to read.
    """
    query = params.query.strip()
    if not query:
        raise Refusal(Text("Type what you want to find.", "Введите, что вы хотите найти."))
    lang = language_of(query)
    grades = grades_of(params)
    gain, discount = cast(Gain, params.gain), cast(Discount, params.discount)

    def relevance(ranker: str, how: str) -> tuple[Floats, tuple[Overlap, ...]]:
        shown = show_passages(lang, how)
        if ranker == "e5":
            return rank_by_meaning(query, shown), ()
        overlaps = rank_by_words(query, shown)
        return np.array([overlap.value for overlap in overlaps]), overlaps

    def gained(ranker: str, how: str) -> float:
        numbers, _ = relevance(ranker, how)
        return ndcg(grades, numbers, params.k, gain, discount).value

    numbers, overlaps = relevance(params.ranker, params.passages)
    order = order_by(numbers)
    ranked = RankedList(tuple(grades[i] for i in order), name=query[:MAX_NAME])
    scores = score_lists((ranked,), params.k, params.relevant_from, gain, discount)
    return SearchTrace(
        params=params,
        lang=lang,
        passages=show_passages(lang, params.passages),
        relevance=numbers,
        overlaps=overlaps,
        order=order,
        grades=grades,
        scores=scores,
        elsewhere=np.array([[gained(ranker, how) for how in LANGUAGES] for ranker in RANKERS]),
        signature=f"{params.ranker} · {signature(scores)}",
    )


def reference(trace: SearchTrace) -> tuple[Check, ...]:
    """The scores of the ranking beside scikit-learn's, and the cosines beside PyTorch's."""
    checks = check_scores(trace.scores)
    return (_check_cosines(trace), *checks) if trace.params.ranker == "e5" else checks


def _check_cosines(trace: SearchTrace) -> Check:
    import torch

    from core.models.bundled import load_encoder

    encoder = load_encoder()
    q = torch.tensor(encoder.embed_sentence(trace.params.query.strip()), dtype=torch.float64)
    D = torch.tensor(np.stack([_passage_vector(one.text) for one in trace.passages]), dtype=torch.float64)
    theirs = torch.nn.functional.cosine_similarity(D, q[None]).numpy()
    # The vectors have length 1 in float32 only.
    return compare(Text("cosine", "косинус"), "torch", trace.relevance, theirs, 1e-5)


def tables(trace: SearchTrace) -> tuple[Table, ...]:
    """The ranking, its scores, and the same query elsewhere."""
    ranking = np.column_stack([trace.order + 1, trace.relevance[trace.order], np.array(trace.grades)[trace.order]])
    return (
        Table("ranking", tuple(trace.passages[i].text for i in trace.order), ("passage", "score", "grade"), ranking),
        *score_tables(trace.scores),
        Table(f"nDCG@{trace.params.k} elsewhere", tuple(RANKERS), tuple(LANGUAGES), trace.elsewhere),
    )


def turn_grade(params: SearchParams, passage: int, grade: int) -> str:
    """The field `judged` after one passage was graded anew.

    Raises
    ------
    Refusal
        If there is no such passage or grade.
    """
    if not (0 <= passage < len(PASSAGES) and 0 <= grade <= 3):
        raise Refusal(Text("There is no such passage or grade.", "Такого текста или такой оценки нет."))
    grades = list(grades_of(params))
    grades[passage] = grade
    return "".join(map(str, grades))


@dataclass(frozen=True)
class Pick:
    """A score of the ranking, or a passage of the corpus."""

    score: ScorePick | None
    passage: int = 0

    def __str__(self) -> str:
        return str(self.score) if self.score else f"doc.{self.passage}"

    @staticmethod
    def parse(words: str) -> Pick | None:
        """The inverse of `str`; None when `words` names nothing that is there."""
        kind, _, which = words.partition(".")
        if kind == "doc" and which.isdecimal() and len(which) < 3 and int(which) < len(PASSAGES):
            return Pick(None, int(which))
        score = ScorePick.parse(words, 1)
        return Pick(score) if score and score.query == 0 and score.score in SCORES else None


def explain(trace: SearchTrace, pick: Pick, lang: Lang) -> tuple[Formula, ...]:
    """The picked score, or how a passage came to its rank and what it earns there."""
    return explain_score(trace.scores, pick.score, lang) if pick.score else _passage(trace, pick.passage, lang)


def _passage(trace: SearchTrace, passage: int, lang: Lang) -> tuple[Formula, ...]:
    rank = trace.rank_of(passage)
    score: list[Part] = []
    if trace.overlaps:
        overlap = trace.overlaps[passage]
        shared = ", ".join(token for token, _ in overlap.common)
        note = (
            Text("shared stems: {tokens}", "общие основы: {tokens}").format(tokens=shared)
            if shared
            else Text("no stem is shared", "общих основ нет")
        )
        score += [say("F1 = 2·"), number(overlap.n_common), say(" / ("), number(overlap.n_prediction), say(" + ")]
        score += [number(overlap.n_answer), say(") = "), number(overlap.value, kind="result")]
    else:
        note = Text(
            "q·d, the product of two vectors of length 1 with 384 numbers each",
            "q·d, произведение двух векторов длины 1 по 384 числа",
        )
        score += [say("cos(q, d) = "), number(float(trace.relevance[passage]), kind="result")]
    one = trace.scores.ndcg[0]
    where = Text("rank {r}, grade {g}: ", "место {r}, оценка {g}: ")
    earned: list[Part] = [
        say(where.format(r=rank + 1, g=trace.grades[passage]).get(lang)),
        say("gain·discount = "),
        number(float(one.gains[rank])),
        say("·"),
        number(float(one.discounts[rank])),
        say(" = "),
        number(float(one.terms[rank]), kind="result"),
        quiet(Text("   added to DCG", "   прибавлено к DCG").get(lang)),
    ]
    return ((*score, quiet(f"   {note.get(lang)}")), tuple(earned))
