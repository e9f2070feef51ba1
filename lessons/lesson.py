"""A lesson as a notebook sees it: its exercises, its questions, and how far the learner has come."""

from __future__ import annotations

import difflib
from functools import cached_property
from types import ModuleType
from typing import Any

from checks import Exercise, Question
from checks.progress import progress

from .glance import Glance
from .text import FOLDER, Text, read_text


class Lesson:
    """One lesson. Tab completion lists its exercises and questions."""

    def __init__(self, name: str, module: ModuleType) -> None:
        self.name = name
        self.exercises: dict[str, Exercise] = {}
        self.questions: dict[str, Question] = {}
        for key, value in vars(module).items():
            if isinstance(value, Exercise):
                value.find_solution = lambda key=key: self._solution(key)  # type: ignore[misc]
                value.find_given = lambda key=key: self.text.given(key)  # type: ignore[misc]
                self.exercises[key] = value
            elif isinstance(value, Question):
                value.id = f"{name}.{key}"
                self.questions[key] = value

    @cached_property
    def text(self) -> Text:
        """Return the lesson's text."""
        return read_text(self.name)

    def progress(self) -> Glance:
        """Show this lesson at a glance: predictions, exercises, points."""
        return Glance(self.name, self.exercises, self.questions, progress())

    def _solution(self, exercise: str) -> str | None:
        if not (FOLDER / f"{self.name}.md").exists():
            return None
        if self.exercises[exercise].is_file:
            return _solution_in_files(next(iter(self.text.files), ""))
        cells = self.text.answers(exercise, "solution")
        return cells[0].source if cells else None

    def __getattr__(self, name: str) -> Any:
        known = {**vars(self).get("exercises", {}), **vars(self).get("questions", {})}
        if name in known:
            return known[name]
        near = difflib.get_close_matches(name, known, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise AttributeError(f"The lesson {vars(self).get('name', '')} has no exercise or question {name!r}.{hint}")

    def __dir__(self) -> list[str]:
        return [*self.exercises, *self.questions, "progress"]

    def __repr__(self) -> str:
        return f"<lesson {self.name}: {len(self.exercises)} exercises, {len(self.questions)} questions>"


def _solution_in_files(name: str) -> str | None:
    """Return the model answer where an answer is a file: that file, or all files of the package in its place."""
    place = FOLDER.parent / "solutions" / name
    package = place.with_suffix("")
    files = [place] if place.is_file() else sorted(package.glob("*.py"))
    shown = [f"# {file.relative_to(place.parent).as_posix()}\n{file.read_text('utf-8')}" for file in files]
    return "\n\n".join(shown) or None
