"""Damaged notebooks keep their answers, and the teacher is told what was odd."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import damage
import pytest
from damage import Notebook, cell, code, place, solved

from classroom.collect import Collection, collect
from classroom.submission import Submission
from lessons import LESSONS, lesson

SOME = ("status_line", "success", "retries", "production")


def names(submission: Submission, about: str | None = None) -> set[str]:
    """Return the names of a submission's flags."""
    return {flag.name for flag in submission.flags if about is None or flag.about == about}


def texts(submission: Submission) -> dict[str, set[str]]:
    """Return the texts of all answers, by exercise."""
    return {name: {source.text for source in sources} for name, sources in submission.answers.items()}


def cells_of(of: str) -> list[str]:
    """Return the exercises of a lesson whose answers are cells."""
    return [name for name, exercise in lesson(of).exercises.items() if not exercise.is_file]


def files_missing(of: str) -> set[str]:
    """Return the flags of a notebook that comes without the files beside it."""
    return {"file missing"} if len(cells_of(of)) < len(lesson(of).exercises) else set()


def answers_of(notebook: Notebook, of: str) -> dict[str, str]:
    """Return the answers in an undamaged notebook."""
    return {name: "".join(cell(notebook, f"{of}-{name}")["source"]) for name in cells_of(of)}


def handed_in(folder: Path, *notebooks: Notebook | str | bytes, name: str = "work.ipynb") -> Collection:
    """Collect notebooks of one student."""
    (folder / "ada").mkdir(exist_ok=True)
    for number, notebook in enumerate(notebooks):
        data = json.dumps(notebook) if isinstance(notebook, dict) else notebook
        path = folder / "ada" / (f"{number}{name}" if number else name)
        path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return collect(folder)


def only(found: Collection) -> Submission:
    """Return the only submission there is."""
    (one,) = found.submissions
    assert one.student == "ada"
    return one


@pytest.mark.parametrize("of", LESSONS)
def test_undamaged_notebook_has_no_flag(of: str, tmp_path: Path) -> None:
    notebook = solved(of)
    submission = only(handed_in(tmp_path, notebook))
    assert names(submission) == files_missing(of)
    assert texts(submission) == {name: {text} for name, text in answers_of(notebook, of).items()}


@pytest.mark.parametrize("of", LESSONS)
def test_untouched_notebook_has_no_answer(of: str, tmp_path: Path) -> None:
    submission = only(handed_in(tmp_path, solved(of, tags=("starter",))))
    assert (submission.lesson, submission.answers) == (of, {})
    assert names(submission) == files_missing(of)


DAMAGES: list[tuple[Callable[[Notebook], Any], set[str]]] = [
    (damage.lose_ids, {"cell ids lost"}),
    (damage.new_ids, {"cell ids lost", "found by its check"}),
    (damage.lose_prose, set()),
    (damage.shuffle, set()),
    (damage.lose_checks, set()),
    (damage.carriage_returns, set()),
    (damage.other_kernel, {"another kernel"}),
    (damage.old_format, {"old format", "cell ids lost"}),
    (damage.other_prose, set()),
]


@pytest.mark.parametrize("of", LESSONS)
@pytest.mark.parametrize(("change", "flags"), [pytest.param(*one, id=one[0].__name__) for one in DAMAGES])
def test_damage_costs_nothing(of: str, change: Callable[[Notebook], Any], flags: set[str], tmp_path: Path) -> None:
    notebook = solved(of, seed=3)
    wanted = answers_of(notebook, of)
    change(notebook)
    submission = only(handed_in(tmp_path, notebook))
    assert texts(submission) == {name: {text} for name, text in wanted.items()}
    assert flags <= names(submission)
    assert names(submission) <= flags | {"found by its check", "cells reordered"} | files_missing(of)


@pytest.mark.parametrize("of", SOME)
@pytest.mark.parametrize("export", [damage.as_script, damage.as_nbconvert])
def test_scripts_are_read(of: str, export: Callable[[Notebook], str], tmp_path: Path) -> None:
    notebook = solved(of, seed=4)
    submission = only(handed_in(tmp_path, export(notebook), name="work.py"))
    assert texts(submission) == {name: {text} for name, text in answers_of(notebook, of).items()}
    assert {"script", "cell ids lost"} <= names(submission)


@pytest.mark.parametrize("of", SOME)
def test_notebook_without_ids_checks_and_text_is_recognised_by_content(of: str, tmp_path: Path) -> None:
    notebook = solved(of, tags=("solution",))
    wanted = answers_of(notebook, of)
    for change in (damage.lose_prose, damage.lose_checks, damage.lose_ids):
        change(notebook)
    submission = only(handed_in(tmp_path, notebook))
    found = texts(submission)
    assert {name for name, text in wanted.items() if text in found.get(name, ())} == set(wanted)
    assert "found by content" in names(submission)


# Single cells: the exercise `of` stands for all.

EXERCISES = ("success.create_or_replace", "status_line.take_apart", "retries.polite_client", "production.contract")


def drawn(identifier: str) -> tuple[Notebook, str, str, str]:
    """Return a solved notebook, its lesson, the exercise and the id of the answer's cell."""
    of, _, exercise = identifier.partition(".")
    return solved(of, tags=("solution",)), of, exercise, f"{of}-{exercise}"


@pytest.mark.parametrize("identifier", EXERCISES)
def test_deleted_cell_is_told(identifier: str, tmp_path: Path) -> None:
    notebook, _, exercise, name = drawn(identifier)
    del notebook["cells"][place(notebook, name)]
    submission = only(handed_in(tmp_path, notebook))
    assert exercise not in submission.answers
    assert names(submission, identifier) == {"cell missing"}


@pytest.mark.parametrize("identifier", EXERCISES)
def test_each_of_two_answers_is_kept(identifier: str, tmp_path: Path) -> None:
    notebook, _, exercise, name = drawn(identifier)
    first = "".join(cell(notebook, name)["source"])
    other = first + "\n\nAGAIN = 1"
    notebook["cells"].insert(place(notebook, name) + 1, code(other, name))
    submission = only(handed_in(tmp_path, notebook))
    assert texts(submission)[exercise] == {first, other}
    assert names(submission, identifier) == {"answer twice"}
    assert "cell id twice" in names(submission)


@pytest.mark.parametrize("identifier", EXERCISES)
def test_a_copy_at_the_end_is_an_answer_too(identifier: str, tmp_path: Path) -> None:
    notebook, _, exercise, name = drawn(identifier)
    first = "".join(cell(notebook, name)["source"])
    notebook["cells"].append(code(first, "a1b2c3"))
    submission = only(handed_in(tmp_path, notebook))
    assert texts(submission)[exercise] == {first}
    cell(notebook, "a1b2c3")["source"] = first + "\n"
    other = first + "\nSOMETHING = 1"
    cell(notebook, "a1b2c3")["source"] = other
    submission = only(handed_in(tmp_path, notebook))
    assert texts(submission)[exercise] == {first, other}
    assert names(submission, identifier) == {"answer twice", "found by content"}


@pytest.mark.parametrize("keep_first", [True, False])
@pytest.mark.parametrize("identifier", EXERCISES)
def test_split_answer_is_joined(identifier: str, keep_first: bool, tmp_path: Path) -> None:
    notebook, _, exercise, name = drawn(identifier)
    lines = "".join(cell(notebook, name)["source"]).split("\n")
    for cut in range(1, len(lines)):
        changed = json.loads(json.dumps(notebook))
        parts = ["\n".join(lines[:cut]), "\n".join(lines[cut:])]
        ids = [name, "fresh"] if keep_first else ["fresh", name]
        at = place(changed, name)
        changed["cells"][at : at + 1] = [code(part, one) for part, one in zip(parts, ids, strict=True)]
        submission = only(handed_in(tmp_path, changed))
        found = [source.text for source in submission.answers[exercise]]
        assert "".join(found[0].split()) == "".join("".join(lines).split()), f"cut behind line {cut}"
        compile(found[0], "<joined>", "exec")
        if all(part.strip("\n") for part in parts):
            assert "answer split" in names(submission, identifier)


@pytest.mark.parametrize("identifier", EXERCISES)
def test_answer_in_three_cells_without_ids_is_joined(identifier: str, tmp_path: Path) -> None:
    notebook, _, exercise, name = drawn(identifier)
    lines = "".join(cell(notebook, name)["source"]).split("\n")
    at = place(notebook, name)
    parts = ["\n".join(lines[:1]), "\n".join(lines[1:-1]), lines[-1]]
    notebook["cells"][at : at + 1] = [code(part) for part in parts]
    damage.lose_ids(notebook)
    submission = only(handed_in(tmp_path, notebook))
    assert "".join(submission.answers[exercise][0].text.split()) == "".join("".join(lines).split())


@pytest.mark.parametrize("kind", ["markdown", "raw"])
@pytest.mark.parametrize("fenced", [True, False])
@pytest.mark.parametrize("identifier", EXERCISES)
def test_answer_in_a_cell_of_text_is_found(identifier: str, kind: str, fenced: bool, tmp_path: Path) -> None:
    notebook, _, exercise, name = drawn(identifier)
    text = "".join(cell(notebook, name)["source"])
    at = place(notebook, name)
    source = f"My answer:\n\n```python\n{text}\n```\n" if fenced else text
    notebook["cells"][at] = {"cell_type": kind, "id": name, "metadata": {}, "source": source}
    submission = only(handed_in(tmp_path, notebook))
    assert {one.strip() for one in texts(submission)[exercise]} == {text}
    assert names(submission, identifier) == {"cell type changed"}


@pytest.mark.parametrize("of", SOME)
def test_text_in_code_cells_hurts_nothing(of: str, tmp_path: Path) -> None:
    notebook = solved(of)
    wanted = answers_of(notebook, of)
    for one in notebook["cells"]:
        one["cell_type"] = "code"
    assert texts(only(handed_in(tmp_path, notebook))) == {name: {text} for name, text in wanted.items()}


@pytest.mark.parametrize("of", SOME)
def test_all_in_one_cell_is_taken_apart(of: str, tmp_path: Path) -> None:
    notebook = solved(of, tags=("solution",))
    wanted = answers_of(notebook, of)
    sources = ["".join(one["source"]) for one in notebook["cells"] if one["cell_type"] == "code"]
    notebook["cells"] = [code("\n".join(sources))]
    found = texts(only(handed_in(tmp_path, notebook)))
    assert {name for name, text in wanted.items() if any(text in one for one in found.get(name, ()))} == set(wanted)


@pytest.mark.parametrize("identifier", EXERCISES)
def test_check_in_the_answers_cell_is_left_out(identifier: str, tmp_path: Path) -> None:
    notebook, _, exercise, name = drawn(identifier)
    text = "".join(cell(notebook, name)["source"])
    at = place(notebook, name)
    check = "".join(notebook["cells"][at + 1]["source"])
    notebook["cells"][at : at + 2] = [code(f"{text}\n\n{check}\ncheck.{exercise}.hint()", name)]
    submission = only(handed_in(tmp_path, notebook))
    assert {one.strip() for one in texts(submission)[exercise]} == {text}
    assert names(submission, identifier) == {"cells merged"}


MENDED = {
    "commands in code": [
        "%%time\n{}",
        "%load_ext autoreload\n!ls -l\n{}",
        "files = !ls\n{}\n?print",
        "{}\n%time x = 1",
    ],
    "prompts pasted": [">>> import json\n{}"],
    "prose in code": ["Here is what I think is right:\n{}", "{}\nI hope this is right, thank you."],
    "strange characters": ["{}\n#\u00a0a space\n\u00a0", "{}\n# \x00"],
}


@pytest.mark.parametrize(("flag", "form"), [(flag, form) for flag, forms in MENDED.items() for form in forms])
@pytest.mark.parametrize("identifier", EXERCISES)
def test_what_is_no_python_is_left_out(identifier: str, flag: str, form: str, tmp_path: Path) -> None:
    notebook, _, exercise, name = drawn(identifier)
    text = "".join(cell(notebook, name)["source"])
    cell(notebook, name)["source"] = form.replace("{}", text)
    submission = only(handed_in(tmp_path, notebook))
    (found,) = texts(submission)[exercise]
    compile(found, "<answer>", "exec")
    assert text in found
    assert names(submission, identifier) == {flag}


def test_python_of_a_command_stays(tmp_path: Path) -> None:
    notebook, _, exercise, name = drawn("success.create_or_replace")
    cell(notebook, name)["source"] = "%time app = Flask(__name__)\nN = {}\nnumber = %sql x\n"
    (source,) = only(handed_in(tmp_path, notebook)).answers[exercise]
    assert source.text == "app = Flask(__name__)\nN = {}\nnumber = None"


def test_mixed_tabs_are_read(tmp_path: Path) -> None:
    notebook, _, exercise, name = drawn("status_line.take_apart")
    cell(notebook, name)["source"] = "def parse(line):\n    a = 1\n\treturn a"
    submission = only(handed_in(tmp_path, notebook))
    assert texts(submission)[exercise] == {"def parse(line):\n    a = 1\n    return a"}
    assert names(submission, "status_line.take_apart") == {"tabs and spaces mixed"}


def test_wrong_python_stays_as_it_is(tmp_path: Path) -> None:
    notebook, _, exercise, name = drawn("success.create_or_replace")
    for wrong in ("def f(:\n    return 1", "return 1", "print 'a'", "x = (" * 5000, "if x:\nreturn y and so on"):
        cell(notebook, name)["source"] = wrong
        submission = only(handed_in(tmp_path, notebook))
        assert texts(submission)[exercise] == {wrong}


def test_other_names_are_taken_over(tmp_path: Path) -> None:
    notebook, _, exercise, name = drawn("success.create_or_replace")
    text = "".join(cell(notebook, name)["source"])
    cell(notebook, name)["source"] = text.replace("app", "my_app")
    notebook["cells"][place(notebook, name) + 1]["source"] = "check.create_or_replace(my_app)"
    submission = only(handed_in(tmp_path, notebook))
    assert texts(submission)[exercise] == {text.replace("app", "my_app") + "\napp = my_app"}
    assert names(submission, "success.create_or_replace") == {"other names"}


def test_checks_under_another_name_are_known(tmp_path: Path) -> None:
    for import_line, call in (
        ("from lessons import success as c", "c."),
        ("from lessons import success", "success."),
        ("import lessons", "lessons.success."),
    ):
        notebook = solved("success")
        wanted = answers_of(notebook, "success")
        for one in notebook["cells"]:
            one["source"] = "".join(one["source"]).replace("from lessons import success as check", import_line)
            one["source"] = one["source"].replace("check.", call)
        damage.lose_prose(notebook)
        damage.new_ids(notebook)
        assert texts(only(handed_in(tmp_path, notebook))) == {name: {text} for name, text in wanted.items()}


# More than one lesson, more than one file


def test_two_lessons_in_one_notebook(tmp_path: Path) -> None:
    one, two = solved("success"), solved("access")
    wanted = {"success": answers_of(one, "success"), "access": answers_of(two, "access")}
    one["cells"] += two["cells"]
    for change in (lambda _: None, damage.new_ids):
        change(one)
        found = handed_in(tmp_path, one).submissions
        assert [submission.lesson for submission in found] == ["success", "access"]
        for submission in found:
            expected = {name: {text} for name, text in wanted[submission.lesson].items()}
            assert texts(submission) == expected
            assert "several lessons in one notebook" in names(submission)


def test_answer_in_the_notebook_of_another_lesson(tmp_path: Path) -> None:
    success, access = solved("success"), solved("access")
    moved = success["cells"].pop(place(success, "success-accepted"))
    access["cells"].append(moved)
    found = {one.lesson: one for one in handed_in(tmp_path, success, access).submissions}
    assert texts(found["success"])["accepted"] == {"".join(moved["source"])}
    assert found["success"].files == ("ada/1work.ipynb", "ada/work.ipynb")
    assert "answer in another notebook" in names(found["success"], "success.accepted")
    assert "cell missing" not in names(found["success"])
    assert all("another notebook" not in flag.name for flag in found["access"].flags)


def test_answer_without_its_notebook(tmp_path: Path) -> None:
    success, access = solved("success"), solved("access")
    access["cells"].append(cell(success, "success-accepted"))
    found = {one.lesson: one for one in handed_in(tmp_path, access).submissions}
    assert set(found["success"].answers) == {"accepted"}
    assert names(found["success"]) == {"answer in another notebook"}


def test_several_files_of_one_lesson_give_all_answers(tmp_path: Path) -> None:
    full, untouched = solved("success"), solved("success", tags=("starter",))
    submission = only(handed_in(tmp_path, full, untouched, solved("success", seed=9, tags=("mistake",))))
    assert all(len(sources) == 2 for sources in submission.answers.values())
    assert "several files" in names(submission)
    assert "answer twice" in names(submission, "success.accepted")


def test_the_same_file_twice_is_read_once(tmp_path: Path) -> None:
    submission = only(handed_in(tmp_path, solved("success"), solved("success")))
    assert all(len(sources) == 1 for sources in submission.answers.values())
    assert names(submission) == {"file twice"}


def test_another_order_is_told(tmp_path: Path) -> None:
    notebook = solved("success")
    damage.shuffle(notebook)
    assert names(only(handed_in(tmp_path, notebook))) == {"cells reordered"}


def test_answer_in_the_cell_of_another_exercise(tmp_path: Path) -> None:
    notebook, _, _, name = drawn("success.poisoned_connection")
    wrong = cell(notebook, "success-delete_twice")
    text = "".join(cell(notebook, name)["source"])
    wrong["source"] = text
    del notebook["cells"][place(notebook, name)]
    damage.lose_checks(notebook)
    submission = only(handed_in(tmp_path, notebook))
    assert texts(submission)["poisoned_connection"] == {text}
    assert names(submission, "success.poisoned_connection") == {"answer in another cell"}


# Other releases


def test_unknown_exercise_is_told(tmp_path: Path) -> None:
    notebook = solved("success")
    at = place(notebook, "success-accepted")
    notebook["cells"][at:at] = [
        code("def old():\n    pass", "success-old_one"),
        code("check.old_one(old)", "success-x-9"),
    ]
    submission = only(handed_in(tmp_path, notebook))
    assert names(submission) == {"unknown exercise", "old release"}
    assert "old_one" in next(flag.text for flag in submission.flags)
    assert set(submission.answers) == set(lesson("success").exercises)


def test_renamed_exercise_is_found_by_content(tmp_path: Path) -> None:
    notebook, _, exercise, name = drawn("success.poisoned_connection")
    text = "".join(cell(notebook, name)["source"])
    notebook["cells"][place(notebook, name) + 1]["source"] = "check.poison(reply)"
    cell(notebook, name)["id"] = "success-poison"
    submission = only(handed_in(tmp_path, notebook))
    assert texts(submission)[exercise] == {text}
    assert "unknown exercise" in names(submission)


# What runs before an answer


def test_own_cells_go_before_the_answer_that_needs_them(tmp_path: Path) -> None:
    notebook, _, exercise, name = drawn("success.create_or_replace")
    at = place(notebook, name)
    text = "".join(cell(notebook, name)["source"])
    cell(notebook, name)["source"] = text.replace("name not in N", "is_new(name)")
    helper = "def is_new(name):\n    return name not in N"
    notebook["cells"].insert(2, code(helper, "mine"))
    notebook["cells"].insert(3, code("unrelated = 1", "mine2"))
    submission = only(handed_in(tmp_path, notebook))
    assert at > 3
    assert submission.answers[exercise][0].before == (helper, "unrelated = 1")
    assert submission.answers["delete_twice"][0].before == ()


def test_names_of_the_lesson_go_before_the_answer_that_needs_them(tmp_path: Path) -> None:
    notebook, _, exercise, name = drawn("success.create_or_replace")
    cell(notebook, name)["source"] = "".join(cell(notebook, name)["source"]) + "\nserver = launch(app)"
    (source,) = only(handed_in(tmp_path, notebook)).answers[exercise]
    assert source.before == ("from server import launch, show",)


# Predictions


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('prediction = "no"\ncheck.always_ok(prediction)', "no"),
        ("check.always_ok('no')", "no"),
        ("guess = 200\ncheck.always_ok(guess)", 200),
        ("prediction = True\ncheck.always_ok(prediction)", True),
        ("prediction = ...\ncheck.always_ok(prediction)", None),
        ("prediction = input()\ncheck.always_ok(prediction)", None),
        ("prediction = 'x' * 10**9\ncheck.always_ok(prediction)", None),
        ("prediction = [[]]\ncheck.always_ok(prediction)", None),
        ("prediction = 10**10\ncheck.always_ok(prediction)", None),
        ("prediction = 1e999\ncheck.always_ok(prediction)", None),
        (f"prediction = {'9' * 5000}\ncheck.always_ok(prediction)", None),
        (f"prediction = '{'a' * 5000}'\ncheck.always_ok(prediction)", "a" * 200),
        ("prediction = 'yes'\ncheck.always_ok(prediction)\nprediction = 'no'\ncheck.always_ok(prediction)", "yes"),
    ],
)
def test_predictions_are_plain_values(source: str, value: object, tmp_path: Path) -> None:
    notebook = solved("success")
    cell(notebook, "success-always_ok")["source"] = source
    assert only(handed_in(tmp_path, notebook)).predictions.get("always_ok") == value


def test_prediction_and_commitment_may_stand_in_two_cells(tmp_path: Path) -> None:
    notebook = solved("success", tags=("starter",))
    at = place(notebook, "success-always_ok")
    notebook["cells"][at : at + 1] = [
        code('prediction = "no"', "success-always_ok"),
        code("check.always_ok(prediction)"),
    ]
    assert only(handed_in(tmp_path, notebook)).predictions["always_ok"] == "no"
