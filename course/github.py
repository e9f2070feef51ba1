"""Tell GitHub what `course grade` came to. The workflow that a release brings runs it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from classroom.github import annotations, summary
from classroom.memory import MemoryProblem, read_results
from lessons import LESSONS


@click.command()
@click.argument("results", type=click.Path(path_type=Path))
def command(results: Path) -> None:
    """Show the points of a run of `course grade` on GitHub.

    In a job on GitHub, the points of each exercise in RESULTS go into its summary, and the sum where GitHub Classroom
    looks for it. Anywhere else, both are printed.
    """
    try:
        memory = read_results(results)
    except MemoryProblem as problem:
        raise click.ClickException(str(problem)) from None
    found = [memory.read(*key) for key in sorted(memory.entries, key=lambda key: (key[0], LESSONS.index(key[1])))]
    if place := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(place).open("a", encoding="utf-8") as file:
            file.write(summary(found))
    else:
        click.echo(summary(found))
    for line in annotations(found):
        click.echo(line)
