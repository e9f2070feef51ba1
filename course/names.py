"""What the files of a lesson are called."""

from __future__ import annotations

from lessons import LESSONS


def file_name(lesson: str) -> str:
    """Return the name of a lesson's notebook."""
    return f"{LESSONS.index(lesson) + 1:02d}_{lesson}.ipynb"
