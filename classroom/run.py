"""One grading run: judge what is not judged yet, and remember each result as soon as it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from .memory import Memory
from .result import Result
from .submission import Submission


class Judging(Protocol):
    """Whatever judges submissions: processes of this machine, a cluster."""

    def judge(self, submissions: Iterable[Submission]) -> Iterator[Result]:
        """Yield one result for each submission, in the order of completion."""


@dataclass
class Plan:
    """What a run has to do, and what it can keep."""

    todo: list[Submission] = field(default_factory=list)
    kept: int = 0
    # Judged before, and to be judged again: something else was handed in, the checks changed, a check failed.
    changed: int = 0
    stale: int = 0
    broken: int = 0
    # Results in the memory whose submission is not there any more.
    gone: int = 0


def plan(submissions: Sequence[Submission], memory: Memory, checks_version: Callable[[str], str]) -> Plan:
    """Compare the submissions with the results that are there."""
    result = Plan()
    entries = memory.results.entries
    for submission in submissions:
        entry = entries.get((submission.student, submission.lesson))
        if entry is not None:
            if entry.submission != submission.digest:
                result.changed += 1
            elif entry.checks != checks_version(submission.lesson):
                result.stale += 1
            elif entry.broken:
                result.broken += 1
            else:
                result.kept += 1
                continue
        result.todo.append(submission)
    result.gone = len(entries.keys() - {(submission.student, submission.lesson) for submission in submissions})
    return result


def judge_all(todo: Sequence[Submission], judging: Judging, memory: Memory) -> Iterator[Result]:
    """Judge submissions and remember every result. Yield each after it is remembered."""
    expected = {(submission.student, submission.lesson) for submission in todo}
    for result in judging.judge(todo):
        if (result.student, result.lesson) in expected:
            memory.add(result)
            yield result


def without_result(submissions: Sequence[Submission], memory: Memory) -> list[Submission]:
    """Return the submissions that the memory holds no result for."""
    entries = memory.results.entries
    missing = []
    for submission in submissions:
        entry = entries.get((submission.student, submission.lesson))
        if entry is None or entry.submission != submission.digest:
            missing.append(submission)
    return missing
