"""What can be said of the folders of a run at once, before anything is imported that takes time."""

from __future__ import annotations

import os
from pathlib import Path

# Where a run remembers what it judged.
RESULTS = "results.jsonl"
# What lies at the top of the course, and of what is released of it.
_COURSE = ("notebooks", "lessons", "checks", "server")


class GradingProblem(Exception):
    """Grading is not possible this way; the message says why and what to do."""

    def __init__(self, message: str, *, usage: bool = False) -> None:
        super().__init__(message)
        # The command was called wrongly, as opposed to a fault of the place where it runs.
        self.usage = usage


def check_folders(submissions: Path, out: Path) -> None:
    """Raise :exc:`GradingProblem` when the folders cannot be what they are meant to be."""
    here, there = submissions.resolve(), out.resolve()
    if not here.exists():
        raise GradingProblem(f"there is nothing at {submissions}: name the folder of notebooks.", usage=True)
    if not os.access(here, os.R_OK | (os.X_OK if here.is_dir() else 0)):
        raise GradingProblem(f"{submissions} cannot be read: permission denied.")
    if there == here or here in there.parents:
        raise GradingProblem(f"{out} lies in {submissions}: name a folder beside it for --out.", usage=True)
    if there in here.parents:
        raise GradingProblem(f"{submissions} lies in {out}: name another folder for --out.", usage=True)
    if all((here / part).is_dir() for part in _COURSE):
        raise GradingProblem(
            f"{submissions} is the course itself, not what a class handed in: name the folder or the zip file "
            "with the notebooks of the students.",
            usage=True,
        )
    if there.exists() and not there.is_dir():
        raise GradingProblem(f"{out} is no folder: name a folder for --out.", usage=True)
