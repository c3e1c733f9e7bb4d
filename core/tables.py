"""Numbers for keeping: a trace as one CSV, and a script or notebook that computes it again."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.params import Params


@dataclass(frozen=True)
class Table:
    """A named matrix with the labels of its two axes."""

    name: str
    rows: Sequence[str]
    cols: Sequence[str]
    values: npt.NDArray[Any]


def to_csv(tables: Sequence[Table]) -> str:
    """Long form: `table,row,column,value`, full precision, one number a line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["table", "row", "column", "value"])
    for table in tables:
        for i, row in enumerate(table.rows):
            for j, col in enumerate(table.cols):
                writer.writerow([_safe(table.name), _safe(row), _safe(col), repr(float(table.values[i, j]))])
    return out.getvalue()


def _safe(label: str) -> str:
    """Spreadsheets run cells that begin like a formula; a leading apostrophe makes them text."""
    return f"'{label}" if label.startswith(("=", "+", "-", "@", "\t", "\r")) else label


def to_script(run: Callable[[Any], Any], params: Params, tables: Sequence[Table]) -> str:
    """A script that computes exactly this view with `core` and checks itself against the numbers seen on the page."""
    head, body, check = _cells(run, params, tables)
    return f"{head}\n\n{body}\n\n{check}\n"


def to_notebook(run: Callable[[Any], Any], params: Params, tables: Sequence[Table]) -> str:
    """The same as a Jupyter notebook (nbformat 4)."""
    import nbformat.v4 as nb

    head, body, check = _cells(run, params, tables)
    cells = [nb.new_markdown_cell(f"# Vidno: `{run.__module__}`")]
    cells += [nb.new_code_cell(source) for source in (head, body, check)]
    for n, cell in enumerate(cells):
        cell["id"] = f"cell-{n}"
    import nbformat

    return str(nbformat.writes(nb.new_notebook(cells=cells)))


def fingerprint(values: npt.NDArray[Any]) -> tuple[float, float]:
    """Two numbers that change when any value changes, its sign, or the order: the sum of |v|, and v times fixed noise.

    Infinities and NaN count as 0.
    """
    flat = np.asarray(values, dtype=np.float64).ravel()
    finite = np.where(np.isfinite(flat), flat, 0.0)
    noise = np.random.default_rng(0).standard_normal(finite.size)
    return float(np.abs(finite).sum()), float(finite @ noise)


def _cells(run: Callable[[Any], Any], params: Params, tables: Sequence[Table]) -> tuple[str, str, str]:
    module, cls = run.__module__, type(params)
    fields = "".join(f"    {name}={value!r},\n" for name, value in params.model_dump().items())
    head = (
        "# Run from the root of the Vidno repository: PYTHONPATH=. python this_file.py\n"
        "import numpy as np\n\n"
        f"from {cls.__module__} import {cls.__qualname__}\n"
        f"from {module} import {run.__name__}, tables\n"
        "from core.tables import fingerprint"
    )
    body = (
        f"params = {cls.__qualname__}(\n{fields})\n"
        f"trace = {run.__name__}(params)\n"
        "for table in tables(trace):\n"
        '    print(table.name, np.array2string(np.asarray(table.values), precision=4), sep="\\n")'
    )
    seen = {table.name: fingerprint(table.values) for table in tables}
    check = (
        "# The page showed numbers with these fingerprints; the same numbers must come out here.\n"
        f"seen = {seen!r}\n"
        "for table in tables(trace):\n"
        "    here = fingerprint(table.values)\n"
        "    assert np.allclose(here, seen[table.name], rtol=1e-4, atol=1e-5), (table.name, here, seen[table.name])\n"
        'print("agrees with the page")'
    )
    return head, body, check
