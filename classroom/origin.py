"""The fresh process that the helpers come from: it imports and warms up what both need, once.

The nursery is forked from it before there is anything that no answer may find in its memory; then it becomes the
judges. Start it with the level of isolation, and the descriptors of the nursery's socket and of the judges'.
"""

from __future__ import annotations

import os
import socket
import sys

from . import nursery
from .warmth import warm_up


def main(level: str, nursery_descriptor: int, judges_descriptor: int) -> None:
    """Be both helpers, until the grader hangs up."""
    to_nursery, to_judges = (socket.socket(fileno=number) for number in (nursery_descriptor, judges_descriptor))
    warm_up()
    if os.fork() == 0:
        # What is said to the judges is not for the nursery, nor for what is forked from it.
        to_judges.close()
        nursery.serve(level, to_nursery)
    else:
        to_nursery.close()
        # Not before the fork: an answer would find the lessons.
        from . import judges

        judges.serve(to_judges)
    # Nothing is left to clean up, and the grader waits.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:4]))
