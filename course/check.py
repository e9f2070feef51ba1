"""Judge one answer from a file, in a process of its own."""

from __future__ import annotations

import difflib
import json
import secrets
import sys
from pathlib import Path

import click

from checks import Exercise
from checks.report import NOT_ATTEMPTED, NOT_YET, PASSED
from checks.source import NoSource, judge_file
from lessons import LESSONS, lesson

EXIT_CODES = {PASSED: 0, NOT_YET: 1, NOT_ATTEMPTED: 2}
BAD_USAGE = 3
BROKEN_CHECK = 4


class UsageError(Exception):
    """The command was called wrongly; the message is one line that says what to do."""


def find_exercise(identifier: str) -> Exercise:
    """Return the exercise called ``<lesson>.<exercise>``. Raise :exc:`UsageError` with the nearest names."""
    name, _, exercise = identifier.partition(".")
    if name in LESSONS and exercise in lesson(name).exercises:
        return lesson(name).exercises[exercise]
    known = [found.id for other in LESSONS for found in lesson(other).exercises.values()]
    near = difflib.get_close_matches(identifier, known, n=3, cutoff=0.5)
    near += [other for other in known if exercise and other.endswith(f".{exercise}") and other not in near]
    if name in LESSONS and not near:
        near = [found.id for found in lesson(name).exercises.values()]
    hint = f" Did you mean {' or '.join(near[:3])}?" if near else " IDs look like success.create_or_replace."
    raise UsageError(f"there is no exercise {identifier!r}.{hint}")


class _Check(click.Command):
    """A command whose bad usage has an exit code of its own: click's 2 means "not attempted" here."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.exit_code = BAD_USAGE
            raise


@click.command(cls=_Check)
@click.argument("identifier", metavar="ID")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def command(identifier: str, file: Path, as_json: bool) -> None:
    """Judge the answer in a file to one exercise.

    ID is the exercise, such as success.create_or_replace. FILE holds its cell; what the lesson imports and the
    exercise gives is there already. Where an answer is a program of its own, FILE is its .py file or its package.
    The exit code is 0 for passed, 1 for not yet, 2 for not attempted, 3 for bad usage.
    """
    try:
        # The random data differs from run to run.
        report = judge_file(find_exercise(identifier), file, secrets.token_hex(8))
    except (UsageError, NoSource) as error:
        click.echo(f"course check: {error}", err=True)
        sys.exit(BAD_USAGE)
    if hasattr(sys.stdout, "reconfigure"):
        # A terminal that knows no check mark must not lose the report.
        sys.stdout.reconfigure(errors="replace")
    click.echo(json.dumps(report.to_json()) if as_json else repr(report))
    sys.exit(EXIT_CODES.get(report.state, BROKEN_CHECK))
