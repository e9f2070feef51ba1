"""The learner's function that makes an app of settings, as a check sees it, and the files of such apps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar

from .answer import Answer
from .app import App
from .limited import Unreachable
from .recorder import current
from .report import Row

T = TypeVar("T")


class Factory:
    """A function ``create_app(settings)`` of an answer. What it makes is asked like every other app.

    Settings are plain data. The files they name live where the answer lives: a check reads them here and nowhere else.
    A call makes a row of the report only when it fails.
    """

    def __init__(self, answer: Answer, name: str) -> None:
        self._answer = answer
        self._name = name
        # A call that did not finish: another one would not either.
        self._late: Unreachable | None = None

    def __call__(self, settings: Mapping[str, Any]) -> App:
        """Make an app."""
        if self._late is not None:
            _fail(self._late)
        return App(self._answer, self._reach(lambda: self._answer.make_app(self._name, settings)))

    def folder(self) -> str:
        """Return the path of a new, empty folder for the files of an app."""
        return self._reach(self._answer.make_folder)

    def read(self, path: str) -> str:
        """Return the text of a file; empty when there is no such file."""
        return self._reach(lambda: self._answer.read_file(path))

    def ruin(self, path: str) -> None:
        """Make a file unusable, even for an app that has it open."""
        self._reach(lambda: self._answer.ruin_file(path))

    def _reach(self, ask: Callable[[], T]) -> T:
        current().give_up_when_late()
        try:
            return ask()
        except Unreachable as problem:
            self._late = problem if problem.late else None
            _fail(problem)


def _fail(problem: Unreachable) -> NoReturn:
    recorder = current()
    row = recorder.add(Row(problem.asked, problem.got, blank=problem.blank))
    recorder.fail(row, "an app that can be asked", problem.why)
