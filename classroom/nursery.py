"""The nursery: a fresh process that has imported what answers need, and from which their cell blocks are forked.

It never imports lessons, nor reads texts, submissions or results: an answer that looks through its own memory finds
what the nursery had, and nothing else.
"""

from __future__ import annotations

import os
import socket

from checks.worker import Worker

from .block import Block
from .forking import READY, fork_for_each
from .isolation import LEVELS, Protection


def serve(level: str, control: socket.socket) -> None:
    """Fork a cell block for each socket that arrives, until the other end hangs up."""
    protection = LEVELS[level]()
    worker = Worker()
    try:
        protection.open_nursery()
    except OSError as error:
        # What stands before READY says why it cannot be.
        control.sendall(str(error).encode() + READY)
        return
    try:
        fork_for_each(control, 1, lambda descriptor: _become_block(descriptor, protection, worker))
    finally:
        protection.close_nursery()


def _become_block(descriptor: int, protection: Protection, worker: Worker) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)
    judge = socket.socket(fileno=descriptor)
    descriptors = protection.open_block()
    socket.send_fds(judge, [READY], descriptors)
    for entrance in descriptors:
        os.close(entrance)
    Block(judge, protection, worker).serve()
