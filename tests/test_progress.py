"""Progress is kept per user, outside of the repository, and no accident with its file stops a lesson."""

from __future__ import annotations

import importlib
import json
import os
import threading
import warnings
from pathlib import Path

import platformdirs
import pytest
from sample_exercises import double

from checks import progress as module
from checks.progress import Progress, progress
from lessons.glance import Glance

ROOT = Path(__file__).parent.parent


def place(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Path | None:
    """Return where progress is kept outside of pytest, with these variables set."""
    for name in ("PYTEST_VERSION", module.VARIABLE, "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return progress.__wrapped__().path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "folder" / "progress.jsonl"


def test_events_are_there_the_next_time(path: Path) -> None:
    first = Progress(path)
    first.record("success.ping", "judged", state="not yet", points=1.5)
    first.record("success.ping", "hint")
    first.record("success.other", "hint")
    again = Progress(path)
    assert again.of("success.ping", "judged") == [
        {"about": "success.ping", "event": "judged", "state": "not yet", "points": 1.5}
    ]
    assert again.count("success.ping", "hint") == 1
    assert again.count("success.nothing", "hint") == 0
    assert again.events == first.events


def test_memory_forgets(tmp_path: Path) -> None:
    kept = Progress(None)
    kept.record("a", "hint")
    assert kept.count("a", "hint") == 1
    assert list(tmp_path.iterdir()) == []


def test_progress_is_in_memory_under_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    assert os.environ.get("PYTEST_VERSION"), "nbval's kernels inherit it"
    assert progress().path is None
    assert progress() is progress()
    assert place(monkeypatch, PYTEST_VERSION="9") is None


def test_progress_is_the_users_and_never_in_the_repository(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = place(monkeypatch, HOME=str(tmp_path))
    assert kept == Path(platformdirs.user_data_dir("http-status-codes-course", appauthor=False)) / "progress.jsonl"
    assert kept.is_absolute()
    assert ROOT not in kept.parents


def test_variable_names_another_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    assert place(monkeypatch, COURSE_PROGRESS=str(mine)) == mine
    assert place(monkeypatch, COURSE_PROGRESS=str(mine), PYTEST_VERSION="9") == mine
    assert place(monkeypatch, COURSE_PROGRESS="off") is None


def test_home_that_nobody_knows_leads_to_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platformdirs, "user_data_dir", lambda *_, **__: "~/.local/share/course")
    assert place(monkeypatch) is None


DAMAGED = [
    "{",
    '{"about": "a", "event": "hi',
    "[]",
    "7",
    "null",
    '{"about": "a"}',
    '{"event": "hint"}',
    '{"about": 7, "event": "hint"}',
    '{"about": "a", "event": []}',
    '{"about": "a", "event": "judged", "points": "many"}',
    '{"about": "a", "event": "judged", "points": null}',
    "\ufffd\x00binary",
    "[" * 100_000,
]


@pytest.mark.parametrize("line", DAMAGED, ids=lambda line: line[:50])
def test_damaged_line_costs_that_line(path: Path, line: str) -> None:
    good = [{"about": "a", "event": "hint"}, {"about": "a", "event": "judged", "state": "passed", "points": 3}]
    path.parent.mkdir(parents=True)
    path.write_text(f"\n{json.dumps(good[0])}\n{line}\n{json.dumps(good[1])}", "utf-8")
    with pytest.warns(UserWarning, match=r"^1 damaged line\(s\) in .*progress\.jsonl were passed over"):
        kept = Progress(path)
    assert kept.events == good
    kept.record("b", "hint")
    with pytest.warns(UserWarning, match="1 damaged"):
        again = Progress(path)
    assert again.count("b", "hint") == 1


def test_event_behind_a_line_that_was_cut_short_survives(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text('\n{"about": "a", "eve', "utf-8")
    with pytest.warns(UserWarning, match="1 damaged"):
        Progress(path).record("b", "hint")
    with pytest.warns(UserWarning, match="1 damaged"):
        assert Progress(path).count("b", "hint") == 1


def test_file_that_is_no_text_costs_its_lines(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\xff\xfe\x00\n" + b'{"about": "a", "event": "hint"}\r\n')
    with pytest.warns(UserWarning, match="1 damaged"):
        assert Progress(path).count("a", "hint") == 1


def test_file_that_cannot_be_read_is_a_warning(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.warns(UserWarning, match="cannot be read"):
        kept = Progress(path)
    kept.record("a", "hint")
    assert kept.count("a", "hint") == 1


def test_file_that_cannot_be_written_is_one_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = Progress(None)
    kept.path = tmp_path / "file" / "progress.jsonl"
    with pytest.warns(UserWarning, match="cannot be kept"):
        kept.record("a", "hint")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kept.record("a", "hint")
    assert kept.count("a", "hint") == 2


def test_two_writers_lose_nothing(path: Path) -> None:
    writers = [Progress(path), Progress(path)]

    def write(number: int) -> None:
        for place in range(200):
            writers[number].record(f"writer.{number}", "hint", place=place)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = Progress(path)
    for number in range(2):
        assert [event["place"] for event in kept.of(f"writer.{number}", "hint")] == list(range(200))


# What is made of it.


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Progress:
    """Let exercises record into a progress of their own."""
    kept = Progress(None)
    # The name checks.exercise is the decorator; the module stands behind it.
    monkeypatch.setattr(importlib.import_module("checks.exercise"), "progress", lambda: kept)
    return kept


def test_judging_is_recorded(fresh: Progress) -> None:
    namespace = {"double": lambda x: x + x}
    exec("report = check()", {"check": double, **namespace})
    assert fresh.of(double.id, "judged") == [{"about": double.id, "event": "judged", "state": "passed", "points": 3}]


def test_hints_come_one_by_one_and_are_counted_once(fresh: Progress) -> None:
    shown = [repr(double.hint()) for _ in range(4)]
    assert "1 of 2: The first hint." in shown[0]
    assert "The second hint." not in shown[0]
    assert "1 of 2" in shown[1]
    assert "2 of 2: The second hint." in shown[1]
    assert shown[1] == shown[2] == shown[3]
    assert "solution()" in shown[1]
    assert fresh.count(double.id, "hint") == 2


def test_solution_is_recorded_and_never_forbidden(fresh: Progress, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "without solutions" in repr(double.solution())
    assert fresh.events == []
    monkeypatch.setattr(double, "find_solution", lambda: "def double(x):\n    return x + x")
    assert "    def double(x):" in repr(double.solution())
    assert fresh.count(double.id, "solution") == 1


def test_glance_shows_the_best_and_survives_an_old_edition() -> None:
    done = Progress(None)
    blank = repr(Glance("sample", {"double": double}, {}, done))
    assert blank.splitlines() == ["Lesson sample: 0 of 3 points", "  ○ double  not attempted, 0 of 3"]
    for state, points in [("not yet", 1), ("passed", 30), ("not yet", 0)]:
        done.record(double.id, "judged", state=state, points=points)
    done.record(double.id, "hint")
    done.record(double.id, "solution")
    glance = Glance("sample", {"double": double}, {}, done)
    assert repr(glance).splitlines() == [
        "Lesson sample: 3 of 3 points",
        "  ✓ double  passed, 3 of 3, hints: 1, looked at the solution",
    ]
    html = glance._repr_html_()
    assert "<code>double</code>" in html
    assert "passed, 3 of 3, hints: 1, looked at the solution" in html
