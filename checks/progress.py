"""What a learner has done so far: kept per user in the platform's data folder, never in the repository.

Every event is one line of JSON at the end of a file. So two notebooks can write at once, nothing is ever overwritten,
and a damaged line costs that line.
"""

from __future__ import annotations

import json
import os
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import platformdirs

# Where the progress is kept instead; "off" keeps it in memory only.
VARIABLE = "COURSE_PROGRESS"


class Progress:
    """The events of one learner. Without a ``path`` they last as long as the process."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.events: list[dict[str, Any]] = []
        if path is not None:
            self._read(path)

    def _read(self, path: Path) -> None:
        try:
            lines = path.read_text("utf-8", errors="replace").split("\n")
        except FileNotFoundError:
            return
        except OSError as error:
            self._warn(f"Your progress in {path} cannot be read ({error.strerror}): it starts anew in this notebook.")
            self.path = None
            return
        damaged = 0
        for line in lines:
            event = _parse(line)
            if event is None:
                damaged += bool(line.strip())
            else:
                self.events.append(event)
        if damaged:
            self._warn(f"{damaged} damaged line(s) in {path} were passed over: what they recorded is lost.")

    def record(self, about: str, event: str, **details: Any) -> None:
        """Append an event about an exercise or a question. A file that cannot be written costs a warning."""
        entry = {"about": about, "event": event, **details}
        self.events.append(entry)
        if self.path is None:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # The line break comes first, so that an event survives behind a line that was cut short.
            with self.path.open("a", encoding="utf-8") as file:
                file.write("\n" + json.dumps(entry))
        except OSError as error:
            self._warn(f"Your progress cannot be kept in {self.path} ({error.strerror}): the lessons go on without.")
            self.path = None

    def of(self, about: str, event: str) -> list[dict[str, Any]]:
        """Return the events of one kind about an exercise or a question, oldest first."""
        return [entry for entry in self.events if entry["about"] == about and entry["event"] == event]

    def count(self, about: str, event: str) -> int:
        """Return how many events of one kind there were."""
        return len(self.of(about, event))

    @staticmethod
    def _warn(text: str) -> None:
        warnings.warn(text, stacklevel=4)


def _parse(line: str) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(event, dict) or not isinstance(event.get("points", 0), (int, float)):
        return None
    return event if isinstance(event.get("about"), str) and isinstance(event.get("event"), str) else None


@cache
def progress() -> Progress:
    """Return the progress of this user; under pytest, nbval included, one in memory."""
    place = os.environ.get(VARIABLE)
    if place == "off" or (place is None and "PYTEST_VERSION" in os.environ):
        return Progress(None)
    if place:
        return Progress(Path(place))
    path = Path(platformdirs.user_data_dir("http-status-codes-course", appauthor=False)) / "progress.jsonl"
    # Where nobody knows the user's home, this is no whole path, and would lead into the repository.
    return Progress(path if path.is_absolute() else None)
