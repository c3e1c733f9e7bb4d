"""The bags of `core.text.bow_lab` beside scikit-learn's, which cuts and counts the texts anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.i18n import same
from core.text.bag_of_words import STOP_WORDS
from core.text.bow_lab import SIZES, BowTrace, cut
from core.verify import Check, compare


def reference(trace: BowTrace) -> tuple[Check, ...]:
    """Counts, weights and cosines beside scikit-learn’s, at most 1e-12 apart."""
    if not trace.terms:
        return ()
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.metrics.pairwise import cosine_similarity
    from sklearn.preprocessing import normalize

    p = trace.params
    vectorizer, texts = _vectorizer(trace)
    vectorizer.fit(texts[: trace.N])
    theirs = vectorizer.transform(texts)
    order = [vectorizer.vocabulary_[term] for term in trace.terms]
    counts = theirs.toarray()[:, order]

    weights = TfidfTransformer(
        norm="l2" if p.is_unit else None,
        use_idf=p.idf != "none",
        smooth_idf=p.idf == "smooth",
        sublinear_tf=p.tf == "log",
    ).fit(theirs[: trace.N])
    if p.idf == "textbook":
        # The library has no textbook idf, but it does have ln(N / df) + 1.
        weights.idf_ = weights.idf_ - 1.0
    tf = theirs.astype(np.float64)
    if p.tf == "share":
        tf = normalize(tf, norm="l1")
    elif p.tf == "binary":
        tf = (tf > 0).astype(np.float64)
    vectors = weights.transform(tf)
    return (
        compare(same("CountVectorizer"), "scikit-learn", trace.counts, counts, 0.0),
        compare(same("TfidfTransformer"), "scikit-learn", trace.vectors, vectors.toarray()[:, order], 1e-12),
        compare(
            same("cosine_similarity"),
            "scikit-learn",
            trace.cosines,
            cosine_similarity(vectors, vectors[: trace.N]),
            1e-12,
        ),
    )


def _vectorizer(trace: BowTrace) -> tuple[Any, Sequence[str]]:
    """scikit-learn's counter with our settings, and the texts it is to read.

    It knows no stemmer: what it is given then are our stems, one word each.
    """
    from sklearn.feature_extraction.text import CountVectorizer

    p = trace.params
    sizes = (min(SIZES[p.n]), max(SIZES[p.n]))
    if p.units == "chars":
        return CountVectorizer(analyzer="char", ngram_range=sizes), trace.texts
    if p.is_stemmed:
        plain = p.model_copy(update={"n": "1"})
        texts = [" ".join(unit.term for unit in cut(text, plain)) for text in trace.texts]
        return CountVectorizer(token_pattern=r"\S+", ngram_range=sizes), texts
    pattern = r"(?u)\b\w\w+\b" if p.is_long else r"(?u)\b\w+\b"
    stop = sorted(STOP_WORDS) if p.is_stopped else None
    return CountVectorizer(token_pattern=pattern, stop_words=stop, ngram_range=sizes), trace.texts
