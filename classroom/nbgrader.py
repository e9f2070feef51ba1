"""Make of a lesson's notebook the source that nbgrader makes its release of, with the model answers in it."""

from __future__ import annotations

import re
from typing import Any

from checks import Exercise
from lessons.lesson import Lesson

_FIRST = """\
# For nbgrader: what `python3 -m course check` has at hand is at hand here.
from checks.prelude import PRELUDE
from lessons import {lesson} as check

exec(PRELUDE)"""
_BEFORE = "{names} = ...  # for nbgrader: nothing of an earlier exercise is judged as this one"
# A line on stderr before the points would cost all of them.
_POINTS = """\
report = check.{exercise}({subjects})
get_ipython().display_pub.clear_output()
display(report)
report.points  # for nbgrader"""


def source_notebook(notebook: dict[str, Any], lesson: Lesson) -> dict[str, Any]:
    """Return the source of an assignment.

    ``notebook`` is what a learner gets. Each exercise in it becomes three cells: a fresh start, the answer, and the
    check, whose last line gives the points. An answer that is a file is judged at the end. A challenge counts beyond
    the points of the lesson, and so not here.
    """
    cells = [_code(f"{lesson.name}-nbgrader", _FIRST.format(lesson=lesson.name), _locked("first"))]
    exercises = {f"{lesson.name}-{name}"[:64]: exercise for name, exercise in lesson.exercises.items()}
    judged: Exercise | None = None
    for cell in notebook["cells"]:
        exercise = exercises.get(cell["id"])
        if exercise is not None:
            cells += [_fresh_start(exercise), _answer(cell, exercise, lesson)]
        elif judged is not None and not judged.challenge:
            cells.append(_points(cell["id"], judged, ", ".join(judged.subjects), cell["metadata"]))
        else:
            cells.append(cell)
        judged = exercise
    for starter in lesson.text.cells:
        if starter.file and not (exercise := lesson.exercises[starter.exercise]).challenge:
            # Without its ending it may be a package, too.
            place = repr(starter.file.removesuffix(".py"))
            cells.append(_points(f"{lesson.name}-{exercise.name}-points"[:64], exercise, place))
    return {**notebook, "cells": cells}


def learners_source(source: str) -> str:
    """Return what the learner's notebook of a release has in place of a locked cell: its check, or nothing."""
    found = re.match(r"report = (check\.\w+\(.*\))$", source, re.MULTILINE)
    return found[1] if found else ""


def _fresh_start(exercise: Exercise) -> dict[str, Any]:
    names = " = ".join([*exercise.subjects, "report"])
    identifier = f"{exercise.lesson}-{exercise.name}"[:58]
    return _code(f"{identifier}-fresh", _BEFORE.format(names=names), _locked(f"fresh_{exercise.name}"))


def _answer(cell: dict[str, Any], exercise: Exercise, lesson: Lesson) -> dict[str, Any]:
    """Return the cell of the starter, with the model answer behind it where nbgrader takes it out."""
    starter = "".join(cell["source"])
    solution = lesson.text.answers(exercise.name, "solution")[0].source
    source = f"{starter}\n### BEGIN SOLUTION\n{solution}\n### END SOLUTION"
    return _code(cell["id"], source, _nbgrader(f"answer_{exercise.name}", solution=True), cell["metadata"])


def _points(
    identifier: str, exercise: Exercise, subjects: str, metadata: dict[str, Any] | None = None
) -> dict[str, Any]:
    source = _POINTS.format(exercise=exercise.name, subjects=subjects)
    nbgrader = _nbgrader(f"points_{exercise.name}", grade=True, locked=True, points=exercise.points)
    return _code(identifier, source, nbgrader, metadata)


def _locked(grade_id: str) -> dict[str, Any]:
    return _nbgrader(grade_id, locked=True)


def _nbgrader(grade_id: str, **more: Any) -> dict[str, Any]:
    return {
        "grade": False,
        "grade_id": grade_id,
        "locked": False,
        "schema_version": 3,
        "solution": False,
        "task": False,
        **more,
    }


def _code(
    identifier: str, source: str, nbgrader: dict[str, Any], metadata: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": identifier,
        "metadata": {**(metadata or {}), "nbgrader": nbgrader},
        "outputs": [],
        "source": source.splitlines(keepends=True),
    }
