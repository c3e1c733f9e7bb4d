"""Where tests of data fetch to."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    """An empty cache, with requests allowed."""
    monkeypatch.setenv("VIDNO_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("VIDNO_OFFLINE", raising=False)
    return tmp_path / "cache"
