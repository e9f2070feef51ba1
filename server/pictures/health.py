"""The health of a server in two pictures: its answers over time, and its contract against what was seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ..drawing import EDGE, INVALID, LOOKS, MONOSPACE, Look, Picture, frame, label, look_of, svg, tag

_HEIGHT, _COLUMN, _LEFT, _TOP = 200, 52, 46, 44
_LINE, _CELL = 34, 172
_SEEN, _UNSEEN, _UNDOCUMENTED = LOOKS[2], INVALID, LOOKS[5]
# Symbols of one line of the plain face.
_LONGEST = 60


def traffic(intervals: Mapping[str, Iterable[int]], title: str = "Answers over time") -> Picture:
    """Draw the answers of each interval as one column, stacked by class.

    ``intervals`` maps the name of an interval, in the order of time, to the status codes that were sent in it.
    """
    counts = {name: _by_class(codes) for name, codes in intervals.items()}
    most = max([1, *(sum(count.values()) for count in counts.values())])
    text = _traffic_text(counts, most, title)
    parts = [label(10, 24, title, 15, style="font-weight:700;")]
    parts += [label(_LEFT - 8, _TOP + 5, str(most), 12, "end"), label(_LEFT - 8, _TOP + _HEIGHT, "0", 12, "end")]
    for place, (name, count) in enumerate(counts.items()):
        parts += _column_of(_LEFT + _COLUMN * place, name, count, most)
    bottom, width = _TOP + _HEIGHT, max(_LEFT + _COLUMN * len(counts) + 10, 640)
    parts.append(tag("line", x1=_LEFT, y1=bottom, x2=width - 10, y2=bottom, style=f"stroke:{EDGE};stroke-width:1.5"))
    looks = _used(counts)
    for place, look in enumerate(looks):
        y = bottom + 44 + 24 * place
        parts.append(tag("rect", x=_LEFT, y=y - 13, width=18, height=16, rx=3, style=f"fill:{look.paper}"))
        parts.append(label(_LEFT + 26, y, str(look), 13))
    return Picture(frame(title, svg(width, bottom + 44 + 24 * len(looks), title, text, *parts)), text)


def _by_class(codes: Iterable[int]) -> dict[Look, int]:
    """Count the codes of each class, from 1xx upwards."""
    found = [look_of(code) for code in codes]
    return {look: found.count(look) for look in (*LOOKS.values(), INVALID) if look in found}


def _used(counts: Mapping[str, Mapping[Look, int]]) -> list[Look]:
    return [look for look in (*LOOKS.values(), INVALID) if any(look in count for count in counts.values())]


def _column_of(x: int, name: str, count: Mapping[Look, int], most: int) -> list[str]:
    parts, y = [], float(_TOP + _HEIGHT)
    for look, number in count.items():
        height = _HEIGHT * number / most
        y -= height
        style = f"fill:{look.paper};stroke:#ffffff;stroke-width:1"
        parts.append(tag("rect", x=x + 3, y=y, width=_COLUMN - 6, height=height, style=style))
        if height >= 14:
            ink = f"fill:{look.ink};font-weight:700;"
            parts.append(label(x + _COLUMN / 2, y + height / 2 + 5, f"{look.symbol} {number}", 13, "middle", ink))
    return [*parts, label(x + _COLUMN / 2, _TOP + _HEIGHT + 18, name, 12, "middle")]


def _traffic_text(counts: Mapping[str, Mapping[Look, int]], most: int, title: str) -> str:
    width = max((len(name) for name in counts), default=0)
    scale = max(1, -(-most // _LONGEST))
    lines = [title, ""]
    for name, count in counts.items():
        bar = "".join(look.symbol * -(-number // scale) for look, number in count.items())
        lines.append(f"{name:>{width}}  {bar or '(no answer)'}")
    lines += ["", *(f"{look}" for look in _used(counts))]
    return "\n".join([*lines, *([f"One symbol stands for up to {scale} answers."] if scale > 1 else [])])


def coverage(
    contract: Mapping[tuple[str, str], Collection[int]],
    seen: Iterable[tuple[str, str, int]],
    title: str = "The contract, and what was seen",
) -> Picture:
    """Draw a contract as a table: each promised code is seen or not yet, and undocumented ones stand out.

    ``contract`` maps a method and a rule to status codes; ``seen`` has tuples of a method, a rule and a status code.
    """
    sent = set(seen)
    rows: dict[tuple[str, str], list[tuple[int, Look, str]]] = {pair: [] for pair in contract}
    for method, rule, code in {*sent, *((*pair, code) for pair, codes in contract.items() for code in codes)}:
        documented, was_seen = code in contract.get((method, rule), ()), (method, rule, code) in sent
        look = _SEEN if documented and was_seen else _UNSEEN if documented else _UNDOCUMENTED
        word = "seen" if documented and was_seen else "not seen yet" if documented else "undocumented"
        rows.setdefault((method, rule), []).append((code, look, word))
    # What the contract does not know comes last, in an order of its own.
    order = [*contract, *sorted(pair for pair in rows if pair not in contract)]
    table = {f"{method} {rule}": sorted(rows[method, rule], key=lambda cell: cell[0]) for method, rule in order}
    text = "\n".join([title, "", *_coverage_lines(table)])
    return Picture(frame(title, _coverage_drawing(table, title, text)), text)


def _coverage_lines(table: Mapping[str, list[tuple[int, Look, str]]]) -> list[str]:
    width = max((len(name) for name in table), default=0)
    return [
        f"{name:<{width}}  " + "   ".join(f"{look.symbol} {code} {word}" for code, look, word in cells)
        for name, cells in table.items()
    ]


def _coverage_drawing(table: Mapping[str, list[tuple[int, Look, str]]], title: str, text: str) -> str:
    left = 30 + 9 * max((len(name) for name in table), default=0)
    parts = [label(10, 24, title, 15, style="font-weight:700;")]
    for row, (name, cells) in enumerate(table.items()):
        y = 40 + _LINE * row
        parts.append(label(10, y + 20, name, 14, style=f"font-family:{MONOSPACE};font-weight:700;"))
        for place, (code, look, word) in enumerate(cells):
            x = left + _CELL * place
            parts.append(tag("rect", x=x, y=y, width=_CELL - 6, height=_LINE - 6, rx=4, style=f"fill:{look.paper}"))
            ink = f"fill:{look.ink};font-weight:700;"
            parts.append(label(x + 8, y + 19, f"{look.symbol} {code} {word}", 13, style=ink))
    width = left + _CELL * max((len(cells) for cells in table.values()), default=0) + 10
    return svg(max(width, 480), 46 + _LINE * len(table), title, text, *parts)
