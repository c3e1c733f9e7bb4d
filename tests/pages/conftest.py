"""Rooms opened without a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]
Visit = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def raising(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page's own fault fails the test instead of becoming an apology; no test fetches anything."""
    monkeypatch.setenv("VIDNO_RAISE", "1")
    monkeypatch.setenv("VIDNO_OFFLINE", "1")


@pytest.fixture
def visit() -> Visit:
    """`visit(slug, lang, **query)` opens a room the way a visitor does: the app first, then the room."""

    def opened(slug: str = "", lang: str = "en", **query: Any) -> AppTest:
        app = AppTest.from_file(ROOT / "app.py", default_timeout=120)
        app.query_params["lang"] = lang
        app.run()
        if not slug:
            return app
        app.switch_page(f"pages/{slug}.py")
        for name, value in {"lang": lang, **query}.items():
            app.query_params[name] = value
        return app.run()

    return opened
