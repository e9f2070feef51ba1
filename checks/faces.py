"""How a judgement is told: as HTML for a notebook and as plain text for everything else, both complete.

The colours are readable on JupyterLab's light and dark themes, and nothing is told by colour alone.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from html import escape
from itertools import groupby

from .heatmap import BROKEN as LOST
from .heatmap import KEPT, NOT_BUILT, SYMBOLS, WORDS, html_map, marks, plain_map, state
from .report import BROKEN, NOT_ATTEMPTED, NOT_YET, PASSED, Report, Row, counted, tidy

# Symbol, words and badge colour of each state. White on these colours has a contrast of at least 5 : 1.
_STATES = {
    PASSED: ("✓", "Passed", "#1a7f37"),
    NOT_YET: ("✗", "Not yet", "#b3261e"),
    NOT_ATTEMPTED: ("○", "Not attempted", "#57606a"),
    BROKEN: ("!", "This check is broken", "#8250df"),
}
_BORDER = "1px solid var(--jp-border-color2, #bdbdbd)"
_CODE = "font-family: var(--jp-code-font-family, monospace); font-size: 90%;"
_CELL = f"text-align: left; vertical-align: top; padding: 4px 8px; border-top: {_BORDER}; overflow-wrap: anywhere;"
# Signs of a word that is not broken where there is room for it.
WORD = 32
# So many titles of rows stand above the reason that they share.
TITLES = 8


class Note:
    """A titled text with both faces; ``code`` is shown below it as it is."""

    def __init__(self, title: str, lines: Sequence[str], code: str = "") -> None:
        self.title = title
        self.lines = list(lines)
        self.code = code

    def __repr__(self) -> str:
        text = [self.title, *(f"  {line}" for line in self.lines)]
        if self.code:
            text += ["", *(f"    {line}".rstrip() for line in self.code.splitlines())]
        return "\n".join(text)

    def _repr_html_(self) -> str:
        lines = "".join(f'<div style="margin-top: 4px">{escape(line)}</div>' for line in self.lines)
        code = f'<pre style="{_CODE} margin: 8px 0 0">{escape(self.code)}</pre>' if self.code else ""
        return _box(f"<strong>{escape(self.title)}</strong>{lines}{code}")


def plain_report(report: Report) -> str:
    """Return a report as plain text."""
    symbol, words, _ = _STATES[report.state]
    text = [f"{symbol} {words}: {report.id}, {_points(report)}", report.title, ""]
    if report.state == BROKEN:
        text += ["  This is not your mistake. Please report it with these lines:", *_indent(tidy(report.fault), 4)]
    elif map_of_contract := marks(report):
        text += [f"  {line}".rstrip() for line in plain_map(map_of_contract)]
        for title, rows in _groups(report):
            text += ["", f"  {title}"]
            for asked, row in _told_once(rows):
                text += [f"  {SYMBOLS[state(row)]} {line}" for line in _titles(asked)]
                text += _plain_details(row) if state(row) == LOST else []
    elif report.state == NOT_ATTEMPTED:
        text.append("  The starter is untouched. Write your answer, run its cell, then run this check again.")
    else:
        for row in report.rows:
            text += [f"  {'✓' if row.passed else '✗'} {row.to_json()['asked']}", *_plain_details(row)]
    return "\n".join(text)


def _titles(asked: Sequence[str]) -> list[str]:
    """Return the titles of rows; only their numbers where so many would push their one reason out of sight."""
    if len(asked) <= TITLES:
        return list(asked)
    return textwrap.wrap(", ".join(line.partition(" ")[0] for line in asked), 100)


def _plain_details(row: Row) -> list[str]:
    data = row.to_json()
    text = [f"      came back: {data['got']}", f"      promised:  {data['wanted']}"]
    if not row.passed:
        text.append(f"      why:       {data['why']}")
        text += [f"      try:       {tidy(line)}" for line in row.paste]
        text += [f"      step {place}:    {step}" for place, step in enumerate(_steps(row), start=1)]
    return text


def html_report(report: Report) -> str:
    """Return a report as HTML."""
    symbol, words, colour = _STATES[report.state]
    badge = (
        f'<span style="background: {colour}; color: #ffffff; padding: 1px 8px; border-radius: 4px; font-weight: bold">'
        f"{symbol} {escape(words)}</span>"
    )
    head = (
        f'<div role="status">{badge} <strong>{escape(report.id)}</strong>, {_points(report)}</div>'
        f'<div style="margin-top: 4px">{escape(report.title)}</div>'
    )
    if report.state == BROKEN:
        fault = f'<pre style="{_CODE}">{escape(tidy(report.fault))}</pre>'
        return _box(head + f"<p>This is not your mistake. Please report it with these lines:</p>{fault}")
    if map_of_contract := marks(report):
        return _box(head + html_map(map_of_contract) + "".join(_html_group(*group) for group in _groups(report)))
    if report.state == NOT_ATTEMPTED:
        return _box(
            head + "<p>The starter is untouched. Write your answer, run its cell, then run this check again.</p>"
        )
    return _box(head + _html_table([([row.to_json()["asked"]], row) for row in report.rows], "Sent"))


def _groups(report: Report) -> list[tuple[str, list[Row]]]:
    """Sort the rows of a contract by what became of them, with a title for each sort."""
    each = report.max_points / len(report.rows)
    found = []
    for kind in (LOST, NOT_BUILT, KEPT):
        if rows := [row for row in report.rows if state(row) == kind]:
            points = f"{each if kind == KEPT else 0:g} of {each:g} point each"
            found.append((f"{counted(len(rows), 'row')} {WORDS[kind]}, {points}", rows))
    return found


def _told_once(rows: Sequence[Row]) -> list[tuple[list[str], Row]]:
    """Put together what was lost for the very same reason: what each row asked, and a row that tells the reason."""
    found: dict[object, tuple[list[str], Row]] = {}
    for row in rows:
        reason = (row.got, *row.wanted, row.why, row.rfc, row.paste) if state(row) == LOST else id(row)
        asked, _ = found.setdefault(reason, ([], row))
        asked.append(row.to_json()["asked"])
    return list(found.values())


def _html_group(title: str, rows: Sequence[Row]) -> str:
    lost = state(rows[0]) == LOST
    # What is to do is told in full; of what is done, or not begun, the titles can be unfolded.
    told = _told_once(rows)
    content = _html_table(told, "Row") if lost else "".join(f"<div>{escape(line)}</div>" for (line,), _ in told)
    summary = f'<summary style="font-weight: bold">{escape(title)}</summary>'
    return f'<details style="margin-top: 8px"{" open" if lost else ""}>{summary}{content}</details>'


def _html_table(rows: Sequence[tuple[list[str], Row]], first: str) -> str:
    titles = "".join(f'<th style="{_CELL}" scope="col">{title}</th>' for title in ("", first, "Came back", "Promised"))
    return (
        '<table style="width: 100%; border-collapse: collapse; margin-top: 8px; table-layout: auto">'
        f"<thead><tr>{titles}</tr></thead><tbody>{''.join(_html_row(*row) for row in rows)}</tbody></table>"
    )


def _html_row(asked: Sequence[str], row: Row) -> str:
    data = row.to_json()
    verdict = "✓ kept" if row.passed else "✗ broken"
    cells = [f'<td style="{_CELL} white-space: nowrap; font-weight: bold">{verdict}</td>']
    told = [asked, [data["got"]], [data["wanted"]]]
    cells += [f'<td style="{_CELL} {_CODE} {_room(lines)}">{"<br>".join(map(escape, lines))}</td>' for lines in told]
    html = f"<tr>{''.join(cells)}</tr>"
    steps = "".join(f'<li style="{_CODE}">{escape(step)}</li>' for step in _steps(row))
    if steps:
        steps = f'<details style="margin-top: 4px"><summary>All steps</summary><ol>{steps}</ol></details>'
    if row.passed:
        return html + (_html_below(steps) if steps else "")
    why = f'<div style="border-left: 4px solid #b3261e; padding-left: 8px">{escape(data["why"])}</div>'
    paste = "".join(f'<div style="{_CODE} margin-top: 4px">{escape(tidy(line))}</div>' for line in row.paste)
    if paste:
        paste = f'<details style="margin-top: 4px"><summary>Send it yourself</summary>{paste}</details>'
    return html + _html_below(why + paste + steps)


def _room(lines: Sequence[str]) -> str:
    """Return the style that keeps a cell from breaking words: a table makes its columns as narrow as it may."""
    longest = max((len(word) for line in lines for word in line.split()), default=0)
    return f"min-width: min({min(longest, WORD)}ch, 24vw)"


def _html_below(html: str) -> str:
    return f'<tr><td></td><td colspan="3" style="text-align: left; padding: 4px 8px 8px">{html}</td></tr>'


def _steps(row: Row) -> list[str]:
    """Return what a row that stands for several steps asked, and what came back; the same again is one step."""
    steps = [detail.to_json() for detail in row.details]
    told = [(step, len(list(same))) for step, same in groupby(f"{step['asked']} → {step['got']}" for step in steps)]
    return [step if times == 1 else f"{times} × {step}" for step, times in told] if len(steps) > 1 else []


def _points(report: Report) -> str:
    return f"{report.points:g} of {counted(report.max_points, 'point')}"


def _box(content: str) -> str:
    # Without the class, JupyterLab takes whatever stands between two dollar signs for a formula.
    style = f"border: {_BORDER}; border-radius: 6px; padding: 8px 12px; margin: 4px 0; overflow-x: auto"
    return f'<div class="mathjax_ignore" style="{style}">{content}</div>'


def _indent(text: str, spaces: int) -> list[str]:
    return [" " * spaces + line for line in text.splitlines()]
