"""Every statement and every correction of the syllabus is taught where it belongs."""

from __future__ import annotations

import re

import pytest

from lessons import LESSONS
from lessons.text import FOLDER

# Which statements (S) and corrections (N) each lesson teaches.
TEACHES = {
    "status_line": "S1-S4 S6-S8 S10 S12-S13 S15-S17 S54-S55 S60-S61 S63-S65 S86 S91-S92 N1 N2 N31 N32",
    "five_classes": "S3 S5 S11 S14 S18-S24 S41 S56-S57 S59 S62 S66 S70 S82 S87 N3-N9 N25",
    "flask_responses": "S42-S46 S58 S84 S89 N22 N23",
    "success": "S4 S20 S25-S29 S45 S47-S48 S67 S88 S93 S95 S97-S99 N5 N10-N13 N34",
}


def expand(text: str) -> list[str]:
    """Turn ``S1-S3 N5`` into single names."""
    names = []
    for word in text.split():
        first, _, last = word.partition("-")
        low, high = int(first[1:]), int((last or first)[1:])
        names += [f"{first[0]}{number}" for number in range(low, high + 1)]
    return names


def taught(lesson: str) -> set[str]:
    """Return the names in the invisible comments of a lesson."""
    comments = re.findall(r"<!--(.*?)-->", (FOLDER / f"{lesson}.md").read_text("utf-8"), re.DOTALL)
    return {name for comment in comments for name in re.findall(r"\b[SN]\d+\b", comment)}


def test_every_lesson_is_listed() -> None:
    assert list(TEACHES) == list(LESSONS)


@pytest.mark.parametrize("lesson", LESSONS)
def test_nothing_is_left_out(lesson: str) -> None:
    missing = [name for name in expand(TEACHES[lesson]) if name not in taught(lesson)]
    assert not missing, (
        f"lessons/{lesson}.md teaches no {', '.join(missing)}: mark the passage with <!-- {missing[0]} -->"
    )


def test_ranges_are_expanded() -> None:
    assert expand("S1-S3 N5") == ["S1", "S2", "S3", "N5"]
