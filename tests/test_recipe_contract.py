"""The contract of the Recipe API: right answers keep all of it, and a fault loses its own rows and no others."""

from __future__ import annotations

from pathlib import Path

import pytest
from recipe_faults import ANSWERS, NUMBERS, judged, lost, told

from checks.report import NOT_YET, PASSED
from checks.source import judge_file
from lessons.capstone import beyond_the_contract, recipe_api
from lessons.recipe_contract import CHALLENGES, CONTRACT

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "solutions" / "recipe_api"
HAPPY_PATH = "R01 R05 R06 R08 R09 R14 R17 R20 R23 R25 R29 R30 R33 R37 R40 R41 R42 R43 R44 R45 R46"  # all but the errors


def test_table_has_all_rows_with_all_words() -> None:
    assert [row.number for row in CONTRACT.rows] == NUMBERS
    assert [row.number for row in CHALLENGES.rows] == [f"C{number:02}" for number in range(1, 8)]
    for row in (*CONTRACT.rows, *CHALLENGES.rows):
        assert row.condition
        assert 100 <= row.status <= 599
        assert row.text.endswith(".")
    errors = [row for row in CONTRACT.rows if row.status >= 400]
    assert len(errors) == 27
    assert all(row.body.startswith("problem+json") or row.number == "R02" for row in errors)


@pytest.mark.parametrize(
    "path", [REFERENCE, ANSWERS / "method_views.py", ANSWERS / "decorators.py"], ids=lambda path: path.stem
)
def test_right_answer_keeps_every_row(path: Path) -> None:
    report = judge_file(recipe_api, path, seed="another seed")
    assert report.state == PASSED, told(report)
    assert report.points == 48
    assert len(report.rows) == 48


def test_right_answer_keeps_the_challenges() -> None:
    report = judge_file(beyond_the_contract, ANSWERS / "decorators.py")
    assert report.state == PASSED, told(report)


def test_an_answer_without_the_challenges_loses_them() -> None:
    assert lost(judge_file(beyond_the_contract, ANSWERS / "method_views.py"), CHALLENGES) == [
        "C01",
        "C03",
        "C04",
        "C05",
        "C06",
    ]


def test_happy_path_keeps_what_is_no_error() -> None:
    report = judge_file(recipe_api, ANSWERS / "happy_path.py")
    assert [number for number in NUMBERS if number not in lost(report)] == HAPPY_PATH.split(), told(report)
    assert report.points == 21


def test_untouched_starter_keeps_what_flask_gives() -> None:
    report = judge_file(recipe_api, ROOT / "notebooks" / "recipe_api.py")
    assert report.state == NOT_YET
    assert [number for number in NUMBERS if number not in lost(report)] == ["R06"], told(report)


def test_report_is_the_same_in_every_run() -> None:
    source = (ANSWERS / "decorators.py").read_text("utf-8").replace('"WWW-Authenticate": "Bearer"', '"X": "y"')
    one, other = judged(source, ()), judged(source, ())
    assert lost(one) == ["R16", "R21", "R26", "R39"]
    assert repr(one) == repr(other)
    assert one._repr_html_() == other._repr_html_()
