"""The nursery: a fresh process that has imported what answers need, and from which their cell blocks are forked.

It never imports lessons, nor reads texts, submissions or results: an answer that looks through its own memory finds
what the nursery had, and nothing else. Start it with the level of isolation and the descriptor of its socket.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys

from checks.worker import Worker

from .block import Block
from .isolation import LEVELS, Protection
from .warmth import warm_up

# What the nursery sends when it is ready, a cell block too. What stands before it says why it cannot be.
READY = b"\n"


def main(level: str, descriptor: int) -> None:
    """Fork a cell block for each socket that arrives, until the other end hangs up."""
    control = socket.socket(fileno=descriptor)
    protection = LEVELS[level]()
    warm_up()
    worker = Worker()
    try:
        protection.open_nursery()
    except OSError as error:
        control.sendall(str(error).encode() + READY)
        return
    control.sendall(READY)
    # Nobody waits for cell blocks.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What is here now stays: a fork that does not touch it need not copy it.
    gc.collect()
    gc.freeze()
    while True:
        word, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not word:
            return
        if os.fork() == 0:
            try:
                _become_block(control, descriptors[0], protection, worker)
            finally:
                os._exit(70)
        os.close(descriptors[0])


def _become_block(control: socket.socket, descriptor: int, protection: Protection, worker: Worker) -> None:
    control.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
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
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
