"""What a visitor waits for before the first picture: nothing heavy that no room has asked for yet."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# What only some rooms need: imported there, inside the function that needs it.
LAZY = {
    *("transformers", "tokenizers", "safetensors", "huggingface_hub", "bertviz", "sklearn", "scipy", "nltk"),
    *("sacrebleu", "rouge_score", "seqeval", "umap", "shap", "numba", "gensim", "sentencepiece", "datasets"),
    *("matplotlib", "mpld3", "torchvision", "nbformat", "IPython", "psutil", "playwright", "pytest", "hypothesis"),
}


def loaded_by(code: str) -> set[str]:
    """Top-level packages that a fresh interpreter has after running `code`."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=300,
    )
    return {name.split(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


def test_what_is_loaded_can_be_seen() -> None:
    assert loaded_by("import nbformat") & LAZY == {"nbformat"}


def test_the_shell_and_the_first_room_load_only_what_every_room_needs() -> None:
    loaded = loaded_by("import pages._shared.shell, pages._shared.kit, core.attention.worked, core.figures.attention")
    assert {"streamlit", "numpy", "torch", "plotly", "pydantic"} <= loaded
    assert loaded & LAZY == set()


def test_the_shell_alone_does_not_wait_for_torch() -> None:
    """The map of the course shows while torch is still being imported in the background."""
    assert loaded_by("import pages._shared.shell") & (LAZY | {"torch"}) == set()


@pytest.mark.parametrize("module", ["core.catalog", "core.params", "core.arithmetic", "core.tables", "core.i18n"])
def test_the_small_modules_of_core_are_small(module: str) -> None:
    assert loaded_by(f"import {module}") & (LAZY | {"streamlit", "torch", "plotly", "pandas"}) == set()


def test_drawing_the_first_room_needs_nothing_more() -> None:
    """Streamlit imports pandas and pyarrow for widgets and data that ask for it: 65 MB that no room here needs."""
    visit = (
        "from streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('app.py', default_timeout=120).run()\n"
        "app.switch_page('pages/attention.py').run()\n"
        "assert app.title[0].value == 'Attention' and not app.exception\n"
    )
    started = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{visit.replace('app.py', str(ROOT / 'app.py'))}"
    assert loaded_by(started) & (LAZY - {"psutil"} | {"pandas", "pyarrow"}) == set()
