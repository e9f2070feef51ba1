"""Collect what a class handed in: whatever a teacher has, sorted into the answers of each student to each lesson."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from lessons import LESSONS

from .collecting.archives import Shelf
from .collecting.files import find
from .collecting.reading import Reading
from .collecting.students import by_student
from .flags import flag
from .submission import Flag, Submission


@dataclass
class Collection:
    """What was handed in."""

    # Sorted by student, then in the order of the lessons. Every student who was found has at least one.
    submissions: list[Submission]
    # About files that are no submission.
    flags: list[Flag] = field(default_factory=list)


def collect(path: Path) -> Collection:
    """Read what a class handed in: a folder, an archive or a single notebook. Nothing of it is run.

    Raise :exc:`OSError` where there is nothing at the path; never for what students handed in.
    """
    path.stat()
    with Shelf() as shelf:
        students, nobodys = by_student(list(find(path, shelf)))
        read = [Reading(student) for student in students]
    usual = Counter(name for one in read for name in one.lessons)
    guess = max(LESSONS, key=lambda name: (usual[name], -LESSONS.index(name)))
    submissions = [submission for one in read for submission in one.submissions(guess)]
    flags = [
        flag(name, handed.where)
        for handed in nobodys
        for name in handed.flags or ([] if handed.is_folder else ["not a notebook"])
    ]
    return Collection(submissions, flags)
