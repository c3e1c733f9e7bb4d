"""One file out of an archive: by its exact name, no larger than said, and never put where the archive says."""

from __future__ import annotations

import io

import pytest
from made import tarred, zipped

from core.data.archives import read_member
from core.errors import Refusal

LINES = b"one\ntwo\n" * 200


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_member_is_read_by_its_exact_name(pack):
    archive = io.BytesIO(pack({"a/lines.txt": LINES, "lines.txt": b"another"}))
    assert read_member(archive, ("a/lines.txt",)) == LINES
    assert read_member(archive, ("lines.txt",)) == b"another"
    for name in ("LINES.txt", "a/../lines.txt", "a", "", "/lines.txt"):
        with pytest.raises(Refusal, match="There is no"):
            read_member(archive, (name,))


def test_archives_inside_archives_are_opened_from_the_outside_in():
    inner = tarred({"deep/lines.txt": LINES})
    archive = io.BytesIO(tarred({"x/inner.tar.gz": inner}))
    assert read_member(archive, ("x/inner.tar.gz", "deep/lines.txt")) == LINES
    with pytest.raises(Refusal, match=r"deep/other\.txt"):
        read_member(archive, ("x/inner.tar.gz", "deep/other.txt"))
    with pytest.raises(Refusal, match="damaged"):
        read_member(io.BytesIO(zipped({"a": b"no archive"})), ("a", "b"))


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_truncated_archive_is_a_sentence(pack):
    whole = pack({"lines.txt": bytes(range(256)) * 40})
    for share in (0.0, 0.1, 0.5, 0.9):
        with pytest.raises(Refusal):
            read_member(io.BytesIO(whole[: int(len(whole) * share)]), ("lines.txt",))


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_nothing_larger_than_said_is_read(pack):
    archive = io.BytesIO(pack({"lines.txt": b"\0" * 5_000_000}))
    assert len(archive.getvalue()) < 50_000
    with pytest.raises(Refusal, match="larger than 1000000 bytes"):
        read_member(archive, ("lines.txt",), most=1_000_000)


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_that_climb_out_have_no_effect(pack, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    archive = io.BytesIO(pack({"../escaped.txt": b"bad", "/tmp/escaped.txt": b"bad", "lines.txt": LINES}))
    assert read_member(archive, ("lines.txt",)) == LINES
    assert list(tmp_path.iterdir()) == []
    assert not (tmp_path.parent / "escaped.txt").exists()


def test_a_link_is_not_followed(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    with pytest.raises(Refusal, match="There is no"):
        read_member(io.BytesIO(tarred({"a": b"a"}, {"lines.txt": str(secret)})), ("lines.txt",))
    with pytest.raises(Refusal, match="There is no"):
        read_member(io.BytesIO(tarred({"a": b"a"}, {"lines.txt": "a"})), ("lines.txt",))
