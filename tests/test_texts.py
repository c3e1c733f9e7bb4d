"""Every sentence of the house, read from the source: both languages, each written by its own rules."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = [*sorted((ROOT / "core").rglob("*.py")), *sorted((ROOT / "pages").rglob("*.py"))]

FIELD = re.compile(r"\{([^{}:!]+)(?:![rsa])?(?::[^{}]*)?\}")
WORD = re.compile(r"[^\W\d_]{2,}")
CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """A `Text(…)` that stands in the source with both its sentences."""

    where: str
    en: str
    ru: str


def literal(node: ast.expr) -> str | None:
    """The words of a string or f-string, with `{name}` for what is filled in; None for anything else."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        parts = (v if isinstance(v, ast.Constant) else ast.unparse(v.value) for v in node.values)
        return "".join(str(part.value) if isinstance(part, ast.Constant) else f"{{{part}}}" for part in parts)
    return None


def texts(code: str, name: str) -> tuple[list[Said], list[str]]:
    """All Texts of a file, and the places of those that are put together from parts."""
    found, composed = [], []
    for node in ast.walk(ast.parse(code, name)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Text":
            given = dict(zip(("en", "ru"), node.args, strict=False)) | {k.arg: k.value for k in node.keywords}
            en, ru = literal(given["en"]), literal(given["ru"])
            if en is None or ru is None:
                composed.append(f"{name}:{node.lineno}")
            else:
                found.append(Said(f"{name}:{node.lineno}", en, ru))
    return found, composed


READ = [texts(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()) for path in SOURCES]
ALL = [said for found, _ in READ for said in found]


def offenders(is_wrong: Callable[[Said], object]) -> list[Said]:
    return [said for said in ALL if is_wrong(said)]


def bare(words: str) -> str:
    """Without what is filled in."""
    return FIELD.sub("0", words)


def test_the_reader_of_texts_finds_them() -> None:
    code = 'a = Text("x {n:.1f}", f"y {n}")\nb = i18n.Text(en="c", ru="д")\nText(a + "x", "y")'
    found, composed = texts(code, "f")
    assert found == [Said("f:1", "x {n:.1f}", "y {n}"), Said("f:2", "c", "д")]
    assert composed == ["f:3"]
    assert len(ALL) > 300


def test_sentences_are_not_put_together_from_parts() -> None:
    composed = {where.split(":")[0] for _, places in READ for where in places}
    assert composed <= {"core/i18n.py", "core/params.py"}


def test_both_languages_speak() -> None:
    assert offenders(lambda t: not t.en.strip() or not t.ru.strip()) == []


def test_what_is_said_in_english_is_said_in_russian() -> None:
    def is_left_in_english(t: Said) -> bool:
        words = WORD.findall(bare(t.en))
        are_names = t.en == t.ru and all(any(map(str.isupper, word)) for word in words)
        return len(words) >= 3 and not are_names and not CYRILLIC.search(bare(t.ru))

    assert is_left_in_english(Said("", "the same words", "the same words"))
    assert offenders(is_left_in_english) == []


def test_no_russian_in_the_english() -> None:
    # A quoted word or a single letter may be talked about.
    assert offenders(lambda t: re.search("[а-яё]{2}", re.sub("“[^”]*”", "", t.en), re.IGNORECASE)) == []


def test_both_have_the_same_fields() -> None:
    assert offenders(lambda t: set(FIELD.findall(t.en)) != set(FIELD.findall(t.ru))) == []


def test_each_language_has_its_own_quotation_marks() -> None:
    assert offenders(lambda t: re.search('["“”„]', bare(t.ru)) or re.search(r"(^|\s)'|'(\s|$)", t.ru)) == []
    assert offenders(lambda t: re.search('["«»„]', bare(t.en)) or re.search(r"(^|\s)'\w", t.en)) == []
    for left, right, lang in (("«", "»", "ru"), ("“", "”", "en")):
        assert offenders(lambda t, a=left, b=right, c=lang: getattr(t, c).count(a) != getattr(t, c).count(b)) == []


def test_spaces_are_single_and_the_same_at_the_edges() -> None:
    assert offenders(lambda t: "  " in t.en.strip() or "  " in t.ru.strip()) == []
    assert offenders(lambda t: any(re.search(r"\S\s[,.;:!?](\s|$)", bare(w)) for w in (t.en, t.ru))) == []

    def edges(words: str) -> tuple[str, str]:
        return words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]

    assert offenders(lambda t: edges(t.en) != edges(t.ru)) == []


def test_a_dash_is_a_dash_and_an_ellipsis_one_sign() -> None:
    assert offenders(lambda t: re.search(r"\s--?\s|\.\.\.", f"{t.en} {t.ru}")) == []


def test_sentences_end_alike() -> None:
    def end(words: str) -> str:
        return words.rstrip()[-1] if words.rstrip()[-1] in ".?!:…" else ""

    assert offenders(lambda t: end(t.en) != end(t.ru)) == []


def test_russian_writes_a_decimal_comma() -> None:
    assert offenders(lambda t: re.search(r"(?<![\d.])\d+\.\d+(?![\d.])", FIELD.sub("", t.ru))) == []
