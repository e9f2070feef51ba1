"""What grading needs starts before it is known what there is to grade, and is gone again where nothing came of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from invented import InventedPool, small_class
from processes import descendants, is_alive

import classroom.collect
import classroom.grading
import classroom.pool
from classroom.helpers import Helpers, Unconfined
from course import cli

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


class RecordedHelpers(Helpers):
    """Helpers that are listed."""

    started: list[RecordedHelpers] = []

    def __init__(self, isolation: str) -> None:
        super().__init__(isolation)
        self.isolation = isolation
        self.started.append(self)

    @property
    def ended(self) -> bool:
        """Return whether they have ended, and nobody has to wait for them any more."""
        return self._process.returncode is not None


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[RecordedHelpers]]:
    """The helpers that the command started early; a test leaves none behind."""
    monkeypatch.setattr(RecordedHelpers, "started", [])
    monkeypatch.setattr("course.grade.Helpers", RecordedHelpers)
    monkeypatch.setattr(classroom.grading, "Pool", InventedPool)
    monkeypatch.setattr(classroom.grading, "collect", lambda path: classroom.collect.Collection(small_class()))
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    yield RecordedHelpers.started
    assert all(helpers.ended for helpers in RecordedHelpers.started)


def grade(*arguments: str) -> int:
    return cli.run(["grade", "in", "--out", "out", *arguments])


def test_helpers_start_before_anything_is_collected(
    started: list[RecordedHelpers], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []

    def collect(path: Path) -> classroom.collect.Collection:
        seen.append([helpers.isolation for helpers in started])
        return classroom.collect.Collection(small_class())

    monkeypatch.setattr(classroom.grading, "collect", collect)
    assert grade("--isolation", "limits") == 0
    assert seen == [["limits"]]


def test_the_pool_takes_them(started: list[RecordedHelpers], monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[object] = []

    class Taking(InventedPool):
        def __init__(self, workers: int, isolation: str, seed: str, helpers: object) -> None:
            super().__init__(workers, isolation, seed)
            given.append(helpers)

    monkeypatch.setattr(classroom.grading, "Pool", Taking)
    assert grade() == 0
    assert given == started
    assert len(started) == 1


def test_no_helpers_where_they_may_not_be_needed(started: list[RecordedHelpers]) -> None:
    assert grade("--isolation", "none") == 0
    assert not started
    # All is judged.
    assert grade() == 0
    assert not started
    assert grade("--anew") == 0
    assert len(started) == 1


@pytest.mark.parametrize(
    "arguments",
    [["nowhere", "--out", "out"], ["in", "--out", "file"], ["in", "--out", "in"], ["in"], ["in", "--out", "o", "--x"]],
)
def test_wrong_folders_are_told_before_anything_starts(started: list[RecordedHelpers], arguments: list[str]) -> None:
    Path("file").touch()
    assert cli.run(["grade", *arguments]) == 2
    assert not started


def test_helpers_end_where_there_is_nothing_to_grade(
    started: list[RecordedHelpers], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(classroom.grading, "collect", classroom.collect.collect)
    begun = time.monotonic()
    assert grade() == 2
    assert "in holds no notebook" in capsys.readouterr().err
    # Nobody waits until they are ready.
    assert [helpers.ended for helpers in started] == [True]
    assert time.monotonic() - begun < 5


def test_refused_protection_is_told_after_what_was_found(
    started: list[RecordedHelpers], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(helpers: Helpers) -> None:
        raise Unconfined("This system has no namespaces: say --isolation=limits.")

    monkeypatch.setattr(Helpers, "wait", refuse)
    monkeypatch.setattr(classroom.grading, "Pool", classroom.pool.Pool)
    assert grade() == 3
    assert len(started) == 1
    assert capsys.readouterr().err.splitlines() == [
        "Found 4 students and 4 submissions.",
        "course grade: This system has no namespaces: say --isolation=limits.",
    ]


def test_system_without_forks_is_told_after_what_was_found(
    started: list[RecordedHelpers], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(classroom.grading, "Pool", classroom.pool.Pool)
    monkeypatch.delattr(os, "fork")
    assert grade() == 3
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "Found 4 students and 4 submissions."
    assert told[1].startswith("course grade: This system cannot fork processes")


@pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGKILL])
def test_run_that_is_stopped_at_its_start_leaves_no_process_behind(by: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "course", "grade", str(ROOT / "solutions"), "--out", str(tmp_path / "out")]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as grader:
        deadline = time.monotonic() + 60
        while not (below := descendants(grader.pid)):
            assert grader.poll() is None
            assert time.monotonic() < deadline
        grader.send_signal(by)
        _, told = grader.communicate(timeout=60)
    assert grader.returncode == {signal.SIGINT: 130, signal.SIGKILL: -signal.SIGKILL}[by], told
    assert told.endswith(b"Stopped.\n" if by == signal.SIGINT else b"")
    assert b"Traceback" not in told
    while left := [process for process in below if is_alive(process)]:
        assert time.monotonic() < deadline, left
    assert not (tmp_path / "out").exists()
