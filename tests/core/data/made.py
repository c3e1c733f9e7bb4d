"""Small packages put together on the spot, and a download of them that makes no request."""

from __future__ import annotations

import io
import tarfile
import zipfile
from hashlib import sha256
from pathlib import Path

from core.data.packages import Member, Package


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(files: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for name, target in (links or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            archive.addfile(info)
    return out.getvalue()


def package_of(archive: bytes, path: tuple[str, ...], content: bytes, filename: str = "made-1.0-py3-none-any.whl"):
    member = Member("lines.txt", path, len(content), sha256(content).hexdigest())
    return Package("made", "1.0", filename, "aa/bb/cc", len(archive), sha256(archive).hexdigest(), (member,))


class Registry:
    """Stands for a download: puts `archive` where it is asked to, and counts."""

    def __init__(self, archive: bytes) -> None:
        self.archive, self.asked = archive, 0

    def __call__(self, package, part, tick) -> Path:
        self.asked += 1
        tick(0.5)
        path = part / package.filename
        path.write_bytes(self.archive)
        return path
