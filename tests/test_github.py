"""The workflow for GitHub Classroom judges with the released files only, and tells the points where they are sought."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from checks.report import NOT_ATTEMPTED, NOT_YET, PASSED
from classroom.github import annotations, summary
from classroom.release import write_folder
from classroom.result import Judged, Result
from course import github
from course.release import WORKFLOW, release
from lessons import lesson

linux = pytest.mark.skipif(sys.platform != "linux", reason="the workflow runs on Linux")
LESSON = "status_line"
RESULTS = [
    Result(
        "ada",
        LESSON,
        "digest",
        "version",
        [
            Judged("status_line.ask", PASSED, 1, 1),
            Judged("status_line.take_apart", NOT_YET, 1.5, 2, source="<script>|"),
            Judged("status_line.read_raw_bytes", NOT_ATTEMPTED, 0, 3, challenge=True),
        ],
    )
]


def test_summary_names_every_exercise() -> None:
    text = summary(RESULTS)
    assert text.startswith("# 2.5 of 3 points\n")
    assert "| ✅ | ask | passed | 1 of 1 |" in text
    assert "| ❌ | take_apart | not yet | 1.5 of 2 |" in text
    assert "| ⚪ | read_raw_bytes (challenge, counts beyond the points) | not attempted | 0 of 3 |" in text
    assert "script" not in text


def test_points_are_told_in_the_words_that_github_classroom_reads() -> None:
    assert annotations(RESULTS) == [
        "::notice title=Autograding complete::Points 2.5/3",
        '::notice title=Autograding report::{"totalPoints": 2.5, "maxPoints": 3}',
    ]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """A release of one lesson."""
    return release([LESSON])


@pytest.fixture(scope="module")
def workflow(files: dict[str, bytes]) -> dict[str, Any]:
    """Its workflow."""
    return yaml.safe_load(files[WORKFLOW])


@pytest.fixture
def workspace(files: dict[str, bytes], tmp_path: Path) -> Path:
    """The machine of a job after the checkout: a student answered two exercises, one of them rightly."""
    repository = tmp_path / "repository"
    write_folder(files, repository)
    path = repository / "notebooks" / "01_status_line.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    text = lesson(LESSON).text
    for exercise, tag in (("take_apart", "solution"), ("first_answer", "mistake")):
        (cell,) = (cell for cell in notebook["cells"] if cell["id"] == f"{LESSON}-{exercise}")
        cell["source"] = text.answers(exercise, tag)[0].source
    path.write_text(json.dumps(notebook), "utf-8")
    (tmp_path / "temporary").mkdir()
    return tmp_path


def step(workflow: dict[str, Any], workspace: Path, name: str) -> subprocess.CompletedProcess[str]:
    """Run a step of the workflow as GitHub does, with the packages of this environment."""
    (script,) = (each["run"] for each in workflow["jobs"]["run-autograding-tests"]["steps"] if each.get("name") == name)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {
        "RUNNER_TEMP": str(workspace / "temporary"),
        "GITHUB_STEP_SUMMARY": str(workspace / "summary.md"),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
    # The tests must run where a machine has no namespaces, too.
    script = script.replace("course grade", "course grade --isolation=none")
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=workspace, env=environment, capture_output=True, text=True)


TAKE, GRADE = "Take the files that judge, as they were released, and the answers", "Grade"


@linux
def test_pushed_answers_are_graded(workflow: dict[str, Any], workspace: Path) -> None:
    for name in (TAKE, GRADE):
        done = step(workflow, workspace, name)
        assert done.returncode == 0, done.stdout + done.stderr
    # What is printed while answers run cannot be taken for points.
    stop, rest = done.stdout.split("\n", 1)
    secret = stop.removeprefix("::stop-commands::")
    assert len(secret) == 32
    assert "::" not in rest.partition(f"::{secret}::\n")[0]
    most = sum(exercise.points for exercise in lesson(LESSON).exercises.values() if not exercise.challenge)
    assert f"::notice title=Autograding complete::Points 2/{most:g}\n" in rest.partition(f"::{secret}::\n")[2]
    text = (workspace / "summary.md").read_text("utf-8")
    assert "| ✅ | take_apart | passed | 2 of 2 |" in text
    assert "| ❌ | first_answer | not yet | 0 of 1 |" in text
    assert "| ⚪ | ask | not attempted | 0 of 1 |" in text


@linux
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("checks/judge.py", "changed"),
        ("lessons/status_line.py", "changed"),
        ("pyproject.toml", "[project]"),
        ("course/check.py", None),
        ("MANIFEST.sha256", "changed"),
        ("MANIFEST.sha256", None),
    ],
)
def test_changed_checks_grade_nothing(
    workflow: dict[str, Any], workspace: Path, name: str, content: str | None
) -> None:
    path = workspace / "repository" / name
    path.unlink()
    if content is not None:
        path.write_text(content)
    done = step(workflow, workspace, TAKE)
    assert done.returncode == 1
    assert "::error title=Nothing was graded::" in done.stdout
    assert name in done.stdout + done.stderr or name.startswith("MANIFEST")


@linux
def test_changed_checks_with_a_changed_manifest_grade_nothing(workflow: dict[str, Any], workspace: Path) -> None:
    repository = workspace / "repository"
    (repository / "checks" / "judge.py").write_text("changed")
    shutil.rmtree(repository / "notebooks")
    changed = {
        path.relative_to(repository).as_posix(): path.read_bytes() for path in repository.rglob("*") if path.is_file()
    }
    shutil.rmtree(repository)
    write_folder({name: content for name, content in changed.items() if name != "MANIFEST.sha256"}, repository)
    assert step(workflow, workspace, TAKE).returncode == 1


@linux
def test_only_released_files_are_taken(workflow: dict[str, Any], workspace: Path) -> None:
    repository = workspace / "repository"
    for name in ("flask.py", "sitecustomize.py", "checks/json.py", "lessons/extra.py"):
        (repository / name).write_text("raise SystemExit('a student was here')")
    (repository / "README.md").write_text("A badge of GitHub Classroom")
    assert step(workflow, workspace, TAKE).returncode == 0
    place = workspace / "temporary" / "grading"
    taken = {path.relative_to(place).as_posix() for path in place.rglob("*")}
    assert not {"flask.py", "sitecustomize.py", "checks/json.py", "lessons/extra.py"} & taken
    assert {"checks/judge.py", "README.md", "handed-in/student/notebooks/01_status_line.ipynb"} <= taken


def test_workflow_may_only_read(workflow: dict[str, Any]) -> None:
    assert workflow["permissions"] == {}
    (job,) = workflow["jobs"].values()
    assert job["permissions"] == {"contents": "read"}
    used = [each for each in job["steps"] if "uses" in each]
    assert len(used) == 2
    for each in used:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", each["uses"])
    assert used[0]["with"]["persist-credentials"] is False


def test_workflow_runs_nothing_that_a_student_can_write_into_it(files: dict[str, bytes]) -> None:
    expressions = set(re.findall(r"\$\{\{\s*(.*?)\s*\}\}", files[WORKFLOW].decode()))
    assert expressions == {"github.workflow", "github.ref"}
    assert "JUDGING" not in files[WORKFLOW].decode()


def test_results_are_needed(tmp_path: Path) -> None:
    result = CliRunner().invoke(github.command, [str(tmp_path)])
    assert result.exit_code == 1
    assert "There are no results" in result.stderr
