"""What an answer may use up, and the protection that works on every system with processes: ``--isolation=limits``."""

from __future__ import annotations

import contextlib
import signal

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
# Processes, and processes and threads, of one answer. Answers start threads to serve; hardly any starts processes.
PROCESSES = 10
THREADS = 200
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
        limits["RLIMIT_NPROC"] = THREADS
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
