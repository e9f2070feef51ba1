"""One HTTP exchange over a real socket, kept byte for byte.

A check must see what a client library would hide: a redirect before it is followed, a body behind a 204, a status
line that is no status line. So the bytes are read from the socket first and parsed afterwards.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any

# Seconds that one request may take from connecting to the last byte.
TIME_LIMIT = 5.0
# Bytes of one answer that are read at most.
SIZE_LIMIT = 2_000_000


class NoReply(Exception):
    """No HTTP response came back.

    ``kind`` is one of ``refused``, ``closed``, ``late``, ``endless``, ``malformed``; ``got`` tells it in words.
    """

    def __init__(self, kind: str, got: str) -> None:
        super().__init__(got)
        self.kind = kind
        self.got = got


@dataclass(frozen=True)
class Reply:
    """One final HTTP response."""

    status_line: str
    code: int
    headers: Message
    body: bytes
    raw: bytes

    @property
    def surplus(self) -> bytes:
        """Return the bytes behind the header section, whether or not HTTP lets them count as content."""
        return self.raw.partition(b"\r\n\r\n")[2]

    @property
    def media_type(self) -> str:
        """Return the media type without parameters, in lower case; empty when there is no Content-Type."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def exchange(
    address: tuple[str, int],
    method: str,
    target: str,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    time_limit: float = TIME_LIMIT,
) -> Reply:
    """Send one request and return the final response. Raise :exc:`NoReply` when there is none."""
    fields = {"Host": f"{address[0]}:{address[1]}", "Connection": "close", "Accept": "*/*", **(headers or {})}
    if body or method in ("POST", "PUT", "PATCH"):
        fields.setdefault("Content-Length", str(len(body)))
    head = "".join([f"{method} {target} HTTP/1.1\r\n", *(f"{name}: {value}\r\n" for name, value in fields.items())])
    return parse(_talk(address, head.encode("latin-1") + b"\r\n" + body, time_limit), method)


def _talk(address: tuple[str, int], request: bytes, time_limit: float) -> bytes:
    """Send the bytes and read until the server closes the connection."""
    deadline = time.monotonic() + time_limit
    received = bytearray()
    try:
        with socket.create_connection(address, timeout=time_limit) as connection:
            _send(connection, request)
            while block := _receive(connection, deadline):
                received += block
                if len(received) > SIZE_LIMIT:
                    raise NoReply("endless", f"more than {SIZE_LIMIT:,} bytes: reading stopped there")
    except TimeoutError:
        raise NoReply("late", f"no complete answer within {time_limit:g} s") from None
    except ConnectionRefusedError:
        raise NoReply("refused", "nobody listens: the connection was refused") from None
    except OSError:
        # A reset after the answer is the server's way of not reading a request body: the answer counts.
        if not received:
            raise NoReply("closed", "the connection was closed without an answer") from None
    if not received:
        raise NoReply("closed", "the connection was closed without an answer")
    return bytes(received)


def _send(connection: socket.socket, request: bytes) -> None:
    try:
        connection.sendall(request)
        # Nothing more will be sent. Werkzeug would wait 10 ms for more before it closes the connection.
        connection.shutdown(socket.SHUT_WR)
    except OSError:
        # The server may answer (413, say) and close before it has read everything: its answer is still to be read.
        return


def _receive(connection: socket.socket, deadline: float) -> bytes:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection.settimeout(left)
    return connection.recv(65536)


class _Bytes:
    """Give bytes to :class:`http.client.HTTPResponse`, which asks a socket for a file."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    def makefile(self, *_: Any) -> io.BytesIO:
        return io.BytesIO(self.raw)


def parse(raw: bytes, method: str = "GET") -> Reply:
    """Parse the bytes of one response. Raise :exc:`NoReply` when HTTP clients could not read them."""
    raw = _without_interim(raw)
    status_line = raw.partition(b"\r\n")[0].decode("latin-1")
    response = http.client.HTTPResponse(_Bytes(raw), method=method)  # type: ignore[arg-type]
    try:
        response.begin()
        body = response.read()
    except http.client.IncompleteRead as error:
        raise NoReply(
            "malformed", f"{status_line}, but the content breaks off after {len(error.partial)} bytes"
        ) from None
    except (http.client.HTTPException, ValueError):
        raise NoReply("malformed", f"{status_line[:80]!r}, which is not a valid response") from None
    return Reply(status_line, response.status, response.headers, body, raw)


def _without_interim(raw: bytes) -> bytes:
    """Drop interim responses (1xx other than 101) that a final response follows (RFC 9110 §15.2)."""
    while raw.startswith(b"HTTP/1.1 1") and raw[9:12] != b"101":
        rest = raw.partition(b"\r\n\r\n")[2]
        if not rest.startswith(b"HTTP/"):
            break
        raw = rest
    return raw
