"""Three tokenizers learn from the same few words, step by step.

Symbols are those of `core.text.bpe`, `core.text.wordpiece` and `core.text.unigram`.

    words     word → count, with the mark of its boundary if there is one; WordPiece has its own mark, ##
    state t   after t steps: BPE and WordPiece have merged t pairs, Unigram has pruned t times
    size      Unigram stops where BPE would: at the alphabet and `merges` pieces more
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt

from core.arithmetic import Cell
from core.errors import Refusal
from core.i18n import Text
from core.params import Choice, Params, Slider, Switch, Words
from core.tables import Table
from core.text import bpe, unigram, wordpiece
from core.text.subword_states import (
    KINDS,
    MAX_ROWS,
    Kind,
    State,
    bpe_states,
    count_pairs,
    unigram_states,
    wordpiece_states,
)
from core.verify import Check, compare

MAX_WORDS, MAX_LETTERS, MAX_COUNT = 40, 20, 1000
NO_LIMIT = 1_000_000
MARKS = {"none": ("", ""), "start": ("▁", ""), "end": ("", "·")}


class SubwordParams(Params):
    """The words, the word to be cut, and how long to learn."""

    corpus: Annotated[
        str,
        Words(
            label=Text("Words, each with its count", "Слова, у каждого — сколько раз встретилось"),
            max_chars=400,
            example=Text("hug 10, pug 5, pun 12, bun 4, hugs 5", "мир 10, пир 5, пар 12, бар 4, миры 5"),
            is_wide=True,
            help=Text(
                "A number after a word is its count; any other text works too, and its words are counted.",
                "Число после слова — сколько раз оно встретилось. Можно вставить любой текст: слова посчитаются сами.",
            ),
        ),
    ] = "hug 10, pug 5, pun 12, bun 4, hugs 5"
    word: Annotated[
        str,
        Words(
            label=Text("A new word", "Новое слово"),
            max_chars=MAX_LETTERS,
            example=Text("bugs", "бары"),
            is_wide=True,
            help=Text("Cut by all three as they are now.", "Режут все трое — такими, какие они сейчас."),
        ),
    ] = "bugs"
    merges: Annotated[
        int,
        Slider(
            label=Text("Pieces to learn", "Сколько кусков выучить"),
            lo=1,
            hi=30,
            step=1,
            help=Text(
                "Over and above the characters. Unigram prunes down to the same size as BPE.",
                "Сверх отдельных символов. Unigram прореживает словарь до того же размера, что у BPE.",
            ),
        ),
    ] = 4
    boundary: Annotated[
        str,
        Choice(
            label=Text("Mark of a word's edge", "Метка края слова"),
            options={
                "none": Text("none", "нет"),
                "start": Text("▁ before", "▁ перед"),
                "end": Text("· after", "· после"),
            },
            help=Text(
                "For BPE and Unigram; WordPiece writes ## inside words. · is Sennrich's, ▁ is SentencePiece's.",
                "Для BPE и Unigram; WordPiece пишет ## внутри слова. · — у Sennrich, ▁ — у SentencePiece.",
            ),
        ),
    ] = "none"
    shrink: Annotated[
        float,
        Slider(
            label=Text("Unigram: share pruned a step", "Unigram: доля, уходящая за шаг"),
            lo=0.05,
            hi=0.5,
            step=0.05,
            folded=True,
        ),
    ] = 0.1
    em_steps: Annotated[
        int,
        Slider(label=Text("Unigram: EM steps a pruning", "Unigram: шагов EM на шаг"), lo=1, hi=5, step=1, folded=True),
    ] = 2
    longest: Annotated[
        int,
        Slider(label=Text("Unigram: longest piece", "Unigram: самый длинный кусок"), lo=2, hi=12, step=1, folded=True),
    ] = 8
    whole_words: Annotated[
        bool,
        Switch(
            label=Text("Unigram: whole words as seeds", "Unigram: начинать и с целых слов"),
            folded=True,
            help=Text(
                "SentencePiece does; on so few words it then learns them by heart.",
                "Так делает SentencePiece; на горстке слов он тогда просто их запомнит.",
            ),
        ),
    ] = False


@dataclass(frozen=True)
class SubwordTrace:
    """All three with their history. `marked`: the words as BPE and Unigram read them."""

    params: SubwordParams
    words: dict[str, int]
    marked: dict[str, int]
    bpe: bpe.Bpe
    wordpiece: wordpiece.WordPiece
    unigram: unigram.Unigram
    states: dict[Kind, tuple[State, ...]]
    signature: str

    @property
    def steps(self) -> int:
        """How many states there are to look at; who is done early stays as it is."""
        return max(map(len, self.states.values()))

    def state(self, kind: Kind, step: int) -> State:
        return self.states[kind][min(step, len(self.states[kind]) - 1)]

    def cell(self, words: str) -> Cell:
        """The picked candidate, `<kind>.<row>.0` in the address; the first of BPE when it names none."""
        cell = Cell.parse(words)
        return cell if cell and cell.panel in KINDS and cell.row < MAX_ROWS else Cell("bpe", 0, 0)

    def new_word(self) -> str:
        """The word to be cut, its first one if several were typed, with the mark of the boundary."""
        return mark((self.params.word.split() or [""])[0], self.params.boundary)


def mark(word: str, boundary: str) -> str:
    """The word between its marks; nothing stays nothing."""
    before, after = MARKS[boundary]
    return f"{before}{word}{after}" if word else ""


def read_corpus(corpus: str) -> dict[str, int]:
    """Words with counts: a number after a word is its count, otherwise every occurrence counts 1.

    Raises
    ------
    Refusal
        If there is no word, or there are more, longer or more frequent ones than can be shown.
    """
    words: dict[str, int] = {}
    last: str | None = None
    for item in re.findall(r"[^\s,;]+", corpus):
        if item.isdecimal() and last is not None:
            # The word itself was counted once when it came.
            words[last] += int(item) - 1 if len(item) <= 4 else MAX_COUNT
            last = None
            continue
        words[item] = words.get(item, 0) + 1
        last = item
    words = {word: count for word, count in words.items() if count > 0}
    if not words:
        raise Refusal(
            Text("Write at least one word to learn from.", "Напишите хотя бы одно слово, на котором учиться.")
        )
    if len(words) > MAX_WORDS:
        raise Refusal(
            Text(
                "There are {n} different words; {most} can be followed at once. The lab “A real text” takes more.",
                "Разных слов здесь {n}, а уследить можно за {most}. Больше берёт лаборатория «Настоящий текст».",
            ).format(n=len(words), most=MAX_WORDS)
        )
    longest = max(words, key=len)
    if len(longest) > MAX_LETTERS:
        raise Refusal(
            Text(
                "The word “{word}…” is longer than {most} characters.", "Слово «{word}…» длиннее {most} символов."
            ).format(word=longest[:12], most=MAX_LETTERS)
        )
    if max(words.values()) > MAX_COUNT:
        raise Refusal(
            Text("A word can stand at most {most} times.", "Слово может встретиться не больше {most} раз.").format(
                most=MAX_COUNT
            )
        )
    return words


def run(params: SubwordParams) -> SubwordTrace:
    """Train all three on the words of `params`.

    Raises
    ------
    Refusal
        As `read_corpus`.
    """
    words = read_corpus(params.corpus)
    marked = {mark(word, params.boundary): count for word, count in words.items()}
    by_pairs = bpe.train(marked, NO_LIMIT, merges=params.merges)
    by_score = wordpiece.train(words, NO_LIMIT, merges=params.merges)
    by_loss = unigram.train(
        marked,
        by_pairs.alphabet + params.merges,
        longest=params.longest,
        shrink=params.shrink,
        em_steps=params.em_steps,
        whole_words=params.whole_words,
    )
    states: dict[Kind, tuple[State, ...]] = {
        "bpe": bpe_states(by_pairs, marked),
        "wordpiece": wordpiece_states(by_score, words),
        "unigram": unigram_states(by_loss, marked),
    }
    return SubwordTrace(
        params=params,
        words=words,
        marked=marked,
        bpe=by_pairs,
        wordpiece=by_score,
        unigram=by_loss,
        states=states,
        signature=f"words:{len(words)} · merges:{len(by_pairs.steps)} · boundary={params.boundary} · "
        f"unigram {len(by_loss.stages[0].p)}→{len(by_loss.stages[-1].p)}, EM {params.em_steps}, exact counts",
    )


def reference(trace: SubwordTrace) -> tuple[Check, ...]:
    """All three beside the library `tokenizers`, and what its WordPiece trainer merges first."""
    from tokenizers import Tokenizer, models, trainers

    def learn(model: Any, trainer: Any, words: Mapping[str, int]) -> Any:
        # Without a pre-tokenizer the library reads each item as one word.
        tokenizer = Tokenizer(model)
        tokenizer.train_from_iterator((word for word, times in words.items() for _ in range(times)), trainer)
        return tokenizer

    def cuts(tokenizer: Any, words: Iterable[str]) -> list[str]:
        return [token for word in words if word for token in tokenizer.encode(word).tokens]

    quiet: dict[str, Any] = {"show_progress": False, "special_tokens": []}
    letters = set(trace.bpe.pieces[: trace.bpe.alphabet])
    # The library's BPE drops characters that it does not know, so the new word is compared without them.
    names = [*trace.marked, "".join(character for character in trace.new_word() if character in letters)]
    theirs = learn(models.BPE(), trainers.BpeTrainer(vocab_size=trace.bpe.size(), **quiet), trace.marked)
    vocabulary = theirs.get_vocab()
    ours = [node.text for name in names for node in bpe.encode(trace.bpe, name)]
    checks = [
        _same(
            Text("BPE: vocabulary and cuts", "BPE: словарь и нарезка"),
            [*trace.bpe.pieces, *ours],
            [*sorted(vocabulary, key=vocabulary.__getitem__), *cuts(theirs, names)],
        )
    ]

    plain = [*trace.words, *trace.params.word.split()[:1]]
    pieces = {piece: id_ for id_, piece in enumerate((wordpiece.UNKNOWN, *trace.wordpiece.pieces))}
    theirs = Tokenizer(models.WordPiece(pieces, unk_token=wordpiece.UNKNOWN, max_input_chars_per_word=400))
    ours = [piece for word in plain for piece in wordpiece.encode(pieces, word)[0]]
    checks.append(_same(Text("WordPiece: cuts", "WordPiece: нарезка"), ours, cuts(theirs, plain)))

    names = [*trace.marked, *filter(None, [trace.new_word()])]
    logs = unigram.log_probabilities(trace.unigram.stages[-1].p)
    theirs = Tokenizer(models.Unigram([("\0", 0.0), *logs.items()], unk_id=0))
    ours = [piece for name in names for piece in unigram.encode(logs, name)]
    checks.append(_same(Text("Unigram: cuts", "Unigram: нарезка"), ours, cuts(theirs, names)))

    first = trace.states["wordpiece"][0]
    if first.rows:
        known = {*trace.wordpiece.pieces[: trace.wordpiece.alphabet], *(c for word in trace.words for c in word)}
        trainer = trainers.WordPieceTrainer(vocab_size=len(known) + 1, **quiet)
        (born,) = set(learn(models.WordPiece(), trainer, trace.words).get_vocab()) - known
        splits = wordpiece.replay(trace.wordpiece, trace.words, 0)
        counts = count_pairs(splits, trace.words.values())
        named = {wordpiece.join_pieces(*(trace.wordpiece.pieces[k] for k in pair)): n for pair, n in counts.items()}
        what = Text(
            "WordPieceTrainer merges the most frequent pair first, as BPE does",
            "WordPieceTrainer первой склеивает самую частую пару, как BPE",
        )
        checks.append(compare(what, "tokenizers", [max(counts.values())], [named[born]], 0.0))
    return tuple(checks)


def _same(what: Text, ours: Sequence[str], theirs: Sequence[str]) -> Check:
    """Two lists of pieces: the difference is the number of places where they differ."""
    apart = sum(a != b for a, b in zip(ours, theirs, strict=False)) + abs(len(ours) - len(theirs))
    return compare(what, "tokenizers", [apart], [0.0], 0.0)


def tables(trace: SubwordTrace) -> tuple[Table, ...]:
    """Every step of the three, and how the words are cut in the end."""
    pieces, parts = trace.bpe.pieces, trace.wordpiece.pieces
    merges = [" + ".join(pieces[k] for k in step.pair) for step in trace.bpe.steps]
    scored = [" + ".join(parts[k] for k in step.pair) for step in trace.wordpiece.steps]
    last = trace.unigram.stages[-1]
    stages = trace.unigram.stages
    return (
        Table("BPE", merges, ("count", "tokens"), _grid([(s.count, s.tokens) for s in trace.bpe.steps], 2)),
        Table(
            "WordPiece",
            scored,
            ("count", "left", "right", "score", "tokens"),
            _grid([(s.count, s.left, s.right, s.score, s.tokens) for s in trace.wordpiece.steps], 5),
        ),
        Table(
            "Unigram, stages",
            [str(t) for t in range(len(stages))],
            ("pieces", "log-likelihood", "tokens"),
            _grid([(len(s.p), s.likelihoods[-1], s.tokens) for s in stages], 3),
        ),
        Table(
            "Unigram, vocabulary",
            list(last.p),
            ("p", "expected count", "loss"),
            _grid([(last.p[x], last.counts[x], last.losses.get(x, 0.0)) for x in last.p], 3),
        ),
        Table(
            "pieces a word",
            list(trace.words),
            KINDS,
            _grid([[len(trace.states[k][-1].splits[n]) for k in KINDS] for n in range(len(trace.words))], 3),
        ),
    )


def _grid(rows: Sequence[Sequence[float]], cols: int) -> npt.NDArray[np.float64]:
    return np.asarray(rows, dtype=np.float64).reshape(-1, cols)
