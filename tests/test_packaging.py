"""The lists of packages, versions and folders, wherever they are written, say the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import course.__main__ as start

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text("utf-8"))
COMMAND = "-m course test"


def versions(requirements: list[str]) -> dict[str, SpecifierSet]:
    return {requirement.name: requirement.specifier for requirement in map(Requirement, requirements)}


def test_conda_gets_the_same_packages_and_versions() -> None:
    *listed, pip, last = CONDA["dependencies"]
    assert (pip, last) == ("pip", {"pip": ["-e ."]})
    python = f"python{PROJECT['project']['requires-python']}"
    assert versions(listed) == versions([python, *PROJECT["project"]["dependencies"]])
    assert CONDA["name"] == PROJECT["project"]["name"]


def test_command_asks_for_the_same_python() -> None:
    assert SpecifierSet(PROJECT["project"]["requires-python"]) == SpecifierSet(f">={start.OLDEST[0]}.{start.OLDEST[1]}")


def test_every_supported_python_is_tested_everywhere() -> None:
    matrix = WORKFLOW["jobs"]["test"]["strategy"]["matrix"]
    assert matrix["python"] == [f"3.{minor}" for minor in range(start.OLDEST[1], start.NEWEST[1] + 1)]
    assert matrix["system"] == ["ubuntu", "macos", "windows"]


def test_everybody_runs_the_same_tests() -> None:
    assert [step["run"] for step in WORKFLOW["jobs"]["test"]["steps"] if "run" in step] == [f"python {COMMAND}"]
    assert (ROOT / ".ci" / "run").read_text("utf-8").splitlines()[-1] == f"python3 {COMMAND}"


def test_workflow_may_only_read() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}


def test_packages_are_the_folders_with_code() -> None:
    others = {"tests", "benchmarks", "notebooks", "solutions", "build"}
    folders = {
        module.parent.relative_to(ROOT)
        for folder in ROOT.iterdir()
        if folder.is_dir() and not folder.name.startswith(".") and folder.name not in others
        for module in folder.rglob("*.py")
    }
    assert sorted(PROJECT["tool"]["setuptools"]["packages"]) == sorted(".".join(folder.parts) for folder in folders)
    assert [folder for folder in folders if not (ROOT / folder / "__init__.py").exists()] == []


@pytest.mark.parametrize("name", re.findall(r"[\w.-]+", PROJECT["project"]["license"].replace(" AND ", " ")))
def test_license_is_named_in_its_file(name: str) -> None:
    assert f"SPDX: {name})" in (ROOT / "LICENSE").read_text("utf-8")
