"""After a check was mended: only what moved is told, with its cause."""

from __future__ import annotations

from pathlib import Path

import pytest
from invented import LESSON, RIGHT, WRONG, result, submission

from classroom.memory import Header, Results, read_results, remembering
from classroom.reports.comparison import ANSWER, CHECKS, FIRST_TIME, GONE, SAME, SEED, moves
from classroom.result import Result

FIRST = f"{LESSON}.log_in_first"


def results(folder: Path, *found: Result, seed: str = "seed") -> Results:
    with remembering(folder, Header(seed, "1")) as memory:
        for each in found:
            memory.add(each)
    return read_results(folder)


def one(student: str, text: str, checks: str = "v1") -> Result:
    return result(submission(student, {"log_in_first": text}), checks)


def test_nothing_is_told_of_what_stays(tmp_path: Path) -> None:
    old = results(tmp_path / "old", one("Ann", RIGHT), one("Bob", WRONG))
    new = results(tmp_path / "new", one("Ann", RIGHT, "v2"), one("Bob", "", "v2"))
    assert list(moves(old, new, list(new.entries))) == []


@pytest.mark.parametrize(
    ("text", "checks", "seed", "cause"),
    [
        (f"{RIGHT} # other", "v1", "seed", ANSWER),
        (f"{RIGHT} # other", "v2", "seed", f"{ANSWER}, {CHECKS}"),
        (f"{RIGHT} # other", "v1", "other", f"{ANSWER}, {SEED}"),
    ],
)
def test_move_says_its_cause(tmp_path: Path, text: str, checks: str, seed: str, cause: str) -> None:
    old = results(tmp_path / "old", one("Ann", WRONG), one("Bob", WRONG))
    new = results(tmp_path / "new", one("Ann", text, checks), one("Bob", WRONG, checks), seed=seed)
    [moved] = moves(old, new, list(new.entries))
    assert (moved.student, moved.exercise, moved.cause) == ("Ann", FIRST, cause)
    assert (moved.points_before, moved.points_after) == (0, 3)
    assert (moved.state_before, moved.state_after) == ("not yet", "passed")
    assert "DELETE /users/1 came back as 401" in moved.broken_before
    assert moved.broken_after == ""
    assert str(moved).startswith(f"Ann, {FIRST}: 0 -> 3 ({cause})")


def test_mended_check_is_the_cause_where_the_answer_is_the_same(tmp_path: Path) -> None:
    before, after = one("Ann", WRONG), one("Ann", WRONG, "v2")
    after.exercises[0].state, after.exercises[0].points = "passed", 3
    [moved] = moves(results(tmp_path / "old", before), results(tmp_path / "new", after), [("Ann", LESSON)])
    assert moved.cause == CHECKS
    after.checks = "v1"
    [moved] = moves(results(tmp_path / "old", before), results(tmp_path / "new", after), [("Ann", LESSON)])
    assert moved.cause == SAME


def test_those_who_came_and_those_who_left_are_told(tmp_path: Path) -> None:
    other = result(submission("Zoe", {}, "success"))
    old = results(tmp_path / "old", one("Ann", RIGHT), one("Bob", RIGHT), other)
    new = results(tmp_path / "new", one("Bob", RIGHT), one("Cem", RIGHT))
    found = [(moved.student, moved.exercise, moved.cause) for moved in moves(old, new, list(new.entries))]
    assert found == [("Cem", FIRST, FIRST_TIME), ("Ann", FIRST, GONE)]
