"""Content selection: what a summary took from its source, against what it should have taken.

Symbols: S the units that the summary has, G those that the references have; a unit is whatever one can be said to have
or lack: a fact, a sentence of the source, a content word. Units are sets: order and repetition do not count.

    w_u        in how many references the unit u is
    P, R       |S ∩ G| / |S|, |S ∩ G| / |G|; a unit belongs to G from `agreement` references on             0…1
    F_β        (1 + β²)·P·R / (β²·P + R)                                                                    0…1
    pyramid    Σ w_u over S / the largest such sum that as many units can reach                             0…1

The pyramid is Nenkova and Passonneau 2004 ("Evaluating Content Selection in Summarization: The Pyramid Method",
section 3): four people who summarise one text agree on a few units only, so a unit that all have is worth more.

The lead-3 baseline is the first three sentences. On news it is hard to beat (See et al. 2017, table 1), because
journalists put first what matters; it says nothing of texts written otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import Refusal
from core.i18n import Lang, Text, same
from core.metrics.ngrams import MAX_REFERENCES, Words, check_number, split_sentences, split_unicode, stemmer
from core.verify import Check, compare

MAX_UNITS = 400
MAX_UNIT_CHARS = 400
MAX_DOCUMENT_CHARS = 20_000

# Words that carry grammar rather than content: too common to say that a summary has or lacks something.
# Negation is not among them: a fact and its denial are two units.
_ENGLISH = (
    "a an the this that these those i you he she it we they me him her us them my your his its our their who which "
    "what when where how why and or but if so as than then of in on at by for from to with about into over after "
    "before up down out off is am are was were be been being has have had do does did will would can could may might "
    "shall should must there here s t"
)
_RUSSIAN = (
    "и а но или да же ли бы в во на с со к ко о об от до за из изо у по при под над про для без через между это этот "
    "эта эти тот та те то так там тут здесь как что чтобы который которая которое которые кто где когда если я ты он "
    "она оно мы вы они меня тебя его её ее нас вас их ему ей им мой твой наш ваш свой быть был была было были есть "
    "будет будут уже ещё еще только"
)
_FUNCTION_WORDS: dict[Lang, frozenset[str]] = {"en": frozenset(_ENGLISH.split()), "ru": frozenset(_RUSSIAN.split())}


@dataclass(frozen=True)
class Unit:
    """One unit: its words as first written, whether the summary has it, and which references do (by index)."""

    text: str
    is_selected: bool
    referenced_by: tuple[int, ...]

    @property
    def weight(self) -> int:
        return len(self.referenced_by)


@dataclass(frozen=True)
class ContentTrace:
    """Every unit that occurs anywhere: those of the summary first, in its order, then those it lacks.

    precision, recall, f, pyramid : 0…1; 0 where there is nothing to divide by
    """

    beta: float
    agreement: int
    units: tuple[Unit, ...]
    precision: float
    recall: float
    f: float
    pyramid: float
    signature: str

    @property
    def hits(self) -> tuple[Unit, ...]:
        """Selected and relevant."""
        return tuple(u for u in self.units if u.is_selected and self.is_relevant(u))

    @property
    def spurious(self) -> tuple[Unit, ...]:
        """Selected, not relevant."""
        return tuple(u for u in self.units if u.is_selected and not self.is_relevant(u))

    @property
    def missed(self) -> tuple[Unit, ...]:
        """Relevant, not selected."""
        return tuple(u for u in self.units if not u.is_selected and self.is_relevant(u))

    @property
    def value(self) -> float:
        """F_β, 0…1."""
        return self.f

    def is_relevant(self, unit: Unit) -> bool:
        """Whether enough references have it."""
        return unit.weight >= self.agreement


@dataclass(frozen=True)
class Lead:
    """The beginning of a document as its summary: the first `k` of its `sentences`."""

    k: int
    sentences: tuple[str, ...]

    @property
    def chosen(self) -> tuple[str, ...]:
        return self.sentences[: self.k]

    @property
    def text(self) -> str:
        """One sentence a line, as ROUGE-Lsum reads it."""
        return "\n".join(self.chosen)

    @property
    def value(self) -> float:
        """The share of the sentences that is kept, 0…1; 0 of an empty document."""
        return len(self.chosen) / len(self.sentences) if self.sentences else 0.0


def content_selection(
    selected: Sequence[str], references: Sequence[Sequence[str]], beta: float = 1.0, agreement: int = 1
) -> ContentTrace:
    """Precision, recall, F and pyramid score of the units of a summary.

    selected : units of the summary; case and white space do not tell units apart, blank ones are passed over
    references : the units of each reference
    beta : how many times as much recall weighs as precision, 0…10
    agreement : from how many references on a unit counts as relevant

    Raises
    ------
    Refusal
        If there is no reference, there is too much of anything, or `agreement` exceeds the number of references.
    """
    if not 1 <= len(references) <= MAX_REFERENCES:
        raise Refusal(
            Text(
                "There must be from 1 to {most} references; there are {n}.",
                "Эталонов должно быть от 1 до {most}, а их {n}.",
            ).format(most=MAX_REFERENCES, n=len(references))
        )
    check_number(same("β"), beta, 0, 10)
    check_number(Text("agreement", "согласие"), agreement, 1, len(references))
    ours = _unique_units(selected, Text("The summary", "Реферат"))
    theirs = [
        _unique_units(units, Text("Reference {n}", "Эталон {n}").format(n=k)) for k, units in enumerate(references, 1)
    ]
    names = dict(ours)
    for reference in theirs:
        names = reference | names
    ordered = [*ours, *dict.fromkeys(key for reference in theirs for key in reference if key not in ours)]
    units = tuple(
        Unit(names[key], key in ours, tuple(k for k, reference in enumerate(theirs) if key in reference))
        for key in ordered
    )
    relevant = sum(unit.weight >= agreement for unit in units)
    hits = sum(unit.is_selected and unit.weight >= agreement for unit in units)
    precision, recall = hits / len(ours) if ours else 0.0, hits / relevant if relevant else 0.0
    bottom = beta**2 * precision + recall
    best = sum(sorted((unit.weight for unit in units), reverse=True)[: len(ours)])
    return ContentTrace(
        beta=beta,
        agreement=agreement,
        units=units,
        precision=precision,
        recall=recall,
        f=(1 + beta**2) * precision * recall / bottom if bottom else 0.0,
        pyramid=sum(unit.weight for unit in units if unit.is_selected) / best if best else 0.0,
        signature=f"content units · β={beta:g} · refs:{len(references)} · agreement:{agreement}",
    )


def _unique_units(units: Sequence[str], name: Text) -> dict[str, str]:
    """Key → the unit as first written."""
    if len(units) > MAX_UNITS or any(len(unit) > MAX_UNIT_CHARS for unit in units):
        raise Refusal(
            Text(
                "{name}: at most {most} units of at most {chars} characters can be compared.",
                "{name}: сравнить можно не больше {most} единиц, каждая не длиннее {chars} символов.",
            ).format(name=name, most=MAX_UNITS, chars=MAX_UNIT_CHARS)
        )
    found: dict[str, str] = {}
    for unit in units:
        words = unit.split()
        if words:
            found.setdefault(" ".join(words).casefold(), " ".join(words))
    return found


def content_words(text: str, lang: Lang, is_stemmed: bool = True) -> Words:
    """Units for whoever has none at hand: the words of `text` that carry content, each once, as stems if asked.

    Raises
    ------
    Refusal
        If the text is longer than `MAX_DOCUMENT_CHARS`.
    """
    _check_document(text)
    words = (word for word in split_unicode(text) if word not in _FUNCTION_WORDS[lang])
    stem = stemmer(lang) if is_stemmed else str
    return tuple(dict.fromkeys(stem(word) for word in words))


def lead_baseline(document: str, k: int = 3) -> Lead:
    """The first k sentences (`split_sentences`), 1 to 20; all of them if there are fewer.

    Raises
    ------
    Refusal
        If k is out of bounds or the document longer than `MAX_DOCUMENT_CHARS`.
    """
    check_number(same("k"), k, 1, 20)
    _check_document(document)
    return Lead(k, split_sentences(document))


def _check_document(text: str) -> None:
    if len(text) > MAX_DOCUMENT_CHARS:
        raise Refusal(
            Text(
                "The document has {n} characters; shorten it to {most}.",
                "В документе {n} символов, сократите его до {most}.",
            ).format(n=len(text), most=MAX_DOCUMENT_CHARS)
        )


def reference(trace: ContentTrace) -> tuple[Check, ...]:
    """P, R and F beside scikit-learn's, each unit one example: relevant or not, selected or not."""
    if not trace.units:
        return ()
    from sklearn.metrics import precision_recall_fscore_support

    precision, recall, f, _ = precision_recall_fscore_support(
        [trace.is_relevant(unit) for unit in trace.units],
        [unit.is_selected for unit in trace.units],
        beta=trace.beta,
        labels=[True],
        average="macro",
        zero_division=0,
    )
    ours = [trace.precision, trace.recall, trace.f]
    return (compare(same("P, R, F"), "scikit-learn", ours, [precision, recall, f], 1e-9),)
