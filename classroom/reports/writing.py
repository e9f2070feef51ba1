"""Write all reports of a run from its memory, student by student, so that a large class needs no large memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

from lessons import LESSONS, lesson

from ..memory import Results
from ..result import Result
from ..submission import Flag
from .analysis import ClassAnalysis
from .feedback import feedback
from .files import file_names, replacing
from .pages import page
from .tables import Grades

OURS = '<meta name="generator" content="course grade">'


class Export(Protocol):
    """A file for another program, written student by student."""

    def add(self, student: str, results: Sequence[Result]) -> None:
        """Append one student."""


def by_student(results: Results, keys: Sequence[tuple[str, str]]) -> Iterator[tuple[str, list[Result]]]:
    """Yield each student with the results of the lessons, both in their order."""
    for student, group in groupby(sorted_keys(keys), key=lambda key: key[0]):
        yield student, [results.read(*key) for key in group]


def sorted_keys(keys: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return students by the alphabet, their lessons in the order of the course."""
    order = {name: place for place, name in enumerate(LESSONS)}
    return sorted(keys, key=lambda key: (key[0].casefold(), key[0], order.get(key[1], len(order)), key[1]))


def reachable(keys: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Return the points that can be reached in each lesson that anybody handed in, in the order of the course."""
    there = {name for _, name in keys}
    return {
        name: sum(exercise.points for exercise in lesson(name).exercises.values() if not exercise.challenge)
        for name in LESSONS
        if name in there
    }


def write_reports(
    folder: Path,
    results: Results,
    keys: Sequence[tuple[str, str]],
    *,
    unread: Sequence[Flag] = (),
    exports: Sequence[Export] = (),
) -> dict[str, Any]:
    """Write tables, pages and exports of the results with these keys. Return the analysis of the class."""
    possible = reachable(keys)
    names = file_names(dict.fromkeys(student for student, _ in sorted_keys(keys)))
    analysis = ClassAnalysis(sum(possible.values()), names, unread)
    with ExitStack() as stack:
        grades = stack.enter_context(Grades(folder, possible))
        for student, found in by_student(results, keys):
            with replacing(folder / "feedback" / f"{names[student]}.html") as file:
                file.write(feedback(student, found, possible))
            for part in (grades, analysis, *exports):
                part.add(student, found)
    content = analysis.to_json()
    with replacing(folder / "class.json") as file:
        json.dump(content, file, indent=1)
        file.write("\n")
    with replacing(folder / "class.html") as file:
        pages = {student["student"]: student["feedback"] for student in content["by_student"]}
        file.write(page("class.html", pages=pages, **content))
    _remove_others(folder / "feedback", {f"{name}.html" for name in names.values()})
    return content


def _remove_others(folder: Path, kept: set[str]) -> None:
    """Remove feedback pages of earlier runs for students who are not there any more, and nothing else."""
    for path in folder.glob("*.html") if folder.is_dir() else ():
        if path.name not in kept and path.is_file():
            with path.open(encoding="utf-8", errors="replace") as file:
                if OURS in file.read(1000):
                    path.unlink()
