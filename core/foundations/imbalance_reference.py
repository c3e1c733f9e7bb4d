"""The remedies beside scikit-learn: models, measures, neighbours; the focal loss beside torch's autograd."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.foundations.imbalance import ImbalanceTrace, Result
from core.foundations.imbalance_fit import sigmoid
from core.i18n import Text, same
from core.verify import Check, compare

PACKAGE = "scikit-learn"


def check_all(trace: ImbalanceTrace) -> tuple[Check, ...]:
    """Models, measures, log losses, interpolation (when there is any), focal gradient."""
    checks = [_models(trace), _measures(trace), _losses(trace)]
    if len(trace.of("smote").recipe.made):
        checks.append(_neighbours(trace))
    return (*checks, _focal(trace))


def _models(trace: ImbalanceTrace) -> Check:
    """Test probabilities of the five models that have a convex loss."""
    from sklearn.linear_model import LogisticRegression

    sample, strength = trace.sample, 10.0**trace.params.lg_strength
    ours, theirs = [], []
    for result in trace.results:
        if result.name in ("focal", "threshold"):
            continue
        recipe = result.recipe
        X = np.vstack([sample.Z, recipe.made])
        y = np.append(sample.y, np.ones(len(recipe.made)))
        counts = np.append(recipe.counts, np.ones(len(recipe.made)))
        more: dict[str, Any] = {"class_weight": "balanced"} if result.name == "weights" else {}
        model = LogisticRegression(C=1 / strength, solver="newton-cholesky", tol=1e-10, max_iter=300, **more)
        model.fit(X, y, None if result.name == "weights" else counts)
        ours.append(sigmoid(result.z))
        theirs.append(model.predict_proba(sample.Z_test)[:, 1])
    return compare(same("LogisticRegression"), PACKAGE, ours, theirs, 1e-6)


def _measures(trace: ImbalanceTrace) -> Check:
    from sklearn import metrics

    y, weights = trace.sample.y_test, trace.weights

    def theirs(result: Result) -> list[float]:
        called = sigmoid(result.z) >= result.recipe.threshold
        P, R, F, _ = metrics.precision_recall_fscore_support(
            y, called, labels=[1, 0], sample_weight=weights, zero_division=0
        )
        return [
            *P,
            *R,
            *F,
            metrics.accuracy_score(y, called, sample_weight=weights),
            metrics.roc_auc_score(y, result.z),
            metrics.average_precision_score(y, result.z, sample_weight=weights),
        ]

    ours = [
        [
            *np.nan_to_num(r.precision),
            *r.recall,
            *r.f1,
            r.accuracy,
            r.auc,
            r.average_precision,
        ]
        for r in trace.results
    ]
    return compare(same("P, R, F₁, AUC, AP"), PACKAGE, ours, [theirs(r) for r in trace.results], 1e-6)


def _losses(trace: ImbalanceTrace) -> Check:
    """From the log-odds, as ours: probabilities that round to 1 have no logarithm left."""
    import torch

    y, weights = torch.tensor(trace.sample.y_test), torch.tensor(trace.weights)
    theirs = [
        float(torch.nn.functional.binary_cross_entropy_with_logits(torch.tensor(odds), y, weights, reduction="sum"))
        / trace.weights.sum()
        for r in trace.results
        for odds in (r.z, r.corrected)
    ]
    ours = [loss for r in trace.results for loss in r.log_loss]
    return compare(same("BCEWithLogits"), "torch", ours, theirs, 1e-9)


def _neighbours(trace: ImbalanceTrace) -> Check:
    """How far each invented example is from the segment between its parent and one of the parent's neighbours."""
    from sklearn.neighbors import NearestNeighbors

    sample, recipe = trace.sample, trace.of("smote").recipe
    rare = sample.Z[sample.y == 1]
    k = min(trace.params.neighbours, len(rare) - 1)
    place = {int(row): at for at, row in enumerate(np.flatnonzero(sample.y == 1))}
    first = np.array([place[int(row)] for row in recipe.parents[:, 0]])
    distances, near = NearestNeighbors(n_neighbors=k).fit(rare).kneighbors()
    x, others = rare[first], rare[near[first]]
    # The nearest point of each of the k segments; equal neighbours (ties) are all as good.
    along = others - x[:, None]
    length = np.maximum((along**2).sum(2), 1e-300)
    u = np.clip(((recipe.made - x)[:, None] * along).sum(2) / length, 0, 1)
    gap = np.sqrt((((x[:, None] + u[:, :, None] * along) - recipe.made[:, None]) ** 2).sum(2)).min(1)
    is_tied = np.linalg.norm(sample.Z[recipe.parents[:, 1]] - x, axis=1) <= distances[first, -1] * (1 + 1e-9)
    what = Text("SMOTE: k nearest neighbours", "SMOTE: k ближайших соседей")
    return compare(what, PACKAGE, np.where(is_tied, np.minimum(gap, 1e-12), gap), np.zeros(len(gap)), 1e-9)


def _focal(trace: ImbalanceTrace) -> Check:
    """The gradient of the focal loss at our solution, by autograd, is zero."""
    import torch

    sample, result = trace.sample, trace.of("focal")
    w = torch.tensor(result.fit.w, requires_grad=True)
    b = torch.tensor(result.fit.b, dtype=torch.float64, requires_grad=True)
    y = torch.tensor(sample.y)
    p = torch.sigmoid(torch.tensor(sample.Z) @ w + b)
    p_t = torch.where(y == 1, p, 1 - p)
    loss = ((1 - p_t) ** result.recipe.gamma * -torch.log(p_t)).sum()
    loss = loss + 10.0**trace.params.lg_strength / 2 * (w**2).sum()
    gradient = torch.autograd.grad(loss, (w, b))
    found = np.append(gradient[0].numpy(), gradient[1].item())
    what = Text("gradient of the focal loss", "градиент фокальной потери")
    return compare(what, "torch", found, np.zeros_like(found), 1e-5)
