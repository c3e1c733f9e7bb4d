"""Several classes of sentences, and what helps the rarest.

    X       bags of words: how often each word of the training sentences stands in a sentence     (sentence, word)
    K       classes; one logistic regression a class against all others, the largest p answers
    C       confusion matrix over all sentences, each answered by the models that have not seen it (K, K)
    n_c     training sentences of class c

The sentences are those of `core.foundations.imbalance_sentences`; the rarest class of the corpus can be
thinned. Five folds, each class dealt out evenly; what is resampled or augmented is made from the training folds alone.

    plain    every sentence counts 1
    weights  n/(K·n_c)
    over     copies until every class is as large as the largest
    under    all classes cut to the smallest
    delete   as "over", but each copy loses every word with probability 0.2 (Wei and Zou 2019, random deletion)
    swap     as "over", but in each copy two words change places (Wei and Zou 2019, random swap)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.foundations.imbalance_fit import Fit, fit, sigmoid
from core.foundations.imbalance_sentences import (
    FEWEST,
    REVIEWS,
    STORIES,
    Bag,
    cut_words,
    load_reviews,
    load_sentences,
    read_own,
)
from core.i18n import Text
from core.metrics.translation_texts import language_of
from core.params import Choice, Params, Slider, Words
from core.tables import Table
from core.verify import Check, compare

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
TextRemedy = Literal["plain", "weights", "over", "under", "delete", "swap"]

REMEDIES: tuple[TextRemedy, ...] = ("plain", "weights", "over", "under", "delete", "swap")
FOLDS = 5
DROP = 0.2
STRENGTH = 1.0
MAX_PROBE = 300
MAX_OWN = 6000
TITLES: dict[TextRemedy, Text] = {
    "plain": Text("plain", "как есть"),
    "weights": Text("class weights", "веса классов"),
    "over": Text("over-sampling", "оверсэмплинг"),
    "under": Text("under-sampling", "андерсэмплинг"),
    "delete": Text("word deletion", "удаление слов"),
    "swap": Text("word swap", "перестановка"),
}
PROBE = Text("Put the boat on the water.", "Поставь лодку на воду.")


class TextParams(Params):
    """What is classified, how rare the rarest class is, and a sentence of one's own."""

    probe: Annotated[
        str,
        Words(
            label=Text("A sentence to classify", "Предложение для проверки"),
            max_chars=MAX_PROBE,
            is_wide=True,
            example=PROBE,
        ),
    ] = PROBE.en
    source: Annotated[
        str,
        Choice(
            label=Text("Sentences", "Предложения"),
            options={"stories": Text("our stories", "наши рассказы"), "reviews": Text("reviews", "отзывы")},
            help=Text(
                "Our stories by subject, or what people wrote: film reviews, tweets, product reviews, a newspaper.",
                "Наши рассказы — по темам; или английские отзывы о фильмах и товарах, твиты и газетные фразы.",
            ),
            shown=lambda p: not p["own"].strip(),
        ),
    ] = "stories"
    kept: Annotated[
        int,
        Slider(
            label=Text("Sentences of the rarest class", "Предложений редкого класса"),
            lo=FEWEST,
            hi=15,
            step=1,
            shown=lambda p: not p["own"].strip(),
        ),
    ] = 8
    own: Annotated[
        str,
        Words(
            label=Text("Own sentences: label; sentence", "Свои предложения: метка; предложение"),
            max_chars=MAX_OWN,
            lines=6,
            folded=True,
            help=Text(
                "At least two labels with five sentences each. Empty: the corpus of the project.",
                "Хотя бы две метки, у каждой пять предложений. Пусто — корпус проекта.",
            ),
        ),
    ] = ""
    text_seed: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1, folded=True)] = 0


@dataclass(frozen=True)
class Sentences(Frozen):
    """bags : words of each sentence in order; y : (sentence,) class; names : largest class first; texts as written."""

    bags: tuple[Bag, ...]
    y: Ints
    names: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class TextTrace(Frozen):
    """All remedies.

    answers : (remedy, sentence) class given by the models that have not seen the sentence; fold : (sentence,)
    C : (remedy, K, K) rows the truth; precision, recall, f1 : (remedy, K); accuracy, macro : (remedy,)
    known, unknown : words of the visitor's sentence that the others have, and that none has
    pull : (remedy, K, known) what each known word adds to the log-odds of a class, models trained on everything
    bias, probe : (remedy, K) b, and p of each class for the visitor's sentence
    """

    params: TextParams
    sentences: Sentences
    fold: Ints
    answers: Ints
    C: Ints
    precision: Floats
    recall: Floats
    f1: Floats
    accuracy: Floats
    macro: Floats
    known: tuple[str, ...]
    pull: Floats
    bias: Floats
    probe: Floats
    unknown: tuple[str, ...]
    signature: str

    @property
    def majority(self) -> float:
        """The accuracy of always saying the largest class."""
        return float(np.bincount(self.sentences.y).max() / len(self.sentences.y))


def gather(params: TextParams) -> Sentences:
    """The labelled sentences that are in force.

    Raises
    ------
    Refusal
        Own sentences that cannot be used, or sentences that have to be fetched first.
    """
    lang = language_of(params.probe)
    if params.own.strip():
        pairs: Sequence[tuple[str, str]] = read_own(params.own)
        titles = {label: label for label, _ in pairs}
    elif params.source == "reviews":
        pairs = load_reviews(params.kept, params.text_seed)
        titles = {name: title.get(lang) for name, (title, _) in REVIEWS.items()}
    else:
        every = load_sentences(lang)
        rare = [k for k, (name, _) in enumerate(every) if name == "recipe"]
        left = {*np.random.default_rng(params.text_seed).permutation(rare)[: params.kept].tolist()}
        pairs = [pair for k, pair in enumerate(every) if pair[0] != "recipe" or k in left]
        titles = {name: title.get(lang) for name, (title, _) in STORIES.items()}
    labels = [label for label, _ in pairs]
    names = sorted(set(labels), key=lambda name: (-labels.count(name), name))
    return Sentences(
        bags=tuple(cut_words(sentence) for _, sentence in pairs),
        y=np.array([names.index(label) for label in labels]),
        names=tuple(titles[name] for name in names),
        texts=tuple(sentence for _, sentence in pairs),
    )


def deal_folds(y: Ints, seed: int) -> Ints:
    """(sentence,) which of `FOLDS` tests it: every class shuffled and dealt out in turn."""
    rng = np.random.default_rng([seed, 1])
    fold = np.zeros(len(y), dtype=np.int64)
    dealt = 0
    for kind in range(int(y.max()) + 1):
        rows = rng.permutation(np.flatnonzero(y == kind))
        fold[rows] = (dealt + np.arange(len(rows))) % FOLDS
        dealt += len(rows)
    return fold


def remedy_rows(name: TextRemedy, bags: Sequence[Bag], y: Ints, seed: int) -> tuple[list[Bag], Ints, Floats]:
    """What trains: sentences, their classes, what each counts.

    The same seed draws the same sentences for "over", "delete" and "swap".
    """
    counts = np.bincount(y)
    if name in ("plain", "weights"):
        weight = len(y) / (len(counts) * counts[y]) if name == "weights" else np.ones(len(y))
        return list(bags), y, np.asarray(weight, dtype=np.float64)
    rng, change = np.random.default_rng([seed, 2]), np.random.default_rng([seed, 3])
    rows: list[int] = []
    copies: list[int] = []
    for kind, count in enumerate(counts):
        own = np.flatnonzero(y == kind)
        if name == "under":
            rows += rng.choice(own, counts.min(), replace=False).tolist()
        else:
            rows += own.tolist()
            copies += rng.choice(own, counts.max() - count).tolist()
    made = [_change(name, bags[row], change) for row in copies]
    kept = [*rows, *copies]
    return [*(bags[row] for row in rows), *made], y[kept], np.ones(len(kept))


def _change(name: TextRemedy, bag: Bag, rng: np.random.Generator) -> Bag:
    if name == "delete":
        left = tuple(word for word in bag if rng.random() >= DROP)
        return left or bag
    if name == "swap" and len(bag) > 1:
        i, j = rng.choice(len(bag), 2, replace=False)
        moved = list(bag)
        moved[i], moved[j] = moved[j], moved[i]
        return tuple(moved)
    return bag


def count_words(bags: Sequence[Bag], vocabulary: dict[str, int]) -> Floats:
    """(sentence, word) counts; words outside the vocabulary are left out."""
    X = np.zeros((len(bags), len(vocabulary)))
    for k, bag in enumerate(bags):
        for word in bag:
            if word in vocabulary:
                X[k, vocabulary[word]] += 1
    return X


def fit_classes(X: Floats, y: Ints, weight: Floats, K: int) -> list[Fit]:
    """One model a class against all others.

    A ridge penalty keeps w in the span of the sentences, so the models are fitted on the sentences' own coordinates (as
    many as there are different sentences, not words) and turned back.
    """
    unique, at = np.unique(X, axis=0, return_inverse=True)
    U, s, Vt = np.linalg.svd(unique, full_matrices=False)
    rank = int((s > s[0] * 1e-12).sum())
    short = (U[:, :rank] * s[:rank])[at.reshape(-1)]
    fits = [fit(short, (y == kind).astype(np.float64), weight, STRENGTH) for kind in range(K)]
    return [Fit(f.w @ Vt[:rank], f.b, f.steps, f.gradient, f.loss) for f in fits]


def train_text(name: TextRemedy, sentences: Sentences, rows: Ints, seed: int) -> tuple[dict[str, int], list[Fit]]:
    """Vocabulary and models of one remedy from the sentences `rows`."""
    bags, y, weight = remedy_rows(name, [sentences.bags[row] for row in rows], sentences.y[rows], seed)
    # Words in the order of the original sentences, so that a swap cannot reorder the columns.
    words = dict.fromkeys(word for row in rows for word in sentences.bags[row])
    vocabulary = {word: k for k, word in enumerate(words)}
    return vocabulary, fit_classes(count_words(bags, vocabulary), y, weight, len(sentences.names))


def run(params: TextParams) -> TextTrace:
    """Cross-validate every remedy, and let each answer the visitor's sentence.

    Raises
    ------
    Refusal
        Own sentences that cannot be used.
    """
    own = params.model_copy(update={"probe": PROBE.get(language_of(params.probe))})
    sentences, fold, answers, models = _train(own)
    K, n = len(sentences.names), len(sentences.y)
    C = np.zeros((len(REMEDIES), K, K), dtype=np.int64)
    for k in range(len(REMEDIES)):
        np.add.at(C[k], (sentences.y, answers[k]), 1)
    hits = np.diagonal(C, axis1=1, axis2=2)
    called, truly = C.sum(1), C.sum(2)
    f1 = 2 * hits / (called + truly)
    bag = cut_words(params.probe)
    vocabulary = models[0][0]  # all remedies know the words of the same sentences
    known = tuple(dict.fromkeys(word for word in bag if word in vocabulary))
    times = np.array([bag.count(word) for word in known], dtype=np.float64)
    columns = [vocabulary[word] for word in known]
    pull = np.array([[times * f.w[columns] for f in fits] for _, fits in models]).reshape(len(REMEDIES), K, len(known))
    bias = np.array([[f.b for f in fits] for _, fits in models])
    return TextTrace(
        params=params,
        sentences=sentences,
        fold=fold,
        answers=answers,
        C=C,
        precision=np.where(called > 0, hits / np.maximum(called, 1), np.nan),
        recall=hits / truly,
        f1=f1,
        accuracy=hits.sum(1) / n,
        macro=f1.mean(1),
        known=known,
        pull=pull,
        bias=bias,
        probe=sigmoid(pull.sum(2) + bias),
        unknown=tuple(dict.fromkeys(word for word in bag if word not in vocabulary)),
        signature=f"{'own sentences' if params.own.strip() else _named(params)} · n={n} · "
        f"{' + '.join(map(str, np.bincount(sentences.y)))} · {FOLDS} folds · λ={STRENGTH:g} · "
        f"seed={params.text_seed} · numpy {np.__version__}",
    )


def _named(params: TextParams) -> str:
    return "vaderSentiment" if params.source == "reviews" else f"corpus.{language_of(params.probe)}"


@lru_cache(maxsize=8)
def _train(params: TextParams) -> tuple[Sentences, Ints, Ints, tuple[tuple[dict[str, int], list[Fit]], ...]]:
    """All that does not depend on the visitor's sentence."""
    sentences = gather(params)
    fold = deal_folds(sentences.y, params.text_seed)
    answers = np.zeros((len(REMEDIES), len(sentences.y)), dtype=np.int64)
    models = []
    for k, name in enumerate(REMEDIES):
        for part in range(FOLDS):
            training, checked = np.flatnonzero(fold != part), np.flatnonzero(fold == part)
            vocabulary, fits = train_text(name, sentences, training, params.text_seed)
            X = count_words([sentences.bags[row] for row in checked], vocabulary)
            answers[k, checked] = np.argmax([f.logits(X) for f in fits], axis=0)
        models.append(train_text(name, sentences, np.arange(len(fold)), params.text_seed))
    return sentences, fold, answers, tuple(models)


def reference(trace: TextTrace) -> tuple[Check, ...]:
    """The models of "class weights" and all measures beside scikit-learn."""
    from sklearn import metrics
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    sentences = trace.sentences
    vocabulary = {word: k for k, word in enumerate(dict.fromkeys(word for bag in sentences.bags for word in bag))}
    X = count_words(sentences.bags, vocabulary)
    model = OneVsRestClassifier(LogisticRegression(C=1 / STRENGTH, solver="newton-cholesky", tol=1e-10, max_iter=300))
    model.fit(X, sentences.y)
    columns = model.estimators_ if len(sentences.names) > 2 else [model.estimators_[0]]
    probe = count_words([cut_words(trace.params.probe)], vocabulary)
    theirs = [float(one.predict_proba(probe)[0, 1]) for one in columns]
    ours = trace.probe[0] if len(sentences.names) > 2 else trace.probe[0, 1:]
    checks = [compare(_NAME, "scikit-learn", ours, theirs, 1e-6)]
    scores: list[list[Any]] = []
    for k in range(len(REMEDIES)):
        P, R, F, _ = metrics.precision_recall_fscore_support(sentences.y, trace.answers[k], zero_division=0)
        scores.append([*P, *R, *F, metrics.accuracy_score(sentences.y, trace.answers[k])])
    mine = np.column_stack([np.nan_to_num(trace.precision), trace.recall, trace.f1, trace.accuracy])
    return (*checks, compare(Text("P, R, F₁ of each class", "P, R, F₁ классов"), "scikit-learn", mine, scores, 1e-12))


_NAME = Text("one-vs-rest LogisticRegression", "LogisticRegression, один против всех")


def tables(trace: TextTrace) -> tuple[Table, ...]:
    """F₁, precision and recall of each class, the matrices, and the visitor's sentence."""
    names, rows = list(trace.sentences.names), list(REMEDIES)
    whole = np.column_stack([trace.f1, trace.macro, trace.accuracy])
    matrices = [Table(f"C, {name}", names, names, trace.C[k].astype(np.float64)) for k, name in enumerate(REMEDIES)]
    return (
        Table("F1", rows, [*names, "macro F1", "accuracy"], whole),
        Table("precision", rows, names, trace.precision),
        Table("recall", rows, names, trace.recall),
        *matrices,
        Table("own sentence, p", rows, names, trace.probe),
    )
