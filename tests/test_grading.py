"""The command that grades: from a folder of notebooks to a gradebook, and back to where it was stopped."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from classes import make_class, points_of, write
from invented import LESSON, InventedPool, result, small_class, submission
from processes import descendants, is_alive

import classroom.grading
from classroom.helpers import Unconfined
from classroom.memory import FILE
from classroom.result import Result
from classroom.submission import Flag, Submission
from course import cli

ROOT = Path(__file__).parent.parent


@dataclass
class InventedCollection:
    submissions: list[Submission]
    flags: list[Flag] = field(default_factory=list)


@pytest.fixture
def handed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Submission]:
    """The submissions that will be found in the folder `in`."""
    (tmp_path / "in").mkdir()
    submissions = small_class()
    collection = InventedCollection(submissions, [Flag("not a notebook", "cat.jpg", "It is a picture.")])
    monkeypatch.setattr(classroom.grading, "collect", lambda path: collection)
    monkeypatch.setattr(classroom.grading, "Pool", InventedPool)
    monkeypatch.setattr(classroom.grading, "checks_version", lambda name: InventedPool.checks)
    monkeypatch.setattr(InventedPool, "stop_after", None)
    monkeypatch.setattr(InventedPool, "checks", "v1")
    monkeypatch.setattr(InventedPool, "judged", [])
    monkeypatch.chdir(tmp_path)
    return submissions


def grade(*arguments: str) -> int:
    return cli.run(["grade", "in", "--out", "out", *arguments])


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*.*")
        if path.is_file() and path.name != FILE
    }


def test_class_is_graded_and_summed_up(handed_in: list[Submission], capsys: pytest.CaptureFixture[str]) -> None:
    assert grade() == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("4 students, 4 submissions: 30 % of the exercises passed. See out")
    assert printed.err.splitlines()[:2] == ["Found 4 students and 4 submissions.", InventedPool.protection]
    assert "Judged 4 of 4" in printed.err
    names = {path.name for path in Path("out").iterdir()}
    assert names == {"grades.csv", "totals.csv", "class.html", "class.json", "feedback", FILE, ".lock"}
    assert "It is a picture." in Path("out/class.html").read_text("utf-8")


def test_summary_as_json(handed_in: list[Submission], capsys: pytest.CaptureFixture[str]) -> None:
    assert grade("--json") == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["seconds"] >= 0
    assert (summary["students"], summary["submissions"], summary["judged"], summary["kept"]) == (4, 4, 4, 0)
    assert summary["without_result"] == []


def test_nothing_is_judged_twice(handed_in: list[Submission], capsys: pytest.CaptureFixture[str]) -> None:
    grade()
    before = files(Path("out"))
    assert grade() == 0
    assert len(InventedPool.judged) == 4
    assert files(Path("out")) == before
    assert "4 are judged already." in capsys.readouterr().err


def test_stale_results_are_judged_again(
    handed_in: list[Submission], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    grade()
    monkeypatch.setattr(InventedPool, "checks", "v2")
    assert grade() == 0
    assert len(InventedPool.judged) == 8
    assert "4 are judged again because the checks have changed." in capsys.readouterr().err
    grade("--anew")
    assert len(InventedPool.judged) == 12


def test_what_was_judged_of_other_students_and_lessons_stays_in_memory_only(
    handed_in: list[Submission], capsys: pytest.CaptureFixture[str]
) -> None:
    handed_in.append(submission("Ann Meyer", {}, "success"))
    grade()
    everything = files(Path("out"))
    capsys.readouterr()
    assert grade("--lesson", "success") == 0
    assert "left out" not in capsys.readouterr().err
    assert LESSON not in Path("out/grades.csv").read_text("utf-8")
    left = handed_in[:]
    del handed_in[1:]
    assert grade() == 0
    assert "4 earlier results are left out" in capsys.readouterr().err
    assert "Bob" not in Path("out/grades.csv").read_text("utf-8")
    handed_in[:] = left
    assert grade() == 0
    assert files(Path("out")) == everything
    assert len(InventedPool.judged) == 5


@pytest.mark.parametrize("stop", [0, 1, 3])
def test_stopped_run_goes_on(
    handed_in: list[Submission], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], stop: int
) -> None:
    monkeypatch.setattr(InventedPool, "stop_after", stop)
    with pytest.raises(KeyboardInterrupt):
        grade("--seed", "s")
    assert f"{stop} of 4 are judged and kept in out. The same command goes on from there." in capsys.readouterr().err
    monkeypatch.setattr(InventedPool, "stop_after", None)
    assert grade("--seed", "s") == 0
    assert len(InventedPool.judged) == 4
    stopped = files(Path("out"))
    assert cli.run(["grade", "in", "--out", "undisturbed"]) == 0
    assert files(Path("undisturbed")) == stopped


def test_submission_without_a_result_is_named(
    handed_in: list[Submission], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    judge = InventedPool.judge
    monkeypatch.setattr(InventedPool, "judge", lambda pool, todo: judge(pool, todo[:3]))
    assert grade() == 1
    assert f"No result: {handed_in[3].student}" in capsys.readouterr().err
    assert "Cem Vogel" in Path("out/grades.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nowhere", "--out", "out"], 2, "there is nothing at nowhere"),
        (["in", "--out", "in/out"], 2, f"{Path('in/out')} lies in in"),
        (["in", "--out", "in"], 2, "in lies in in"),
        (["in/deep", "--out", "in"], 2, f"{Path('in/deep')} lies in in"),
        (["in", "--out", "file"], 2, "file is no folder"),
        (["in", "--out", "full"], 3, "full has files in it"),
        (["in", "--out", "out", "--lesson", "succes"], 2, "There is no lesson 'succes'. Did you mean 'success'?"),
        (["in", "--out", "out", "--lesson", "success"], 2, "in holds no notebook of the lesson success"),
        (["in", "--out", "out", "--compare", "full"], 2, "does not exist"),
        (["in", "--out", "out", "--moodle", "nowhere.csv"], 2, "nowhere.csv cannot be read"),
        (["in", "--out", "out", "--canvas", "file"], 2, "file is empty"),
        (["in", "--out", "out", "--workers", "0"], 2, "0 is not in the range"),
        (["in"], 2, "Missing option '--out'"),
        (["course", "--out", "out"], 2, "course is the course itself, not what a class handed in"),
    ],
)
def test_what_cannot_be_is_said(
    handed_in: list[Submission], capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, message: str
) -> None:
    Path("in/deep").mkdir()
    Path("file").touch()
    Path("full").mkdir()
    Path("full/thesis.txt").touch()
    for part in ("notebooks", "lessons", "checks", "server"):
        Path("course", part).mkdir(parents=True)
    assert cli.run(["grade", *arguments]) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert message in printed.err.splitlines()[-1]
    assert InventedPool.judged == []


def test_another_seed_needs_another_folder(handed_in: list[Submission], capsys: pytest.CaptureFixture[str]) -> None:
    assert grade("--seed", "one") == 0
    assert grade("--seed", "two") == 2
    assert "out has the seed one" in capsys.readouterr().err
    assert grade("--seed", "two", "--anew") == 0
    assert grade() == 0


def test_broken_check_is_told(
    handed_in: list[Submission], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def break_one(*arguments: str) -> Result:
        found = result(*arguments)  # type: ignore[arg-type]
        found.exercises[0].state = "broken check"
        return found

    monkeypatch.setattr("invented.result", break_one)
    assert grade() == 0
    assert f"The check of {LESSON}.log_in_first failed 4 times" in capsys.readouterr().err


def test_system_without_protection_is_explained(
    handed_in: list[Submission], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*arguments: object) -> None:
        raise Unconfined("This system has no namespaces: say --isolation=limits.")

    monkeypatch.setattr(classroom.grading, "Pool", refuse)
    assert grade() == 3
    assert capsys.readouterr().err.endswith("course grade: This system has no namespaces: say --isolation=limits.\n")


def test_full_disk_is_said_and_nothing_is_lost(
    handed_in: list[Submission], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add = classroom.grading.Memory.add

    def fail(memory: object, result: object) -> None:
        if len(InventedPool.judged) == 3:
            raise OSError(28, "No space left on device")
        add(memory, result)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(classroom.grading.Memory, "add", fail)
        assert grade() == 3
    assert "out cannot be written: No space left on device. 2 of 4 are judged and kept" in capsys.readouterr().err
    assert grade() == 0
    assert len(InventedPool.judged) == 5


def test_old_results_are_compared(
    handed_in: list[Submission], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    grade("--seed", "s")
    monkeypatch.setattr(InventedPool, "checks", "v2")
    del handed_in[0]
    capsys.readouterr()
    assert cli.run(["grade", "in", "--out", "new", "--compare", "out", "--json"]) == 0
    printed = capsys.readouterr()
    summary = json.loads(printed.out)
    moved = json.loads(Path("new/compare.json").read_text("utf-8"))
    assert {move["student"] for move in moved} == {"Ann Meyer"}
    assert summary["moved"] == len(moved) == len(Path("new/compare.csv").read_text("utf-8").splitlines()) - 1
    assert f"Ann Meyer, {LESSON}.log_in_first: 3 -> nothing (not in this gradebook any more)" in printed.err
    # The same random data, so that only what was mended moves.
    assert '"seed": "s"' in Path("new", FILE).read_text("utf-8")
    assert cli.run(["grade", "in", "--out", "out", "--compare", "out", "--anew"]) == 2


def test_platforms_and_junit_are_written(handed_in: list[Submission], capsys: pytest.CaptureFixture[str]) -> None:
    Path("moodle.csv").write_text("Full name,Email address\nBob Sato,b@example.org\n", "utf-8")
    Path("canvas.csv").write_text('Student,ID,SIS Login ID,Section\n,,,\n"Sato, Bob",7,bob,A\n', "utf-8")
    assert grade("--moodle", "moodle.csv", "--canvas", "canvas.csv", "--junit", "junit.xml", "--max-points", "30") == 0
    assert Path("out/moodle.csv").read_text("utf-8").splitlines() == [
        f"Full name,Email address,{LESSON}",
        "Bob Sato,b@example.org,6",
    ]
    assert Path("out/canvas.csv").read_text("utf-8").splitlines()[-1] == '"Sato, Bob",7,bob,A,6'
    assert Path("junit.xml").exists()
    assert "3 students are not in the file from Moodle: " in capsys.readouterr().err


def test_help_comes_without_the_lessons_results(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["grade", "--help"]) == 0
    assert "exit code is 0" in " ".join(capsys.readouterr().out.split())


@pytest.fixture(scope="module")
def real_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three students with two lessons each, as they are downloaded from Moodle."""
    return write(make_class(3, ["success", "access"]), tmp_path_factory.mktemp("class"), "moodle")


def run_real(real: Path, out: Path, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "course", "grade", str(real), "--out", str(out), "--seed", "s", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE)


def wait_for(true: Callable[[], bool], process: subprocess.Popen[bytes] | None = None) -> None:
    """Wait until something is true, and while a process runs."""
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        assert process is None or process.poll() is None, "it ended before it could be killed"


@pytest.mark.skipif(sys.platform != "linux", reason="confinement is a matter of Linux")
def test_real_class_survives_a_grader_that_is_killed_again_and_again(tmp_path: Path) -> None:
    quick = write(make_class(3, ["flask_responses", "error_bodies"]), tmp_path / "class", "moodle")
    undisturbed = run_real(quick, tmp_path / "one", "--isolation", "limits", "--workers", "2")
    _, told = undisturbed.communicate(timeout=120)
    assert undisturbed.returncode == 0, told
    memory = tmp_path / "two" / FILE
    for lines in (1, 2, 4):
        killed = run_real(quick, tmp_path / "two", "--isolation", "limits", "--workers", "1")
        wait_for(lambda: memory.exists() and memory.read_bytes().count(b"\n") >= lines, killed)  # noqa: B023
        helpers = descendants(killed.pid)
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        wait_for(lambda: not any(map(is_alive, helpers)))  # noqa: B023
        # As if it had been killed in the middle of the last line.
        memory.write_bytes(memory.read_bytes() + b'{"student": "Ada Ab')
    again = run_real(quick, tmp_path / "two", "--isolation", "limits", "--workers", "2")
    _, told = again.communicate(timeout=120)
    assert again.returncode == 0, told
    assert b"are judged already" in told
    assert b"Damaged" not in told
    # The header, and each of the six once.
    assert memory.read_bytes().count(b"\n") == 7
    assert files(tmp_path / "two") == files(tmp_path / "one")


@pytest.mark.skipif(sys.platform != "linux", reason="confinement is a matter of Linux")
def test_real_class_gets_what_its_answers_are_worth(real_class: Path, tmp_path: Path) -> None:
    process = run_real(real_class, tmp_path / "out", "--isolation", "limits")
    _, told = process.communicate(timeout=120)
    assert process.returncode == 0, told
    rows = csv.DictReader((tmp_path / "out" / "grades.csv").read_text("utf-8").splitlines())
    found = {(row["student"], row["exercise"]): row for row in rows if row["state"] != "total"}
    for student in make_class(3, ["success", "access"]):
        for identifier, expected in student.expected.items():
            row = found.pop((student.name, identifier))
            points = expected.points
            if points is None:
                points = points_of(identifier, student.drawn[identifier])
            assert (row["state"], float(row["points"])) == (expected.state, points), identifier
    assert not found
