"""A class full of attacks, graded by the real command's code: nothing is earned by them, and nobody else notices."""

from __future__ import annotations

import io
import json
import os
import sys
import textwrap
import time
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import attacks
import pytest
from classes import copy_of, make_class, write
from damage import cell, code, solved
from handed_in import skip_without_namespaces
from leaks import processes_in

from checks.report import NOT_ATTEMPTED, NOT_YET, PASSED
from classroom import pool as pool_module
from classroom.grading import Grading, GradingProblem
from classroom.memory import read_results
from classroom.result import Result

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="confinement is a matter of Linux")

ROOT = Path(__file__).parent.parent
LESSON, EXERCISE, BESIDE = "success", "success.create_or_replace", "success.delete_twice"
# Those first that run into a time limit: the others are judged meanwhile.
CELLS = {
    **attacks.IN_A_VIEW,
    **attacks.HANGS,
    **attacks.AT_THE_TOP,
    **attacks.REPLACED,
    **attacks.CLAIMS,
    "daemon": attacks.DAEMON,
}
SCRIPT = "<img src=x onerror=alert(1)>"
NAMED_TO_HURT = (SCRIPT, '"><svg onload=alert(1)>', "=1+1", "-- ; rm -rf ~", "%2f..%2fetc")
# Of the processes that judge: a loop need not take the 20 seconds that a learner gets.
TIGHT = "import checks.apart\nchecks.apart.CELL_LIMIT = 2.0\n"


@pytest.fixture(autouse=True)
def _tight(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path_factory.mktemp("tight")
    (folder / "sitecustomize.py").write_text(TIGHT)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setattr(pool_module, "QUICK", 0.3)


def honest(folder: Path) -> list[str]:
    """Write what eight honest students hand in. Return their names."""
    students = make_class(8, [LESSON], seed=5)
    write(students, folder, "folders")
    return [student.name for student in students]


def attacking(folder: Path, student: str, text: str) -> None:
    """Write a notebook with an attack before a right answer."""
    notebook = solved(LESSON, tags=("starter",))
    right = solved(LESSON, tags=("solution",))
    cell(notebook, EXERCISE.replace(".", "-"))["source"] = textwrap.dedent(text).strip()
    name = BESIDE.replace(".", "-")
    cell(notebook, name)["source"] = cell(right, name)["source"]
    put(folder / student / "04_success.ipynb", json.dumps(notebook))
    if "import endless" in text:
        put(folder / student / "endless.py", attacks.HANGS["loop"])


def put(path: Path, data: str | bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)


def readers(folder: Path) -> dict[str, str]:
    """Return cells that take their answer from where it lies."""
    places = {
        "the solutions": [ROOT / "solutions" / "04_success.ipynb"],
        "the text": [ROOT / "lessons" / "success.md"],
        "neighbours": list(folder.glob("*/*.ipynb")),
    }
    template = """
        import json, re
        found = []
        for path in {paths!r}:
            try: text = open(path).read()
            except OSError: continue
            found += re.findall(r'solution"] exercise="create_or_replace"\\n(.*?)```', text, re.S)
            if path.endswith(".ipynb"):
                cells = json.loads(text)["cells"]
                found += ["".join(one["source"]) for one in cells if one["id"] == "success-create_or_replace"]
        for text in found:
            if "201" in text and "501" not in text:
                exec(text)
                break
    """
    return {f"reads {name}": template.format(paths=[str(path) for path in paths]) for name, paths in places.items()}


def damaged(folder: Path) -> set[str]:
    """Write files that are hardly notebooks, and names and links that lead elsewhere. Return whose they are."""
    right = solved(LESSON, tags=("solution",))
    many = copy_of(right)
    many["cells"] += [code(f"x = {number}", f"c{number}") for number in range(10_000)]
    scripts = copy_of(right)
    scripts["metadata"] = {"title": SCRIPT, "authors": [{"name": SCRIPT}]}
    for one in scripts["cells"]:
        one["source"] = "".join(one["source"]) + f"\n# <script>alert(1)</script>{SCRIPT}"
    files: dict[str, Any] = {
        "no JSON": "{",
        "empty": "",
        "no cells": json.dumps({"metadata": {}, "nbformat": 4, "nbformat_minor": 5}),
        "cells of a kind": json.dumps({**right, "cells": 7}),
        "no text": bytes(range(256)) * 100,
        "deep": "[" * 200_000,
        "a bare number": "9" * 100_000,
        "ten thousand cells": json.dumps(many),
        "scripts in cells": json.dumps(scripts),
    }
    for student, data in files.items():
        put(folder / student / "04_success.ipynb", data)
    with (folder / "no text" / "04_success.ipynb").open("r+b") as file:
        file.truncate(100_000_000)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as names:
        for name in ("../climbed.ipynb", "/climbed.ipynb", "a/../../climbed.ipynb", "..\\climbed.ipynb"):
            names.writestr(name, json.dumps(right))
    put(folder / "climber.zip", archive.getvalue())
    (folder / "linker").mkdir()
    os.symlink(folder, folder / "linker" / "round")
    os.symlink("b.ipynb", folder / "linker" / "a.ipynb")
    os.symlink("a.ipynb", folder / "linker" / "b.ipynb")
    os.symlink(ROOT / "solutions" / "04_success.ipynb", folder / "linker" / "c.ipynb")
    return {*files, "linker"}


def grade(submissions: Path, out: Path, isolation: str = "namespaces") -> dict[str, Result]:
    """Grade as the command does. Return the results by student."""
    told: list[str] = []
    grading = Grading(submissions, out, workers=2, isolation=isolation, seed="s", lessons=[LESSON], tell=told.append)
    grading.check()
    try:
        with grading.opened():
            with grading.judging() as results:
                for _ in results:
                    pass
            summary = grading.report()
    except GradingProblem as problem:
        skip_without_namespaces(problem)
    assert summary["without_result"] == []
    assert not [line for line in told if "please report it" in line]
    results = read_results(out)
    return {student: results.read(student, lesson) for student, lesson in results.entries}


class Page(HTMLParser):
    """What a browser would run of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.active: list[str] = []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "img", "svg", "iframe", "object", "embed", "link", "form", "base"):
            self.active.append(tag)
        self.active += [name for name, value in attrs if name.startswith("on") or "script:" in (value or "")]


def everything(folder: Path) -> Iterator[tuple[Path, bytes | str]]:
    for path in folder.rglob("*"):
        if path.is_symlink():
            yield path, os.readlink(path)
        elif path.is_file():
            yield path, path.read_bytes()[:1_000_000]


def names_of_course() -> set[Path]:
    left_out = {".git", ".venv", "__pycache__", ".pytest_cache", ".ruff_cache"}
    return {path for path in ROOT.rglob("*") if not left_out & set(path.relative_to(ROOT).parts)}


@pytest.mark.parametrize("isolation", ["namespaces", "limits"])
def test_attacks_earn_nothing_and_cost_nobody(
    isolation: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path_factory.mktemp("temporary")
    monkeypatch.setenv("TMPDIR", str(temporary))
    names = honest(tmp_path / "alone")
    honest(tmp_path / "beside")
    cells = CELLS if isolation == "namespaces" else {name: CELLS[name] for name in CELLS if name in attacks.HARMLESS}
    if isolation == "namespaces":
        cells = {**cells, **readers(tmp_path / "beside")}
    attackers = [f"eve {place:02} {name}" for place, name in enumerate(cells)] + list(NAMED_TO_HURT)
    for student, text in zip(attackers, [*cells.values(), *["1 / 0"] * len(NAMED_TO_HURT)], strict=True):
        attacking(tmp_path / "beside", student.replace("/", " "), text)
    others = damaged(tmp_path / "beside")
    before, course = dict(everything(tmp_path / "beside")), names_of_course()

    alone = grade(tmp_path / "alone", tmp_path / "out alone", isolation)
    found = grade(tmp_path / "beside", tmp_path / "out", isolation)

    assert {name: found[name] for name in names} == alone
    for student in attackers:
        judged = {one.id: one for one in found[student].exercises}
        hostile = judged.pop(EXERCISE)
        assert (hostile.state, hostile.points) == (NOT_YET, 0), (student, hostile)
        assert hostile.rows[0]["why"]
        assert judged.pop(BESIDE).state == PASSED, student
        assert {one.state for one in judged.values()} == {NOT_ATTEMPTED}, student
    assert others <= set(found)
    for page in [tmp_path / "out" / "class.html", *(tmp_path / "out" / "feedback").iterdir()]:
        assert Page(page).active == [], page
    assert len(list((tmp_path / "out" / "feedback").iterdir())) == len(found)
    # Nothing was written but results.
    assert dict(everything(tmp_path / "beside")) == before
    assert {path.name for path in tmp_path.iterdir()} == {"alone", "beside", "out", "out alone"}
    assert names_of_course() == course
    deadline = time.monotonic() + 5
    while left := [*processes_in(temporary), *temporary.iterdir()]:
        assert time.monotonic() < deadline, left
