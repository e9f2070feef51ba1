"""How an answer is reached: over HTTP and with plain data, these two and nothing else, wherever the answer lives."""

from __future__ import annotations

import logging
import os
import sysconfig
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from server import Server
from server.background import interrupt

from .materials import make
from .plain import BLANK, Blank, decode, encode

# Seconds that one call of a learner's function may take.
CALL_LIMIT = 10.0

# Code in these folders is not the learner's.
_LIBRARIES = (
    *{sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")},
    *(str(Path(__file__).parent.parent / package) for package in ("server", "checks", "lessons", "course")),
    "<frozen",
)


@dataclass(frozen=True)
class Raised:
    """An exception of the answer. ``kinds`` are the names of its class and of the classes that one inherits from."""

    kinds: tuple[str, ...]
    text: str
    # The line of the learner's cell or file; None when the exception did not come from there.
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.kinds[0]}: {self.text}" if self.text else self.kinds[0]


@dataclass(frozen=True)
class Outcome:
    """What a call came to: a value or an exception, and the arguments as they are after it."""

    value: Any = None
    raised: Raised | None = None
    arguments: tuple[Any, ...] = ()


class Unreachable(Exception):
    """The answer is not there, does not finish, or died: always the learner's matter, told in words."""

    def __init__(self, asked: str, got: str, why: str, *, late: bool = False, blank: bool = False) -> None:
        super().__init__(got)
        self.asked = asked
        self.got = got
        self.why = why
        self.late = late
        self.blank = blank


class Answer(Protocol):
    """An answer to an exercise, wherever it lives. Every method may raise :exc:`Unreachable`."""

    def address(self) -> tuple[str, int]:
        """Return host and port of the served ``app``."""

    def crash(self) -> Raised | None:
        """Return the newest exception that a view let escape since the last call, if there was one."""

    def messages(self) -> list[str]:
        """Return the log messages of level WARNING or higher so far."""

    def call(
        self,
        name: str,
        arguments: Sequence[Any],
        then: tuple[str, Sequence[Any]] | None = None,
        time_zone: str | None = None,
    ) -> Outcome:
        """Call a function by its name with plain data; ``then`` names a method to call on its result."""

    def read(self, name: str) -> Any:
        """Return the current value behind a name as plain data."""

    def change(self, name: str, action: str, key: Any = None, value: Any = None) -> None:
        """Change a value: ``action`` is ``assign``, ``put`` (an item), ``remove`` (an item) or ``add``."""


class LocalAnswer:
    """An answer in this process: the globals of a notebook, or of a file that was run.

    ``given`` holds objects that were passed by hand; they come before what the globals hold under the same name.
    Close it to stop its server.
    """

    def __init__(self, namespace: dict[str, Any], given: Mapping[str, Any] | None = None) -> None:
        self._namespace = namespace
        self._given = dict(given or {})
        self._server: Server | None = None
        self._crashes_seen = 0
        self._messages = _Messages()
        logging.getLogger().addHandler(self._messages)

    def close(self) -> None:
        """Stop the server and give the logging tree back as it was."""
        logging.getLogger().removeHandler(self._messages)
        if self._server is not None:
            self._server.stop()

    def _find(self, name: str) -> Any:
        first, *attributes = name.split(".")
        if first in self._given:
            found = self._given[first]
        elif first in self._namespace:
            found = self._namespace[first]
        else:
            raise Unreachable(
                f"the name {first}",
                f"there is no {first}",
                f"The task gives the name: your cell must define `{first}` at its top level.",
            )
        for attribute in attributes:
            try:
                found = getattr(found, attribute)
            except Exception:
                kind = type(found).__name__
                why = f"`{first}` must stay what the task gives: an object with `{attribute}`."
                raise Unreachable(f"the name {name}", f"{first} is of type {kind}", why) from None
        return found

    def address(self) -> tuple[str, int]:
        if self._server is None:
            app = self._find("app")
            if not callable(app):
                blank = app is Ellipsis
                got = "not attempted yet" if blank else f"app is of type {type(app).__name__}"
                raise Unreachable(
                    "the name app", got, "Start with `app = Flask(__name__)` and keep `app`.", blank=blank
                )
            self._server = Server(app)
        return "127.0.0.1", self._server.port

    def crash(self) -> Raised | None:
        if self._server is None or not self._server.crashes:
            return None
        crash = self._server.crashes.pop()
        self._server.crashes.clear()
        return Raised((crash.kind,), crash.text, line_of_learner(crash.frames))

    def messages(self) -> list[str]:
        return list(self._messages.texts)

    def call(
        self,
        name: str,
        arguments: Sequence[Any],
        then: tuple[str, Sequence[Any]] | None = None,
        time_zone: str | None = None,
    ) -> Outcome:
        function = self._find(name)
        if isinstance(function, Blank) or function is Ellipsis:
            return Outcome(BLANK)
        if not callable(function):
            raise Unreachable(
                f"the name {name}", f"{name} is of type {type(function).__name__}", f"`{name}` must be a function."
            )
        # A copy: an answer that changes its arguments must not change the check's own data.
        made = [make(decode(encode(argument))) for argument in arguments]

        def run() -> Any:
            with _in_time_zone(time_zone):
                value = function(*made)
                if then is not None and value is not NotImplemented:
                    value = getattr(value, then[0])(*then[1])
                return decode(encode(value))

        value, raised = run_limited(run, CALL_LIMIT, asked=f"{name}(...)")
        return Outcome(value, raised, tuple(decode(encode(argument)) for argument in made))

    def read(self, name: str) -> Any:
        return decode(encode(self._find(name)))

    def change(self, name: str, action: str, key: Any = None, value: Any = None) -> None:
        if action == "assign":
            self._namespace[name] = value
            self._given.pop(name, None)
            return
        target = self._find(name)
        try:
            if action == "put":
                target[key] = value
            elif action == "add":
                target.add(value)
            elif isinstance(target, set):
                target.discard(key)
            else:
                target.pop(key, None) if isinstance(target, dict) else target.remove(key)
        except Exception as error:
            raise Unreachable(
                f"the name {name}",
                f"{name} is of type {type(target).__name__}: {type(error).__name__}",
                f"The check changes `{name}` as the task says: keep the kind of value that was given.",
            ) from None


class _Messages(logging.Handler):
    """Keep the texts of log messages."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if len(self.texts) < 1_000:
            self.texts.append(record.getMessage()[:10_000])


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
    return result[0]


def raised_by(error: BaseException) -> Raised:
    """Describe an exception, even one whose text cannot be had."""
    try:
        text = str(error)[:500]
    except Exception:
        text = ""
    frames = [(frame.filename, frame.lineno or 0) for frame in traceback.extract_tb(error.__traceback__)]
    kinds = tuple(kind.__name__ for kind in type(error).__mro__ if kind is not object)
    return Raised(kinds, text, line_of_learner(frames))


def line_of_learner(frames: Sequence[tuple[str, int]]) -> int | None:
    """Return the line of the innermost frame that is the learner's own code."""
    for filename, line in reversed(frames):
        if not filename.startswith(_LIBRARIES):
            return line
    return None


@contextmanager
def _in_time_zone(name: str | None) -> Iterator[None]:
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
