"""Judge a class: several submissions at once, each confined on its own, and a result for every one of them."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .cells import OwnProcesses
from .isolation import LEVELS
from .judging import compose, judge_submission
from .result import Judged, Result
from .submission import Submission

ISOLATIONS = (*LEVELS, "none")
# Seconds after which a submission gives its place to the next one, and goes on beside it.
QUICK = 5.0
# So many times the workers may be busy at once, with all those that went on.
CROWD = 8
# How often a submission is judged when the system fails, not the answers.
ATTEMPTS = 2
# Seconds that the helpers may take to start.
START_LIMIT = 120.0

# All that answers may know of this user's environment. It can hold passwords.
_HANDED_ON = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA_PREFIX")

_ROOT = Path(__file__).parent.parent
_UNPROTECTED = (
    "Answers are run WITHOUT protection, with all rights of this user: only for notebooks that you trust as your own."
)


class Unconfined(Exception):
    """The protection that was asked for cannot be had here; the message says why and what to do."""


@dataclass
class _Running:
    """A submission that is being judged."""

    submission: Submission
    line: socket.socket
    attempt: int
    started: float = field(default_factory=time.monotonic)
    received: bytearray = field(default_factory=bytearray)


class Pool:
    """Judge submissions, ``workers`` at a time. Use it in ``with``; leaving it ends whatever still runs.

    ``isolation`` is one of :data:`ISOLATIONS`. The random data of the checks comes from ``seed`` alone.
    """

    def __init__(self, workers: int, isolation: str, seed: str) -> None:
        if isolation not in ISOLATIONS:
            raise ValueError(f"isolation is one of {', '.join(ISOLATIONS)}, not {isolation!r}")
        self._workers = workers
        self._isolation = isolation
        self._seed = seed
        self._helpers: list[_Helper] = []
        # What protects this machine from the answers, in a sentence for the teacher.
        self.protection = LEVELS[isolation].sentence if isolation in LEVELS else _UNPROTECTED

    def __enter__(self) -> Pool:
        if self._isolation != "none":
            self._open()
        return self

    def _open(self) -> None:
        if not hasattr(os, "fork"):
            raise Unconfined(
                "This system cannot fork processes, so answers cannot be confined here. Grade on Linux or macOS, or "
                "choose no protection for notebooks that you trust as your own: --isolation=none."
            )
        try:
            self._helpers = [_Helper("nursery", self._isolation, private=True), _Helper("judges")]
            for helper in self._helpers:
                helper.wait()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        # The judges first: without them the cell blocks end and clean up.
        for helper in reversed(self._helpers):
            helper.close()
        self._helpers = []

    def judge(self, submissions: Iterable[Submission]) -> Iterator[Result]:
        """Yield a result for every submission, as they are ready. ``submissions`` is read as far as there is room."""
        if self._isolation == "none":
            return self._judge_beside(submissions)
        return self._judge_apart(submissions)

    def _judge_beside(self, submissions: Iterable[Submission]) -> Iterator[Result]:
        with ThreadPoolExecutor(self._workers) as executor:
            yield from executor.map(self._judge_one_beside, submissions)

    def _judge_one_beside(self, submission: Submission) -> Result:
        try:
            return judge_submission(submission, self._seed, OwnProcesses())
        except Exception:
            return compose(submission, [], traceback.format_exc())

    def _judge_apart(self, submissions: Iterable[Submission]) -> Iterator[Result]:
        waiting = iter(submissions)
        more = True
        with selectors.DefaultSelector() as selector, _closing(selector):
            while True:
                running: list[_Running] = [key.data for key in selector.get_map().values()]
                while more and self._has_room(running):
                    submission = next(waiting, None)
                    more = submission is not None
                    if submission is not None:
                        running.append(self._start(submission, 1))
                        selector.register(running[-1].line, selectors.EVENT_READ, running[-1])
                if not running:
                    return
                for key, _ in selector.select(0.5 if more else None):
                    one: _Running = key.data
                    block = b""
                    with contextlib.suppress(ConnectionError):
                        block = one.line.recv(1_000_000)
                    one.received += block
                    if block:
                        continue
                    selector.unregister(one.line)
                    one.line.close()
                    exercises, fault = _read(one.received)
                    if fault and one.attempt < ATTEMPTS:
                        again = self._start(one.submission, one.attempt + 1)
                        selector.register(again.line, selectors.EVENT_READ, again)
                    else:
                        yield compose(one.submission, exercises, fault)

    def _has_room(self, running: list[_Running]) -> bool:
        """Tell whether another submission may start: slow ones do not hold up the others."""
        now = time.monotonic()
        quick = sum(now - one.started < QUICK for one in running)
        return quick < self._workers and len(running) < CROWD * self._workers

    def _start(self, submission: Submission, attempt: int) -> _Running:
        """Let a cell block and a judge be made for a submission."""
        ours, teller = socket.socketpair()
        inside, outside = socket.socketpair()
        with teller, inside, outside:
            try:
                self._hand(inside, outside, teller)
            except OSError:
                # A helper has died, by whatever hand. Those it had made die with it, and are made anew.
                self.__exit__()
                self._open()
                self._hand(inside, outside, teller)
        request = {"submission": submission.to_json(), "seed": self._seed}
        with contextlib.suppress(OSError):
            ours.sendall(json.dumps(request).encode() + b"\n")
        return _Running(submission, ours, attempt)

    def _hand(self, inside: socket.socket, outside: socket.socket, teller: socket.socket) -> None:
        nursery, judges = self._helpers
        nursery.hand(inside)
        judges.hand(outside, teller)


class _Helper:
    """A fresh Python that forks a process for each message."""

    def __init__(self, name: str, *arguments: str, private: bool = False) -> None:
        self._control, theirs = socket.socketpair()
        path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH", "")]))
        environment = {name: value for name, value in os.environ.items() if not private or name in _HANDED_ON}
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", f"{__package__}.{name}", *arguments, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={**environment, "PYTHONPATH": path, "COURSE_PROGRESS": "off", "MALLOC_ARENA_MAX": "1"},
                start_new_session=True,
            )
        self._control.settimeout(START_LIMIT)

    def wait(self) -> None:
        """Wait until it is ready. Raise :exc:`Unconfined` when it says that it cannot be."""
        said = bytearray()
        while not said.endswith(b"\n"):
            block = self._control.recv(4096)
            if not block:
                raise Unconfined("The process that answers are forked from ended before it was ready.")
            said += block
        if said.strip():
            raise Unconfined(said.decode("utf-8", "replace").strip())

    def hand(self, *sockets: socket.socket) -> None:
        """Let it fork a process that gets these sockets."""
        socket.send_fds(self._control, [b"."], [one.fileno() for one in sockets])

    def close(self) -> None:
        """End it."""
        self._control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextlib.contextmanager
def _closing(selector: selectors.BaseSelector) -> Iterator[None]:
    """Close what is still registered at the end: whoever serves there ends then."""
    try:
        yield
    finally:
        for key in list(selector.get_map().values()):
            key.data.line.close()


def _read(received: bytearray) -> tuple[list[Judged], str]:
    """Return what a judge told: the judgements, and what kept it from going on."""
    messages: list[Any] = [json.loads(line) for line in received.split(b"\n")[:-1]]
    exercises = [Judged(**message) for message in messages if isinstance(message, dict)]
    last = messages[-1] if messages else None
    if last == "end":
        return exercises, ""
    return exercises, last if isinstance(last, str) else "The judge of this submission ended before it was done."
