"""Files of Python beside a notebook: answers of their own, and modules that a notebook imports."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath

import pytest
from classes import make_class, reference_files, write
from damage import Notebook, cell, code, solved

from classroom.collect import collect
from classroom.collecting.modules import Modules
from classroom.submission import Source, Submission
from lessons import lesson

STARTER = lesson("capstone").text.files["recipe_api.py"]
ANSWER = "from flask import Flask\n\n\ndef create_app(settings):\n    return Flask(__name__)\n"
HELPER = "def is_new(name):\n    return True\n"


def put(folder: Path, files: dict[str, str]) -> Submission:
    """Write files of one student, and return the submission to the capstone."""
    for name, text in files.items():
        path = folder / "ada" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return next(one for one in collect(folder).submissions if one.lesson == "capstone")


def names(submission: Submission) -> set[str]:
    """Return the names of a submission's flags."""
    return {one.name for one in submission.flags}


def test_file_of_the_starter_is_not_attempted(tmp_path: Path) -> None:
    submission = put(tmp_path, {"recipe_api.py": STARTER})
    assert submission.answers == {}
    assert submission.files == ("ada/recipe_api.py",)
    assert names(submission) == set()


@pytest.mark.parametrize("name", ["recipe_api.py", "my work.py", "recipe_api (1).py", "deep/down/api.py"])
def test_file_is_an_answer_whatever_its_name(name: str, tmp_path: Path) -> None:
    submission = put(tmp_path, {name: ANSWER, str(Path(name).with_name("helpers.py")): HELPER})
    source = Source(ANSWER, f"ada/{name}", (), {Path(name).name: ANSWER, "helpers.py": HELPER})
    assert submission.answers == {"recipe_api": (source,), "beyond_the_contract": (source,)}


@pytest.mark.parametrize("text", ["def create_app(settings)\n    return None\n", "app = 1\n"])
@pytest.mark.parametrize("name", ["recipe_api.py", "deep/recipe_api.py", "recipe_api/__init__.py"])
def test_file_of_the_right_name_is_an_answer_whatever_it_lacks(name: str, text: str, tmp_path: Path) -> None:
    submission = put(tmp_path, {name: text, "other.py": HELPER})
    assert [source.text for source in submission.answers["recipe_api"]] == [text]
    assert names(submission) == set()


def test_package_is_an_answer(tmp_path: Path) -> None:
    files = reference_files("recipe_api")
    (source,) = put(tmp_path, {**files, "notes.py": HELPER}).answers["recipe_api"]
    assert source.text == files["recipe_api/__init__.py"]
    assert source.modules == {**files, "notes.py": HELPER}
    assert source.place == "ada/recipe_api/__init__.py"


def test_package_of_another_name_is_imported(tmp_path: Path) -> None:
    files = {"mine/__init__.py": "from .app import create_app\n", "mine/app.py": ANSWER}
    (source,) = put(tmp_path, files).answers["recipe_api"]
    assert source.text == "from mine import create_app\n"
    assert source.modules == files


def test_file_and_package_are_two_answers(tmp_path: Path) -> None:
    submission = put(tmp_path, {"recipe_api.py": ANSWER, "recipe_api/__init__.py": ANSWER + "X = 1\n"})
    file, package = submission.answers["recipe_api"]
    assert (package.text, set(package.modules)) == (ANSWER + "X = 1\n", {"recipe_api.py", "recipe_api/__init__.py"})
    assert (file.text, set(file.modules)) == (ANSWER, {"recipe_api.py"})
    # One flag, although two exercises are answered there.
    assert [(one.name, one.about) for one in submission.flags] == [("answer twice", "recipe_api.py")]


@pytest.mark.parametrize("magic", ["%%writefile recipe_api.py", "%%file recipe_api.py", '%%writefile "recipe_api.py"'])
def test_cell_that_writes_the_file_is_an_answer(magic: str, tmp_path: Path) -> None:
    notebook = solved("capstone", tags=("starter",))
    notebook["cells"].insert(2, code(f"{magic}\n{ANSWER}", "mine"))
    submission = put(tmp_path, {"work.ipynb": json.dumps(notebook)})
    assert ANSWER in {source.text for source in submission.answers["recipe_api"]}
    assert "file missing" not in names(submission)


def check_cell(notebook: Notebook) -> int:
    """Return the place of the cell that checks the whole file."""
    sources = ["".join(one["source"]) for one in notebook["cells"]]
    return sources.index('check.recipe_api("recipe_api")')


def test_cell_that_defines_the_factory_is_an_answer(tmp_path: Path) -> None:
    notebook = solved("capstone", tags=("starter",))
    at = check_cell(notebook)
    notebook["cells"].insert(at, code(ANSWER, "mine"))
    (source,) = put(tmp_path, {"work.ipynb": json.dumps(notebook)}).answers["recipe_api"]
    assert source.text.strip() == ANSWER.strip()


def test_scratch_before_the_check_is_no_answer(tmp_path: Path) -> None:
    notebook = solved("capstone", tags=("starter",))
    at = check_cell(notebook)
    notebook["cells"].insert(at, code("print('trying')", "mine"))
    submission = put(tmp_path, {"work.ipynb": json.dumps(notebook)})
    assert "recipe_api" not in submission.answers
    assert [(one.name, one.about) for one in submission.flags] == [("file missing", "recipe_api.py")]


def test_modules_go_with_the_answer_that_imports_them(tmp_path: Path) -> None:
    notebook = solved("success", tags=("solution",))
    one = cell(notebook, "success-accepted")
    one["source"] = "from helpers import is_new\n" + "".join(one["source"])
    folder = tmp_path / "ada"
    folder.mkdir()
    (folder / "work.ipynb").write_text(json.dumps(notebook), "utf-8")
    (folder / "helpers.py").write_text(HELPER, "utf-8")
    (submission,) = collect(tmp_path).submissions
    assert submission.answers["accepted"][0].modules == {"helpers.py": HELPER}
    assert submission.answers["delete_twice"][0].modules == {}
    assert names(submission) == set()


def test_module_that_a_cell_writes_goes_with_the_answer(tmp_path: Path) -> None:
    notebook = solved("success", tags=("solution",))
    notebook["cells"].insert(2, code(f"%%writefile helpers.py\n{HELPER}", "mine"))
    notebook["cells"].insert(3, code("%%writefile ../../climbs.py\nx = 1", "mine2"))
    one = cell(notebook, "success-accepted")
    one["source"] = "import helpers\n" + "".join(one["source"])
    (tmp_path / "ada.ipynb").write_text(json.dumps(notebook), "utf-8")
    (submission,) = collect(tmp_path).submissions
    assert submission.answers["accepted"][0].modules == {"helpers.py": HELPER}
    assert [path.name for path in tmp_path.rglob("*")] == ["ada.ipynb"]


@pytest.mark.parametrize("layout", ["folders", "moodle_zip", "zips", "nbgrader"])
def test_class_that_took_the_capstone(layout: str, tmp_path: Path) -> None:
    students = make_class(6, ["capstone"], seed=3, tags=("solution", "starter"))
    found = {one.student: one for one in collect(write(students, tmp_path, layout)).submissions}
    assert len(found) == 6
    for student in students:
        expected = {key for key, value in student.expected.items() if value.points}
        assert {f"capstone.{name}" for name in found[student.name].answers} == expected
        assert student.files["capstone"].keys() in ({"recipe_api.py"}, reference_files("recipe_api").keys())
        assert names(found[student.name]) == set()


def test_notebooks_alone_load_no_other_lessons(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str) -> None:
        raise AssertionError(f"{name} was loaded")

    monkeypatch.setattr("classroom.collecting.modules.lesson", load)
    assert list(Modules().answers()) == []
    with pytest.raises(AssertionError):
        list(Modules({PurePosixPath("recipe_api.py"): ""}).answers())
