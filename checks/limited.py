"""Run code of an answer under a time limit, and describe what it raises."""

from __future__ import annotations

import os
import sysconfig
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flask
import requests
import werkzeug

from server.background import interrupt

from .plain import exact_text, kind_names

# Code in these folders is not the learner's.
_FOLDERS = {
    *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
    *(str(Path(module.__file__).parent.parent) for module in (flask, requests, werkzeug)),
    *(str(Path(__file__).parent.parent / name) for name in ("server", "checks", "lessons", "classroom", "course")),
}
_LIBRARIES = (*(folder + os.sep for folder in _FOLDERS), "<frozen")


@dataclass(frozen=True)
class Raised:
    """An exception of the answer. ``kinds`` are the names of its class and of the classes that one inherits from."""

    kinds: tuple[str, ...]
    text: str
    # The line of the learner's cell or file; None when the exception did not come from there.
    line: int | None = None
    # The name of that file; empty when it is a cell.
    file: str = ""

    def where(self) -> str:
        """Return where it was raised, to stand behind its text; empty when that is unknown."""
        return f", line {self.line} of {self.file or 'the cell'}" if self.line else ""

    def __str__(self) -> str:
        return f"{self.kinds[0]}: {self.text}" if self.text else self.kinds[0]


class Unreachable(Exception):
    """The answer is not there, does not finish, or died: always the learner's matter, told in words."""

    def __init__(self, asked: str, got: str, why: str, *, late: bool = False, blank: bool = False) -> None:
        super().__init__(got)
        self.asked = asked
        self.got = got
        self.why = why
        self.late = late
        self.blank = blank


def run_limited(function: Callable[[], Any], limit: float, asked: str) -> tuple[Any, Raised | None]:
    """Run ``function`` for ``limit`` seconds at most. Return its value, or the exception it raised.

    Raise :exc:`Unreachable` when it does not finish; it is interrupted then.
    """
    result: list[tuple[Any, Raised | None]] = []

    def run() -> None:
        try:
            result.append((function(), None))
        except BaseException as error:
            result.append((None, raised_by(error)))

    thread = threading.Thread(target=run, daemon=True, name="answer")
    thread.start()
    thread.join(limit)
    if thread.is_alive():
        interrupt(thread)
        raise Unreachable(
            asked,
            f"did not finish within {limit:g} s",
            "Look for an endless loop, or for a request without `timeout=`: whoever waits for this waits for ever.",
            late=True,
        )
    if not result:
        raise Unreachable(asked, "ended without a result", "Your code ended the thread it ran in: let it return.")
    return result[0]


def raised_by(error: BaseException) -> Raised:
    """Describe an exception, even one whose text cannot be had."""
    try:
        text = exact_text(str(error), 500)
    except BaseException:
        text = ""
    frames = [(frame.f_code.co_filename, line or 0) for frame, line in traceback.walk_tb(error.__traceback__)]
    return Raised(kind_names(type(error)), text, *place_of_learner(frames))


def place_of_learner(frames: Sequence[tuple[str, int]]) -> tuple[int | None, str]:
    """Return the line of the innermost frame that is the learner's own code, and the name of the file it is in.

    A notebook's cell has no file, or one that a debugger made.
    """
    for filename, line in reversed(frames):
        if not filename.startswith(_LIBRARIES):
            in_file = os.path.isfile(filename) and "ipykernel" not in filename
            return line, os.path.basename(filename) if in_file else ""
    return None, ""


@contextmanager
def in_time_zone(name: str | None) -> Iterator[None]:
    """Let local time be that of a time zone, where the system can be told to."""
    if name is None or not hasattr(time, "tzset"):
        yield
        return
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()
