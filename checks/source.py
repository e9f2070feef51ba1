"""An answer in a file, or in a package: find it, run it in a process of its own, judge it."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from .apart import ApartAnswer
from .judge import load_and_judge

if TYPE_CHECKING:
    from .exercise import Exercise
    from .report import Report

# Bytes of source that are read at most.
SOURCE_LIMIT = 1_000_000
# Import a module by its place, so that no other of the same name is taken. It leaves nothing beside the learner's file.
_IMPORT = """
import importlib.util, sys
sys.dont_write_bytecode = True
_spec = importlib.util.spec_from_file_location({name!r}, {file!r}, submodule_search_locations={folders!r})
sys.modules[{name!r}] = _module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
for _name in {names!r}:
    globals().pop(_name, None)
    if hasattr(_module, _name):
        globals()[_name] = getattr(_module, _name)
"""


class NoSource(Exception):
    """There is no answer at this path; the message is one line that says what to do."""


def judge_file(exercise: Exercise, path: Path, seed: str | None = None) -> Report:
    """Judge the answer at a path. Raise :exc:`NoSource` when there is none."""
    path = find_module(path) if exercise.is_file else path
    source = read_source(path)
    if exercise.is_file:
        source = import_of(path.resolve(), source, exercise)
    return judge_source(exercise, source, path.resolve().parent, seed)


def judge_source(exercise: Exercise, source: str, folder: Path | None = None, seed: str | None = None) -> Report:
    """Run a source in a process of its own and judge it. ``folder`` is where it may import from."""
    with ApartAnswer() as answer:
        return load_and_judge(exercise, answer, lambda: answer.load(source, exercise.find_given(), folder), seed)


def read_source(path: Path) -> str:
    """Return the source in a file. Raise :exc:`NoSource` when it is none."""
    if not path.exists():
        raise NoSource(f"there is no file {path}.")
    if path.is_dir():
        raise NoSource(f"{path} is a folder: name the .py file with the answer in it.")
    if path.suffix == ".ipynb":
        raise NoSource(f"{path} is a notebook: put the cell with your answer into a .py file.")
    try:
        if path.stat().st_size > SOURCE_LIMIT:
            raise NoSource(f"{path} is larger than {SOURCE_LIMIT:,} bytes: that is no answer to an exercise.")
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise NoSource(f"{path} is no text in UTF-8: save it as UTF-8.") from None
    except OSError as error:
        raise NoSource(f"{path} cannot be read: {error.strerror}.") from None


def find_module(path: Path) -> Path:
    """Return the file that is run when a path is imported: ``name`` may be ``name.py`` or the package ``name/``."""
    package = path / "__init__.py"
    if package.is_file():
        return package
    if path.is_dir():
        raise NoSource(f"{path} is no package: there is no __init__.py in it.")
    return path if path.exists() or path.suffix else path.with_name(f"{path.name}.py")


def import_of(file: PurePath, text: str, exercise: Exercise) -> str:
    """Return a source that imports what an exercise asks for from a file with this text; the text if it is empty."""
    if not any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines()):
        return text
    package = file.parent if file.name == "__init__.py" else None
    name, folders = (package.name, [str(package)]) if package else (file.stem, None)
    return _IMPORT.format(name=name, file=str(file), folders=folders, names=list(exercise.subjects))
