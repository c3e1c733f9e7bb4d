"""Texts token by token as data for the browser (assets/components/strip.js, guesses.js), and the curves beside them.

The browser draws; every number it shows is written here. A share from 0 to 1 is how strong a colour or how long a bar
is; beside each stands the number itself.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.arithmetic import write_number
from core.figures.plots import Curve, curves, layout
from core.figures.theme import Theme, color
from core.i18n import Lang, Text, same
from core.metrics.repetition_lab import RepetitionLabTrace
from core.metrics.sampling_lab import N_SHOWN, TEMPERATURES, SamplingTrace
from core.metrics.surprisal_lab import SurpriseTrace, written
from core.metrics.units_lab import UnitsTrace

FULL_BITS = 12.0
Data = dict[str, Any]


# Cards


def card(name: Text, value: float, decimals: int, note: str, lang: Lang, *, is_result: bool = False) -> Data:
    """One number with its name above and how it comes about below."""
    return {
        "name": name.get(lang),
        "value": write_number(value, decimals),
        "note": note,
        "result": is_result,
    }


def surprise_cards(trace: SurpriseTrace, lang: Lang) -> list[Data]:
    s = trace.score
    N = len(trace.tokens)
    return [
        card(PERPLEXITY, s.value, 2, f"2^{write_number(s.bits, 2)}", lang, is_result=True),
        card(BITS_PER_TOKEN, s.bits, 2, f"{write_number(s.total, 1)} / {N}", lang),
        card(BITS_PER_CHAR, s.bits_per_char, 2, f"{write_number(s.total, 1)} / {s.n_chars}", lang),
        card(UNKNOWN, int((~trace.is_known).sum()), 0, OF.format(n=N).get(lang), lang),
    ]


def sampling_cards(trace: SamplingTrace, lang: Lang) -> list[Data]:
    s, r = trace.score, trace.repeats
    cards = [card(PERPLEXITY, s.value, 2, f"2^{write_number(s.bits, 2)}", lang, is_result=True)]
    for d in trace.distinct:
        note = f"{d.n_distinct} / {d.n_ngrams}"
        cards.append(card(same(f"Distinct-{d.n}"), d.value, 2, note, lang))
    cards.append(card(same("seq-rep-4"), r.value, 2, f"{int(r.is_repeat.sum())} / {len(r.is_repeat)}", lang))
    if r.loop:
        cards.append(card(LOOP, r.loop_count, 0, TOKENS_EACH.format(n=len(r.loop)).get(lang), lang))
    return cards


def repetition_cards(trace: RepetitionLabTrace, lang: Lang) -> list[Data]:
    r, n = trace.repeats, trace.params.order
    cards = []
    for d in trace.distinct:
        below = write_number(d.below, 2) if d.denominator == "expected" else f"{d.below:.0f}"
        is_chosen = d.n == n
        cards.append(card(same(f"Distinct-{d.n}"), d.value, 2, f"{d.n_distinct} / {below}", lang, is_result=is_chosen))
    cards.append(card(same(f"seq-rep-{n}"), r.value, 2, f"{int(r.is_repeat.sum())} / {len(r.is_repeat)}", lang))
    recent = f"{int(r.is_recent.sum())} / {len(r.tokens)}"
    cards.append(card(same(f"rep/{r.window}"), r.recent_share, 2, recent, lang))
    if r.loop:
        cards.append(card(LOOP, r.loop_count, 0, TOKENS_EACH.format(n=len(r.loop)).get(lang), lang))
    return cards


def units_table(trace: UnitsTrace, lang: Lang) -> Data:
    """Both models, a row each: what cannot be compared first, what can be last."""
    rows = []
    for name, s in ((WORD_MODEL, trace.words), (CHAR_MODEL, trace.chars)):
        rows.append(
            [
                name.get(lang),
                str(len(s.surprisal)),
                write_number(s.total, 1),
                write_large(s.value, 2),
                write_large(s.word_perplexity, 1),
                write_number(s.bits_per_char, 3),
            ]
        )
    return {
        "head": [text.get(lang) for text in (MODEL, N_TOKENS, BITS, PER_TOKEN, PER_WORD, BITS_PER_CHAR)],
        "rows": rows,
        "best": int(trace.chars.bits_per_char < trace.words.bits_per_char),
    }


# Strips


def token(shown: str, bits: float, at: int, kind: str = "", title: str = "") -> Data:
    """One token of a strip: the darker, the more surprising. `at` names what it is linked with."""
    return {
        "text": written(shown.strip() or shown),
        "number": "∞" if math.isinf(bits) else f"{bits:.1f}",
        "share": round(min(1.0, bits / FULL_BITS), 3) if math.isfinite(bits) else 1.0,
        "kind": "impossible" if math.isinf(bits) else kind,
        "at": at,
        "title": title,
    }


def surprise_strip(trace: SurpriseTrace, lang: Lang) -> list[Data]:
    return [
        token(
            shown,
            float(trace.score.surprisal[i]),
            i,
            "" if trace.is_known[i] else "unknown",
            "" if trace.is_known[i] else NEVER_SEEN.get(lang),
        )
        for i, shown in enumerate(trace.shown)
    ]


def word_strip(trace: UnitsTrace, lang: Lang) -> list[Data]:
    out = []
    for i, shown in enumerate(trace.shown):
        known = bool(trace.is_known[i])
        title = "" if known else NEVER_SEEN.get(lang)
        out.append(token(shown, float(trace.words.surprisal[i]), i, "" if known else "unknown", title))
    return out


def char_strip(trace: UnitsTrace, lang: Lang) -> list[Data]:
    out = []
    for j, letter in enumerate(trace.letters):
        known = bool(trace.is_letter_known[j])
        title = "" if known else NEVER_SEEN.get(lang)
        word = int(trace.word_of[j])
        out.append(token(letter, float(trace.chars.surprisal[j]), word, "" if known else "unknown", title))
    return out


def sampling_strip(trace: SamplingTrace, lang: Lang) -> list[Data]:
    """The prompt, which is not scored, and what was written; a 4-gram that stood before is underlined."""
    covered = np.zeros(len(trace.tokens), dtype=bool)
    for i in np.flatnonzero(trace.repeats.is_repeat):
        covered[i : i + trace.repeats.n] = True
    prompt = [
        {
            "text": shown.strip(),
            "number": "·" if known else "?",
            "share": 0.0,
            "kind": "prompt",
            "at": -1,
            "title": PROMPT.get(lang) if known else NEVER_SEEN.get(lang),
        }
        for shown, known in zip(trace.shown_prompt, trace.is_known, strict=True)
    ]
    drawn = [
        token(shown, float(bits), i, "repeat" if covered[i] else "")
        for i, (shown, bits) in enumerate(zip(trace.shown, trace.score.surprisal, strict=True))
    ]
    return [*prompt, *drawn]


def repetition_strip(trace: RepetitionLabTrace, lang: Lang) -> list[Data]:
    """Every token with how often the n-gram that begins at it occurs; `also` are all the places of that n-gram."""
    n, counts = trace.params.order, trace.counts
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    grams = trace.grams()
    for i, gram in enumerate(grams):
        places[gram] += range(i, i + n)
    most = max(2, int(counts.max())) if len(counts) else 2
    out: list[Data] = []
    for i, shown in enumerate(trace.shown):
        count = int(counts[i]) if i < len(counts) else 0
        out.append(
            {
                "text": shown.strip(),
                "number": f"×{count}" if count else "",
                "share": round((count - 1) / (most - 1), 3) if count else 0.0,
                "kind": "repeat" if trace.is_repeat[i] else "",
                "at": i,
                "also": sorted(set(places[grams[i]])) if count > 1 else list(range(i, min(i + n, len(trace.tokens)))),
                "title": TIMES.format(gram=" ".join(grams[i]), n=count).get(lang) if count else "",
            }
        )
    return out


# What the model expected


def surprise_guesses(trace: SurpriseTrace, lang: Lang) -> list[Data]:
    """For every token: what came before, the likeliest tokens, and the one that came, wherever it stands."""
    out = []
    for i, came in enumerate(trace.tokens):
        bits = float(trace.score.surprisal[i])
        p = math.exp(float(trace.score.log_probs[i]))
        rows = [_row(w, q, is_it=w == came, rank=k + 1) for k, (w, q) in enumerate(trace.guesses[i])]
        if not any(row["it"] for row in rows):
            rank = int(trace.rank[i])
            rows.append(_row(came, p, is_it=True, rank=rank or None, is_apart=True))
        entropy = float(trace.entropy[i])
        told = EXPECTED if math.isfinite(entropy) else NOTHING_EXPECTED
        note = told.format(h=write_number(entropy, 1), s=write_number(bits, 1))
        out.append({"title": _before(trace.tokens[:i], trace.params.n), "note": note.get(lang), "rows": rows})
    return out


def sampling_guesses(trace: SamplingTrace, lang: Lang) -> list[Data]:
    """For every step: p of the likeliest tokens as a frame, what is drawn from as a bar in it, and what was drawn."""
    out = []
    for i, came in enumerate(trace.tokens):
        rows = []
        for k, c in enumerate(trace.candidates[i]):
            row = _row(c.token, c.p, is_it=c.token == came, rank=k + 1)
            row |= {"q": round(c.q, 4), "qText": write_share(c.q), "cut": not c.is_kept}
            if k == N_SHOWN:
                row |= {"apart": True, "rank": None}
            rows.append(row)
        note = FROM.format(k=int(trace.n_kept[i]), V=trace.n_vocabulary, m=f"{trace.mass[i]:.0%}")
        before = (*trace.prompt, *trace.tokens[:i])
        out.append({"title": _before(before, trace.params.n), "note": note.get(lang), "rows": rows})
    return out


def _row(word: str, p: float, *, is_it: bool, rank: int | None, is_apart: bool = False) -> Data:
    return {
        "word": written(word),
        "p": round(p, 4),
        "pText": write_share(p),
        "it": is_it,
        "rank": rank,
        "apart": is_apart,
    }


def write_share(p: float) -> str:
    """A probability in a narrow column."""
    return "0" if p == 0 else "< .001" if p < 0.0005 else f"{p:.3f}"


def write_large(value: float, decimals: int) -> str:
    """A perplexity: thousands apart, powers of ten from ten million on."""
    if 1e4 <= value < 1e7:
        return f"{value:,.0f}".replace(",", "\u202f")
    return write_number(value, decimals)


def _before(tokens: Sequence[str], n: int) -> str:
    """What the model saw, as "… by the": the context that it uses."""
    seen = tokens[-(n - 1) :] if n > 1 else ()
    dots = "… " if len(seen) < len(tokens) else ""
    return dots + " ".join(written(t) for t in seen)


# Curves


def running_curve(trace: SurpriseTrace, at: int, *, theme: Theme, lang: Lang) -> go.Figure:
    """Perplexity of the text up to each token; a click picks the token."""
    running = np.where(np.isfinite(trace.score.running), trace.score.running, np.nan)
    N = len(trace.tokens)
    figure = go.Figure(layout=layout(theme, showlegend=False))
    figure.add_scatter(
        x=np.arange(1, N + 1),
        y=running.astype(np.float32),
        mode="lines+markers",
        line={"color": color("positive", theme), "width": 2},
        marker={"size": 6},
        customdata=np.arange(N),
        text=_plain([written(t) for t in trace.tokens]),
        hovertemplate="%{text} · %{y:.2f}<extra></extra>",
    )
    if math.isfinite(running[at]):
        figure.add_scatter(
            x=[at + 1],
            y=[float(running[at])],
            mode="markers",
            marker={"size": 13, "symbol": "circle-open", "color": color("ink", theme), "line": {"width": 2.5}},
            hoverinfo="skip",
        )
    impossible = trace.impossible()
    if impossible:
        tone = color("bad", theme)
        figure.add_vline(x=impossible[0] + 1, line={"color": tone, "dash": "dot", "width": 2})
        figure.add_annotation(
            x=impossible[0] + 1,
            y=1,
            yref="paper",
            text=FROM_HERE.get(lang),
            font={"color": tone, "size": 14},
            xanchor="left" if impossible[0] < N / 2 else "right",
            showarrow=False,
            xshift=6 if impossible[0] < N / 2 else -6,
        )
    every = 1 if N <= 18 else math.ceil(N / 18)
    figure.update_xaxes(
        tickvals=list(range(1, N + 1, every)),
        ticktext=_plain([written(t) for t in trace.tokens[::every]]),
        tickangle=-45 if trace.params.unit == "words" else 0,
        range=[0.4, N + 0.6],
    )
    figure.update_yaxes(title=SO_FAR.get(lang), rangemode="tozero")
    return figure


def units_bars(trace: UnitsTrace, at: int, *, theme: Theme, lang: Lang) -> go.Figure:
    """Bits of every word by both models; a click picks the word."""
    N = len(trace.tokens)
    figure = go.Figure(layout=layout(theme, barmode="group", bargap=0.25))
    for name, bits, role, pattern in (
        (WORD_MODEL, trace.words.surprisal, "positive", ""),
        (CHAR_MODEL, trace.bits_by_chars, "negative", "/"),
    ):
        figure.add_bar(
            x=np.arange(N),
            y=bits.astype(np.float32),
            name=name.get(lang),
            marker={"color": color(role, theme), "pattern": {"shape": pattern, "size": 5, "solidity": 0.35}},
            customdata=np.arange(N),
            text=_plain(trace.tokens),
            textposition="none",
            hovertemplate="%{text} · %{y:.2f}",
        )
    every = 1 if N <= 24 else math.ceil(N / 24)
    figure.update_xaxes(
        tickvals=list(range(0, N, every)),
        ticktext=[f"<b>{t}</b>" if i == at else t for i, t in enumerate(_plain(trace.tokens))][::every],
        tickangle=-40,
    )
    figure.update_yaxes(title=BITS_OF_WORD.get(lang), rangemode="tozero")
    return figure


def _plain(words: Sequence[str]) -> list[str]:
    """Cut to what fits under an axis, and without what plotly would read as a tag."""
    cut = [word if len(word) <= 16 else f"{word[:15]}…" for word in words]
    return [word.replace("&", "＆").replace("<", "‹").replace(">", "›") for word in cut]


def perplexity_curve(trace: SamplingTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """Perplexity over temperature, the present text, and a story that people wrote; a click sets the temperature."""
    line = Curve(MEAN.get(lang), trace.sweep.perplexity, "positive")
    figure = curves(
        TEMPERATURES,
        [line],
        theme=theme,
        x_title=TEMPERATURE.get(lang),
        y_title=PERPLEXITY.get(lang),
        log_y=True,
        here=trace.params.temperature,
    )
    figure.update_traces(
        customdata=[f"{t:g}" for t in TEMPERATURES], hovertemplate="T = %{x} · %{y:.1f}<extra></extra>"
    )
    _mark_now(figure, trace, [trace.score.value], ["positive"], ["circle"], theme, lang)
    if trace.people is not None:
        figure.add_scatter(
            x=[-0.06, 2.06],
            y=[trace.people] * 2,
            mode="lines",
            name=PEOPLE.get(lang),
            line={"color": color("V", theme), "dash": "dash", "width": 1.8},
            hovertemplate="%{y:.1f}<extra></extra>",
        )
    figure.update_xaxes(tickvals=[0, 0.5, 1, 1.5, 2], range=[-0.06, 2.06])
    figure.update_yaxes(tickvals=[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000], dtick=None, exponentformat="none")
    return figure


def diversity_curves(trace: SamplingTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """Distinct-1…3 and repetition over temperature, and the present text; a click sets the temperature."""
    roles, marks = ["Q", "V", "validation", "gradient"], ["circle", "square", "diamond", "x"]
    names = ["Distinct-1", "Distinct-2", "Distinct-3", "seq-rep-4"]
    values = [*trace.sweep.distinct, trace.sweep.repeated]
    figure = curves(
        TEMPERATURES,
        [
            Curve(name, y, role, "dot" if name == "seq-rep-4" else "solid", mark)
            for name, y, role, mark in zip(names, values, roles, marks, strict=True)
        ],
        theme=theme,
        x_title=TEMPERATURE.get(lang),
        y_title=SHARE.get(lang),
        here=trace.params.temperature,
    )
    figure.update_traces(customdata=[f"{t:g}" for t in TEMPERATURES], hovertemplate="T = %{x} · %{y:.3f}")
    now = [*(d.value for d in trace.distinct), trace.repeats.value]
    _mark_now(figure, trace, now, roles, marks, theme, lang)
    figure.update_xaxes(tickvals=[0, 0.5, 1, 1.5, 2], range=[-0.06, 2.06])
    figure.update_yaxes(range=[-0.04, 1.06])
    return figure


def _mark_now(
    figure: go.Figure,
    trace: SamplingTrace,
    values: Sequence[float],
    roles: Sequence[str],
    marks: Sequence[str],
    theme: Theme,
    lang: Lang,
) -> None:
    """The present text's own values, large and open, at its temperature."""
    figure.add_scatter(
        x=[trace.params.temperature] * len(values),
        y=list(values),
        mode="markers",
        name=NOW.get(lang),
        marker={
            "size": 13,
            "symbol": [f"{mark}-open" for mark in marks],
            "color": [color(role, theme) for role in roles],
            "line": {"width": 2.5},
        },
        hovertemplate="%{y:.3f}<extra></extra>",
        showlegend=len(values) == 1,
    )


def growth_curves(trace: RepetitionLabTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """Distinct-1…4 of the first so many tokens."""
    roles, marks = ["Q", "V", "validation", "gradient"], ["circle", "square", "diamond", "x"]
    figure = curves(
        trace.lengths,
        [Curve(f"Distinct-{n}", trace.growth[n - 1], roles[n - 1], marker=marks[n - 1]) for n in (1, 2, 3, 4)],
        theme=theme,
        x_title=FIRST.get(lang),
        y_title=VALUE.get(lang),
    )
    for n, line in enumerate(figure.data, start=1):
        line.line.width = 3.5 if n == trace.params.order else 1.3
        line.marker.size = 6 if n == trace.params.order else 4
    figure.update_xaxes(rangemode="tozero")
    figure.update_yaxes(rangemode="tozero")
    return figure


def gram_bars(trace: RepetitionLabTrace, at: int, *, theme: Theme, lang: Lang) -> go.Figure:
    """The commonest n-grams, the picked one framed; a click picks one."""
    commonest = trace.chosen.counts[:10]
    grams = trace.grams()
    first = {gram: i for i, gram in reversed(list(enumerate(grams)))}
    figure = go.Figure(layout=layout(theme))
    if commonest:
        picked = grams[at]
        figure.add_bar(
            y=np.arange(len(commonest)),
            x=np.array([count for _, count in commonest], dtype=np.float32),
            orientation="h",
            marker={
                "color": color("positive", theme),
                "opacity": [1.0 if gram == picked else 0.55 for gram, _ in commonest],
                "line": {"color": color("ink", theme), "width": [2.0 if g == picked else 0.0 for g, _ in commonest]},
            },
            customdata=np.array([first[gram] for gram, _ in commonest]),
            text=[f"×{count}" for _, count in commonest],
            textposition="outside",
            cliponaxis=False,
            hoverinfo="skip",
        )
        figure.update_yaxes(
            tickvals=list(range(len(commonest))),
            ticktext=[" ".join(_plain(gram))[:30] for gram, _ in commonest],
            autorange="reversed",
        )
    figure.update_xaxes(title=COUNT.get(lang), rangemode="tozero", dtick=1 if len(grams) < 40 else None)
    return figure


PERPLEXITY = Text("perplexity", "перплексия")
BITS_PER_TOKEN = Text("bits per token", "бит на токен")
BITS_PER_CHAR = Text("bits per character", "бит на символ")
UNKNOWN = Text("unknown", "незнакомых")
OF = Text("of {n} tokens", "из токенов: {n}")
LOOP = Text("loop at the end", "петля в конце")
TOKENS_EACH = Text("times {n} tokens", "раз по {n} токенов")
MODEL = Text("model of", "модель")
WORD_MODEL = Text("words", "слова")
CHAR_MODEL = Text("characters", "символы")
N_TOKENS = Text("tokens", "токенов")
BITS = Text("bits in all", "бит всего")
PER_TOKEN = Text("perplexity per token", "перплексия на токен")
PER_WORD = Text("perplexity per word", "перплексия на слово")
NEVER_SEEN = Text("the model has never seen it", "модель этого не видела")
PROMPT = Text("the beginning: given, not scored", "начало: дано и не оценивается")
TIMES = Text("{gram}: {n} in the text", "{gram}: {n} в тексте")
EXPECTED = Text("expected {h} bits, got {s}", "ожидала бит: {h}, получила: {s}")
NOTHING_EXPECTED = Text(
    "this context never came: no distribution, got {s} bits",
    "такого контекста не было: ждать нечего, получила бит: {s}",
)
FROM = Text("candidates: {k} of {V}, {m} of the mass", "кандидатов: {k} из {V}, доля массы {m}")
FROM_HERE = Text("∞ from here on", "отсюда ∞")
SO_FAR = Text("perplexity so far", "перплексия до этого места")
BITS_OF_WORD = Text("bits of the word", "бит на это слово")
TEMPERATURE = Text("temperature", "температура")
MEAN = Text("mean of 8 texts", "среднее по 8 текстам")
NOW = Text("this text", "этот текст")
PEOPLE = Text("a person’s story", "рассказ человека")
SHARE = Text("share", "доля")
FIRST = Text("the first so many tokens", "сколько первых токенов взято")
VALUE = Text("Distinct-n", "Distinct-n")
COUNT = Text("times in the text", "раз в тексте")
