"""The command makes its environment, repairs it, and says what to do when it can't. Fakes stand in for uv and pip."""

from __future__ import annotations

import ast
import errno
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import packaging
import pytest

import course.__main__ as start
from course import environment, installation
from course.lock import lock

COURSE = Path(start.__file__).parent
WINDOWS = os.name == "nt"
PYPROJECT = """
[build-system]
requires = ["setuptools"]
[project]
name = "clone"
dependencies = ["nowhere-to-be-found>=1"]
[project.optional-dependencies]
test = ["packaging"]
[tool.setuptools]
packages = ["course"]
[tool.ruff]
line-length = 120
"""
# What the command does once its packages are at hand.
CLI = """
import json, os, sys
def run(arguments):
    print(json.dumps({"arguments": arguments, "prefix": sys.prefix, "environ": dict(os.environ)}))
    return 7 if "fail" in arguments else 0
"""
# The one thing that a test cannot reach from outside: which Python a virtual environment is made from.
INIT = """
import os, sys
sys._base_executable = os.environ["BASE_PYTHON"]
if "NO_ENSUREPIP" in os.environ:
    sys.modules["ensurepip"] = None
"""
# One program plays uv, the Python that makes a virtual environment, and the pip inside it. INSTALLING tells what the
# installation does: nothing, succeed, wait for the test, or print a text and fail.
FAKE = """
import os, sys
name, *arguments = sys.argv[1:]
if "--version" in arguments:
    sys.exit()
import pathlib
here = pathlib.Path.cwd()
with open(here / "calls.txt", "a") as calls:
    calls.write(" ".join([name, *arguments]) + "\\n")
packages = here / ".venv" / ("Lib" if os.name == "nt" else "lib/python%d.%d" % sys.version_info[:2]) / "site-packages"
if "venv" in arguments:
    import venv
    venv.create(arguments[-1], symlinks=os.name != "nt")
    if "TORN" in os.environ:
        sys.exit("torn")
    if name == "python":
        (packages / "pip").mkdir()
        (packages / "pip" / "__main__.py").write_text(
            f"import runpy, sys; sys.argv[:1] = [{__file__!r}, 'pip']; runpy.run_path({__file__!r})"
        )
elif "install" in arguments:
    does = os.environ.get("INSTALLING", "succeed")
    if does.startswith("wait "):
        import socket
        with socket.create_connection(("127.0.0.1", int(does.split()[1]))) as test:
            test.recv(1)
    elif does not in ("succeed", "nothing"):
        sys.exit(does)
    if does != "nothing":
        info = packages / "nowhere_to_be_found-1.0.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text("Name: nowhere-to-be-found\\nVersion: 1.0\\n")
        (packages / "packaging.pth").write_text(os.environ["PACKAGING"])
"""


class Clone:
    """A small fresh clone, and a PATH with nothing but fakes on it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "clone"
        self.programs = folder / "programs"
        self.venv = self.root / ".venv"
        self.python = self.venv / ("Scripts/python.exe" if WINDOWS else "bin/python")
        self.mark = self.venv / "made-by-course.json"
        (self.root / "course").mkdir(parents=True)
        self.programs.mkdir()
        for name in ("__main__.py", "environment.py", "installation.py", "lock.py"):
            shutil.copy(COURSE / name, self.root / "course")
        (self.root / "course" / "__init__.py").write_text(INIT)
        (self.root / "course" / "cli.py").write_text(CLI)
        (self.root / "pyproject.toml").write_text(PYPROJECT)
        (folder / "fake.py").write_text(FAKE)
        self.write_program("uv", f'"{sys.executable}" -S "{folder / "fake.py"}" uv')
        base = self.write_program("base", f'"{sys.executable}" -S "{folder / "fake.py"}" python')
        inherited = {"PYTHONPATH", "VIRTUAL_ENV", "COURSE_INSTALLED", "PYTHONWARNINGS", "PYTHONDONTWRITEBYTECODE"}
        self.environ = {name: value for name, value in os.environ.items() if name not in inherited}
        self.environ["PATH"] = str(self.programs)
        self.environ["BASE_PYTHON"] = str(base)
        self.environ["PACKAGING"] = str(Path(packaging.__file__).parent.parent)

    def write_program(self, name: str, command: str) -> Path:
        program = self.programs / (name + ".bat" if WINDOWS else name)
        program.write_text(f"@{command} %*\n" if WINDOWS else f'#!/bin/sh\nexec {command} "$@"\n')
        program.chmod(0o755)
        return program

    def without_uv(self) -> None:
        for program in self.programs.glob("uv*"):
            program.unlink()

    @contextmanager
    def start(self, *arguments: str, folder: Path | None = None, **environ: object) -> Iterator[subprocess.Popen[str]]:
        """Start the command, and end it with the block."""
        variables = self.environ | {name: str(value) for name, value in environ.items()}
        command = [sys.executable, "-m", "course", *arguments]
        with subprocess.Popen(
            command, cwd=folder or self.root, env=variables, stdout=-1, stderr=-1, stdin=subprocess.DEVNULL, text=True
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def run(self, *arguments: str, folder: Path | None = None, **environ: object) -> Run:
        with self.start(*arguments, folder=folder, **environ) as process:
            return Run(process)

    def make_foreign(self) -> None:
        venv.create(self.venv, symlinks=not WINDOWS)
        (self.venv / "mine.txt").write_text("mine")

    @property
    def steps(self) -> list[str]:
        """Return what uv, venv and pip were asked for so far."""
        calls = (self.root / "calls.txt").read_text().splitlines() if (self.root / "calls.txt").exists() else []
        return [
            next(f"{call.split()[0]} {verb}" for verb in ("venv", "install") if verb in call.split()) for call in calls
        ]

    @property
    def projects(self) -> list[str]:
        """Return what was installed so far: the project, with its extras."""
        return [call.split()[-1] for call in (self.root / "calls.txt").read_text().splitlines() if "install" in call]


class Run:
    """What a command left behind when it ended."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        output, self.errors = process.communicate(timeout=60)
        self.code = process.returncode
        self.reached: dict = json.loads(output) if output else {}
        assert "Traceback" not in self.errors


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


@contextmanager
def installing(clone: Clone) -> Iterator[tuple[subprocess.Popen[str], socket.socket]]:
    """Start a command and yield it in the middle of its installation, which ends when the socket is closed."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        with clone.start(INSTALLING=f"wait {listener.getsockname()[1]}") as process, listener.accept()[0] as held:
            yield process, held


def test_first_run_makes_the_environment_and_goes_on_inside(clone: Clone) -> None:
    run = clone.run("test", "-k", "two words")
    assert run.code == 0
    assert run.reached["arguments"] == ["test", "-k", "two words"]
    assert Path(run.reached["prefix"]).samefile(clone.venv)
    assert clone.steps == ["uv venv", "uv install"]
    assert f"Making {clone.venv} with uv" in run.errors


def test_children_find_the_folders_and_programs(clone: Clone) -> None:
    environ = clone.run(PYTHONPATH="elsewhere").reached["environ"]
    assert environ["PYTHONPATH"].split(os.pathsep) == [str(clone.root), "elsewhere"]
    assert environ["PATH"].split(os.pathsep) == [str(clone.python.parent), str(clone.programs)]
    assert environ["VIRTUAL_ENV"] == str(clone.venv)
    assert "COURSE_INSTALLED" not in environ


def test_jupyterlab_asks_for_no_news(clone: Clone) -> None:
    clone.run()
    settings = json.loads((clone.venv / "share/jupyter/lab/settings/overrides.json").read_text())
    assert settings["@jupyterlab/apputils-extension:notification"] == {"fetchNews": "false", "checkForUpdates": False}


def test_second_run_installs_nothing_and_says_nothing(clone: Clone) -> None:
    clone.run()
    run = clone.run()
    assert Path(run.reached["prefix"]).samefile(clone.venv)
    assert run.errors == ""
    assert clone.steps == ["uv venv", "uv install"]


def test_exit_code_is_handed_through(clone: Clone) -> None:
    assert clone.run("fail").code == 7


def test_runs_from_any_folder(clone: Clone, tmp_path: Path) -> None:
    run = clone.run(folder=tmp_path, PYTHONPATH=clone.root)
    assert Path(run.reached["prefix"]).samefile(clone.venv)
    assert clone.steps == ["uv venv", "uv install"]


def test_without_uv_it_takes_venv_and_pip(clone: Clone) -> None:
    clone.without_uv()
    run = clone.run()
    assert Path(run.reached["prefix"]).samefile(clone.venv)
    assert "with venv and pip" in run.errors
    assert clone.steps == ["python venv", "pip install"]


def test_modules_in_the_project_folder_do_not_get_in_the_way(clone: Clone) -> None:
    clone.without_uv()
    for name in ("venv.py", "pip.py"):
        (clone.root / name).write_text("raise SystemExit('not this one')")
    assert clone.run().code == 0


def test_uv_that_does_not_start_is_not_used(clone: Clone) -> None:
    clone.without_uv()
    clone.write_program("uv", f'"{sys.executable}" -c "raise SystemExit(127)"')
    assert clone.run().code == 0
    assert clone.steps == ["python venv", "pip install"]


def test_environment_that_has_the_packages_is_used_as_it_is(clone: Clone) -> None:
    (clone.root / "pyproject.toml").write_text(PYPROJECT.replace("nowhere-to-be-found>=1", "pytest>=8"))
    run = clone.run()
    assert Path(run.reached["prefix"]).samefile(sys.prefix)
    assert run.reached["environ"]["PYTHONPATH"] == str(clone.root)
    assert run.errors == ""
    assert not clone.venv.exists()


def test_environment_with_a_wrong_version_is_not_used(clone: Clone) -> None:
    (clone.root / "pyproject.toml").write_text(PYPROJECT.replace("nowhere-to-be-found>=1", "pytest<8"))
    assert Path(clone.run().reached["prefix"]).samefile(clone.venv)


def test_changed_dependencies_are_installed(clone: Clone) -> None:
    clone.run()
    (clone.root / "pyproject.toml").write_text(PYPROJECT.replace("found>=1", "found>=1.0"))
    run = clone.run()
    assert run.code == 0
    assert "pyproject.toml has changed" in run.errors
    assert clone.steps == ["uv venv", "uv install", "uv install"]


def test_other_changes_of_the_project_file_install_nothing(clone: Clone) -> None:
    clone.run()
    (clone.root / "pyproject.toml").write_text(PYPROJECT.replace("120", "100"))
    assert clone.run().errors == ""


def test_tests_get_what_they_need_beyond_the_course(clone: Clone) -> None:
    clone.run()
    run = clone.run("test")
    assert "this command needs more packages (test)" in run.errors
    assert clone.projects == [".", ".[test]"]
    assert clone.run("test").errors == ""
    assert clone.run().errors == ""


def test_what_the_tests_need_stays_installed(clone: Clone) -> None:
    clone.run("test")
    (clone.root / "pyproject.toml").write_text(PYPROJECT.replace("found>=1", "found>=1.0"))
    assert clone.run().code == 0
    assert clone.projects == [".[test]", ".[test]"]


def test_packages_that_the_project_no_longer_offers_are_not_asked_for(clone: Clone) -> None:
    clone.run("test")
    (clone.root / "pyproject.toml").write_text(PYPROJECT.replace('test = ["packaging"]', ""))
    assert clone.run("test").code == 0
    assert clone.projects == [".[test]", "."]


@pytest.mark.parametrize("extra", ["packaging>=999", "nowhere-to-be-found-either"])
def test_environment_without_what_the_tests_need_is_not_used_for_them(clone: Clone, extra: str) -> None:
    (clone.root / "pyproject.toml").write_text(
        PYPROJECT.replace('"nowhere-to-be-found>=1"', "").replace("packaging", extra)
    )
    assert clone.run().reached["prefix"] == sys.prefix
    assert clone.run("test").reached["prefix"] == str(clone.venv)


@pytest.mark.parametrize(
    ("arguments", "extras"),
    [
        ([], []),
        (["open", "test"], []),
        (["test", "-k", "success"], ["test"]),
        (["grade", "class", "--scheduler=tcp://127.0.0.1:8786"], ["cluster"]),
        (["grade", "class", "--scheduler", "tcp://127.0.0.1:8786"], ["cluster"]),
    ],
)
def test_command_line_tells_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], extras: list[str]
) -> None:
    monkeypatch.setattr(environment, "known_extras", lambda: {"test", "cluster"})
    assert environment.wanted_extras(arguments) == extras


def test_installation_that_failed_is_repaired(clone: Clone) -> None:
    assert clone.run(INSTALLING="some trouble").code == 1
    run = clone.run()
    assert run.code == 0
    assert "the last installation was interrupted" in run.errors
    assert clone.steps == ["uv venv", "uv install"] * 2


def test_killed_installation_is_repaired(clone: Clone) -> None:
    with installing(clone) as (process, _):
        process.kill()
    assert clone.run().code == 0
    assert clone.steps == ["uv venv", "uv install"] * 2


def test_virtual_environment_that_was_torn_before_pip_came_is_made_anew(clone: Clone) -> None:
    clone.without_uv()
    assert clone.run(TORN=1).code == 1
    assert clone.run().code == 0
    assert clone.steps == ["python venv", "python venv", "pip install"]


def test_half_done_change_is_repaired_even_when_it_is_taken_back(clone: Clone) -> None:
    clone.run()
    (clone.root / "pyproject.toml").write_text(PYPROJECT.replace("found>=1", "found>=1.0"))
    assert clone.run(INSTALLING="some trouble").code == 1
    (clone.root / "pyproject.toml").write_text(PYPROJECT)
    assert clone.run().code == 0
    assert clone.steps == ["uv venv", "uv install", "uv install", "uv venv", "uv install"]


def test_two_commands_at_once_install_once(clone: Clone) -> None:
    with installing(clone) as (first, held), clone.start() as second:
        assert second.stderr.readline().startswith("Waiting for another command")
        held.close()
        assert Run(first).code == 0
        assert Run(second).code == 0
    assert clone.steps == ["uv venv", "uv install"]


if not WINDOWS:

    def test_orphan_of_a_killed_command_is_waited_for(clone: Clone) -> None:
        with installing(clone) as (killed, held):
            killed.kill()
            with clone.start() as second:
                assert second.stderr.readline().startswith("Waiting for another command")
                held.close()
                assert Run(second).code == 0
        assert clone.steps == ["uv venv", "uv install"] * 2

    def test_ctrl_c_stops_the_installation_with_one_line(clone: Clone) -> None:
        with installing(clone) as (process, _):
            process.send_signal(signal.SIGINT)
            run = Run(process)
        assert run.code == 130
        assert run.errors.endswith("\nStopped.\n")
        assert clone.run().code == 0


def remove_python(clone: Clone) -> None:
    clone.python.unlink()


def break_python(clone: Clone) -> None:
    clone.python.unlink()
    clone.python.touch(0o755)


def remove_base(clone: Clone) -> None:
    (clone.venv / "pyvenv.cfg").write_text(f"home = {clone.root / 'gone'}\n")


def change_version(clone: Clone) -> None:
    clone.mark.write_text(clone.mark.read_text().replace(sys.implementation.cache_tag, "cpython-310"))


def tear_mark(clone: Clone) -> None:
    clone.mark.write_text("")


@pytest.mark.parametrize("damage", [remove_python, break_python, remove_base, change_version, tear_mark])
def test_damaged_environment_is_made_anew(clone: Clone, damage: Callable[[Clone], None]) -> None:
    clone.run()
    (clone.venv / "leftover").mkdir()
    damage(clone)
    run = clone.run()
    assert run.code == 0
    assert clone.steps == ["uv venv", "uv install"] * 2
    assert not (clone.venv / "leftover").exists()


def test_environment_is_made_anew_from_inside(clone: Clone) -> None:
    clone.run()
    change_version(clone)
    command = [clone.python, "-m", "course"]
    process = subprocess.Popen(command, cwd=clone.root, env=clone.environ, stdout=-1, stderr=-1, text=True)
    assert Path(Run(process).reached["prefix"]).samefile(clone.venv)
    assert clone.steps == ["uv venv", "uv install"] * 2


def test_copied_project_gets_an_environment_of_its_own(clone: Clone) -> None:
    clone.run()
    clone.root = shutil.copytree(clone.root, clone.root.with_name("copy"), symlinks=True)
    clone.venv = clone.root / ".venv"
    run = clone.run()
    assert Path(run.reached["prefix"]).samefile(clone.venv)
    assert clone.steps == ["uv venv", "uv install"] * 2


def test_foreign_environment_that_is_complete_is_used(clone: Clone) -> None:
    clone.run()
    clone.mark.unlink()
    run = clone.run()
    assert Path(run.reached["prefix"]).samefile(clone.venv)
    assert run.errors == ""
    assert clone.steps == ["uv venv", "uv install"]


def test_foreign_environment_is_completed_and_never_deleted(clone: Clone) -> None:
    clone.make_foreign()
    run = clone.run()
    assert Path(run.reached["prefix"]).samefile(clone.venv)
    assert "was not made by this command. Installing what is missing in it: nowhere-to-be-found>=1." in run.errors
    assert clone.steps == ["uv install"]
    assert (clone.venv / "mine.txt").exists()
    assert not clone.mark.exists()


def test_foreign_environment_that_does_not_start_is_left_alone(clone: Clone) -> None:
    clone.make_foreign()
    clone.python.unlink()
    run = clone.run()
    assert run.code == 1
    assert "was not made by this command, and its Python does not start" in run.errors
    assert (clone.venv / "mine.txt").exists()
    assert clone.steps == []


def test_empty_folder_belongs_to_nobody(clone: Clone) -> None:
    clone.venv.mkdir()
    assert clone.run().code == 0


def test_installation_that_changes_nothing_is_not_repeated_for_ever(clone: Clone) -> None:
    clone.make_foreign()
    run = clone.run(INSTALLING="nothing")
    assert run.code == 1
    assert "cannot be used. Delete it" in run.errors
    assert clone.steps == ["uv install"]


@pytest.mark.parametrize("without_uv", [False, True])
def test_failure_tells_what_to_do_and_shows_the_last_lines(clone: Clone, without_uv: bool) -> None:
    if without_uv:
        clone.without_uv()
    lines = [f"line {number}" for number in range(20)]
    run = clone.run(INSTALLING="\n".join(["error sending request for url", *lines]))
    assert run.code == 1
    assert run.reached == {}
    assert installation.NO_NETWORK in run.errors
    assert run.errors.endswith("".join(f"    {line}\n" for line in lines[-installation.LINES_SHOWN :]))


def test_without_ensurepip_it_names_the_package(clone: Clone) -> None:
    clone.without_uv()
    run = clone.run(NO_ENSUREPIP=1)
    assert run.code == 1
    assert f"apt install python3.{sys.version_info.minor}-venv" in run.errors
    assert "install uv" in run.errors
    assert not clone.venv.exists()


def test_uv_needs_no_ensurepip(clone: Clone) -> None:
    assert clone.run(NO_ENSUREPIP=1).code == 0


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "DISK_FULL"),
        ("error: failed to copy file: There is not enough space on the disk. (os error 112)", "DISK_FULL"),
        ("created successfully because ensurepip is not available.  On Debian/Ubuntu", "NO_ENSUREPIP"),
        ("/x/.venv/bin/python: No module named pip", "NO_PIP"),
        ("Failed to establish a new connection: [Errno -3] Temporary failure in name resolution", "NO_NETWORK"),
        ("NewConnectionError('<pip.HTTPSConnection>: [Errno 11001] getaddrinfo failed')", "NO_NETWORK"),
        ("  cause: dns error", "NO_NETWORK"),
        ("SSLError(SSLCertVerificationError(1, 'certificate verify failed'))", "NO_NETWORK"),
        ("PermissionError: [Errno 13] Permission denied: '/x/.venv/bin/python'", "NOT_WRITABLE"),
        ("something new", "UNKNOWN"),
    ],
)
def test_output_names_its_cause(line: str, advice: str) -> None:
    assert installation.cause(["before", line, "after"]) == getattr(installation, advice)


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EACCES, "cannot be written"),
        (errno.EROFS, "cannot be written"),
        (errno.EIO, "could not be installed"),
    ],
)
def test_error_of_the_system_names_its_cause(monkeypatch: pytest.MonkeyPatch, number: int, advice: str) -> None:
    def fail(held: int, extras: list[str]) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(installation, "make", fail)
    monkeypatch.setattr(environment, "foreign", lambda: False)
    monkeypatch.setattr(environment, "finished", lambda extras: False)
    with pytest.raises(SystemExit, match=advice):
        installation.install([])


def test_lock_is_given_back(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    waits: list[str] = []
    for _ in range(2):
        with lock(file, lambda: waits.append("waited")):
            pass
    assert waits == []


def test_windows_hands_the_exit_code_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "WINDOWS", True)
    before = signal.getsignal(signal.SIGINT)
    try:
        with pytest.raises(SystemExit) as ended:
            environment.replace_process([sys.executable, "-c", "raise SystemExit(5)"])
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended.value.code == 5


def test_ctrl_c_anywhere_exits_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(arguments: list[str]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(environment, "ensure", interrupt)
    assert start.main() == 130
    assert capsys.readouterr().err == "\nStopped.\n"


def test_old_python_gets_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18, "final", 0))
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    monkeypatch.setattr(start, "starts", lambda command: command == ["python3.12"])
    assert start.main() == (
        f"The course needs Python 3.11 or newer, this is 3.9.18 ({sys.executable}). Try: python3.12 -m course"
    )
    monkeypatch.setattr(start, "starts", lambda command: False)
    assert "https://www.python.org/downloads/" in start.complaint()


def test_old_virtual_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", "/somewhere/.venv")
    assert start.advice().startswith("Leave or delete the virtual environment /somewhere/.venv")


def test_only_pythons_that_start_are_named() -> None:
    assert start.starts([sys.executable])
    assert not start.starts(["no-such-python"])


@pytest.mark.parametrize("name", ["__init__.py", "__main__.py"])
def test_old_python_can_read_the_first_files(name: str) -> None:
    source = (COURSE / name).read_bytes().decode("ascii")
    nodes = list(ast.walk(ast.parse(source, feature_version=(3, 4))))
    assert not [node for node in nodes if isinstance(node, ast.JoinedStr | ast.AnnAssign | ast.NamedExpr)]
    assert not [node for node in nodes if getattr(node, "annotation", None) or getattr(node, "returns", None)]


def test_environment_needs_the_standard_library_alone() -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); import course.__main__, course.installation"
    assert subprocess.run([sys.executable, "-I", "-S", "-c", code, COURSE.parent]).returncode == 0
