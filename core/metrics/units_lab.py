"""One text, two models: words and characters. Which of their perplexities can be compared?

Symbols: the text has N words (punctuation marks count) and C characters, spaces included. Both models spell exactly
this string, so each gives it a probability, p(text).

    bits            −log₂ p(text) = Σ surprisal        bits
    per token       2^(bits/N) for words, 2^(bits/C) for characters: different units, not comparable
    per character   bits/C for both: comparable (Shannon 1951)
    per word        2^(bits/N) for both: comparable; "word-level perplexity"

A word model that has not seen a word gives its place to <unk>, which says that some word stands here and not which. To
pay for the whole string, the word is then spelled: by a character model of how the words of the corpus are written, up
to their end, log₂ p(spelling) on top (Brown et al. 1992). A character that the corpus does not have costs
the choice of one of Unicode's 1,114,112 code points besides.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, Part, number, quiet, say, write_number
from core.arrays import Frozen
from core.i18n import Lang, Text
from core.metrics import language
from core.metrics.generation_texts import (
    MAX_OWN,
    MAX_TEXT,
    corpus_for,
    join_words,
    language_of,
    model_of,
    pieces,
    read_text,
    speller_of,
    tokens_of,
)
from core.metrics.language import PerplexityTrace, perplexity
from core.metrics.surprisal_lab import EXAMPLE, N_CHECKED, OWN, OWN_HELP, written
from core.params import Params, Slider, Switch, Words
from core.tables import Table
from core.text.ngrams import NgramModel, nltk_probabilities
from core.verify import Check, compare

CODE_POINTS = 0x110000
DISCOUNT = 0.75


class UnitsParams(Params):
    """A text, and how far each of the two models looks back."""

    text: Annotated[
        str,
        Words(
            label=Text("Text to score", "Оцениваемый текст"),
            max_chars=MAX_TEXT,
            is_wide=True,
            example=EXAMPLE,
            help=Text("Both models score it while you type.", "Обе модели оценивают его на ходу."),
        ),
    ] = EXAMPLE.en
    n_words: Annotated[int, Slider(label=Text("n of the word model", "n модели слов"), lo=1, hi=4, step=1)] = 3
    n_chars: Annotated[int, Slider(label=Text("n of the character model", "n модели символов"), lo=1, hi=6, step=1)] = 4
    is_spelled: Annotated[
        bool,
        Switch(
            label=Text("Spell unknown words", "Писать незнакомые слова по буквам"),
            help=Text(
                "Off: <unk> is paid for and the word behind it is not.",
                "Если выключить, оплачен только <unk>, а само слово — нет.",
            ),
        ),
    ] = True
    own: Annotated[str, Words(label=OWN, max_chars=MAX_OWN, lines=5, folded=True, help=OWN_HELP)] = ""


@dataclass(frozen=True)
class UnitsTrace(Frozen):
    """The text twice. `words` and `chars` are the scores; their bits differ, their string does not.

    tokens, shown : (word,) the words, and each with the space before it; is_known : (word,)
    spelling : (word,) bits that spelling an unknown word costs, 0 for known ones; inside `words` when it is counted
    letters : (char,) the characters; word_of : (char,) the word that each belongs to, the space before it too
    is_letter_known : (char,)
    """

    params: UnitsParams
    tokens: tuple[str, ...]
    shown: tuple[str, ...]
    is_known: npt.NDArray[np.bool_]
    spelling: npt.NDArray[np.float64]
    words: PerplexityTrace
    letters: tuple[str, ...]
    is_letter_known: npt.NDArray[np.bool_]
    word_of: npt.NDArray[np.int64]
    chars: PerplexityTrace
    signature: str

    @property
    def bits_by_chars(self) -> npt.NDArray[np.float64]:
        """(word,) the bits that the character model pays for each word."""
        bits = np.bincount(self.word_of, weights=self.chars.surprisal, minlength=len(self.tokens))
        return np.asarray(bits, dtype=np.float64)

    def at(self, picked: str) -> int:
        """The picked word; where the two models differ most when none is."""
        if picked.isdecimal() and len(picked) < 5 and int(picked) < len(self.tokens):
            return int(picked)
        return int(np.abs(self.words.surprisal - self.bits_by_chars).argmax())


def models_for(p: UnitsParams) -> tuple[NgramModel, NgramModel, NgramModel]:
    """The word model, the character model, and the speller of unknown words."""
    corpus = corpus_for(p.text, p.own)
    return (
        model_of(corpus, "words", p.n_words, discount=DISCOUNT),
        model_of(corpus, "characters", p.n_chars, discount=DISCOUNT),
        speller_of(corpus, p.n_chars, DISCOUNT),
    )


def letter_log_probs(model: NgramModel, letters: Sequence[str]) -> npt.NDArray[np.float64]:
    """ln p of every character, and of the end if the model has one; an unknown one also pays for its code point."""
    out = model.log_probs(letters)
    strange = [i for i, letter in enumerate(letters) if not model.is_known(letter)]
    out[strange] -= math.log(CODE_POINTS)
    return out


def run(params: UnitsParams) -> UnitsTrace:
    """Score the text with both models."""
    tokens = read_text(params.text, "words")
    text = join_words(tokens)
    shown = pieces(tokens)
    word_model, char_model, speller = models_for(params)
    is_known = np.array([word_model.is_known(token) for token in tokens])
    spelling = np.array(
        [
            0.0 if known else float(-letter_log_probs(speller, token).sum()) / math.log(2)
            for token, known in zip(tokens, is_known, strict=True)
        ]
    )
    log_probs = word_model.log_probs(tokens)
    if params.is_spelled:
        log_probs = log_probs - spelling * math.log(2)
    corpus = "own text" if params.own else f"corpus.{language_of(params.text)}"
    return UnitsTrace(
        params=params,
        tokens=tokens,
        shown=shown,
        is_known=is_known,
        spelling=spelling,
        words=perplexity(log_probs, shown, n_chars=len(text), n_words=len(tokens)),
        letters=tuple(text),
        is_letter_known=np.array([char_model.is_known(letter) for letter in text]),
        word_of=np.repeat(np.arange(len(shown)), [len(piece) for piece in shown]),
        chars=perplexity(letter_log_probs(char_model, text), tuple(text), n_words=len(tokens)),
        signature=f"kneser-ney d={DISCOUNT:g} · {params.n_words}-gram of words, |V|={len(word_model)} · "
        f"{params.n_chars}-gram of characters, |V|={len(char_model)} · {corpus} · lowercase · "
        f"float64 · cpu · numpy {np.__version__}",
    )


def reference(trace: UnitsTrace) -> tuple[Check, ...]:
    """Both models' probabilities beside nltk's, both perplexities beside torch's."""
    p = trace.params
    corpus = corpus_for(p.text, p.own)
    words, chars, _ = models_for(p)
    checks = []
    for what, model, unit, tokens, extra in (
        (Text("words", "слова"), words, "words", trace.tokens, trace.spelling * p.is_spelled),
        (
            Text("characters", "символы"),
            chars,
            "characters",
            trace.letters,
            np.where(trace.is_letter_known, 0.0, math.log2(CODE_POINTS)),
        ),
    ):
        score = trace.words if unit == "words" else trace.chars
        head = tokens[:N_CHECKED]
        theirs = nltk_probabilities(model, [tokens_of(story, unit) for story in corpus], head)  # type: ignore[arg-type]
        ours = np.exp2(-(score.surprisal - extra)[: len(head)])
        checks.append(compare(what, "nltk", ours, theirs, 1e-9))
    return (*checks, *(check for score in (trace.words, trace.chars) for check in language.reference(score)[1:]))


def tables(trace: UnitsTrace) -> tuple[Table, ...]:
    """Words, characters, and the two scores beside each other."""
    names = ("tokens", "bits", "perplexity per token", "bits per character", "perplexity per word")
    scores = [
        [len(s.surprisal), s.total, s.value, s.bits_per_char, s.word_perplexity] for s in (trace.words, trace.chars)
    ]
    rows = [f"{i + 1} {token}" for i, token in enumerate(trace.tokens)]
    bits = np.column_stack([trace.words.surprisal, trace.bits_by_chars, trace.spelling])
    letters = [f"{i + 1} {written(letter)}" for i, letter in enumerate(trace.letters)]
    return (
        Table("scores", ("word model", "character model"), names, np.array(scores)),
        Table("words", rows, ("bits, word model", "bits, character model", "of these, spelling"), bits),
        Table("characters", letters, ("bits",), trace.chars.surprisal[:, None]),
    )


def explain(trace: UnitsTrace, at: int, lang: Lang) -> tuple[Formula, ...]:
    """The picked word in both models, then the whole text in both."""
    w, c = trace.words, trace.chars
    N, C = len(trace.tokens), len(trace.letters)
    token = trace.tokens[at]
    spelled = float(trace.spelling[at])
    bits = float(w.surprisal[at])
    by_words: list[Part] = [quiet(WORD_MODEL.format(word=token).get(lang))]
    if spelled and trace.params.is_spelled:
        by_words += [
            say("<unk> "),
            number(bits - spelled, 2),
            say(" + "),
            quiet(SPELLED.get(lang)),
            number(spelled, 2),
            say(" = "),
            number(bits, 2, "strong"),
        ]
    else:
        by_words.append(number(bits, 2, "strong"))
    by_words.append(quiet(BITS.get(lang)))
    if spelled and not trace.params.is_spelled:
        by_words.append(quiet(UNPAID.get(lang)))
    by_chars: list[Part] = [quiet(CHAR_MODEL.get(lang))]
    of_word = np.flatnonzero(trace.word_of == at)
    for k, j in enumerate(of_word):
        by_chars += [say(" + " if k else ""), quiet(f"{written(trace.letters[j])} "), number(float(c.surprisal[j]), 2)]
    by_chars += [say(" = "), number(float(trace.bits_by_chars[at]), 2, "strong"), quiet(BITS.get(lang))]
    return (
        tuple(by_words),
        tuple(by_chars),
        (
            quiet(PER_TOKEN.get(lang)),
            Part("2", "plain", f"{write_number(w.total, 1)}/{N}"),
            say(" = "),
            number(w.value, 2, "result"),
            quiet(AND.get(lang)),
            Part("2", "plain", f"{write_number(c.total, 1)}/{C}"),
            say(" = "),
            number(c.value, 2, "result"),
            quiet(NOT_COMPARABLE.get(lang)),
        ),
        (
            quiet(PER_CHAR.get(lang)),
            number(w.total, 1),
            say(f"/{C} = "),
            number(w.bits_per_char, 3, "result"),
            quiet(AND.get(lang)),
            number(c.total, 1),
            say(f"/{C} = "),
            number(c.bits_per_char, 3, "result"),
            quiet(COMPARABLE.get(lang)),
        ),
    )


BITS = Text(" bits", " бита")
WORD_MODEL = Text("“{word}” by the word model: ", "«{word}» по модели слов: ")
CHAR_MODEL = Text("by the character model: ", "по модели символов: ")
SPELLED = Text("spelling ", "по буквам ")
UNPAID = Text("   for <unk>: which word it was is not paid for", "   за <unk>: какое это слово, не оплачено")
PER_TOKEN = Text("perplexity per token: ", "перплексия на токен: ")
PER_CHAR = Text("bits per character: ", "бит на символ: ")
AND = Text("   and   ", "   и   ")
NOT_COMPARABLE = Text("   different units: they cannot be compared", "   единицы разные, сравнивать нельзя")
COMPARABLE = Text("   the same unit: smaller is better", "   единица одна: меньше — лучше")
