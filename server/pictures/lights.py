"""The traffic light of status codes, redrawn: it needs two reds, and a hand."""

from __future__ import annotations

from ..drawing import LOOKS, Picture, column, frame, label, sentence, svg, tag

# From the top of the picture to its bottom: the first digit, and what it asks of the client.
_LAMPS = (
    (
        5,
        "The server failed, and it knows. The request may be right.",
        "Try again later, or tell the people who run it.",
    ),
    (4, "The request seems wrong, or is not allowed.", "Change something before you ask again."),
    (3, "What you want is somewhere else.", "Follow Location. For 304: use the copy you have."),
    (2, "Received, understood and accepted.", "Go on. For 202: it is not done yet, ask later."),
)
_HAND = "The request is on its way. The final answer comes later on the same connection."
_LIMITS = (
    "Where a traffic light differs: there is no class for warnings, red is two classes that ask for opposite things, "
    "and the hand shows before one of the lamps, never instead of it."
)


def traffic_light() -> Picture:
    """Draw the five classes as a traffic light with two reds, for "your turn" and "their turn", and a hand."""
    parts = [
        tag("rect", x=24, y=14, width=96, height=376, rx=26, style="fill:#2b2b2b;stroke:#757575;stroke-width:2"),
        tag("rect", x=67, y=390, width=10, height=30, style="fill:#757575"),
        *(part for row, lamp in enumerate(_LAMPS) for part in _lamp(62.0 + 93 * row, *lamp)),
        *_hand_sign(470),
    ]
    description = " ".join(_lines())
    picture = svg(760, 530, "The traffic light of status codes", description, *parts)
    return Picture(frame("The traffic light of status codes", picture, f"<div>{_LIMITS}</div>"), _text())


def _lamp(y: float, digit: int, says: str, do: str) -> list[str]:
    look = LOOKS[digit]
    return [
        tag("circle", cx=72, cy=y, r=37, style=f"fill:{look.paper};stroke:#ffffff;stroke-width:1.5"),
        label(72, y + 11, look.symbol, 32, "middle", f"fill:{look.ink};font-weight:700;"),
        *_words(y, digit, says, do),
    ]


def _words(y: float, digit: int, says: str, do: str) -> list[str]:
    look = LOOKS[digit]
    return [
        label(150, y - 18, f"{look.label} {look.name}: {look.turn}", 17, style="font-weight:700;"),
        label(150, y + 5, says, 14.5),
        label(150, y + 26, do, 14.5),
    ]


def _hand_sign(y: float) -> list[str]:
    """Draw a raised hand: the sign of the officer who says wait, whatever the lamps will show."""
    look = LOOKS[1]
    skin = f"fill:none;stroke:{look.ink};stroke-width:7;stroke-linecap:round"
    fingers = "M60 -2 V-18 M70 -2 V-23 M80 -2 V-21 M90 2 V-13 M52 10 L44 0"
    return [
        tag("rect", x=29, y=y - 42, width=86, height=86, rx=14, style=f"fill:{look.paper}"),
        tag(
            "g",
            tag("path", d=fingers, style=skin),
            tag("path", d="M57 -4 H93 V14 Q93 32 76 32 Q63 32 57 18 L50 8 Z", style=f"fill:{look.ink}"),
            transform=f"translate(0 {y})",
        ),
        *_words(y, 1, _HAND, "Wait: this is not the answer yet."),
    ]


def _lines() -> list[str]:
    lines = [f"{LOOKS[digit]}: {LOOKS[digit].turn}. {says} {do}" for digit, says, do in _LAMPS]
    return [*lines, f"{LOOKS[1]}: {LOOKS[1].turn}. {_HAND}"]


def _text() -> str:
    colours = ("red", "red", "amber", "green", "hand")
    blocks = [column(colour, sentence(line)) for colour, line in zip(colours, _lines(), strict=True)]
    return "\n".join([*blocks, "", sentence(_LIMITS)])
