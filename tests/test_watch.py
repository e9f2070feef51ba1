"""What the processes of an answer use together is seen from outside, and their number is limited."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from processes import is_alive

from classroom.forking import said_by_child
from classroom.limits import PROCESSES, THREADS, count_threads, set_limits
from classroom.namespaces import NOBODY
from classroom.watch import Watch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")


@contextmanager
def running(code: str) -> Iterator[int]:
    """Run a program that says when it is ready and waits for its standard input to be closed. Yield its process."""
    script = f"import os, signal, sys, time\n{textwrap.dedent(code)}\nprint(flush=True)\nsys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            process.stdout.readline()
            yield process.pid
        finally:
            Watch(process.pid, Path("/proc")).kill_all()
            process.kill()


CHILDREN = """
for _ in range({count}):
    if os.fork() == 0:
        {do}
{then}
"""


@pytest.mark.parametrize(
    ("count", "too_many"), [(PROCESSES - 1, False), (PROCESSES, True)], ids=["at the limit", "above it"]
)
def test_processes_are_counted_with_the_first(count: int, too_many: bool) -> None:
    with running(CHILDREN.format(count=count, do="time.sleep(1000)", then="")) as process:
        assert Watch(process, Path("/proc")).is_too_much() is too_many


def test_ended_processes_are_not_counted() -> None:
    """They wait until their parent notices them, and a parent may be slow."""
    ended = "os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)\n"
    with running(CHILDREN.format(count=2 * PROCESSES, do="os._exit(0)", then=ended)) as process:
        watch = Watch(process, Path("/proc"))
        children = Path(f"/proc/{process}/task/{process}/children")
        deadline = time.monotonic() + 5
        while any(is_alive(int(child)) for child in children.read_text().split()):
            assert time.monotonic() < deadline
        assert len(children.read_text().split()) == 2 * PROCESSES
        assert not watch.is_too_much()


def test_those_that_start_others_are_killed_too() -> None:
    grows = "while time.monotonic() < born + 0.2 and (os.fork() or time.sleep(0.02) is None): time.sleep(0.02)"
    code = "born = time.monotonic()\n" + CHILDREN.format(count=3, do=f"{grows}\n        time.sleep(1000)", then="")
    with running(code) as process:
        watch = Watch(process, Path("/proc"))
        watch.kill_all()
        assert watch._others() == set()
        assert is_alive(process)


def in_child_of_a_user(action: str) -> str:
    """Do something in a forked process that is not root's. Return what it says."""

    def work() -> str:
        if os.geteuid() == 0:
            os.setresuid(NOBODY, NOBODY, NOBODY)
        return str(globals()[action]())

    return said_by_child(work)


def start_threads() -> int:
    """Start threads until the system refuses, and return how many there are."""
    # Else the limit of memory comes first.
    threading.stack_size(256 * 1024)
    end = threading.Event()
    threads = []
    try:
        while len(threads) < 3 * THREADS:
            thread = threading.Thread(target=end.wait)
            thread.start()
            threads.append(thread)
    except RuntimeError:
        pass
    count = len(threads)
    end.set()
    for thread in threads:
        thread.join()
    return count


def start_limited_threads() -> int:
    set_limits(count_threads())
    return start_threads()


def count_with_others() -> int:
    """Return by how much the count grows with a hundred more threads."""
    end = threading.Event()
    before = count_threads()
    threads = [threading.Thread(target=end.wait) for _ in range(100)]
    for thread in threads:
        thread.start()
    after = count_threads()
    end.set()
    for thread in threads:
        thread.join()
    assert before is not None
    assert after is not None
    return after - before


def test_threads_of_a_user_are_limited() -> None:
    """Not those of root: nothing is counted there."""
    count = int(in_child_of_a_user("start_limited_threads"))
    assert THREADS // 2 < count <= THREADS + 20


def test_threads_of_a_user_are_counted() -> None:
    assert 80 <= int(in_child_of_a_user("count_with_others")) <= 120


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root goes without")
def test_threads_of_root_are_not_counted() -> None:
    assert count_threads() is None
