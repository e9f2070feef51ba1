"""One exchange over HTTP as the course shows it: what was asked, what came back, or why nothing came back."""

from __future__ import annotations

from dataclasses import dataclass

import requests

from .drawing import INVALID, Look, look_of, turn_of
from .tidy import Content, Tidy


@dataclass(frozen=True)
class Request:
    """What the client sent."""

    method: str
    target: str
    fields: tuple[tuple[str, str], ...]
    content: Content

    @property
    def line(self) -> str:
        """Return the request line."""
        return f"{self.method} {self.target} HTTP/1.1"


@dataclass(frozen=True)
class Response:
    """What the server sent. ``digits`` is the status code as it stood in the status line, valid or not."""

    version: str
    digits: str
    reason: str
    fields: tuple[tuple[str, str], ...]
    content: Content

    @property
    def code(self) -> int:
        return int(self.digits)

    @property
    def look(self) -> Look:
        return look_of(self.code) if len(self.digits) == 3 else INVALID

    @property
    def verdict(self) -> str:
        """Return the class of the code and what a client does next."""
        return f"{self.look}: {turn_of(self.code)}"

    @property
    def short(self) -> str:
        """Return the digits of the code in a box of brackets, and the reason."""
        return f"[{self.digits}] {self.reason}".rstrip()

    @property
    def line(self) -> str:
        """Return the status line with the digits of the code in a box of brackets."""
        return f"{self.version} {self.short}"

    def field(self, name: str) -> str | None:
        """Return the value of a header field as it is shown."""
        return next((value for key, value in self.fields if key.lower() == name.lower()), None)


@dataclass(frozen=True)
class Failure:
    """Why there is no answer to look at."""

    kind: str
    meaning: str
    # The step of the journey at which it ended: 1 the request is built, 2 it travels, 3 the server works,
    # 4 the answer comes back.
    step: int
    # Whether the cable was cut: nothing at all came back.
    cut: bool = True
    # Whether a status line came, but what is shown does not carry it.
    numbered: bool = False
    # The name of the exception that the client raised.
    raised: str = ""
    # What came back instead of an answer.
    received: str = ""


@dataclass(frozen=True)
class Exchange:
    """A request and its outcome: ``response`` or ``failure`` is set, never both."""

    request: Request | None
    response: Response | None = None
    failure: Failure | None = None
    # 1xx responses that came before the final one.
    interim: tuple[Response, ...] = ()
    # Requests that were answered with a redirect, oldest first.
    redirects: tuple[tuple[Request, Response], ...] = ()
    remarks: tuple[str, ...] = ()


def of_response(response: requests.Response, remark: str = "") -> Exchange:
    """Describe a response of requests, with the redirects that led to it."""
    tidy = Tidy()
    hops = [
        (of_request(hop.request, tidy), _response(hop, tidy)) for hop in response.history if hop.request is not None
    ]
    return Exchange(
        of_request(response.request, tidy),
        _response(response, tidy),
        redirects=tuple(hops),
        remarks=(remark,) if remark else (),
    )


def of_request(request: requests.PreparedRequest | None, tidy: Tidy) -> Request | None:
    """Describe a request; None when it is not known or was never prepared for sending."""
    if not isinstance(request, requests.PreparedRequest):
        return None
    # The server that is asked first is "the server", whatever other servers its answer names.
    tidy.text(request.url or "")
    media_type = request.headers.get("Content-Type", "")
    body = request.body
    if isinstance(body, str):
        body = body.encode()
    if body is None or body == b"":
        content = Content()
    elif isinstance(body, bytes):
        content = tidy.content(body, str(media_type))
    else:
        content = Content(note="sent piece by piece from a stream, which cannot be read again")
    fields = tidy.request_fields(request.headers)
    return Request(tidy.line(request.method or "?", 40), tidy.line(request.path_url), fields, content)


def _response(response: requests.Response, tidy: Tidy) -> Response:
    content = _content(response, tidy)
    version = {9: "HTTP/0.9", 10: "HTTP/1.0", 20: "HTTP/2"}.get(getattr(response.raw, "version", 11), "HTTP/1.1")
    return Response(
        version,
        str(response.status_code),
        tidy.line(response.reason or "", 80),
        tidy.response_fields(response.headers.items(), content),
        content,
    )


def _content(response: requests.Response, tidy: Tidy) -> Content:
    # With stream=True the content is still on its way. Reading it here would take it from the learner, or never end.
    if getattr(response, "_content", b"") is False:
        return Content(note="not read yet (stream=True)")
    absent = absent_content(response.status_code, getattr(response.request, "method", None))
    return (
        Content(note=absent)
        if absent and not response.content
        else tidy.content(response.content, response.headers.get("Content-Type", ""))
    )


def absent_content(code: int, method: str | None) -> str:
    """Return why a response cannot have content (RFC 9110 §6.4.1), or "" when it can."""
    if method == "HEAD":
        return "no content: the answer to HEAD never has any"
    if 100 <= code <= 199 or code in (204, 304):
        return f"no content: {code} never has any"
    return ""
