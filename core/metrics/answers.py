"""Question answering: exact match and token F1, with every step of normalisation kept.

SQuAD (Rajpurkar et al. 2016) compares answers after four steps: lower case; ASCII punctuation deleted; the English
articles a, an, the deleted; white space collapsed. F1 is over the multiset of the tokens left:

    common      Σ over tokens of min(count in prediction, count in answer)
    P R F1      common/len(prediction), common/len(answer), 2PR/(P + R)

and with several reference answers the best one counts, for each score on its own. When a side has no tokens left,
SQuAD 2.0 (Rajpurkar et al. 2018) gives 1 if both are empty and 0 otherwise; version 1.1 gave 0.

On Russian these steps do less than they seem to: « » — … are not ASCII and stay glued to words, there are no articles
to delete, ё and е differ, and "в Москве" never equals "Москва". The presets:

    squad       the four steps above
    mlqa        deletes punctuation of every script, as MLQA (Lewis et al. 2020) does
    russian     NFKC, lower case, ё as е, stress marks deleted, punctuation of every script to a space, so that
                «Санкт-Петербург» equals "санкт петербург"
    russian_stem  the same, then each word cut to its Snowball stem: cases and numbers agree, but so do a few
                different words
    none        only splits at white space
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal

from core.errors import Refusal
from core.i18n import Text, same
from core.metrics import refuse_above, refuse_unless_known
from core.metrics.classification import compare_defined
from core.verify import Check

Normalization = Literal["squad", "mlqa", "russian", "russian_stem", "none"]
Version = Literal["1.1", "2.0"]

MAX_CHARS = 20_000
MAX_ANSWERS = 100
MAX_PAIRS = 10_000

_ASCII_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(a|an|the)\b")
# Acute and grave as combining marks, and the two Cyrillic letters that exist with a grave.
_STRESS = str.maketrans({"\u0300": None, "\u0301": None, "ѐ": "е", "Ѐ": "Е", "ѝ": "и", "Ѝ": "И"})


def _is_punctuation(character: str) -> bool:
    return character in string.punctuation or unicodedata.category(character).startswith("P")


def _delete_punctuation(text: str) -> str:
    return "".join(c for c in text if not _is_punctuation(c))


def _space_punctuation(text: str) -> str:
    return "".join(" " if _is_punctuation(c) else c for c in text)


def _delete_stress(text: str) -> str:
    """NFKC first: й and ё are single letters then and lose nothing."""
    return unicodedata.normalize("NFKC", text).translate(_STRESS)


def _stem(text: str) -> str:
    stem = _stemmer()
    return " ".join(stem(word) for word in text.split())


@cache
def _stemmer() -> Callable[[str], str]:
    from nltk.stem.snowball import RussianStemmer

    stem: Callable[[str], str] = RussianStemmer().stem
    return stem


@dataclass(frozen=True)
class _Step:
    name: Text
    apply: Callable[[str], str]


_LOWER = _Step(Text("lower case", "нижний регистр"), str.lower)
_NO_ARTICLES = _Step(Text("no articles", "без артиклей"), lambda text: _ARTICLES.sub(" ", text))
_COLLAPSE = _Step(Text("white space collapsed", "пробелы сжаты"), lambda text: " ".join(text.split()))
_ONE_FORM = _Step(Text("one form, no stress marks", "единая форма, без ударений"), _delete_stress)
_YO = _Step(Text("ё as е", "ё как е"), lambda text: text.replace("ё", "е"))
_STEPS: dict[Normalization, tuple[_Step, ...]] = {
    "squad": (
        _LOWER,
        _Step(Text("no ASCII punctuation", "без ASCII-пунктуации"), lambda text: text.translate(_ASCII_PUNCTUATION)),
        _NO_ARTICLES,
        _COLLAPSE,
    ),
    "mlqa": (
        _LOWER,
        _Step(Text("no punctuation", "без пунктуации"), _delete_punctuation),
        _NO_ARTICLES,
        _COLLAPSE,
    ),
    "russian": (
        _ONE_FORM,
        _LOWER,
        _YO,
        _Step(Text("punctuation to spaces", "пунктуация — в пробелы"), _space_punctuation),
        _COLLAPSE,
    ),
    "none": (_COLLAPSE,),
}
_STEPS["russian_stem"] = (*_STEPS["russian"], _Step(Text("stems", "основы слов"), _stem))

_AS_GIVEN = Text("as given", "как есть")
_CHARACTERS = Text("characters of an answer", "символов ответа")
_REFERENCES = Text("reference answers", "эталонных ответов")

NORMALIZATIONS: tuple[Normalization, ...] = ("squad", "mlqa", "russian", "russian_stem", "none")


@dataclass(frozen=True)
class NormalizedAnswer:
    """A text after each step.

    steps : (name, text after it), the first one the text as it came; value is the last text
    """

    normalization: Normalization
    steps: tuple[tuple[Text, str], ...]
    value: str

    @property
    def tokens(self) -> tuple[str, ...]:
        return tuple(self.value.split())

    def changed(self) -> tuple[bool, ...]:
        """For each of `steps`, whether it changed anything; False for the first."""
        texts = [text for _, text in self.steps]
        return (False, *(a != b for a, b in pairwise(texts)))


def normalize_answer(text: str, normalization: Normalization = "squad") -> NormalizedAnswer:
    """Run the steps of a preset over `text`.

    Raises
    ------
    Refusal
        If `text` is not a string or longer than `MAX_CHARS`.
    """
    refuse_unless_known("normalization", normalization, NORMALIZATIONS)
    if not isinstance(text, str):
        raise Refusal(Text("An answer must be text.", "Ответ должен быть текстом."))
    refuse_above(_CHARACTERS, len(text), MAX_CHARS)
    steps = [(_AS_GIVEN, text)]
    for step in _STEPS[normalization]:
        text = step.apply(text)
        steps.append((step.name, text))
    return NormalizedAnswer(normalization, tuple(steps), text)


_Normalized = tuple[NormalizedAnswer, tuple[NormalizedAnswer, ...]]


@dataclass(frozen=True)
class ExactMatchTrace:
    """1 when the normalised prediction is one of the normalised answers, else 0.

    is_match : one truth value a reference answer
    """

    prediction: NormalizedAnswer
    answers: tuple[NormalizedAnswer, ...]
    is_match: tuple[bool, ...]
    value: float
    signature: str


def exact_match(
    prediction: str, answers: str | Sequence[str], normalization: Normalization = "squad"
) -> ExactMatchTrace:
    """EM of one prediction against one or several reference answers; no answer at all is written "".

    Raises
    ------
    Refusal
        If there are no reference answers, more than `MAX_ANSWERS`, or a text is too long.
    """
    return _match(_normalize_all(prediction, answers, normalization))


def _match(texts: _Normalized) -> ExactMatchTrace:
    prediction, answers = texts
    is_match = tuple(prediction.value == answer.value for answer in answers)
    return ExactMatchTrace(
        prediction=prediction,
        answers=answers,
        is_match=is_match,
        value=float(any(is_match)),
        signature=f"exact match · {prediction.normalization} · answers={len(answers)}",
    )


@dataclass(frozen=True)
class Overlap:
    """A prediction beside one reference answer.

    common : (token, how many times both have it), in the order of the prediction
    n_common is the sum of those counts; precision, recall and value (F1) follow
    """

    common: tuple[tuple[str, int], ...]
    n_common: int
    n_prediction: int
    n_answer: int
    precision: float
    recall: float
    value: float


@dataclass(frozen=True)
class TokenF1Trace:
    """F1 of the best reference answer.

    overlaps : one a reference answer; best : the index of the first with the largest F1, whose value is `value`
    """

    prediction: NormalizedAnswer
    answers: tuple[NormalizedAnswer, ...]
    overlaps: tuple[Overlap, ...]
    best: int
    value: float
    signature: str


def token_f1(
    prediction: str,
    answers: str | Sequence[str],
    normalization: Normalization = "squad",
    version: Version = "2.0",
) -> TokenF1Trace:
    """Token F1 of one prediction, the best over the reference answers.

    Parameters
    ----------
    version : what happens when both sides normalise to nothing: 1 in SQuAD "2.0", 0 in "1.1"

    Raises as `exact_match`.
    """
    refuse_unless_known("version", version, ("1.1", "2.0"))
    return _best_overlap(_normalize_all(prediction, answers, normalization), version)


def _best_overlap(texts: _Normalized, version: Version) -> TokenF1Trace:
    prediction, answers = texts
    overlaps = tuple(_overlap(prediction.tokens, answer.tokens, version) for answer in answers)
    best = max(range(len(overlaps)), key=lambda i: overlaps[i].value)
    return TokenF1Trace(
        prediction=prediction,
        answers=answers,
        overlaps=overlaps,
        best=best,
        value=overlaps[best].value,
        signature=f"token F1 · {prediction.normalization} · SQuAD {version} · answers={len(answers)}",
    )


def _overlap(prediction: Sequence[str], answer: Sequence[str], version: Version) -> Overlap:
    shared = Counter(prediction) & Counter(answer)
    n_common = shared.total()
    common = tuple((token, shared[token]) for token in dict.fromkeys(prediction) if shared[token])
    if not prediction and not answer:
        score = float(version == "2.0")
        return Overlap((), 0, 0, 0, score, score, score)
    P = n_common / len(prediction) if prediction else 0.0
    R = n_common / len(answer) if answer else 0.0
    F = 2 * n_common / (len(prediction) + len(answer))
    return Overlap(common, n_common, len(prediction), len(answer), P, R, F)


def _normalize_all(prediction: str, answers: str | Sequence[str], normalization: Normalization) -> _Normalized:
    references = [answers] if isinstance(answers, str) else answers
    refuse_above(_REFERENCES, len(references), MAX_ANSWERS)
    if len(references) == 0:
        raise Refusal(
            Text(
                "There is no reference answer; write an empty one if the question has none.",
                "Нет эталонного ответа; если у вопроса его нет, введите пустой.",
            )
        )
    return (
        normalize_answer(prediction, normalization),
        tuple(normalize_answer(answer, normalization) for answer in references),
    )


@dataclass(frozen=True)
class AnswersTrace:
    """A whole test set.

    matches, overlaps : one trace a question; exact_match and f1 are their means, 0…1 (papers print them times 100)
    value : f1
    """

    matches: tuple[ExactMatchTrace, ...]
    overlaps: tuple[TokenF1Trace, ...]
    exact_match: float
    f1: float
    value: float
    signature: str


def score_answers(
    predictions: Sequence[str],
    answers: Sequence[str | Sequence[str]],
    normalization: Normalization = "squad",
    version: Version = "2.0",
) -> AnswersTrace:
    """Mean EM and mean F1 over questions.

    Raises
    ------
    Refusal
        If there are no questions, more than `MAX_PAIRS`, or unequally many predictions and answers.
    """
    refuse_above(Text("questions", "вопросов"), max(len(predictions), len(answers)), MAX_PAIRS)
    if len(predictions) != len(answers) or len(predictions) == 0:
        raise Refusal(
            Text(
                "There are {a} predictions and {b} reference answers: every question needs both.",
                "Предсказаний {a}, а эталонных ответов {b}: каждому вопросу нужно и то и другое.",
            ).format(a=len(predictions), b=len(answers))
        )
    refuse_unless_known("version", version, ("1.1", "2.0"))
    pairs = [_normalize_all(p, a, normalization) for p, a in zip(predictions, answers, strict=True)]
    matches = tuple(_match(pair) for pair in pairs)
    overlaps = tuple(_best_overlap(pair, version) for pair in pairs)
    EM, F1 = (sum(t.value for t in traces) / len(pairs) for traces in (matches, overlaps))
    return AnswersTrace(
        matches, overlaps, EM, F1, F1, f"EM and F1 · {normalization} · SQuAD {version} · questions={len(pairs)}"
    )


class _Spaces:
    """A tokenizer for rouge-score that does nothing but split."""

    def tokenize(self, text: str) -> list[str]:
        return text.split()


def reference(trace: TokenF1Trace) -> tuple[Check, ...]:
    """Every overlap beside rouge-score: F1 over multisets of tokens is what ROUGE-1 computes.

    The published SQuAD script is not a package. Its case of two empty sides has no counterpart and is left out.
    """
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer(["rouge1"], tokenizer=_Spaces())
    compared = [
        (scorer.score(answer.value, trace.prediction.value)["rouge1"], overlap)
        for answer, overlap in zip(trace.answers, trace.overlaps, strict=True)
        if overlap.n_prediction or overlap.n_answer
    ]
    theirs = [(score.precision, score.recall, score.fmeasure) for score, _ in compared]
    ours = [(overlap.precision, overlap.recall, overlap.value) for _, overlap in compared]
    return (compare_defined(same("ROUGE-1 P, R, F"), "rouge-score", ours, theirs),)
