"""What a class can and cannot do yet, counted student by student: ``class.json``, and what ``class.html`` draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from checks import Contract
from checks.report import BROKEN, NOT_ATTEMPTED, NOT_YET, PASSED, preview
from lessons import LESSONS, lesson

from ..result import Judged, Result
from ..submission import Flag
from .copies import Copies
from .mistakes import Mistake, WrongStatus, mistake, wrong_status

# Mistakes and wrong codes that are told for an exercise, and for the class.
SHOWN = 5
# Whoever has less than this share of the points that could be reached needs help.
HELP_BELOW = 0.5
_STATES = {"passed": PASSED, "not_yet": NOT_YET, "not_attempted": NOT_ATTEMPTED, "broken": BROKEN}


@dataclass
class _Counted:
    """What many students did where one thing was asked."""

    states: Counter[str] = field(default_factory=Counter)
    points: float = 0
    codes: Counter[WrongStatus] = field(default_factory=Counter)
    mistakes: Counter[str] = field(default_factory=Counter)
    # By the mistake's key; the first student's words stand for all.
    told: dict[str, Mistake] = field(default_factory=dict)

    def note(self, exercise: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Count the broken promises of one student, each kind once."""
        broken = [dict(row) for row in rows if not row.get("passed", True)]
        self.codes.update({code for row in broken if (code := wrong_status(row))})
        for found in {mistake(exercise, row).key: mistake(exercise, row) for row in reversed(broken)}.values():
            self.told.setdefault(found.key, found)
            self.mistakes[found.key] += 1

    def to_json(self) -> dict[str, Any]:
        """Return what was counted; shares are of those who tried and did not pass."""
        failed = self.states[NOT_YET]
        codes = sorted(self.codes.items(), key=lambda item: (-item[1], item[0].got, item[0].wanted))
        mistakes = sorted(self.mistakes.items(), key=lambda item: (-item[1], item[0]))
        return {
            **{name: self.states[state] for name, state in _STATES.items()},
            "wrong_statuses": [
                {**asdict(code), "students": count, "share": _share(count, failed)} for code, count in codes[:SHOWN]
            ],
            "mistakes": [
                {
                    "text": self.told[key].text,
                    "named": self.told[key].named,
                    "students": count,
                    "share": _share(count, failed),
                }
                for key, count in mistakes[:SHOWN]
            ],
        }


class _Lesson:
    """One lesson, as far as the class has come."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.submissions = 0
        self.points = 0.0
        self.max_points = 0.0
        self.exercises: dict[str, _Counted] = {}
        self.possible: dict[str, tuple[float, bool]] = {}
        # By exercise: its rows by what they ask.
        self.rows: dict[str, dict[str, _Counted]] = {}
        self.predictions: dict[str, Counter[str]] = {}

    def add(self, result: Result) -> None:
        """Count one submission."""
        self.submissions += 1
        self.points += result.points
        self.max_points += result.max_points
        for judged in result.exercises:
            counted = self.exercises.setdefault(judged.id, _Counted())
            counted.states[judged.state] += 1
            counted.points += judged.points
            self.possible[judged.id] = judged.max_points, judged.challenge
            if judged.state == NOT_YET:
                counted.note(judged.id, judged.rows)
            if judged.state in (PASSED, NOT_YET):
                self._add_contract(judged)
        for name in self._questions() | result.predictions.keys():
            said = result.predictions.get(name, {}).get("said")
            self.predictions.setdefault(name, Counter())[_word(said)] += 1

    def _questions(self) -> set[str]:
        return set(lesson(self.name).questions) if self.name in LESSONS else set()

    def _add_contract(self, judged: Judged) -> None:
        contract = _contract(judged.id)
        if contract is None:
            return
        for row in judged.rows:
            asked = str(row.get("asked", ""))
            if asked.partition(" ")[0] in {known.number for known in contract.rows}:
                counted = self.rows.setdefault(judged.id, {}).setdefault(preview(asked, 120), _Counted())
                counted.states[PASSED if row.get("passed") else NOT_ATTEMPTED if row.get("blank") else NOT_YET] += 1
                if not row.get("blank"):
                    counted.note(judged.id, [row])

    def to_json(self) -> dict[str, Any]:
        """Return what was counted."""
        known = lesson(self.name) if self.name in LESSONS else None
        order = [f"{self.name}.{word}" for word in known.exercises] if known else []
        questions = list(known.questions) if known else []
        return {
            "name": self.name,
            "title": known.text.title if known else self.name,
            "submissions": self.submissions,
            "average_share": _share(self.points, self.max_points),
            # Answers of all exercises together, challenges not counted.
            **{name: sum(counted.states[state] for counted in self._counting()) for name, state in _STATES.items()},
            "exercises": [self._exercise(name) for name in _in_order(self.exercises, order)],
            "predictions": [self._prediction(name) for name in _in_order(self.predictions, questions)],
        }

    def _counting(self) -> list[_Counted]:
        return [counted for name, counted in self.exercises.items() if not self.possible[name][1]]

    def _exercise(self, identifier: str) -> dict[str, Any]:
        counted = self.exercises[identifier]
        points, challenge = self.possible[identifier]
        known = lesson(self.name).exercises if self.name in LESSONS else {}
        name = identifier.partition(".")[2]
        return {
            "id": identifier,
            "title": known[name].title if name in known else "",
            "challenge": challenge,
            "max_points": points,
            "average_points": round(counted.points / max(1, counted.states.total()), 2),
            **counted.to_json(),
            "rows": [{"asked": asked, **row.to_json()} for asked, row in self._in_contract_order(identifier)],
        }

    def _in_contract_order(self, identifier: str) -> list[tuple[str, _Counted]]:
        contract = _contract(identifier)
        order = [row.number for row in contract.rows] if contract else []
        return sorted(self.rows.get(identifier, {}).items(), key=lambda item: order.index(item[0].partition(" ")[0]))

    def _prediction(self, name: str) -> dict[str, Any]:
        said = self.predictions[name]
        questions = lesson(self.name).questions if self.name in LESSONS else {}
        question = questions.get(name)
        choices = [str(choice) for choice in question.choices] if question else []
        counted = Counter[str]()
        for word, count in said.items():
            # As the question itself reads it: upper and lower case do not matter.
            meant = next((choice for choice in choices if choice.casefold() == word.casefold()), word)
            counted[meant] += count
        return {
            "name": name,
            "text": question.text if question else name,
            "right": str(question.answer) if question else "",
            "choices": [
                {"choice": choice, "students": counted[choice]}
                for choice in _in_order({*choices, *counted} - {""}, choices)
            ],
            "none": counted[""],
        }


class ClassAnalysis:
    """Count students one after the other, then tell what the class came to."""

    def __init__(self, possible: float, files: Mapping[str, str], unread: Sequence[Flag] = ()) -> None:
        self._possible = possible
        # Of each student, the name of the feedback page.
        self._files = files
        self._unread = unread
        self._lessons: dict[str, _Lesson] = {}
        self._students: list[dict[str, Any]] = []
        self._copies = Copies()
        self._flags: list[dict[str, Any]] = []

    def add(self, student: str, results: Sequence[Result]) -> None:
        """Count one student's results, in the order of the lessons."""
        states = Counter(judged.state for result in results for judged in result.exercises if not judged.challenge)
        points = sum(result.points for result in results)
        self._students.append(
            {
                "student": student,
                "feedback": f"feedback/{self._files[student]}.html",
                "points": round(points, 2),
                "share": _share(points, self._possible),
                "lessons": len(results),
                "not_yet": states[NOT_YET],
                "not_attempted": states[NOT_ATTEMPTED],
                "passed": states[PASSED],
            }
        )
        for result in results:
            self._lessons.setdefault(result.lesson, _Lesson(result.lesson)).add(result)
            self._flags += [{"student": student, "lesson": result.lesson, **asdict(flag)} for flag in result.flags]
            for judged in result.exercises:
                if judged.source and judged.state in (PASSED, NOT_YET):
                    self._copies.add(student, judged.id, judged.source)

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data."""
        lessons = [self._lessons[name].to_json() for name in _in_order(self._lessons, LESSONS)]
        shares = [student["share"] for student in self._students]
        help_needed = [student for student in self._students if student["share"] < HELP_BELOW]
        return {
            "students": len(self._students),
            "submissions": sum(found["submissions"] for found in lessons),
            "max_points": self._possible,
            "average_share": round(sum(shares) / len(shares), 4) if shares else 0,
            "passed_share": _passed_share(lessons),
            "distribution": _distribution(shares),
            "most_frequent": _most_frequent(lessons),
            "help": sorted(help_needed, key=lambda student: (student["share"], student["student"])),
            "copies": self._copies.groups(),
            "flags": _flags(self._flags),
            "unread": [asdict(flag) for flag in self._unread],
            "lessons": lessons,
            "by_student": self._students,
        }


def _contract(identifier: str) -> Contract | None:
    name, _, word = identifier.partition(".")
    known = lesson(name).exercises.get(word) if name in LESSONS else None
    return known.contract if known else None


def _most_frequent(lessons: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the mistakes that most students of the class made: what to talk about."""
    found = [
        {"exercise": exercise["id"], "row": row.get("asked", ""), **told, "tried": row["passed"] + row["not_yet"]}
        for entry in lessons
        for exercise in entry["exercises"]
        # Of a contract, the rows tell more than the sum of them.
        for row in exercise["rows"] or [exercise]
        for told in row["mistakes"]
        if told["students"] > 1
    ]
    return sorted(found, key=lambda told: (-told["students"], told["exercise"], told["row"], told["text"]))[:SHOWN]


def _flags(flags: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the flags by kind, the most frequent first."""
    kinds = Counter(flag["name"] for flag in flags)
    return [
        {"name": name, "count": count, "cases": [flag for flag in flags if flag["name"] == name]}
        for name, count in sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
    ]


def _passed_share(lessons: Sequence[Mapping[str, Any]]) -> float:
    everything = sum(found[name] for found in lessons for name in _STATES)
    return _share(sum(found["passed"] for found in lessons), everything)


def _distribution(shares: Sequence[float]) -> list[dict[str, Any]]:
    """Return how many students have up to 10, 20, ... percent of the points."""
    bins = Counter(min(9, int(share * 10)) for share in shares)
    return [{"from": 10 * place, "to": 10 * place + 10, "students": bins[place]} for place in range(10)]


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def _word(said: Any) -> str:
    """Return a prediction as a word to count; empty where there is none."""
    return "" if said is None else preview(str(said), 60)


def _in_order(found: Iterable[str], order: Sequence[str]) -> list[str]:
    """Return names in a known order, unknown ones behind them by the alphabet."""
    return sorted(found, key=lambda name: (order.index(name) if name in order else len(order), name))
