"""The app in a real browser beside a bare Streamlit app, in alternation: `make bench`.

slider      : key press on the main slider of the attention room → the picture has changed
first load  : navigation → the room's picture is there (the bare app's: its chart)
memory      : resident set of the idle server after the bundled encoder has read a sentence

Targets: slider ≤ 0.7, first load ≤ 1.5, memory ≤ 450 MB. Times on a shared machine are noisy: only ratios count.
"""

from __future__ import annotations

import statistics
import sys
import time

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.browser import FLAGS, NONE, find
from scripts.serving import ROOT, serving

MOVES = 40
LOADS = 7
SENTENCE = "attention?lang=en&attention_lab=sentence"


# Time from the key press, as the page itself sees it, to the frame after the watched number or bar shows another value.
# A chart that is taken down and put up again counts when it is up again.
WATCH = """([selector, attribute]) => {
  const read = () => {
    const node = document.querySelector(selector);
    return node && (attribute ? node.getAttribute(attribute) : node.textContent);
  };
  const before = read();
  window.__taken = new Promise((done) => {
    let started;
    window.addEventListener("keydown", () => (started = performance.now()), { capture: true, once: true });
    const look = () => {
      const now = read();
      if (started === undefined || !now || now === before) requestAnimationFrame(look);
      else requestAnimationFrame(() => done(performance.now() - started));
    };
    requestAnimationFrame(look);
  });
}"""


def move(page: Page, watched: tuple[str, str], *, forward: bool) -> float:
    """Milliseconds from a key press on the first slider to the changed picture."""
    page.locator('[data-testid="stSlider"] input[type="range"]').first.focus()
    page.evaluate(WATCH, list(watched))
    page.keyboard.press("ArrowRight" if forward else "ArrowLeft")
    taken = float(page.evaluate("() => window.__taken"))
    page.wait_for_timeout(250)
    return taken


def load(browser: Browser, url: str, selector: str) -> float:
    """Milliseconds from navigation to the picture, in a fresh session with an empty cache."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-US")
    page = context.new_page()
    started = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_selector(selector, timeout=60_000)
    taken = (time.perf_counter() - started) * 1000
    context.close()
    return taken


def ratio(name: str, ours: list[float], theirs: list[float], target: float) -> None:
    a, b = statistics.median(ours), statistics.median(theirs)
    print(f"{name:<12} {a / b:5.2f}   ours {a:6.0f} ms, bare app {b:6.0f} ms, target ≤ {target}")


def main() -> int:
    executable = find()
    if executable is None:
        print(NONE)
        return 1
    bare_folder = ROOT / "bench" / "out"
    bare_folder.mkdir(parents=True, exist_ok=True)  # a folder without our config: the peer runs with defaults
    chart, board = ".js-plotly-plot .point path", ".v-board .v-cell"
    with (
        serving() as (ours, pid),
        serving(ROOT / "bench" / "bare_app.py", bare_folder) as (bare, _),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        room = f"{ours}/attention?lang=en"
        load(browser, room, board)
        load(browser, bare, chart)

        first: dict[str, list[float]] = {"ours": [], "bare": []}
        for _ in range(LOADS):
            first["ours"].append(load(browser, room, board))
            first["bare"].append(load(browser, bare, chart))

        pages = {}
        for name, url, selector in (("ours", room, board), ("bare", bare, chart)):
            pages[name] = browser.new_page(viewport={"width": 1400, "height": 900}, locale="en-US")
            pages[name].goto(url)
            pages[name].wait_for_selector(selector, timeout=60_000)
            pages[name].wait_for_timeout(2000)
        moves: dict[str, list[float]] = {"ours": [], "bare": []}
        watched = {"ours": ('[data-cell="weights.0.0"] text', ""), "bare": (chart, "d")}
        for n in range(MOVES):
            for name, page in pages.items():
                moves[name].append(move(page, watched[name], forward=n % 20 < 10))

        load(browser, f"{ours}/{SENTENCE}", ".v-heads .v-head")
        time.sleep(5)
        memory = psutil.Process(pid).memory_info().rss / 2**20
        browser.close()
    ratio("slider", moves["ours"], moves["bare"], 0.7)
    ratio("first load", first["ours"], first["bare"], 1.5)
    print(f"{'memory':<12} {memory:5.0f} MB resident with the encoder loaded, target ≤ 450")
    return 0


if __name__ == "__main__":
    sys.exit(main())
