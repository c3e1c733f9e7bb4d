"""How the weights of a layer are drawn before the first step.

Symbols: n_in, n_out the layer's inputs and outputs, σ the standard deviation of one weight; W = σξ, ξ ~ N(0, 1).

    zeros    σ = 0                               every unit of a layer stays the same unit for ever
    normal   σ = 1
    small    σ = 0.01                            Krizhevsky et al. 2012, section 5
    xavier   σ² = 2 / (n_in + n_out)             Glorot and Bengio 2010, eq. 12
    he       σ² = 2 / n_in                       He et al. 2015, eq. 10

Glorot and Bengio draw from a uniform distribution of that variance (eq. 16); here all are normal, so that two
initialisations of one seed differ in their scale and in nothing else.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from core.i18n import Text, same

INITIALISATIONS: dict[str, Text] = {
    "zeros": Text("zeros", "нули"),
    "small": Text("N(0, 0.01²)", "N(0; 0,01²)"),
    "normal": Text("N(0, 1)", "N(0; 1)"),
    "xavier": same("Xavier"),
    "he": same("He"),
}


def weight_sigma(kind: str, n_in: int, n_out: int) -> float:
    """σ of a layer of `n_out` units with `n_in` inputs."""
    variance = {"zeros": 0.0, "small": 1e-4, "normal": 1.0, "xavier": 2 / (n_in + n_out), "he": 2 / n_in}
    return math.sqrt(variance[kind])


def draw_weights(kind: str, n_in: int, n_out: int, generator: np.random.Generator) -> npt.NDArray[np.float64]:
    """W (n_out, n_in)."""
    return weight_sigma(kind, n_in, n_out) * generator.standard_normal((n_out, n_in))
