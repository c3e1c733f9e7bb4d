"""TER as a lab: the edit script as sentences that change, and the shifts that were tried and passed over.

Symbols are those of `core.metrics.ter` (Snover et al. 2006): edits are shifts, substitutions, insertions and deletions,
each costing 1; TER is the fewest edits over the average length of the references.

A word keeps its `key` through the script, so that a picture can follow it: "h3" is the hypothesis's word 3, "r5" the
reference's word 5 that replaced or joined it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

import numpy as np

from core.arithmetic import Formula, Part, number, quiet, say
from core.i18n import Lang, Text
from core.metrics import ter as metric
from core.metrics.ngrams import Words as Tokens
from core.metrics.ter import Shift, ShiftRound, TerMatch, TerTrace, move_block, ter
from core.metrics.translation_texts import TextsParams, quote, split_references
from core.params import Switch
from core.tables import Table
from core.verify import Check

KINDS: dict[str, Text] = {
    "shift": Text("shift", "перенос"),
    "substitute": Text("substitution", "замена"),
    "insert": Text("insertion", "вставка"),
    "delete": Text("deletion", "удаление"),
}
COUNTED: dict[str, Text] = {
    "shift": Text("shifts", "переносы"),
    "substitute": Text("substitutions", "замены"),
    "insert": Text("insertions", "вставки"),
    "delete": Text("deletions", "удаления"),
}
BEST_SHIFTS = 5


class TerParams(TextsParams):
    """What a TER number depends on."""

    # TER ignores case by default and BLEU does not: a field of its own keeps the one from changing the other.
    ter_lowercase: Annotated[bool, Switch(label=Text("Ignore case", "Без учёта регистра"))] = True
    normalized: Annotated[
        bool,
        Switch(
            label=Text("Part punctuation", "Отделять знаки"),
            help=Text(
                "Off, a word and the comma after it are one word: tercom's default.",
                "Без этого слово и запятая за ним — одно слово; так по умолчанию в tercom.",
            ),
        ),
    ] = False
    no_punct: Annotated[bool, Switch(label=Text("Drop punctuation", "Выбросить знаки"))] = False


@dataclass(frozen=True)
class Word:
    """A word of a sentence under edit; `key` stays with it from step to step."""

    key: str
    text: str


@dataclass(frozen=True)
class Stage:
    """The sentence after a step, and what the step did.

    kind : "start", or one of `KINDS`
    touched : keys of the words that the step moved, brought in, or is about to take away (a deletion)
    taken : the words it took: moved, replaced or deleted
    given : the words it put there: moved, new
    by : for a shift, how many places to the right (negative: to the left)
    tried : for a shift, the best of the moves tried in its round, the applied one first
    """

    kind: str
    words: tuple[Word, ...]
    touched: tuple[str, ...]
    taken: Tokens
    given: Tokens
    by: int = 0
    tried: tuple[Shift, ...] = ()


@dataclass(frozen=True)
class TerLabTrace:
    """The score with every edit; `stages[k]` unrolls the script against reference k."""

    params: TerParams
    ter: TerTrace
    stages: tuple[tuple[Stage, ...], ...]
    signature: str

    def reference_shown(self, words: str) -> int:
        """The reference that is looked at, from the address; the best one when it names none."""
        at = int(words) if words.isdecimal() and len(words) < 3 else self.ter.best
        return at if at < len(self.ter.matches) else self.ter.best

    def counts(self, reference: int) -> dict[str, int]:
        """How many edits of each kind turn the hypothesis into that reference."""
        steps = self.ter.matches[reference].steps
        return {kind: sum(step.kind == kind for step in steps) for kind in KINDS}


def unroll(words: Tokens, match: TerMatch) -> tuple[Stage, ...]:
    """The script as stages: the hypothesis first, the reference last, each word followed by its key."""
    now = tuple(Word(f"h{k}", word) for k, word in enumerate(words))
    stages = [Stage("start", now, (), (), ())]
    shifts = iter([search for search in match.rounds if search.applied])
    fresh = 0
    for step in match.steps:
        block = now[step.start : step.start + step.length]
        taken = tuple(word.text for word in block)
        if step.kind == "shift":
            now = move_block(now, step.start, step.length, step.to)
            keys = tuple(word.key for word in block)
            tried = rank_shifts(next(shifts))
            stages.append(Stage("shift", now, keys, taken, taken, step.to - step.start, tried))
            continue
        new: tuple[Word, ...] = ()
        if step.kind != "delete":
            new = (Word(f"r{fresh}", step.words[step.to]),)
            fresh += 1
        now = (*now[: step.start], *new, *now[step.start + step.length :])
        touched = tuple(word.key for word in new or block)
        stages.append(Stage(step.kind, now, touched, taken, tuple(word.text for word in new)))
    return tuple(stages)


def rank_shifts(search: ShiftRound) -> tuple[Shift, ...]:
    """The best moves of a round: the applied one, then by gain, length and place, each different move once."""
    ranked = sorted(search.candidates, key=lambda c: (-c.gain, -c.length, c.start, c.target))
    seen: dict[Tokens, Shift] = {}
    for shift in ranked:
        seen.setdefault(move_block(search.words, shift.start, shift.length, shift.to), shift)
    return tuple(seen.values())[:BEST_SHIFTS]


def run(params: TerParams) -> TerLabTrace:
    """TER of the texts of `params`.

    Raises
    ------
    Refusal
        If there is no reference, more than three, or a text has too many words to search.
    """
    trace = ter(
        params.hypothesis,
        split_references(params.references),
        normalized=params.normalized,
        lowercase=params.ter_lowercase,
        no_punct=params.no_punct,
    )
    stages = tuple(unroll(trace.words, match) for match in trace.matches)
    return TerLabTrace(params, trace, stages, trace.signature)


def reference(trace: TerLabTrace) -> tuple[Check, ...]:
    """TER and the number of edits beside sacrebleu's."""
    return metric.reference(trace.ter)


def tables(trace: TerLabTrace) -> tuple[Table, ...]:
    """The score, the edits by kind against each reference, and the best script."""
    names = [f"reference {k + 1}" for k in range(len(trace.ter.matches))]
    counts = [list(trace.counts(k).values()) for k in range(len(names))]
    sizes = [[len(match.reference), match.edits] for match in trace.ter.matches]
    best = trace.ter.match
    script = np.array([[s.start, s.length, s.to] for s in best.steps], dtype=np.int64).reshape(-1, 3)
    whole = np.array([[trace.ter.value, trace.ter.edits, trace.ter.average_length]])
    return (
        Table("score", ("TER",), ("TER", "edits", "average length"), whole),
        Table("edits", names, (*KINDS, "length", "all"), np.hstack([counts, sizes])),
        Table("script", [f"{k + 1} {s.kind}" for k, s in enumerate(best.steps)], ("start", "length", "to"), script),
    )


def explain(trace: TerLabTrace, shown: int, lang: Lang) -> tuple[Formula, ...]:
    """The sum of edits over the average length, and what the shifts saved, for the reference `shown`."""
    match, counts = trace.ter.matches[shown], trace.counts(shown)
    length = trace.ter.average_length
    parts: list[Part] = [say("TER = (")]
    for n, (kind, count) in enumerate(counts.items()):
        parts += [say(" + ")] if n else []
        parts += [quiet(f"{COUNTED[kind].get(lang)} "), number(count, 0, "strong" if count else "number")]
    value = metric.edit_rate(match.edits, length)
    parts += [say(f") / {length:g} = {match.edits} / {length:g} = "), number(value, 4, "result")]
    if len(trace.ter.matches) > 1:
        told = Text("   divided by the average length of {n} references", "   делится на среднюю длину {n} эталонов")
        parts.append(quiet(told.format(n=len(trace.ter.matches)).get(lang)))
    return (tuple(parts), *_rounds(match, lang), *_other(trace, shown, lang))


def _rounds(match: TerMatch, lang: Lang) -> tuple[Formula, ...]:
    lines = []
    for search, after in pairwise(match.rounds):
        shift = search.applied
        assert shift is not None
        block = quote(search.words[shift.start : shift.start + shift.length], lang)
        told = Text(
            "Moving {b} costs 1 and lowers the edit distance from {d} to {e}; moves tried: {n}.",
            "Перенос {b} стоит 1 и снижает редакционное расстояние с {d} до {e}; перебрано переносов: {n}.",
        ).format(b=block, d=search.distance, e=after.distance, n=len(search.candidates))
        lines.append((quiet(told.get(lang)),))
    return tuple(lines)


def _other(trace: TerLabTrace, shown: int, lang: Lang) -> tuple[Formula, ...]:
    if shown == trace.ter.best:
        return ()
    told = Text(
        "This reference does not count: reference {k} needs fewer edits, {n}.",
        "Этот эталон не в счёт: до эталона {k} правок меньше — {n}.",
    )
    return ((quiet(told.format(k=trace.ter.best + 1, n=trace.ter.edits).get(lang)),),)
