"""The memory of a run: nothing that was judged is lost, and nothing that is somebody else's is touched."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from invented import result, small_class, submission

from classroom.memory import FILE, Header, Memory, MemoryProblem, read_results, remembering
from classroom.run import judge_all, plan, without_result

HEADER = Header("seed", "1.0")


def remember(folder: Path, checks: str = "v1") -> None:
    with remembering(folder, HEADER) as memory:
        for each in small_class():
            memory.add(result(each, checks))


def test_results_come_back_as_they_were(tmp_path: Path) -> None:
    remember(tmp_path / "new" / "out")
    results = read_results(tmp_path / "new" / "out")
    assert results.header == HEADER
    assert not results.damaged
    for each in small_class():
        assert results.read(each.student, each.lesson) == result(each)


def test_last_line_of_a_submission_counts(tmp_path: Path) -> None:
    remember(tmp_path, "v1")
    remember(tmp_path, "v2")
    results = read_results(tmp_path / FILE)
    assert {entry.checks for entry in results.entries.values()} == {"v2"}
    assert len((tmp_path / FILE).read_bytes().splitlines()) == 1 + 2 * len(small_class())


@pytest.mark.parametrize("cut", [1, 2, 100, 1000])
def test_line_that_was_cut_short_costs_only_itself(tmp_path: Path, cut: int) -> None:
    remember(tmp_path)
    file = tmp_path / FILE
    whole = file.read_bytes()
    file.write_bytes(whole[:-cut])
    last = small_class()[-1]
    with remembering(tmp_path, HEADER) as memory:
        assert not memory.results.damaged
        assert plan(small_class(), memory, lambda _: "v1").todo == [last]
        memory.add(result(last))
    assert file.read_bytes() == whole


def test_long_line_without_an_end_is_taken_away(tmp_path: Path) -> None:
    remember(tmp_path)
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(whole + b"x" * 200_000)
    with remembering(tmp_path, HEADER):
        assert (tmp_path / FILE).read_bytes() == whole


@pytest.mark.parametrize(
    "damage", [b"\0\0\0", b"{}", b"[]", b"null", b'{"student": 1}', b"[" * 100_000, b"\xff\xfe"], ids=repr
)
def test_damaged_lines_are_named_and_judged_again(tmp_path: Path, damage: bytes) -> None:
    remember(tmp_path)
    lines = (tmp_path / FILE).read_bytes().splitlines()
    lines[2] = damage
    (tmp_path / FILE).write_bytes(b"\n".join(lines) + b"\n")
    with remembering(tmp_path, HEADER) as memory:
        assert memory.results.damaged == [3]
        assert plan(small_class(), memory, lambda _: "v1").todo == [small_class()[1]]


def test_what_was_handed_in_and_the_checks_decide_what_is_judged_again(tmp_path: Path) -> None:
    remember(tmp_path)
    ann, bob, *_ = small_class()
    changed = submission(ann.student, {"log_in_first": "new = 1"})
    added = submission("Zoe", {})
    with remembering(tmp_path, HEADER) as memory:
        made = plan([changed, bob, added], memory, lambda _: "v1")
        assert made.todo == [changed, added]
        assert (made.kept, made.changed, made.stale, made.gone) == (1, 1, 0, 2)
        made = plan([ann, bob], memory, lambda _: "v2")
        assert made.todo == [ann, bob]
        assert (made.kept, made.changed, made.stale, made.gone) == (0, 0, 2, 2)


def test_broken_check_gets_another_try(tmp_path: Path) -> None:
    ann = small_class()[0]
    broken = result(ann)
    broken.exercises[0].state = "broken check"
    with remembering(tmp_path, HEADER) as memory:
        memory.add(broken)
        made = plan([ann], memory, lambda _: "v1")
        assert (made.todo, made.broken) == ([ann], 1)


def test_only_results_that_were_asked_for_are_kept(tmp_path: Path) -> None:
    class Careless:
        def judge(self, submissions: object) -> list[object]:
            return [result(submission("Nobody", {})), result(small_class()[0])]

    with remembering(tmp_path, HEADER) as memory:
        assert len(list(judge_all(small_class(), Careless(), memory))) == 1  # type: ignore[arg-type]
        assert [student for student, _ in memory.results.entries] == ["Ann Meyer"]
        assert without_result(small_class(), memory) == small_class()[1:]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("thesis.txt", b"years of work", "that are not results"),
        (FILE, b"years of work\n", "does not start like the results"),
        (FILE, b'{"course grade": 99, "seed": "", "course": ""}\n', "newer version"),
    ],
)
@pytest.mark.parametrize("anew", [False, True])
def test_what_is_somebody_elses_stays(tmp_path: Path, name: str, content: bytes, message: str, anew: bool) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MemoryProblem, match=message), remembering(tmp_path, HEADER, anew=anew):
        pass
    assert (tmp_path / name).read_bytes() == content


def test_empty_folder_and_empty_file_are_nobodys(tmp_path: Path) -> None:
    (tmp_path / ".DS_Store").touch()
    (tmp_path / FILE).touch()
    remember(tmp_path)
    assert len(read_results(tmp_path).entries) == 4


def test_anew_forgets(tmp_path: Path) -> None:
    remember(tmp_path)
    with remembering(tmp_path, Header("other", "1.1"), anew=True) as memory:
        assert not memory.results.entries
        assert memory.results.header.seed == "other"


def test_header_stays_with_its_results(tmp_path: Path) -> None:
    remember(tmp_path)
    with remembering(tmp_path, Header("other", "1.1")) as memory:
        assert memory.results.header == HEADER


@pytest.mark.skipif(sys.platform == "win32", reason="needs fcntl")
def test_two_runs_never_write_to_one_folder(tmp_path: Path) -> None:
    code = f"""
import pathlib, sys
sys.path[:0] = {sys.path!r}
from classroom.memory import Header, MemoryProblem, remembering
try:
    with remembering(pathlib.Path({str(tmp_path)!r}), Header("a", "b")):
        print("in")
except MemoryProblem as problem:
    print(problem)
"""
    with remembering(tmp_path, HEADER):
        second = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    third = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Another run is writing" in second.stdout
    assert third.stdout == "in\n"


def test_full_disk_leaves_no_half_line(tmp_path: Path) -> None:
    ann, bob, *_ = small_class()
    with remembering(tmp_path, HEADER) as memory:
        memory.add(result(ann))
        whole = (tmp_path / FILE).read_bytes()
        memory._file = Full(memory._file)
        with pytest.raises(OSError, match="No space left"):
            memory.add(result(bob))
        assert (tmp_path / FILE).read_bytes() == whole
        assert isinstance(memory, Memory)


class Full:
    """A file on a disk that has room for ten bytes."""

    def __init__(self, file: object) -> None:
        self._file = file

    def write(self, data: bytes) -> int:
        return self._file.write(data[:10])  # type: ignore[attr-defined]

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)


def test_lines_are_plain_json(tmp_path: Path) -> None:
    remember(tmp_path)
    for line in (tmp_path / FILE).read_text("ascii").splitlines():
        json.loads(line)
