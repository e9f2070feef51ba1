"""The grades as tables: ``grades.csv`` tells every exercise, ``totals.csv`` has one row for each student."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from ..result import Result
from .files import Table, replacing


class Grades:
    """Write both tables, student by student.

    ``grades.csv`` is what a program reads and a pivot table counts: the row of a lesson's total says "total" where the
    others say their state, and challenges, which no total counts, are marked. ``totals.csv`` is what a teacher copies
    into a spreadsheet: a column for each lesson, empty where nothing was handed in, which is not the same as no points.
    """

    def __init__(self, folder: Path, reachable: Mapping[str, float]) -> None:
        self._lessons = list(reachable)
        self._reachable = reachable
        with ExitStack() as stack:
            self._grades = Table(
                stack.enter_context(replacing(folder / "grades.csv")),
                ["student", "exercise", "points", "max", "state", "challenge"],
            )
            titles = [f"{name} (of {points:g})" for name, points in reachable.items()]
            total = sum(reachable.values())
            self._totals = Table(
                stack.enter_context(replacing(folder / "totals.csv")),
                ["student", *titles, f"total (of {total:g})", "percent", "challenge points"],
            )
            self._stack = stack.pop_all()

    def add(self, student: str, results: Sequence[Result]) -> None:
        """Append one student."""
        for result in results:
            for judged in result.exercises:
                kind = "challenge" if judged.challenge else ""
                self._grades.add([student, judged.id, judged.points, judged.max_points, judged.state, kind])
            self._grades.add([student, result.lesson, result.points, result.max_points, "total", ""])
        by_lesson = {result.lesson: result.points for result in results}
        total, possible = sum(by_lesson.values()), sum(self._reachable.values())
        extra = sum(judged.points for result in results for judged in result.exercises if judged.challenge)
        percent = round(100 * total / possible, 1) if possible else 0
        self._totals.add([student, *(by_lesson.get(name) for name in self._lessons), total, percent, extra])

    def __enter__(self) -> Grades:
        self._stack.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return self._stack.__exit__(kind, error, trace)
