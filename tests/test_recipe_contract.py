"""The contract of the Recipe API: right answers keep all of it, and a fault loses its own rows and no others."""

from __future__ import annotations

import json
import time
from functools import partial
from pathlib import Path

import pytest
from recipe_faults import ANSWERS, NUMBERS, judged, lost, told

from checks.prelude import run_source
from checks.report import NOT_YET, PASSED
from checks.source import judge_file, judge_source
from checks.wire import exchange
from course import check
from lessons.capstone import beyond_the_contract, recipe_api
from lessons.recipe_contract import CHALLENGES, CONTRACT
from lessons.recipe_contract.one_recipe import _another_id

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


HOSTILE = {
    "hangs": ('limit = request.args.get("limit", "100")', "while True: time.sleep(0.01)", "R05 R23 R24 R37"),
    "ends the process": ("answer.raise_for_status()", "os._exit(3)", "R46 R47 R48"),
    "ends its thread": ('raise RuntimeError(f"cannot read {store().path}")', "raise SystemExit", "R07"),
    "never stops sending": (
        'return {"status": "ok"}',
        'return Response((b"x" * 65536 for _ in iter(int, 1)), mimetype="application/json")',
        "R01 R02",
    ),
    "sends what is no recipe": (
        'return {name: recipe[name] for name in ("id", "title", "draft", "owner")}',
        'return {"id": {"$": []}, "title": None, "draft": [], "owner": 7}',
        "R23 R25 R29 R33 R41",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_view_costs_the_rows_that_ask_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checks.app.exchange", partial(exchange, time_limit=1.5))
    old, new, rows = HOSTILE[name]
    source = (ANSWERS / "method_views.py").read_text("utf-8")
    assert old in source
    began = time.monotonic()
    report = judge_source(recipe_api, source.replace(old, new))
    assert lost(report) == rows.split(), told(report)
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("source", "got"),
    [
        ("def create_app(settings):\n    while True: pass", "did not finish within 0.5 s"),
        ("import os\ndef create_app(settings): os._exit(3)", "the process ended (exit status 3)"),
        (
            "def create_app(given): raise KeyError(given['STORE'])",
            "raised KeyError: '<folder>', line 1 of the cell",
        ),
        ("def create_app(settings): pass", "returned an object of type NoneType"),
    ],
)
def test_hostile_factory_loses_every_row_at_once(source: str, got: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checks.answer.CALL_LIMIT", 0.5)
    if "while" in source:
        create_app = run_source(source, "<answer>")["create_app"]
        report = recipe_api(create_app)
    else:
        report = judge_source(recipe_api, source)
    assert lost(report) == NUMBERS
    assert {row.got for row in report.rows} == {got}
    assert report.state == NOT_YET


def test_command_judges_a_package_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        check.command.main(["capstone.beyond_the_contract", str(REFERENCE), "--json"], standalone_mode=False)
    report = json.loads(capsys.readouterr().out)
    assert ended.value.code == 0
    assert [row["asked"].partition(" ")[0] for row in report["rows"]] == [row.number for row in CHALLENGES.rows]
    assert set(report["rows"][0]) == {"asked", "got", "wanted", "passed", "why"}


@pytest.mark.parametrize(
    ("known", "another"), [(7, 100_007), ("9", "100009"), ("r9", "r100009"), ("a1-c0", "5e-3f"), ("soup", "soupx")]
)
def test_id_that_no_recipe_has_is_of_the_same_form(known: object, another: object) -> None:
    assert _another_id(known) == another
