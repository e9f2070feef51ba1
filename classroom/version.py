"""The version of a lesson's checks: it changes when a verdict on an unchanged answer may change."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from lessons import LESSONS, lesson

ROOT = Path(__file__).parent.parent


@cache
def checks_version(name: str) -> str:
    """Return a short text that stands for all that decides the verdicts on answers to a lesson."""
    digest = hashlib.sha256(_engine())
    digest.update(_content(ROOT / "lessons" / f"{name}.py"))
    for exercise in lesson(name).exercises.values():
        digest.update(f"{exercise.name}\n{exercise.find_given()}\n".encode())
    return digest.hexdigest()[:16]


@cache
def _engine() -> bytes:
    """Return the digest of the packages that every check is built on, and of what lessons share."""
    digest = hashlib.sha256()
    shared = [path for path in (ROOT / "lessons").glob("*.py") if path.stem not in LESSONS]
    for path in sorted([*(ROOT / "checks").rglob("*.py"), *(ROOT / "server").rglob("*.py"), *shared]):
        digest.update(f"{path.relative_to(ROOT).as_posix()}\n".encode())
        digest.update(_content(path))
    return digest.digest()


def _content(path: Path) -> bytes:
    # Line ends differ from system to system.
    return path.read_bytes().replace(b"\r\n", b"\n")
