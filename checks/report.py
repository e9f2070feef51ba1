"""What a check found out: rows of what was asked, what came back and what was promised."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from server.tidy import Tidy

if TYPE_CHECKING:
    from .contract import Contract

PASSED = "passed"
NOT_YET = "not yet"
NOT_ATTEMPTED = "not attempted"
BROKEN = "broken check"
# Characters of a text that may come again.
REPEATED = 400
_PORT = re.compile(r"\bport=\d+")
# One that was drawn, with or without its hyphens: a digest of 32 digits does not say of itself that it is version 4.
_RANDOM_UUID = re.compile(
    r"(?<![0-9a-f])[0-9a-f]{8}(-?)[0-9a-f]{4}(?:\1)4[0-9a-f]{3}\1[89ab][0-9a-f]{3}\1[0-9a-f]{12}(?![0-9a-f])",
    re.IGNORECASE,
)


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
    # The single steps, where this row stands for several.
    details: list[Row] = field(default_factory=list)

    def sum_up(self, promise: str = "") -> None:
        """Tell what the details came to: the first that failed, else the last that kept this promise, or any."""
        failed = [row for row in self.details if not row.passed]
        kept = [row for row in self.details if promise in row.wanted] or [row for row in self.details if row.wanted]
        told = (failed[:1] or kept[-1:] or self.details[-1:])[0]
        self.got, self.wanted, self.passed, self.blank = told.got, list(told.wanted), told.passed, told.blank
        self.why, self.rfc, self.paste = told.why, told.rfc, told.paste

    def replace(self, pattern: re.Pattern[str], text: str) -> None:
        """Show ``text`` wherever the pattern is found."""

        def put(old: str) -> str:
            return pattern.sub(lambda _: text, old)

        self.asked, self.got, self.why = put(self.asked), put(self.got), put(self.why)
        self.wanted, self.paste = [put(words) for words in self.wanted], tuple(map(put, self.paste))

    def to_json(self) -> dict[str, Any]:
        """Return the row as ``course check --json`` prints it."""
        why = f"{self.why} ({self.rfc})" if self.rfc and self.why else self.why
        return {
            "asked": _line(self.asked),
            "got": _line(self.got),
            "wanted": _line(", ".join(self.wanted)),
            "passed": self.passed,
            "why": _line(why),
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
    # The contract whose rows were judged, where there is one.
    contract: Contract | None = None

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


def counted(number: float, what: str) -> str:
    """Return a number with the word for what is counted: '1 row', '2 rows'."""
    return f"{number:g} {what}{'' if number == 1 else 's'}"


def tidy(text: str) -> str:
    """Take out of a text what no reader could see and what changes: ports, memory addresses, random UUIDs."""
    return _tidy_again(text) if len(text) <= REPEATED else _tidy(text)


def _tidy(text: str) -> str:
    text = Tidy().text(text.replace("\r\n", "\n"))
    return _RANDOM_UUID.sub("<uuid>", _PORT.sub("port=<port>", text))


# The reports of a class say the same short things again and again.
_tidy_again = lru_cache(maxsize=4096)(_tidy)


def _line(text: str) -> str:
    text = tidy(text)
    return re.sub(r"\s*\n\s*", " ", text) if "\n" in text else text


def preview(text: str, length: int = 100) -> str:
    """Return a text as one tidy line of bounded length."""
    # Tidy first: where the line is cut must not depend on the digits of a port.
    line = " ".join(tidy(text[: length * 8]).split())
    return line if len(line) <= length else line[: length - 3] + "..."
