"""Every exercise is proved from both sides: what must be accepted, what must be refused, and with which words.

Where an answer is a file, its starter is in the text, its solution and its mistakes are files: see
test_recipe_contract.py and test_recipe_faults.py.
"""

from __future__ import annotations

import re

import pytest

from checks.answer import LocalAnswer
from checks.judge import judge
from checks.prelude import run_source
from checks.report import NOT_ATTEMPTED, NOT_YET, PASSED, Report
from lessons import LESSONS, lesson
from lessons.text import Cell

EXERCISES = [(name, exercise) for name in LESSONS for exercise in lesson(name).exercises]


def cells(tag: str) -> list[pytest.param]:
    """Return the cells of one tag as parameters that name the exercise."""
    found = []
    for name, exercise in EXERCISES:
        for place, cell in enumerate(lesson(name).text.answers(exercise, tag), start=1):
            found.append(pytest.param(name, cell, id=f"{name}.{exercise}-{tag}-{place}"))
    return found


def judged(name: str, cell: Cell, seed: str | None = None) -> Report:
    """Run a cell as a notebook would, and judge it."""
    answer = LocalAnswer(run_source(cell.source, "<cell>"))
    try:
        return judge(lesson(name).exercises[cell.exercise], answer, seed)
    finally:
        answer.close()


@pytest.mark.parametrize(("name", "cell"), cells("starter"))
def test_starter_is_not_accepted(name: str, cell: Cell) -> None:
    assert judged(name, cell).state in (NOT_ATTEMPTED, NOT_YET)


@pytest.mark.parametrize(("name", "cell"), cells("solution") + cells("variant"))
def test_right_answer_gets_full_points(name: str, cell: Cell) -> None:
    report = judged(name, cell)
    assert report.state == PASSED, f"\n{report!r}"
    assert report.points == report.max_points


@pytest.mark.parametrize(("name", "cell"), cells("solution"))
def test_right_answer_is_right_for_other_data(name: str, cell: Cell) -> None:
    for seed in ("one", "two", "three"):
        report = judged(name, cell, seed)
        assert report.state == PASSED, f"\n{report!r}"


@pytest.mark.parametrize(("name", "cell"), cells("mistake"))
def test_mistake_is_refused_with_its_feedback(name: str, cell: Cell) -> None:
    report = judged(name, cell)
    assert report.state == NOT_YET, f"\n{report!r}"
    assert report.points < report.max_points
    why = " ".join(row.to_json()["why"] for row in report.rows)
    assert cell.feedback in why, f"\nwanted: {cell.feedback}\n{report!r}"
    assert cell.feedback in repr(report)


# What makes up another text each time; by itself none of it tells how long something took.
MADE_UP = re.compile(r"\b(uuid4|secrets|monotonic_ns)\b")


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        drawn
        for tag in ("solution", "variant", "mistake")
        for drawn in cells(tag)
        if MADE_UP.search(drawn.values[1].source)
    ],
)
def test_report_does_not_change_with_what_an_answer_makes_up(name: str, cell: Cell) -> None:
    assert judged(name, cell).rows == judged(name, cell).rows


def test_name_that_an_earlier_run_took_is_not_asked_for_again() -> None:
    cell = lesson("client_errors").text.answers("taken", "solution")[0]
    first, again = (judged("client_errors", cell) for _ in range(2))
    assert first.rows == again.rows, "a new app knows no names"
    namespace = run_source(cell.source, "<cell>")
    for _ in range(3):
        answer = LocalAnswer(namespace)
        report = judge(lesson("client_errors").exercises["taken"], answer)
        answer.close()
        assert report.passed, f"\n{report!r}"


@pytest.mark.parametrize(("name", "exercise"), EXERCISES)
def test_exercise_is_complete(name: str, exercise: str) -> None:
    text, found = lesson(name).text, lesson(name).exercises[exercise]
    assert found.title.endswith("."), "the first line of the docstring is the task, a whole sentence"
    assert len(found.hints) >= 2
    if found.is_file:
        assert text.files
        return
    assert len(text.answers(exercise, "starter")) == 1
    assert len(text.answers(exercise, "solution")) == 1
    assert len(text.answers(exercise, "variant")) >= 1
    assert len(text.answers(exercise, "mistake")) >= 2
