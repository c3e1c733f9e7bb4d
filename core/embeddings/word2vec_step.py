"""One step of word2vec on a vocabulary of ten words, every number kept.

Symbols (Mikolov et al. 2013b; Rong 2014, "word2vec parameter learning explained"):

    W_in    vectors of words that are given                              (V, d)
    W_out   vectors of words that are guessed                            (V, d)
    h       row of W_in of the centre (skip-gram), mean of the context's rows (CBOW)      (d)
    u       rows of W_out that take part: all V of them (softmax), targets and negatives (negative sampling)  (R, d)
    s       scores u·h                                                   (R)
    p       softmax(s), or σ(s) of each row by itself                    (R)
    y       how often the row is the target, or 1 for a target and 0 for a negative       (R)
    e       ∂L/∂s: n·p − y with softmax, where n = Σ y, and p − y with negatives          (R)
    L       −Σ y·ln p, or −Σ ln σ(s) over targets − Σ ln σ(−s) over negatives, nats

    ∂L/∂h = Σ e·u        ∂L/∂u = e·h        W ← W − α·∂L/∂W

Skip-gram takes all pairs of the centre in one step, so their losses are summed. In CBOW every word of the context gets
∂L/∂h divided by the size of the context; `is_divided` off is what word2vec.c does: it passes on all of ∂L/∂h.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.embeddings.word2vec import negative_probabilities
from core.errors import Refusal
from core.i18n import Text, same
from core.params import Choice, Params, Slider, Switch, Words
from core.tables import Table
from core.text.pretokenize import split_words
from core.verify import Check, compare

MAX_WORDS = 10
MAX_TOKENS = 16
MAX_BEFORE = 60
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

KINDS = {"skipgram": same("skip-gram"), "cbow": same("CBOW")}
LOSSES = {"negative": Text("negatives", "негативы"), "softmax": same("softmax")}


class StepParams(Params):
    """A sentence, a centre in it, and how the step is made."""

    sentence: Annotated[
        str,
        Words(
            label=Text("Sentence", "Предложение"),
            max_chars=120,
            is_wide=True,
            example=Text(
                "the queen wears a crown while the king rules his land",
                "кошка пьёт молоко, а собака грызёт кость у тёплой печки",
            ),
            help=Text("Its different words, up to ten, are the vocabulary.", "Разные слова, до десяти, — это словарь."),
        ),
    ] = "the queen wears a crown while the king rules his land"
    kind: Annotated[str, Choice(label=Text("Guess", "Что угадываем"), options=KINDS)] = "skipgram"
    loss: Annotated[str, Choice(label=Text("Loss", "Потери"), options=LOSSES)] = "negative"
    centre: Annotated[
        int, Slider(label=Text("Centre, word number", "Центр, номер слова"), lo=1, hi=MAX_TOKENS, step=1)
    ] = 2
    reach: Annotated[int, Slider(label=Text("Window", "Окно"), lo=1, hi=4, step=1)] = 1
    k: Annotated[
        int,
        Slider(
            label=Text("Negatives a pair, k", "Негативов на пару, k"),
            lo=1,
            hi=5,
            step=1,
            shown=lambda p: p["loss"] == "negative",
        ),
    ] = 2
    rate: Annotated[float, Slider(label=Text("Learning rate α", "Скорость обучения α"), lo=0.0, hi=5.0, step=0.1)] = 0.5
    before: Annotated[
        int,
        Slider(
            label=Text("Steps made before", "Шагов уже сделано"),
            lo=0,
            hi=MAX_BEFORE,
            step=1,
            help=Text(
                "The same pairs again and again; negatives are drawn anew each time.",
                "Те же пары снова и снова; негативы каждый раз новые.",
            ),
        ),
    ] = 0
    dim: Annotated[int, Slider(label=Text("Dimensions d", "Размерность d"), lo=2, hi=4, step=1, folded=True)] = 2
    is_divided: Annotated[
        bool,
        Switch(
            label=Text("CBOW divides the gradient", "CBOW делит градиент"),
            folded=True,
            shown=lambda p: p["kind"] == "cbow",
            help=Text(
                "On: the true gradient of the mean. Off: word2vec.c, which gives every word all of it.",
                "Вкл — настоящий градиент среднего. Выкл — как в word2vec.c: каждое слово получает его целиком.",
            ),
        ),
    ] = True
    dice: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1, folded=True)] = 3


@dataclass(frozen=True)
class StepTrace(Frozen):
    """Every number of the step. `rows` (R) are the words of `u`; `targets` (R) is 1 where a row is a target.

    losses : (MAX_BEFORE + 1), of every step from the first; after : of the same rows after the update
    """

    params: StepParams
    tokens: tuple[str, ...]
    words: tuple[str, ...]
    ids: Ints
    position: int
    context: tuple[int, ...]
    given: Ints
    rows: Ints
    W_in: Floats
    W_out: Floats
    h: Floats
    s: Floats
    p: Floats
    y: Floats
    e: Floats
    loss: float
    d_h: Floats
    d_in: Floats
    d_out: Floats
    new_in: Floats
    new_out: Floats
    losses: Floats
    after: float
    signature: str

    @property
    def is_softmax(self) -> bool:
        return self.params.loss == "softmax"

    @property
    def centre(self) -> int:
        """The word in the middle."""
        return int(self.ids[self.position])

    @property
    def u(self) -> Floats:
        return np.asarray(self.W_out[self.rows])


def read(sentence: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tokens, and their different words in order of appearance.

    Raises
    ------
    Refusal
        If there are fewer than two words or more than the lab can show.
    """
    tokens = tuple(word.lower() for word in split_words(sentence) if any(c.isalnum() for c in word))
    words = tuple(dict.fromkeys(tokens))
    if len(words) < 2:
        raise Refusal(Text("Write at least two different words.", "Напишите хотя бы два разных слова."))
    if len(words) > MAX_WORDS or len(tokens) > MAX_TOKENS:
        raise Refusal(
            Text(
                "The sentence has {v} different words and {n} in all; the lab shows up to {most_v} and {most_n}.",
                "Разных слов в предложении {v}, всего {n}; лаборатория показывает до {most_v} и до {most_n}.",
            ).format(v=len(words), n=len(tokens), most_v=MAX_WORDS, most_n=MAX_TOKENS)
        )
    return tokens, words


def sigmoid(s: Floats) -> Floats:
    """1 / (1 + e^(−s)) that does not overflow."""
    e = np.exp(-np.abs(s))
    return np.asarray(np.where(s >= 0, 1.0, e) / (1.0 + e))


def forward(h: Floats, u: Floats, y: Floats, *, is_softmax: bool) -> tuple[Floats, Floats, Floats, float]:
    """s, p, e = ∂L/∂s and the loss, as the module's table says."""
    s = u @ h
    if is_softmax:
        shifted = s - s.max()
        log_p = shifted - np.log(np.exp(shifted).sum())
        p = np.exp(log_p)
        return s, p, y.sum() * p - y, float(-(y * log_p).sum())
    p = sigmoid(s)
    signed = np.where(y > 0, s, -s)
    return s, p, p - y, float(np.logaddexp(0.0, -signed).sum())


def draw_negatives(dice: np.random.Generator, chances: Floats, target: int, k: int) -> list[int]:
    """k words from `chances`, drawn again where the target itself comes, as word2vec.c skips it."""
    allowed = chances.copy()
    allowed[target] = 0.0
    return [int(n) for n in dice.choice(len(chances), size=k, p=allowed / allowed.sum())]


def run(params: StepParams) -> StepTrace:
    """The step after `before` others like it.

    Raises
    ------
    Refusal
        If the sentence cannot be used.
    """
    tokens, words = read(params.sentence)
    V, d = len(words), params.dim
    ids = np.array([words.index(token) for token in tokens], dtype=np.int64)
    position = min(params.centre, len(tokens)) - 1
    nearby = range(max(0, position - params.reach), min(len(tokens), position + params.reach + 1))
    context = tuple(int(ids[j]) for j in nearby if j != position)
    centre = int(ids[position])
    is_softmax, is_cbow = params.loss == "softmax", params.kind == "cbow"
    given = np.array(context if is_cbow else [centre], dtype=np.int64)
    targets = [centre] if is_cbow else list(context)
    chances = negative_probabilities(np.bincount(ids, minlength=V), 0.75)

    dice = np.random.default_rng(params.dice)
    W_in, W_out = dice.uniform(-1, 1, (V, d)), dice.uniform(-1, 1, (V, d))
    losses: list[float] = []
    kept: dict[str, Any] = {}
    for made in range(MAX_BEFORE + 1):
        if is_softmax:
            rows = np.arange(V)
            y = np.bincount(targets, minlength=V).astype(np.float64)
        else:
            drawn = [[t, *draw_negatives(dice, chances, t, params.k)] for t in targets]
            rows = np.array([n for one in drawn for n in one], dtype=np.int64)
            y = np.tile([1.0, *[0.0] * params.k], len(targets))
        h = W_in[given].mean(axis=0)
        s, p, e, loss = forward(h, W_out[rows], y, is_softmax=is_softmax)
        d_h = e @ W_out[rows]
        d_in, d_out = np.zeros((V, d)), np.zeros((V, d))
        np.add.at(d_out, rows, e[:, None] * h)
        np.add.at(d_in, given, d_h / (len(given) if params.is_divided else 1))
        new_in, new_out = W_in - params.rate * d_in, W_out - params.rate * d_out
        losses.append(loss)
        if made == params.before:
            after = forward(new_in[given].mean(axis=0), new_out[rows], y, is_softmax=is_softmax)[3]
            kept = {"rows": rows, "W_in": W_in, "W_out": W_out, "h": h, "s": s, "p": p, "y": y, "e": e, "loss": loss}
            kept |= {"d_h": d_h, "d_in": d_in, "d_out": d_out, "new_in": new_in, "new_out": new_out, "after": after}
        W_in, W_out = new_in, new_out
    return StepTrace(
        params=params,
        tokens=tokens,
        words=words,
        ids=ids,
        position=position,
        context=context,
        given=given,
        **kept,
        losses=np.array(losses),
        signature=f"{params.kind} · {params.loss} · V={V} · d={d} · pairs={len(context)} · α={params.rate:g} · "
        f"seed={params.dice} · float64 · cpu · numpy {np.__version__}",
    )


def reference(trace: StepTrace) -> tuple[Check, ...]:
    """Loss, both gradients and the updated weights beside autograd and torch's SGD.

    What the numbers of a run that diverged are known to grows with them, and so does the tolerance.
    Where CBOW does not divide, its step is not a gradient's: W_in is left out.
    """
    import torch

    W_in = torch.tensor(trace.W_in, requires_grad=True)
    W_out = torch.tensor(trace.W_out, requires_grad=True)
    optimizer = torch.optim.SGD([W_in, W_out], lr=trace.params.rate)
    h = W_in[torch.tensor(trace.given)].mean(0)
    s = W_out[torch.tensor(trace.rows)] @ h
    y = torch.tensor(trace.y)
    if trace.is_softmax:
        loss = torch.nn.functional.cross_entropy(s[None], y[None] / y.sum(), reduction="sum") * y.sum()
    else:
        loss = torch.nn.functional.binary_cross_entropy_with_logits(s, y, reduction="sum")
    loss.backward()
    assert W_in.grad is not None
    assert W_out.grad is not None
    grads = W_in.grad.numpy().copy(), W_out.grad.numpy().copy()
    optimizer.step()
    exact = 1e-9 * (1 + np.abs(trace.s).max()) * (1 + max(np.abs(trace.W_in).max(), np.abs(trace.W_out).max()))
    checks = [
        compare(same("L"), "torch", trace.loss, loss.item(), exact),
        compare(same("autograd ∂L/∂W_out"), "torch", trace.d_out, grads[1], exact),
    ]
    if trace.params.is_divided or trace.params.kind != "cbow" or len(trace.given) == 1:
        checks.append(compare(same("autograd ∂L/∂W_in"), "torch", trace.d_in, grads[0], exact))
        checks.append(compare(same("SGD W_in"), "torch", trace.new_in, W_in.detach().numpy(), exact))
    return tuple(checks)


def tables(trace: StepTrace) -> tuple[Table, ...]:
    """Every matrix of the step."""
    dims = [str(n + 1) for n in range(trace.params.dim)]
    rows = [f"{n + 1} {trace.words[w]}" for n, w in enumerate(trace.rows)]
    matrices = ("W_in", "W_out", "d_in", "d_out", "new_in", "new_out")
    return (
        *(Table(name, trace.words, dims, getattr(trace, name)) for name in matrices),
        Table("h", ["h", "dL/dh"], dims, np.stack([trace.h, trace.d_h])),
        Table("rows", rows, ["s", "p", "y", "e"], np.stack([trace.s, trace.p, trace.y, trace.e], axis=1)),
        Table("loss", ["L"], [str(n + 1) for n in range(len(trace.losses))], trace.losses[None]),
    )
