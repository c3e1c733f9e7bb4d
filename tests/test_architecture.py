"""The direction of the arrows: pages → core, core.figures → core, never back. Read from the imports of every file."""

import ast
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT / "pages" / "_shared"
CORE = sorted((ROOT / "core").rglob("*.py"))
FIGURES = sorted((ROOT / "core" / "figures").rglob("*.py"))
SCIENCE = [path for path in CORE if path not in FIGURES]
PAGES = sorted((ROOT / "pages").rglob("*.py"))
SOURCES = [ROOT / "app.py", *CORE, *PAGES]
WORKSHOP = [path for folder in ("scripts", "bench") for path in sorted((ROOT / folder).rglob("*.py"))]


@cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))


def imports(tree: ast.Module, package: str = "") -> Iterator[str]:
    """Dotted names of all that is imported anywhere in a file, lazily or not; `package` resolves relative ones."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")
                base = ".".join(filter(None, [*parents[: len(parents) - node.level + 1], base]))
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("__import__", "import_module"):
            yield from (str(argument.value) for argument in node.args[:1] if isinstance(argument, ast.Constant))


def imported(path: Path) -> set[str]:
    return set(imports(parse(path), ".".join(path.relative_to(ROOT).parts[:-1])))


def is_under(name: str, *roots: str) -> bool:
    """Whether a dotted name is one of `roots` or inside one."""
    return any(name == root or name.startswith(f"{root}.") for root in roots)


def under(*roots: str) -> Callable[[Path], set[str]]:
    """What a file imports of `roots`."""
    return lambda path: {name for name in imported(path) if is_under(name, *roots)}


def attributes(path: Path) -> set[str]:
    """Every dotted expression of a file, such as `st.session_state.get`."""
    return {ast.unparse(node) for node in ast.walk(parse(path)) if isinstance(node, ast.Attribute)}


def calls(path: Path) -> set[str]:
    """The names of all that a file calls, as they stand there."""
    return {ast.unparse(node.func) for node in ast.walk(parse(path)) if isinstance(node, ast.Call)}


def offenders(paths: Sequence[Path], find: Callable[[Path], set[str]]) -> dict[str, set[str]]:
    """The files in which `find` finds something, and what."""
    assert paths
    return {path.relative_to(ROOT).as_posix(): found for path in paths if (found := find(path))}


def test_imports_are_found_wherever_they_hide() -> None:
    code = """
import a.b as c
from d import e
from . import f
from ..g import h
def later():
    import i
    importlib.import_module("j.k")
    __import__("l")
"""
    found = set(imports(ast.parse(code), "top.middle"))
    assert found == {"a.b", "d", "d.e", "top.middle", "top.middle.f", "top.g", "top.g.h", "i", "j.k", "l"}
    assert is_under("a.b", "a")
    assert is_under("a", "a")
    assert not is_under("ab", "a")


def test_the_sources_are_found_and_the_rules_can_bite() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in SOURCES}
    assert {"app.py", "core/params.py", "core/figures/theme.py", "pages/attention.py", "pages/_shared/kit.py"} <= names
    assert "core/figures/plots.py" in offenders(CORE, under("plotly"))
    assert "pages/home.py" in offenders(PAGES, under("streamlit"))
    assert "pages/attention.py" in offenders(PAGES, under("pages"))


def test_core_knows_no_frontend() -> None:
    assert offenders(CORE, under("streamlit", "pages", "app", "IPython", "tests")) == {}


def test_only_figures_know_plotly() -> None:
    assert offenders(SCIENCE, under("plotly", "matplotlib")) == {}


def test_the_science_does_not_know_its_pictures() -> None:
    assert offenders(SCIENCE, under("core.figures")) == {}


def test_pages_draw_through_core() -> None:
    """A page may name plotly's types for the type checker, and uses nothing of it at run time."""

    def used(path: Path) -> set[str]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
                node.body = [ast.Pass()]
        return {name for name in imports(tree) if is_under(name, "plotly", "matplotlib")}

    assert offenders(PAGES, used) == {}


def test_no_page_knows_another() -> None:
    """pages/_<room>/ is that room's own; everybody has pages/_shared/, which knows no room."""

    def strangers(path: Path) -> set[str]:
        room = path.relative_to(ROOT / "pages").with_suffix("").parts[0].removeprefix("_")
        own = ("pages._shared", f"pages._{room}")
        return {name for name in under("pages")(path) if name != "pages" and not is_under(name, *own)}

    assert offenders(PAGES, strangers) == {}


def test_only_one_module_caches() -> None:
    def caches(path: Path) -> set[str]:
        named = {name for name in attributes(path) if "cache_data" in name or "cache_resource" in name}
        return named | {name for name in under("streamlit")(path) if "cache" in name}

    assert list(offenders(SOURCES, caches)) == ["pages/_shared/cache.py"]


def test_only_one_module_touches_the_session_and_the_address() -> None:
    def touches(path: Path) -> set[str]:
        named = {name for name in attributes(path) if ".session_state" in name or ".query_params" in name}
        return named | under("streamlit.session_state", "streamlit.query_params")(path)

    assert list(offenders(SOURCES, touches)) == ["pages/_shared/state.py"]


def test_nothing_is_pickled() -> None:
    picklers = under("pickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal")
    assert offenders([*SOURCES, *WORKSHOP], picklers) == {}
    loaders = {"torch.load", "torch.save", "np.save"}
    assert offenders([*SOURCES, *WORKSHOP], lambda path: calls(path) & loaders) == {}


def test_nothing_that_came_from_outside_is_run() -> None:
    def trusting(path: Path) -> set[str]:
        given = {ast.unparse(node) for node in ast.walk(parse(path)) if isinstance(node, ast.keyword)}
        return given & {"allow_pickle=True", "trust_remote_code=True", "weights_only=False", "shell=True"}

    assert offenders([*SOURCES, *WORKSHOP], trusting) == {}


def test_no_html_goes_round_the_kit() -> None:
    def risky(path: Path) -> set[str]:
        keywords = {node.arg or "" for node in ast.walk(parse(path)) if isinstance(node, ast.keyword)}
        old = {name for name in attributes(path) if "components.v1" in name} | under("streamlit.components.v1")(path)
        return old | (keywords & {"unsafe_allow_html", "unsafe_allow_javascript"})

    assert offenders(SOURCES, risky) == {}


def test_nothing_is_printed_or_evaluated() -> None:
    forbidden = {"print", "breakpoint", "input", "eval", "exec", "compile"}
    assert offenders(SOURCES, lambda path: calls(path) & forbidden) == {}


def test_every_module_says_what_it_is() -> None:
    assert offenders(SOURCES, lambda path: set() if ast.get_docstring(parse(path)) else {"no docstring"}) == {}
