"""A sentence as words, the four changes of EDA (Wei and Zou 2019, section 2), and what they do to a negation.

Symbols: L the words of a sentence, α the share that is changed, n = max(1, round αL).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.errors import Refusal
from core.foundations.regular_synonyms import NEGATIONS, VOWELS, synonyms
from core.i18n import Lang, Text

Change = Literal["", "synonym", "insert", "swap", "delete"]

MAX_WORDS = 40


@dataclass(frozen=True)
class Token:
    """A word as it stands, with what stands before and after it. `was`: the word it replaced."""

    word: str
    before: str = ""
    after: str = ""
    change: Change = ""
    was: str = ""


@dataclass(frozen=True)
class Version:
    """One changed sentence. lost : the negations that are gone, moved : whether one of those left stands elsewhere."""

    tokens: tuple[Token, ...]
    lost: tuple[str, ...]
    moved: bool

    @property
    def text(self) -> str:
        """As it would be written down; what was deleted is not there."""
        return " ".join(t.before + t.word + t.after for t in self.tokens if t.change != "delete")


def read_tokens(text: str) -> tuple[Token, ...]:
    """Words with the punctuation that hangs on them.

    Raises
    ------
    Refusal
        If there are fewer than two words, or too many.
    """
    found = []
    for piece in text.split():
        match = re.fullmatch(r"(\W*)(.*?)(\W*)", piece)
        assert match is not None
        if match[2]:
            found.append(Token(match[2], match[1], match[3]))
    if not 2 <= len(found) <= MAX_WORDS:
        raise Refusal(
            Text(
                "A sentence of 2 to {n} words is needed, this has {m}.",
                "Нужно предложение длиной от 2 до {n} слов, сейчас слов: {m}.",
            ).format(n=MAX_WORDS, m=len(found))
        )
    return tuple(found)


def _like(model: str, word: str) -> str:
    return word[:1].upper() + word[1:] if model[:1].isupper() else word


def choices(tokens: Sequence[Token], at: int, lang: Lang) -> tuple[str, ...]:
    """What may stand in place of the word `at`; after a or an, only what begins as the word did."""
    word = tokens[at].word.lower()
    found = synonyms(lang).get(word, ())
    if lang == "en" and at and tokens[at - 1].word.lower() in ("a", "an"):
        found = tuple(other for other in found if (other[0] in VOWELS) == (word[0] in VOWELS))
    return found


def change(
    tokens: tuple[Token, ...], way: str, alpha: float, generator: np.random.Generator, lang: Lang
) -> tuple[Token, ...]:
    """One changed copy; deleted words stay in it, marked."""
    out = list(tokens)
    n = max(1, round(alpha * len(out)))
    if way == "delete":
        gone = generator.random(len(out)) < alpha
        if gone.all():
            gone[generator.integers(len(out))] = False
        return tuple(Token(t.word, t.before, t.after, "delete") if g else t for t, g in zip(out, gone, strict=True))
    if way == "swap":
        for _ in range(n):
            i, j = generator.choice(len(out), 2, replace=False)
            a, b = out[i], out[j]
            out[i] = Token(b.word, a.before, a.after, "swap")
            out[j] = Token(a.word, b.before, b.after, "swap")
        return tuple(out)
    able = [i for i in range(len(out)) if choices(tokens, i, lang)]
    if way == "synonym":
        for i in generator.permutation(np.array(able, dtype=np.int64))[:n]:
            options = choices(tokens, int(i), lang)
            word = options[generator.integers(len(options))]
            t = out[i]
            out[i] = Token(_like(t.word, word), t.before, t.after, "synonym", t.word)
        return tuple(out)
    for _ in range(n if able else 0):
        options = synonyms(lang)[tokens[able[generator.integers(len(able))]].word.lower()]
        out.insert(
            int(generator.integers(len(out) + 1)), Token(options[generator.integers(len(options))], change="insert")
        )
    return tuple(out)


def judge(before: tuple[Token, ...], after: tuple[Token, ...], lang: Lang) -> Version:
    """What became of the negations."""

    def stand(tokens: Sequence[Token]) -> list[tuple[str, str]]:
        """Each negation with the word behind it, which is what it denies."""
        words = [t.word.lower() for t in tokens if t.change != "delete"]
        return [(w, words[i + 1] if i + 1 < len(words) else "") for i, w in enumerate(words) if w in NEGATIONS[lang]]

    old, new = stand(before), stand(after)
    lost = Counter(w for w, _ in old) - Counter(w for w, _ in new)
    replaced = {t.word.lower(): t.was.lower() for t in after if t.was}
    denied = [(w, replaced.get(next_, next_)) for w, next_ in new]
    return Version(after, tuple(lost.elements()), not lost and sorted(denied) != sorted(old))
