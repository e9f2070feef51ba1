"""Run every test of the course."""

from __future__ import annotations

import os
import sys

import click

from .environment import ROOT, replace_process


@click.command("test", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[PYTEST ARGUMENTS]...")
def command(arguments: tuple[str, ...]) -> None:
    """Run every test of the course.

    Both sides of every exercise and every cell of every notebook are tested, too. All arguments go to pytest, which
    runs in the project folder, for example: python3 -m course test -k success
    """
    os.chdir(ROOT)
    replace_process([sys.executable, "-m", "pytest", *arguments])
