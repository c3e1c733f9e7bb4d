"""Numbers for keeping: the file that a reader takes home holds the numbers of the page, and proves it when run."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import core
from core.attention import saturation, worked
from core.params import Params
from core.tables import Table, to_csv, to_notebook, to_script

ROOT = Path(core.__file__).parents[1]

Lab = tuple[Callable[[Any], Any], Params, tuple[Table, ...]]

VIEWS: list[tuple[Any, Params]] = [
    (worked, worked.WorkedParams.default("ru")),
    (worked, worked.WorkedParams(words="'\"\\ {x} </script> % \u2028", score="additive", heads=2, temperature=0.1)),
    (worked, worked.WorkedParams(mask="all")),
    (saturation, saturation.SaturationParams(d_k=512, is_scaled=False, seed=99)),
]


def lab(module: Any, params: Params) -> Lab:
    return module.run, params, module.tables(module.run(params))


# Runs each script as `__main__` in one fresh interpreter and tells how each ended.
DRIVER = """
import contextlib, io, json, runpy, sys, traceback
ended = []
for path in sys.argv[1:]:
    out, trouble = io.StringIO(), ""
    with contextlib.redirect_stdout(out):
        try:
            runpy.run_path(path, run_name="__main__")
        except Exception:
            trouble = traceback.format_exc()
    ended.append([out.getvalue(), trouble])
print(json.dumps(ended))
"""


def execute(folder: Path, *scripts: str) -> list[tuple[str, str]]:
    """Run scripts as a reader would, from the root of the repository: what each printed, and its traceback if any."""
    paths = [folder / f"view_{n}.py" for n in range(len(scripts))]
    for path, script in zip(paths, scripts, strict=True):
        path.write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-W", "error", "-c", DRIVER, *map(str, paths)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=600,
    )
    return [(out, trouble) for out, trouble in json.loads(done.stdout)]


def alter_a_number(script: str) -> str:
    """The same script, believing that the page had shown something slightly else."""
    head, seen, tail = script.partition("seen = {")
    name, colon, rest = tail.partition(": (")
    number = rest.split(",")[0].split("}")[0]
    return head + seen + name + colon + repr(float(number) * 1.001 + 0.01) + rest[len(number) :]


def test_a_csv_holds_every_number_in_full() -> None:
    values = np.array([[0.1, -2.0], [1 / 3, np.nan], [1e-300, -np.inf]])
    rows = ["a", 'b,\n"c"', "я"]
    text = to_csv([Table("t", rows, ["1", "2"], values), Table("s", ["x"], ["y"], np.float32([[0.1]]))])
    header, *lines = csv.reader(io.StringIO(text))
    assert header == ["table", "row", "column", "value"]
    assert [line[:3] for line in lines] == [*(["t", row, col] for row in rows for col in "12"), ["s", "x", "y"]]
    np.testing.assert_array_equal([float(line[3]) for line in lines[:6]], values.ravel())
    assert float(lines[6][3]) == float(np.float32(0.1))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(st.floats(), min_size=3, max_size=3), min_size=1, max_size=5))
def test_numbers_come_back_from_a_csv(values: list[list[float]]) -> None:
    matrix = np.array(values)
    text = to_csv([Table("t", [str(i) for i in range(len(values))], ["a", "b", "c"], matrix)])
    back = [float(row["value"]) for row in csv.DictReader(io.StringIO(text))]
    np.testing.assert_array_equal(np.reshape(back, matrix.shape), matrix)


@pytest.mark.parametrize("label", ["=1+1", "+1", "-1", "@cmd", "\tx"])
def test_a_label_that_a_spreadsheet_would_run_is_text(label: str) -> None:
    row = next(csv.DictReader(io.StringIO(to_csv([Table(label, [label], [label], np.ones((1, 1)))]))))
    assert [row["table"], row["row"], row["column"]] == [f"'{label}"] * 3


def test_ordinary_labels_stay_as_they_are() -> None:
    row = next(csv.DictReader(io.StringIO(to_csv([Table("", ["a=b"], ["жизнь"], np.ones((1, 1)))]))))
    assert [row["table"], row["row"], row["column"]] == ["", "a=b", "жизнь"]


def test_every_script_recomputes_its_view_and_agrees(tmp_path: Path) -> None:
    labs = [lab(module, params) for module, params in VIEWS]
    ended = execute(tmp_path, *(to_script(*one) for one in labs))
    for (_, _, tables), (out, trouble) in zip(labs, ended, strict=True):
        assert trouble == ""
        assert out.rstrip().endswith("agrees with the page")
        for table in tables:
            assert f"{table.name}\n{np.array2string(table.values, precision=4)}" in out


def test_a_script_fails_when_the_page_showed_something_else(tmp_path: Path) -> None:
    scripts = [to_script(*lab(module, params)) for module, params in VIEWS]
    altered = [alter_a_number(script) for script in scripts]
    # The same numbers asked of other parameters.
    altered.append(scripts[0].replace("temperature=1.0", "temperature=1.1"))
    assert not set(altered) & set(scripts)
    for out, trouble in execute(tmp_path, *altered):
        assert "AssertionError: ('" in trouble
        assert "agrees with the page" not in out


@pytest.mark.parametrize(("module", "params"), VIEWS)
def test_parameters_come_back_from_the_script(module: Any, params: Params) -> None:
    body = to_script(*lab(module, params)).split("params = ", 1)[1].split("\ntrace = ", 1)[0]
    assert eval(body, vars(module)) == params


@pytest.mark.parametrize(("module", "params"), VIEWS)
def test_the_notebook_is_valid_and_its_cells_run(
    module: Any, params: Params, capsys: pytest.CaptureFixture[str]
) -> None:
    text = to_notebook(*lab(module, params))
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert json.loads(text)["nbformat"] == 4
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code", "code", "code"]
    assert module.__name__ in notebook.cells[0].source
    names: dict[str, Any] = {}
    for cell in notebook.cells[1:]:
        exec(cell.source, names)
    assert capsys.readouterr().out.rstrip().endswith("agrees with the page")
    assert names["params"] == params


@pytest.mark.parametrize(("module", "params"), [VIEWS[0]])
def test_the_notebook_fails_when_the_page_showed_something_else(module: Any, params: Params) -> None:
    notebook = nbformat.reads(to_notebook(*lab(module, params)), as_version=4)
    names: dict[str, Any] = {}
    for cell in notebook.cells[1:3]:
        exec(cell.source, names)
    with pytest.raises(AssertionError):
        exec(alter_a_number(notebook.cells[3].source), names)


def test_a_notebook_is_the_same_each_time() -> None:
    assert to_notebook(*lab(*VIEWS[0])) == to_notebook(*lab(*VIEWS[0]))
