"""Find what was handed in, in folders and archives. No link is followed, and nothing that could block is opened."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from .archives import PEEK, Archive, Closed, Shelf
from .notebook import SIZE_LIMIT

FILE_LIMIT = 200_000
DEPTH_LIMIT = 20
CHECKPOINTS = ".ipynb_checkpoints"
# Archives inside of archives that are opened: one for the class, one for the student.
ARCHIVES_LIMIT = 2
_OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_NEVER = ("__MACOSX", "__pycache__", "node_modules", "site-packages", "Thumbs.db", "desktop.ini")


@dataclass
class Handed:
    """A file or a folder that was found: the names on the way to it, and how to read it."""

    parts: tuple[str, ...]
    is_folder: bool = False
    size: int = 0
    read: Callable[[], bytes] = bytes
    # How to read the beginning, of however large a file.
    peek: Callable[[], bytes] = bytes
    # Names of flags.
    flags: list[str] = field(default_factory=list)

    @property
    def where(self) -> str:
        """Return the way to it, as it is shown."""
        return "/".join(self.parts)

    @property
    def suffix(self) -> str:
        """Return the ending of its name in small letters."""
        return os.path.splitext(self.parts[-1])[1].lower()

    @property
    def is_checkpoint(self) -> bool:
        """Return whether it is a backup copy that Jupyter made."""
        return CHECKPOINTS in self.parts[:-1]


def text_of(name: str) -> str:
    """Return a file's name as text that can be written anywhere."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def find(path: Path, shelf: Shelf) -> Iterator[Handed]:
    """Give everything below a folder or in an archive, in a fixed order; a single file is given as it is.

    Archives can be read as long as the ``shelf`` is open.
    """
    if path.is_dir():
        yield from _limited(_in_folder(path, (), shelf))
    elif path.suffix.lower() == ".zip":
        yield from _limited(_in_archive(Archive(partial(_open, path), shelf), (), 1))
    else:
        yield _file(path, (text_of(path.name),), path.stat())


def _limited(found: Iterator[Handed]) -> Iterator[Handed]:
    for count, handed in enumerate(found):
        if count >= FILE_LIMIT:
            yield replace(handed, flags=["too many files"], read=_closed("too many files"))
            return
        yield handed


def _in_folder(folder: Path, parts: tuple[str, ...], shelf: Shelf) -> Iterator[Handed]:
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        yield Handed(parts, is_folder=True, flags=["unreadable"])
        return
    if any(entry.name == "pyvenv.cfg" for entry in found):
        return
    for entry in found:
        inner = (*parts, text_of(entry.name))
        if _is_hidden(entry.name):
            continue
        try:
            if entry.is_symlink():
                yield Handed(inner, flags=["symbolic link"], read=_closed("symbolic link"))
            elif not entry.is_dir(follow_symlinks=False):
                file = _file(Path(entry.path), inner, entry.stat(follow_symlinks=False))
                yield from _opened(file, 0, Archive(partial(_open, Path(entry.path)), shelf))
            elif len(inner) > DEPTH_LIMIT:
                yield Handed(inner, is_folder=True, flags=["nested too deeply"])
            else:
                yield Handed(inner, is_folder=True)
                yield from _in_folder(Path(entry.path), inner, shelf)
        except OSError:
            yield Handed(inner, flags=["unreadable"], read=_closed("unreadable"))


def _is_hidden(name: str) -> bool:
    # A name with two dots at its beginning hides nothing: somebody wrote it like that.
    hidden = name.startswith((".", "~$")) and not name.startswith("..")
    return (hidden and name != CHECKPOINTS) or name in _NEVER


def _file(path: Path, parts: tuple[str, ...], status: os.stat_result) -> Handed:
    if not stat.S_ISREG(status.st_mode):
        return Handed(parts, flags=["not a file"], read=_closed("not a file"))
    return Handed(parts, size=status.st_size, read=lambda: _read(path), peek=lambda: _read(path, PEEK))


def _open(path: Path) -> io.BufferedIOBase:
    """Open a file that may have become something else since it was listed."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Closed("not a file")
    return os.fdopen(descriptor, "rb")


def _read(path: Path, beginning: int = 0) -> bytes:
    try:
        with _open(path) as file:
            data = file.read(beginning or SIZE_LIMIT + 1)
    except OSError:
        raise Closed("unreadable") from None
    if len(data) > SIZE_LIMIT:
        raise Closed("too large")
    return data


def _closed(name: str) -> Callable[[], bytes]:
    def read() -> bytes:
        raise Closed(name)

    return read


def _opened(handed: Handed, depth: int, archive: Archive) -> Iterator[Handed]:
    """Give a file, or what is in it where it is an archive."""
    if handed.flags and handed.flags[0] != "unsafe name":
        yield handed
    elif handed.suffix in _OTHER_ARCHIVES:
        yield replace(handed, flags=["unknown archive"], read=_closed("unknown archive"))
    elif handed.suffix != ".zip":
        yield handed
    elif depth >= ARCHIVES_LIMIT:
        yield replace(handed, flags=["archive in an archive"], read=_closed("archive in an archive"))
    else:
        yield replace(handed, is_folder=True)
        yield from _in_archive(archive, handed.parts, depth + 1)


def _in_memory(handed: Handed) -> io.BytesIO:
    return io.BytesIO(handed.read())


def _in_archive(archive: Archive, parts: tuple[str, ...], depth: int) -> Iterator[Handed]:
    try:
        for entry in archive.entries():
            if not entry.parts or any(_is_hidden(part) for part in entry.parts):
                continue
            if len(entry.parts) > DEPTH_LIMIT:
                yield Handed(
                    (*parts, *entry.parts[:DEPTH_LIMIT]), flags=["nested too deeply"], read=_closed("nested too deeply")
                )
                continue
            handed = Handed((*parts, *entry.parts), entry.is_folder, entry.size, entry.read, entry.peek, entry.flags)
            inner = Archive(partial(_in_memory, handed), archive.shelf)
            yield from [handed] if entry.is_folder else _opened(handed, depth, inner)
    except Closed as problem:
        yield Handed(parts or ("",), flags=[str(problem)], read=_closed(str(problem)))
