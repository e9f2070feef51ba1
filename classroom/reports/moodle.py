"""Grades for Moodle, made from the file that Moodle exported for the same class.

Two files will do. The *grading worksheet* of an assignment gets its column Grade filled in, for "Upload grading
worksheet". The *gradebook export* gives the students; they come back with a column for each lesson, for "Import CSV".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..result import Result
from .files import Table, replacing
from .roster import Roster, RosterProblem, number, on_scale, read_table

# How the columns that tell who somebody is begin, in lower case.
_WHO = ("identifier", "full name", "first name", "surname", "last name", "id number", "email address", "username")
_PARTIAL = ("first name", "surname", "last name")
# Moodle says this until it is told otherwise.
FULL_GRADE = 100.0


class Moodle:
    """Collect the grades of a class, then write the file to upload."""

    def __init__(self, path: Path, reachable: Mapping[str, float], scale: float | None = None) -> None:
        self._titles, *self._rows = read_table(path)
        self._reachable = reachable
        self._scale = scale
        names = [title.strip().casefold() for title in self._titles]
        self._who = [place for place, name in enumerate(names) if name.startswith(_WHO)] or self._up_to_the_address()
        if not self._who:
            raise RosterProblem(
                f"{path} says nowhere who a student is: export the grading worksheet or the gradebook of your course "
                "as CSV, with e-mail addresses."
            )
        self._grade = names.index("grade") if "grade" in names and "identifier" in names else None
        self._maximum = names.index("maximum grade") if "maximum grade" in names else None
        # A first name alone is nobody's name.
        partial = {place for place in self._who if names[place] in _PARTIAL or self._is_one_word(place)}
        self._roster = Roster()
        for place, row in enumerate(self._rows):
            known_as = [row[column] for column in self._who if column not in partial]
            known_as += [f"{row[first]} {row[second]}" for first, second in pairwise(self._who)]
            known_as += [digits for text in known_as for digits in re.findall(r"^\D+ (\d+)$", text)]
            self._roster.add(place, known_as)
        self._found: dict[int, dict[str, float]] = {}
        self.unmatched: list[str] = []

    def _up_to_the_address(self) -> list[int]:
        """Return the columns up to the one with e-mail addresses: whatever Moodle's language, they say who it is."""
        for place in range(len(self._titles)):
            if self._rows and sum("@" in row[place] for row in self._rows) * 2 > len(self._rows):
                return list(range(place + 1))
        return []

    def _is_one_word(self, place: int) -> bool:
        """Tell whether a column holds first names or last names, in a language that is not known here."""
        known = self._titles[place].strip().casefold().startswith(_WHO)
        return not known and not any(re.search(r"[@\d\s]", row[place]) for row in self._rows)

    def add(self, student: str, results: Sequence[Result]) -> None:
        """Note one student's points."""
        row = self._roster.find(student)
        if row is None or row in self._found:
            self.unmatched.append(student)
        else:
            self._found[row] = {result.lesson: result.points for result in results}

    def write(self, path: Path) -> None:
        """Write the file to upload."""
        with replacing(path) as file:
            if self._grade is not None:
                table = Table(file, self._titles)
                for place, row in enumerate(self._rows):
                    table.add(self._graded(place, row))
                return
            scale = self._scale or FULL_GRADE
            table = Table(file, [*(self._titles[place] for place in self._who), *self._reachable])
            for place, row in enumerate(self._rows):
                points = self._found.get(place, {})
                grades = [
                    on_scale(points[name], full, scale) if name in points else ""
                    for name, full in self._reachable.items()
                ]
                table.add([*(row[column] for column in self._who), *grades])

    def _graded(self, place: int, row: Sequence[str]) -> list[Any]:
        """Return a row of the worksheet; the columns that nobody was asked to change stay as they are."""
        if place not in self._found:
            return list(row)
        full = number(row[self._maximum]) if self._maximum is not None else None
        points, reachable = sum(self._found[place].values()), sum(self._reachable.values())
        total = on_scale(points, reachable, full or self._scale or FULL_GRADE)
        return [total if column == self._grade else text for column, text in enumerate(row)]
