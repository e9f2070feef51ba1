"""The house keeps its order: imports run one way, and nothing strange lies at the top."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Each package may import those that stand after it.
PACKAGES = ["course", "classroom", "lessons", "checks", "server"]
AT_THE_TOP = {
    *PACKAGES,
    *("notebooks", "solutions", "tests", "benchmarks", "pictures", ".ci", ".github"),
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "environment.yml", "pyproject.toml"),
    *("conftest.py", ".gitignore", ".gitattributes"),
}
MODULES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
# What an author's file may use besides `checks` and `server`: the design's promise that machinery stays out of lessons.
LINE_LIMIT = 400


def imported(path: Path) -> set[str]:
    """Return the packages of ours that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").partition(".")[0])
    return found & set(PACKAGES)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_run_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    allowed = set(PACKAGES[PACKAGES.index(package) :])
    assert imported(path) <= allowed


def test_there_is_something_to_look_at() -> None:
    assert len(MODULES) > 30
    assert imported(ROOT / "checks" / "app.py") == set()
    assert imported(ROOT / "checks" / "answer.py") == {"server"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))
    if path.parent.name != "lessons":
        assert len(path.read_text("utf-8").splitlines()) <= LINE_LIMIT


def test_nothing_strange_at_the_top() -> None:
    import subprocess

    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.partition("/")[0] for line in listed.splitlines()} <= AT_THE_TOP
