"""One answer, judged: exact match and token F1 with every step of normalisation, and what would change them.

Symbols (Rajpurkar et al. 2016, "SQuAD", section 6.1; `core.metrics.answers` has the definitions):

    common     tokens that prediction and reference share, counted with repetition
    P R F1     common/len(prediction), common/len(reference), 2·common/(len(prediction) + len(reference))      0…1
    EM         1 when the normalised texts are equal, else 0

Of several references the best one counts, for EM and F1 each on its own.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from importlib.metadata import version
from typing import Annotated, Any, Literal, cast

import numpy as np
from annotated_types import Predicate

from core.arithmetic import Formula, Part, number, quiet, say
from core.i18n import Lang, Text, same
from core.metrics import answers
from core.metrics.answers import (
    NORMALIZATIONS,
    ExactMatchTrace,
    Normalization,
    NormalizedAnswer,
    Overlap,
    TokenF1Trace,
    Version,
    exact_match,
    token_f1,
)
from core.params import Choice, Params, Words
from core.tables import Table
from core.verify import Check

MAX_CHARS = 300
MAX_ANSWERS = 8

NORMALIZATION_NAMES: dict[str, Text] = {
    "squad": Text("SQuAD (English)", "SQuAD (английская)"),
    "mlqa": Text("MLQA (any punctuation)", "MLQA (любая пунктуация)"),
    "russian": Text("Russian: ё, stress, dashes", "Русская: ё, ударения, тире"),
    "russian_stem": Text("Russian with stems", "Русская с основами слов"),
    "none": Text("none", "никакой"),
}


@dataclass(frozen=True, kw_only=True)
class Lines(Words):
    """A text of which every line is one answer."""

    most: int

    def __iter__(self) -> Iterator[Any]:
        yield from super().__iter__()
        yield Predicate(lambda text: len(split_answers(text)) <= self.most)

    def expects(self) -> Text:
        return Text(
            "at most {most} lines, {chars} characters in all",
            "не больше {most} строк, всего не длиннее {chars} символов",
        ).format(most=self.most, chars=self.max_chars)


class AnswerParams(Params):
    """A question, its reference answers, what the model said, and how texts are normalised before they are compared."""

    question: Annotated[
        str,
        Words(
            label=Text("Question", "Вопрос"),
            max_chars=MAX_CHARS,
            lines=2,
            example=Text("When did people first land on the Moon?", "Когда люди впервые высадились на Луне?"),
            help=Text(
                "For the reader only: neither score looks at the question.",
                "Только для читателя: ни одна из оценок вопроса не видит.",
            ),
        ),
    ] = "When did people first land on the Moon?"
    prediction: Annotated[
        str,
        Words(
            label=Text("The model’s answer", "Ответ модели"),
            max_chars=MAX_CHARS,
            is_wide=True,
            example=Text("On the 20th of July, 1969.", "20 июля 1969-го года."),
        ),
    ] = "On the 20th of July, 1969."
    answers: Annotated[
        str,
        Lines(
            label=Text("Reference answers, one a line", "Эталонные ответы, по одному в строке"),
            max_chars=600,
            most=MAX_ANSWERS,
            lines=3,
            is_wide=True,
            example=Text("July 20, 1969\n20 July 1969\nin July 1969", "20 июля 1969 года\n20.07.1969\nв июле 1969-го"),
            help=Text(
                "Leave it empty for a question that has no answer.",
                "Оставьте пустым, если у вопроса нет ответа.",
            ),
        ),
    ] = "July 20, 1969\n20 July 1969\nin July 1969"
    normalization: Annotated[
        str,
        Choice(
            label=Text("Normalisation", "Нормализация"),
            options=NORMALIZATION_NAMES,
            help=Text(
                "What is done to both texts before they are compared.",
                "Что делают с обоими текстами перед сравнением.",
            ),
        ),
    ] = "squad"
    version: Annotated[
        str,
        Choice(
            label=Text("Both sides empty", "Обе стороны пусты"),
            options={"2.0": same("F1 = 1 (2.0)"), "1.1": same("F1 = 0 (1.1)")},
            folded=True,
            help=Text(
                "What F1 is when nothing is left of either text: two versions of SQuAD disagree.",
                "Чему равна F1, когда от обоих текстов ничего не осталось: две версии SQuAD расходятся.",
            ),
        ),
    ] = "2.0"


@dataclass(frozen=True)
class Pick:
    """What is looked at: a reference, and in it maybe a token of the prediction to drop or one of its own to add."""

    reference: int
    kind: Literal["all", "drop", "add"] = "all"
    token: int = 0

    def __str__(self) -> str:
        return f"{self.reference}.{self.kind}.{self.token}"


@dataclass(frozen=True)
class AnswerTrace:
    """Both scores over all references.

    references : the reference answers as typed; one empty text when there is none
    exact, f1 : the traces of the two scores over all references
    """

    params: AnswerParams
    references: tuple[str, ...]
    exact: ExactMatchTrace
    f1: TokenF1Trace
    signature: str

    def pick(self, words: str) -> Pick:
        """The pick that `words` names; where it names none, the reference with the best F1."""
        parts = words.split(".")
        if len(parts) != 3 or not all(p.isdecimal() and len(p) < 4 for p in (parts[0], parts[2])):
            return Pick(self.f1.best)
        pick = Pick(int(parts[0]), cast(Literal["all", "drop", "add"], parts[1]), int(parts[2]))
        if pick.reference >= len(self.references):
            return Pick(self.f1.best)
        owner = {"drop": self.f1.prediction, "add": self.f1.answers[pick.reference]}.get(pick.kind)
        return pick if owner and pick.token < len(owner.tokens) else Pick(pick.reference)

    def without(self, pick: Pick) -> TokenF1Trace:
        """F1 over all references if the token of `pick` were dropped from the prediction, or added to it."""
        tokens = list(self.f1.prediction.tokens)
        if pick.kind == "drop":
            del tokens[pick.token]
        else:
            tokens.append(self.f1.answers[pick.reference].tokens[pick.token])
        # The texts are normalised already: doing it again would stem a stem.
        joined = [" ".join(answer.tokens) for answer in self.f1.answers]
        return token_f1(" ".join(tokens), joined, "none", cast(Version, self.params.version))


def split_answers(text: str) -> tuple[str, ...]:
    """The lines that have something in them; one empty answer when there is none."""
    return tuple(line.strip() for line in text.split("\n") if line.strip()) or ("",)


def run(params: AnswerParams) -> AnswerTrace:
    """Score the answer of `params` against all its references."""
    references = split_answers(params.answers)
    normalization = cast(Normalization, params.normalization)
    exact = exact_match(params.prediction, references, normalization)
    f1 = token_f1(params.prediction, references, normalization, cast(Version, params.version))
    stems = f" · nltk {version('nltk')}" if params.normalization == "russian_stem" else ""
    return AnswerTrace(
        params=params,
        references=references,
        exact=exact,
        f1=f1,
        signature=f"EM · {f1.signature}{stems}",
    )


def alternatives(params: AnswerParams) -> dict[Normalization, tuple[float, float]]:
    """(EM, F1) of the same answer under each of `NORMALIZATIONS`. The first stem of a process takes seconds: it imports
    nltk."""
    traces = {name: run(params.model_copy(update={"normalization": name})) for name in NORMALIZATIONS}
    return {name: (trace.exact.value, trace.f1.value) for name, trace in traces.items()}


def reference(trace: AnswerTrace) -> tuple[Check, ...]:
    """P, R and F1 against every reference beside rouge-score, whose ROUGE-1 is the same overlap of tokens."""
    return answers.reference(trace.f1)


def tables(trace: AnswerTrace) -> tuple[Table, ...]:
    """The scores against each reference, and under each normalisation."""
    against = [
        (float(is_match), o.precision, o.recall, o.value)
        for is_match, o in zip(trace.exact.is_match, trace.f1.overlaps, strict=True)
    ]
    under = alternatives(trace.params)
    return (
        Table("references", trace.references, ("EM", "P", "R", "F1"), np.array(against)),
        Table("normalizations", tuple(under), ("EM", "F1"), np.array(list(under.values()))),
    )


# ---------------------------------------------------------------------------------------------------------------------
# What a step did to a text

Kind = Literal["same", "gone", "new", "turned", "left"]


@dataclass(frozen=True)
class Piece:
    """A stretch of a text beside what it was before.

    kind : "same"; "gone" was deleted; "new" was put in; "turned" stands where `old` stood; "left" is punctuation that
        is still there after the last step
    """

    kind: Kind
    text: str
    old: str = ""


def changes(before: str, after: str) -> tuple[Piece, ...]:
    """What one step did, from left to right. Joined without the pieces "gone" they give `after`."""
    # An article or a dash that became a space was deleted, for a reader: letters turn into letters only.
    if len(before) == len(after) and all(a == b or not b.isspace() for a, b in zip(before, after, strict=True)):
        return _turned(before, after)
    pieces = []
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", after[k:m]))
            continue
        if i < j:
            pieces.append(Piece("gone", before[i:j]))
        if k < m:
            pieces.append(Piece("new", after[k:m]))
    return tuple(pieces)


def _turned(before: str, after: str) -> tuple[Piece, ...]:
    """A step that kept the length turned letters into others, each where it stood."""
    pieces: list[Piece] = []
    for old, new in zip(before, after, strict=True):
        kind: Kind = "same" if old == new else "turned"
        if pieces and pieces[-1].kind == kind:
            pieces[-1] = Piece(kind, pieces[-1].text + new, pieces[-1].old + old)
        else:
            pieces.append(Piece(kind, new, old))
    return tuple(Piece("same", p.text) if p.kind == "same" else p for p in pieces)


def survivors(text: str) -> tuple[Piece, ...]:
    """The text cut at punctuation that no step removed: such characters glue a token to its neighbour unseen."""
    pieces: list[Piece] = []
    for c in text:
        kind: Kind = "left" if unicodedata.category(c).startswith("P") else "same"
        if pieces and pieces[-1].kind == kind:
            pieces[-1] = Piece(kind, pieces[-1].text + c)
        else:
            pieces.append(Piece(kind, c))
    return tuple(pieces)


def code_points(text: str) -> str:
    """“«” → “U+00AB LEFT-POINTING DOUBLE ANGLE QUOTATION MARK”, one name a character."""
    return ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, '')}".strip() for c in text)


def shared_tokens(prediction: NormalizedAnswer, answer: NormalizedAnswer) -> tuple[tuple[int, int], ...]:
    """Pairs of positions: the first token of the prediction with the first equal one of the answer, and so on.

    As many pairs as `Overlap.n_common`; a token that only one side repeats is left over.
    """
    free: dict[str, list[int]] = {}
    for j, token in enumerate(answer.tokens):
        free.setdefault(token, []).append(j)
    return tuple((i, free[token].pop(0)) for i, token in enumerate(prediction.tokens) if free.get(token))


# ---------------------------------------------------------------------------------------------------------------------
# The arithmetic

_LONGEST = 48


def _framed(text: str, lang: Lang) -> str:
    short = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    nothing = Text("nothing", "ничего")
    # Angle brackets: the text may have quotes of its own, and they matter here.
    return f"⟨{short}⟩" if text else nothing.get(lang)


def explain(trace: AnswerTrace, pick: Pick, lang: Lang) -> tuple[Formula, ...]:
    """EM, P, R and F1 against the picked reference; the best over all; and the picked token dropped or added."""
    prediction, answer = trace.f1.prediction, trace.f1.answers[pick.reference]
    overlap = trace.f1.overlaps[pick.reference]
    is_match = trace.exact.is_match[pick.reference]
    exact: Formula = (
        say("EM: "),
        say(_framed(prediction.value, lang)),
        say(" = " if is_match else " ≠ "),
        say(_framed(answer.value, lang)),
        say("  →  "),
        number(float(is_match), kind="result"),
    )
    lines = [exact, *_ratios(trace, overlap, lang)]
    if len(trace.references) > 1:
        lines.append(_best(trace, pick.reference, lang))
    if pick.kind != "all":
        lines.append(_otherwise(trace, pick, lang))
    return tuple(lines)


def _ratios(trace: AnswerTrace, overlap: Overlap, lang: Lang) -> tuple[Formula, ...]:
    n, m, c = overlap.n_prediction, overlap.n_answer, overlap.n_common
    if not n and not m:
        words = Text(
            "nothing is left of either text: SQuAD {v} says",
            "от обоих текстов ничего не осталось: по правилу SQuAD {v}",
        ).format(v=trace.params.version)
        return ((say("F1: "), quiet(f"{words.get(lang)} "), number(overlap.value, kind="result")),)
    shared = Counter(dict(overlap.common))
    listed = ", ".join(token if count == 1 else f"{token} ×{count}" for token, count in shared.items())
    note = (
        Text("shared: {tokens}", "общие: {tokens}").format(tokens=listed if len(listed) <= 90 else f"{listed[:89]}…")
        if c
        else Text("no token is shared", "общих токенов нет")
    )
    ratios: Formula = (
        *(say("P = "), number(c), say(" / "), number(n), say(" = "), number(overlap.precision, kind="result")),
        *(say("      R = "), number(c), say(" / "), number(m), say(" = "), number(overlap.recall, kind="result")),
    )
    f1: Formula = (
        say("F1 = 2·"),
        number(c),
        say(" / ("),
        number(n),
        say(" + "),
        number(m),
        say(") = "),
        number(overlap.value, kind="result"),
        quiet(f"   {note.get(lang)}"),
    )
    # With one side empty a ratio would be 0 / 0; F1 needs neither.
    return (ratios, f1) if n and m else (f1,)


def _best(trace: AnswerTrace, shown: int, lang: Lang) -> Formula:
    """The score of the answer is the best over the references, not their mean."""
    parts: list[Part] = [say(Text("The score: F1 = max(", "Итог: F1 = max(").get(lang))]
    for k, overlap in enumerate(trace.f1.overlaps):
        parts += [say(", ")] if k else []
        parts.append(number(overlap.value, kind="strong" if k == shown else "number"))
    parts += [say(") = "), number(trace.f1.value, kind="result"), say("      EM = max(")]
    for k, is_match in enumerate(trace.exact.is_match):
        parts += [say(", ")] if k else []
        parts.append(number(float(is_match), kind="strong" if k == shown else "number"))
    return (*parts, say(") = "), number(trace.exact.value, kind="result"))


def _otherwise(trace: AnswerTrace, pick: Pick, lang: Lang) -> Formula:
    changed = trace.without(pick)
    if pick.kind == "drop":
        token = trace.f1.prediction.tokens[pick.token]
        name = Text("without “{t}”: ", "без «{t}»: ")
    else:
        token = trace.f1.answers[pick.reference].tokens[pick.token]
        name = Text("with “{t}” added: ", "если добавить «{t}»: ")
    best = changed.overlaps[changed.best]
    told: list[Part] = [say(name.format(t=token).get(lang)), say("F1 = ")]
    if best.n_prediction or best.n_answer:
        counts = f"2·{best.n_common} / ({best.n_prediction} + {best.n_answer})"
        told += [Part(counts, "strong"), say(" = ")]
    told.append(number(changed.value, kind="result"))
    step = changed.value - trace.f1.value
    sign = "+" if step > 0 else "−" if step < 0 else "±"
    return (*told, quiet(f"   {sign}{abs(step):.3f}"))


# ---------------------------------------------------------------------------------------------------------------------
# Answers that show where the scores fail


@dataclass(frozen=True)
class Case:
    """A named answer. `why` says what to look at."""

    name: Text
    question: Text
    answers: Text
    prediction: Text
    why: Text
    normalization: Normalization = "squad"

    def values(self, lang: Lang) -> dict[str, str]:
        """The fields of `AnswerParams` in `lang`."""
        return {
            "question": self.question.get(lang),
            "answers": self.answers.get(lang) if self.answers is not NO_ANSWER else "",
            "prediction": self.prediction.get(lang),
            "normalization": self.normalization,
        }

    def params(self, lang: Lang) -> AnswerParams:
        return AnswerParams(**self.values(lang))


NO_ANSWER = same("∅")  # a Text cannot be empty; the field is

CASES: dict[str, Case] = {
    "article": Case(
        Text("only an article", "только артикль"),
        Text("Which tower was built for the fair of 1889?", "Какая группа записала альбом «Abbey Road»?"),
        Text("Eiffel Tower", "группа The Beatles"),
        Text("the Eiffel tower", "Группа Beatles"),
        Text("EM 1: the article and the case are deleted", "EM 1: артикль удалён — он английский"),
    ),
    "order": Case(
        Text("word order", "порядок слов"),
        Text("Who painted the Sunflowers?", "Кто написал «Войну и мир»?"),
        Text("Vincent van Gogh", "Лев Толстой"),
        Text("van Gogh, Vincent", "Толстой Лев"),
        Text("EM 0, F1 1: a bag of tokens has no order", "EM 0, F1 1: в мешке токенов порядка нет"),
    ),
    "number": Case(
        Text("1,000 or 1 000", "1 000 или 1000"),
        Text("How many steps are there?", "Сколько ступеней у лестницы?"),
        Text("1,000", "1000"),
        Text("1 000", "1 000"),
        Text("F1 0 for the same number", "F1 0 за то же самое число"),
    ),
    "point": Case(
        Text("3.5 or 35", "3,5 или 35"),
        Text("By how much did prices rise?", "На сколько выросли цены?"),
        Text("3.5 %", "3,5 %"),
        Text("35%", "35%"),
        Text("EM 1 for a tenfold error", "EM 1 за ошибку в десять раз"),
    ),
    "case": Case(
        Text("a Russian case ending", "падеж"),
        Text("Where is the Tretyakov Gallery?", "Где находится Третьяковская галерея?"),
        same("Москва"),
        same("в Москве"),
        Text("F1 0 for the right city", "F1 0 за верный город"),
    ),
    "quotes": Case(
        Text("curly quotes", "кавычки и ё"),
        Text("Which song opens the album?", "Какой мультфильм снял Норштейн в 1975 году?"),
        Text("Don't Stop Me Now", "Ёжик в тумане"),
        Text("“Don’t Stop Me Now”", "«Ежик в тумане»"),
        Text("the quotes are not ASCII, so they stay", "кавычки не входят в ASCII и остаются"),
    ),
    "verbose": Case(
        Text("a whole sentence", "целое предложение"),
        Text("What is the capital of Australia?", "Какой город — столица Австралии?"),
        Text("Canberra", "Канберра"),
        Text("The capital of Australia is Canberra, not Sydney.", "Столица Австралии — Канберра, а не Сидней."),
        Text("right, and precision is 1 / 7", "верно, но точность 1 / 7"),
    ),
    "negation": Case(
        Text("a lost “not”", "потерянное «не»"),
        Text("What was the verdict?", "Каков приговор?"),
        Text("not guilty", "не виновен"),
        Text("guilty", "виновен"),
        Text("F1 0.667 for the opposite", "F1 0,667 за противоположное"),
    ),
    "refusal": Case(
        Text("no answer, and a polite refusal", "ответа нет, вежливый отказ"),
        Text("Who lives on the Sun?", "Кто живёт на Солнце?"),
        NO_ANSWER,
        Text("I do not know.", "Этого я не знаю."),
        Text("F1 0: only silence is right here", "F1 0: верным было бы только молчание"),
    ),
}
