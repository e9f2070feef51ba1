"""Read all that one student handed in, within limits, and make the submissions of it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import Any

from lessons import LESSONS, lesson

from ..flags import flag
from ..submission import Flag, Source, Submission
from .answers import sources_of
from .archives import Closed
from .files import Handed
from .matched import Candidate, Key, Matched
from .matching import match
from .modules import Modules
from .notebook import SIZE_LIMIT, Notebook, Unreadable, is_script, lesson_in, read_notebook, read_script
from .released import released
from .students import Student, lesson_of_name

# What is read of one student at most: bytes, files, and characters of code.
BYTES_LIMIT = 64_000_000
FILES_LIMIT = 300
CODE_LIMIT = 1_500_000
_NOTEBOOKS = (".ipynb", ".ipynb.txt", ".ipynb.json", ".json", ".py")


class Reading:
    """What one student handed in."""

    def __init__(self, student: Student) -> None:
        self.student = student
        self.flags: list[Flag] = [flag(name) for name in student.flags]
        # By lesson: the files that belong to it.
        self.files: dict[str, list[str]] = defaultdict(list)
        self._matched: list[tuple[str, Matched]] = []
        self._modules = Modules()
        # Files that stand beside a notebook and belong to it.
        self._beside: set[str] = set()
        self._code_left = CODE_LIMIT
        for handed in student.files:
            self._note(handed.where, *handed.flags)
        self._read(self._chosen())
        self._take_files()

    @property
    def lessons(self) -> list[str]:
        """Return the lessons of which there is anything."""
        return sorted((name for name, files in self.files.items() if files), key=LESSONS.index)

    def submissions(self, guess: str) -> list[Submission]:
        """Return one submission for each lesson; for the lesson ``guess`` where nothing tells of any."""
        if not self.lessons:
            self._note("", "lesson guessed")
        return [self._submission(name) for name in self.lessons or [guess]]

    def _note(self, about: str, *names: str, detail: str = "") -> None:
        self.flags += [flag(name, about, detail) for name in names]

    # Files

    def _chosen(self) -> list[Handed]:
        """Return the files to read, in a fixed order; Jupyter's backup copies only where there is nothing else."""
        files = sorted((one for one in self.student.files if not one.is_folder), key=lambda one: one.where)
        notebooks = [one for one in files if _is_notebook(one)]
        chosen = [one for one in notebooks if not one.is_checkpoint]
        if not any(one.suffix != ".py" for one in chosen):
            copies = [one for one in notebooks if one.is_checkpoint and one.suffix != ".py"]
            chosen += copies
            for one in copies:
                self._note(one.where, "only a checkpoint")
        for one in files:
            if not _is_notebook(one) and not one.flags:
                self._note(one.where, "not a notebook")
        if not chosen:
            self._note(self.student.name, "nothing handed in")
        if len(chosen) > FILES_LIMIT:
            self._note(self.student.name, "too many files")
        return chosen[:FILES_LIMIT]

    def _read(self, chosen: list[Handed]) -> None:
        left = BYTES_LIMIT
        seen: dict[bytes, str] = {}
        for handed in chosen:
            try:
                if handed.size > SIZE_LIMIT:
                    raise Closed("too large")
                if handed.size > left:
                    raise Closed("too much in all")
                data = handed.read()
                left -= len(data)
                digest = hashlib.sha256(data).digest()
                if digest in seen:
                    self._note(handed.where, "file twice", detail=f"The other is {seen[digest]}.")
                    continue
                seen[digest] = handed.where
                self._take(handed, data)
            except (Closed, Unreadable) as problem:
                if str(problem) not in handed.flags:
                    self._note(handed.where, str(problem))
                self._guess_lesson(handed)

    def _take(self, handed: Handed, data: bytes) -> None:
        if handed.suffix == ".py":
            self._modules.add(handed.where, data)
            notebook = read_script(data)
            if is_script(data):
                self._note(handed.where, "script")
            else:
                self._take_plain_file(handed.where, notebook)
                return
        else:
            notebook = read_notebook(data)
            for cell in notebook.cells:
                self._modules.add_written(handed.where, cell.source)
        self._note(handed.where, *notebook.flags)
        matched = self._match(handed.where, notebook)
        for name, about in matched.flags:
            self._note(handed.where, name, detail=f"It is about {about}.")
        if len(matched.home) > 1:
            self._note(handed.where, "several lessons in one notebook")
        if not matched.lessons:
            self._guess_lesson(handed)

    def _take_plain_file(self, where: str, notebook: Notebook) -> None:
        """Take a Python file without marks of cells: it may hold one answer, or be a module."""
        found = self._match(where, notebook).candidates
        for key in [key for key in found if released(key[0]).exercises[key[1]].is_file]:
            # These are taken with the files beside them.
            del found[key]
        if not any(found.values()):
            self._matched.pop()

    def _match(self, where: str, notebook: Notebook) -> Matched:
        matched = match(notebook, self._code_left)
        self._code_left -= matched.size
        self._matched.append((where, matched))
        return matched

    def _guess_lesson(self, handed: Handed) -> None:
        """Take the lesson of a file that cannot be read from its beginning, else from its name."""
        try:
            told = lesson_in(handed.peek(), LESSONS)
        except Closed:
            told = ""
        if not told and (told := lesson_of_name(handed.parts[-1])):
            self._note(handed.where, "lesson told by the file name")
        if told:
            self.files[told].append(handed.where)

    def _take_files(self) -> None:
        """Sort the files by lesson, and take the answers that are files of their own."""
        for where, key, candidate in self._modules.answers():
            self._beside.add(where)
            found = Matched([key[0]], set(), {key: [candidate]} if candidate else {}, set() if candidate else {key})
            self._matched.append((where, found))
        for where, matched in self._matched:
            for name in matched.lessons:
                if where not in self.files[name]:
                    self.files[name].append(where)

    # Submissions

    def _submission(self, name: str) -> Submission:
        elsewhere = {where for files in self.files.values() for where in files} - set(self.files[name])
        flags = [one for one in self.flags if one.about not in elsewhere]
        predictions: dict[str, Any] = {}
        seen: set[Key] = set()
        found: dict[str, list[tuple[str, Candidate]]] = defaultdict(list)
        for where, matched in self._matched:
            seen |= matched.seen
            for (of, exercise), candidates in matched.candidates.items():
                if of == name:
                    found[exercise] += [(where, self._with_modules(where, candidate)) for candidate in candidates]
            for (of, question), value in matched.predictions.items():
                if of == name:
                    predictions.setdefault(question, value)
        answers: dict[str, tuple[Source, ...]] = {}
        for exercise in lesson(name).exercises:
            is_file = lesson(name).exercises[exercise].is_file
            # Exercises that are answered in one file share its flags.
            about = next(iter(lesson(name).text.files)) if is_file else f"{name}.{exercise}"
            if found[exercise]:
                sources, odd = sources_of(found[exercise])
                answers |= {exercise: sources} if sources else {}
                elsewhere = any(
                    matched.home and name not in matched.home
                    for _, matched in self._matched
                    if matched.candidates.get((name, exercise))
                )
                odd += ["answer in another notebook"] if elsewhere else []
                flags += [flag(one, about) for one in odd]
            elif (name, exercise) not in seen and any(name in matched.home for _, matched in self._matched):
                flags.append(flag("file missing" if is_file else "cell missing", about))
        if len(set(self.files[name]) - self._beside) > 1:
            flags.append(flag("several files", name))
        unique = tuple(dict.fromkeys(flags))
        return Submission(self.student.name, name, answers, predictions, unique, tuple(self.files[name]))

    def _with_modules(self, where: str, candidate: Candidate) -> Candidate:
        if candidate.modules:
            return candidate
        modules = self._modules.needed_by(where, (candidate.text, *candidate.before))
        return Candidate(candidate.text, candidate.cells, candidate.before, candidate.flags, modules)


def _is_notebook(handed: Handed) -> bool:
    return handed.parts[-1].lower().endswith(_NOTEBOOKS)
