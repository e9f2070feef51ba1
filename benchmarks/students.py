"""The class that the benchmarks grade: ours as a folder, and the same answers for nbgrader and otter."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from classes import Student, make_class, points_of, source_of, write  # noqa: E402

from lessons import lesson  # noqa: E402

# Students are drawn one by one. In otter all points of an answer count or none: those who get a part are left out.
SEEDS = range(1000)
# So many differ from each other in a class that is measured for its size.
DRAWN = 10


def handed_in(students: int, name: str, folder: Path) -> Path:
    """Write a class of ours. Return its folder.

    The same students answer again and again, under other names: a larger class differs in its size and nothing else.
    """
    drawn = make_class(DRAWN, [name])
    room = [
        replace(drawn[number % DRAWN], name=f"student {number}", number=100_000 + number) for number in range(students)
    ]
    return write(room, folder, "folders")


def comparable(students: int, name: str) -> list[Student]:
    """Return a class in which every answer gets all points or none."""
    found: list[Student] = []
    for seed in SEEDS:
        (student,) = make_class(1, [name], seed)
        worth = {identifier: points_of(identifier, cell) for identifier, cell in student.drawn.items()}
        known = lesson(name).exercises
        if all(points in (0, known[key.partition(".")[2]].points) for key, points in worth.items()):
            student.name = f"student {len(found)}"
            found.append(student)
        if len(found) == students:
            return found
    raise SystemExit(f"The answers to {name} get parts of their points: choose another lesson.")


def answers(student: Student, name: str) -> dict[str, str]:
    """Return what a student answers, by exercise."""
    known = lesson(name).exercises
    return {key: source_of(student.notebooks[name], f"{name}-{key}"[:64]) for key in known}
