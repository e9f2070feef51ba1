"""Read zip archives without unpacking them: nothing is written, and nothing in them can fill the memory."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from .notebook import SIZE_LIMIT

# Bytes in which the lesson of a large notebook is looked for.
PEEK = 1_000_000
# Bytes of an archive inside of another, bytes of an archive's table of contents, entries that are listed.
NESTED_LIMIT = 64_000_000
CONTENTS_LIMIT = 16_000_000
ENTRY_LIMIT = 50_000
# Archives that are open at the same time.
OPEN_LIMIT = 3
# What was compressed more than this, and is larger than that, is not opened.
RATIO_LIMIT, RATIO_FROM = 300, 4_000_000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    struct.error,
    LookupError,
    OverflowError,
)


class Closed(Exception):
    """Something cannot be read; the message is the name of a flag."""


@dataclass
class Entry:
    """One entry of an archive: its name in parts, and how to read it."""

    parts: tuple[str, ...]
    is_folder: bool
    size: int
    read: Callable[[], bytes]
    peek: Callable[[], bytes]
    flags: list[str] = field(default_factory=list)


class Shelf:
    """The archives that are open: a few, those that were read last. A ``with`` closes all of them at its end."""

    def __init__(self) -> None:
        self._open: OrderedDict[Archive, _Owning] = OrderedDict()

    def __enter__(self) -> Shelf:
        return self

    def __exit__(self, *problem: object) -> None:
        while self._open:
            self._open.popitem()[1].close()

    def take(self, archive: Archive) -> zipfile.ZipFile:
        """Return an archive, opened."""
        if archive not in self._open:
            opened = archive.opened()
            while len(self._open) >= OPEN_LIMIT:
                self._open.popitem(last=False)[1].close()
            self._open[archive] = opened
        self._open.move_to_end(archive)
        return self._open[archive]


@dataclass(eq=False)
class Archive:
    """A zip archive. ``open_file`` gives its bytes as a file."""

    open_file: Callable[[], io.BufferedIOBase | io.BytesIO]
    shelf: Shelf

    def entries(self) -> Iterator[Entry]:
        """Give what is in the archive. Raise :exc:`Closed` where nothing can be known of it."""
        infos = self.shelf.take(self).infolist()
        for place, info in enumerate(infos[:ENTRY_LIMIT]):
            yield self._entry(place, info)
        if len(infos) > ENTRY_LIMIT:
            raise Closed("archive too large")

    def _entry(self, place: int, info: zipfile.ZipInfo) -> Entry:
        name = _name(info)
        raw = re.split(r"[/\\]", name)
        parts = tuple(part for part in raw if part not in ("", ".", "..") and not re.fullmatch(r"[A-Za-z]:", part))
        unsafe = name[:1] in ("/", "\\") or ".." in raw or bool(re.match(r"[A-Za-z]:", name))
        is_folder = info.is_dir() or name.endswith(("/", "\\"))
        flags = ["unsafe name"] if unsafe else []
        refused = _refused(info)
        if refused and not is_folder:
            flags.append(refused)
        return Entry(
            parts,
            is_folder,
            info.file_size,
            lambda: self._read(place, info, refused),
            lambda: self._read(place, info, refused, PEEK),
            flags,
        )

    def _read(self, place: int, info: zipfile.ZipInfo, refused: str, beginning: int = 0) -> bytes:
        if refused:
            raise Closed(refused)
        limit = NESTED_LIMIT if info.filename.lower().endswith(".zip") else SIZE_LIMIT
        if info.file_size > limit and not beginning:
            raise Closed("too large")
        archive = self.shelf.take(self)
        try:
            with archive.open(archive.infolist()[place]) as file:
                return file.read(beginning or limit)
        except _DAMAGE:
            raise Closed("damaged archive") from None

    def opened(self) -> _Owning:
        """Return it as a file of its own that is to be closed. Raise :exc:`Closed` where that is impossible."""
        try:
            file = self.open_file()
            _refuse_long_contents(file)
            return _Owning(file)
        except _DAMAGE:
            raise Closed("damaged archive") from None


class _Owning(zipfile.ZipFile):
    """An archive that closes its file."""

    def __init__(self, file: io.BufferedIOBase | io.BytesIO) -> None:
        self._file = file
        try:
            super().__init__(file)  # type: ignore[arg-type]
        except BaseException:
            file.close()
            raise

    def close(self) -> None:
        super().close()
        self._file.close()


def _refuse_long_contents(file: io.BufferedIOBase | io.BytesIO) -> None:
    """Raise :exc:`Closed` for an archive whose table of contents alone would fill the memory."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 66_000))
    tail = file.read(66_000)
    file.seek(0)
    place = tail.rfind(b"PK\x05\x06")
    length = struct.unpack("<L", tail[place + 12 : place + 16])[0] if 0 <= place <= len(tail) - 16 else 0
    large = tail.rfind(b"PK\x06\x06")
    if length == 0xFFFFFFFF and 0 <= large <= len(tail) - 48:
        length = struct.unpack("<Q", tail[large + 40 : large + 48])[0]
    if length > CONTENTS_LIMIT:
        file.close()
        raise Closed("archive too large")


def _refused(info: zipfile.ZipInfo) -> str:
    if stat.S_ISLNK(info.external_attr >> 16):
        return "symbolic link"
    if info.flag_bits & 0x1:
        return "encrypted"
    if info.compress_type not in _METHODS:
        return "unknown archive"
    if info.file_size > RATIO_FROM and info.file_size > RATIO_LIMIT * max(1, info.compress_size):
        return "suspicious compression"
    return ""


def _name(info: zipfile.ZipInfo) -> str:
    """Return the name of an entry: many archives hold UTF-8 without saying so."""
    if not info.flag_bits & 0x800:
        try:
            return info.orig_filename.encode("cp437").decode("utf-8").partition("\0")[0]
        except (UnicodeEncodeError, UnicodeDecodeError):
            pass
    return info.filename
