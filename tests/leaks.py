"""What a test could leave behind: running threads of ours, and open sockets."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path


def threads_of_ours() -> set[threading.Thread]:
    """Return the threads that serve an app or run an answer."""
    return {thread for thread in threading.enumerate() if thread.name.startswith(("server-", "answer"))}


def open_sockets() -> set[str]:
    """Return the inodes of the open sockets of this process, where the system tells (Linux)."""
    found = set()
    if os.path.isdir("/proc/self/fd"):
        for name in os.listdir("/proc/self/fd"):
            try:
                target = os.readlink(f"/proc/self/fd/{name}")
            except OSError:
                continue
            if target.startswith("socket:["):
                found.add(target[len("socket:[") : -1])
    return found


def over_tcp(sockets: set[str]) -> set[str]:
    """Return those of the sockets that are TCP: event loops keep pairs of others."""
    lines = Path("/proc/self/net/tcp").read_text("ascii").splitlines()[1:] if sockets else []
    return sockets & {line.split()[9] for line in lines}


def processes_in(folder: Path) -> list[int]:
    """Return the processes that were started with a folder in their environment, and all that they forked."""
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if str(folder).encode() in environment.read_bytes():
                found.append(int(environment.parent.name))
    return found
