"""Refuse system calls that no answer needs: what they reach is not kept apart by namespaces, or not counted."""

from __future__ import annotations

import errno
import os
import socket
import struct
import sys

if sys.platform == "linux":
    import ctypes

    from .linux import set_filter

# The number of each call on x86-64, and on 64-bit ARM.
_REFUSED = {
    # Looking into other processes.
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    # Memory that belongs to no process.
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    # Leaving what the answer was put into.
    "unshare": (272, 97),
    "setns": (308, 268),
    "setsid": (112, 157),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    # Parts of the system that are attacked often, and that the web needs never.
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
}
_CLONE, _CLONE3, _SOCKET = (56, 220), (435, 435), (41, 198)
# The architecture's own name for itself in a filter.
_MACHINES = {"x86_64": (0, 0xC000_003E), "aarch64": (1, 0xC000_00B7)}
# Every flag of clone(2) that makes a namespace.
_NAMESPACES = 0x7E02_0000
# The first number of the calls of another way to call, on x86-64.
_OTHER_WAY = 0x4000_0000
_FAMILIES = (socket.AF_INET, getattr(socket, "AF_UNIX", 1), socket.AF_INET6)

# Instructions of a filter: load a word; jump if equal, if at least, if any bit is set; return.
_LOAD, _EQUAL, _AT_LEAST, _BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _REFUSE = 0x7FFF_0000, 0x8000_0000, 0x0005_0000
# Where the number, the architecture and the first argument (its lower half) of a call are.
_NUMBER, _ARCHITECTURE, _ARGUMENT = 0, 4, 16


def refuse_calls() -> None:
    """Refuse the calls to this process and all it starts. On a machine that is not known here nothing is refused."""
    machine = _MACHINES.get(os.uname().machine)
    if machine is not None:
        program = filter_for(*machine)
        buffer = ctypes.create_string_buffer(program, len(program))
        set_filter(ctypes.addressof(buffer), len(program) // 8)


def filter_for(column: int, architecture: int) -> bytes:
    """Return the filter as the system wants it (seccomp(2)): eight bytes an instruction."""

    def refuse(number: int) -> int:
        return _REFUSE | number

    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        *((_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _KILL)),
        (_LOAD, 0, 0, _NUMBER),
        *((_AT_LEAST, 0, 1, _OTHER_WAY), (_RETURN, 0, 0, _KILL)),
        # C libraries fall back on clone(2), whose flags can be seen.
        *((_EQUAL, 0, 1, _CLONE3[column]), (_RETURN, 0, 0, refuse(errno.ENOSYS))),
    ]
    for numbers in _REFUSED.values():
        steps += [(_EQUAL, 0, 1, numbers[column]), (_RETURN, 0, 0, refuse(errno.EPERM))]
    steps += [
        (_EQUAL, 0, 4, _CLONE[column]),
        (_LOAD, 0, 0, _ARGUMENT),
        *((_BITS, 0, 1, _NAMESPACES), (_RETURN, 0, 0, refuse(errno.EPERM))),
        (_RETURN, 0, 0, _ALLOW),
        (_EQUAL, 1, 0, _SOCKET[column]),
        (_RETURN, 0, 0, _ALLOW),
        (_LOAD, 0, 0, _ARGUMENT),
    ]
    for family in _FAMILIES:
        steps += [(_EQUAL, 0, 1, int(family)), (_RETURN, 0, 0, _ALLOW)]
    steps.append((_RETURN, 0, 0, refuse(errno.EAFNOSUPPORT)))
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
