"""Perplexity on sentences that were held out: against n, against the smoothing, against the size of the training text.

Symbols: N held-out tokens w, h the n − 1 tokens before in the same sentence, p(w | h) from `core.text.ngrams`.

    perplexity  exp(−(1/N) Σ ln p(w | h))     1…∞; ∞ as soon as one p is 0         Jelinek et al. 1977
    grid        (size, n)    Kneser–Ney at every size of the training text
    lines       (kind, n)    every smoothing at the chosen size, and no smoothing on the training text itself
    unseen      (n,)         share of held-out n-grams that never came in training
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, cast

import numpy as np

from core.arithmetic import Formula, number, quiet, say
from core.arrays import Frozen
from core.i18n import Lang, Text, same
from core.params import Levels, Params, Slider
from core.tables import Table
from core.text.ngrams import UNK, Floats, NgramModel, Smoothing, nltk_model
from core.text.ngrams_corpus import (
    LONGEST,
    CorpusField,
    OwnField,
    Sequences,
    Unit,
    UnitField,
    beginning,
    language_of,
    model_of,
    sequences,
)
from core.text.ngrams_lab import EXAMPLE, TextField
from core.verify import Check, compare

SHARES = (3, 6, 12, 25, 50, 100)
MOST = 900
N_CHECKED = 40
SMOOTHINGS: tuple[Smoothing, ...] = ("kneser_ney", "add_k", "mle")
LINES: dict[str, Text] = {
    "kneser_ney": Text("Kneser–Ney", "Кнезер — Ней"),
    "add_k": Text("add k", "прибавить k"),
    "mle": Text("no smoothing", "без сглаживания"),
    "train": Text("no smoothing, on its own training text", "без сглаживания, на своём же обучающем тексте"),
}


class HeldOutParams(Params):
    """What is learnt from, how much of it, and the n to look at."""

    text: TextField = EXAMPLE.en
    corpus: CorpusField = "world"
    unit: UnitField = "words"
    n: Annotated[
        int,
        Slider(
            label=same("n"),
            lo=1,
            hi=5,
            step=1,
            help=Text("The model sees the n − 1 tokens before.", "Модель видит n − 1 предыдущих токенов."),
        ),
    ] = 2
    share: Annotated[
        int,
        Levels(
            label=Text("Training text used, %", "Сколько текста взять, %"),
            values=SHARES,
            help=Text("The rest is not read at all.", "Остальное модель не читает вовсе."),
        ),
    ] = 100
    k: Annotated[float, Slider(label=same("k"), lo=0.01, hi=1.0, step=0.01)] = 1.0
    own: OwnField = ""


@dataclass(frozen=True)
class HeldOutTrace(Frozen):
    """Arrays as in the module's docstring.

    bits : (n,) Σ −log₂ p of Kneser–Ney at the chosen size; zeros : (n,) tokens with p = 0 without smoothing
    sizes : (size,) tokens of the training texts; unknown : (size,) share of held-out tokens that they do not have
    typed : (n,) perplexity of the typed sentence, NaN if there is none
    """

    params: HeldOutParams
    grid: Floats
    lines: Floats
    bits: Floats
    zeros: Floats
    unseen: Floats
    typed: Floats
    sizes: Floats
    unknown: Floats
    n_held_out: int
    signature: str

    @property
    def ns(self) -> tuple[int, ...]:
        return tuple(range(1, LONGEST + 1))

    @property
    def best_n(self) -> int:
        """Where Kneser–Ney at the chosen size is least surprised."""
        return int(self.lines[0].argmin()) + 1


def some(rows: Sequences, most: int = MOST) -> Sequences:
    """The first sentences, up to about `most` tokens; at least one."""
    kept: list[tuple[str, ...]] = []
    for row in rows:
        if kept and sum(map(len, kept)) + len(row) > most:
            break
        kept.append(row)
    return tuple(kept)


def part_of(rows: Sequences, share: int) -> Sequences:
    """The first `share` per cent of the sentences, at least one."""
    return rows[: max(1, len(rows) * share // 100)]


def log_probs(model: NgramModel, rows: Sequences) -> Floats:
    """ln p of every token, each sentence by itself: (N,), −∞ where p = 0."""
    return np.concatenate([model.log_probs(row) for row in rows])


def perplexity(logs: Floats) -> float:
    return float(np.exp(-logs.mean())) if np.isfinite(logs).all() else math.inf


@lru_cache(maxsize=16)
def kneser_ney_grid(rows: Sequences, held: Sequences) -> Floats:
    """Bits of Kneser–Ney on `held` for every share of `rows` and every n: (size, n)."""
    out = np.empty((len(SHARES), LONGEST))
    for s, share in enumerate(SHARES):
        for n in range(1, LONGEST + 1):
            out[s, n - 1] = -log_probs(model_of(part_of(rows, share), n, "kneser_ney"), held).sum() / math.log(2)
    return out


def read(params: HeldOutParams) -> tuple[Sequences, Sequences]:
    """All training sentences and the held-out ones; of a text too short to hold any out, its last sentence."""
    lang, unit = language_of(params.text), cast(Unit, params.unit)
    rows = sequences(params.corpus, lang, unit, params.own, "train")
    held = some(sequences(params.corpus, lang, unit, params.own, "held_out"))
    return (rows, held) if held else (rows[:-1], rows[-1:])


def run(params: HeldOutParams) -> HeldOutTrace:
    """Every model reads the held-out sentences."""
    rows, held = read(params)
    unit = cast(Unit, params.unit)
    grid_bits = kneser_ney_grid(rows, held)
    used = part_of(rows, params.share)
    N = sum(map(len, held))
    ns = range(1, LONGEST + 1)
    lines, zeros, unseen = np.empty((len(LINES), LONGEST)), np.zeros(LONGEST), np.zeros(LONGEST)
    for n in ns:
        mle = model_of(used, n, "mle")
        raw = log_probs(mle, held)
        zeros[n - 1] = np.isinf(raw).sum()
        unseen[n - 1] = zeros[n - 1] / N
        lines[1, n - 1] = perplexity(log_probs(model_of(used, n, "add_k", params.k), held))
        lines[2, n - 1] = perplexity(raw)
        lines[3, n - 1] = perplexity(log_probs(mle, some(used)))
    at = SHARES.index(params.share)
    lines[0] = np.exp2(grid_bits[at] / N)
    known = [{token for row in part_of(rows, share) for token in row} for share in SHARES]
    typed = beginning(params.text, unit)
    named = "own text" if params.own else f"{params.corpus}.{language_of(params.text)}"
    sizes = np.array([sum(map(len, part_of(rows, share))) for share in SHARES], dtype=np.float64)
    return HeldOutTrace(
        params=params,
        grid=np.exp2(grid_bits / N),
        lines=lines,
        bits=grid_bits[at],
        zeros=zeros,
        unseen=unseen,
        typed=np.array(
            [perplexity(model_of(used, n, "kneser_ney").log_probs(typed)) if typed else math.nan for n in ns]
        ),
        sizes=sizes,
        unknown=np.array([sum(t not in words for row in held for t in row) / N for words in known]),
        n_held_out=N,
        signature=f"{params.n}-gram · kneser-ney d=0.75 · {unit} · lowercase · {named}, {params.share} %, "
        f"{sizes[at]:.0f} tokens · held out: {N} · float64 · cpu · numpy {np.__version__}",
    )


def reference(trace: HeldOutTrace) -> tuple[Check, ...]:
    """Perplexity of the first held-out tokens, by Kneser–Ney and by add-k, beside nltk's own."""
    rows, held = read(trace.params)
    used, first = part_of(rows, trace.params.share), some(held, N_CHECKED)
    checks = []
    for smoothing in SMOOTHINGS[:2]:
        model = model_of(used, trace.params.n, smoothing, trace.params.k)
        theirs = nltk_model(model, used)
        contexts = _ngrams(first, model)
        entropy = -float(np.mean([math.log(theirs.unmasked_score(w, h)) for *h_, w in contexts for h in [tuple(h_)]]))
        what = Text("perplexity, {name}", "перплексия, {name}").format(name=LINES[smoothing])
        checks.append(compare(what, "nltk", [perplexity(log_probs(model, first))], [math.exp(entropy)], 1e-6))
    return tuple(checks)


def _ngrams(rows: Sequences, model: NgramModel) -> list[tuple[str, ...]]:
    """The n-grams of `rows` as nltk wants them: padded in front, unknown tokens replaced."""
    out: list[tuple[str, ...]] = []
    for row in rows:
        known: Sequence[str] = [token if model.is_known(token) else UNK for token in row]
        padded = ["<s>"] * (model.n - 1) + list(known)
        out += [tuple(padded[i : i + model.n]) for i in range(len(row))]
    return out


def tables(trace: HeldOutTrace) -> tuple[Table, ...]:
    """Every perplexity; ∞ stays ∞."""
    ns = [f"n = {n}" for n in trace.ns]
    sizes = [f"{share} %" for share in SHARES]
    return (
        Table("perplexity by smoothing", list(LINES), ns, trace.lines),
        Table("Kneser-Ney by training text", sizes, ns, trace.grid),
        Table("unseen n-grams", ["share"], ns, trace.unseen[None, :]),
    )


def explain(trace: HeldOutTrace, lang: Lang) -> tuple[Formula, ...]:
    """The perplexity of the chosen n, what is missing without smoothing, and the typed sentence."""
    n, N = trace.params.n, trace.n_held_out
    bits = float(trace.bits[n - 1])
    lines: list[Formula] = [
        (
            quiet(Text("Kneser–Ney, n = {n}: ", "Кнезер — Ней, n = {n}: ").format(n=n).get(lang)),
            say("2^("),
            number(bits, 1),
            say(f"/{N}) = 2^"),
            number(bits / N, 3, "strong"),
            say(" = "),
            number(float(trace.lines[0, n - 1]), 2, "result"),
            quiet(MEANS.get(lang)),
        ),
        (
            quiet(Text("without smoothing: ", "без сглаживания: ").get(lang)),
            number(float(trace.zeros[n - 1]), 0, "strong"),
            say(f"/{N} = "),
            number(float(trace.unseen[n - 1]), 3),
            quiet(ZERO.get(lang)),
            number(float(trace.lines[2, n - 1]), 2, "result"),
        ),
    ]
    if math.isfinite(float(trace.typed[n - 1])):
        lines.append(
            (
                quiet(Text("the sentence above: ", "предложение сверху: ").get(lang)),
                number(float(trace.typed[n - 1]), 2, "result"),
            )
        )
    return tuple(lines)


MEANS = Text(
    "   as if it chose evenly among so many tokens each time",
    "   как если бы каждый раз выбирали наугад из стольких токенов",
)
ZERO = Text(
    "   of the held-out tokens get p = 0, so the perplexity is ",
    "   доля отложенных токенов с p = 0, поэтому перплексия — ",
)
