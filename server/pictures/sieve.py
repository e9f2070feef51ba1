"""The sieve: what is wrong with a request falls out at its mesh, with the code that names it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import requests

from ..drawing import EDGE, MONOSPACE, TEXT, Look, Picture, column, frame, label, sentence, shortened, svg, tag
from ..exchange import of_response


@dataclass(frozen=True)
class Mesh:
    """One mesh: what it asks of a request, and the codes that name what it holds back."""

    question: str
    codes: tuple[int, ...]


MESHES = {
    "URL": Mesh("Is there anything at this URL?", (404, 410)),
    "method": Mesh("Does it take this method?", (405,)),
    "size": Mesh("Is the content small enough?", (413,)),
    "media type": Mesh("Is this kind of content taken here?", (415,)),
    "syntax": Mesh("Can the content be read?", (400,)),
    "meaning": Mesh("Does what it says make sense?", (422, 400)),
    "state": Mesh("Does it fit what is there now?", (409,)),
}
SOUND = "all in order"

# What the words of the picture mean for a client.
_MEANINGS = {
    "other code": "Other code: the client learns that it made a mistake, but looks for it in the wrong place.",
    "slips through": "Slips through: the client made a mistake, and believes that all is well.",
    "tears the sieve": "Tears the sieve: the client made a mistake, and the server takes the blame.",
    "held back": "Held back: nothing was wrong with this request.",
}
_ROW = 62


@dataclass(frozen=True)
class _Row:
    mesh: str
    question: str
    asked: str
    digits: str
    look: Look
    verdict: str


def sieve(answers: Mapping[str, requests.Response]) -> Picture:
    """Draw at which mesh each request fell out of a sieve.

    The keys of ``answers`` are names of :data:`MESHES`: each answer belongs to a request with just this mistake.
    Under the key :data:`SOUND` stands the answer to a request without any.
    """
    unknown = [name for name in answers if name not in (*MESHES, SOUND)]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no mesh of this sieve. Its meshes are {', '.join(MESHES)}; {SOUND!r} too.")
    rows = [_row(name, answers[name]) for name in (*MESHES, SOUND) if name in answers]
    meanings = [words for verdict, words in _MEANINGS.items() if any(row.verdict == verdict for row in rows)]
    description = " ".join(f"{row.mesh}: {row.asked} is answered {row.digits}, {row.verdict}." for row in rows)
    height = _ROW * len(rows) + 20
    picture = svg(760, height, "The sieve", description, *(_drawing(row, 8 + _ROW * n) for n, row in enumerate(rows)))
    html = frame("The sieve", picture, *(f"<div>{escape(words)}</div>" for words in meanings))
    return Picture(html, _text(rows, meanings))


def _row(mesh: str, answer: requests.Response) -> _Row:
    exchange = of_response(answer)
    request, response = exchange.request, exchange.response
    assert response is not None
    asked = "a request"
    if request:
        fields = {name.lower(): value for name, value in request.fields}
        sent = " ".join(request.content.text.split())
        asked = "  ".join(filter(None, [f"{request.method} {request.target}", fields.get("content-type"), sent]))
    question = MESHES[mesh].question if mesh in MESHES else "Nothing is wrong with it."
    return _Row(mesh, question, shortened(asked, 62), response.digits, response.look, _verdict(mesh, response.code))


def _verdict(mesh: str, code: int) -> str:
    if mesh == SOUND:
        return "goes through" if 200 <= code <= 299 else "held back"
    if code in MESHES[mesh].codes:
        return "falls out"
    if 400 <= code <= 499:
        return "other code"
    return "slips through" if 100 <= code <= 399 else "tears the sieve"


def _drawing(row: _Row, y: int) -> str:
    mono = f"font-family:{MONOSPACE};"
    wire = f"fill:none;stroke:{TEXT};stroke-width:2"
    # A request that is held goes sideways, one that is not goes down.
    down = row.verdict in ("slips through", "goes through")
    arrow = "M534 {0} V{1} M527 {2} L534 {1} L541 {2}" if down else "M512 {3} H550 M540 {4} L552 {3} L540 {5}"
    path = arrow.format(y + 6, y + 56, y + 46, y + 27, y + 20, y + 34)
    parts = [
        label(12, y + 18, row.mesh, 14, style="font-weight:700;"),
        label(112, y + 18, row.question, 13.5),
        label(12, y + 38, row.asked, 12.5, style=mono),
        tag("path", d=path, style=wire),
        tag("rect", x=560, y=y + 13, width=72, height=28, rx=4, style=f"fill:{row.look.paper}"),
        label(
            596,
            y + 32,
            f"{row.look.symbol} {row.digits}",
            14.5,
            "middle",
            f"{mono}fill:{row.look.ink};font-weight:700;",
        ),
        label(642, y + 32, row.verdict, 13),
    ]
    if row.mesh != SOUND:
        mesh = f"stroke:{EDGE};stroke-width:5;stroke-dasharray:9 5"
        parts.append(tag("line", x1=12, y1=y + 50, x2=520, y2=y + 50, style=mesh))
    return tag("g", *parts)


def _text(rows: list[_Row], meanings: list[str]) -> str:
    blocks = [column(row.mesh, f"{row.asked}\n[{row.digits}] {row.look.symbol} {row.verdict}", 13) for row in rows]
    return "\n".join([*blocks, *([""] if meanings else []), *map(sentence, meanings)])
