"""How often each class of status codes occurs in a list of codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ..drawing import EDGE, INVALID, LOOKS, Look, Picture, frame, label, svg, tag

BAR_LENGTH = 40


def histogram(codes: Iterable[int]) -> Picture:
    """Draw how many codes of a list are in each class.

    A class that never occurs is there with 0. Use it on a log:
    ``histogram(request.status for request in server.log.requests)``.
    """
    numbers = [_number(code) for code in codes]
    count = Counter(number // 100 if 100 <= number <= 599 else 0 for number in numbers)
    bars = [(look, count[digit]) for digit, look in LOOKS.items()]
    if count[0]:
        bars.append((INVALID, count[0]))
    total = f"{len(numbers):,} answer{'' if len(numbers) == 1 else 's'}"
    return Picture(frame("Answers by class", _drawing(bars, total)), _text(bars, total))


def _number(code: object) -> int:
    if isinstance(code, bool) or not isinstance(code, int):
        raise TypeError(f"histogram() counts status codes such as 404. This is not one: {code!r:.80}")
    return code


def _length(count: int, bars: list[tuple[Look, int]], longest: int) -> int:
    """Return the length of a bar. Whatever occurs at all can be seen."""
    most = max(number for _, number in bars)
    return max(round(longest * count / most), 1) if count else 0


def _in_words(bars: list[tuple[Look, int]], total: str) -> str:
    return f"{total}: " + ", ".join(f"{look.label} {count:,}" for look, count in bars)


def _drawing(bars: list[tuple[Look, int]], total: str) -> str:
    parts = [label(10, 22, f"{total} by class", 15, style="font-weight:700;")]
    for row, (look, count) in enumerate(bars):
        y = 42 + 36 * row
        width = _length(count, bars, 430)
        parts.append(label(10, y + 19, str(look), 14))
        if count:
            parts.append(tag("rect", x=190, y=y, width=width, height=26, rx=3, style=f"fill:{look.paper}"))
        parts.append(label(200 + width, y + 19, f"{count:,}", 15, style="font-weight:700;"))
    bottom = 42 + 36 * len(bars)
    parts.append(tag("line", x1=190, y1=38, x2=190, y2=bottom, style=f"stroke:{EDGE};stroke-width:1.5"))
    return svg(720, bottom + 8, "Answers by class", _in_words(bars, total), *parts)


def _text(bars: list[tuple[Look, int]], total: str) -> str:
    digits = max(len(f"{count:,}") for _, count in bars)
    rows = [
        f"{str(look):<21} {count:>{digits},} {'█' * _length(count, bars, BAR_LENGTH)}".rstrip() for look, count in bars
    ]
    return "\n".join([f"{total} by class", *rows])
