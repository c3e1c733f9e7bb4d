"""Pictures of the word2vec room: the step as linked matrices and as arrows, the window, the training."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from core.embeddings.word2vec_step import StepTrace
from core.embeddings.word2vec_window import WindowTrace
from core.figures.board import Arrow, Board, Link, Panel, Scale
from core.figures.plots import Curve, curves, layout
from core.figures.theme import Role, Theme, color
from core.i18n import Lang, Text, same

FAR = 1e30  # what has diverged further is drawn no further: float32 ends there
STEPS = (
    Text("two vectors a word", "два вектора у слова"),
    Text("the given vector h", "данный вектор h"),
    Text("scores", "оценки"),
    Text("chances", "вероятности"),
    Text("errors", "ошибки"),
    Text("gradients", "градиенты"),
    Text("update", "обновление"),
)


def step_board(trace: StepTrace) -> Board:
    """Given, forward and back, gradients and the update: a line each."""
    dims = tuple(str(n + 1) for n in range(trace.params.dim))
    words, rows = trace.words, tuple(trace.words[w] for w in trace.rows)
    asked = tuple(int(w) for w in trace.rows)
    given = tuple(dict.fromkeys(int(w) for w in trace.given))

    def matrix(name: str, title: Text, role: Role, values: npt.NDArray[np.float64], step: int, *links: Link) -> Panel:
        return Panel(name, title, role, values, words, dims, "signed", 2, step, links=links)

    def column(name: str, title: Text, role: Role, step: int, values: npt.NDArray[np.float64], *links: Link) -> Panel:
        scale: Scale = "probability" if name in ("p", "y") else "signed"
        return Panel(name, title, role, values[:, None], rows, ("",), scale, 3, step, links=links)

    score_links = (Link("h", (0,), "*"), Link("W_out", asked, "*"))
    hidden = Panel("h", same("h"), "Q", trace.h[None], ("",), dims, "signed", 2, 1, links=(Link("W_in", given, "j"),))
    chance = same("p")
    back = Panel(
        "d_h",
        same("∂L/∂h"),
        "gradient",
        trace.d_h[None],
        ("",),
        dims,
        "signed",
        3,
        5,
        links=(Link("e", "*", "*"), Link("W_out", asked, "j")),
    )
    return Board(
        rows=(
            (
                matrix("W_in", same("W_in"), "Q", trace.W_in, 0),
                matrix("W_out", same("W_out"), "K", trace.W_out, 0),
                hidden,
            ),
            (
                column("s", same("s = u·h"), "probability", 2, trace.s, *score_links),
                column("p", chance, "probability", 3, trace.p, Link("s", "*" if trace.is_softmax else "i", "*")),
                column("y", same("y"), "V", 3, trace.y),
                column("e", same("e"), "gradient", 4, trace.e, Link("p", "i", "*"), Link("y", "i", "*")),
                back,
            ),
            (
                matrix("d_in", same("∂L/∂W_in"), "gradient", trace.d_in, 5, Link("d_h", (0,), "j")),
                matrix("d_out", same("∂L/∂W_out"), "gradient", trace.d_out, 5, Link("h", (0,), "j")),
                Arrow(same("W − α·∂L/∂W"), 6),
                matrix(
                    "new_in",
                    Text("new W_in", "новая W_in"),
                    "Q",
                    trace.new_in,
                    6,
                    Link("W_in", "i", "j"),
                    Link("d_in", "i", "j"),
                ),
                matrix(
                    "new_out",
                    Text("new W_out", "новая W_out"),
                    "K",
                    trace.new_out,
                    6,
                    Link("W_out", "i", "j"),
                    Link("d_out", "i", "j"),
                ),
            ),
        ),
        steps=STEPS,
        alt=Text(
            "One step of word2vec for “{word}”, as linked matrices",
            "Один шаг word2vec для слова «{word}» связанными матрицами",
        ).format(word=words[trace.centre]),
    )


def step_plane(trace: StepTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """Both vectors of every word that takes part, before → after, in the first two dimensions.

    customdata of a point is the cell of the board that it comes from.
    """
    figure = go.Figure(layout=layout(theme))
    moved = {
        "new_in": (
            GIVEN,
            "Q",
            "circle",
            trace.W_in.clip(-FAR, FAR),
            trace.new_in.clip(-FAR, FAR),
            sorted(set(trace.given.tolist())),
        ),
        "new_out": (
            ASKED,
            "K",
            "diamond",
            trace.W_out.clip(-FAR, FAR),
            trace.new_out.clip(-FAR, FAR),
            sorted(set(trace.rows.tolist())),
        ),
    }
    targets = set(trace.rows[trace.y > 0].tolist())
    for panel, (name, role, symbol, old, new, ids) in moved.items():
        tone = color(role, theme)
        for i in ids:
            figure.add_annotation(
                x=new[i, 0],
                y=new[i, 1],
                ax=old[i, 0],
                ay=old[i, 1],
                xref="x",
                yref="y",
                axref="x",
                ayref="y",
                showarrow=True,
                arrowhead=2,
                arrowsize=1.2,
                arrowwidth=1.8,
                arrowcolor=tone,
                text="",
            )
        is_target = [panel == "new_in" or i in targets for i in ids]
        figure.add_scatter(
            x=old[ids, 0].astype(np.float32),
            y=old[ids, 1].astype(np.float32),
            mode="markers+text",
            name=name.get(lang),
            text=[trace.words[i] for i in ids],
            textposition="top center",
            textfont={"color": tone},
            marker={
                "color": tone,
                "size": 11,
                "symbol": [symbol if t else f"{symbol}-open" for t in is_target],
                "line": {"width": 2, "color": tone},
            },
            customdata=[f"{panel}.{i}.0" for i in ids],
        )
    figure.update_xaxes(title="1", zeroline=True)
    figure.update_yaxes(title="2", zeroline=True, scaleanchor="x")
    return figure


def step_losses(trace: StepTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """Loss of step after step, and where this one stands."""
    x = np.arange(1, len(trace.losses) + 1)
    names = Text("step", "шаг"), Text("L of the step", "L на шаге")
    line = Curve("L", np.minimum(trace.losses, FAR), "train")
    return curves(
        x, [line], theme=theme, x_title=names[0].get(lang), y_title=names[1].get(lang), here=trace.params.before + 1
    )


GIVEN = Text("given (W_in)", "дано (W_in)")
ASKED = Text("guessed (W_out), open: negative", "угадываем (W_out), пустые — негативы")


# ---- the window -------------------------------------------------------------------------------------------------

SHOWN = 24


def window_data(trace: WindowTrace, picked: int, lang: Lang) -> dict[str, Any]:
    """The text with its sweep for the browser (assets/components/w2v_sweep.js): one step a kept word."""
    centres = [int(place) for place in np.flatnonzero(trace.is_kept)]
    return {
        "tokens": [
            {"text": token, "word": int(w), "kept": bool(kept), "keep": f"{trace.keep[w]:.2f}"}
            for token, w, kept in zip(trace.tokens, trace.ids, trace.is_kept, strict=True)
        ],
        "centres": [
            {
                "at": at,
                "reach": int(trace.reach[at]),
                "pairs": [
                    {"at": int(trace.pairs[n, 1]), "negatives": [trace.words[w] for w in trace.negatives[n]]}
                    for n in trace.pairs_of(at)
                ],
            }
            for at in centres
        ],
        "names": [trace.tokens[at] for at in centres],
        "picked": picked,
        "words": {key: text.get(lang) for key, text in WINDOW_WORDS.items()},
    }


def negative_bars(trace: WindowTrace, picked: int, *, theme: Theme, lang: Lang) -> go.Figure:
    """P_neg of the most frequent words: uniform, as chosen, as in the text. customdata is the word."""
    shown = _most_frequent(trace, picked)
    names = [trace.words[w] for w in shown]
    figure = go.Figure(layout=layout(theme))
    edge = [3 if w == picked else 0 for w in shown]
    figure.add_bar(
        x=names,
        y=trace.chances[1, shown].astype(np.float32),
        name=f"a = {trace.params.exponent:g}",
        marker={"color": color("K", theme), "line": {"color": color("ink", theme), "width": edge}},
        customdata=shown,
    )
    for row, name, dash, symbol in ((0, "a = 0", "dot", "square-open"), (2, "a = 1", "dash", "diamond-open")):
        figure.add_scatter(
            x=names,
            y=trace.chances[row, shown].astype(np.float32),
            name=name,
            mode="lines+markers",
            line={"color": color("X", theme), "dash": dash, "width": 1.5},
            marker={"symbol": symbol, "size": 8},
            customdata=shown,
        )
    figure.update_xaxes(type="category", tickangle=-45)
    figure.update_yaxes(title="P_neg", rangemode="tozero")
    return figure


def keep_bars(trace: WindowTrace, picked: int, *, theme: Theme, lang: Lang) -> go.Figure:
    """P_keep of the most frequent words. customdata is the word."""
    shown = _most_frequent(trace, picked)
    figure = go.Figure(layout=layout(theme))
    figure.add_bar(
        x=[trace.words[w] for w in shown],
        y=trace.keep[shown].astype(np.float32),
        marker={
            "color": color("V", theme),
            "line": {"color": color("ink", theme), "width": [3 if w == picked else 0 for w in shown]},
        },
        customdata=shown,
    )
    figure.update_xaxes(type="category", tickangle=-45)
    figure.update_yaxes(title="P_keep", range=[0, 1.05])
    return figure


def _most_frequent(trace: WindowTrace, picked: int) -> list[int]:
    shown = list(range(min(SHOWN, len(trace.words))))
    return shown if picked in shown else [*shown[:-1], picked]


WINDOW_WORDS = {
    "pairs": Text("pairs of this centre", "пары этого центра"),
    "negatives": Text("negatives drawn", "вытянутые негативы"),
    "none": Text("no pair: nobody is within reach", "пар нет: в пределах окна никого"),
    "so_far": Text("pairs so far", "пар к этому месту"),
    "dropped": Text("dropped in this reading", "выброшено в этом прочтении"),
    "keep": Text("P_keep", "P_keep"),
    "reach": Text("reach", "радиус"),
    "empty": Text("Every word was dropped in this reading.", "В этом прочтении выброшены все слова."),
    "hint": Text(
        "▶ sweeps the window · click a word to see its probabilities",
        "▶ двигает окно · щёлкните слово — увидите его вероятности",
    ),
}
