"""A real browser, and the app served to it from this very host."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.browser import FLAGS, NONE, find
from scripts.serving import serving


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; every test opens its own page."""
    executable = find()
    if executable is None:
        pytest.fail(NONE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    """The address of the app, started as a visitor's server would be and stopped after the last test."""
    with serving() as (url, _):
        yield url


@pytest.fixture
def visit(browser: Browser, app_url: str) -> Iterator[Callable[..., Page]]:
    """`visit("attention?lang=ru", width=390)` opens an address as a new visitor and waits for the page to settle."""
    contexts = []

    def opened(path: str, *, width: int = 1400, locale: str = "en-US", theme: str = "light") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            locale=locale,
            color_scheme=theme,  # type: ignore[arg-type]
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(path if path.startswith("http") else f"{app_url}/{path}")
        page.wait_for_selector("h1, .vidno, [data-testid=stAlert]", timeout=60_000)
        settle(page)
        return page

    yield opened
    for context in contexts:
        context.close()


# Resolves when no script runs and nothing on the page has changed or moved for a while. What plays by itself never
# comes to rest, so the patience is bounded.
QUIET = """() => new Promise((done) => {
  const running = () => document.querySelector("[data-test-script-state=running]");
  const frame = () => [...document.querySelectorAll(".vidno")].map((node) => node.getBoundingClientRect().toJSON());
  const start = performance.now();
  let since = start;
  let last = "";
  const changed = () => (since = performance.now());
  const watcher = new MutationObserver(changed);
  watcher.observe(document.body, { childList: true, subtree: true });
  const timer = setInterval(() => {
    const now = JSON.stringify(frame());
    if (running() || now !== last) changed();
    last = now;
    const time = performance.now();
    if (running() || (time - since < 500 && time - start < 15_000)) return;
    clearInterval(timer);
    watcher.disconnect();
    done();
  }, 50);
})"""


def settle(page: Page) -> None:
    """Wait until the page has come to rest."""
    page.evaluate(QUIET)
