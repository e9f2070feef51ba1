"""A contract groups what each of its rows asks, and a row that is lost ends no other."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from checks import App, Contract, Exercise, Factory, exercise
from checks.answer import LocalAnswer
from checks.judge import judge
from checks.prelude import run_source
from checks.recorder import GAVE_UP, current
from checks.report import BROKEN, NOT_ATTEMPTED, NOT_YET, PASSED, Report
from checks.source import NoSource, judge_file, judge_source
from checks.wire import exchange

CONTRACT = Contract()


class Api:
    """What the rows of the sample share."""

    def __init__(self, create_app: Factory) -> None:
        self.create_app = create_app
        self.store = f"{create_app.folder()}/store"
        self.app: App = create_app({"STORE": self.store, "GREETING": "hello"})


@CONTRACT.row("R2", "POST", "/notes", "a text", 201, headers="Location")
def added(api: Api) -> None:
    """The note is kept in the file STORE."""
    api.app.post("/notes", data="one").expect(201, because="It was created.", rfc="RFC 9110 §15.3.2")
    kept = api.create_app.read(api.store)
    answer = api.app.get("/notes").expect(200, because="The list is there.")
    answer.expect_that(answer.text == kept == "one", wanted="one", because="It was promised.")


@CONTRACT.row("R10", "GET", "/notes", "the file is unusable", 503)
def ruined(api: Api) -> None:
    """Without its file the app answers 503."""
    api.create_app.ruin(api.store)
    api.app.get("/notes").expect(503, because="The store is down.", instead={500: "500 says that you have a bug."})


@CONTRACT.row("R1", "GET", "/", "all well", 200, body="the greeting")
def greets(api: Api) -> None:
    """The greeting is in the settings, and every app has its own."""
    other = api.create_app({"STORE": "", "GREETING": "hi"})
    other.get("/").expect(200, because="Both are there.")
    answer = api.app.get("/").expect(200, because="It is there.")
    answer.expect_that(answer.text == "hello", wanted="hello", because="Settings are settings.")


@exercise(points=3, hints=["a", "b"])
def notes(create_app: Factory) -> None:
    """create_app(settings) returns an app that keeps notes."""
    CONTRACT.judge(Api(create_app))


RIGHT = """
from flask import Flask, request


def create_app(settings):
    app = Flask(__name__)
    store = settings["STORE"]

    @app.get("/")
    def greet():
        return settings["GREETING"]

    @app.post("/notes")
    def add():
        open(store, "ab").write(request.get_data())
        return "", 201

    @app.get("/notes")
    def listed():
        try:
            return open(store).read()
        except (OSError, UnicodeDecodeError):
            return "", 503

    return app
""".replace(
    'open(store, "ab").write(request.get_data())',
    'with open(store, "ab") as file:\n            file.write(request.get_data())',
).replace("return open(store).read()", "with open(store) as file:\n                return file.read()")


def local(source: str, check: Exercise = notes) -> Report:
    answer = LocalAnswer(run_source(source, "<answer>"))
    try:
        return judge(check, answer)
    finally:
        answer.close()


def both(source: str) -> Report:
    beside, elsewhere = local(source), judge_source(notes, source)
    assert repr(beside) == repr(elsewhere)
    return beside


def lost(report: Report) -> set[str]:
    return {number for number, row in CONTRACT.verdicts(report).items() if not row.passed}


def test_rows_are_data_in_the_order_of_their_numbers() -> None:
    assert [row.number for row in CONTRACT.rows] == ["R1", "R2", "R10"]
    row = CONTRACT.rows[1]
    assert (row.method, row.path, row.status, row.headers, row.body) == ("POST", "/notes", 201, "Location", "")
    assert row.title == "R2 POST /notes: a text"
    assert row.text == "The note is kept in the file STORE."


def test_a_number_is_taken_once() -> None:
    with pytest.raises(ValueError, match="two rows R1"):
        CONTRACT.row("R1", "GET", "/", "again", 200)(greets)


def test_right_answer_has_one_row_per_row_of_the_contract() -> None:
    report = both(RIGHT)
    assert report.state == PASSED
    assert report.points == 3
    assert [row.asked.split()[0] for row in report.rows] == ["R1", "R2", "R10"]
    assert (report.rows[1].got, report.rows[1].wanted) == ("201", ["201"])
    assert [detail.asked for detail in report.rows[1].details] == ["POST /notes  one", "GET /notes"]
    assert set(report.to_json()["rows"][0]) == {"asked", "got", "wanted", "passed", "why"}


@pytest.mark.parametrize(
    ("old", "new", "rows"),
    [
        ('return "", 201', 'return ""', {"R2"}),
        ('return "", 503', 'return "", 500', {"R10"}),
        ('return settings["GREETING"]', 'return "hello", 418', {"R1"}),
        ('return settings["GREETING"]', "return 1 / 0", {"R1"}),
        ("return app\n", "pass\n", {"R1", "R2", "R10"}),
    ],
)
def test_a_fault_loses_its_rows_and_no_others(old: str, new: str, rows: set[str]) -> None:
    assert old in RIGHT
    report = both(RIGHT.replace(old, new))
    if rows == {"R1", "R2", "R10"}:
        assert report.rows[0].got == "returned an object of type NoneType"
        assert report.state == NOT_YET
        return
    assert lost(report) == rows
    assert report.points == 3 - len(rows)


def test_failed_row_tells_the_promise_that_broke_and_its_steps() -> None:
    report = both(RIGHT.replace('return "", 201', 'return "made"'))
    row = CONTRACT.verdicts(report)["R2"]
    assert (row.got, row.wanted, row.rfc) == ("200  text/html  made", ["201"], "RFC 9110 §15.3.2")
    assert "It was created." in row.why
    assert row.paste[0].startswith("requests.post(")
    assert len(row.details) == 1
    assert "step" not in repr(report)
    other = both(RIGHT.replace('return "", 503', 'return "", 500'))
    assert "500 says that you have a bug." in other.rows[2].why


def test_details_are_in_both_faces() -> None:
    report = local(RIGHT.replace("file.write(request.get_data())", "pass"))
    assert "step 1:    POST /notes  one → 201" in repr(report)
    html = report._repr_html_()
    assert html.count("<summary>All steps</summary>") == 2
    assert "POST /notes  one → 201" in html


@pytest.mark.parametrize(
    ("source", "got"),
    [
        ("def create_app(settings): raise KeyError('STORE')", "raised KeyError: 'STORE', line 1 of the cell"),
        ("def create_app(): pass", "raised TypeError: create_app() takes 0 positional arguments but 1 was given"),
        ("create_app = 3", "create_app is of type int"),
        ("other = 3", "there is no create_app"),
    ],
)
def test_a_factory_that_makes_nothing_is_told(source: str, got: str) -> None:
    report = both(source)
    assert report.state == NOT_YET
    assert report.rows[0].got == got


@pytest.mark.parametrize("source", ["create_app = ...", "def create_app(settings): return NotImplemented"])
def test_untouched_starter_is_not_attempted(source: str) -> None:
    assert both(source).state == NOT_ATTEMPTED


def test_a_fault_of_a_row_is_a_broken_check() -> None:
    contract = Contract()

    @contract.row("R1", "GET", "/", "x", 200)
    def looks_at_nothing(app: App) -> None:
        """Nothing."""

    @exercise(points=1, hints=[])
    def faulty(create_app: Factory) -> None:
        """A check."""
        contract.judge(create_app({"GREETING": "", "STORE": ""}))

    report = local(RIGHT, faulty)
    assert report.state == BROKEN
    assert "looked at nothing" in report.fault


def test_what_differs_from_run_to_run_is_hidden() -> None:
    contract = Contract()
    token = "secret-" + "0123456789" * 20

    @contract.row("R1", "GET", "/", "x", 200)
    def row(app: App) -> None:
        """Nothing."""
        current().hide(token, "<token>")
        app.get("/", headers={"Authorization": f"Bearer {token}"}).expect(404, because="x")

    @exercise(points=1, hints=[])
    def hides(create_app: Factory) -> None:
        """A check."""
        contract.judge(create_app({"GREETING": token, "STORE": ""}))

    report = local(RIGHT, hides)
    assert "secret-0" not in repr(report) + report._repr_html_()
    assert report.rows[0].got == "200  text/html  <token>"
    assert "Authorization: Bearer <token>" in report.rows[0].details[0].asked


def test_a_path_is_judged_in_a_process_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("notes.py").write_text(RIGHT)
    assert notes("notes").state == PASSED
    assert notes(Path("notes.py")).state == PASSED
    # Nothing is stale after an edit, and nothing but the file is there: no name is given.
    Path("notes.py").write_text(RIGHT.replace('return "", 201', 'return "", 202'))
    assert lost(notes("notes")) == {"R2"}
    Path("notes.py").write_text(RIGHT.replace("from flask import Flask, request", ""))
    assert "name 'Flask' is not defined, line 6 of notes.py" in notes("notes").rows[0].got
    assert not list(tmp_path.rglob("__pycache__"))


@pytest.mark.parametrize("name", ["notes", "notes/__init__.py", "json"])
def test_a_package_is_judged_whatever_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / name.partition("/")[0]
    folder.mkdir()
    (folder / "words.py").write_text('STORE = "STORE"\n')
    source = RIGHT.replace('settings["STORE"]', "settings[words.STORE]").replace(
        "import Flask, request", "import Flask, request\nfrom . import words"
    )
    (folder / "__init__.py").write_text(source)
    assert judge_file(notes, Path(name)).state == PASSED
    (folder / "words.py").write_text("1 / 0\n")
    report = notes(name)
    assert report.state == NOT_YET
    assert report.rows[0].got == "raised ZeroDivisionError: division by zero, line 1 of words.py"


def test_no_source_is_told_in_a_notebook_and_raised_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    for name in ("nothing", "empty"):
        assert notes(name).state == NOT_YET
        with pytest.raises(NoSource):
            judge_file(notes, Path(name))
    Path("blank.py").write_text("# my answer\n")
    assert notes("blank").state == NOT_ATTEMPTED
    json.dumps(notes("nothing").to_json())


def test_a_function_is_judged_in_this_process() -> None:
    create_app = run_source(RIGHT, "<answer>")["create_app"]
    assert notes(create_app).state == PASSED


def test_a_row_may_begin_before_the_first_one() -> None:
    contract = Contract()

    @contract.row("R1", "GET", "/", "x", 200)
    def first(app: App) -> None:
        """The note is there already."""
        answer = app.get("/notes").expect(200, because="x")
        answer.expect_that(answer.text == "begun", wanted="begun", because="It was begun before.")

    def begin(app: App) -> None:
        app.post("/notes", data="begun").expect(299, because="No part of the report: nobody is told.")

    @contract.row("R2", "GET", "/notes", "x", 200, begin=begin)
    def second(app: App) -> None:
        """Nothing."""
        app.get("/notes").expect(200, because="x")

    @exercise(points=2, hints=[])
    def early(create_app: Factory) -> None:
        """A check."""
        contract.judge(create_app({"GREETING": "", "STORE": f"{create_app.folder()}/store"}))

    report = local(RIGHT, early)
    assert report.state == PASSED
    assert [len(row.details) for row in report.rows] == [1, 1]


def test_waiting_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checks.app.exchange", partial(exchange, time_limit=0.2))
    contract = Contract()
    for number in range(1, 11):

        @contract.row(f"R{number}", "GET", "/", "x", 200)
        def row(app: App) -> None:
            """Nothing."""
            app.get("/").expect(200, because="x")

    @exercise(points=1, hints=[])
    def patient(create_app: Factory) -> None:
        """A check."""
        contract.judge(create_app({"GREETING": "", "STORE": ""}))

    hanging = RIGHT.replace('return settings["GREETING"]', "while True:\n            __import__('time').sleep(0.01)")
    report = local(hanging, patient)
    assert [row.got for row in report.rows].count("not tried") == 6
    assert report.rows[-1].why == GAVE_UP
