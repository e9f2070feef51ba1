"""Grade one class in a process of its own, and print as JSON how long each part took: FOLDER, OUT, WORKERS."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

from grading import machine_cpu

from classroom.grading import Grading


def main() -> None:
    """Grade, and tell."""
    folder, out, workers = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    begun = time.perf_counter()
    grading = Grading(folder, out, workers=workers, seed="seed", tell=lambda message: None)
    grading.check()
    with grading.opened():
        collected = time.perf_counter()
        with grading.judging() as results:
            started, busy = time.perf_counter(), machine_cpu()
            for _ in results:
                pass
            judged, cpu = time.perf_counter(), machine_cpu() - busy
        reporting = time.perf_counter()
        grading.report()
        ended = time.perf_counter()
    status = Path("/proc/self/status").read_text()
    (memory,) = re.findall(r"VmHWM:\s+(\d+) kB", status)
    told = {
        "collect": collected - begun,
        "start": started - collected,
        "judging": judged - started,
        "cpu": cpu,
        "report": ended - reporting,
        "all": ended - begun,
        "memory": int(memory) / 1024,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
