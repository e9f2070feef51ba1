"""Open JupyterLab on a lesson."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import click

from .cli import suggest
from .environment import ROOT, replace_process

NOTEBOOKS = ROOT / "notebooks"
NAME = re.compile(r"(\d+)_(\w+)")


@click.command("open")
@click.argument("lesson", required=False)
@click.option("--no-browser", is_flag=True, help="Only print the URL to open.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the server. Busy: the next free one.")
def command(lesson: str | None, no_browser: bool, port: int | None) -> None:
    """Open JupyterLab on LESSON, or on the first one.

    LESSON is a name or a number: success, or 4. Press Ctrl-C twice to stop.
    """
    notebook = find_notebook(lesson)
    click.echo(f"JupyterLab opens notebooks/{notebook.name}. To stop it, press Ctrl-C here, twice.", err=True)
    options = [
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.default_url=/lab/tree/notebooks/{notebook.name}",
        "--ServerApp.ip=127.0.0.1",
    ]
    if port:
        options.append(f"--ServerApp.port={port}")
    if no_browser:
        options.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # in a container everybody is root
    replace_process([sys.executable, "-m", "jupyterlab", *options])


def find_notebook(lesson: str | None) -> Path:
    """Return the notebook of a lesson: by name, number or file name, or the first one.

    :raise click.ClickException: when there is none.
    """
    notebooks = {}
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        if match := NAME.fullmatch(path.stem):
            notebooks[match[2]] = int(match[1]), path
    if not notebooks:
        raise click.ClickException(f"There are no notebooks in {NOTEBOOKS}. Make them: python3 -m course build")
    if lesson is None:
        return min(notebooks.values())[1]
    wanted = Path(lesson).stem
    for name, (number, path) in notebooks.items():
        if wanted in (name, path.stem) or (wanted.isdecimal() and int(wanted) == number):
            return path
    raise click.UsageError(f"There is no lesson {lesson!r}. {suggest(wanted, list(notebooks), 'Lessons')}")
