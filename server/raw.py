"""Read the bytes of an answer as a socket gave them (RFC 9112), forgiving enough to show broken ones too."""

from __future__ import annotations

import re
from dataclasses import replace

from .exchange import Exchange, Request, Response, absent_content
from .failures import CLOSED, NOT_HTTP
from .tidy import Content, Tidy

_STATUS_LINE = re.compile(rb"(HTTP/\d(?:\.\d)?) +(\d{1,9})(?: (.*))?\Z")
_REQUEST_LINE = re.compile(rb"([^ ]+) ([^ ]+)(?: HTTP/\d\.\d)?\Z")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")


def of_bytes(answer: bytes, sent: bytes | None = None) -> Exchange:
    """Describe one whole answer, interim responses included. ``sent`` are the bytes of the request, if known."""
    tidy = Tidy()
    request = _request(sent, tidy) if sent is not None else None
    interim: list[Response] = []
    rest = answer
    while rest:
        start = rest
        response, rest, remarks = _response(start, request.method if request else None, tidy)
        if response is None:
            failure = replace(NOT_HTTP, received=tidy.line(_head(start)[0][0].decode("latin-1")))
            return Exchange(request, failure=failure, interim=tuple(interim))
        # 101 ends HTTP on this connection: it is final (RFC 9110 §15.2.2).
        if not 100 <= response.code <= 199 or response.code == 101:
            return Exchange(request, response, interim=tuple(interim), remarks=remarks)
        interim.append(response)
    failure = CLOSED
    if interim:
        failure = replace(CLOSED, meaning="Only interim responses came. The final one is missing.")
    return Exchange(request, failure=failure, interim=tuple(interim))


def _request(sent: bytes, tidy: Tidy) -> Request:
    lines, rest = _head(sent)
    line = _REQUEST_LINE.match(lines[0])
    method, target = (part.decode("latin-1") for part in line.groups()) if line else (lines[0].decode("latin-1"), "")
    fields = _fields(lines[1:])
    for name, value in fields:
        if name.lower() == "host":
            tidy.text(value)
    content = tidy.content(rest, _value(fields, "content-type")) if rest else Content()
    return Request(tidy.line(method, 40), tidy.line(target), tidy.request_fields(dict(fields)), content)


def _response(data: bytes, method: str | None, tidy: Tidy) -> tuple[Response | None, bytes, tuple[str, ...]]:
    """Return the first response in ``data``, the bytes behind its head or content, and remarks on oddities."""
    lines, rest = _head(data)
    line = _STATUS_LINE.match(lines[0])
    if line is None:
        return None, data, ()
    version, digits, reason = (part.decode("latin-1") for part in (line[1], line[2], line[3] or b""))
    fields = _fields(lines[1:])
    code = int(digits)
    remarks = [] if _END_OF_HEAD.search(data) else ["The empty line that ends the header fields never came."]
    if 100 <= code <= 199 and code != 101:
        content, after = Content(note=absent_content(code, None)), rest
    else:
        body, after, remark = _content(rest, code, method, fields)
        absent = absent_content(code, method)
        content = Content(note=absent) if absent else tidy.content(body, _value(fields, "content-type"))
        remarks += [remark] if remark else []
    if len(digits) != 3 or not 100 <= code <= 599:
        remarks.append("A status code has three digits, from 100 to 599 (RFC 9110 §15).")
    shown = tidy.response_fields(fields, content)
    return Response(version, digits, tidy.line(reason.strip(), 80), shown, content), after, tuple(remarks)


def _head(data: bytes) -> tuple[list[bytes], bytes]:
    """Return the lines before the empty line, and the bytes behind it."""
    end = _END_OF_HEAD.search(data)
    head, rest = (data[: end.start()], data[end.end() :]) if end else (data, b"")
    return [line.rstrip(b"\r") for line in head.split(b"\n")], rest


def _fields(lines: list[bytes]) -> list[tuple[str, str]]:
    pairs = (line.decode("latin-1").partition(":") for line in lines if line)
    return [(name, value.strip()) for name, _, value in pairs]


def _value(fields: list[tuple[str, str]], name: str) -> str:
    return next((value for key, value in fields if key.lower() == name), "")


def _content(rest: bytes, code: int, method: str | None, fields: list[tuple[str, str]]) -> tuple[bytes, bytes, str]:
    """Return the content, the bytes behind it, and a remark when the two do not fit (RFC 9112 §6)."""
    if absent_content(code, method):
        return b"", rest, f"{len(rest):,} bytes follow where no content is allowed." if rest else ""
    if _value(fields, "transfer-encoding").lower().endswith("chunked"):
        body, whole = _unchunk(rest)
        return body, b"", "" if whole else "The content broke off before its last chunk."
    length = _value(fields, "content-length")
    if not length.isdigit():
        return rest, b"", ""
    body, after = rest[: int(length)], rest[int(length) :]
    if len(body) < int(length):
        right = "" if body else " (That is right for the answer to HEAD.)"
        return body, b"", f"Content-Length promised {int(length):,} bytes; {len(body):,} came.{right}"
    return body, after, f"{len(after):,} bytes more than Content-Length says follow." if after else ""


def _unchunk(data: bytes) -> tuple[bytes, bool]:
    body = b""
    while True:
        size, end, data = data.partition(b"\r\n")
        try:
            length = int(size.partition(b";")[0], 16)
        except ValueError:
            return body, False
        if not end or length < 0 or len(data) < length:
            return body + data, False
        if length == 0:
            return body, True
        body, data = body + data[:length], data[length:].removeprefix(b"\r\n")
