"""Grade the same answers by nbgrader, by otter and by this course, as a teacher would: each tool by its command."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from classes import Student, write
from nbgrader_class import NbgraderClass
from students import answers

from lessons import lesson

# By student and exercise.
Points = dict[tuple[str, str], float]
Cells = list[dict[str, Any]]
# What stands for the answer of an exercise until a student's is put there.
MARK = "{0} = ...  # answer of {0}"


def run(*command: str, folder: Path) -> None:
    """Run a command and fail with what it printed."""
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout[-3000:]}")


class Ours:
    """`course grade`, with its default protection."""

    def __init__(self, folder: Path, name: str, students: list[Student], workers: int) -> None:
        self._folder, self._name, self._workers = folder, name, workers
        folder.mkdir()
        write(students, folder / "in", "folders")

    def grade(self) -> None:
        """Grade the class."""
        options = ["--out", "out", "--workers", str(self._workers), "--anew"]
        run(sys.executable, "-m", "course", "grade", "in", *options, folder=self._folder)

    def points(self) -> Points:
        """Return the points of each exercise, without challenges."""
        known = lesson(self._name).exercises
        with (self._folder / "out" / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = [{**row, "exercise": row["exercise"].partition(".")[2]} for row in csv.DictReader(file)]
        return {
            (row["student"], row["exercise"]): float(row["points"])
            for row in rows
            if row["exercise"] in known and not known[row["exercise"]].challenge
        }


class Nbgrader:
    """`nbgrader autograde` on the course folder that `course release --nbgrader` writes."""

    def __init__(self, folder: Path, name: str, students: list[Student], whole: bool) -> None:
        folder.mkdir()
        self._name = name
        self._room = NbgraderClass(folder, [name])
        source = self._room.folder / f"source/{name}/{name}.ipynb"
        if not whole:
            _change_cells(source, lambda cells: [cell for cell in cells if "nbgrader" in cell["metadata"]])
        self._room.run("generate_assignment", name)
        self.cells = _count(source)
        for student in students:
            self._room.hand_in(student.name, name, answers(student, name))

    def grade(self) -> None:
        """Grade the class."""
        self._room.run("autograde", self._name)

    def points(self) -> Points:
        """Return the points of each exercise."""
        return self._room.points(self._name)


class Otter:
    """`otter run` for each student, with an autograder that `otter assign` made."""

    def __init__(self, folder: Path, name: str, students: list[Student], whole: bool) -> None:
        self._folder, self._students = folder, [student.name for student in students]
        folder.mkdir()
        NbgraderClass(folder, [name])
        source = json.loads((folder / f"class-nbgrader/source/{name}/{name}.ipynb").read_text("utf-8"))
        master = {**source, "cells": _questions(source["cells"], name, whole)}
        (folder / "hw.ipynb").write_text(json.dumps(master), "utf-8")
        run("otter", "assign", "hw.ipynb", "made", "--no-run-tests", folder=folder)
        (self._autograder,) = (folder / "made" / "autograder").glob("*.zip")
        handed_out = json.loads((folder / "made" / "student" / "hw.ipynb").read_text("utf-8"))
        self.cells = sum(cell["cell_type"] == "code" for cell in handed_out["cells"])
        for student in students:
            found = answers(student, name)
            cells = [_answered(cell, found) for cell in handed_out["cells"]]
            (folder / student.name).mkdir()
            (folder / student.name / "hw.ipynb").write_text(json.dumps({**handed_out, "cells": cells}), "utf-8")

    def grade(self) -> None:
        """Grade the class."""
        for student in self._students:
            options = ["--autograder", str(self._autograder), "--output-dir", student, "--no-logo"]
            run("otter", "run", f"{student}/hw.ipynb", *options, folder=self._folder)

    def points(self) -> Points:
        """Return the points of each exercise."""
        return {
            (student, test["name"].removeprefix("Public Tests").strip()): test["score"]
            for student in self._students
            for test in json.loads((self._folder / student / "results.json").read_text("utf-8"))["tests"]
            if "score" in test
        }


def _questions(cells: Cells, name: str, whole: bool) -> Cells:
    """Return the cells of a notebook for `otter assign`."""
    found = [_raw("# ASSIGNMENT CONFIG", "generate: true", "tests:", "    ok_format: false")]
    exercises = lesson(name).exercises
    for cell in cells:
        kind, _, key = cell["metadata"].get("nbgrader", {}).get("grade_id", "").partition("_")
        plain = {**cell, "metadata": {}}
        if kind == "points":
            continue
        if kind == "answer" and not exercises[key].challenge:
            points = exercises[key].points
            subjects = ", ".join(f"env[{subject!r}]" for subject in exercises[key].subjects)
            test = f"def test_points(env):\n    report = env['check'].{key}({subjects})\n"
            test += f"    assert report.points == {points}"
            found += [_raw("# BEGIN QUESTION", f"name: {key}", f"points: {points}"), _raw("# BEGIN SOLUTION")]
            found += [{**plain, "source": MARK.format(key)}, _raw("# END SOLUTION"), _raw("# BEGIN TESTS")]
            found += [{**plain, "id": f"{cell['id'][:50]}-test", "source": test}, _raw("# END TESTS")]
            found += [_raw("# END QUESTION")]
        elif whole or kind in ("first", "fresh"):
            found.append(plain)
    return found


def _answered(cell: dict[str, Any], found: dict[str, str]) -> dict[str, Any]:
    source = "".join(cell["source"])
    key = source.rpartition("# answer of ")[2].strip()
    return {**cell, "source": found[key]} if key in found and "# answer of " in source else cell


def _raw(*lines: str) -> dict[str, Any]:
    return {"cell_type": "raw", "id": os.urandom(6).hex(), "metadata": {}, "source": "\n".join(lines)}


def _change_cells(path: Path, change: Callable[[Cells], Cells]) -> None:
    notebook = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**notebook, "cells": change(notebook["cells"])}), "utf-8")


def _count(path: Path) -> int:
    return sum(cell["cell_type"] == "code" for cell in json.loads(path.read_text("utf-8"))["cells"])
