"""A lesson at a glance: what was predicted, what is solved, what is still to do."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from checks import Exercise, Question
from checks.progress import Progress
from checks.report import NOT_ATTEMPTED, PASSED

_CELL = "text-align: left; padding: 2px 12px 2px 0"


class Glance:
    """The state of a lesson as a table, with both faces."""

    def __init__(
        self, name: str, exercises: Mapping[str, Exercise], questions: Mapping[str, Question], done: Progress
    ) -> None:
        self._title = f"Lesson {name}"
        self._rows: list[tuple[str, str, str]] = []
        reached = possible = 0.0
        for question in questions.values():
            self._rows.append(_question_row(question))
        for exercise in exercises.values():
            points = max((float(entry.get("points", 0)) for entry in done.of(exercise.id, "judged")), default=0.0)
            # An earlier edition of the exercise may have had more.
            points = min(points, exercise.points)
            self._rows.append(_exercise_row(exercise, points, done))
            if not exercise.challenge:
                reached += points
                possible += exercise.points
        self._sum = f"{reached:g} of {possible:g} points"

    def __repr__(self) -> str:
        width = max((len(name) for _, name, _ in self._rows), default=0)
        lines = [f"  {symbol} {name.ljust(width)}  {words}" for symbol, name, words in self._rows]
        return "\n".join([f"{self._title}: {self._sum}", *lines])

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><td style="{_CELL}">{symbol}</td><td style="{_CELL}"><code>{escape(name)}</code></td>'
            f'<td style="{_CELL}">{escape(words)}</td></tr>'
            for symbol, name, words in self._rows
        )
        title = f"<strong>{escape(self._title)}: {self._sum}</strong>"
        return f'<div class="mathjax_ignore">{title}<table>{rows}</table></div>'


def _question_row(question: Question) -> tuple[str, str, str]:
    name = question.id.partition(".")[2]
    if question.committed is None:
        return "○", name, "no prediction yet"
    return "✎", name, f"you said {question.committed!r}"


def _exercise_row(exercise: Exercise, points: float, done: Progress) -> tuple[str, str, str]:
    states = [entry.get("state") for entry in done.of(exercise.id, "judged")]
    state = PASSED if PASSED in states else (states[-1] if states else NOT_ATTEMPTED)
    symbol = {PASSED: "✓", NOT_ATTEMPTED: "○"}.get(str(state), "✗")
    words = f"{state}, {points:g} of {exercise.points:g}"
    if exercise.challenge:
        words += ", challenge"
    if hints := done.count(exercise.id, "hint"):
        words += f", hints: {hints}"
    if done.count(exercise.id, "solution"):
        words += ", looked at the solution"
    return symbol, exercise.name, words
