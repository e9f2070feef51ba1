"""What every test is watched for: it leaves no server, no running answer and no open socket behind."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator

import pytest
from leaks import open_sockets, over_tcp, threads_of_ours

# Seconds that a thread may take to end after the test, and a socket to be closed.
GRACE = 5.0


@pytest.fixture(autouse=True)
def leak_detector() -> Iterator[None]:
    """Fail a test that leaves a thread of ours or a socket behind."""
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
