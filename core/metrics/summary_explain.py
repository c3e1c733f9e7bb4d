"""Where a number of the ROUGE lab comes from, written out with the live numbers.

What can be picked is a `Cell` of one of four panels: S a score (measure, part), G the grid (reference word, summary
word), H a word of the summary (0, word), R a word of the reference (word, 0).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.arithmetic import Cell, Formula, Part, number, quiet, say
from core.i18n import Lang, Text
from core.metrics.rouge import Prf, RougeLsumTrace, RougeLTrace, RougeNTrace, SharedGram
from core.metrics.summary_lab import MEASURES, PARTS, RougeLabTrace, without

MOST_LISTED = 14
Scored = RougeNTrace | RougeLTrace | RougeLsumTrace


def has(trace: RougeLabTrace, cell: Cell) -> bool:
    """Whether there is such a thing to explain."""
    rows, cols = len(trace.rows), len(trace.columns)
    bounds = {"S": (len(MEASURES), len(PARTS)), "G": (rows, cols), "H": (1, cols), "R": (rows, 1)}
    most = bounds.get(cell.panel, (0, 0))
    return cell.row < most[0] and cell.col < most[1]


def explain(trace: RougeLabTrace, cell: Cell, lang: Lang) -> tuple[Formula, ...]:
    """One to three lines for what is picked."""
    if cell.panel == "G":
        return _grid(trace, cell.row, cell.col, lang)
    if cell.panel == "H":
        return _summary_word(trace, cell.col, lang)
    if cell.panel == "R":
        return _reference_word(trace, cell.row, lang)
    return explain_score(trace.scored(MEASURES[cell.row]), MEASURES[cell.row], PARTS[cell.col], lang)


def explain_score(scored: Scored, measure: str, part: str, lang: Lang) -> tuple[Formula, ...]:
    """P, R or F1 of one measure: the share, what the matches are the sum of, and how several references become one."""
    several = (_several(scored, part, lang),) if len(scored.prfs) > 1 else ()
    if several and scored.options.aggregate == "mean":
        return several
    prf = scored.prfs[scored.best]
    return (explain_share(measure, part, prf, lang), _matches(scored, prf, lang), *several)


def explain_share(measure: str, part: str, prf: Prf, lang: Lang) -> Formula:
    """`P = 6 / 11 = 0.545`, or the harmonic mean with its numbers."""
    name = say(f"{part}(ROUGE-{measure}) = ")
    if prf.matches == 0:
        return (name, number(0.0, kind="result"), quiet(f"   {NOTHING_SHARED.get(lang)}"))
    if part == "F1":
        p, r = f"{prf.precision:.3f}", f"{prf.recall:.3f}"
        return (
            name,
            say("2·P·R / (P + R) = "),
            Part(f"2·{p}·{r} / ({p} + {r})", "number"),
            say(" = "),
            number(prf.f1, kind="result"),
            quiet(f"   {HARMONIC.get(lang)}"),
        )
    whole = prf.in_hypothesis if part == "P" else prf.in_reference
    return (
        name,
        Part(str(prf.matches), "strong"),
        say(" / "),
        number(whole),
        say(" = "),
        number(_value(prf, part), kind="result"),
        quiet(f"   {WHOLE[part, measure == '2'].format(n=whole).get(lang)}"),
    )


def _value(prf: Prf, part: str) -> float:
    return {"P": prf.precision, "R": prf.recall, "F1": prf.f1}[part]


def _matches(scored: Scored, prf: Prf, lang: Lang) -> Formula:
    """What the count of matches is the sum of."""
    total = Part(str(prf.matches), "strong")
    if prf.matches == 0:
        return (total, say(" = "), quiet(NO_WORDS.get(lang) if not prf.in_hypothesis else NONE_SHARED.get(lang)))
    if isinstance(scored, RougeNTrace):
        grams = scored.match.grams
        listed = "  +  ".join(map(_term, grams[:MOST_LISTED]))
        more = f"  +  … ({len(grams) - MOST_LISTED})" if len(grams) > MOST_LISTED else ""
        return (total, say(f" = {listed}{more}"), quiet(f"   {CLIPPED.get(lang)}"))
    if isinstance(scored, RougeLTrace):
        words = [scored.match.words[i] for i, _ in scored.match.pairs]
        more = " …" if len(words) > 2 * MOST_LISTED else ""
        return (total, say(f" = {' … '.join(words[: 2 * MOST_LISTED])}{more}"), quiet(f"   {IN_ORDER.get(lang)}"))
    sums = " + ".join(str(len(sentence.counted)) for sentence in scored.match.sentences)
    return (total, say(f" = {sums}"), quiet(f"   {UNITED.get(lang)}"))


def _term(gram: SharedGram) -> str:
    """`old`, or `the min(2, 3)` when a text has it more than once."""
    words, counts = " ".join(gram.words), (len(gram.positions), len(gram.reference_positions))
    return words if counts == (1, 1) else f"{words} min({counts[0]}, {counts[1]})"


def _several(scored: Scored, part: str, lang: Lang) -> Formula:
    is_best = scored.options.aggregate == "max"
    listed = [quiet(EACH.get(lang)), say(" ")]
    for k, prf in enumerate(scored.prfs):
        listed += [say(", ")] if k else []
        listed.append(number(_value(prf, part), kind="strong" if is_best and k == scored.best else "number"))
    if is_best:
        return (*listed, quiet(f"   {BEST.format(n=scored.best + 1).get(lang)}"))
    mean = {"P": scored.precision, "R": scored.recall, "F1": scored.f1}[part]
    return (*listed, say("   → "), number(mean, kind="result"), quiet(f"   {MEAN.get(lang)}"))


def _grid(trace: RougeLabTrace, i: int, j: int, lang: Lang) -> tuple[Formula, ...]:
    measure = trace.params.measure
    if measure in "12":
        return _gram(trace, i, j, int(measure), lang)
    if measure == "L":
        return _lcs_cell(trace.lcs.match.L, trace.rows[i], trace.columns[j], i, j, lang)
    block = next(b for b in trace.blocks if 0 <= i - b.row < b.L.shape[0] - 1 and 0 <= j - b.col < b.L.shape[1] - 1)
    lines = _lcs_cell(block.L, trace.rows[i], trace.columns[j], i - block.row, j - block.col, lang)
    if trace.rows[i] != trace.columns[j]:
        return lines
    is_on_path = (i - block.row, j - block.col) in block.pairs
    told = OFF_PATH if not is_on_path else COUNTED_ROW if i in trace.counted_rows() else CLIPPED_ROW
    return (*lines, (quiet(told.format(word=trace.rows[i]).get(lang)),))


def _lcs_cell(L: npt.NDArray[np.int16], row: str, col: str, i: int, j: int, lang: Lang) -> tuple[Formula, ...]:
    value = int(L[i + 1, j + 1])
    name, result = say(f"L[{i + 1}, {j + 1}] = "), number(value, kind="result")
    meaning = (quiet(SHARED_SO_FAR.format(i=i + 1, j=j + 1, n=value).get(lang)),)
    if row == col:
        told = quiet(f"   {SAME_WORD.format(word=row).get(lang)}")
        before = number(int(L[i, j]))
        return (name, say(f"L[{i}, {j}] + 1 = "), before, Part(" + 1", "strong"), say(" = "), result, told), meaning
    told = quiet(f"   {OTHER_WORD.format(row=row, col=col).get(lang)}")
    up, left = number(int(L[i, j + 1])), number(int(L[i + 1, j]))
    rule = say(f"max(L[{i}, {j + 1}], L[{i + 1}, {j}]) = max(")
    return (name, rule, up, say(", "), left, say(") = "), result, told), meaning


def _gram(trace: RougeLabTrace, i: int, j: int, n: int, lang: Lang) -> tuple[Formula, ...]:
    found = {(row, col): is_counted for row, col, is_counted in trace.matches()}
    # A pair of neighbours lies on two cells: its second one explains it too.
    if (i, j) not in found and n == 2 and (i - 1, j - 1) in found:
        i, j = i - 1, j - 1
    rows, cols = " ".join(trace.rows[i : i + n]), " ".join(trace.columns[j : j + n])
    if (i, j) not in found:
        return ((quiet(DIFFERENT.format(row=rows, col=cols).get(lang)),),)
    gram = next(g for g in trace.grams[n - 1].match.grams if " ".join(g.words) == cols)
    return (
        (
            say(f"{cols}: min("),
            number(len(gram.positions)),
            say(", "),
            number(len(gram.reference_positions)),
            say(") = "),
            number(gram.matches, kind="result"),
            quiet(f"   {TIMES.get(lang)}"),
        ),
        (quiet((COUNTED if found[i, j] else NOT_COUNTED).get(lang)),),
    )


def _summary_word(trace: RougeLabTrace, j: int, lang: Lang) -> tuple[Formula, ...]:
    k, piece = next((k, p) for k, p in enumerate(trace.pieces) if p.first <= j < p.first + len(p.words))
    measure = trace.params.measure
    row, best = MEASURES.index(measure), trace.scored().best
    f1, worth = float(trace.scores[row, 2]), float(trace.influence[row, k])
    prf = trace.scored().prfs[best]
    after = without(trace.pieces, k, trace.references, trace.options)[best][f"rouge{measure}"]
    verdict = HELPS if worth > 1e-12 else HURTS if worth < -1e-12 else NEUTRAL
    counts = PAIRS if measure == "2" else WORDS
    told = counts.format(a=prf.matches, b=after.matches, c=prf.in_hypothesis, d=after.in_hypothesis)
    return (
        (
            quiet(WITHOUT.format(word=piece.text).get(lang)),
            say(f"   F1(ROUGE-{measure}): "),
            number(f1),
            say(" → "),
            number(f1 - worth, kind="result"),
            quiet(f"   {verdict.get(lang)}"),
        ),
        (quiet(told.get(lang)),),
    )


def _reference_word(trace: RougeLabTrace, i: int, lang: Lang) -> tuple[Formula, ...]:
    measure, word = trace.params.measure, trace.rows[i]
    span = 2 if measure == "2" else 1
    is_found = any(row <= i < row + span and is_counted for row, _, is_counted in trace.matches())
    told = FOUND if is_found else PRESENT if word in trace.columns else MISSING
    prf = trace.scored().prfs[trace.scored().best]
    return (
        (quiet(told.format(word=word).get(lang)),),
        explain_share(measure, "R", prf, lang),
    )


WHOLE = {
    ("P", False): Text("words shared, of {n} in the summary", "общие слова из {n} в реферате"),
    ("R", False): Text("words shared, of {n} in the reference", "общие слова из {n} в эталоне"),
    ("P", True): Text("pairs shared, of {n} in the summary", "общие пары из {n} в реферате"),
    ("R", True): Text("pairs shared, of {n} in the reference", "общие пары из {n} в эталоне"),
}
HARMONIC = Text("the harmonic mean of P and R", "гармоническое среднее P и R")
NOTHING_SHARED = Text("nothing is shared", "общего нет")
NO_WORDS = Text("the summary has no words that this measure sees", "в реферате нет слов, которые эта мера видит")
NONE_SHARED = Text("no word or pair stands in both texts", "ни одно слово, ни одна пара не стоит в обоих текстах")
CLIPPED = Text(
    "each once; what repeats, min(times in the summary, times in the reference)",
    "каждое один раз; что повторяется — min(сколько в реферате, сколько в эталоне)",
)
IN_ORDER = Text("in this order in both texts, gaps allowed", "в этом порядке в обоих текстах, пропуски разрешены")
UNITED = Text(
    "one term a reference sentence: what its paths cover together",
    "по слагаемому на предложение эталона: всё, что вместе накрыли его пути",
)
EACH = Text("against each reference:", "по каждому эталону:")
BEST = Text("number {n} has the best F1 and is kept", "лучшее F1 у эталона {n}, он и остаётся")
MEAN = Text("the mean of them", "их среднее")
SAME_WORD = Text(
    "“{word}” on both sides: one more than on the diagonal", "«{word}» с обеих сторон: на 1 больше, чем по диагонали"
)
OTHER_WORD = Text(
    "“{row}” and “{col}” differ: the better of above and left",
    "«{row}» и «{col}» различны: лучшее из верхней и левой",
)
SHARED_SO_FAR = Text(
    "The beginnings, {i} words of the reference and {j} of the summary, share {n} in order.",
    "В начале эталона (слов: {i}) и в начале реферата (слов: {j}) общих слов по порядку: {n}.",
)
COUNTED_ROW = Text(
    "“{word}” is on a path of its sentence, so it counts, once.",
    "«{word}» лежит на пути своего предложения: засчитано, один раз.",
)
CLIPPED_ROW = Text(
    "“{word}” is on a path, but one of the texts has no more of it to spend.",
    "«{word}» лежит на пути, но в одном из текстов это слово уже израсходовано.",
)
OFF_PATH = Text(
    "“{word}” is the same here, but the path of this block goes elsewhere.",
    "«{word}» здесь совпало, но путь этого блока идёт мимо.",
)
DIFFERENT = Text("“{row}” is not “{col}”: nothing to count here.", "«{row}» — не «{col}»: считать здесь нечего.")
TIMES = Text("times in the summary, times in the reference", "сколько раз в реферате, сколько в эталоне")
COUNTED = Text("This match is counted.", "Это совпадение засчитано.")
NOT_COUNTED = Text(
    "The same, but not counted: each occurrence is matched once.",
    "Совпало, но не засчитано: каждое вхождение идёт в счёт один раз.",
)
WITHOUT = Text("Without “{word}”", "Без «{word}»")
HELPS = Text("it earns its place", "слово на своём месте")
HURTS = Text("without it the score is better", "без него оценка лучше")
NEUTRAL = Text("nothing changes", "ничего не меняется")
WORDS = Text(
    "words shared: {a} → {b}, words in the summary: {c} → {d}", "общих слов: {a} → {b}, слов в реферате: {c} → {d}"
)
PAIRS = Text(
    "pairs shared: {a} → {b}, pairs in the summary: {c} → {d}", "общих пар: {a} → {b}, пар в реферате: {c} → {d}"
)
FOUND = Text("“{word}” of the reference is found.", "«{word}» из эталона найдено.")
PRESENT = Text(
    "“{word}” is in the summary, but this measure does not count it here.",
    "«{word}» в реферате есть, но этой мерой здесь не засчитано.",
)
MISSING = Text("“{word}” is not in the summary.", "Слова «{word}» в реферате нет.")
