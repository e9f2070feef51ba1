"""What a worker of a Dask cluster does: keep pools of this machine ready, and judge what the grader sends.

A process judges as many submissions at once as Dask gives it threads. Each is judged by a pool of its own, which stays
for the next one: a pool is for one thread at a time.
"""

from __future__ import annotations

import hashlib
import json
import platform
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from lessons import LESSONS

from .helpers import Unconfined
from .pool import QUICK, Pool
from .submission import Submission
from .version import checks_version


class NotReady(Exception):
    """This worker must not judge for a grader; the message says why and what to do."""


@dataclass(frozen=True)
class Terms:
    """What a run asks of every worker."""

    # Tells the run from all others on the cluster.
    run: str
    isolation: str
    seed: str
    versions: dict[str, str]

    def to_json(self) -> str:
        """Return the terms as text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Terms:
        """Return the terms that :meth:`to_json` made."""
        return cls(**json.loads(text))


@cache
def versions() -> dict[str, str]:
    """Return what decides the verdicts on this machine, by its name."""
    found = {"Python": ".".join(platform.python_version_tuple()[:2])}
    for name in ("http-status-codes-course", "flask", "werkzeug", "requests"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    digest = hashlib.sha256("".join(map(checks_version, LESSONS)).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return {**found, "checks": digest.hexdigest()[:16]}


class _Pools:
    """The pools of this process for one run."""

    def __init__(self, terms: Terms) -> None:
        for name, wanted in terms.versions.items():
            if (found := versions().get(name)) != wanted:
                raise NotReady(f"it has version {found} of {name}, the grader {wanted}. Give both the same course.")
        self._terms = terms
        self._idle: list[Pool] = []
        self._closed = False
        self._lock = threading.Lock()
        # Judging goes on in threads of these, when it has given its place to others.
        self._executor = ThreadPoolExecutor(256, "course-judge")
        self.protection = self._give_back(self._take()).protection

    def judge(self, submission: Submission) -> str:
        """Return the result, as text."""
        pool = self._take()
        try:
            (result,) = pool.judge([submission])
        except BaseException:
            pool.__exit__()
            raise
        self._give_back(pool)
        return json.dumps(result.to_json())

    def judge_beside(self, submission: Submission) -> str:
        """Return the result, as text. A slow submission gives its place on the worker to the next one."""
        from distributed import secede

        future = self._executor.submit(self.judge, submission)
        try:
            return future.result(QUICK)
        except TimeoutError:
            if not future.done():
                secede()
            return future.result()

    def _take(self) -> Pool:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        try:
            return Pool(1, self._terms.isolation, self._terms.seed).__enter__()
        except Unconfined as problem:
            raise NotReady(str(problem)) from None

    def _give_back(self, pool: Pool) -> Pool:
        with self._lock:
            if not self._closed:
                self._idle.append(pool)
                return pool
        pool.__exit__()
        return pool

    def close(self) -> None:
        """End the pools: those that are idle now, the others when their submission is judged."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for pool in idle:
            pool.__exit__()
        self._executor.shutdown(wait=False)


_runs: dict[str, _Pools] = {}
_lock = threading.Lock()


def _pools(terms: Terms) -> _Pools:
    with _lock:
        if terms.run not in _runs:
            _runs[terms.run] = _Pools(terms)
        return _runs[terms.run]


def prepare(terms: str) -> str:
    """Get ready for a run, and return what protects this machine. Raise :exc:`NotReady` when it cannot be."""
    return _pools(Terms.from_json(terms)).protection


def judge(terms: str, submission: str) -> str:
    """Judge a submission. Submission and result are JSON."""
    return _pools(Terms.from_json(terms)).judge_beside(Submission.from_json(json.loads(submission)))


def leave(run: str) -> None:
    """End what was started for a run."""
    with _lock:
        pools = _runs.pop(run, None)
    if pools is not None:
        pools.close()
