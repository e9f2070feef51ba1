"""What is found in one notebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# The lesson, and the exercise or question.
Key = tuple[str, str]


@dataclass(frozen=True)
class Candidate:
    """What may be an answer: its text, the cells where it stands, and code that runs before it."""

    text: str
    cells: tuple[int, ...]
    before: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    # Modules that go with it, by the name of the file.
    modules: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Matched:
    """What one notebook holds."""

    lessons: list[str] = field(default_factory=list)
    # Those of the lessons whose notebook it is, and not just a single answer.
    home: set[str] = field(default_factory=set)
    candidates: dict[Key, list[Candidate]] = field(default_factory=dict)
    # The exercises whose cell is there, be it untouched.
    seen: set[Key] = field(default_factory=set)
    predictions: dict[Key, Any] = field(default_factory=dict)
    # Characters of code that were read.
    size: int = 0
    # Names of flags, and what each is about.
    flags: list[tuple[str, str]] = field(default_factory=list)
