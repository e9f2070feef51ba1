"""Processes that load what is needed once, and are forked for each piece of work."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import time
from collections.abc import Callable

# What such a process sends when it is ready, a cell block too.
READY = b"\n"
# The exit code of a child that did not come to its end.
FAILED = 70
# Seconds that room for another process is waited for.
PATIENCE = 20.0


def fork_for_each(
    control: socket.socket, count: int, work: Callable[..., None], prepare: Callable[[bytes], None] | None = None
) -> None:
    """Say that all is ready, and fork a child for each message, until the other end hangs up.

    A message is one byte, which ``prepare`` gets before the fork, and up to ``count`` descriptors; the child calls
    ``work`` with them.
    """
    try:
        control.sendall(READY)
        # Nobody waits for the children.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        keep()
        while True:
            word, descriptors, _, _ = socket.recv_fds(control, 1, count)
            if not word:
                return
            if prepare is not None:
                # What fails here fails in the child once more, and is told there.
                with contextlib.suppress(Exception):
                    prepare(word)
            if _fork() == 0:
                try:
                    control.close()
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    work(*descriptors)
                    os._exit(0)
                finally:
                    os._exit(FAILED)
            for descriptor in descriptors:
                os.close(descriptor)
    except ConnectionError:
        # The grader was stopped: nobody is left to tell.
        return


def keep() -> None:
    """Make sure that what is here now stays: a fork that does not touch it need not copy it."""
    gc.collect()
    gc.freeze()
    # What is forked lives for a moment, and looking for garbage touches pages.
    gc.set_threshold(10_000)


def said_by_child(work: Callable[[], str]) -> str:
    """Call ``work`` in a forked process, and return the text that it returns; empty where it ended before that."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, work().encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as said:
        text = said.read()
    os.waitpid(child, 0)
    return text.decode()


def _fork() -> int:
    """Fork; where there are too many processes, wait until some have ended: an answer that starts many is killed."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return os.fork()
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.01)
