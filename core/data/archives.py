"""One file out of an archive, by its exact name.

Nothing is ever unpacked to where an archive says: a member is read into memory and whoever asked decides where it goes.
So `../` and absolute names in an archive, links and devices have no effect, and a member cannot be larger than it was
said to be.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
import zlib
from lzma import LZMAError
from typing import IO

from core.errors import Refusal
from core.i18n import Text

MOST_BYTES = 100_000_000


def read_member(archive: IO[bytes], names: tuple[str, ...], most: int = MOST_BYTES) -> bytes:
    """The content of `names[-1]`; the names before it are archives inside archives, from the outside in.

    A zip (a wheel) or a tar, compressed or not. `most`: bytes that any of them may have unpacked.

    Raises
    ------
    Refusal
        If the archive is damaged or has no such file, or the file is larger than `most`.
    """
    name, *inner = names
    try:
        content = _from_zip(archive, name, most) if zipfile.is_zipfile(archive) else _from_tar(archive, name, most)
    except (KeyError, NotADirectoryError):
        raise Refusal(
            Text("There is no {name} in the archive.", "В архиве нет файла {name}.").format(name=name)
        ) from None
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, LZMAError, EOFError, OSError, RuntimeError):
        raise Refusal(
            Text("The archive with {name} is damaged.", "Архив с файлом {name} повреждён.").format(name=name)
        ) from None
    if len(content) > most:
        raise Refusal(
            Text("{name} is larger than {most} bytes.", "Файл {name} больше {most} байт.").format(name=name, most=most)
        )
    return read_member(io.BytesIO(content), tuple(inner), most) if inner else content


def _from_zip(archive: IO[bytes], name: str, most: int) -> bytes:
    archive.seek(0)
    with zipfile.ZipFile(archive) as opened, opened.open(name) as member:
        return member.read(most + 1)


def _from_tar(archive: IO[bytes], name: str, most: int) -> bytes:
    archive.seek(0)
    with tarfile.open(fileobj=archive, mode="r:*") as opened:
        found = opened.getmember(name)
        if not found.isreg():
            raise NotADirectoryError
        member = opened.extractfile(found)
        assert member is not None
        content = member.read(most + 1)
        if len(content) < min(found.size, most + 1):
            raise EOFError
        return content
