"""Find the students of a gradebook in the list that a learning platform exported."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

SIZE_LIMIT = 50_000_000


class RosterProblem(Exception):
    """A platform's file cannot be used; the message says why and what to do."""


def read_table(path: Path) -> list[list[str]]:
    """Return the rows of a CSV file, whose cells are separated by commas, semicolons or tabs."""
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise RosterProblem(f"{path} is too large for a list of students.")
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise RosterProblem(f"{path} is no text in UTF-8: export it again as CSV.") from None
    except OSError as error:
        raise RosterProblem(f"{path} cannot be read: {error.strerror}.") from None
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        rows = [row for row in csv.reader(text.splitlines(keepends=True), delimiter=separator) if any(row)]
    except csv.Error as error:
        raise RosterProblem(f"{path} is no CSV file: {error}.") from None
    if not rows:
        raise RosterProblem(f"{path} is empty: export it again.")
    width = len(rows[0])
    return [rows[0], *([*row, *[""] * (width - len(row))][:width] for row in rows[1:])]


class Roster:
    """The students of a platform. Each is known by names, numbers and addresses."""

    def __init__(self) -> None:
        self._rows: dict[str, set[int]] = {}

    def add(self, row: int, known_as: Iterable[str]) -> None:
        """Note what the student in a row is called."""
        for name in known_as:
            # Many are called like the first part of their address.
            for key in _keys(name) + (_keys(name.partition("@")[0]) if "@" in name else []):
                self._rows.setdefault(key, set()).add(row)

    def find(self, student: str) -> int | None:
        """Return the row of a student; None where there is none, or where more than one could be meant."""
        # The whole name says more than its parts: "Ann Meyer" before the number in "Ann Meyer_1234".
        parts = [part for part in re.split(r"[\s_()\[\],;]+", student) if len(part) > 2]
        for keys in (_keys(student), [key for part in parts for key in _keys(part)]):
            rows = set().union(*(self._rows.get(key, ()) for key in keys))
            if rows:
                return rows.pop() if len(rows) == 1 else None
        return None


def _keys(name: str) -> list[str]:
    """Return the forms of a name that are compared: its letters, and its words in any order."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    words = re.findall(r"\w+", "".join(letter for letter in plain if not unicodedata.combining(letter)))
    return [f"letters {''.join(words)}", f"words {' '.join(sorted(words))}"] if words else []


def on_scale(points: float, reachable: float, scale: float) -> float:
    """Return points on another scale."""
    return round(points * scale / reachable, 2) if reachable else 0


def number(text: str) -> float | None:
    """Return the number in a cell; None where there is none."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None
