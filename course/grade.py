"""Grade what a class handed in: results, gradebook, feedback, and the class at a glance."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from classroom.folders import RESULTS, GradingProblem, check_folders
from classroom.helpers import Helpers, Unconfined

from .names import LessonName

if TYPE_CHECKING:
    from classroom.grading import Grading

NO_RESULT = 1
BAD_USAGE = 2
NOT_POSSIBLE = 3


@click.command
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The folder for the results.")
@click.option("--workers", type=click.IntRange(1, 1024), help="Submissions judged at once. [default: all cores]")
@click.option(
    "--isolation",
    type=click.Choice(["namespaces", "limits", "none"]),
    default="namespaces",
    show_default=True,
    help="How submissions are kept apart. Use none only for notebooks of your own.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Judge on the Dask cluster of this scheduler: tcp://HOST:PORT.")
@click.option("--resume/--anew", default=True, help="Keep results that still hold (the default), or judge all again.")
@click.option(
    *("--lesson", "lessons"),
    type=LessonName(),
    multiple=True,
    metavar="NAME",
    help="Only this lesson, by name or number. May be given again.",
)
@click.option("--compare", type=click.Path(path_type=Path), metavar="OLD", help="Tell whose points moved since OLD.")
@click.option("--seed", help="Fix the random data of the checks.")
@click.option("--moodle", type=click.Path(path_type=Path), metavar="FILE", help="Fill in what Moodle exported.")
@click.option("--canvas", type=click.Path(path_type=Path), metavar="FILE", help="Fill in what Canvas exported.")
@click.option("--max-points", type=click.FloatRange(0, min_open=True), help="Full points on Moodle and Canvas.")
@click.option("--junit", type=click.Path(path_type=Path), metavar="FILE", help="Write JUnit XML.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def command(submissions: Path, out: Path, lessons: tuple[str, ...], as_json: bool, **options: Any) -> int:
    """Grade the notebooks that a class handed in.

    SUBMISSIONS is a folder or a zip file: a folder for each student, files whose names carry the student, or a download
    from Moodle or Canvas. A run that was stopped goes on when the same command is given again. The exit code is 0 when
    every submission got a result, 1 when some got none, 2 for bad usage, 3 when grading is not possible here.
    """
    started = time.monotonic()
    try:
        check_folders(submissions, out)
        with _helpers(out, **options) as helpers:
            # They get ready meanwhile: this brings Flask and the lessons along.
            from classroom.grading import Grading

            summary = _grade(Grading(submissions, out, lessons=lessons, tell=_tell, helpers=helpers, **options))
    except GradingProblem as problem:
        _tell(f"course grade: {problem}")
        return BAD_USAGE if problem.usage else NOT_POSSIBLE
    seconds = time.monotonic() - started
    if as_json:
        click.echo(json.dumps({**summary, "seconds": round(seconds, 2)}))
    else:
        click.echo(f"{_one_line(summary)} {out / 'class.html'} ({seconds:.1f} s)")
    return NO_RESULT if summary["without_result"] else 0


def _helpers(
    out: Path, isolation: str, scheduler: str | None, resume: bool, **_: object
) -> AbstractContextManager[Helpers | None]:
    """Start the helpers at once where they will be needed for certain. All others are the pool's to start."""
    judged_before = resume and (out / RESULTS).exists()
    if judged_before or scheduler is not None or isolation == "none":
        return nullcontext()
    try:
        return Helpers(isolation)
    except Unconfined:
        # What is wrong with the submissions is to be said first.
        return nullcontext()


def _grade(grading: Grading) -> dict[str, Any]:
    """Judge and report. Return the summary."""
    try:
        grading.check()
        with grading.opened():
            _draw(grading)
            return grading.report()
    except KeyboardInterrupt:
        _tell(f"\n{grading.interrupted()}")
        raise


def _tell(message: str) -> None:
    click.echo(message, err=True)


def _one_line(summary: dict[str, Any]) -> str:
    from checks.report import counted

    students, submissions = (counted(summary[name], name[:-1]) for name in ("students", "submissions"))
    return f"{students}, {submissions}: {100 * summary['passed_share']:.0f} % of the exercises passed. See"


def _draw(grading: Grading) -> None:
    """Judge what is to be judged, and show how far it is."""
    total = len(grading.todo)
    if not total:
        return
    with grading.judging() as results:
        if sys.stderr.isatty():
            with click.progressbar(results, total, "Judging", show_pos=True, show_eta=True, file=sys.stderr) as bar:
                for _ in bar:
                    pass
        else:
            _tell_progress(results, total)


def _tell_progress(results: Iterable[object], total: int) -> None:
    """Tell the progress in ten lines, for logs."""
    started = time.monotonic()
    for done, _ in enumerate(results, start=1):
        if done * 10 // total > (done - 1) * 10 // total:
            left = (time.monotonic() - started) / done * (total - done)
            _tell(f"Judged {done} of {total}" + (f", about {left:.0f} s left" if left >= 1 else ""))
