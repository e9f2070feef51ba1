"""System calls of Linux that Python has no function for, or only a newer Python."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import struct
from typing import Any

# unshare(2), setns(2)
NEW_MOUNTS = 0x0002_0000
NEW_CGROUPS = 0x0200_0000
NEW_NAMES = 0x0400_0000
NEW_IPC = 0x0800_0000
NEW_USERS = 0x1000_0000
NEW_PROCESSES = 0x2000_0000
NEW_NETWORK = 0x4000_0000
# mount(2), umount2(2)
READ_ONLY, NO_SETUID, NO_DEVICES, REMOUNT, BIND, RECURSIVE, PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
DETACH = 2
# mount_setattr(2): the same number on every kind of machine, and no function in older C libraries.
_MOUNT_SETATTR = 442
_AT_RECURSIVE = 0x8000
_AT_FDCWD = -100
# prctl(2)
_PARENT_DEATH_SIGNAL, _DUMPABLE, _SECCOMP, _ADOPT, _NO_NEW_PRIVILEGES = 1, 4, 22, 36, 38
_FILTER = 2
# capset(2): version 3, this process.
_CAPABILITY_HEADER = struct.pack("=Ii", 0x2008_0522, 0)
# netdevice(7)
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 1

_libc = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: Any) -> None:
    if getattr(_libc, name)(*arguments) == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def unshare(kinds: int) -> None:
    """Move this process into new namespaces; of processes, its children."""
    _call("unshare", kinds)


def enter_namespace(descriptor: int) -> None:
    """Move this process into an existing namespace."""
    _call("setns", descriptor, 0)


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Mount a file system; what is empty is left out."""
    texts = [text.encode() or None for text in (source, target, kind, options)]
    _call("mount", *texts[:3], ctypes.c_ulong(flags), texts[3])


def protect_mount(path: str, flags: int) -> None:
    """Add flags to a mount and to all below it."""
    # Of this call's flags the first three have the numbers of mount(2).
    attributes = struct.pack("=QQQQ", flags, 0, 0, 0)
    _call(
        "syscall",
        ctypes.c_long(_MOUNT_SETATTR),
        ctypes.c_int(_AT_FDCWD),
        path.encode(),
        ctypes.c_uint(_AT_RECURSIVE),
        attributes,
        ctypes.c_size_t(len(attributes)),
    )


def unmount(path: str) -> None:
    """Take a mount away, at once."""
    _call("umount2", path.encode(), DETACH)


def change_root(new: str, old: str) -> None:
    """Make ``new`` the root of all files; what was the root is at ``old`` then."""
    _call("pivot_root", new.encode(), old.encode())


def die_with_parent() -> None:
    """Let the system kill this process when its parent dies."""
    _call("prctl", _PARENT_DEATH_SIGNAL, ctypes.c_ulong(signal.SIGKILL), 0, 0, 0)


def let_look_inside(allowed: bool) -> None:
    """Say whether processes of the same user may look into this one."""
    _call("prctl", _DUMPABLE, ctypes.c_ulong(allowed), 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of all processes whose parent ends, below this one."""
    _call("prctl", _ADOPT, ctypes.c_ulong(1), 0, 0, 0)


def set_filter(address: int, length: int) -> None:
    """Install a filter of system calls (seccomp(2)) that lies at an address, so many instructions long."""
    program = struct.pack("@HxxxxxxP", length, address)
    _call("prctl", _SECCOMP, ctypes.c_ulong(_FILTER), program, 0, 0)


def give_up_privileges() -> None:
    """Keep no capability, and gain none by running a program."""
    _call("prctl", _NO_NEW_PRIVILEGES, ctypes.c_ulong(1), 0, 0, 0)
    _call("capset", _CAPABILITY_HEADER, bytes(24))


def raise_loopback() -> None:
    """Switch on 127.0.0.1 in a new network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("=16sh14x", b"lo", 0)
        flags = struct.unpack_from("=h", fcntl.ioctl(any_socket, _GET_FLAGS, request), 16)[0]
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("=16sh14x", b"lo", flags | _UP))
