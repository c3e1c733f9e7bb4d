"""Where a sentence ends: a full stop is a question, and each rule answers some of them.

A *candidate* is a run of . ! ? … with the closing quotes and brackets after it. The rules, each of which can be off:

    gap            white space or the end must follow: 3.14, vidno.app
    abbreviations  a full stop after a word of the list cuts nothing; after a word of the list of *tails* (etc., т. д.)
                   and after a year's «г.» it cuts if a capital follows
    initials       neither does one after a single capital: А. С. Пушкин, J. R. R. Tolkien
    small          nor does anything before a small letter, a dash skipped: «Стой!» — крикнул он
    closing        quotes and brackets after the stop belong to the sentence that ends

With all rules off every run of stops ends a sentence. The list of nltk's Punkt is learnt from frequencies instead
(Kiss and Strunk 2006, "Unsupervised Multilingual Sentence Boundary Detection"); here it is written down.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from core.i18n import LANGS, Text

Rule = Literal["gap", "abbreviations", "initials", "small", "closing"]
RULES: tuple[Rule, ...] = ("gap", "abbreviations", "initials", "small", "closing")
Reason = Literal["stop", "end", "gap", "abbreviation", "tail", "initial", "small"]

STOPS = re.compile(r"[.!?…]+")
STOPS_CLOSED = re.compile(r"[.!?…]+[»”\"'’)\]]*")
BEFORE = re.compile(r"[^\W\d_]+(?:\.\s?[^\W\d_]+)*$")
YEAR = re.compile(r"\d\s*гг?$")
OPENING = "«“„\"'‘([—–- \t\u00a0"

NEVER = Text(
    "Dr Mr Mrs Ms Prof St Mt vs e.g i.e Fig cf approx", "г ул д им св стр рис см ср проф акад т.е т.к напр тыс млн руб"
)
MAYBE = Text("etc Inc Ltd p.m a.m Jr", "т.д т.п др пр н.э")
ABBREVIATIONS: dict[str, str] = {lang: NEVER.get(lang) for lang in LANGS}
TAILS: dict[str, str] = {lang: MAYBE.get(lang) for lang in LANGS}


@dataclass(frozen=True)
class Candidate:
    """One run of stops: text[start:end], whether a sentence ends there, and which rule said so."""

    start: int
    end: int
    is_end: bool
    reason: Reason


def split_sentences(
    text: str, rules: Collection[Rule], abbreviations: str, tails: str
) -> tuple[list[tuple[int, int]], list[Candidate]]:
    """Sentences as places in the text, the blanks around them left out, and every candidate in order."""
    known, ends = read_list(abbreviations), read_list(tails)
    found = [
        _judge(text, match.start(), match.end(), rules, known, ends)
        for match in (STOPS_CLOSED if "closing" in rules else STOPS).finditer(text)
    ]
    spans, at = [], 0
    for end in [*(c.end for c in found if c.is_end), len(text)]:
        part = text[at:end]
        if part.strip():
            spans.append((at + len(part) - len(part.lstrip()), at + len(part.rstrip())))
        at = end
    return spans, found


def read_list(words: str) -> frozenset[str]:
    """Abbreviations out of what was typed: spaces or commas between them, the last full stop and case of no matter."""
    return frozenset(word.strip(".").lower() for word in re.split(r"[\s,;]+", words) if word.strip("."))


def _judge(
    text: str, start: int, end: int, rules: Collection[Rule], known: Collection[str], ends: Collection[str]
) -> Candidate:
    after = text[end:]
    follows = after.lstrip(OPENING)
    if not after.strip():
        return Candidate(start, end, True, "end")
    if "gap" in rules and not after[0].isspace():
        return Candidate(start, end, False, "gap")
    if text[start] == "." and text[start : start + 2] != "..":
        word = _word_before(text[:start])
        if "abbreviations" in rules:
            tail = _longest(word, ends) or (YEAR.search(text[:start]) and "г")
            if tail and (follows[:1].isupper() or not follows[:1].isalpha()):
                return Candidate(start, end, follows[:1].isupper(), "tail")
            # Of «т. д.» the first full stop stands inside the abbreviation.
            if tail or _longest(word, known) or _is_inside(word, after, known, ends):
                return Candidate(start, end, False, "abbreviation")
        initial = word.rpartition(".")[2]
        if "initials" in rules and len(initial) == 1 and initial.isupper():
            return Candidate(start, end, False, "initial")
    if "small" in rules and follows[:1].islower():
        return Candidate(start, end, False, "small")
    return Candidate(start, end, True, "stop")


def _word_before(text: str) -> str:
    """The word that the stop stands behind, with the dotted words before it: «и т. д» → «т.д»."""
    match = BEFORE.search(text[-24:])
    return re.sub(r"\.\s?", ".", match[0]) if match else ""


def _longest(word: str, known: Collection[str]) -> str:
    """The longest end of a dotted word that is in the list, "" when none is."""
    parts = word.lower().split(".")
    return next((x for k in range(len(parts)) if (x := ".".join(parts[k:])) in known), "")


def _is_inside(word: str, after: str, known: Collection[str], ends: Collection[str]) -> bool:
    """Whether the next dotted word goes on with an abbreviation that has begun here."""
    head = word.lower().split(".")[-1]
    further = re.match(r"\s?([^\W\d_]+)\.", after)
    return further is not None and f"{head}.{further[1].lower()}" in {*known, *ends}


def boundaries(spans: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Where sentences end, the last one left out: that one is never in doubt."""
    return frozenset(end for _, end in spans[:-1])


def score(found: Collection[int], right: Collection[int]) -> tuple[int, int, int]:
    """Ends found and right, found and wrong, missed."""
    hits = len(set(found) & set(right))
    return hits, len(set(found)) - hits, len(set(right)) - hits


def f1(hits: int, wrong: int, missed: int) -> float:
    """2·hits / (2·hits + wrong + missed); 0 when there is nothing to count."""
    return 2 * hits / (2 * hits + wrong + missed) if hits else 0.0
