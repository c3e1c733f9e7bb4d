"""Perplexity token by token, under an n-gram model that is trained on the spot.

Symbols: a text of N tokens w₁…w_N, h the n − 1 tokens before, p(wᵢ | h) from `core.text.ngrams`.

    surprisal    sᵢ = −log₂ p(wᵢ | h)         bits                              Shannon 1948
    entropy      Hᵢ = Σ_w p(w | h)·−log₂ p    bits: the surprisal to be expected before the token is seen
    perplexity   2^((s₁ + … + s_N)/N)         1…∞                               Jelinek et al. 1977
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, cast

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, Kind, Part, number, quiet, say
from core.arrays import Frozen
from core.i18n import Lang, Text, same
from core.metrics import language
from core.metrics.generation_texts import (
    MAX_OWN,
    MAX_TEXT,
    Unit,
    corpus_for,
    join_words,
    language_of,
    model_of,
    pieces,
    read_text,
    split_words,
    tokens_of,
)
from core.metrics.language import PerplexityTrace, perplexity
from core.params import Choice, Params, Slider, Words
from core.tables import Table
from core.text.ngrams import NgramModel, Smoothing, Step, nltk_probabilities
from core.verify import Check, compare

N_GUESSES = 7
N_CHECKED = 60

UNITS = {"words": Text("words", "слова"), "characters": Text("characters", "символы")}
EXAMPLE = Text(
    "In the evening the cat sat by the window and waited for the bus.",
    "Вечером кошка сидела у окна и ждала автобус.",
)
OWN = Text("Train on your own text", "Обучить на своём тексте")
OWN_HELP = Text(
    "Empty: the model learns from our fifteen short stories, in the language of the text. Ctrl+Enter applies.",
    "Если пусто, модель учится на наших пятнадцати рассказах — на языке текста. Применить — Ctrl+Enter.",
)


class SurpriseParams(Params):
    """A text to score and a model to score it with."""

    text: Annotated[
        str,
        Words(
            label=Text("Text to score", "Оцениваемый текст"),
            max_chars=MAX_TEXT,
            is_wide=True,
            example=EXAMPLE,
            help=Text(
                "Scored while you type, by a model that has read fifteen short stories.",
                "Оценка меняется на ходу. Модель прочитала пятнадцать коротких рассказов.",
            ),
        ),
    ] = EXAMPLE.en
    unit: Annotated[
        str,
        Choice(
            label=Text("Tokens are", "Токены"),
            options=UNITS,
        ),
    ] = "words"
    n: Annotated[
        int,
        Slider(
            label=Text("n of the model", "n модели"),
            lo=1,
            hi=4,
            step=1,
            help=Text("It sees the n − 1 tokens before.", "Модель видит n − 1 предыдущих токенов."),
        ),
    ] = 3
    smoothing: Annotated[
        str,
        Choice(
            label=Text("Smoothing", "Сглаживание"),
            options={
                "kneser_ney": Text("Kneser–Ney", "Кнезер — Ней"),
                "add_k": Text("add k to counts", "прибавить k"),
                "mle": Text("none", "нет"),
            },
            help=Text(
                "What an n-gram that never came gets.",
                "Сколько достаётся n-грамме, которая ни разу не встретилась.",
            ),
        ),
    ] = "kneser_ney"
    k: Annotated[
        float,
        Slider(label=same("k"), lo=0.01, hi=1.0, step=0.01, shown=lambda p: p["smoothing"] == "add_k"),
    ] = 1.0
    discount: Annotated[
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
    ] = 0.75
    own: Annotated[str, Words(label=OWN, max_chars=MAX_OWN, lines=5, folded=True, help=OWN_HELP)] = ""


@dataclass(frozen=True)
class SurpriseTrace(Frozen):
    """What the model expected at every token and what came.

    shown : (pos,) the token with the space before it; is_known : (pos,) whether the model has seen it
    score : surprisal and perplexity; entropy : (pos,) bits, NaN where there is no distribution
    rank : (pos,) 1 for the likeliest token, of equals the best place; 0 where p = 0
    guesses : [pos] the likeliest tokens with their probabilities
    """

    params: SurpriseParams
    tokens: tuple[str, ...]
    shown: tuple[str, ...]
    is_known: npt.NDArray[np.bool_]
    score: PerplexityTrace
    entropy: npt.NDArray[np.float64]
    rank: npt.NDArray[np.int64]
    guesses: tuple[tuple[tuple[str, float], ...], ...]
    n_vocabulary: int
    n_trained: int
    signature: str

    def at(self, picked: str) -> int:
        """The picked token; the most surprising one when nothing, or nothing that exists, is picked."""
        if picked.isdecimal() and len(picked) < 5 and int(picked) < len(self.tokens):
            return int(picked)
        return int(self.score.surprisal.argmax())

    def impossible(self) -> tuple[int, ...]:
        """Tokens that the model gave no probability at all."""
        return tuple(int(i) for i in np.flatnonzero(np.isinf(self.score.surprisal)))


def sequences_for(p: SurpriseParams) -> list[tuple[str, ...]]:
    """The stories as tokens."""
    return [tokens_of(story, cast(Unit, p.unit)) for story in corpus_for(p.text, p.own)]


def model_for(p: SurpriseParams) -> NgramModel:
    """The model that `p` describes."""
    corpus = corpus_for(p.text, p.own)
    return model_of(corpus, cast(Unit, p.unit), p.n, cast(Smoothing, p.smoothing), p.k, p.discount)


def run(params: SurpriseParams) -> SurpriseTrace:
    """Train, then read the text token by token."""
    unit = cast(Unit, params.unit)
    tokens = read_text(params.text, unit)
    model = model_for(params)
    text = join_words(split_words(params.text))
    entropy, rank, guesses = np.empty(len(tokens)), np.empty(len(tokens), dtype=np.int64), []
    log_probs = model.log_probs(tokens)
    for i, token in enumerate(tokens):
        p = model.distribution(tokens[:i])
        entropy[i] = entropy_of(p) if p.any() else math.nan
        own = p[model.id_of(token)]
        rank[i] = int((p > own).sum()) + 1 if own > 0 else 0
        best = np.argsort(-p, kind="stable")[:N_GUESSES]
        guesses.append(tuple((model.vocabulary[w], float(p[w])) for w in best if p[w] > 0))
    n_trained = sum(map(len, sequences_for(params)))
    corpus = f"own text, {n_trained} tokens" if params.own else f"corpus.{language_of(params.text)}, {n_trained} tokens"
    return SurpriseTrace(
        params=params,
        tokens=tokens,
        shown=pieces(tokens) if unit == "words" else tokens,
        is_known=np.array([model.is_known(token) for token in tokens]),
        score=perplexity(log_probs, tokens, n_chars=len(text), n_words=len(split_words(params.text))),
        entropy=entropy,
        rank=rank,
        guesses=tuple(guesses),
        n_vocabulary=len(model),
        n_trained=n_trained,
        signature=f"{params.n}-gram · {written_smoothing(params)} · {unit} · lowercase · {corpus} · |V|={len(model)} · "
        f"float64 · cpu · numpy {np.__version__}",
    )


def written_smoothing(p: SurpriseParams) -> str:
    """The smoothing and its number, for signatures."""
    return {"kneser_ney": f"kneser-ney d={p.discount:g}", "add_k": f"add-k k={p.k:g}", "mle": "no smoothing"}[
        p.smoothing
    ]


def entropy_of(p: npt.NDArray[np.float64]) -> float:
    """−Σ p·log₂ p, bits; 0·log 0 counts as 0."""
    kept = p[p > 0]
    return float(-(kept * np.log2(kept)).sum()) + 0.0


def reference(trace: SurpriseTrace) -> tuple[Check, ...]:
    """The probabilities beside nltk's own counts, the perplexity beside torch's `nll_loss`."""
    head = trace.tokens[:N_CHECKED]
    theirs = nltk_probabilities(model_for(trace.params), sequences_for(trace.params), head)
    ours = np.exp(trace.score.log_probs[: len(head)])
    what = Text("p of every token", "p каждого токена")
    if len(head) < len(trace.tokens):
        what = Text("p of the first {n} tokens", "p первых токенов: {n}").format(n=len(head))
    return (compare(what, "nltk", ours, theirs, 1e-9), *language.reference(trace.score))


def tables(trace: SurpriseTrace) -> tuple[Table, ...]:
    """A row a token, and the score."""
    s = trace.score
    rows = [f"{i + 1} {token}" for i, token in enumerate(trace.tokens)]
    columns = ("log p, nats", "surprisal, bits", "expected surprisal, bits", "rank", "perplexity so far")
    values = np.column_stack([s.log_probs, s.surprisal, trace.entropy, trace.rank, s.running])
    total = [[s.value, s.bits, s.bits_per_char, s.total, len(trace.tokens), s.n_chars or 0]]
    names = ("perplexity", "bits per token", "bits per character", "bits", "tokens", "characters")
    return Table("tokens", rows, columns, values), Table("score", ["text"], names, np.array(total))


def explain(trace: SurpriseTrace, at: int, lang: Lang) -> tuple[Formula, ...]:
    """The picked token's probability level by level, its surprisal, and its part in the perplexity."""
    model = model_for(trace.params)
    token = trace.tokens[at]
    steps = model.steps(token, trace.tokens[:at])
    lines = [explain_step(trace.params, model, token, steps, i, lang) for i in range(len(steps))]
    return (*lines, explain_surprisal(trace, at, lang), explain_perplexity(trace, at, lang))


def explain_step(
    p: SurpriseParams, model: NgramModel, token: str, steps: tuple[Step, ...], i: int, lang: Lang
) -> Formula:
    """One level: what the counts give, and what the shorter context adds."""
    step = steps[i]
    word = token if model.is_known(token) else "<unk>"
    name = "p" if not step.is_continuation else "p′"
    condition = f" | {written_context(step.context)}" if step.context else ""
    head: list[Part] = [say(f"{name}({written(word)}{condition}) = ")]
    if p.smoothing == "kneser_ney" and i == len(steps) - 1 and model.is_open:
        return (say(f"1/|V| = 1/{len(model)} = "), number(step.value, 5, "result" if i == 0 else "number"))
    if p.smoothing == "mle":
        head.append(Part(f"{step.count}/{step.total}" if step.total else "0/0", "strong"))
        told = quiet(SEEN.format(c=step.count, C=step.total).get(lang))
        return (*head, say(" = "), number(step.value, 4, "result"), told)
    if p.smoothing == "add_k":
        V = len(model)
        head.append(Part(f"({step.count} + {p.k:g})/({step.total} + {p.k:g}·{V})", "strong"))
        told = quiet(SEEN.format(c=step.count, C=step.total).get(lang))
        return (*head, say(" = "), number(step.value, 5, "result"), told)
    kind: Kind = "result" if i == 0 else "number"
    if not step.total:
        return (
            *head,
            say(_name_of(word, steps[i + 1])),
            say(" = "),
            number(step.value, 5, kind),
            quiet(NEVER.get(lang)),
        )
    d = p.discount
    head += [
        Part(f"max({step.count} − {d:g}, 0)/{step.total}", "strong" if step.share > 0 else "number"),
        say(" + "),
        Part(f"{d:g}·{step.types}/{step.total}", "number"),
        say(" · "),
        number(steps[i + 1].value if i + 1 < len(steps) else 0.0, 5),
        say(" = "),
        number(step.value, 5, kind),
    ]
    why = CONTINUED if step.is_continuation else COUNTED
    return (*head, quiet(why.format(c=step.count, C=step.total, T=step.types).get(lang)))


def _name_of(word: str, step: Step) -> str:
    condition = f" | {written_context(step.context)}" if step.context else ""
    return f"{'p′' if step.is_continuation else 'p'}({written(word)}{condition})"


def written(token: str) -> str:
    """A token inside a formula: a space must be seen."""
    return token.replace(" ", "␣")


def written_context(context: tuple[str, ...]) -> str:
    return " ".join(written(token) for token in context)


def explain_surprisal(trace: SurpriseTrace, at: int, lang: Lang) -> Formula:
    """−log₂ p beside what was to be expected."""
    bits, entropy = float(trace.score.surprisal[at]), float(trace.entropy[at])
    p = math.exp(float(trace.score.log_probs[at]))
    parts: list[Part] = [
        quiet(Text("surprisal: ", "неожиданность: ").get(lang)),
        say("−log₂ "),
        number(p, 5),
        say(" = "),
        number(bits, 2, "strong"),
    ]
    if math.isfinite(bits):
        parts.append(quiet(Text(" bits", " бита").get(lang)))
    if math.isfinite(entropy):
        parts += [
            quiet(Text("   the model expected ", "   модель ожидала ").get(lang)),
            number(entropy, 2),
            quiet(Text(" on average here", " в среднем в этом месте").get(lang)),
        ]
    return tuple(parts)


def explain_perplexity(trace: SurpriseTrace, at: int, lang: Lang) -> Formula:
    """2 to the mean surprisal, with the picked term; and the perplexity without it."""
    s = trace.score
    N = len(trace.tokens)
    others = float(np.delete(s.surprisal, at).sum())
    parts = [
        quiet(Text("perplexity: ", "перплексия: ").get(lang)),
        say("2^(("),
        number(others, 1),
        say(" + "),
        number(float(s.surprisal[at]), 2, "strong"),
        say(f")/{N}) = 2^"),
        number(s.bits, 3),
        say(" = "),
        number(s.value, 2, "result"),
    ]
    if N > 1 and math.isfinite(others):
        parts += [
            quiet(Text("   without this token ", "   без этого токена ").get(lang)),
            number(2 ** (others / (N - 1)), 2),
        ]
    return tuple(parts)


SEEN = Text("   seen here: {c} of {C}", "   встретилось здесь: {c} из {C}")
NEVER = Text(
    "   this context never came: the shorter one answers",
    "   такого контекста не было: отвечает более короткий",
)
COUNTED = Text(
    "   seen here: {c} of {C}; different tokens here: {T}",
    "   встретилось здесь: {c} из {C}; разных продолжений: {T}",
)
CONTINUED = Text(
    "   p′ counts the different tokens that stood before: {c} of {C}",
    "   p′ считает, после скольких разных токенов стояло: {c} из {C}",
)
