"""A question keeps the first prediction, costs nothing, and says so when it is itself wrong."""

from __future__ import annotations

from typing import Any

import pytest

from checks import Question
from checks.progress import Progress
from lessons.glance import Glance


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> Progress:
    progress = Progress(None)
    monkeypatch.setattr("checks.question.progress", lambda: progress)
    return progress


def question(choices: tuple[Any, ...] = (200, 201, 204), answer: Any = 200) -> Question:
    asked = Question("Which status code?", choices=choices, answer=answer, because="It is the default.")
    asked.id = "sample.which"
    return asked


def test_prediction_is_committed_and_compared() -> None:
    asked = question()
    assert asked.committed is None
    assert repr(asked(201)) == "Prediction: Which status code?\n  You said 201. Run the next cell and compare."
    assert asked.committed == 201
    assert repr(asked.compare(200)).splitlines() == [
        "Compare: Which status code?",
        "  Measured: 200. You said 201. It is 200.",
        "  It is the default.",
    ]


def test_right_prediction_is_told() -> None:
    asked = question()
    asked(200)
    assert "You said 200: so it is." in repr(asked.compare(200))


def test_comparing_without_a_prediction_tells_the_truth_all_the_same() -> None:
    assert "Measured: 200. You made no prediction." in repr(question().compare(200))


def test_first_prediction_is_the_one_that_is_kept(kept: Progress) -> None:
    asked = question()
    asked(201)
    assert "You said 201." in repr(asked(201))
    assert "You said 201 first, and that is kept. Now you say 200." in repr(asked(200))
    assert asked.committed == 201
    assert len(kept.events) == 1


@pytest.mark.parametrize("prediction", [..., None, 404, "", "two hundred", [], {}, object(), float("nan"), 1 / 3])
def test_thing_that_is_no_choice_commits_to_nothing(prediction: object, kept: Progress) -> None:
    shown = repr(question()(prediction))
    assert "200, 201, 204" in shown
    assert kept.events == []


@pytest.mark.parametrize(
    ("choices", "prediction", "meant"),
    [
        ((200, 404), "404", 404),
        ((200, 404), " 404 ", 404),
        (("yes", "no"), True, "yes"),
        (("yes", "no"), False, "no"),
        (("yes", "no"), "YES", "yes"),
        (("the client", "the server"), "The Server", "the server"),
        ((True, False), False, False),
    ],
)
def test_meaning_counts_and_not_the_spelling(choices: tuple[Any, ...], prediction: object, meant: Any) -> None:
    asked = question(choices, choices[0])
    asked(prediction)
    assert asked.committed == meant
    assert type(asked.committed) is type(meant)


@pytest.mark.parametrize("measured", [201, 404, None, "x", True])
def test_question_whose_answer_is_wrong_says_so(measured: object) -> None:
    shown = repr(question().compare(measured))
    assert "This question is broken" in shown
    assert "Please report it" in shown


def test_answer_must_be_a_choice() -> None:
    with pytest.raises(ValueError, match="500"):
        question(answer=500)


def test_prediction_is_found_again(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "progress.jsonl"
    for prediction in (204, 201):
        progress = Progress(path)
        monkeypatch.setattr("checks.question.progress", lambda progress=progress: progress)
        asked = question()
        asked(prediction)
        assert asked.committed == 204


def test_glance_shows_the_prediction() -> None:
    asked = question(("<b>", "no"), "no")
    assert "○ which  no prediction yet" in repr(Glance("sample", {}, {"which": asked}, Progress(None)))
    asked("<b>")
    glance = Glance("sample", {}, {"which": asked}, Progress(None))
    assert "✎ which  you said '<b>'" in repr(glance)
    assert "<b>" not in glance._repr_html_()


def test_note_is_escaped() -> None:
    assert "<script>" not in question()("<script>")._repr_html_()
