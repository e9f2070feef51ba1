"""nbgrader itself runs on the course folder, hands out no answer, and gives the points that our own grader gives."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest
from nbgrader_class import NbgraderClass, hand_ins, ours, whole

from classroom.collect import collect
from classroom.nbgrader import source_notebook
from course.build import render
from course.release import answers, course_folder
from lessons import LESSONS, lesson

LESSON = "status_line"
STUDENTS = {name: hand_ins(LESSON)[name] for name in ("right", "mixed", "noisy", "no-checks", "blank")}
# Two answers in one cell: the check of the second must not find what the first left behind.
(PING,) = (
    cell.source for cell in lesson(LESSON).text.cells if (cell.tag, cell.exercise) == ("solution", "first_answer")
)
STUDENTS["both-in-one"] = {
    "first_answer": whole(LESSON, "solution")["same_words"] + "\n\n\n" + PING,
    "same_words": "(",
}
unix = pytest.mark.skipif(os.name == "nt", reason="classes with nbgrader live on hubs, and these on Unix")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> NbgraderClass:
    """A class whose work was handed out, handed in, graded, told and exported."""
    found = NbgraderClass(tmp_path_factory.mktemp("nbgrader"), [LESSON])
    found.run("generate_assignment", LESSON)
    for student, answers_of in STUDENTS.items():
        found.hand_in(student, LESSON, answers_of)
    found.run("autograde", LESSON)
    found.run("generate_feedback", LESSON)
    found.run("export")
    return found


@unix
def test_points_are_ours(room: NbgraderClass) -> None:
    points = room.points(LESSON)
    assert points == ours(room, LESSON)
    assert len(points) == len(STUDENTS) * 5
    assert len({sum(value for (who, _), value in points.items() if who == student) for student in STUDENTS}) == 4


@unix
def test_cells_of_nbgrader_are_not_taken_for_the_students(room: NbgraderClass) -> None:
    found = {each.student: each for each in collect(room.folder / "submitted").submissions}
    assert found.keys() == STUDENTS.keys()
    assert found["right"].flags == ()
    assert {name: [source.text for source in sources] for name, sources in found["right"].answers.items()} == {
        name: [source] for name, source in STUDENTS["right"].items()
    }


@unix
def test_export_says_the_same(room: NbgraderClass) -> None:
    with (room.folder / "grades.csv").open(encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert rows.keys() == STUDENTS.keys()
    total = sum(exercise.points for exercise in lesson(LESSON).exercises.values() if not exercise.challenge)
    assert {float(row["max_score"]) for row in rows.values()} == {total}
    assert float(rows["right"]["score"]) == float(rows["no-checks"]["score"]) == total
    assert float(rows["blank"]["score"]) == 0


@unix
def test_feedback_shows_the_reports(room: NbgraderClass) -> None:
    feedback = (room.folder / f"feedback/mixed/{LESSON}/{LESSON}.html").read_text("utf-8")
    assert "came back" in feedback
    for state in ("Passed", "Not yet", "Not attempted"):
        assert state in feedback


@unix
def test_release_of_nbgrader_holds_no_answer(room: NbgraderClass) -> None:
    path = room.folder / f"release/{LESSON}/{LESSON}.ipynb"
    assert list(answers().findings({path.name: path.read_bytes()})) == []
    cells = {cell["id"]: "".join(cell["source"]).rstrip() for cell in json.loads(path.read_text("utf-8"))["cells"]}
    for exercise in lesson(LESSON).exercises:
        assert cells[f"{LESSON}-{exercise}"] == lesson(LESSON).text.answers(exercise, "starter")[0].source


@pytest.mark.parametrize("name", LESSONS)
def test_source_has_a_grade_for_every_exercise(name: str) -> None:
    source = source_notebook(render(lesson(name).text, "notebooks"), lesson(name))
    cells = [cell["metadata"]["nbgrader"] for cell in source["cells"] if "nbgrader" in cell["metadata"]]
    identifiers = [cell["grade_id"] for cell in cells]
    assert len(set(identifiers)) == len(identifiers)
    assert len({cell["id"] for cell in source["cells"]}) == len(source["cells"])
    points = {cell["grade_id"].removeprefix("points_"): cell["points"] for cell in cells if cell["grade"]}
    wanted = {each.name: each.points for each in lesson(name).exercises.values() if not each.challenge}
    assert points == wanted
    answered = {identifier.partition("_")[2] for identifier in identifiers if identifier.startswith("answer_")}
    assert answered == {each.name for each in lesson(name).exercises.values() if not each.is_file}


def test_answer_that_is_a_file_lies_beside_its_notebook() -> None:
    files = course_folder(LESSONS, "class")
    for name in LESSONS:
        for file, starter in lesson(name).text.files.items():
            assert files[f"source/{name}/{file}"].decode() == starter
    assert list(answers().findings({name: files[name] for name in files if name.endswith("recipe_api.py")})) == []
    # Else nbgrader puts the starter back in its place before it grades.
    assert "exclude_overwriting = {'capstone': ['recipe_api.py']}" in files["nbgrader_config.py"].decode()


def test_source_stays_beside_the_release(tmp_path: Path) -> None:
    found = NbgraderClass(tmp_path, [LESSON])
    released = [path.read_text("utf-8") for path in (tmp_path / "class").rglob("*.ipynb")]
    assert released
    assert "BEGIN SOLUTION" not in "".join(released)
    assert "Never hand out this" in (found.folder / "README.md").read_text("utf-8")
    assert "BEGIN SOLUTION" in (found.folder / f"source/{LESSON}/{LESSON}.ipynb").read_text("utf-8")
