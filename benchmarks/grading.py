"""Compare grading with nbgrader and otter-grader in one run, and see how it grows with the class.

    python3 benchmarks/grading.py                  # everything, about ten minutes on a quiet machine
    python3 benchmarks/grading.py tools            # one part: tools, fixed, sizes or cluster
    python3 benchmarks/grading.py tools --whole    # the others run all of the lesson's notebook, demonstrations too
    python3 benchmarks/grading.py sizes --lesson success --sizes 10 100

nbgrader, otter-grader and Dask go into an environment of its own, in this user's cache: uv must be on the PATH. Ratios
are what to compare, on a machine that does nothing else: CPU is that of the whole machine.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "http-status-codes-course" / "benchmarks"
PYTHON = CACHE / "bin" / "python"
TICKS = os.sysconf("SC_CLK_TCK")
# Dask and the local pool take turns: the machine changes its pace.
TURNS = 3


def enter_environment() -> None:
    """Go on in the environment that holds the other tools, in place of this process; make it first."""
    if Path(sys.prefix) == CACHE:
        return
    if not PYTHON.exists():
        if shutil.which("uv") is None:
            sys.exit("uv is needed to install nbgrader and otter-grader in an environment of their own: pip install uv")
        print(f"Making {CACHE}", flush=True)
        subprocess.run(["uv", "venv", "-q", "--python", sys.executable, CACHE], check=True)
        packages = ["-e", f"{ROOT}[cluster,nbgrader]", "otter-grader"]
        subprocess.run(["uv", "pip", "install", "-q", "--python", PYTHON, *packages], check=True)
    path = {"PATH": f"{PYTHON.parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT}/tests"}
    os.execve(PYTHON, [str(PYTHON), *sys.argv], {**os.environ, **path, "VIRTUAL_ENV": str(CACHE)})


def main() -> None:
    """Run the parts that are named on the command line, or all."""
    parts = {"tools": compare_tools, "fixed": measure_fixed, "sizes": measure_sizes, "cluster": measure_cluster}
    parser = argparse.ArgumentParser(description="Compare grading with other tools, and see how it grows.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(parts)} [all]")
    parser.add_argument("--lesson", default="flask_responses")
    parser.add_argument("--whole", action="store_true", help="let the others run the lesson's whole notebook")
    parser.add_argument("--students", type=int, default=10, help="for the comparison with other tools [10]")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 1000])
    options = parser.parse_args()
    if unknown := set(options.parts) - parts.keys():
        parser.error(f"there is no part {min(unknown)!r}")
    for name in options.parts or parts:
        with tempfile.TemporaryDirectory() as folder:
            parts[name](Path(folder), options)


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds and the CPU seconds of the machine that a call takes."""
    busy, started = machine_cpu(), time.perf_counter()
    work()
    return time.perf_counter() - started, machine_cpu() - busy


def machine_cpu() -> float:
    """Return for how many seconds all cores were busy since the start of the system."""
    user, nice, system, _idle, _wait, irq, softirq = map(int, Path("/proc/stat").read_text().split()[1:8])
    return (user + nice + system + irq + softirq) / TICKS


def compare_tools(folder: Path, options: argparse.Namespace) -> None:
    """Grade the same answers by each tool, and see that the points are the same."""
    from students import comparable
    from tools import Nbgrader, Otter, Ours

    name, students, whole = options.lesson, comparable(options.students, options.lesson), options.whole
    ours = {workers: Ours(folder / f"ours-{workers}", name, students, workers) for workers in (2, 1)}
    others = {"nbgrader autograde": Nbgrader(folder / "nbgrader", name, students, whole)}
    others["otter run"] = Otter(folder / "otter", name, students, whole)
    what = "the whole notebook" if whole else "a notebook of the exercises alone"
    print(f"\n{len(students)} submissions of {name}. Ours ran the answers; each of the others {what}:", end=" ")
    print(", ".join(f"{tool.split()[0]} {grader.cells} code cells" for tool, grader in others.items()))
    print(f"{'':24}{'s':>8}{'CPU s':>8}{'s each':>9}{'CPU each':>9}   times ours with 2 workers: wall, CPU")
    wanted, base = None, (1.0, 1.0)
    for title, grader in [*((f"course grade, {count}", one) for count, one in ours.items()), *others.items()]:
        wall, cpu = measured(grader.grade)
        points = grader.points()
        wanted = wanted or points
        if points != wanted:
            different = {key for key in wanted.keys() | points.keys() if wanted.get(key) != points.get(key)}
            sys.exit(f"{title} gives other points: {sorted(different)}")
        if title == "course grade, 2":
            base = wall, cpu
        each = len(students)
        ratios = f"{wall / base[0]:9.1f}{cpu / base[1]:9.1f}"
        print(f"{title:24}{wall:8.2f}{cpu:8.2f}{wall / each:9.3f}{cpu / each:9.3f}{ratios}", flush=True)
    print(f"The points of all are equal: {len(wanted or ())} grades, {sum((wanted or {}).values()):g} points.")


def measure_fixed(folder: Path, options: argparse.Namespace) -> None:
    """Compare the whole command, for one submission and for nothing new, with the import of what it is built on."""
    from students import handed_in

    room, out = handed_in(1, options.lesson, folder / "in"), folder / "out"
    grade = [sys.executable, "-m", "course", "grade", str(room), "--out", str(out)]
    commands = {
        "import flask, requests": [sys.executable, "-c", "import flask, requests"],
        "course grade, one submission": [*grade, "--anew"],
        "course grade, nothing new": grade,
    }
    found: dict[str, list[float]] = {title: [] for title in commands}
    for _ in range(2 * TURNS):
        for title, command in commands.items():
            started = time.perf_counter()
            subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            found[title].append(time.perf_counter() - started)
    base = min(found["import flask, requests"])
    print()
    for title, times in found.items():
        print(f"{title:30}{min(times):7.2f} s{min(times) / base:7.1f} times the import")


def measure_sizes(folder: Path, options: argparse.Namespace) -> None:
    """Grade classes of several sizes by 1 and 2 workers."""
    from students import handed_in

    print(f"\n{options.lesson}: milliseconds for each submission, and the grader's largest memory")
    titles = ("class", "workers", "start s", "judging", "CPU", "collect", "report", "all", "MB")
    print("".join(f"{title:>9}" for title in titles))
    pace: dict[tuple[int, int], float] = {}
    for size in options.sizes:
        room = handed_in(size, options.lesson, folder / f"in-{size}")
        for workers in (1, 2):
            out = folder / f"out-{size}-{workers}"
            command = [sys.executable, str(Path(__file__).parent / "one_run.py"), str(room), str(out), str(workers)]
            told: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
            pace[size, workers] = told["judging"] / size
            each = (told[part] / size * 1000 for part in ("judging", "cpu", "collect", "report", "all"))
            numbers = [told["start"], *each, told["memory"]]
            print(f"{size:9}{workers:9}" + "".join(f"{number:9.1f}" for number in numbers), flush=True)
    small, large = min(options.sizes), max(options.sizes)
    for workers in (1, 2):
        print(
            f"{workers} workers: {large} cost {pace[large, workers] / pace[small, workers]:.3f} of {small} (goal: 1.05)"
        )
    print(f"2 workers are {pace[large, 1] / pace[large, 2]:.2f} times as fast as 1 (goal: 1.8)")


def measure_cluster(folder: Path, options: argparse.Namespace) -> None:
    """Compare a Dask cluster of two workers with the local pool of two."""
    from dask_cluster import dask_cluster
    from students import handed_in

    from classroom.cluster import Cluster
    from classroom.collect import collect
    from classroom.pool import Pool

    submissions = collect(handed_in(min(200, max(options.sizes)), options.lesson, folder / "in")).submissions
    found: dict[str, list[float]] = {"local pool": [], "Dask": []}
    results = {}
    with (
        dask_cluster(2) as (address, _),
        Pool(2, "namespaces", "seed") as pool,
        Cluster(address, "namespaces", "seed") as cluster,
    ):
        for _ in range(TURNS):
            for title, judging in zip(found, (pool, cluster), strict=True):
                started = time.perf_counter()
                results[title] = sorted(judging.judge(submissions), key=lambda result: result.student)
                found[title].append(time.perf_counter() - started)
    if results["Dask"] != results["local pool"]:
        sys.exit("Dask and the local pool give other results.")
    local, far = map(min, found.values())
    print(f"\n{len(submissions)} submissions of {options.lesson}, best of {TURNS}: ", end="")
    print(f"local pool {local:.2f} s, Dask {far:.2f} s: {local / far:.2f} of its speed (goal: 0.9). Equal results.")


if __name__ == "__main__":
    enter_environment()
    main()
