"""Mounts our browser components (assets/components/*.js).

The script that Streamlit carries with every rerun is only a loader; the module itself is fetched once and kept by the
browser. Data is JSON: whatever a visitor typed is written with `textContent` on the other side.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import streamlit as st

from pages._shared.static_files import publish

LOADER = """export default async function(c) {
  const module = await import(new URL("FOLDER/NAME.js", document.baseURI));
  return module.default({ ...c, data: JSON.parse(c.data.json) });
}"""


def mount(name: str, key: str, data: dict[str, Any], **events: Callable[[], None]) -> Any:
    """Show the component `name`; `events` are its triggers (`on_<event>_change`). Returns Streamlit's result."""
    js = LOADER.replace("FOLDER", publish()).replace("NAME", name)
    renderer = st.components.v2.component(f"vidno_{name}", js=js, isolate_styles=False)
    # As one string: of a dictionary Streamlit would ask pandas, value by value, whether it is a table.
    packed = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return renderer(key=key, data={"json": packed}, **events)
