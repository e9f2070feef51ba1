"""What all pictures share: their two faces, the look of the five classes, and small parts of HTML and SVG."""

from __future__ import annotations

import hashlib
import textwrap
from dataclasses import dataclass
from html import escape

from .codes import CLASSES

# JupyterLab's colours change with its theme. The second value is for every other place that shows a notebook.
TEXT = "var(--jp-content-font-color1,#1f1f1f)"
PAPER = "var(--jp-layout-color1,#ffffff)"
SHADE = "var(--jp-layout-color2,#eeeeee)"
EDGE = "var(--jp-layout-color4,#757575)"
MONOSPACE = "var(--jp-code-font-family,ui-monospace,monospace)"
SANS = "var(--jp-ui-font-family,system-ui,sans-serif)"
# Without this a browser prints white text on no background.
PRINTED = "print-color-adjust:exact;-webkit-print-color-adjust:exact;"

LINE_WIDTH = 80


@dataclass(frozen=True)
class Look:
    """How one class of status codes looks: always a symbol and words, never the colour alone."""

    label: str
    name: str
    turn: str
    symbol: str
    paper: str
    ink: str

    def __str__(self) -> str:
        return f"{self.symbol} {self.label} {self.name}".rstrip()


LOOKS = {
    1: Look("1xx", CLASSES[1], "wait, more comes", "…", "#47709f", "#ffffff"),
    2: Look("2xx", CLASSES[2], "fine", "✓", "#1e7d43", "#ffffff"),
    3: Look("3xx", CLASSES[3], "look elsewhere", "➜", "#f2b632", "#1a1a1a"),
    4: Look("4xx", CLASSES[4], "your turn", "✗", "#d13c10", "#ffffff"),
    5: Look("5xx", CLASSES[5], "their turn", "!", "#cb2b58", "#ffffff"),
}
INVALID = Look("not a status code", "", "treat it like a 5xx", "?", "#6c6c6c", "#ffffff")
NO_ANSWER = Look("no status code", "", "nothing to decide by", "∅", "#6c6c6c", "#ffffff")
# What these say differs from what their class says.
_TURNS = {101: "go on in another protocol", 202: "accepted, not done yet", 304: "use your stored copy"}


def look_of(code: int) -> Look:
    """Return the look of a status code; outside of 100 to 599 there are no classes (RFC 9110 §15)."""
    return LOOKS[code // 100] if 100 <= code <= 599 else INVALID


def turn_of(code: int) -> str:
    """Return in a few words what a client does next."""
    return _TURNS.get(code, look_of(code).turn)


class Picture:
    """A picture with two faces: HTML to look at, and plain text that says the same by itself.

    The HTML holds the text too. From stored outputs that it does not trust, JupyterLab removes every drawing and the
    declarations below, which its list of harmless CSS does not name. Then ``hidden`` hides what is left of the drawing,
    and the text shows instead.
    """

    def __init__(self, html: str, text: str) -> None:
        self.html = html
        self.text = "\n".join(line.rstrip() for line in text.splitlines())

    def _repr_html_(self) -> str:
        drawn = f'<div hidden="hidden" style="display:flow-root">{self.html}</div>'
        away = "content-visibility:hidden;block-size:0;overflow:hidden"
        spelled = f'<div aria-hidden="true" style="{away}"><pre>{escape(self.text)}</pre></div>'
        return f"<div>{drawn}{spelled}</div>"

    def __repr__(self) -> str:
        return self.text


def frame(label: str, *parts: str) -> str:
    """Return the HTML block that holds one picture; ``label`` is what a screen reader announces."""
    style = f"font-family:{SANS};font-size:14px;line-height:1.45;color:{TEXT};background:{PAPER};max-width:1000px;"
    return f'<div role="group" aria-label="{escape(label)}" style="{style}">{"".join(parts)}</div>'


def panel(caption: str, *parts: str, style: str = "") -> str:
    """Return one box with a caption."""
    box = f"border:1px solid {EDGE};border-radius:6px;overflow:hidden;background:{PAPER};color:{TEXT};{style}"
    head = f"padding:2px 10px;background:{SHADE};font-size:12px;font-weight:600;"
    return f'<div style="{box}"><div style="{head}">{escape(caption)}</div>{"".join(parts)}</div>'


def code_lines(text: str, style: str = "") -> str:
    """Return text as it went over the wire: fixed width, every line break kept, long lines wrapped."""
    kept = f"font-family:{MONOSPACE};font-size:13px;white-space:pre-wrap;overflow-wrap:anywhere;"
    return f'<div style="{kept}padding:4px 10px;{style}">{escape(text)}</div>'


def note(text: str, style: str = "") -> str:
    """Return a remark in words, set apart from what went over the wire."""
    return f'<div style="padding:3px 10px;font-style:italic;{style}">{escape(text)}</div>'


def banner(look: Look, left: str, right: str) -> str:
    """Return a bar in the colours of a class; ``left`` is HTML, ``right`` is plain text."""
    style = (
        f"background:{look.paper};color:{look.ink};{PRINTED}padding:5px 10px;border-top:1px solid {PAPER};"
        "display:flex;flex-wrap:wrap;gap:2px 16px;justify-content:space-between;align-items:center;"
    )
    words = f'<span style="font-size:13px;font-weight:600;">{escape(right)}</span>'
    return f'<div style="{style}"><span style="font-family:{MONOSPACE};font-size:14px;">{left}</span>{words}</div>'


def boxed(digits: str) -> str:
    """Return the digits of a status code in a box, as HTML."""
    style = "border:2px solid currentColor;border-radius:4px;padding:0 5px;font-weight:700;letter-spacing:1px;"
    return f'<span style="{style}">{escape(digits)}</span>'


def chip(look: Look, digits: str) -> str:
    """Return a small mark in the colours of a class: its symbol and the digits of the code, as HTML."""
    style = (
        f"background:{look.paper};color:{look.ink};{PRINTED}border-radius:4px;padding:1px 7px;"
        f"font-family:{MONOSPACE};font-weight:700;white-space:nowrap;"
    )
    return f'<span style="{style}">{look.symbol} {escape(digits)}</span>'


def column(label: str, lines: str, width: int = 10) -> str:
    """Return plain text with ``label`` on the left of its first line and all lines aligned, folded when too long."""
    folded = [part for line in lines.split("\n") for part in (_fold(line) or [""])]
    return "\n".join(f"{label if number == 0 else '':<{width}} {line}" for number, line in enumerate(folded))


def sentence(text: str) -> str:
    """Return a sentence wrapped to the width of the plain face."""
    return textwrap.fill(text, LINE_WIDTH)


def shortened(text: str, length: int) -> str:
    """Return text that is at most ``length`` characters long."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _fold(line: str) -> list[str]:
    return textwrap.wrap(
        line, LINE_WIDTH, expand_tabs=False, replace_whitespace=False, drop_whitespace=False, break_on_hyphens=False
    )


def tag(name: str, *children: str, **attributes: object) -> str:
    """Return an SVG element. ``_`` in the name of an attribute stands for ``-``; floats are rounded."""
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_number(value))}"' for key, value in attributes.items()
    )
    return f"<{name}{pairs}>{''.join(children)}</{name}>" if children else f"<{name}{pairs}/>"


def label(
    x: float, y: float, text: str, size: float = 14, anchor: str = "start", style: str = "", **more: object
) -> str:
    """Return a line of text in an SVG, in the colour of the theme unless ``style`` says otherwise."""
    return tag("text", escape(text), x=x, y=y, font_size=size, text_anchor=anchor, style=f"fill:{TEXT};{style}", **more)


def svg(width: int, height: int, title: str, description: str, *parts: str) -> str:
    """Return a whole inline SVG. Its ids are made from its content, so they are the same in every run."""
    content = "".join(parts)
    name = identity(title, description, content)
    return tag(
        "svg",
        tag("title", escape(title), id=f"{name}_title"),
        tag("desc", escape(description), id=f"{name}_text"),
        content,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_labelledby=f"{name}_title {name}_text",
        style=(
            f"display:block;width:100%;max-width:{width}px;height:auto;font-family:{SANS};background:{PAPER};{PRINTED}"
        ),
    )


def identity(*content: str) -> str:
    """Return an id for an element made from what it shows. SMIL takes a hyphen in an id for a minus sign."""
    return "picture_" + hashlib.sha256("\n".join(content).encode()).hexdigest()[:12]


def _number(value: object) -> str:
    return f"{round(value, 1):g}" if isinstance(value, float) else str(value)
