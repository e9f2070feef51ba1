"""A judge's end of a cell block: enter it, and get processes for answers from it."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from typing import Protocol

from checks.process import LINE_LIMIT, AnswerProcess, OwnProcess

from .block import END, START, STATUS

if sys.platform == "linux":
    from .linux import enter_namespace

# Seconds that a cell block may take for anything it does itself.
PATIENCE = 30.0


class CellBlock(Protocol):
    """Where the answers of one submission live."""

    def process(self) -> AnswerProcess:
        """Return a process for one answer. Raise :exc:`OSError` when there is none to be had."""


class OwnProcesses:
    """No protection: each answer in a process of its own, with the rights of this user."""

    def process(self) -> AnswerProcess:
        return OwnProcess()


class ForkedCells:
    """A cell block forked from the nursery, at the other end of ``control``."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        control.settimeout(PATIENCE)

    def process(self) -> AnswerProcess:
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [START], [theirs.fileno()])
        return _Cell(self._control, ours)


class _Cell:
    """The process of one answer in a cell block."""

    def __init__(self, control: socket.socket, line: socket.socket) -> None:
        self._control = control
        self._line = line
        self._received = bytearray()
        self._status: int | None = None
        self._killing = threading.Lock()

    def send(self, line: bytes, limit: float) -> None:
        self._line.settimeout(limit)
        self._line.sendall(line)

    def receive(self, limit: float) -> bytes:
        deadline = time.monotonic() + limit
        seen = 0
        while (end := self._received.find(b"\n", seen) + 1) == 0 and len(self._received) < LINE_LIMIT:
            seen = len(self._received)
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._line.settimeout(left)
            block = self._line.recv(65_536)
            if not block:
                return b""
            self._received += block
        line = bytes(self._received[: end or None])
        del self._received[: end or None]
        return line

    def kill(self) -> int:
        # A check may ask from several threads.
        with self._killing:
            if self._status is None:
                self._control.sendall(END)
                answer = self._control.recv(STATUS.size, socket.MSG_WAITALL)
                if len(answer) < STATUS.size:
                    raise OSError("the cell block has ended")
                self._status = STATUS.unpack(answer)[0]
            return self._status

    def close(self) -> None:
        try:
            self.kill()
        finally:
            self._line.close()


def enter(control: socket.socket) -> ForkedCells:
    """Wait for a cell block and let this process into its network. Raise :exc:`OSError` when that cannot be."""
    control.settimeout(PATIENCE)
    word, descriptors, _, _ = socket.recv_fds(control, 1, 4)
    if not word:
        raise OSError("the cell block could not be made")
    for descriptor in descriptors:
        enter_namespace(descriptor)
        os.close(descriptor)
    return ForkedCells(control)
