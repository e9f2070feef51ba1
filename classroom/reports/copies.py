"""Find answers that are alike where answers are seldom alike: the same unusual program, whatever its names are."""

from __future__ import annotations

import dis
import hashlib
import re
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import CodeType
from typing import Any

from lessons import LESSONS, lesson

# Instructions of Python beyond those of the starter. Shorter answers are alike by chance.
SMALLEST = 30
# Characters: an answer that is longer is compared letter by letter.
LONGEST = 50_000
# So many students, or this share of those who answered: what more of them wrote is usual.
FEW, SHARE = 3, 0.1
_NOTHING = dis.opmap["NOP"]
_STORING = {dis.opmap["STORE_NAME"], dis.opmap["STORE_GLOBAL"]}


@dataclass(frozen=True)
class Print:
    """What is left of a program when names of its own, comments and layout are taken away."""

    digest: str
    size: int


def fingerprint(source: str) -> Print:
    """Return the print of a source: of what Python makes of it, in which comments, layout and local names are gone."""
    try:
        if len(source) > LONGEST:
            raise ValueError("too long to be looked at closely")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # 2 leaves out what is documentation.
            code = compile(source, "", "exec", dont_inherit=True, optimize=2)
        own: dict[str, str] = {}
        size, parts = 0, []
        for block in _blocks(code):
            instructions = _instructions(block)
            size += len(instructions)
            parts += [repr(instructions), *_names(block, instructions, own), *map(repr, _constants(block))]
        return Print(_digest("\n".join(parts)), size)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # No program: what a reader sees, without comments and white space.
        bare = re.sub(r"#[^\n]*|\s+", "", source)
        return Print(_digest(bare), len(bare) // 4)


def _blocks(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of a module and of all functions and classes in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _blocks(constant)


def _instructions(block: CodeType) -> list[tuple[int, int]]:
    """Return the instructions of a block. Where documentation was left out, one that does nothing may stand."""
    pairs = zip(block.co_code[::2], block.co_code[1::2], strict=True)
    return [pair for pair in pairs if pair[0] != _NOTHING]


def _names(block: CodeType, instructions: list[tuple[int, int]], own: dict[str, str]) -> list[str]:
    """Return the names that a block uses. Those that the source itself makes are numbered."""
    for instruction, argument in instructions:
        if instruction in _STORING:
            own.setdefault(block.co_names[argument % len(block.co_names)], f"name {len(own)}")
    return [own.get(name, name) for name in block.co_names]


def _constants(block: CodeType) -> list[Any]:
    # The name of a class is a constant of its body.
    return [constant for constant in block.co_consts if not isinstance(constant, CodeType | str)] + [
        constant for constant in block.co_consts if isinstance(constant, str) and constant != block.co_qualname
    ]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@cache
def _known(identifier: str) -> tuple[frozenset[str], int]:
    """Return the prints of what the course itself says about an exercise, and the size of its starter."""
    name, _, exercise = identifier.partition(".")
    if name not in LESSONS:
        return frozenset(), 0
    text = lesson(name).text
    cells = [cell for cell in text.cells if cell.exercise == exercise and cell.kind == "code" and cell.tag]
    sources = [source for cell in cells for source in (cell.source, text.whole(cell).source)]
    starters = [fingerprint(cell.source).size for cell in text.answers(exercise, "starter")]
    return frozenset(fingerprint(source).digest for source in sources), max(starters, default=0)


class Copies:
    """Collect answers, then tell which of them are alike."""

    def __init__(self) -> None:
        self._answers: dict[str, int] = defaultdict(int)
        # By exercise and print: the students, and a digest of the very letters.
        self._students: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)

    def add(self, student: str, exercise: str, source: str) -> None:
        """Note an answer. What the course itself says, and what is short, is nobody's copy."""
        known, starter = _known(exercise)
        self._answers[exercise] += 1
        found = fingerprint(source)
        if found.size >= starter + SMALLEST and found.digest not in known:
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
