import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path

import bertviz
import numpy as np
import pytest
import torch
from bertviz.head_view import head_view
from bertviz.model_view import model_view

from core.attention import bertviz_view
from core.attention.bertviz_view import COLORS, MAX_LINES, MAX_PIECE, MAX_TOKENS, head_view_html, model_view_html
from core.errors import Refusal
from core.figures.theme import color

# bertviz 1.4.1 leaves the file of its script to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*_view.js:ResourceWarning")

HOSTILE = ["<s>", "</script>", "<!--", "\"'`", "😀", "שלום", "PYTHON_PARAMS", "\u2028", "\\", "<b>&amp;"]


def draw_weights(layers=2, heads=3, n=4, seed=0):
    scores = 2 * np.random.default_rng(seed).standard_normal((layers, heads, n, n))
    e = np.exp(scores)
    return (e / e.sum(-1, keepdims=True)).astype(np.float32)


def read_data(document):
    return json.JSONDecoder().raw_decode(document.partition("const params = ")[2])[0]


class Reader(HTMLParser):
    """What a browser's parser makes of the document: tags, their attributes, and the text of each script."""

    def __init__(self, document):
        super().__init__()
        self.tags, self.scripts, self.inside = [], [], None
        self.feed(document)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside == "script":
            self.scripts[-1] += data


BOTH = pytest.mark.parametrize("make", [head_view_html, model_view_html])


@BOTH
def test_the_data_is_the_rounded_weights(make):
    A = draw_weights()
    data = read_data(make(A, ["a", "b", "c", "d"]))
    (view,) = data["attention"]
    assert view["left_text"] == view["right_text"] == ["a", "b", "c", "d"]
    np.testing.assert_allclose(np.array(view["attn"]) / 1000, np.round(A.astype(np.float64), 3), atol=1e-12)


@BOTH
def test_a_hostile_token_stays_text(make):
    document = make(draw_weights(n=len(HOSTILE)), HOSTILE)
    assert read_data(document)["attention"][0]["left_text"] == HOSTILE
    reader = Reader(document)
    assert len(reader.scripts) == 4
    assert reader.scripts[-1].rstrip().endswith("});")
    assert {tag for tag, _ in reader.tags} <= {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "div",
        "span",
        "select",
        "script",
    }
    assert "<!--" not in reader.scripts[-1]


@BOTH
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_loaded_from_anywhere(make, theme):
    document = make(draw_weights(), list("abcd"), sentence_b_start=2, theme=theme)
    reader = Reader(document)
    addresses = [
        (t, k, v)
        for t, attrs in reader.tags
        for k, v in attrs.items()
        if k in ("src", "href", "srcset", "data", "action")
    ]
    assert addresses == []
    assert not re.search(r"url\(|@import", bertviz_view.STYLE)
    (policy,) = [a["content"] for t, a in reader.tags if t == "meta" and "http-equiv" in a]
    directives = dict(d.split(" ", 1) for d in policy.split("; "))
    assert directives["default-src"] == "'none'"
    assert "http" not in policy
    assert "*" not in policy
    assert not {"connect-src", "font-src", "frame-src"} & set(directives)


def test_the_scripts_are_those_of_the_installed_packages():
    head, model = (Reader(make(draw_weights(), list("abcd"))).scripts for make in (head_view_html, model_view_html))
    jquery, d3, require, _ = head
    assert model[:3] == head[:3]
    assert version("XStatic-jQuery").startswith("3.7.1")
    assert jquery.startswith("/*! jQuery v3.7.1 ")
    assert "XMLHttpRequest" not in jquery
    assert d3.startswith("// https://d3js.org v5.")
    assert "window.requirejs" in require
    for script, name in ((head[3], "head_view.js"), (model[3], "model_view.js")):
        theirs = (Path(bertviz.__file__).parent / name).read_text("utf-8")
        before, _, after = theirs.partition("const params = PYTHON_PARAMS;")
        assert script.strip().startswith(before.strip())
        assert script.strip().endswith(after[after.index("\n") :].strip())


def test_the_bertviz_we_pin_is_the_one_in_use():
    pins = dict(
        line.split("==")
        for line in Path("requirements.txt").read_text("utf-8").splitlines()
        if "==" in line and ";" not in line
    )
    for package in ("bertviz", "mpld3", "XStatic-jQuery"):
        assert version(package) == pins[package]


@pytest.mark.parametrize(("make", "theirs"), [(head_view_html, head_view), (model_view_html, model_view)])
def test_a_pair_is_cut_in_the_browser_as_bertviz_cuts_it(make, theirs):
    A, names, start = draw_weights(n=5), list("abcde"), 2
    tensors = [torch.from_numpy(layer)[None] for layer in A]
    expected = read_data(theirs(tensors, names, sentence_b_start=start, html_action="return").data)["attention"]
    whole, *parts = read_data(make(A, names, sentence_b_start=start))["attention"]
    assert [v["name"] for v in expected] == [v["name"] for v in (whole, *parts)]
    for part, their_part in zip(parts, expected[1:], strict=True):
        cut = np.array(whole["attn"])[:, :, slice(*part["rows"]), slice(*part["cols"])]
        np.testing.assert_allclose(cut / 1000, their_part["attn"], atol=5.01e-4)
        assert (part["left_text"], part["right_text"]) == (their_part["left_text"], their_part["right_text"])
        assert part["attn"] is None


def test_the_model_view_keeps_the_layers_asked_for():
    A = draw_weights(layers=6)
    data = read_data(model_view_html(A, list("abcd"), include_layers=(4, 1, 4)))
    assert data["include_layers"] == [1, 4]
    np.testing.assert_allclose(np.array(data["attention"][0]["attn"]) / 1000, A[[1, 4]], atol=5.01e-4)
    for layers in ((), (6,), (-1,)):
        with pytest.raises(ValueError, match="layers"):
            model_view_html(A, list("abcd"), include_layers=layers)


@BOTH
def test_one_input_is_one_document(make):
    A = draw_weights()
    assert make(A, list("abcd")) == make(A, list("abcd"))
    assert make(A, list("abcd")) != make(A, list("abce"))


@BOTH
def test_33_tokens_are_refused(make):
    assert MAX_TOKENS == 32
    make(draw_weights(1, 1, 32), ["x"] * 32)
    with pytest.raises(Refusal) as caught:
        make(draw_weights(1, 1, 33), ["x"] * 33)
    assert "32" in caught.value.text.en
    assert "33" in caught.value.text.en
    assert "32" in caught.value.text.ru
    assert "33" in caught.value.text.ru


def test_too_many_lines_are_refused_until_fewer_layers_are_shown():
    A = np.full((13, 12, 32, 32), 1 / 32, dtype=np.float32)
    assert A.size > MAX_LINES
    with pytest.raises(Refusal):
        model_view_html(A, ["x"] * 32)
    model_view_html(A, ["x"] * 32, include_layers=range(12))


@BOTH
def test_the_largest_document_stays_small(make):
    names = ["щ" * 100] * 32
    document = make(draw_weights(12, 12, 32), names, sentence_b_start=16)
    # 307 KB of it are jQuery and d3; each weight takes at most four bytes with its comma.
    assert len(document.encode()) < 360_000 + 4 * 12 * 12 * 32 * 32
    assert all(len(name) == MAX_PIECE for name in read_data(document)["attention"][0]["left_text"])


@BOTH
def test_a_row_without_keys_draws_no_line(make):
    A = draw_weights()
    A[:, :, 1] = np.nan
    attn = np.array(read_data(make(A, list("abcd")))["attention"][0]["attn"])
    assert (attn[:, :, 1] == 0).all()
    assert (attn[:, :, 0] > 0).any()


@BOTH
def test_shapes_that_do_not_fit_are_an_error(make):
    with pytest.raises(ValueError, match="do not fit"):
        make(draw_weights(n=4), list("abc"))
    with pytest.raises(ValueError, match="do not fit"):
        make(draw_weights()[0], list("abcd"))
    for start in (0, 4):
        with pytest.raises(ValueError, match="second sentence"):
            make(draw_weights(), list("abcd"), sentence_b_start=start)


def test_the_colours_are_the_house_s():
    for theme, tones in COLORS.items():
        assert tones == {role: color(role, theme) for role in tones}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_views_follow_the_theme(theme):
    for make in (head_view_html, model_view_html):
        document = make(draw_weights(), list("abcd"), theme=theme)
        assert f"color-scheme: {theme}" in document
        assert f"--paper: {color('paper', theme)}" in document
    assert read_data(document)["display_mode"] == theme


def test_bertviz_is_imported_only_when_asked():
    code = (
        "import sys, numpy as np\n"
        "from core.attention import bertviz_view as b\n"
        "assert not {'bertviz', 'torch', 'IPython'} & set(sys.modules), 'early'\n"
        "b.head_view_html(np.ones((1, 1, 1, 1)), ['x'])\n"
        "assert not {'transformers', 'mpld3', 'matplotlib'} & set(sys.modules), 'heavy'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
