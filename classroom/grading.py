"""Grading from beginning to end: look at what there is, judge what is missing, write what a teacher reads."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from checks.report import counted

from .cluster import Cluster, ClusterProblem
from .collect import collect
from .folders import RESULTS, GradingProblem, check_folders
from .helpers import Helpers, Unconfined
from .memory import Header, Memory, MemoryProblem, Results, read_results, remembering
from .pool import Pool
from .reports.canvas import Canvas
from .reports.comparison import moves
from .reports.files import Table, replacing
from .reports.junit import JUnit
from .reports.moodle import Moodle
from .reports.roster import RosterProblem
from .reports.writing import reachable, sorted_keys, write_reports
from .result import Result
from .run import Judging, Plan, judge_all, plan, without_result
from .submission import Flag, Submission
from .version import checks_version

# Moves and unmatched students that are printed; the files name all.
PRINTED = 50


@dataclass
class Grading:
    """One run of ``course grade``."""

    submissions: Path
    out: Path
    workers: int | None = None
    isolation: str = "namespaces"
    scheduler: str | None = None
    resume: bool = True
    lessons: Sequence[str] = ()
    compare: Path | None = None
    seed: str | None = None
    moodle: Path | None = None
    canvas: Path | None = None
    max_points: float | None = None
    junit: Path | None = None
    tell: Callable[[str], None] = print
    # Started already, for this isolation.
    helpers: Helpers | None = None
    todo: list[Submission] = field(default_factory=list)
    _all: list[Submission] = field(default_factory=list)
    _unread: list[Flag] = field(default_factory=list)
    _old: Results | None = None
    _judged: int = 0

    def check(self) -> None:
        """Raise :exc:`GradingProblem` when this is not what can be graded."""
        check_folders(self.submissions, self.out)
        if self.scheduler is not None and self.workers is not None:
            raise GradingProblem("--workers is for this machine alone: leave it out with --scheduler.", usage=True)
        if self.compare is not None:
            there = self.out.resolve()
            if not self.resume and self.compare.resolve() in (there, there / RESULTS):
                raise GradingProblem("--anew forgets the results that --compare needs: name a new --out.", usage=True)
            try:
                self._old = read_results(self.compare)
            except MemoryProblem as problem:
                raise GradingProblem(str(problem), usage=True) from None

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Collect, open the memory, and say what there is to do."""
        self._collect()
        self._platforms = self._open_platforms()
        # Points that moved because of other random data would hide those that moved for a reason.
        seed = self.seed or (self._old.header.seed if self._old else secrets.token_hex(8))
        with ExitStack() as stack:
            try:
                memory = stack.enter_context(remembering(self.out, Header(seed, _version()), anew=not self.resume))
            except MemoryProblem as problem:
                raise GradingProblem(str(problem)) from None
            kept = memory.results.header
            if self.seed not in (None, kept.seed):
                raise GradingProblem(
                    f"{self.out} has the seed {kept.seed}: leave out --seed or say --anew.",
                    usage=True,
                )
            self._memory, self._plan = memory, plan(self._all, memory, checks_version)
            self.todo = self._plan.todo
            for line in self._explained(self._plan, memory):
                self.tell(line)
            yield

    def _collect(self) -> None:
        try:
            collection = collect(self.submissions)
        except OSError as error:
            raise GradingProblem(f"{self.submissions} cannot be read: {error.strerror}.") from None
        self._all = [each for each in collection.submissions if not self.lessons or each.lesson in self.lessons]
        self._unread = collection.flags
        if not self._all:
            wanted = f" of the lesson {' or '.join(self.lessons)}" if self.lessons else ""
            found = f" The first thing that is odd there: {self._unread[0].text}" if self._unread else ""
            raise GradingProblem(f"{self.submissions} holds no notebook{wanted}.{found}", usage=True)

    def _explained(self, made: Plan, memory: Memory) -> Iterator[str]:
        students = len({each.student for each in self._all})
        yield f"Found {counted(students, 'student')} and {counted(len(self._all), 'submission')}."
        if memory.results.damaged:
            lines = ", ".join(map(str, memory.results.damaged[:10]))
            yield f"Damaged lines in {memory.results.path}, passed over: {lines}. What they held is judged again."
        if made.kept:
            yield f"{made.kept} are judged already."
        again = {
            "because something else was handed in": made.changed,
            "because the checks have changed": made.stale,
            "because a check failed": made.broken,
        }
        for reason, count in again.items():
            if count:
                yield f"{count} are judged again {reason}."
        if made.gone and not self.lessons:
            yield f"{made.gone} earlier results are left out: their submissions are not there now."

    @contextmanager
    def judging(self) -> Iterator[Iterator[Result]]:
        """Judge what is not judged yet: each result is remembered before it is yielded."""
        try:
            with self._pool(self._memory.results.header.seed) as pool, closing(self._judge(pool)) as results:
                yield results
        except Unconfined as problem:
            raise GradingProblem(str(problem)) from None
        except ClusterProblem as problem:
            raise GradingProblem(f"{problem} {self.interrupted()}") from None
        except OSError as error:
            raise GradingProblem(
                f"{error.filename or self.out} cannot be written: {error.strerror or error}. {self.interrupted()}"
            ) from None

    def _judge(self, pool: Judging) -> Iterator[Result]:
        for result in judge_all(self.todo, pool, self._memory):
            self._judged += 1
            yield result

    @contextmanager
    def _pool(self, seed: str) -> Iterator[Judging]:
        """Make what judges. This is the one place that knows how."""
        pool: Pool | Cluster
        if self.scheduler is None:
            pool = Pool(self.workers or _cores(), self.isolation, seed, self.helpers)
        else:
            pool = Cluster(self.scheduler, self.isolation, seed)
        with pool:
            self.tell(pool.protection)
            yield pool

    def interrupted(self) -> str:
        """Say what a run that was stopped leaves behind."""
        done = f"{self._judged} of {len(self.todo)} are judged and kept in {self.out}. " if self.todo else ""
        return f"{done}The same command goes on from there."

    def report(self) -> dict[str, Any]:
        """Write everything that a teacher reads. Return the summary."""
        missing = without_result(self._all, self._memory)
        lost = {(each.student, each.lesson) for each in missing}
        keys = sorted_keys([key for each in self._all if (key := (each.student, each.lesson)) not in lost])
        for each in missing:
            self.tell(f"No result: {each.student}, {each.lesson}. Give the same command again.")
        results, platforms = self._memory.results, self._platforms
        try:
            with ExitStack() as stack:
                exports = [*platforms.values()]
                if self.junit is not None:
                    exports.append(stack.enter_context(JUnit(self.junit)))
                analysis = write_reports(self.out, results, keys, unread=self._unread, exports=exports)
            for name, platform in platforms.items():
                platform.write(self.out / f"{name}.csv")
                self._tell_unmatched(name, platform.unmatched)
            moved = self._compare(results, keys)
            self._tell_broken(analysis)
        except OSError as error:
            raise GradingProblem(
                f"{error.filename or self.out} cannot be written: {error.strerror}. The results are kept: "
                "the same command writes the reports."
            ) from None
        return {
            "students": analysis["students"],
            "submissions": analysis["submissions"],
            "judged": self._judged,
            "kept": self._plan.kept,
            "passed_share": analysis["passed_share"],
            "average_share": analysis["average_share"],
            "out": str(self.out),
            "without_result": [[each.student, each.lesson] for each in missing],
            "unmatched": {name: platform.unmatched for name, platform in platforms.items()},
            "moved": moved,
        }

    def _open_platforms(self) -> dict[str, Moodle | Canvas]:
        """Read the files of learning platforms: what is wrong with them is said before anything is judged."""
        possible = reachable([(each.student, each.lesson) for each in self._all])
        found: dict[str, Moodle | Canvas] = {}
        try:
            if self.moodle is not None:
                found["moodle"] = Moodle(self.moodle, possible, self.max_points)
            if self.canvas is not None:
                found["canvas"] = Canvas(self.canvas, possible, self.max_points)
        except RosterProblem as problem:
            raise GradingProblem(str(problem), usage=True) from None
        return found

    def _tell_unmatched(self, platform: str, students: Sequence[str]) -> None:
        if students:
            named = ", ".join(students[:PRINTED]) + (" ..." if len(students) > PRINTED else "")
            self.tell(f"{len(students)} students are not in the file from {platform.title()}: {named}")

    def _tell_broken(self, analysis: dict[str, Any]) -> None:
        for found in analysis["lessons"]:
            for exercise in found["exercises"]:
                if count := exercise["broken"]:
                    self.tell(f"The check of {exercise['id']} failed {count} times: please report it (see class.html).")

    def _compare(self, results: Results, keys: Sequence[tuple[str, str]]) -> int | None:
        """Tell and write what moved. Return how many exercises did."""
        if self._old is None:
            return None
        count = 0
        titles = ["student", "exercise", "before", "after", "state before", "state after", "cause", "broken before"]
        with replacing(self.out / "compare.csv") as table_file, replacing(self.out / "compare.json") as json_file:
            table = Table(table_file, [*titles, "broken after"])
            json_file.write("[")
            for moved in moves(self._old, results, keys):
                data = moved.to_json()
                table.add(data.values())
                json_file.write((",\n" if count else "\n") + json.dumps(data))
                if count < PRINTED:
                    self.tell(str(moved))
                count += 1
            json_file.write("\n]\n")
        self.tell(f"{count} exercises moved since {self._old.path.parent}: see {self.out / 'compare.csv'}.")
        return count


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _version() -> str:
    try:
        return version("http-status-codes-course")
    except PackageNotFoundError:
        return "unknown"
