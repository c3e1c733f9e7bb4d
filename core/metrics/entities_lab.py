"""One sentence, its true entities and a model's: what every score makes of them, and what would change it.

Symbols and sources as in `core.metrics.entities`: tp, n_predicted, n_true per type; pairs of overlapping spans; the
four credits of SemEval-2013 task 9.1. Beside them `fixed`: the scores after just one wrong span is put right, computed
by marking it and scoring the sentence again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Text, same
from core.metrics.entities import (
    CREDITS,
    Average,
    Credit,
    EntityTrace,
    Mode,
    Pair,
    Scheme,
    Span,
    decode,
    entity_f1,
    score_credit,
    write_tags,
)
from core.metrics.entities import reference as entity_reference
from core.metrics.entities_edit import (
    MAX_TOKENS,
    Tags,
    broken_tags,
    cycle,
    fail_like,
    find_names,
    mark,
    read_short,
    split_tokens,
    write_in,
)
from core.params import Choice, Params, Words
from core.tables import Table
from core.verify import Check

HAND = "hand"
CASES: dict[str, Text] = {
    "ends": Text("ends off by one", "границы мимо на 1"),
    "types": Text("wrong types", "не те типы"),
    "nothing": Text("O everywhere", "всюду O"),
    "split": Text("one split in two", "одна разрезана"),
    "broken": Text("I instead of B", "I вместо B"),
    "mixed": Text("a bit of everything", "всего понемногу"),
    "right": Text("all right", "всё верно"),
    HAND: Text("marked by you", "ваша разметка"),
}
CREDIT_NAMES: dict[str, Text] = {
    "strict": Text("strict", "строгая"),
    "exact": Text("exact", "границы"),
    "partial": Text("partial", "частичная"),
    "type": Text("type", "тип"),
}
SCHEME_NAMES: dict[str, Text] = {"IOB2": same("BIO"), "IOBES": same("IOBES")}
SENTENCES: dict[str, Text] = {
    "poet": Text(
        "In 1820 Alexander Pushkin left Saint Petersburg, and two centuries later the Russian Academy of Sciences "
        "still keeps the drafts that he wrote on the long way south.",
        "В 1820 году Александр Пушкин уехал из столицы к Чёрному морю, и два века спустя все его черновики тех лет "
        "бережно хранит Институт русской литературы Российской академии наук.",
    ),
    "drawer": Text(
        "The manuscript lay in a drawer for thirty long years before somebody in Kazan read it to the end.",
        "Рукопись тридцать лет пролежала в ящике стола, пока кто-то в Казани не прочёл её от начала до конца.",
    ),
    "river": Text(
        "The Volga flows past Nizhny Novgorod and Kazan into the Caspian Sea.",
        "Волга течёт мимо Нижнего Новгорода и Казани в Каспийское море.",
    ),
    "theatre": Text(
        "Anton Chekhov wrote for New Times before the Moscow Art Theatre staged his plays in Moscow.",
        "Антон Чехов печатался в газете «Новое время», а пьесы его поставил Московский художественный театр в Москве.",
    ),
}
CREDIT = Choice(
    label=Text("What earns credit", "За что засчитывать"),
    options=CREDIT_NAMES,
    help=Text(
        "Strict: type and both ends. Exact: ends alone. Partial: an overlap is worth ½. Type: an overlap with "
        "the right type.",
        "Строгая: тип и обе границы. Границы: только они. Частичная: за пересечение ½. Тип: пересечение с "
        "верным типом.",
    ),
)
MODE = Choice(
    label=Text("Tags are read", "Как читать метки"),
    options={"lenient": Text("leniently", "мягко"), "strict": Text("strictly", "строго")},
    help=Text(
        "Leniently: a stray I- opens an entity (conlleval, seqeval's default). Strictly: what breaks the scheme is "
        "dropped (seqeval, mode=strict).",
        "Мягко: заблудившаяся I- открывает сущность (conlleval, seqeval по умолчанию). Строго: всё, что нарушает "
        "схему, отбрасывается (seqeval, mode=strict).",
    ),
)
AVERAGE = Choice(
    label=Text("Average over types", "Среднее по типам"),
    options={
        "micro": Text("micro", "микро"),
        "macro": Text("macro", "макро"),
        "weighted": Text("weighted by number", "взвешенное по числу"),
    },
    help=Text(
        "Micro pools all entities (CoNLL); macro counts every type alike; weighted, by its number of true entities.",
        "Микро складывает все сущности (CoNLL); макро считает типы равными; взвешенное — по числу истинных сущностей.",
    ),
)
ZERO = Choice(
    label=Text("0 / 0 counts as", "Считать 0 / 0 за"),
    options={"0": same("0"), "1": same("1")},
    help=Text(
        "Precision without predictions and recall without true entities are 0 / 0.",
        "Точность без предсказаний и полнота без истинных сущностей — это 0 / 0.",
    ),
    folded=True,
)
_TAGS_HELP = Text(
    "Empty: the names of our examples. Short form: B-PER I-PER 3 B-LOC, where 3 is three O’s. BIO, IOBES or BILOU.",
    "Пусто — имена из наших примеров. Короткая запись: B-PER I-PER 3 B-LOC, где 3 — три O. BIO, IOBES или BILOU.",
)


class EntitiesParams(Params):
    """A sentence and two sets of tags. Empty `true`: the names that the examples know."""

    text: Annotated[
        str,
        Words(
            label=Text("Sentence", "Предложение"),
            max_chars=500,
            example=SENTENCES["poet"],
            is_wide=True,
            help=Text(
                "Yours is welcome: mark its entities in the upper row.",
                "Можно своё: отметьте его сущности в верхнем ряду.",
            ),
        ),
    ] = SENTENCES["poet"].en
    case: Annotated[str, Choice(label=Text("The model’s answer", "Ответ модели"), options=CASES)] = "ends"
    credit: Annotated[str, CREDIT] = "strict"
    mode: Annotated[str, MODE] = "lenient"
    scheme: Annotated[
        str,
        Choice(
            label=Text("Tags are written in", "Схема меток"),
            options=SCHEME_NAMES,
            help=Text(
                "BIO: every entity begins with B. IOBES: E ends it, S is an entity of one token.",
                "BIO: сущность начинается с B. IOBES: E её закрывает, S — сущность из одного токена.",
            ),
        ),
    ] = "IOB2"
    average: Annotated[str, AVERAGE] = "micro"
    true: Annotated[
        str, Words(label=Text("True tags", "Истинные метки"), max_chars=900, help=_TAGS_HELP, folded=True)
    ] = ""
    predicted: Annotated[
        str,
        Words(
            label=Text("Predicted tags", "Предсказанные метки"),
            max_chars=900,
            help=Text(
                "As above. They are read when the model’s answer is “marked by you”.",
                "Как выше. Читаются, когда ответ модели — «ваша разметка».",
            ),
            folded=True,
        ),
    ] = ""
    zero: Annotated[str, ZERO] = "0"


@dataclass(frozen=True)
class EntitiesTrace(Frozen):
    """Everything that is known of the sentence.

    score : the sentence scored as `params` say; other : the same, read in the other mode
    broken_true, broken_predicted : positions of tags that a strict reading drops
    earned : (pair, credit), what a pair is worth: 0, ½ or 1
    fixed : (pair, credit), the F1 after this pair alone is put right; NaN for a pair that is right
    """

    params: EntitiesParams
    tokens: Tags
    was_cut: bool
    score: EntityTrace
    other: EntityTrace
    broken_true: tuple[int, ...]
    broken_predicted: tuple[int, ...]
    earned: npt.NDArray[np.float64]
    fixed: npt.NDArray[np.float64]
    signature: str

    @property
    def true(self) -> Tags:
        return self.score.tags_true[0]

    @property
    def predicted(self) -> Tags:
        return self.score.tags_predicted[0]

    @property
    def credit(self) -> Credit:
        return cast(Credit, self.params.credit)

    @property
    def right_tokens(self) -> tuple[bool, ...]:
        return tuple(a == b for a, b in zip(self.true, self.predicted, strict=True))

    def words(self, span: Span | None) -> str:
        """The tokens of a span; empty for none."""
        return " ".join(self.tokens[span.start : span.end]) if span else ""


def options(params: EntitiesParams) -> tuple[Average, Mode, Scheme]:
    """The switches of `entity_f1` by their types: `Choice` has already held them to their values."""
    return cast(Average, params.average), cast(Mode, params.mode), cast(Scheme, params.scheme)


def read_tags(params: EntitiesParams, tokens: Tags) -> tuple[Tags, Tags]:
    """The true and the predicted tags in the scheme of `params`.

    Raises
    ------
    Refusal
        Names what is no tag, and on which side.
    """
    _, _, scheme = options(params)
    n = len(tokens)

    def written(words: str, label: Text) -> Tags:
        try:
            return write_in(read_short(words, n), scheme)
        except Refusal as refusal:
            raise Refusal(Text("{label}. {why}", "{label}. {why}").format(label=label, why=refusal.text)) from None

    knobs = type(params).knobs()
    if params.true.strip():
        true = written(params.true, knobs["true"].label)
    else:
        true = write_tags(find_names(tokens), n, scheme)
    if params.case == HAND:
        return true, written(params.predicted, knobs["predicted"].label)
    return true, fail_like(params.case, decode(true), n, scheme)


def run(params: EntitiesParams) -> EntitiesTrace:
    """Score the sentence in every way there is.

    Raises
    ------
    Refusal
        If there is no token, or tags that are none.
    """
    tokens = split_tokens(params.text)
    if not tokens:
        raise Refusal(Text("Type a sentence: there is nothing to mark yet.", "Введите предложение: размечать нечего."))
    true, predicted = read_tags(params, tokens)
    average, mode, scheme = options(params)
    zero = float(params.zero)
    score = entity_f1([true], [predicted], average, mode, scheme, zero)
    other_mode: Mode = "lenient" if mode == "strict" else "strict"
    broken_true, broken_predicted = broken_tags(true, scheme), broken_tags(predicted, scheme)
    earned = [[worth(pair, credit) for credit in CREDITS] for pair in score.pairs]
    fixed = [fix(pair, score, predicted) for pair in score.pairs]
    shape = (len(score.pairs), len(CREDITS))
    return EntitiesTrace(
        params=params,
        tokens=tokens,
        was_cut=len(split_tokens(params.text, most=MAX_TOKENS + 1)) > MAX_TOKENS,
        score=score,
        other=entity_f1([true], [predicted], average, other_mode, scheme, zero),
        broken_true=broken_true,
        broken_predicted=broken_predicted,
        earned=np.array(earned, dtype=np.float64).reshape(shape),
        fixed=np.array(fixed, dtype=np.float64).reshape(shape),
        signature=f"{score.signature} · {SCHEME_NAMES[scheme].en} · credit={params.credit} · numpy {np.__version__}",
    )


def worth(pair: Pair, credit: Credit) -> float:
    """What one pair adds to the numerator of precision and recall: 0, ½ or 1."""
    counted = score_credit([pair], credit)
    return counted.correct + counted.partial / 2


def edit(trace: EntitiesTrace, side: str, start: int, end: int, kind: str) -> Tags:
    """The tags of one side, "true" or "predicted", after tokens `start`…`end` become an entity, or none for ""."""
    return mark(trace.true if side == "true" else trace.predicted, start, end, kind, trace.score.scheme)


def turn_tag(trace: EntitiesTrace, side: str, at: int, kind: str) -> Tags:
    """The tags of one side after the tag at `at` becomes the next one of its scheme."""
    return cycle(trace.true if side == "true" else trace.predicted, at, kind, trace.score.scheme)


def put_right(trace: EntitiesTrace, n: int) -> Tags:
    """The predicted tags after the pair `n`, counted from 0, is put right."""
    return repair(trace.score.pairs[n], trace.predicted, trace.score.scheme)


def repair(pair: Pair, predicted: Tags, scheme: Scheme) -> Tags:
    """The predicted tags after one pair is put right: its predicted span taken away, its true one marked."""
    for span, kind in ((pair.predicted, ""), (pair.true, pair.true.type if pair.true else "")):
        if span is not None:
            predicted = mark(predicted, span.start, span.end, kind, scheme)
    return predicted


def fix(pair: Pair, score: EntityTrace, predicted: Tags) -> list[float]:
    """F1 by each credit once `pair` is put right; NaN when it is right already."""
    if pair.kind == "correct":
        return [np.nan] * len(CREDITS)
    mended = repair(pair, predicted, score.scheme)
    again = entity_f1(score.tags_true, [mended], score.average, score.mode, score.scheme, score.zero_division)
    return [again.credits[credit].value for credit in CREDITS]


def reference(trace: EntitiesTrace) -> tuple[Check, ...]:
    """Precision, recall, F1 and token accuracy beside seqeval's."""
    return entity_reference(trace.score)


def tables(trace: EntitiesTrace) -> tuple[Table, ...]:
    """Tokens, pairs, credits and types, for CSV and notebooks."""
    return (
        Table(
            "tokens",
            [f"{n} {token}" for n, token in enumerate(trace.tokens, 1)],
            ["tag is right", "true tag is not O", "predicted tag is not O"],
            np.array(
                [
                    [right, a != "O", b != "O"]
                    for right, a, b in zip(trace.right_tokens, trace.true, trace.predicted, strict=True)
                ],
                dtype=np.float64,
            ),
        ),
        Table("worth of each pair", _pair_names(trace), CREDITS, trace.earned),
        Table("F1 after this pair is put right", _pair_names(trace), CREDITS, trace.fixed),
        *score_tables(trace.score),
    )


def score_tables(score: EntityTrace) -> tuple[Table, ...]:
    """The credits, the types and the accuracies of a score."""
    fields = ("correct", "incorrect", "partial", "missed", "spurious", "precision", "recall", "value")
    credits = np.array([[getattr(score.credits[credit], field) for field in fields] for credit in CREDITS])
    types = np.stack([score.tp, score.n_predicted, score.n_true, score.precision, score.recall, score.f1], axis=1)
    whole = np.array([[score.mean_precision, score.mean_recall, float(score.value)]])
    accuracy = np.array([[score.token_accuracy, score.entity_token_accuracy]])
    return (
        Table("credits", CREDITS, (*fields[:-1], "F1"), credits),
        Table("types", score.types, ("tp", "predicted", "true", "precision", "recall", "F1"), types),
        Table(f"average: {score.average}", ("all types",), ("precision", "recall", "F1"), whole),
        Table("token accuracy", ("share",), ("all tokens", "tokens of true entities"), accuracy),
    )


def _pair_names(trace: EntitiesTrace) -> list[str]:
    return [
        f"{n} {pair.kind}: {trace.words(pair.true) or '∅'} → {trace.words(pair.predicted) or '∅'}"
        for n, pair in enumerate(trace.score.pairs, 1)
    ]
