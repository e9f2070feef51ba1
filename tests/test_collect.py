"""What a class handed in is found again, in every layout, and no student is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from classes import LAYOUTS, Student, make_class, write

from classroom.collect import collect
from lessons import LESSONS

LESSONS_HERE = ("success", "status_line")


def folded(name: str) -> str:
    """Return a name as Canvas writes it, whatever the order of its words."""
    return "".join(sorted(letter for letter in name.lower() if letter.isalnum()))


@pytest.fixture(scope="module")
def students() -> list[Student]:
    return make_class(15, LESSONS_HERE, seed=1)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_answers(layout: str, students: list[Student], tmp_path: Path) -> None:
    found = collect(write(students, tmp_path, layout)).submissions
    by_name = {(folded(one.student), one.lesson): one for one in found}
    assert len(found) == len(by_name) == len(students) * len(LESSONS_HERE)
    for student in students:
        for lesson in LESSONS_HERE:
            submission = by_name[folded(student.name), lesson]
            drawn = {key.partition(".")[2]: cell for key, cell in student.drawn.items() if key.startswith(f"{lesson}.")}
            answered = {name: (cell.source,) for name, cell in drawn.items() if cell.tag != "starter"}
            assert {name: tuple(source.text for source in sources) for name, sources in submission.answers.items()} == (
                answered
            )
            predicted = {
                key.partition(".")[2]: value for key, value in student.predictions.items() if key.startswith(lesson)
            }
            assert submission.predictions == predicted
            assert len(submission.files) == 1
            assert {flag.name for flag in submission.flags} <= {"handed in late"}


def test_submissions_come_in_order(students: list[Student], tmp_path: Path) -> None:
    found = collect(write(students, tmp_path, "folders")).submissions
    assert found == sorted(found, key=lambda one: (one.student, LESSONS.index(one.lesson)))


def test_oddity_of_a_notebook_is_told_with_its_lesson_only(tmp_path: Path) -> None:
    (student,) = make_class(1, LESSONS_HERE)
    student.notebooks["success"]["metadata"]["kernelspec"] = {"name": "ir", "language": "R", "display_name": "R"}
    found = collect(write([student], tmp_path, "folders")).submissions
    assert {one.lesson: [flag.name for flag in one.flags] for one in found} == {
        "status_line": [],
        "success": ["another kernel"],
    }
