"""A class that hands in to nbgrader: what it hands in, what nbgrader gives for it, and what our own grader gives.

By hand, for whole lessons and everything that can be handed in: python tests/nbgrader_class.py success retries
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from itertools import cycle
from pathlib import Path

from classroom.collect import collect
from classroom.pool import Pool
from classroom.release import write_folder
from course.release import course_folder, release
from lessons import lesson

Answers = dict[str, str]


def whole(name: str, tag: str, place: int = 0) -> Answers:
    """Return the answers with one tag, by exercise."""
    text = lesson(name).text
    found = {each.name: text.answers(each.name, tag) for each in lesson(name).exercises.values() if not each.is_file}
    return {exercise: cells[place % len(cells)].source for exercise, cells in found.items()}


def hand_ins(name: str) -> dict[str, Answers]:
    """Return what each student answers to a lesson: right, wrong, in parts, odd, not at all."""
    right, wrong, blank = whole(name, "solution"), whole(name, "mistake"), whole(name, "starter")
    turns = cycle([right, wrong, blank])
    return {
        "right": right,
        "blank": blank,
        "variant": whole(name, "variant"),
        "mistake": wrong,
        "mistake-2": whole(name, "mistake", 1),
        "mistake-last": whole(name, "mistake", -1),
        "mixed": {exercise: next(turns)[exercise] for exercise in right},
        "syntax-error": {exercise: source + "\n)" for exercise, source in right.items()},
        "noisy": {exercise: NOISE + source for exercise, source in right.items()},
        "no-checks": right,
        "no-fresh-starts": right,
        "no-answers": {},
    }


# The kinds of cells that a student deletes.
DELETED = {"no-checks": "points", "no-fresh-starts": "fresh"}
# Whatever an answer writes on stderr must not cost points: nbgrader takes it for a failure.
NOISE = """
import logging, sys, threading, warnings
logging.basicConfig(level="DEBUG")
warnings.warn("odd, but right")
print("a word on stderr", file=sys.stderr)
"""


class NbgraderClass:
    """A course folder of nbgrader with one assignment for each of some lessons."""

    def __init__(self, folder: Path, lessons: list[str]) -> None:
        self.folder = folder / "class-nbgrader"
        write_folder(release(lessons), folder / "class")
        write_folder(course_folder(lessons, "class"), self.folder)

    def run(self, *arguments: str) -> str:
        """Run a command of nbgrader as a teacher would; return what it printed."""
        command = [sys.executable, "-m", "nbgrader", *arguments]
        done = subprocess.run(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            raise RuntimeError(done.stdout)
        return done.stdout

    def hand_in(self, student: str, name: str, answers: Answers) -> None:
        """Hand in nbgrader's release of a lesson with these answers in it; without an answer, its cell is deleted."""
        notebook = json.loads((self.folder / f"release/{name}/{name}.ipynb").read_text("utf-8"))
        cells = []
        for cell in notebook["cells"]:
            kind, _, exercise = cell["metadata"].get("nbgrader", {}).get("grade_id", "").partition("_")
            if kind == DELETED.get(student, "nothing"):
                continue
            if kind == "answer":
                if exercise not in answers:
                    continue
                cell["source"] = answers[exercise]
            cells.append(cell)
        path = self.folder / f"submitted/{student}/{name}/{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**notebook, "cells": cells}), "utf-8")

    def points(self, name: str) -> dict[tuple[str, str], float]:
        """Return what the gradebook says, by student and exercise."""
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.folder / 'gradebook.db'}") as gradebook:
            return {
                (submission.student.id, grade.name.removeprefix("points_")): grade.score
                for submission in gradebook.assignment_submissions(name)
                for notebook in submission.notebooks
                for grade in notebook.grades
            }


def ours(room: NbgraderClass, name: str) -> dict[tuple[str, str], float]:
    """Return what our grader gives for the same files, by student and exercise; nbgrader grades no challenges."""
    submissions = [each for each in collect(room.folder / "submitted").submissions if each.lesson == name]
    with Pool(os.cpu_count() or 1, "limits" if hasattr(os, "fork") else "none", "seed") as pool:
        return {
            (result.student, judged.id.partition(".")[2]): judged.points
            for result in pool.judge(submissions)
            for judged in result.exercises
            if not judged.challenge
        }


def main(lessons: list[str]) -> int:
    """Print where the points differ, and return how often."""
    different = 0
    with tempfile.TemporaryDirectory() as folder:
        room = NbgraderClass(Path(folder), lessons)
        for name in lessons:
            room.run("generate_assignment", name)
            for student, answers in hand_ins(name).items():
                room.hand_in(student, name, answers)
            room.run("autograde", name)
            theirs, mine = room.points(name), ours(room, name)
            print(f"{name}: {len(theirs)} grades, {sum(theirs.values()):g} points", flush=True)
            for key in sorted(theirs.keys() | mine.keys()):
                if theirs.get(key) != mine.get(key):
                    different += 1
                    print(f"  {key}: nbgrader {theirs.get(key)}, ours {mine.get(key)}", flush=True)
    return different


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
