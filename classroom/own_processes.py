"""The protection that works wherever processes can be forked: ``--isolation=limits``."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from .limits import set_limits
from .watch import Watch

if sys.platform == "linux":
    from . import linux


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
        "They are NOT kept from reading and writing the files of this user, nor from the network." + _AS_ROOT
    )

    def __init__(self) -> None:
        self._folder = ""
        self._watch: Watch | None = None

    def open_nursery(self) -> None:
        """Do nothing: there is nothing to be hidden from."""

    def open_block(self) -> list[int]:
        if sys.platform == "linux":
            # Whatever an answer starts stays below this process, even if it wants to be left alone.
            linux.adopt_orphans()
            self._watch = Watch(os.getpid(), Path("/proc"))
        return []

    def clean(self) -> None:
        self.close_block()
        self._folder = tempfile.mkdtemp(prefix="answer-")

    def enter(self) -> None:
        os.setpgid(0, 0)
        os.chdir(self._folder)
        os.environ.update(HOME=self._folder, TMPDIR=self._folder)
        # How many processes a user has is counted over all that the user runs here.
        set_limits(processes=False)

    def look_after(self, answer: int) -> None:
        if self._watch is not None and self._watch.is_too_much():
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
