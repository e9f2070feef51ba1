"""An invented class: submissions, and results as judging them would give, without judging anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any

from checks.report import NOT_ATTEMPTED, NOT_YET, PASSED
from classroom.result import Judged, Result
from classroom.submission import Flag, Source, Submission
from lessons import lesson

LESSON = "access"
RIGHT, WRONG = "passes = True", "passes = False"
# What the mistake of each wrong answer looks like.
BROKEN_ROW = {
    "asked": "DELETE /users/1",
    "got": "401  application/json  {}",
    "wanted": ["403"],
    "passed": False,
    "why": "ann is logged in, and got 401. Logging in again cannot help.",
    "rfc": "",
    "paste": ["requests.delete(...)", "curl -i"],
    "blank": False,
    "details": [],
}
KEPT_ROW = {**BROKEN_ROW, "got": "403", "passed": True, "why": "", "paste": []}


def submission(student: str, answers: dict[str, str], name: str = LESSON, **more: Any) -> Submission:
    """Return a submission with one answer for each exercise that is named."""
    sources = {exercise: (Source(text, "week6.ipynb, cell 7"),) for exercise, text in answers.items()}
    return Submission(student, name, sources, files=("week6.ipynb",), **more)


def result(handed_in: Submission, checks: str = "v1") -> Result:
    """Return the result of a submission: an answer passes when it contains what passes."""
    exercises = []
    for name, exercise in lesson(handed_in.lesson).exercises.items():
        sources = handed_in.answers.get(name, ())
        text = sources[0].text if sources else ""
        state = NOT_ATTEMPTED if not text else PASSED if RIGHT in text else NOT_YET
        rows = {NOT_ATTEMPTED: [], PASSED: [KEPT_ROW], NOT_YET: [KEPT_ROW, BROKEN_ROW]}[state]
        points = exercise.points if state == PASSED else 0
        place = sources[0].place if sources else ""
        exercises.append(
            Judged(exercise.id, state, points, exercise.points, exercise.challenge, rows, text, place)  # type: ignore[arg-type]
        )
    questions = lesson(handed_in.lesson).questions
    predictions = {
        name: {"said": said, "right": name in questions and said == questions[name].answer}
        for name, said in handed_in.predictions.items()
    }
    return Result(
        handed_in.student,
        handed_in.lesson,
        handed_in.digest,
        checks,
        exercises,
        predictions,
        list(handed_in.flags),
        list(handed_in.files),
    )


def small_class() -> list[Submission]:
    """Return four students: all right, half right, nothing, and one whose name is hostile."""
    names = list(lesson(LESSON).exercises)
    return [
        submission("Ann Meyer", dict.fromkeys(names, RIGHT), predictions={"whose_fault": "x"}),
        submission("Bob Sato", {names[0]: RIGHT, names[1]: WRONG}),
        submission("Cem Vogel", {}, flags=(Flag("answer lost", names[0], "The cell is gone."),)),
        submission('=<script>alert("1")</script>\u202e$$', {names[1]: f"{WRONG}  # <script>"}),
    ]


class InventedPool:
    """Judges nothing, in the order that it is given. Stops the run after ``stop_after`` results."""

    protection = "Nothing is confined: nothing is run."
    stop_after: int | None = None
    checks = "v1"
    judged: list[Submission] = []

    def __init__(self, workers: int | None, isolation: str, seed: str, helpers: object = None) -> None:
        self.seed = seed

    def __enter__(self) -> InventedPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def judge(self, submissions: Iterable[Submission]) -> Iterator[Result]:
        for count, each in enumerate(submissions):
            if count == self.stop_after:
                raise KeyboardInterrupt
            InventedPool.judged.append(each)
            yield result(each, self.checks)
