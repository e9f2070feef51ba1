"""The two processes that everything is forked from in which a class is judged: the nursery, and the judges.

They are forked from one fresh Python (``classroom.origin``), which starts at once and gets ready while the grader goes
on. So this module imports nothing of the course.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

# Seconds that the helpers may take to start, and to end.
START_LIMIT = 120.0
END_LIMIT = 5.0

# All that they, and the answers with them, may know of this user's environment. It can hold passwords.
_HANDED_ON = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA_PREFIX")
_ROOT = Path(__file__).parent.parent


class Unconfined(Exception):
    """The protection that was asked for cannot be had here; the message says why and what to do."""


class Helpers:
    """The nursery for one level of isolation, and the judges. Use them in ``with``, or :meth:`close` them."""

    def __init__(self, isolation: str) -> None:
        if not hasattr(os, "fork"):
            raise Unconfined(
                "This system cannot fork processes, so answers cannot be confined here. Grade on Linux or macOS, or "
                "choose no protection for notebooks that you trust as your own: --isolation=none."
            )
        self._ready = False
        self._nursery, nursery = socket.socketpair()
        self._judges, judges = socket.socketpair()
        path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH", "")]))
        environment = {name: value for name, value in os.environ.items() if name in _HANDED_ON}
        descriptors = [nursery.fileno(), judges.fileno()]
        with nursery, judges:
            self._process = subprocess.Popen(
                [sys.executable, "-m", f"{__package__}.origin", isolation, *map(str, descriptors)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=descriptors,
                env={**environment, "PYTHONPATH": path, "COURSE_PROGRESS": "off", "MALLOC_ARENA_MAX": "1"},
                start_new_session=True,
            )

    def __enter__(self) -> Helpers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def wait(self) -> None:
        """Wait until both are ready. Raise :exc:`Unconfined` when one says that it cannot be."""
        for control in (self._nursery, self._judges):
            control.settimeout(START_LIMIT)
            said = bytearray()
            while not said.endswith(b"\n"):
                block = control.recv(4096)
                if not block:
                    raise Unconfined("The process that answers are forked from ended before it was ready.")
                said += block
            if said.strip():
                raise Unconfined(said.decode("utf-8", "replace").strip())
        self._ready = True

    def make_block(self, control: socket.socket) -> None:
        """Let the nursery fork a cell block, which obeys what comes over ``control``."""
        socket.send_fds(self._nursery, [b"."], [control.fileno()])

    def make_judge(self, lesson: int, block: socket.socket, teller: socket.socket) -> None:
        """Let a judge be forked for a lesson, told by its place in the list. It rules the block."""
        socket.send_fds(self._judges, [bytes([lesson])], [block.fileno(), teller.fileno()])

    def close(self) -> None:
        """End them, and wait until they have ended."""
        if not self._ready:
            # It would not listen before it is.
            self._process.kill()
        # The judges first: without them the cell blocks end and clean up.
        for control in (self._judges, self._nursery):
            if control.fileno() >= 0:
                self._end(control)
        self._process.wait()

    def _end(self, control: socket.socket) -> None:
        """Hang up, and wait until the other end has, too."""
        with control, contextlib.suppress(ConnectionError):
            control.settimeout(END_LIMIT)
            try:
                control.shutdown(socket.SHUT_WR)
                while control.recv(4096):
                    pass
            except TimeoutError:
                os.killpg(self._process.pid, signal.SIGKILL)
