"""What a class gets: everything that it needs, no answer anywhere, the same bytes each time, and nobody's work lost."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from classroom.answers import ANSWERS, Search
from classroom.release import MANIFEST, ReleaseError, write_folder, write_zip
from course import release
from course.environment import ROOT
from course.names import LessonName
from lessons import LESSONS, lesson
from lessons.text import parse_text

HIDDEN = [cell for name in LESSONS for cell in lesson(name).text.cells if cell.tag in ANSWERS]
ANSWER = lesson("success").text.answers("create_or_replace", "solution")[0].source


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """A release of all lessons."""
    return release.release(LESSONS)


@pytest.fixture(scope="module")
def folder(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, as a folder."""
    place = tmp_path_factory.mktemp("release") / "class"
    write_folder(files, place)
    return place


@pytest.fixture(scope="module")
def search() -> Search:
    """The search for answers."""
    return release.answers()


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a Python command in a released folder, with the packages of this environment."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run([sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True)


def test_no_answer_is_in_the_folder(folder: Path, search: Search) -> None:
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert len(found) > 100
    assert list(search.findings(found)) == []


def test_no_answer_is_in_the_zip(files: dict[str, bytes], tmp_path: Path, search: Search) -> None:
    write_zip(files, tmp_path / "class.zip")
    with zipfile.ZipFile(tmp_path / "class.zip") as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    assert found.keys() == {f"class/{name}" for name in [*files, MANIFEST]}
    assert list(search.findings(found)) == []


def test_every_answer_would_be_found(search: Search) -> None:
    missed = [cell for cell in HIDDEN if not list(search.findings({"x.py": cell.source.encode()}))]
    # Some wrong answers are shown to everybody, word by word.
    shown = "\n".join(cell.source for name in LESSONS for cell in lesson(name).text.cells if cell.tag not in ANSWERS)
    assert [cell for cell in missed if cell.source not in shown] == []
    assert len(missed) < 5


def as_notebook(source: str) -> bytes:
    return json.dumps({"cells": [{"cell_type": "code", "source": source.splitlines(keepends=True)}]}).encode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("lessons/success.md", f"```python\n{ANSWER}\n```".encode()),
        ("notebooks/04_success.ipynb", as_notebook(ANSWER)),
        ("notebooks/05_client_errors.ipynb", as_notebook("import flask\n" + ANSWER.replace("    ", "\t"))),
        ("checks/app.py", "\n".join(f"# {line}" for line in ANSWER.splitlines()).encode()),
        ("recall.tsv", json.dumps(ANSWER).encode()),
        ("README.md", b"x\n\n> " + ANSWER.splitlines()[-1].strip().encode()),
    ],
)
def test_planted_answer_stops_the_release(name: str, content: bytes, files: dict[str, bytes]) -> None:
    assert name in files
    with pytest.raises(ReleaseError, match=rf"{name} holds a line of the \w+ of \w+\.\w+ .*lessons/\w+\.md, line \d+"):
        release.refuse_answers({**files, name: content})


def test_solution_that_is_a_file_is_found(search: Search) -> None:
    for path in (ROOT / "solutions").rglob("*.py"):
        assert list(search.findings({"x.py": path.read_bytes()})), path
    own = Search(
        [], {"solutions/kitchen.py": "def create_app():\n    return kitchen_of('Anna')\n"}, ["def create_app():"]
    )
    assert list(own.findings({"x.py": b"def create_app():\n    pass"})) == []
    (found,) = own.findings({"x.py": b"  return  kitchen_of('Anna')"})
    assert found.startswith("x.py holds a line of solutions/kitchen.py")


@pytest.mark.parametrize("name", LESSONS)
def test_texts_keep_everything_but_the_answers(name: str, files: dict[str, bytes]) -> None:
    text = parse_text(name, files[f"lessons/{name}.md"].decode())
    kept = [cell for cell in lesson(name).text.cells if cell.tag not in ANSWERS]
    # Two passages that an answer stood between are one passage now.
    assert "\n\n".join(cell.source for cell in text.cells) == "\n\n".join(cell.source for cell in kept)
    assert [cell.tag for cell in text.cells if cell.tag] == [cell.tag for cell in kept if cell.tag]


def test_notebooks_are_those_of_the_course(files: dict[str, bytes]) -> None:
    for path in (ROOT / "notebooks").glob("*.*"):
        assert files[f"notebooks/{path.name}"] == path.read_bytes()


def test_work_in_the_course_folder_is_not_handed_out(
    files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "04_success.ipynb").write_bytes(as_notebook(ANSWER))
    for name in ("pictures", "classroom", "checks", "course", "lessons", "server"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("README.md", *release.AT_THE_TOP):
        shutil.copy(ROOT / name, tmp_path / name)
    draft = tmp_path / "lessons" / "draft.md"
    draft.write_text('# A draft\n\n```python tags=["solution"] exercise="x"\nprint("the answer")\n```\n', "utf-8")
    monkeypatch.setattr(release, "ROOT", tmp_path)
    made = release.release(LESSONS)
    assert made["notebooks/04_success.ipynb"] == files["notebooks/04_success.ipynb"]
    assert made["lessons/draft.md"] == b"# A draft\n"
    # Nor is a text that is not listed yet.
    with pytest.raises(ReleaseError, match="x.py holds a line of the solution of draft.x"):
        release.refuse_answers({"x.py": b'print("the answer")'})


def test_same_course_gives_the_same_bytes(files: dict[str, bytes], tmp_path: Path) -> None:
    assert release.release(LESSONS) == files
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_zip(dict(sorted(files.items(), reverse=name == "two")), tmp_path / name / "class.zip")
    assert (tmp_path / "one/class.zip").read_bytes() == (tmp_path / "two/class.zip").read_bytes()


def test_zip_unpacks_into_the_same_folder(files: dict[str, bytes], folder: Path, tmp_path: Path) -> None:
    write_zip(files, tmp_path / "class.zip")
    with zipfile.ZipFile(tmp_path / "class.zip") as archive:
        archive.extractall(tmp_path)
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert (tmp_path / "class" / MANIFEST).read_bytes() == (folder / MANIFEST).read_bytes()
    assert (tmp_path / "class/course/open.py").read_bytes() == (folder / "course/open.py").read_bytes()


# ----------------------------------------------------------------------------- a released folder works


def test_released_command_starts(folder: Path) -> None:
    done = run(folder, "-m", "course", "--version")
    assert done.stdout.strip() in (ROOT / "pyproject.toml").read_text("utf-8"), done.stderr
    listed = re.findall(r"^  (\w+)  ", run(folder, "-m", "course", "--help").stdout, re.MULTILINE)
    assert {"open", "check"} <= set(listed)
    for name in listed:
        done = run(folder, "-m", "course", name, "--help")
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["build", "release", "test"])
def test_command_that_is_left_out_is_answered_politely(folder: Path, name: str) -> None:
    done = run(folder, "-m", "course", name)
    assert done.returncode == 2
    assert f"'{name}' is not in this copy, which is for learners. Commands: open, " in done.stderr


def test_nothing_more_is_installed_for_what_is_left_out(files: dict[str, bytes]) -> None:
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert whole["project"].pop("optional-dependencies")
    assert tomllib.loads(files["pyproject.toml"].decode()) == whole


def test_released_check_judges_with_what_is_given(folder: Path, tmp_path: Path) -> None:
    text = lesson("success").text
    (cell,) = (cell for cell in text.cells if cell.tag == "solution" and cell.exercise == "create_or_replace")
    assert text.given("create_or_replace") not in cell.source
    (tmp_path / "answer.py").write_text(cell.source, "utf-8")
    done = run(folder, "-m", "course", "check", "success.create_or_replace", str(tmp_path / "answer.py"), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["points"] == 3


def test_released_lesson_says_that_it_has_no_solutions(folder: Path) -> None:
    code = "import lessons; print(lessons.__file__); print(lessons.success.create_or_replace.solution())"
    done = run(folder, "-c", code)
    assert str(folder) in done.stdout
    assert "This copy of the course comes without solutions." in done.stdout


def test_released_notebook_runs_to_its_end(folder: Path) -> None:
    command = ["-m", "pytest", "-n0", "-q", "-p", "no:cacheprovider", "notebooks/01_status_line.ipynb"]
    done = run(folder, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\b[2-9]\d passed", done.stdout)


def test_readme_is_for_learners(files: dict[str, bytes]) -> None:
    readme = files["README.md"].decode()
    assert re.findall(r"^## (.*)$", readme, re.MULTILINE)[0] == "Learn"
    for word in ("## Teach", "## Maintain", "git clone", "solution", "CONTRIBUTING"):
        assert word not in readme
    assert set(re.findall(r"\]\(([\w/.-]+)\)", readme)) <= files.keys()


def test_some_lessons_can_be_handed_out(search: Search) -> None:
    files = release.release(["success", "access"])
    notebooks = {name for name in files if name.startswith("notebooks/")}
    assert notebooks == {"notebooks/04_success.ipynb", "notebooks/06_access.ipynb", "notebooks/reference.ipynb"}
    for name in [*notebooks, "README.md"]:
        content = files[name].decode()
        links = {Path(link).name for link in re.findall(r"\]\(([\w/.-]+\.ipynb)", content)}
        assert links <= {Path(notebook).name for notebook in notebooks}
    assert "Saying it in Flask" in files["notebooks/04_success.ipynb"].decode()
    assert "| 4 | [Success" in files["README.md"].decode()
    assert "\n| 5 |" not in files["README.md"].decode()


# ----------------------------------------------------------------------------- nobody's work is lost


def test_folder_of_somebody_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("work")
    with pytest.raises(ReleaseError, match="was not made by this command"):
        write_folder({"a.txt": b"a"}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(ReleaseError, match="is no folder"):
        write_folder({"a.txt": b"a"}, tmp_path / "mine.txt")


def test_earlier_release_is_replaced_and_the_rest_stays(tmp_path: Path) -> None:
    place = tmp_path / "class"
    write_folder({"a.txt": b"a", "old/b.txt": b"b", "c.txt": b"c"}, place)
    (place / ".git").mkdir()
    (place / ".git" / "config").write_text("mine")
    (place / "c.txt").unlink()
    write_folder({"a.txt": b"A", "new/d.txt": b"d"}, place)
    found = {path.relative_to(place).as_posix(): path.read_text() for path in place.rglob("*") if path.is_file()}
    assert found.pop(MANIFEST)
    assert found == {"a.txt": "A", "new/d.txt": "d", ".git/config": "mine"}
    assert not (place / "old").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["class"]


@pytest.mark.parametrize(("name", "why"), [("a.txt", "was changed since"), ("d.txt", "was not made by this command")])
def test_file_with_work_in_it_is_not_replaced(tmp_path: Path, name: str, why: str) -> None:
    write_folder({"a.txt": b"a"}, tmp_path)
    (tmp_path / name).write_text("work")
    with pytest.raises(ReleaseError, match=rf"{re.escape(name)} {why}"):
        write_folder({"a.txt": b"A", "d.txt": b"d"}, tmp_path)
    assert (tmp_path / name).read_text() == "work"


def test_zip_of_somebody_else_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    path.write_bytes(b"work")
    with pytest.raises(ReleaseError, match="was not made by this command"):
        write_zip({"a.txt": b"a"}, path)
    path.unlink()
    for content in (b"a", b"b"):
        write_zip({"a.txt": content}, path)
    with zipfile.ZipFile(path) as archive:
        assert archive.read("class/a.txt") == b"b"


def test_manifest_is_what_sha256sum_reads(folder: Path) -> None:
    head, *lines = (folder / MANIFEST).read_text("utf-8").splitlines()
    assert head.startswith("#")
    assert all(re.fullmatch(r"[0-9a-f]{64}  \S.*", line) for line in lines)


# ----------------------------------------------------------------------------- the command


def test_command_writes_folder_zip_and_course_folder(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        release.command, ["--out", str(tmp_path / "class"), "--zip", "--nbgrader", "--lesson", "4"]
    )
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["class", "class-nbgrader", "class.zip"]
    assert [path.name for path in (tmp_path / "class-nbgrader/source").iterdir()] == ["success"]
    assert "keep it to yourself" in result.output
    assert f"{tmp_path.resolve() / 'class'}: what a class gets, 1 lesson, without" in result.output


@pytest.mark.parametrize("lesson", ["success", "4", "04_success.ipynb", "notebooks/04_success.ipynb"])
def test_lesson_is_named_as_one_likes(lesson: str) -> None:
    assert LessonName().convert(lesson, None, None) == "success"


def test_lesson_that_is_not_there_is_bad_usage(tmp_path: Path) -> None:
    result = CliRunner().invoke(release.command, ["--out", str(tmp_path / "class"), "--lesson", "sucess"])
    assert result.exit_code == 2
    assert "There is no lesson 'sucess'. Did you mean 'success'?" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--out", "{place}"], "was not made by this command"),
        (["--out", "{place}/file.txt/class"], "cannot be written"),
    ],
)
def test_problem_is_told_in_one_line(tmp_path: Path, arguments: list[str], words: str) -> None:
    (tmp_path / "file.txt").write_text("work")
    result = CliRunner().invoke(release.command, [each.format(place=tmp_path) for each in arguments])
    assert result.exit_code == 1
    assert result.stderr.startswith("course release: ")
    assert words in result.stderr
    assert result.stderr.count("\n") == 1
