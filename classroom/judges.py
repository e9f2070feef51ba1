"""The trusted process that judges are forked from: each lesson is loaded once, before the first judge who needs it.

For each submission two sockets arrive: the cell block's, and one by which the submission comes and what was judged
goes back, in lines of JSON.
"""

from __future__ import annotations

import json
import signal
import socket
import sys
import traceback
from functools import cache

from lessons import LESSONS, lesson

from .cells import enter
from .forking import fork_for_each, keep
from .judging import TIME_LIMIT, judge_exercises
from .submission import Submission

if sys.platform == "linux":
    from .linux import die_with_parent

# Seconds after which a judge is ended that did not come to its end.
LAST_RESORT = int(TIME_LIMIT + 180)


def serve(control: socket.socket) -> None:
    """Fork a judge for each submission, until the other end hangs up. It is announced by the place of its lesson."""
    fork_for_each(control, 2, _judge, load)


@cache
def load(word: bytes) -> None:
    """Load a lesson, and what its text gives."""
    for exercise in lesson(LESSONS[word[0]]).exercises.values():
        exercise.find_given()
    keep()


def _judge(block: int, teller: int) -> None:
    if sys.platform == "linux":
        die_with_parent()
    signal.alarm(LAST_RESORT)
    line = socket.socket(fileno=teller)
    try:
        with line.makefile("rb") as lines:
            request = json.loads(lines.readline())
        cells = enter(socket.socket(fileno=block))
        for judged in judge_exercises(Submission.from_json(request["submission"]), request["seed"], cells):
            line.sendall(json.dumps(vars(judged)).encode() + b"\n")
        line.sendall(b'"end"\n')
    except BaseException:
        line.sendall(json.dumps(traceback.format_exc()).encode() + b"\n")
