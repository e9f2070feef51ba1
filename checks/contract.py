"""A contract: a table that is the specification, the check and the rubric at once.

Every row of the table holds the words that stand in it and a function that judges it. In the report, whatever such a
function asks becomes one row, and a row that is lost ends no other.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .recorder import current, part
from .report import Report, Row

# What stands in the table for a method, or a path, that does not matter.
ANY = "any"


@dataclass(frozen=True)
class ContractRow:
    """One row of a contract, in the words of its table."""

    number: str
    method: str
    path: str
    condition: str
    status: int
    headers: str
    body: str
    check: Callable[[Any], None]
    # What is called before the first row is judged, for a row that takes its time; no part of the report.
    begin: Callable[[Any], None] | None = None

    @property
    def title(self) -> str:
        """Return the row as the report names it."""
        condition = f": {self.condition}" if self.condition.strip("-") else ""
        method = "any method," if self.method == ANY else self.method
        return f"{self.number} {method} {'any URL' if self.path == ANY else self.path}{condition}"

    @property
    def text(self) -> str:
        """Return the whole promise in sentences: what the words of the table leave open is said here."""
        return " ".join((inspect.getdoc(self.check) or "").split())


class Contract:
    """The rows of a contract, in the order of their numbers."""

    def __init__(self) -> None:
        self._rows: dict[str, ContractRow] = {}

    def row(
        self,
        number: str,
        method: str,
        path: str,
        condition: str,
        status: int,
        headers: str = "",
        body: str = "",
        begin: Callable[[Any], None] | None = None,
    ) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
        """Make a row of a check function. Its docstring is the promise in full; it is called with what is judged."""

        def add(check: Callable[[Any], None]) -> Callable[[Any], None]:
            if number in self._rows:
                raise ValueError(f"There are two rows {number}.")
            self._rows[number] = ContractRow(number, method, path, condition, status, headers, body, check, begin)
            return check

        return add

    @property
    def rows(self) -> tuple[ContractRow, ...]:
        """Return the rows in the order of their numbers."""
        return tuple(sorted(self._rows.values(), key=lambda row: int(re.sub(r"\D", "", row.number))))

    def only(self, numbers: str) -> Contract:
        """Return a contract of some rows, such as ``R01-R08, R22``. Raise :exc:`ValueError` for a row that is none."""
        places = {row.number: place for place, row in enumerate(self.rows)}
        chosen = Contract()
        for first, last in re.findall(r"([^\s,-]+)(?:-([^\s,-]+))?", numbers):
            for number in (first, last or first):
                if number not in places:
                    raise ValueError(f"There is no row {number}. Rows are chosen like this: R01-R08, R22")
            rows = self.rows[places[first] : places[last or first] + 1]
            chosen._rows |= {row.number: row for row in rows}
        if not chosen._rows:
            raise ValueError(f"There is no row in {numbers!r}. Rows are chosen like this: R01-R08, R22")
        return chosen

    def judge(self, *judged: Any) -> None:
        """Judge every row that the exercise is about, each on its own; they share its points."""
        only = current().only
        rows = [row for row in self.rows if only is None or row.number in only]
        for row in rows:
            if row.begin is not None:
                with current().aside():
                    row.begin(*judged)
        for row in rows:
            with part(), current().grouped(row.title, str(row.status)):
                row.check(*judged)

    def verdicts(self, report: Report) -> dict[str, Row]:
        """Return the rows of a report by their numbers; those that are missing were not judged."""
        found = {row.asked.partition(" ")[0]: row for row in report.rows}
        return {number: found[number] for number in (row.number for row in self.rows) if number in found}
