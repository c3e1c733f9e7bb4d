"""Which metric notices which error: one correct sentence, damaged in several ways, under four metrics.

The sentence is the first reference. Each damage is made by rule, so any sentence can be put in; where a rule finds
nothing to damage (a sentence without a negation), the error is left out and named in `skipped`.

    scores    BLEU, METEOR, 1 − TER (not below 0) and chrF of every sentence             (error, metric), 0…1
    kept      scores over those of the undamaged sentence                                (error, metric), 0…1

BLEU is what sacrebleu's sentence BLEU is by default (exp smoothing, effective order), METEOR and TER have their papers'
parameters, chrF is chrF2. 1 − TER stands for TER so that more is better everywhere (Snover et al. 2006 report TER).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, Part, number, quiet, say
from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Lang, Text, same
from core.metrics import bleu as bleu_metric
from core.metrics import chrf as chrf_metric
from core.metrics import meteor as meteor_metric
from core.metrics import ter as ter_metric
from core.metrics.bleu import BleuTrace, bleu
from core.metrics.chrf import ChrfTrace, chrf
from core.metrics.meteor import SYNONYMS, MeteorTrace, meteor
from core.metrics.ter import TerTrace, ter
from core.metrics.translation_texts import TextsParams, language_of, split_references
from core.params import Choice, Switch
from core.tables import Table
from core.verify import Check

METRICS: dict[str, Text] = {
    "bleu": same("BLEU"),
    "meteor": same("METEOR"),
    "ter": same("1 − TER"),
    "chrf": same("chrF"),
}
ERRORS: dict[str, Text] = {
    "none": Text("unchanged", "без изменений"),
    "synonym": Text("a synonym", "синоним"),
    "typo": Text("a typo", "опечатка"),
    "negation": Text("negation dropped", "пропало отрицание"),
    "order": Text("word order", "порядок слов"),
    "shorter": Text("a third is missing", "пропала треть"),
    "stutter": Text("the end repeated", "повтор конца"),
    "one": Text("one word repeated", "одно слово подряд"),
    "own": Text("your hypothesis", "ваша гипотеза"),
}
NEGATIONS: dict[Lang, str] = {
    "en": r"\b(?:not|never|no)\b\s*|n['’]t\b",
    "ru": r"\b(?:не|ни|нет|никогда)\b\s*",
}
_END = re.compile(r"[.!?…]+\s*$")


class ErrorsParams(TextsParams):
    """The sentence that is damaged (the first reference), and how the scores are shown."""

    shown: Annotated[
        str,
        Choice(
            label=Text("Bars show", "Столбики — это"),
            options={"kept": Text("what is left", "что осталось"), "scores": Text("the score", "оценка")},
            help=Text(
                "What is left: the score over that of the undamaged sentence.",
                "Что осталось: оценка, делённая на оценку неповреждённого предложения.",
            ),
        ),
    ] = "kept"
    all_lowercase: Annotated[bool, Switch(label=Text("Ignore case", "Без учёта регистра"))] = True


@dataclass(frozen=True)
class Scores:
    """One sentence under the four metrics, each with its whole trace."""

    bleu: BleuTrace
    meteor: MeteorTrace
    ter: TerTrace
    chrf: ChrfTrace

    @property
    def values(self) -> tuple[float, float, float, float]:
        """As in `METRICS`: more is better, 0…1."""
        return self.bleu.value, self.meteor.value, max(0.0, 1 - self.ter.value), self.chrf.value


@dataclass(frozen=True)
class ErrorsTrace(Frozen):
    """Rows are `names`, columns `METRICS`; see the module's table."""

    params: ErrorsParams
    names: tuple[str, ...]
    sentences: tuple[str, ...]
    skipped: tuple[str, ...]
    details: tuple[Scores, ...]
    scores: npt.NDArray[np.float64]
    kept: npt.NDArray[np.float64]
    signature: str

    def row(self, words: str) -> int:
        """The picked error, from the address; a dropped negation (or the second row) when it names none."""
        default = "negation" if "negation" in self.names else self.names[min(1, len(self.names) - 1)]
        return self.names.index(words if words in self.names else default)

    def most_alarmed(self, row: int) -> int:
        """The metric that keeps the least of its score."""
        return int(self.kept[row].argmin())


def swap_order(words: list[str]) -> list[str] | None:
    """The last third of the words moved to the front."""
    cut = len(words) - max(1, len(words) // 3)
    return words[cut:] + words[:cut] if len(words) > 1 else None


def drop_third(words: list[str]) -> list[str] | None:
    """Without the last third of the words."""
    return words[: len(words) - max(1, len(words) // 3)] if len(words) > 1 else None


def repeat_end(words: list[str]) -> list[str] | None:
    """The last three words said three times, as a decoder that is caught in a loop does."""
    return [*words, *words[-3:], *words[-3:]] if words else None


def repeat_word(words: list[str]) -> list[str] | None:
    """The most frequent word (the first of equals) in place of every word: Papineni's “the the the …”."""
    if not words:
        return None
    most = Counter(word.lower() for word in words).most_common(1)[0][0]
    return [most] * len(words)


def use_synonym(words: list[str], lang: Lang) -> list[str] | None:
    """The first word that our list knows, replaced by the one beside it."""
    for place, word in enumerate(words):
        core = re.sub(r"[^\w-]+$", "", word)
        group = next((group for group in meteor_groups(lang) if core.lower() in group), None)
        if group:
            other = next(w for w in group if w != core.lower())
            other = other.capitalize() if core[:1].isupper() else other
            return [*words[:place], other + word[len(core) :], *words[place + 1 :]]
    return None


def meteor_groups(lang: Lang) -> tuple[tuple[str, ...], ...]:
    """METEOR's lists of synonyms, each in one order for good."""
    return tuple(tuple(sorted(group)) for group in SYNONYMS[lang])


def drop_negation(words: list[str], lang: Lang) -> list[str] | None:
    """Without the first negation; “did not say” becomes “did say”."""
    text = " ".join(words)
    damaged = re.sub(NEGATIONS[lang], "", text, count=1, flags=re.IGNORECASE)
    return damaged.split() if damaged != text else None


def mistype(words: list[str]) -> list[str] | None:
    """Two letters in the middle of the longest word (the first of equals) swapped."""
    if not words:
        return None
    place = max(range(len(words)), key=lambda k: (len(words[k]), -k))
    word = words[place]
    for k in sorted(range(1, len(word) - 2), key=lambda k: abs(k - len(word) / 2)):
        if word[k] != word[k + 1] and word[k : k + 2].isalpha():
            return [*words[:place], word[:k] + word[k + 1] + word[k] + word[k + 2 :], *words[place + 1 :]]
    return None


def damage(sentence: str, error: str, lang: Lang) -> str | None:
    """`sentence` with one of `ERRORS` (but "own"), its final mark kept; None where the rule finds nothing to change."""
    rules: dict[str, Callable[[list[str]], list[str] | None]] = {
        "none": list,
        "synonym": partial(use_synonym, lang=lang),
        "typo": mistype,
        "negation": partial(drop_negation, lang=lang),
        "order": swap_order,
        "shorter": drop_third,
        "stutter": repeat_end,
        "one": repeat_word,
    }
    end = _END.search(sentence)
    body = sentence[: end.start()] if end else sentence
    damaged = rules[error](body.split())
    if damaged is None or (error != "none" and damaged == body.split()):
        return None
    return " ".join(damaged) + (end.group().strip() if end else "")


def score_all(hypothesis: str, references: tuple[str, ...], lang: Lang, lowercase: bool) -> Scores:
    """The four metrics of one sentence."""
    return Scores(
        bleu=bleu(hypothesis, references, smoothing="exp", effective_order=True, lowercase=lowercase),
        meteor=meteor(hypothesis, references, lang=lang),
        ter=ter(hypothesis, references, lowercase=lowercase),
        chrf=chrf(hypothesis, references, lowercase=lowercase),
    )


def run(params: ErrorsParams) -> ErrorsTrace:
    """The first reference, damaged in every way that it can be, and the hypothesis, scored against all references.

    Raises
    ------
    Refusal
        If there is no reference, more than three, or a text has too many words.
    """
    references = split_references(params.references)
    lang = language_of(params.references)
    sentences, skipped = {}, []
    for error in ERRORS:
        damaged = params.hypothesis.strip() if error == "own" else damage(references[0], error, lang)
        if damaged:
            sentences[error] = damaged
        else:
            skipped.append(error)
    if "none" not in sentences:
        raise Refusal(Text("The first reference has no words.", "В первом эталоне нет слов."))
    details = tuple(score_all(s, references, lang, params.all_lowercase) for s in sentences.values())
    scores = np.array([detail.values for detail in details])
    top = scores[0]
    return ErrorsTrace(
        params=params,
        names=tuple(sentences),
        sentences=tuple(sentences.values()),
        skipped=tuple(skipped),
        details=details,
        scores=scores,
        # A first reference without a token (13a drops “<skipped>”) scores 0 against itself, and 0 / 0 stays 0.
        kept=np.divide(scores, top, out=np.zeros_like(scores), where=top > 0),
        signature=f"BLEU smooth:exp eff:yes tok:13a · METEOR α=0.9 β=3 γ=0.5 lang:{lang} · TER tok:tercom · chrF2 · "
        f"case:{'lc' if params.all_lowercase else 'mixed'} · refs:{len(references)}",
    )


def reference(trace: ErrorsTrace) -> tuple[Check, ...]:
    """The worst difference over all sentences, a metric and library."""
    worst: dict[str, Check] = {}
    for detail in trace.details:
        checks = (
            bleu_metric.reference(detail.bleu)[0],
            *meteor_metric.reference(detail.meteor),
            ter_metric.reference(detail.ter)[0],
            *chrf_metric.reference(detail.chrf),
        )
        for check in checks:
            known = worst.get(check.what.en)
            # A difference that is no number must not hide behind one that is.
            if known is None or not check.difference <= known.difference:
                worst[check.what.en] = check
    return tuple(worst.values())


def tables(trace: ErrorsTrace) -> tuple[Table, ...]:
    """Scores, and what is left of them."""
    rows = [ERRORS[name].en for name in trace.names]
    columns = [text.en for text in METRICS.values()]
    return (Table("scores", rows, columns, trace.scores), Table("kept", rows, columns, trace.kept))


def explain(trace: ErrorsTrace, row: int, lang: Lang) -> tuple[Formula, ...]:
    """Why each metric says what it says about the picked sentence."""
    detail, alarmed = trace.details[row], trace.most_alarmed(row)
    b, m, t, c = detail.bleu, detail.meteor.match, detail.ter, detail.chrf
    orders = ", ".join(f"{x}/{y}" for x, y in zip(b.score.matches, b.score.totals, strict=True))
    pieces = (
        Text("matches of n = 1…4: {o}; BP = {p:.3f}", "совпало n-грамм, n = 1…4: {o}; BP = {p:.3f}").format(
            o=orders, p=b.score.brevity_penalty
        ),
        Text(
            "{m} of {h} words aligned, {r} in the reference, in {c} chunks: penalty {p:.3f}",
            "соединено {m} из {h} слов, в эталоне {r}, кусков {c}: штраф {p:.3f}",
        ).format(m=len(m.pairs), h=len(detail.meteor.words), r=len(m.words), c=len(m.chunks), p=m.penalty),
        Text("edits: {e}, average length of a reference: {n:g}", "правок: {e}, средняя длина эталона: {n:g}").format(
            e=t.edits, n=t.average_length
        ),
        Text(
            "character n-grams: precision {p:.3f}, recall {r:.3f}",
            "n-граммы символов: точность {p:.3f}, полнота {r:.3f}",
        ).format(p=c.score.precision, r=c.score.recall),
    )
    lines = []
    for k, (name, value, why) in enumerate(zip(METRICS.values(), detail.values, pieces, strict=True)):
        parts = [
            say(f"{name.get(lang)} = "),
            number(value, 4, "strong" if k == alarmed else "number"),
            say(f" / {trace.scores[0, k]:.4g} = "),
            Part(f"{trace.kept[row, k]:.1%}", "result" if k == alarmed else "number"),
            quiet(f"   {why.get(lang)}"),
        ]
        lines.append(tuple(parts))
    return tuple(lines)
