"""How a client treats a request on its way through a redirect: one row for each method, one column for each code."""

from __future__ import annotations

from collections.abc import Mapping

from ..drawing import INVALID, LOOKS, MONOSPACE, Look, Picture, frame, label, svg, tag

# What can become of a request: how it is coloured, its symbol, and what it means.
_WORDS: dict[str, tuple[Look, str, str]] = {
    "intact": (LOOKS[2], "✓", "the same method and the same content arrive"),
    "body lost": (LOOKS[3], "−", "the same method arrives, without the content"),
    "method changed": (LOOKS[4], "≠", "another method arrives"),
    "not followed": (INVALID, "∅", "nothing arrives at the new address"),
}
_WIDTH, _HEIGHT, _LEFT, _TOP = 152, 38, 84, 60
# Characters of one column of the plain face.
_COLUMN = 17


def treatments(table: Mapping[str, Mapping[int, str]], title: str) -> Picture:
    """Draw what became of requests: ``table[method][code]`` is one of the words ``intact``, ``body lost``, ...

    ``title`` names the client. Raise :exc:`ValueError` for any other word.
    """
    codes = list(dict.fromkeys(code for row in table.values() for code in row))
    for word in (word for row in table.values() for word in row.values()):
        if word not in _WORDS:
            raise ValueError(f"{word!r} is none of the words {', '.join(map(repr, _WORDS))}")
    used = [word for word in _WORDS if any(word in row.values() for row in table.values())]
    legend = [f"{_WORDS[word][1]} {word}: {_WORDS[word][2]}" for word in used]
    text = _text(table, codes, title, legend)
    width, height = _LEFT + _WIDTH * len(codes) + 10, _TOP + _HEIGHT * len(table) + 22 * len(legend) + 14
    picture = svg(width, height, f"Redirects as {title} treats them", text, *_drawing(table, codes, title, legend))
    return Picture(frame(f"Redirects as {title} treats them", picture), text)


def _drawing(table: Mapping[str, Mapping[int, str]], codes: list[int], title: str, legend: list[str]) -> list[str]:
    mono = f"font-family:{MONOSPACE};font-weight:700;"
    parts = [label(10, 22, title, 15, style="font-weight:700;")]
    parts += [
        label(_LEFT + _WIDTH * (place + 0.5), 48, str(code), 14.5, "middle", mono) for place, code in enumerate(codes)
    ]
    for row, (method, treated) in enumerate(table.items()):
        y = _TOP + _HEIGHT * row
        parts.append(label(10, y + 24, method, 14, style=mono))
        parts += [
            _cell(_LEFT + _WIDTH * place, y, treated[code]) for place, code in enumerate(codes) if code in treated
        ]
    bottom = _TOP + _HEIGHT * len(table) + 22
    return parts + [label(10, bottom + 22 * row, line, 13) for row, line in enumerate(legend)]


def _cell(x: int, y: int, word: str) -> str:
    look, symbol, _ = _WORDS[word]
    box = tag("rect", x=x + 3, y=y + 3, width=_WIDTH - 6, height=_HEIGHT - 6, rx=4, style=f"fill:{look.paper}")
    return box + label(x + _WIDTH / 2, y + 24, f"{symbol} {word}", 13, "middle", f"fill:{look.ink};font-weight:600;")


def _text(table: Mapping[str, Mapping[int, str]], codes: list[int], title: str, legend: list[str]) -> str:
    methods = max((len(method) for method in table), default=0) + 2
    lines = [title, " " * methods + "".join(f"{code:<{_COLUMN}}" for code in codes)]
    for method, treated in table.items():
        cells = (f"{_WORDS[treated[code]][1]} {treated[code]}" if code in treated else "" for code in codes)
        lines.append(f"{method:<{methods}}" + "".join(f"{cell:<{_COLUMN}}" for cell in cells))
    return "\n".join(line.rstrip() for line in [*lines, "", *legend])
