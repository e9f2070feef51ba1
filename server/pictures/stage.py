"""The stage of a journey: a client, a server and the cable between them, which fill up step by step.

The picture is complete without its animation: on paper, and for people who asked their system for less motion.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..drawing import (
    EDGE,
    MONOSPACE,
    NO_ANSWER,
    PAPER,
    SHADE,
    TEXT,
    identity,
    label,
    shortened,
    svg,
    tag,
)
from ..exchange import Exchange, Response

SECONDS = 5.0
# When a step begins to appear and how long it takes, in seconds.
_TIMES = {1: (0.0, 0.5), 2: (0.7, 1.0), 3: (1.9, 0.5), 4: (2.6, 1.2), 5: (4.3, 0.6)}
_MONO = f"font-family:{MONOSPACE};"
_WIRE = f"fill:none;stroke:{TEXT};stroke-width:2"
_TITLES = {
    1: "builds the request",
    2: "the bytes travel",
    3: "the server works",
    4: "the status line comes first",
    5: "decides by the number",
}
_MISSED = {2: "the bytes do not arrive", 3: "hears nothing", 4: "no status line comes", 5: "no number to decide by"}
# Where the badge with the number of a step stands.
_BADGES = {1: (32, 66), 2: (266, 84), 3: (566, 132), 4: (266, 190), 5: (32, 250)}


class Step(Protocol):
    title: str
    detail: str
    reached: bool


def draw(exchange: Exchange, steps: Sequence[Step]) -> str:
    """Draw the stage with the five steps of an exchange."""
    description = " ".join(f"{number}. {step.title}: {step.detail}." for number, step in enumerate(steps, 1))
    name = identity("journey", description)
    still = {1: _request(exchange), 2: [], 3: _work(exchange), 4: [], 5: _decision(exchange)}
    moving = {2: _way_there(exchange, name), 4: _way_back(exchange, name)}
    parts = [_reduced_motion(name), *_stage()]
    for number, step in enumerate(steps, 1):
        parts.append(_appearing(name, number, _head(number, step), *still[number]))
        parts += moving.get(number, [])
    return svg(760, 350, "The journey of a request", description, *parts, _again(name))


def _stage() -> list[str]:
    box = f"fill:none;stroke:{EDGE};stroke-width:1.5"
    return [
        label(14, 24, "client", 15, style="font-weight:700;"),
        tag("rect", x=10, y=34, width=230, height=304, rx=10, style=box),
        label(550, 24, "server", 15, style="font-weight:700;"),
        tag("rect", x=546, y=34, width=204, height=304, rx=10, style=box),
    ]


def _head(number: int, step: Step) -> str:
    x, y = _BADGES[number]
    title = _TITLES[number] if step.reached else _MISSED[number]
    dashes = "" if step.reached else "stroke-dasharray:3 3"
    circle = tag("circle", cx=x, cy=y, r=12, style=f"fill:{PAPER};stroke:{TEXT};stroke-width:1.8;{dashes}")
    slant = "font-weight:600;" if step.reached else "font-style:italic;"
    return (
        circle
        + label(x, y + 5, str(number), 14, "middle", "font-weight:700;")
        + label(x + 20, y + 5, title, 14, style=slant)
    )


def _request(exchange: Exchange) -> list[str]:
    request = exchange.request
    if request is None:
        return [label(30, 104, "(not captured)", 13, style="font-style:italic;")]
    lines = [f"{request.method} {request.target}", *(f"{name}: {value}" for name, value in request.fields)][:3]
    content = request.content.text.split("\n")[0]
    shown = [*lines, content] if content else lines
    return [
        tag("rect", x=22, y=86, width=206, height=18 * len(shown) + 14, rx=4, style=f"fill:{SHADE}"),
        *(
            label(30, 104 + 18 * row, shortened(line, 25), 12.5, style=_MONO + ("font-weight:700;" if row == 0 else ""))
            for row, line in enumerate(shown)
        ),
    ]


def _way_there(exchange: Exchange, name: str) -> list[str]:
    failure = exchange.failure
    if failure and failure.step == 1:
        return []
    if failure and failure.step == 2:
        return [_appearing(name, 2, *_cut(118, failure.kind))]
    line = shortened(exchange.request.line, 34) if exchange.request else "the request"
    arrow = tag("path", d="M246 118 H538 M528 111 L540 118 L528 125", style=_WIRE)
    box = tag("rect", x=254, y=105, width=262, height=26, rx=4, style=f"fill:{SHADE};stroke:{EDGE}")
    packet = box + label(385, 122, line, 12, "middle", _MONO)
    return [_appearing(name, 2, arrow), _moving(name, 2, -70, packet)]


def _work(exchange: Exchange) -> list[str]:
    failure = exchange.failure
    if failure and failure.step < 3:
        return []
    if failure and failure.step == 3:
        lines = ["perhaps it still works:", "the client cannot know"]
    elif failure and failure.cut:
        lines = ["what it did is not", "known to the client"]
    else:
        request = exchange.request
        lines = [
            "its code runs for",
            shortened(f"{request.method} {request.target}", 23) if request else "this request",
        ]
    return [label(586, 158 + 18 * row, line, 13) for row, line in enumerate(lines)]


def _way_back(exchange: Exchange, name: str) -> list[str]:
    """Draw what comes back, in the order in which it arrives at the client."""
    failure = exchange.failure
    if failure and failure.step < 3:
        return []
    interim = [_interim(one, row) for row, one in enumerate(exchange.interim[:2])]
    if failure and failure.cut:
        return [_appearing(name, 4, *interim, *_cut(226, failure.kind))]
    arrow = tag("path", d="M540 226 H248 M258 219 L246 226 L258 233", style=_WIRE)
    if failure:
        words = failure.received or ("a status line, lost" if failure.numbered else "no status line")
        return [_appearing(name, 4, arrow, _parcel(266, 266, f"{NO_ANSWER.symbol} {shortened(words, 36)}"))]
    response = exchange.response
    assert response is not None
    parcels = [_parcel(266, 150, shortened(response.short, 18), response), _parcel(422, 48, "fields")]
    if response.content.text:
        parcels.append(_parcel(476, 56, "content"))
    moving = [_moving(name, 4, 130, parcel, 0.5 * place) for place, parcel in enumerate(parcels)]
    return [_appearing(name, 4, arrow, *interim), *moving]


def _interim(response: Response, row: int) -> str:
    words = f"{response.look.symbol} {response.short}: not the answer yet"
    return label(254, 262 + 18 * row, shortened(words, 42), 12, style=_MONO)


def _parcel(x: int, width: int, words: str, response: Response | None = None) -> str:
    if response is None:
        box, ink = f"fill:{SHADE};stroke:{EDGE}", ""
    else:
        box, ink = f"fill:{response.look.paper}", f"{_MONO}fill:{response.look.ink};font-weight:700;"
    return tag("rect", x=x, y=212, width=width, height=28, rx=4, style=box) + label(
        x + width / 2, 231, words, 12.5, "middle", ink
    )


def _decision(exchange: Exchange) -> list[str]:
    response, failure = exchange.response, exchange.failure
    if response:
        look = response.look
        words = f"{look.symbol} {response.digits}"
        below = response.verdict.removeprefix(f"{look.symbol} ").split(": ")
    else:
        look = NO_ANSWER
        words = f"{look.symbol} no number"
        below = ["requests raises", failure.raised] if failure and failure.raised else []
    return [
        tag("rect", x=52, y=264, width=112, height=26, rx=4, style=f"fill:{look.paper}"),
        label(108, 282, words, 14, "middle", f"{_MONO}fill:{look.ink};font-weight:700;"),
        *(label(52, 309 + 17 * row, shortened(line, 28), 12.5) for row, line in enumerate(below)),
    ]


def _cut(y: int, kind: str) -> list[str]:
    wire = f"{_WIRE};stroke-width:2.5;stroke-linecap:round"
    return [
        tag("path", d=f"M246 {y} H375 l10 -8 M375 {y} l12 2 M375 {y} l8 9", style=wire),
        tag("path", d=f"M540 {y} H425 l-10 -8 M425 {y} l-12 2 M425 {y} l-8 9", style=wire),
        tag("path", d=f"M400 {y - 19} v12 M400 {y + 7} v12", style=f"{wire};stroke-dasharray:3 5"),
        label(393, y + 36, f"{NO_ANSWER.symbol} {kind}", 13.5, "middle", "font-weight:700;"),
    ]


def _appearing(name: str, number: int, *parts: str) -> str:
    """Return parts that fade in when the animation comes to their step."""
    start, length = _TIMES[number]
    fade = tag("animate", attributeName="opacity", values="0;0;1;1", **_timing(name, start, min(length, 0.5)))
    return tag("g", *parts, fade, class_=f"{name}_moves")


def _moving(name: str, number: int, start_at: int, part: str, delay: float = 0.0) -> str:
    """Return a part that moves along the cable to its place, from ``start_at`` units to the right of it."""
    start, length = _TIMES[number]
    timing = _timing(name, start + delay, length - 0.2)
    path = f"{start_at} 0;{start_at} 0;0 0;0 0"
    move = tag("animateTransform", attributeName="transform", type="translate", values=path, **timing)
    fade = tag("animate", attributeName="opacity", values="0;0;1;1", **timing)
    return tag("g", part, move, fade, class_=f"{name}_moves")


def _timing(name: str, start: float, length: float) -> dict[str, str]:
    return {
        "keyTimes": f"0;{start / SECONDS:.2f};{min((start + length) / SECONDS, 1):.2f};1",
        "calcMode": "spline",
        "keySplines": "0 0 1 1;0.3 0 0.3 1;0 0 1 1",
        "dur": f"{SECONDS:g}s",
        "begin": f"0s;{name}_again.click",
    }


def _again(name: str) -> str:
    arrow = tag("path", d="M690 11 L702 18 L690 25 Z", style=f"fill:{TEXT}")
    area = tag("rect", x=684, y=4, width=70, height=26, rx=4, style=f"fill:{PAPER}")
    return tag("g", area, arrow, label(710, 23, "again", 14), id=f"{name}_again", style="cursor:pointer")


def _reduced_motion(name: str) -> str:
    """Stop the animation where a style sheet alone can: SMIL itself does not ask for the reader's wish."""
    still = f".{name}_moves{{opacity:1!important;transform:none!important}}#{name}_again{{display:none}}"
    return tag("style", f"@media print,(prefers-reduced-motion:reduce){{{still}}}")
