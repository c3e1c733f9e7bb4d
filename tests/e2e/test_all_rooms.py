"""Every room that stands, on a phone: it is drawn, nothing breaks or overflows, and nothing is asked of others."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import settle
from playwright.sync_api import expect

from core.catalog import TOPICS

pytestmark = pytest.mark.browser
PAGES = Path(__file__).resolve().parents[2] / "pages"
BUILT = [topic.slug for topic in TOPICS if (PAGES / f"{topic.slug}.py").exists()]
DRAWN = ".vidno > *"


@pytest.mark.parametrize("slug", BUILT)
def test_a_room_stands_on_a_phone(browser, app_url, slug):
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="ru-RU")
    page = context.new_page()
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(f"{app_url}/{slug}?lang=ru")
    expect(page.locator(DRAWN).first).to_be_visible(timeout=60_000)
    settle(page)
    assert page.locator("[data-testid=stException], .stException").count() == 0
    wide = page.evaluate(
        "document.querySelector('.stMain').scrollWidth - document.querySelector('.stMain').clientWidth"
    )
    context.close()
    assert faults == []
    assert wide <= 0
    own = (app_url, app_url.replace("http", "ws"), "data:", "blob:", "about:srcdoc")
    assert [url for url in asked if not url.startswith(own)] == []
