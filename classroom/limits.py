"""What an answer may use up, and the protection that works on every system with processes: ``--isolation=limits``."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
from pathlib import Path

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

MEGABYTE = 1_000_000
# Bytes of memory that one process may ask for: threads ask for much that they never use.
MEMORY = 2_000 * MEGABYTE
# Bytes of memory that all processes of an answer may use together.
MEMORY_TOGETHER = 600 * MEGABYTE
# Bytes of one file, and of all files together.
FILE_SIZE = 32 * MEGABYTE
FILES_TOGETHER = 64 * MEGABYTE
# Processes and threads of one answer.
PROCESSES = 100
OPEN_FILES = 256
# Seconds of processor time of one process. Time limits end an answer long before.
PROCESSOR_TIME = 120


def set_limits(processes: bool = True) -> None:
    """Limit this process and all that it will start."""
    limits = {
        "RLIMIT_AS": MEMORY,
        "RLIMIT_CPU": PROCESSOR_TIME,
        "RLIMIT_FSIZE": FILE_SIZE,
        "RLIMIT_NOFILE": OPEN_FILES,
        "RLIMIT_CORE": 0,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_MEMLOCK": 0,
    }
    if processes:
        limits["RLIMIT_NPROC"] = PROCESSES
    for name, limit in limits.items():
        # What a system does not know, or refuses to lower (macOS: the address space), it goes without.
        with contextlib.suppress(AttributeError, OSError, ValueError):
            kind = getattr(resource, name)
            hard = resource.getrlimit(kind)[1]
            limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
            resource.setrlimit(kind, (limit, limit))
    # A file that grows too large is an error to be handled (EFBIG), not the end of the process.
    if hasattr(signal, "SIGXFSZ"):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


class Limits:
    """Own process, own folder, limits of what is used up. An answer can read what its user can read, and write too."""

    sentence = (
        "Answers run in processes and folders of their own, with limits of time, memory, processes and file size. "
        "They are NOT kept from reading and writing the files of this user, nor from the network."
    )

    def __init__(self) -> None:
        self._folder = ""

    def open_nursery(self) -> None:
        """Prepare the process that all cell blocks are forked from."""

    def open_block(self) -> list[int]:
        """Prepare this process to be a cell block. Return descriptors by which its judge enters it."""
        return []

    def clean(self) -> None:
        """Make the place of the next answer, an empty folder, and remove the one before."""
        self.close_block()
        self._folder = tempfile.mkdtemp(prefix="answer-")

    def enter(self) -> None:
        """Confine this process, in which the answer will run."""
        os.setpgid(0, 0)
        os.chdir(self._folder)
        # How many processes a user has is counted over all that the user runs here.
        set_limits(processes=False)

    def place(self) -> Path:
        """Return the folder of the answer."""
        return Path(self._folder)

    def kill(self, answer: int) -> None:
        """Kill an answer's process and what it started."""
        with contextlib.suppress(OSError):
            os.killpg(answer, signal.SIGKILL)
        with contextlib.suppress(OSError):
            # It may not have come to set its group yet.
            os.kill(answer, signal.SIGKILL)

    def close_block(self) -> None:
        """Remove the folder of the answer."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
