"""Requests that nobody would write by hand: valid, invalid and hostile, as bytes on a socket, from a seed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote

METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT", "BREW", "M-SEARCH")
# What is there, and the methods it has.
PATHS = {
    "/health": ("GET",),
    "/boom": ("GET",),
    "/openapi.json": ("GET",),
    "/nothing": ("GET",),
    "/users": ("POST",),
    "/users/{name}": ("GET", "DELETE"),
    "/tokens": ("POST",),
    "/recipes": ("GET", "POST", "POST", "POST"),
    "/recipes/latest": ("GET",),
    "/recipes/{id}": ("GET", "GET", "PUT", "PUT", "PUT", "DELETE", "DELETE"),
    "/recipes/{id}/nutrition": ("GET",),
    "/recipes/{id}/block": ("PUT",),
    "/r/{id}": METHODS[:6],
    "/exports": ("POST",),
    "/exports/{id}": ("GET",),
    "/exports/{id}/result": ("GET",),
}
IDS = (
    "0",
    "-1",
    "007",
    "1.5",
    "abc",
    "9" * 18,
    "9" * 19,
    "9" * 5000,
    "%00",
    "%FF",
    "%D9%A3",
    "%31",
    "1%0A",
    "..",
    "",
    "*",
)
ACCOUNTS = ("ann", "bob", "root")
NAMES = ("eve", "eve", "Ann", "nobody", "%00", "%FF%FE", "a%2Fb", "%0D%0ASet-Cookie:x=y", "%", "%zz", "a" * 3000)
QUERIES = (
    *(
        "limit=1",
        "limit=100",
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=",
        "limit=x",
        "limit=%D9%A3",
        "limit=1&limit=x",
    ),
    *("limit=" + "9" * 5000, "q=", "q=soup", "q=%00", "q=%FF", "q=%25_", "q=" + "a" * 5000, "&&==&", "%", "?", "q[]=1"),
)
STRINGS = (
    "",
    " ",
    "Soup",
    "\x00",
    "é",
    "🥘",
    "\ud800",
    "a\nb",
    "../../etc/passwd",
    "' OR 1=1 --",
    "{{7*7}}",
    "x" * 9000,
)
JSON_TEXTS = (
    *(b"", b"{", b"nul", b"NaN", b"[1,]", b"'a'", b"\xff", b"\xef\xbb\xbf{}", b'"\\ud800"', b'{"title": Infinity}'),
    *(b"9" * 5000, b"1e999", b"[" * 9000, b'{"a":' * 1500, b"\x00", '{"title": "a"}'.encode("utf-16")),
    *(b'{"title": "a", "title": 1}', b'{"title":"a"}'.ljust(10_239), b'{"title":"a"}'.ljust(10_241), b"a" * 50_000),
)
TYPES = (
    *("application/json", "application/json; charset=utf-8", "application/json;charset=utf-16", "APPLICATION/JSON", ""),
    *("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data"),
    *("application/problem+json", ";", "\xff", "application/json, text/html"),
)
CREDENTIALS = (
    *(
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer a=b, c",
        "Basic YTph",
        "Basic \xff",
        'Digest username="',
        "\xff",
        "",
        " ",
    ),
    *('Bearer "', "Negotiate " + "A" * 5000, "Bearer x, Bearer y"),
)
TAGS = ("*", '"x"', 'W/"x"', '"', "x", '"a", "b"', "", ",", '"\xff"', '"' + "a" * 5000 + '"', "*, *", 'w/"x"')
OTHER_FIELDS = (
    *("Accept: text/html", "Accept: ;q=x", "Accept-Encoding: gzip", "Range: bytes=0-1", "Cookie: a=b; =; \xff", "X: "),
    *(
        "Expect: 100-continue",
        "If-Modified-Since: yesterday",
        "If-Unmodified-Since: \xff",
        "If-Range: x",
        "TE: trailers",
    ),
    *("X-Forwarded-For: 1, 2", "X-HTTP-Method-Override: DELETE", "Content-Encoding: gzip"),
    *('Idempotency-Key: "a"', 'Idempotency-Key: "b"', "Idempotency-Key: \xff"),
)
HOSTS = ("localhost", "127.0.0.1:1", "a b", "[::1", "\xff", "", "x:99999", "a/b", "a@b")
# Lines that HTTP does not allow: what they lead to is the server's business.
BROKEN_LINES = (
    b"hello",
    b"GET",
    b"GET /health HTTP/9.9",
    b"GET /health XTTP/1.1",
    b"get /health HTTP/1.1",
    b"",
    b"\x16\x03\x01",
)
BROKEN_FIELDS = (
    b"no colon",
    b"X : a",
    b": a",
    b" folded",
    b"X: a\rb",
    b"X: \x00",
    b"\xff\xff: a",
    b"X: " + b"a" * 70_000,
)


@dataclass
class Generated:
    """A request. One that is ``broken`` is no HTTP: a server may answer it itself, or close the connection."""

    method: str
    target: str
    sent: bytes
    broken: bool = False


@dataclass
class Known:
    """What a client of the API has learnt: with it some requests are right."""

    tokens: list[str] = field(default_factory=list)
    # The ids of recipes and exports, with the newest ETag; exports have none.
    tags: dict[str, str] = field(default_factory=dict)


class Generator:
    """Make requests from a seed. The same seed and the same knowledge give the same requests."""

    def __init__(self, seed: int, known: Known) -> None:
        self._random = Random(seed)
        self._known = known

    def next(self) -> Generated:
        """Return another request."""
        if self._chance(0.05):
            return self._broken()
        path = self._one((*PATHS, *["/recipes", "/recipes/{id}"] * 4))
        method = self._one(PATHS[path] if self._chance(0.9) else METHODS)
        id, target = self._target(path, method)
        body = self._body(path) if method in ("POST", "PUT") or self._chance(0.1) else b""
        head, broken = self._fields(id), False
        if body or method in ("POST", "PUT"):
            framing, body, broken = self._framed(body)
            head += framing
        return Generated(method, target, self._bytes(f"{method} {target} HTTP/1.1", head, body), broken)

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _one(self, choices: Any) -> Any:
        return self._random.choice(choices)

    def _target(self, path: str, method: str) -> tuple[str, str]:
        """Return the id in a request target, and the target."""
        ids = list(self._known.tags)[-10:]
        id = self._one(ids if ids and self._chance(0.8) else IDS)
        names = ACCOUNTS if method != "DELETE" and self._chance(0.5) else NAMES
        path = path.replace("{id}", id).replace("{name}", self._one(names))
        if self._chance(0.05):
            changes: list[Callable[[str], str]] = [
                lambda text: text + "/",
                lambda text: text.replace("/", "//"),
                lambda text: text.upper(),
                lambda text: quote(text, safe="").replace("%2F", "/").replace("e", "%65"),
                lambda text: "http://elsewhere" + text,
                lambda text: text + "\xff",
                lambda text: text + "#" + text,
                lambda text: "/.." + text,
                lambda _: "*",
            ]
            path = self._one(changes)(path)
        return id, f"{path}?{self._one(QUERIES)}" if self._chance(0.2) else path

    def _fields(self, id: str = "") -> list[str]:
        fields = [f"Host: {self._one(HOSTS) if self._chance(0.05) else 'localhost'}"]
        if self._chance(0.7):
            login = [f"Bearer {token}" for token in self._known.tokens]
            fields.append(f"Authorization: {self._one(login) if self._chance(0.85) else self._one(CREDENTIALS)}")
        for name, share in (("If-Match", 0.6), ("If-None-Match", 0.2)):
            if self._chance(share):
                tag = self._known.tags.get(id, "") if self._chance(0.7) else self._one(TAGS)
                fields.append(f"{name}: {tag}")
        if self._chance(0.2):
            fields.append(self._one(OTHER_FIELDS))
        if self._chance(0.02):
            fields += ["X-Many: a"] * self._one((50, 90))
        return fields

    def _body(self, path: str) -> bytes:
        if self._chance(0.2):
            return self._one(JSON_TEXTS)
        value = self._value(3) if self._chance(0.1) else {name: self._member(name) for name in self._names(path)}
        text = json.dumps(value).encode()
        if self._chance(0.1):
            place = self._random.randrange(len(text))
            text = text[:place] + self._random.randbytes(self._one((0, 1, 3))) + text[place + 1 :]
        return text

    def _names(self, path: str) -> list[str]:
        usual = self._one((["title"], ["title", "draft"]))
        if path in ("/users", "/tokens"):
            usual = ["name", "password"]
        elif path.endswith("/block"):
            usual = ["by"]
        return [name for name in usual if self._chance(0.95)] + (["more"] if self._chance(0.1) else [])

    def _member(self, name: str) -> Any:
        if self._chance(0.15):
            return self._value(2)
        usual = {
            "title": ("Soup", "Stew 🥘"),
            "draft": (True, False),
            "name": ("ann", "bob", "eve"),
            "password": ("a", "b"),
            "by": ("https://court.example/7", "http://x/\r\nX: y", "ftp://x"),
        }
        return self._one(usual.get(name, (1, None)))

    def _value(self, depth: int) -> Any:
        kind = self._random.randrange(6 if depth else 4)
        if kind == 0:
            return self._one(STRINGS)
        if kind == 1:
            return self._one((0, -1, 1.5, 10**30, -(2**63), 1e308))
        if kind == 2:
            return self._one((True, False, None))
        if kind == 3:
            return "".join(chr(self._random.randrange(0xD800)) for _ in range(self._random.randrange(5)))
        values = [self._value(depth - 1) for _ in range(self._random.randrange(4))]
        return values if kind == 4 else {self._one(STRINGS[:-1]): value for value in values}

    def _framed(self, body: bytes) -> tuple[list[str], bytes, bool]:
        """Return the fields that announce a body, the body as it is sent, and whether both break HTTP."""
        fields = [] if self._chance(0.05) else [f"Content-Type: {self._kind()}"]
        if self._chance(0.85):
            return [*fields, f"Content-Length: {len(body)}"], body, False
        place = self._random.randrange(len(body) + 1)
        parts = [part for part in (body[:place], body[place:]) if part]
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        if self._chance(0.4):
            return [*fields, "Transfer-Encoding: chunked"], chunks, False
        announced = self._one((f"Content-Length: {len(body) + 9}", "Content-Length: x", "Content-Length: -1"))
        pairs = [
            ([announced], body),
            (["Transfer-Encoding: chunked"], chunks[:-9]),
            (["Transfer-Encoding: chunked"], b"zz\r\n" + chunks),
            (["Transfer-Encoding: gzip"], body),
            (["Transfer-Encoding: chunked", f"Content-Length: {len(body)}"], chunks),
            (["Content-Length: 1", "Content-Length: 2"], body),
        ]
        more, sent = self._one(pairs)
        return fields + more, sent, True

    def _kind(self) -> str:
        return TYPES[0] if self._chance(0.8) else self._one(TYPES)

    def _broken(self) -> Generated:
        """Return a request that is no HTTP, or too much of it."""
        head = [field.encode("latin-1") for field in self._fields()]
        line = b"GET /health HTTP/1.1"
        if self._chance(0.4):
            line = self._one(BROKEN_LINES)
        elif self._chance(0.7):
            head.insert(self._random.randrange(len(head) + 1), self._one(BROKEN_FIELDS))
        elif self._chance(0.5):
            head += [b"X: a"] * 200
        else:
            line = b"GET /" + b"a" * 70_000 + b" HTTP/1.1"
        sent = b"\r\n".join([line, *head]) + b"\r\n\r\n" + self._random.randbytes(self._one((0, 0, 20)))
        return Generated("GET", "/health", sent, True)

    def _bytes(self, line: str, fields: list[str], body: bytes) -> bytes:
        return "\r\n".join([line, *fields, "", ""]).encode("latin-1") + body
