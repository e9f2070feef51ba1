"""A server that a check scripts, for judging clients by what they send and how they take the answers."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from flask import Flask, Response, jsonify, request

from server import Server

# Bytes of one request's content, and of all requests that are remembered. Whoever sends more gets 413.
CONTENT_LIMIT = 1_000_000
SEEN_LIMIT = 20_000_000


@dataclass(frozen=True)
class Seen:
    """A request that arrived. ``at`` is in seconds on a clock that only runs forward."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float


@dataclass(frozen=True)
class Scripted:
    """An answer to give. ``wait`` is in seconds, before anything is sent."""

    status: int
    body: bytes | str | dict[str, Any] | list[Any] = b""
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0


class ScriptedServer:
    """Answer every request as the script says, and remember what arrived.

    ``script`` maps a path to a status, to a :class:`Scripted`, to a list of them (one a request; the last one stays),
    or to a function of the :class:`Seen` request. ``*`` stands for every other path; without it they answer 404. Use it
    in ``with``.
    """

    def __init__(self, script: dict[str, Any]) -> None:
        self._script = script
        self._seen: list[Seen] = []
        self._size = 0
        self._answered: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._given_up = threading.Event()
        # What went wrong in a function of the script: a fault of the check, not of the client.
        self._fault: Exception | None = None

    @property
    def seen(self) -> list[Seen]:
        """Return the requests that arrived so far, oldest first."""
        with self._lock:
            return list(self._seen)

    def forget(self) -> None:
        """Forget what arrived so far; the script goes on where it was."""
        with self._lock:
            self._seen.clear()

    def __enter__(self) -> ScriptedServer:
        app = Flask("scripted")
        app.config["MAX_CONTENT_LENGTH"] = CONTENT_LIMIT
        methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        app.add_url_rule("/", "root", self._answer, methods=methods, defaults={"path": ""})
        app.add_url_rule("/<path:path>", "path", self._answer, methods=methods, provide_automatic_options=False)
        self._server = Server(app)
        self.url = self._server.url
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._given_up.set()
        self._server.stop()
        if self._fault is not None:
            raise self._fault

    def _answer(self, path: str) -> Response:
        seen = Seen(request.method, "/" + path, dict(request.headers), request.get_data(), time.monotonic())
        with self._lock:
            self._size += len(seen.body) + sum(map(len, seen.headers.values())) + len(seen.path)
            if self._size > SEEN_LIMIT:
                return Response(status=413)
            earlier = self._answered[seen.path]
            self._answered[seen.path] += 1
            self._seen.append(seen)
        entry = self._script.get(seen.path, self._script.get("*", 404))
        if isinstance(entry, list):
            entry = entry[min(earlier, len(entry) - 1)]
        if callable(entry):
            try:
                entry = entry(seen)
            except Exception as fault:
                self._fault = fault
                raise
        answer = entry if isinstance(entry, Scripted) else Scripted(entry)
        if answer.wait:
            self._given_up.wait(answer.wait)
        return _response(answer)


def _response(answer: Scripted) -> Response:
    response = jsonify(answer.body) if isinstance(answer.body, (dict, list)) else Response(answer.body)
    response.status_code = answer.status
    response.headers.update(answer.headers)
    return response


def closed_url() -> str:
    """Return a URL on this machine at which nobody listens."""
    with Server(lambda environ, start: []) as server:
        return server.url


def wait_until(true: Callable[[], bool], limit: float = 2.0) -> bool:
    """Wait until something is true, at most ``limit`` seconds; tell whether it became true."""
    deadline = time.monotonic() + limit
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True
