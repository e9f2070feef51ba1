"""Write what a class gets, as a folder or as a zip: the same files give the same bytes.

A manifest lists every file with its hash. It tells a folder that was made here from any other, and a file that was
changed since from one that can be replaced.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

MANIFEST = "MANIFEST.sha256"
# `sha256sum --check` passes over lines that start like this one.
_HEAD = "# What python3 -m course release wrote. Compare: sha256sum --check MANIFEST.sha256\n"
# The earliest date that a zip can hold.
_NO_DATE = (1980, 1, 1, 0, 0, 0)


class ReleaseError(Exception):
    """The release cannot be written; the message says why and what to do."""


def manifest(files: Mapping[str, bytes]) -> bytes:
    """Return the list of the files, in the format of ``sha256sum``."""
    return (_HEAD + "".join(f"{_hash(files[name])}  {name}\n" for name in sorted(files))).encode()


def with_manifest(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files and the list of them, in order."""
    return dict(sorted({**files, MANIFEST: manifest(files)}.items()))


def write_folder(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files and their manifest into a folder, in place of those of an earlier release.

    What else lies in an earlier release, such as ``.git``, stays. Raise :exc:`ReleaseError` for any other folder.
    """
    files = with_manifest(files)
    old = _replaceable(folder, files)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as place:
            # Complete before anything is touched, and on the same disk.
            new = Path(place) / folder.name
            for name, content in files.items():
                path = new / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            if not folder.exists():
                new.replace(folder)
                return
            for name in old - files.keys():
                (folder / name).unlink(missing_ok=True)
            # The manifest comes last: until then, the next run finds the old one.
            for name in sorted(files, key=lambda name: (name == MANIFEST, name)):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (new / name).replace(folder / name)
            _remove_empty(folder, old)
    except OSError as error:
        raise ReleaseError(f"{error.filename or folder} cannot be written: {error.strerror}.") from None


def _replaceable(folder: Path, files: Mapping[str, bytes]) -> set[str]:
    """Return the names of the files of an earlier release. Raise :exc:`ReleaseError` when there is other work."""
    if not folder.is_dir():
        if folder.exists() or folder.is_symlink():
            raise ReleaseError(f"{folder} is there already and is no folder. Name another one.")
        return set()
    listed = _listed(folder / MANIFEST)
    if listed is None:
        if any(folder.iterdir()):
            raise ReleaseError(
                f"{folder} has files in it and was not made by this command. Name a new folder, or empty it."
            )
        return set()
    for name in sorted(listed.keys() | files.keys() - {MANIFEST}):
        path = folder / name
        if not path.exists() or _hash(path.read_bytes()) in (listed.get(name), _hash(files.get(name, b""))):
            continue
        what = "was changed since it was released" if name in listed else "was not made by this command"
        raise ReleaseError(f"{path} {what}. Move it elsewhere, or name a new folder.")
    return set(listed)


def _listed(path: Path) -> dict[str, str] | None:
    """Return the hashes in a manifest by file name; None when it is not one of ours."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    if not text.startswith(_HEAD):
        return None
    lines = (line.partition("  ") for line in text.splitlines()[1:])
    # A name that climbs out of the folder is none of ours.
    return {name: digest for digest, _, name in lines if name and not Path(name).is_absolute() and ".." not in name}


def _remove_empty(folder: Path, names: set[str]) -> None:
    parents = {parent for name in names for parent in Path(name).parents} - {Path()}
    for parent in sorted(parents, key=lambda path: -len(path.parts)):
        if (folder / parent).is_dir() and not any((folder / parent).iterdir()):
            (folder / parent).rmdir()


def write_zip(files: Mapping[str, bytes], path: Path) -> None:
    """Write the files and their manifest into a zip that unpacks into one folder of the zip's name."""
    if path.exists() and not _made_here(path):
        raise ReleaseError(f"{path} is there already and was not made by this command. Move it elsewhere.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as place:
            new = Path(place) / path.name
            # Stored as they are: how well a file is packed differs from machine to machine.
            with zipfile.ZipFile(new, "w") as archive:
                for name, content in with_manifest(files).items():
                    entry = zipfile.ZipInfo(f"{path.stem}/{name}", _NO_DATE)
                    entry.create_system = 3  # Unix, wherever it was made
                    entry.external_attr = 0o644 << 16
                    archive.writestr(entry, content)
            shutil.move(new, path)
    except OSError as error:
        raise ReleaseError(f"{error.filename or path} cannot be written: {error.strerror}.") from None


def _made_here(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith(f"/{MANIFEST}") for name in archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()
