"""The log of a background server: quiet, bounded, and read only when somebody asks for it."""

from __future__ import annotations

import io
import logging
import threading
from collections import deque
from typing import NamedTuple

LINES_KEPT = 1_000
LINE_LENGTH = 2_000


class LoggedRequest(NamedTuple):
    """One answered request."""

    method: str
    path: str
    status: int

    def __str__(self) -> str:
        return f"{self.method} {self.path} -> {self.status}"


class Log(io.TextIOBase):
    """Keep the last lines a server had to say, instead of printing them below whatever cell runs.

    It is the ``wsgi.errors`` stream of every request too, so Flask's tracebacks end up here.
    """

    def __init__(self) -> None:
        self.requests: deque[LoggedRequest] = deque(maxlen=LINES_KEPT)
        self._lines: deque[str] = deque(maxlen=LINES_KEPT)
        self._lock = threading.Lock()

    @property
    def lines(self) -> list[str]:
        """Return the kept lines, oldest first."""
        with self._lock:
            return list(self._lines)

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        with self._lock:
            self._lines.extend(line[:LINE_LENGTH] for line in text[-LINE_LENGTH * LINES_KEPT :].splitlines())
        return len(text)

    def add_request(self, method: str, path: str, status: int) -> None:
        """Note one answered request."""
        request = LoggedRequest(method, path[:LINE_LENGTH], status)
        self.requests.append(request)
        self.write(f"{request}\n")

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self.requests.clear()
            self._lines.clear()

    def __str__(self) -> str:
        return "\n".join(self.lines)

    def __repr__(self) -> str:
        return str(self) or "(nothing yet)"


class LastResort(logging.Handler):
    """Send a log record that no handler wants to the log of the request it belongs to.

    Python prints such records on stderr. In a notebook that is the stderr of whatever cell runs: it fails strict
    nbval and makes nbgrader award zero. Records from outside a request go where they always went.
    """

    def __init__(self, otherwise: logging.Handler) -> None:
        super().__init__(otherwise.level)
        self._otherwise = otherwise
        self._here = threading.local()

    def claim(self, log: Log) -> None:
        """Send the records of the calling thread to ``log`` from now on."""
        self._here.log = log

    def emit(self, record: logging.LogRecord) -> None:
        log = getattr(self._here, "log", None)
        if log is None:
            self._otherwise.handle(record)
        else:
            log.write(self.format(record) + "\n")
