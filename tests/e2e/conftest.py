"""A real browser, and the app served to it from this very host."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as PlaywrightError

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# A browser asks its maker for updates and lists unless told not to: those requests are not ours.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--no-first-run",
]


def find_browser() -> str | None:
    """The browser of `VIDNO_BROWSER` or of this computer; None means playwright's own."""
    wished = os.environ.get("VIDNO_BROWSER")
    if wished and not shutil.which(wished):
        pytest.fail(f"VIDNO_BROWSER names {wished}, which is no program.")
    return wished or next((path for name in NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; every test opens its own page."""
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=find_browser(), headless=True, args=FLAGS)
        except PlaywrightError as error:
            pytest.fail(
                "Tests marked “browser” need Chromium or Chrome: install one, name it in VIDNO_BROWSER, or run "
                f"`playwright install chromium`. ({str(error).splitlines()[0]})"
            )
        yield chromium
        chromium.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, started as a visitor's server would be and stopped after the last test."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    log = tmp_path_factory.mktemp("app") / "log.txt"
    command = [
        *(sys.executable, "-m", "streamlit", "run", "app.py"),
        *("--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"),
    ]
    with log.open("wb") as out:
        app = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"VIDNO_RAISE": "0"}, stdout=out, stderr=out)
        try:
            deadline = time.monotonic() + 120
            while not is_healthy(url):
                if app.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"the app did not start:\n{log.read_text('utf-8', 'replace')[-2000:]}")
                time.sleep(0.2)
            yield url
        finally:
            app.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                app.wait(10)
            if app.poll() is None:
                app.kill()
                app.wait()
