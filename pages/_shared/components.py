"""Mounts our browser components (assets/components/*.js).

The script that Streamlit carries with every rerun is only a loader; the module itself is fetched once and kept by the
browser. Data is JSON: whatever a visitor typed is written with `textContent` on the other side.

The data do not travel with the component but in a hidden element before it (mail.js reads it there): what a component
carries itself reaches it two renderings and a painted frame later.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import streamlit as st

from pages._shared.static_files import publish

LOADER = """export default async function(c) {
  const at = (name) => import(new URL(`FOLDER/${name}.js`, document.baseURI));
  const [mail, module] = await Promise.all([at("mail"), at("NAME")]);
  mail.deliver(c, module.default);
}"""
# Inside JSON these stand for themselves, and HTML has nothing to read in them.
INERT = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&"})


def mount(name: str, key: str, data: dict[str, Any], **events: Callable[[], None]) -> Any:
    """Show the component `name`; `events` are its triggers (`on_<event>_change`). Returns Streamlit's result."""
    js = LOADER.replace("FOLDER", publish()).replace("NAME", name)
    renderer = st.components.v2.component(f"vidno_{name}", js=js, isolate_styles=False)
    packed = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    st.html(f'<i hidden data-mail="{key}">{packed.translate(INERT)}</i>')
    return renderer(key=key, data={"mail": key}, **events)
