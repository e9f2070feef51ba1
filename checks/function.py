"""The learner's function as a check sees it: calls with plain data, and promises about what comes back."""

from __future__ import annotations

from typing import Any

from .answer import Answer, Outcome, Unreachable
from .plain import BLANK, Blank, ErrorOf, ResponseOf, Thing, ViewOf, same
from .recorder import current, holds
from .report import Row, preview


class Function:
    """A function of an answer. Every call becomes a row of the report."""

    def __init__(self, answer: Answer, name: str) -> None:
        self._answer = answer
        self.name = name

    def __call__(
        self, *arguments: Any, then: tuple[str, tuple[Any, ...]] | None = None, time_zone: str | None = None
    ) -> Result:
        """Call the function. ``then`` is a method, with its arguments, to call on what comes back."""
        recorder = current()
        recorder.give_up_when_late()
        asked = f"{self.name}({', '.join(map(describe, arguments))})"
        if then is not None:
            asked += f".{then[0]}({', '.join(map(describe, then[1]))})"
        row = recorder.add(Row(asked))
        try:
            outcome = self._answer.call(self.name, arguments, then, time_zone)
        except Unreachable as problem:
            if problem.late:
                recorder.late.append(row)
            row.got, row.blank = problem.got, problem.blank
            recorder.fail(row, "a result", problem.why)
        row.got = preview(f"raised {outcome.raised}", 160) if outcome.raised else describe(outcome.value)
        row.blank = outcome.value is BLANK
        return Result(row, outcome)


class Result:
    """What one call came to, with the promises made about it.

    A promise that is kept returns the result, so that promises can be chained; a broken one ends the check.
    """

    def __init__(self, row: Row, outcome: Outcome) -> None:
        self._row = row
        self._outcome = outcome

    @property
    def value(self) -> Any:
        """Return the returned value as plain data; None when an exception came instead."""
        return self._outcome.value

    def detail(self, name: str) -> Any:
        """Return ``status_code``, ``text`` or ``url`` of a returned response; None when it is none."""
        return self.value.details.get(name) if isinstance(self.value, Thing) else None

    @property
    def raised(self) -> tuple[str, ...]:
        """Return the class name of the exception, followed by those it inherits from; empty when there was none."""
        return self._outcome.raised.kinds if self._outcome.raised else ()

    @property
    def error(self) -> str:
        """Return the exception as text; empty when there was none."""
        return str(self._outcome.raised or "")

    @property
    def arguments(self) -> tuple[Any, ...]:
        """Return the arguments as they are after the call."""
        return self._outcome.arguments

    def expect(self, *values: Any, because: str, rfc: str = "", wanted: str = "") -> Result:
        """Promise one of these values, of exactly this type: True is not 1, a list is not a tuple."""
        return self.expect_that(
            any(same(self.value, value) for value in values),
            wanted=wanted or " or ".join(map(describe, values)),
            because=because,
            rfc=rfc,
        )

    def expect_that(self, true: Any, *, wanted: str, because: str, rfc: str = "") -> Result:
        """Promise anything else about a call that must not raise."""
        if wanted not in self._row.wanted:
            self._row.wanted.append(wanted)
        if self._outcome.raised is not None:
            line = self._outcome.raised.line
            where = f", line {line} of the cell" if line else ""
            return self._break(wanted, f"Your function raised {preview(self.error, 160)}{where}.", because, rfc)
        return self if true and not self._row.blank else self._break(wanted, "", because, rfc)

    def expect_raises(self, kind: str, *, because: str, rfc: str = "") -> Result:
        """Promise an exception of this class, or of one that inherits from it."""
        wanted = f"raises {kind}"
        self._row.wanted.append(wanted)
        return self if kind in self.raised else self._break(wanted, "", because, rfc)

    def expect_arguments_unchanged(self, *arguments: Any, because: str) -> Result:
        """Promise that the arguments still are what they were."""
        wanted = "arguments left as they were"
        self._row.wanted.append(wanted)
        return self if same(self.arguments, arguments) else self._break(wanted, "", because, "")

    def expect_new(self, *, because: str) -> Result:
        """Promise a list, dict or set that no earlier call returned."""
        wanted = "a new one at every call"
        self._row.wanted.append(wanted)
        return self if not self._outcome.repeated else self._break(wanted, "", because, "")

    def _break(self, wanted: str, explanation: str, because: str, rfc: str) -> Result:
        current().fail(self._row, wanted, f"{explanation} {because}".strip(), rfc)
        raise AssertionError("fail() always raises")


class Value:
    """A given name of an answer, read and changed while the check runs."""

    def __init__(self, answer: Answer, name: str) -> None:
        self._answer = answer
        self.name = name

    def read(self) -> Any:
        """Return the current value as plain data."""
        try:
            return self._answer.read(self.name)
        except Unreachable as problem:
            return self._unreachable(problem)

    def assign(self, value: Any) -> None:
        """Bind the name to a new value."""
        self._change("assign", value=value)

    def put(self, key: Any, value: Any) -> None:
        """Set one item."""
        self._change("put", key, value)

    def remove(self, key: Any) -> None:
        """Remove one item, if it is there."""
        self._change("remove", key)

    def add(self, value: Any) -> None:
        """Add to a set."""
        self._change("add", value=value)

    def expect(self, value: Any, *, because: str, rfc: str = "") -> None:
        """Promise exactly this value."""
        self.expect_that(
            lambda current_value: same(current_value, value), wanted=describe(value), because=because, rfc=rfc
        )

    def expect_that(self, where: Any, *, wanted: str, because: str, rfc: str = "", asked: str = "") -> None:
        """Promise a value for which ``where`` is true."""
        recorder = current()
        value = self.read()
        row = recorder.add(Row(asked or self.name, describe(value), [wanted], blank=isinstance(value, Blank)))
        if row.blank or not holds(where, value):
            recorder.fail(row, wanted, because, rfc)

    def _change(self, action: str, key: Any = None, value: Any = None) -> None:
        try:
            self._answer.change(self.name, action, key, value)
        except Unreachable as problem:
            self._unreachable(problem)

    def _unreachable(self, problem: Unreachable) -> None:
        recorder = current()
        row = recorder.add(Row(problem.asked, problem.got, blank=problem.blank))
        if problem.late:
            recorder.late.append(row)
        recorder.fail(row, f"the name {self.name}", problem.why)


def describe(value: Any) -> str:
    """Return plain data as one line that a learner can read."""
    if isinstance(value, ResponseOf):
        return f"the response to {value.method} {value.url}"
    if isinstance(value, ErrorOf):
        return f"the exception of {value.method} {value.url}"
    if isinstance(value, ViewOf):
        return f"a view that calls {value.name}"
    if isinstance(value, Thing):
        return preview(f"{value.text} (of type {value.kind})", 200)
    return preview(_written(value), 160)


def _written(value: Any) -> str:
    """Return plain data as Python writes it, but sets in order: theirs differs from run to run."""
    if type(value) is dict:
        return "{" + ", ".join(f"{_written(key)}: {_written(item)}" for key, item in value.items()) + "}"
    if type(value) is list:
        return "[" + ", ".join(map(_written, value)) + "]"
    if type(value) is tuple:
        return "(" + ", ".join(map(_written, value)) + (",)" if len(value) == 1 else ")")
    if type(value) in (set, frozenset) and value:
        return "{" + ", ".join(sorted(map(_written, value))) + "}"
    return repr(value)
