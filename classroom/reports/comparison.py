"""Whose points move between two gradebooks, and why: for the day after a check was mended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from checks.report import preview, tidy

from ..memory import Results
from ..result import Judged, Result

FIRST_TIME = "graded for the first time"
GONE = "not in this gradebook any more"
ANSWER = "something else was handed in"
CHECKS = "the checks have changed"
SEED = "the random data of the checks is another one"
SAME = "nothing has changed but the run"


@dataclass(frozen=True)
class Moved:
    """An exercise whose points moved."""

    student: str
    exercise: str
    points_before: float | None
    points_after: float | None
    state_before: str
    state_after: str
    cause: str
    # The first broken promise; empty where there is none.
    broken_before: str
    broken_after: str

    def __str__(self) -> str:
        before, after = (_points(points) for points in (self.points_before, self.points_after))
        text = f"{self.student}, {self.exercise}: {before} -> {after} ({self.cause})"
        if self.broken_before != self.broken_after:
            text += f"\n    before: {self.broken_before or self.state_before or 'nothing'}"
            text += f"\n    now:    {self.broken_after or self.state_after or 'nothing'}"
        return text

    def to_json(self) -> dict[str, Any]:
        """Return the move as plain data."""
        return asdict(self)


def moves(old: Results, new: Results, keys: Sequence[tuple[str, str]]) -> Iterator[Moved]:
    """Yield what moved among the results with these keys, in their order, then what is only in the old ones."""
    for key in keys:
        after = new.read(*key)
        before = old.read(*key) if key in old.entries else None
        yield from _moved(key[0], before, after, _cause(before, after, old.header.seed != new.header.seed))
    graded = {lesson for _, lesson in keys}
    # A lesson that was not graded this time says nothing about anybody.
    for student, lesson in sorted(key for key in old.entries.keys() - set(keys) if key[1] in graded):
        yield from _moved(student, old.read(student, lesson), None, GONE)


def _cause(before: Result | None, after: Result, other_seed: bool) -> str:
    if before is None:
        return FIRST_TIME
    causes = [ANSWER] if before.submission != after.submission else []
    causes += [CHECKS] if before.checks != after.checks else []
    causes += [SEED] if other_seed else []
    return ", ".join(causes) or SAME


def _moved(student: str, before: Result | None, after: Result | None, cause: str) -> Iterator[Moved]:
    old = {judged.id: judged for judged in before.exercises} if before else {}
    new = {judged.id: judged for judged in after.exercises} if after else {}
    for name in [*new, *(name for name in old if name not in new)]:
        was, now = old.get(name), new.get(name)
        if (was.points if was else 0) == (now.points if now else 0):
            continue
        yield Moved(
            preview(student),
            name,
            was.points if was else None,
            now.points if now else None,
            was.state if was else "",
            now.state if now else "",
            cause,
            _first_broken(was),
            _first_broken(now),
        )


def _first_broken(judged: Judged | None) -> str:
    for row in judged.rows if judged else ():
        if not row.get("passed", True):
            wanted = ", ".join(map(str, row.get("wanted", [])))
            return preview(tidy(f"{row.get('asked')} came back as {row.get('got')}, promised was {wanted}"), 300)
    return ""


def _points(points: float | None) -> str:
    return "nothing" if points is None else f"{points:g}"
