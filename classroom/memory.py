"""The run's memory: ``results.jsonl``, one line for each submission that was judged, only ever added to.

Whatever moment the grader is killed at, every line that was finished is kept, and the next run goes on behind it.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO

from checks.report import BROKEN

from .folders import RESULTS as FILE
from .result import Result

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOCK = ".lock"
# Bytes: more are no header.
HEADER_LENGTH = 10_000
# Raised when older graders could not read what newer ones write.
FORMAT = 1


class MemoryProblem(Exception):
    """The results cannot be kept in this place; the message says why and what to do."""


@dataclass(frozen=True)
class Header:
    """What holds for all results of the file: its first line."""

    seed: str
    course: str

    def line(self) -> str:
        """Return the first line of the file."""
        return json.dumps({"course grade": FORMAT, "seed": self.seed, "course": self.course}) + "\n"

    @classmethod
    def parse(cls, line: bytes) -> Header | None:
        """Return the header that the line holds, None where it holds none."""
        try:
            data = json.loads(line)
            if data["course grade"] > FORMAT:
                raise MemoryProblem("A newer version of the course made these results: update this one.")
            return cls(str(data["seed"]), str(data["course"]))
        except (ValueError, TypeError, LookupError):
            return None


@dataclass(frozen=True)
class Entry:
    """Where the latest result of a student's lesson stands, and what it was made of."""

    place: int
    submission: str
    checks: str
    # The check itself failed: the submission deserves another try.
    broken: bool


@dataclass
class Results:
    """The results in a file, read one at a time: thousands of them need no more memory than one."""

    path: Path
    header: Header
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)
    # Numbers of the lines that are damaged: they are passed over.
    damaged: list[int] = field(default_factory=list)

    def read(self, student: str, lesson: str) -> Result:
        """Return the latest result of a student's lesson."""
        with self.path.open("rb") as file:
            file.seek(self.entries[student, lesson].place)
            return Result.from_json(json.loads(file.readline()))

    def note(self, place: int, result: Result) -> None:
        """Remember where a result stands."""
        broken = any(judged.state == BROKEN for judged in result.exercises)
        self.entries[result.student, result.lesson] = Entry(place, result.submission, result.checks, broken)


def read_results(path: Path) -> Results:
    """Read what a file of results, or the folder it lies in, holds. Raise :exc:`MemoryProblem` when it is none."""
    path = path / FILE if path.is_dir() else path
    try:
        with path.open("rb") as file:
            results = Results(path, _header(path, file))
            place = file.tell()
            for number, line in enumerate(file, start=2):
                try:
                    results.note(place, Result.from_json(json.loads(line)))
                except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
                    if line.endswith(b"\n"):
                        results.damaged.append(number)
                place += len(line)
            return results
    except FileNotFoundError:
        raise MemoryProblem(f"There are no results: {path} does not exist.") from None
    except OSError as error:
        raise MemoryProblem(f"{path} cannot be read: {error.strerror}.") from None


def _header(path: Path, file: BinaryIO) -> Header:
    header = Header.parse(file.readline(HEADER_LENGTH))
    if header is None:
        raise MemoryProblem(f"{path} does not start like the results of course grade.")
    return header


class Memory:
    """The results of a run, and the file that they are added to."""

    def __init__(self, results: Results, file: RawIOBase) -> None:
        self.results = results
        self._file = file

    def add(self, result: Result) -> None:
        """Append a result. Raise :exc:`OSError` when there is no place for it."""
        line = json.dumps(result.to_json(), separators=(",", ":")).encode() + b"\n"
        place = self._file.tell()
        try:
            if self._file.write(line) != len(line):
                # What a disk does that has no more room.
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            # Half a line would be taken for the start of the next one.
            self._file.truncate(place)
            raise
        self.results.note(place, result)


@contextmanager
def remembering(folder: Path, header: Header, *, anew: bool = False) -> Iterator[Memory]:
    """Open the memory in a folder, which is made where there is none; its own header is kept.

    With ``anew`` it starts empty. Raise :exc:`MemoryProblem` when the folder is somebody else's or in use.
    """
    path = folder / FILE
    with ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not path.exists() and any(not entry.name.startswith(".") for entry in folder.iterdir()):
                raise MemoryProblem(
                    f"{folder} has files in it that are not results of course grade. Name a new folder."
                )
            stack.enter_context(_alone(folder))
            if path.exists() and path.stat().st_size:
                # Nothing is changed before it is known to be ours.
                with path.open("rb") as file:
                    _header(path, file)
            if anew or not path.exists() or not path.stat().st_size:
                _start(path, header)
            _repair(path)
            added_to = stack.enter_context(path.open("r+b", buffering=0))
            added_to.seek(0, os.SEEK_END)
            memory = Memory(read_results(path), added_to)
        except OSError as error:
            raise MemoryProblem(f"{error.filename or folder} cannot be written: {error.strerror}.") from None
        yield memory


def _start(path: Path, header: Header) -> None:
    new = path.with_name(f".{path.name}.new")
    new.write_text(header.line(), "utf-8")
    new.replace(path)


def _repair(path: Path) -> None:
    """Take away a last line that was cut short: what it was about is judged again."""
    with path.open("r+b") as file:
        end = whole = file.seek(0, os.SEEK_END)
        while whole:
            start = max(0, whole - 65536)
            file.seek(start)
            found = file.read(whole - start).rfind(b"\n")
            if found >= 0:
                whole = start + found + 1
                break
            whole = start
        if whole != end:
            file.truncate(whole)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder for this process alone; the system gives it back however the process ends."""
    with (folder / LOCK).open("ab") as file:
        if fcntl is not None:
            try:
                # A record lock, since children that outlive a killed grader do not inherit it.
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except (BlockingIOError, PermissionError):
                raise MemoryProblem(f"Another run is writing to {folder}. Wait for its end, or stop it.") from None
        yield
