"""Ranked lists: how far down is what was looked for?

Symbols: a query returns documents in order of rank r = 1, 2, …; rel(r) ≥ 0 is how relevant the one at rank r is, 0 for
not at all. Everything is for one query; a score of a system is the mean over queries.

    RR          1/r of the first relevant document, 0 when there is none            Voorhees 1999 (TREC-8)
    hits@k      1 when a relevant document is among the first k, else 0             also called success@k
    DCG@k       Σ_{r ≤ k} gain(rel(r))·discount(r)                                  Järvelin and Kekäläinen 2002
    IDCG@k      the same for the best possible order
    nDCG@k      DCG@k/IDCG@k, 0…1; 0 when nothing is relevant

Where the field has two definitions there is a switch:

- Gain: "linear" is rel itself (Järvelin and Kekäläinen 2002, trec_eval, scikit-learn); "exponential" is 2^rel − 1
  (Burges et al. 2005, most learning-to-rank work), which makes one excellent document worth many good ones. They agree
  when relevance is 0 or 1.
- Discount: "log2" is 1/log₂(r + 1) (Burges et al. 2005, trec_eval, scikit-learn); "jarvelin" is the original 1/max(1,
  log_b r), which does not discount at all before rank b.
- Ties, when an order comes from scores: "average" takes the mean over all orders of equal scores (McSherry and Najork
  2008; scikit-learn's default), "first" keeps them in the order given.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import singledispatch
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Text, same
from core.metrics import refuse_above, refuse_unless_known
from core.metrics.classification import compare_defined, read_scores
from core.verify import Check

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Relevance = Sequence[float] | npt.NDArray[Any]

Gain = Literal["linear", "exponential"]
Discount = Literal["log2", "jarvelin"]
Ties = Literal["average", "first"]

MAX_QUERIES = 10_000
MAX_DOCUMENTS = 10_000
MAX_RELEVANCE = 1000.0
MAX_EXPONENT = 50.0

GRADES = Text("relevance grades", "оценок релевантности")


def _read_queries(queries: Sequence[Relevance]) -> list[Floats]:
    _refuse_queries(queries)
    read = []
    for n, query in enumerate(queries, 1):
        with _at_query(n):
            read.append(_read_grades(query))
    return read


@contextmanager
def _at_query(n: int) -> Iterator[None]:
    """A refusal says which query it is about."""
    try:
        yield
    except Refusal as refusal:
        raise Refusal(Text("Query {n}. {why}", "Запрос {n}. {why}").format(n=n, why=refusal.text)) from None


def _refuse_queries(queries: Sequence[Relevance]) -> None:
    refuse_above(Text("queries", "запросов"), len(queries), MAX_QUERIES)
    if len(queries) == 0:
        raise Refusal(Text("There are no queries.", "Нет ни одного запроса."))


def _read_grades(relevance: Relevance, most: float = MAX_RELEVANCE) -> Floats:
    if not isinstance(relevance, list | tuple | np.ndarray):
        raise Refusal(Text("A ranking is a list of relevance grades.", "Выдача — это список оценок релевантности."))
    refuse_above(Text("documents", "документов"), len(relevance), MAX_DOCUMENTS)
    return read_scores(relevance, GRADES, 0.0, most)


def _refuse_cutoff(k: int | None) -> None:
    if k is not None and not 1 <= k <= MAX_DOCUMENTS:
        raise Refusal(Text("k must be from 1 to {most}.", "k — от 1 до {most}.").format(most=MAX_DOCUMENTS))


@dataclass(frozen=True)
class ReciprocalRankTrace(Frozen):
    """Where the first relevant document stood.

    ranks : (query,) counted from 1, 0 when there is none (within k)
    reciprocals : (query,) 1/rank, or 0; value is their mean, 0…1
    """

    k: int | None
    ranks: Ints
    reciprocals: Floats
    value: float
    signature: str


def mean_reciprocal_rank(queries: Sequence[Relevance], k: int | None = None) -> ReciprocalRankTrace:
    """MRR, or MRR@k, which looks no further than rank k.

    Parameters
    ----------
    queries : for each query the relevance of its documents in the order they were returned; above 0 is relevant

    Raises
    ------
    Refusal
        If there is no query, too many, or a grade is not a number from 0 to `MAX_RELEVANCE`.
    """
    _refuse_cutoff(k)
    ranks = _first_ranks(_read_queries(queries), k)
    reciprocals = np.divide(1.0, ranks, out=np.zeros(len(ranks)), where=ranks > 0)
    name = "MRR" if k is None else f"MRR@{k}"
    return ReciprocalRankTrace(k, ranks, reciprocals, float(reciprocals.mean()), f"{name} · queries={len(ranks)}")


def _first_ranks(queries: list[Floats], k: int | None) -> Ints:
    found = [np.flatnonzero(grades[:k] > 0) for grades in queries]
    return np.array([int(places[0]) + 1 if len(places) else 0 for places in found], dtype=np.int64)


@dataclass(frozen=True)
class HitsTrace(Frozen):
    """Whether something relevant is near the top.

    ranks : (query,) of the first relevant document in the whole list, 0 when there is none
    is_hit : (query,) 1 ≤ rank ≤ k; value is the share of True
    """

    k: int
    ranks: Ints
    is_hit: npt.NDArray[np.bool_]
    value: float
    signature: str


def hits_at_k(queries: Sequence[Relevance], k: int) -> HitsTrace:
    """The share of queries with a relevant document among the first k. Parameters and errors as MRR's."""
    _refuse_cutoff(k)
    ranks = _first_ranks(_read_queries(queries), None)
    is_hit = (ranks > 0) & (ranks <= k)
    return HitsTrace(k, ranks, is_hit, float(is_hit.mean()), f"hits@{k} · queries={len(ranks)}")


@dataclass(frozen=True)
class NdcgTrace(Frozen):
    """One ranked list beside the ideal one.

    relevance : (document,) as given; scores : what orders them, or None when they are in order already
    is_judged_apart : the ideal order is made of other grades than `relevance`
    order : (rank,) index of the document at each rank
    gains : (rank,) gain of the document there, averaged over equal scores when ties are
    discounts : (rank,) 0 beyond k
    terms, ideal_terms : (rank,) gain·discount, of this order and of the best one; dcg and idcg are their sums
    value : dcg/idcg, 0 when idcg is 0
    """

    k: int | None
    gain: Gain
    discount: Discount
    base: float
    ties: Ties
    relevance: Floats
    scores: Floats | None
    is_judged_apart: bool
    order: Ints
    gains: Floats
    discounts: Floats
    terms: Floats
    ideal_terms: Floats
    dcg: float
    idcg: float
    value: float
    signature: str


def ndcg(
    relevance: Relevance,
    scores: Relevance | None = None,
    k: int | None = None,
    gain: Gain = "linear",
    discount: Discount = "log2",
    base: float = 2.0,
    ties: Ties = "average",
    judged: Relevance | None = None,
) -> NdcgTrace:
    """Normalised discounted cumulative gain of one query.

    Parameters
    ----------
    relevance : (document,) grades from 0; in ranked order when `scores` is None
    scores : (document,) higher ranks first
    k : ranks beyond it do not count; None for all
    base : b of the "jarvelin" discount, above 1 and at most 100; the paper uses 2 and 10
    judged : the grades of all relevant documents there are, if some were not returned: the ideal order is made of
        them. None when the list holds them all, as scikit-learn supposes

    Raises
    ------
    Refusal
        If a list is empty, too long or has something else than grades, or an option is out of range. Exponential gain
        takes grades up to `MAX_EXPONENT`.
    """
    _refuse_cutoff(k)
    refuse_unless_known("gain", gain, ("linear", "exponential"))
    refuse_unless_known("discount", discount, ("log2", "jarvelin"))
    refuse_unless_known("ties", ties, ("average", "first"))
    if not 1 < base <= 100:
        raise Refusal(Text("The base must be above 1 and at most 100.", "Основание — больше 1 и не больше 100."))
    most = MAX_RELEVANCE if gain == "linear" else MAX_EXPONENT
    grades = _read_grades(relevance, most)
    if len(grades) == 0:
        raise Refusal(Text("There are no documents to rank.", "Нет документов, которые можно ранжировать."))
    ideal = grades if judged is None else _read_grades(judged, most)
    numbers = None if scores is None else _read_scores(scores, len(grades))

    order = np.arange(len(grades)) if numbers is None else np.argsort(-numbers, kind="stable")
    gains = _gain(grades[order], gain)
    if numbers is not None and ties == "average":
        _, group, counts = np.unique(-numbers[order], return_inverse=True, return_counts=True)
        gains = (np.bincount(group, weights=gains) / counts)[group]
    discounts = _discount(len(grades), k, discount, base)
    terms = gains * discounts
    best = np.sort(_gain(ideal, gain))[::-1]
    ideal_terms = best * _discount(len(best), k, discount, base)
    dcg, idcg = float(terms.sum()), float(ideal_terms.sum())
    options = [f"gain={gain}", f"discount={discount}" + (f" b={base:g}" if discount == "jarvelin" else "")]
    if numbers is not None:
        options.append(f"ties={ties}")
    return NdcgTrace(
        k=k,
        gain=gain,
        discount=discount,
        base=base,
        ties=ties,
        relevance=grades,
        scores=numbers,
        is_judged_apart=judged is not None,
        order=order,
        gains=gains,
        discounts=discounts,
        terms=terms,
        ideal_terms=ideal_terms,
        dcg=dcg,
        idcg=idcg,
        value=dcg / idcg if idcg > 0 else 0.0,
        signature=" · ".join(["nDCG" if k is None else f"nDCG@{k}", *options, f"documents={len(grades)}"]),
    )


def _read_scores(scores: Relevance, n: int) -> Floats:
    numbers = read_scores(scores, Text("scores", "оценок"))
    if len(numbers) != n:
        raise Refusal(
            Text(
                "There are {a} relevance grades and {b} scores: every document needs both.",
                "Оценок релевантности {a}, а оценок модели {b}: каждому документу нужны обе.",
            ).format(a=n, b=len(numbers))
        )
    return numbers


def _gain(grades: Floats, gain: Gain) -> Floats:
    return grades if gain == "linear" else np.asarray(np.exp2(grades) - 1)


def _discount(n: int, k: int | None, discount: Discount, base: float) -> Floats:
    """The weight of each rank from 1 to n."""
    ranks = np.arange(1, n + 1, dtype=np.float64)
    divisors = np.log2(ranks + 1) if discount == "log2" else np.maximum(1.0, np.log(ranks) / math.log(base))
    weights = 1 / divisors
    if k is not None:
        weights[k:] = 0.0
    return np.asarray(weights)


@dataclass(frozen=True)
class MeanNdcgTrace(Frozen):
    """nDCG of each query, and their mean."""

    queries: tuple[NdcgTrace, ...]
    values: Floats
    value: float
    signature: str


def mean_ndcg(
    queries: Sequence[Relevance], k: int | None = None, gain: Gain = "linear", discount: Discount = "log2"
) -> MeanNdcgTrace:
    """The mean of `ndcg` over ranked lists. A query without any relevant document counts as 0.

    Raises as `mean_reciprocal_rank` and `ndcg`.
    """
    _refuse_queries(queries)
    traces = []
    for n, grades in enumerate(queries, 1):
        with _at_query(n):
            traces.append(ndcg(grades, None, k, gain, discount))
    values = np.array([trace.value for trace in traces])
    name = "nDCG" if k is None else f"nDCG@{k}"
    return MeanNdcgTrace(
        tuple(traces),
        values,
        float(values.mean()),
        f"{name} · gain={gain} · discount={discount} · queries={len(values)}",
    )


# Checks are made live: beyond this many queries they are a sample, the first ones.
CHECKED_QUERIES = 200


@singledispatch
def reference(trace: object) -> tuple[Check, ...]:
    """Our value beside scikit-learn's, for any trace of this module."""
    raise TypeError(f"no reference for {type(trace).__name__}")


@reference.register
def _(trace: NdcgTrace) -> tuple[Check, ...]:
    theirs = _their_ndcg(trace)
    return () if theirs is None else (compare_defined(same("ndcg_score"), "scikit-learn", trace.value, theirs),)


@reference.register
def _(trace: MeanNdcgTrace) -> tuple[Check, ...]:
    pairs = [(query.value, _their_ndcg(query)) for query in trace.queries[:CHECKED_QUERIES]]
    known = [(ours, theirs) for ours, theirs in pairs if theirs is not None]
    if not known:
        return ()
    ours, theirs = zip(*known, strict=True)
    return (compare_defined(same("ndcg_score"), "scikit-learn", ours, theirs),)


def _their_ndcg(trace: NdcgTrace) -> float | None:
    """None where scikit-learn has no such score: it has one discount, lists all documents, and wants at least two."""
    from sklearn.metrics import ndcg_score

    n = len(trace.relevance)
    if trace.discount != "log2" or trace.is_judged_apart or n < 2:
        return None
    scores = trace.scores
    if scores is None or trace.ties == "first":
        # Its `ignore_ties` leaves the order of equal scores open, so it is given ranks, which have none.
        scores = np.empty(n)
        scores[trace.order] = np.arange(n, 0, -1)
    return float(ndcg_score([_gain(trace.relevance, trace.gain)], [scores], k=trace.k))


@reference.register
def _(trace: ReciprocalRankTrace) -> tuple[Check, ...]:
    """Beside scikit-learn's label ranking: with one relevant document, its average precision is the reciprocal rank."""
    from sklearn.metrics import label_ranking_average_precision_score

    ranks = trace.ranks[:CHECKED_QUERIES]
    n = max(2, int(ranks.max()))
    theirs = [
        label_ranking_average_precision_score([np.arange(1, n + 1) == rank], [np.arange(n, 0, -1)]) if rank else 0.0
        for rank in ranks
    ]
    ours = trace.reciprocals[:CHECKED_QUERIES]
    return (compare_defined(same("label_ranking_average_precision_score"), "scikit-learn", ours, theirs),)


@reference.register
def _(trace: HitsTrace) -> tuple[Check, ...]:
    """Beside scikit-learn's top-k accuracy, one class a rank; queries without anything relevant are left out."""
    from sklearn.metrics import top_k_accuracy_score

    found = np.flatnonzero(trace.ranks)[:CHECKED_QUERIES]
    ranks = trace.ranks[found]
    n = max(3, trace.k + 1, int(trace.ranks.max()))
    if len(ranks) == 0:
        return ()
    scores = np.broadcast_to(np.arange(n, 0, -1), (len(ranks), n))
    theirs = top_k_accuracy_score(ranks - 1, scores, k=trace.k, labels=np.arange(n))
    return (compare_defined(same("top_k_accuracy_score"), "scikit-learn", trace.is_hit[found].mean(), theirs),)
