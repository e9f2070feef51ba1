"""What a check found out: rows of what was asked, what came back and what was promised."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

PASSED = "passed"
NOT_YET = "not yet"
NOT_ATTEMPTED = "not attempted"
BROKEN = "broken check"


@dataclass
class Row:
    """One thing tried."""

    asked: str
    got: str = ""
    wanted: list[str] = field(default_factory=list)
    passed: bool = True
    # Why a broken promise matters to a client, and what to look at next.
    why: str = ""
    rfc: str = ""
    # The same request as lines to paste: requests, then curl.
    paste: tuple[str, ...] = ()
    # The answer is still the untouched starter here.
    blank: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the row as ``course check --json`` prints it."""
        why = f"{self.why} ({self.rfc})" if self.rfc and self.why else self.why
        return {
            "asked": tidy(self.asked),
            "got": tidy(self.got),
            "wanted": tidy(", ".join(self.wanted)),
            "passed": self.passed,
            "why": tidy(why),
        }


@dataclass
class Report:
    """The judgement of one answer to one exercise.

    It shows itself in a notebook as HTML and as plain text; both are complete, and the same in every run.
    """

    id: str
    title: str
    state: str
    points: float
    max_points: float
    rows: list[Row] = field(default_factory=list)
    # What went wrong inside the check itself; empty unless the state is BROKEN.
    fault: str = ""

    @property
    def passed(self) -> bool:
        """Tell whether the answer keeps every promise."""
        return self.state == PASSED

    def to_json(self) -> dict[str, Any]:
        """Return the report as ``course check --json`` prints it."""
        return {
            "id": self.id,
            "state": self.state,
            "points": self.points,
            "max_points": self.max_points,
            "rows": [row.to_json() for row in self.rows],
        }

    def __repr__(self) -> str:
        from .faces import plain_report

        return plain_report(self)

    def _repr_html_(self) -> str:
        from .faces import html_report

        return html_report(self)


def tidy(text: str) -> str:
    """Take out of a text what changes from run to run: ports and memory addresses."""
    text = re.sub(r"(?:127\.0\.0\.1|localhost):\d+", "<server>", text)
    return re.sub(r"0x[0-9a-fA-F]{6,}", "0x...", text)


def preview(text: str, length: int = 100) -> str:
    """Return a text as one line of bounded length."""
    line = " ".join(text[: length * 4].split())
    return line if len(line) <= length else line[: length - 3] + "..."
