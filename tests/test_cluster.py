"""A Dask cluster judges as the pool of one machine does, whatever is lost on the way."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from classes import make_class, write
from dask_cluster import dask_cluster, runs, set_confinable, set_quick
from distributed import Client
from handed_in import handed_in

import classroom.grading
from classroom import cluster, cluster_worker
from classroom.cluster import Cluster, ClusterProblem
from classroom.pool import Pool
from classroom.result import Result
from classroom.submission import Submission
from course import cli

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")

LESSON = "status_line"


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a cluster of two workers."""
    with dask_cluster(2) as (address, _):
        yield address


@pytest.fixture(scope="module")
def submissions() -> list[Submission]:
    tags = ("solution", "mistake", "variant", "starter")
    return [handed_in(LESSON, tags[number % 4], f"student {number}") for number in range(12)]


@pytest.fixture(scope="module")
def expected(submissions: list[Submission]) -> list[Result]:
    with Pool(2, "namespaces", "seed") as pool:
        return by_student(pool.judge(submissions))


def by_student(results: Iterator[Result]) -> list[Result]:
    return sorted(results, key=lambda result: result.student)


def test_results_are_those_of_the_pool(scheduler: str, submissions: list[Submission], expected: list[Result]) -> None:
    with Cluster(scheduler, "namespaces", "seed") as judging:
        assert "2 workers. On each: Answers run in namespaces of their own" in judging.protection
        assert set(judging._client.run(runs).values()) == {1}
        assert by_student(judging.judge(submissions)) == expected


def test_workers_are_left_as_they_were(scheduler: str) -> None:
    with Cluster(scheduler, "limits", "seed") as first:
        assert "can reach it" in first.protection
    with Cluster(scheduler, "limits", "seed") as second:
        assert set(second._client.run(runs).values()) == {1}


def test_students_of_a_lost_worker_are_judged_elsewhere(
    scheduler: str, submissions: list[Submission], expected: list[Result]
) -> None:
    with Cluster(scheduler, "namespaces", "seed") as judging:
        worker = min(judging._client.run(os.getpid).values())
        found = judging.judge(submissions)
        results = [next(found)]
        os.kill(worker, signal.SIGKILL)
        results += found
    assert by_student(iter(results)) == expected


def test_submissions_are_read_as_far_as_there_is_room(scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CROWD", 2)
    read = 0

    def many() -> Iterator[Submission]:
        nonlocal read
        for number in range(20):
            read += 1
            yield Submission(f"student {number}", LESSON, {})

    with Cluster(scheduler, "limits", "seed") as judging:
        for done, _ in enumerate(judging.judge(many())):
            assert read <= done + 4
    assert read == 20


def test_slow_submission_gives_its_place_to_others(scheduler: str, tmp_path: Path) -> None:
    done = tmp_path / "done"
    waiting = f"import os, time\nwhile not os.path.exists({str(done)!r}):\n    time.sleep(0.01)"
    slow = [handed_in(LESSON, student=f"slow {number}", first_answer=waiting) for number in (1, 2)]
    others = [Submission(f"student {number}", LESSON, {}) for number in range(4)]
    students = []
    with Cluster(scheduler, "limits", "seed") as judging:
        judging._client.run(set_quick, 0.1)
        for result in judging.judge([*slow, *others]):
            students.append(result.student)
            if len(students) == len(others):
                done.touch()
        judging._client.run(set_quick, cluster_worker.QUICK)
    assert set(students[-2:]) == {"slow 1", "slow 2"}


def test_another_course_on_a_worker_is_refused(scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = {**cluster_worker.versions(), "flask": "3.0.0"}
    monkeypatch.setattr(cluster_worker, "versions", lambda: other)
    with pytest.raises(ClusterProblem, match=r"The worker tcp://\S+ cannot judge: .* of flask, the grader 3.0.0"):
        Cluster(scheduler, "limits", "seed").__enter__()


def test_unprotected_worker_is_refused(scheduler: str) -> None:
    with Client(scheduler, set_as_default=False) as client:
        client.run(set_confinable, False)
        try:
            with pytest.raises(ClusterProblem, match="The worker .* cannot judge: no namespaces here"):
                Cluster(scheduler, "namespaces", "seed").__enter__()
        finally:
            client.run(set_confinable, True)


def test_nobody_is_at_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 0.2)
    folder = write(make_class(1, [LESSON]), tmp_path / "in", "flat")
    arguments = ["grade", str(folder), "--out", str(tmp_path / "out")]
    for address in ("tcp://127.0.0.1:1", "nonsense://x", "nonsense"):
        assert cli.run([*arguments, "--scheduler", address]) == 3
        assert f"There is no Dask scheduler at {address}" in capsys.readouterr().err
    assert cli.run([*arguments, "--scheduler", address, "--workers", "2"]) == 2
    assert "leave it out" in capsys.readouterr().err


def test_cluster_without_workers_is_refused() -> None:
    with dask_cluster(0) as (address, _), pytest.raises(ClusterProblem, match="has no workers"):
        Cluster(address, "limits", "seed").__enter__()


def test_run_goes_on_after_its_scheduler_was_lost(
    scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    students = write(make_class(6, [LESSON], seed=3), tmp_path / "in", "folders")

    def grade(out: str, *options: str) -> int:
        arguments = ["grade", str(students), "--out", str(tmp_path / out), "--seed", "s", "--isolation", "limits"]
        return cli.run([*arguments, *options])

    with dask_cluster(1) as (address, process):

        class Losing(Cluster):
            def judge(self, submissions: Iterable[Submission]) -> Iterator[Result]:
                for result in super().judge(submissions):
                    yield result
                    process.kill()

        monkeypatch.setattr(classroom.grading, "Cluster", Losing)
        assert grade("far", "--scheduler", address) == 3
        told = capsys.readouterr().err
        assert f"The Dask scheduler at {address} was lost" in told
        assert "are judged and kept in" in told
    monkeypatch.setattr(classroom.grading, "Cluster", Cluster)
    assert grade("far", "--scheduler", scheduler) == 0
    assert "are judged already" in capsys.readouterr().err
    assert grade("near") == 0
    grades = [(tmp_path / out / "grades.csv").read_text("utf-8") for out in ("far", "near")]
    assert grades[0] == grades[1]
