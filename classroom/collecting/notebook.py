"""Read the cells of a notebook or a script, whatever state it is in. Nothing of it is ever run."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..nbgrader import learners_source

# Bytes of one file that are read at most.
SIZE_LIMIT = 16_000_000
CELL_LIMIT = 20_000
# Characters of one cell.
TEXT_LIMIT = 40_000
_MERGE_MARK = re.compile(r"^(?:<<<<<<< .*|=======|>>>>>>> .*)\n?", re.MULTILINE)
_CELL_OF_SCRIPT = re.compile(r"^# (?:%%(?P<percent>.*)|In ?\[[ \d]*\]:\s*)$")
_TRAILING_TEXT = re.compile(r"\n\n+(?:#.*\n)*#.*\Z")
_MARKER = re.compile(r"\[(markdown|md|raw)\]")


class Unreadable(Exception):
    """A file is no notebook; the message is the name of a flag."""


@dataclass(frozen=True)
class Cell:
    """One cell: ``kind`` is code, markdown or raw; ``number`` counts from 1."""

    kind: str
    source: str
    id: str
    number: int


@dataclass
class Notebook:
    """The cells of one file, and the names of the flags that are about the whole file."""

    cells: list[Cell] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def decode(data: bytes) -> tuple[str, bool]:
    """Return the text of a file, and whether it is the UTF-8 that it should be."""
    if data[:3] == b"\xef\xbb\xbf":
        data = data[3:]
    encoding = "utf-8"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif data[:2].count(0) == 1 and len(data) > 3:
        encoding = "utf-16-be" if data[0] == 0 else "utf-16-le"
    try:
        return data.decode(encoding), encoding == "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace") if encoding == "utf-8" else data.decode(encoding, "replace"), False


def read_notebook(data: bytes) -> Notebook:
    """Return the cells of a notebook. Raise :exc:`Unreadable` where there are none to be had."""
    if not data.strip(b"\0 \t\r\n"):
        raise Unreadable("empty file")
    text, clean = decode(data)
    found = Notebook(flags=[] if clean else ["wrong encoding"])
    try:
        content = _load(text, found)
    except RecursionError:
        raise Unreadable("nested too deeply") from None
    except ValueError:
        raise Unreadable("not JSON") from None
    cells = _cells(content, found)
    if not cells:
        raise Unreadable("no cells")
    if len(cells) > CELL_LIMIT:
        found.flags.append("too many cells")
    for number, cell in enumerate(cells[:CELL_LIMIT], start=1):
        if isinstance(cell, dict):
            found.cells.append(_cell(cell, number))
    _note_metadata(content, found)
    return found


def _load(text: str, found: Notebook) -> Any:
    try:
        return json.loads(text, strict=False)
    except ValueError:
        if "<<<<<<<" not in text:
            raise
        found.flags.append("unfinished merge")
        return json.loads(_MERGE_MARK.sub("", text), strict=False)


def _cells(content: Any, found: Notebook) -> list[Any]:
    if not isinstance(content, dict):
        return []
    cells = content.get("cells")
    if not isinstance(cells, list) and isinstance(content.get("worksheets"), list):
        found.flags.append("old format")
        sheets = [sheet for sheet in content["worksheets"] if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets if isinstance(sheet.get("cells"), list) for cell in sheet["cells"]]
    return cells if isinstance(cells, list) else []


def _cell(cell: dict[str, Any], number: int) -> Cell:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    source = source.replace("\r\n", "\n").replace("\r", "\n") if isinstance(source, str) else ""
    kind, identifier = cell.get("cell_type"), cell.get("id")
    if kind == "code" and _is_locked(cell):
        source, identifier = learners_source(source), ""
    return Cell(
        kind if kind in ("code", "markdown") else "raw",
        source,
        identifier if isinstance(identifier, str) else "",
        number,
    )


def _is_locked(cell: dict[str, Any]) -> bool:
    """Tell whether nbgrader put the cell between those of a learner."""
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return isinstance(nbgrader, dict) and nbgrader.get("locked") is True


def _note_metadata(content: dict[str, Any], found: Notebook) -> None:
    metadata = content.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    name = kernel.get("name") if isinstance(kernel, dict) else None
    if isinstance(name, str) and name != "python3":
        found.flags.append("another kernel")
    ids = [cell.id for cell in found.cells if cell.id]
    if len(set(ids)) < len(ids):
        found.flags.append("cell id twice")


def is_script(data: bytes) -> bool:
    """Return whether a Python file has the marks of a notebook's cells."""
    return any(_CELL_OF_SCRIPT.match(line) for line in decode(data)[0].splitlines())


def lesson_in(beginning: bytes, lessons: Iterable[str]) -> str:
    """Return the lesson that the beginning of a damaged notebook tells of; empty where it tells of none."""
    text = decode(beginning)[0].replace("\0", "")
    told = Counter(re.findall(r'"id": ?"(\w+)-|from lessons import (\w+)', text))
    counts = {name: sum(count for names, count in told.items() if name in names) for name in lessons}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else ""


def read_script(data: bytes) -> Notebook:
    """Return the cells of a script, as Jupyter and jupytext export it; a script without marks is one cell."""
    if not data.strip(b"\0 \t\r\n"):
        raise Unreadable("empty file")
    text, clean = decode(data)
    found = Notebook(flags=[] if clean else ["wrong encoding"])
    kind, lines, number = "code", [], 0
    for line in [*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), "# %%"]:
        mark = _CELL_OF_SCRIPT.match(line)
        if not mark:
            lines.append(line)
            continue
        source = "\n".join(lines).strip("\n")
        if kind == "code":
            # Jupyter's own export writes the text behind a cell as a comment.
            source = _TRAILING_TEXT.sub("", source)
        if source and number < CELL_LIMIT:
            number += 1
            if kind != "code":
                source = "\n".join(line.removeprefix("#").removeprefix(" ") for line in source.split("\n"))
            found.cells.append(Cell(kind, source, "", number))
        named = _MARKER.search(mark["percent"] or "")
        kind, lines = ("raw" if named[1] == "raw" else "markdown") if named else "code", []
    if not found.cells:
        raise Unreadable("empty file")
    return found
