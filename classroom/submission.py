"""What was handed in: the answers of one student to one lesson, and whatever is odd about them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Flag:
    """Something about a submission that a teacher may want to look at. It costs no points."""

    # A few words, the same for all flags of the kind: "answer twice", "cell id lost".
    name: str
    # The exercise or the file that it is about.
    about: str
    # One sentence for the teacher.
    text: str


@dataclass(frozen=True)
class Source:
    """The source of one answer as it was handed in."""

    text: str
    # Where it stands: "week4.ipynb, cell 17".
    place: str
    # Cells of the student's own that ran before it in the notebook, such as imports and helpers, in their order.
    before: tuple[str, ...] = ()
    # Modules handed in beside it, by file name.
    modules: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Submission:
    """One student's answers to one lesson."""

    student: str
    lesson: str
    # By the exercise's name. More than one source where an answer exists more than once: each is judged.
    answers: Mapping[str, tuple[Source, ...]]
    # By the question's name: what was predicted, as plain data.
    predictions: Mapping[str, Any] = field(default_factory=dict)
    flags: tuple[Flag, ...] = ()
    # The files it was read from, relative to what was collected.
    files: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Return a short text that changes when something else is handed in."""
        answers = {
            name: [[source.text, source.before, dict(source.modules)] for source in sources]
            for name, sources in self.answers.items()
        }
        content = [self.student, self.lesson, answers, dict(self.predictions)]
        return hashlib.sha256(json.dumps(content, sort_keys=True, default=repr).encode("utf-8", "replace")).hexdigest()[
            :16
        ]

    def to_json(self) -> dict[str, Any]:
        """Return the submission as plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Submission:
        """Return the submission that :meth:`to_json` made."""
        values = dict(data)
        values["answers"] = {
            name: tuple(Source(**{**source, "before": tuple(source["before"])}) for source in sources)
            for name, sources in values["answers"].items()
        }
        values["flags"] = tuple(Flag(**flag) for flag in values["flags"])
        values["files"] = tuple(values["files"])
        return cls(**values)
