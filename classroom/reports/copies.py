"""Find answers that are alike where answers are seldom alike: the same unusual program, whatever its names are."""

from __future__ import annotations

import ast
import hashlib
import re
import warnings
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any

from lessons import LESSONS, lesson

# Parts of a program, as Python's grammar counts them. Shorter answers are alike by chance.
SMALLEST = 30
# Characters: an answer that is longer is compared letter by letter.
LONGEST = 50_000
# So many students, or this share of those who answered: what more of them wrote is usual.
FEW, SHARE = 3, 0.1


@dataclass(frozen=True)
class Print:
    """What is left of a program when names of its own, comments and layout are taken away."""

    digest: str
    size: int


def fingerprint(source: str, taken: frozenset[str] = frozenset()) -> Print:
    """Return the print of a source. The statements in ``taken`` (their prints) do not count for its size."""
    try:
        if len(source) > LONGEST:
            raise ValueError("too long to be looked at closely")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            statements = ast.parse(source).body
        prints = [(_statement(node), sum(1 for _ in ast.walk(node))) for node in statements]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # No program: what a reader sees, without comments and white space.
        bare = re.sub(r"#[^\n]*|\s+", "", source)
        return Print(_digest(bare), len(bare) // 4)
    return Print(
        _digest("\n".join(text for text, _ in prints)), sum(size for text, size in prints if text not in taken)
    )


def _statement(node: ast.stmt) -> str:
    """Return a statement as text in which its own names are numbered and documentation is left out."""
    own: dict[str, str] = {}
    for part in ast.walk(node):
        if isinstance(part, ast.arg):
            own.setdefault(part.arg, f"name {len(own)}")
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            own.setdefault(part.id, f"name {len(own)}")
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            own.setdefault(part.name, f"name {len(own)}")
            if ast.get_docstring(part) is not None:
                part.body = part.body[1:] or [ast.Pass()]
    for part in ast.walk(node):
        if isinstance(part, ast.arg):
            part.arg = own[part.arg]
        elif isinstance(part, ast.Name):
            part.id = own.get(part.id, part.id)
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            part.name = own[part.name]
    return ast.dump(node)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@cache
def _known(identifier: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the prints of what the course itself says about an exercise, and the statements of its starter."""
    name, _, exercise = identifier.partition(".")
    if name not in LESSONS:
        return frozenset(), frozenset()
    text = lesson(name).text
    starters = text.answers(exercise, "starter")
    taken = frozenset(_statement(node) for cell in starters for node in ast.parse(cell.source).body)
    cells = [cell for cell in text.cells if cell.exercise == exercise and cell.kind == "code" and cell.tag]
    sources = [source for cell in cells for source in (cell.source, text.whole(cell).source)]
    return frozenset(fingerprint(source).digest for source in sources), taken


class Copies:
    """Collect answers, then tell which of them are alike."""

    def __init__(self) -> None:
        self._answers: dict[str, int] = defaultdict(int)
        # By exercise and print: the students, and a digest of the very letters.
        self._students: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)

    def add(self, student: str, exercise: str, source: str) -> None:
        """Note an answer. What the course itself says, and what is short, is nobody's copy."""
        known, taken = _known(exercise)
        self._answers[exercise] += 1
        found = fingerprint(source, taken)
        if found.size >= SMALLEST and found.digest not in known:
            self._students[exercise, found.digest].append((student, _digest(source.strip())))

    def groups(self) -> list[dict[str, Any]]:
        """Return who handed in the same unusual answers, those with the most in common first."""
        together: dict[tuple[str, ...], list[tuple[str, bool]]] = defaultdict(list)
        for (exercise, _), answers in self._students.items():
            students = tuple(sorted({student for student, _ in answers}))
            if 1 < len(students) <= max(FEW, SHARE * self._answers[exercise]):
                literally = len({letters for _, letters in answers}) == 1
                together[students].append((exercise, literally))
        groups = [
            {
                "students": list(students),
                "exercises": sorted(exercise for exercise, _ in shared),
                "to_the_letter": sorted(exercise for exercise, literally in shared if literally),
            }
            for students, shared in together.items()
        ]
        return sorted(groups, key=lambda group: (-len(group["exercises"]), group["students"]))
