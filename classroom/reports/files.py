"""Write files so that nobody ever sees half of one, and cells that no spreadsheet runs."""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from server.tidy import visible

NAME_LENGTH = 80
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?%?|-")
# Names of devices on Windows, with or without a suffix.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_DIGESTED = re.compile(r"-[0-9a-f]{8}$", re.IGNORECASE)


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """Open a text file that takes its place when it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name[:NAME_LENGTH]}.new")
    # What cannot be encoded, half of a surrogate pair, is shown as a question mark.
    try:
        with new.open("w", encoding="utf-8", errors="replace", newline="") as file:
            yield file
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


class Table:
    """A CSV file, row by row."""

    def __init__(self, file: TextIO, titles: Iterable[str]) -> None:
        self._writer = csv.writer(file, lineterminator="\n")
        self.add(titles)

    def add(self, cells: Iterable[Any]) -> None:
        """Append a row."""
        self._writer.writerow([cell(value) for value in cells])


def cell(value: Any) -> str:
    """Return what stands in a cell: numbers without needless digits, text that a spreadsheet does not run."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:.10g}"
    text = visible(str(value)).replace("\n", " ").replace("\t", " ")
    # A formula in a name would be run by the teacher's spreadsheet. A lone dash and a number are none.
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def file_names(students: Iterable[str]) -> dict[str, str]:
    """Return a file name without a suffix for each student: harmless, unique, the student's name where it can be."""
    names = {student: _harmless(student) for student in students}
    often = Counter(name.casefold() for name in names.values())
    return {
        student: name if name == student and _is_own(name, often) else f"{name}-{_digest(student)}"
        for student, name in names.items()
    }


def _is_own(name: str, often: Mapping[str, int]) -> bool:
    """Return whether a name is neither another student's nor like one that was made with a digest."""
    return often[name.casefold()] == 1 and not _DIGESTED.search(name)


def _harmless(text: str) -> str:
    name = re.sub(r"[^\w.@+ -]+", "_", unicodedata.normalize("NFC", text)).strip(" .")[:NAME_LENGTH].strip(" .")
    if not name or name.startswith("-") or _DEVICES.match(name):
        name = f"_{name}"
    # Most file systems count bytes: 255 of them.
    return name.encode("utf-8", "replace")[: 2 * NAME_LENGTH].decode("utf-8", "ignore")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
