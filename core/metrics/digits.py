"""A real classifier to measure: one handwritten digit against the other nine.

    X           images of 8×8 pixels, each 0…1, a row an image      (image, 64)
    y           1 for the digit in question, 0 for the others       (image,)
    w, b        weights and bias of the logistic regression         (64,), ()
    λ           strength of the penalty; scikit-learn's C is 1/λ

Training minimises Σ ln(1 + e^z) − y·z + λ/2·‖w‖² with z = X·w + b by Newton's method (iteratively reweighted least
squares: Hastie, Tibshirani and Friedman 2009, section 4.4.1); the bias is not penalised. The score of an image is
p = 1/(1 + e^(−z)).

The images are the test part of Alpaydin and Kaynak's "Optical Recognition of Handwritten Digits" (UCI, 1998) that
scikit-learn ships. The first 80 of every digit are scored, so each digit is exactly a tenth; the next ones train.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen, freeze
from core.i18n import same
from core.verify import Check, compare

Floats = npt.NDArray[np.float64]

SCORED = 80  # images of each digit that are scored
TRAINED = (50, 100, 200, 400, 800)  # images that train, all digits together
SIDE = 8
MAX_STEPS = 60


@dataclass(frozen=True)
class Digits(Frozen):
    """All images. pixels : (image, 64) 0…16; digits : (image,) 0…9."""

    pixels: npt.NDArray[np.uint8]
    digits: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Classifier(Frozen):
    """One trained classifier and what it says about images it has not seen.

    digit, trained_on, strength : which digit, how many images trained it, λ
    w, b : weights (64,) and bias
    steps : Newton steps until the gradient vanished
    images : (scored,) rows of `Digits` that are scored; probabilities : (scored,) p of each
    """

    digit: int
    trained_on: int
    strength: float
    w: Floats
    b: float
    steps: int
    images: npt.NDArray[np.int64]
    probabilities: Floats


@cache
def load_digits() -> Digits:
    """The 1797 images in the installed scikit-learn, read from its data file without importing it."""
    spec = find_spec("sklearn")
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).parent / "datasets" / "data" / "digits.csv.gz"
    with gzip.open(path, "rt", encoding="ascii", newline="") as file:
        table = np.array([[int(float(value)) for value in row] for row in csv.reader(file)], dtype=np.uint8)
    return Digits(table[:, :-1], table[:, -1])


def split_images(trained_on: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Rows that are scored and rows that train, alike for every digit and in the order of the file."""
    by_digit = [np.flatnonzero(load_digits().digits == digit) for digit in range(10)]
    scored = np.concatenate([rows[:SCORED] for rows in by_digit])
    training = np.concatenate([rows[SCORED : SCORED + trained_on // 10] for rows in by_digit])
    return np.sort(scored), np.sort(training)


def sigmoid(z: Floats) -> Floats:
    """1/(1 + e^(−z)), without overflow."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


def fit_logistic(X: Floats, y: Floats, strength: float) -> tuple[Floats, float, int]:
    """Newton's method on the penalised log loss: weights (feature,), bias, steps taken.

    A step that would raise the loss is halved, so that a weak penalty on separable classes cannot diverge.
    """
    A = np.hstack([X, np.ones((len(X), 1))])
    penalty = np.full(A.shape[1], strength)
    penalty[-1] = 0.0
    theta = np.zeros(A.shape[1])

    def loss(at: Floats) -> float:
        z = A @ at
        return float(np.logaddexp(0.0, z).sum() - y @ z + (penalty * at**2).sum() / 2)

    now, steps, largest = loss(theta), 0, np.inf
    while largest > 1e-9 and steps < MAX_STEPS:
        steps += 1
        p = sigmoid(A @ theta)
        gradient = A.T @ (p - y) + penalty * theta
        hessian = (A * (p * (1 - p))[:, None]).T @ A + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        rate = 1.0
        while (then := loss(theta - rate * step)) > now and rate > 1e-6:
            rate /= 2
        theta, now, largest = theta - rate * step, then, float(np.abs(gradient).max())
    return theta[:-1], float(theta[-1]), steps


@lru_cache(maxsize=64)
def classify_digits(digit: int, trained_on: int, strength: float) -> Classifier:
    """Train "is it `digit`?" on `trained_on` images (of `TRAINED`) with λ = `strength`, and score the held-out ones.

    The same arguments give the same classifier object, so moving a threshold never trains again.
    """
    X, y = _task(digit)
    scored, training = split_images(trained_on)
    w, b, steps = fit_logistic(X[training], y[training], strength)
    return Classifier(digit, trained_on, strength, freeze(w), b, steps, scored, sigmoid(X[scored] @ w + b))


def _task(digit: int) -> tuple[Floats, Floats]:
    data = load_digits()
    return data.pixels / 16.0, (data.digits == digit).astype(np.float64)


def reference(classifier: Classifier) -> tuple[Check, ...]:
    """Our probabilities beside those of scikit-learn's logistic regression, trained on the same images."""
    theirs = _library_probabilities(classifier.digit, classifier.trained_on, classifier.strength)
    return (compare(same("LogisticRegression"), "scikit-learn", classifier.probabilities, theirs, 1e-6),)


@lru_cache(maxsize=64)
def _library_probabilities(digit: int, trained_on: int, strength: float) -> Floats:
    from sklearn.linear_model import LogisticRegression

    X, y = _task(digit)
    scored, training = split_images(trained_on)
    model = LogisticRegression(C=1 / strength, solver="newton-cholesky", tol=1e-10, max_iter=200)
    model.fit(X[training], y[training])
    return freeze(model.predict_proba(X[scored])[:, 1])
