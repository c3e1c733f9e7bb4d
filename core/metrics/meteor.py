"""METEOR: words aligned in stages, every pair and chunk kept.

Symbols (Banerjee and Lavie 2005, "METEOR: An Automatic Metric for MT Evaluation with Improved Correlation with Human
Judgments", section 2; parameters as in Lavie and Agarwal 2007):

    m        aligned words; P = m / words of the hypothesis, R = m / words of the reference                   0…1
    F_mean   P·R / (α·P + (1 − α)·R); α = 0.9 is the paper's 10·P·R / (R + 9·P)                               0…1
    ch       chunks: the fewest runs of pairs that are neighbours, in the same order, in both texts
    penalty  γ · (ch / m)^β, with γ = 0.5 and β = 3                                                           0…1
    METEOR   F_mean · (1 − penalty); the best over the references                                             0…1

The stages run in order, each on the words still free: "exact" pairs equal words, "stem" equal stems, "synonym" a word
with one that the table lists beside it. All of it in lower case.

Which of two equal words is meant is where implementations part. The paper takes, in each stage, as many pairs as it can
and of those choices the one whose lines cross least ("fewest_crossings"; crossings with the pairs of earlier stages
count too). nltk takes the last free word, reading both texts from the end ("nltk"), and may so find more chunks.

Once the stem stage has run, the synonym stage sees stems (as in nltk): the table must list stems. `synonym_table` does.
nltk with WordNet looks stems up among whole words, and so does not find glad beside happy, whose Porter stem is happi.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from core.errors import Refusal
from core.i18n import Lang, Text, same
from core.metrics.ngrams import (
    HYPOTHESIS,
    REFERENCE,
    Words,
    check_number,
    check_option,
    check_texts,
    check_words,
    split_words,
    stemmer,
)
from core.verify import Check, compare

MAX_METEOR_WORDS = 120
ALIGNMENTS = ("nltk", "fewest_crossings")
STAGES = ("exact", "stem", "synonym")
# Partial alignments kept alive while the one with the fewest crossings is searched for.
MAX_ALIVE = 100

Synonyms = Mapping[str, frozenset[str]]
# Pairs as a linked list, the last one first: what many partial alignments begin with is kept once.
_Chain = tuple["_Chain", tuple[int, int]] | None

_ENGLISH = (
    "big large huge great",
    "small little tiny",
    "fast quick rapid swift",
    "slow unhurried",
    "happy glad joyful cheerful",
    "sad unhappy sorrowful",
    "begin start commence",
    "end finish complete conclude",
    "buy purchase acquire",
    "sell vend",
    "car automobile",
    "house home dwelling",
    "child kid youngster",
    "man gentleman",
    "woman lady",
    "doctor physician",
    "teacher instructor tutor",
    "student pupil learner",
    "work labour labor toil",
    "job position post",
    "answer reply response",
    "ask inquire enquire",
    "help assist aid",
    "show display demonstrate",
    "choose select pick",
    "error mistake fault",
    "correct right accurate",
    "wrong incorrect false",
    "important significant essential",
    "difficult hard tough",
    "easy simple effortless",
    "beautiful pretty lovely handsome",
    "smart clever intelligent bright",
    "strange odd weird peculiar",
    "rich wealthy affluent",
    "old ancient aged",
    "new novel fresh recent",
    "road street way",
    "forest wood woods",
    "sea ocean",
    "picture image photo",
    "film movie",
    "say tell state",
    "speak talk converse",
    "look watch gaze",
    "walk stroll",
    "soldier warrior fighter",
    "army troops forces military",
)
_RUSSIAN = (
    "большой крупный огромный",
    "маленький небольшой крошечный",
    "быстрый скорый стремительный",
    "быстро скоро стремительно",
    "медленный неторопливый",
    "весёлый радостный",
    "грустный печальный",
    "начать приступить",
    "начало старт",
    "конец финал окончание",
    "закончить завершить окончить",
    "купить приобрести",
    "машина автомобиль",
    "дом жилище здание",
    "ребёнок малыш дитя",
    "врач доктор",
    "учитель преподаватель педагог",
    "ученик учащийся школьник",
    "работа труд",
    "ответ отклик",
    "спросить поинтересоваться",
    "помощь поддержка содействие",
    "помочь поддержать",
    "показать продемонстрировать",
    "выбрать отобрать",
    "ошибка промах",
    "верный правильный",
    "неверный ошибочный неправильный",
    "важный значимый существенный",
    "трудный сложный тяжёлый",
    "простой лёгкий несложный",
    "красивый прекрасный",
    "умный сообразительный",
    "странный необычный",
    "богатый состоятельный",
    "старый древний",
    "новый свежий",
    "дорога путь",
    "море океан",
    "картина изображение рисунок",
    "фильм кино кинокартина",
    "сказать произнести молвить",
    "говорить разговаривать беседовать",
    "смотреть глядеть",
    "идти шагать",
    "солдат воин боец",
    "армия войско",
    "друг товарищ приятель",
    "лекарство препарат медикамент",
    "кот кошка",
)
SYNONYMS: dict[Lang, tuple[frozenset[str], ...]] = {
    "en": tuple(frozenset(line.split()) for line in _ENGLISH),
    "ru": tuple(frozenset(line.split()) for line in _RUSSIAN),
}


@dataclass(frozen=True)
class MeteorOptions:
    """What a METEOR number depends on besides the texts and the table of synonyms; refuses what has no meaning."""

    alpha: float = 0.9
    beta: float = 3.0
    gamma: float = 0.5
    stages: tuple[str, ...] = STAGES
    lang: Lang = "en"
    alignment: str = "nltk"
    tokenize: str = "13a"

    def __post_init__(self) -> None:
        check_number(same("α"), self.alpha, 0, 1)
        check_number(same("β"), self.beta, 0, 10)
        check_number(same("γ"), self.gamma, 0, 1)
        check_option(Text("alignment", "выравнивание"), self.alignment, ALIGNMENTS)
        if self.stages[:1] != STAGES[:1] or self.stages != tuple(stage for stage in STAGES if stage in self.stages):
            raise Refusal(
                Text(
                    "The stages are exact, then stem, then synonym; exact cannot be left out.",
                    "Стадии идут так: exact, stem, synonym; стадию exact пропустить нельзя.",
                )
            )

    @property
    def signature(self) -> str:
        return (
            f"METEOR · α={self.alpha:g} β={self.beta:g} γ={self.gamma:g} · {'+'.join(self.stages)} · "
            f"lang:{self.lang} · align:{self.alignment} · tok:{self.tokenize} · case:lc"
        )


@dataclass(frozen=True)
class Pair:
    """A hypothesis word and a reference word, by position, and the stage that paired them."""

    hypothesis: int
    reference: int
    stage: str


@dataclass(frozen=True)
class MeteorMatch:
    """The alignment with one reference, and its score.

    words, stems : of the reference; the stems are the words themselves without a stem stage
    pairs : by hypothesis position
    chunks : the pairs again, in runs
    is_exact : False if the search for fewest crossings had to drop partial alignments; "nltk" does not search
    """

    words: Words
    stems: Words
    pairs: tuple[Pair, ...]
    chunks: tuple[tuple[Pair, ...], ...]
    is_exact: bool
    precision: float
    recall: float
    f_mean: float
    penalty: float
    value: float

    @property
    def fragmentation(self) -> float:
        """ch / m, 0…1; 0 when nothing is aligned."""
        return len(self.chunks) / len(self.pairs) if self.pairs else 0.0

    @property
    def crossings(self) -> int:
        """How many pairs of lines cross."""
        return count_crossings([(pair.hypothesis, pair.reference) for pair in self.pairs])


@dataclass(frozen=True)
class MeteorTrace:
    """METEOR of one sentence. `matches` has one entry a reference; `best` is the first with the highest score."""

    options: MeteorOptions
    synonyms: Synonyms
    words: Words
    stems: Words
    matches: tuple[MeteorMatch, ...]
    best: int
    signature: str

    @property
    def match(self) -> MeteorMatch:
        return self.matches[self.best]

    @property
    def value(self) -> float:
        """0…1."""
        return self.match.value


@cache
def synonym_table(lang: Lang, is_stemmed: bool = True) -> Synonyms:
    """Our small list as word → the words beside it; of stems, unless `is_stemmed` is off."""
    stem = stemmer(lang) if is_stemmed else str
    table: dict[str, frozenset[str]] = {}
    for group in SYNONYMS[lang]:
        members = frozenset(stem(word) for word in group)
        for word in members:
            table[word] = table.get(word, frozenset()) | (members - {word})
    return MappingProxyType(table)


def meteor(
    hypothesis: str,
    references: Sequence[str],
    alpha: float = 0.9,
    beta: float = 3.0,
    gamma: float = 0.5,
    stages: Sequence[str] = STAGES,
    lang: Lang = "en",
    synonyms: Synonyms | None = None,
    alignment: str = "nltk",
    tokenize: str = "13a",
) -> MeteorTrace:
    """METEOR of one sentence.

    synonyms : word → its synonyms, of stems if the stem stage runs; None is `synonym_table` of the language. As in
        nltk, names with an underscore stand for several words and are passed over.

    Raises
    ------
    Refusal
        If a text or an option is beyond its limit, or a text has more than `MAX_METEOR_WORDS` words.
    """
    check_texts(hypothesis, references)
    options = MeteorOptions(alpha, beta, gamma, tuple(stages), lang, alignment, tokenize)
    if synonyms is None:
        synonyms = synonym_table(lang, "stem" in options.stages) if "synonym" in options.stages else {}
    words = split_words(hypothesis, tokenize, lowercase=True)
    check_words(HYPOTHESIS, words, MAX_METEOR_WORDS)
    stem = stemmer(lang) if "stem" in options.stages else str
    stems = tuple(stem(word) for word in words)
    matches = []
    for number, text in enumerate(references, 1):
        others = split_words(text, tokenize, lowercase=True)
        check_words(REFERENCE.format(n=number), others, MAX_METEOR_WORDS)
        other_stems = tuple(stem(word) for word in others)
        matches.append(_match(words, stems, others, other_stems, synonyms, options))
    return MeteorTrace(
        options=options,
        synonyms=synonyms,
        words=words,
        stems=stems,
        matches=tuple(matches),
        best=max(range(len(matches)), key=lambda k: matches[k].value),
        signature=options.signature,
    )


def _match(
    words: Words, stems: Words, others: Words, other_stems: Words, synonyms: Synonyms, options: MeteorOptions
) -> MeteorMatch:
    pairs: tuple[Pair, ...] = ()
    is_exact = True
    for stage in options.stages:
        here, there = (words, others) if stage == "exact" else (stems, other_stems)
        possible = _possible_pairs(here, there, pairs, synonyms if stage == "synonym" else {})
        if options.alignment == "nltk":
            chosen = _pair_from_the_end(possible)
        else:
            chosen, is_complete = pair_with_fewest_crossings(possible, [(p.hypothesis, p.reference) for p in pairs])
            is_exact &= is_complete
        pairs += tuple(Pair(i, j, stage) for i, j in chosen)
    pairs = tuple(sorted(pairs, key=lambda pair: pair.hypothesis))
    chunks = find_chunks(pairs)
    m = len(pairs)
    precision, recall = m / len(words) if words else 0.0, m / len(others) if others else 0.0
    f_mean = precision * recall / (options.alpha * precision + (1 - options.alpha) * recall) if m else 0.0
    penalty = options.gamma * (len(chunks) / m) ** options.beta if m else 0.0
    return MeteorMatch(
        words=others,
        stems=other_stems,
        pairs=pairs,
        chunks=chunks,
        is_exact=is_exact,
        precision=precision,
        recall=recall,
        f_mean=f_mean,
        penalty=penalty,
        value=(1 - penalty) * f_mean,
    )


def _possible_pairs(here: Words, there: Words, pairs: Sequence[Pair], synonyms: Synonyms) -> dict[int, tuple[int, ...]]:
    """Free hypothesis position → the free reference positions it may go with, ascending; only where there are any."""
    taken, taken_there = {pair.hypothesis for pair in pairs}, {pair.reference for pair in pairs}
    where: dict[str, list[int]] = {}
    for j, word in enumerate(there):
        if j not in taken_there:
            where.setdefault(word, []).append(j)
    possible = {}
    for i, word in enumerate(here):
        if i in taken:
            continue
        found = where.get(word, [])
        if word in synonyms:
            wanted = {word, *(synonym for synonym in synonyms[word] if "_" not in synonym)}
            found = sorted(j for w in wanted for j in where.get(w, ()))
        if found:
            possible[i] = tuple(found)
    return possible


def _pair_from_the_end(possible: Mapping[int, Sequence[int]]) -> list[tuple[int, int]]:
    """nltk's choice: the last hypothesis word first, each with the last reference word still free."""
    chosen, taken = [], set()
    for i in sorted(possible, reverse=True):
        last = next((j for j in reversed(possible[i]) if j not in taken), None)
        if last is not None:
            chosen.append((i, last))
            taken.add(last)
    return chosen


def pair_with_fewest_crossings(
    possible: Mapping[int, Sequence[int]], fixed: Sequence[tuple[int, int]] = ()
) -> tuple[list[tuple[int, int]], bool]:
    """The most pairs and, of the choices that have as many, one with the fewest crossings.

    possible : hypothesis position → reference positions it may be paired with
    fixed : pairs that stand already; crossings with them count

    Hypothesis words are taken from left to right. What a partial alignment adds later depends only on how its used
    reference words lie between those still to be paired, so of the ones alike in that only the best lives on. At most
    `MAX_ALIVE` do; the second value says whether that was always enough, in which case the answer is exact.
    """
    groups: dict[tuple[int, ...], list[int]] = {}
    for i in sorted(possible):
        groups.setdefault(tuple(possible[i]), []).append(i)
    # Words with the same candidates, which nobody else competes for, never gain by crossing one another, and as many
    # of them as can be paired will be.
    is_closed = {key: not any(set(key) & set(other) for other in groups if other != key) for key in groups}
    pending: set[int] = set()
    ahead = {}
    for i in sorted(possible, reverse=True):
        ahead[i] = frozenset(pending)
        pending.update(possible[i])
    alive: dict[int, tuple[int, _Chain]] = {0: (0, None)}
    is_complete = True
    for i in sorted(possible):
        key = tuple(possible[i])
        members, bits = groups[key], sum(1 << j for j in key)
        needed, after = min(len(members), len(key)), len(members) - members.index(i) - 1
        cost = {j: count_crossings_with((i, j), fixed) for j in key}
        grown: dict[int, tuple[int, _Chain]] = {}
        for used, (crossings, chain) in alive.items():
            paired = (used & bits).bit_count()
            free = [j for j in key if not used >> j & 1]
            may_skip = True
            if is_closed[key]:
                free = [j for j in free if j >= (used & bits).bit_length()]
                free = free[: max(0, len(free) - (needed - paired - 1))] if paired < needed else []
                may_skip = paired + after >= needed
            if may_skip and (used not in grown or crossings < grown[used][0]):
                grown[used] = (crossings, chain)
            for j in free:
                state, total = used | 1 << j, crossings + cost[j] + (used >> j).bit_count()
                if state not in grown or total < grown[state][0]:
                    grown[state] = (total, (chain, (i, j)))
        alive = grown if ahead[i].issuperset(key) else _merge_alike(grown, ahead[i])
        if len(alive) > MAX_ALIVE:
            is_complete = False
            best = sorted(alive, key=lambda state: (-state.bit_count(), alive[state][0]))[:MAX_ALIVE]
            alive = {state: alive[state] for state in best}
    chain = alive[min(alive, key=lambda state: (-state.bit_count(), alive[state][0]))][1]
    pairs = []
    while chain is not None:
        chain, pair = chain
        pairs.append(pair)
    return pairs[::-1], is_complete


def _merge_alike(grown: Mapping[int, tuple[int, _Chain]], ahead: frozenset[int]) -> dict[int, tuple[int, _Chain]]:
    """One state for all that differ only inside a stretch of reference words which no later word may take.

    How many of such a stretch are used is what counts: the bits move to its beginning.
    """
    end = max((used.bit_length() for used in grown), default=0)
    stretches, start = [], 0
    for j in (*sorted(ahead), end):
        if j > start:
            stretches.append((start, (1 << j) - (1 << start)))
        start = j + 1
    kept = sum(1 << j for j in ahead)
    merged: dict[int, tuple[int, _Chain]] = {}
    for used, best in grown.items():
        state = used & kept
        for start, stretch in stretches:
            state |= ((1 << (used & stretch).bit_count()) - 1) << start
        if state not in merged or best[0] < merged[state][0]:
            merged[state] = best
    return merged


def count_crossings_with(pair: tuple[int, int], pairs: Sequence[tuple[int, int]]) -> int:
    """How many lines of `pairs` the line of `pair` crosses."""
    return sum((pair[0] - i) * (pair[1] - j) < 0 for i, j in pairs)


def count_crossings(pairs: Sequence[tuple[int, int]]) -> int:
    """Pairs of lines that cross."""
    return sum(count_crossings_with(pair, pairs[:k]) for k, pair in enumerate(pairs))


def find_chunks(pairs: Sequence[Pair]) -> tuple[tuple[Pair, ...], ...]:
    """Runs of pairs that are neighbours in both texts; `pairs` in order of hypothesis position."""
    chunks: list[list[Pair]] = []
    for pair in pairs:
        last = chunks[-1][-1] if chunks else None
        if last and (pair.hypothesis, pair.reference) == (last.hypothesis + 1, last.reference + 1):
            chunks[-1].append(pair)
        else:
            chunks.append([pair])
    return tuple(map(tuple, chunks))


@dataclass(frozen=True)
class _Stemmer:
    """The one method of a stemmer that nltk's METEOR calls."""

    options: MeteorOptions

    def stem(self, word: str) -> str:
        return stemmer(self.options.lang)(word) if "stem" in self.options.stages else word


@dataclass(frozen=True)
class _Lemma:
    word: str

    def name(self) -> str:
        return self.word


@dataclass(frozen=True)
class _Synset:
    words: frozenset[str]

    def lemmas(self) -> list[_Lemma]:
        return [_Lemma(word) for word in self.words]


@dataclass(frozen=True)
class _WordNet:
    """Our table behind the face of WordNet: what nltk's METEOR asks of it."""

    table: Synonyms

    def synsets(self, word: str) -> list[_Synset]:
        return [_Synset(frozenset(self.table[word]))] if word in self.table else []


def reference(trace: MeteorTrace) -> tuple[Check, ...]:
    """Our METEOR beside nltk's, given the same tokens, stemmer and synonyms; nothing unless aligned as nltk does."""
    if trace.options.alignment != "nltk":
        return ()
    from nltk.translate.meteor_score import single_meteor_score

    options = trace.options
    theirs = [
        single_meteor_score(
            match.words,
            trace.words,
            stemmer=_Stemmer(options),
            wordnet=_WordNet(trace.synonyms if "synonym" in options.stages else {}),
            alpha=options.alpha,
            beta=options.beta,
            gamma=options.gamma,
        )
        for match in trace.matches
    ]
    ours = [match.value for match in trace.matches]
    return (compare(same("METEOR"), "nltk", [trace.value, *ours], [max(theirs), *theirs], 1e-9),)
