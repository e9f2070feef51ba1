"""A contract as a table that turns green: method by path, with the state of every promised status code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from server.drawing import EDGE, MONOSPACE, PRINTED

from .contract import ANY
from .report import Report, Row

KEPT, BROKEN, NOT_BUILT = "kept", "broken", "not built"
# Symbol, background and ink: the symbol says it without the colour.
_LOOKS = {
    KEPT: ("✓", "#1a7f37", "#ffffff"),
    BROKEN: ("✗", "#b3261e", "#ffffff"),
    NOT_BUILT: ("○", "#6c6c6c", "#ffffff"),
}
WORDS = {KEPT: "as promised", BROKEN: "not as promised", NOT_BUILT: "not built yet: 501 came back"}
SYMBOLS = {state: look[0] for state, look in _LOOKS.items()}
_METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", ANY)
_CELL = f"border:1px solid {EDGE};padding:4px 6px;text-align:left;vertical-align:top;"


@dataclass(frozen=True)
class Mark:
    """One row of a contract on the map."""

    number: str
    method: str
    path: str
    code: int
    state: str

    @property
    def words(self) -> str:
        return f"{self.number}, {self.code}: {WORDS[self.state]}"


def marks(report: Report) -> list[Mark]:
    """Return the map of what was judged; empty when the report is about no contract, or the answer did not even run."""
    if report.contract is None:
        return []
    verdicts = report.contract.verdicts(report)
    rows = [row for row in report.contract.rows if row.number in verdicts]
    return [Mark(row.number, row.method, row.path, row.status, state(verdicts[row.number])) for row in rows]


def state(row: Row) -> str:
    """Return what became of a row of a contract."""
    return KEPT if row.passed else NOT_BUILT if row.blank else BROKEN


def html_map(marks: Sequence[Mark]) -> str:
    """Return the map as an HTML table."""
    table = _table(marks)
    methods = [method for method in _METHODS if any(method in cells for cells in table.values())]
    head = "".join(f'<th scope="col" style="{_CELL}">{method}</th>' for method in ("", *methods))
    rows = "".join(
        f'<tr><th scope="row" style="{_CELL}font-family:{MONOSPACE};font-weight:600;">{escape(path)}</th>'
        + "".join(f'<td style="{_CELL}">{"".join(map(_chip, cells.get(method, ())))}</td>' for method in methods)
        + "</tr>"
        for path, cells in table.items()
    )
    style = "border-collapse:collapse;margin:8px 0 4px;font-size:13px;"
    return f'<table style="{style}"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{_legend(marks)}'


def plain_map(marks: Sequence[Mark]) -> list[str]:
    """Return the map as lines of text."""
    table = _table(marks)
    width = max((len(path) for path in table), default=0)
    lines = []
    for path, cells in table.items():
        for place, method in enumerate(method for method in _METHODS if method in cells):
            codes = "  ".join(f"{SYMBOLS[mark.state]} {mark.code}" for mark in cells[method])
            lines.append(f"{path if place == 0 else '':<{width}}  {method:<7}  {codes}")
    return [*lines, "", "   ".join(f"{symbol} {words}" for symbol, words in _meanings(marks))]


def _table(marks: Iterable[Mark]) -> Mapping[str, Mapping[str, list[Mark]]]:
    """Sort the marks into paths and methods, in the order of the contract; a query is no part of a path."""
    table: dict[str, dict[str, list[Mark]]] = {}
    for mark in marks:
        path = "any URL" if mark.path == ANY else mark.path.partition("?")[0]
        table.setdefault(path, {}).setdefault(mark.method, []).append(mark)
    return table


def _chip(mark: Mark) -> str:
    symbol, paper, ink = _LOOKS[mark.state]
    style = (
        f"display:inline-block;background:{paper};color:{ink};{PRINTED}border-radius:4px;padding:0 6px;margin:1px 3px;"
        f"font-family:{MONOSPACE};font-weight:700;white-space:nowrap;"
    )
    words = escape(mark.words)
    return f'<span style="{style}" title="{words}" aria-label="{words}">{symbol} {mark.code}</span>'


def _legend(marks: Iterable[Mark]) -> str:
    found = " &nbsp; ".join(f"{symbol} {escape(words)}" for symbol, words in _meanings(marks))
    return f'<div style="font-size:12px">{found}</div>'


def _meanings(marks: Iterable[Mark]) -> list[tuple[str, str]]:
    states = {mark.state for mark in marks}
    return [(SYMBOLS[state], WORDS[state]) for state in WORDS if state in states]
