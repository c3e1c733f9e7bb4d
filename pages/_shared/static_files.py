"""Publishes what the browser loads: our components and plotly.min.js from the installed plotly package.

They go to `static/vendor/<digest>/`, which Streamlit serves from this very host; the digest changes with the files, so
a browser never mixes two versions. Nothing is fetched and nothing of other people's is kept in the repository.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from functools import cache
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "assets" / "components"
A_DAY = 24 * 3600.0
VENDOR = ROOT / "static" / "vendor"


def plotly_js() -> Path:
    """plotly.min.js of the installed package, found without importing plotly."""
    spec = find_spec("plotly")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "package_data" / "plotly.min.js"


@cache
def publish() -> str:
    """Copy the files once a process; returns the address of their folder, relative to the app's own."""
    own = {path.name: path.read_bytes() for path in sorted(SOURCES.glob("*.js"))}
    bundle = plotly_js()
    digest = hashlib.sha256(b"\0".join([*own.values(), str(bundle.stat().st_size).encode()])).hexdigest()[:12]
    folder = VENDOR / digest
    if not (folder / "plotly.min.js").exists():
        _write(folder, own, bundle)
    return f"app/static/vendor/{digest}"


def _write(folder: Path, own: dict[str, bytes], bundle: Path) -> None:
    # Built aside and moved in one step: another process may be starting at the same moment.
    aside = folder.with_name(f"{folder.name}.{os.getpid()}")
    aside.mkdir(parents=True, exist_ok=True)
    for name, content in own.items():
        (aside / name).write_bytes(content)
    shutil.copyfile(bundle, aside / "plotly.min.js")
    try:
        aside.rename(folder)
    except OSError:
        shutil.rmtree(aside, ignore_errors=True)
    for old in VENDOR.iterdir():
        # A server that started earlier may still serve the folder of its own version.
        if old.is_dir() and old != folder and time.time() - old.stat().st_mtime > A_DAY:
            with contextlib.suppress(OSError):
                shutil.rmtree(old)
