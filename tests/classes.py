"""Invent classes: students whose answers are drawn from the lessons' texts, handed in as teachers get them.

The same seed gives the same class. What every answer is worth is known: ``Student.expected``.
"""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from checks.answer import LocalAnswer
from checks.judge import judge
from checks.prelude import run_source
from checks.report import NOT_ATTEMPTED, NOT_YET, PASSED
from course.build import render, to_text
from course.names import file_name
from lessons import lesson
from lessons.text import Cell

FIRST = (
    "Ada",
    "Bashir",
    "Chen",
    "Dilnoza",
    "Emeka",
    "Frøya",
    "Grace",
    "Héloïse",
    "Ìfẹ́",
    "Jürgen",
    "Kateryna",
    "Lê",
    "محمد",
)
LAST = ("Abel", "Björk", "Çelik", "Dvořák", "Eze", "Fernández", "Güneş", "Hopper", "Iyer", "Łukasik", "O'Neil", "Σοφού")
ROOT = Path(__file__).parent.parent
LAYOUTS = (
    *("folders", "flat", "flat_name_last", "nbgrader", "zips", "folders_zip"),
    *("moodle", "moodle_flat", "moodle_zip", "canvas", "canvas_zip"),
)


@dataclass(frozen=True)
class Expected:
    """What an answer is worth. ``points`` is None where an answer that is not right may get some."""

    state: str
    points: float | None


@dataclass
class Student:
    """A student of an invented class."""

    name: str
    number: int
    # By the lesson's name: the notebook, as JSON.
    notebooks: dict[str, dict[str, Any]] = field(default_factory=dict)
    # By the lesson's name: files beside the notebook, by their names.
    files: dict[str, dict[str, str]] = field(default_factory=dict)
    # By the exercise's id: "success.accepted".
    expected: dict[str, Expected] = field(default_factory=dict)
    # By the exercise's id: the cell that the answer was drawn from.
    drawn: dict[str, Cell] = field(default_factory=dict)
    # By the question's id; absent where nothing was predicted.
    predictions: dict[str, Any] = field(default_factory=dict)


def make_class(
    students: int,
    lessons: Sequence[str],
    seed: int = 0,
    tags: Sequence[str] = ("solution", "variant", "mistake", "starter"),
) -> list[Student]:
    """Return a class. ``tags`` says which kinds of answers are drawn; repeat one to draw it more often."""
    source = random.Random(f"class {seed}")
    return [_student(number, lessons, source, tags) for number in range(students)]


def _student(number: int, lessons: Sequence[str], source: random.Random, tags: Sequence[str]) -> Student:
    name = f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST) % len(LAST)]}"
    rounds = number // (len(FIRST) * len(LAST))
    student = Student(f"{name} {chr(ord('A') + rounds)}" if rounds else name, 1000 + number)
    for one in lessons:
        notebook = render(lesson(one).text, "notebooks")
        answer_cells = {}
        handed_out = lesson(one).text.files
        built = (
            bool(handed_out) and source.choice([tag for tag in tags if tag in ("starter", "solution")]) == "solution"
        )
        for file, text in handed_out.items():
            student.files[one] = reference_files(file.removesuffix(".py")) if built else {file: text}
        for exercise in lesson(one).exercises.values():
            if exercise.is_file:
                student.expected[exercise.id] = (
                    Expected(PASSED, exercise.points) if built else Expected(NOT_ATTEMPTED, 0)
                )
                continue
            cell = source.choice(
                [cell for tag in [source.choice(tags)] for cell in lesson(one).text.answers(exercise.name, tag)]
                or lesson(one).text.answers(exercise.name, "starter")
            )
            answer_cells[exercise.name] = cell.source
            student.drawn[exercise.id] = cell
            student.expected[exercise.id] = {
                "starter": Expected(NOT_ATTEMPTED, 0),
                "mistake": Expected(NOT_YET, None),
            }.get(cell.tag, Expected(PASSED, exercise.points))
        for question in lesson(one).questions.values():
            if source.random() < 0.7:
                key = question.id.partition(".")[2]
                choice = source.choice(question.choices)
                student.predictions[question.id] = choice
                answer_cells[key] = f"prediction = {choice!r}\ncheck.{key}(prediction)"
        for cell in notebook["cells"]:
            key = cell["id"].removeprefix(f"{one}-")
            if key in answer_cells:
                cell["source"] = answer_cells[key].splitlines(keepends=True)
        student.notebooks[one] = notebook
    return student


@cache
def reference_files(package: str) -> dict[str, str]:
    """Return the files of a solution that is a package."""
    folder = ROOT / "solutions" / package
    return {f"{package}/{path.name}": path.read_text("utf-8") for path in sorted(folder.glob("*.py"))}


@cache
def points_of(exercise_id: str, cell: Cell) -> float:
    """Judge a known answer here and now, and return its points: for those that :class:`Expected` leaves open."""
    name, _, exercise = exercise_id.partition(".")
    answer = LocalAnswer(run_source(cell.source, "<cell>"))
    try:
        return judge(lesson(name).exercises[exercise], answer).points
    finally:
        answer.close()


def write(students: Sequence[Student], folder: Path, layout: str) -> Path:
    """Write a class in one of :data:`LAYOUTS` below a folder. Return the path to collect from.

    A lesson with files beside its notebook needs a layout that has a folder for each student.
    """
    files = [
        (parts, to_text(notebook).encode("utf-8"))
        for student in students
        for place, (name, notebook) in enumerate(student.notebooks.items())
        for parts in [_parts(student, name, place, layout)]
    ]
    files += [
        ((*_parts(student, name, place, layout)[:-1], *beside.split("/")), text.encode("utf-8"))
        for student in students
        for place, name in enumerate(student.notebooks)
        for beside, text in student.files.get(name, {}).items()
    ]
    if layout == "zips":
        return _write_files([((owner[0],), _zip(group)) for owner, group in _by_first(files)], folder)
    if layout.endswith("_zip"):
        path = folder / f"{layout}.zip"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_zip(files))
        return path
    return _write_files(files, folder)


def _parts(student: Student, name: str, place: int, layout: str) -> tuple[str, ...]:
    file, number = file_name(name), student.number
    moodle = f"{student.name}_{number}_assignsubmission_file_"
    canvas = "".join(letter for letter in "".join(reversed(student.name.split(" "))).lower() if letter.isalnum())
    late = "LATE_" if number % 5 == 0 else ""
    return {
        "folders": (student.name, file),
        "folders_zip": (student.name, file),
        "flat": (f"{student.name}_{file}",),
        "flat_name_last": (f"{file.removesuffix('.ipynb')} - {student.name}.ipynb",),
        "nbgrader": ("submitted", student.name, name, file),
        "zips": (f"{student.name}.zip", file),
        "moodle": (moodle, file),
        "moodle_zip": (moodle, file),
        "moodle_flat": (moodle + file,),
        "canvas": (f"{canvas}_{late}{number}_{number * 100 + place}_{file}",),
        "canvas_zip": (f"{canvas}_{late}{number}_{number * 100 + place}_{file}",),
    }[layout]


def _by_first(
    files: list[tuple[tuple[str, ...], bytes]],
) -> list[tuple[tuple[str, ...], list[tuple[tuple[str, ...], bytes]]]]:
    groups: dict[str, list[tuple[tuple[str, ...], bytes]]] = {}
    for parts, data in files:
        groups.setdefault(parts[0], []).append((parts[1:], data))
    return [((name,), group) for name, group in groups.items()]


def _write_files(files: list[tuple[tuple[str, ...], bytes]], folder: Path) -> Path:
    for parts, data in files:
        path = folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def _zip(files: list[tuple[tuple[str, ...], bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for parts, data in files:
            # A fixed time: the same class gives the same bytes.
            archive.writestr(zipfile.ZipInfo("/".join(parts)), data)
    return buffer.getvalue()


def source_of(notebook: dict[str, Any], identifier: str) -> str:
    """Return the source of a notebook's cell."""
    return next("".join(cell["source"]) for cell in notebook["cells"] if cell["id"] == identifier)


def copy_of(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of a notebook that can be changed."""
    return json.loads(json.dumps(notebook))
