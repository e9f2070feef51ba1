"""Hostile submissions in a class: the others get the results they would get alone, and get them in time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks import DAEMON
from handed_in import handed_in, skip_without_namespaces
from leaks import processes_in
from processes import descendants, is_alive

from checks.answer import Unreachable
from checks.apart import ApartAnswer
from checks.judge import judge
from checks.report import BROKEN, NOT_YET, PASSED
from checks.scripted import ScriptedServer
from classroom import pool as pool_module
from classroom.helpers import Unconfined
from classroom.pool import Pool
from classroom.submission import Source
from lessons import lesson

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")

ENDLESS = "while True: pass"
HELD_UP = {
    "at the top": ENDLESS,
    "asleep": "import time\ntime.sleep(10_000)",
    "when it is deleted": "class Sticky:\n    def __del__(self):\n        while True: pass\nSticky()",
    "at import": Source("import kitchen", "eve.ipynb", modules={"kitchen.py": ENDLESS}),
}


@pytest.fixture(params=["namespaces", "limits"])
def pool(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    monkeypatch.setattr(pool_module, "QUICK", 0.3)
    try:
        with Pool(1, request.param, "seed") as pool:
            yield pool
    except Unconfined as problem:
        skip_without_namespaces(problem)


def test_honest_ones_pass_by_those_that_hang(pool: Pool) -> None:
    hanging = [handed_in("success", student=f"eve {name}", create_or_replace=code) for name, code in HELD_UP.items()]
    honest = [handed_in("success", tag, student=f"{tag} beside") for tag in ("solution", "mistake")]
    alone = {result.student: result for result in pool.judge(honest)}
    results = pool.judge([*hanging, *honest])
    beside = {result.student: result for result in (next(results), next(results))}
    # The first two that are ready are the two at the end: the others still hang.
    assert beside == alone
    results.close()


def test_what_an_answer_leaves_behind_ends_with_it(pool: Pool, tmp_path: Path) -> None:
    """A process that hides from its parents does not outlive the answer, and holds up nobody."""
    started = time.monotonic()
    (result,) = pool.judge([handed_in("success", create_or_replace=textwrap.dedent(DAEMON))])
    assert result.exercises[0].rows[0]["got"] == "the process ended (exit status 7)"
    assert {one.state for one in result.exercises[1:]} == {PASSED}
    # Its end of the line is closed, else the judge would have waited for a time limit.
    assert time.monotonic() - started < 18


def test_more_processes_than_anybody_needs_are_killed(pool: Pool) -> None:
    """They do nothing: they are many, that is all."""
    sleepers = "import os, time\nfor _ in range(11):\n    if os.fork() == 0: time.sleep(10_000)\ntime.sleep(10_000)"
    (result,) = pool.judge([handed_in("success", create_or_replace=sleepers)])
    assert result.exercises[0].rows[0]["got"] == "the process was killed (signal 9)"
    assert {one.state for one in result.exercises[1:]} == {PASSED}


@pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
@pytest.mark.parametrize("number", ["SIGKILL", "SIGSTOP"])
def test_answer_that_turns_on_its_cell_block_does_not_outlive_the_run(
    number: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "tight"))
    (tmp_path / "tight").mkdir()
    limits = "checks.apart.CELL_LIMIT = classroom.cells.PATIENCE = classroom.own_processes.PATIENCE = 0.5"
    (tmp_path / "tight" / "sitecustomize.py").write_text(
        f"import checks.apart, classroom.cells, classroom.own_processes\n{limits}\n"
    )
    code = f"import os, signal, time\nos.kill(os.getppid(), signal.{number})\ntime.sleep(10_000)"
    with Pool(1, "limits", "seed") as pool:
        submissions = [handed_in("success", student="eve", create_or_replace=code), handed_in("success", student="bob")]
        found = {result.student: result for result in pool.judge(submissions)}
    assert {one.state for one in found["bob"].exercises} == {PASSED}
    assert {(one.state, one.points) for one in found["eve"].exercises} == {(BROKEN, 0)}
    assert processes_in(tmp_path) == []
    assert [path.name for path in tmp_path.iterdir()] == ["tight"]


@pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
@pytest.mark.parametrize("isolation", ["namespaces", "limits"])
def test_nothing_is_left_when_the_grader_is_killed(isolation: str, tmp_path: Path) -> None:
    script = """
        import sys
        from handed_in import handed_in
        from classroom.pool import Pool
        with Pool(2, sys.argv[1], "seed") as pool:
            endless = handed_in("success", create_or_replace="import subprocess, time\\nprint(1)\\nwhile True: pass")
            for result in pool.judge([handed_in("success"), endless, endless]):
                print("one is ready", flush=True)
    """
    root = Path(__file__).parent.parent
    environment = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'tests'}", "TMPDIR": str(tmp_path)}
    grader = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), isolation], env=environment, stdout=subprocess.PIPE
    )
    with grader:
        assert grader.stdout is not None
        line = grader.stdout.readline()
        if not line and isolation == "namespaces":
            skip_without_namespaces("the grader did not start")
        below = descendants(grader.pid)
        grader.kill()
    # The nursery, the judges; a judge, a cell block and an answer at least.
    assert len(below) >= 5
    deadline = time.monotonic() + 5
    while left := [process for process in below if is_alive(process)]:
        assert time.monotonic() < deadline, left
    while folders := list(tmp_path.iterdir()):
        assert time.monotonic() < deadline, folders


def test_helpers_that_die_are_made_anew(pool: Pool) -> None:
    for victim in ("the judges", "the nursery"):
        judges = pool._helpers._process.pid
        killed = judges if victim == "the judges" else min(descendants(judges))
        os.kill(killed, signal.SIGKILL)
        deadline = time.monotonic() + 5
        while is_alive(killed):
            assert time.monotonic() < deadline
        (result,) = pool.judge([handed_in("success")])
        assert {one.state for one in result.exercises} == {PASSED}


CLAIMS = """
import sys
worker = sys.modules["__main__"].Worker
worker.do_address = lambda self, app: {port}
"""


def test_answer_that_claims_a_port_of_the_check_is_refused() -> None:
    with ScriptedServer({}) as server, ApartAnswer() as answer:
        answer.load(CLAIMS.format(port=server.url.rpartition(":")[2]))
        with pytest.raises(Unreachable, match="disturbed"):
            answer.address()


FORGED = """
import os, sys
frame = sys._getframe()
while "number" not in frame.f_locals: frame = frame.f_back
number = frame.f_locals["number"]
for n in range(3, 20):
    try: os.write(n, ('{"number": "%s", "reply": %s}' % (number, REPLY)).encode() + b"\\n")
    except OSError: pass
"""


def load_and_ask(answer: ApartAnswer, code: str) -> None:
    answer.load(code)
    answer.address()


@pytest.mark.parametrize(
    "reply", ["'[' * 1_000_000", "'[' * 1_000", "'9' * 10_000", "'[' + '[],' * 1_000_000 + '0]'", "'{}'", "'\"x\"'"]
)
def test_forged_reply_is_survived(reply: str) -> None:
    with ApartAnswer() as answer, pytest.raises(Unreachable, match="disturbed the check"):
        load_and_ask(answer, FORGED.replace("REPLY", reply))


def test_reply_before_its_request_is_refused() -> None:
    code = """
import os
for n in range(3, 20):
    try: os.write(n, b'{"number": 1, "reply": 80}\\n' * 2)
    except OSError: pass
"""
    with ApartAnswer() as answer, pytest.raises(Unreachable, match="disturbed the check"):
        load_and_ask(answer, code)


def test_reply_with_too_many_parts_is_not_even_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    with ApartAnswer() as answer:
        answer.load("ROWS = [[1], [2], [3]]")
        assert answer.read("ROWS") == [[1], [2], [3]]
        monkeypatch.setattr("checks.apart.ITEMS_LIMIT", 4)
        with pytest.raises(Unreachable, match="disturbed the check"):
            answer.read("ROWS")


def test_judge_gives_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classroom.judging.TIME_LIMIT", 0.0)
    with Pool(1, "none", "seed") as pool:
        (result,) = pool.judge([handed_in("success")])
    assert {one.state for one in result.exercises} == {NOT_YET}
    assert "the time is over" in result.exercises[0].rows[0]["got"]


def test_slow_steps_cost_their_own_exercise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step stays below its own limit, and all of them together would use up the time of the others."""
    monkeypatch.setattr("checks.recorder.CHECK_LIMIT", 0.5)
    slow = "import time\n@app.before_request\ndef slow():\n    time.sleep(0.3)\n"
    exercise = lesson("success").exercises["create_or_replace"]
    with ApartAnswer() as answer:
        answer.load((exercise.find_solution() or "") + "\n" + slow, exercise.find_given())
        report = judge(exercise, answer)
    assert report.state == NOT_YET
    assert "the check gave up" in report.rows[-1].why.lower()
    assert len(report.rows) < 6
