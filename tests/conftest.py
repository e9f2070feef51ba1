"""What every test is watched for: it leaves no server, no running answer and no open socket behind."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

# Seconds that a thread may take to end after the test, and a socket to be closed.
GRACE = 5.0


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


@pytest.fixture(autouse=True)
def leak_detector(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread of ours or a socket behind.

    A test that starts a kernel is marked so: what talks to kernels keeps its sockets as long as the process lasts.
    """
    if request.node.get_closest_marker("starts_kernel"):
        yield
        return
    threads, sockets = threads_of_ours(), open_sockets()
    yield
    deadline = time.monotonic() + GRACE
    for thread in threads_of_ours() - threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    leaked = sorted(thread.name for thread in threads_of_ours() - threads)
    assert not leaked, f"threads that this test left behind: {leaked}"
    while (left := over_tcp(open_sockets() - sockets)) and time.monotonic() < deadline:
        # A response that nobody closed lets go of its socket when it is collected.
        gc.collect()
    assert not left, f"sockets that this test left open: {len(left)}"
