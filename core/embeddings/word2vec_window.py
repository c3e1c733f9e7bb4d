"""What word2vec makes of a text before it learns anything: kept words, windows, pairs, negatives.

Symbols (Mikolov et al. 2013b, sections 2.2 and 2.3; word2vec.c):

    n, N        count of a word, length of the text; f = n/N                        (V), number
    t           subsampling threshold; P_keep = √(t/f) + t/f, at most 1             (V)
    c           widest window; a centre's own reach is drawn from 1…c (dynamic)     (tokens)
    P_neg       n^a / Σ n^a, what negatives are drawn from                          (V)

Words that are dropped leave no gap: the window closes over them and reaches further. With a dynamic window, the word
at distance j is a pair of the centre with probability (c − j + 1)/c.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, Part, number, quiet, say, write_number
from core.arrays import Frozen
from core.embeddings.word2vec import count_words, keep_probabilities, negative_probabilities
from core.embeddings.word2vec_step import draw_negatives
from core.errors import Refusal
from core.i18n import Lang, Text, same
from core.params import Params, Slider, Switch, Words
from core.tables import Table
from core.text.pretokenize import split_words
from core.verify import Check, compare

MAX_TOKENS = 60
NEGATIVES = 5
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class WindowParams(Params):
    """A text and how it is read."""

    text: Annotated[
        str,
        Words(
            label=Text("Text", "Текст"),
            max_chars=500,
            is_wide=True,
            example=Text(
                "the cat and the dog sat by the fire and the cat looked at the moon and the dog looked at the cat",
                "и кот и пёс сидели у огня, и кот смотрел на луну, и пёс смотрел на кота, и луна смотрела на пса",
            ),
        ),
    ] = "the cat and the dog sat by the fire and the cat looked at the moon and the dog looked at the cat"
    widest: Annotated[int, Slider(label=Text("Window c", "Окно c"), lo=1, hi=8, step=1)] = 3
    is_dynamic: Annotated[
        bool,
        Switch(
            label=Text("Dynamic window", "Динамическое окно"),
            help=Text(
                "Each centre draws its own reach from 1 to c, so near words come more often.",
                "Каждый центр вытягивает свой радиус от 1 до c, поэтому близкие слова попадаются чаще.",
            ),
        ),
    ] = True
    lg_t: Annotated[
        float,
        Slider(
            label=Text("Subsampling, lg t", "Прореживание, lg t"),
            lo=-4,
            hi=0,
            step=0.25,
            help=Text(
                "0 keeps every word. Real corpora take −3 to −5; in a text this short every word is frequent.",
                "0 оставляет все слова. Большим корпусам нужно от −3 до −5; в таком коротком тексте часты все слова.",
            ),
        ),
    ] = -1.5
    exponent: Annotated[
        float,
        Slider(
            label=Text("Exponent of negatives a", "Степень для негативов a"),
            lo=0.0,
            hi=1.5,
            step=0.05,
            help=Text("0: all words alike; 1: as often as in the text.", "0 — все слова поровну; 1 — как в тексте."),
        ),
    ] = 0.75
    reading: Annotated[
        int,
        Slider(
            label=Text("Reading (epoch)", "Прочтение (эпоха)"),
            lo=1,
            hi=50,
            step=1,
            help=Text(
                "Each reading drops other words and draws other windows.", "Каждое прочтение бросает кости заново."
            ),
        ),
    ] = 1


@dataclass(frozen=True)
class WindowTrace(Frozen):
    """One reading. Pairs are places in `tokens`; `negatives` (pairs, 5) are words.

    thrown : (tokens) uniform numbers; a word is kept where its own is below P_keep
    reach : (tokens), 0 where the word was dropped
    chances : (3, V) P_neg at a = 0, at the chosen a, at a = 1
    """

    params: WindowParams
    tokens: tuple[str, ...]
    words: tuple[str, ...]
    counts: Ints
    ids: Ints
    keep: Floats
    thrown: Floats
    is_kept: npt.NDArray[np.bool_]
    reach: Ints
    pairs: Ints
    negatives: Ints
    chances: Floats
    signature: str

    def pairs_of(self, place: int) -> list[int]:
        """Indices of the pairs whose centre stands at `place`."""
        return [int(n) for n in np.flatnonzero(self.pairs[:, 0] == place)]


def read(text: str) -> tuple[str, ...]:
    """Words in small letters; signs are left out.

    Raises
    ------
    Refusal
        If there are fewer than two different words, or more words than the lab can show.
    """
    tokens = tuple(word.lower() for word in split_words(text) if any(c.isalnum() for c in word))
    if len(set(tokens)) < 2:
        raise Refusal(Text("Write at least two different words.", "Напишите хотя бы два разных слова."))
    if len(tokens) > MAX_TOKENS:
        raise Refusal(
            Text(
                "The text has {n} words; the lab sweeps over up to {most}.",
                "В тексте слов: {n}; лаборатория проходит окном до {most}.",
            ).format(n=len(tokens), most=MAX_TOKENS)
        )
    return tokens


def make_pairs(places: Ints, reach: Ints) -> Ints:
    """(centre, context) for the places in order; reach (len(places)) in words that were kept. (pairs, 2)."""
    found = [
        (int(places[i]), int(places[j]))
        for i in range(len(places))
        for j in range(max(0, i - int(reach[i])), min(len(places), i + int(reach[i]) + 1))
        if i != j
    ]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def run(params: WindowParams) -> WindowTrace:
    """Drop, sweep, draw.

    Raises
    ------
    Refusal
        If the text cannot be used.
    """
    tokens = read(params.text)
    vocabulary = count_words([tokens])
    index = vocabulary.index
    ids = np.array([index[token] for token in tokens], dtype=np.int64)
    keep = keep_probabilities(vocabulary.counts, 10**params.lg_t if params.lg_t < 0 else 0.0)
    dice = np.random.default_rng(params.reading)
    thrown = dice.random(len(ids))
    # Reaches are drawn for all words, so that another t does not change the windows of those that stay.
    drawn = dice.integers(1, params.widest, len(ids), endpoint=True)
    is_kept = thrown < keep[ids]
    reach = np.where(is_kept, drawn if params.is_dynamic else params.widest, 0)
    places = np.flatnonzero(is_kept)
    pairs = make_pairs(places, reach[places])
    chances = np.stack([negative_probabilities(vocabulary.counts, a) for a in (0.0, params.exponent, 1.0)])
    negatives = [draw_negatives(dice, chances[1], int(ids[j]), NEGATIVES) for _, j in pairs]
    return WindowTrace(
        params=params,
        tokens=tokens,
        words=vocabulary.words,
        counts=vocabulary.counts,
        ids=ids,
        keep=keep,
        thrown=thrown,
        is_kept=is_kept,
        reach=reach,
        pairs=pairs,
        negatives=np.array(negatives, dtype=np.int64).reshape(-1, NEGATIVES),
        chances=chances,
        signature=f"N={len(ids)} · V={len(vocabulary.words)} · c={params.widest} · t=10^{params.lg_t:g} · "
        f"a={params.exponent:g} · reading={params.reading} · pairs={len(pairs)} · numpy {np.__version__}",
    )


def expected_pairs(distance: int, window: int, *, is_dynamic: bool) -> float:
    """The probability that a word at `distance` is in the window."""
    if distance > window:
        return 0.0
    return (window - distance + 1) / window if is_dynamic else 1.0


def reference(trace: WindowTrace) -> tuple[Check, ...]:
    """P_neg beside torch's categorical distribution, the pairs beside a band matrix of torch."""
    import torch

    logits = trace.params.exponent * torch.log(torch.tensor(trace.counts, dtype=torch.float64))
    theirs = torch.distributions.Categorical(logits=logits).probs.numpy()
    places = np.flatnonzero(trace.is_kept)
    n = len(places)
    counted = np.zeros((n, n))
    at = {int(place): i for i, place in enumerate(places)}
    for i, j in trace.pairs:
        counted[at[int(i)], at[int(j)]] += 1
    bands = torch.zeros(n, n)
    for c in range(1, trace.params.widest + 1):
        rows = torch.tensor(trace.reach[places] == c)
        band = torch.ones(n, n).triu(-c).tril(c) - torch.eye(n)
        bands[rows] = band[rows]
    return (
        compare(same("P_neg · Categorical"), "torch", trace.chances[1], theirs, 1e-12),
        compare(Text("pairs · band", "пары · лента"), "torch", counted, bands.numpy(), 0),
    )


def tables(trace: WindowTrace) -> tuple[Table, ...]:
    """Words with their probabilities, and the pairs."""
    columns = ["n", "P_keep", "P_neg a=0", "P_neg", "P_neg a=1"]
    values = np.column_stack([trace.counts, trace.keep, *trace.chances])
    pairs = [f"{n + 1} {trace.tokens[i]} {trace.tokens[j]}" for n, (i, j) in enumerate(trace.pairs)]
    return (
        Table("words", trace.words, columns, values),
        Table("pairs", pairs, ["centre", "context"], trace.pairs),
    )


def explain(trace: WindowTrace, word: int, lang: Lang) -> tuple[Formula, ...]:
    """P_keep and P_neg of the picked word, with their numbers."""
    p, n, N = trace.params, int(trace.counts[word]), len(trace.ids)
    name, f = trace.words[word], int(trace.counts[word]) / N
    chance, own = float(trace.chances[1, word]), float(trace.chances[2, word])
    t = 10**p.lg_t
    if p.lg_t < 0:
        keep: Formula = (
            say(f"P_keep({name}) = √(t/f) + t/f = "),
            Part(
                f"√({write_number(t, 4)} / {write_number(f, 3)}) + {write_number(t, 4)} / {write_number(f, 3)}",
                "strong",
            ),
            say(" = "),
            number(float(np.sqrt(t / f) + t / f), 3),
            say(" → "),
            number(float(trace.keep[word]), 3, "result"),
            quiet(f"   f = {n}/{N}"),
        )
    else:
        keep = (say(f"P_keep({name}) = "), number(1.0, 3, "result"), quiet(OFF.get(lang)))
    total = float((trace.counts.astype(np.float64) ** p.exponent).sum())
    told = Text("   in the text {own}: {times} times that", "   в тексте {own}: в {times} раза от этого")
    negative: Formula = (
        say(f"P_neg({name}) = n^a / Σ n^a = "),
        Part(f"{n}", "strong", f"{p.exponent:g}"),
        say(f" / {write_number(total, 2)} = "),
        number(chance, 4, "result"),
        quiet(told.format(own=write_number(own, 4), times=write_number(chance / own, 2)).get(lang)),
    )
    return (keep, negative)


OFF = Text("   nothing is dropped at lg t = 0", "   при lg t = 0 ничего не выбрасывается")
