"""Judge a class: several submissions at once, each confined on its own, and a result for every one of them."""

from __future__ import annotations

import contextlib
import json
import selectors
import socket
import time
import traceback
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from lessons import LESSONS

from .cells import OwnProcesses
from .helpers import Helpers
from .isolation import LEVELS
from .judging import compose, judge_submission
from .result import Judged, Result
from .submission import Submission

ISOLATIONS = (*LEVELS, "none")
# Seconds after which a submission gives its place to the next one, and goes on beside it: most of those wait.
QUICK = 1.0
# So many times the workers may be busy at once, with all those that went on. Checks that compute must stay in time.
CROWD = 6
# How often a submission is judged when the system fails, not the answers.
ATTEMPTS = 2
_UNPROTECTED = (
    "Answers are run WITHOUT protection, with all rights of this user: only for notebooks that you trust as your own."
)


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

    ``isolation`` is one of :data:`ISOLATIONS`. The random data of the checks comes from ``seed`` alone. Where there are
    ``helpers`` already, for the same isolation, the pool takes these.
    """

    def __init__(self, workers: int, isolation: str, seed: str, helpers: Helpers | None = None) -> None:
        if isolation not in ISOLATIONS:
            raise ValueError(f"isolation is one of {', '.join(ISOLATIONS)}, not {isolation!r}")
        self._workers = workers
        self._isolation = isolation
        self._seed = seed
        self._helpers = helpers
        # What protects this machine from the answers, in a sentence for the teacher.
        self.protection = LEVELS[isolation].sentence if isolation in LEVELS else _UNPROTECTED

    def __enter__(self) -> Pool:
        if self._isolation != "none":
            self._open()
        return self

    def _open(self) -> Helpers:
        """Return the helpers, when they are ready."""
        self._helpers = self._helpers or Helpers(self._isolation)
        try:
            self._helpers.wait()
        except BaseException:
            self.__exit__()
            raise
        return self._helpers

    def __exit__(self, *_: object) -> None:
        if self._helpers is not None:
            self._helpers.close()
        self._helpers = None

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
                self._hand(submission, inside, outside, teller)
            except OSError:
                # A helper has died, by whatever hand. Those it had made die with it, and are made anew.
                self.__exit__()
                self._hand(submission, inside, outside, teller)
        request = {"submission": submission.to_json(), "seed": self._seed}
        with contextlib.suppress(OSError):
            ours.sendall(json.dumps(request).encode() + b"\n")
        return _Running(submission, ours, attempt)

    def _hand(
        self, submission: Submission, inside: socket.socket, outside: socket.socket, teller: socket.socket
    ) -> None:
        helpers = self._helpers or self._open()
        helpers.make_block(inside)
        helpers.make_judge(LESSONS.index(submission.lesson), outside, teller)


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
