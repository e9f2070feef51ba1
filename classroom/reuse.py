"""Which process an answer runs in: that of the answer before it, as long as nobody could tell the difference."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from checks.apart import ApartAnswer
from checks.limited import Unreachable

from .cells import CellBlock

# Seconds. Where judging took longer, something may still run.
QUICK = 1.0

Found = TypeVar("Found")


class Processes:
    """The processes for the answers of one submission, one after the other. Use it in ``with``."""

    def __init__(self, cells: CellBlock) -> None:
        self._cells = cells
        # The one before, while another one can take its place.
        self._answer: ApartAnswer | None = None

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def run(self, work: Callable[[ApartAnswer], Found], leaves_nothing: bool) -> Found:
        """Call ``work`` with an answer to load, in a process that is as good as new.

        Whether it can be used again is decided here, by what is known of the answer (``leaves_nothing``) and by how it
        went, never by asking the process. Raise :exc:`OSError` when there is no process to be had.
        """
        self._forget()
        answer = self._answer = self._answer or ApartAnswer(self._cells.process())
        started = time.monotonic()
        try:
            return work(answer)
        finally:
            if not leaves_nothing or answer.ended or time.monotonic() - started > QUICK:
                self._end()

    def _forget(self) -> None:
        """End the answer before, with its process where that does not work: it must not count against a later one."""
        if self._answer is not None:
            try:
                self._answer.forget()
            except Unreachable:
                self._end()

    def _end(self) -> None:
        answer, self._answer = self._answer, None
        if answer is not None:
            answer.close()
