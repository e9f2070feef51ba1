"""Damaged notebooks keep their answers, and the teacher is told what was odd."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import damage
import pytest
from damage import Notebook, cell, solved

from classroom.collect import Collection, collect
from classroom.submission import Submission
from lessons import LESSONS, lesson

SOME = ("status_line", "success", "retries", "production")


def names(submission: Submission, about: str | None = None) -> set[str]:
    """Return the names of a submission's flags."""
    return {flag.name for flag in submission.flags if about is None or flag.about == about}


def texts(submission: Submission) -> dict[str, set[str]]:
    """Return the texts of all answers, by exercise."""
    return {name: {source.text for source in sources} for name, sources in submission.answers.items()}


def answers_of(notebook: Notebook, of: str) -> dict[str, str]:
    """Return the answers in an undamaged notebook."""
    return {name: "".join(cell(notebook, f"{of}-{name}")["source"]) for name in lesson(of).exercises}


def handed_in(folder: Path, *notebooks: Notebook | str | bytes, name: str = "work.ipynb") -> Collection:
    """Collect notebooks of one student."""
    (folder / "ada").mkdir(exist_ok=True)
    for number, notebook in enumerate(notebooks):
        data = json.dumps(notebook) if isinstance(notebook, dict) else notebook
        path = folder / "ada" / (f"{number}{name}" if number else name)
        path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return collect(folder)


def only(found: Collection) -> Submission:
    """Return the only submission there is."""
    (one,) = found.submissions
    assert one.student == "ada"
    return one


@pytest.mark.parametrize("of", LESSONS)
def test_undamaged_notebook_has_no_flag(of: str, tmp_path: Path) -> None:
    notebook = solved(of)
    submission = only(handed_in(tmp_path, notebook))
    assert submission.flags == ()
    assert texts(submission) == {name: {text} for name, text in answers_of(notebook, of).items()}


@pytest.mark.parametrize("of", LESSONS)
def test_untouched_notebook_has_no_answer(of: str, tmp_path: Path) -> None:
    submission = only(handed_in(tmp_path, solved(of, tags=("starter",))))
    assert (submission.lesson, submission.answers, submission.flags) == (of, {}, ())


DAMAGES: list[tuple[Callable[[Notebook], Any], set[str]]] = [
    (damage.lose_ids, {"cell ids lost"}),
    (damage.new_ids, {"cell ids lost", "found by its check"}),
    (damage.lose_prose, set()),
    (damage.shuffle, set()),
    (damage.lose_checks, set()),
    (damage.carriage_returns, set()),
    (damage.other_kernel, {"another kernel"}),
    (damage.old_format, {"old format", "cell ids lost"}),
    (damage.other_prose, set()),
]


@pytest.mark.parametrize(("of", "damaged"), [(of, one) for of in LESSONS for one in DAMAGES], ids=str)
def test_damage_costs_nothing(of: str, damaged: tuple[Callable[[Notebook], Any], set[str]], tmp_path: Path) -> None:
    notebook = solved(of, seed=3)
    wanted = answers_of(notebook, of)
    change, flags = damaged
    change(notebook)
    submission = only(handed_in(tmp_path, notebook))
    assert texts(submission) == {name: {text} for name, text in wanted.items()}
    assert flags <= names(submission)
    assert names(submission) <= flags | {"found by its check"}


@pytest.mark.parametrize("of", SOME)
@pytest.mark.parametrize("export", [damage.as_script, damage.as_nbconvert])
def test_scripts_are_read(of: str, export: Callable[[Notebook], str], tmp_path: Path) -> None:
    notebook = solved(of, seed=4)
    submission = only(handed_in(tmp_path, export(notebook), name="work.py"))
    assert texts(submission) == {name: {text} for name, text in answers_of(notebook, of).items()}
    assert {"script", "cell ids lost"} <= names(submission)


@pytest.mark.parametrize("of", SOME)
def test_notebook_without_ids_checks_and_text_is_recognised_by_content(of: str, tmp_path: Path) -> None:
    notebook = solved(of, tags=("solution",))
    wanted = answers_of(notebook, of)
    for change in (damage.lose_prose, damage.lose_checks, damage.lose_ids):
        change(notebook)
    submission = only(handed_in(tmp_path, notebook))
    found = texts(submission)
    assert {name for name, text in wanted.items() if text in found.get(name, ())} == set(wanted)
    assert "found by content" in names(submission)
