"""Read a lesson's text: plain jupytext Markdown, in which every fenced block of Python is a cell.

The line that opens a cell may carry ``tags=["…"]`` with one tag, ``exercise="…"``, ``feedback="…"`` and ``file="…"``.
"""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from markdown_it import MarkdownIt

FOLDER = Path(__file__).parent
TAGS = ("given", "starter", "solution", "variant", "mistake")
_OPTION = re.compile(r'\s*(\w+)=("(?:[^"\\]|\\.)*"|\[[^\]]*\])')


class TextError(ValueError):
    """A lesson's text cannot be read; the message names the file, the line and what to do."""


@dataclass(frozen=True)
class Cell:
    """One cell of a lesson's text. ``line`` is where it starts in the file, counted from 1."""

    kind: str  # "markdown" or "code"
    source: str
    line: int
    tag: str = ""
    exercise: str = ""
    feedback: str = ""
    tags: tuple[str, ...] = ()
    # The file beside the notebook that this starter is written to, where an answer is a file and no cell.
    file: str = ""


@dataclass
class Text:
    """The text of one lesson."""

    name: str
    cells: list[Cell] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Return the first heading."""
        first = next((cell.source for cell in self.cells if cell.kind == "markdown"), "")
        return first.partition("\n")[0].lstrip("# ").strip()

    def answers(self, exercise: str, tag: str) -> list[Cell]:
        """Return the cells of one exercise with one tag, each a whole answer: what is given comes first."""
        cells = [cell for cell in self.cells if cell.exercise == exercise and cell.tag == tag]
        return [self.whole(cell) for cell in cells]

    def whole(self, cell: Cell) -> Cell:
        """Return the cell of an answer with what its exercise gives at its top."""
        given = self.given(cell.exercise)
        if not given:
            return cell
        # The two blank lines that stand around every definition.
        gap = "\n\n\n" if re.match(r"def |class |@", cell.source) or given.splitlines()[-1][:1] == " " else "\n"
        return replace(cell, source=given + gap + cell.source)

    @property
    def files(self) -> dict[str, str]:
        """Return the files that learners edit beside the notebook, by name."""
        return {cell.file: cell.source + "\n" for cell in self.cells if cell.file}

    def given(self, exercise: str) -> str:
        """Return the code that every answer to an exercise starts with."""
        return "\n".join(cell.source for cell in self.cells if cell.exercise == exercise and cell.tag == "given")


def read_text(name: str, folder: Path = FOLDER) -> Text:
    """Read the text of a lesson. Raise :exc:`TextError` when it breaks a rule of the format."""
    path = folder / f"{name}.md"
    try:
        return parse_text(name, path.read_text("utf-8"))
    except FileNotFoundError:
        raise TextError(f"{path} is missing: a lesson is two files, {name}.md and {name}.py.") from None


def parse_text(name: str, markdown: str) -> Text:
    """Split the Markdown of a lesson into its cells."""
    lines = markdown.split("\n")
    cells: list[Cell] = []
    place = 0
    # What stands inside of a paragraph never makes a cell.
    for token in MarkdownIt("commonmark").disable("inline").parse(markdown):
        language, _, options = token.info.partition(" ")
        if token.type != "fence" or token.level or language != "python" or ".noeval" in options.split():
            continue
        start, end = token.map or (0, 0)
        if not lines[start].startswith("```"):
            raise TextError(f"{_where(name, start)}: a cell starts with ``` at the beginning of its line.")
        if end - start < 2 or not lines[end - 1].startswith(token.markup):
            raise TextError(f"{_where(name, start)}: the cell that starts here has no end: ``` is missing.")
        _add_markdown(name, cells, lines, place, start)
        cells.append(_code_cell(name, token.content.removesuffix("\n"), start + 1, options))
        place = end
    _add_markdown(name, cells, lines, place, len(lines))
    return Text(name, cells)


def _where(name: str, line: int) -> str:
    return f"lessons/{name}.md, line {line + 1}"


def _add_markdown(name: str, cells: list[Cell], lines: list[str], start: int, end: int) -> None:
    for line in range(start, end):
        # CommonMark takes a fence whose options hold a backtick for prose: the cell would vanish without a word.
        if re.match(r"```python .*`", lines[line]):
            raise TextError(f"{_where(name, line)}: the options of a cell cannot hold a backtick.")
    source = "\n".join(lines[start:end]).strip("\n")
    if source:
        cells.append(Cell("markdown", source, start + 1))


def _code_cell(name: str, source: str, line: int, options: str) -> Cell:
    where = _where(name, line - 1)
    found: dict[str, object] = {}
    place = 0
    while match := _OPTION.match(options, place):
        try:
            value = json.loads(match[2])
        except ValueError:
            raise TextError(f"{where}: the option {match[0].strip()} is no JSON text or list.") from None
        if match[1] in found or isinstance(value, list) != (match[1] == "tags"):
            raise TextError(f'{where}: write tags=["…"] and every other option once, as a text in quotes.')
        found[match[1]] = value
        place = match.end()
    if options[place:].strip():
        raise TextError(f'{where}: cannot read {options[place:].strip()!r}; options look like exercise="first_answer".')
    tags = tuple(map(str, found.pop("tags", []) or []))  # type: ignore[call-overload]
    ours = [tag for tag in tags if tag in TAGS]
    exercise, feedback, file = (str(found.pop(option, "")) for option in ("exercise", "feedback", "file"))
    if found:
        raise TextError(f"{where}: unknown option {', '.join(found)}; there are tags, exercise, feedback and file.")
    others = tuple(tag for tag in tags if tag not in TAGS)
    if near := [tag for tag in others if difflib.get_close_matches(tag, TAGS, n=1, cutoff=0.8)]:
        # A solution under a misspelled tag would be seen by every learner.
        raise TextError(f"{where}: there is no tag {near[0]}; the tags are {', '.join(TAGS)}.")
    if len(ours) > 1:
        raise TextError(f"{where}: the tags {', '.join(ours)} exclude each other.")
    tag = ours[0] if ours else ""
    if exercise and not tag:
        raise TextError(f"{where}: a cell of the exercise {exercise} must have one of the tags {', '.join(TAGS)}.")
    if tag and not exercise and tag in ("given", "variant", "mistake"):
        raise TextError(f'{where}: a cell tagged {tag} must say exercise="…".')
    if (tag == "mistake") != bool(feedback):
        raise TextError(f'{where}: a mistake, and only a mistake, says feedback="…".')
    if file and not (tag == "starter" and exercise and re.fullmatch(r"\w+\.py", file)):
        raise TextError(f'{where}: a starter of an exercise, and only that, may say file="name.py".')
    return Cell("code", source, line, tag, exercise, feedback, others, file)
