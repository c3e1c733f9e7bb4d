"""Writing with an n-gram model: what temperature, top-k and top-p do to the text, and what the metrics make of it.

Symbols: p (vocab,) the model's own distribution at a step, q what is drawn from (`core.text.sampling`), s = −log₂ p.

    perplexity    2^(mean s) under p, so under the model itself and not under what was drawn from; conditional on the
                  prompt (as in Holtzman et al. 2020, table 1)
    Distinct-n    different n-grams / all n-grams                      Li et al. 2016, per n-gram
    seq-rep-4     1 − different 4-grams / all 4-grams                  Welleck et al. 2020

The model is a closed Kneser–Ney model of words and punctuation marks: it can only write words that it has seen. Curves
are means over `SEEDS` texts for each temperature; of perplexities the geometric mean, 2^(mean bits).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, Part, number, quiet, say, write_number
from core.arrays import Frozen
from core.i18n import Lang, Text, same
from core.metrics.generation_texts import (
    HELD_OUT,
    MAX_OWN,
    corpus_for,
    join_words,
    language_of,
    model_of,
    pieces,
    read_text,
    split_words,
)
from core.metrics.language import DistinctTrace, PerplexityTrace, RepetitionTrace, distinct_n, perplexity, repetition
from core.metrics.surprisal_lab import OWN, OWN_HELP
from core.params import Levels, Params, Slider, Words
from core.tables import Table
from core.text.ngrams import NgramModel
from core.text.sampling import draw, truncate
from core.verify import Check, compare

N_SHOWN = 9
SEEDS = 8
TEMPERATURES: tuple[float, ...] = tuple(round(0.2 * i, 1) for i in range(11))
DISCOUNT = 0.75


class SamplingParams(Params):
    """A beginning, and how to go on from it."""

    prompt: Annotated[
        str,
        Words(
            label=Text("Beginning", "Начало"),
            max_chars=80,
            example=Text("The cat", "Кошка"),
            help=Text("The model goes on from here.", "Отсюда модель продолжает."),
        ),
    ] = "The cat"
    temperature: Annotated[
        float,
        Slider(
            label=Text("Temperature", "Температура"),
            lo=0.0,
            hi=2.0,
            step=0.1,
            help=Text("0 always takes the likeliest token.", "0 — всегда самый вероятный токен."),
        ),
    ] = 0.7
    top_k: Annotated[
        int,
        Slider(
            label=same("top-k"),
            lo=0,
            hi=50,
            step=1,
            help=Text("Only the k likeliest; 0 keeps all.", "Только k самых вероятных; 0 — все."),
        ),
    ] = 0
    top_p: Annotated[
        float,
        Slider(
            label=same("top-p"),
            lo=0.05,
            hi=1.0,
            step=0.05,
            help=Text(
                "The likeliest that together have at least p; 1 keeps all.",
                "Самые вероятные, у которых вместе не меньше p; 1 — все.",
            ),
        ),
    ] = 1.0
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
    seed: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1)] = 0
    length: Annotated[
        int, Levels(label=Text("Tokens to write", "Сколько токенов"), values=(20, 40, 60, 100), folded=True)
    ] = 60
    own: Annotated[str, Words(label=OWN, max_chars=MAX_OWN, lines=5, folded=True, help=OWN_HELP)] = ""

    def around(self) -> SamplingParams:
        """What the curves depend on: everything but the temperature and the seed."""
        return self.model_copy(update={"temperature": 1.0, "seed": 0})


@dataclass(frozen=True)
class Candidate:
    """A token at one step: its probability by the model, after the temperature, and in what is drawn from."""

    token: str
    p: float
    warmed: float
    q: float
    is_kept: bool


@dataclass(frozen=True)
class SweepTrace(Frozen):
    """Means over `SEEDS` texts at each of `TEMPERATURES`: (temperature,), `distinct` (3, temperature)."""

    params: SamplingParams
    bits: npt.NDArray[np.float64]
    distinct: npt.NDArray[np.float64]
    repeated: npt.NDArray[np.float64]

    @property
    def perplexity(self) -> npt.NDArray[np.float64]:
        return np.asarray(np.exp2(self.bits))


@dataclass(frozen=True)
class SamplingTrace(Frozen):
    """One written text, every step of it, and the curves around it.

    is_known : (prompt,) whether the model has seen the word
    tokens, shown : (pos,) what was written; p, q : (pos,) of the token that was drawn
    candidates : [pos] the likeliest by p, and the one that was drawn if it is not among them
    people : perplexity of a story that people wrote (`HELD_OUT`) under the same model; None for a visitor's own corpus
    n_kept, mass : (pos,) how many tokens could be drawn, and how much of the warmed mass they have
    """

    params: SamplingParams
    prompt: tuple[str, ...]
    shown_prompt: tuple[str, ...]
    is_known: npt.NDArray[np.bool_]
    tokens: tuple[str, ...]
    shown: tuple[str, ...]
    p: npt.NDArray[np.float64]
    q: npt.NDArray[np.float64]
    candidates: tuple[tuple[Candidate, ...], ...]
    n_kept: npt.NDArray[np.int64]
    mass: npt.NDArray[np.float64]
    n_vocabulary: int
    score: PerplexityTrace
    distinct: tuple[DistinctTrace, ...]
    repeats: RepetitionTrace
    sweep: SweepTrace
    people: float | None
    signature: str

    def at(self, picked: str) -> int:
        """The picked step; the first where something surprising was drawn when none is."""
        if picked.isdecimal() and len(picked) < 5 and int(picked) < len(self.tokens):
            return int(picked)
        return int(self.score.surprisal.argmax())


def model_for(p: SamplingParams) -> NgramModel:
    """A closed model: `<unk>` cannot be written."""
    return model_of(corpus_for(p.prompt, p.own), "words", p.n, discount=DISCOUNT, is_open=False)


def write(
    model: NgramModel, prompt: tuple[str, ...], p: SamplingParams, temperature: float, seeds: Iterable[int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Continue the prompt once a seed, side by side: ids and p of what was drawn, both (seed, pos).

    Each text has a generator of its own, so a text does not depend on which others are written beside it.
    """
    u = np.stack([np.random.default_rng(seed).random(p.length) for seed in seeds])
    texts = [list(prompt) for _ in u]
    ids, likelihood = np.empty(u.shape, dtype=np.int64), np.empty(u.shape)
    known: dict[tuple[int, ...], npt.NDArray[np.float64]] = {}
    rows = np.arange(len(u))
    for step in range(p.length):
        contexts = [model.context_of(text) for text in texts]
        for context, text in zip(contexts, texts, strict=True):
            if context not in known:
                known[context] = model.distribution(text)
        P = np.stack([known[context] for context in contexts])
        q = truncate(P, temperature=temperature, top_k=p.top_k, top_p=p.top_p).q
        ids[:, step] = draw(q, u[:, step])
        likelihood[:, step] = P[rows, ids[:, step]]
        for text, w in zip(texts, ids[:, step], strict=True):
            text.append(model.vocabulary[w])
    return ids, likelihood


def sweep(params: SamplingParams) -> SweepTrace:
    """`SEEDS` texts at every temperature."""
    model, prompt = model_for(params), read_text(params.prompt, "words")
    bits, repeated = np.empty(len(TEMPERATURES)), np.empty(len(TEMPERATURES))
    distinct = np.empty((3, len(TEMPERATURES)))
    for t, temperature in enumerate(TEMPERATURES):
        # At T = 0 all seeds write the same.
        ids, p = write(model, prompt, params, temperature, range(SEEDS if temperature else 1))
        texts = [[model.vocabulary[w] for w in row] for row in ids]
        bits[t] = -np.log2(p).mean()
        repeated[t] = np.mean([repetition(text).value for text in texts])
        for n in (1, 2, 3):
            distinct[n - 1, t] = np.mean([distinct_n([text], n).value for text in texts])
    return SweepTrace(params=params, bits=bits, distinct=distinct, repeated=repeated)


def run(params: SamplingParams) -> SamplingTrace:
    """Write one text, and the curves."""
    return sample(params, sweep(params.around()))


def sample(params: SamplingParams, around: SweepTrace) -> SamplingTrace:
    """Write one text; `around` is `sweep` of the same settings."""
    model, prompt = model_for(params), read_text(params.prompt, "words")
    ids, likelihood = write(model, prompt, params, params.temperature, [params.seed])
    tokens = tuple(model.vocabulary[w] for w in ids[0])
    length = len(tokens)
    q, n_kept, mass = np.empty(length), np.empty(length, dtype=np.int64), np.empty(length)
    candidates = []
    for i, w in enumerate(ids[0]):
        p = model.distribution((*prompt, *tokens[:i]))
        cut = truncate(p, temperature=params.temperature, top_k=params.top_k, top_p=params.top_p)
        q[i], n_kept[i], mass[i] = cut.q[w], cut.kept.sum(), cut.mass
        best = [int(v) for v in np.argsort(-p, kind="stable")[:N_SHOWN]]
        shown = best if int(w) in best else [*best, int(w)]
        candidates.append(
            tuple(
                Candidate(model.vocabulary[v], float(p[v]), float(cut.warmed[v]), float(cut.q[v]), bool(cut.kept[v]))
                for v in shown
            )
        )
    corpus = "own text" if params.own else f"corpus.{language_of(params.prompt)}"
    return SamplingTrace(
        params=params,
        prompt=prompt,
        shown_prompt=pieces(prompt),
        is_known=np.array([model.is_known(word) for word in prompt]),
        tokens=tokens,
        shown=pieces((*prompt, *tokens))[len(prompt) :],
        p=likelihood[0],
        q=q,
        candidates=tuple(candidates),
        n_kept=n_kept,
        mass=mass,
        n_vocabulary=len(model),
        score=perplexity(np.log(likelihood[0]), tokens, n_chars=len(join_words(tokens)), n_words=length),
        distinct=tuple(distinct_n([tokens], n) for n in (1, 2, 3)),
        repeats=repetition(tokens),
        sweep=around,
        people=None if params.own else people_perplexity(model, language_of(params.prompt)),
        signature=f"{params.n}-gram · kneser-ney d={DISCOUNT:g} · T={params.temperature:g} · top-k={params.top_k} · "
        f"top-p={params.top_p:g} · seed={params.seed} · {corpus} · |V|={len(model)} · curves: {SEEDS} seeds · "
        f"float64 · cpu · numpy {np.__version__}",
    )


def people_perplexity(model: NgramModel, lang: str) -> float:
    """What the model makes of a story that it has not seen, all in words that it knows."""
    return perplexity(model.log_probs(split_words(HELD_OUT[lang]))).value


def reference(trace: SamplingTrace) -> tuple[Check, ...]:
    """Every step's q beside torch's softmax, topk and cumsum; the perplexity beside torch's `nll_loss`."""
    import torch

    from core.metrics import language

    p = trace.params
    model = model_for(p)
    ours, theirs = [], []
    for i in range(len(trace.tokens)):
        belief = model.distribution((*trace.prompt, *trace.tokens[:i]))
        cut = truncate(belief, temperature=p.temperature, top_k=p.top_k, top_p=p.top_p)
        # Tokens of equal probability are interchangeable, so what is compared is sorted.
        ours.append(-np.sort(-cut.q))
        logits = torch.log(torch.from_numpy(belief))
        if p.temperature == 0:
            falling = torch.zeros(len(belief), dtype=torch.float64)
            falling[0] = 1.0
        else:
            falling = torch.topk(torch.softmax(logits / p.temperature, -1), p.top_k or len(belief)).values
        falling = falling / falling.sum()
        if p.top_p < 1:
            falling = torch.where(torch.cumsum(falling, -1) - falling < p.top_p - 1e-12, falling, 0.0)
        falling = falling / falling.sum()
        theirs.append(torch.nn.functional.pad(falling, (0, len(belief) - len(falling))).numpy())
    return (compare(same("q"), "torch", np.stack(ours), np.stack(theirs), 1e-9), *language.reference(trace.score))


def tables(trace: SamplingTrace) -> tuple[Table, ...]:
    """The text step by step, its scores, and the curves."""
    rows = [f"{i + 1} {token}" for i, token in enumerate(trace.tokens)]
    steps = np.column_stack([trace.p, trace.q, trace.score.surprisal, trace.n_kept, trace.mass])
    names = ("perplexity", "Distinct-1", "Distinct-2", "Distinct-3", "seq-rep-4")
    score = [[trace.score.value, *(d.value for d in trace.distinct), trace.repeats.value]]
    curves = np.column_stack([trace.sweep.perplexity, *trace.sweep.distinct, trace.sweep.repeated])
    return (
        Table("steps", rows, ("p", "q", "surprisal, bits", "kept", "mass kept"), steps),
        Table("score", ("text",), names, np.array(score)),
        Table("by temperature", [f"{t:g}" for t in TEMPERATURES], names, curves),
    )


def explain(trace: SamplingTrace, at: int, lang: Lang) -> tuple[Formula, ...]:
    """The drawn token: its p, what the temperature and the truncation make of it; then the scores of the text."""
    p = trace.params
    token = trace.tokens[at]
    drawn = next(c for c in trace.candidates[at] if c.token == token)
    lines: list[Formula] = [
        (
            quiet(DRAWN.format(word=token).get(lang)),
            say("p = "),
            number(drawn.p, 4),
            say("   →   "),
            say("q = "),
            number(drawn.q, 4, "result"),
            quiet(KEPT.format(k=int(trace.n_kept[at]), V=trace.n_vocabulary).get(lang)),
        )
    ]
    if p.temperature == 0:
        lines.append((quiet(GREEDY.get(lang)),))
    else:
        power = f"1/{p.temperature:g}"
        lines.append(
            (
                say("q = "),
                Part(f"{drawn.p:.4f}", "strong", power),
                say(" / Σ "),
                Part("p", "plain", power),
                say(" = "),
                number(drawn.warmed, 4),
                say(f"   ÷   {trace.mass[at]:.4f}"),
                quiet(MASS.get(lang)),
                say(" = "),
                number(drawn.q, 4, "result"),
            )
        )
    lines.append(
        (
            quiet(SCORE.get(lang)),
            Part("2", "plain", f"{write_number(trace.score.total, 1)}/{len(trace.tokens)}"),
            say(" = "),
            number(trace.score.value, 2, "result"),
        )
    )
    distinct: list[Part] = []
    for d in trace.distinct:
        distinct += [
            say(f"Distinct-{d.n} = {d.n_distinct}/{d.n_ngrams} = "),
            number(d.value, 3, "result"),
            say("    "),
        ]
    r = trace.repeats
    distinct += [
        say(f"seq-rep-4 = {int(r.is_repeat.sum())}/{len(r.is_repeat)} = "),
        number(r.value, 3, "result"),
    ]
    lines.append(tuple(distinct))
    return tuple(lines)


DRAWN = Text("“{word}” was drawn: ", "выпало «{word}»: ")
KEPT = Text("   candidates: {k} of {V}", "   кандидатов: {k} из {V}")
GREEDY = Text("T = 0: the likeliest token gets everything", "T = 0: самый вероятный токен получает всё")
MASS = Text(" the mass that was kept", " — оставленная масса")
SCORE = Text("perplexity of the text by the model itself: ", "перплексия текста по самой модели: ")
