"""The shelf: a request that creates puts a box on it, and Location is the label on the box."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from html import escape
from urllib.parse import urljoin

import requests

from ..drawing import EDGE, LOOKS, MONOSPACE, SHADE, TEXT, Picture, column, frame, label, sentence, shortened, svg, tag
from ..exchange import Request, Response, of_response

_SERVER = "http://<server>"


@dataclass(frozen=True)
class _Scene:
    """What stands on the shelf after an answer."""

    # "there", "later", or "" for no box.
    box: str
    # What is written on the box; None for a box without a label.
    label: str | None
    words: str


def shelf(response: requests.Response) -> Picture:
    """Draw what an answer says about a new thing: a box on a shelf, with the Location of the answer as its label."""
    if not isinstance(response, requests.Response) or response.status_code is None:
        raise TypeError(
            "shelf() draws what a request created. Pass it a response such as requests.post(url, json=...), "
            f"not {type(response).__name__}."
        )
    exchange = of_response(response)
    request, answer = exchange.request, exchange.response
    assert answer is not None
    scene = _scene(request, answer)
    asked = request.line.removesuffix(" HTTP/1.1") if request else "a request"
    sent = request.content.text if request else ""
    description = f"{asked} was answered {answer.short}. {scene.words}"
    picture = svg(760, 250, "The shelf", description, *_drawing(asked, sent, answer, scene))
    html = frame("The shelf: what was created, and where it is", picture, f"<div>{escape(scene.words)}</div>")
    return Picture(html, _text(asked, sent, answer, scene))


def _scene(request: Request | None, answer: Response) -> _Scene:
    location = answer.field("Location")
    target = request.target if request else ""
    if answer.code == 202:
        return _Scene("later", None, "Accepted: the box is not on the shelf yet. " + _status_page(target, location))
    if answer.code != 201:
        return _Scene("", None, f"{answer.digits} does not say that anything was created: no box.")
    if location:
        return _Scene(
            "there", location, f"The label on the box says where it is: GET {_resolved(target, location)} asks for it."
        )
    if request and request.method == "PUT":
        return _Scene(
            "there", target, "No Location is needed: PUT names the place itself, so the client wrote the label."
        )
    return _Scene(
        "there",
        None,
        f"A box without a label: Location is missing. So the requested URL itself, {target or 'unknown here'}, counts "
        "as the new thing (RFC 9110 §15.3.2), and a second box cannot be told from the first.",
    )


def _status_page(target: str, location: str | None) -> str:
    if location:
        return f"Location says where to ask how far it is: GET {_resolved(target, location)}."
    return "There is no Location: the client has to find another hint where to ask."


def _resolved(target: str, location: str) -> str:
    """Return the address that a Location means, seen from the requested one (RFC 9110 §10.2.2)."""
    address = urljoin(_SERVER + target, location)
    return address.removeprefix(_SERVER) if address.startswith(f"{_SERVER}/") else address


def _drawing(asked: str, sent: str, answer: Response, scene: _Scene) -> list[str]:
    look = answer.look
    mono = f"font-family:{MONOSPACE};"
    line = f"fill:none;stroke:{TEXT};stroke-width:2"
    parts = [
        tag("rect", x=10, y=60, width=240, height=100, rx=8, style=f"fill:none;stroke:{EDGE};stroke-width:1.5"),
        label(22, 52, "client", 14, style="font-weight:700;"),
        label(22, 86, shortened(asked, 26), 13.5, style=f"{mono}font-weight:700;"),
        *(label(22, 108 + 18 * row, text, 12.5, style=mono) for row, text in enumerate(_lines_of(sent, 3, 28))),
        tag("path", d="M258 90 H392 M382 83 L394 90 L382 97", style=line),
        tag("path", d="M392 140 H258 M268 133 L256 140 L268 147", style=line),
        tag("rect", x=274, y=107, width=104, height=24, rx=5, style=f"fill:{look.paper}"),
        label(326, 124, f"{look.symbol} {answer.digits}", 15, "middle", f"{mono}fill:{look.ink};font-weight:700;"),
        label(410, 28, "server", 14, style="font-weight:700;"),
        # The shelf: a board on two brackets.
        tag("rect", x=400, y=196, width=350, height=10, rx=2, style=f"fill:{EDGE}"),
        tag("path", d="M430 206 V232 M430 224 L446 206 M720 206 V232 M720 224 L704 206", style=line),
    ]
    if not scene.box:
        return [*parts, label(575, 150, "nothing new", 14, "middle", "font-style:italic;")]
    return [*parts, *_box(sent, scene)]


def _box(sent: str, scene: _Scene) -> list[str]:
    later = scene.box == "later"
    mono = f"font-family:{MONOSPACE};"
    dashes = "stroke-dasharray:7 5" if later else ""
    parts = [
        tag(
            "rect",
            x=440,
            y=44,
            width=270,
            height=152,
            rx=3,
            style=f"fill:{SHADE};stroke:{TEXT};stroke-width:2;{dashes}",
        ),
        tag("path", d="M440 74 H710 M575 44 V74", style=f"fill:none;stroke:{TEXT};stroke-width:1.5;{dashes}"),
        *(label(452, 94 + 17 * row, text, 12.5, style=mono) for row, text in enumerate(_lines_of(sent, 2, 32))),
    ]
    if later:
        return [*parts, label(575, 160, "not here yet", 15, "middle", "font-weight:700;")]
    look = LOOKS[2]
    if scene.label is None:
        return [
            *parts,
            tag(
                "rect", x=456, y=132, width=238, height=46, rx=4, style=f"fill:none;stroke:{TEXT};stroke-dasharray:4 4"
            ),
            label(575, 160, "? no label", 14, "middle", "font-style:italic;"),
        ]
    return [
        *parts,
        tag("rect", x=456, y=132, width=238, height=46, rx=4, style=f"fill:{look.paper}"),
        tag("circle", cx=466, cy=155, r=3.5, style=f"fill:{look.ink}"),
        label(580, 149, "Location", 12, "middle", f"fill:{look.ink};"),
        label(580, 168, shortened(scene.label, 26), 13.5, "middle", f"{mono}fill:{look.ink};font-weight:700;"),
    ]


def _lines_of(text: str, most: int, length: int) -> list[str]:
    """Return content on a few short lines."""
    return textwrap.wrap(" ".join(text.split()), length, max_lines=most, placeholder=" …")


def _text(asked: str, sent: str, answer: Response, scene: _Scene) -> str:
    content = shortened(" ".join(sent.split()), 40) or "the new thing"
    if not scene.box:
        box = "(nothing new)"
    elif scene.box == "later":
        box = f": {content} :   not here yet"
    else:
        box = f"[ {content} ]   label: {scene.label if scene.label is not None else 'none'}"
    blocks = [("asked", asked), ("answered", f"{answer.short}   {answer.verdict}"), ("shelf", box)]
    return "\n".join([column(name, lines) for name, lines in blocks] + ["", sentence(scene.words)])
