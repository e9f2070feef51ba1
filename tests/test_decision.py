"""The decision path: the function and the chart lead to the same codes."""

from __future__ import annotations

import pytest

from lessons.decision import OTHERWISE, PATH, charts, which_code
from server.codes import CODES


@pytest.mark.parametrize("fork", PATH, ids=lambda fork: fork.name)
def test_each_fork_leads_to_its_code(fork: object) -> None:
    answers = {}
    for earlier in PATH:
        if earlier is fork:
            break
        answers[earlier.name] = not earlier.leaves_on
    assert which_code(**answers).code is None
    assert fork.question in repr(which_code(**answers))
    decision = which_code(**answers, **{fork.name: fork.leaves_on})
    assert decision.code == fork.code
    assert fork.rfc in repr(decision)


def test_path_ends_with_200() -> None:
    assert which_code(**{fork.name: not fork.leaves_on for fork in PATH}).code == OTHERWISE == 200


@pytest.mark.parametrize("fork", PATH, ids=lambda fork: fork.name)
def test_reason_agrees_with_the_table_of_codes(fork: object) -> None:
    assert CODES[fork.code].kind == "registered"
    assert CODES[fork.code].reference == fork.rfc


def test_names_are_different() -> None:
    assert len({fork.name for fork in PATH}) == len(PATH)
    assert len({fork.code for fork in PATH}) == len(PATH)


def test_chart_shows_every_fork() -> None:
    drawn = "\n".join(chart for _, chart in charts())
    for fork in PATH:
        assert fork.question in drawn
        assert str(fork.code) in drawn


@pytest.mark.parametrize(
    ("answers", "words"),
    [({"fund": True}, "Did you mean 'found'"), ({"found": 1}, "True or False"), ({"zzz": True}, "zzz")],
)
def test_bad_answer_is_explained(answers: dict, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        which_code(**answers)
