"""Text metrics beside the libraries they are checked against, without traces: `python -m bench.metrics`.

Both score the same 10,000 generated pairs, in alternation, in one process; each time is the best of `ROUNDS`. METEOR
is the one without a way round its trace. Times on a shared machine are noisy: only ratios count.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from nltk.stem.porter import PorterStemmer
from nltk.translate.meteor_score import single_meteor_score
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER
from sacrebleu.significance import _paired_ar_test, _paired_bs_test

from core.metrics.bleu import BleuOptions, bleu_statistics
from core.metrics.chrf import ChrfOptions, chrf_statistics, score_chrf
from core.metrics.corpus_lab import MEASURES
from core.metrics.corpus_texts import make_example
from core.metrics.meteor_score import meteor_scores
from core.metrics.ngrams import split_words
from core.metrics.rouge import RougeOptions, rouge_counts
from core.metrics.significance import SEED, paired_bootstrap, paired_randomisation
from core.metrics.ter import TerOptions, ter_statistics

PAIRS = 10_000
ROUNDS = 2
ROUGE = ["rouge1", "rouge2", "rougeL", "rougeLsum"]


class NoWordNet:
    """nltk's METEOR without its download: no word has synonyms."""

    def synsets(self, word: str) -> list[object]:
        return []


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> int:
    corpus = make_example("en", PAIRS, 0.15, 0.18, 0.5, 0)
    references, lists = list(corpus.references), [(r,) for r in corpus.references]
    a, b = list(corpus.a), list(corpus.b)
    bleu, chrf, ter, rouge = BleuOptions(smoothing="exp"), ChrfOptions(), TerOptions(), RougeOptions()
    rouge_scorer = RougeScorer(ROUGE)
    stemmer, wordnet = PorterStemmer(), NoWordNet()
    counts_a, counts_b = bleu_statistics(a, lists, bleu), bleu_statistics(b, lists, bleu)
    score = MEASURES["bleu"].score

    def their_test(test: Callable[..., object], samples: int) -> Callable[[], object]:
        metric = BLEU(force=True)
        ready = metric._extract_corpus_statistics(a, [references])
        info = {"BLEU": (ready, metric._aggregate_and_compute(ready))}
        other = metric._extract_corpus_statistics(b, [references])
        # The statistics are counted already, on either side: only resampling is timed.
        metric._extract_corpus_statistics = lambda *_: other  # type: ignore[method-assign]
        return lambda: test(info, "B", b, [references], {"BLEU": metric}, samples, -1, SEED)

    def nltk_meteor() -> None:
        for hypothesis, reference in zip(a, references, strict=True):
            tokens = split_words(hypothesis, "13a"), split_words(reference, "13a")
            single_meteor_score(tokens[1], tokens[0], stemmer=stemmer, wordnet=wordnet)

    rows: tuple[tuple[str, str, Callable[[], object], Callable[[], object]], ...] = (
        (
            "BLEU",
            "sacrebleu",
            lambda: bleu_statistics(a, lists, bleu),
            lambda: BLEU(force=True).corpus_score(a, [references]),
        ),
        (
            "chrF",
            "sacrebleu",
            lambda: score_chrf(chrf_statistics(a, lists, chrf), chrf),
            lambda: CHRF().corpus_score(a, [references]),
        ),
        ("TER", "sacrebleu", lambda: ter_statistics(a, lists, ter), lambda: TER().corpus_score(a, [references])),
        (
            "ROUGE",
            "rouge-score",
            lambda: [rouge_counts(h, r, rouge) for h, r in zip(a, references, strict=True)],
            lambda: [rouge_scorer.score(r, h) for h, r in zip(a, references, strict=True)],
        ),
        (
            "METEOR",
            "nltk",
            lambda: meteor_scores(a, lists),
            nltk_meteor,
        ),
        (
            "bootstrap, 300",
            "sacrebleu",
            lambda: paired_bootstrap(counts_a, counts_b, score, resamples=300),
            their_test(_paired_bs_test, 300),
        ),
        (
            "swaps, 3,000",
            "sacrebleu",
            lambda: paired_randomisation(counts_a, counts_b, score, trials=3000),
            their_test(_paired_ar_test, 3000),
        ),
    )
    for name, library, ours, theirs in rows:
        times = [(timed(ours), timed(theirs)) for _ in range(ROUNDS)]
        mine, other = (min(pair[side] for pair in times) for side in (0, 1))
        took = f"ours {mine * 1000:6.0f} ms, {library} {other * 1000:6.0f} ms"
        print(f"{name:<15} {mine / other:5.2f}   {took}, target ≤ 1", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
