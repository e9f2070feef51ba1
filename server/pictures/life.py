"""The life of one thing behind a URL, from its creation to its end, drawn from the answers that tell of it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

from ..drawing import EDGE, MONOSPACE, SHADE, TEXT, Picture, frame, label, shortened, svg, tag, turn_of
from ..exchange import Response, of_response

_WIDTH, _LINE, _BOX = 134, 132, 34
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# What an answer says about the thing; a verb of its own for a method.
_WORDS = {
    (200, "GET"): "read",
    (200, "HEAD"): "read",
    (200, "PUT"): "changed",
    (200, "DELETE"): "deleted",
    (204, "DELETE"): "deleted",
    (204, "PUT"): "changed",
    (201, ""): "created",
    (304, ""): "unchanged: use your copy",
    (404, ""): "nothing here",
    (410, ""): "it was here, and is gone",
    (412, ""): "refused: not this version",
    (428, ""): "refused: no condition",
}


@dataclass(frozen=True)
class _Station:
    """One request of the story. ``state`` is what is there after it: the letter of a tag, ``gone``, or empty."""

    method: str
    path: str
    condition: str
    answer: Response
    words: str
    state: str

    @property
    def asked(self) -> str:
        return "  ".join(filter(None, [f"{self.method} {self.path}", self.condition]))


def life(*responses: requests.Response) -> Picture:
    """Draw what became of one thing, request by request: is it there, and which version is it?

    Entity tags are called A, B, … in the order in which they came.
    """
    for response in responses:
        if not isinstance(response, requests.Response) or response.status_code is None:
            raise TypeError(
                f"life() draws answers. Pass it responses such as requests.get(url), not {type(response).__name__}."
            )
    if not responses:
        raise TypeError("life() draws answers. Pass it one response or more.")
    stations = _stations(responses)
    text = _text(stations)
    parts = [part for place, station in enumerate(stations) for part in _drawn(station, 10 + _WIDTH * place)]
    parts += _line_of_life(stations)
    picture = svg(20 + _WIDTH * len(stations), 236, "The life of one recipe", text, *parts)
    return Picture(frame("The life of one recipe", picture), text)


def _stations(responses: tuple[requests.Response, ...]) -> list[_Station]:
    letters: dict[str, str] = {}
    state, found = "", []
    for response in responses:
        if etag := response.headers.get("ETag"):
            letters.setdefault(etag, _LETTERS[len(letters) % len(_LETTERS)])
        method = response.request.method or "?"
        state = _state(state, response.status_code, method, letters.get(etag or "", ""))
        answer = of_response(response).response
        assert answer is not None
        code = answer.code
        words = _WORDS.get((code, method)) or _WORDS.get((code, "")) or turn_of(code)
        path = urlsplit(response.request.url or "").path
        found.append(_Station(method, path, _condition(response, letters), answer, words, state))
    return found


def _state(before: str, code: int, method: str, letter: str) -> str:
    if code == 410 or (code in (200, 204) and method == "DELETE"):
        return "gone"
    if code == 404:
        return ""
    if 200 <= code <= 299 and method in ("POST", "PUT", "PATCH"):
        # A write without a tag: there is a version, and nobody told its name.
        return letter or "?"
    return (letter or before or "?") if code in (200, 304) else before


def _condition(response: requests.Response, letters: dict[str, str]) -> str:
    for name in ("If-None-Match", "If-Match"):
        if value := response.request.headers.get(name):
            value = value if isinstance(value, str) else value.decode("latin-1")
            return f"{name}: {letters.get(value, value)}"
    return ""


def _drawn(station: _Station, x: int) -> list[str]:
    middle, mono, look = x + _WIDTH / 2, f"font-family:{MONOSPACE};", station.answer.look
    name, _, value = station.condition.partition(": ")
    lines = textwrap.wrap(station.words, 18)[:3]
    return [
        label(middle, 22, station.method, 14, "middle", f"{mono}font-weight:700;"),
        label(middle, 40, shortened(station.path, 16), 12, "middle", mono),
        label(middle, 57, shortened(f"{name} {value}".strip(), 17), 11.5, "middle", mono),
        tag("rect", x=middle - 34, y=68, width=68, height=26, rx=4, style=f"fill:{look.paper}"),
        label(
            middle,
            86,
            f"{look.symbol} {station.answer.digits}",
            14,
            "middle",
            f"{mono}fill:{look.ink};font-weight:700;",
        ),
        tag("path", d=f"M{middle:g} 96 V{_LINE - 4}", style=f"fill:none;stroke:{EDGE};stroke-width:1.5"),
        *(label(middle, 182 + 17 * row, line, 12.5, "middle") for row, line in enumerate(lines)),
    ]


def _line_of_life(stations: list[_Station]) -> list[str]:
    """Draw the thing itself below the requests: a bar for each version, and a dashed line where nothing is."""
    parts, start = [], 0
    right = 10 + _WIDTH * len(stations)
    first = 10 + _WIDTH / 2
    dashed = f"fill:none;stroke:{TEXT};stroke-width:1.5;stroke-dasharray:4 5"
    middle_line = _LINE + _BOX / 2
    parts.append(tag("path", d=f"M10 {middle_line:g} H{first:g}", style=dashed))
    for place, station in enumerate(stations):
        following = stations[place + 1].state if place + 1 < len(stations) else None
        if following == station.state:
            continue
        left = 10 + _WIDTH * start + _WIDTH / 2
        end = 10 + _WIDTH * (place + 1) + _WIDTH / 2 if following is not None else float(right)
        if station.state in ("", "gone"):
            parts.append(tag("path", d=f"M{left:g} {middle_line:g} H{end:g}", style=dashed))
            words = "gone" if station.state else "nothing there"
        else:
            box = f"fill:{SHADE};stroke:{TEXT};stroke-width:2"
            parts.append(tag("rect", x=left, y=_LINE, width=end - left, height=_BOX, rx=4, style=box))
            words = f"version {station.state}"
        y = middle_line + (5 if station.state not in ("", "gone") else -7)
        parts.append(label((left + end) / 2, y, words, 13, "middle", "font-weight:700;"))
        start = place + 1
    return parts


def _text(stations: list[_Station]) -> str:
    asked = max(len(station.asked) for station in stations)
    words = max(len(station.words) for station in stations)
    lines = [
        f"{station.asked:<{asked}}  [{station.answer.digits}] {station.words:<{words}}  {_after(station.state)}"
        for station in stations
    ]
    return "\n".join(lines)


def _after(state: str) -> str:
    return {"": "(nothing there)", "gone": "(gone)"}.get(state, f"version {state}")
