"""A cell block: the trusted process that starts the answers of one submission, one after the other, and ends them.

It is forked from the nursery and obeys the judge of the submission, over a socket that no answer ever holds.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import struct
import sys
import types

from checks.worker import Worker, serve

from .isolation import Protection
from .watch import INTERVAL

# What a judge asks for: an answer's process (with a socket to talk to it), and the end of it.
START, END = b"s", b"e"
STATUS = struct.Struct("=i")
# No descriptor of a nursery is higher.
OPEN_FILES_BEFORE = 1024


class Block:
    """Obey the judge at the other end of ``control`` until it hangs up."""

    def __init__(self, control: socket.socket, protection: Protection, worker: Worker) -> None:
        self._control = control
        self._protection = protection
        # Not used here, but in the process of each answer.
        self._worker = worker
        self._answer = 0
        self._status = 0
        # A signal that a child has ended becomes a byte here.
        self._ended, wakeup = socket.socketpair()
        self._ended.setblocking(False)
        wakeup.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wakeup.fileno(), warn_on_full_buffer=False)
        self._wakeup = wakeup

    def serve(self) -> None:
        """Do what the judge asks for."""
        while True:
            ready, _, _ = select.select([self._control, self._ended], [], [], INTERVAL if self._answer else None)
            if self._answer:
                self._protection.look_after(self._answer)
            if self._ended in ready:
                with contextlib.suppress(BlockingIOError):
                    self._ended.recv(4096)
                self._reap()
            if self._control in ready:
                word, descriptors, _, _ = socket.recv_fds(self._control, 1, 1)
                if not word:
                    break
                if word == START:
                    self._start(descriptors[0])
                else:
                    self._end()
                    self._control.sendall(STATUS.pack(self._status))
        self._end()
        self._protection.close_block()

    def _start(self, line: int) -> None:
        self._protection.clean()
        self._answer = os.fork()
        if self._answer == 0:
            try:
                self._become_answer(line)
            finally:
                os._exit(70)
        os.close(line)

    def _become_answer(self, line: int) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for other in (self._control, self._ended, self._wakeup):
            other.close()
        # Whatever else is open, such as where this teacher's terminal is: nothing of it concerns the answer.
        os.closerange(3, line)
        os.closerange(line + 1, OPEN_FILES_BEFORE)
        # As in a fresh Python: Flask looks here for the folder that an app lives in.
        sys.modules["__main__"] = types.ModuleType("__main__")
        requests, replies = os.fdopen(line, "rb"), os.fdopen(os.dup(line), "wb")
        self._protection.enter()
        serve(requests, replies, self._worker)
        os._exit(0)

    def _end(self) -> None:
        """End the answer and what it started."""
        if self._answer:
            self._protection.kill(self._answer)
            self._reap(wait=True)

    def _reap(self, wait: bool = False) -> None:
        """Note how the answer ended, and let those go that it left behind."""
        while True:
            try:
                child, status = os.waitpid(-1, 0 if wait else os.WNOHANG)
            except ChildProcessError:
                return
            if not child:
                return
            if child == self._answer:
                self._answer, self._status = 0, os.waitstatus_to_exitcode(status)
                # What it started holds its end of the line: the judge waits for that to close.
                self._protection.kill(child)
