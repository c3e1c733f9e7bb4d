"""How surprised a language model is, and how much a text repeats itself.

Symbols: a text of N scored tokens w₁…w_N and C characters; p(wᵢ | w₁…wᵢ₋₁) is what the model gave to the token that
came.

    surprisal   −log₂ p(wᵢ | …)                       (pos,) bits            Shannon 1948
    H           mean surprisal, the cross-entropy      bits a token
    perplexity  2^H = exp(−(1/N) Σ ln p)               1…∞                    Jelinek et al. 1977
    bits/char   Σ surprisal / C                        bits a character

Perplexity is a mean over tokens, so it cannot compare models with different vocabularies. Bits per character can: the
sum of surprisals does not care how the text was cut. The same sum spread over words is "word-level perplexity".

Distinct-N (Li et al. 2016) counts different n-grams. Three denominators are in use: all tokens, as in the paper; all
n-grams, as in most code; and the number of different ones that random text of this length would have (Liu et al. 2022),
which removes the advantage of short texts.

Repetition: seq-rep-n, the share of n-grams that are repeats, and rep/ℓ, the share of tokens that occur among the ℓ
tokens before them (both Welleck et al. 2020); and the loop that a text ends in.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Text
from core.metrics import refuse_above, refuse_unless_known
from core.verify import Check, compare

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Words = str | Sequence[str]
Ngram = tuple[str, ...]

Denominator = Literal["tokens", "ngrams", "expected"]
DENOMINATORS: tuple[Denominator, ...] = ("tokens", "ngrams", "expected")

MAX_TOKENS = 20_000
MAX_LOGITS = 8_000_000
MAX_CHARS = 1_000_000
MAX_N = 10
MAX_TEXTS = 10_000
MAX_CORPUS_TOKENS = 200_000
MAX_VOCABULARY = 10_000_000
MAX_WINDOW = 1024

TOKENS = Text("tokens", "токенов")


# Perplexity


@dataclass(frozen=True)
class PerplexityTrace(Frozen):
    """Surprisal token by token, and what becomes of its mean.

    tokens : (pos,) what was predicted, or () when not given
    log_probs : (pos,) ln p of each token, nats, ≤ 0
    surprisal : (pos,) bits; inf where the model gave 0
    running : (pos,) perplexity of the text up to and including each token
    cross_entropy : nats a token; bits : bits a token; total : bits in all
    n_chars : characters of the scored tokens; bits_per_char and char_perplexity = 2^bits_per_char are NaN without it
    n_words : words of the scored text; word_perplexity is NaN without it
    value : perplexity
    """

    tokens: tuple[str, ...]
    log_probs: Floats
    surprisal: Floats
    running: Floats
    cross_entropy: float
    bits: float
    total: float
    n_chars: int | None
    bits_per_char: float
    char_perplexity: float
    n_words: int | None
    word_perplexity: float
    value: float
    signature: str


def perplexity(
    log_probs: Sequence[float] | npt.NDArray[Any],
    tokens: Sequence[str] = (),
    n_chars: int | None = None,
    n_words: int | None = None,
) -> PerplexityTrace:
    """exp of the mean negative log-probability.

    Parameters
    ----------
    log_probs : (pos,) natural logarithms, ≤ 0; −∞ stands for probability 0 and makes the perplexity infinite
    tokens : (pos,) their texts, if known
    n_chars, n_words : the length of the scored text; when None, n_chars is that of `tokens` (a token's text holds the
        space before it, if it has one), and n_words is unknown

    Raises
    ------
    Refusal
        If there is nothing to score, something is not a log-probability, or the lengths disagree.
    """
    refuse_above(TOKENS, len(log_probs), MAX_TOKENS)
    if len(log_probs) == 0:
        raise Refusal(Text("There are no tokens to score.", "Нет токенов, которые можно оценить."))
    try:
        logs = np.asarray(log_probs, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise Refusal(_not_a_log(None)) from None
    # Rounding lets a certain token come out a hair above 0.
    bad = np.flatnonzero(~(logs <= 1e-6)) if logs.ndim == 1 else np.array([0])
    if bad.size:
        raise Refusal(_not_a_log(int(bad[0]) + 1))
    if len(tokens) not in (0, len(logs)):
        raise Refusal(
            Text(
                "There are {a} tokens and {b} log-probabilities: every token needs one.",
                "Токенов {a}, а логарифмов вероятностей {b}: каждому токену нужен один.",
            ).format(a=len(tokens), b=len(logs))
        )
    for count, what in ((n_chars, Text("characters", "символов")), (n_words, Text("words", "слов"))):
        if count is not None and not 1 <= count <= MAX_CHARS:
            raise Refusal(
                Text(
                    "The number of {what} must be from 1 to {most}.", "Число {what} должно быть от 1 до {most}."
                ).format(what=what, most=MAX_CHARS)
            )
    if n_chars is None:
        n_chars = sum(map(len, tokens)) or None

    logs = np.minimum(logs, 0.0)
    surprisal = -logs / math.log(2) + 0.0
    total = float(surprisal.sum())
    bits = total / len(logs)
    counts = np.arange(1, len(logs) + 1)
    return PerplexityTrace(
        tokens=tuple(tokens),
        log_probs=logs,
        surprisal=surprisal,
        running=_raise_two(np.cumsum(surprisal) / counts),
        cross_entropy=float(-logs.mean()) + 0.0,
        bits=bits,
        total=total,
        n_chars=n_chars,
        bits_per_char=total / n_chars if n_chars else math.nan,
        char_perplexity=float(_raise_two(total / n_chars)) if n_chars else math.nan,
        n_words=n_words,
        word_perplexity=float(_raise_two(total / n_words)) if n_words else math.nan,
        value=float(_raise_two(bits)),
        signature=f"perplexity · per token · tokens={len(logs)}" + (f" · characters={n_chars}" if n_chars else ""),
    )


def _raise_two(exponent: npt.ArrayLike) -> Floats:
    """2^x; beyond the largest float it is infinite, which a perplexity may well be."""
    with np.errstate(over="ignore"):
        return np.asarray(np.exp2(np.asarray(exponent, dtype=np.float64)))


def _not_a_log(position: int | None) -> Text:
    if position is None:
        return Text(
            "The log-probabilities must be numbers, one a token.", "Логарифмы вероятностей — числа, по одному на токен."
        )
    return Text(
        "Token {position}: a log-probability is a number not above 0.",
        "Токен {position}: логарифм вероятности — число не больше 0.",
    ).format(position=position)


def log_probs_of(logits: npt.ArrayLike, targets: Sequence[int] | npt.NDArray[Any]) -> Floats:
    """ln softmax(logits)[target] of each position: (pos, vocab) and (pos,) → (pos,) nats.

    The largest logit is subtracted first, so that nothing overflows; −∞ is allowed for forbidden tokens.

    Raises
    ------
    Refusal
        If the shapes disagree, a target is not in the vocabulary, or a row has NaN, +∞ or only −∞.
    """
    try:
        Z, ids = np.asarray(logits), np.asarray(targets)
    except ValueError:
        Z = ids = np.empty(0)
    refuse_above(Text("logits", "логитов"), Z.size, MAX_LOGITS)
    if Z.ndim != 2 or ids.ndim != 1 or len(Z) != len(ids) or Z.dtype.kind not in "fiu" or ids.dtype.kind not in "iu":
        raise Refusal(
            Text(
                "One row of logits and one token number are needed for each position.",
                "Для каждой позиции нужны строка логитов и номер токена.",
            )
        )
    if len(ids) and (ids.min() < 0 or ids.max() >= Z.shape[1]):
        raise Refusal(
            Text("A token number is not in the vocabulary of {n}.", "Номера токена нет в словаре из {n}.").format(
                n=Z.shape[1]
            )
        )
    Z = Z.astype(np.float64)
    largest = Z.max(1, keepdims=True) if Z.size else np.zeros((len(Z), 1))
    if not np.isfinite(largest).all():
        raise Refusal(
            Text(
                "A row of logits has no finite maximum: NaN, +∞, or −∞ throughout.",
                "В строке логитов нет конечного максимума: там NaN, +∞ или одни −∞.",
            )
        )
    shifted = Z - largest
    return np.asarray(shifted[np.arange(len(ids)), ids] - np.log(np.exp(shifted).sum(1)))


def reference(trace: PerplexityTrace) -> tuple[Check, ...]:
    """Beside torch's `nll_loss`. An infinite perplexity is not compared: ∞ − ∞ says nothing."""
    if not math.isfinite(trace.value):
        return ()
    import torch

    logs = torch.from_numpy(np.array(trace.log_probs))[:, None]
    loss = torch.nn.functional.nll_loss(logs, torch.zeros(len(logs), dtype=torch.int64))
    theirs = torch.exp(loss)
    # A perplexity can be large: the difference is taken relative to it.
    scale = max(1.0, trace.value)
    return (
        compare(Text("cross-entropy, nats", "кросс-энтропия, наты"), "torch", trace.cross_entropy, float(loss), 1e-9),
        compare(
            Text("perplexity, relative", "перплексия, относительно"),
            "torch",
            trace.value / scale,
            float(theirs) / scale,
            1e-9,
        ),
    )


# Diversity and repetition


def read_tokens(text: Words) -> tuple[str, ...]:
    """A text is split at spaces; a list of tokens is taken as it is.

    Raises
    ------
    Refusal
        Above `MAX_CHARS` characters or `MAX_CORPUS_TOKENS` tokens, or if a token is not a word.
    """
    if isinstance(text, str):
        refuse_above(Text("characters", "символов"), len(text), MAX_CHARS)
        text = text.split()
    refuse_above(TOKENS, len(text), MAX_CORPUS_TOKENS)
    if not all(isinstance(token, str) for token in text):
        raise Refusal(Text("A text is a string or a list of words.", "Текст — это строка или список слов."))
    return tuple(text)


def ngrams(tokens: Sequence[str], n: int) -> list[Ngram]:
    """All runs of n tokens, in order; none when the text is shorter."""
    return [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]


def _refuse_n(n: int) -> None:
    if not 1 <= n <= MAX_N:
        raise Refusal(Text("n must be from 1 to {most}.", "n — от 1 до {most}.").format(most=MAX_N))


@dataclass(frozen=True)
class DistinctTrace:
    """How many different n-grams there are, over how many there could be.

    counts : every n-gram with how often it occurs, the commonest first
    n_distinct, n_ngrams, n_tokens : different n-grams, all n-grams, all tokens
    below : the denominator; value = n_distinct/below, 0 when below is 0. At most 1, except for "expected", which is a
        mean over random texts and can be exceeded
    """

    n: int
    denominator: Denominator
    counts: tuple[tuple[Ngram, int], ...]
    n_distinct: int
    n_ngrams: int
    n_tokens: int
    below: float
    value: float
    signature: str


def distinct_n(
    texts: str | Sequence[Words],
    n: int = 2,
    denominator: Denominator = "ngrams",
    vocabulary: int | None = None,
) -> DistinctTrace:
    """Distinct-N of a text, or of several taken as one corpus; n-grams do not cross from one text into the next.

    Parameters
    ----------
    texts : a string, or a list of texts, each a string, split at spaces, or a list of tokens. A list of strings is a
        list of texts: the tokens of one text are given as [tokens]
    denominator : "tokens" (Li et al. 2016), "ngrams" (most code), "expected" (Liu et al. 2022:
        V·(1 − ((V − 1)/V)^n_ngrams))
    vocabulary : V of "expected", the number of possible n-grams; when None, the number of different tokens to the
        power n

    Raises
    ------
    Refusal
        If n or the denominator is out of range, or there is more text than can be counted at once.
    """
    _refuse_n(n)
    refuse_unless_known("denominator", denominator, DENOMINATORS)
    if vocabulary is not None and not 1 <= vocabulary <= MAX_VOCABULARY:
        raise Refusal(
            Text(
                "The vocabulary must have from 1 to {most} entries.", "В словаре должно быть от 1 до {most} единиц."
            ).format(most=MAX_VOCABULARY)
        )
    corpus = [texts] if isinstance(texts, str) else texts
    refuse_above(Text("texts", "текстов"), len(corpus), MAX_TEXTS)
    counter: Counter[Ngram] = Counter()
    seen: set[str] = set()
    n_tokens = 0
    for text in corpus:
        tokens = read_tokens(text)
        n_tokens += len(tokens)
        refuse_above(TOKENS, n_tokens, MAX_CORPUS_TOKENS)
        counter.update(ngrams(tokens, n))
        seen.update(tokens)
    n_ngrams = counter.total()
    V = vocabulary or len(seen) ** n
    below = {"tokens": float(n_tokens), "ngrams": float(n_ngrams), "expected": _expected_distinct(V, n_ngrams)}[
        denominator
    ]
    shown = f"{denominator}" if denominator != "expected" else f"expected V={V}"
    return DistinctTrace(
        n=n,
        denominator=denominator,
        counts=tuple(counter.most_common()),
        n_distinct=len(counter),
        n_ngrams=n_ngrams,
        n_tokens=n_tokens,
        below=below,
        value=len(counter) / below if below else 0.0,
        signature=f"Distinct-{n} · per {shown} · texts={len(corpus)} · tokens={n_tokens}",
    )


def _expected_distinct(V: int, draws: int) -> float:
    """Mean number of different values in `draws` even draws from V: V(1 − (1 − 1/V)^draws), exact for huge V too."""
    if V <= 1:
        return float(min(V, draws))
    return -V * math.expm1(draws * math.log1p(-1 / V))


@dataclass(frozen=True)
class RepetitionTrace(Frozen):
    """Where a text repeats itself.

    is_repeat : (n-gram,) True when the same n-gram stood earlier; first : (n-gram,) where it first stood
    is_recent : (pos,) True when the token occurs among the `window` tokens before it
    recent_share : mean of is_recent, rep/ℓ
    loop : the tokens that the text ends in over and over, and loop_count how often (at least 2), or () and 0
    value : seq-rep-n, the mean of is_repeat, 0 (all different) up to but not including 1; 0 for a text without n-grams
    """

    tokens: tuple[str, ...]
    n: int
    window: int
    is_repeat: npt.NDArray[np.bool_]
    first: Ints
    is_recent: npt.NDArray[np.bool_]
    recent_share: float
    loop: tuple[str, ...]
    loop_count: int
    value: float
    signature: str


def repetition(text: Words, n: int = 4, window: int = 16) -> RepetitionTrace:
    """seq-rep-n = 1 − different n-grams/all n-grams, and rep/ℓ (Welleck et al. 2020).

    Welleck et al. apply rep/ℓ to the model's best next token after each true prefix; here it is applied to the text.

    Parameters
    ----------
    text : a string, split at spaces, or tokens, at most `MAX_TOKENS`
    n : length of the n-grams; the paper uses 4
    window : ℓ, tokens; the paper uses 16 to 512

    Raises
    ------
    Refusal
        If the text is too long, or n or the window out of range.
    """
    _refuse_n(n)
    if not 1 <= window <= MAX_WINDOW:
        raise Refusal(
            Text("The window must be from 1 to {most} tokens.", "Окно — от 1 до {most} токенов.").format(
                most=MAX_WINDOW
            )
        )
    tokens = read_tokens(text)
    refuse_above(TOKENS, len(tokens), MAX_TOKENS)
    place: dict[Ngram, int] = {}
    first = np.array([place.setdefault(gram, i) for i, gram in enumerate(ngrams(tokens, n))], dtype=np.int64)
    is_repeat = first < np.arange(len(first))
    last: dict[str, int] = {}
    is_recent = np.zeros(len(tokens), dtype=bool)
    for i, token in enumerate(tokens):
        is_recent[i] = token in last and i - last[token] <= window
        last[token] = i
    loop, loop_count = find_loop(tokens)
    return RepetitionTrace(
        tokens=tokens,
        n=n,
        window=window,
        is_repeat=is_repeat,
        first=first,
        is_recent=is_recent,
        recent_share=float(is_recent.mean()) if tokens else 0.0,
        loop=loop,
        loop_count=loop_count,
        value=float(is_repeat.mean()) if len(first) else 0.0,
        signature=f"seq-rep-{n} · rep/{window} · tokens={len(tokens)}",
    )


def find_loop(tokens: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """What a text ends in over and over: the loop and how many times it runs to the end, at least twice.

    Of all lengths the one that covers most tokens is taken, the shortest of equals; ((), 0) when nothing repeats.
    """
    # Read backwards, the failure function of Knuth, Morris and Pratt gives the period of every suffix in linear time.
    s = tokens[::-1]
    border = [0] * len(s)
    best, size = (0, 0), 0
    for i in range(1, len(s)):
        k = border[i - 1]
        while k and s[i] != s[k]:
            k = border[k - 1]
        border[i] = k + (s[i] == s[k])
        period = i + 1 - border[i]
        runs = (i + 1) // period
        if runs >= 2 and runs * period > best[0] * best[1]:
            best, size = (period, runs), period
    return (tuple(tokens[len(tokens) - size :]), best[1]) if size else ((), 0)
