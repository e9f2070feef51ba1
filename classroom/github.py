"""Tell GitHub what a run of the grader came to: a summary of the job, and the points where GitHub Classroom looks."""

from __future__ import annotations

import json
from collections.abc import Sequence

from checks.report import NOT_ATTEMPTED, PASSED

from .result import Judged, Result

_SYMBOLS = {PASSED: "✅", NOT_ATTEMPTED: "⚪"}


def summary(results: Sequence[Result]) -> str:
    """Return the points of every exercise as Markdown. Nothing that a student wrote is in it."""
    lines = [f"# {_points(results)}", ""]
    for result in results:
        lines += [f"## {result.lesson}: {result.points:g} of {result.max_points:g} points", ""]
        lines += ["| | exercise | state | points |", "|---|---|---|---|", *map(_row, result.exercises), ""]
    lines.append("Each check in your notebook says more: what was sent, what came back, what was promised, and why.")
    return "\n".join(lines) + "\n"


def annotations(results: Sequence[Result]) -> list[str]:
    """Return the lines to print in a job: the sum of the points, in the words that GitHub Classroom reads."""
    total, most = _sums(results)
    numbers = json.dumps({"totalPoints": total, "maxPoints": most})
    return [
        f"::notice title=Autograding complete::Points {total:g}/{most:g}",
        f"::notice title=Autograding report::{numbers}",
    ]


def _sums(results: Sequence[Result]) -> tuple[float, float]:
    return sum(result.points for result in results), sum(result.max_points for result in results)


def _points(results: Sequence[Result]) -> str:
    total, most = _sums(results)
    return f"{total:g} of {most:g} points"


def _row(judged: Judged) -> str:
    name = judged.id.partition(".")[2] + (" (challenge, counts beyond the points)" if judged.challenge else "")
    symbol = _SYMBOLS.get(judged.state, "❌")
    return f"| {symbol} | {name} | {judged.state} | {judged.points:g} of {judged.max_points:g} |"
