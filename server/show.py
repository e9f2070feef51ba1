"""Draw an exchange as it went over the wire: the request, the response, and what lay between them."""

from __future__ import annotations

from html import escape

import requests

from .drawing import (
    EDGE,
    MONOSPACE,
    NO_ANSWER,
    TEXT,
    Picture,
    banner,
    boxed,
    chip,
    code_lines,
    column,
    frame,
    label,
    note,
    panel,
    sentence,
    svg,
    tag,
)
from .exchange import Exchange, Failure, Request, Response, of_response
from .failures import of_exception
from .raw import of_bytes
from .tidy import Content

HOPS_SHOWN = 8


def show(thing: requests.Response | requests.RequestException | bytes, sent: bytes | None = None) -> Picture:
    """Draw an exchange as it went over the wire.

    Give it a response of requests, an exception of requests, or the raw bytes of one whole answer; with raw bytes,
    ``sent`` may be the bytes of the request. Header fields that differ from run to run (Date, Server, Connection) or
    that every client sends are left out, and the address of the server reads ``http://<server>``.
    """
    exchange = read(thing, sent, "show")
    return Picture(_html(exchange), _text(exchange))


def read(thing: object, sent: bytes | None, asked: str) -> Exchange:
    """Read what was handed to a picture; ``asked`` is the name of the function a learner called."""
    if isinstance(thing, bytes | bytearray):
        return of_bytes(bytes(thing), sent)
    if isinstance(thing, requests.RequestException):
        return of_exception(thing)
    if isinstance(thing, requests.Response) and thing.status_code is not None:
        return of_response(thing)
    raise TypeError(
        f"{asked}() draws an answer. Pass it a response such as requests.get(url), an exception of requests, "
        f"or the raw bytes of an answer. You passed {_named(thing)}."
    )


def _named(thing: object) -> str:
    if isinstance(thing, requests.Response):
        return "an empty requests.Response() that no server has sent"
    if callable(thing) and hasattr(thing, "__name__"):
        return f"the function {thing.__name__}: call it, and pass what it returns"
    kind = type(thing).__name__
    return f"{'an' if kind[0] in 'aeiouAEIOU' else 'a'} {kind}"


# The plain face.


def _text(exchange: Exchange) -> str:
    blocks = [
        _redirects_text(exchange),
        column("request", _request_text(exchange.request)),
        *(
            column("interim", _message_text(f"{one.line}   {one.verdict}", one.fields, Content()))
            for one in exchange.interim
        ),
        _outcome_text(exchange),
        *(column("note", sentence(remark)) for remark in exchange.remarks),
    ]
    return "\n\n".join(block for block in blocks if block)


def _request_text(request: Request | None) -> str:
    return _message_text(request.line, request.fields, request.content) if request else "(not part of what was passed)"


def _message_text(first: str, fields: tuple[tuple[str, str], ...], content: Content) -> str:
    lines = [first, *(f"{name}: {value}" for name, value in fields)]
    if content.text:
        lines += ["", content.text]
    if content.note:
        lines += ["", f"({content.note})"]
    return "\n".join(lines)


def _outcome_text(exchange: Exchange) -> str:
    if exchange.response:
        response = exchange.response
        first = f"{response.line}   {response.verdict}"
        return column("response", _message_text(first, response.fields, response.content))
    failure = exchange.failure
    assert failure is not None
    lines = [f"{NO_ANSWER.symbol} {_headline(failure)}: {failure.kind}"]
    lines += ["client -----x   x----- server"] if failure.cut else []
    lines += ["", sentence(failure.meaning)]
    if failure.received:
        lines.append(f"Instead of a status line came: {failure.received}")
    if failure.raised:
        lines.append(f"requests raised {failure.raised}.")
    return column("response", "\n".join(lines))


def _headline(failure: Failure) -> str:
    return "the status code is not in this exception" if failure.numbered else NO_ANSWER.label


def _hops(exchange: Exchange) -> list[tuple[Request, Response]]:
    if not exchange.redirects or exchange.request is None or exchange.response is None:
        return []
    return [*exchange.redirects, (exchange.request, exchange.response)]


def _redirects_text(exchange: Exchange) -> str:
    hops = _hops(exchange)
    lines = []
    for number, (request, response) in enumerate(hops, 1):
        if number == HOPS_SHOWN and len(hops) > HOPS_SHOWN:
            lines.append(f"…  and {len(hops) - HOPS_SHOWN} more")
        elif number < HOPS_SHOWN or number == len(hops):
            location = response.field("Location")
            end = f"   Location: {location}" if location else ""
            lines.append(f"{number}  {request.method} {request.target} -> {response.short}{end}")
    return column("redirects", "\n".join([*lines, *_changes(hops)])) if lines else ""


def _changes(hops: list[tuple[Request, Response]]) -> list[str]:
    """Say what the client changed on its way from hop to hop."""
    found = []
    for number, ((before, _), (after, _)) in enumerate(zip(hops, hops[1:], strict=False), 2):
        if before.method != after.method:
            found.append(f"Request {number}: the method changed, {before.method} became {after.method}.")
        if before.content.text and not after.content.text:
            found.append(f"Request {number}: the content was dropped.")
    return found


# The HTML face.


def _html(exchange: Exchange) -> str:
    half = "flex:1 1 320px;min-width:0;"
    right = (
        panel("response: server → client", *_interim_html(exchange), _response_html(exchange.response), style=half)
        if exchange.response
        else panel("no response", *_interim_html(exchange), _failure_html(exchange.failure), style=half)
    )
    pair = panel("request: client → server", _request_html(exchange.request), style=half) + right
    return frame(
        "An exchange over HTTP",
        _redirects_html(exchange),
        f'<div style="display:flex;flex-wrap:wrap;gap:8px;align-items:stretch;">{pair}</div>',
        *(note(remark) for remark in exchange.remarks),
    )


def _request_html(request: Request | None) -> str:
    if request is None:
        return note("The request is not part of what was passed.")
    return code_lines(request.line, "font-weight:700;padding-top:6px;") + _rest_html(request.fields, request.content)


def _response_html(response: Response) -> str:
    return _status_html(response) + _rest_html(response.fields, response.content)


def _status_html(response: Response) -> str:
    line = f"{escape(response.version)} {boxed(response.digits)} {escape(response.reason)}"
    return banner(response.look, line, response.verdict)


def _rest_html(fields: tuple[tuple[str, str], ...], content: Content) -> str:
    parts = [code_lines("\n".join(f"{name}: {value}" for name, value in fields))] if fields else []
    if content.text or content.note:
        parts.append(f'<div style="border-top:1px dashed {EDGE};margin:3px 10px;"></div>')
    parts += [code_lines(content.text)] if content.text else []
    parts += [note(content.note)] if content.note else []
    return "".join(parts)


def _interim_html(exchange: Exchange) -> list[str]:
    return [_status_html(one) + _rest_html(one.fields, Content()) for one in exchange.interim]


def _failure_html(failure: Failure | None) -> str:
    assert failure is not None
    parts = [banner(NO_ANSWER, boxed(NO_ANSWER.symbol), f"{_headline(failure)}: {failure.kind}")]
    if failure.cut:
        parts.append(f'<div style="padding:6px 10px 0;">{cut_cable(failure.kind)}</div>')
    parts.append(f'<div style="padding:2px 10px 4px;">{escape(failure.meaning)}</div>')
    if failure.received:
        parts += [note("Instead of a status line came:"), code_lines(failure.received)]
    if failure.raised:
        parts.append(note(f"requests raised {failure.raised}."))
    return "".join(parts)


def cut_cable(reason: str) -> str:
    """Draw a client and a server with a cut cable between them."""
    box = {"rx": 6, "style": f"fill:none;stroke:{TEXT};stroke-width:1.5"}
    wire = f"fill:none;stroke:{TEXT};stroke-width:2.5;stroke-linecap:round"
    return svg(
        360,
        56,
        f"A cut cable: {reason}",
        "A client and a server. The cable between them is cut, so no status code arrives.",
        tag("rect", x=2, y=10, width=76, height=34, **box),
        label(40, 32, "client", anchor="middle"),
        tag("rect", x=282, y=10, width=76, height=34, **box),
        label(320, 32, "server", anchor="middle"),
        tag("path", d="M78 27 H155 l10 -8 M155 27 l12 2 M155 27 l8 9", style=wire),
        tag("path", d="M282 27 H205 l-10 -8 M205 27 l-12 2 M205 27 l-8 9", style=wire),
        tag("path", d="M180 8 v12 M180 34 v12", style=f"{wire};stroke-dasharray:3 5"),
    )


def _redirects_html(exchange: Exchange) -> str:
    hops = _hops(exchange)
    rows = []
    for number, (request, response) in enumerate(hops, 1):
        if number == HOPS_SHOWN and len(hops) > HOPS_SHOWN:
            rows.append(f'<div style="padding:2px 10px;">… and {len(hops) - HOPS_SHOWN} more</div>')
        elif number < HOPS_SHOWN or number == len(hops):
            rows.append(_hop_html(number, request, response))
    rows += [note(change) for change in _changes(hops)]
    return panel("redirects: one request after the other", *rows, style="margin-bottom:8px;") if rows else ""


def _hop_html(number: int, request: Request, response: Response) -> str:
    location = response.field("Location")
    where = f"Location: {escape(location)}" if location else ""
    return (
        f'<div style="padding:3px 10px;font-family:{MONOSPACE};font-size:13px;overflow-wrap:anywhere;">'
        f"{number}\N{NO-BREAK SPACE} <b>{escape(request.method)}</b> {escape(request.target)} → "
        f"{chip(response.look, response.digits)} {escape(response.reason)} \N{NO-BREAK SPACE}{where}</div>"
    )
