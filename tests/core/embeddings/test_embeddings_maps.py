"""Maps: measures, PCA, t-SNE and UMAP beside the libraries, and what noise does to them."""

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from core.embeddings import map_words, maps, tsne, umap_layout
from core.embeddings.map_words import CLASSES, MapParams, cloud_of, read_classes
from core.embeddings.preservation import continuity, kept_share, largest_k, ranks, trustworthiness
from core.embeddings.projection import principal, turn_to
from core.embeddings.umap_graph import fit_curve, fuzzy_graph, wished_strength
from core.errors import Refusal
from core.i18n import LANGS
from core.jobs import Cancelled
from core.verify import Check

RNG = np.random.default_rng(3)


def ok(checks: tuple[Check, ...]) -> bool:
    assert checks
    return all(check.passed for check in checks)


# ---- measures -------------------------------------------------------------------------------------------------


def test_ranks_by_hand() -> None:
    places = ranks(np.array([[0.0], [1.0], [3.0]]))
    assert places.tolist() == [[0, 1, 2], [1, 0, 2], [2, 1, 0]]


@pytest.mark.parametrize("k", [1, 4, 9])
def test_measures_equal_scikit_learn(k: int) -> None:
    from sklearn.manifold import trustworthiness as theirs

    X, Z = RNG.normal(size=(25, 6)), RNG.normal(size=(25, 2))
    full, flat = ranks(X), ranks(Z)
    assert trustworthiness(full, flat, k) == pytest.approx(theirs(X, Z, n_neighbors=k), abs=1e-12)
    assert continuity(full, flat, k) == pytest.approx(theirs(Z, X, n_neighbors=k), abs=1e-12)


def test_a_faithful_map_keeps_all() -> None:
    X = RNG.normal(size=(20, 2))
    full = ranks(X)
    k = largest_k(20)
    assert trustworthiness(full, full, k) == continuity(full, full, k) == 1.0
    assert kept_share(full, ranks(X * -3), k).tolist() == [1.0] * 20


# ---- PCA ------------------------------------------------------------------------------------------------------


def test_pca_equals_scikit_learn() -> None:
    from sklearn.decomposition import PCA

    X = RNG.normal(size=(15, 7))
    Z, shares = principal(X, 3)
    model = PCA(3, svd_solver="full")
    assert np.abs(np.abs(Z) - np.abs(model.fit_transform(X))).max() < 1e-10
    assert np.allclose(shares[:3], model.explained_variance_ratio_)


def test_pca_of_equal_points_is_zero() -> None:
    Z, shares = principal(np.ones((4, 3)), 2)
    assert not Z.any()
    assert not shares.any()


def test_turning_undoes_a_turn() -> None:
    Z = RNG.normal(size=(9, 2))
    turned = Z @ np.array([[0.0, -1.0], [-1.0, 0.0]])
    assert np.allclose(turn_to(turned, Z), Z)


# ---- t-SNE ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("perplexity", [2.0, 8.0, 20.0])
def test_every_point_has_the_wished_perplexity(perplexity: float) -> None:
    p = tsne.affinities(RNG.normal(size=(40, 5)), perplexity).conditional
    entropy = -(p * np.log(np.where(p > 0, p, 1))).sum(axis=1)
    assert np.allclose(np.exp(entropy), perplexity, rtol=1e-6)


def test_affinities_equal_scikit_learn() -> None:
    from scipy.spatial.distance import squareform
    from sklearn.manifold._t_sne import _joint_probabilities

    X = RNG.normal(size=(30, 4))
    D = ((X[:, None] - X[None]) ** 2).sum(axis=-1).astype(np.float32)
    theirs = squareform(_joint_probabilities(D, 7.0, 0))
    P = tsne.affinities(X, 7.0).P
    assert P.sum() == pytest.approx(1)
    assert np.abs(P - theirs).max() < 1e-6


def test_gradient_equals_autograd() -> None:
    P = tsne.affinities(RNG.normal(size=(12, 4)), 4.0).P
    Y = RNG.normal(size=(12, 2))
    cost, gradient = tsne.divergence(P, Y)
    y = torch.tensor(Y, requires_grad=True)
    kernel = 1 / (1 + ((y[:, None] - y[None]) ** 2).sum(-1)) * (1 - torch.eye(12, dtype=torch.float64))
    Q = kernel / kernel.sum()
    p = torch.tensor(np.array(P))
    pairs = p > 0
    loss = (p[pairs] * (p[pairs] / Q[pairs]).log()).sum()
    loss.backward()
    assert cost == pytest.approx(loss.item())
    assert y.grad is not None
    assert np.abs(gradient - y.grad.numpy()).max() < 1e-12


def test_descent_comes_as_low_as_scikit_learn() -> None:
    from sklearn.manifold import TSNE

    X = cloud_of(MapParams()).X
    Z, _ = principal(X, 2)
    start = tsne.start_of(Z)
    _, costs = tsne.descend(tsne.affinities(X, 15).P, start, 500, (0, 500))
    model = TSNE(method="exact", init=start.astype(np.float32), perplexity=15, max_iter=500, random_state=0)
    model.fit(X.astype(np.float32))
    assert costs[-1] < costs[0]
    assert costs[-1] == pytest.approx(model.kl_divergence_, rel=0.1)


def test_a_descent_can_be_stopped() -> None:
    def stop(share: float) -> None:
        if share > 0.1:
            raise Cancelled

    with pytest.raises(Cancelled):
        maps.run(MapParams(), stop)


# ---- UMAP -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def umap_trace() -> maps.MapTrace:
    """One run of umap-learn for all tests: its import is slow."""
    return maps.run(MapParams(method="umap", steps=100, min_dist=0.25))


def test_umap_agrees_and_was_watched(umap_trace: maps.MapTrace) -> None:
    assert ok(maps.reference(umap_trace))
    assert umap_layout.is_warm()
    assert len(umap_trace.frames) == len(umap_trace.moments) > 20
    assert umap_trace.moments[0] == 0
    assert umap_trace.moments[-1] == 100
    pca = maps.first_look(umap_trace.params)
    assert np.allclose(umap_trace.frames[0], pca.frames[0])
    assert umap_trace.trust[-1] > pca.trust[0]
    again = maps.run(umap_trace.params)
    assert np.array_equal(again.frames, umap_trace.frames)


def test_the_last_epoch_is_the_library_own_embedding(umap_trace: maps.MapTrace) -> None:
    umap = umap_layout.library()
    Z = principal(umap_trace.cloud.X, 2)[0]
    start = (Z / np.abs(Z).max() * umap_layout.SPREAD).astype(np.float32)
    model = umap.UMAP(n_neighbors=12, min_dist=0.25, n_epochs=100, init=start, random_state=0, n_jobs=1)
    theirs = model.fit_transform(umap_trace.cloud.X.astype(np.float32))
    assert np.abs(theirs - umap_trace.frames[-1]).max() < 1e-3


def test_graph_by_hand() -> None:
    graph = fuzzy_graph(np.array([[0.0], [1.0], [2.5]]), 2)
    # With k = 2 each point knows only its nearest, with strength 1: 0–1 by both, 2–1 by 2 alone.
    assert graph.W.tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]
    assert graph.rho.tolist() == [1.0, 1.0, 1.5]


def test_the_curve_is_near_what_it_is_fitted_to() -> None:
    a, b = fit_curve(0.3)
    y = np.linspace(0, 3, 50)
    assert np.abs(1 / (1 + a * y ** (2 * b)) - wished_strength(y, 0.3)).max() < 0.1


def test_warming_can_be_stopped_between_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(umap_layout, "_warm", threading.Event())
    monkeypatch.setattr(umap_layout, "library", lambda: SimpleNamespace())

    def stop(_: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        umap_layout.warm(stop)
    assert not umap_layout.is_warm()


# ---- maps -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_maps_agree_with_libraries(lang: Any) -> None:
    for method in ("pca", "tsne"):
        trace = maps.run(MapParams(own=CLASSES.get(lang), method=method, steps=250))
        assert ok(maps.reference(trace))
        assert trace.cloud.lang == lang
        for formula in maps.explain(trace, 3, lang):
            assert formula
        names = [table.name for table in maps.tables(trace)]
        assert names == ["map", "course"]


@pytest.mark.parametrize("lang", LANGS)
def test_the_default_words_are_known(lang: Any) -> None:
    assert cloud_of(MapParams.default(lang)).missing == ()


@pytest.mark.parametrize("lang", LANGS)
def test_tsne_keeps_more_neighbours_than_pca(lang: Any) -> None:
    params = MapParams.default(lang)
    tsne_map, pca = maps.run(params), maps.first_look(params)
    assert tsne_map.trust[-1] > pca.trust[0]
    assert tsne_map.kept.mean() > pca.kept.mean() + 0.15


def test_noise_has_worse_maps_and_small_perplexity_the_worst() -> None:
    low = maps.run(MapParams(source="noise", perplexity=2))
    high = maps.run(MapParams(source="noise", perplexity=30))
    words = maps.run(MapParams())
    assert low.trust[-1] < high.trust[-1] < words.trust[-1]


def test_three_dimensions_keep_more_than_two() -> None:
    assert maps.first_look(MapParams(dims=3)).trust[0] > maps.first_look(MapParams(dims=2)).trust[0]


def test_lists_are_read() -> None:
    text = "animals: cat dog\nfree words\n\nempty:\n"
    assert read_classes(text) == [("animals", ["cat", "dog"]), ("", ["free", "words"])]
    twelve = "a: one two three four five six\nb: red blue green black white brown zzzzqq one"
    cloud = cloud_of(MapParams(own=twelve))
    assert cloud.missing == ("zzzzqq",)
    assert cloud.group.tolist() == [0] * 6 + [1] * 6


@pytest.mark.parametrize("text", ["", "cat dog", "zzzqq " * 50])
def test_too_few_words_are_refused(text: str) -> None:
    with pytest.raises(Refusal):
        maps.first_look(MapParams(own=text))


def test_too_many_words_are_refused() -> None:
    from core.data.vectors import load

    with pytest.raises(Refusal):
        maps.first_look(MapParams(own=" ".join(load("en").words[: map_words.MOST + 1])))


def test_extremes_are_drawn() -> None:
    twelve = "one two three four five six seven eight nine ten red blue"
    wide: list[Callable[[], maps.MapTrace]] = [
        lambda: maps.run(MapParams(own=twelve, perplexity=60, k=30, steps=100)),
        lambda: maps.run(MapParams(own=twelve, perplexity=2, k=2, steps=100, dims=3)),
    ]
    for make in wide:
        trace = make()
        assert np.isfinite(trace.frames).all()
        assert ok(maps.reference(trace))
