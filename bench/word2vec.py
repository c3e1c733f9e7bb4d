"""Our word2vec beside gensim's, one run, same corpus and settings: `python -m bench.word2vec [words] [threads] [text]`.

words   how many words of made-up text are written (400,000)
threads of ours and workers of gensim's (1)
text    a file to train on instead, one sentence a line; then the score is the correlation with WordSim-353 of gensim's
        wheel, and needs an English text of some size

The made-up text has known answers: words g{i}.{j} stand among words of stem i and of form j, so that g1.2 is to g1.5
as g7.2 is to g7.5. Between them stand 20,000 fillers with Zipf's frequencies. gensim is no dependency of the project:
install it (tried: 4.4.0) where this is run. CPU seconds of the whole process are compared, so that a busy machine
disturbs less; with CUDA ours is timed by the clock as well.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from core.device import describe, device
from core.embeddings.word2vec import Kind, Settings, Trainer, count_words, encode
from core.embeddings.word2vec_quality import analogy_ranks, unit_rows

Sentences = list[list[str]]
FILLERS, STEMS, FORMS = 20_000, 60, 6
LEAST = 5
QUESTIONS = 2000


def make_text(words: int) -> Sentences:
    """About `words` words of made-up sentences."""
    dice = random.Random(0)
    share = 1 / (np.arange(FILLERS) + 3.0)
    pool = iter(np.random.default_rng(0).choice(FILLERS, 2 * words, p=share / share.sum()).tolist())
    made: Sentences = []
    n = 0
    while n < words:
        if dice.random() < 0.5:
            i, j = dice.randrange(STEMS), dice.randrange(FORMS)
            stem = [f"s{i}.{dice.randrange(5)}" for _ in range(2)]
            form = [f"f{j}.{dice.randrange(8)}" for _ in range(2)]
            filler = [f"w{next(pool)}" for _ in range(3)]
            made.append([filler[0], *stem, f"g{i}.{j}", filler[1], *form, filler[2]])
        else:
            made.append([f"w{next(pool)}" for _ in range(dice.randrange(6, 20))])
        n += len(made[-1])
    return made


def analogies(words: Sequence[str], W: npt.NDArray[np.float32]) -> float:
    """The share of the planted analogies that is found."""
    index = {word: n for n, word in enumerate(words)}
    dice = random.Random(1)
    asked = []
    for _ in range(QUESTIONS):
        (a, c), (p, q) = dice.sample(range(STEMS), 2), dice.sample(range(FORMS), 2)
        four = (f"g{a}.{p}", f"g{a}.{q}", f"g{c}.{p}", f"g{c}.{q}")
        if all(word in index for word in four):
            asked.append([index[word] for word in four])
    return float((analogy_ranks(unit_rows(W), np.array(asked, dtype=np.int64).reshape(-1, 4)) == 1).mean())


def similarity(words: Sequence[str], W: npt.NDArray[np.float32]) -> float:
    """Spearman's correlation with WordSim-353."""
    from gensim.models import KeyedVectors
    from gensim.test.utils import datapath

    vectors = KeyedVectors(W.shape[1])
    vectors.add_vectors(list(words), W)
    return float(vectors.evaluate_word_pairs(datapath("wordsim353.tsv"))[1][0])


def timed(action: Callable[[], object]) -> tuple[float, float]:
    """CPU seconds and seconds by the clock."""
    cpu, clock = time.process_time(), time.perf_counter()
    action()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.process_time() - cpu, time.perf_counter() - clock


def compare(sentences: Sentences, kind: Kind, epochs: int, threads: int, score: Callable[..., float]) -> None:
    """Train both and print words a CPU second, words a second, and the score."""
    from gensim.models import Word2Vec

    settings = Settings(kind=kind, epochs=epochs)
    vocabulary = count_words(sentences, least=LEAST)
    stream = encode(sentences, vocabulary)
    ours = Trainer(vocabulary, stream, settings, where=device())
    a = timed(ours.train)
    theirs = Word2Vec(
        vector_size=settings.dim,
        window=settings.window,
        negative=settings.negatives,
        ns_exponent=settings.exponent,
        sample=settings.subsample,
        alpha=settings.rate,
        sg=int(kind == "skipgram"),
        min_count=LEAST,
        workers=threads,
        seed=0,
    )
    theirs.build_vocab(sentences)
    b = timed(lambda: theirs.train(sentences, total_examples=theirs.corpus_count, epochs=epochs))
    n = len(stream.ids) * epochs
    scores = score(vocabulary.words, ours.W_in.cpu().numpy()), score(theirs.wv.index_to_key, theirs.wv.vectors)
    for name, seconds, found in (("ours", a, scores[0]), ("gensim", b, scores[1])):
        print(
            f"{kind:9s} {name:7s} {n / seconds[0]:9,.0f} words/CPU s {n / seconds[1]:9,.0f} words/s  score {found:.3f}"
        )
    print(f"{kind:9s} ratio   {b[0] / a[0]:9.2f} by CPU time {b[1] / a[1]:10.2f} by the clock")


def main(words: int, threads: int, path: str | None) -> None:
    torch.set_num_threads(threads)
    sentences = make_text(words)
    if path:
        sentences = [line.lower().split() for line in Path(path).read_text(encoding="utf-8").splitlines()]
    print(f"{sum(map(len, sentences)):,} words, {threads} threads, {describe()}, torch {torch.__version__}")
    kinds: tuple[Kind, ...] = ("skipgram", "cbow")
    for kind in kinds:
        compare(sentences, kind, 6, threads, similarity if path else analogies)


if __name__ == "__main__":
    given = sys.argv[1:]
    main(
        int(float(given[0])) if given else 400_000,
        int(given[1]) if len(given) > 1 else 1,
        given[2] if len(given) > 2 else None,
    )
