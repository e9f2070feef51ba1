"""What lessons and their files are called. The lessons are imported late: they bring Flask along."""

from __future__ import annotations

from pathlib import Path

import click

from .cli import suggest


class LessonName(click.ParamType):
    """A lesson on the command line: its name, its number, or the name of its notebook."""

    name = "lesson"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name of the lesson."""
        from lessons import LESSONS

        wanted = Path(value).stem
        for number, lesson in enumerate(LESSONS, 1):
            if wanted in (lesson, str(number), Path(file_name(lesson)).stem):
                return lesson
        raise click.UsageError(f"There is no lesson {value!r}. {suggest(wanted, list(LESSONS), 'Lessons')}", ctx)


def file_name(lesson: str) -> str:
    """Return the name of a lesson's notebook."""
    from lessons import LESSONS

    return f"{LESSONS.index(lesson) + 1:02d}_{lesson}.ipynb"
