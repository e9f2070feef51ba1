"""Make ``.venv`` in the project folder, repair it, and say what to do when that does not work.

``uv`` does it when it is on the PATH, else ``venv`` and ``pip``. A ``.venv`` made by somebody else is never deleted:
what is missing is installed into it, on the order of its own interpreter.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec

from . import environment
from .environment import MARK, PYTHON, ROOT, VENV, WINDOWS
from .lock import lock

SETTINGS = VENV / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
# JupyterLab asks each new user about news, and a website about newer versions.
QUIET = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
# A virtual environment is made from the Python below the running one, which may itself live in the .venv to replace.
BASE = getattr(sys, "_base_executable", None) or sys.executable

DISK_FULL = "The disk is full. Free about 500 MB and run the command again."
NOT_WRITABLE = (
    f"The folder {ROOT} cannot be written. Copy the project to a folder of your own, or give yourself the right."
)
NO_NETWORK = (
    "The packages could not be downloaded. Check the network (is HTTPS_PROXY needed?) and run the command again."
)
NO_PIP = f"{VENV} has no pip. Install uv (https://docs.astral.sh/uv/), or delete the folder, and run the command again."
NO_ENSUREPIP = (
    "This Python cannot make .venv: it comes without ensurepip. "
    f"On Debian and Ubuntu: apt install python{sys.version_info.major}.{sys.version_info.minor}-venv. "
    "Everywhere: install uv (https://docs.astral.sh/uv/). Then run the command again."
)
# What the output of uv, venv and pip says of the cause, the surest sign first.
CAUSES = {
    r"no space left on device|not enough space on the disk|disk quota exceeded": DISK_FULL,
    r"ensurepip is not available|no module named '?ensurepip": NO_ENSUREPIP,
    r"no module named '?pip\b": NO_PIP,
    r"name resolution|name or service not known|getaddrinfo|dns error|newconnectionerror|connecttimeout|readtimeout"
    r"|proxyerror|network is unreachable|connection refused|error sending request|sslerror|certificate": NO_NETWORK,
    r"permission denied|read-only file system|access is denied": NOT_WRITABLE,
}
UNKNOWN = "The installation failed. The next run of the command tries again."
LINES_SHOWN, LINE_LENGTH = 8, 200


def install(extras: list[str]) -> None:
    """Install the project and what it needs, so that ``.venv`` is finished afterwards.

    :raise SystemExit: with what the user can do.
    """
    try:
        with lock(ROOT / "pyproject.toml", lambda: say("Waiting for another command, which installs ...")) as held:
            if environment.foreign():
                complete(held, extras)
            elif not environment.finished(extras):
                make(held, extras)
    except OSError as error:
        sys.exit(explain(error))


def make(held: int, extras: list[str]) -> None:
    """Make ``.venv``, or bring one up to date that was finished for an earlier state of the project."""
    started = time.monotonic()
    # What an earlier command needed stays installed.
    extras = sorted({*extras, *environment.read_mark().get("extras", [])} & environment.known_extras())
    uv = find_uv()
    tool, duration = ("uv", "less than a minute") if uv else ("venv and pip", "one or two minutes")
    say(f"Making {VENV} with {tool}, because {reason(extras)}. This takes {duration}, once.")
    # What an interruption leaves may be torn anywhere, so only a finished one is gone on with.
    if not (environment.made_here() and environment.read_mark()["project"]):
        if not uv and not (find_spec("venv") and find_spec("ensurepip")):
            sys.exit(NO_ENSUREPIP)
        empty(extras)
        if uv:
            step([uv, "venv", "--seed", "--allow-existing", "--python", BASE, str(VENV)], held)
        else:
            step([BASE, "-I", "-m", "venv", str(VENV)], held)
    mark("", extras)
    step(installer(uv, extras), held)
    SETTINGS.parent.mkdir(parents=True, exist_ok=True)
    SETTINGS.write_text(json.dumps(QUIET, indent=2) + "\n", "utf-8")
    if hasattr(os, "sync"):
        os.sync()  # a power cut must not leave the mark without the files it vouches for
    mark(environment.fingerprint(), extras)
    say(f"Done in {time.monotonic() - started:.0f} s.")


def complete(held: int, extras: list[str]) -> None:
    """Install what is missing into the ``.venv`` that somebody else made, and that runs."""
    uv = find_uv()
    absent = ", ".join(environment.missing(extras))
    say(f"{VENV} was not made by this command. Installing what is missing in it: {absent}.")
    step(installer(uv, extras), held)


def reason(extras: list[str]) -> str:
    """Tell why something is to be done."""
    found = environment.read_mark()
    if not found:
        return "this Python does not have the packages of the course"
    if not environment.made_here():
        if found.get("python") != sys.implementation.cache_tag:
            return f"the one there is for {found.get('python')} and this is {sys.implementation.cache_tag}"
        return "the one there was moved, or lost the Python that it was made from"
    if found.get("project") == environment.fingerprint():
        return f"this command needs more packages ({', '.join(extras)})"
    return "pyproject.toml has changed" if found.get("project") else "the last installation was interrupted"


def empty(extras: list[str]) -> None:
    """Leave nothing in ``.venv`` but the mark, which comes first so that the folder is always known as ours."""
    VENV.mkdir(exist_ok=True)
    mark("", extras)
    for entry in VENV.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry != MARK:
            entry.unlink()


def mark(project: str, extras: list[str]) -> None:
    """Write what ``.venv`` holds: nothing for certain while ``project`` is empty."""
    content = {"python": sys.implementation.cache_tag, "folder": str(ROOT), "project": project, "extras": extras}
    with MARK.open("w", encoding="utf-8") as file:
        file.write(json.dumps(content, indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())


def find_uv() -> str | None:
    """Return the path of a ``uv`` that starts; version managers put one on the PATH that does not."""
    uv = shutil.which("uv")
    if uv and subprocess.run([uv, "--version"], stdin=subprocess.DEVNULL, capture_output=True).returncode == 0:
        return uv
    return None


def installer(uv: str | None, extras: list[str]) -> list[str]:
    """Return the command that installs the project into ``.venv``.

    Isolated (-I), pip does not take packages on PYTHONPATH or in the current folder for installed ones. Compiling is
    what pip does, too: else each kernel and each test process of the first run would do it, at the same time.
    """
    project = f".[{','.join(extras)}]" if extras else "."
    if uv:
        return [uv, "pip", "install", "--compile-bytecode", "--python", str(PYTHON), "--editable", project]
    pip = [str(PYTHON), "-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    return [*pip, "--editable", project]


def step(command: list[str], held: int) -> None:
    """Run one command of the installation, which holds the lock too, and show its last line while it runs.

    :raise SystemExit: when it fails, with the likely cause and the end of what it printed.
    """
    inherited = {} if WINDOWS else {"pass_fds": (held,)}
    lines = []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        **inherited,
    ) as process:
        try:
            for line in process.stdout or ():
                lines.append(line.rstrip())
                show(lines[-1])
        except BaseException:
            process.terminate()
            raise
        finally:
            show("")
    if process.returncode:
        tail = "\n".join(f"    {line[:LINE_LENGTH]}" for line in lines[-LINES_SHOWN:])
        sys.exit(f"{cause(lines)}\nThe last lines of {' '.join(command)}:\n{tail}")


def cause(lines: list[str]) -> str:
    """Return what the user can do, by what the output says."""
    output = "\n".join(lines).lower()
    return next((advice for sign, advice in CAUSES.items() if re.search(sign, output)), UNKNOWN)


def explain(error: OSError) -> str:
    """Return what the user can do, by what the system says."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DISK_FULL
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{NOT_WRITABLE} ({error})"
    return f"The packages could not be installed: {error}"


def say(text: str) -> None:
    """Tell the user what happens, on stderr: stdout belongs to the command."""
    print(text, file=sys.stderr, flush=True)


def show(line: str) -> None:
    """Write ``line`` over the one shown before, where somebody is watching."""
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write("\r" + line[:width].ljust(width) + "\r")
        sys.stderr.flush()
