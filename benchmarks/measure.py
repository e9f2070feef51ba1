"""Measure the speed of the course against something else in the same run, on the machine at hand.

    python benchmarks/measure.py            # everything, about two minutes
    python benchmarks/measure.py launch     # one part: launch, checks or notebooks

Seconds differ from machine to machine; the ratios are what to compare.
"""

from __future__ import annotations

import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from jupyter_client.manager import KernelManager

import checks.app
from checks.answer import LocalAnswer
from checks.judge import judge
from checks.prelude import run_source
from lessons import LESSONS, lesson
from server import launch

ROOT = Path(__file__).parent.parent
APP = "from flask import Flask\napp = Flask(__name__)\n@app.get('/')\ndef hello():\n    return 'hello'\n"


def main() -> None:
    """Run the parts that are named on the command line, or all."""
    parts = {"launch": measure_launch, "checks": measure_checks, "notebooks": measure_notebooks}
    chosen = sys.argv[1:] or list(parts)
    unknown = [name for name in chosen if name not in parts]
    if unknown:
        sys.exit(f"There is no part {unknown[0]!r}. The parts are: {', '.join(parts)}.")
    for name in chosen:
        parts[name]()


def timed(function: Callable[[], object]) -> float:
    """Return how many seconds a call takes."""
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def measure_launch() -> None:
    """Compare `launch` with a `flask run` process: from the call to the first 200, and until it has stopped."""
    ours, stops = [], []
    for _ in range(30):
        app = Flask("hello")
        app.add_url_rule("/", "hello", lambda: "hello")
        started = time.perf_counter()
        server = launch(app)
        assert ask(server.port) == 200
        ours.append(time.perf_counter() - started)
        stops.append(timed(server.stop))
    theirs = [first_answer_of_flask_run() for _ in range(5)]
    us, them = statistics.median(ours), statistics.median(theirs)
    print(f"launch to the first 200   {us * 1000:8.1f} ms")
    print(f"flask run to the first 200{them * 1000:8.1f} ms   {them / us:.0f} times as long (goal: 80)")
    middle, longest = statistics.median(stops) * 1000, max(stops) * 1000
    print(f"stop                      {middle:8.1f} ms   longest {longest:.1f} ms (goal: 20)")


def first_answer_of_flask_run() -> float:
    """Return the seconds from starting `flask run` to its first 200."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "app.py").write_text(APP)
        port = free_port()
        started = time.perf_counter()
        command = [sys.executable, "-m", "flask", "run", "--no-reload", "--port", str(port)]
        with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            while process.poll() is None:
                try:
                    assert ask(port) == 200
                    break
                except OSError:
                    time.sleep(0.002)
            seconds = time.perf_counter() - started
            process.terminate()
        return seconds


def ask(port: int) -> int:
    """Return the status code of GET / on a port of this machine, with the lightest client there is."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    finally:
        connection.close()


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def measure_checks() -> None:
    """Compare the time of each check with the time of the HTTP exchanges in it."""
    print("\ncheck                                        whole ms  exchanges    ms   ratio (goal: 1.3)")
    ratios = []
    for name in LESSONS:
        for exercise in lesson(name).exercises.values():
            source = lesson(name).text.answers(exercise.name, "solution")[0].source
            runs = [one_check(exercise, source) for _ in range(7)]
            whole, spent, count = min(runs)
            note = f"{whole / spent:7.2f}" if count else "      -  (calls only)"
            print(f"{exercise.id:42} {whole * 1000:10.1f} {count:10} {spent * 1000:5.1f} {note}")
            ratios += [whole / spent] if count else []
    print(f"median ratio {statistics.median(ratios):.2f}, largest {max(ratios):.2f}")


def one_check(exercise: object, source: str) -> tuple[float, float, int]:
    """Return the seconds of a check, the seconds its exchanges took, and how many there were."""
    spent: list[float] = []
    plain = checks.app.exchange

    def watched(*arguments: object, **more: object) -> object:
        started = time.perf_counter()
        try:
            return plain(*arguments, **more)  # type: ignore[arg-type]
        finally:
            spent.append(time.perf_counter() - started)

    namespace = run_source(source, "<cell>")
    checks.app.exchange = watched  # type: ignore[assignment]
    try:
        started = time.perf_counter()
        answer = LocalAnswer(namespace)
        report = judge(exercise, answer)  # type: ignore[arg-type]
        answer.close()
        whole = time.perf_counter() - started
    finally:
        checks.app.exchange = plain
    assert report.passed, report
    return whole, sum(spent), len(spent)


def measure_notebooks() -> None:
    """Compare running all notebooks under nbval with starting and stopping as many empty kernels."""
    notebooks = sorted([*(ROOT / "notebooks").glob("*.ipynb"), *(ROOT / "solutions").glob("*.ipynb")])
    empty = timed(lambda: [start_and_stop_a_kernel() for _ in notebooks])
    command = [sys.executable, "-m", "pytest", "-q", "notebooks", "solutions"]
    tested = timed(lambda: subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL))
    print(f"\n{len(notebooks)} empty kernels, one by one {empty:6.1f} s")
    ratio, cores = tested / empty, os.cpu_count()
    print(f"nbval over as many notebooks  {tested:6.1f} s   {ratio:.2f} times (goal: 1.6), {cores} cores")


def start_and_stop_a_kernel() -> None:
    """Start a kernel, wait until it answers, and stop it."""
    manager = KernelManager()
    manager.start_kernel(stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    client.stop_channels()
    manager.shutdown_kernel(now=True)


if __name__ == "__main__":
    main()
