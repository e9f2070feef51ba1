"""The files that the app of an answer keeps: where they lie, what is in them, and how they are ruined."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path

# Bytes of a file that are read, counted from its end.
READ_LIMIT = 1_000_000
# What SQLite keeps beside a database.
BESIDE = ("", "-wal", "-shm", "-journal")


class Files:
    """The folders of an answer's apps. Close it to remove them."""

    def __init__(self, place: Path | None = None) -> None:
        self._place = place
        self._folders: list[str] = []

    def make_folder(self) -> str:
        """Return the path of a new, empty folder."""
        self._folders.append(tempfile.mkdtemp(prefix="app-", dir=self._place))
        return self._folders[-1]

    def read(self, path: str) -> str:
        """Return the end of a file as text; empty when there is no such file."""
        try:
            with open(path, "rb") as file:
                file.seek(max(0, Path(path).stat().st_size - READ_LIMIT))
                return file.read(READ_LIMIT).decode("utf-8", "replace")
        except OSError:
            return ""

    def ruin(self, path: str) -> None:
        """Write garbage over a file and what lies beside it, then put a folder in its place.

        The garbage is for an app that keeps the file open, the folder for one that opens it for every request.
        """
        for suffix in BESIDE:
            with contextlib.suppress(OSError):
                # Over the bytes that are there: cut shorter, a file in shared memory would end the whole process.
                with open(path + suffix, "r+b") as file:
                    file.write(b"\xff" * Path(path + suffix).stat().st_size)
                Path(path + suffix).unlink()
        with contextlib.suppress(OSError):
            Path(path).mkdir(parents=True)

    def close(self) -> None:
        """Remove the folders with all that is in them."""
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)
