"""A request and a response as one line each, and a request as lines to paste."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from .report import preview
from .wire import Reply

_SAFE = "/?&=%+:;,@!$'()*~"
# A letter that stands there so often that nobody wants to read it, or paste it.
_RUN = re.compile(r"([A-Za-z])\1{99,}")
# Stands for the absence of a JSON value: None is one.
NO_JSON = object()


class Sent:
    """A request as it was sent."""

    def __init__(self, method: str, target: str, headers: dict[str, str], data: bytes | str, json_value: Any) -> None:
        self.method = method
        self.target = target
        self.headers = headers
        self._data = data.encode(errors="replace") if isinstance(data, str) else data
        self._json = json_value

    def fields(self) -> dict[str, str]:
        """Return the header fields."""
        if self._json is not NO_JSON:
            return {"Content-Type": "application/json", **self.headers}
        return self.headers

    def body(self) -> bytes:
        """Return the content."""
        return json.dumps(self._json).encode() if self._json is not NO_JSON else self._data

    def __str__(self) -> str:
        parts = [f"{self.method} {self.target}"]
        parts += [f"{name}: {value}" for name, value in self.headers.items()]
        if body := self.body():
            parts.append(preview(body.decode("utf-8", "replace")))
        return "  ".join(parts)

    def paste(self) -> tuple[str, str]:
        """Return the request as a line for ``requests`` and a line for ``curl``."""
        target = quoted(self.target)
        arguments = [f'server.url + "{target}"']
        curl = ["curl -i"] + (["--head"] if self.method == "HEAD" else [f"-X {self.method}"])
        curl.append('"$SERVER"' + (target if re.fullmatch(r"[\w/.~%-]+", target) else _shell(target)))
        if self.headers:
            arguments.append(f"headers={self.headers!r}")
        curl += [f"-H {_shell(f'{name}: {value}')}" for name, value in self.fields().items()]
        if body := self.body():
            text = body.decode("utf-8", "replace")
            literal = repr(text if self._json is NO_JSON else self._json)
            # Without an apostrophe in it, every text in the literal stands between apostrophes.
            literal = literal if "'" in text else _short(literal)
            if self._json is not NO_JSON:
                arguments.append(f"json={_start(literal)}")
            else:
                arguments.append(f"data={_start(literal)}" if text.isascii() else f"data=({_start(literal)}).encode()")
            if "content-type" not in map(str.lower, self.fields()):
                # Else curl says that it is a form.
                curl.append("-H 'Content-Type:'")
            curl.append(f"--data-raw {_printable(text)}")
        arguments += ["allow_redirects=False", "timeout=5"]
        if self.method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            function = f"requests.{self.method.lower()}("
        else:
            function = f'requests.request("{self.method}", '
        return f"{function}{', '.join(arguments)})", " ".join(curl)


def describe_reply(reply: Reply, method: str = "GET") -> str:
    """Return a response as one line: status code, the header fields a check talks about, the content."""
    parts = [str(reply.code)]
    for name in ("Location", "Allow", "WWW-Authenticate", "Retry-After", "ETag", "Content-Range"):
        if value := reply.field(name):
            if name == "Allow":
                value = ", ".join(sorted(method.strip() for method in value.split(",")))
            parts.append(f"{name}: {preview(value)}")
    if reply.media_type and (reply.surplus or method == "HEAD"):
        parts.append(reply.media_type)
    if reply.body:
        text = reply.body.decode("utf-8", "replace")
        parts.append("an HTML page" if text.lower().lstrip().startswith(("<!doctype html", "<html")) else preview(text))
    elif reply.surplus:
        parts.append(f"and {len(reply.surplus)} bytes that no client reads")
    return "  ".join(parts)


def quoted(target: str) -> str:
    """Return a path with its query as it goes over the wire; what is quoted already stays as it is."""
    return quote(target, safe=_SAFE, errors="surrogatepass")


def _shell(text: str) -> str:
    """Quote a text for a POSIX shell."""
    return "'" + text.replace("'", "'\\''") + "'"


def _start(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:300]}..."


def _short(literal: str) -> str:
    """Return a Python literal in which a letter that stands there many times is written once."""
    short = _RUN.sub(lambda run: f"' + '{run[1]}' * {len(run[0])} + '", literal)
    return short.replace("'' + ", "").replace(" + ''", "")


def _printable(text: str) -> str:
    """Quote a text for a POSIX shell, which prints a letter that stands there many times."""
    short = _RUN.sub(lambda run: f"'\"$(printf '%{len(run[0])}s' | tr ' ' {run[1]})\"'", _shell(text))
    return short if len(short) <= 400 else _shell(_start(text))
