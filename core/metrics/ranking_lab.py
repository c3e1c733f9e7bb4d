"""Ranked lists whose grades are turned and moved by hand, and four scores of them, each with its arithmetic.

Symbols (`core.metrics.ranking` has the definitions and the papers): a query returns documents at ranks r = 1 … n;
rel(r) is the grade 0…3 of the document there, which is relevant from grade `relevant_from` on.

    RR@k       1/r of the first relevant document with r ≤ k, else 0; its mean over queries is MRR@k      0…1
    hits@k     1 when there is a relevant document with r ≤ k                                             0 or 1
    P@k        relevant documents with r ≤ k, divided by k                                                0…1
    nDCG@k     Σ_{r ≤ k} gain(rel(r))·discount(r), over the same sum for the best order of all judged     0…1

A list may have *lost* documents: judged relevant, and never returned. Only the ideal order of nDCG knows of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast, get_args

import numpy as np
import numpy.typing as npt
from annotated_types import Predicate

from core.arithmetic import Formula, Part, number, quiet, say, sum_of_products
from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Lang, Text, same
from core.metrics import ranking
from core.metrics.ranking import Discount, Gain, NdcgTrace, hits_at_k, mean_ndcg, mean_reciprocal_rank, ndcg
from core.params import Choice, Params, Slider, Words
from core.tables import Table
from core.verify import Check, compare

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Score = Literal["rr", "hits", "p", "ndcg"]

SCORES: tuple[Score, ...] = get_args(Score)
SCORE_NAMES: dict[Score, str] = {"rr": "RR@{k}", "hits": "hits@{k}", "p": "P@{k}", "ndcg": "nDCG@{k}"}
MEAN_NAMES: dict[Score, str] = {**SCORE_NAMES, "rr": "MRR@{k}"}

GRADES = 4
MAX_RANKS = 20
MAX_LISTS = 8
MAX_NAME = 32
MAX_CHARS = 640


@dataclass(frozen=True)
class RankedList:
    """One query: the grades of what was returned, in order, and of what was lost."""

    grades: tuple[int, ...]
    lost: tuple[int, ...] = ()
    name: str = ""

    def __str__(self) -> str:
        """`0310+2 name`, one line of the text field."""
        lost = f"+{''.join(map(str, self.lost))}" if self.lost else ""
        return f"{''.join(map(str, self.grades))}{lost}{f' {self.name}' if self.name else ''}"


_LINE = re.compile(r"([0-3]+)(?:\+([0-3]+))?(?:[ \t]+(\S.*))?")
_NUMBERS_ONLY = re.compile(r"[0-3](?:[ \t,;]+[0-3])+")


def read_list(line: str) -> RankedList:
    """`0310+2 name` → grades 0, 3, 1, 0, lost 2; `0 3 1 0` and `0, 3, 1, 0` are read as well.

    Raises
    ------
    Refusal
        Quotes the line that is not such a list, or has more than `MAX_RANKS` grades.
    """
    bare = line.strip()
    if _NUMBERS_ONLY.fullmatch(bare):
        bare = re.sub(r"[^0-3]", "", bare)
    found = _LINE.fullmatch(bare)
    if not found:
        raise Refusal(
            Text(
                "“{line}” is not a ranked list: write grades 0–3 in order, then a name, as in “0310 heart”.",
                "«{line}» — не выдача: напишите оценки 0–3 по порядку, затем название, как в «0310 сердце».",
            ).format(line=line[:40])
        )
    grades, lost, name = found.groups(default="")
    if len(grades) > MAX_RANKS or len(lost) > MAX_RANKS:
        raise Refusal(
            Text("A list can have at most {n} grades.", "В выдаче может быть не больше {n} оценок.").format(n=MAX_RANKS)
        )
    return RankedList(tuple(map(int, grades)), tuple(map(int, lost)), name[:MAX_NAME])


def read_lists(text: str) -> tuple[RankedList, ...]:
    """One list a line; blank lines are skipped.

    Raises
    ------
    Refusal
        If there is no list, there are more than `MAX_LISTS`, or a line is none.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    if not 1 <= len(lines) <= MAX_LISTS:
        raise Refusal(
            Text("Write from 1 to {n} ranked lists, one a line.", "Нужно от 1 до {n} выдач, по одной в строке.").format(
                n=MAX_LISTS
            )
        )
    return tuple(read_list(line) for line in lines)


def write_lists(lists: Sequence[RankedList]) -> str:
    """The inverse of `read_lists`."""
    return "\n".join(map(str, lists))


def is_readable(text: str) -> bool:
    """Whether `read_lists` takes `text`."""
    try:
        read_lists(text)
    except Refusal:
        return False
    return True


@dataclass(frozen=True, kw_only=True)
class GradeLines(Words):
    """A text field of ranked lists."""

    def __iter__(self) -> Iterator[Any]:
        yield from super().__iter__()
        yield Predicate(is_readable)

    def expects(self) -> Text:
        return Text(
            "up to {n} lines of up to {m} grades 0–3, each with a name after it if you like, as in “0310 heart”",
            "до {n} строк, в каждой до {m} оценок 0–3 и, если хотите, название, как в «0310 сердце»",
        ).format(n=MAX_LISTS, m=MAX_RANKS)


# What the bundled encoder returned for the five questions of the search lab, in either language.
EXAMPLE = Text(
    "32010000000000 heart\n30200000000000 moon\n30020000000000 bread\n32000000000000 laptop\n03001000000000 novel",
    "30120000000000 сердце\n03200000000000 луна\n23000000000000 хлеб\n23000000000000 ноутбук\n03100000000000 роман",
)

k_knob = Slider(
    label=same("k"),
    lo=1,
    hi=MAX_RANKS,
    step=1,
    help=Text("Ranks beyond k do not count.", "Места после k-го не учитываются."),
)
from_knob = Slider(
    label=Text("Relevant from grade", "Релевантно с оценки"),
    lo=1,
    hi=GRADES - 1,
    step=1,
    help=Text(
        "RR, hits and P know only relevant or not: this is where the line is drawn. nDCG uses the grades themselves.",
        "RR, hits и P знают только «релевантно или нет»: здесь проходит граница. nDCG берёт сами оценки.",
    ),
)
gain_knob = Choice(
    label=Text("Gain of a grade", "Выигрыш за оценку"),
    options={"linear": same("rel"), "exponential": same("2^rel − 1")},
    help=Text(
        "rel: Järvelin and Kekäläinen 2002, trec_eval, scikit-learn. 2^rel − 1: Burges et al. 2005, learning to rank.",
        "rel: Järvelin и Kekäläinen 2002, trec_eval, scikit-learn. 2^rel − 1: Burges и др. 2005, learning to rank.",
    ),
)
discount_knob = Choice(
    label=Text("Discount of a rank", "Дисконт места"),
    options={"log2": same("1 / log₂(r + 1)"), "jarvelin": same("1 / max(1, log₂ r)")},
    folded=True,
    help=Text(
        "The second is the original of 2002: ranks 1 and 2 weigh the same.",
        "Второй — исходный, 2002 года: места 1 и 2 весят одинаково.",
    ),
)


class RankingParams(Params):
    """Ranked lists, and how they are scored."""

    lists: Annotated[
        str,
        GradeLines(
            label=Text("Ranked lists, a query a line", "Выдачи, по запросу в строке"),
            max_chars=MAX_CHARS,
            lines=5,
            example=EXAMPLE,
            help=Text(
                "Grades 0–3 in the order of the list, then a name. After + come documents that were judged and never "
                "returned: “0310+2 heart”.",
                "Оценки 0–3 в порядке выдачи, затем название. После + — документы, которые оценены, но не найдены: "
                "«0310+2 сердце».",
            ),
        ),
    ] = EXAMPLE.en
    k: Annotated[int, k_knob] = 5
    relevant_from: Annotated[int, from_knob] = 1
    gain: Annotated[str, gain_knob] = "linear"
    discount: Annotated[str, discount_knob] = "log2"


@dataclass(frozen=True)
class ScoresTrace(Frozen):
    """Four scores of some ranked lists.

    lists : the queries; is_relevant : for each of them (rank,) whether the grade counts as relevant
    first : (query,) rank of the first relevant document within k, 0 when there is none
    values : (score, query) at k, in the order of `SCORES`; means : (score,)
    ndcg : one trace a query, at k
    curves : (score, query, cutoff) the same for k = 1, 2, …, as many as the longest list has ranks
    """

    lists: tuple[RankedList, ...]
    k: int
    relevant_from: int
    gain: Gain
    discount: Discount
    is_relevant: tuple[tuple[bool, ...], ...]
    first: Ints
    values: Floats
    means: Floats
    ndcg: tuple[NdcgTrace, ...]
    curves: Floats

    def value(self, score: Score, query: int | None) -> float:
        """The score of one query, or the mean when `query` is None."""
        row = SCORES.index(score)
        return float(self.means[row] if query is None else self.values[row, query])

    def name(self, score: Score, query: int | None) -> str:
        """“RR@5”, or “MRR@5” for the mean over queries."""
        return (MEAN_NAMES if query is None else SCORE_NAMES)[score].format(k=self.k)


@dataclass(frozen=True)
class RankingTrace:
    """The lists of the lab with their scores."""

    params: RankingParams
    scores: ScoresTrace
    signature: str


def precision_at_k(is_relevant: Sequence[bool], k: int) -> float:
    """Relevant documents among the first k, divided by k: a list that is shorter than k pays for it (trec_eval)."""
    return sum(is_relevant[:k]) / k


def score_lists(lists: Sequence[RankedList], k: int, relevant_from: int, gain: Gain, discount: Discount) -> ScoresTrace:
    """All four scores at k, and the curves of them over every cutoff."""
    is_relevant = tuple(tuple(grade >= relevant_from for grade in one.grades) for one in lists)
    binary = [[float(r) for r in row] for row in is_relevant]
    longest = max(len(one.grades) for one in lists)
    at_k = [ndcg(one.grades, None, k, gain, discount, judged=_judged(one)) for one in lists]

    def at(cut: int) -> list[Sequence[float]]:
        return [
            mean_reciprocal_rank(binary, cut).reciprocals.tolist(),
            hits_at_k(binary, cut).is_hit.tolist(),
            [precision_at_k(row, cut) for row in is_relevant],
            [ndcg(one.grades, None, cut, gain, discount, judged=_judged(one)).value for one in lists],
        ]

    values = np.array(at(k), dtype=np.float64)
    return ScoresTrace(
        lists=tuple(lists),
        k=k,
        relevant_from=relevant_from,
        gain=gain,
        discount=discount,
        is_relevant=is_relevant,
        first=mean_reciprocal_rank(binary, k).ranks,
        values=values,
        means=values.mean(axis=1),
        ndcg=tuple(at_k),
        curves=np.stack([np.array(at(cut), dtype=np.float64) for cut in range(1, longest + 1)], axis=2),
    )


def _judged(one: RankedList) -> tuple[int, ...] | None:
    return (*one.grades, *one.lost) if one.lost else None


def run(params: RankingParams) -> RankingTrace:
    """Score the lists of `params`."""
    scores = score_lists(
        read_lists(params.lists),
        params.k,
        params.relevant_from,
        cast(Gain, params.gain),
        cast(Discount, params.discount),
    )
    return RankingTrace(params, scores, signature(scores))


def signature(scores: ScoresTrace) -> str:
    """The options that the scores were made with."""
    return (
        f"k={scores.k} · relevant ≥ {scores.relevant_from} · gain={scores.gain} · discount={scores.discount} · "
        f"queries={len(scores.lists)} · float64 · numpy {np.__version__}"
    )


def check_scores(scores: ScoresTrace) -> tuple[Check, ...]:
    """All four scores beside scikit-learn, where it has them: its nDCG knows one discount and no lost documents."""
    binary = [[float(r) for r in row] for row in scores.is_relevant]
    checks = [
        *ranking.reference(mean_reciprocal_rank(binary, scores.k)),
        *ranking.reference(hits_at_k(binary, scores.k)),
        _check_precision(scores),
    ]
    plain = [one.grades for one in scores.lists if not one.lost]
    if plain:
        checks += ranking.reference(mean_ndcg(plain, scores.k, scores.gain, scores.discount))
    return tuple(checks)


def _check_precision(scores: ScoresTrace) -> Check:
    """P@k is the precision of a classifier that says yes to the first k; missing ranks are irrelevant."""
    from sklearn.metrics import precision_score

    theirs = []
    for row in scores.is_relevant:
        n = max(len(row), scores.k)
        truth = [*row, *[False] * (n - len(row))]
        theirs.append(precision_score(truth, [r < scores.k for r in range(n)], zero_division=0.0))
    return compare(same("precision_score"), "scikit-learn", scores.values[SCORES.index("p")], theirs, 1e-9)


def reference(trace: RankingTrace) -> tuple[Check, ...]:
    """The scores of the lab beside scikit-learn's."""
    return check_scores(trace.scores)


def score_tables(scores: ScoresTrace) -> tuple[Table, ...]:
    """Scores a query and their mean, the curves of the means, and the terms of every nDCG."""
    names = list_names(scores.lists, "en")
    heads = tuple(SCORE_NAMES[score].format(k=scores.k) for score in SCORES)
    cuts = tuple(f"k={cut + 1}" for cut in range(scores.curves.shape[2]))
    return (
        Table("scores", (*names, "mean"), heads, np.vstack([scores.values.T, scores.means])),
        Table("mean over cutoffs", SCORES, cuts, scores.curves.mean(axis=1)),
        *(
            Table(
                f"terms, {n + 1}",
                ("gain", "discount", "term", "ideal term"),
                tuple(f"r={r + 1}" for r in range(len(one.gains))),
                np.stack([one.gains, one.discounts, one.terms, one.ideal_terms[: len(one.gains)]]),
            )
            for n, one in enumerate(scores.ndcg)
        ),
    )


def tables(trace: RankingTrace) -> tuple[Table, ...]:
    """Every number of the lab."""
    return score_tables(trace.scores)


def list_names(lists: Sequence[RankedList], lang: Lang) -> tuple[str, ...]:
    """What the queries are called; those without a name are numbered."""
    nameless = Text("query {n}", "запрос {n}")
    return tuple(one.name or nameless.format(n=n).get(lang) for n, one in enumerate(lists, 1))


# ---------------------------------------------------------------------------------------------------------------------
# By hand


def turn_grade(lists: Sequence[RankedList], query: int, rank: int, grade: int) -> tuple[RankedList, ...]:
    """Grade the document at `rank` (from 0; after the last rank come the lost ones) as `grade`.

    Raises
    ------
    Refusal
        If there is no such document, or the grade is none.
    """
    one = _list_at(lists, query, rank)
    if not 0 <= grade < GRADES:
        raise Refusal(
            Text("A grade is a whole number from 0 to {n}.", "Оценка — целое число от 0 до {n}.").format(n=GRADES - 1)
        )
    every = [*one.grades, *one.lost]
    every[rank] = grade
    n = len(one.grades)
    return _replace(lists, query, RankedList(tuple(every[:n]), tuple(every[n:]), one.name))


def move_document(lists: Sequence[RankedList], query: int, rank: int, to: int) -> tuple[RankedList, ...]:
    """Take the document at `rank` out and put it in at rank `to`; those between move up or down by one.

    Lost documents stay lost. Raises as `turn_grade`.
    """
    one = _list_at(lists, query, rank)
    _list_at(lists, query, to)
    grades = list(one.grades)
    if max(rank, to) < len(grades):
        grades.insert(to, grades.pop(rank))
    return _replace(lists, query, RankedList(tuple(grades), one.lost, one.name))


def _list_at(lists: Sequence[RankedList], query: int, rank: int) -> RankedList:
    if not (0 <= query < len(lists) and 0 <= rank < len(lists[query].grades) + len(lists[query].lost)):
        raise Refusal(Text("There is no such document any more.", "Такого документа уже нет."))
    return lists[query]


def _replace(lists: Sequence[RankedList], query: int, one: RankedList) -> tuple[RankedList, ...]:
    return (*lists[:query], one, *lists[query + 1 :])


# ---------------------------------------------------------------------------------------------------------------------
# The arithmetic


@dataclass(frozen=True)
class Pick:
    """A score of one query, or its mean when `query` is None."""

    score: Score
    query: int | None

    def __str__(self) -> str:
        return f"{self.score}.{'mean' if self.query is None else self.query}"

    @staticmethod
    def parse(words: str, queries: int) -> Pick | None:
        """The inverse of `str`; None when `words` names nothing that is there."""
        score, _, which = words.partition(".")
        if score not in SCORES:
            return None
        if which == "mean":
            return Pick(score, None)
        is_there = which.isdecimal() and len(which) < 3 and int(which) < queries
        return Pick(score, int(which)) if is_there else None


def explain(scores: ScoresTrace, pick: Pick, lang: Lang) -> tuple[Formula, ...]:
    """The picked score with its live numbers."""
    if pick.query is None:
        return (_mean(scores, pick.score, lang),)
    writers = {"rr": _reciprocal, "hits": _hits, "p": _precision, "ndcg": _ndcg}
    return writers[pick.score](scores, pick.query, lang)


def _mean(scores: ScoresTrace, score: Score, lang: Lang) -> Formula:
    values = scores.values[SCORES.index(score)]
    parts: list[Part] = [say(f"{scores.name(score, None)} = (")]
    for n, value in enumerate(values):
        parts += [say(" + ")] if n else []
        parts.append(number(float(value)))
    note = Text("the mean over queries, each weighs the same", "среднее по запросам, все весят одинаково").get(lang)
    parts += [say(") / "), number(len(values)), say(" = "), number(scores.value(score, None), kind="result")]
    return (*parts, quiet(f"   {note}"))


def _name(scores: ScoresTrace, query: int, score: Score, lang: Lang) -> Part:
    called = list_names(scores.lists, lang)[query]
    text = Text("{score}, “{query}” = ", "{score}, «{query}» = ")
    return say(text.format(score=scores.name(score, query), query=called).get(lang))


def _reciprocal(scores: ScoresTrace, query: int, lang: Lang) -> tuple[Formula, ...]:
    rank = int(scores.first[query])
    name = _name(scores, query, "rr", lang)
    if not rank:
        note = Text(
            "no document with a grade from {t} among the first {k}", "среди первых {k} нет документа с оценкой от {t}"
        ).format(t=scores.relevant_from, k=scores.k)
        return ((name, number(0, kind="result"), quiet(f"   {note.get(lang)}")),)
    note = Text(
        "the first document with a grade from {t} stands at rank {r}; those after it do not count",
        "первый документ с оценкой от {t} стоит на месте {r}; те, что за ним, не считаются",
    ).format(t=scores.relevant_from, r=rank)
    result = number(scores.value("rr", query), kind="result")
    return ((name, say("1 / "), number(rank), say(" = "), result, quiet(f"   {note.get(lang)}")),)


def _hits(scores: ScoresTrace, query: int, lang: Lang) -> tuple[Formula, ...]:
    rank = int(scores.first[query])
    name = _name(scores, query, "hits", lang)
    if rank:
        note = Text("the first relevant document: rank {r} ≤ {k}", "первый релевантный документ: место {r} ≤ {k}")
    else:
        note = Text("nothing relevant among the first {k}", "среди первых {k} нет ничего релевантного")
    told = note.format(r=rank, k=scores.k).get(lang)
    return ((name, number(scores.value("hits", query), kind="result"), quiet(f"   {told}")),)


def _precision(scores: ScoresTrace, query: int, lang: Lang) -> tuple[Formula, ...]:
    row = scores.is_relevant[query]
    parts: list[Part] = [_name(scores, query, "p", lang), say("(")]
    for r, is_relevant in enumerate(row[: scores.k]):
        parts += [say(" + ")] if r else []
        parts.append(number(float(is_relevant), kind="strong" if is_relevant else "number"))
    parts += [say(") / "), number(scores.k), say(" = "), number(scores.value("p", query), kind="result")]
    note = Text("relevant documents in the whole list: {n}", "релевантных во всей выдаче: {n}").format(n=sum(row))
    best = min(sum(row) + sum(g >= scores.relevant_from for g in scores.lists[query].lost), scores.k) / scores.k
    most = Text("no order reaches more than {best:.3f}", "больше {best:.3f} не даст никакой порядок").format(best=best)
    return (tuple(parts), (quiet(f"{note.get(lang)}; {most.get(lang)}"),))


def _ndcg(scores: ScoresTrace, query: int, lang: Lang) -> tuple[Formula, ...]:
    trace = scores.ndcg[query]
    if trace.idcg == 0:
        note = Text(
            "nothing is relevant, so there is nothing to divide by", "ничего релевантного нет: делить не на что"
        )
        return ((_name(scores, query, "ndcg", lang), number(0, kind="result"), quiet(f"   {note.get(lang)}")),)
    how = Text(
        "gain·discount, rank by rank; terms that are 0 are left out",
        "выигрыш·дисконт, место за местом; нулевые слагаемые опущены",
    )
    line = (
        _name(scores, query, "ndcg", lang),
        say("DCG / IDCG = "),
        number(trace.dcg),
        say(" / "),
        number(trace.idcg),
        say(" = "),
        number(trace.value, kind="result"),
        quiet(f"   {how.get(lang)}"),
    )
    ideal = _ideal_gains(scores, query)
    best = _terms(ideal, rank_discounts(scores, len(ideal)))
    return (
        line,
        (say("DCG = "), *_terms(trace.gains, trace.discounts), say(" = "), number(trace.dcg)),
        (say("IDCG = "), *best, say(" = "), number(trace.idcg)),
    )


def _ideal_gains(scores: ScoresTrace, query: int) -> Floats:
    """(rank,) gains of everything judged, the best first."""
    one = scores.lists[query]
    grades = np.sort(np.array([*one.grades, *one.lost], dtype=np.float64))[::-1]
    return np.asarray(grades if scores.gain == "linear" else np.exp2(grades) - 1)


def rank_discounts(scores: ScoresTrace, n: int) -> Floats:
    """(rank,) the weight of ranks 1…n, 0 beyond k."""
    return ndcg([0.0] * n, None, scores.k, scores.gain, scores.discount).discounts


def _terms(gains: Floats, discounts: Floats) -> list[Part]:
    kept = [r for r in range(min(len(gains), len(discounts))) if gains[r] * discounts[r] > 0]
    return sum_of_products(gains[kept], discounts[kept]) if kept else [number(0)]


# ---------------------------------------------------------------------------------------------------------------------
# Lists that show where the scores fail


@dataclass(frozen=True)
class Case:
    """Named lists. `values` are fields of `RankingParams`; `why` says what to look at."""

    name: Text
    lists: Text
    values: dict[str, Any]
    why: Text

    def fields(self, lang: Lang) -> dict[str, Any]:
        return {"lists": self.lists.get(lang), **self.values}

    def params(self, lang: Lang) -> RankingParams:
        return RankingParams(**self.fields(lang))


CASES: dict[str, Case] = {
    "gain": Case(
        Text("the gain decides who wins", "кто лучше, решает выигрыш"),
        Text("30022 system A\n22300 system B", "30022 система A\n22300 система B"),
        {},
        Text("linear: B is better; exponential: A is", "при линейном выигрыше лучше B, при экспоненциальном — A"),
    ),
    "second": Case(
        Text("what RR does not see", "чего не видит RR"),
        Text("3000000000 one and no more\n3333333333 ten of ten", "3000000000 один и всё\n3333333333 десять из десяти"),
        {"k": 10},
        Text("RR and nDCG are 1 for both, P@10 is 0.1 and 1", "RR и nDCG у обеих 1, а P@10 — 0,1 и 1"),
    ),
    "lost": Case(
        Text("lost documents", "потерянные документы"),
        Text(
            "1000000000 nothing lost\n1000000000+333 three lost",
            "1000000000 ничего не потеряно\n1000000000+333 три потеряны",
        ),
        {"k": 10},
        Text("the same list: nDCG 1 and 0.147", "одна и та же выдача: nDCG 1 и 0,147"),
    ),
    "empty": Case(
        Text("nothing relevant", "ничего релевантного"),
        Text("0000000000 nobody knows\n3000000000 found", "0000000000 никто не знает\n3000000000 найдено"),
        {},
        Text("nDCG would be 0 / 0; it is counted as 0", "nDCG была бы 0 / 0; её считают нулём"),
    ),
    "mean": Case(
        Text("the mean of reciprocals", "среднее обратных"),
        Text("3000000000 first\n0000000003 tenth", "3000000000 первый\n0000000003 десятый"),
        {"k": 10},
        Text("MRR 0.55, though the mean rank is 5.5", "MRR 0,55, хотя среднее место 5,5"),
    ),
}
