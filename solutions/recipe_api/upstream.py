"""Asking another service, with a limit on the time that it takes all in all."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

# Bytes of an answer that are read at most.
SIZE_LIMIT = 1_000_000


class Unreachable(Exception):
    """There is no answer, or none in HTTP."""


class Late(Unreachable):
    """The answer was not complete in time."""


def fetch(url: str, seconds: float) -> tuple[int, bytes]:
    """GET a URL, without following redirects. Raise :exc:`Late` or :exc:`Unreachable` when no whole answer comes.

    The timeout of `requests`, and of a socket, starts anew with each byte that arrives: a server that sends one byte a
    second is never too late. So at the deadline a timer hangs up.
    """
    deadline = time.monotonic() + seconds
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    try:
        with closing(kind(parts.hostname or "", parts.port, timeout=seconds)) as connection:
            connection.connect()
            with _hanging_up(connection.sock, deadline):
                connection.request("GET", f"{parts.path}?{parts.query}", headers={"Accept": "application/json"})
                with connection.getresponse() as response:
                    body = response.read(SIZE_LIMIT + 1)
    except (OSError, HTTPException) as error:
        if isinstance(error, TimeoutError) or time.monotonic() >= deadline:
            raise Late from error
        raise Unreachable from error
    if time.monotonic() >= deadline:
        raise Late
    # `length` is what is missing of a Content-Length.
    if len(body) > SIZE_LIMIT or response.length:
        raise Unreachable
    return response.status, body


@contextmanager
def _hanging_up(connected: socket.socket, deadline: float) -> Iterator[None]:
    """End the conversation on a socket at the deadline, whatever it is waiting for."""

    def hang_up() -> None:
        with suppress(OSError):
            connected.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, deadline - time.monotonic()), hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
