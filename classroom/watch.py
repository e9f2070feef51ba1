"""Watch from outside what all processes of an answer use together: the limits of one process do not bound many."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from .limits import MEMORY_TOGETHER, PROCESSES

# Seconds between two looks.
INTERVAL = 0.05
# Seconds of processor time after which the processes of an answer come behind all others.
BUSY = 10.0
_POLITE = 15
# How often processes that keep starting others are killed anew.
ROUNDS = 100


class Watch:
    """Watch a process and all that descend from it. ``proc`` is the folder that the system tells of processes in."""

    def __init__(self, root: int, proc: Path | int) -> None:
        self._root = root
        self._proc = os.open(proc, os.O_PATH | os.O_DIRECTORY) if isinstance(proc, Path) else proc
        self._page = os.sysconf("SC_PAGESIZE")
        self._ticks = os.sysconf("SC_CLK_TCK")
        # What a fork brings along is no memory of its own.
        self._inherited = self._measure(os.getpid())[1]

    def is_too_much(self) -> bool:
        """Tell whether they are too many or have too much memory. Those that compute for long give way to others."""
        count = memory = 0
        busy = 0.0
        threads: list[int] = []
        for process, tasks in self._family(self._root):
            # One that has ended and waits to be noticed takes nothing, and whether it is noticed in time is chance.
            count += not self._has_ended(process)
            threads += tasks
            with contextlib.suppress(OSError, ValueError, IndexError):
                seconds, resident = self._measure(process)
                busy += seconds
                memory += max(0, resident - self._inherited)
        if busy > BUSY:
            for thread in threads:
                with contextlib.suppress(OSError):
                    os.setpriority(os.PRIO_PROCESS, thread, _POLITE)
        return count > PROCESSES or memory > MEMORY_TOGETHER

    def kill_all(self) -> None:
        """Kill all but the watched process itself, until there are none: they may start others meanwhile."""
        stopped: set[int] = set()
        for _ in range(ROUNDS):
            others = self._others()
            if not others:
                return
            # One that is killed makes room for another one. One that is stopped starts none.
            number = signal.SIGSTOP if others - stopped else signal.SIGKILL
            for process in others:
                with contextlib.suppress(OSError):
                    os.kill(process, number)
            stopped |= others
            time.sleep(0.001)

    def wait_for_all(self, limit: float) -> None:
        """Wait until all but the watched process itself have ended, for ``limit`` seconds at most."""
        deadline = time.monotonic() + limit
        while self._others() and time.monotonic() < deadline:
            time.sleep(0.01)

    def _others(self) -> set[int]:
        below = {process for process, _ in self._family(self._root)} - {self._root}
        return {process for process in below if not self._has_ended(process)}

    def _family(self, process: int) -> Iterator[tuple[int, list[int]]]:
        """Yield processes with their threads. What ends meanwhile is passed over."""
        try:
            tasks = self._list(f"{process}/task")
        except OSError:
            return
        yield process, [int(task) for task in tasks]
        for task in tasks:
            with contextlib.suppress(OSError):
                for child in self._read(f"{process}/task/{task}/children").split():
                    yield from self._family(int(child))

    def _measure(self, process: int) -> tuple[float, int]:
        """Return the seconds that a process computed, with its ended children, and its bytes in memory."""
        fields = self._read(f"{process}/stat").rpartition(b")")[2].split()
        return sum(map(int, fields[11:15])) / self._ticks, int(fields[21]) * self._page

    def _has_ended(self, process: int) -> bool:
        try:
            return self._read(f"{process}/stat").rpartition(b")")[2].split()[0] == b"Z"
        except (OSError, IndexError):
            return True

    def _list(self, path: str) -> list[str]:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY, dir_fd=self._proc)
        try:
            return os.listdir(descriptor)
        finally:
            os.close(descriptor)

    def _read(self, path: str) -> bytes:
        descriptor = os.open(path, os.O_RDONLY, dir_fd=self._proc)
        try:
            return os.read(descriptor, 65_536)
        finally:
            os.close(descriptor)
