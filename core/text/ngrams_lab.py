"""The next token while a sentence is typed: counts, what each smoothing makes of them, and where sampling leads.

Symbols as in `core.text.ngrams` and `core.text.backoff`. Rows are the last places of the typed text, the last one
being the token that is to come; columns are a few tokens that might stand there.

    counts   c(h w)   (row, col)      totals   C(h)   (row,)
    values   (kind, row, col): p(w | h) without smoothing, with add-k, with Kneser–Ney; and the scores S of backoff

A word that is still being typed (unknown, and no space after it) is a prefix: only tokens that begin with it are
suggested, with the probability that they have anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, cast

import numpy as np
import numpy.typing as npt

from core.arithmetic import Cell
from core.arrays import Frozen
from core.i18n import Lang, Text, same
from core.params import Choice, Params, Slider, Words
from core.tables import Table
from core.text.backoff import backoff_scores
from core.text.ngrams import UNK, Floats, NgramModel, Smoothing, nltk_model
from core.text.ngrams_corpus import (
    STOP,
    CorpusField,
    OwnField,
    Sequences,
    Unit,
    UnitField,
    beginning,
    language_of,
    model_of,
    sequences,
    write,
)
from core.text.sampling import draw, truncate
from core.verify import Check, compare

Kind = Literal["mle", "add_k", "kneser_ney", "backoff"]
KINDS: dict[Kind, Text] = {
    "kneser_ney": Text("Kneser–Ney", "Кнезер — Ней"),
    "backoff": Text("stupid backoff", "простой откат"),
    "add_k": Text("add k to counts", "прибавить k"),
    "mle": Text("none", "нет"),
}
N_ROWS, N_COLS, N_OFFERED = 4, 9, 5
N_WRITTEN = 3
LENGTH: dict[Unit, int] = {"words": 14, "characters": 70}
EXAMPLE = Text("In the evening the queen", "Вечером королева")
SPACE = "␣"

SmoothingK = Annotated[
    float, Slider(label=same("k"), lo=0.01, hi=1.0, step=0.01, shown=lambda p: p["smoothing"] == "add_k")
]
DiscountField = Annotated[
    float,
    Slider(
        label=Text("Discount d", "Скидка d"),
        lo=0.05,
        hi=0.95,
        step=0.05,
        folded=True,
        shown=lambda p: p["smoothing"] == "kneser_ney",
        help=Text(
            "Taken off every count and given to the shorter context.",
            "Вычитается из каждого счётчика и достаётся более короткому контексту.",
        ),
    ),
]
TextField = Annotated[
    str,
    Words(
        label=Text("Begin a sentence", "Начните предложение"),
        max_chars=200,
        is_wide=True,
        example=EXAMPLE,
        help=Text(
            "Counted while you type; an unfinished word is completed.",
            "Всё считается на ходу; незаконченное слово будет продолжено.",
        ),
    ),
]


class NextParams(Params):
    """The beginning of a sentence, and the model that goes on."""

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
    smoothing: Annotated[
        str,
        Choice(
            label=Text("Smoothing", "Сглаживание"),
            options=KINDS,
            help=Text("What an n-gram that never came gets.", "Сколько достаётся n-грамме, которой не было."),
        ),
    ] = "kneser_ney"
    k: SmoothingK = 1.0
    alpha: Annotated[
        float,
        Slider(label=same("α"), lo=0.1, hi=0.9, step=0.1, shown=lambda p: p["smoothing"] == "backoff"),
    ] = 0.4
    temperature: Annotated[
        float,
        Slider(
            label=Text("Temperature", "Температура"),
            lo=0.0,
            hi=2.0,
            step=0.1,
            help=Text(
                "Of the sentences written below; 0 always takes the likeliest.",
                "Для предложений внизу; 0 — всегда самый вероятный токен.",
            ),
        ),
    ] = 0.7
    seed: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1, folded=True)] = 0
    discount: DiscountField = 0.75
    own: OwnField = ""


@dataclass(frozen=True)
class NextTrace(Frozen):
    """Arrays as in the module's docstring.

    places : the places of the rows, counted from 0; contexts : the tokens each row sees
    prefix : the unfinished word, "" if there is none
    mass : (row,) Σ_w of what the chosen smoothing gives: 1, 0 where it has nothing to say, anything for backoff
    offered : the likeliest tokens at the last place, with what the chosen smoothing gives them
    written : continuations by sampling; is_stuck : whether each ended where nothing is known to follow
    """

    params: NextParams
    lang: Lang
    tokens: tuple[str, ...]
    prefix: str
    places: tuple[int, ...]
    contexts: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...]
    counts: npt.NDArray[np.int64]
    totals: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    mass: npt.NDArray[np.float64]
    offered: tuple[tuple[str, float], ...]
    written: tuple[str, ...]
    is_stuck: tuple[bool, ...]
    n_tokens: int
    n_vocabulary: int
    signature: str

    @property
    def P(self) -> npt.NDArray[np.float64]:  # noqa: N802 - the paper's symbol
        """(row, col) of the chosen smoothing."""
        return np.asarray(self.values[list(KINDS).index(cast(Kind, self.params.smoothing))])

    def first_pick(self) -> Cell:
        """The likeliest token that is to come."""
        return Cell("P", len(self.places) - 1, 0)

    def goes_on(self, token: str) -> str:
        """The typed text with `token` after it, in place of an unfinished word."""
        return join(self.params.text, self.prefix, token, cast(Unit, self.params.unit))


def join(text: str, prefix: str, token: str, unit: Unit) -> str:
    """A text and the token that was chosen to follow."""
    if unit == "characters":
        return text + token
    kept = text[: len(text) - len(prefix)].rstrip()
    return f"{kept}{STOP} " if token == STOP else f"{kept} {token} ".lstrip()


def rows_of(params: NextParams) -> Sequences:
    """The sentences that the model learns from."""
    return sequences(params.corpus, language_of(params.text), cast(Unit, params.unit), params.own, "train")


def chosen_model(params: NextParams, kind: Kind) -> NgramModel:
    """The model of one smoothing; backoff reads the counts of the unsmoothed one."""
    smoothing: Smoothing = "mle" if kind == "backoff" else kind
    return model_of(rows_of(params), params.n, smoothing, params.k, params.discount)


def distribution(params: NextParams, kind: Kind, before: Sequence[str]) -> Floats:
    """What a smoothing gives every token after `before`: (|V|,)."""
    model = chosen_model(params, kind)
    return backoff_scores(model, before, params.alpha) if kind == "backoff" else model.distribution(before)


def run(params: NextParams) -> NextTrace:
    """Count, smooth, suggest, go on."""
    unit, lang, kind = cast(Unit, params.unit), language_of(params.text), cast(Kind, params.smoothing)
    model = chosen_model(params, kind)
    tokens, prefix = split_prefix(beginning(params.text, unit), params.text, unit, model)
    places = tuple(range(max(0, len(tokens) - N_ROWS + 1), len(tokens) + 1))
    all_p = [[distribution(params, each, tokens[:at]) for at in places] for each in KINDS]
    chosen = all_p[list(KINDS).index(kind)]
    columns = choose_columns(model, tokens, places, chosen, prefix)
    ids = [model.id_of(token) for token in columns]
    levels = [model.counts[params.n - 1].get(model.context_of(tokens[:at]), {}) for at in places]
    offered = likeliest(model, chosen[-1], N_OFFERED, prefix)
    written = [go_on(params, tokens, prefix, params.seed + i) for i in range(N_WRITTEN)]
    n_tokens = sum(map(len, rows_of(params)))
    named = "own text" if params.own else f"{params.corpus}.{lang}"
    return NextTrace(
        params=params,
        lang=lang,
        tokens=tokens,
        prefix=prefix,
        places=places,
        contexts=tuple(tuple(model.word(i) for i in model.context_of(tokens[:at])) for at in places),
        columns=columns,
        counts=np.array([[followers.get(i, 0) for i in ids] for followers in levels], dtype=np.int64),
        totals=np.array([sum(followers.values()) for followers in levels], dtype=np.int64),
        values=np.array([[p[ids] for p in rows] for rows in all_p]),
        mass=np.array([p.sum() for p in chosen]),
        offered=offered,
        written=tuple(text for text, _ in written),
        is_stuck=tuple(stuck for _, stuck in written),
        n_tokens=n_tokens,
        n_vocabulary=len(model),
        signature=f"{params.n}-gram · {written_kind(params)} · {unit} · lowercase · {named}, {n_tokens} tokens · "
        f"|V|={len(model)} · T={params.temperature:g} · seed={params.seed} · float64 · cpu · numpy {np.__version__}",
    )


def split_prefix(tokens: tuple[str, ...], text: str, unit: Unit, model: NgramModel) -> tuple[tuple[str, ...], str]:
    """The finished tokens, and a last word that only begins a known one."""
    if unit == "characters" or not tokens or text[-1:].isspace() or model.is_known(tokens[-1]):
        return tokens, ""
    begun = any(word.startswith(tokens[-1]) for word in model.vocabulary)
    return (tokens[:-1], tokens[-1]) if begun else (tokens, "")


def likeliest(model: NgramModel, p: Floats, most: int, prefix: str = "") -> tuple[tuple[str, float], ...]:
    """The tokens that get most, those that get nothing left out."""
    found: list[tuple[str, float]] = []
    for i in np.argsort(-p, kind="stable"):
        word = model.vocabulary[i]
        if p[i] <= 0 or len(found) == most:
            break
        if word != UNK and word.startswith(prefix):
            found.append((word, float(p[i])))
    return tuple(found)


def choose_columns(
    model: NgramModel, tokens: tuple[str, ...], places: tuple[int, ...], chosen: list[Floats], prefix: str
) -> tuple[str, ...]:
    """What is likeliest to come, what was typed, what was likeliest before; and the commonest where nothing is."""
    common = model.counts[0][()]
    wanted = [
        *(word for word, _ in likeliest(model, chosen[-1], N_OFFERED, prefix)),
        *(tokens[at] for at in places if at < len(tokens) and model.is_known(tokens[at])),
        *(word for p in reversed(chosen) for word, _ in likeliest(model, p, 2)),
        *(model.vocabulary[i] for i in sorted(common, key=lambda i: -common[i])),
    ]
    return tuple(dict.fromkeys(wanted))[:N_COLS]


def go_on(params: NextParams, tokens: tuple[str, ...], prefix: str, seed: int) -> tuple[str, bool]:
    """A continuation up to the full stop; True when the model came to where it knows nothing to follow."""
    unit, kind = cast(Unit, params.unit), cast(Kind, params.smoothing)
    model = chosen_model(params, kind)
    noise = np.random.default_rng(seed)
    written: list[str] = []
    while len(written) < LENGTH[unit]:
        p = distribution(params, kind, (*tokens, *written)).copy()
        p[model.index[UNK]] = 0.0
        if prefix and not written:
            p[[not word.startswith(prefix) for word in model.vocabulary]] = 0.0
        if not p.any():
            return write(written, unit), True
        q = truncate(p, temperature=params.temperature).q
        written.append(model.vocabulary[int(draw(q, np.asarray(noise.random())))])
        if written[-1] == STOP:
            break
    return write(written, unit), False


def written_kind(params: NextParams) -> str:
    """The smoothing and its number, for signatures."""
    return {
        "mle": "no smoothing",
        "add_k": f"add-k k={params.k:g}",
        "kneser_ney": f"kneser-ney d={params.discount:g}",
        "backoff": f"stupid backoff α={params.alpha:g}",
    }[params.smoothing]


def reference(trace: NextTrace) -> tuple[Check, ...]:
    """Every number of the chosen smoothing beside nltk's, which counts by itself."""
    p, kind = trace.params, cast(Kind, trace.params.smoothing)
    theirs = nltk_model(chosen_model(p, kind), rows_of(p), p.alpha if kind == "backoff" else None)
    known = chosen_model(p, kind).is_known
    contexts = [tuple(w if w.startswith("<") or known(w) else UNK for w in context) for context in trace.contexts]
    found = [[theirs.unmasked_score(token, context) for token in trace.columns] for context in contexts]
    what = (
        Text("S of every cell", "S каждой клетки") if kind == "backoff" else Text("p of every cell", "p каждой клетки")
    )
    return (compare(what, "nltk", trace.P, found, 1e-9),)


def tables(trace: NextTrace) -> tuple[Table, ...]:
    """Counts and every smoothing."""
    rows = [" ".join(context) or "(nothing)" for context in trace.contexts]
    names = [f"{at + 1} after {row}" for at, row in zip(trace.places, rows, strict=True)]
    counts = Table("counts", names, trace.columns, trace.counts)
    return (counts, *(Table(k, names, trace.columns, v) for k, v in zip(KINDS, trace.values, strict=True)))
