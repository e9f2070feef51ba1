"""One HTTP exchange over a real socket, kept byte for byte.

A check must see what a client library would hide: a redirect before it is followed, a body behind a 204, a status
line that is no status line. So the bytes are read from the socket first and parsed afterwards.
"""

from __future__ import annotations

import http.client
import io
import re
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
# Clients take a bare line feed for a line end too (RFC 9112 §2.2).
_END_OF_HEAD = re.compile(rb"\n\r?\n")
# A response that announces another one; 101 does not (RFC 9110 §15.2).
_INTERIM = re.compile(rb"HTTP/1\.\d 1(?!01)\d\d(?!\d)")


class NoReply(Exception):
    """No HTTP response came back.

    ``kind`` is one of ``refused``, ``closed``, ``late``, ``endless``, ``malformed``; ``got`` tells it in words.
    ``port`` is where the request came from; 0 when nothing was connected.
    """

    def __init__(self, kind: str, got: str) -> None:
        super().__init__(got)
        self.kind = kind
        self.got = got
        self.port = 0


@dataclass(frozen=True)
class Reply:
    """One final HTTP response."""

    status_line: str
    code: int
    headers: Message
    body: bytes
    raw: bytes
    # Where the request came from: an app's server knows its requests by that.
    port: int = 0

    @property
    def surplus(self) -> bytes:
        """Return the bytes behind the header section, whether or not HTTP lets them count as content."""
        end = _END_OF_HEAD.search(self.raw)
        return self.raw[end.end() :] if end else b""

    def field(self, name: str) -> str | None:
        """Return the value of a header field, its lines joined (RFC 9110 §5.3); None when it is absent.

        Of several Set-Cookie lines it is the first: they cannot be joined.
        """
        values = [value.strip() for value in self.headers.get_all(name, [])]
        return ", ".join(values[:1] if name.lower() == "set-cookie" else values) if values else None

    @property
    def media_type(self) -> str:
        """Return the media type without parameters, in lower case; empty when there is no Content-Type."""
        return (self.field("Content-Type") or "").partition(";")[0].strip().lower()


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
    head = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    with socket.socket() as connection:
        try:
            raw = _talk(connection, address, b"\r\n".join(map(_line, head)) + body, time_limit)
            return parse(raw, method, _port(connection))
        except NoReply as problem:
            problem.port = _port(connection)
            raise


def _line(text: str) -> bytes:
    """Encode one line of a head. A check may send back what an answer gave it, so it can hold anything."""
    line = " ".join(text.splitlines())
    try:
        return line.encode("latin-1")
    except UnicodeEncodeError:
        return line.encode("utf-8", "replace")


def _port(connection: socket.socket) -> int:
    try:
        return connection.getsockname()[1]
    except OSError:
        return 0


def _talk(connection: socket.socket, address: tuple[str, int], request: bytes, time_limit: float) -> bytes:
    """Send the bytes and read until the server closes the connection."""
    deadline = time.monotonic() + time_limit
    received = bytearray()
    try:
        connection.settimeout(time_limit)
        connection.connect(address)
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


def parse(raw: bytes, method: str = "GET", port: int = 0) -> Reply:
    """Parse the bytes of one response. Raise :exc:`NoReply` when HTTP clients could not read them."""
    raw = _without_interim(raw)
    status_line = raw.partition(b"\n")[0].rstrip(b"\r").decode("latin-1")[:200]
    if _INTERIM.match(raw):
        raise NoReply("malformed", f"{status_line}, and no final response after it")
    response = http.client.HTTPResponse(_Bytes(raw), method=method)  # type: ignore[arg-type]
    try:
        response.begin()
        body = response.read()
    except http.client.IncompleteRead as error:
        raise NoReply(
            "malformed", f"{status_line}, but the content breaks off after {len(error.partial)} bytes"
        ) from None
    except (http.client.HTTPException, ValueError, OverflowError):
        # The last one: a length that no machine has room for.
        raise NoReply("malformed", f"{status_line[:80]!r}, which is not a valid response") from None
    return Reply(status_line, response.status, response.headers, body, raw, port)


def _without_interim(raw: bytes) -> bytes:
    """Drop interim responses that a final response follows."""
    start = 0
    while _INTERIM.match(raw, start):
        end = _END_OF_HEAD.search(raw, start)
        if end is None or not raw.startswith(b"HTTP/", end.end()):
            break
        start = end.end()
    return raw[start:]
