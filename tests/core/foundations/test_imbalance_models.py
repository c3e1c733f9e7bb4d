"""The weighted and focal logistic regression, the data, the remedies: against autograd, scikit-learn, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refusal
from core.foundations.imbalance_data import MAX_ROWS, draw_sample, load_digit, load_tumours, read_table
from core.foundations.imbalance_fit import fit, focal_terms, logit, shift_prior, sigmoid
from core.foundations.imbalance_remedies import NAMES, balance_weights, nearest, prepare, train


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.3, 5.0])
def test_focal_derivatives_equal_autograd(gamma):
    s = torch.linspace(-9, 9, 61, dtype=torch.float64, requires_grad=True)
    loss = (1 - torch.sigmoid(s)) ** gamma * -torch.nn.functional.logsigmoid(s)
    (first,) = torch.autograd.grad(loss.sum(), s, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), s)
    for ours, theirs in zip(focal_terms(s.detach().numpy(), gamma), (loss, first, second), strict=True):
        np.testing.assert_allclose(ours, theirs.detach().numpy(), atol=1e-12)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 1.0, 2.0, 5.0]), st.floats(0.05, 20.0))
def test_fit_ends_where_the_gradient_is_zero(seed, gamma, strength):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(30, 3)), (rng.random(30) < 0.3).astype(float)
    y[:2] = 0, 1
    counts = rng.integers(0, 4, 30).astype(float)
    counts[:2] = 1
    found = fit(X, y, counts, strength, gamma)
    assert found.gradient < 1e-6
    w = torch.tensor(found.w, requires_grad=True)
    b = torch.tensor(found.b, dtype=torch.float64, requires_grad=True)
    z = torch.tensor(X) @ w + b
    s = torch.where(torch.tensor(y) == 1, z, -z)
    terms = torch.sigmoid(-s) ** gamma * -torch.nn.functional.logsigmoid(s)
    loss = (torch.tensor(counts) * terms).sum() + strength / 2 * (w**2).sum()
    assert abs(loss.item() - found.loss) < 1e-9
    for gradient in torch.autograd.grad(loss, (w, b)):
        assert float(gradient.abs().max()) < 1e-6


def test_counting_an_example_twice_is_repeating_it():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 2)), np.repeat([0.0, 1.0], 10)
    counts = rng.integers(0, 4, 20)
    repeated = fit(np.repeat(X, counts, axis=0), np.repeat(y, counts), np.ones(counts.sum()), 1.0)
    counted = fit(X, y, counts.astype(float), 1.0)
    np.testing.assert_allclose(counted.w, repeated.w, atol=1e-9)


def test_prior_correction_by_hand():
    # Half and half in training, one in ten in use: odds of 1 become odds of 1/9.
    after = sigmoid(shift_prior(np.array([0.0, 2.0]), 0.5, 0.1))
    assert after[0] == pytest.approx(0.1)
    p, r = sigmoid(np.array([2.0]))[0], (0.1 / 0.9) / 1.0
    assert after[1] == pytest.approx(p * r / (p * r + 1 - p))
    assert logit(0.1) == pytest.approx(np.log(1 / 9))


def test_weights_equal_the_librarys():
    from sklearn.utils.class_weight import compute_sample_weight

    y = np.array([1.0] * 3 + [0.0] * 17)
    np.testing.assert_allclose(balance_weights(y), compute_sample_weight("balanced", y))


def test_data_equal_the_librarys():
    from sklearn.datasets import load_breast_cancer

    theirs = load_breast_cancer()
    np.testing.assert_array_equal(load_tumours().X, theirs.data)
    np.testing.assert_array_equal(load_tumours().is_rare, theirs.target == 0)


def test_principal_components_equal_the_librarys():
    from sklearn.decomposition import PCA

    sample = draw_sample(load_digit(8), 0.05, 5, 0)
    theirs = PCA(5).fit(sample.table.X[sample.rows])
    ours = sample.Z * sample.scale
    np.testing.assert_allclose(np.abs(ours), np.abs(theirs.transform(sample.table.X[sample.rows])), atol=1e-9)
    np.testing.assert_allclose(
        np.abs(sample.Z_test * sample.scale), np.abs(theirs.transform(sample.table.X[sample.table.test])), atol=1e-9
    )


@pytest.mark.parametrize(("share", "rare", "common"), [(0.01, 9, 891), (0.05, 48, 903), (0.5, 94, 94)])
def test_share_of_the_rare_class(share, rare, common):
    sample = draw_sample(load_digit(8), share, 5, 0)
    assert int(sample.y.sum()) == rare
    assert len(sample.y) - rare == pytest.approx(common, abs=14)
    assert sample.share == pytest.approx(share, abs=0.002)
    assert not set(sample.rows) & set(sample.table.test)


@pytest.mark.parametrize("name", NAMES)
def test_every_recipe_says_its_share(name):
    sample = draw_sample(load_digit(8), 0.05, 5, 0)
    recipe = prepare(name, sample, 2.0, 5, 0)
    balanced = name in ("weights", "over", "under", "smote")
    assert recipe.trained_share == pytest.approx(0.5 if balanced else sample.share)
    assert recipe.threshold == pytest.approx(sample.share if name == "threshold" else 0.5)
    again = prepare(name, sample, 2.0, 5, 0)
    np.testing.assert_array_equal(recipe.counts, again.counts)
    np.testing.assert_array_equal(recipe.made, again.made)


def test_resampling_by_its_definition():
    sample = draw_sample(load_digit(8), 0.05, 5, 0)
    over, under, smote = (prepare(name, sample, 2.0, 5, 0) for name in ("over", "under", "smote"))
    is_rare = sample.y == 1
    assert np.all(over.counts[~is_rare] == 1)
    assert np.all(over.counts[is_rare] >= 1)
    assert over.counts[is_rare].sum() == (~is_rare).sum()
    assert np.all(under.counts[is_rare] == 1)
    assert under.counts[~is_rare].sum() == is_rare.sum()
    assert len(smote.made) == (~is_rare).sum() - is_rare.sum()
    assert np.all(is_rare[smote.parents])
    x, other = sample.Z[smote.parents[:, 0]], sample.Z[smote.parents[:, 1]]
    np.testing.assert_allclose(smote.made, (1 - smote.mixes[:, None]) * x + smote.mixes[:, None] * other, atol=1e-12)


def test_neighbours_equal_the_librarys():
    from sklearn.neighbors import NearestNeighbors

    Z = np.random.default_rng(0).normal(size=(40, 6))
    theirs = NearestNeighbors(n_neighbors=7).fit(Z).kneighbors(return_distance=False)
    np.testing.assert_array_equal(nearest(Z, 7), theirs)


def test_a_common_rare_class_is_left_alone():
    sample = draw_sample(load_digit(8), 0.5, 5, 0)
    plain = train(prepare("plain", sample, 2.0, 5, 0), sample, 1.0)
    for name in ("weights", "over", "under", "smote"):
        np.testing.assert_allclose(train(prepare(name, sample, 2.0, 5, 0), sample, 1.0).w, plain.w, atol=1e-9)


ROWS = "a,1,2\na,2,1\na,1,1\na,2,2\nb,5,4\nb,4,5\nb,6,5\nb,5,6\nb,4,4\n"


def test_own_table():
    table = read_table("label;x;y\n" + ROWS.replace(",", ";").replace("6", "6,5"))
    assert [name.en for name in table.names] == ["a", "b"]
    assert table.X[6].tolist() == [6.5, 5.0]
    assert int(table.is_rare[table.pool].sum()) == 2
    assert sorted([*table.pool, *table.test]) == list(range(9))
    assert draw_sample(table, 0.05, 64, 0).Z.shape == (2 + 3, 2)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no rows"),
        ("label,x", "no rows"),
        ("a,1\n" * (MAX_ROWS + 1), "too many"),
        ("a\nb", "Line 2 has 0 numbers"),
        ("a,1\nb", "Line 2 has 0 numbers"),
        ("a," + "1," * 40 + "1", "has 41 numbers"),
        ("a,1\na,x", "Line 2"),
        ("a,1\na,nan", "Line 2"),
        ("a,1\na,1e300", "Line 2"),
        ("a,1\na,2", "1 different labels"),
        ("a,1\nb,2\nc,3", "3 different labels"),
        ("a,1\na,2\na,3\nb,4\nb,5\nb,1\nb,1", "“a” has 3 rows"),
        ("a,1\n" * 4 + "b,1\n" * 5, "same numbers"),
    ],
)
def test_own_tables_that_cannot_be_used(text, sentence):
    with pytest.raises(Refusal) as refused:
        read_table(text)
    assert sentence in refused.value.text.en
    assert refused.value.text.ru
