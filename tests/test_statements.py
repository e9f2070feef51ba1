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
    "client_errors": "S22 S30-S31 S34-S35 S66 S74 S83 S96 S100 S103 N7 N14 N17 N29",
    "access": "S32-S33 S35 S61 S71 S85 S101-S102 N15 N16 N30",
    "error_bodies": "S9 S49 S73 S76 S83 S90 N27",
    "server_errors": "S23 S36-S41 S68 S74 N8 N18-N21",
    "redirects": "S21 S69 N6 N24",
    "reading_codes": "S6 S12 S57 S81 S94 N1 N3",
    "retries": "S39-S40 S52 S72 S82 N21 N26",
    "conditional_requests": "S21 S48 N6",
    "production": "S7 S9 S48 S50-S51 S53 S70 S73-S80 S88 S90 S93 S104 N25 N27 N28 N33",
    "capstone": "S9 S104 N9",
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
