"""Finds a Chromium for the browser tests and the benchmark; `--install` gets one where there is none."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
)
NONE = (
    "No Chromium was found, and none could be installed: install Chromium or Chrome, "
    "or name one with VIDNO_BROWSER=/path/to/chromium."
)


def find() -> str | None:
    """The executable: VIDNO_BROWSER, else the system's, else the one that playwright downloaded; None if none."""
    named = os.environ.get("VIDNO_BROWSER")
    if named:
        return named if Path(named).exists() else None
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def install() -> str | None:
    """Ask playwright for its own build; where that fails, as root, Debian's package."""
    attempt([sys.executable, "-m", "playwright", "install", "chromium"])
    if find() is None and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        attempt(["apt-get", "update", "-q"])
        attempt(["apt-get", "install", "-y", "-q", "chromium"])
    return find()


def attempt(command: list[str]) -> None:
    """Run it; what came of it is seen by looking for the browser again."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(command, check=False, timeout=600, env=env)


def main() -> int:
    found = find() or (install() if "--install" in sys.argv else None)
    print(found or NONE)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
