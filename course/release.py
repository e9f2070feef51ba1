"""Write what a class gets: the course without its answers, for nbgrader and GitHub Classroom too."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

import click

from checks.report import counted
from classroom.answers import Search, without_answers
from classroom.nbgrader import source_notebook
from classroom.release import ReleaseError, manifest, write_folder, write_zip
from lessons import LESSONS, lesson
from lessons.text import TextError, parse_text, read_text

from . import recall, reference
from .build import REFERENCE, ROOT, render, to_text
from .environment import project
from .names import LessonName, file_name

# What only teachers and maintainers use, or what needs the answers.
LEFT_OUT = {
    *(f"course/{name}.py" for name in ("build", "readme", "recall", "reference", "release", "test")),
    *(f"classroom/{name}.py" for name in ("answers", "release")),
}
AT_THE_TOP = ("LICENSE", "environment.yml", "pyproject.toml", ".gitignore", ".gitattributes")
CARDS = "recall.tsv"
HANDOUT = ROOT / "classroom" / "handout"
WORKFLOW = ".github/workflows/grade.yml"
# The lines of the manifest about the files that judge, as a regular expression of `grep -E`, too.
JUDGING = "  ((checks|classroom|course|lessons|server)/.*|pyproject.toml|LICENSE)$"
_NOTEBOOK_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(((?:notebooks/)?[\w.-]+\.ipynb)(#[^)]*)?\)")


def release(lessons: Collection[str]) -> dict[str, bytes]:
    """Return the files of a release with the notebooks of some lessons. The same course gives the same bytes."""
    files = {name: (ROOT / name).read_bytes() for name in [*AT_THE_TOP, *_packages()]}
    files["pyproject.toml"] = _without_extras(files["pyproject.toml"])
    # Texts that are not listed yet, too.
    for name, markdown in _texts().items():
        files[f"lessons/{name}.md"] = without_answers(name, markdown).encode()
    files |= _notebooks(lessons)
    files[CARDS] = recall.recall_file().encode()
    readme = _readme((ROOT / "README.md").read_text("utf-8"), files)
    files["README.md"] = readme.encode()
    files |= {name: (ROOT / name).read_bytes() for name in re.findall(r"\]\((pictures/[\w.-]+)\)", readme)}
    files[WORKFLOW] = _workflow(files)
    refuse_answers(files)
    return files


def _without_extras(project: bytes) -> bytes:
    """Leave out of a project file what only the commands of teachers and maintainers need."""
    return re.sub(rb"\[project\.optional-dependencies\]\n.*?\n(?=\[)", b"", project, flags=re.DOTALL)


def _texts() -> dict[str, str]:
    """Return the text of every lesson, as its author wrote it."""
    return {path.stem: path.read_text("utf-8") for path in sorted((ROOT / "lessons").glob("*.md"))}


def _packages() -> list[str]:
    """Return the names of the files that are installed, without those that a class does not need."""
    found: set[str] = set()
    data = project()["setuptools"].get("package-data", {})
    for package in project()["setuptools"]["packages"]:
        folder = ROOT / package.replace(".", "/")
        for pattern in ("*.py", *data.get(package, ())):
            found |= {path.relative_to(ROOT).as_posix() for path in folder.glob(pattern) if path.is_file()}
    return sorted(name for name in found if name not in LEFT_OUT)


def _notebooks(lessons: Collection[str]) -> dict[str, bytes]:
    """Return the notebooks, made of the texts: somebody may have worked in those of this folder."""
    names = {file_name(lesson) for lesson in lessons} | {Path(REFERENCE).name}
    texts = [read_text(name) for name in LESSONS if name in lessons]
    files: dict[str, bytes] = {}
    for text, name in [*((text, file_name(text.name)) for text in texts), (reference.reference_text(), REFERENCE)]:
        notebook = render(text, "notebooks")
        _take_out_dead_links(notebook, names)
        files[f"notebooks/{Path(name).name}"] = to_text(notebook).encode()
        files |= {f"notebooks/{file}": starter.encode() for file, starter in text.files.items()}
    return files


def _take_out_dead_links(notebook: dict[str, Any], names: Collection[str]) -> None:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = _without_dead_links("".join(cell["source"]), names).splitlines(keepends=True)


def _without_dead_links(markdown: str, names: Collection[str]) -> str:
    """Leave of a link to a notebook that is not handed out its words."""
    return _NOTEBOOK_LINK.sub(lambda link: link[0] if PurePosixPath(link[2]).name in names else link[1], markdown)


def _readme(readme: str, files: Collection[str]) -> str:
    """Return the README without what is for teachers and maintainers."""
    sections = re.split(r"^(?=## )", readme, flags=re.MULTILINE)
    text = "".join(section for section in sections if section.split("\n")[0] not in ("## Teach", "## Maintain"))
    text = re.sub(r"^(git clone .*|check\.\w+\.solution\(\).*)\n", "", text, flags=re.MULTILINE)
    text = text.replace("solutions/recall.tsv", CARDS)
    names = {PurePosixPath(name).name for name in files}
    lines = (line for line in text.splitlines(keepends=True) if not _is_row_of(line, names))
    return _without_dead_links("".join(lines), names)


def _is_row_of(line: str, names: Collection[str]) -> bool:
    """Tell whether the line is the row of a lesson that is not handed out."""
    row = re.match(r"\| \d+ \| \[[^\]]*\]\(notebooks/([\w.-]+)\)", line)
    return bool(row) and row[1] not in names


def refuse_answers(files: dict[str, bytes]) -> None:
    """Raise :exc:`ReleaseError` when an answer stands anywhere in the files."""
    if found := list(answers().findings(files)):
        more = f" There are {len(found) - 1} more." if len(found) > 1 else ""
        raise ReleaseError(f"Nothing was written, because an answer would be handed out: {found[0]}.{more}")


def answers() -> Search:
    """Return the search for everything that a class must not get."""
    modules = {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in (ROOT / "solutions").rglob("*.py")
    }
    public = [(ROOT / name).read_text("utf-8") for name in _packages() if name.endswith(".py")]
    return Search([parse_text(*each) for each in _texts().items()], modules, public)


def _workflow(files: dict[str, bytes]) -> bytes:
    """Return the workflow for GitHub Classroom, which knows the files that judge by their hashes."""
    judging = [line for line in manifest(files).decode().splitlines(keepends=True) if re.search(JUDGING, line)]
    template = (HANDOUT / "grade.yml").read_text("utf-8")
    for mark, value in (
        ("JUDGING_PATTERN", JUDGING),
        ("JUDGING_DIGEST", sha256("".join(judging).encode()).hexdigest()),
    ):
        template = template.replace(mark, value)
    return template.encode()


@click.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder to write.")
@click.option("--zip", "zipped", is_flag=True, help="Write the zip <out>.zip, too.")
@click.option(
    "--nbgrader", "for_nbgrader", is_flag=True, help="Write a course folder for nbgrader, <out>-nbgrader, too."
)
@click.option(
    *("--lesson", "lessons"),
    type=LessonName(),
    multiple=True,
    metavar="NAME",
    help="Hand out this lesson, by name or number. May be given again.",
)
def command(out: Path, zipped: bool, for_nbgrader: bool, lessons: tuple[str, ...]) -> None:
    """Write what a class gets: notebooks, server, checks, and no answers.

    All lessons are handed out when none is named.
    """
    try:
        chosen = [name for name in LESSONS if not lessons or name in lessons]
        out = out.resolve()
        files = release(chosen)
        write_folder(files, out)
        click.echo(f"{out}: what a class gets, {counted(len(chosen), 'lesson')}, without answers.")
        if zipped:
            path = out.with_name(f"{out.name}.zip")
            write_zip(files, path)
            click.echo(f"{path}: the same as one file.")
        if for_nbgrader:
            folder = out.with_name(f"{out.name}-nbgrader")
            write_folder(course_folder(chosen, out.name), folder)
            click.echo(f"{folder}: the course folder for nbgrader. It holds the answers: keep it to yourself.")
    except (ReleaseError, TextError) as error:
        click.echo(f"course release: {error}", err=True)
        sys.exit(1)


def course_folder(lessons: Collection[str], release_name: str) -> dict[str, bytes]:
    """Return the files of a course folder for nbgrader, which stands beside the release."""
    files = {}
    for name in lessons:
        notebook = render(read_text(name), "notebooks")
        _take_out_dead_links(notebook, ())
        files[f"source/{name}/{name}.ipynb"] = to_text(source_notebook(notebook, lesson(name))).encode()
        files |= {f"source/{name}/{file}": starter.encode() for file, starter in lesson(name).text.files.items()}
    learners_files = {name: list(lesson(name).text.files) for name in lessons if lesson(name).text.files}
    for name in ("nbgrader_config.py", "README.md"):
        template = (HANDOUT / f"{name}.txt").read_text("utf-8")
        template = template.replace("RELEASE_FOLDER", release_name).replace("LEARNERS_FILES", repr(learners_files))
        files[name] = template.encode()
    return files
