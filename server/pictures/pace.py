"""When clients ask: their requests as marks on an axis of time, and the bucket of tokens that they empty.

A run is a list of requests in the order of their times: the second in which one was sent, and the code that came back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ..drawing import EDGE, SHADE, TEXT, Look, Picture, frame, label, look_of, svg, tag

Run = Sequence[tuple[float, int]]

WIDTH = 760
_LEFT, _RIGHT = 170, 16
_ROW, _TOP = 44, 14
_LEVEL = 90
# Characters of the axis in the plain face.
_COLUMNS = 64
# How tall the mark of a class is, so that the colour does not stand alone.
_HEIGHTS = {2: 26, 4: 15, 5: 15}


def pace(runs: Mapping[str, Run], seconds: float) -> Picture:
    """Draw the requests of several clients, one row each, on one axis of ``seconds`` seconds.

    Requests that were sent later are counted, and not drawn. Raise :exc:`ValueError` when there is nothing to draw.
    """
    if not runs or seconds <= 0:
        raise ValueError("pace() draws at least one run on an axis of more than 0 seconds.")
    classes = {code // 100: look_of(code) for run in runs.values() for _, code in run}
    legend = [f"{classes[digit].symbol} {classes[digit].label}: {_shape(digit)}" for digit in sorted(classes)]
    bottom = _TOP + _ROW * len(runs)
    parts = _axis(seconds, bottom)
    for row, (name, run) in enumerate(runs.items()):
        y = _TOP + _ROW * row
        parts.append(label(10, y + 17, name, 14, style="font-weight:600;"))
        parts.append(label(10, y + 34, _counts(run), 12))
        parts += _marks(run, seconds, y + 36)
    parts.append(label(_LEFT, bottom + 44, "   ".join(legend), 12.5, style="white-space:pre;"))
    text = _text(runs, seconds)
    picture = svg(WIDTH, bottom + 58, "Requests on an axis of time", text, *parts)
    return Picture(frame("When each client asked, and what it got", picture), text)


def bucket(run: Run, capacity: int, rate: float, seconds: float) -> Picture:
    """Draw the tokens of a bucket over ``seconds`` seconds, and below them the requests that took them.

    The bucket starts with ``capacity`` tokens, ``rate`` new ones drip in every second, and every 200 takes one.
    """
    if seconds <= 0 or rate <= 0 or capacity < 1:
        raise ValueError("bucket() needs room for a token, drips, and an axis of more than 0 seconds.")
    levels = list(_levels(run, capacity, rate))
    base = _TOP + _LEVEL
    bottom = base + _ROW
    parts = [
        *_water([(time, level) for time, level in _corners(levels, capacity, rate, seconds)], capacity, seconds, base),
        *(_gauge(tokens, capacity, base) for tokens in range(capacity + 1)),
        label(10, _TOP + 16, "tokens", 14, style="font-weight:600;"),
        label(10, _TOP + 34, f"{rate:g} a second drips in", 12),
        *_axis(seconds, bottom),
        label(10, base + 17, "requests", 14, style="font-weight:600;"),
        label(10, base + 34, _counts(run), 12),
        *_marks(run, seconds, base + 36),
    ]
    lines = [f"{'second':<9}{'tokens':<{capacity + 6}}answer"]
    for (time, code), (_, before, _) in zip(run, levels, strict=True):
        tokens = "●" * int(before) + "○" * (capacity - int(before))
        lines.append(f"{time:<9g}{tokens:<{capacity + 6}}{look_of(code).symbol} {code}")
    text = "\n".join(lines)
    picture = svg(WIDTH, bottom + 34, "The bucket and its tokens over time", text, *parts)
    return Picture(frame("The bucket: every answer takes a token, and new ones drip in", picture), text)


def _levels(run: Run, capacity: int, rate: float) -> Iterator[tuple[float, float, float]]:
    """Give for each request its time, and the tokens before and after it."""
    last, tokens = 0.0, float(capacity)
    for time, code in run:
        before = round(min(capacity, tokens + (time - last) * rate), 6)
        last, tokens = time, before - 1 if code == 200 else before
        yield time, before, tokens


def _corners(
    levels: Sequence[tuple[float, float, float]], capacity: int, rate: float, seconds: float
) -> Iterator[tuple[float, float]]:
    """Give the corners of the line that the level draws."""
    last, tokens = 0.0, float(capacity)
    yield last, tokens
    for time, before, after in [*levels, (seconds, None, None)]:
        full = last + (capacity - tokens) / rate
        if last < full < time:
            yield full, float(capacity)
        yield time, min(capacity, tokens + (time - last) * rate) if before is None else before
        if after is not None:
            yield time, after
            last, tokens = time, after


def _water(corners: Sequence[tuple[float, float]], capacity: int, seconds: float, base: float) -> list[str]:
    points = [(_x(min(time, seconds), seconds), base - level / capacity * (_LEVEL - 14)) for time, level in corners]
    line = " ".join(f"L{x:.1f} {y:.1f}" for x, y in points)
    path = f"M{points[0][0]:.1f} {base:g} {line} L{points[-1][0]:.1f} {base:g} Z"
    return [tag("path", d=path, style="fill:#47709f;fill-opacity:.35;stroke:#47709f;stroke-width:1.5")]


def _gauge(tokens: int, capacity: int, base: float) -> str:
    y = base - tokens / capacity * (_LEVEL - 14)
    line = tag("path", d=f"M{_LEFT - 5} {y:.1f} H{WIDTH - _RIGHT}", style=f"stroke:{EDGE};stroke-width:.5")
    return line + label(_LEFT - 10, y + 4, str(tokens), 12, "end")


def _x(time: float, seconds: float) -> float:
    return _LEFT + (WIDTH - _LEFT - _RIGHT) * time / seconds


def _axis(seconds: float, y: int) -> list[str]:
    parts = [tag("path", d=f"M{_LEFT} {y} H{WIDTH - _RIGHT}", style=f"stroke:{TEXT};stroke-width:1.2")]
    for second in _ticks(seconds):
        x = _x(second, seconds)
        parts.append(tag("path", d=f"M{x:.1f} {_TOP} V{y + 5}", style=f"stroke:{EDGE};stroke-width:.6"))
        parts.append(label(x, y + 20, f"{second} s", 12, "middle"))
    return parts


def _ticks(seconds: float) -> range:
    """Return the seconds that get a number: twelve at most."""
    return range(0, int(seconds) + 1, max(1, -(-int(seconds) // 12)))


def _marks(run: Run, seconds: float, y: float) -> list[str]:
    width = max(3.0, min(9.0, (WIDTH - _LEFT - _RIGHT) / seconds * 0.08))
    return [_mark(_x(time, seconds), y, width, code) for time, code in run if time <= seconds]


def _mark(x: float, y: float, width: float, code: int) -> str:
    height = _HEIGHTS.get(code // 100, 20)
    colour = look_of(code).paper
    # A server's failure is a hollow mark: it differs from a client's error by more than its colour.
    style = f"fill:{SHADE};stroke:{colour};stroke-width:1.6" if code >= 500 else f"fill:{colour};stroke:{colour}"
    return tag("rect", x=x - width / 2, y=y - height, width=width, height=height, rx=1.5, style=style)


def _shape(digit: int) -> str:
    return {2: "tall", 5: "hollow"}.get(digit, "short" if digit == 4 else "middle")


def _counts(run: Run) -> str:
    counted = Counter(look_of(code).symbol for _, code in run)
    return f"{len(run)}: " + " ".join(f"{number} {symbol}" for symbol, number in counted.items()) if run else "none"


# The plain face.


def _text(runs: Mapping[str, Run], seconds: float) -> str:
    width = max(map(len, runs)) + 2
    # A whole number of characters a second, so that equal steps of time look equal.
    scale = max(1, int(_COLUMNS / seconds)) if seconds <= _COLUMNS else _COLUMNS / seconds
    columns = round(seconds * scale)
    ruler = [" "] * (columns + 4)
    for second in _ticks(seconds):
        place = round(second * scale)
        ruler[place : place + len(str(second))] = str(second)
    lines = [" " * width + "".join(ruler).rstrip() + " s"]
    lines += [f"{name:<{width}}{_track(run, seconds, scale, columns)}" for name, run in runs.items()]
    looks: dict[str, Look] = {look_of(code).symbol: look_of(code) for run in runs.values() for _, code in run}
    legend = "   ".join(f"{symbol} {look.label} {look.name}" for symbol, look in looks.items())
    return "\n".join([*lines, "", legend, *(f"{name}: {_words(run)}" for name, run in runs.items())])


def _track(run: Run, seconds: float, scale: float, columns: int) -> str:
    """Return one row of symbols; where two fall on one place, the later one moves to the right."""
    track: dict[int, str] = {}
    place = -1
    for time, code in run:
        if time <= seconds:
            place = max(place + 1, round(time * scale))
            track[place] = look_of(code).symbol
    return "".join(track.get(column, "·") for column in range(max([columns, *track]) + 1))


def _words(run: Run) -> str:
    counted = Counter(code for _, code in run)
    codes = ", ".join(f"{number} x {code}" for code, number in sorted(counted.items()))
    return f"{len(run)} request{'' if len(run) == 1 else 's'}" + (f" ({codes})" if codes else "")
