"""The journey of one request in five steps, drawn from a real exchange."""

from __future__ import annotations

from dataclasses import dataclass

import requests

from ..drawing import Picture, column, frame, sentence
from ..exchange import Exchange, Failure, Request, Response
from ..show import read
from .stage import draw

_DECISIONS = {
    1: "wait: the final answer is still to come",
    2: "fine: use the answer",
    3: "look elsewhere: ask again at the Location",
    4: "your turn: change something before you ask again",
    5: "their turn: the request may be right, so try later or report it",
}
_SPECIAL_DECISIONS = {
    101: "go on in the other protocol",
    202: "accepted, not done yet: ask later how far it is",
    304: "use the copy you have",
}


@dataclass(frozen=True)
class Step:
    """One step of the journey. ``reached`` is False for a step that did not happen."""

    title: str
    detail: str
    reached: bool = True

    def __str__(self) -> str:
        return f"{self.title}: {self.detail}"


def journey(thing: requests.Response | requests.RequestException | bytes, sent: bytes | None = None) -> Picture:
    """Draw the five steps of a request, from what was really sent and received.

    It takes what ``show`` takes. The picture builds itself up once, in five seconds; a click on "again" repeats that.
    """
    exchange = read(thing, sent, "journey")
    steps = [*_way_there(exchange), *_way_back(exchange)]
    picture = draw(exchange, steps)
    lines = [column(f"{number}", sentence(str(step)), 2) for number, step in enumerate(steps, 1)]
    if exchange.failure and exchange.failure.cut:
        lines.insert(exchange.failure.step, column("", "client -----x   x----- server   the cable is cut here", 2))
    return Picture(frame("The journey of a request in five steps", picture), "\n".join(lines))


def _way_there(exchange: Exchange) -> list[Step]:
    failure = exchange.failure
    reached = failure.step if failure else 5
    asked = _asked(exchange.request)
    builds = f"{_sent(exchange.request)}{_after(exchange)}"
    if reached == 1:
        builds = "requests refuses to send what was asked for"
    content = ", then the content" if exchange.request and exchange.request.content.text else ""
    travel = f"first the request line, then the header fields{content}"
    works = f"its code for {asked} runs"
    if failure and reached == 2:
        travel = f"they do not arrive: {failure.kind}"
    if failure and reached == 3:
        works = "perhaps. It got the request and may still be busy: the client cannot know"
    if failure and reached == 4 and failure.cut:
        works = "what it did is not known to the client"
    return [
        Step("The client builds a request", builds),
        Step("The bytes travel to the server", travel if reached >= 2 else "this did not happen", reached > 2),
        Step("The server works", works if reached >= 3 else "this did not happen", reached >= 3),
    ]


def _way_back(exchange: Exchange) -> list[Step]:
    first = "The status line comes back first"
    last = "The client decides by the number"
    before = "".join(f"{one.line} (not the answer yet), then " for one in exchange.interim)
    if exchange.response:
        response = exchange.response
        rest = ", then the header fields, then the content" if response.content.text else ", then the header fields"
        return [
            Step(first, f"{before}{response.line}{rest}"),
            Step(last, f"[{response.digits}] is {response.look}: {decision(response)}"),
        ]
    failure = exchange.failure
    assert failure is not None
    number = "a number came, but not to your program" if failure.numbered else "there is no number to decide by"
    raised = f". requests raises {failure.raised}" if failure.raised else ""
    return [
        Step(first, before + _instead(failure), failure.step == 4),
        Step(last, f"{number}: {failure.kind}{raised}", reached=False),
    ]


def _instead(failure: Failure) -> str:
    if failure.received:
        return f"no, something else came: {failure.received}"
    if failure.numbered:
        return "it came, but the client gave up on what followed"
    if failure.step == 3:
        return "nothing came in time"
    if failure.step == 4:
        return "nothing came: the connection was closed" if failure.cut else "bytes came, but no status line"
    return "this did not happen"


def decision(response: Response) -> str:
    """Return what a client does next because of the number."""
    if response.look.label not in ("1xx", "2xx", "3xx", "4xx", "5xx"):
        return "treat it like a 5xx"
    return _SPECIAL_DECISIONS.get(response.code, _DECISIONS[response.code // 100])


def _asked(request: Request | None) -> str:
    return f"{request.method} {request.target}" if request else "this request"


def _sent(request: Request | None) -> str:
    if request is None:
        return "(it is not part of what was passed)"
    content = f", with the content {' '.join(request.content.text.split())}" if request.content.text else ""
    return f"{request.line}{content}" if len(content) <= 120 else f"{request.line}, with content"


def _after(exchange: Exchange) -> str:
    count = len(exchange.redirects)
    return f" (after {count} redirect{'' if count == 1 else 's'})" if count else ""
