"""An answer in a process of its own gets the same verdict as one beside the check, and hostile ones get one too."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sample_exercises import counts, crash_is_returned, created, double, ping, two_doors

from checks import Exercise
from checks.answer import LocalAnswer
from checks.apart import ApartAnswer
from checks.judge import judge, load_and_judge
from checks.prelude import run_source
from checks.report import NOT_ATTEMPTED, NOT_YET, PASSED, Report

PING = "@app.get('/ping')\ndef view():\n    return {'ping': 'pong'}\n"
CREATED = """
@app.post("/notes")
def add():
    N[len(N) + 1] = request.get_json()
    return {}, 201, {"Location": url_for("one", number=len(N))}
@app.get("/notes/<int:number>")
def one(number):
    return N[number]
"""
ANSWERS = [
    pytest.param(ping, PING, PASSED, id="passed"),
    pytest.param(ping, PING.replace("pong", "pang"), NOT_YET, id="other-json"),
    pytest.param(ping, "@app.get('/ping')\ndef view(): return '', 501", NOT_ATTEMPTED, id="starter"),
    pytest.param(ping, "@app.get('/ping')\ndef view(): raise KeyError('title')", NOT_YET, id="crash"),
    pytest.param(created, "N = {}" + CREATED, PASSED, id="value"),
    pytest.param(created, "N = []" + CREATED, NOT_YET, id="value-of-another-type"),
    pytest.param(double, "def double(x): return x + x", PASSED, id="function"),
    pytest.param(double, "def double(x): return NotImplemented", NOT_ATTEMPTED, id="blank-function"),
    pytest.param(double, "def double(x): raise ValueError('no')", NOT_YET, id="function-raises"),
    pytest.param(double, "def double(x): return object()", NOT_YET, id="function-returns-an-object"),
    pytest.param(double, "double = 3", NOT_YET, id="no-function"),
    pytest.param(double, "other = 3", NOT_YET, id="missing-name"),
    pytest.param(
        crash_is_returned,
        "app.testing = True\napp.config['PROPAGATE_EXCEPTIONS'] = False\n@app.get('/boom')\ndef boom(): return 1 / 0",
        PASSED,
        id="method-of-the-app",
    ),
    pytest.param(
        crash_is_returned, "app.testing = True\n@app.get('/boom')\ndef boom(): return 1 / 0", NOT_YET, id="raises"
    ),
    pytest.param(crash_is_returned, "app = 3", NOT_YET, id="app-of-another-type"),
    pytest.param(counts, "T = []\n@app.get('/')\ndef view(): T.append(1); return str(len(T))", PASSED, id="fresh"),
    pytest.param(counts, "T = [1]\n@app.get('/')\ndef view(): T.append(1); return str(len(T))", NOT_YET, id="not-one"),
    pytest.param(two_doors, "@app.get('/one')\ndef one(): return 'x', 500", NOT_YET, id="parts"),
]


def local(exercise: Exercise, source: str) -> Report:
    answer = LocalAnswer(run_source(source, "<answer>"))
    try:
        return judge(exercise, answer)
    finally:
        answer.close()


def apart(exercise: Exercise, source: str, folder: Path | None = None) -> Report:
    with ApartAnswer() as answer:
        return load_and_judge(exercise, answer, lambda: answer.load(source, folder=folder))


@pytest.mark.parametrize(("exercise", "source", "state"), ANSWERS)
def test_both_settings_agree(exercise: Exercise, source: str, state: str) -> None:
    beside, elsewhere = local(exercise, source), apart(exercise, source)
    assert beside.state == elsewhere.state == state
    assert repr(beside) == repr(elsewhere)


@pytest.mark.parametrize("end", ["1 / 0", "raise SystemExit", "print(no_such_name)"])
def test_cell_that_raises_is_judged_by_what_it_had_defined(end: str) -> None:
    assert apart(ping, f"{PING}\n{end}\n").state == PASSED
    assert apart(ping, f"{end}\n{PING}").points == 0
    half = apart(two_doors, f"{end}\n@app.get('/one')\ndef one(): return 'x'")
    assert 0 < half.points < half.max_points
    assert half.rows[0].asked == "running your code"


def test_cell_that_ends_the_process_has_no_points() -> None:
    assert apart(ping, f"{PING}\nimport os; os._exit(0)").points == 0


HOSTILE = {
    "raise SystemExit(0)": "SystemExit",
    "import sys; sys.exit('done')": "SystemExit",
    "import os; os._exit(0)": "the process ended (exit status 0)",
    "import os, signal; os.kill(os.getpid(), signal.SIGKILL)": "signal 9",
    "def broken(:": "SyntaxError: invalid syntax, line 1",
    "x = 1\n  y = 2": "IndentationError",
    "1 / 0": "ZeroDivisionError: division by zero, line 1",
    "raise KeyboardInterrupt": "KeyboardInterrupt",
    "class Odd(Exception):\n    def __str__(self): raise ValueError\nraise Odd": "raised Odd",
    "def down(): down()\ndown()": "RecursionError",
    "import os\nfor n in range(3, 20):\n    try: os.write(n, b'{}\\n' * 10)\n    except OSError: pass": "disturbed",
    "x = '\\x00'\n\x00": "",
}


@pytest.mark.parametrize("source", HOSTILE)
def test_source_that_does_not_run_gets_a_verdict(source: str) -> None:
    report = apart(ping, source)
    assert report.state == NOT_YET
    assert HOSTILE[source] in report.rows[0].got
    assert report.rows[0].why


def test_endless_source_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checks.apart.CELL_LIMIT", 1.0)
    started = time.monotonic()
    report = apart(ping, "while True: pass")
    assert report.state == NOT_YET
    assert report.rows[0].got == "did not finish within 1 s"
    assert time.monotonic() - started < 30


@pytest.mark.parametrize("source", ["", "# nothing\n", "\n\n"])
def test_empty_source_is_not_attempted(source: str) -> None:
    assert apart(ping, source).state == NOT_ATTEMPTED


def test_flood_of_output_is_harmless() -> None:
    flood = "import sys\nfor _ in range(50): print('x' * 1_000_000); print('y' * 1_000_000, file=sys.stderr)\n"
    assert apart(ping, flood + PING).state == PASSED


def test_reading_standard_input_does_not_hang() -> None:
    assert "EOFError" in apart(ping, "input()\n" + PING).rows[0].got


def test_app_run_does_not_block() -> None:
    assert apart(ping, PING + "\nif __name__ == '__main__':\n    app.run()\n").state == PASSED


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("import os; os._exit(3)", "ended the process"),
        ("raise SystemExit", "raised SystemExit"),
        ("request.environ['werkzeug.socket'].shutdown(2); return 'x'", "no status code"),
        ("return Response(iter([b'x' * 1_000_000] * 1_000))", "does not come to an end"),
        ("return 'x', 'Created'", "a text without a number becomes status 0"),
    ],
)
def test_hostile_view_gets_a_verdict(body: str, words: str) -> None:
    report = apart(ping, f"@app.get('/ping')\ndef view():\n    {body}\n")
    assert report.state == NOT_YET
    assert words in report.rows[0].why


def test_endless_view_costs_one_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checks.wire.exchange.__defaults__", (None, b"", 0.5))
    report = apart(two_doors, "@app.get('/<path:path>')\ndef view(path):\n    while True: pass\n")
    assert report.state == NOT_YET
    assert "within 0.5 s" in report.rows[0].got
    assert "endless loop" in report.rows[0].why


def test_helper_module_beside_the_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "kitchen.py").write_text("REPLY = {'ping': 'pong'}\n")
    source = "from kitchen import REPLY\n@app.get('/ping')\ndef view(): return REPLY\n"
    assert apart(ping, source, tmp_path).state == PASSED


def test_no_process_is_left_behind() -> None:
    with ApartAnswer() as answer:
        answer.load(PING)
        process = answer._process._process
    assert process.returncode is not None


def test_app_that_was_asked_before_is_not_fresh() -> None:
    namespace = run_source("T = []\n@app.get('/')\ndef view(): T.append(1); return str(len(T))", "<answer>")
    for _ in range(2):
        answer = LocalAnswer(namespace)
        assert judge(counts, answer).state == PASSED
        answer.close()


@pytest.mark.parametrize(
    ("given", "source", "made"),
    [
        ("", "x = 1", 1),
        ("N = {}", "x = 1", 1),
        ("", "app = 5", 0),
        ("app = 5", "x = 1", 0),
        ("N = app", "app = 5", 1),
    ],
)
def test_no_app_is_made_for_nothing(given: str, source: str, made: int) -> None:
    apps: list[str] = []
    run_source(source, "<answer>", given, prepared={"Flask": apps.append})
    assert len(apps) == made


def test_cells_before_the_answer_find_an_app() -> None:
    assert run_source("app = 5", "<answer>", before=["early = app"])["early"].import_name == "__main__"


def test_what_is_given_runs_once_when_the_answer_brings_it() -> None:
    given = "T = globals().setdefault('T', []) + [1]"
    with ApartAnswer() as answer:
        answer.load(f"{given}\nx = 1", given)
        assert answer.read("T") == [1]
        answer.forget()
        answer.load("x = 1", given)
        assert answer.read("T") == [1]
