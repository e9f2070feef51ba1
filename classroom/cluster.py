"""Judge a class on a Dask cluster: the same function and the same protection, in the worker processes of the cluster.

Submissions and results travel as text, in JSON. Dask itself gives the work of a lost worker to another one.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import queue
import time
import uuid
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from checks.report import counted

from . import cluster_worker
from .cluster_worker import Terms
from .judging import compose
from .pool import CROWD
from .result import Result
from .submission import Submission

if TYPE_CHECKING:
    from distributed import Client, Future

# Seconds that the scheduler may take to answer.
PATIENCE = 5.0
# Seconds after which nobody waits any longer for a worker, when all are lost.
DESERTED = 60.0
# How often the cluster is looked after, in seconds.
INTERVAL = 1.0


class ClusterProblem(Exception):
    """The cluster cannot judge; the message says why and what to do."""


class Cluster:
    """Judge submissions on the Dask cluster of a scheduler, such as ``tcp://10.0.0.1:8786``. Use it in ``with``.

    It takes the place of a :class:`classroom.pool.Pool`, and its results are the same. Each thread of a worker judges
    one submission at a time.
    """

    def __init__(self, scheduler: str, isolation: str, seed: str) -> None:
        self._scheduler = scheduler
        self._terms = Terms(uuid.uuid4().hex, isolation, seed, cluster_worker.versions())
        # What protects the workers' machines from the answers, in a sentence for the teacher.
        self.protection = ""
        # When there were workers, last.
        self._inhabited = time.monotonic()

    def __enter__(self) -> Cluster:
        try:
            from distributed import Client
        except ImportError:
            raise ClusterProblem("Dask is not installed here: pip install distributed") from None
        # That a scheduler goes away is told by us.
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        try:
            self._client: Client = Client(self._scheduler, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            why = str(error).splitlines()[0].rstrip(".")
            raise ClusterProblem(
                f"There is no Dask scheduler at {self._scheduler}: {why}. "
                "Start one with 'dask scheduler' and say where it is, such as --scheduler tcp://10.0.0.1:8786."
            ) from None
        try:
            self._prepare()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _prepare(self) -> None:
        """Let every worker that is there get ready."""
        if not self._threads():
            raise ClusterProblem(
                f"The Dask scheduler at {self._scheduler} has no workers. "
                f"Start some with 'dask worker {self._scheduler}', in the environment of this course."
            )
        try:
            said = self._client.run(cluster_worker.prepare, self._terms.to_json(), on_error="return")
        except Exception as error:
            raise self._lost() from error
        for worker, answer in sorted(said.items()):
            if isinstance(answer, BaseException):
                raise ClusterProblem(_complaint(answer, worker))
        processes = counted(len(said), "worker")
        self.protection = f"Dask cluster at {self._scheduler}, {processes}. On each: {next(iter(said.values()))}"
        if self._terms.isolation != "namespaces":
            self.protection += " An answer that looks for the scheduler can reach it, and through it every worker."

    def __exit__(self, *_: object) -> None:
        if self._client.status == "running":
            with contextlib.suppress(Exception):
                self._client.run(cluster_worker.leave, self._terms.run, on_error="ignore")
        # One that has lost its scheduler looks for it as long as it was told to be patient.
        self._client.close(timeout=2 * PATIENCE)

    def judge(self, submissions: Iterable[Submission]) -> Iterator[Result]:
        """Yield a result for every submission, as they are ready. ``submissions`` is read as far as there is room.

        Raise :exc:`ClusterProblem` when the cluster is lost.
        """
        waiting = iter(submissions)
        running: dict[str, tuple[Submission, Future]] = {}
        done: queue.SimpleQueue[Future] = queue.SimpleQueue()
        terms = self._terms.to_json()
        try:
            room, looked = self._room(), time.monotonic()
            while True:
                for submission in itertools.islice(waiting, max(0, room - len(running))):
                    future = self._client.submit(
                        cluster_worker.judge, terms, json.dumps(submission.to_json()), pure=False, retries=0
                    )
                    running[future.key] = submission, future
                    future.add_done_callback(done.put)
                if not running:
                    return
                if time.monotonic() > looked + INTERVAL:
                    room, looked = self._room(), time.monotonic()
                try:
                    future = done.get(timeout=INTERVAL)
                except queue.Empty:
                    continue
                submission, _ = running[future.key]
                result = self._result(submission, future)
                del running[future.key]
                yield result
        finally:
            for _, future in running.values():
                with contextlib.suppress(Exception):
                    future.cancel()

    def _result(self, submission: Submission, future: Future) -> Result:
        """Return what a worker told about a submission."""
        from distributed import KilledWorker

        try:
            return Result.from_json(json.loads(future.result()))
        except KilledWorker:
            return compose(submission, [], "Every worker that judged this submission was lost.")
        except cluster_worker.NotReady as problem:
            raise ClusterProblem(_complaint(problem)) from None
        except Exception as error:
            if future.cancelled() or self._client.status != "running":
                raise self._lost() from None
            raise ClusterProblem(_complaint(error)) from error

    def _room(self) -> int:
        """Return how many submissions may be on their way: slow ones give their place to others, up to a crowd.

        Raise :exc:`ClusterProblem` when nothing can be expected any more.
        """
        threads = self._threads()
        now = time.monotonic()
        if threads:
            self._inhabited = now
        elif now > self._inhabited + DESERTED:
            raise ClusterProblem(f"All workers of {self._scheduler} are lost.")
        return CROWD * max(1, threads)

    def _threads(self) -> int:
        """Return how many threads all workers have."""
        try:
            return sum(self._client.nthreads().values())
        except Exception:
            raise self._lost() from None

    def _lost(self) -> ClusterProblem:
        return ClusterProblem(f"The Dask scheduler at {self._scheduler} was lost.")


def _complaint(error: BaseException, worker: str = "") -> str:
    where = f"The worker {worker}" if worker else "A worker"
    if isinstance(error, cluster_worker.NotReady):
        return f"{where} cannot judge: {error}"
    if isinstance(error, ImportError) or "No module named" in str(error):
        return f"{where} does not have this course ({error}): start it in the environment of this course."
    return f"{where} failed: {type(error).__name__}: {error}"
