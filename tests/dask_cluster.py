"""A Dask cluster in processes of its own, so that nothing of it is left in the process of the tests.

As a program: workers on this machine, until standard input is closed. The argument says how many.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from classroom import cluster_worker
from classroom.helpers import Unconfined
from classroom.pool import Pool

HERE = Path(__file__).parent


@contextmanager
def dask_cluster(workers: int) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Start a cluster. Yield its scheduler's address, and the scheduler's process."""
    path = os.pathsep.join([str(HERE.parent), str(HERE)])
    command = [sys.executable, __file__, str(workers)]
    environment = {**os.environ, "PYTHONPATH": path}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.communicate()


def set_quick(seconds: float) -> None:
    """Let slow submissions give their place away earlier; to be run on a worker."""
    cluster_worker.QUICK = seconds


def set_confinable(confinable: bool) -> None:
    """Let pools refuse to open, as on a system without namespaces; to be run on a worker."""

    def refuse(pool: Pool) -> None:
        raise Unconfined("no namespaces here")

    cluster_worker.Pool = Pool if confinable else type("Refusing", (Pool,), {"__enter__": refuse})


def runs() -> int:
    """Return for how many runs a worker is ready; to be run on it."""
    return len(cluster_worker._runs)


def main() -> None:
    """Serve until standard input is closed."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=int(sys.argv[1]), threads_per_worker=1, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
