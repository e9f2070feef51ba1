"""A lock between processes that the system gives back when its holder dies, however it dies."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

# How often a waiting process asks again, in seconds.
INTERVAL = 0.1
# Windows locks bytes and keeps others from reading them. This byte lies behind the end of any file.
BYTE = 1 << 30


@contextmanager
def lock(file: Path, wait: Callable[[], object]) -> Iterator[int]:
    """Hold an exclusive lock on ``file``, which stays as it is; call ``wait`` once when another process has it.

    The lock belongs to the yielded file descriptor. A child process that inherits it keeps the lock alive: nobody else
    gets it while the child works on, even if this process was killed.
    """
    with file.open("rb") as opened:
        if not _try(opened):
            wait()
            while not _try(opened):
                time.sleep(INTERVAL)
        yield opened.fileno()


if os.name == "nt":
    import msvcrt

    def _try(opened: BinaryIO) -> bool:
        opened.seek(BYTE)
        try:
            msvcrt.locking(opened.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True
else:
    import fcntl

    def _try(opened: BinaryIO) -> bool:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            # A network file system without locks: better no lock than no course.
            if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.EBADF):
                raise
        return True
