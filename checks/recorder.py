"""The state of the check that runs right now: its rows, its parts, its random data."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NoReturn

from .limited import Unreachable
from .report import Row

# So many requests or calls of one check may run into the time limit before the rest of it is given up.
LATE_LIMIT = 2
# The same for a check that goes on after a broken promise.
LATE_LIMIT_OF_GROUPS = 4
# Seconds after which what is left of a check is given up: what is slow enough in each step would have no end either.
CHECK_LIMIT = 60.0
GAVE_UP = "The check gave up: too much of it ran into the time limit."


class NotYet(Exception):
    """A promise was broken: the check, or the part of it that runs, ends here."""


class Recorder:
    """Collect what one run of a check finds out."""

    def __init__(self, seed: str) -> None:
        self.rows: list[Row] = []
        self.parts: list[bool] = []
        self.random = random.Random(seed)
        # What ran into the time limit.
        self.late: list[Row] = []
        self.deadline = time.monotonic() + CHECK_LIMIT
        # The rows of a contract that are judged; None for all.
        self.only: frozenset[str] | None = None
        self._group: Row | None = None
        self._hidden: dict[re.Pattern[str], str] = {}

    def add(self, row: Row) -> Row:
        """Append a row and return it."""
        (self.rows if self._group is None else self._group.details).append(row)
        return row

    @contextmanager
    def grouped(self, asked: str, promise: str = "") -> Iterator[None]:
        """Let one row of the report stand for everything that is asked meanwhile; ``promise`` is what it is about."""
        group = self._group = Row(asked)
        self.rows.append(group)
        try:
            yield
        except Unreachable as problem:
            self.fail(self.add(Row(problem.asked, problem.got, blank=problem.blank)), "an answer", problem.why)
        finally:
            self._group = None
            if group.details:
                group.sum_up(promise)
            for row in (group, *group.details):
                self._hide(row)
        if not group.details:
            raise LookupError(f"The check of {asked!r} looked at nothing.")

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Leave what is asked meanwhile out of the report, a broken promise too."""
        self._group = Row("aside")
        try:
            yield
        except (NotYet, Unreachable):
            return
        finally:
            self._group = None

    def hide(self, text: str, shown: str) -> None:
        """Show something else for a text that differs from run to run, but for groups that have ended already."""
        # A preview may have cut it. A colon behind it belongs to the sentence.
        start = f"{re.escape(text[:12])}[^\\s\"',;]*(?<!:)" if len(text) > 12 else re.escape(text)
        self._hidden[re.compile(start)] = shown

    def end(self) -> None:
        """Hide what is to be hidden in the rows outside of groups, too."""
        for row in self.rows:
            if not row.details:
                self._hide(row)

    def _hide(self, row: Row) -> None:
        for pattern, text in self._hidden.items():
            row.replace(pattern, text)

    def fail(self, row: Row, wanted: str, why: str, rfc: str = "") -> NoReturn:
        """Mark a row as a broken promise and raise :exc:`NotYet`."""
        row.wanted = [wanted]
        row.passed = False
        row.why = why
        row.rfc = rfc
        raise NotYet

    def give_up_when_late(self) -> None:
        """Raise :exc:`NotYet` when too much of this check has run into the time limit already."""
        limit = LATE_LIMIT if self._group is None else LATE_LIMIT_OF_GROUPS
        if len(self.late) < limit and time.monotonic() < self.deadline:
            return
        if self._group is not None:
            self.fail(self.add(Row("the next step", "not tried")), "an answer in time", GAVE_UP)
        if all(row.passed for row in self.rows):
            row = self.late[-1] if self.late else self.add(Row("the next step", "not tried"))
            self.fail(row, "an answer in time", GAVE_UP)
        raise NotYet


_current: ContextVar[Recorder] = ContextVar("current recorder")


def current() -> Recorder:
    """Return the recorder of the check that runs. Raise :exc:`LookupError` outside of a check."""
    return _current.get()


def hide_made_up(address: str | None) -> None:
    """Show ``<id>`` for the end of an address when it looks like the clock's or random: it differs from run to run."""
    made_up = re.split("[/=]", (address or "").rstrip("/"))[-1]
    # Numbers that count are short, and names have no digits.
    if len(made_up) >= 8 and re.search(r"\d", made_up):
        current().hide(made_up, "<id>")


@contextmanager
def recording(recorder: Recorder) -> Iterator[Recorder]:
    """Make ``recorder`` the current one."""
    token = _current.set(recorder)
    try:
        yield recorder
    finally:
        _current.reset(token)


@contextmanager
def part() -> Iterator[None]:
    """Judge one independent part of an exercise: when it fails, the next part is judged all the same.

    The points of an exercise are shared equally by its parts.
    """
    recorder = current()
    recorder.parts.append(False)
    place = len(recorder.parts) - 1
    try:
        yield
    except NotYet:
        return
    recorder.parts[place] = True


def holds(where: Callable[[Any], Any], value: Any) -> bool:
    """Tell whether ``where`` is true of what an answer gave.

    An answer can give anything. A value of a shape that ``where`` cannot even look at is not the promised one.
    """
    try:
        return bool(where(value))
    except (AttributeError, LookupError, TypeError, ValueError):
        return False


def claim(true: bool, *, asked: str, got: str, wanted: str, because: str = "", rfc: str = "") -> None:
    """Record a promise that is about no single request or call; when it is broken, the check ends here."""
    recorder = current()
    row = recorder.add(Row(asked, got, [wanted]))
    if not true:
        recorder.fail(row, wanted, because, rfc)
