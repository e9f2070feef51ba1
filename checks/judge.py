"""Judge an answer: run a check against it, and turn whatever happens into a report."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING

from .answer import Answer, Unreachable
from .recorder import NotYet, Recorder, recording
from .report import BROKEN, NOT_ATTEMPTED, NOT_YET, PASSED, Report, Row

if TYPE_CHECKING:
    from .exercise import Exercise


def judge(exercise: Exercise, answer: Answer, seed: str | None = None) -> Report:
    """Run the check of an exercise against an answer.

    Without a ``seed`` the random data is the same in every run. Never raises for what an answer does; a fault of the
    check itself is reported as :data:`~checks.report.BROKEN`.
    """
    recorder = Recorder(seed or exercise.id)
    fault = ""
    ended = False
    with recording(recorder):
        try:
            exercise.check(*exercise.bind(answer))
        except NotYet:
            ended = True
        except Unreachable as problem:
            ended = True
            recorder.add(Row(problem.asked, problem.got, ["an answer"], False, problem.why, blank=problem.blank))
        except Exception:
            fault = traceback.format_exc()
    recorder.end()
    if not ended and not fault and not recorder.rows:
        # A check that looked at nothing has proved nothing.
        fault = "The check looked at nothing."
    if ended and recorder.parts:
        # What ended the check outside of its parts counts like one of them.
        recorder.parts.append(False)
    state = _state(recorder, ended, fault)
    points = _points(exercise.points, recorder, state)
    return Report(exercise.id, exercise.title, state, points, exercise.points, recorder.rows, fault, exercise.contract)


def _state(recorder: Recorder, ended: bool, fault: str) -> str:
    if fault:
        return BROKEN
    if not ended and all(row.passed for row in recorder.rows) and all(recorder.parts):
        return PASSED
    failed = [row for row in recorder.rows if not row.passed]
    untouched = bool(failed) and all(row.blank for row in failed) and len(failed) == len(recorder.rows)
    return NOT_ATTEMPTED if untouched else NOT_YET


def _points(points: float, recorder: Recorder, state: str) -> float:
    if state == PASSED:
        return points
    if state != NOT_YET or not recorder.parts:
        return 0
    return round(points * sum(recorder.parts) / len(recorder.parts), 2)


def load_and_judge(exercise: Exercise, answer: Answer, load: Callable[[], None], seed: str | None = None) -> Report:
    """Run an answer by calling ``load``, and judge it.

    One that raises is judged by what it had defined until then: a notebook goes on behind such a cell, too.
    """
    try:
        load()
    except Unreachable as problem:
        failed = not_loaded(exercise, problem)
        if problem.late or problem.blank:
            return failed
        report = judge(exercise, answer, seed)
        if not report.points:
            return failed
        if not report.passed:
            report.rows[:0] = failed.rows
        return report
    return judge(exercise, answer, seed)


def not_loaded(exercise: Exercise, problem: Unreachable) -> Report:
    """Return the report on an answer that could not even be run."""
    row = Row(problem.asked, problem.got, ["it runs to its end"], False, problem.why, blank=problem.blank)
    state = NOT_ATTEMPTED if problem.blank else NOT_YET
    return Report(exercise.id, exercise.title, state, 0, exercise.points, [row])
