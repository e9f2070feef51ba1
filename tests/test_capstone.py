"""The capstone's lesson says what the contract says, and its starter, its solution and its stages fit together."""

from __future__ import annotations

import re
import textwrap

import pytest

from checks import ContractRow
from checks.report import NOT_YET, PASSED
from checks.source import judge_file
from course.build import ROOT
from lessons import lesson
from lessons.recipe_contract import CONTRACT
from lessons.text import FOLDER

MARKDOWN = (FOLDER / "capstone.md").read_text("utf-8")
HEAD = ["| row | method | path | condition | status | headers | body |", "|---|---|---|---|---|---|---|"]
# The rows of each stage, as the cell at its end judges them.
STAGES = re.findall(r'^check\.recipe_api\.rows\("([^"]+)", "recipe_api"\)$', MARKDOWN, re.MULTILINE)
# What the starter keeps: Flask answers OPTIONS by itself.
KEPT_BY_STARTER = {"R06"}


def cell(words: str) -> str:
    """Return words as they stand in a Markdown table."""
    return words.replace("<", "\\<").replace("|", "\\|") or "-"


def line(row: ContractRow) -> str:
    """Return a row of the contract as a line of the table."""
    words = [row.number, row.method, f"`{row.path}`", cell(row.condition), f"**{row.status}**"]
    return f"| {' | '.join([*words, cell(row.headers), cell(row.body)])} |"


def specification(rows: tuple[ContractRow, ...]) -> str:
    """Return what must stand in the text about some rows: the table, and the list of what it leaves open."""
    table = [*HEAD, *map(line, rows)]
    items = [f"- {row.number}: {cell(row.text)}" for row in rows]
    wrapped = [
        textwrap.fill(item, 118, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
        for item in items
    ]
    return "\n".join([*table, "", "In full:", "", *wrapped])


@pytest.mark.parametrize("rows", STAGES)
def test_specification_in_the_text_is_the_contract(rows: str) -> None:
    wanted = specification(CONTRACT.only(rows).rows)
    assert wanted in MARKDOWN, f"This must stand before the cell that judges {rows}:\n\n{wanted}"
    before_cell = MARKDOWN.partition(f'check.recipe_api.rows("{rows}"')[0]
    assert "### " not in before_cell.rpartition(wanted)[2]


def test_every_row_belongs_to_one_stage() -> None:
    numbers = [row.number for rows in STAGES for row in CONTRACT.only(rows).rows]
    assert sorted(numbers) == [row.number for row in CONTRACT.rows] == [f"R{place:02}" for place in range(1, 49)]
    assert len(STAGES) == 8
    assert MARKDOWN.count("\n| R") == 48


def test_starter_keeps_what_flask_gives_and_is_refused() -> None:
    report = judge_file(lesson("capstone").exercises["recipe_api"], ROOT / "notebooks" / "recipe_api.py")
    verdicts = CONTRACT.verdicts(report)
    assert {number for number, row in verdicts.items() if row.passed} == KEPT_BY_STARTER
    assert (report.state, report.points) == (NOT_YET, len(KEPT_BY_STARTER))
    # Everything else answers 501, but for what is about no route or about every route.
    assert {number for number, row in verdicts.items() if not row.passed and not row.blank} <= {
        "R03",
        "R04",
        "R07",
        "R08",
    }


def test_solution_keeps_every_row() -> None:
    report = judge_file(lesson("capstone").exercises["recipe_api"], ROOT / "solutions" / "recipe_api")
    assert report.state == PASSED, f"\n{report!r}"
    assert report.points == report.max_points == 48


def test_model_answer_is_shown_file_by_file() -> None:
    source = lesson("capstone").exercises["recipe_api"].find_solution() or ""
    assert source.startswith("# recipe_api/__init__.py\n")
    assert len(re.findall(r"^# recipe_api/\w+\.py$", source, re.MULTILINE)) == len(
        list((ROOT / "solutions" / "recipe_api").glob("*.py"))
    )
