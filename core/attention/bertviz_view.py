"""BertViz's own views of attention, as documents that work with the network unplugged.

Symbols: A (layer, head, pos, pos), the weight with which the token of the row attends to the token of the column.

The pictures are those of Vig 2019 ("A Multiscale Visualization of Attention in the Transformer Model"): the head view
draws the heads of one layer over each other, the model view draws every head of every layer as a small picture. The
markup and the script come from the installed `bertviz`, jQuery and d3 from the packages that ship them. A document
names no address to load from, and its content security policy forbids it to.

Weights travel as whole thousandths, which is a third of the size, and become shares again in the browser.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from html import escape
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, Literal

import numpy as np

from core.arrays import FloatArray
from core.errors import Refusal
from core.i18n import Text

Theme = Literal["light", "dark"]

MAX_TOKENS = 32
MAX_PIECE = 14  # what fits into the box that BertViz gives a token
MAX_LINES = 12 * 12 * MAX_TOKENS**2
ROOT_ID = "bertviz"

# The tones of core.figures.theme, which lies above this package; a test holds the two together.
COLORS: dict[Theme, dict[str, str]] = {
    "light": {"paper": "#FFFFFF", "ink": "#1C1E26", "line": "#E3E5EE"},
    "dark": {"paper": "#191B22", "ink": "#F1F2F6", "line": "#2C2F39"},
}

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)

# BertViz paints with attributes (black text, a black or white ground), which any rule of a stylesheet overrides.
STYLE = """
:root { color-scheme: THEME; --paper: PAPER; --ink: INK; --line: LINE; }
body { margin: 0; padding: 8px; overflow: auto; background: var(--paper); color: var(--ink); font: 15px sans-serif; }
select { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; }
#vis { margin-top: 8px; }
svg { display: block; min-width: 340px; overflow: visible; }
svg text { fill: var(--ink); }
rect.background { fill: var(--line); }
rect.attn_background, rect.detail { fill: var(--paper); }
rect.attn_background[stroke-opacity="0.8"] { fill: var(--line); }
"""

# Stands where require.js stood: the two libraries are already here.
REQUIRE = "window.require = {config() {}}; window.requirejs = (names, ready) => ready(window.jQuery, window.d3);"

UNPACK = """
    {
        const share = x => Array.isArray(x) ? x.map(share) : x / 1000;
        const [whole, ...parts] = params.attention;
        whole.attn = share(whole.attn);
        for (const part of parts)
            part.attn = whole.attn.map(layer => layer.map(head =>
                head.slice(...part.rows).map(row => row.slice(...part.cols))));
    }"""


def head_view_html(
    weights: FloatArray, tokens: Sequence[str], *, sentence_b_start: int | None = None, theme: Theme = "light"
) -> str:
    """BertViz's head view of A as a complete HTML document.

    weights : (layer, head, pos, pos), shares 0…1, rounded to three decimals; a NaN draws no line
    tokens : (pos,) as they are to be read; longer than `MAX_PIECE` characters are cut
    sentence_b_start : position of the first token of the second sentence, for a pair: the view then has a choice of
        the four parts A → A, B → B, A → B, B → A

    Raises
    ------
    Refusal
        More than `MAX_TOKENS` tokens.
    """
    from bertviz.head_view import head_view

    A, names = _prepare(weights, tokens, sentence_b_start)
    view = head_view(A, names, sentence_b_start=sentence_b_start, prettify_tokens=False, html_action="return")
    return _document(view.data, sentence_b_start, theme, "BertViz: head view")


def model_view_html(
    weights: FloatArray,
    tokens: Sequence[str],
    *,
    sentence_b_start: int | None = None,
    include_layers: Sequence[int] | None = None,
    theme: Theme = "light",
) -> str:
    """BertViz's model view of A as a complete HTML document, 970 px wide; arguments as in `head_view_html`.

    include_layers : the layers to draw, counted from 0; all of them when None. A browser draws one line for each
        layer, head and pair of tokens.

    Raises
    ------
    Refusal
        More than `MAX_TOKENS` tokens, or more than `MAX_LINES` lines.
    """
    from bertviz.model_view import model_view

    A, names = _prepare(weights, tokens, sentence_b_start)
    layers = list(range(len(A))) if include_layers is None else sorted(set(include_layers))
    if not layers or layers[0] < 0 or layers[-1] >= len(A):
        raise ValueError(f"layers {layers} of {len(A)}")
    if len(layers) * A[0].numel() > MAX_LINES:
        raise Refusal(
            Text(
                "That is more lines than a browser draws smoothly: show fewer layers at a time.",
                "Столько линий браузер плавно не нарисует: покажите меньше слоёв за раз.",
            )
        )
    view = model_view(
        A,
        names,
        sentence_b_start=sentence_b_start,
        include_layers=layers,
        prettify_tokens=False,
        display_mode=theme,
        html_action="return",
    )
    return _document(view.data, sentence_b_start, theme, "BertViz: model view")


def _prepare(weights: FloatArray, tokens: Sequence[str], sentence_b_start: int | None) -> tuple[list[Any], list[str]]:
    """What BertViz takes: a tensor (1, head, pos, pos) of whole thousandths for each layer, and a list of strings."""
    import torch

    if len(tokens) > MAX_TOKENS:
        raise Refusal(
            Text(
                "BertViz draws at most {most} tokens here, and this text has {n}: shorten it.",
                "BertViz рисует здесь не больше {most} токенов, а в этом тексте их {n}: сократите его.",
            ).format(most=MAX_TOKENS, n=len(tokens))
        )
    A = np.asarray(weights)
    if A.ndim != 4 or A.shape[2:] != (len(tokens), len(tokens)):
        raise ValueError(f"weights {A.shape} do not fit {len(tokens)} tokens")
    if sentence_b_start is not None and not 0 < sentence_b_start < len(tokens):
        raise ValueError(f"the second sentence cannot start at {sentence_b_start} of {len(tokens)}")
    thousandths = np.rint(np.nan_to_num(A, nan=0.0) * 1000).astype(np.int16)
    names = [token if len(token) <= MAX_PIECE else token[: MAX_PIECE - 1] + "…" for token in tokens]
    return [torch.from_numpy(layer)[None] for layer in thousandths], names


def _document(view: str, sentence_b_start: int | None, theme: Theme, title: str) -> str:
    """BertViz's fragment as a document of its own.

    The fragment is a <script> that loads require.js, the markup, and a <script> with the data in it.
    """
    markup, _, script = view.partition("</script>")[2].partition('<script type="text/javascript">')
    markup, script = _unplug(markup, script.rpartition("</script>")[0], sentence_b_start)
    style = STYLE
    for name, value in {"THEME": theme, **{k.upper(): v for k, v in COLORS[theme].items()}}.items():
        style = style.replace(name, value)
    scripts = (_library("XStatic-jQuery"), _library("mpld3"), REQUIRE, script)
    return (
        f'<!doctype html><html><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY, quote=False)}">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body>{markup.strip()}"
        + "".join(f"<script>{source}</script>" for source in scripts)
        + "</body></html>"
    )


def _unplug(markup: str, script: str, sentence_b_start: int | None) -> tuple[str, str]:
    """The markup with a fixed id, so that one input is one document, and the script with the data packed.

    BertViz writes the data twice, the second time in a comment at the end of the line: that copy goes. The parts of a
    pair are cut out of the whole in the browser instead of being sent again.
    """
    before, _, after = script.partition("const params = ")
    params, end = json.JSONDecoder().raw_decode(after)
    after = after[after.index("\n", end) :]

    whole, *parts = params["attention"]
    if parts:
        spans = {"A": [0, sentence_b_start], "B": [sentence_b_start, len(whole["left_text"])]}
        for part in parts:
            _, rows, _, _, cols = part["name"].split()
            part.update(attn=None, rows=spans[rows], cols=spans[cols])

    markup = markup.replace(params["root_div_id"], ROOT_ID)
    params["root_div_id"] = ROOT_ID
    # «<» can end a script or open a comment inside it, whatever quotes stand around it.
    data = json.dumps(params, separators=(",", ":")).replace("<", "\\u003c")
    return markup, f"{before}const params = {data};{UNPACK}{after}"


LIBRARIES = {
    "XStatic-jQuery": "xstatic/pkg/jquery/data/jquery.slim.min.js",  # slim: without any code that sends requests
    "mpld3": "mpld3/js/d3.v5.min.js",
}


@cache
def _library(package: str) -> str:
    """The text of a browser library from the package that ships it, found without importing that package."""
    return Path(str(distribution(package).locate_file(LIBRARIES[package]))).read_text("utf-8")
