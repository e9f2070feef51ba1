"""What an answer may use up, and the protection that works on every system with processes: ``--isolation=limits``."""

from __future__ import annotations

import contextlib
import signal
import threading

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

MEGABYTE = 1_000_000
# Bytes of memory that one process may ask for: threads ask for much that they never use.
MEMORY = 2_000 * MEGABYTE
# Bytes of memory that all processes of an answer may use together.
MEMORY_TOGETHER = 600 * MEGABYTE
# Bytes of one file, and of all files together; their number.
FILE_SIZE = 32 * MEGABYTE
FILES_TOGETHER = 64 * MEGABYTE
FILES = 10_000
# Processes, and processes and threads, of one answer. Answers start threads to serve; hardly any starts processes.
PROCESSES = 10
THREADS = 200
# More than any user has, and how exactly they are counted.
MOST_THREADS = 1 << 22
_NEARLY = 16
OPEN_FILES = 256
# Seconds of processor time of one process. Time limits end an answer long before.
PROCESSOR_TIME = 120


def set_limits(running: int | None = 0) -> None:
    """Limit this process and all that it will start.

    ``running`` are the threads that its user has already; None leaves their number alone.
    """
    limits = {
        "RLIMIT_AS": MEMORY,
        "RLIMIT_CPU": PROCESSOR_TIME,
        "RLIMIT_FSIZE": FILE_SIZE,
        "RLIMIT_NOFILE": OPEN_FILES,
        "RLIMIT_CORE": 0,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_MEMLOCK": 0,
    }
    if running is not None:
        limits["RLIMIT_NPROC"] = running + THREADS
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


def count_threads() -> int | None:
    """Return about how many threads this user has, at least; None where the system does not limit them.

    The system itself is asked: nobody else knows of those in other containers.
    """
    if resource is None or not hasattr(resource, "RLIMIT_NPROC"):
        return None
    limits = resource.getrlimit(resource.RLIMIT_NPROC)
    most = MOST_THREADS if limits[1] == resource.RLIM_INFINITY else limits[1]

    def is_free(limit: int) -> bool:
        resource.setrlimit(resource.RLIMIT_NPROC, (min(limit, most), limits[1]))
        return _can_start_thread()

    try:
        if is_free(1):
            return None
        above = _NEARLY
        while above < most and not is_free(above):
            above *= 2
        below = above // 2
        while above - below > _NEARLY:
            middle = (below + above) // 2
            below, above = (below, middle) if is_free(middle) else (middle, above)
        return above
    finally:
        resource.setrlimit(resource.RLIMIT_NPROC, limits)


def _can_start_thread() -> bool:
    thread = threading.Thread(target=int)
    try:
        thread.start()
    except RuntimeError:
        return False
    thread.join()
    return True
