"""Swim lanes: a request goes from server to server, and the code that comes back says who failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from ..codes import CODES
from ..drawing import EDGE, INVALID, LOOKS, MONOSPACE, PAPER, TEXT, Picture, column, frame, label, sentence, svg, tag
from ..exchange import Failure
from ..show import read

WIDTH = 760
LANE = 180
HEAD = 44
ROW = 46
# One colour for each lane, dark enough for white letters.
COLOURS = ("#47709f", "#7a4fa3", "#00707a", "#a8480f", "#6b6b00")


@dataclass(frozen=True)
class _Call:
    """One call from a lane to the next one, and what its caller heard."""

    caller: int
    asked: str
    heard: str
    code: int = 0
    # Whether a status line came back.
    answered: bool = True
    waiting: bool = False
    # The lanes that the answer, or its absence, blames.
    blamed: tuple[int, ...] = ()


def lanes(calls: Mapping[str, object], last: str) -> Picture:
    """Draw who called whom, who failed, and whom each status code blames.

    ``calls`` maps each lane that calls the next one to what it got: a response or an exception of requests, or None
    while it still waits. ``last`` is the lane that calls nobody.
    """
    if not 1 <= len(calls) < len(COLOURS):
        raise ValueError(f"lanes() draws one to {len(COLOURS) - 1} calls, not {len(calls)}.")
    names = [*calls, last]
    steps = [_call(place, outcome, len(names)) for place, outcome in enumerate(calls.values())]
    failed = _failed(steps)
    words = _words(names, steps, failed)
    picture = svg(WIDTH, _height(steps), "Swim lanes", words, *_drawing(names, steps, failed))
    html = frame("Swim lanes: who failed, and whom the code blames", picture, f"<div>{escape(words)}</div>")
    return Picture(html, _text(names, steps, words))


def _call(place: int, outcome: object, lanes_there: int) -> _Call:
    if outcome is None:
        return _Call(place, "asks", "still waiting", waiting=True)
    exchange = read(outcome, None, "lanes")
    request = exchange.request
    asked = f"{request.method} {request.target}" if request else "asks"
    answer, failure = exchange.response, exchange.failure
    if answer is not None:
        return _Call(place, asked, _named(answer.code), answer.code, blamed=_blamed(answer.code, place, lanes_there))
    assert isinstance(failure, Failure)
    return _Call(place, asked, failure.kind, answered=not failure.cut, blamed=(place + 1,))


def _named(code: int) -> str:
    return f"{code} {CODES[code].name}" if code in CODES else str(code)


def _blamed(code: int, caller: int, lanes_there: int) -> tuple[int, ...]:
    """Return the lanes that a code blames: the caller, the one that answers, or one of those behind it."""
    if 400 <= code <= 499:
        return (caller,)
    if code in (502, 504) and caller + 2 < lanes_there:
        return tuple(range(caller + 2, lanes_there))
    return (caller + 1,) if 500 <= code <= 599 else ()


def _failed(steps: list[_Call]) -> int | None:
    """Return the lane that failed: the call farthest from the client that went wrong tells it."""
    if any(step.waiting for step in steps):
        return None
    wrong = [step for step in steps if step.blamed]
    return wrong[-1].blamed[0] if wrong else None


def _words(names: list[str], steps: list[_Call], failed: int | None) -> str:
    first = steps[0]
    still = [names[step.caller] for step in steps if step.waiting]
    if still:
        return f"The {names[0]} got no status code. Still waiting, for nobody: {', '.join(still)}."
    if failed is None:
        return "Nobody failed."
    if not first.code:
        return f"The {names[failed]} failed, and the {names[0]} got no status code."
    if failed in first.blamed:
        return f"The {names[failed]} failed, and {first.code} says so."
    if first.blamed:
        return f"The {names[failed]} failed, but {first.code} blames the {names[first.blamed[0]]}."
    return f"The {names[failed]} failed, but {first.code} hides it."


def _blames(names: list[str], step: _Call) -> str:
    if not step.code or not step.blamed:
        return ""
    if len(step.blamed) > 1:
        return f"blames a server behind {names[step.caller + 1]}"
    return f"blames the {names[step.blamed[0]]}"


# The plain face.


def _text(names: list[str], steps: list[_Call], words: str) -> str:
    width = max(len(f"{one} -> {other}") for one, other in zip(names, names[1:], strict=False)) + 2
    lines = [column(f"{names[step.caller]} -> {names[step.caller + 1]}", step.asked, width) for step in steps]
    for step in reversed(steps):
        way = f"{names[step.caller]} <- {names[step.caller + 1]}"
        if not step.answered or step.waiting:
            way = f"{names[step.caller]} x- {names[step.caller + 1]}"
        blames = _blames(names, step)
        lines.append(column(way, f"{step.heard}   {blames}" if blames else step.heard, width))
    return "\n".join([*lines, "", sentence(words)])


# The HTML face.


def _height(steps: list[_Call]) -> int:
    return HEAD + 2 * len(steps) * ROW + 52


def _drawing(names: list[str], steps: list[_Call], failed: int | None) -> list[str]:
    places = [WIDTH * (2 * number + 1) / (2 * len(names)) for number in range(len(names))]
    bottom = _height(steps) - 34
    parts: list[str] = []
    for number, (name, x) in enumerate(zip(names, places, strict=True)):
        if number == failed:
            stripe = f"fill:{COLOURS[number]};fill-opacity:.16"
            parts.append(tag("rect", x=x - LANE / 2, y=4, width=LANE, height=bottom, rx=8, style=stripe))
            parts.append(label(x, bottom + 24, "✗ failed", 13, "middle", "font-weight:700;"))
        parts.append(tag("path", d=f"M{x:g} {HEAD} V{bottom:g}", style=f"stroke:{EDGE};stroke-width:2"))
        parts.append(tag("rect", x=x - 60, y=12, width=120, height=28, rx=6, style=f"fill:{COLOURS[number]}"))
        parts.append(label(x, 31, name, 14, "middle", "fill:#ffffff;font-weight:700;"))
    for row, step in enumerate(steps):
        parts += _way_there(step, places, HEAD + ROW * (row + 0.75))
    for row, step in enumerate(reversed(steps), len(steps)):
        parts += _way_back(step, places, HEAD + ROW * (row + 0.75), failed, _blames(names, step))
    return parts


def _way_there(step: _Call, places: list[float], y: float) -> list[str]:
    start, end = places[step.caller] + 4, places[step.caller + 1] - 4
    line = f"fill:none;stroke:{TEXT};stroke-width:1.8"
    return [
        tag("path", d=f"M{start:g} {y:g} H{end:g} m-9 -6 l9 6 l-9 6", style=line),
        label((start + end) / 2, y - 7, step.asked, 12.5, "middle", f"font-family:{MONOSPACE};"),
    ]


def _way_back(step: _Call, places: list[float], y: float, failed: int | None, blames: str) -> list[str]:
    start, end = places[step.caller + 1] - 4, places[step.caller] + 4
    middle = (start + end) / 2
    line = f"fill:none;stroke:{TEXT};stroke-width:1.8;stroke-dasharray:6 5"
    if step.waiting or not step.answered:
        # Nothing arrives: the arrow of the answer has no head.
        cross = f"M{middle - 6:g} {y - 6:g} l12 12 m-12 0 l12 -12"
        return [
            tag("path", d=f"M{start:g} {y:g} H{middle + 14:g}", style=line),
            tag("path", d=cross, style=f"fill:none;stroke:{TEXT};stroke-width:2.5"),
            label(middle, y - 11, step.heard, 12.5, "middle", "font-style:italic;"),
        ]
    paper = INVALID.paper
    if step.blamed:
        paper = COLOURS[failed if failed in step.blamed else step.blamed[0]]
    elif step.code:
        paper = LOOKS[step.code // 100].paper if step.code // 100 in LOOKS else paper
    ink = LOOKS[step.code // 100].ink if not step.blamed and step.code // 100 in LOOKS else "#ffffff"
    parts = [
        tag("path", d=f"M{start:g} {y:g} H{end:g}", style=line),
        tag("path", d=f"M{end + 9:g} {y - 6:g} l-9 6 l9 6", style=f"fill:none;stroke:{TEXT};stroke-width:1.8"),
    ]
    if not step.code:
        return [*parts, label(middle, y - 9, step.heard, 12.5, "middle", "font-style:italic;")]
    return [
        *parts,
        tag("rect", x=middle - 24, y=y - 12, width=48, height=24, rx=5, style=f"fill:{paper};stroke:{PAPER}"),
        label(middle, y + 5, str(step.code), 14, "middle", f"font-family:{MONOSPACE};fill:{ink};font-weight:700;"),
        label(middle, y + 24, blames.replace("blames a server behind", "blames behind"), 11.5, "middle"),
    ]
