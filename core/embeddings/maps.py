"""Maps of words: PCA, t-SNE and UMAP from the same start, with what each moment keeps of the neighbourhoods.

X        the points (`map_words`)                                    (n, d)
Z_f      their places on the map at frame f                          (n, dims)
frames   PCA has one. t-SNE and UMAP begin at PCA and are looked at again and again, most often at the start.

The parts: `projection` (PCA), `tsne`, `umap_graph`, `umap_layout`, `preservation` (trustworthiness, continuity).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, number, quiet, say
from core.arrays import Frozen
from core.embeddings import tsne, umap_layout
from core.embeddings.map_words import Cloud, MapParams, cloud_of
from core.embeddings.preservation import continuity, kept_share, largest_k, ranks, trustworthiness
from core.embeddings.projection import principal
from core.embeddings.umap_graph import fit_curve, fuzzy_graph
from core.i18n import Lang, Text
from core.tables import Table
from core.verify import Check, compare

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Tick = Callable[[float], None]
FRAMES = 36


@dataclass(frozen=True)
class MapTrace(Frozen):
    """A map and how it came about.

    frames (F, n, dims) float32; moments (F): steps or epochs done; trust, smooth (F): trustworthiness and continuity
    at k; kept (n,): share of each point's k neighbours that stayed; near (n, k): the k neighbours in the full space,
    nearest first; strength (n, n): P of t-SNE or W of UMAP, None for PCA; costs (F): KL in nats for t-SNE
    """

    params: MapParams
    cloud: Cloud
    frames: npt.NDArray[np.float32]
    moments: tuple[int, ...]
    k: int
    trust: Floats
    smooth: Floats
    kept: Floats
    near: Ints
    strength: Floats | None
    costs: Floats | None
    share: float
    signature: str


def moments_of(steps: int) -> tuple[int, ...]:
    """When to look: FRAMES moments from 0 to `steps`, close together at the start."""
    shares = np.linspace(0, 1, FRAMES) ** 1.6
    return tuple(sorted({round(float(s) * steps) for s in shares}))


def first_look(params: MapParams) -> MapTrace:
    """The PCA map of the same points: there at once. Raises as `cloud_of` does."""
    cloud = cloud_of(params)
    Z, shares = principal(cloud.X, params.dims)
    signature = f"PCA · {_of(cloud)} · {shares[: params.dims].sum():.1%} · numpy {np.__version__}"
    return _measured(params, cloud, [Z], (0,), None, None, shares, signature)


def run(params: MapParams, tick: Tick | None = None) -> MapTrace:
    """The map that is asked for; `tick(share)` may raise to stop. Raises as `cloud_of` does."""
    if params.method == "pca":
        return first_look(params)
    cloud = cloud_of(params)
    Z, shares = principal(cloud.X, params.dims)
    moments = moments_of(params.steps)
    n = len(cloud.X)
    if params.method == "tsne":
        perplexity = min(params.perplexity, (n - 1) / 3)
        P = tsne.affinities(cloud.X, perplexity).P
        frames, costs = tsne.descend(P, tsne.start_of(Z), params.steps, moments, tick)
        signature = f"t-SNE · {_of(cloud)} · perplexity={perplexity:g} · steps={params.steps} · numpy {np.__version__}"
        return _measured(params, cloud, frames, moments, P, np.array(costs), shares, signature)
    from importlib.metadata import version

    k = min(params.neighbours, n - 1)
    laid = umap_layout.lay_out(
        cloud.X, Z, moments[1:], neighbours=k, min_dist=params.min_dist, seed=params.seed, tick=tick
    )
    W = fuzzy_graph(cloud.X, k).W
    signature = (
        f"UMAP · {_of(cloud)} · n_neighbors={k} · min_dist={params.min_dist:g} · epochs={params.steps} · "
        f"seed={params.seed} · umap-learn {version('umap-learn')}"
    )
    return _measured(params, cloud, [Z, *laid], moments, W, None, shares, signature)


def _of(cloud: Cloud) -> str:
    return f"{cloud.name} · n={len(cloud.X)}"


def _measured(
    params: MapParams,
    cloud: Cloud,
    frames: list[Floats],
    moments: tuple[int, ...],
    strength: Floats | None,
    costs: Floats | None,
    shares: Floats,
    signature: str,
) -> MapTrace:
    """The trace, with every frame measured against the full space."""
    k = min(params.k, largest_k(len(cloud.X)))
    full = ranks(cloud.X)
    flats = [ranks(frame) for frame in frames]
    return MapTrace(
        params=params,
        cloud=cloud,
        frames=np.array(frames, dtype=np.float32),
        moments=moments,
        k=k,
        trust=np.array([trustworthiness(full, flat, k) for flat in flats]),
        smooth=np.array([continuity(full, flat, k) for flat in flats]),
        kept=kept_share(full, flats[-1], k),
        near=np.argsort(full, axis=1, kind="stable")[:, 1 : k + 1],
        strength=strength,
        costs=costs,
        share=float(shares[: params.dims].sum()),
        signature=f"{signature} · k={k}",
    )


def reference(trace: MapTrace) -> tuple[Check, ...]:
    """The measures beside scikit-learn's, and what the method rests on beside the library that made it known."""
    from sklearn.manifold import trustworthiness as theirs

    X, Z = trace.cloud.X, np.asarray(trace.frames[-1], dtype=np.float64)
    measured = Text("trustworthiness and continuity", "достоверность и непрерывность")
    beside = [theirs(X, Z, n_neighbors=trace.k), theirs(Z, X, n_neighbors=trace.k)]
    checks = [compare(measured, "scikit-learn", [trace.trust[-1], trace.smooth[-1]], beside, 1e-3)]
    if trace.params.method == "pca":
        checks.append(_check_pca(trace))
    elif trace.params.method == "tsne":
        checks += _check_tsne(trace)
    else:
        checks += _check_umap(trace)
    return tuple(checks)


def _check_pca(trace: MapTrace) -> Check:
    from sklearn.decomposition import PCA

    flat = PCA(trace.params.dims, svd_solver="full").fit_transform(trace.cloud.X)
    # The sign of a component is free; scikit-learn's versions differ in it.
    return compare(same_place("PCA"), "scikit-learn", np.abs(trace.frames[0]), np.abs(flat), 1e-5)


def same_place(method: str) -> Text:
    """What the check of a map's coordinates is called."""
    return Text(f"{method}, coordinates", f"{method}, координаты")


def _check_tsne(trace: MapTrace) -> list[Check]:
    from scipy.spatial.distance import squareform
    from sklearn.manifold._t_sne import _joint_probabilities, _kl_divergence

    assert trace.strength is not None
    assert trace.costs is not None
    n = len(trace.cloud.X)
    D = ((trace.cloud.X[:, None] - trace.cloud.X[None]) ** 2).sum(axis=-1).astype(np.float32)
    P = squareform(_joint_probabilities(D, min(trace.params.perplexity, (n - 1) / 3), 0))
    Y = np.asarray(trace.frames[-1], dtype=np.float64)
    cost, gradient = tsne.divergence(np.asarray(trace.strength), Y)
    dims = trace.params.dims
    theirs, slope = _kl_divergence(Y.ravel(), squareform(trace.strength, checks=False), 1, n, dims)
    found = Text("KL divergence and its gradient", "KL-дивергенция и её градиент")
    return [
        compare(Text("affinities n·P", "сходства n·P"), "scikit-learn", n * trace.strength, n * P, 1e-3),
        compare(found, "scikit-learn", np.append(gradient.ravel(), cost), np.append(slope.ravel(), theirs), 1e-6),
    ]


def _check_umap(trace: MapTrace) -> list[Check]:
    from sklearn.metrics import pairwise_distances

    umap = umap_layout.library()
    assert trace.strength is not None
    k = min(trace.params.neighbours, len(trace.cloud.X) - 1)
    D = pairwise_distances(np.asarray(trace.cloud.X, dtype=np.float32))
    theirs, _, _ = umap.fuzzy_simplicial_set(D, k, np.random.RandomState(0), "precomputed")
    curve = umap.find_ab_params(1.0, trace.params.min_dist)
    return [
        compare(Text("links W", "связи W"), "umap-learn", trace.strength, theirs.toarray(), 1e-3),
        compare(Text("curve a, b", "кривая a, b"), "umap-learn", fit_curve(trace.params.min_dist), curve, 1e-5),
    ]


def tables(trace: MapTrace) -> tuple[Table, ...]:
    """The last map with what is kept around each point, and the measures moment by moment."""
    axes = [f"z{j + 1}" for j in range(trace.params.dims)]
    course = np.column_stack([trace.trust, trace.smooth])
    return (
        Table("map", trace.cloud.words, [*axes, "kept"], np.column_stack([trace.frames[-1], trace.kept])),
        Table("course", [str(m) for m in trace.moments], ["trustworthiness", "continuity"], course),
    )


def explain(trace: MapTrace, picked: int, lang: Lang) -> tuple[Formula, ...]:
    """What happened to the neighbours of the picked point, and the measures of the last map."""
    i = picked if 0 <= picked < len(trace.cloud.words) else 0
    word = trace.cloud.words[i]
    flat = ranks(trace.frames[-1])
    torn = [trace.cloud.words[j] for j in trace.near[i] if flat[i, j] > trace.k]
    kept = trace.k - len(torn)
    said = (TORN if torn else WHOLE).format(words=", ".join(torn))
    lines: list[Formula] = [
        (
            say(f"{KEPT.get(lang)}({word}) = {kept} / {trace.k} = "),
            number(kept / trace.k, 3, "result"),
            quiet(said.get(lang)),
        )
    ]
    n, k = len(flat), trace.k
    lost = (1 - float(trace.trust[-1])) * n * k * (2 * n - 3 * k - 1) / 2
    lines.append(
        (
            say(f"{TRUST.get(lang)} = 1 − 2 / ({n} · {k} · (2·{n} − 3·{k} − 1)) · "),
            number(lost, 0),
            say(" = "),
            number(float(trace.trust[-1]), 3, "result"),
            quiet(STRANGERS.get(lang)),
        )
    )
    if trace.strength is not None:
        j = int(np.argmax(trace.strength[i]))
        other = trace.cloud.words[j]
        distance = float(np.linalg.norm(trace.cloud.X[i] - trace.cloud.X[j]))
        cost = "" if trace.costs is None else f"   KL = {trace.costs[-1]:.3f}"
        name = "P" if trace.params.method == "tsne" else "W"
        lines.append(
            (
                say(f"max {name}({word}, ·) = {name}({word}, {other}) = "),
                number(float(trace.strength[i, j]), 5, "result"),
                quiet(f"   |x − x′| = {distance:.3f}{cost}"),
            )
        )
    return tuple(lines)


KEPT = Text("kept", "сохранено")
TORN = Text("   torn off: {words}", "   оторваны: {words}")
WHOLE = Text("   none is torn off{words}", "   никто не оторван{words}")
TRUST = Text("trustworthiness", "достоверность")
STRANGERS = Text("   what strangers among the k nearest are fined", "   штраф за чужих среди k ближайших")
