"""A class is judged by the pool: each submission gets its own result, the same as in the notebook."""

from __future__ import annotations

import gc
import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from handed_in import handed_in, skip_without_namespaces

from checks.report import BROKEN, NOT_ATTEMPTED, NOT_YET, PASSED, Row
from classroom.helpers import Unconfined
from classroom.pool import Pool
from classroom.result import Judged, Result
from classroom.submission import Source, Submission

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


@pytest.fixture(scope="module", params=["namespaces", "limits"])
def pool(request: pytest.FixtureRequest) -> Iterator[Pool]:
    try:
        with Pool(2, request.param, "seed") as pool:
            yield pool
    except Unconfined as problem:
        skip_without_namespaces(problem)


def judged(pool: Pool, submission: Submission) -> dict[str, Judged]:
    (result,) = pool.judge([submission])
    assert Result.from_json(result.to_json()) == result
    return {one.id.partition(".")[2]: one for one in result.exercises}


def test_right_answers_pass(pool: Pool) -> None:
    (result,) = pool.judge([handed_in("success")])
    assert {one.state for one in result.exercises} == {PASSED}
    assert result.points == result.max_points > 0
    assert result.predictions
    assert all(one["right"] for one in result.predictions.values())


def test_each_submission_gets_its_own_result(pool: Pool) -> None:
    tags = {"ann": "solution", "bob": "starter", "cy": "mistake"}
    results = {
        result.student: result for result in pool.judge(handed_in("success", tag, name) for name, tag in tags.items())
    }
    assert set(results) == set(tags)
    assert {one.state for one in results["ann"].exercises} == {PASSED}
    assert NOT_ATTEMPTED in {one.state for one in results["bob"].exercises}
    assert {one.state for one in results["cy"].exercises} == {NOT_YET}


def test_missing_answer_is_not_attempted(pool: Pool) -> None:
    (result,) = pool.judge([Submission("ann", "success", {})])
    assert {one.state for one in result.exercises} == {NOT_ATTEMPTED}
    assert result.points == 0
    assert result.max_points > 0


def test_rows_are_those_of_the_report_and_name_no_port(pool: Pool) -> None:
    one = judged(pool, handed_in("status_line", "mistake"))
    rows = [Row(**row) for judgement in one.values() for row in judgement.rows]
    assert rows
    assert not [row for row in rows if "127.0.0.1:" in repr(row)]


def test_of_several_sources_the_best_counts(pool: Pool) -> None:
    sources = [handed_in("success", tag).answers["create_or_replace"][0] for tag in ("mistake", "solution", "starter")]
    found = judged(pool, Submission("ann", "success", {"create_or_replace": tuple(sources)}))
    assert found["create_or_replace"].state == PASSED
    assert found["create_or_replace"].source == sources[1].text


def test_own_cells_before_the_answer_are_there_when_it_needs_them(pool: Pool) -> None:
    right = handed_in("success").answers["create_or_replace"][0].text
    needs = f"assert HELPER == 1\n{right}"
    before = ("HELPER = 1", "raise SystemExit", "not Python !", "1 / 0")
    assert judged(pool, handed_in("success", create_or_replace=needs))["create_or_replace"].state == NOT_YET
    source = Source(needs, "own.ipynb", before)
    assert judged(pool, handed_in("success", create_or_replace=source))["create_or_replace"].state == PASSED
    # What stands before must not spoil an answer that does without.
    source = Source(right, "own.ipynb", ("import os\nos._exit(3)",))
    assert judged(pool, handed_in("success", create_or_replace=source))["create_or_replace"].state == PASSED


def test_modules_beside_the_answer_are_found(pool: Pool) -> None:
    right = handed_in("success").answers["create_or_replace"][0].text
    source = Source(f"import kitchen\nassert kitchen.HOT\n{right}", "own.ipynb", modules={"kitchen.py": "HOT = True"})
    assert judged(pool, handed_in("success", create_or_replace=source))["create_or_replace"].state == PASSED


def test_a_dead_cell_costs_its_own_exercise(pool: Pool) -> None:
    found = judged(pool, handed_in("success", create_or_replace="import os\nos._exit(3)"))
    assert found.pop("create_or_replace").rows[0]["got"] == "the process ended (exit status 3)"
    assert {one.state for one in found.values()} == {PASSED}


def test_same_seed_same_results(pool: Pool) -> None:
    submission = handed_in("success", "mistake")
    first, second = pool.judge([submission, submission])
    assert first == second
    with Pool(1, "limits", "another") as other:
        (third,) = other.judge([submission])
    assert first != third


def test_failing_judge_is_told_as_a_broken_check(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    # A block that ends before its judge has come in.
    monkeypatch.setattr(pool._helpers, "make_block", lambda control: None)
    (result,) = pool.judge([handed_in("success")])
    assert {one.state for one in result.exercises} == {BROKEN}
    assert "could not be made" in result.exercises[0].fault


def test_submission_survives_json() -> None:
    source = Source("x", "place", ("y",), {"a.py": "z"})
    submission = handed_in("success", create_or_replace=source)
    assert Submission.from_json(submission.to_json()) == submission


def test_own_notebooks_are_judged_without_protection() -> None:
    with Pool(2, "none", "seed") as pool:
        (result,) = pool.judge([handed_in("production", production="1 / 0")])
    assert "WITHOUT protection" in pool.protection
    assert result.points > 0


def test_a_fault_of_the_judge_is_told_without_protection_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("no process to be had")

    monkeypatch.setattr("classroom.cells.OwnProcess", fail)
    with Pool(1, "none", "seed") as pool:
        (result,) = pool.judge([handed_in("success")])
    assert {one.state for one in result.exercises} == {BROKEN}
    assert "no process to be had" in result.exercises[0].fault


def test_system_without_forks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    with pytest.raises(Unconfined, match="--isolation=none"), Pool(1, "limits", "seed"):
        pass


def test_memory_does_not_grow_with_the_class(pool: Pool) -> None:
    empty = [Submission(f"s{number}", "success", {}) for number in range(40)]
    assert len(list(pool.judge(empty[:10]))) == 10
    gc.collect()
    before = len(gc.get_objects())
    assert len([None for _ in pool.judge(empty)]) == 40
    gc.collect()
    assert len(gc.get_objects()) - before < 20


def test_helpers_of_a_grader_that_was_stopped_end_without_a_word() -> None:
    pairs = [socket.socketpair() for _ in range(2)]
    numbers = [theirs.fileno() for _, theirs in pairs]
    for ours, _ in pairs:
        ours.close()
    command = [sys.executable, "-m", "classroom.origin", "limits", *map(str, numbers)]
    # Its output ends when the nursery has ended, too.
    ended = subprocess.run(command, pass_fds=numbers, capture_output=True, check=False, timeout=60)
    for _, theirs in pairs:
        theirs.close()
    assert (ended.returncode, ended.stderr) == (0, b"")
