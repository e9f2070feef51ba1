"""The reference page, the README and the recall cards say what the tables and the lessons say."""

from __future__ import annotations

import http
import re

import pytest
import requests
import werkzeug.http

from course.readme import codes_table, lessons_table
from course.recall import cards, recall_file
from course.reference import reference_text, tables
from lessons import LESSONS, lesson
from lessons.codes import TAUGHT
from lessons.text import FOLDER
from server.codes import CODES


def test_every_code_has_one_row_everywhere() -> None:
    for table in (tables(), codes_table()):
        assert [int(number) for number in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == list(CODES)


def test_page_holds_chart_and_tables() -> None:
    source = "\n".join(cell.source for cell in reference_text().cells)
    assert "flowchart TD" in source
    assert tables() in source


@pytest.mark.parametrize("name", TAUGHT)
def test_lesson_speaks_of_the_codes_it_is_said_to_teach(name: str) -> None:
    text = (FOLDER / f"{name}.md").read_text("utf-8")
    assert [number for number in TAUGHT[name] if not re.search(rf"\b{number}\b", text)] == []


def test_no_code_is_taught_twice() -> None:
    numbers = [number for taught in TAUGHT.values() for number in taught]
    assert len(numbers) == len(set(numbers))
    assert set(numbers) <= set(CODES)


def test_differences_of_libraries_are_as_the_page_says() -> None:
    registered = {code.number for code in CODES.values() if code.kind == "registered"}
    requests_codes = {value for value in vars(requests.codes).values() if isinstance(value, int)}
    # Later versions of Python may learn the temporary 104.
    assert {int(status) for status in http.HTTPStatus} - registered - {104} == {418}
    assert set(werkzeug.http.HTTP_STATUS_CODES) - registered - {104} == {306, 418, 449}
    assert requests_codes - registered - {104} == {122, 306, 418, 444, 449, 450, 499, 509}
    assert registered - requests_codes == {508}


@pytest.mark.parametrize("name", LESSONS)
def test_recall_has_five_to_eight_questions(name: str) -> None:
    found = cards(lesson(name).text)
    assert 5 <= len(found) <= 8
    for question, answer in found:
        assert "?" in question
        assert len(answer) > 5
        assert not re.search(r"[\t\n]", question + answer)


def test_cards_are_one_a_line_with_three_columns() -> None:
    lines = [line for line in recall_file().splitlines() if not line.startswith("#")]
    assert len(lines) >= 5 * len(LESSONS)
    assert {line.count("\t") for line in lines} == {2}


@pytest.mark.parametrize("name", LESSONS)
def test_readme_names_every_exercise(name: str) -> None:
    table = lessons_table()
    assert all(f"`{exercise}`" in table for exercise in lesson(name).exercises)


WAYS = ["Why", "See", "Predict", "Try", "Under the hood", "Exercises", "Repair", "Challenge", "Recall"]


@pytest.mark.parametrize("name", LESSONS)
def test_lesson_has_the_nine_ways_to_learn(name: str) -> None:
    headings = [
        heading
        for cell in lesson(name).text.cells
        if cell.kind == "markdown"
        for heading in re.findall(r"^## (.+)$", cell.source, re.MULTILINE)
    ]
    assert headings == WAYS


@pytest.mark.parametrize("name", [*LESSONS, "reference"])
def test_links_between_lessons_lead_somewhere(name: str) -> None:
    text = (FOLDER / f"{name}.md").read_text("utf-8")
    for target, anchor in re.findall(r"\]\((\w+)\.md(?:#([^)]*))?\)", text):
        assert target in (*LESSONS, "reference"), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", (FOLDER / f"{target}.md").read_text("utf-8"), re.MULTILINE)
            assert anchor.lower() in {
                re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings
            }
