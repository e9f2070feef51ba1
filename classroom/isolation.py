"""The levels of isolation: how the answers of a submission are confined."""

from __future__ import annotations

from typing import Protocol

from .namespaces import Namespaces
from .own_processes import Limits


class Protection(Protocol):
    """How answers are confined. The nursery, a cell block and an answer's process each call what concerns them."""

    # What is in force, for the teacher.
    sentence: str

    def open_nursery(self) -> None:
        """Prepare the process that all cell blocks are forked from. Raise :exc:`OSError` when it cannot be done."""

    def close_nursery(self) -> None:
        """End what is left, when the cell blocks have been told to end."""

    def open_block(self) -> list[int]:
        """Prepare this process to be a cell block. Return descriptors by which its judge enters it."""

    def clean(self) -> None:
        """Make the place of the next answer, an empty folder, and remove the one before."""

    def enter(self) -> None:
        """Confine this process, in which the answer will run."""

    def look_after(self, answer: int) -> None:
        """Kill an answer that takes too much. Called again and again while it runs."""

    def kill(self, answer: int) -> None:
        """Kill an answer's process and what it started."""

    def close_block(self) -> None:
        """Remove what is left of the last answer."""


# The strongest first.
LEVELS: dict[str, type[Protection]] = {"namespaces": Namespaces, "limits": Limits}
