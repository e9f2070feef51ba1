"""Grades for Canvas: the gradebook that Canvas exported comes back with a column for each lesson, ready for Import."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from lessons import LESSONS, lesson

from ..result import Result
from .files import Table, replacing
from .roster import Roster, RosterProblem, number, on_scale, read_table

_POINTS = "points possible"


class Canvas:
    """Collect the grades of a class, then write the file to import."""

    def __init__(self, path: Path, reachable: Mapping[str, float], scale: float | None = None) -> None:
        self._titles, *self._rows = read_table(path)
        names = [title.strip().casefold() for title in self._titles]
        if "student" not in names[0] and names[:2] != ["lastname", "firstname"] or "section" not in names:
            raise RosterProblem(
                f"{path} is no gradebook of Canvas: export it there with Export > Export Entire Gradebook."
            )
        # Canvas takes every column behind the section for an assignment.
        self._who = names.index("section") + 1
        self._reachable = reachable
        # Of each lesson: the title of its column, and the points that are full points there.
        self._columns = {name: self._column(name, full, scale) for name, full in reachable.items()}
        self._roster = Roster()
        known = [place for place in range(self._who - 1) if names[place] not in ("lastname", "firstname")]
        for place, row in enumerate(self._rows):
            if not self._is_student(row):
                continue
            known_as = [row[column] for column in known]
            if names[:2] == ["lastname", "firstname"]:
                known_as.append(f"{row[1]} {row[0]}")
            self._roster.add(place, known_as)
        self._found: dict[int, dict[str, float]] = {}
        self.unmatched: list[str] = []

    def _column(self, name: str, full: float, scale: float | None) -> tuple[str, float]:
        """Find the assignment of a lesson by the lesson's name or title; a new one is made of any other title."""
        wanted = {name, f"{LESSONS.index(name) + 1:02d}_{name}", lesson(name).text.title.casefold()}
        for place, title in enumerate(self._titles[self._who :], start=self._who):
            if re.sub(r"\s*\(\d+\)$", "", title).strip().casefold() in wanted:
                possible = (number(row[place]) for row in self._rows if _POINTS in row[0].casefold())
                return title, next((points for points in possible if points), scale or full)
        return name, scale or full

    def _is_student(self, row: Sequence[str]) -> bool:
        return _POINTS not in row[0].casefold() and any(text.strip() for text in row[: self._who])

    def add(self, student: str, results: Sequence[Result]) -> None:
        """Note one student's points."""
        place = self._roster.find(student)
        if place is None or place in self._found:
            self.unmatched.append(student)
        else:
            self._found[place] = {result.lesson: result.points for result in results}

    def write(self, path: Path) -> None:
        """Write the file to import. An empty cell leaves a student's grade as it is."""
        with replacing(path) as file:
            table = Table(file, [*self._titles[: self._who], *(title for title, _ in self._columns.values())])
            table.add(["    Points Possible", *[""] * (self._who - 1), *(full for _, full in self._columns.values())])
            for place, row in enumerate(self._rows):
                if self._is_student(row):
                    points = self._found.get(place, {})
                    grades = [
                        on_scale(points[name], self._reachable[name], full) if name in points else ""
                        for name, (_, full) in self._columns.items()
                    ]
                    table.add([*row[: self._who], *grades])
