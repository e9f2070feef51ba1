"""The page that a student gets back: the reports of the notebook, beside the answers that they are about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from html import unescape
from typing import Any

from markupsafe import Markup

from checks.faces import html_report
from checks.report import BROKEN, NOT_ATTEMPTED, NOT_YET, PASSED, Report, Row
from lessons import LESSONS, lesson

from ..result import Judged, Result
from .pages import page

_LOOKS = {
    PASSED: ("✓", "passed"),
    NOT_YET: ("✗", "not-yet"),
    NOT_ATTEMPTED: ("○", "untouched"),
    BROKEN: ("!", "not-yet"),
}
_ROW = {field.name for field in fields(Row)}


class Styles:
    """The styles of the reports, each said once: a notebook has no place for a style sheet, a page has."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def taken_from(self, html: str) -> str:
        """Return mark-up in which the elements have classes instead of styles."""
        # What a student wrote is escaped: no tag is theirs.
        return re.sub(r'<(\w+) style="([^"]*)"', self._replace, html)

    def _replace(self, found: re.Match[str]) -> str:
        name = self._names.setdefault(found[2], f"style{len(self._names)}")
        return f'<{found[1]} class="{name}"'

    def sheet(self) -> str:
        """Return the style sheet."""
        return "\n".join(f".{name} {{ {style} }}" for style, name in self._names.items())


def feedback(student: str, results: Sequence[Result], possible: Mapping[str, float]) -> str:
    """Return the feedback page of one student. ``possible`` are the points of the lessons that the class handed in."""
    handed_in = {result.lesson: result.max_points for result in results}
    missing = {name: points for name, points in possible.items() if name not in handed_in}
    styles = Styles()
    lessons = [_lesson(result, styles) for result in results]
    return page(
        "feedback.html",
        student=student,
        points=sum(result.points for result in results),
        max_points=sum(handed_in.values()) + sum(missing.values()),
        extra=sum(judged.points for result in results for judged in result.exercises if judged.challenge),
        lessons=lessons,
        missing=[(lesson(name).text.title, points) for name, points in missing.items()],
        # Quotation marks in a style are escaped for an attribute; a style sheet reads them as they are.
        styles=Markup(unescape(styles.sheet())),
    )


def report(judged: Judged) -> Report:
    """Return the report as the notebook shows it."""
    name, _, word = judged.id.partition(".")
    known = lesson(name).exercises.get(word) if name in LESSONS else None
    rows = [_row(row) for row in judged.rows]
    state = judged.state if judged.state in _LOOKS else BROKEN
    title = known.title if known else ""
    contract = known.contract if known else None
    return Report(judged.id, title, state, judged.points, judged.max_points, rows, judged.fault, contract)


def _row(data: dict[str, Any]) -> Row:
    values = {name: value for name, value in data.items() if name in _ROW}
    for name, kind in (("paste", tuple), ("wanted", list)):
        if name in values:
            values[name] = kind(values[name])
    values["details"] = [_row(detail) for detail in values.get("details", ())]
    return Row(**values)


def _lesson(result: Result, styles: Styles) -> dict[str, Any]:
    known = lesson(result.lesson) if result.lesson in LESSONS else None
    about = {judged.id.partition(".")[2] for judged in result.exercises} | {judged.id for judged in result.exercises}
    return {
        "name": result.lesson,
        "title": known.text.title if known else result.lesson,
        "points": result.points,
        "max_points": result.max_points,
        "files": result.files,
        "flags": [flag for flag in result.flags if flag.about not in about],
        "exercises": [_exercise(judged, result, styles) for judged in result.exercises],
        "predictions": [_prediction(name, said, result.lesson) for name, said in result.predictions.items()],
    }


def _exercise(judged: Judged, result: Result, styles: Styles) -> dict[str, Any]:
    name = judged.id.partition(".")[2]
    symbol, look = _LOOKS.get(judged.state, _LOOKS[BROKEN])
    return {
        "id": judged.id,
        "name": name,
        "state": judged.state,
        "symbol": symbol,
        "look": look,
        "points": judged.points,
        "max_points": judged.max_points,
        "challenge": judged.challenge,
        "flags": [flag for flag in result.flags if flag.about in (name, judged.id)],
        # The report escapes what it shows.
        "report": Markup(styles.taken_from(html_report(report(judged)))),
        "source": judged.source,
        "place": judged.place,
        # What is done can be unfolded, what is to do lies open.
        "open": judged.state != PASSED,
    }


def _prediction(name: str, said: dict[str, Any], lesson_name: str) -> dict[str, Any]:
    question = lesson(lesson_name).questions.get(name) if lesson_name in LESSONS else None
    right = bool(said.get("right"))
    return {
        "text": question.text if question else name,
        "said": said.get("said"),
        "mark": "✓" if right else "✗",
        "right": question.answer if question else "",
    }
