"""Answers of one submission share a process as long as nobody could tell the difference."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress

import pytest

from checks.apart import ApartAnswer
from checks.limited import Unreachable
from checks.process import AnswerProcess, OwnProcess
from checks.wire import NoReply, exchange
from classroom import reuse
from classroom.reuse import Processes

SHARED = "value = [1]"


class Cells:
    """Make processes, and remember them."""

    def __init__(self) -> None:
        self.made: list[OwnProcess] = []

    def process(self) -> AnswerProcess:
        self.made.append(OwnProcess())
        return self.made[-1]


@pytest.fixture
def cells() -> Cells:
    return Cells()


@pytest.fixture
def processes(cells: Cells) -> Iterator[Processes]:
    with Processes(cells) as made:
        yield made


def load(source: str, name: str = "value") -> object:
    """Return what reads a name of an answer."""

    def work(answer: ApartAnswer) -> object:
        answer.load(source)
        return answer.read(name)

    return work


def test_answers_that_leave_nothing_share_a_process(cells: Cells, processes: Processes) -> None:
    for number in range(3):
        assert processes.run(load(f"value = {number}"), leaves_nothing=True) == number
    assert len(cells.made) == 1


def test_names_of_an_answer_end_with_it(processes: Processes) -> None:
    processes.run(load("value = secret = 1\njson = None"), leaves_nothing=True)
    with pytest.raises(Unreachable, match="there is no secret"):
        processes.run(load("value = 2", "secret"), leaves_nothing=True)
    assert processes.run(load("value = json.dumps([])"), leaves_nothing=True) == "[]"


def test_an_answer_that_may_leave_something_is_the_last_of_its_process(cells: Cells, processes: Processes) -> None:
    processes.run(load(SHARED), leaves_nothing=True)
    processes.run(load("import builtins\nbuiltins.left = value = 1"), leaves_nothing=False)
    assert processes.run(load("import builtins\nvalue = hasattr(builtins, 'left')"), leaves_nothing=True) is False
    assert len(cells.made) == 2


def test_a_process_that_died_counts_against_nobody_else(cells: Cells, processes: Processes) -> None:
    with suppress(Unreachable):
        processes.run(load("import os\nos._exit(3)"), leaves_nothing=True)
    assert processes.run(load(SHARED), leaves_nothing=True) == [1]
    # And one that dies between two answers.
    os.kill(cells.made[-1]._process.pid, 9)
    assert processes.run(load(SHARED), leaves_nothing=True) == [1]
    assert len(cells.made) == 3


def test_where_judging_took_long_something_may_still_run(
    cells: Cells, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reuse, "QUICK", 0.0)
    for _ in range(2):
        processes.run(load(SHARED), leaves_nothing=True)
    assert len(cells.made) == 2


def test_what_an_answer_kept_open_is_closed_with_it(processes: Processes) -> None:
    kept = """
class Box:
    pass
value = Box()
value.itself = value
value.open = socket.create_server(("127.0.0.1", 0))
value = value.open.fileno()
"""
    number = processes.run(load(kept), leaves_nothing=True)
    still = f"value = os.path.exists('/dev/fd/{number}')"
    assert processes.run(load(still), leaves_nothing=True) is False


def test_the_server_of_an_answer_ends_with_it(processes: Processes) -> None:
    served: list[tuple[str, int]] = []

    def serve(answer: ApartAnswer) -> None:
        answer.load("value = 1")
        served.append(answer.address())
        assert exchange(served[-1], "GET", "/").code == 404

    for _ in range(2):
        processes.run(serve, leaves_nothing=True)
    with pytest.raises(NoReply, match="refused"):
        exchange(served[0], "GET", "/")
    processes.run(load("import threading\nvalue = [t.name for t in threading.enumerate()]"), leaves_nothing=True)
    names = processes.run(
        load("import threading\nvalue = [t.name for t in threading.enumerate()]"), leaves_nothing=True
    )
    assert names == ["MainThread"]
