"""Mistakes get the names that the lessons' texts give them; copies are answers that nobody else would write."""

from __future__ import annotations

import pytest
from invented import BROKEN_ROW

from classroom.reports.copies import Copies, fingerprint
from classroom.reports.mistakes import WrongStatus, mistake, wrong_status
from lessons import LESSONS, lesson

UNUSUAL = """
def who():
    # the last user of all
    users = {token: user for token, user in TOKENS.items() if user["role"] != "robot" and len(token) > 3}
    return next(iter(sorted(users.values(), key=lambda user: user["name"][::-1])), None)
"""


@pytest.mark.parametrize("name", LESSONS)
def test_every_mistake_of_the_text_is_known_by_its_feedback(name: str) -> None:
    for cell in lesson(name).text.cells:
        if cell.tag == "mistake":
            found = mistake(f"{name}.{cell.exercise}", {**BROKEN_ROW, "why": f"Look: {cell.feedback}."})
            assert found.named
            assert found.key.removeprefix("401 where 403 was promised: ") in cell.feedback


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nobody is called bedatava. Look it up.", "Nobody is called vunivifi. Look it up."),
        ("The list is [1, 2].", "The list is [7]."),
        ("'a' is missing.", "'xx' is missing."),
        ("500: your code raised KeyError: 'id', line 3.", "500: your code raised KeyError: 'name', line 12."),
    ],
)
def test_random_data_makes_no_other_mistake(one: str, other: str) -> None:
    keys = {mistake("access.hidden", {**BROKEN_ROW, "why": why}).key for why in (one, other)}
    assert len(keys) == 1


def test_another_code_is_another_mistake() -> None:
    assert mistake("x.y", {"why": "404 came."}).key != mistake("x.y", {"why": "403 came."}).key
    rows = [{"got": got, "wanted": ["201"], "why": "The server MUST answer 201."} for got in ("200", "500")]
    for exercise in ("x.y", "success.create_or_replace"):
        assert len({mistake(exercise, row).key for row in rows}) == 2


def test_mistake_says_which_code_came_back() -> None:
    row = {**BROKEN_ROW, "why": "Logging in again does not help."}
    assert mistake("x.y", row).text == "401 where 403 was promised: Logging in again does not help."
    assert mistake("x.y", {"wanted": ["a list"]}).text == "Promised: a list"


@pytest.mark.parametrize(
    ("got", "wanted", "found"),
    [
        ("401  WWW-Authenticate: Bearer", ["403"], WrongStatus("401", "403")),
        ("200  application/json  {}", ["404 or 410 or 204"], WrongStatus("200", "404 or 410 or 204")),
        ("200", ["200", "Location"], None),
        ("200", ["200 or 204"], None),
        ("4010", ["403"], None),
        ("200.5", ["403"], None),
        ("'log in'", ["'go on'"], None),
        ("no answer", ["403"], None),
    ],
)
def test_wrong_status_is_a_code_where_another_was_promised(
    got: str, wanted: list[str], found: WrongStatus | None
) -> None:
    assert wrong_status({"got": got, "wanted": wanted}) == found


def test_number_of_an_rfc_is_told() -> None:
    assert mistake("x.y", {"why": "See RFC 9457, and item 4711."}).text == "See RFC 9457, and item …."


RENAMED = UNUSUAL.replace("users", "people").replace("who", "caller").replace("user ", "u ").replace("user:", "u:")


@pytest.mark.parametrize(
    "copy",
    [
        UNUSUAL.replace("    # the last user of all\n", "    '''Say who asks.'''\n"),
        UNUSUAL.replace("users", "people").replace("who", "caller"),
        UNUSUAL.replace("    users = {", "    users = {\n\n        ") + "\n\n# mine\n",
    ],
)
def test_copy_is_seen_through_names_comments_and_layout(copy: str) -> None:
    assert copy != UNUSUAL
    assert fingerprint(copy) == fingerprint(UNUSUAL)


@pytest.mark.parametrize("other", [UNUSUAL.replace("> 3", "> 4"), UNUSUAL.replace("TOKENS", "USERS")])
def test_another_program_has_another_print(other: str) -> None:
    assert fingerprint(other) != fingerprint(UNUSUAL)


def groups(*answers: tuple[str, str, str]) -> list[dict[str, list[str]]]:
    copies = Copies()
    for student, exercise, source in answers:
        copies.add(student, exercise, source)
    return copies.groups()


def test_copies_are_grouped_by_who_shares_them() -> None:
    variant = UNUSUAL.replace("users", "people")
    found = groups(
        ("Ann", "access.hidden", UNUSUAL),
        ("Bob", "access.hidden", variant),
        ("Ann", "access.log_in_first", UNUSUAL),
        ("Bob", "access.log_in_first", UNUSUAL),
        ("Cem", "access.log_in_first", UNUSUAL.replace("> 3", "> 4")),
        ("Dan", "access.next_step", UNUSUAL),
        ("Eva", "access.next_step", UNUSUAL),
    )
    assert found == [
        {
            "students": ["Ann", "Bob"],
            "exercises": ["access.hidden", "access.log_in_first"],
            "to_the_letter": ["access.log_in_first"],
        },
        {"students": ["Dan", "Eva"], "exercises": ["access.next_step"], "to_the_letter": ["access.next_step"]},
    ]


@pytest.mark.parametrize("tag", ["starter", "solution", "variant", "mistake"])
def test_what_the_course_says_is_nobodys_copy(tag: str) -> None:
    for name, exercise in lesson("access").exercises.items():
        for cell in lesson("access").text.answers(name, tag):
            assert not groups(("Ann", exercise.id, cell.source), ("Bob", exercise.id, cell.source))


def test_what_many_write_and_what_is_short_is_nobodys_copy() -> None:
    assert not groups(*((f"S{number}", "access.hidden", UNUSUAL) for number in range(4)))
    assert groups(*((f"S{number}", "access.hidden", UNUSUAL) for number in range(3)))
    assert not groups(("Ann", "access.hidden", "x = [1]"), ("Bob", "access.hidden", "x = [1]"))


def test_starter_does_not_count_for_the_length() -> None:
    starter = lesson("access").text.answers("hidden", "starter")[0].source
    assert not groups(("Ann", "access.hidden", f"{starter}\nx = 1"), ("Bob", "access.hidden", f"{starter}\nx = 1"))


@pytest.mark.parametrize(
    "source",
    ["-" * 50_001, "(" * 3000, "a" + ".a" * 20_000, "1+" * 20_000 + "1", "lambda:" * 7000 + "1"]
    + ["\0", "\ud800", '"\\d"', "def f():", ""],
    ids=lambda source: source[:8],
)
def test_every_source_has_a_print(source: str) -> None:
    assert fingerprint(source) == fingerprint(source)
