"""Choose the Python environment that the course runs in, with the standard library alone.

It is the running one, when that holds every dependency of ``pyproject.toml``; else ``.venv`` in the project folder,
which ``course.installation`` makes. A file in it, the mark, tells that it was made here and what was installed. It is
written without a project when the making begins, and with the project when everything is done. So the next run sees an
installation that was interrupted, and a project that has changed since.
"""

from __future__ import annotations

import json
import os
import sys
import tomllib
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
MARK = VENV / "made-by-course.json"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
# Set for the process that goes on right after an installation: it shall not try a second one.
INSTALLED = "COURSE_INSTALLED"
# What a subcommand needs beyond the dependencies: a list of the optional ones in pyproject.toml, by an argument of it.
EXTRAS = {"test": "test", "--scheduler": "cluster", "--nbgrader": "nbgrader"}


def ensure(arguments: list[str]) -> None:
    """Return when the packages are at hand; else go on where they are, in place of this process.

    :raise SystemExit: with what the user can do, when there is no way to get them.
    """
    installed = os.environ.pop(INSTALLED, None)
    extras = wanted_extras(arguments)
    if ready(extras):
        prepare_children()
        return
    if installed:
        sys.exit(f"{VENV} was installed, but cannot be used. Delete it and run the command again.")
    if not inside() and (finished(extras) or foreign()):
        try:
            go_on(arguments)
        except OSError as error:
            if foreign():
                sys.exit(f"{VENV} was not made by this command, and its Python does not start: {error}. Delete {VENV}.")
            PYTHON.unlink(missing_ok=True)
    from .installation import install

    install(extras)
    os.environ[INSTALLED] = "yes"
    go_on(arguments)


def wanted_extras(arguments: list[str]) -> list[str]:
    """Return the names of the optional dependencies that a command line needs, as far as the project has them."""
    words = {*arguments[:1], *(argument.partition("=")[0] for argument in arguments if argument.startswith("--"))}
    return [extra for word, extra in EXTRAS.items() if word in words and extra in known_extras()]


def known_extras() -> set[str]:
    """Return the names of the project's lists of optional dependencies."""
    return set(project()["project"].get("optional-dependencies", {}))


def ready(extras: list[str]) -> bool:
    """Tell whether the running interpreter has what the course needs."""
    return finished(extras) if inside() and not foreign() else not missing(extras)


def inside() -> bool:
    """Tell whether the running interpreter is the one of ``.venv``."""
    return VENV.exists() and os.path.samefile(sys.prefix, VENV)


def foreign() -> bool:
    """Tell whether there is a ``.venv`` that was made by somebody else."""
    return not MARK.exists() and VENV.exists() and (not VENV.is_dir() or any(VENV.iterdir()))


def finished(extras: list[str]) -> bool:
    """Tell whether ``.venv`` was made here, from this Python, for the project as it is now, with these extras."""
    found = read_mark()
    return made_here() and found.get("project") == fingerprint() and set(extras) <= set(found.get("extras", []))


def made_here() -> bool:
    """Tell whether ``.venv`` was made in this folder, from this Python, and can still start."""
    mark = read_mark()
    return (
        mark.get("python") == sys.implementation.cache_tag
        and os.path.exists(mark.get("folder", ""))
        and os.path.samefile(mark["folder"], ROOT)
        and os.access(PYTHON, os.X_OK)
        and os.path.isdir(configuration().get("home", ""))
    )


def read_mark() -> dict[str, Any]:
    """Return what the mark says; nothing when it is not there or damaged."""
    try:
        mark = json.loads(MARK.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return mark if isinstance(mark, dict) else {}


def configuration() -> dict[str, str]:
    """Return ``pyvenv.cfg``, which names the Python that ``.venv`` was made from."""
    try:
        lines = (VENV / "pyvenv.cfg").read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return {}
    return {name.strip(): value.strip() for name, _, value in (line.partition("=") for line in lines)}


@cache
def project() -> dict[str, Any]:
    """Return the parts of ``pyproject.toml`` that decide what is installed."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return {"build": table["build-system"], "project": table["project"], "setuptools": table["tool"]["setuptools"]}


def fingerprint() -> str:
    """Return a short text that changes when something else is to be installed."""
    return sha256(json.dumps(project(), sort_keys=True).encode()).hexdigest()


def missing(extras: list[str]) -> list[str]:
    """Return the dependencies that the running interpreter does not have, or not in the version asked for."""
    dependencies: list[str] = list(project()["project"]["dependencies"])
    for extra in extras:
        dependencies += project()["project"]["optional-dependencies"][extra]
    try:
        from packaging.requirements import Requirement  # not in the standard library, but everywhere beside Jupyter
    except ImportError:
        return dependencies
    from importlib.metadata import version

    absent = []
    for requirement in map(Requirement, dependencies):
        try:
            found = requirement.specifier.contains(version(requirement.name), prereleases=True)
        except (ImportError, LookupError, TypeError, ValueError):  # not there, or a torn package without its version
            found = False
        if not found:
            absent.append(str(requirement))
    return absent


def prepare_children() -> None:
    """Let kernels, tests and terminals find the course's folders and this environment's programs."""
    put_first("PYTHONPATH", str(ROOT))
    put_first("PATH", os.path.dirname(sys.executable))
    if inside():
        os.environ["VIRTUAL_ENV"] = str(VENV)


def put_first(variable: str, folder: str) -> None:
    """Make ``folder`` the first one in a variable that lists folders."""
    others = [each for each in os.environ.get(variable, "").split(os.pathsep) if each and each != folder]
    os.environ[variable] = os.pathsep.join([folder, *others])


def go_on(arguments: list[str]) -> NoReturn:
    """Start the command again inside ``.venv``."""
    put_first("PYTHONPATH", str(ROOT))
    replace_process([str(PYTHON), "-m", "course", *arguments])


def replace_process(command: list[str]) -> NoReturn:
    """Run ``command`` in place of this process; on Windows beside it, handing its exit code through."""
    sys.stdout.flush()
    sys.stderr.flush()
    if not WINDOWS:
        os.execv(command[0], command)
    import signal
    import subprocess

    # Ctrl-C reaches both processes. What it means is for the command to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(subprocess.call(command))
