"""A reader's own sentence in a real encoder: tokens, all heads, one head opened."""

from __future__ import annotations

from typing import Any, Literal

import streamlit as st

from core.arithmetic import Cell, Formula
from core.attention.explain_sentence import explain_weight
from core.attention.heads import ROLES
from core.attention.sentence import (
    MAX_CHARS,
    MAX_TOKENS,
    SentenceParams,
    SentenceTrace,
    attend,
    head_order,
    look,
    reference,
    run,
    summarize,
    tables,
)
from core.figures.attention import head_scatter
from core.figures.heads import grid_data, head_data, token_data
from core.i18n import Text
from pages._shared import kit, words
from pages._shared.components import mount
from pages._shared.state import Remembered, session


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, token strip, overview of the heads, the opened head, arithmetic."""
    with controls:
        params = kit.controls(page.slug, SentenceParams, page.lang, above=page.wide(views))
        with st.popover(page.say(words.OWN_FILE), type="tertiary", icon=":material/upload_file:"):
            kit.own_text(page, "text", limit=FILE_BYTES, max_chars=MAX_CHARS)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        cell = Cell("A", 0, 0)

        def draw(shown: SentenceParams, name: str) -> None:
            nonlocal cell
            cell = _views(page, trace_of(shown), name)

        kit.compared(page, params, draw)
        trace = trace_of(params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain_weight(trace, cell, page.lang)
    page.arithmetic(formulas)


def trace_of(params: SentenceParams) -> SentenceTrace:
    """The forward pass and its measures are computed once a sentence; opening another head only looks."""
    attention = kit.cached(attend, params.input(), large=True)
    return look(attention, kit.cached(summaries, params.input()), params)


def summaries(params: Any) -> Any:
    """The measures of all heads, for the cache."""
    return summarize(kit.cached(attend, params, large=True))


def _views(page: kit.Page, trace: SentenceTrace, name: str) -> Cell:
    p, n = trace.params, len(trace.tokens)
    picked = page.remember(f"sentence_{name}_cell")
    cell = Cell.parse(picked.get())
    if cell is None or cell.panel != "A" or cell.row >= n or cell.col >= n:
        row = min(2, n - 1)
        cell = Cell("A", row, int(trace.A[row].argmax()))
    group = page.key(f"sentence_{name}")
    if trace.tokens.was_cut:
        kit.refuse(CUT.format(n=MAX_TOKENS), page.lang)
    _strip(page, trace, cell, group, name, picked)
    if p.look == "measures":
        kit.show(
            page,
            head_scatter(trace, theme=page.theme, lang=page.lang),
            name=f"measures_{name}",
            alt=MEASURES_ALT,
            height=430,
            on_pick=lambda at: _open(page, at, ""),
        )
    left, right = st.columns([1, 1.35], gap="medium")
    with left:
        if p.look == "heads":
            _grid(page, trace, name)
        _opened(page, trace, cell, group, f"{name}_arcs", picked, "arcs")
    with right:
        _opened(page, trace, cell, group, name, picked, "matrix")
    return cell


def _strip(page: kit.Page, trace: SentenceTrace, cell: Cell, group: str, name: str, picked: Remembered) -> None:
    key = page.key(f"tokens_{name}")

    def select() -> None:
        row = (session().get(key) or {}).get("select")
        if isinstance(row, int) and 0 <= row < len(trace.tokens):
            picked.set(str(Cell("A", row, int(trace.A[row].argmax()))))

    mount(
        "tokens",
        key,
        {
            "tokens": token_data(trace.tokens),
            "group": group,
            "picked": cell.row,
            "words": {"id": "id"},
        },
        on_select_change=select,
    )


def _grid(page: kit.Page, trace: SentenceTrace, name: str) -> None:
    p = trace.params
    key = page.key(f"heads_{name}")

    def event(kind: str, suffix: str) -> Any:
        def happened() -> None:
            _open(page, str((session().get(key) or {}).get(kind)), suffix)

        return happened

    say = page.say
    mount(
        "heads",
        key,
        {
            **grid_data(
                trace.attention.weights,
                order=head_order(trace.summary, p.order),
                is_ranked=p.order in ROLES,
                picked=(trace.layer, trace.head),
                second=trace.second_at,
            ),
            "name": key,
            "words": {
                "layer": say(LAYER),
                "head": say(HEAD),
                "corner": "",
                "alt": say(GRID_ALT),
                "hint": say(GRID_HINT),
                "save": say(words.SAVE_PICTURE),
            },
        },
        on_pick_change=event("pick", ""),
        on_second_change=event("second", "_b"),
    )


def _open(page: kit.Page, at: str, suffix: str) -> None:
    """Inside a callback: open the head `layer.head` (from 0), as the first or the second one."""
    parts = at.split(".")
    if len(parts) != 2 or not all(part.isdecimal() and len(part) < 3 for part in parts):
        return
    session()[page.key(f"layer{suffix}")] = min(12, int(parts[0]) + 1)
    session()[page.key(f"head{suffix}")] = min(12, int(parts[1]) + 1)
    if suffix:
        session()[page.key("is_beside")] = True


def _opened(
    page: kit.Page,
    trace: SentenceTrace,
    cell: Cell,
    group: str,
    name: str,
    picked: Remembered,
    part: Literal["matrix", "arcs"],
) -> None:
    title = ROLLOUT if trace.params.look == "rollout" else OPENED
    heads = [("", trace.A, title.format(layer=trace.layer + 1, head=trace.head + 1))]
    if trace.second is not None and trace.second_at is not None:
        layer, head = trace.second_at
        heads.append(("_b", trace.second, OPENED.format(layer=layer + 1, head=head + 1)))
    for suffix, A, title_ in heads:
        key = page.key(f"head_{name}{suffix}")

        def select(key: str = key) -> None:
            picked.set(f"A.{str((session().get(key) or {}).get('select'))[:9]}")

        mount(
            "head",
            key,
            {
                **head_data(A, trace.tokens, part=part, title=page.say(title_), cell=(cell.row, cell.col)),
                "group": group,
                "name": key,
                "words": {
                    "hint": page.say(HEAD_HINT) if part == "matrix" else "",
                    "query": page.say(QUERY),
                    "key": page.say(KEY),
                    "arcs": page.say(ARCS_ALT),
                    "save": page.say(words.SAVE_PICTURE),
                },
            },
            on_select_change=select,
        )


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """About the default sentence; answers are measured on it."""
    base = SentenceParams.default(page.lang)

    def share() -> float:
        return float(trace_of(base).summary.roles["special"].mean())

    def best_same() -> tuple[int, int, float]:
        return trace_of(base).summary.ranked("same")[0]

    def show(values: dict[str, Any]) -> Any:
        def put() -> None:
            page.open_lab().set("sentence")
            kit.apply(page.slug, SentenceParams, values, page.lang)

        return put

    return (
        kit.Question(
            Text(
                "A real encoder reads the example sentence. How much attention do words give to <s> and </s>?",
                "Настоящий энкодер читает предложение из примера. Сколько внимания слова отдают токенам <s> и </s>?",
            ),
            (
                Text("about a tenth", "около десятой доли"),
                Text("about a quarter", "около четверти"),
                Text("more than half", "больше половины"),
            ),
            lambda: 2 if share() > 0.5 else 1 if share() > 0.17 else 0,
            lambda: Text(
                "{s:.0%} on average over all heads: a head that has nothing to do parks its weight there.",
                "{s:.0%} в среднем по всем головам: голова, которой нечего делать, складывает вес туда.",
            ).format(s=share()),
            show({"order": "special", "layer": 6, "head": 1}),
        ),
        kit.Question(
            Text(
                "One word stands twice in the example. Is there a head whose words look at their own double?",
                "Одно слово стоит в примере дважды. Есть ли голова, где слова смотрят на своего двойника?",
            ),
            (
                Text("no: every head mixes everything", "нет: каждая голова смешивает всё"),
                Text("yes, in the middle layers", "есть, в средних слоях"),
                Text("yes, in the last layer", "есть, в последнем слое"),
            ),
            lambda: 0 if best_same()[2] < 0.3 else 1 if 3 <= best_same()[0] <= 8 else 2,
            lambda: Text(
                "Layer {a}, head {b}: {s:.0%} of the attention of repeated words. Nobody taught it that.",
                "Слой {a}, голова {b}: {s:.0%} внимания повторяющихся слов. Этому её никто не учил.",
            ).format(a=best_same()[0] + 1, b=best_same()[1] + 1, s=best_same()[2]),
            show({"order": "same", "layer": 6, "head": 6}),
        ),
    )


LONG = Text(
    "The house stood at the end of a road that ran along the river, past the mill and the old school, over the bridge "
    "that the flood had carried away twice, through the orchard where the children stole apples every autumn, and then "
    "up the hill to the gate, behind which there was a garden, and behind the garden a door that nobody had opened for "
    "years, because the key had been lost.",
    "Дом стоял в конце дороги, которая тянулась вдоль реки мимо мельницы и старой школы, через мост, который дважды "
    "уносило половодьем, через сад, где дети каждую осень воровали яблоки, а потом поднималась на холм к воротам, за "
    "которыми был ещё один сад, а за садом дверь, которую никто не открывал много лет, потому что ключ потеряли.",
)
PRESETS = (
    kit.Preset(
        Text("one word eight times", "одно слово восемь раз"),
        {"text": Text("no no no no no no no no", "нет нет нет нет нет нет нет нет")},
        Text("only positions tell the tokens apart", "токены различаются только позициями"),
    ),
    kit.Preset(
        Text("letters it never saw", "буквы, которых модель не знает"),
        {"text": Text("The sign said 出口 and nothing else.", "На табличке было 出口 и больше ничего.")},
        Text("what is not in the vocabulary is <unk>", "чего нет в словаре, то <unk>"),
    ),
    kit.Preset(
        Text("too long", "слишком длинно"),
        {"text": LONG},
        Text("the end is cut, and the lab says so", "конец отрезан, и лаборатория об этом говорит"),
    ),
)
FILE_BYTES = 64 * 1024
LAYER = Text("layer", "слой")
HEAD = Text("head", "голова")
QUERY = Text("query", "запрос")
KEY = Text("key", "ключ")
OPENED = Text("Layer {layer}, head {head}", "Слой {layer}, голова {head}")
ROLLOUT = Text("Rollout through {layer} layers", "Rollout через слои: {layer}")
GRID_ALT = Text("All heads as thumbnails, a row per layer", "Все головы миниатюрами, строка — слой")
GRID_HINT = Text(
    "rows are layers, columns heads, drawn as √weight · click opens, shift-click puts beside",
    "строки — слои, столбцы — головы, яркость — √веса · щелчок открывает, shift-щелчок ставит рядом",
)
HEAD_HINT = Text(
    "a row is a distribution: its weights sum to 1 · hover a word, click a cell for its arithmetic",
    "строка — распределение: её веса в сумме дают 1 · наведите на слово, щёлкните клетку — увидите расчёт",
)
ARCS_ALT = Text("The same weights as lines from query to key", "Те же веса линиями от запроса к ключу")
MEASURES_ALT = Text(
    "Every head as a point: mean distance against entropy", "Каждая голова — точка: среднее расстояние и энтропия"
)
CUT = Text(
    "The text is longer than {n} tokens: the model reads its beginning.",
    "Текст длиннее {n} токенов: модель читает его начало.",
)
