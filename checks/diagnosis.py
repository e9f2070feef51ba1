"""What a mistake looks like from outside, and what usually lies behind it.

These are the mistakes that can happen in every exercise. A mistake that belongs to one exercise is explained by that
exercise's check. An explanation names the cause and the next step, never the solution.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from .report import preview

if TYPE_CHECKING:
    from .app import Exchange

_MUST_RETURN = "A view must RETURN a body (str, dict, list or Response), alone or first in a tuple."

# What Flask says when it cannot use what a view returned, and what that means.
_RETURN_MISTAKES: list[tuple[str, Callable[[re.Match[str]], str]]] = [
    (r"returned None or ended without a return", lambda _: f"Your view returned None. {_MUST_RETURN}"),
    (
        r"but it was an? (\w+)",
        lambda match: f"Your view returned an object of type {match[1]}, and that is no body. {_MUST_RETURN}",
    ),
    (
        r"did not return a valid response tuple",
        lambda _: (
            "Your view returned a tuple of another form. The forms are (body, status), (body, headers) and "
            "(body, status, headers)."
        ),
    ),
    (
        r"'(\w+)' object has no attribute 'strip'",
        lambda match: (
            f"The order is (body, status, headers). Where the status belongs, Flask found a value of type {match[1]}."
        ),
    ),
]


def explain_status(exchange: Exchange, wanted: Sequence[int], special: str = "") -> str:
    """Say what the status code that came back tells about the app; ``special`` is the check's own explanation."""
    if exchange.problem is not None:
        return explain_failure(exchange)
    code = exchange.code
    if exchange.crash is not None:
        return f"{explain_crash(exchange)} {special}".strip()
    if special:
        return special
    for explain in (_status_in_body, _slash_redirect, _routing, _default):
        if explanation := explain(exchange, wanted):
            return explanation
    return f"You answered {code}."


def explain_failure(exchange: Exchange) -> str:
    """Say why there was no response at all."""
    problem = exchange.problem
    if problem is None:
        return ""
    if problem.kind == "malformed" and exchange.crash is not None:
        return f"Your code raised {_name_of(exchange)} while it sent the content: the client sees it break off."
    if problem.kind == "malformed":
        return _explain_malformed(problem.got)
    if exchange.crash is not None:
        return f"Your code ended the request: it raised {_name_of(exchange)}. The client gets no status code at all."
    return {
        "late": "The client waited and got no status code. Look for an endless loop or a long wait in the view.",
        "endless": "The content does not come to an end: a client's memory does.",
        "refused": "Nobody answers: the process with your app has ended.",
        "closed": "The client got no status code at all: your code closed the connection or ended the process.",
    }[problem.kind]


def _explain_malformed(got: str) -> str:
    if match := re.search(r"HTTP/1\.1 0 (\S[^']*)", got):
        return (
            f"The server sent 'HTTP/1.1 0 {match[1]}': a text without a number becomes status 0 and clients hang up. "
            "Give a number, an HTTPStatus, or a text that starts with the number."
        )
    if "no final response" in got:
        return "A 1xx status is only announced: the client goes on waiting for the final response, and none comes."
    return "No client can read this response: it sees a broken connection and no status code."


def explain_crash(exchange: Exchange) -> str:
    """Say which exception made the 500."""
    crash = exchange.crash
    text = crash.text if crash else ""
    for pattern, explain in _RETURN_MISTAKES:
        if match := re.search(pattern, text):
            return f"Flask answered {exchange.code}. {explain(match)}"
    if exchange.code != 500:
        return f"{exchange.code}: your code raised {_name_of(exchange)}, and that was the answer to it."
    return f"500: your code raised {_name_of(exchange)}, and Flask turned it into Internal Server Error."


def _name_of(exchange: Exchange) -> str:
    crash = exchange.crash
    if crash is None:
        return ""
    name = preview(str(crash), 160)
    return name + crash.where()


def _status_in_body(exchange: Exchange, wanted: Sequence[int]) -> str:
    """Find the wanted status code in the content, where programs do not look for it."""
    body: Any = exchange.json
    for code in wanted:
        if isinstance(body, list) and len(body) == 2 and body[1] == code:
            return (
                f"The {code} is inside the JSON body: jsonify({{...}}, {code}) makes a two-element list and the status "
                f"stays {exchange.code}. Close the parenthesis before the comma."
            )
        if isinstance(body, dict) and any(value == code for value in body.values()):
            return f"The status is still {exchange.code}: you put {code} in the body. It goes second in the tuple."
        if not isinstance(body, (dict, list)) and re.search(rf"\b{code}\b", exchange.text[:200]):
            return f"You wrote {code} in the body. Programs read the status line, not your prose."
    return ""


def _slash_redirect(exchange: Exchange, wanted: Sequence[int]) -> str:
    path = exchange.sent.target.partition("?")[0]
    if exchange.code in (301, 302, 307, 308) and exchange.location == f"{path}/":
        return (
            f"The first answer was {exchange.code}, a redirect to {path}/: your route ends in a slash. "
            f"Register '{path}' without it."
        )
    if exchange.code in (301, 302, 303, 307, 308) and exchange.location is not None:
        return f"You answered {exchange.code}, a redirect to {exchange.location}: the client has to ask once more."
    return ""


def _routing(exchange: Exchange, wanted: Sequence[int]) -> str:
    """Explain the answers that Flask's routing gives by itself."""
    method, path = exchange.sent.method, exchange.sent.target.partition("?")[0]
    if exchange.code == 405 and 405 not in wanted:
        if method == "HEAD":
            return "405: your app refuses HEAD, which Flask answers by itself wherever a route takes GET."
        allowed = ", ".join(sorted(name.strip() for name in (exchange.header("Allow") or "nothing").split(",")))
        decorator = f"@app.{method.lower()}(...) or " if method in ("GET", "POST", "PUT", "PATCH", "DELETE") else ""
        return (
            f"405 Method Not Allowed: the route exists, but not for {method} (Allow: {allowed}). "
            f"Use {decorator}methods=['{method}']."
        )
    if exchange.code == 404 and 404 not in wanted and "The requested URL was not found on the server" in exchange.text:
        return f"404: no route of your app takes {method} {path}, or your code answered 404 for it."
    if exchange.code == 415:
        return "415 Unsupported Media Type: your app did not take the Content-Type of this request, or its absence."
    return ""


def _default(exchange: Exchange, wanted: Sequence[int]) -> str:
    if exchange.code == 200:
        return "You answered 200. Where you say nothing, Flask says 200: it never guesses from the method."
    if exchange.code == 501:
        return "501 Not Implemented: this part is still the starter."
    if exchange.code > 599:
        return f"{exchange.code} is no status code: they go from 100 to 599, and clients take it for a 500."
    if exchange.code >= 500:
        return f"{exchange.code} says that the server failed."
    return ""
