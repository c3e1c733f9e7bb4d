"""What an attention head does, measured and not asserted.

Symbols: A[l, h, i, j] is the weight with which, in layer l and head h, the token i (row, query) attends to the token j
(column, key); every row sums to 1.

Entropy and distance follow Clark et al. 2019 ("What Does BERT Look At?"), rollout is Abnar and Zuidema 2020
("Quantifying Attention Flow in Transformers", eq. 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.arrays import FloatArray, Frozen, freeze
from core.i18n import Text

Weights = FloatArray

ROLES: dict[str, Text] = {
    "previous": Text("previous token", "предыдущий токен"),
    "next": Text("next token", "следующий токен"),
    "special": Text("special tokens", "служебные токены"),
    "same": Text("same word", "то же слово"),
    "itself": Text("itself", "сам на себя"),
}


@dataclass(frozen=True)
class HeadSummary(Frozen):
    """One number a head and measure, all (layer, head).

    entropy : mean over rows, bits; from 0 (one token) to log2(pos) (all alike)
    distance : mean |i − j| weighted by attention, tokens
    roles : for each of `ROLES`, the mean share of a row's weight that goes to such tokens, 0…1. Rows that have no such
        token (the first has no previous one) are left out; NaN when no row has one.
    """

    entropy: npt.NDArray[np.float64]
    distance: npt.NDArray[np.float64]
    roles: dict[str, npt.NDArray[np.float64]]

    def ranked(self, role: str) -> list[tuple[int, int, float]]:
        """Heads by their share of `role`, largest first: (layer, head, share)."""
        shares = np.nan_to_num(self.roles[role], nan=-1.0)
        order = np.argsort(-shares, axis=None, kind="stable")
        return [(int(n // shares.shape[1]), int(n % shares.shape[1]), float(shares.flat[n])) for n in order]


def row_entropy(A: Weights) -> npt.NDArray[np.float64]:
    """−Σⱼ A log₂ A of every row, bits: (…, pos, pos) → (…, pos). 0·log 0 counts as 0."""
    A = np.asarray(A, dtype=np.float64)
    logs = np.log2(np.where(A > 0, A, 1.0))
    return np.asarray(-(A * logs).sum(-1) + 0.0)


def mean_distance(A: Weights) -> npt.NDArray[np.float64]:
    """Σⱼ A[i, j]·|i − j| of every row, tokens: (…, pos, pos) → (…, pos)."""
    positions = np.arange(A.shape[-1])
    gaps = np.abs(positions[:, None] - positions[None, :])
    return np.asarray((np.asarray(A, dtype=np.float64) * gaps).sum(-1))


def role_masks(pieces: Sequence[str], is_special: Sequence[bool]) -> dict[str, npt.NDArray[np.bool_]]:
    """For every role, which keys count for which query: (pos, pos) bool.

    Rows of special tokens are empty except for "special" and "itself": they have no neighbours in the sentence.
    "same word" is the same piece elsewhere in the text, case ignored.
    """
    n = len(pieces)
    special = np.asarray(is_special, dtype=bool)
    both = ~special[:, None] & ~special[None, :]
    names = np.asarray([p.lower() for p in pieces])
    return {
        "previous": np.eye(n, k=-1, dtype=bool) & ~special[:, None],
        "next": np.eye(n, k=1, dtype=bool) & ~special[:, None],
        "special": np.broadcast_to(special[None, :], (n, n)) & ~special[:, None],
        "same": (names[:, None] == names[None, :]) & ~np.eye(n, dtype=bool) & both,
        "itself": np.eye(n, dtype=bool),
    }


def summarize_heads(A: Weights, pieces: Sequence[str], is_special: Sequence[bool]) -> HeadSummary:
    """Measure every head of A (layer, head, pos, pos)."""
    A = np.asarray(A, dtype=np.float64)
    roles = {}
    for role, mask in role_masks(pieces, is_special).items():
        rows = mask.any(1)
        shares = (A * mask).sum(-1)[..., rows]
        roles[role] = freeze(shares.mean(-1) if rows.any() else np.full(A.shape[:2], np.nan))
    return HeadSummary(entropy=row_entropy(A).mean(-1), distance=mean_distance(A).mean(-1), roles=roles)


def rollout(A: Weights) -> npt.NDArray[np.float64]:
    """Attention rollout: how much of each input token reaches each position, layer after layer.

    A (layer, head, pos, pos) is averaged over heads, mixed half and half with the identity (the residual connection),
    and multiplied up: R₀ = I, R_l = (½·mean_h A_l + ½·I)·R_{l−1}. Returns (layer + 1, pos, pos), rows sum to 1.
    """
    mixed = 0.5 * np.asarray(A, dtype=np.float64).mean(1) + 0.5 * np.eye(A.shape[-1])
    steps = [np.eye(A.shape[-1])]
    for layer in mixed:
        steps.append(layer @ steps[-1])
    return np.stack(steps)


def kendall_tau(a: npt.ArrayLike, b: npt.ArrayLike) -> float:
    """Kendall's τ-b, −1…1: do two rankings order the same pairs alike? NaN when one of them is constant.

    (concordant − discordant) / √((n₀ − ties in a)(n₀ − ties in b)), n₀ = n(n − 1)/2 (Kendall 1945).
    """
    x, y = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    upper = np.triu_indices(len(x), 1)
    dx, dy = np.sign(x[:, None] - x[None, :])[upper], np.sign(y[:, None] - y[None, :])[upper]
    below = np.sqrt(float((dx != 0).sum()) * float((dy != 0).sum()))
    return float((dx * dy).sum() / below) if below else float("nan")
