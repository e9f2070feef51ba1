"""The lessons: one ``<lesson>.md`` (text and cells) and one ``<lesson>.py`` (its checks) each.

``LESSONS`` is the one list of lessons there is, in the order in which they are learned.
"""

from __future__ import annotations

import difflib
import importlib
from functools import cache
from typing import Any

from .lesson import Lesson

LESSONS = (
    "status_line",
    "five_classes",
    "flask_responses",
    "success",
    "client_errors",
    "access",
    "error_bodies",
    "server_errors",
    "redirects",
    "reading_codes",
    "retries",
    "conditional_requests",
    "production",
    "capstone",
)


@cache
def lesson(name: str) -> Lesson:
    """Return a lesson by its name. Raise :exc:`LookupError` with the nearest name when there is none."""
    if name not in LESSONS:
        near = difflib.get_close_matches(name, LESSONS, n=1)
        raise LookupError(f"There is no lesson {name!r}." + (f" Did you mean {near[0]!r}?" if near else ""))
    return Lesson(name, importlib.import_module(f"{__name__}.{name}"))


def __getattr__(name: str) -> Any:
    """Let ``from lessons import success as check`` give the lesson, not its module."""
    if name not in LESSONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = lesson(name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return [*LESSONS, "LESSONS", "lesson"]
