"""The process that an answer runs in: how it is made, how lines get there and back, how it is ended."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, Protocol

# Bytes of one line from the other process.
LINE_LIMIT = 20_000_000

_ROOT = Path(__file__).parent.parent


class AnswerProcess(Protocol):
    """A process in which :mod:`checks.worker` serves one answer, and the talk with it."""

    def send(self, line: bytes, limit: float) -> None:
        """Send one line. Raise :exc:`OSError` when that cannot be done within ``limit`` seconds."""

    def receive(self, limit: float) -> bytes:
        """Return the next line; empty when there will be no more. Raise :exc:`TimeoutError` when none comes in time."""

    def kill(self) -> int:
        """End the process and all it started. Return its exit status, negative for the signal that ended it."""

    def close(self) -> None:
        """Kill it if it runs, and give back whatever belongs to it."""


class OwnProcess:
    """A fresh Python, with an empty folder to work in. It may do what this process may do."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="answer-", ignore_cleanup_errors=True)
        path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH", "")]))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "checks.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder.name,
            env={**os.environ, "PYTHONPATH": path, "COURSE_PROGRESS": "off"},
            start_new_session=True,
        )
        self._lines: queue.Queue[bytes] = queue.Queue()
        self._reader = threading.Thread(
            target=self._read_lines, args=(self._process.stdout,), daemon=True, name="answer-lines"
        )
        self._reader.start()

    def send(self, line: bytes, limit: float) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except ValueError:
            raise BrokenPipeError from None

    def receive(self, limit: float) -> bytes:
        try:
            return self._lines.get(timeout=limit)
        except queue.Empty:
            raise TimeoutError from None

    def _read_lines(self, stream: IO[bytes]) -> None:
        """Hand on the lines of the other process; an empty one when there are no more."""
        with contextlib.suppress(OSError, ValueError):
            # Every request gets one line. Whoever sends more has found the pipe: the next request will notice.
            while self._lines.qsize() < 3 and (line := stream.readline(LINE_LIMIT)):
                self._lines.put(line)
        self._lines.put(b"")

    def kill(self) -> int:
        if self._process.poll() is None or hasattr(os, "killpg"):
            with contextlib.suppress(OSError):
                if hasattr(os, "killpg"):
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:
                    self._process.kill()
        return self._process.wait()

    def close(self) -> None:
        self.kill()
        self._reader.join(1.0)
        streams = [self._process.stdin]
        if not self._reader.is_alive():
            # Else a process that the answer started has left the session and holds the pipe open: nobody gets to its
            # end, and closing it would wait for the reader for ever.
            streams.append(self._process.stdout)
        for stream in streams:
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._folder.cleanup()


def own_ports() -> set[int]:
    """Return the ports that this process listens on, where the system tells what it has open (not on Windows)."""
    try:
        descriptors = os.listdir("/dev/fd")
    except OSError:
        return set()
    ports = set()
    for descriptor in map(int, descriptors):
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                with socket.socket(fileno=os.dup(descriptor)) as one:
                    if one.family == socket.AF_INET and one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                        ports.add(one.getsockname()[1])
    return ports
