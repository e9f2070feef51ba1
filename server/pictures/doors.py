"""Two doors and a wall: how far callers came, drawn from the answers they got."""

from __future__ import annotations

from dataclasses import dataclass

import requests

from ..drawing import EDGE, MONOSPACE, PAPER, SHADE, TEXT, Picture, column, frame, label, shortened, svg, tag
from ..exchange import Exchange, Response, of_response

LANE = 96
# Where the two doors stand.
_DOORS = ((300, "who are you?"), (440, "may you?"))
_DOOR_WIDTH = 56
_STOPS = {"first": 292, "second": 432, "wall": 292, "inside": 560}


@dataclass(frozen=True)
class _Walk:
    """How far one caller came: to the ``first`` door, the ``second``, ``inside``, or to a ``wall``; else empty."""

    asked: str
    said: str
    end: str
    words: str
    response: Response


def doors(*responses: requests.Response) -> Picture:
    """Draw for each answer how far its caller came: 401 stops at the first door, 403 at the second, 404 is a wall."""
    for response in responses:
        if not isinstance(response, requests.Response) or response.status_code is None:
            raise TypeError(
                f"doors() draws answers. Pass it responses such as requests.get(url), not {type(response).__name__}."
            )
    if not responses:
        raise TypeError("doors() draws answers. Pass it one response or more.")
    walks = [_walk(of_response(response)) for response in responses]
    description = " ".join(f"{walk.asked}, {walk.said}: {walk.response.short}. {walk.words}" for walk in walks)
    lanes = [part for place, walk in enumerate(walks) for part in _lane(walk, place * LANE)]
    picture = svg(760, LANE * len(walks) + 8, "Two doors and a wall", description, *lanes)
    return Picture(frame("Two doors and a wall: how far each caller came", picture), "\n\n".join(map(_text, walks)))


def _walk(exchange: Exchange) -> _Walk:
    response, request = exchange.response, exchange.request
    assert response is not None
    fields = {name.lower(): value for name, value in request.fields} if request else {}
    end, words = _end(response)
    asked = request.line.removesuffix(" HTTP/1.1") if request else "a request"
    return _Walk(asked, fields.get("authorization", "no credentials"), end, words, response)


def _end(response: Response) -> tuple[str, str]:
    if response.code == 401:
        challenge = response.field("WWW-Authenticate")
        how = f"The door says how: {challenge}." if challenge else "The door does not say how."
        return "first", f"Who are you? Log in. {how}"
    if response.code == 403:
        return "second", "You are known, and you may not."
    if response.code == 404:
        return "wall", "A wall. Nothing is here, or nobody is to know."
    if 200 <= response.code <= 299:
        return "inside", "Both doors are open."
    return "", f"{response.digits} says nothing about doors."


def _lane(walk: _Walk, top: int) -> list[str]:
    mono = f"font-family:{MONOSPACE};"
    line = f"fill:none;stroke:{TEXT};stroke-width:2"
    floor = top + 82
    parts = [
        label(12, top + 40, shortened(walk.asked, 30), 13.5, style=f"{mono}font-weight:700;"),
        label(12, top + 60, shortened(walk.said, 32), 12.5, style=mono),
        tag("path", d=f"M0 {floor + 8} H760", style=f"fill:none;stroke:{EDGE};stroke-width:1"),
    ]
    if walk.end == "wall":
        parts += _wall(floor)
    else:
        stops = {"first": 0, "second": 1, "inside": 2}.get(walk.end, 0)
        for place, (x, words) in enumerate(_DOORS):
            parts += _door(x, floor, words, is_open=place < stops)
    stop = _STOPS.get(walk.end)
    if stop is not None:
        path = f"M252 {top + 56} H{stop} M{stop - 9} {top + 49} l10 7 l-10 7"
        parts.append(tag("path", d=path, style=line))
    look = walk.response.look
    parts += [
        tag("rect", x=572, y=top + 14, width=84, height=26, rx=4, style=f"fill:{look.paper}"),
        label(
            614,
            top + 32,
            f"{look.symbol} {walk.response.digits}",
            14,
            "middle",
            f"{mono}fill:{look.ink};font-weight:700;",
        ),
    ]
    parts += [label(572, top + 58 + 17 * row, text, 12.5) for row, text in enumerate(_short(walk))]
    return parts


def _short(walk: _Walk) -> list[str]:
    return {
        "first": ["stopped at the first door"],
        "second": ["known, and stopped", "at the second door"],
        "wall": ["a wall, and no door"],
        "inside": ["inside"],
    }.get(walk.end, ["says nothing about doors"])


def _door(x: int, floor: int, words: str, *, is_open: bool) -> list[str]:
    height, width = 50, _DOOR_WIDTH
    top = floor - height
    outline = f"fill:{PAPER if is_open else SHADE};stroke:{TEXT};stroke-width:2"
    parts = [
        label(x + width / 2, top - 8, words, 12.5, "middle", "font-weight:600;"),
        tag("rect", x=x, y=top, width=width, height=height, style=outline),
    ]
    if is_open:
        leaf = f"M{x} {top} L{x - 16} {top + 8} V{floor + 6} L{x} {floor} Z"
        return [*parts, tag("path", d=leaf, style=f"fill:{SHADE};stroke:{TEXT};stroke-width:1.5")]
    return [*parts, tag("circle", cx=x + width - 9, cy=top + 27, r=3, style=f"fill:{TEXT}")]


def _wall(floor: int) -> list[str]:
    """Draw bricks where the doors would be: who stands before them cannot see whether there is a door."""
    left, right, rows = 300, 496, 5
    top = floor - 14 * rows
    joints = [f"M{left} {top + 14 * row} H{right}" for row in range(1, rows)]
    for row in range(rows):
        start = left + (14 if row % 2 else 28)
        joints += [f"M{x} {top + 14 * row} v14" for x in range(start, right, 28)]
    edge = f"stroke:{TEXT};stroke-width:2"
    return [
        tag("rect", x=left, y=top, width=right - left, height=14 * rows, style=f"fill:{SHADE};{edge}"),
        tag("path", d=" ".join(joints), style=f"fill:none;stroke:{EDGE};stroke-width:1"),
    ]


def _text(walk: _Walk) -> str:
    drawn = {
        "first": "--> [ who are you? ]     | may you? |",
        "second": "--> | who are you? / --> [ may you? ]",
        "inside": "--> | who are you? / --> | may you? / --> inside",
        "wall": "--> #################################",
    }.get(walk.end, "    [ who are you? ]     [ may you? ]")
    blocks = [
        ("asked", f"{walk.asked}   ({walk.said})"),
        ("doors", drawn),
        ("answered", f"{walk.response.short}   {walk.words}"),
    ]
    return "\n".join(column(name, lines) for name, lines in blocks)
