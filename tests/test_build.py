"""The notebooks are what the texts say, to the byte, and building them loses nobody's work."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from course import build
from lessons import LESSONS
from lessons.text import Text, parse_text, read_text

SAMPLE = """# A sample

Read [Success](success.md#try) first. <!-- S1 -->

```python
import math
```

## Try

```python tags=["given"] exercise="double"
FACTOR = 2
```

```python tags=["starter"] exercise="double"
def double(x):
    return NotImplemented
```

```python tags=["solution"] exercise="double"
def double(x):
    return FACTOR * x
```

```python tags=["mistake"] exercise="double" feedback="twice"
def double(x):
    return x
```

```python
print(double(2))
```

```python tags=["starter"] exercise="kitchen" file="kitchen.py"
def create_app():
    return None
```
"""
STARTER = "def create_app():\n    return None\n"


@pytest.fixture
def sample() -> Text:
    return parse_text("status_line", SAMPLE)


def sources(notebook: dict) -> list[str]:
    return ["".join(cell["source"]) for cell in notebook["cells"]]


def test_committed_notebooks_are_current() -> None:
    assert build.differences() == []


@pytest.mark.parametrize("lesson", LESSONS)
@pytest.mark.parametrize("side", build.SIDES)
def test_notebook_is_valid_and_rendered_the_same_twice(lesson: str, side: str) -> None:
    once, again = (build.to_text(build.render(read_text(lesson), side)) for _ in range(2))
    assert once == again
    nbformat.validate(json.loads(once))


@pytest.mark.parametrize("lesson", LESSONS)
def test_learner_notebook_has_no_outputs_and_no_answers(lesson: str) -> None:
    notebook = json.loads((build.ROOT / "notebooks" / build.file_name(lesson)).read_text("utf-8"))
    text = read_text(lesson)
    hidden = [cell.source for cell in text.cells if cell.tag in ("solution", "variant")]
    for cell in notebook["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        assert not any(len(source) > 20 and source in "".join(cell["source"]) for source in hidden)


@pytest.mark.parametrize("lesson", LESSONS)
def test_solution_ran_without_an_error_and_without_stderr(lesson: str) -> None:
    notebook = json.loads((build.ROOT / "solutions" / build.file_name(lesson)).read_text("utf-8"))
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            assert output["output_type"] != "error"
            assert output.get("name") != "stderr"


def test_sides_hold_their_cells(sample: Text) -> None:
    learner, solved = sources(build.render(sample, "notebooks")), sources(build.render(sample, "solutions"))
    assert "FACTOR = 2\n\n\ndef double(x):\n    return NotImplemented" in learner
    assert "FACTOR = 2\n\n\ndef double(x):\n    return FACTOR * x" in solved
    assert not any("return x" in source for source in [*learner, *solved])
    assert learner[-1] == solved[-1] == "print(double(2))"


def test_cell_ids_are_made_of_lesson_and_cell(sample: Text) -> None:
    ids = [cell["id"] for cell in build.render(sample, "notebooks")["cells"]]
    assert ids == [
        "status_line-a-sample-1",
        "status_line-a-sample-2",
        "status_line-try-1",
        "status_line-double",
        "status_line-try-2",
    ]


def test_link_to_a_lesson_leads_to_its_notebook(sample: Text) -> None:
    assert "[Success](04_success.ipynb#try)" in sources(build.render(sample, "notebooks"))[0]


def test_repeated_cell_id_is_refused() -> None:
    twice = '```python tags=["starter"] exercise="x"\nx = ...\n```\n\n'
    with pytest.raises(build.BuildError, match=r"lessons/status_line\.md, line 5"):
        build.render(parse_text("status_line", twice * 2), "notebooks")


@pytest.mark.starts_kernel
def test_raising_cell_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = build.render(parse_text("status_line", "```python\n1 / 0\n```\n"), "solutions")
    with pytest.raises(build.BuildError, match="(?s)solutions/x.ipynb.*ZeroDivisionError"):
        build.execute(notebook, "x.ipynb")


@pytest.fixture
def one_lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample: Text) -> Path:
    """Return a project in which the sample is the only lesson, built."""
    monkeypatch.setattr(build, "LESSONS", ("status_line",))
    monkeypatch.setattr(build, "read_text", lambda name: sample)
    monkeypatch.setattr(build, "execute", fake_execute)
    monkeypatch.setattr(build.reference, "reference_text", lambda: parse_text("reference", "# Codes\n"))
    monkeypatch.setattr(build.recall, "recall_file", lambda: "cards\n")
    monkeypatch.setattr(build.readme, "rendered", lambda text: text.replace("OLD", "NEW"))
    monkeypatch.setattr("lessons.LESSONS", ("status_line",))
    (tmp_path / "README.md").write_text("OLD\n")
    (tmp_path / "solutions" / "kitchen").mkdir(parents=True)
    build.build(["status_line"], tmp_path)
    return tmp_path


def fake_execute(notebook: dict, name: str) -> dict:
    """Number the cells as a kernel would."""
    cells = [
        dict(cell, **({"execution_count": 1} if cell["cell_type"] == "code" else {})) for cell in notebook["cells"]
    ]
    return {**notebook, "cells": cells}


def test_current_project_has_no_differences(one_lesson: Path) -> None:
    assert build.differences(one_lesson) == []


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda root: (root / "notebooks/01_status_line.ipynb").unlink(), "is missing"),
        (lambda root: (root / "notebooks/01_status_line.ipynb").write_text("{"), "is no notebook"),
        (lambda root: edit(root / "README.md", "NEW", "OLD"), "README.md has tables"),
        (lambda root: edit(root / "solutions/recall.tsv", "cards", "stars"), "recall questions"),
        (lambda root: (root / "notebooks/kitchen.py").unlink(), "kitchen.py is not the starter"),
        (lambda root: edit(root / "notebooks/kitchen.py", "None", "1"), "kitchen.py is not the starter"),
        (lambda root: (root / "solutions/kitchen").rmdir(), "solutions/kitchen.py is missing"),
        (lambda root: (root / "notebooks/stray.txt").write_text("x"), "belongs to no lesson"),
        (lambda root: edit(root / "notebooks/01_status_line.ipynb", "math", "cmath"), "is not what"),
        (lambda root: edit(root / "solutions/01_status_line.ipynb", "math", "cmath"), "is not what"),
        (
            lambda root: edit(
                root / "solutions/01_status_line.ipynb", '"execution_count": 1', '"execution_count": null'
            ),
            "executed",
        ),
    ],
)
def test_difference_is_told(one_lesson: Path, damage: object, words: str) -> None:
    damage(one_lesson)  # type: ignore[operator]
    assert any(words in line for line in build.differences(one_lesson))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_notebook_with_work_in_it_is_not_overwritten(one_lesson: Path) -> None:
    path = one_lesson / "notebooks" / "01_status_line.ipynb"
    edit(path, '"execution_count": null', '"execution_count": 3')
    before = path.read_text("utf-8")
    with pytest.raises(build.BuildError, match="somebody's work"):
        build.build(["status_line"], one_lesson)
    assert path.read_text("utf-8") == before
    build.build(["status_line"], one_lesson, force=True)
    assert path.read_text("utf-8") != before


def test_starter_is_a_file_beside_the_notebook_and_no_cell(one_lesson: Path) -> None:
    assert (one_lesson / "notebooks" / "kitchen.py").read_text("utf-8") == STARTER
    for side in build.SIDES:
        assert "create_app" not in (one_lesson / side / "01_status_line.ipynb").read_text("utf-8")


def test_file_with_work_in_it_is_not_overwritten(one_lesson: Path) -> None:
    path = one_lesson / "notebooks" / "kitchen.py"
    edit(path, "None", "my_app")
    before = (one_lesson / "solutions" / "01_status_line.ipynb").stat().st_mtime_ns
    with pytest.raises(build.BuildError, match=r"kitchen\.py is not the starter: somebody worked in it"):
        build.build(["status_line"], one_lesson)
    assert "my_app" in path.read_text("utf-8")
    assert (one_lesson / "solutions" / "01_status_line.ipynb").stat().st_mtime_ns == before
    build.build(["status_line"], one_lesson, force=True)
    assert path.read_text("utf-8") == STARTER


def test_solution_of_a_file_is_left_alone(one_lesson: Path) -> None:
    (one_lesson / "solutions" / "kitchen" / "__init__.py").write_text("by hand")
    build.build(["status_line"], one_lesson)
    assert (one_lesson / "solutions" / "kitchen" / "__init__.py").read_text() == "by hand"
    assert build.differences(one_lesson) == []


def test_notebook_of_a_lesson_that_is_gone_is_removed(one_lesson: Path) -> None:
    stray = one_lesson / "solutions" / "09_gone.ipynb"
    stray.write_text("{}")
    build.build(["status_line"], one_lesson)
    assert not stray.exists()


def test_unknown_lesson_is_named() -> None:
    result = CliRunner().invoke(build.command, ["nonsense"])
    assert result.exit_code == 1
    assert "There is no lesson nonsense" in result.stderr


def test_notebooks_share_nothing_that_can_be_changed() -> None:
    text = parse_text("sample", "# A title\n")
    build.render(text, "notebooks")["metadata"]["kernelspec"]["name"] = "another"
    assert build.render(text, "notebooks")["metadata"]["kernelspec"]["name"] == "python3"
