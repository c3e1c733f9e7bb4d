"""Cross-entropy over a sequence of tokens: what is summed, what is hidden, and what it is divided by.

Symbols: p_t the probability that the model gives to the true token at position t, ℓ_t = −ln p_t, m_t ∈ {0, 1} the
mask (0: no loss here), T the length with its padding, N = Σ m_t;

    L         Σ m_t·ℓ_t / N                     the mean over the tokens that count; torch: ignore_index, mean
    L_length  Σ m_t·ℓ_t / T                     the padding bug: padding adds nothing and is counted all the same
    L_all     Σ ℓ_t / T                         no mask at all: predicting padding is rewarded
    ∂L/∂z_t   m_t·(p_t − 1) / N                 for the logit of the true token
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arithmetic import Cell, Formula, Part, number, quiet, say, write_number
from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Lang, Text, same
from core.params import Grid, Matrix, Params, Slider, Switch, Words, write_bound
from core.tables import Table
from core.verify import Check, compare

MAX_WORDS, MAX_PADDING, SMALLEST = 8, 12, 1e-6
PAD = "<pad>"
NORMS = ("mask", "length", "all")


class MaskedParams(Params):
    """A sentence, what the model thinks of its tokens, and its padding."""

    words: Annotated[
        str,
        Words(
            label=Text("Tokens", "Токены"),
            max_chars=80,
            example=Text("the cat sat on mats", "кошка спит на тёплом окне"),
            help=Text("Up to eight words, split at spaces.", "До восьми слов, разделённых пробелами."),
            is_wide=True,
        ),
    ] = "the cat sat on mats"
    padding: Annotated[
        int, Slider(label=Text("Tokens of padding", "Токенов паддинга"), lo=0, hi=MAX_PADDING, step=1)
    ] = 3
    p_pad: Annotated[
        float,
        Slider(
            label=Text("Probability of <pad>", "Вероятность <pad>"),
            lo=0.01,
            hi=0.99,
            step=0.01,
            help=Text(
                "How well the model predicts its own padding. It learns that fast when nobody hides it.",
                "Насколько хорошо модель угадывает паддинг. Если его не скрыть, она учится этому быстро.",
            ),
        ),
    ] = 0.7
    is_hidden: Annotated[bool, Switch(label=Text("The mask hides padding", "Маска скрывает паддинг"))] = True
    table: Annotated[
        Matrix, Grid(label=Text("Tokens: p and mask", "Токены: p и маска"), bound=1, rows=(1, MAX_WORDS), cols=2)
    ] = ((0.9, 1.0), (0.6, 1.0), (0.25, 1.0), (0.8, 1.0), (0.05, 1.0))


@dataclass(frozen=True)
class MaskedTrace(Frozen):
    """p, m, loss, kept = m·loss, gradient: (T,). sweep (NORMS, MAX_PADDING + 1): the three means for 0… tokens of
    padding; NaN where nothing is left to divide by."""

    params: MaskedParams
    tokens: tuple[str, ...]
    words: int
    p: npt.NDArray[np.float64]
    m: npt.NDArray[np.float64]
    loss: npt.NDArray[np.float64]
    kept: npt.NDArray[np.float64]
    gradient: npt.NDArray[np.float64]
    sweep: npt.NDArray[np.float64]
    signature: str

    @property
    def means(self) -> npt.NDArray[np.float64]:
        """L, L_length, L_all at the present padding."""
        return np.asarray(self.sweep[:, self.params.padding])


def split_words(words: str) -> tuple[str, ...]:
    """At most eight words; a blank text is the one token «∅»."""
    return tuple(words.split())[:MAX_WORDS] or ("∅",)


def guess_probability(word: str) -> float:
    """0.05…0.95 for a word that has no number yet: always the same for the same word."""
    return (1 + zlib.crc32(word.encode("utf-8")) % 19) / 20


def fit_rows(table: Matrix, words: tuple[str, ...]) -> Matrix:
    """One row (p, m) a word: rows that exist are kept, further words get `guess_probability` and count."""
    return tuple(table[i] if i < len(table) else (guess_probability(word), 1.0) for i, word in enumerate(words))


def check_rows(rows: Matrix) -> None:
    """
    Raises
    ------
    Refusal
        If a probability is not in (0, 1], or a mask neither 0 nor 1.
    """
    for p, m in rows:
        if not SMALLEST <= p <= 1:
            raise Refusal(NOT_A_PROBABILITY.format(p=write_bound(p)))
        if m not in (0.0, 1.0):
            raise Refusal(NOT_A_MASK.format(m=write_bound(m)))


def divide(total: float, n: float) -> float:
    """total / n, NaN for 0 / 0."""
    return total / n if n else math.nan


def run(params: MaskedParams) -> MaskedTrace:
    """The loss of every token, and the three means for every amount of padding.

    Raises
    ------
    Refusal
        If a row of `table` cannot be used.
    """
    words = split_words(params.words)
    rows = fit_rows(params.table, words)
    check_rows(rows)
    pads = [(params.p_pad, 0.0 if params.is_hidden else 1.0)] * MAX_PADDING
    p, m = np.array([*rows, *pads]).T
    loss = -np.log(p) + 0.0
    sweep = np.empty((len(NORMS), MAX_PADDING + 1))
    for extra in range(MAX_PADDING + 1):
        length = len(words) + extra
        total = float((m * loss)[:length].sum())
        sweep[:, extra] = (
            divide(total, float(m[:length].sum())),
            total / length,
            float(loss[:length].sum()) / length,
        )
    length = len(words) + params.padding
    p, m, loss = p[:length], m[:length], loss[:length]
    n = float(m.sum())
    return MaskedTrace(
        params=params,
        tokens=(*words, *[PAD] * params.padding),
        words=len(words),
        p=p,
        m=m,
        loss=loss,
        kept=m * loss,
        gradient=m * (p - 1) / n if n else np.full(length, math.nan),
        sweep=sweep,
        signature=f"T={length} · N={n:g} · natural log · float64 · numpy {np.__version__}",
    )


def reference(trace: MaskedTrace) -> tuple[Check, ...]:
    """The masked mean and its gradient beside torch's cross_entropy with `ignore_index`, on logits of two classes."""
    import torch

    if not trace.m.any():
        return ()
    p = torch.from_numpy(np.array(trace.p))
    z = torch.stack([torch.log(p), torch.log1p(-p)], -1)
    # p = 1 has no finite logit for the rest: −800 leaves it no probability in float64.
    z = z.clamp(min=-800).requires_grad_()
    target = torch.where(torch.from_numpy(np.array(trace.m)) > 0, 0, -100)
    each = torch.nn.functional.cross_entropy(z, target, reduction="none")
    mean = torch.nn.functional.cross_entropy(z, target)
    mean.backward()
    assert z.grad is not None
    return (
        compare(same("cross_entropy(ignore_index)"), "torch", trace.means[0], mean.item(), 1e-12),
        compare(Text("each token", "каждый токен"), "torch", trace.kept, each.detach().numpy(), 1e-12),
        compare(same("∂L/∂z, autograd"), "torch", trace.gradient, z.grad[:, 0].numpy(), 1e-12),
    )


def tables(trace: MaskedTrace) -> tuple[Table, ...]:
    """Every token, and the three means against the padding."""
    rows = [f"{k + 1} {token}" for k, token in enumerate(trace.tokens)]
    columns = np.stack([trace.p, trace.m, trace.loss, trace.kept, trace.gradient], axis=1)
    return (
        Table("tokens", rows, ["p", "mask", "−ln p", "counted", "gradient"], columns),
        Table("means by padding", NORMS, [str(k) for k in range(MAX_PADDING + 1)], trace.sweep),
    )


def explain(trace: MaskedTrace, cell: Cell, lang: Lang) -> tuple[Formula, ...]:
    """The picked number of the board."""
    t, n = cell.row, int(trace.m.sum())
    if cell.panel == "means":
        return _explain_mean(trace, NORMS[t], lang)
    if cell.panel in ("p", "m"):
        told = PADDING_CELL if t >= trace.words else GIVEN
        return (
            (
                say(f"{cell.panel}[{trace.tokens[t]}] = "),
                number(getattr(trace, cell.panel)[t]),
                quiet(f"   {told.get(lang)}"),
            ),
        )
    name = f"[{trace.tokens[t]}] = "
    p, m = write_number(float(trace.p[t]), 3), write_number(float(trace.m[t]), 0)
    if cell.panel == "gradient":
        where = Text("for the logit of the true token", "по логиту истинного токена").get(lang)
        made = f"{m} · ({p} − 1) / {n}"
        return (
            (say(f"∂L/∂z{name}"), say(made), say(" = "), number(trace.gradient[t], 4, "result"), quiet(f"   {where}")),
        )
    lines: list[Formula] = [(say(f"ℓ{name}"), say(f"−ln {p} = "), number(trace.loss[t], 4, "result"))]
    if cell.panel == "kept":
        lines = [
            (
                say(f"m·ℓ{name}"),
                say(f"{m} · "),
                number(trace.loss[t], 4),
                say(" = "),
                number(trace.kept[t], 4, "result"),
            )
        ]
    return tuple(lines)


def _explain_mean(trace: MaskedTrace, norm: str, lang: Lang) -> tuple[Formula, ...]:
    k = NORMS.index(norm)
    terms = trace.loss if norm == "all" else trace.kept[trace.m > 0]
    below = int(trace.m.sum()) if norm == "mask" else len(trace.tokens)
    shown = [write_number(float(v), 2) for v in terms]
    total = " + ".join(shown) if shown else "0"
    first: Formula = (
        say(f"{SYMBOLS[k]} = "),
        say(f"({total}) / "),
        Part(str(below), "strong"),
        say(" = "),
        number(float(trace.means[k]), 4, "result"),
    )
    lines = [first, (quiet(TOLD[norm].get(lang)),)]
    if k and trace.means[0] > 0:
        share = float(trace.means[k] / trace.means[0])
        lines.append((say(f"{SYMBOLS[k]} / L = "), number(share, 3, "strong")))
    return tuple(lines)


SYMBOLS = ("L", "L_length", "L_all")
GIVEN = Text(
    "a number you choose: double-click the cell and type another.",
    "это число задаёте вы: двойной щелчок по клетке — и введите другое.",
)
PADDING_CELL = Text(
    "all padding is alike: typing here moves the controls of padding.",
    "весь паддинг одинаков: ввод здесь меняет его настройки слева.",
)
TOLD = {
    "mask": Text(
        "Divided by what counts: however much padding a batch needs, the loss of the sentence is the same.",
        "Делим на то, что считается: сколько паддинга ни добавь, потеря предложения одна и та же.",
    ),
    "length": Text(
        "The padding bug: hidden tokens add nothing to the sum and still stand in the denominator.",
        "Ошибка паддинга: скрытые токены ничего не дают сумме, но попадают в знаменатель.",
    ),
    "all": Text(
        "No mask: the model is paid for predicting padding, the easiest token of all.",
        "Без маски модель получает награду за паддинг — самый лёгкий токен.",
    ),
}
NOT_A_PROBABILITY = Text(
    "A probability lies between 0.000001 and 1; {p} does not.",
    "Вероятность лежит между 0,000001 и 1, а {p} — нет.",
)
NOT_A_MASK = Text("The mask of a token is 0 or 1, not {m}.", "Маска токена — 0 или 1, а не {m}.")
