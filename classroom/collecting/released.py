"""What a lesson hands out: its cells, and what marks an answer to each of its exercises."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property

from checks.factory import Factory
from checks.function import Function
from lessons import LESSONS, lesson

from .facts import NOT_LITERAL, literal, parse
from .notebook import Cell
from .source import Code, normal
from .steps import CODE, steps_of


@dataclass
class Exercise:
    """What marks an answer to one exercise."""

    lesson: str
    name: str
    # What is handed out, what is right, and what is known as wrong.
    given: str
    starter: str
    answers: list[str]
    # The names that its check reaches, in the order in which it takes them.
    subjects: tuple[str, ...]
    functions: frozenset[str]
    # Whether an answer is a file beside the notebook.
    is_file: bool = False

    @cached_property
    def starters(self) -> set[str]:
        """Return what an untouched cell looks like, with or without what is given."""
        texts = {self.starter, self.starter.removeprefix(self.given)}
        return {normal(text) for text in texts} - {""}

    @cached_property
    def codes(self) -> list[Code]:
        """Return the answers that are known."""
        return [Code(text) for text in (self.starter, *self.answers)]

    @cached_property
    def routes(self) -> set[str]:
        """Return the routes of its answers."""
        return set().union(*(code.facts.routes for code in self.codes))

    @cached_property
    def names(self) -> set[str]:
        """Return the names that its answers define, the app's aside."""
        return (set(self.subjects) | Code(self.given).facts.bound | self.codes[0].facts.bound) - {"app"}

    def evidence(self, code: Code) -> float:
        """Return how much speaks for a piece of code being an answer: below 1 is not enough."""
        routes = {route for route in code.facts.routes if route in self.routes or _any(route, self.routes)}
        functions = bool(self.functions) and self.functions <= code.facts.defined
        if not routes and not functions:
            return 0.0
        strength = 1.0 + functions
        if self.routes:
            strength += len(routes) / len(self.routes | code.facts.routes)
        if self.names:
            strength += len(self.names & (code.facts.bound | code.facts.used)) / len(self.names)
        return strength

    def likeness(self, code: Code) -> float:
        """Return how near a piece of code is to what is handed out or known, from 0 to 1."""
        return nearest(code, self.codes)


def likeness(one: Code, other: Code) -> float:
    """Return how alike two pieces of code are, from 0 to 1, by their words and signs."""
    fewer, more = sorted((one.words, other.words), key=len)
    common = sum(min(count, more[word]) for word, count in fewer.items() if word in more)
    return 2 * common / max(1, one.size + other.size)


def nearest(code: Code, others: Iterable[Code]) -> float:
    """Return how alike a piece of code is to the nearest of others, from 0 to 1."""
    best = 0.0
    for other in others:
        # The shorter one cannot give more than all of its words.
        if 2 * min(code.size, other.size) > best * (code.size + other.size):
            best = max(best, likeness(code, other))
    return best


def _any(route: str, routes: set[str]) -> bool:
    """Return whether a route that takes any method leads to one of the paths."""
    verb, _, path = route.partition(" ")
    return verb == "ANY" and any(other.endswith(f" {path}") for other in routes)


@dataclass
class Released:
    """What one lesson hands out."""

    name: str
    exercises: dict[str, Exercise]
    questions: frozenset[str]
    # The code that belongs to no exercise, as it is compared.
    demos: set[str] = field(default_factory=set)
    headings: set[str] = field(default_factory=set)
    # By name: the statement that defines it and does nothing else.
    definitions: dict[str, str] = field(default_factory=dict)

    def nearest_demo(self, code: Code) -> float:
        """Return how alike a piece of code is to the nearest of the lesson's own, from 0 to 1."""
        return nearest(code, self._codes)

    @cached_property
    def _codes(self) -> list[Code]:
        return [Code(text) for text in sorted(self.demos)]

    @cached_property
    def starters(self) -> dict[str, set[str]]:
        """Return the untouched cells, with the exercises of each: some begin alike."""
        found: dict[str, set[str]] = {}
        for name, exercise in self.exercises.items():
            for text in exercise.starters:
                found.setdefault(text, set()).add(name)
        return found


@cache
def released(name: str) -> Released:
    """Return what a lesson hands out."""
    found = lesson(name)
    exercises = {key: _exercise(name, key) for key in found.exercises}
    result = Released(name, exercises, frozenset(found.questions))
    cells = [
        Cell(cell.kind, cell.source, "", place)
        for place, cell in enumerate(found.text.cells)
        if not cell.tag or (cell.tag == "starter" and cell.exercise in found.questions)
    ]
    result.headings = {normal(cell.source) for cell in cells if cell.kind == "markdown"}
    for step in steps_of((cell for cell in cells if cell.kind == "code"), LESSONS)[0]:
        if step.kind == CODE:
            result.demos.add(step.code.normal)
            tree = parse(step.code.text)
            for statement in tree.body if tree else ():
                result.definitions |= dict.fromkeys(_defined(statement), ast.unparse(statement))
    return result


def _exercise(lesson_name: str, name: str) -> Exercise:
    text, exercise = lesson(lesson_name).text, lesson(lesson_name).exercises[name]
    # All exercises that are answered in a file are answered in the same one.
    starters = [*text.files.values()] if exercise.is_file else [cell.source for cell in text.answers(name, "starter")]
    return Exercise(
        lesson_name,
        name,
        text.given(name),
        starters[0] if starters else "",
        [cell.source for tag in ("solution", "variant", "mistake") for cell in text.answers(name, tag)],
        tuple(exercise.subjects),
        frozenset(key for key, kind in exercise.subjects.items() if kind in (Function, Factory)),
        exercise.is_file,
    )


def _defined(statement: ast.stmt) -> set[str]:
    """Return the names that a statement defines, where that is all it does."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef) and not statement.decorator_list:
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return Code(ast.unparse(statement)).facts.bound
    if isinstance(statement, ast.Assign) and literal(statement.value) is not NOT_LITERAL:
        return {target.id for target in statement.targets if isinstance(target, ast.Name)} - {"prediction"}
    return set()
