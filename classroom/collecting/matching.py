"""Match the steps of one notebook with the exercises that they answer."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from checks.prelude import PRELUDE
from lessons import LESSONS, lesson

from .notebook import TEXT_LIMIT, Notebook
from .predictions import predictions_of
from .released import Exercise, released
from .source import Code, normal, plain
from .steps import CHECK, CODE, TEXT, Step, steps_of

# Cells that one answer may be split into, and pieces of code of one notebook that are recognised by their content.
RUN_LIMIT = 20
CONTENT_LIMIT = 200
# How alike an answer and what is known of its exercise must be, where nothing else tells that it is one.
LIKENESS = 0.5
# Answers to one exercise in one notebook.
CANDIDATE_LIMIT = 20
# Cells of the student's own that run before an answer, and characters of them.
BEFORE_CELLS = 100
BEFORE_LIMIT = 100_000
# The lesson, and the exercise or question.
Key = tuple[str, str]


@dataclass(frozen=True)
class Candidate:
    """What may be an answer: its text, the cells where it stands, and code that runs before it."""

    text: str
    cells: tuple[int, ...]
    before: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    # Modules that go with it, by the name of the file.
    modules: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Matched:
    """What one notebook holds."""

    lessons: list[str] = field(default_factory=list)
    # Those of the lessons whose notebook it is, and not just a single answer.
    home: set[str] = field(default_factory=set)
    candidates: dict[Key, list[Candidate]] = field(default_factory=dict)
    # The exercises whose cell is there, be it untouched.
    seen: set[Key] = field(default_factory=set)
    predictions: dict[Key, Any] = field(default_factory=dict)
    # Characters of code that were read.
    size: int = 0
    # Names of flags, and what each is about.
    flags: list[tuple[str, str]] = field(default_factory=list)


def match(notebook: Notebook, limit: int = 1_000_000) -> Matched:
    """Find the answers in a notebook. ``limit`` is how many characters of code are read."""
    return _Matching(notebook, limit).run()


class _Matching:
    def __init__(self, notebook: Notebook, limit: int) -> None:
        self.notebook = notebook
        self.steps, self.imported = steps_of(notebook.cells, LESSONS, limit)
        self.ids = [_key_of(step.cell.id) for step in self.steps]
        self.found = Matched(size=sum(len(step.cell.source) for step in self.steps if step.kind == CODE))
        # By the place of a step: the exercises that it was taken for.
        self.used: dict[int, set[Key]] = defaultdict(set)
        self._owners: dict[int, list[Key]] = {}

    def run(self) -> Matched:
        """Return what the notebook holds."""
        self.found.lessons = self._lessons()
        if self.found.lessons:
            self._sort_steps()
            self._take_by_check()
            self._take_by_id()
            self._take_by_content()
            self.found.predictions = predictions_of(self.steps, self.questions)
            self._note_cells()
        return self.found

    # Which lessons

    def _lessons(self) -> list[str]:
        """Return the lessons that ids, imports and checks tell of; where they tell of none, the text does."""
        counts = Counter(key[0] for key in self.ids if key)
        found = {name for name, count in counts.items() if count >= 3} | self.imported
        self.found.home = set(found)
        found |= {key[0] for key in self.ids if key and key[1] in lesson(key[0]).exercises}
        found |= {step.piece.lesson or _lesson_of(step.piece.name) for step in self.steps if step.kind == CHECK}
        found &= set(LESSONS)
        if not found:
            texts = {step.code.normal for step in self.steps}
            alike = {name: len(texts & (released(name).headings | released(name).demos)) for name in LESSONS}
            best = max(alike, key=lambda name: alike[name])
            found = {best} if alike[best] else set()
        if not found:
            code = [step.code for step in self.steps if step.kind == CODE][:CONTENT_LIMIT]
            found = {key[0] for one in code for key in _best(one, LESSONS)[:1]}
        self.found.home = self.found.home or found
        return sorted(found, key=LESSONS.index)

    @cached_property
    def questions(self) -> dict[str, str]:
        """Return the lesson of every question that may be predicted here."""
        return {question: name for name in self.found.lessons for question in released(name).questions}

    def _exercise(self, key: Key | None) -> Exercise | None:
        return released(key[0]).exercises.get(key[1]) if key and key[0] in self.found.lessons else None

    # What each step is

    def _sort_steps(self) -> None:
        """Tell the student's own code from what was handed out, and find what ends a run of cells."""
        lessons = [released(name) for name in self.found.lessons]
        self.own: list[bool] = []
        self.breaks: list[bool] = []
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
                self.found.seen |= {key} if key in starters else starters
                breaks = not starters and any(text in one.demos for one in lessons)
                own = not starters and not breaks and not self._is_prediction(step, key)
            self.own.append(own)
            self.breaks.append(breaks)

    def _is_prediction(self, step: Step, key: Key | None) -> bool:
        if key and key[0] in self.found.lessons and key[1] in released(key[0]).questions:
            return True
        return step.code.facts.bound == {"prediction"} == set(step.code.facts.literals)

    def _owners_of(self, place: int) -> list[Key]:
        """Return the exercises that a step may answer by its content, best first."""
        if place not in self._owners:
            full = len(self._owners) >= CONTENT_LIMIT
            self._owners[place] = [] if full else _best(self.steps[place].code, self.found.lessons)
        return self._owners[place]

    def _speaks_for(self, place: int, key: Key) -> bool:
        exercise = self._exercise(key)
        return bool(exercise and exercise.evidence(self.steps[place].code))

    # The three ways in which an answer is found

    def _take_by_check(self) -> None:
        """Take what stands before a check: an answer may be split into several cells."""
        for place, step in enumerate(self.steps):
            if step.kind != CHECK:
                continue
            name = step.piece.name
            key = (step.piece.lesson or _lesson_of(name, self.found.lessons), name)
            exercise = self._exercise(key)
            if not exercise:
                if name not in self.questions and name != "progress":
                    self.found.flags.append(("unknown exercise", name))
                continue
            run = self._run_before(place, key)
            if exercise.is_file and not exercise.functions <= self._joined(run).facts.defined:
                # Its answer is a file; what stands before the check tries it out.
                continue
            for one in self._versions(run, key):
                self._add(key, one, step)
            self._use(run, key)

    def _run_before(self, place: int, key: Key) -> list[int]:
        """Return the student's own steps right before a check, without those that answer something else."""
        run: list[int] = []
        for before in range(place - 1, max(-1, place - 1 - RUN_LIMIT), -1):
            if self.breaks[before]:
                break
            if not self.own[before]:
                continue
            named = self.ids[before]
            if (
                named == key
                or self._speaks_for(before, key)
                or not self._exercise(named)
                and not self._owners_of(before)
            ):
                run.insert(0, before)
        # What is no Python, and does not become any beside the others, was not meant to be an answer.
        return run if self._joined(run).is_python else [one for one in run if self._is_meant(one, key)] or run[-1:]

    def _is_meant(self, place: int, key: Key) -> bool:
        return self.steps[place].code.is_python or self.ids[place] == key

    def _versions(self, run: list[int], key: Key) -> list[list[int]]:
        """Return what of a run is judged: all of it, and what may be a whole answer for itself."""
        if len(run) < 2:
            return [run] if run else []
        whole = [place for place in run if self._speaks_for(place, key)]
        if len(whole) > 1:
            return [[place] for place in whole] + ([run] if len(run) > len(whole) else [])
        named = [place for place in run if self.ids[place] == key and self.steps[place].code.is_python]
        return [run, *([place] for place in named)]

    def _take_by_id(self) -> None:
        """Take the cells of exercises by their ids, with the cells that follow where an answer was split."""
        for place, key in enumerate(self.ids):
            if key is None or not self.own[place] or not self._exercise(key) or key in self.used[place]:
                continue
            run = [place]
            for after in range(place + 1, min(len(self.steps), place + RUN_LIMIT)):
                if not self.own[after] or self._exercise(self.ids[after]) or self._is_whole(run, key):
                    break
                run.append(after)
            self._add(key, run)
            self._use(run, key)

    def _is_whole(self, run: list[int], key: Key) -> bool:
        code, exercise = self._joined(run), self._exercise(key)
        return code.is_python and bool(exercise and (exercise.evidence(code) or not exercise.routes))

    def _take_by_content(self) -> None:
        """Take what neither an id nor a check tells, by what it defines."""
        for place, own in enumerate(self.own):
            keys = self.used[place]
            if not own or any(self._speaks_for(place, key) for key in keys):
                continue
            for key in self._owners_of(place):
                exercise = self._exercise(key)
                if key not in keys and exercise and self._is_answer(place, exercise):
                    self._add(key, [place])

    def _is_answer(self, place: int, exercise: Exercise) -> bool:
        """Return whether a step is nearer to an answer than to a cell of the lesson that was played with."""
        code = self.steps[place].code
        near = exercise.likeness(code)
        if near < LIKENESS and not exercise.functions:
            return False
        return near > max(released(name).nearest_demo(code) for name in self.found.lessons)

    # What is noted of an answer

    def _use(self, run: list[int], key: Key) -> None:
        for place in run:
            self.used[place].add(key)

    def _joined(self, run: list[int]) -> Code:
        codes = [self.steps[place].code for place in run]
        if len(codes) > 1 and any(code.raw or not code.is_python for code in codes):
            # Only together they are Python.
            together = plain("\n".join(code.raw or code.text for code in codes))
            if together.is_python:
                return together
        return Code("\n".join(code.text for code in codes))

    def _add(self, key: Key, run: list[int], check: Step | None = None) -> None:
        found = self.found.candidates.setdefault(key, [])
        if len(found) >= CANDIDATE_LIMIT:
            self.found.flags.append(("too many answers", ".".join(key)))
            return
        steps, code = [self.steps[place] for place in run], self._joined(run)
        cells = tuple(sorted({step.cell.number for step in steps}))
        flags = [name for step in steps for name in step.code.flags] + list(code.flags)
        if len(cells) > 1:
            flags.append("answer split")
        ids = {self.ids[place] for place in run}
        if any(one for one in ids if one != key and self._exercise(one)):
            flags.append("answer in another cell")
        elif key not in ids and any(step.cell.id for step in steps):
            flags.append("found by its check" if check else "found by content")
        elif key not in ids and check is None:
            flags.append("found by content")
        text = code.text
        exercise = self._exercise(key)
        if exercise and code.normal == normal(exercise.given):
            self.found.seen.add(key)
            return
        if check is not None and exercise:
            pairs = zip(exercise.subjects, check.piece.arguments, strict=False)
            renamed = [
                f"{subject} = {argument}"
                for subject, argument in pairs
                # A text is the name of a file.
                if subject != argument and not (exercise.is_file and argument[0] in "\"'")
            ]
            if renamed:
                flags.append("other names")
                text = "\n".join([text, *renamed])
        candidate = Candidate(text, cells, self._before(run[0], Code(text), key), tuple(dict.fromkeys(flags)))
        found.append(candidate)

    def _before(self, place: int, code: Code, key: Key) -> tuple[str, ...]:
        """Return the code that a step needs from before it: definitions of the lesson, and the student's own."""
        needed = set(code.facts.used - code.facts.bound)
        own = [self.steps[one].code for one in range(place) if self.own[one] and self.steps[one].code.is_python]
        if not any(needed & (one.facts.bound | one.facts.apps) for one in own):
            own = []
        needed = needed.union(*(one.facts.used for one in own)) - _KNOWN
        definitions = released(key[0]).definitions
        for _ in range(3):
            needed |= {name for one in needed & set(definitions) for name in Code(definitions[one]).facts.used} - _KNOWN
        quiet = dict.fromkeys(text for name, text in definitions.items() if name in needed)
        return (*quiet, *_nearest([one.text for one in own]))

    def _note_cells(self) -> None:
        for name in self.found.lessons:
            exercises = list(released(name).exercises)
            known = {*exercises, *released(name).questions}
            order = [exercises.index(key[1]) for key in self.ids if key and key[0] == name and key[1] in exercises]
            if order != sorted(order):
                self.found.flags.append(("cells reordered", name))
            # The id of a cell that is no exercise ends with a number.
            rest = {key[1] for key in self.ids if key and key[0] == name and not re.search(r"-\d+$", key[1])}
            self.found.flags += [("old release", f"{name}.{one}") for one in sorted(rest - known)]
        for cell in self.notebook.cells:
            if len(cell.source) > TEXT_LIMIT:
                self.found.flags.append(("answer too long", f"cell {cell.number}"))
                self.found.seen |= {key for key in [_key_of(cell.id)] if key}
        for name in self.found.lessons:
            if not any(key and key[0] == name for key in self.ids):
                self.found.flags.append(("cell ids lost", name))


# What runs before every answer anyway; an app of the student's own may stand in the place of its.
_KNOWN = Code(PRELUDE).facts.bound - {"app"}


def _nearest(texts: list[str]) -> list[str]:
    """Return the last of some texts, within limits."""
    left, kept = BEFORE_LIMIT, texts[-BEFORE_CELLS:]
    for place in range(len(kept) - 1, -1, -1):
        left -= len(kept[place])
        if left < 0:
            return kept[place + 1 :]
    return kept


def _key_of(identifier: str) -> Key | None:
    name, _, rest = identifier.partition("-")
    return (name, rest) if name in LESSONS and rest else None


def _lesson_of(name: str, among: Iterable[str] = LESSONS) -> str:
    """Return the lesson that has an exercise or a question of a name."""
    return next((one for one in among if name in lesson(one).exercises or name in lesson(one).questions), "")


def _best(code: Code, lessons: Iterable[str]) -> list[Key]:
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
