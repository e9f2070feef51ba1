"""What judging a submission came to: plain data, one line of ``results.jsonl`` for one student and lesson."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .submission import Flag


@dataclass
class Judged:
    """The judgement of one exercise, of the best where there were several answers."""

    # The exercise: "success.create_or_replace".
    id: str
    state: str
    points: float
    max_points: float
    # Counts beyond the points of the lesson.
    challenge: bool = False
    # The rows of the report: what ``Row`` holds.
    rows: list[dict[str, Any]] = field(default_factory=list)
    # What was judged, and where it stood. Empty where no answer was handed in.
    source: str = ""
    place: str = ""
    # The fault of the check itself; empty unless the state is "broken check".
    fault: str = ""


@dataclass
class Result:
    """The judgement of one submission."""

    student: str
    lesson: str
    # The submission's digest, and the version of the checks that made this result.
    submission: str
    checks: str
    exercises: list[Judged]
    # By the question's name: {"said": ..., "right": bool}.
    predictions: dict[str, dict[str, Any]] = field(default_factory=dict)
    flags: list[Flag] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    @property
    def points(self) -> float:
        """Return the points of the lesson's exercises, challenges not counted."""
        return sum(judged.points for judged in self.exercises if not judged.challenge)

    @property
    def max_points(self) -> float:
        """Return the points that could be reached."""
        return sum(judged.max_points for judged in self.exercises if not judged.challenge)

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain data."""
        # What `dataclasses.asdict` gives, without a copy of every row: a report has hundreds of them.
        parts = {name: [vars(part) for part in getattr(self, name)] for name in ("exercises", "flags")}
        return {**vars(self), **parts}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Result:
        """Return the result that :meth:`to_json` made. Raise :exc:`TypeError` or :exc:`LookupError` for other data."""
        values = dict(data)
        values["exercises"] = [Judged(**judged) for judged in values["exercises"]]
        values["flags"] = [Flag(**flag) for flag in values.get("flags", [])]
        return cls(**values)
