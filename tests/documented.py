"""Hold what an API sends against its OpenAPI description."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

# What the servers in front of the app say themselves to what is no HTTP.
OF_THE_SERVER = {400, 411, 413, 414, 431, 501, 505}
PARAMETERS = {"{id}": "[1-9][0-9]{0,17}", "{name}": "[^/]+"}


class Hang(Exception):
    """There was no complete answer in time."""


@dataclass
class Answer:
    """An answer as it came over the socket. Status 0: the connection was closed without one."""

    status: int
    fields: dict[str, str]
    body: bytes


def talk(address: tuple[str, int], sent: bytes, method: str, limit: float = 10.0) -> Answer:
    """Send bytes, say that no more will come, and return the answer. Raise :exc:`Hang` when there is none in time."""
    try:
        with socket.create_connection(address, timeout=limit) as connection:
            with suppress(ConnectionError):
                # A server may answer, and close, before it has read everything.
                connection.sendall(sent)
                connection.shutdown(socket.SHUT_WR)
            with suppress(ConnectionError), connection.makefile("rb") as stream:
                return _read(stream, method)
            return Answer(0, {}, b"")
    except TimeoutError as error:
        raise Hang(sent[:200]) from error


def _read(stream: Any, method: str) -> Answer:
    status = 100
    while 100 <= status < 200:
        line = re.match(rb"HTTP/1\.[01] ([1-9][0-9]{2}) ", stream.readline())
        if line is None:
            return Answer(0, {}, b"")
        status, fields = int(line[1]), {}
        while line := stream.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            fields[name.lower()] = value.strip()
    if method == "HEAD" or status in (204, 304):
        # Whatever comes now should not.
        return Answer(status, fields, stream.read())
    return Answer(status, fields, stream.read(int(fields.get("content-length", -1))))


class Description:
    """An OpenAPI description, as a judge of answers."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        # Paths without a parameter come first: /recipes/latest is no /recipes/{id}.
        self._paths = [(self._pattern(path), path) for path in sorted(document["paths"], key=lambda path: "{" in path)]

    @staticmethod
    def _pattern(path: str) -> re.Pattern[str]:
        return re.compile("".join(PARAMETERS.get(part, re.escape(part)) for part in re.split(r"(\{\w+\})", path)))

    def path_of(self, target: str) -> str:
        """Return the described path of a request target; empty when there is none."""
        # A target that starts with two slashes is mended by Python's http.server, against open redirects.
        path = urlsplit("/" + target.lstrip("/") if target.startswith("/") else target).path
        plain = unquote_to_bytes(path.encode("latin-1")).decode("utf-8", "replace")
        return next((path for pattern, path in self._paths if pattern.fullmatch(plain)), "")

    def answers(self, method: str, target: str) -> dict[int, dict[str, Any]]:
        """Return the described answers to a request, by status."""
        operations = self._document["paths"].get(self.path_of(target))
        if operations is None:
            return {404: self._error(404)}
        operation = operations.get(method.lower()) or operations.get("get" if method == "HEAD" else "")
        if operation is None:
            # What the description says in words: OPTIONS is there for every path, other methods are refused.
            return {200: {"headers": {"Allow": {}}}} if method == "OPTIONS" else {405: {"headers": {"Allow": {}}}}
        return {int(status): self._resolved(answer) for status, answer in operation["responses"].items()}

    def _resolved(self, answer: dict[str, Any]) -> dict[str, Any]:
        return self._error(int(answer["$ref"].rpartition("/")[2])) if "$ref" in answer else answer

    def _error(self, status: int) -> dict[str, Any]:
        return self._document["components"]["responses"][str(status)]

    def objections(self, method: str, target: str, answer: Answer) -> list[str]:
        """Return what is wrong with the answer to a request."""
        described = self.answers(method, target)
        if answer.status not in described:
            return [f"{answer.status}, described are {sorted(described)}"]
        wanted = described[answer.status].get("headers", {})
        found = [f"{answer.status} without {name}" for name in wanted if name.lower() not in answer.fields]
        if method == "HEAD" or answer.status in (204, 304):
            return found + (["a body"] if answer.body else [])
        return found + _objections_to_error(answer) if answer.status >= 400 else found


def _objections_to_error(answer: Answer) -> list[str]:
    if answer.fields.get("content-type") != "application/problem+json":
        return [f"an error as {answer.fields.get('content-type')}"]
    problem = json.loads(answer.body)
    return [] if problem["status"] == answer.status and problem["title"] else [f"status and title are {problem}"]
