"""A contract is shown as a map that turns green: the same words in both faces, and never by colour alone."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from checks import App, Contract, Factory, exercise
from checks.progress import Progress
from checks.report import BROKEN, NOT_ATTEMPTED, NOT_YET, PASSED, Report, Row

CONTRACT = Contract()


def row(number: str, method: str, path: str, status: int) -> Any:
    """Add a row to the contract that promises its status and nothing else."""

    @CONTRACT.row(number, method, path, "always", status)
    def check(make_app: Callable[[], App]) -> None:
        """It is always so."""
        make_app().request(method, path).expect(status, because="It was promised.", rfc="RFC 9110 §15")

    return check


row("R01", "GET", "/notes", 200)
row("R02", "GET", "/notes?limit=0", 400)
row("R03", "POST", "/notes", 201)
row("R10", "DELETE", "/notes/1", 204)


@exercise(points=8, hints=["a", "b"], contract=CONTRACT)
def notes(create_app: Factory) -> None:
    """The app keeps notes."""
    CONTRACT.judge(lambda: create_app({}))


def make(codes: dict[str, int]) -> Any:
    """Return a create_app whose app answers each method with a code of its own."""

    def create_app(settings: dict) -> Flask:
        app = Flask("notes")
        for path in ("/notes", "/notes/1"):
            for method, code in codes.items():
                app.add_url_rule(path, f"{method}{path}", lambda code=code: ("", code), methods=[method])
        return app

    return create_app


@pytest.fixture(scope="module")
def mixed() -> Report:
    return notes(make({"GET": 200, "POST": 501, "DELETE": 204}))


def text_of(html: str) -> str:
    """Return what a reader sees of HTML."""
    return re.sub(r"<[^>]*>", " ", html.replace("&nbsp;", " "))


def test_map_has_a_line_for_each_method_and_path(mixed: Report) -> None:
    assert mixed.state == NOT_YET
    lines = [line.strip() for line in repr(mixed).splitlines()]
    assert "/notes    GET      ✓ 200  ✗ 400" in lines
    assert "POST     ○ 201" in lines
    assert "/notes/1  DELETE   ✓ 204" in lines
    assert "✓ as promised   ✗ not as promised   ○ not built yet: 501 came back" in lines


def test_html_map_is_a_table_of_methods_by_paths(mixed: Report) -> None:
    html = mixed._repr_html_()
    assert re.findall(r'<th scope="col"[^>]*>(\w*)</th>', html)[:4] == ["", "GET", "POST", "DELETE"]
    assert re.findall(r'<th scope="row"[^>]*>([^<]*)</th>', html) == ["/notes", "/notes/1"]
    assert re.findall(r">(. \d{3})</span>", html) == ["✓ 200", "✗ 400", "○ 201", "✓ 204"]
    assert 'aria-label="R02, 400: not as promised"' in html


def test_method_and_path_that_do_not_matter_are_spelled_out() -> None:
    contract = Contract()
    for number, path in (("R01", "any"), ("R02", "unknown URL")):
        contract.row(number, "any", path, "-", 500)(lambda make_app: None)
    assert [row.title for row in contract.rows] == ["R01 any method, any URL", "R02 any method, unknown URL"]
    rows = [Row(asked=row.title, got="500", wanted=["500"], passed=True) for row in contract.rows]
    html = Report("a.b", "A task", PASSED, 2, 2, rows, contract=contract)._repr_html_()
    assert re.findall(r'<th scope="row"[^>]*>([^<]*)</th>', html) == ["any URL", "unknown URL"]


def test_each_sort_of_rows_has_its_points(mixed: Report) -> None:
    titles = [
        "1 row not as promised, 0 of 2 point each",
        "1 row not built yet: 501 came back, 0 of 2 point each",
        "2 rows as promised, 2 of 2 point each",
    ]
    text, html = repr(mixed), text_of(mixed._repr_html_())
    for face in (text, html):
        assert [face.index(title) for title in titles] == sorted(face.index(title) for title in titles)
    assert mixed.points == 4


def test_reason_is_told_for_what_is_not_as_promised_and_only_there(mixed: Report) -> None:
    text, html = repr(mixed), mixed._repr_html_()
    assert text.count("why:") == 1
    assert "It was promised. (RFC 9110 §15)" in text
    assert html.count('<details style="margin-top: 8px" open>') == 1
    for number in ("R01", "R02", "R03", "R10"):
        assert f"{number} " in text
        assert f"{number} " in text_of(html)


def test_the_same_reason_is_told_once() -> None:
    nothing = notes(lambda settings: None)
    text, html = repr(nothing), nothing._repr_html_()
    assert nothing.points == 0
    for face in (text, html):
        assert face.count("returned an object of type NoneType") == 1
    assert [line.split()[:2] for line in text.splitlines() if line.startswith("  ✗ R")] == [
        ["✗", number] for number in ("R01", "R02", "R03", "R10")
    ]
    assert "R01 GET /notes: always<br>R02" in html


def test_reason_of_many_rows_stays_in_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checks.faces.TITLES", 3)
    assert "  ✗ R01, R02, R03, R10\n      came back: " in repr(notes(lambda settings: None))


def test_everything_green_and_nothing_begun() -> None:
    nothing = notes(make({"GET": 501, "POST": 501, "DELETE": 501}))
    assert nothing.state == NOT_ATTEMPTED
    assert "○ 204" in repr(nothing)
    assert "not as promised" not in repr(nothing)
    some = notes.rows("R01, R10", make({"GET": 200, "DELETE": 204}))
    assert some.state == PASSED
    assert (some.points, some.max_points) == (4, 4)
    assert "✗" not in repr(some)
    assert "✗" not in some._repr_html_()


def test_rows_are_chosen_by_their_numbers() -> None:
    assert [row.number for row in CONTRACT.only("R02-R10").rows] == ["R02", "R03", "R10"]
    assert [row.number for row in CONTRACT.only("R10, R01-R02").rows] == ["R01", "R02", "R10"]
    report = notes.rows("R02", make({"GET": 400}))
    assert [row.asked for row in report.rows] == ["R02 GET /notes?limit=0: always"]
    assert (report.state, report.points, report.max_points) == (PASSED, 2, 2)
    for wrong in ("R04", "R01-R99", "", "all of them"):
        with pytest.raises(ValueError, match="There is no row"):
            notes.rows(wrong, make({}))


def test_some_rows_are_no_attempt_at_the_exercise(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Progress(None)
    monkeypatch.setattr(sys.modules["checks.exercise"], "progress", lambda: kept)
    notes.rows("R01", make({"GET": 200}))
    assert kept.events == []
    notes(make({"GET": 200}))
    assert [event["points"] for event in kept.events] == [2]


def test_exercise_without_a_contract_has_no_rows() -> None:
    @exercise(points=1, hints=["a", "b"])
    def plain(app: App) -> None:
        """Nothing."""

    with pytest.raises(TypeError, match="plain has no contract"):
        plain.rows("R01")


def test_answer_that_does_not_run_and_broken_check_have_no_map() -> None:
    lost = notes("no such file")
    assert "no such file" in repr(lost)
    assert "as promised" not in repr(lost)
    broken = Report("x.y", "T.", BROKEN, 0, 1, [], "ZeroDivisionError", CONTRACT)
    assert "as promised" not in broken._repr_html_()


def test_the_same_in_every_run(mixed: Report) -> None:
    again = notes(make({"GET": 200, "POST": 501, "DELETE": 204}))
    assert repr(again) == repr(mixed)
    assert again._repr_html_() == mixed._repr_html_()
