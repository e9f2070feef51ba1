"""Match the steps of one notebook with the exercises that they answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lessons import LESSONS, lesson

from .notebook import Notebook
from .predictions import predictions_of
from .released import Exercise, released
from .source import Code
from .steps import CHECK, CODE, HEADING, Checks, Step, steps_of

# Cells that one answer may be split into, and pieces of code of one notebook that are recognised by their content.
RUN_LIMIT = 20
CONTENT_LIMIT = 200
Key = tuple[str, str]


@dataclass
class Candidate:
    """What may be an answer: its text, where it stands, and the student's own code before it."""

    text: str
    cells: tuple[int, ...]
    before: tuple[str, ...]
    flags: tuple[str, ...] = ()


@dataclass
class Matched:
    """What one notebook holds."""

    lessons: list[str] = field(default_factory=list)
    candidates: dict[Key, list[Candidate]] = field(default_factory=dict)
    untouched: set[Key] = field(default_factory=set)
    predictions: dict[Key, Any] = field(default_factory=dict)
    # Names of flags and what each is about.
    flags: list[tuple[str, str]] = field(default_factory=list)


def match(notebook: Notebook) -> Matched:
    """Find the answers in a notebook."""
    return _Matching(notebook).run()


class _Matching:
    def __init__(self, notebook: Notebook) -> None:
        self.checks = Checks(LESSONS)
        self.steps = list(steps_of(notebook.cells, self.checks))
        self.notebook = notebook
        self.found = Matched()
        self.ids = [self._by_id(step.cell.id) for step in self.steps]
        # The exercises that a step's content speaks for, best first; by the step's place.
        self.owners: dict[int, list[Key]] = {}

    def run(self) -> Matched:
        self.found.lessons = self._lessons()
        if not self.found.lessons:
            return self.found
        self._sort_steps()
        self._recognise_content()
        self._by_check()
        self._by_id_alone()
        self._by_content_alone()
        self.found.predictions = predictions_of(self.steps, self.questions)
        self._note_oddities()
        return self.found

    # Which lessons

    def _by_id(self, identifier: str) -> Key | None:
        name, _, rest = identifier.partition("-")
        return (name, rest) if name in LESSONS and rest else None

    def _lessons(self) -> list[str]:
        """Return the lessons that ids, imports and checks tell of; where they tell of none, the text does."""
        prefixed = Counter(key[0] for key in self.ids if key)
        found = {name for name, count in prefixed.items() if count >= 3} | set(self.checks.imported)
        answered = {key[0] for key in self.ids if key and key[1] in lesson(key[0]).exercises}
        called = {step.lesson or _lesson_of(step.name) for step in self.steps if step.kind == CHECK}
        found |= answered | (called & set(LESSONS))
        if not found:
            texts = {step.code.normal for step in self.steps}
            alike = {name: len(texts & (released(name).headings | released(name).demos)) for name in LESSONS}
            best = max(alike, key=lambda name: alike[name])
            found = {best} if alike[best] else set()
        if not found:
            found = {key[0] for step in self.steps[:CONTENT_LIMIT] for key in self._owners(step.code, LESSONS)[:1]}
        return sorted(found, key=LESSONS.index)

    @cached_property
    def questions(self) -> dict[str, str]:
        return {question: name for name in self.found.lessons for question in released(name).questions}

    # What each step is

    def _sort_steps(self) -> None:
        """Tell the student's own code from what was handed out."""
        lessons = [released(name) for name in self.found.lessons]
        demos = set().union(*(one.demos for one in lessons))
        headings = set().union(*(one.headings for one in lessons))
        self.own: list[bool] = []
        self.breaks: list[bool] = []
        for place, step in enumerate(self.steps):
            starter = None
            if step.kind == CODE:
                starter = next(
                    ((one.name, one.starters[step.code.normal]) for one in lessons if step.code.normal in one.starters),
                    None,
                )
            if starter:
                self.found.untouched.add(starter)
            self.own.append(step.kind == CODE and not starter and step.code.normal not in demos)
            heading = step.kind == HEADING and (
                self.ids[place] is not None or step.cell.source.startswith("#") or step.code.normal in headings
            )
            self.breaks.append(heading or (step.kind == CODE and not starter and not self.own[place]))

    def _exercise(self, key: Key | None) -> Exercise | None:
        if key is None or key[0] not in self.found.lessons:
            return None
        return released(key[0]).exercises.get(key[1])

    def _owners(self, code: Code, lessons: Iterable[str]) -> list[Key]:
        """Return the exercises that a piece of code may answer, best first; more than one where it is a near thing."""
        if not code.tree or not (code.routes or code.bound):
            return []
        strong = []
        for name in lessons:
            for exercise in released(name).exercises.values():
                if evidence := exercise.evidence(code):
                    strong.append((evidence, exercise))
        if len(strong) > 1:
            strong = [(evidence + exercise.likeness(code), exercise) for evidence, exercise in strong]
        strong.sort(key=lambda pair: pair[0], reverse=True)
        return [(one.lesson, one.name) for evidence, one in strong if evidence >= strong[0][0] - 0.15][:3]

    def _recognise_content(self) -> None:
        places = [place for place, own in enumerate(self.own) if own and self.steps[place].kind == CODE]
        for place in places[:CONTENT_LIMIT]:
            self.owners[place] = self._owners(self.steps[place].code, self.found.lessons)

    def _speaks_for(self, place: int, key: Key) -> bool:
        exercise = self._exercise(key)
        return bool(exercise and exercise.evidence(self.steps[place].code))

    # The three ways in which an answer is found

    def _by_check(self) -> None:
        """Take what stands before a check: an answer may be split into several cells."""
        self.used: set[tuple[int, Key]] = set()
        for place, step in enumerate(self.steps):
            if step.kind != CHECK:
                continue
            key = (step.lesson or _lesson_of(step.name, self.found.lessons), step.name)
            exercise = self._exercise(key)
            if exercise is None:
                if key[1] not in self.questions and key[1] != "progress":
                    self.found.flags.append(("unknown exercise", step.name))
                continue
            run = self._run_before(place, key)
            if not run:
                continue
            strong = [one for one in run if self._speaks_for(one, key)]
            if len(strong) > 1 and all(self.steps[one].code.tree for one in strong):
                # Several whole answers: each for itself.
                runs = [[one] for one in strong] + ([run] if len(run) > len(strong) else [])
            else:
                runs = [run]
                named = [one for one in run if self.ids[one] == key and self.steps[one].code.tree]
                if named and len(run) > len(named):
                    runs += [[one] for one in named]
            for one in runs:
                self._add(key, one, step)
            self.used |= {(one, key) for one in run}

    def _run_before(self, place: int, key: Key) -> list[int]:
        run: list[int] = []
        for before in range(place - 1, max(-1, place - 1 - RUN_LIMIT), -1):
            step = self.steps[before]
            if self.breaks[before] or step.kind == CHECK:
                break
            if not self.own[before]:
                continue
            other = self.ids[before]
            if other != key and self._exercise(other) and not self._speaks_for(before, key):
                continue
            owners = self.owners.get(before, [])
            if owners and key not in owners and other != key:
                continue
            run.insert(0, before)
        return run

    def _by_id_alone(self) -> None:
        """Take the cells of exercises by their ids, with the cells that follow where an answer was split."""
        for place, key in enumerate(self.ids):
            if not self.own[place] or not self._exercise(key) or key is None or (place, key) in self.used:
                continue
            run = [place]
            for after in range(place + 1, min(len(self.steps), place + RUN_LIMIT)):
                step = self.steps[after]
                if not self.own[after] or self.ids[after] not in (None, key) or self.owners.get(after):
                    break
                if self.steps[place].cell.number != step.cell.number and self._whole(run, key):
                    break
                run.append(after)
            self._add(key, run)
            self.used |= {(one, key) for one in run}

    def _whole(self, run: list[int], key: Key) -> bool:
        code = Code("\n".join(self.steps[place].code.text for place in run))
        exercise = self._exercise(key)
        return code.tree is not None and bool(exercise and (exercise.evidence(code) or not exercise.routes))

    def _by_content_alone(self) -> None:
        """Take what neither an id nor a check tells, by what it defines."""
        taken = {place for place, _ in self.used}
        for place, owners in self.owners.items():
            step, key = self.steps[place], self.ids[place]
            if not owners or any((place, owner) in self.used for owner in owners):
                continue
            if place in taken and any(self._speaks_for(place, used) for at, used in self.used if at == place):
                continue
            if key and not self._exercise(key) and self._is_demo(step):
                continue
            for owner in owners:
                exercise = self._exercise(owner)
                if exercise and (key or exercise.likeness(step.code) >= 0.5 or exercise.functions):
                    self._add(owner, [place])

    def _is_demo(self, step: Step) -> bool:
        """Return whether a step is a changed cell of the lesson rather than an answer in the place of one."""
        owners = [self._exercise(owner) for owner in self._owners(step.code, self.found.lessons)]
        nearest = max((owner.likeness(step.code) for owner in owners if owner), default=0.0)
        return nearest < 0.6

    # What is noted of an answer

    def _add(self, key: Key, run: list[int], check: Step | None = None) -> None:
        steps = [self.steps[place] for place in run]
        flags = [name for step in steps for name in step.code.flags]
        text = "\n\n\n".join(step.code.text for step in steps)
        flags += ["answer split"] if len({step.cell.number for step in steps}) > 1 else []
        ids = {self.ids[place] for place in run}
        if key not in ids:
            others = [other for other in ids if other and self._exercise(other)]
            flags.append("answer in another cell" if others else "found by its check" if check else "found by content")
        exercise = self._exercise(key)
        renamed = [
            f"{subject} = {argument}"
            for subject, argument in zip(
                exercise.subjects if exercise else (), check.arguments if check else (), strict=False
            )
            if subject != argument
        ]
        if renamed:
            flags.append("other names")
            text += "\n" + "\n".join(renamed)
        candidate = Candidate(
            text,
            tuple(sorted({step.cell.number for step in steps})),
            self._before(run[0], Code(text), key),
            tuple(flags),
        )
        self.found.candidates.setdefault(key, []).append(candidate)

    def _before(self, place: int, code: Code, key: Key) -> tuple[str, ...]:
        """Return the code that a step needs from before it: definitions of the lesson, and the student's own."""
        if code.tree is None:
            return ()
        needed = code.used - code.bound
        own = [self.steps[one].code for one in range(place) if self.own[one] and self.steps[one].code.tree]
        needs_own = any(needed & (one.bound | one.views_of) for one in own)
        kept = [one.text for one in own] if needs_own else []
        wanted = set(needed).union(*(one.used for one in own)) if needs_own else needed
        definitions = released(key[0]).definitions
        for _ in range(3):
            wanted |= {name for one in wanted & set(definitions) for name in Code(definitions[one]).used}
        quiet = list(dict.fromkeys(definitions[name] for name in definitions if name in wanted and name not in _KNOWN))
        return (*quiet, *kept)

    def _note_oddities(self) -> None:
        ids = [cell.id for cell in self.notebook.cells]
        for name in self.found.lessons:
            if not any(identifier.startswith(f"{name}-") for identifier in ids):
                self.found.flags.append(("cell ids lost", name))


def _lesson_of(name: str, among: Iterable[str] = LESSONS) -> str:
    """Return the lesson that has an exercise or a question of a name."""
    return next((one for one in among if name in lesson(one).exercises or name in lesson(one).questions), "")


_KNOWN: frozenset[str] = frozenset()
