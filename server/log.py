"""The log of a background server: quiet, bounded, and read only when somebody asks for it."""

from __future__ import annotations

import io
import logging
import threading
import traceback
from collections import deque
from typing import NamedTuple

from .tidy import visible

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
        self._requests: deque[LoggedRequest] = deque(maxlen=LINES_KEPT)
        self._lines: deque[str] = deque(maxlen=LINES_KEPT)
        self._lock = threading.Lock()

    @property
    def requests(self) -> list[LoggedRequest]:
        """Return the kept requests, oldest first."""
        with self._lock:
            return list(self._requests)

    @property
    def lines(self) -> list[str]:
        """Return the kept lines, oldest first."""
        with self._lock:
            return list(self._lines)

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        # A path may hold control characters, and a terminal obeys them.
        lines = [visible(line[:LINE_LENGTH]) for line in text[-LINE_LENGTH * LINES_KEPT :].splitlines()]
        with self._lock:
            self._lines.extend(lines)
        return len(text)

    def add_request(self, method: str, path: str, status: int) -> None:
        """Note one answered request."""
        request = LoggedRequest(method, path[:LINE_LENGTH], status)
        with self._lock:
            self._requests.append(request)
        self.write(f"{request}\n")

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._requests.clear()
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
            return
        try:
            text = self.format(record)
        except Exception:
            # A wrong logging call must not end the request that made it.
            text = traceback.format_exc()
        log.write(text + "\n")
