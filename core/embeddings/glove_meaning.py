"""What the vectors know: neighbours while training, a second way to them, and words of several senses.

    u       (V, d) w + w̃ of each word; cos(u, v) = u·v / (|u||v|)
    PPMI    max(0, log X_ij·ΣX / (X_i X_j)); its SVD UΣVᵀ gives U√Σ (Levy, Goldberg, Dagan 2015, section 2.3)
    centre  of a sense: the mean of the unit vectors of the words that stand only in its sentences

The map is a plane of the last moment: the two main directions of the unit vectors of all words or, for a word of
several senses, of the words of its senses. Earlier moments are drawn in the same plane.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.data.corpus import answers
from core.embeddings import glove
from core.embeddings.glove_corpus import homonyms, sense_words
from core.embeddings.glove_lab import (
    ALPHA,
    OWN,
    X_MAX,
    CorpusKind,
    Counted,
    Crossing,
    Dimension,
    OwnText,
    Rate,
    Seed,
    Steps,
    Weighted,
    Window,
    count_corpus,
    language,
)
from core.i18n import Lang, Text
from core.params import Params, Slider, Switch, Words
from core.tables import Table
from core.verify import Check, compare

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
NEAREST = 8
SCORED = 5
WORD = Text("bank", "замок")
FOLDED_X_MAX = Slider(label=X_MAX.label, lo=X_MAX.lo, hi=X_MAX.hi, step=X_MAX.step, shown=X_MAX.shown, folded=True)
FOLDED_ALPHA = Slider(label=ALPHA.label, lo=ALPHA.lo, hi=ALPHA.hi, step=ALPHA.step, shown=ALPHA.shown, folded=True)


class MeaningParams(Params):
    """Whose neighbours, and how the vectors came about."""

    word: Annotated[str, Words(label=Text("A word", "Слово"), max_chars=40, example=WORD, is_wide=True)] = WORD.en
    corpus: CorpusKind = "senses"
    own: OwnText = OWN.en
    window: Window = 10
    does_cross: Crossing = True
    is_weighted: Weighted = True
    is_split: Annotated[
        bool,
        Switch(
            label=Text("Tell senses apart", "Различать значения"),
            shown=lambda values: values["corpus"] == "senses",
            help=Text(
                "Writes bank_1 and bank_2 into the corpus: its sentences know which is meant.",
                "Пишет в корпусе замок_1 и замок_2: его предложения знают, что имеется в виду.",
            ),
        ),
    ] = False
    is_beside: Annotated[
        bool,
        Switch(
            label=Text("Word2Vec beside it", "Рядом — Word2Vec"),
            help=Text(
                "Skip-gram with negative sampling, 20 passes over the same corpus, the same d and window.",
                "Skip-gram с негативными примерами: 20 проходов по тому же корпусу, те же d и окно.",
            ),
        ),
    ] = False
    x_max: Annotated[int, FOLDED_X_MAX] = 10
    alpha: Annotated[float, FOLDED_ALPHA] = 0.75
    dimension: Dimension = 32
    rate: Rate = 0.05
    steps: Steps = 150
    seed: Seed = 0


@dataclass(frozen=True)
class MeaningTrace(Frozen):
    """query : the word's row, −1 when it has none

    neighbours, cosines : of the query at each moment (T, k), none when there is no query
    plane : (T, V, 2) the map; ppmi : (V, d) vectors of the other way; by_ppmi, ppmi_cosines : its neighbours (k)
    word2vec, by_word2vec, word2vec_cosines : of the third way, with no rows when it was not asked for or diverged
    topics : of the senses of the word, empty when it has one; points : the rows of the word, one or one a sense
    members : a tuple of rows a sense; senses : (points + senses, senses) cosines with the centres of the senses
    """

    params: MeaningParams
    counted: Counted
    fit: glove.Fit
    query: int
    neighbours: Ids
    cosines: Array
    plane: Array
    ppmi: Array
    by_ppmi: Ids
    ppmi_cosines: Array
    word2vec: Array
    by_word2vec: Ids
    word2vec_cosines: Array
    topics: tuple[str, ...]
    points: tuple[int, ...]
    members: tuple[tuple[int, ...], ...]
    senses: Array
    signature: str


def unit(vectors: Array) -> Array:
    """Rows of length 1; a zero row stays zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(length > 0, length, 1.0))


def nearest(vectors: Array, query: int, k: int = NEAREST) -> tuple[Ids, Array]:
    """The k rows of largest cosine with row `query`, without it, and the cosines: (k,), (k,)."""
    u = unit(vectors)
    cosine = u @ u[query]
    order = np.argsort(-cosine, kind="stable")
    order = order[order != query][: min(k, len(u) - 1)]
    return order, cosine[order]


def pointwise(X: Array) -> Array:
    """PPMI (V, V)."""
    total, row, col = X.sum(), X.sum(1), X.sum(0)
    expected = np.where(X > 0, np.outer(row, col), 1.0)
    return np.where(X > 0, np.maximum(0.0, np.log(np.where(X > 0, X, 1.0) * total / expected)), 0.0)


def ppmi_vectors(X: Array, d: int) -> Array:
    """U√Σ of the first d singular directions (V, d)."""
    U, s, _ = np.linalg.svd(pointwise(X))
    return np.asarray(U[:, :d] * np.sqrt(s[:d]))


def word2vec_vectors(counted: Counted, d: int, window: int, seed: int) -> Array:
    """Skip-gram vectors (V, d) of the same corpus, rows as in X; none when the training diverged."""
    from core.embeddings import word2vec

    sentences = [tuple(w for w in one if counted.row(w) >= 0) for one in counted.corpus.sentences]
    vocabulary = word2vec.count_words(sentences)
    settings = word2vec.Settings(dim=d, window=window, epochs=20, rate=0.02, subsample=0.0, seed=seed)
    trainer = word2vec.Trainer(vocabulary, word2vec.encode(sentences, vocabulary), settings)
    trainer.train()
    index = vocabulary.index
    vectors = trainer.W_in.numpy().astype(np.float64)[[index[word] for word in counted.vocabulary]]
    return np.asarray(vectors) if np.isfinite(vectors).all() else np.zeros((0, d))


def known_groups(counted: Counted, kind: str) -> tuple[tuple[int, ...], ...]:
    """Rows of words that belong together, as far as it is known of the corpus; groups of one are left out."""
    if kind not in ("senses", "world"):
        return ()
    named: Iterable[tuple[str, ...]]
    if kind == "world":
        named = answers(counted.lang).classes.values()
    else:
        named = (sense_words(counted.lang, topic) for topic in sorted(set(counted.corpus.topics)))
    rows = (tuple(counted.row(word) for word in group if counted.row(word) >= 0) for group in named)
    return tuple(group for group in rows if len(group) > 1)


def score(vectors: Array, counted: Counted, kind: str) -> float | None:
    """Share of the five nearest neighbours that are of the word's own group, over the words of known groups, 0…1.

    None when nothing is known of the corpus `kind`.
    """
    groups = known_groups(counted, kind)
    if not groups:
        return None
    u = unit(vectors)
    cosine = u @ u.T
    np.fill_diagonal(cosine, -2.0)
    near = np.argsort(-cosine, axis=1, kind="stable")[:, :SCORED]
    shares = []
    for rows in groups:
        shares += [float(np.isin(near[row], rows).mean()) for row in rows]
    return float(np.mean(shares))


def main_plane(vectors: Array) -> tuple[Array, Array]:
    """The mean (d,) and the two main directions (d, 2), each with its largest component positive."""
    mean = vectors.mean(0)
    _, _, directions = np.linalg.svd(vectors - mean, full_matrices=False)
    basis = np.zeros((vectors.shape[1], 2))
    found = directions[:2].T
    basis[:, : found.shape[1]] = found * np.sign(found[np.abs(found).argmax(0), range(found.shape[1])])
    return np.asarray(mean), basis


def find(counted: Counted, word: str, *, is_split: bool) -> tuple[int, tuple[str, ...], tuple[int, ...]]:
    """The word's row, the topics of its senses, the rows it has in this corpus."""
    asked = word.strip().lower()
    senses = homonyms(counted.lang).get(asked.split("_")[0], ()) if any(counted.corpus.topics) else ()
    if senses and is_split:
        rows = tuple(counted.row(topic) for topic in senses)
        chosen = counted.row(asked) if asked in senses else rows[0]
        return chosen, senses, rows
    row = counted.row(asked.split("_")[0] if senses else asked)
    return row, senses, (row,) if senses else ()


def run(params: MeaningParams) -> MeaningTrace:
    """Train and look.

    Raises
    ------
    Refusal
        If fewer than three words meet.
    """
    p, lang = params, language(params.word)
    is_split = p.is_split and p.corpus == "senses"
    counted = count_corpus(p.corpus, p.own if p.corpus == "own" else "", lang, p.window, p.does_cross, is_split)
    f = glove.weigh(counted.X, p.x_max, p.alpha, is_weighted=p.is_weighted)
    fit = glove.train(counted.X, f, d=p.dimension, rate=p.rate, steps=p.steps, seed=p.seed)
    query, topics, points = find(counted, p.word, is_split=is_split)
    u = unit(np.asarray(fit.W + fit.C))
    members = tuple(
        tuple(counted.row(word) for word in sense_words(lang, topic) if counted.row(word) >= 0) for topic in topics
    )
    rows = [row for sense in members for row in sense] or list(range(len(counted.vocabulary)))
    mean, basis = main_plane(u[-1][rows])
    ppmi = ppmi_vectors(counted.X, p.dimension)
    none, nothing = np.zeros(0, np.int64), np.zeros(0)
    found = [nearest(fit.vectors(t), query) for t in range(len(fit.steps))] if query >= 0 else [(none, nothing)]
    by_ppmi = nearest(ppmi, query) if query >= 0 else (none, nothing)
    beside = word2vec_vectors(counted, p.dimension, p.window, p.seed) if p.is_beside else np.zeros((0, p.dimension))
    by_word2vec = nearest(beside, query) if query >= 0 and len(beside) else (none, nothing)
    centres = (
        unit(np.stack([u[-1][list(sense)].mean(0) for sense in members])) if members else np.zeros((0, u.shape[2]))
    )
    return MeaningTrace(
        params=p,
        counted=counted,
        fit=fit,
        query=query,
        neighbours=np.stack([rows_ for rows_, _ in found]),
        cosines=np.stack([values for _, values in found]),
        plane=np.asarray((u - mean) @ basis, dtype=np.float64),
        ppmi=ppmi,
        by_ppmi=by_ppmi[0],
        ppmi_cosines=by_ppmi[1],
        word2vec=beside,
        by_word2vec=by_word2vec[0],
        word2vec_cosines=by_word2vec[1],
        topics=topics,
        points=points,
        members=members,
        senses=np.round(np.concatenate([u[-1][list(points)], centres]) @ centres.T, 12),
        signature=f"{p.corpus} · V={len(counted.vocabulary)} · d={p.dimension} · {p.steps} steps · seed={p.seed} · "
        f"float64 · cpu · numpy {np.__version__}",
    )


def reference(trace: MeaningTrace) -> tuple[Check, ...]:
    """Cosines and the map's directions beside scikit-learn, singular values of PPMI beside scipy."""
    from scipy.sparse.linalg import svds
    from sklearn.decomposition import PCA
    from sklearn.metrics.pairwise import cosine_similarity

    checks = []
    V = np.array(trace.fit.vectors(len(trace.fit.steps) - 1))
    if trace.query >= 0:
        theirs = cosine_similarity(V[[trace.query]], V[trace.neighbours[-1]])[0]
        checks.append(compare(Text("cosines", "косинусы"), "scikit-learn", trace.cosines[-1], theirs, 1e-10))
    rows = [row for sense in trace.members for row in sense] or list(range(len(V)))
    spread = PCA(2, svd_solver="full").fit(unit(V)[rows]).explained_variance_
    ours = trace.plane[-1][rows].var(0, ddof=1)
    checks.append(compare(Text("spread of the map", "разброс карты"), "scikit-learn", ours, spread, 1e-9))
    k = min(trace.params.dimension, len(V) - 1)
    if k < len(V) - 1:
        largest = np.sort(svds(pointwise(trace.counted.X), k=k, return_singular_vectors=False, random_state=0))[::-1]
        mine = (trace.ppmi[:, :k] ** 2).sum(0)
        checks.append(compare(Text("singular values of PPMI", "сингулярные числа PPMI"), "scipy", mine, largest, 1e-6))
    return tuple(checks)


def tables(trace: MeaningTrace) -> tuple[Table, ...]:
    """Vectors and the map at the end, neighbours of the word, cosines with the senses."""
    words = trace.counted.vocabulary
    out = [
        Table("w + w̃", words, [str(k) for k in range(trace.params.dimension)], trace.fit.vectors(-1)),
        Table("map", words, ["x", "y"], trace.plane[-1]),
    ]
    if trace.query >= 0:
        out.append(Table("GloVe", [words[k] for k in trace.neighbours[-1]], ["cos"], trace.cosines[-1][:, None]))
        out.append(Table("PPMI-SVD", [words[k] for k in trace.by_ppmi], ["cos"], trace.ppmi_cosines[:, None]))
    if trace.topics:
        rows = [*(words[k] for k in trace.points), *(f"centre {topic}" for topic in trace.topics)]
        out.append(Table("senses", rows, trace.topics, trace.senses))
    return tuple(out)


def topic_name(topic: str, lang: Lang) -> str:
    """A sense as a reader sees it."""
    return NAMED[topic].get(lang)


NAMED: dict[str, Text] = {
    "bank_1": Text("river", "река"),
    "bank_2": Text("money", "деньги"),
    "bat_1": Text("animal", "зверь"),
    "bat_2": Text("game", "игра"),
    "замок_1": Text("castle", "крепость"),
    "замок_2": Text("lock", "дверь"),
    "коса_1": Text("braid", "волосы"),
    "коса_2": Text("scythe", "луг"),
    "коса_3": Text("spit of land", "море"),
    "лук_1": Text("onion", "грядка"),
    "лук_2": Text("bow", "охота"),
}
