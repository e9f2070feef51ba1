"""What a teacher and a student read: right in every number, the same in every run, and harmless."""

from __future__ import annotations

import csv
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from invented import BROKEN_ROW, LESSON, RIGHT, WRONG, result, small_class, submission

from checks import App, Contract, Exercise
from checks.report import NOT_YET
from classroom.memory import Header, remembering
from classroom.reports.files import cell, file_names
from classroom.reports.writing import write_reports
from classroom.result import Judged, Result
from classroom.submission import Flag, Submission
from lessons import lesson

ALERT = '<script>alert("1")</script>'


def write(folder: Path, submissions: list[Submission], results: list[Result] | None = None, **more: Any) -> Any:
    with remembering(folder, Header("seed", "1")) as memory:
        for found in results or map(result, submissions):
            memory.add(found)
        keys = [(each.student, each.lesson) for each in submissions]
        return write_reports(folder, memory.results, keys, **more)


class Page(HTMLParser):
    """The tags of a page, in balance, and its text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(path.read_text("utf-8"))
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "wbr", "img"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"</{tag}> at {self.getpos()}"

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def test_grades_tell_every_exercise_and_the_total_of_each_lesson(tmp_path: Path) -> None:
    write(tmp_path, small_class())
    rows = list(csv.DictReader((tmp_path / "grades.csv").read_text("utf-8").splitlines()))
    exercises = lesson(LESSON).exercises
    full = sum(exercise.points for exercise in exercises.values() if not exercise.challenge)
    assert len(rows) == 4 * (len(exercises) + 1)
    bob = [row for row in rows if row["student"] == "Bob Sato"]
    assert [row["state"] for row in bob] == ["passed", "not yet", *["not attempted"] * (len(exercises) - 2), "total"]
    assert [row["exercise"] for row in bob] == [*(exercise.id for exercise in exercises.values()), LESSON]
    assert [float(row["max"]) for row in bob] == [*(exercise.points for exercise in exercises.values()), full]
    first = next(iter(exercises.values())).points
    assert float(bob[0]["points"]) == float(bob[-1]["points"]) == first
    ann = [row for row in rows if row["student"] == "Ann Meyer"]
    assert float(ann[-1]["points"]) == full
    assert [row["challenge"] for row in ann[:-1]] == [
        "challenge" if exercise.challenge else "" for exercise in exercises.values()
    ]


def test_totals_have_a_row_for_each_student(tmp_path: Path) -> None:
    other = "success"
    write(tmp_path, [*small_class(), submission("Ann Meyer", {"delete_twice": RIGHT}, other)])
    rows = list(csv.reader((tmp_path / "totals.csv").read_text("utf-8").splitlines()))
    assert rows[0] == ["student", "success (of 19)", "access (of 15)", "total (of 34)", "percent", "challenge points"]
    assert rows[2] == ["Ann Meyer", "2", "15", "17", "50", "4"]
    assert rows[3] == ["Bob Sato", "", "3", "3", "8.8", "0"]


def test_files_are_the_same_whatever_the_order(tmp_path: Path) -> None:
    write(tmp_path / "one", small_class(), unread=[Flag("no notebook", "cat.jpg", "A picture.")])
    write(tmp_path / "two", small_class()[::-1], unread=[Flag("no notebook", "cat.jpg", "A picture.")])
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.*"))
    assert len(files) == 4 + 4 + 2
    for file in files:
        if file.name != "results.jsonl":
            assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes(), file


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("  =1+1", "'  =1+1"),
        ("+1 (Ann)", "'+1 (Ann)"),
        ("-Ann", "'-Ann"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "' =1"),
        ("\uff1d1", "'\uff1d1"),
        ("-", "-"),
        ("-1.5", "-1.5"),
        ("Ann-Marie", "Ann-Marie"),
        ("Ann\r\nBob", "Ann\\x0d Bob"),
        ("a\0b", "a\\x00b"),
        (1.0, "1"),
        (0.1 + 0.2, "0.3"),
        (None, ""),
    ],
)
def test_no_cell_is_run_by_a_spreadsheet(value: Any, shown: str) -> None:
    assert cell(value) == shown


@pytest.mark.parametrize(
    "student",
    ["../../etc/passwd", "..", "/", "", " ", "CON", "nul.txt", "a/b", "a\\b", "a\0b", "x" * 500, "\u202eevil", "-rf"]
    + [".x", "漢" * 300, "\ud800", "a:b", 'a"b', "a?b", "a*b"],
)
def test_file_names_are_harmless(student: str) -> None:
    name = file_names([student, "Ann"])[student]
    assert name != student
    assert re.fullmatch(r"[\w@+][\w.@+ -]*", name)
    assert len(f".{name}.html.new".encode()) < 256
    assert not re.match(r"(?i)(con|nul)(\.|$)", name)


def test_file_names_are_unique_and_mostly_the_names() -> None:
    students = ["Ann Meyer", "ann meyer", "a/b", "a?b", "a_b", "ann@example.org", "Zoë", "Zoe\u0308"]
    names = file_names(students)
    assert len({name.casefold() for name in names.values()}) == len(students)
    assert names["ann@example.org"] == "ann@example.org"
    assert names["Zoë"].startswith("Zoë")
    assert file_names(["Ann Meyer"]) == {"Ann Meyer": "Ann Meyer"}


def test_nobody_can_take_the_name_of_another_ones_file() -> None:
    names = file_names(["Ann/"])
    both = file_names(["Ann/", names["Ann/"].upper()])
    assert len({name.casefold() for name in both.values()}) == 2
    assert both["Ann/"] == names["Ann/"]


def test_feedback_shows_report_answer_and_flags(tmp_path: Path) -> None:
    name = next(iter(lesson(LESSON).exercises))
    question = next(iter(lesson(LESSON).questions.values()))
    bob = submission(
        "Bob",
        {name: f"{WRONG}  # 1 < 2"},
        predictions={question.id.partition(".")[2]: question.answer},
        flags=(Flag("answer twice", name, "Both were judged."), Flag("old release", "week6.ipynb", "From last year.")),
    )
    write(tmp_path, [bob])
    page = Page(tmp_path / "feedback" / "Bob.html")
    assert "0 of 15 points" in page.text
    assert "ann is logged in, and got 401" in page.text
    assert f"{WRONG}  # 1 < 2" in page.words
    assert "answer twice : Both were judged." in page.text
    assert "old release" in page.text
    assert "week6.ipynb, cell 7" in page.text
    assert question.text in page.text
    assert "_<wbr>".join(name.split("_")) in (tmp_path / "feedback" / "Bob.html").read_text("utf-8")
    # The styles of a report are said once, not in each of its cells.
    cells = [attributes for tag, attributes in page.tags if tag == "td" and "class" in attributes]
    assert len([attributes for attributes in cells if f".{attributes['class']} {{ text-align" in page.text]) > 4
    links = {attributes["href"] for tag, attributes in page.tags if tag == "a"}
    ids = {f"#{attributes['id']}" for _, attributes in page.tags if "id" in attributes}
    assert links <= ids
    assert f"#{LESSON}.{name}" in links


def test_feedback_counts_the_lessons_that_were_not_handed_in_as_the_gradebook_does(tmp_path: Path) -> None:
    write(tmp_path, [submission("Ann", {}), submission("Bob", {}), submission("Ann", {}, "success")])
    assert "0 of 34 points" in Page(tmp_path / "feedback" / "Ann.html").text
    page = Page(tmp_path / "feedback" / "Bob.html")
    assert "0 of 34 points" in page.text
    assert f"{lesson('success').text.title} ○ not handed in 0 of 19" in page.text


def test_thousands_of_flags_make_no_endless_page(tmp_path: Path) -> None:
    flags = tuple(Flag("not a notebook", f"{number}.jpg", "A picture.") for number in range(2000))
    write(tmp_path, [submission("Bob", {}, flags=flags)])
    for path, left in ((tmp_path / "feedback" / "Bob.html", 50), (tmp_path / "class.html", 50)):
        text = Page(path).text
        assert text.count("A picture.") == left
        assert "and 1950 more" in text


def test_pages_can_be_read_by_everybody(tmp_path: Path) -> None:
    write(tmp_path, small_class())
    for path in [tmp_path / "class.html", *(tmp_path / "feedback").glob("*.html")]:
        page = Page(path)
        assert ("html", {"lang": "en"}) in page.tags
        assert sum(tag == "h1" for tag, _ in page.tags) == 1
        assert not {tag for tag, _ in page.tags} & {"script", "img", "link", "iframe", "form"}
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        for _, attributes in page.tags:
            assert not [name for name in attributes if name.startswith("on")]
            # Self-contained: what is linked is this page or lies in the folder.
            target = attributes.get("href") or "#"
            if not target.startswith("#"):
                assert (tmp_path / target.replace("%20", " ")).exists()


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_colours_can_be_told_apart() -> None:
    style = (Path(__file__).parent.parent / "classroom" / "reports" / "templates" / "style.css").read_text("utf-8")
    themes = [dict(re.findall(r"--([\w-]+): (#\w{6})", part)) for part in style.split("@media")]
    themes = [theme for theme in themes if theme]
    assert len(themes) == 3
    for theme in themes:
        for ink in ("ink", "quiet", "link", "passed", "not-yet"):
            for paper in {"page", "paper"} & theme.keys():
                assert contrast(theme[ink], theme[paper]) >= 4.5, (ink, paper, theme)
        assert contrast(theme["ink"], theme["notice"]) >= 4.5
    for colour in ("#1a7f37", "#b3261e", "#9d1f18"):
        assert contrast("#ffffff", colour) >= 4.5


def test_what_a_student_wrote_is_harmless(tmp_path: Path) -> None:
    hostile = f"{ALERT}\0\u202e$$x^2$$&amp;\x1b[2J\ud800"
    bob = submission(hostile, {"log_in_first": hostile}, flags=(Flag(hostile, hostile, hostile * 1000),))
    found = result(bob)
    found.exercises[0].rows = [{**BROKEN_ROW, "asked": hostile, "got": hostile, "wanted": [hostile], "why": hostile}]
    found.exercises[0].place = hostile
    found.predictions = {"log_in_first": {"said": hostile, "right": False}, hostile: {"said": [hostile]}}
    found.files = [hostile]
    write(tmp_path, [bob], [found], unread=[Flag(hostile, hostile, hostile)])
    pages = [tmp_path / "class.html", *(tmp_path / "feedback").glob("*.html")]
    assert len(pages) == 2
    for path in pages:
        page = Page(path)
        assert not [tag for tag, _ in page.tags if tag == "script"]
        assert ALERT in page.text
        assert "\\x00\\u202e$$x^2$$&amp;\\x1b[2J" in page.text
        assert not set(path.read_text("utf-8")) & set("\0\u202e\x1b")
    assert len(json.loads((tmp_path / "class.json").read_text("utf-8"))["unread"]) == 1


def test_class_is_counted(tmp_path: Path) -> None:
    names = list(lesson(LESSON).exercises)
    wrong = [submission(f"Wrong {number}", {names[1]: WRONG}) for number in range(3)]
    found = write(tmp_path, [*small_class(), *wrong])
    assert found == json.loads((tmp_path / "class.json").read_text("utf-8"))
    assert (found["students"], found["submissions"], found["max_points"]) == (7, 7, 15)
    [access] = found["lessons"]
    first, second, *_ = access["exercises"]
    assert [first[name] for name in ("passed", "not_yet", "not_attempted")] == [2, 0, 5]
    assert [second[name] for name in ("passed", "not_yet", "not_attempted")] == [1, 5, 1]
    assert second["wrong_statuses"] == [{"got": "401", "wanted": "403", "students": 5, "share": 1.0}]
    assert second["mistakes"][0]["students"] == 5
    assert found["most_frequent"][0]["exercise"] == f"{LESSON}.{names[1]}"
    assert [bin["students"] for bin in found["distribution"]] == [5, 0, 1, 0, 0, 0, 0, 0, 0, 1]
    assert [student["student"] for student in found["help"]][-1] == "Bob Sato"
    assert len(found["help"]) == 6
    [flags] = found["flags"]
    assert (flags["name"], flags["count"], flags["cases"][0]["student"]) == ("answer lost", 1, "Cem Vogel")
    page = Page(tmp_path / "class.html").text
    assert "100 % sent 401 where 403 was promised (5 of 5 wrong answers)" in page
    assert f"5 of 6 who tried {LESSON}.{names[1]}" in page


def test_predictions_are_distributed(tmp_path: Path) -> None:
    questions = lesson(LESSON).questions
    name, question = next(item for item in questions.items() if str(item[1].answer).islower())
    wrong = next(choice for choice in question.choices if choice != question.answer)
    said = [question.answer, str(question.answer).upper(), wrong, "<b>"]
    found = write(tmp_path, [submission(f"S{place}", {}, predictions={name: each}) for place, each in enumerate(said)])
    predictions = {told["name"]: told for told in found["lessons"][0]["predictions"]}
    assert list(predictions) == list(questions)
    told = predictions.pop(name)
    counts = {choice["choice"]: choice["students"] for choice in told["choices"]}
    nobody = {str(choice): 0 for choice in question.choices}
    assert counts == {**nobody, str(question.answer): 2, str(wrong): 1, "<b>": 1}
    assert (told["right"], told["none"]) == (str(question.answer), 0)
    assert [other["none"] for other in predictions.values()] == [4] * (len(questions) - 1)


def test_contract_is_counted_row_by_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contract = Contract()
    for number in ("R01", "R02", "R10"):
        contract.row(number, "GET", "/", "always", 200)(lambda app: None)

    def recipe_api(app: App) -> None:
        """The API keeps the contract."""

    exercise = Exercise(recipe_api, 3, [], False, contract)
    monkeypatch.setitem(lesson(LESSON).exercises, "recipe_api", exercise)
    results = []
    for number in range(3):
        rows: list[dict[str, Any]] = [
            {**BROKEN_ROW, "asked": f"{row.title}", "passed": row.number == "R01", "blank": row.number == "R10"}
            for row in contract.rows
        ]
        rows[1]["details"] = [dict(BROKEN_ROW, asked=asked) for asked in ("the step before", "the last step")]
        results.append(Result(f"S{number}", LESSON, "", "", [Judged(f"{LESSON}.recipe_api", NOT_YET, 1, 3, rows=rows)]))
    found = write(tmp_path, [submission(f"S{number}", {}) for number in range(3)], results)
    rows = found["lessons"][0]["exercises"][0]["rows"]
    assert [(row["asked"][:3], row["passed"], row["not_yet"], row["not_attempted"]) for row in rows] == [
        ("R01", 3, 0, 0),
        ("R02", 0, 3, 0),
        ("R10", 0, 0, 3),
    ]
    assert rows[1]["wrong_statuses"][0]["share"] == 1
    assert found["most_frequent"][0]["row"] == "R02 GET /: always"
    assert "row by row" in Page(tmp_path / "class.html").text
    assert "the step before" in Page(tmp_path / "feedback" / "S1.html").text


def test_pages_of_those_who_left_are_removed_and_no_others(tmp_path: Path) -> None:
    write(tmp_path, small_class())
    (tmp_path / "feedback" / "notes.html").write_text("<p>my own notes")
    write(tmp_path, small_class()[:1])
    assert sorted(path.name for path in (tmp_path / "feedback").iterdir()) == ["Ann Meyer.html", "notes.html"]


def test_class_page_for_nobody_and_for_an_unknown_exercise(tmp_path: Path) -> None:
    found = result(small_class()[0])
    found.exercises = [Judged(f"{LESSON}.of_an_older_release", NOT_YET, 0, 1, rows=[BROKEN_ROW])]
    write(tmp_path, small_class()[:1], [found])
    assert "of_an_older_release" in Page(tmp_path / "feedback" / "Ann Meyer.html").text
    assert Page(tmp_path / "class.html").text
