"""The trainer: its steps beside autograd over every pair, its distributions, what it learns."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.embeddings import word2vec
from core.embeddings.word2vec import (
    SHARED,
    Settings,
    Trainer,
    count_words,
    encode,
    keep_probabilities,
    negative_probabilities,
    sort_order,
)
from core.embeddings.word2vec_quality import (
    analogy_answers,
    analogy_ranks,
    chance_share,
    class_share,
    nearest,
    number_answers,
    project,
    unit_rows,
)
from core.embeddings.word2vec_window import make_pairs

SENTENCES = [
    ["a", "b", "c", "a", "d"],
    ["e"],
    ["b", "e", "f", "g", "a", "h", "b"] * 6,
    ["c", "d"],
]


def trainer(**changed):
    vocabulary = count_words(SENTENCES)
    settings = Settings(**{"dim": 5, "window": 2, "is_dynamic": False, "subsample": 0, "epochs": 1, **changed})
    made = Trainer(vocabulary, encode(SENTENCES, vocabulary), settings, is_watched=True)
    made.W_out = torch.from_numpy(np.random.default_rng(1).standard_normal(made.W_out.shape).astype(np.float32))
    made.W_in *= 5
    return made


def pairs_of(stream, window):
    """(centre, context) places, sentence by sentence."""
    found = []
    for n in np.unique(stream.sentence):
        places = np.flatnonzero(stream.sentence == n)
        found += make_pairs(places, np.full(len(places), window)).tolist()
    return found


@pytest.mark.parametrize("kind", ["skipgram", "cbow"])
@pytest.mark.parametrize("loss", ["negative", "softmax"])
@pytest.mark.parametrize("is_dynamic", [False, True])
def test_a_step_is_the_gradient_over_all_pairs(monkeypatch, kind, loss, is_dynamic):
    monkeypatch.setattr(word2vec, "FULL", 1e9)
    made = trainer(kind=kind, loss=loss, is_dynamic=is_dynamic, batch=4096, seed=3)
    seen = {}
    step = Trainer._step

    def watched(self, words, lo, hi, drawn):
        seen.update(words=words, lo=lo, hi=hi, drawn=drawn, rate=self.rate)
        step(self, words, lo, hi, drawn)

    monkeypatch.setattr(Trainer, "_step", watched)
    before = [made.W_in.double().clone(), made.W_out.double().clone()]
    assert sum(1 for _ in made.steps()) == 1
    W_in, W_out = (W.clone().requires_grad_() for W in before)
    ids, k, block = made.stream.ids, made.settings.negatives, word2vec.BLOCK[kind]
    order = [list(words[2 : 2 + block]) for words in seen["words"]]
    softplus = torch.nn.functional.softplus
    total = torch.zeros((), dtype=torch.float64)
    n_pairs, given_by = 0, {}
    for i, j in pairs_of(made.stream, 2):
        given_by.setdefault(i, []).append(j)
    for i, around in given_by.items():
        piece = ids[i // block * block : (i // block + 1) * block]
        (row,) = [n for n, words in enumerate(order) if words[: len(piece)] == piece.tolist()]
        lo, hi = (int(seen[name][row][i % block]) for name in ("lo", "hi"))
        around = [j for j in around if lo <= j - i < hi]
        drawn = torch.from_numpy(seen["drawn"][row])
        contexts = torch.tensor([int(ids[j]) for j in around])
        asks = [(W_in[int(ids[i])], int(o), 1.0) for o in contexts]
        if kind == "cbow":
            # word2vec.c gives every word the whole gradient: that of a sum whose value is the mean.
            rows = W_in[contexts]
            mean = rows.sum(0) - (rows.sum(0) - rows.mean(0)).detach()
            asks = [(mean, int(ids[i]), 1.0)]
        for h, target, weight in asks:
            n_pairs += 1
            if loss == "softmax":
                total = total - weight * torch.log_softmax(W_out @ h, 0)[target]
            else:
                negative = softplus(W_out[drawn] @ h).sum() * k / SHARED[kind]
                total = total + softplus(-(W_out[target] @ h)) + negative
    total.backward()
    assert made.loss == pytest.approx(float(total.detach()) / n_pairs, rel=1e-4)
    for new, old, grad in ((made.W_in, before[0], W_in.grad), (made.W_out, before[1], W_out.grad)):
        assert torch.allclose(new.double() - old, -seen["rate"] * grad, atol=2e-5)
        assert float(grad.abs().max()) > 0.1


def test_windows_end_with_their_sentences():
    made = trainer(is_dynamic=True, window=3)
    sentence = np.repeat(np.arange(300), np.arange(300) % 9)
    lo, hi = made._reach(sentence)
    place = np.arange(len(sentence))
    assert (sentence[place + lo] == sentence).all()
    assert (sentence[place + hi - 1] == sentence).all()
    is_inside = np.array([((sentence == n)[max(0, i - 3) : i + 4]).sum() == 7 for i, n in enumerate(sentence)])
    assert (-lo == hi - 1)[is_inside].all()
    assert np.bincount(-lo[is_inside])[1:] / is_inside.sum() == pytest.approx([1 / 3] * 3, abs=0.1)


@pytest.mark.parametrize("V", [1, 7, 65_536, 65_537, 200_000])
def test_order_is_numpys(V):
    ids = np.random.default_rng(V).integers(0, V, 5000)
    assert sort_order(ids, V).tolist() == np.argsort(ids, kind="stable").tolist()


def test_shared_negatives_are_k_a_pair_on_average():
    made = trainer(seed=0)
    drawn = []
    made._step = lambda words, lo, hi, negatives: drawn.append(negatives)
    for _ in range(400):
        for _ in made._epoch():
            pass
    share = np.bincount(np.concatenate([d.ravel() for d in drawn]), minlength=8) / sum(d.size for d in drawn)
    assert share == pytest.approx(negative_probabilities(made.vocabulary.counts, 0.75), abs=0.01)


def test_frequent_words_do_not_run_away(monkeypatch):
    held, wild = trainer(rate=0.5, batch=4096), trainer(rate=0.5, batch=4096)
    held.train()
    monkeypatch.setattr(word2vec, "FULL", 1e9)
    wild.train()
    assert float(held.W_in.abs().max()) < 0.8 * float(wild.W_in.abs().max())


@pytest.mark.parametrize("kind", ["skipgram", "cbow"])
def test_the_same_seed_gives_the_same_vectors(kind):
    first, again, other = (trainer(kind=kind, seed=seed, epochs=3, is_dynamic=True) for seed in (1, 1, 2))
    for one in (first, again, other):
        one.train()
    assert torch.equal(first.W_in, again.W_in)
    assert not torch.equal(first.W_in, other.W_in)
    assert first.seen == first.total == 3 * len(first.stream.ids)
    assert first.rate == pytest.approx(0.025e-4)


def test_an_empty_text_trains_nothing():
    vocabulary = count_words([["a"]], least=2)
    made = Trainer(vocabulary, encode([["a"]], vocabulary), Settings(epochs=2))
    made.train()
    assert made.W_in.shape == (0, 100)


def test_vocabulary_is_sorted_by_count():
    vocabulary = count_words(SENTENCES, least=2, most=3)
    assert vocabulary.words == ("b", "a", "e")
    assert vocabulary.counts.tolist() == [13, 8, 7]
    assert encode([["z", "b"], ["z"], ["a"]], vocabulary).sentence.tolist() == [0, 2]


def test_probabilities_by_hand():
    counts = np.array([16, 1])
    assert negative_probabilities(counts, 0.75) == pytest.approx([8 / 9, 1 / 9])
    assert negative_probabilities(counts, 0) == pytest.approx([0.5, 0.5])
    keep = keep_probabilities(np.array([75, 25]), 0.03)
    assert keep == pytest.approx([0.2 + 0.04, np.sqrt(0.12) + 0.12])
    assert keep_probabilities(counts, 0).tolist() == [1, 1]
    assert (keep_probabilities(np.array([75, 25]), 0.03) > np.sqrt(0.03 / np.array([0.75, 0.25]))).all()


def test_neighbours_analogies_and_classes_by_hand():
    W = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 1], [1.05, 1, 1], [-1, 0, 0.1], [-1, 0.1, 0]], dtype=np.float32)
    M = unit_rows(W)
    known = number_answers("abcdef", {"r": [("a", "b", "c", "d"), ("a", "b", "c", "z")]}, {"low": "efx", "all": "abcd"})
    assert known.analogies.tolist() == [[0, 1, 2, 3]]
    assert known.names == ("all",)
    assert analogy_ranks(M, known.analogies).tolist() == [1]
    assert analogy_answers(M, known.analogies).tolist() == [3]
    assert nearest(M, np.array([4]), 1)[0].tolist() == [[5]]
    assert class_share(M, known) == 1
    assert chance_share(known, 6) == pytest.approx(3 / 5)
    turned = M @ np.linalg.qr(np.random.default_rng(0).standard_normal((3, 3)))[0].astype(np.float32)
    assert project(turned, project(M)) == pytest.approx(project(M), abs=1e-5)
