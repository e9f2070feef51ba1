"""How an answer is reached: over HTTP and with plain data, these two and nothing else, wherever the answer lives."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from server import Server
from server.background import was_asked

from .files import Files
from .limited import Raised, Unreachable, in_time_zone, place_of_learner, raised_by, run_limited
from .materials import make
from .plain import BLANK, Blank, decode, encode, kind_names

# Seconds that one call of a learner's function may take.
CALL_LIMIT = 10.0


@dataclass(frozen=True)
class Outcome:
    """What a call came to: a value or an exception, and the arguments as they are after it."""

    value: Any = None
    raised: Raised | None = None
    arguments: tuple[Any, ...] = ()
    # The very same list, dict or set came back as from an earlier call.
    repeated: bool = False


class Answer(Protocol):
    """An answer to an exercise, wherever it lives. Every method may raise :exc:`Unreachable`."""

    def make_app(self, factory: str, settings: Mapping[str, Any]) -> str:
        """Call a function that makes an app of settings; return the name under which that app can be asked."""

    def address(self, app: str = "app") -> tuple[str, int]:
        """Return host and port of a served app."""

    def fresh(self, app: str = "app") -> bool:
        """Tell whether nobody sent a request to an app before the check."""

    def crash(self, app: str, port: int) -> Raised | None:
        """Return the exception that a view let escape over the request which came from a port; None without one."""

    def make_folder(self) -> str:
        """Return the path of a new, empty folder for the files of an app."""

    def read_file(self, path: str) -> str:
        """Return the text of a file of an app; empty when there is no such file."""

    def ruin_file(self, path: str) -> None:
        """Make a file of an app, and what SQLite keeps beside it, unusable."""

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
    The files of its apps lie below ``place``, else where the system keeps temporary files. Close it to stop its servers
    and remove these files.
    """

    def __init__(
        self, namespace: dict[str, Any], given: Mapping[str, Any] | None = None, place: Path | None = None
    ) -> None:
        self._namespace = namespace
        self._given = dict(given or {})
        # Each served app: its server, and whether nobody had asked it before.
        self._served: dict[str, tuple[Server, bool]] = {}
        self._files = Files(place)
        self._returned: list[Any] = []
        self._messages = _Messages()

    def close(self) -> None:
        """Stop the servers, remove the files, and give the logging tree back as it was."""
        self._messages.close()
        for server, _ in self._served.values():
            server.stop()
        self._files.close()

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
                f"The task gives the name: your code must define `{first}` at its top level.",
            )
        for attribute in attributes:
            try:
                found = getattr(found, attribute)
            except Exception:
                kind = _kind(found)
                why = f"`{first}` must stay what the task gives: an object with `{attribute}`."
                raise Unreachable(f"the name {name}", f"{first} is of type {kind}", why) from None
        return found

    def make_app(self, factory: str, settings: Mapping[str, Any]) -> str:
        function, asked = self._find(factory), f"{factory}(settings)"
        if not callable(function) and function is not Ellipsis:
            raise Unreachable(asked, f"{factory} is of type {_kind(function)}", f"`{factory}` must be a function.")
        made, raised = NotImplemented, None
        if function is not Ellipsis:
            made, raised = run_limited(lambda: function(_copy(dict(settings))), CALL_LIMIT, asked)
        if raised is not None:
            why = "No app, no answers: this function must not raise."
            if "setup method" in raised.text:
                why = f"`{factory}` is called more than once: make a new Flask app in it each time."
            raise Unreachable(asked, f"raised {raised}{raised.where()}", why)
        if made is NotImplemented or made is Ellipsis:
            raise Unreachable(asked, "not attempted yet", f"Write `{factory}` and return the app.", blank=True)
        if not callable(made):
            why = f"`{factory}` must return the app that it made: `return app` is its last line."
            raise Unreachable(asked, f"returned an object of type {_kind(made)}", why)
        name = f"{factory} {len(self._given)}"
        self._given[name] = made
        return name

    def address(self, app: str = "app") -> tuple[str, int]:
        return "127.0.0.1", self._serve(app)[0].port

    def fresh(self, app: str = "app") -> bool:
        return self._serve(app)[1]

    def _serve(self, name: str) -> tuple[Server, bool]:
        if name not in self._served:
            app = self._find(name)
            if not callable(app):
                blank = app is Ellipsis
                got = "not attempted yet" if blank else f"{name} is of type {_kind(app)}"
                why = "Start with `app = Flask(__name__)` and keep `app`."
                raise Unreachable(f"the name {name}", got, why, blank=blank)
            fresh = not was_asked(app)
            self._served[name] = Server(app), fresh
        return self._served[name]

    def crash(self, app: str, port: int) -> Raised | None:
        server, _ = self._served.get(app, (None, True))
        for crash in reversed(server.crashes if server else ()):
            if crash.port == port:
                return Raised((crash.kind,), crash.text, *place_of_learner(crash.frames))
        return None

    def make_folder(self) -> str:
        return self._files.make_folder()

    def read_file(self, path: str) -> str:
        return self._files.read(path)

    def ruin_file(self, path: str) -> None:
        self._files.ruin(path)

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
                with in_time_zone(time_zone):
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
