"""METEOR as a lab: the alignment stage by stage, its chunks, and the penalty as a curve over the chunks.

Symbols are those of `core.metrics.meteor` (Banerjee and Lavie 2005): m aligned words, ch chunks, penalty γ·(ch/m)^β.

    chunks     1 … m, the values the curve is drawn over                                 (m,), chunks
    penalties  γ·(ch/m)^β at each of them                                                (m,), 0…1
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, Part, number, quiet, say
from core.arrays import Frozen
from core.i18n import Lang, Text, same
from core.metrics import meteor as metric
from core.metrics.meteor import STAGES, MeteorMatch, MeteorTrace, meteor
from core.metrics.translation_texts import TextsParams, language_of, quote, split_references
from core.params import Choice, Slider
from core.tables import Table
from core.verify import Check

STAGE_NAMES: dict[str, Text] = {
    "exact": Text("same word", "то же слово"),
    "stem": Text("same stem", "та же основа"),
    "synonym": Text("synonym", "синоним"),
}


class MeteorParams(TextsParams):
    """What a METEOR number depends on."""

    stages: Annotated[
        str,
        Choice(
            label=Text("Stages", "Стадии"),
            options={
                "synonym": Text("words, stems, synonyms", "слова, основы, синонимы"),
                "stem": Text("words, stems", "слова, основы"),
                "exact": Text("words only", "только слова"),
            },
            help=Text(
                "Each stage pairs what the ones before left free. Stems: Porter for English, Snowball for Russian; "
                "synonyms: our own list of a few hundred words instead of WordNet.",
                "Каждая стадия соединяет то, что осталось от предыдущих. Основы: Porter для английского, Snowball "
                "для русского; синонимы — наш список в пару сотен слов вместо WordNet.",
            ),
        ),
    ] = "synonym"
    alignment: Annotated[
        str,
        Choice(
            label=Text("Alignment", "Выравнивание"),
            options={"nltk": same("nltk"), "fewest_crossings": Text("fewest crossings", "меньше пересечений")},
            help=Text(
                "Which of two equal words is meant. The paper takes the choice whose lines cross least; nltk reads "
                "from the end and takes the last free one.",
                "Какое из двух одинаковых слов имеется в виду. В статье — чтобы линии пересекались реже всего; nltk "
                "читает с конца и берёт последнее свободное.",
            ),
        ),
    ] = "nltk"
    gamma: Annotated[
        float,
        Slider(
            label=Text("γ, largest penalty", "γ, наибольший штраф"),
            lo=0.0,
            hi=1.0,
            step=0.05,
            help=Text("The penalty when no two pairs are neighbours.", "Штраф, когда никакие две пары не соседи."),
        ),
    ] = 0.5
    beta: Annotated[
        float,
        Slider(
            label=Text("β, how steep", "β, крутизна"),
            lo=0.0,
            hi=5.0,
            step=0.5,
            help=Text("The power of ch/m in the penalty.", "Степень, в которую возводится ch/m."),
        ),
    ] = 3.0
    alpha: Annotated[
        float,
        Slider(
            label=Text("α, weight of recall", "α, вес полноты"),
            lo=0.0,
            hi=1.0,
            step=0.05,
            help=Text("0.9 makes recall weigh nine times as much.", "При 0,9 полнота весит вдевятеро больше точности."),
        ),
    ] = 0.9
    lang: Annotated[
        str,
        Choice(
            label=Text("Language of the texts", "Язык текстов"),
            options={
                "auto": Text("by the letters", "по буквам"),
                "en": Text("English", "английский"),
                "ru": Text("Russian", "русский"),
            },
            folded=True,
            help=Text("Chooses the stemmer and the list of synonyms.", "Выбирает стеммер и список синонимов."),
        ),
    ] = "auto"


@dataclass(frozen=True)
class MeteorLabTrace(Frozen):
    """The score with every pair, and the penalty's curve for the best reference."""

    params: MeteorParams
    meteor: MeteorTrace
    chunks: npt.NDArray[np.int64]
    penalties: npt.NDArray[np.float64]
    signature: str

    def reference_shown(self, words: str) -> int:
        """The reference that is looked at, from the address; the best one when it names none."""
        at = int(words) if words.isdecimal() and len(words) < 3 else self.meteor.best
        return at if at < len(self.meteor.matches) else self.meteor.best


def penalize_chunks(ch: npt.ArrayLike, m: int, gamma: float, beta: float) -> npt.NDArray[np.float64]:
    """γ·(ch/m)^β, the fragmentation penalty, 0…γ; `ch` from 1 to `m` (Banerjee and Lavie 2005, section 2.1)."""
    return np.asarray(gamma * (np.asarray(ch, dtype=np.float64) / m) ** beta)


def run(params: MeteorParams) -> MeteorLabTrace:
    """METEOR of the texts of `params`.

    Raises
    ------
    Refusal
        If there is no reference, more than three, or a text has too many words to align.
    """
    references = split_references(params.references)
    spoken: Lang = language_of(params.references) if params.lang == "auto" else "ru" if params.lang == "ru" else "en"
    trace = meteor(
        params.hypothesis,
        references,
        alpha=params.alpha,
        beta=params.beta,
        gamma=params.gamma,
        stages=STAGES[: STAGES.index(params.stages) + 1],
        lang=spoken,
        alignment=params.alignment,
    )
    m = len(trace.match.pairs)
    chunks = np.arange(1, m + 1)
    return MeteorLabTrace(
        params=params,
        meteor=trace,
        chunks=chunks,
        penalties=penalize_chunks(chunks, m, params.gamma, params.beta) if m else np.zeros(0),
        signature=trace.signature,
    )


def reference(trace: MeteorLabTrace) -> tuple[Check, ...]:
    """METEOR beside nltk's, given the same tokens, stems and synonyms; nothing unless aligned as nltk does."""
    return metric.reference(trace.meteor)


def tables(trace: MeteorLabTrace) -> tuple[Table, ...]:
    """The score against each reference, and the pairs of each."""
    names = [f"reference {k + 1}" for k in range(len(trace.meteor.matches))]
    columns = ("METEOR", "P", "R", "F_mean", "penalty", "m", "chunks")
    scores = np.array(
        [
            [m.value, m.precision, m.recall, m.f_mean, m.penalty, len(m.pairs), len(m.chunks)]
            for m in trace.meteor.matches
        ]
    )
    pairs = [
        Table(
            f"pairs, {name}",
            [f"{trace.meteor.words[pair.hypothesis]} = {match.words[pair.reference]}" for pair in match.pairs],
            ("hypothesis", "reference", "stage", "chunk"),
            np.array(
                [
                    [pair.hypothesis, pair.reference, STAGES.index(pair.stage) + 1, chunk + 1]
                    for chunk, run_ in enumerate(match.chunks)
                    for pair in run_
                ]
            ).reshape(-1, 4),
        )
        for name, match in zip(names, trace.meteor.matches, strict=True)
    ]
    curve = Table("penalty", [str(ch) for ch in trace.chunks], ("penalty",), trace.penalties[:, None])
    return (Table("score", names, columns, scores), *pairs, curve)


def explain(trace: MeteorLabTrace, shown: int, lang: Lang) -> tuple[Formula, ...]:
    """P, R, F_mean, the penalty and the score against the reference `shown`, with their numbers."""
    match, words = trace.meteor.matches[shown], trace.meteor.words
    m = len(match.pairs)
    if not m:
        told = Text("Nothing is aligned, so METEOR is 0.", "Ни одной пары нет, и METEOR равен 0.")
        return ((quiet(told.get(lang)),),)
    p = trace.params
    counted = Text("   pairs: m = {m} ({stages})", "   пар: m = {m} ({stages})").format(
        m=m, stages=_by_stage(match, lang)
    )
    first = (
        say(f"P = {m}/{len(words)} = "),
        number(match.precision, 4),
        say(f"    R = {m}/{len(match.words)} = "),
        number(match.recall, 4),
        quiet(counted.get(lang)),
    )
    mean = (
        say("F_mean = P·R / (α·P + (1 − α)·R) = "),
        Part(f"{match.precision:.4f}·{match.recall:.4f}", "number"),
        say(f" / ({p.alpha:g}·{match.precision:.4f} + {1 - p.alpha:.4g}·{match.recall:.4f}) = "),
        number(match.f_mean, 4, "result"),
    )
    ch = len(match.chunks)
    penalty = (
        say(Text("penalty = γ·(ch/m)", "штраф = γ·(ch/m)").get(lang)),
        Part("", power="β"),
        say(f" = {p.gamma:g}·("),
        Part(f"{ch}/{m}", "strong"),
        Part(")", power=f"{p.beta:g}"),
        say(" = "),
        number(match.penalty, 4, "result"),
        quiet(_chunks(trace, match, lang)),
    )
    score = (
        say(Text("METEOR = F_mean·(1 − penalty) = ", "METEOR = F_mean·(1 − штраф) = ").get(lang)),
        number(match.f_mean, 4),
        say(" · "),
        number(1 - match.penalty, 4),
        say(" = "),
        number(match.value, 4, "result"),
    )
    return (first, mean, penalty, score, _reach(trace, match, lang))


def _by_stage(match: MeteorMatch, lang: Lang) -> str:
    counts = {stage: sum(pair.stage == stage for pair in match.pairs) for stage in STAGES}
    return ", ".join(f"{STAGE_NAMES[stage].get(lang)} {count}" for stage, count in counts.items() if count)


def _chunks(trace: MeteorLabTrace, match: MeteorMatch, lang: Lang) -> str:
    longest = max(match.chunks, key=len)
    told = Text("   chunks: ch = {n}, the longest is {t}", "   кусков: ch = {n}, самый длинный — {t}")
    words = tuple(trace.meteor.words[pair.hypothesis] for pair in longest)
    return told.format(n=len(match.chunks), t=quote(words, lang)).get(lang)


def _reach(trace: MeteorLabTrace, match: MeteorMatch, lang: Lang) -> Formula:
    """What the same pairs would give in one chunk."""
    p = trace.params
    whole = match.f_mean * (1 - p.gamma * (1 / len(match.pairs)) ** p.beta)
    told = Text(
        "The same pairs in one chunk would give {w:.3f}; each in a chunk of its own, {s:.3f}.",
        "Те же пары одним куском дали бы {w:.3f}, а каждая отдельным куском — {s:.3f}.",
    ).format(w=whole, s=match.f_mean * (1 - p.gamma))
    return (quiet(told.get(lang)),)
