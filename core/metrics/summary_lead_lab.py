"""The baseline lab: a summary beside the first k sentences of its article, on the plane of precision and recall.

Every candidate is one point (P, R) of the chosen ROUGE against the summaries that people wrote:

    lead-k     the first k sentences, k = 1 … all: copying more raises recall and costs precision
    greedy     sentence after sentence, the one that raises F1 most, until none does: what copying sentences can reach
               (Nallapati et al. 2017, "SummaRuNNer"; the best subset itself is costly to find)
    person k   each person's summary against those of the others: people do not agree either
    own        the visitor's

Lead-3 as the baseline of news summarisation: Nallapati et al. 2017; See et al. 2017, table 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Text
from core.metrics import rouge
from core.metrics.content import lead_baseline
from core.metrics.ngrams import MAX_REFERENCES, check_texts
from core.metrics.rouge import (
    RougeLsumTrace,
    RougeLTrace,
    RougeNTrace,
    RougeOptions,
    rouge_counts,
    rouge_l,
    rouge_lsum,
    rouge_n,
)
from core.metrics.summary_lab import AGGREGATE, MEASURE, PARTS, STEMMER, TOKENIZE, language_of
from core.metrics.summary_texts import ARTICLE, HUMANS, OWN, as_lines
from core.params import Choice, Params, Slider, Words
from core.tables import Table
from core.verify import Check

MAX_SENTENCES = 16
MAX_OWN = 1_200
REFERENCES = as_lines(HUMANS)


class LeadParams(Params):
    """An article, what people made of it, and the visitor's own summary."""

    own: Annotated[
        str,
        Words(label=Text("Your summary", "Ваш реферат"), max_chars=MAX_OWN, lines=6, example=OWN),
    ] = OWN.en
    measure: Annotated[str, MEASURE] = "L"
    k: Annotated[
        int,
        Slider(label=Text("Lead: first k sentences", "Lead: первые k предложений"), lo=1, hi=MAX_SENTENCES, step=1),
    ] = 3
    people: Annotated[
        int,
        Slider(
            label=Text("Summaries by people", "Рефератов от людей"),
            lo=1,
            hi=MAX_REFERENCES,
            step=1,
            help=Text("How many of those under “more” are used.", "Сколько взять из тех, что в «ещё настройках»."),
        ),
    ] = 3
    aggregate: Annotated[
        str,
        Choice(
            label=Text("Of several references", "Из нескольких эталонов"),
            options=AGGREGATE,
            shown=lambda p: p["people"] > 1,
        ),
    ] = "max"
    article: Annotated[
        str, Words(label=Text("Article", "Статья"), max_chars=2_000, lines=9, example=ARTICLE, folded=True)
    ] = ARTICLE.en
    references: Annotated[
        str,
        Words(
            label=Text("Summaries by people, one a line", "Рефераты людей, по одному в строке"),
            max_chars=2_000,
            lines=9,
            example=REFERENCES,
            folded=True,
        ),
    ] = REFERENCES.en
    tokenize: Annotated[str, replace(TOKENIZE, folded=True)] = "unicode"
    use_stemmer: Annotated[bool, replace(STEMMER, folded=True)] = False


@dataclass(frozen=True)
class Candidate:
    """A summary on the plane. `id` is own, lead, greedy, all or person; `number` tells persons apart, from 1."""

    id: str
    number: int
    text: str
    references: tuple[str, ...]
    words: int


@dataclass(frozen=True)
class LeadTrace(Frozen):
    """Every candidate's precision and recall.

    picked : the sentences of the greedy summary, in the order they were taken
    scores : (candidate, part), `PARTS`, 0…1
    leads : (k − 1, part) of the first k sentences, k = 1 … all
    alone : (sentence, part) of each sentence as if it were the summary
    """

    params: LeadParams
    options: RougeOptions
    sentences: tuple[str, ...]
    references: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    picked: tuple[int, ...]
    scores: npt.NDArray[np.float64]
    leads: npt.NDArray[np.float64]
    alone: npt.NDArray[np.float64]
    signature: str

    @property
    def k(self) -> int:
        """How many sentences the lead has: the slider, or all there are."""
        return min(self.params.k, len(self.sentences))


def score(text: str, references: Sequence[str], measure: str, options: RougeOptions) -> tuple[float, float, float]:
    """P, R, F1 of a text against several references, as `RougeScores` joins them."""
    prfs = [rouge_counts(text, reference, options)[f"rouge{measure}"] for reference in references]
    if options.aggregate == "max":
        best = max(prfs, key=lambda prf: prf.f1)
        return best.precision, best.recall, best.f1
    return fmean(p.precision for p in prfs), fmean(p.recall for p in prfs), fmean(p.f1 for p in prfs)


def pick_greedily(
    sentences: Sequence[str], references: Sequence[str], measure: str, options: RougeOptions
) -> tuple[int, ...]:
    """The sentences, in the order taken, that raise F1 most one after the other, until none does."""
    picked: list[int] = []
    best = 0.0
    while len(picked) < len(sentences):
        tried = {
            k: score(join(sentences, [*picked, k]), references, measure, options)[2]
            for k in range(len(sentences))
            if k not in picked
        }
        k = max(tried, key=lambda k: tried[k])
        if tried[k] <= best + 1e-12:
            break
        picked.append(k)
        best = tried[k]
    return tuple(picked)


def join(sentences: Sequence[str], chosen: Sequence[int]) -> str:
    """The chosen sentences in the order of the article, one a line."""
    return "\n".join(sentences[k] for k in sorted(chosen))


def toggle(own: str, sentences: Sequence[str], k: int) -> str:
    """The visitor's summary with sentence k put in or taken out; sentences stand in the order of the article.

    What the visitor wrote besides stays, after them.
    """
    rest = " ".join(own.split())
    chosen = {n for n, sentence in enumerate(sentences) if sentence in rest}
    for n in chosen:
        rest = rest.replace(sentences[n], " ", 1)
    return " ".join([*(sentences[n] for n in sorted(chosen ^ {k})), *rest.split()])


def run(params: LeadParams) -> LeadTrace:
    """Put every candidate on the plane.

    Raises
    ------
    Refusal
        If there is no summary by people to compare with, or the article has more than `MAX_SENTENCES` sentences.
    """
    references = tuple(line.strip() for line in params.references.split("\n") if line.strip())[: params.people]
    check_texts(params.own, references)
    sentences = tuple(" ".join(s.split()) for s in lead_baseline(params.article, MAX_SENTENCES).sentences)
    if len(sentences) > MAX_SENTENCES:
        raise Refusal(
            Text(
                "The article has {n} sentences; at most {most} fit here.",
                "В статье {n} предложений, а помещается {most}.",
            ).format(n=len(sentences), most=MAX_SENTENCES)
        )
    options = RougeOptions(
        tokenize=params.tokenize,
        use_stemmer=params.use_stemmer,
        lang=language_of(params.article, params.own, *references),
        aggregate=params.aggregate,
        sentences="punctuation",
    )
    picked = pick_greedily(sentences, references, params.measure, options)
    texts = [
        ("own", params.own),
        ("lead", join(sentences, range(min(params.k, len(sentences))))),
        ("greedy", join(sentences, picked)),
        ("all", join(sentences, range(len(sentences)))),
    ]
    candidates = [Candidate(id_, 0, text, references, len(options.split(text))) for id_, text in texts]
    for k, text in enumerate(references if len(references) > 1 else ()):
        others = references[:k] + references[k + 1 :]
        candidates.append(Candidate("person", k + 1, text, others, len(options.split(text))))

    def scored(texts: Sequence[str]) -> npt.NDArray[np.float64]:
        found = [score(text, references, params.measure, options) for text in texts]
        return np.array(found, dtype=np.float64).reshape(len(texts), len(PARTS))

    return LeadTrace(
        params=params,
        options=options,
        sentences=sentences,
        references=references,
        candidates=tuple(candidates),
        picked=picked,
        scores=np.array([score(c.text, c.references, params.measure, options) for c in candidates]),
        leads=scored([join(sentences, range(k)) for k in range(1, len(sentences) + 1)]),
        alone=scored(sentences),
        signature=options.signature(f"ROUGE-{params.measure}", len(references)),
    )


def watch(trace: LeadTrace, candidate: Candidate) -> RougeNTrace | RougeLTrace | RougeLsumTrace:
    """The full trace of one candidate, for its arithmetic."""
    o, measure = trace.options, trace.params.measure
    shared = (o.tokenize, o.use_stemmer, o.lang, o.aggregate)
    if measure in "12":
        return rouge_n(candidate.text, candidate.references, int(measure), *shared)
    if measure == "L":
        return rouge_l(candidate.text, candidate.references, *shared)
    return rouge_lsum(candidate.text, candidate.references, *shared, o.sentences)


def reference(trace: LeadTrace) -> tuple[Check, ...]:
    """All candidates beside rouge-score, the largest difference; and the fast counts beside the full traces."""
    full = [watch(trace, candidate) for candidate in trace.candidates]
    checks = [check for traced in full for check in rouge.reference(traced)]
    worst = max(checks, key=lambda check: check.difference)
    ours = np.array([[t.precision, t.recall, t.f1] for t in full])
    drift = float(np.abs(ours - trace.scores).max())
    return (replace(worst, what=ALL_CANDIDATES, difference=max(worst.difference, drift)),)


def tables(trace: LeadTrace) -> tuple[Table, ...]:
    """The candidates, the leads and the sentences alone."""
    names = [f"{c.id} {c.number}" if c.number else c.id for c in trace.candidates]
    leads = [f"lead-{k + 1}" for k in range(len(trace.sentences))]
    return (
        Table("candidates", names, PARTS, trace.scores),
        Table("words", names, ("words",), np.array([[c.words] for c in trace.candidates])),
        Table("leads", leads, PARTS, trace.leads),
        Table("sentences alone", [f"sentence {k + 1}" for k in range(len(trace.sentences))], PARTS, trace.alone),
    )


ALL_CANDIDATES = Text("all rows: P, R, F", "все строки: P, R, F")
