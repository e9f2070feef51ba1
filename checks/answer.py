"""How an answer is reached: over HTTP and with plain data, these two and nothing else, wherever the answer lives."""

from __future__ import annotations

import logging
import os
import sysconfig
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import flask
import requests
import werkzeug

from server import Server
from server.background import interrupt, was_asked

from .materials import make
from .plain import BLANK, Blank, decode, encode, exact_text, kind_names

# Seconds that one call of a learner's function may take.
CALL_LIMIT = 10.0

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

    def __str__(self) -> str:
        return f"{self.kinds[0]}: {self.text}" if self.text else self.kinds[0]


@dataclass(frozen=True)
class Outcome:
    """What a call came to: a value or an exception, and the arguments as they are after it."""

    value: Any = None
    raised: Raised | None = None
    arguments: tuple[Any, ...] = ()
    # The very same list, dict or set came back as from an earlier call.
    repeated: bool = False


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

    def fresh(self) -> bool:
        """Tell whether nobody sent a request to ``app`` before the check."""

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
        self._returned: list[Any] = []
        self._fresh = True
        self._messages = _Messages()

    def close(self) -> None:
        """Stop the server and give the logging tree back as it was."""
        self._messages.close()
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
                kind = _kind(found)
                why = f"`{first}` must stay what the task gives: an object with `{attribute}`."
                raise Unreachable(f"the name {name}", f"{first} is of type {kind}", why) from None
        return found

    def address(self) -> tuple[str, int]:
        if self._server is None:
            app = self._find("app")
            if not callable(app):
                blank = app is Ellipsis
                got = "not attempted yet" if blank else f"app is of type {_kind(app)}"
                raise Unreachable(
                    "the name app", got, "Start with `app = Flask(__name__)` and keep `app`.", blank=blank
                )
            self._fresh = not was_asked(app)
            self._server = Server(app)
        return "127.0.0.1", self._server.port

    def fresh(self) -> bool:
        self.address()
        return self._fresh

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
        if type(function) is Blank or function is Ellipsis:
            return Outcome(BLANK)
        if not callable(function):
            raise Unreachable(
                f"the name {name}", f"{name} is of type {_kind(function)}", f"`{name}` must be a function."
            )
        # Copies: an answer that changes its arguments must not change the check's own data.
        made = [make(_copy(argument), self._find) for argument in arguments]

        def run() -> Outcome:
            value, raised, repeated = None, None, False
            try:
                with _in_time_zone(time_zone):
                    value = function(*made)
                    if then is not None and value is not NotImplemented and value is not Ellipsis:
                        value = getattr(value, then[0])(*map(_copy, then[1]))
                value, repeated = _copy(value), self._came_before(value)
            except BaseException as error:
                value, raised = None, raised_by(error)
            return Outcome(value, raised, tuple(map(_copy, made)), repeated)

        outcome, raised = run_limited(run, CALL_LIMIT, asked=f"{name}(...)")
        return outcome or Outcome(raised=raised)

    def _came_before(self, value: Any) -> bool:
        """Tell whether this very list, dict or set was returned before. Earlier ones are kept, so none is reused."""
        if not issubclass(type(value), (list, dict, set)):
            return False
        known = any(value is earlier for earlier in self._returned)
        self._returned.append(value)
        return known

    def read(self, name: str) -> Any:
        found = self._find(name)
        if _runs_no_code(found):
            return _copy(found)
        # In a thread, because reading an object of the answer runs its code.
        value, raised = run_limited(lambda: _copy(found), CALL_LIMIT, asked=f"the name {name}")
        if raised is not None:
            why = f"`{name}` must hold plain data, as the task gives it."
            raise Unreachable(f"the name {name}", f"{name} is of type {_kind(found)}: {raised.kinds[0]}", why)
        return value

    def change(self, name: str, action: str, key: Any = None, value: Any = None) -> None:
        key, value = _copy(key), _copy(value)
        if action == "assign":
            self._namespace[name] = value
            self._given.pop(name, None)
            return
        target = self._find(name)
        _, raised = run_limited(lambda: _change(target, action, key, value), CALL_LIMIT, asked=f"the name {name}")
        if raised is not None:
            raise Unreachable(
                f"the name {name}",
                f"{name} is of type {_kind(target)}: {raised.kinds[0]}",
                f"The check changes `{name}` as the task says: keep the kind of value that was given.",
            )


def _copy(value: object) -> Any:
    """Return plain data, and nothing else, of any object."""
    return decode(encode(value))


def _kind(value: object) -> str:
    return kind_names(type(value))[0]


def _change(target: Any, action: str, key: Any, value: Any) -> None:
    if action == "put":
        target[key] = value
    elif action == "add":
        target.add(value)
    elif isinstance(target, set):
        target.discard(key)
    elif isinstance(target, dict):
        target.pop(key, None)
    else:
        target.remove(key)


class _Messages:
    """Keep the texts of log messages of level WARNING or higher, of every logger and whatever its handlers are."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._make_record = logging.getLogRecordFactory()
        logging.setLogRecordFactory(self._note)
        # With a handler at the root Flask adds none of its own, which would print below the cell that runs.
        self._silent = logging.NullHandler()
        logging.getLogger().addHandler(self._silent)

    def close(self) -> None:
        """Give the logging tree back as it was."""
        logging.getLogger().removeHandler(self._silent)
        logging.setLogRecordFactory(self._make_record)

    def _note(self, *arguments: Any, **more: Any) -> logging.LogRecord:
        record = self._make_record(*arguments, **more)
        if record.levelno >= logging.WARNING and len(self.texts) < 1_000:
            with suppress(Exception):
                self.texts.append(record.getMessage()[:10_000])
        return record


def _runs_no_code(value: Any, depth: int = 3) -> bool:
    """Tell whether a value is built of Python's own plain types alone, and small: reading it runs no learner's code."""
    if type(value) in (type(None), bool, int, float, str, bytes):
        return True
    if depth == 0 or type(value) not in (dict, list, tuple, set) or len(value) > 1_000:
        return False
    items = [*value.keys(), *value.values()] if type(value) is dict else value
    return all(_runs_no_code(item, depth - 1) for item in items)


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
    return Raised(kind_names(type(error)), text, line_of_learner(frames))


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
