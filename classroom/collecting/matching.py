"""Match the steps of one notebook with the exercises that they answer."""

from __future__ import annotations

import re
from collections import defaultdict

from .before import code_before
from .matched import Candidate, Key, Matched
from .notebook import TEXT_LIMIT, Notebook
from .predictions import predictions_of
from .released import Exercise, released
from .sorting import Sorted, key_of, lesson_of
from .source import Code, normal
from .steps import CHECK, CODE, Step

# Cells that one answer may be split into.
RUN_LIMIT = 20
# How alike an answer and what is known of its exercise must be, where nothing else tells that it is one.
LIKENESS = 0.5
# Answers to one exercise in one notebook.
CANDIDATE_LIMIT = 20


def match(notebook: Notebook, limit: int = 1_000_000) -> Matched:
    """Find the answers in a notebook. ``limit`` is how many characters of code are read."""
    return _Matching(notebook, limit).run()


class _Matching:
    def __init__(self, notebook: Notebook, limit: int) -> None:
        self.notebook = notebook
        self.sorted = Sorted(notebook.cells, limit)
        self.steps, self.ids, self.own = self.sorted.steps, self.sorted.ids, self.sorted.own
        self.found = Matched(
            self.sorted.lessons,
            self.sorted.home,
            seen=self.sorted.seen,
            size=sum(len(step.cell.source) for step in self.steps if step.kind == CODE),
        )
        # By the place of a step: the exercises that it was taken for.
        self.used: dict[int, set[Key]] = defaultdict(set)

    def run(self) -> Matched:
        """Return what the notebook holds."""
        if self.found.lessons:
            self._take_by_check()
            self._take_by_id()
            self._take_by_content()
            self.found.predictions = predictions_of(self.steps, self.sorted.questions)
            self._note_cells()
        return self.found

    # The three ways in which an answer is found

    def _take_by_check(self) -> None:
        """Take what stands before a check: an answer may be split into several cells."""
        for place, step in enumerate(self.steps):
            if step.kind != CHECK:
                continue
            name = step.piece.name
            key = (step.piece.lesson or lesson_of(name, self.found.lessons), name)
            exercise = self.sorted.exercise(key)
            if not exercise:
                if name not in self.sorted.questions and name != "progress":
                    self.found.flags.append(("unknown exercise", name))
                continue
            run = self._run_before(place, key)
            if exercise.is_file and not exercise.functions <= self.sorted.joined(run).facts.defined:
                # Its answer is a file; what stands before the check tries it out.
                continue
            for one in self._versions(run, key):
                self._add(key, one, step)
            self._use(run, key)

    def _run_before(self, place: int, key: Key) -> list[int]:
        """Return the student's own steps right before a check, without those that answer something else."""
        run: list[int] = []
        for before in range(place - 1, max(-1, place - 1 - RUN_LIMIT), -1):
            if self.sorted.breaks[before]:
                break
            if not self.own[before]:
                continue
            named = self.ids[before]
            if (
                named == key
                or self.sorted.speaks_for(before, key)
                or not self.sorted.exercise(named)
                and not self.sorted.owners_of(before)
            ):
                run.insert(0, before)
        # What is no Python, and does not become any beside the others, was not meant to be an answer.
        return (
            run if self.sorted.joined(run).is_python else [one for one in run if self._is_meant(one, key)] or run[-1:]
        )

    def _is_meant(self, place: int, key: Key) -> bool:
        return self.steps[place].code.is_python or self.ids[place] == key

    def _versions(self, run: list[int], key: Key) -> list[list[int]]:
        """Return what of a run is judged: all of it, and what may be a whole answer for itself."""
        if len(run) < 2:
            return [run] if run else []
        whole = [place for place in run if self.sorted.speaks_for(place, key)]
        if len(whole) > 1:
            return [[place] for place in whole] + ([run] if len(run) > len(whole) else [])
        named = [place for place in run if self.ids[place] == key and self.steps[place].code.is_python]
        return [run, *([place] for place in named)]

    def _take_by_id(self) -> None:
        """Take the cells of exercises by their ids, with the cells that follow where an answer was split."""
        for place, key in enumerate(self.ids):
            if key is None or not self.own[place] or not self.sorted.exercise(key) or key in self.used[place]:
                continue
            run = [place]
            for after in range(place + 1, min(len(self.steps), place + RUN_LIMIT)):
                if not self.own[after] or self.sorted.exercise(self.ids[after]) or self._is_whole(run, key):
                    break
                run.append(after)
            self._add(key, run)
            self._use(run, key)

    def _is_whole(self, run: list[int], key: Key) -> bool:
        code, exercise = self.sorted.joined(run), self.sorted.exercise(key)
        return code.is_python and bool(exercise and (exercise.evidence(code) or not exercise.routes))

    def _take_by_content(self) -> None:
        """Take what neither an id nor a check tells, by what it defines."""
        for place, own in enumerate(self.own):
            keys = self.used[place]
            if not own or any(self.sorted.speaks_for(place, key) for key in keys):
                continue
            for key in self.sorted.owners_of(place):
                exercise = self.sorted.exercise(key)
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

    def _add(self, key: Key, run: list[int], check: Step | None = None) -> None:
        found = self.found.candidates.setdefault(key, [])
        if len(found) >= CANDIDATE_LIMIT:
            self.sorted.too_often.add(key)
            return
        steps, code = [self.steps[place] for place in run], self.sorted.joined(run)
        cells = tuple(sorted({step.cell.number for step in steps}))
        flags = [name for step in steps for name in step.code.flags] + list(code.flags)
        if len(cells) > 1:
            flags.append("answer split")
        ids = {self.ids[place] for place in run}
        if any(one for one in ids if one != key and self.sorted.exercise(one)):
            flags.append("answer in another cell")
        elif key not in ids and any(step.cell.id for step in steps):
            flags.append("found by its check" if check else "found by content")
        elif key not in ids and check is None:
            flags.append("found by content")
        text = code.text
        exercise = self.sorted.exercise(key)
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
        if sum(one.text == text for one in found) > 1:
            # Two tell that it is there twice; more of the same would only take the place of other answers.
            return
        candidate = Candidate(
            text, cells, code_before(self.sorted, run[0], Code(text), key), tuple(dict.fromkeys(flags))
        )
        found.append(candidate)

    def _note_cells(self) -> None:
        if self.sorted.unread:
            self.found.flags.append(("too much code", self.sorted.unread))
        self.found.flags += [("too many answers", ".".join(key)) for key in sorted(self.sorted.too_often)]
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
                self.found.seen |= {key for key in [key_of(cell.id)] if key}
        for name in self.found.lessons:
            if not any(key and key[0] == name for key in self.ids):
                self.found.flags.append(("cell ids lost", name))
