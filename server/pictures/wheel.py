"""The wheel of status codes: five sectors with a hundred places each, and few of them taken."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from ..codes import CLASSES, CODES, Code, treat_as
from ..drawing import EDGE, LOOKS, TEXT, Picture, column, frame, label, sentence, svg, tag

WIDTH, HEIGHT = 800, 744
CENTRE_X, CENTRE_Y = 400.0, 348.0
# The ten rings of a sector are the tens of a code, from the outside inwards; its ten rays are the ones.
OUTER, RING = 316.0, 30.0
DOT = 13.4


def wheel(highlight: Iterable[int] = ()) -> Picture:
    """Draw all status codes by their class; ``highlight`` marks some, registered or not."""
    marked = sorted({int(code) for code in highlight})
    numbers = _numbers(marked)
    description = f"{numbers} Registered codes: {_registered_in_words()}."
    picture = svg(
        WIDTH, HEIGHT, "The wheel of status codes", description, *_sectors(), *_dots(marked), *_legend(marked)
    )
    notes = "".join(f"<div>{line}</div>" for line in _marked_in_words(marked))
    return Picture(frame("The wheel of status codes", picture, notes), _text(numbers, marked))


def _numbers(marked: list[int]) -> str:
    count = Counter(code.kind for code in CODES.values())
    return (
        f"Five classes with room for 500 codes: {count['registered']} are registered, "
        f"{count['reserved']} are reserved ({_list('reserved')}) and "
        f"{count['temporary']} is temporary ({_list('temporary')}). The rest is free."
    )


def _list(kind: str) -> str:
    return ", ".join(str(code.number) for code in CODES.values() if code.kind == kind)


def _of_class(digit: int) -> list[Code]:
    return [code for code in CODES.values() if code.number // 100 == digit]


def _registered_in_words() -> str:
    return "; ".join(
        f"{LOOKS[digit].label} {CLASSES[digit]}: "
        + " ".join(str(code.number) for code in _of_class(digit) if code.kind == "registered")
        for digit in CLASSES
    )


def _text(numbers: str, marked: list[int]) -> str:
    blocks = [sentence(numbers), ""]
    for digit in CLASSES:
        codes = [_spelled(code, code.number in marked) for code in _of_class(digit)]
        lines = [f"{LOOKS[digit]}: {LOOKS[digit].turn}", sentence(" ".join(codes))]
        blocks.append(column(f"  {LOOKS[digit].label}", "\n".join(lines)))
    blocks += ["", *_marked_in_words(marked)] if marked else []
    return "\n".join(blocks)


def _spelled(code: Code, marked: bool) -> str:
    number = f"[{code.number}]" if marked else str(code.number)
    return number if code.kind == "registered" else f"{number} ({code.kind})"


def _marked_in_words(marked: list[int]) -> list[str]:
    return [_marked_line(number) for number in marked]


def _marked_line(number: int) -> str:
    if not 100 <= number <= 599:
        return f"[{number}] is not on the wheel: codes go from 100 to 599. A client treats it like {treat_as(number)}."
    if number not in CODES:
        return f"[{number}] is not registered: a client treats it like {treat_as(number)}."
    code = CODES[number]
    if code.kind == "registered":
        return f"[{number}] {code.name}: {code.meaning}"
    return f"[{number}] {code.name} is {code.kind}: a client treats it like {treat_as(number)}."


def _place(number: int) -> tuple[float, float]:
    """Return where the dot of a code stands."""
    digit, tens, ones = number // 100, number // 10 % 10, number % 10
    degrees = -90 + 72 * (digit - 1) + 72 * (ones + 0.5) / 10
    return _point(OUTER - RING * tens, degrees)


def _point(radius: float, degrees: float) -> tuple[float, float]:
    angle = math.radians(degrees)
    return CENTRE_X + radius * math.cos(angle), CENTRE_Y + radius * math.sin(angle)


def _sectors() -> list[str]:
    parts = []
    edge = OUTER + 18
    for digit, look in LOOKS.items():
        start = -90 + 72 * (digit - 1)
        (x1, y1), (x2, y2) = _point(edge, start + 1.2), _point(edge, start + 70.8)
        arc = f"M{x1:.1f} {y1:.1f} A{edge:g} {edge:g} 0 0 1 {x2:.1f} {y2:.1f}"
        parts.append(tag("path", d=arc, style=f"fill:none;stroke:{look.paper};stroke-width:9"))
        (x1, y1), (x2, y2) = _point(58, start), _point(edge + 6, start)
        parts.append(tag("line", x1=x1, y1=y1, x2=x2, y2=y2, style=f"stroke:{EDGE};stroke-width:1"))
        parts += _heading(digit, start + 36)
    parts.append(label(CENTRE_X, CENTRE_Y - 2, "the first digit", 13, "middle"))
    parts.append(label(CENTRE_X, CENTRE_Y + 15, "decides", 13, "middle", "font-weight:700;"))
    return parts


def _heading(digit: int, degrees: float) -> list[str]:
    """Name a sector on its inner, nearly empty part."""
    look = LOOKS[digit]
    x, y = _point(104, degrees)
    return [
        tag("rect", x=x - 54, y=y - 23, width=108, height=46, rx=8, style=f"fill:{look.paper}"),
        label(x, y - 4, f"{look.symbol} {look.label}", 15, "middle", f"fill:{look.ink};font-weight:700;"),
        label(x, y + 14, look.name, 12.5, "middle", f"fill:{look.ink};"),
    ]


def _dots(marked: list[int]) -> list[str]:
    free = [number for number in range(100, 600) if number not in CODES and number not in marked]
    # The innermost rings lie under the headings.
    parts = [_free_dot(number) for number in free if number // 10 % 10 < 6]
    parts += [_dot(code) for code in CODES.values()]
    parts += [_mark(number) for number in marked if 100 <= number <= 599]
    return parts


def _free_dot(number: int) -> str:
    x, y = _place(number)
    return tag("circle", cx=x, cy=y, r=1.6, style=f"fill:{EDGE}")


def _dot(code: Code) -> str:
    x, y = _place(code.number)
    look = LOOKS[code.number // 100]
    if code.kind == "registered":
        circle = f"fill:{look.paper}"
        digits = f"fill:{look.ink};font-weight:600;"
    else:
        dashes = "5 3" if code.kind == "reserved" else "1.5 2.5"
        circle = f"fill:none;stroke:{TEXT};stroke-width:1.6;stroke-dasharray:{dashes}"
        digits = ""
    return tag("circle", cx=x, cy=y, r=DOT, style=circle) + label(x, y + 4, str(code.number), 11, "middle", digits)


def _mark(number: int) -> str:
    x, y = _place(number)
    ring = tag("circle", cx=x, cy=y, r=DOT + 4, style=f"fill:none;stroke:{TEXT};stroke-width:3")
    return ring if number in CODES else ring + label(x, y + 4, str(number), 11, "middle", "font-weight:600;")


def _legend(marked: list[int]) -> list[str]:
    count = Counter(code.kind for code in CODES.values())
    y = HEIGHT - 12.0
    entries = [
        (20.0, f"{count['registered']} registered", f"fill:{TEXT}", 8.0),
        (160.0, f"{count['reserved']} reserved: {_list('reserved')}", _outline("5 3"), 8.0),
        (350.0, f"{count['temporary']} temporary: {_list('temporary')}", _outline("1.5 2.5"), 8.0),
        (520.0, "free", f"fill:{EDGE}", 1.6),
    ]
    if marked:
        entries.append((600.0, "highlighted", f"fill:none;stroke:{TEXT};stroke-width:3", 8.0))
    return [
        tag("circle", cx=x, cy=y - 5, r=radius, style=style) + label(x + 15, y, words, 13)
        for x, words, style, radius in entries
    ]


def _outline(dashes: str) -> str:
    return f"fill:none;stroke:{TEXT};stroke-width:1.6;stroke-dasharray:{dashes}"
