"""Judge one submission: each exercise by its check, as in a notebook, against an answer in a process of its own."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from checks import Exercise
from checks.apart import ApartAnswer
from checks.judge import load_and_judge, not_loaded
from checks.limited import Unreachable
from checks.report import BROKEN, NOT_ATTEMPTED, NOT_YET, PASSED, Report, Row, tidy
from checks.source import import_of
from checks.worker import MODULES
from lessons import lesson

from .cells import CellBlock
from .plain_code import keeps_to_itself
from .result import Judged, Result
from .reuse import Processes
from .submission import Source, Submission
from .version import checks_version

# Seconds after which the exercises that are left of a submission are not judged any more.
TIME_LIMIT = 240.0
# The better one of two reports with the same points comes first.
_ORDER = [PASSED, BROKEN, NOT_YET, NOT_ATTEMPTED]


def judge_submission(submission: Submission, seed: str, cells: CellBlock) -> Result:
    """Judge every exercise of the lesson. Raise :exc:`OSError` when the cell block is lost."""
    return compose(submission, list(judge_exercises(submission, seed, cells)))


def judge_exercises(submission: Submission, seed: str, cells: CellBlock) -> Iterator[Judged]:
    """Judge the exercises of the lesson one by one, in the lesson's order."""
    deadline = time.monotonic() + TIME_LIMIT
    with Processes(cells) as processes:
        for exercise in lesson(submission.lesson).exercises.values():
            yield _judge_exercise(
                exercise, submission.answers.get(exercise.name, ()), f"{seed} {exercise.id}", processes, deadline
            )


def compose(submission: Submission, exercises: list[Judged], fault: str = "") -> Result:
    """Return the result that these judgements make. What is missing counts as a broken check with this fault."""
    known = lesson(submission.lesson)
    judged = {one.id for one in exercises}
    missing = [
        _judged(exercise, BROKEN, fault=fault) for exercise in known.exercises.values() if exercise.id not in judged
    ]
    predictions = {
        name: {"said": said, "right": known.questions[name].is_right(said)}
        for name, said in submission.predictions.items()
        if name in known.questions
    }
    return Result(
        student=submission.student,
        lesson=submission.lesson,
        submission=submission.digest,
        checks=checks_version(submission.lesson),
        exercises=exercises + [_judged(exercise, BROKEN, fault=fault) for exercise in missing],
        predictions=predictions,
        flags=list(submission.flags),
        files=list(submission.files),
    )


def _judge_exercise(
    exercise: Exercise, sources: Sequence[Source], seed: str, processes: Processes, deadline: float
) -> Judged:
    """Judge each source, and where one does not pass, once more behind the student's own cells. The best counts."""
    best: tuple[Report, Source] | None = None
    for source in itertools.chain.from_iterable(map(_attempts, sources)):
        if best is not None and (best[0].passed or (source.before and _hangs(best[0]))):
            continue
        report = _judge_source(exercise, source, seed, processes, deadline)
        if best is None or _rank(report) < _rank(best[0]):
            best = report, source
    if best is None:
        return _judged(exercise, NOT_ATTEMPTED)
    report, source = best
    rows = [_row(row) for row in report.rows]
    return _judged(exercise, report.state, report.points, rows, source.text, source.place, tidy(report.fault))


def _attempts(source: Source) -> list[Source]:
    alone = replace(source, before=())
    return [alone, source] if source.before else [alone]


def _hangs(report: Report) -> bool:
    return bool(report.rows) and report.rows[0].got.startswith("did not finish")


def _rank(report: Report) -> tuple[float, int]:
    return -report.points, _ORDER.index(report.state)


def _judge_source(exercise: Exercise, source: Source, seed: str, processes: Processes, deadline: float) -> Report:
    if time.monotonic() > deadline:
        why = f"All answers of a submission together are given {TIME_LIMIT:g} s. Earlier ones used them up."
        return not_loaded(
            exercise, Unreachable("running your code", "it was not run: the time is over", why, late=True)
        )
    text, modules = _as_file(exercise, source) if exercise.is_file else (source.text, source.modules)
    given = exercise.find_given()
    leaves_nothing = not modules and not source.before and keeps_to_itself(text, given)

    def judge(answer: ApartAnswer) -> Report:
        load = partial(answer.load, text, given, modules=modules, before=source.before)
        return load_and_judge(exercise, answer, load, seed)

    return processes.run(judge, leaves_nothing)


def _as_file(exercise: Exercise, source: Source) -> tuple[str, dict[str, str]]:
    """Return a source that imports the answer, and the modules with the answer among them."""
    package = any(name.startswith(f"{exercise.name}/") for name in source.modules)
    name = f"{exercise.name}/__init__.py" if package else f"{exercise.name}.py"
    modules = {name: source.text, **source.modules}
    return import_of(PurePosixPath(MODULES, name), modules[name], exercise), modules


def _judged(
    exercise: Exercise,
    state: str,
    points: float = 0,
    rows: Sequence[dict[str, Any]] = (),
    source: str = "",
    place: str = "",
    fault: str = "",
) -> Judged:
    return Judged(exercise.id, state, points, exercise.points, exercise.challenge, list(rows), source, place, fault)


def _row(row: Row) -> dict[str, Any]:
    """Return a row as plain data that is the same in every run."""
    return {name: _tidied(value) for name, value in vars(row).items()}


def _tidied(data: Any) -> Any:
    if isinstance(data, str):
        return tidy(data)
    if isinstance(data, Row):
        return _row(data)
    if isinstance(data, dict):
        return {name: _tidied(value) for name, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_tidied(value) for value in data]
    return data
