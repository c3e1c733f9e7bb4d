"""The threshold in a real browser: a drag is answered there, with the numbers that core has."""

from __future__ import annotations

from urllib.parse import parse_qs, urlparse

import pytest
from conftest import settle
from playwright.sync_api import expect

from core.metrics.classification_lab import ThresholdParams, run

pytestmark = pytest.mark.browser
SLUG = "classification_metrics"


def readings(page) -> list[str]:
    return page.locator(".v-tiles dd").all_text_contents()


def expected(threshold: float) -> list[str]:
    trace = run(ThresholdParams(threshold=threshold))
    return [f"{v:.3f}" for v in (trace.precision, trace.recall, trace.f_here, trace.accuracy)]


def drag(page, share: float) -> None:
    """Take hold of the line in the middle and let go at `share` of the width."""
    box = page.locator(".v-strip").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * share, box["y"] + 60, steps=5)


def test_a_drag_shows_the_numbers_of_core_and_comes_to_rest_in_the_address(visit):
    page = visit(f"{SLUG}?lang=en")
    expect(page.locator(".v-tiles dd").first).to_have_text(expected(0.5)[0])
    drag(page, 0.35)
    during = float(page.locator(".v-grip-text").text_content())
    assert 0.05 < during < 0.3
    assert readings(page) == expected(during)
    page.mouse.up()
    page.wait_for_timeout(400)
    settle(page)
    state = parse_qs(urlparse(page.evaluate("location.href")).query)
    assert float(state[f"{SLUG}_threshold"][0]) == during
    assert expected(during)[0] in page.locator(".v-formula").first.text_content()
    assert readings(page) == expected(during)


def test_keys_move_the_threshold_and_a_cell_shows_who_is_in_it(visit):
    page = visit(f"{SLUG}?lang=ru")
    page.locator(".v-handle").focus()
    page.keyboard.press("ArrowLeft")
    assert readings(page) == expected(0.49)
    page.keyboard.press("End")
    assert readings(page) == ["—", "0.000", "0.000", "0.900"]
    page.keyboard.press("Home")
    page.locator('[data-name="TP"]').press("Enter")
    expect(page.locator(".v-people-head b")).to_have_text("TP · найденные: 80")
    page.wait_for_timeout(300)
    settle(page)
    again = visit(page.evaluate("location.href"))
    expect(again.locator(".v-people-head b")).to_have_text("TP · найденные: 80")


@pytest.mark.parametrize("width", [390, 1400])
def test_nothing_is_wider_than_the_page(visit, width):
    page = visit(f"{SLUG}?lang=ru", width=width)
    expect(page.locator(".v-face").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    root = page.locator(".v-scores").bounding_box()
    for chart in page.locator(".v-scores svg").all():
        box = chart.bounding_box()
        assert box["x"] + box["width"] <= root["x"] + root["width"] + 1
