"""The capstone's lesson says what the contract says, in stages that hold all of it."""

from __future__ import annotations

import re
import textwrap

import pytest

from checks import ContractRow
from course.build import ROOT
from lessons import lesson
from lessons.recipe_contract import CHALLENGES, CONTRACT
from lessons.text import FOLDER

MARKDOWN = (FOLDER / "capstone.md").read_text("utf-8")
HEAD = ["| row | method | path | condition | status | headers | body |", "|---|---|---|---|---|---|---|"]
# The rows of each stage, as the cell at its end judges them.
STAGES = re.findall(r'^check\.recipe_api\.rows\("([^"]+)", "recipe_api"\)$', MARKDOWN, re.MULTILINE)


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


@pytest.mark.parametrize(
    ("rows", "judging"),
    [
        *((CONTRACT.only(rows).rows, f'check.recipe_api.rows("{rows}", "recipe_api")') for rows in STAGES),
        (CHALLENGES.rows, 'check.beyond_the_contract("recipe_api")'),
    ],
    ids=[*STAGES, "challenges"],
)
def test_specification_in_the_text_is_the_contract(rows: tuple[ContractRow, ...], judging: str) -> None:
    wanted = specification(rows)
    assert wanted in MARKDOWN, f"This must stand before the cell {judging}:\n\n{wanted}"
    before = MARKDOWN.partition(judging)[0]
    assert "### " not in before.rpartition(wanted)[2]


def test_every_row_belongs_to_one_stage() -> None:
    numbers = [row.number for rows in STAGES for row in CONTRACT.only(rows).rows]
    assert sorted(numbers) == [row.number for row in CONTRACT.rows] == [f"R{place:02}" for place in range(1, 49)]
    assert len(STAGES) == 8
    assert MARKDOWN.count("\n| R") == 48
    assert MARKDOWN.count("\n| C") == len(CHALLENGES.rows)


def test_model_answer_is_shown_file_by_file() -> None:
    source = lesson("capstone").exercises["recipe_api"].find_solution() or ""
    assert source.startswith("# recipe_api/__init__.py\n")
    assert len(re.findall(r"^# recipe_api/\w+\.py$", source, re.MULTILINE)) == len(
        list((ROOT / "solutions" / "recipe_api").glob("*.py"))
    )
