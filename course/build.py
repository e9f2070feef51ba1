"""Make the notebooks from the lessons' texts: `notebooks/` to be answered, `solutions/` answered and executed.

Where an answer is a file, its starter goes beside the notebook; its solution in `solutions/` is written by hand.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click

from checks.report import counted
from lessons import LESSONS
from lessons.text import Cell, Text, TextError, read_text

from . import readme, recall, reference
from .names import file_name

ROOT = Path(__file__).parent.parent
SIDES = {"notebooks": "starter", "solutions": "solution"}
CARDS = "solutions/recall.tsv"
REFERENCE = "notebooks/reference.ipynb"
CELL_LIMIT = 60
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


class BuildError(Exception):
    """The notebooks cannot be built; the message says where and what to do."""


def render(text: Text, side: str) -> dict[str, Any]:
    """Return one notebook of a lesson, without outputs. The same text gives the same notebook everywhere."""
    ids: set[str] = set()
    cells = []
    for cell, name in _cells_with_names(text, SIDES[side]):
        identifier = f"{text.name}-{name}"[:64]
        if identifier in ids:
            raise BuildError(f"lessons/{text.name}.md, line {cell.line}: a second cell would get the id {identifier}.")
        ids.add(identifier)
        cells.append(_notebook_cell(cell, identifier))
    metadata = {"kernelspec": dict(_KERNEL), "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _cells_with_names(text: Text, side: str) -> Iterator[tuple[Cell, str]]:
    """Give the cells of one side, each with the part of its id that is its own: an exercise, or section and place."""
    section, place = "top", 0
    for cell in text.cells:
        if cell.kind == "markdown" and (headings := re.findall(r"^#{1,3} (.+)$", cell.source, re.MULTILINE)):
            section, place = _slug(headings[0]), 0
        if cell.tag not in ("", side) or cell.file:
            continue
        if cell.tag and cell.exercise:
            yield text.whole(cell), cell.exercise
            continue
        place += 1
        yield cell, f"{section}-{place}"


def _slug(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")[:30].strip("-") or "section"


def _notebook_cell(cell: Cell, identifier: str) -> dict[str, Any]:
    metadata = {"tags": list(cell.tags)} if cell.tags else {}
    if cell.kind == "markdown":
        source = re.sub(r"\]\((\w+)\.md(#[^)]*)?\)", _link, cell.source)
        return {"cell_type": "markdown", "id": identifier, "metadata": metadata, "source": _lines(source)}
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": identifier,
        "metadata": metadata,
        "outputs": [],
        "source": _lines(cell.source),
    }


def _link(match: re.Match[str]) -> str:
    """Turn a link to another lesson's text into a link to its notebook."""
    return f"]({file_name(match[1])}{match[2] or ''})" if match[1] in LESSONS else match[0]


def _lines(source: str) -> list[str]:
    return source.splitlines(keepends=True)


def execute(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    """Run every cell in a fresh kernel and return the notebook with its outputs."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    node = nbformat.reads(json.dumps(notebook), as_version=4)
    client = NotebookClient(
        node,
        timeout=CELL_LIMIT,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(ROOT / "solutions")}},
    )
    environment = {**os.environ, "COURSE_PROGRESS": "off", "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
    try:
        # On stderr the kernel warns that it talks over TCP; that is so in every Jupyter, and no news here.
        client.execute(env=environment, stderr=subprocess.DEVNULL)
    except CellExecutionError as error:
        raise BuildError(f"solutions/{name}: a cell raised an exception.\n{error}") from None
    executed: dict[str, Any] = json.loads(nbformat.writes(node))
    executed["metadata"] = notebook["metadata"]
    return executed


def to_text(notebook: dict[str, Any]) -> str:
    """Return the bytes of a notebook's file, as text."""
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def without_outputs(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of a notebook as it was before it was run."""
    cells = [
        {**cell, "outputs": [], "execution_count": None} if cell["cell_type"] == "code" else cell
        for cell in notebook["cells"]
    ]
    return {**notebook, "cells": cells}


def differences(root: Path = ROOT) -> list[str]:
    """Say what in `notebooks/` and `solutions/` is not what the texts say. Outputs are for nbval to compare."""
    found = []
    for lesson in LESSONS:
        text = read_text(lesson)
        for side in SIDES:
            path = root / side / file_name(lesson)
            if problem := _difference(path, render(text, side), side):
                found.append(f"{side}/{path.name} {problem}")
        found += _differences_of_files(text.files, root)
    page = root / REFERENCE
    if problem := _difference(page, render(reference.reference_text(), "notebooks"), "notebooks"):
        found.append(f"{REFERENCE} {problem}")
    if not (root / CARDS).exists() or (root / CARDS).read_text("utf-8") != recall.recall_file():
        found.append(f"{CARDS} is not what the recall questions of the lessons say")
    if problem := readme.difference(root / "README.md"):
        found.append(problem)
    expected = {root / side / file_name(lesson) for side in SIDES for lesson in LESSONS}
    for name in (name for lesson in LESSONS for name in read_text(lesson).files):
        expected |= {root / "notebooks" / name, *_solutions_of(name, root)}
    for path in _files(root):
        if path not in expected | {root / CARDS, page}:
            found.append(f"{path.relative_to(root).as_posix()} belongs to no lesson: delete it or list the lesson")
    return found


def _difference(path: Path, rendered: dict[str, Any], side: str) -> str:
    if not path.exists():
        return "is missing"
    try:
        committed = json.loads(path.read_text("utf-8"))
        bare = without_outputs(committed) if side == "solutions" else committed
    except (ValueError, KeyError, TypeError):
        return "is no notebook"
    if to_text(bare) != to_text(rendered) or path.read_text("utf-8") != to_text(committed):
        return "is not what the lesson's text says"
    if side == "solutions" and any(c["cell_type"] == "code" and not c["execution_count"] for c in committed["cells"]):
        return "has not been executed"
    return ""


def _differences_of_files(files: dict[str, str], root: Path) -> Iterator[str]:
    for name, starter in files.items():
        path = root / "notebooks" / name
        if not path.is_file() or path.read_text("utf-8") != starter:
            yield f"notebooks/{name} is not the starter in the lesson's text"
        if not any(path.exists() for path in _solutions_of(name, root)):
            yield f"solutions/{name} is missing: write it by hand, as a file or as a package"


def _solutions_of(file: str, root: Path) -> tuple[Path, Path]:
    """Return where the solution of a file may be: a file, or a package of the same name."""
    path = root / "solutions" / file
    return path, path.with_suffix("")


def _files(root: Path) -> list[Path]:
    folders = [root / side for side in SIDES if (root / side).is_dir()]
    ours = (path for folder in folders for path in folder.iterdir())
    return sorted(path for path in ours if path.name not in (".ipynb_checkpoints", "__pycache__"))


def build(lessons: list[str], root: Path = ROOT, force: bool = False) -> None:
    """Write the notebooks of some lessons. Raise :exc:`BuildError` rather than overwrite somebody's work."""
    for lesson in lessons:
        _refuse_to_overwrite_work(root / "notebooks" / file_name(lesson), force)
        for name, starter in read_text(lesson).files.items():
            _refuse_to_overwrite_file(root / "notebooks" / name, starter, force)
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for _ in pool.map(lambda lesson: _build_one(lesson, root), lessons):
            pass
    page = render(reference.reference_text(), "notebooks")
    (root / REFERENCE).write_text(to_text(page), "utf-8", newline="\n")
    (root / CARDS).write_text(recall.recall_file(), "utf-8", newline="\n")
    readme.update(root / "README.md")
    if set(lessons) == set(LESSONS):
        expected = {file_name(lesson) for lesson in LESSONS} | {Path(REFERENCE).name}
        for path in _files(root):
            if path.suffix == ".ipynb" and path.name not in expected:
                _refuse_to_overwrite_work(path, force or path.parent.name == "solutions")
                path.unlink()


def _build_one(lesson: str, root: Path) -> None:
    text, name = read_text(lesson), file_name(lesson)
    solved = execute(render(text, "solutions"), name)
    for side, notebook in (("notebooks", render(text, "notebooks")), ("solutions", solved)):
        path = root / side / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(to_text(notebook), "utf-8", newline="\n")
    for file, starter in text.files.items():
        (root / "notebooks" / file).write_text(starter, "utf-8", newline="\n")


def _refuse_to_overwrite_work(path: Path, force: bool) -> None:
    """Raise :exc:`BuildError` when cells of a learner's notebook were run: there may be answers in it."""
    if force or not path.exists():
        return
    try:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        worked = any(cell.get("execution_count") for cell in cells)
    except (ValueError, KeyError, TypeError, AttributeError):
        worked = True
    if worked:
        raise BuildError(
            f"notebooks/{path.name} holds somebody's work: cells in it were run. "
            "Move it elsewhere, or overwrite it with: python3 -m course build --force"
        )


def _refuse_to_overwrite_file(path: Path, starter: str, force: bool) -> None:
    """Raise :exc:`BuildError` when a starter was edited: whatever is not the starter may be an answer."""
    if not force and path.exists() and path.read_text("utf-8") != starter:
        raise BuildError(
            f"notebooks/{path.name} is not the starter: somebody worked in it, or the starter in the text is new. "
            "Move it elsewhere, or overwrite it with: python3 -m course build --force"
        )


@click.command()
@click.argument("lessons", nargs=-1, metavar="[LESSON]...")
@click.option("--check", is_flag=True, help="Write nothing; fail when the notebooks are not what the texts say.")
@click.option("--force", is_flag=True, help="Overwrite notebooks in which somebody worked.")
def command(lessons: tuple[str, ...], check: bool, force: bool) -> None:
    """Make notebooks/ and solutions/ from the texts in lessons/."""
    try:
        unknown = [name for name in lessons if name not in LESSONS]
        if unknown:
            raise BuildError(f"There is no lesson {unknown[0]}. The lessons are: {', '.join(LESSONS)}.")
        if check:
            found = differences()
            for line in found:
                click.echo(line, err=True)
            if found:
                raise BuildError("Run: python3 -m course build")
            click.echo("The notebooks are what the texts say.")
            return
        build(list(lessons) or list(LESSONS), force=force)
        click.echo(f"Built {counted(len(lessons) or len(LESSONS), 'lesson')} in notebooks/ and solutions/.")
    except (BuildError, TextError) as error:
        click.echo(f"course build: {error}", err=True)
        sys.exit(1)
