"""The protection that works wherever processes can be forked: ``--isolation=limits``."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from .limits import FILES, FILES_TOGETHER, count_threads, set_limits
from .watch import Watch

if sys.platform == "linux":
    from . import linux

# Seconds that cell blocks may take to clean up.
PATIENCE = 3.0

# What is true for everybody else is no protection against an answer that runs as root.
_AS_ROOT = (
    " You are root: an answer can change EVERYTHING on this machine, Python itself too. Grade as another user."
    if hasattr(os, "geteuid") and os.geteuid() == 0
    else ""
)


class Limits:
    """Own process, own folder, limits of what is used up. An answer can read what its user can read, and write too."""

    sentence = (
        "Answers run in processes and folders of their own, with limits of time, memory, processes and file size. "
        "They are NOT kept from reading and writing the files of this user, nor from the network, nor from stopping "
        "programs of this user, this one too." + _AS_ROOT
    )

    def __init__(self) -> None:
        # Where the answers' folders are made, and the answer's.
        self._folders = ""
        self._folder = ""
        self._watch: Watch | None = None

    def open_nursery(self) -> None:
        self._folders = tempfile.mkdtemp(prefix="answers-")
        if sys.platform == "linux":
            # What is left of an answer that killed its cell block.
            linux.adopt_orphans()

    def close_nursery(self) -> None:
        if sys.platform == "linux":
            watch = Watch(os.getpid(), Path("/proc"))
            watch.wait_for_all(PATIENCE)
            watch.kill_all()
        shutil.rmtree(self._folders, ignore_errors=True)

    def open_block(self) -> list[int]:
        if sys.platform == "linux":
            # Whatever an answer starts stays below this process, even if it wants to be left alone.
            linux.adopt_orphans()
            self._watch = Watch(os.getpid(), Path("/proc"))
        return []

    def clean(self) -> None:
        self.close_block()
        self._folder = tempfile.mkdtemp(prefix="answer-", dir=self._folders)

    def enter(self) -> None:
        os.setpgid(0, 0)
        os.chdir(self._folder)
        os.environ.update(HOME=self._folder, TMPDIR=self._folder)
        # They are counted over all that the user runs here, and those of root not at all.
        set_limits(count_threads())

    def look_after(self, answer: int) -> None:
        if (self._watch is not None and self._watch.is_too_much()) or _is_too_large(self._folder):
            self.kill(answer)

    def kill(self, answer: int) -> None:
        with contextlib.suppress(OSError):
            os.killpg(answer, signal.SIGKILL)
        with contextlib.suppress(OSError):
            # It may not have come to set its group yet.
            os.kill(answer, signal.SIGKILL)
        if self._watch is not None:
            self._watch.kill_all()

    def close_block(self) -> None:
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)


def _is_too_large(folder: str) -> bool:
    """Tell whether there are too many files in a folder, or too much in them."""
    count = room = 0
    for place, folders, files in os.walk(folder):
        for name in folders + files:
            with contextlib.suppress(OSError):
                # What a file takes on the disk: it may have holes.
                room += os.lstat(os.path.join(place, name)).st_blocks * 512
            count += 1
            if count > FILES or room > FILES_TOGETHER:
                return True
    return False
