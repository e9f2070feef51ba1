"""The command line: what opens, what is passed on, and what a wrong word is answered with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from course import cli, open, test
from course.environment import ROOT


class Replaced(Exception):
    """The process would have become another one."""


@pytest.fixture
def replacement(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the command that this process would become."""
    collected: list[str] = []

    def replace_process(command: list[str]) -> None:
        collected.extend(command)
        raise Replaced

    for module in (open, test):
        monkeypatch.setattr(module, "replace_process", replace_process)
    return collected


@pytest.fixture
def notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three notebooks, and with files that are none."""
    for name in (
        "02_five_classes.ipynb",
        "01_status_line.ipynb",
        "10_retries.ipynb",
        "notes.ipynb",
        "01_status_line.md",
    ):
        (tmp_path / name).touch()
    monkeypatch.setattr(open, "NOTEBOOKS", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("lesson", "name"),
    [
        (None, "01_status_line.ipynb"),
        ("five_classes", "02_five_classes.ipynb"),
        ("2", "02_five_classes.ipynb"),
        ("02", "02_five_classes.ipynb"),
        ("10", "10_retries.ipynb"),
        ("10_retries", "10_retries.ipynb"),
        ("notebooks/10_retries.ipynb", "10_retries.ipynb"),
    ],
)
def test_lesson_is_found_by_name_number_or_file(notebooks: Path, lesson: str | None, name: str) -> None:
    assert open.find_notebook(lesson) == notebooks / name


@pytest.mark.parametrize("arguments", [[], ["open"], ["--port", "9000"], ["--no-browser"]])
def test_first_lesson_opens_without_a_word(notebooks: Path, replacement: list[str], arguments: list[str]) -> None:
    with pytest.raises(Replaced):
        cli.run(arguments)
    assert replacement[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={ROOT}" in replacement
    assert "--ServerApp.ip=127.0.0.1" in replacement
    assert "--LabApp.default_url=/lab/tree/notebooks/01_status_line.ipynb" in replacement
    assert ("--no-browser" in replacement) == ("--no-browser" in arguments)
    assert ("--ServerApp.port=9000" in replacement) == ("9000" in arguments)


@pytest.mark.parametrize(("user", "allowed"), [(0, True), (1000, False)])
def test_root_is_allowed_only_for_root(
    notebooks: Path, replacement: list[str], monkeypatch: pytest.MonkeyPatch, user: int, allowed: bool
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    with pytest.raises(Replaced):
        cli.run(["open", "retries"])
    assert ("--allow-root" in replacement) == allowed


def test_missing_notebooks_name_the_command_that_makes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(open, "NOTEBOOKS", tmp_path / "notebooks")
    assert cli.run([]) == 1
    assert capsys.readouterr().err.endswith("Make them: python3 -m course build\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["opne"], "There is no command 'opne'. Did you mean 'open'?"),
        (["xyz"], "There is no command 'xyz'. Commands: open, test, build, check, grade, release, github."),
        (["open", "five_clases"], "There is no lesson 'five_clases'. Did you mean 'five_classes'?"),
        (["open", "7"], "There is no lesson '7'. Lessons: status_line, five_classes, retries."),
        (["open", "--prot", "1"], "No such option"),
        (["open", "--port", "many"], "'many' is not a valid integer"),
        (["open", "--port", "99999"], "99999 is not in the range"),
        (["open", "retries", "retries"], "unexpected extra argument"),
    ],
)
def test_bad_usage_gets_one_line(
    notebooks: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert cli.run(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("Error: ")
    assert message in printed.err
    assert printed.err.count("\n") == 1


def test_arguments_go_to_pytest_in_the_project_folder(
    tmp_path: Path, replacement: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = ["-x", "--durations=3", "-k", "two words", "tests/test_command.py", "--", "--help"]
    with pytest.raises(Replaced):
        cli.run(["test", *arguments])
    assert replacement == [sys.executable, "-m", "pytest", *arguments]
    assert Path.cwd() == ROOT


@pytest.mark.parametrize("command", cli.SUBCOMMANDS)
def test_every_command_has_help(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert cli.run(["--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len([line for line in lines if line.startswith(f"  {command} ") and len(line.split()) > 3]) == 1
    assert cli.run([command, "--help"]) == 0
    assert f"Usage: python3 -m course {command} " in capsys.readouterr().out


def test_version_is_that_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--version"]) == 0
    assert f'version = "{capsys.readouterr().out.strip()}"' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_ctrl_c_in_a_command_is_told_to_the_caller(notebooks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(lesson: str | None) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(open, "find_notebook", interrupt)
    with pytest.raises(KeyboardInterrupt):
        cli.run(["open"])


def test_opening_imports_nothing_heavy() -> None:
    code = "import sys, course.open, course.test; print(*sys.modules)"
    process = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "click" in process.stdout.split()
    assert not {"flask", "nbformat", "jupyterlab", "course.build", "course.check"} & set(process.stdout.split())
