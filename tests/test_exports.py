"""Files for other programs: each as its program wants it, with the students it knows."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from invented import LESSON, RIGHT, result, small_class, submission

from classroom.reports.canvas import Canvas
from classroom.reports.junit import JUnit
from classroom.reports.moodle import Moodle
from classroom.reports.roster import Roster, RosterProblem

REACHABLE = {LESSON: 15.0}
WORKSHEET = """\ufeffIdentifier,"Full name","Email address",Status,Grade,"Maximum Grade","Last modified (grade)"
"Participant 11","Ann Meyer",ann@example.org,"Submitted for grading",,100.00,-
"Participant 12","Bob Sato",bob@example.org,"Submitted for grading",7.00,100.00,-
"Participant 13","Dora Absent",dora@example.org,"No submission",,100.00,-
"""
GRADEBOOK = """"First name","Last name","ID number",Institution,"Email address","Course total (Real)"
Ann,Meyer,s1,,ann@example.org,-
Bob,Sato,s2,,bob@example.org,-
Cem,Vogel,s3,,cem@example.org,-
"""
TITLE = "Who are you, and may you? 401, 403 and the hiding 404"
CANVAS = f"""Student,ID,SIS Login ID,Section,Homework (7),"{TITLE} (8)",Final Score
,,,,,Manual Posting,
    Points Possible,,,,10,30,(read only)
"Meyer, Ann",101,annm,Class A,5,,50
"Sato, Bob",102,bobs,Class A,,,
"Student, Test",103,test,Class A,,,
"""


def rows(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text("utf-8").splitlines()))


def fill(kind: type[Moodle] | type[Canvas], tmp_path: Path, text: str, scale: float | None = None) -> list[list[str]]:
    (tmp_path / "in.csv").write_text(text, "utf-8")
    platform = kind(tmp_path / "in.csv", REACHABLE, scale)
    for each in small_class():
        platform.add(each.student, [result(each)])
    platform.write(tmp_path / "out.csv")
    hostile = small_class()[-1].student
    assert hostile in platform.unmatched
    assert "Ann Meyer" not in platform.unmatched
    return rows(tmp_path / "out.csv")


def test_moodle_worksheet_gets_its_grades(tmp_path: Path) -> None:
    filled = fill(Moodle, tmp_path, WORKSHEET)
    assert filled[0] == WORKSHEET.strip("\ufeff").partition("\n")[0].replace('"', "").split(",")
    assert [row[4] for row in filled[1:]] == ["100", "20", ""]
    for before, after in zip(rows(tmp_path / "in.csv")[1:], filled[1:], strict=True):
        assert before[:4] + before[5:] == after[:4] + after[5:]


@pytest.mark.parametrize(("scale", "grades"), [(None, ["100", "20", "0"]), (15, ["15", "3", "0"])])
def test_moodle_gradebook_gets_a_column_for_each_lesson(tmp_path: Path, scale: float | None, grades: list[str]) -> None:
    filled = fill(Moodle, tmp_path, GRADEBOOK, scale)
    assert filled[0] == ["First name", "Last name", "ID number", "Email address", LESSON]
    assert filled[1][:4] == ["Ann", "Meyer", "s1", "ann@example.org"]
    assert [row[4] for row in filled[1:]] == grades


def test_moodle_may_speak_another_language(tmp_path: Path) -> None:
    text = GRADEBOOK.replace('"First name","Last name","ID number"', "Vorname,Nachname,ID-Nummer")
    filled = fill(Moodle, tmp_path, text.replace('"Email address","Course total (Real)"', "E-Mail-Adresse,Kurs"))
    assert filled[0] == ["Vorname", "Nachname", "ID-Nummer", "Institution", "E-Mail-Adresse", LESSON]
    assert [row[5] for row in filled[1:]] == ["100", "20", "0"]
    moodle = Moodle(tmp_path / "in.csv", REACHABLE)
    moodle.add("Meyer", [result(small_class()[0])])
    assert moodle.unmatched == ["Meyer"]


def test_canvas_gradebook_comes_back_on_the_scale_of_its_assignment(tmp_path: Path) -> None:
    filled = fill(Canvas, tmp_path, CANVAS)
    assert filled[0] == ["Student", "ID", "SIS Login ID", "Section", f"{TITLE} (8)"]
    assert filled[1] == ["    Points Possible", "", "", "", "30"]
    assert filled[2:] == [
        ["Meyer, Ann", "101", "annm", "Class A", "30"],
        ["Sato, Bob", "102", "bobs", "Class A", "6"],
        ["Student, Test", "103", "test", "Class A", ""],
    ]


def test_canvas_gets_a_new_assignment_where_it_has_none(tmp_path: Path) -> None:
    filled = fill(Canvas, tmp_path, CANVAS.replace("Who are you, and may you?", "Something else"))
    assert filled[0][4:] == [LESSON]
    assert [row[4] for row in filled[1:]] == ["15", "15", "3", ""]


@pytest.mark.parametrize("kind", [Moodle, Canvas])
@pytest.mark.parametrize("content", [b"", b"\n\n", b"a,b\n1,2\n", b"\xff\xfe\x00", b"\0", b'"', None], ids=repr)
def test_files_of_no_platform_are_refused(
    tmp_path: Path, kind: type[Moodle] | type[Canvas], content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "in.csv").write_bytes(content)
    with pytest.raises(RosterProblem, match=r"in\.csv"):
        kind(tmp_path / "in.csv", REACHABLE)


@pytest.mark.parametrize(
    ("student", "row"),
    [
        ("Ann Meyer", 0),
        ("ann meyer", 0),
        ("Meyer, Ann", 0),
        ("meyerann", 0),
        ("annm", 0),
        ("ann@example.org", 0),
        ("Ann Meyer (101)", 0),
        ("meyerann_101", 0),
        ("101", 0),
        ("Zoe Muller", 1),
        ("ZOE\u0308 MU\u0308LLER", 1),
        ("Bob Sato", None),
        ("102", 2),
        ("bob@one.org", 2),
        ("bob", None),
        ("Meyer", None),
        ("", None),
        ("Nobody", None),
    ],
)
def test_student_is_found_by_whatever_the_platform_knows(student: str, row: int | None) -> None:
    roster = Roster()
    for number, known_as in enumerate(
        [
            ["Meyer, Ann", "101", "annm", "ann@example.org"],
            ["Müller, Zoë", "", "", ""],
            ["Sato, Bob", "102", "", "bob@one.org"],
            ["Bob Sato", "103", "", "bob@two.org"],
        ]
    ):
        roster.add(number, known_as)
    assert roster.find(student) == row


def test_two_submissions_never_share_one_row(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(WORKSHEET, "utf-8")
    moodle = Moodle(tmp_path / "in.csv", REACHABLE)
    moodle.add("Ann Meyer", [result(small_class()[0])])
    moodle.add("ann@example.org", [result(submission("ann@example.org", {}))])
    moodle.write(tmp_path / "out.csv")
    assert moodle.unmatched == ["ann@example.org"]
    assert rows(tmp_path / "out.csv")[1][4] == "100"


def test_junit_is_xml_whatever_the_names(tmp_path: Path) -> None:
    hostile = 'a"b<c>&\0\x1b\ud800\ufffe\U0001f600'
    file = tmp_path / "junit.xml"
    with JUnit(file) as junit:
        for each in [*small_class(), submission(hostile, {"log_in_first": f"{RIGHT}"})]:
            junit.add(each.student, [result(each)])
    suites = ET.parse(file).getroot()
    assert suites.tag == "testsuites"
    bob, last = suites[1], suites[-1]
    assert bob.attrib == {"name": "Bob Sato", "tests": "6", "failures": "1", "errors": "0", "skipped": "4"}
    assert [case.attrib for case in bob][0] == {"classname": LESSON, "name": "log_in_first"}
    assert [[child.tag for child in case] for case in bob] == [[], ["failure"], *[["skipped"]] * 4]
    assert "ann is logged in, and got 401" in (bob[1][0].text or "")
    assert last.attrib["name"].startswith('a"b<c>&')


def test_run_that_breaks_leaves_the_old_junit_file(tmp_path: Path) -> None:
    file = tmp_path / "junit.xml"
    file.write_text("old")
    with pytest.raises(LookupError), JUnit(file):
        raise LookupError
    assert [path.name for path in tmp_path.iterdir()] == ["junit.xml"]
    assert file.read_text() == "old"
