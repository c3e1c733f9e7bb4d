"""The registry: every entry complete, readable or a sentence; nothing asks for what it may not."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from core.data import fetch, registry
from core.data.packages import PACKAGES
from core.data.readers import Analogy, Labelled, Merges, Pair, polar
from core.data.registry import ENTRIES, Arrays, find, is_here, read
from core.errors import Refusal
from core.i18n import LANGS

ROOT = Path(__file__).resolve().parents[3]
NOTICE = (ROOT / "NOTICE").read_text(encoding="utf-8")
FETCHED = [entry for entry in ENTRIES if entry.package is not None]
# What each fetched entry holds: records, and how many of them.
FACTS = {
    "film_reviews": (Labelled, 10_605),
    "product_reviews": (Labelled, 3_708),
    "tweets": (Labelled, 4_200),
    "news_opinions": (Labelled, 5_190),
    "proverbs": (str, 6_173),
    "gpt2_merges": (Merges, 50_000),
    "questions_words": (Analogy, 19_544),
    "wordsim353": (Pair, 353),
    "simlex999": (Pair, 999),
}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_an_entry_is_complete(entry):
    assert entry.name.isidentifier()
    assert entry.name.islower()
    assert entry.authors
    assert entry.licence
    assert 1990 < entry.year <= 2026
    assert set(entry.langs) <= set(LANGS)
    assert entry.langs
    assert entry.credit
    assert entry.missing.ru != entry.missing.en
    if entry.package is None:
        assert entry.load is not None
        assert entry.origin in ("bundled", "library")
    else:
        assert entry.load is None
        assert entry.origin == "fetched"
        assert entry.package in PACKAGES
        assert entry.package.member(entry.file)
        assert entry.read_bytes is not None
        assert str(entry.package) in entry.credit


def test_names_are_unique_and_an_unknown_one_is_a_sentence():
    assert len({entry.name for entry in ENTRIES}) == len(ENTRIES)
    assert {entry.name for entry in FETCHED} == set(FACTS)
    with pytest.raises(Refusal, match="film_reviews"):
        find("nothing of the kind")


def check_gpt2(found):
    """Ids that are known from GPT-2, and the segmentation of the library tokenizer with the same merges."""
    ids = {piece: n for n, piece in enumerate(found.vocabulary)}
    assert len(found.pairs) == 50_000
    assert len(ids) == 50_257
    assert (ids["!"], ids["Hello"], ids["Ġworld"], ids["<|endoftext|>"]) == (0, 15496, 995, 50256)
    tokenizer = Tokenizer(models.BPE(ids, list(found.pairs)))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    assert tokenizer.encode("Hello world").ids == [15496, 995]
    assert len(tokenizer.encode("Привет").ids) > 3


@pytest.mark.parametrize("entry", FETCHED, ids=lambda entry: entry.name)
def test_fetched_data_is_as_described_or_refused_with_its_sentence(entry):
    """With a filled cache the facts are tested; without one, that the refusal says what is missing."""
    if not is_here(entry):
        with pytest.raises(Refusal) as refused:
            read(entry.name)
        assert refused.value.text == entry.missing
        assert str(entry.package) in entry.missing.ru
        return
    kind, count = FACTS[entry.name]
    found = read(entry.name)
    if kind is Merges:
        check_gpt2(found)
        return
    assert len(found) == count
    assert {type(record) for record in found} == {kind}
    assert read(entry.name) is found, "one object for everybody"
    if kind is Labelled:
        assert {record.source for record in found} == {entry.name}
        assert 0.17 < sum(record.split == "test" for record in found) / count < 0.23
    if entry.name == "film_reviews":
        kept, signs = polar(found)
        assert len(kept) == 10_043
        assert abs(np.mean(signs) - 0.5) < 0.01


@pytest.mark.parametrize("entry", FETCHED, ids=lambda entry: entry.name)
def test_with_an_empty_cache_everything_fetched_is_refused(cache, entry):
    assert not is_here(entry)
    with pytest.raises(Refusal) as refused:
        read(entry.name)
    assert refused.value.text == entry.missing
    assert not cache.exists(), "looking creates nothing"


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.package is None], ids=lambda entry: entry.name)
def test_what_is_not_fetched_is_always_there(cache, entry):
    assert is_here(entry)
    found = read(entry.name)
    assert read(entry.name) is found
    if entry.kind == "arrays":
        assert isinstance(found, Arrays)
        assert found.X.shape == (len(found.y), len(found.features))
        assert not found.X.flags.writeable
        if found.classes:
            assert set(found.y) == set(range(len(found.classes)))
    else:
        assert len(found) >= 40


def test_the_libraries_sets_have_the_sizes_that_are_said():
    assert read("digits").X.shape == (1797, 64)
    assert read("breast_cancer").X.shape == (569, 30)
    assert read("diabetes").X.shape == (442, 10)
    assert read("diabetes").classes == ()


@pytest.mark.parametrize("lang", LANGS)
def test_our_own_analogies_are_four_words_each_and_stand_once(lang):
    asked = read(f"analogies_{lang}")
    assert len(asked) == len(set(asked)) >= 40
    assert max(Counter((q.a, q.b, q.c, q.d) for q in asked).values()) == 1
    assert all(q.group and q.d not in (q.a, q.b, q.c) for q in asked)


def test_notice_names_what_is_bundled():
    for name in ("assets/vectors", "assets/frequencies", "PDDL-1.0", "CC BY-SA 4.0", "SUBTLEX"):
        assert name in NOTICE
    for package in PACKAGES:
        assert package.name in NOTICE
        assert package.version in NOTICE
        assert package.sha256 in NOTICE
    for path in [*(ROOT / "assets" / "vectors").rglob("*.*"), *(ROOT / "assets" / "frequencies").iterdir()]:
        assert fetch.hash_file(path) in NOTICE, path.name


def test_importing_the_registry_reads_nothing_and_imports_no_library():
    code = (
        "import sys, core.data, core.data.registry, core.data.vectors, core.data.frequencies\n"
        "heavy = {'torch', 'sklearn', 'pyarrow', 'pandas', 'urllib3', 'requests'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "assert core.data.registry._loaded.cache_info().currsize == 0\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=60)


def test_the_command_says_what_it_could_not_get_and_fails_only_when_asked_to(cache, monkeypatch):
    monkeypatch.setenv("VIDNO_OFFLINE", "1")
    command = [sys.executable, "-m", "scripts.fetch_data"]
    lenient = subprocess.run(command, check=True, cwd=ROOT, timeout=60, capture_output=True, text=True)
    assert lenient.stdout.count("VIDNO_OFFLINE=1") == sum(package.is_small for package in PACKAGES)
    strict = subprocess.run([*command, "--strict"], check=False, cwd=ROOT, timeout=60, capture_output=True)
    assert strict.returncode == 1
    unknown = subprocess.run([*command, "nothing"], check=False, cwd=ROOT, timeout=60, capture_output=True, text=True)
    assert "no such package" in unknown.stderr


def test_reading_makes_no_request(cache, monkeypatch):
    def forbidden(*_):
        raise AssertionError("a request")

    monkeypatch.setattr(fetch, "download_with_pip", forbidden)
    monkeypatch.setattr(fetch, "download_directly", forbidden)
    for entry in FETCHED:
        with pytest.raises(Refusal):
            registry.read(entry.name)
