"""What an answer sees of this machine: Python and its packages, the server, the engine of the checks; all read-only.

Lessons, solutions, submissions, results and homes are not hidden there: they do not exist.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import flask
import requests
import werkzeug

import server

from . import linux

ROOT = Path(__file__).parent.parent
# What answers import of this course.
PACKAGES = ("server", "checks")
NEEDED = (flask, requests, werkzeug, server)
# Where this course is installed like any other package, these lie among the others.
HIDDEN = ("lessons", "classroom", "course")
# Libraries, time zones, types of files, names of hosts.
_SYSTEM = (
    *("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib", "/nix/store"),
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/usr/share/zoneinfo"),
    *("/etc/mime.types", "/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf"),
)
_DEVICES = ("null", "zero", "full", "random", "urandom")
_OLD = "/.old"
# What lies where answers write is kept here as well: it would vanish below their file system.
_AGAIN = "/.again"
# Where answers write.
WRITABLE = "/tmp"


def build() -> None:
    """Give this process, in a mount namespace of its own, nothing but the view."""
    paths = _paths()
    linux.mount("", "/", flags=linux.PRIVATE | linux.RECURSIVE)
    # The new root starts as a mount on any folder; whatever that folder hides is there again under the old root.
    linux.mount("tmpfs", "/tmp", "tmpfs", options="size=1m,mode=755")
    os.mkdir("/tmp" + _OLD)
    linux.change_root("/tmp", "/tmp" + _OLD)
    os.chdir("/")
    for path in paths:
        _show(path)
    os.makedirs("/dev", exist_ok=True)
    for name in _DEVICES:
        _show(f"/dev/{name}")
    for folder in _hidden(paths):
        linux.mount("tmpfs", folder, "tmpfs", options="size=4k,mode=755")
    for name in PACKAGES:
        _show(str(ROOT / name))
    os.makedirs(WRITABLE, exist_ok=True)
    os.symlink(WRITABLE, "/dev/shm")
    os.mkdir(_AGAIN)
    if os.listdir(WRITABLE):
        os.mkdir(_AGAIN + WRITABLE)
        linux.mount(WRITABLE, _AGAIN + WRITABLE, flags=linux.BIND | linux.RECURSIVE)
    linux.unmount(_OLD)
    os.rmdir(_OLD)
    for package in NEEDED:
        # Else an answer that imports more of it later would fail, and its student would be blamed.
        if not os.path.exists(package.__file__ or ""):
            raise OSError(f"{package.__file__} cannot be shown to the answers")
    linux.protect_mount("/", linux.READ_ONLY | linux.NO_SETUID)


def mount_writable(options: str) -> None:
    """Mount a new, empty file system in memory where answers write."""
    linux.mount("tmpfs", WRITABLE, "tmpfs", linux.NO_SETUID | linux.NO_DEVICES, options)
    if os.path.isdir(_AGAIN + WRITABLE):
        for name in os.listdir(_AGAIN + WRITABLE):
            os.mkdir(f"{WRITABLE}/{name}")
            source = f"{_AGAIN}{WRITABLE}/{name}"
            linux.mount(source, f"{WRITABLE}/{name}", flags=linux.BIND | linux.RECURSIVE)


def _paths() -> list[str]:
    """Return what is shown, what lies above before what lies below."""
    prefixes = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}
    parts = {f"{prefix}/{name}" for prefix in prefixes for name in ("bin", "lib", "lib64", "pyvenv.cfg")}
    # An entry that is this course, or the folder we were started in, is no package folder.
    packages = {path for path in sys.path if os.path.isabs(path) and Path(path) not in (ROOT, Path.cwd())}
    return sorted(path for path in {*_SYSTEM, *parts, *packages} if os.path.lexists(path))


def _hidden(paths: list[str]) -> list[str]:
    """Return the folders below shown ones that hold what nobody may see."""
    found = [str(ROOT)]
    for name in HIDDEN:
        spec = importlib.util.find_spec(name)
        found += (spec.submodule_search_locations or []) if spec else []
    return sorted({folder for folder in found if any(Path(folder).is_relative_to(path) for path in paths)})


def _show(path: str) -> None:
    """Let a path of the old root be seen at the same place of the new one."""
    if os.path.lexists(path):
        return
    for part in [*reversed(Path(path).parents), Path(path)]:
        if os.path.islink(f"{_OLD}{part}"):
            # The path may be one way to the file and the link's target the other: both are shown where they lie.
            target = os.readlink(f"{_OLD}{part}")
            if not os.path.lexists(part):
                os.makedirs(part.parent, exist_ok=True)
                os.symlink(target, part)
            _show(os.path.normpath(os.path.join(part.parent, target, Path(path).relative_to(part))))
            return
    source = _OLD + path
    if not os.path.exists(source):
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.isdir(source):
        os.mkdir(path)
    else:
        os.close(os.open(path, os.O_CREAT))
    linux.mount(source, path, flags=linux.BIND | linux.RECURSIVE)
