"""An exercise: a check function, and what a learner can do with it in a notebook."""

from __future__ import annotations

import copy
import inspect
import sys
import typing
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import faces
from .answer import Answer, LocalAnswer
from .app import App
from .contract import Contract
from .factory import Factory
from .judge import judge, not_loaded
from .limited import Unreachable
from .progress import progress
from .recorder import current
from .report import Report


class Exercise:
    """One exercise of a lesson. Calling it with an answer judges that answer and returns the report.

    The check function's parameters name what the answer must define; their annotations (:class:`App`,
    :class:`Function`, :class:`Value`) say how the check reaches it.
    """

    def __init__(
        self,
        check: Callable[..., None],
        points: float,
        hints: Sequence[str],
        challenge: bool,
        contract: Contract | None = None,
    ) -> None:
        self.check = check
        self.name = check.__name__
        self.lesson = check.__module__.rpartition(".")[2]
        self.id = f"{self.lesson}.{self.name}"
        self.points = points
        self.hints = tuple(hints)
        self.challenge = challenge
        # What the check function judges row by row.
        self.contract = contract
        description = inspect.getdoc(check) or ""
        self.title = description.partition("\n\n")[0].replace("\n", " ")
        self.__doc__ = description
        hints_of_types = typing.get_type_hints(check)
        self.subjects = {name: hints_of_types[name] for name in inspect.signature(check).parameters}
        # Set by the lesson: returns the source of the model answer, None where the course came without solutions.
        self.find_solution: Callable[[], str | None] = lambda: None
        # Set by the lesson: returns the source that every answer starts with.
        self.find_given: Callable[[], str] = lambda: ""

    @property
    def is_file(self) -> bool:
        """Tell whether an answer is a module of its own: it is no cell, and nothing is there but what it imports."""
        return Factory in self.subjects.values()

    def bind(self, answer: Answer) -> list[Any]:
        """Return what the check function is called with."""
        return [kind(answer) if kind is App else kind(answer, name) for name, kind in self.subjects.items()]

    def __call__(self, *given: Any) -> Report:
        """Judge an answer: pass what the task names, in its order; the rest is taken from the calling cell.

        Where an answer is a module of its own, pass its path: it is judged in a process of its own, as it is now.
        """
        return self._note(self._judge(given, sys._getframe(1).f_globals))

    def rows(self, numbers: str, *given: Any) -> Report:
        """Judge some rows of the contract, such as ``R01-R08, R22``. This is feedback on the way: nothing is kept."""
        if self.contract is None:
            raise TypeError(f"{self.name} has no contract whose rows could be chosen.")
        some = copy.copy(self)
        some.contract = self.contract.only(numbers)
        some.points = self.points * len(some.contract.rows) / len(self.contract.rows)

        def check(*subjects: Any) -> None:
            current().only = frozenset(row.number for row in some.contract.rows)
            self.check(*subjects)

        some.check = check
        return some._judge(given, sys._getframe(1).f_globals)

    def _judge(self, given: Sequence[Any], namespace: dict[str, Any]) -> Report:
        if self.is_file and len(given) == 1 and isinstance(given[0], (str, Path)):
            from .source import NoSource, judge_file

            try:
                return judge_file(self, Path(given[0]))
            except NoSource as problem:
                why = "Pass the path of your file as a text: it is looked for in the folder of this notebook."
                return not_loaded(self, Unreachable("the file with your answer", str(problem), why))
        if len(given) > len(self.subjects):
            raise TypeError(f"{self.name} takes {', '.join(self.subjects)}: you passed {len(given)} things.")
        answer = LocalAnswer(namespace, dict(zip(self.subjects, given, strict=False)))
        try:
            return judge(self, answer)
        finally:
            answer.close()

    def _note(self, report: Report) -> Report:
        progress().record(self.id, "judged", state=report.state, points=report.points)
        return report

    def hint(self) -> faces.Note:
        """Show the next hint, below those already seen."""
        seen = min(progress().count(self.id, "hint") + 1, len(self.hints))
        if seen > progress().count(self.id, "hint"):
            progress().record(self.id, "hint")
        lines = [f"{place} of {len(self.hints)}: {text}" for place, text in enumerate(self.hints[:seen], start=1)]
        if seen == len(self.hints):
            lines.append(f"That was the last hint. {self.name}.solution() shows a model answer.")
        return faces.Note(f"Hints for {self.id}", lines)

    def solution(self) -> faces.Note:
        """Show the model answer. That you looked is remembered; nothing is forbidden and no point is lost."""
        source = self.find_solution()
        if source is None:
            return faces.Note(f"Solution of {self.id}", ["This copy of the course comes without solutions."])
        progress().record(self.id, "solution")
        return faces.Note(f"A model answer to {self.id}", ["Other answers are right as well."], code=source)

    def __repr__(self) -> str:
        kind = "challenge" if self.challenge else "exercise"
        return f"<{kind} {self.id}: {self.title}>"


def exercise(
    *, points: float, hints: Sequence[str], challenge: bool = False, contract: Contract | None = None
) -> Callable[[Callable[..., None]], Exercise]:
    """Make an exercise of a check function.

    The first line of its docstring is the task as the report shows it. ``hints`` go from a nudge to nearly the answer.
    A ``challenge`` counts beyond the points of the lesson. A ``contract`` is what the function judges row by row: then
    the report shows it as a map, and single rows can be judged.
    """
    return lambda check: Exercise(check, points, hints, challenge, contract)
