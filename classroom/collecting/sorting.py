"""Sort the steps of one notebook: whose lessons' they are, and which of them are the student's own."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from lessons import LESSONS, lesson

from .matched import Key
from .notebook import Cell
from .released import Exercise, released
from .source import Code, normal, plain
from .steps import CHECK, CODE, TEXT, Step, steps_of

# Pieces of code of one notebook that are recognised by their content.
CONTENT_LIMIT = 200
# Different cells with the same id that are read.
COPIES_LIMIT = 50


class Sorted:
    """The steps of a notebook, and what each of them is."""

    def __init__(self, cells: Iterable[Cell], limit: int) -> None:
        # The exercises of which more cells were handed in than are read.
        self.too_often: set[Key] = set()
        # The first cell that is not read any more, because those before it hold so much.
        self.unread = ""
        self.steps, imported = steps_of(self._few(cells, limit), LESSONS, limit)
        self.ids = [key_of(step.cell.id) for step in self.steps]
        # Those of the lessons whose notebook it is, and not just a single answer.
        self.home: set[str] = set()
        self.lessons = self._lessons(imported)
        # The exercises whose cell is there, be it untouched.
        self.seen: set[Key] = set()
        # By the place of a step: whether it is the student's own code, and whether it ends a run of cells.
        self.own: list[bool] = []
        self.breaks: list[bool] = []
        self._owners: dict[int, list[Key]] = {}
        if self.lessons:
            self._sort()

    def _few(self, cells: Iterable[Cell], left: int) -> Iterator[Cell]:
        """Give the cells, but of those with the same id only so many: copies must not keep others from being read."""
        copies: dict[str, set[str]] = defaultdict(set)
        for cell in cells:
            same = copies[cell.id]
            if (key := key_of(cell.id)) and len(same) >= COPIES_LIMIT and cell.source not in same:
                self.too_often.add(key)
                continue
            same.add(cell.source)
            left -= len(cell.source)
            if left <= 0 and cell.source and not self.unread:
                self.unread = f"cell {cell.number}"
            yield cell

    def _lessons(self, imported: set[str]) -> list[str]:
        """Return the lessons that ids, imports and checks tell of; where they tell of none, the text does."""
        counts = Counter(key[0] for key in self.ids if key)
        found = {name for name, count in counts.items() if count >= 3} | imported
        self.home = set(found)
        found |= {key[0] for key in self.ids if key and key[1] in lesson(key[0]).exercises}
        found |= {step.piece.lesson or lesson_of(step.piece.name) for step in self.steps if step.kind == CHECK}
        found &= set(LESSONS)
        if not found:
            texts = {step.code.normal for step in self.steps}
            alike = {name: len(texts & (released(name).headings | released(name).demos)) for name in LESSONS}
            best = max(alike, key=lambda name: alike[name])
            found = {best} if alike[best] else set()
        if not found:
            code = [step.code for step in self.steps if step.kind == CODE][:CONTENT_LIMIT]
            found = {key[0] for one in code for key in best_for(one, LESSONS)[:1]}
        self.home = self.home or found
        return sorted(found, key=LESSONS.index)

    @cached_property
    def questions(self) -> dict[str, str]:
        """Return the lesson of every question that may be predicted here."""
        return {question: name for name in self.lessons for question in released(name).questions}

    def exercise(self, key: Key | None) -> Exercise | None:
        """Return the exercise of a key, where it is one of these lessons."""
        return released(key[0]).exercises.get(key[1]) if key and key[0] in self.lessons else None

    def _sort(self) -> None:
        """Tell the student's own code from what was handed out, and find what ends a run of cells."""
        lessons = [released(name) for name in self.lessons]
        for step, key in zip(self.steps, self.ids, strict=True):
            text = step.code.normal
            if any(normal(step.cell.source) in one.headings for one in lessons):
                own, breaks = False, True
            elif step.kind == TEXT:
                own, breaks = False, key is not None or step.cell.source.startswith("#")
            elif step.kind == CHECK:
                own, breaks = False, True
            else:
                starters = {(one.name, name) for one in lessons for name in one.starters.get(text, ())}
                self.seen |= {key} if key in starters else starters
                breaks = not starters and any(text in one.demos for one in lessons)
                own = not starters and not breaks and not self._is_prediction(step, key)
            self.own.append(own)
            self.breaks.append(breaks)

    def _is_prediction(self, step: Step, key: Key | None) -> bool:
        if key and key[0] in self.lessons and key[1] in released(key[0]).questions:
            return True
        return step.code.facts.bound == {"prediction"} == set(step.code.facts.literals)

    def owners_of(self, place: int) -> list[Key]:
        """Return the exercises that a step may answer by its content, best first."""
        if place not in self._owners:
            full = len(self._owners) >= CONTENT_LIMIT
            self._owners[place] = [] if full else best_for(self.steps[place].code, self.lessons)
        return self._owners[place]

    def speaks_for(self, place: int, key: Key) -> bool:
        """Return whether anything in a step speaks for its being an answer to an exercise."""
        exercise = self.exercise(key)
        return bool(exercise and exercise.evidence(self.steps[place].code))

    def joined(self, run: list[int]) -> Code:
        """Return the code of some steps as one."""
        codes = [self.steps[place].code for place in run]
        if len(codes) > 1 and any(code.raw or not code.is_python for code in codes):
            # Only together they are Python.
            together = plain("\n".join(code.raw or code.text for code in codes))
            if together.is_python:
                return together
        return Code("\n".join(code.text for code in codes))


def key_of(identifier: str) -> Key | None:
    """Return the lesson and the exercise that the id of a cell names."""
    name, _, rest = identifier.partition("-")
    return (name, rest) if name in LESSONS and rest else None


def lesson_of(name: str, among: Iterable[str] = LESSONS) -> str:
    """Return the lesson that has an exercise or a question of a name."""
    return next((one for one in among if name in lesson(one).exercises or name in lesson(one).questions), "")


def best_for(code: Code, lessons: Iterable[str]) -> list[Key]:
    """Return the exercises that a piece of code may answer, best first; more than one where it is a near thing."""
    if not (code.facts.routes or code.facts.bound):
        return []
    found = [
        (evidence, exercise)
        for name in lessons
        for exercise in released(name).exercises.values()
        if (evidence := exercise.evidence(code))
    ]
    if len(found) > 1:
        found = [(evidence + exercise.likeness(code), exercise) for evidence, exercise in found]
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [(one.lesson, one.name) for evidence, one in found if evidence >= found[0][0] - 0.15][:3]
