"""BertViz's documents in a real browser: they draw, they answer, and they ask nobody for anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from core.attention.bertviz_view import Theme, head_view_html, model_view_html
from core.figures.theme import color

pytestmark = [
    pytest.mark.browser,
    # bertviz 1.4.1 leaves the file of its script to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed file .*_view.js:ResourceWarning"),
]

TOKENS = ["<s>", "</script>", "<img src=x>", "😀", "שלום", "Кошка", "\"'`&", "</s>"]
LAYERS, HEADS, POS = 3, 4, len(TOKENS)
THEMES: tuple[Theme, ...] = ("light", "dark")


def draw_weights() -> np.ndarray:
    e = np.exp(2 * np.random.default_rng(0).standard_normal((LAYERS, HEADS, POS, POS)))
    return np.asarray(e / e.sum(-1, keepdims=True), dtype=np.float32)


@dataclass
class Opened:
    """A page, the addresses it asked for, and what went wrong in it."""

    page: Page
    requests: list[str]
    faults: list[str]


@pytest.fixture
def open_document(browser: Browser, tmp_path: Path) -> Iterator[Callable[[str], Opened]]:
    page = browser.new_page(viewport={"width": 1000, "height": 800})
    opened = Opened(page, [], [])
    page.on("request", lambda request: opened.requests.append(request.url))
    page.on("pageerror", lambda error: opened.faults.append(str(error)))
    page.on("console", lambda line: opened.faults.append(line.text) if line.type in ("error", "warning") else None)
    page.on("dialog", lambda dialog: (opened.faults.append(dialog.message), dialog.dismiss()))

    def go(document: str) -> Opened:
        file = tmp_path / "view.html"
        file.write_text(document, encoding="utf-8")
        page.goto(file.as_uri())
        return opened

    yield go
    page.close()


def assert_unplugged(opened: Opened) -> None:
    assert [url for url in opened.requests if not url.startswith("file:")] == []
    assert len(opened.requests) == 1
    assert opened.faults == []


def shown_background(page: Page) -> str:
    red, green, blue = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g)")
    return f"#{int(red):02X}{int(green):02X}{int(blue):02X}"


@pytest.mark.parametrize("theme", THEMES)
def test_the_head_view(theme: Theme, open_document: Callable[[str], Opened]) -> None:
    A = draw_weights()
    opened = open_document(head_view_html(A, TOKENS, theme=theme))
    page = opened.page
    assert page.locator("#left text").all_text_contents() == TOKENS
    assert page.locator("#right text").all_text_contents() == TOKENS
    lines = page.locator("#attention line")
    assert lines.count() == HEADS * POS * POS
    opacity = np.array(
        [float(line) for line in lines.evaluate_all("all => all.map(l => l.getAttribute('stroke-opacity'))")]
    )
    np.testing.assert_allclose(opacity, A[0].ravel() / HEADS, atol=5.01e-4 / HEADS)
    assert shown_background(page) == color("paper", theme)

    # Hovering over a token leaves only its own lines.
    page.locator("#left text").nth(5).hover()
    assert page.locator("#attention").get_attribute("visibility") == "hidden"
    assert page.locator("#attention line[visibility=visible]").count() == HEADS * POS

    # Another layer draws other weights.
    page.locator("select#layer").select_option("2")
    opacity = np.array(
        [float(line) for line in lines.evaluate_all("all => all.map(l => l.getAttribute('stroke-opacity'))")]
    )
    np.testing.assert_allclose(opacity, A[2].ravel() / HEADS, atol=5.01e-4 / HEADS)
    assert_unplugged(opened)


def test_the_parts_of_a_pair(open_document: Callable[[str], Opened]) -> None:
    A, start = draw_weights(), 3
    opened = open_document(head_view_html(A, TOKENS, sentence_b_start=start))
    page = opened.page
    cuts = {
        "1": (slice(0, 3), slice(0, 3)),
        "2": (slice(3, 8), slice(3, 8)),
        "3": (slice(0, 3), slice(3, 8)),
        "4": (slice(3, 8), slice(0, 3)),
    }
    for value, (rows, cols) in cuts.items():
        page.locator("select#filter").select_option(value)
        assert page.locator("#left text").all_text_contents() == TOKENS[rows]
        assert page.locator("#right text").all_text_contents() == TOKENS[cols]
        drawn = page.locator("#attention line").evaluate_all("all => all.map(l => l.__data__)")
        np.testing.assert_allclose(drawn, A[0][:, rows, cols].ravel(), atol=5.01e-4)
    assert_unplugged(opened)


@pytest.mark.parametrize("theme", THEMES)
def test_the_model_view(theme: Theme, open_document: Callable[[str], Opened]) -> None:
    A = draw_weights()
    opened = open_document(model_view_html(A, TOKENS, include_layers=(0, 2), theme=theme))
    page = opened.page
    drawn = page.locator("svg line").evaluate_all("all => all.map(l => l.__data__)")
    np.testing.assert_allclose(drawn, A[[0, 2]].ravel(), atol=5.01e-4)
    assert shown_background(page) == color("paper", theme)
    ground = page.locator(".attn_background").first.evaluate("r => getComputedStyle(r).fill")
    assert ground == page.evaluate("getComputedStyle(document.body).backgroundColor")

    # A click on a head opens it in full.
    assert page.locator("svg .detail").count() == 0
    box = page.locator("#attn_background_1_2").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert page.locator("svg text.detail").text_content() == "Layer 2, Head 2"
    assert page.locator("svg text.token").all_text_contents() == TOKENS * 2
    assert page.locator("svg line").count() == (2 * HEADS + 1) * POS * POS
    assert_unplugged(opened)


def test_the_policy_stops_a_document_that_would_ask(open_document: Callable[[str], Opened]) -> None:
    """The policy is more than a line in the head: a request that is tried anyway does not leave."""
    opened = open_document(head_view_html(draw_weights(), TOKENS))
    result = opened.page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'sent', error => error.name)")
    assert result == "TypeError"
    assert any("Content Security Policy" in fault for fault in opened.faults)
    assert [url for url in opened.requests if not url.startswith("file:")] == []
