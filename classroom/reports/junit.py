"""The results as JUnit XML, for programs that show tests: a suite for each student, a case for each exercise."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from xml.sax.saxutils import escape, quoteattr

from checks.faces import plain_report
from checks.report import BROKEN, NOT_ATTEMPTED, NOT_YET
from server.tidy import visible

from ..result import Judged, Result
from .feedback import report
from .files import replacing

# What XML 1.0 cannot hold, even escaped, beyond what is spelled out anyway.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class JUnit:
    """Write the file, student by student. What stops it leaves the old file as it was."""

    def __init__(self, path: Path) -> None:
        self._replacing = replacing(path)

    def __enter__(self) -> JUnit:
        self._file = self._replacing.__enter__()
        self._file.write('<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="course grade">\n')
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        if kind is None:
            self._file.write("</testsuites>\n")
        return self._replacing.__exit__(kind, error, trace)

    def add(self, student: str, results: Sequence[Result]) -> None:
        """Append one student."""
        cases = [judged for result in results for judged in result.exercises]
        states = [judged.state for judged in cases]
        counts = {
            "tests": len(states),
            "failures": states.count(NOT_YET),
            "errors": states.count(BROKEN),
            "skipped": states.count(NOT_ATTEMPTED),
        }
        attributes = " ".join(f'{name}="{count}"' for name, count in counts.items())
        self._file.write(f"  <testsuite name={_attribute(student)} {attributes}>\n")
        for judged in cases:
            self._file.write(_case(judged))
        self._file.write("  </testsuite>\n")


def _case(judged: Judged) -> str:
    lesson, _, name = judged.id.partition(".")
    start = f"    <testcase classname={_attribute(lesson)} name={_attribute(name)}"
    message = _attribute(f"{judged.state}, {judged.points:g} of {judged.max_points:g} points")
    inside = {
        NOT_YET: f"<failure message={message}>{_text(plain_report(report(judged)))}</failure>",
        NOT_ATTEMPTED: f"<skipped message={message}/>",
        BROKEN: f"<error message={message}>{_text(judged.fault)}</error>",
    }.get(judged.state)
    return f"{start}>{inside}</testcase>\n" if inside else f"{start}/>\n"


def _text(text: str) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", visible(text)))


def _attribute(text: str) -> str:
    return quoteattr(_FORBIDDEN.sub("\ufffd", visible(text)))
