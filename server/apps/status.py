"""The status app: ``/status/<code>`` answers with that code, and with all that the standards demand of it.

Every method is welcome. The addresses an answer names, such as a ``Location``, can be followed.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from flask import Flask, Response, jsonify, request, url_for
from werkzeug.routing import Rule

from server.codes import CODES, class_name, reason, treat_as

from .problems import problem, use_problems

DOCUMENT = b"0123456789abcdefghijklmnopqrstuvwxyz"
PART = DOCUMENT[:10]
RETRY_AFTER = "1"
# What a 200 says about its own version, and a 304 must repeat (RFC 9110 §15.4.5).
VALIDATORS = {"ETag": '"version-1"', "Cache-Control": "no-cache", "Vary": "Accept"}

# The pages that answers name in Location, Link or their content.
PAGES = {
    "created": "This is what was created.",
    "monitor": "The work that was accepted is done.",
    "here": "This is the resource, at its other URL.",
    "result": "This is the answer to look at.",
    "english": "One of the forms to choose from.",
    "french": "The other form to choose from.",
    "hint": "The final answer will need this.",
    "blocker": "This is who blocks the access.",
    "login": "This is where to log in to the network.",
}
# The page in Location. 305 has none: a client that obeyed it could be sent through a hostile proxy.
LOCATIONS = {201: "created", 202: "monitor", 300: "english", 301: "here", 302: "here", 303: "result"}
LOCATIONS |= {307: "here", 308: "here"}

HEADERS = {
    206: {"Content-Range": f"bytes 0-{len(PART) - 1}/{len(DOCUMENT)}", "ETag": VALIDATORS["ETag"]},
    226: {"ETag": VALIDATORS["ETag"]},
    304: VALIDATORS,
    401: {"WWW-Authenticate": 'Bearer realm="status"'},
    407: {"Proxy-Authenticate": 'Basic realm="proxy"'},
    413: {"Retry-After": RETRY_AFTER},
    415: {"Accept": "application/json"},
    416: {"Content-Range": f"bytes */{len(DOCUMENT)}"},
    # Upgrade only counts with this option in Connection (RFC 9110 §7.8).
    426: {"Upgrade": "websocket", "Connection": "Upgrade"},
    429: {"Retry-After": RETRY_AFTER},
    503: {"Retry-After": RETRY_AFTER},
}

# What helps, where it is more than "this page always answers so".
ADVICE = {
    406: "The content lists what there is.",
    409: "Somebody else changed it meanwhile: read it again, then repeat your change.",
    413: "For now: try again after the seconds in Retry-After.",
    428: 'Send the request again with If-Match and the ETag of the version you changed, such as If-Match: "version-1".',
    429: "One request a second is allowed: try again after the seconds in Retry-After.",
    451: "The page in Link is who blocks it.",
    503: "Try again after the seconds in Retry-After.",
    505: "This server speaks HTTP/1.1.",
    511: "Log in at the address in the content, then try again.",
}


def create_app() -> Flask:
    """Make the app."""
    app = Flask(__name__)
    use_problems(app)
    # app.route() would allow GET only: a rule without methods takes them all. Werkzeug has rules of their own for
    # requests that ask for a WebSocket, and those want the status they name, too.
    for websocket in (False, True):
        app.url_map.add(Rule("/status/<code>", endpoint="status", websocket=websocket))
    app.url_map.add(Rule("/pages/<name>", endpoint="page"))
    app.add_url_rule("/", view_func=index)
    app.endpoint("status")(status)
    app.endpoint("page")(page)
    return app


def index() -> dict[str, Any]:
    """List every code of the table, and where to see it."""
    return {
        "codes": [
            {"status": number, "name": code.name, "url": url_for("status", code=number)}
            for number, code in CODES.items()
        ]
    }


def status(code: str) -> Response:
    """Answer with the code in the path."""
    if not re.fullmatch("[1-5][0-9][0-9]", code):
        return problem(400, "A status code is a whole number from 100 to 599, written in three digits.")
    number = int(code)
    if number == 101:
        return _switch_protocols()
    if number == 103:
        return _early_hints()
    if number < 200:
        return _interim_then_final(number)
    return _answer(number)


def page(name: str) -> Response:
    """Answer 200 to every method, and name the method: some redirects change it."""
    if name not in PAGES:
        return problem(404, "There is no such page.")
    return jsonify(page=name, text=PAGES[name], method=request.method)


def _answer(number: int) -> Response:
    """Make a final answer with this code."""
    code = CODES.get(number)
    facts = _facts(number) | _members(number)
    if number == 206:
        response = Response(PART, mimetype="text/plain")
    elif number >= 400:
        advice = ADVICE.get(number, f"This page always answers {number}: trying again does not help.")
        response = problem(number, f"{facts.pop('meaning')} {advice}", **facts)
    else:
        response = jsonify({"status": number, "name": reason(number), **facts})
    response.status = f"{number} {reason(number)}"
    if code and not code.content:
        response.data = b""
        del response.headers["Content-Type"]
    if code and not code.storable:
        response.headers["Cache-Control"] = "no-store"
    response.headers.update(_headers(number))
    return response


def _facts(number: int) -> dict[str, Any]:
    """Return what the table knows about a code."""
    facts: dict[str, Any] = {"class": class_name(number)}
    code = CODES.get(number)
    if code:
        return facts | {"meaning": code.meaning, "reference": code.reference, "registered": code.kind == "registered"}
    meaning = f"Nobody registered this code. A client treats it as {treat_as(number)} (RFC 9110 §15)."
    return facts | {"meaning": meaning, "registered": False}


def _members(number: int) -> dict[str, Any]:
    """Return what the content must say for this code only."""
    here = url_for("page", name="here")
    match number:
        case 202:
            return {"status_url": url_for("page", name="monitor")}
        case 207:
            return {"outcomes": [{"url": here, "status": 200}, {"url": url_for("page", name="login"), "status": 423}]}
        case 300:
            return {"choices": [url_for("page", name=name) for name in ("english", "french")]}
        case 406:
            return {"available": [{"url": here, "type": "application/json"}]}
        case 505:
            return {"supported": ["HTTP/1.1"]}
        case 511:
            return {"login": url_for("page", name="login")}
    return {}


def _headers(number: int) -> dict[str, str]:
    """Return the header fields for this code only."""
    headers = dict(HEADERS.get(number, {}))
    if number in LOCATIONS:
        headers["Location"] = url_for("page", name=LOCATIONS[number])
    if number == 200 and request.method in ("GET", "HEAD"):
        headers |= VALIDATORS | {"Last-Modified": "Wed, 01 Jun 2022 00:00:00 GMT"}
    if number == 405:
        refused = {"GET", "HEAD"} if request.method in ("GET", "HEAD") else {request.method}
        headers["Allow"] = ", ".join(method for method in ("GET", "HEAD", "OPTIONS", "POST") if method not in refused)
    if number == 415 and request.method == "PATCH":
        headers["Accept-Patch"] = "application/json"
    if number == 451:
        headers["Link"] = f'<{url_for("page", name="blocker")}>; rel="blocked-by"'
    return headers


def _interim_then_final(number: int, headers: dict[str, str] | None = None) -> Response:
    """Write an interim answer to the socket and return the final 200.

    A WSGI view can only return one answer, and a server takes it for the final one. Werkzeug's server lets the view
    have the socket; under a server that does not, this is a 501.
    """
    socket = request.environ.get("werkzeug.socket")
    if socket is None:
        return problem(501, f"This server gives a WSGI app no way to send {number} before its final answer.")
    # An HTTP/1.0 client would take an interim answer for the final one: it must not get any (RFC 9110 §15.2).
    sent = request.environ["SERVER_PROTOCOL"] not in ("HTTP/0.9", "HTTP/1.0")
    if sent:
        lines = [f"HTTP/1.1 {number} {reason(number)}", *(f"{name}: {text}" for name, text in (headers or {}).items())]
        # That a client has hung up is found out by the final answer.
        with suppress(OSError):
            socket.sendall("".join(f"{line}\r\n" for line in [*lines, ""]).encode("ascii"))
    interim = {"status": number, "name": reason(number), "sent": sent, **_facts(number)}
    return jsonify({"status": 200, "name": reason(200), **_facts(200), "interim": interim})


def _early_hints() -> Response:
    """Send a hint ahead, and again in the final answer: a client may have ignored the first (RFC 8297 §2)."""
    hint = {"Link": f'<{url_for("page", name="hint")}>; rel="preload"; as="fetch"'}
    final = _interim_then_final(103, hint)
    final.headers.update(hint)
    return final


def _switch_protocols() -> Response:
    """Send 101 to a client that asks for a protocol this server speaks, and 426 to all others.

    RFC 9110 §7.8 forbids to switch to a protocol that the client did not name, demands that the answer to this very
    request follows in the new protocol, and lets Upgrade count only together with ``Connection: upgrade`` and never
    in HTTP/1.0. The one protocol that this server can keep the promise for is HTTP/1.1 itself, so that is the one to
    ask for; after the 101 the final answer follows in it.
    """
    upgrade = {"Upgrade": "HTTP/1.1", "Connection": "Upgrade"}
    asked = {token.strip().lower() for token in request.headers.get("Upgrade", "").split(",")}
    options = {token.strip().lower() for token in request.headers.get("Connection", "").split(",")}
    if request.environ["SERVER_PROTOCOL"] == "HTTP/1.1" and "http/1.1" in asked and "upgrade" in options:
        return _interim_then_final(101, upgrade)
    detail = "101 only goes to a client that asks for it: send Upgrade: HTTP/1.1 and Connection: Upgrade."
    return problem(426, detail, upgrade)
