"""Collect what a class handed in: whatever a teacher has, sorted into the answers of each student to each lesson."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lessons import LESSONS, lesson

from .collecting.answers import sources_of
from .collecting.archives import Closed
from .collecting.files import Handed, find
from .collecting.matching import Candidate, Key, Matched, match
from .collecting.notebook import Unreadable, read_notebook, read_script
from .collecting.students import Student, by_student, lesson_of_name
from .flags import flag
from .submission import Flag, Source, Submission

# Bytes and files of one student that are read at most.
STUDENT_BYTES = 64_000_000
STUDENT_FILES = 300


@dataclass
class Collection:
    """What was handed in."""

    # Sorted by student, then in the order of the lessons.
    submissions: list[Submission]
    # About files that are no submission.
    flags: list[Flag] = field(default_factory=list)


def collect(path: Path) -> Collection:
    """Read what a class handed in. Raise :exc:`OSError` only where there is nothing at the path."""
    path.stat()
    students, nobodys = by_student(list(find(path)))
    flags = [flag(name, handed.where) for handed in nobodys for name in handed.flags or _of_no_student(handed)]
    read = [_Reading(student) for student in students]
    usual = Counter(name for one in read for name in one.lessons)
    guess = max(LESSONS, key=lambda name: (usual[name], -LESSONS.index(name)))
    submissions = [submission for one in read for submission in one.submissions(guess)]
    return Collection(submissions, flags)


def _of_no_student(handed: Handed) -> list[str]:
    return [] if handed.is_folder else ["not a notebook"]


class _Reading:
    """All that one student handed in."""

    def __init__(self, student: Student) -> None:
        self.student = student
        self.flags: list[Flag] = [flag(name) for name in student.flags]
        # By the notebook's place: what was found in it.
        self.matched: dict[str, Matched] = {}
        self.files_of: dict[str, list[str]] = defaultdict(list)
        self.modules: dict[str, str] = {}
        self._read_files()
        self.lessons = {name for matched in self.matched.values() for name in matched.lessons} | set(self.files_of)

    def _read_files(self) -> None:
        files = [handed for handed in self.student.files if not handed.is_folder]
        for handed in self.student.files:
            self.flags += [flag(name, handed.where) for name in handed.flags]
        notebooks = [handed for handed in files if not handed.is_checkpoint and _is_notebook(handed)]
        if not notebooks:
            notebooks = [handed for handed in files if _is_notebook(handed)]
            self.flags += [flag("only a checkpoint", handed.where) for handed in notebooks]
        others = [one for one in files if not _is_notebook(one) and not one.is_checkpoint and not one.flags]
        self.flags += [flag("not a notebook", handed.where) for handed in others]
        if not notebooks:
            self.flags.append(flag("nothing handed in"))
        if len(notebooks) > STUDENT_FILES:
            self.flags.append(flag("too many files", self.student.name))
        left = STUDENT_BYTES
        seen: dict[str, str] = {}
        for handed in notebooks[:STUDENT_FILES]:
            try:
                data = handed.read() if handed.size <= left else _too_many()
                left -= len(data)
                digest = hashlib.sha256(data).hexdigest()
                if digest in seen:
                    self.flags.append(flag("file twice", handed.where, f"The other is {seen[digest]}."))
                    continue
                seen[digest] = handed.where
                self._match(handed, data)
            except (Closed, Unreadable) as problem:
                self._note_unreadable(handed, str(problem))

    def _match(self, handed: Handed, data: bytes) -> None:
        notebook = read_script(data) if handed.suffix == ".py" else read_notebook(data)
        matched = match(notebook)
        self.flags += [flag(name, handed.where) for name in notebook.flags]
        self.flags += [flag(name, handed.where, f"It is about {about}.") for name, about in matched.flags]
        if len(matched.lessons) > 1:
            self.flags.append(flag("several lessons in one notebook", handed.where))
        if not matched.lessons and (told := lesson_of_name(handed.parts[-1])):
            self.flags.append(flag("lesson told by the file name", handed.where))
            matched.lessons = [told]
        self.matched[handed.where] = matched
        for name in matched.lessons:
            self.files_of[name].append(handed.where)

    def _note_unreadable(self, handed: Handed, name: str) -> None:
        if name not in handed.flags:
            self.flags.append(flag(name, handed.where))
        if told := lesson_of_name(handed.parts[-1]):
            self.files_of[told].append(handed.where)

    def submissions(self, guess: str) -> list[Submission]:
        """Return one submission for each lesson; for the lesson ``guess`` where nothing tells of any."""
        lessons = sorted(self.lessons, key=LESSONS.index)
        if not lessons:
            self.flags.append(flag("lesson guessed"))
            lessons = [guess]
        return [self._submission(name) for name in lessons]

    def _submission(self, name: str) -> Submission:
        found: dict[str, list[tuple[str, Candidate]]] = defaultdict(list)
        predictions: dict[str, Any] = {}
        flags = list(self.flags)
        untouched: set[Key] = set()
        for where, matched in self.matched.items():
            untouched |= matched.untouched
            for key, candidates in matched.candidates.items():
                if key[0] == name:
                    found[key[1]] += [(where, candidate) for candidate in candidates]
            for (of, question), value in matched.predictions.items():
                if of == name:
                    predictions.setdefault(question, value)
        answers: dict[str, tuple[Source, ...]] = {}
        for exercise in lesson(name).exercises:
            if found[exercise]:
                sources, odd = sources_of(found[exercise])
                answers |= {exercise: sources} if sources else {}
                flags += [flag(one, f"{name}.{exercise}") for one in odd]
            elif (name, exercise) not in untouched and self.files_of[name]:
                flags.append(flag("cell missing", f"{name}.{exercise}"))
        if len(self.files_of[name]) > 1:
            flags.append(flag("several files", name))
        unique = tuple(dict.fromkeys(flags))
        return Submission(self.student.name, name, answers, predictions, unique, tuple(self.files_of[name]))


def _too_many() -> bytes:
    raise Closed("too many files")


def _is_notebook(handed: Handed) -> bool:
    name = handed.parts[-1].lower()
    return name.endswith((".ipynb", ".ipynb.txt", ".ipynb.json", ".py", ".json"))
