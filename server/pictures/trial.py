"""Try a return value out: give it to a Flask app of its own, ask that app, and note what happens on the way."""

from __future__ import annotations

import functools
import http.client
import inspect
import io
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from ..background import HOST, Crash, Server
from ..exchange import Exchange, Response
from ..failures import NOT_IN_TIME
from ..raw import of_bytes
from ..tidy import Content, Tidy

# Seconds to wait for the answer.
PATIENCE = 5.0
# Bytes of an answer that are read: a view may send for ever.
BYTES_READ = 1_000_000
TEXT_LENGTH = 300


@dataclass
class Trial:
    """What happened to a value between the view and the client."""

    # What the view returned, and how Flask reads that; or what it raised.
    returned: str = ""
    reading: str = ""
    raised: str = ""
    # What Flask built; None when nothing was built in time.
    built: Response | None = None
    # The exception that made Flask build an error page instead.
    crash: Crash | None = None
    wire: Exchange | None = None
    # What a client makes of it: the number it reads, or the exception it raises.
    client: str = ""


def try_out(value: Any, method: str) -> Trial:
    """Serve a view that returns ``value``, ask it once, and tell what happened.

    A function is called inside the request, and what it returns counts.
    """
    trial = Trial()
    app = Flask(__name__)

    def view() -> Any:
        try:
            result = app.ensure_sync(value)() if is_view(value) else value
        except BaseException as error:
            trial.raised = _exception(error)
            raise
        trial.returned, trial.reading = spelled(result), reading(result)
        return result

    def note(response: WerkzeugResponse) -> WerkzeugResponse:
        trial.built = _built(response)
        return response

    app.add_url_rule("/", "your_view", view, methods=[method], provide_automatic_options=False)
    app.after_request(note)
    with Server(app) as server:
        asked = f"{method} / HTTP/1.1\r\nHost: {HOST}:{server.port}\r\nConnection: close\r\n\r\n".encode()
        answer, in_time = _ask(server.port, asked)
        wire = _wire(answer, asked, in_time)
        client = _client(answer) if in_time else "nothing in time: the client stops waiting"
        if wire.failure is NOT_IN_TIME:
            # The view may still come to its end, too late for this picture.
            return Trial(wire=wire, client=client)
        trial.wire, trial.client = wire, client
        trial.crash = server.crashes[-1] if server.crashes else None
    return trial


def is_view(value: object) -> bool:
    """Tell whether a value is to be called as a view. Responses and exceptions can be called too, as WSGI apps."""
    return inspect.isroutine(value) or isinstance(value, functools.partial)


def _ask(port: int, request: bytes) -> tuple[bytes, bool]:
    """Send bytes, and return the bytes of the answer and whether it came to its end in time."""
    answer = b""
    with socket.create_connection((HOST, port), timeout=PATIENCE) as connection:
        try:
            connection.sendall(request)
            while len(answer) <= BYTES_READ and (part := connection.recv(65_536)):
                answer += part
        except TimeoutError:
            return answer, False
        except ConnectionError:
            # The server broke the connection off: what came until then is the answer.
            return answer, True
    return answer, True


def _wire(answer: bytes, request: bytes, in_time: bool) -> Exchange:
    if not answer and not in_time:
        return Exchange(None, failure=NOT_IN_TIME)
    exchange = of_bytes(answer[:BYTES_READ], request)
    if len(answer) > BYTES_READ and exchange.response:
        # How much was read depends on the length of the header, which differs from machine to machine.
        content = replace(exchange.response.content, note=f"cut here: more than {BYTES_READ:,} bytes came")
        return replace(exchange, response=replace(exchange.response, content=content), remarks=())
    return exchange


class _Received:
    """Bytes that can be read like a socket."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self._answer)


def _client(answer: bytes) -> str:
    """Say what Python's HTTP client, which requests is built on, reads from these bytes."""
    response = http.client.HTTPResponse(_Received(answer))  # type: ignore[arg-type]
    try:
        response.begin()
    except http.client.HTTPException as error:
        return f"no number: requests raises ConnectionError ({type(error).__name__})"
    return f"the number {response.status}"


def _built(response: WerkzeugResponse) -> Response:
    tidy = Tidy()
    if response.direct_passthrough or (response.is_streamed and response.content_length is None):
        content = Content(note="sent piece by piece, not built in advance")
    else:
        content = tidy.content(response.get_data(), response.headers.get("Content-Type", ""))
    digits, _, reason = response.status.partition(" ")
    fields = tidy.response_fields(response.headers.items(), content)
    return Response("", digits, tidy.line(reason, 80), fields, content)


def _exception(error: BaseException) -> str:
    text = Tidy().line(str(error), TEXT_LENGTH)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def spelled(value: object) -> str:
    """Return a value as Python code, the same in every run: sets have no order of their own."""
    return Tidy().line(_spelled(value, 20), TEXT_LENGTH)


def _spelled(value: object, depth: int) -> str:
    if depth and type(value) in (set, frozenset) and value:
        inner = "{" + ", ".join(sorted(_spelled(item, depth - 1) for item in value)) + "}"
        return inner if type(value) is set else f"frozenset({inner})"
    if depth and type(value) is dict:
        pairs = (f"{_spelled(key, depth - 1)}: {_spelled(item, depth - 1)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    if depth and type(value) in (tuple, list):
        inner = ", ".join(_spelled(item, depth - 1) for item in value)
        if type(value) is list:
            return f"[{inner}]"
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    try:
        return repr(value)
    except Exception as error:
        return f"<{type(value).__name__}, and repr() of it raised {type(error).__name__}>"


def reading(value: object) -> str:
    """Say how Flask reads what a view returned."""
    if not isinstance(value, tuple):
        return _single(value)
    if len(value) == 3:
        return "a tuple of 3 parts: content, status, header fields"
    if len(value) == 2:
        second = "header fields" if isinstance(value[1], Headers | dict | tuple | list) else "status"
        return f"a tuple of 2 parts: content, {second}"
    return f"a tuple of {len(value)} part{'' if len(value) == 1 else 's'}: Flask takes 2 or 3"


def _single(value: object) -> str:
    kind = type(value).__name__
    if value is None:
        return "None: nothing to send"
    if isinstance(value, str | bytes | bytearray):
        return f"{kind}: the content, as text/html"
    if isinstance(value, dict | list):
        return f"{kind}: the content, written as JSON"
    if isinstance(value, HTTPException):
        return "an exception that is returned, not raised: no error handler sees it"
    if isinstance(value, WerkzeugResponse):
        return f"{kind}: a finished response"
    if isinstance(value, Iterator):
        return f"{kind}: the content, piece by piece"
    if callable(value):
        return f"{kind}: something to call, which Flask takes for a WSGI app"
    return f"{kind}: nothing that Flask can send"
