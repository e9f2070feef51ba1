"""What a hostile answer tries comes to nothing: it costs its own exercise, and nobody else notices."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks import AT_THE_TOP, IN_A_VIEW, REPLACED
from handed_in import handed_in, skip_without_namespaces

from checks.report import NOT_YET, PASSED
from classroom.helpers import Unconfined
from classroom.pool import Pool
from classroom.result import Judged
from classroom.submission import Source, Submission

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="namespaces are a matter of Linux")

ROOT = Path(__file__).parent.parent
SECRET = "nobody-may-read-this"
# What comes after a hostile answer.
RIGHT = handed_in("success").answers


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    os.environ["COURSE_TEST_PASSWORD"] = SECRET
    try:
        with Pool(2, "namespaces", "seed") as pool:
            yield pool
    except Unconfined as problem:
        skip_without_namespaces(problem)
    finally:
        del os.environ["COURSE_TEST_PASSWORD"]


def hostile(code: str, student: str = "eve") -> Submission:
    """Return a submission with a hostile answer before a right one."""
    source = Source(textwrap.dedent(code), "eve.ipynb")
    return Submission(student, "success", {"create_or_replace": (source,), "delete_twice": RIGHT["delete_twice"]})


def judge(pool: Pool, code: str) -> tuple[Judged, Judged]:
    """Return what became of a hostile answer and of the right one after it."""
    (result,) = pool.judge([hostile(code)])
    found = {one.id: one for one in result.exercises}
    return found["success.create_or_replace"], found["success.delete_twice"]


@pytest.mark.parametrize("name", AT_THE_TOP)
def test_hostile_cell_costs_its_own_exercise(pool: Pool, name: str) -> None:
    started = time.monotonic()
    one, other = judge(pool, AT_THE_TOP[name])
    assert (one.state, one.points) == (NOT_YET, 0), one
    assert one.rows[0]["why"]
    assert other.state == PASSED, other
    # None of these waits for a time limit, but for a process that gives way to its child again and again.
    assert name == "fork bomb that hides" or time.monotonic() - started < 18


@pytest.mark.parametrize("name", IN_A_VIEW)
def test_hostile_view_costs_its_own_exercise(pool: Pool, name: str) -> None:
    one, other = judge(pool, IN_A_VIEW[name])
    assert (one.state, one.points) == (NOT_YET, 0), one
    assert other.state == PASSED, other


@pytest.mark.parametrize("name", REPLACED)
def test_replacing_things_earns_nothing(pool: Pool, name: str) -> None:
    one, other = judge(pool, REPLACED[name])
    assert (one.state, one.points) == (NOT_YET, 0), one
    assert other.state == PASSED, other


def asks(pool: Pool, code: str) -> str:
    """Return what the code of an answer found out: it raises an exception that says it, and the report shows it."""
    one, other = judge(pool, f"{textwrap.dedent(code)}\nraise LookupError(str(found)[:400])")
    assert one.points == 0
    assert other.state == PASSED
    return one.rows[0]["got"].removeprefix("raised LookupError: ").rpartition(", line")[0]


def test_nothing_of_the_course_is_in_its_memory(pool: Pool) -> None:
    found = asks(
        pool,
        """
        import gc, sys
        gc.unfreeze()
        hunted = ["".join(parts) for parts in (("a PUT that creates ", "MUST be"), ("tags=", '["solution"]'))]
        found, seen, left = [], {id(one) for one in hunted}, gc.get_objects()
        while left:
            one = left.pop()
            if id(one) in seen: continue
            seen.add(id(one))
            if type(one) is str:
                if any(text in one for text in hunted): found.append(one)
            elif type(one).__name__ not in ("frame", "module"): left += gc.get_referents(one)
        modules = [name for name in sys.modules if name.partition(".")[0] in ("lessons", "course")]
        found = modules, found, len(seen) > 50_000
        """,
    )
    assert found.startswith("([], [], True)")


def test_readable_files_hold_no_answer_and_no_check(pool: Pool, tmp_path: Path) -> None:
    (tmp_path / "results.jsonl").write_text(SECRET)
    root = Path(__file__).parent.parent
    closed = [
        *(
            root / name
            for name in ("lessons", "lessons/success.py", "solutions", "tests", "notebooks", "classroom", ".git")
        ),
        *(tmp_path, tmp_path / "results.jsonl", Path("/etc/shadow"), Path("/etc/passwd"), Path("/root"), Path("/home")),
        *(Path("/proc"), Path("/sys"), Path("/var"), Path("/run"), Path("/dev/mem"), Path("/dev/pts")),
    ]
    found = asks(
        pool,
        f"""
        import os
        found = [path for path in {[str(path) for path in closed]} if os.path.lexists(path) and not os.path.isdir(path)]
        for path in {[str(path) for path in closed]}:
            if os.path.isdir(path): found += [path] if [one for one in os.listdir(path) if one != ".pyenv"] else []
        """,
    )
    assert found == "[]"


def test_every_readable_text_is_free_of_answers(pool: Pool) -> None:
    """Read everything outside of the Python installation that can be read."""
    found = asks(
        pool,
        """
        import os, sys
        found, seen = [], 0
        for folder, folders, files in os.walk("/"):
            # The Python installation and the libraries of the system.
            folders[:] = [one for one in folders if one not in ("lib", "lib64", "usr", "bin", "nix")]
            for name in files:
                path = os.path.join(folder, name)
                if path.startswith("/dev"): continue
                try: text = open(path, errors="replace").read()
                except OSError: continue
                seen += 1
                if 'tags=["solution"]' in text or "def create_or_replace" in text or "@exercise(" in text:
                    found.append(path)
        found = found, seen > 20
        """,
    )
    assert found == "([], True)"


def test_lessons_cannot_be_imported(pool: Pool) -> None:
    found = asks(
        pool,
        """
        import importlib
        found = []
        for name in ("lessons", "lessons.success", "classroom.judging", "classroom.pool", "course", "tests"):
            try:
                importlib.import_module(name)
                found.append(name)
            except ImportError: pass
        """,
    )
    assert found == "[]"


def test_environment_tells_nothing(pool: Pool) -> None:
    found = asks(pool, "import os\nfound = [name for name, value in os.environ.items() if 'nobody-may' in value]")
    assert found == "[]"


def test_nothing_outside_its_folder_can_be_written(pool: Pool) -> None:
    found = asks(
        pool,
        """
        import os, sys, server, checks, flask
        found = []
        modules = (server, checks, flask)
        for path in ("/", "/dev", "/usr/lib", "/etc", sys.prefix, *(os.path.dirname(one.__file__) for one in modules)):
            try:
                open(os.path.join(path, "new"), "w").close()
                found.append(path)
            except OSError: pass
        open("/tmp/new", "w").close()
        """,
    )
    assert found == "[]"


def test_everything_but_its_folder_is_read_only(pool: Pool) -> None:
    """Also for a user who owns what is shown, as a teacher does who is not root."""
    found = asks(
        pool,
        """
        import os, sys, server, checks, flask
        modules = (server, checks, flask)
        found = []
        for path in ("/", "/dev", "/usr/lib", *(os.path.dirname(one.__file__) for one in modules)):
            if not os.statvfs(path).f_flag & os.ST_RDONLY: found.append(path)
        found = found, bool(os.statvfs("/tmp").f_flag & os.ST_RDONLY)
        """,
    )
    assert found == "([], False)"


def test_an_answer_finds_nothing_of_the_one_before(pool: Pool) -> None:
    right = RIGHT["delete_twice"][0].text
    first = Source("open('left', 'w').close()", "eve.ipynb")
    second = Source(f"import os\nassert not os.path.exists('left')\n{right}", "eve.ipynb")
    (result,) = pool.judge([Submission("eve", "success", {"create_or_replace": (first,), "delete_twice": (second,)})])
    assert [one.state for one in result.exercises[:2]] == [NOT_YET, PASSED]


def test_links_lead_nowhere(pool: Pool) -> None:
    root = Path(__file__).parent.parent
    found = asks(
        pool,
        f"""
        import os
        found = []
        for path in ("/etc/shadow", "/proc/1/root", {str(root / "lessons" / "success.md")!r}, "../../../../etc/shadow"):
            os.symlink(path, "link")
            try: found.append(open("link").read(20))
            except OSError: pass
            os.remove("link")
        """,
    )
    assert found == "[]"


def test_there_is_no_network_but_its_own(pool: Pool) -> None:
    outside = socket.create_server(("127.0.0.1", 0))
    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind("\0course-test")
    abstract.listen()
    with outside, abstract:
        found = asks(
            pool,
            f"""
            import socket
            found = []
            def reach(family, address, kind=socket.SOCK_STREAM):
                try:
                    with socket.socket(family, kind) as one:
                        one.settimeout(2)
                        one.connect(address)
                    found.append(address)
                except OSError: pass
            reach(socket.AF_INET, ("127.0.0.1", {outside.getsockname()[1]}))
            reach(socket.AF_INET, ("1.1.1.1", 53))
            reach(socket.AF_INET, ("1.1.1.1", 53), socket.SOCK_DGRAM)
            reach(socket.AF_UNIX, "\\0course-test")
            for family in (16, 17, 40):  # netlink, raw packets, the machine below a virtual machine
                try:
                    socket.socket(family, socket.SOCK_RAW).close()
                    found.append(family)
                except OSError: pass
            """,
        )
    assert found == "[]"


def test_names_of_this_machine_can_be_looked_up(pool: Pool) -> None:
    assert "127.0.0.1" in asks(pool, "import socket\nfound = socket.getaddrinfo('localhost', 80, socket.AF_INET)")


def test_no_privilege_is_left_and_none_can_be_had(pool: Pool) -> None:
    found = asks(
        pool,
        """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        clone = 56 if os.uname().machine == "x86_64" else 220
        found = []
        calls = {
            "new users": lambda: libc.unshare(0x10000000),
            "new mounts": lambda: libc.unshare(0x00020000),
            "users by clone": lambda: libc.syscall(clone, 0x10000011, 0, 0, 0, 0),
            "mount": lambda: libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None),
            "chroot": lambda: libc.chroot(b"/tmp"),
            "setuid": lambda: libc.setuid(0),
            "trace": lambda: libc.ptrace(16, 1, 0, 0),
            "memory of process 1": lambda: libc.process_vm_readv(1, None, 0, None, 0, 0),
            "hostname": lambda: libc.sethostname(b"x", 1),
            "memory of nobody": lambda: libc.memfd_create(b"x", 0),
            "session": lambda: libc.setsid(),
            "priority": lambda: libc.setpriority(0, 0, -10),
        }
        for name, call in calls.items():
            if call() != -1: found.append(name)
        """,
    )
    assert found == "[]"


def test_limits_are_in_force(pool: Pool) -> None:
    found = asks(
        pool,
        """
        import resource
        found = [name for name in ("AS", "CPU", "FSIZE", "NOFILE", "NPROC", "CORE", "MEMLOCK", "MSGQUEUE")
                 if resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))[1] == resource.RLIM_INFINITY]
        """,
    )
    assert found == "[]"


def test_it_sees_no_process_but_its_own(pool: Pool) -> None:
    found = asks(
        pool,
        """
        import os
        found = []
        for n in range(2, 40_000):
            try:
                os.kill(n, 0)
                found.append(n)
            except ProcessLookupError: pass
        found = found == [os.getpid()]
        """,
    )
    assert found == "True"


def test_descriptors_are_its_own_line_and_nothing_else(pool: Pool) -> None:
    found = asks(
        pool,
        """
        import os, stat
        found = []
        for n in range(1000):
            try: found.append((n, stat.S_IFMT(os.fstat(n).st_mode) == stat.S_IFSOCK))
            except OSError: pass
        found = [n for n, is_socket in found if not is_socket], sum(is_socket for _, is_socket in found)
        """,
    )
    assert found == "([0, 1, 2], 2)"


SHOWS = """
from classroom.pool import Pool
from classroom.submission import Source, Submission

code = '''
import flask.testing, requests.auth, werkzeug.debug, os
T = []
@app.put("/notes/<name>")
def put(name):
    T.append(name)
    return request.get_json(), 201 if T.count(name) == 1 else 200
'''
with Pool(1, "namespaces", "seed") as pool:
    [result] = pool.judge([Submission("anna", "success", {"create_or_replace": (Source(code, "cell 1"),)})])
print([one.rows[0]["got"] for one in result.exercises if one.id == "success.create_or_replace"])
"""


@pytest.mark.skipif(sys.prefix == sys.base_prefix, reason="Python runs in no environment that a link could lead to")
@pytest.mark.parametrize("link", ["environment", "folder/environment"])
def test_packages_are_seen_where_a_link_leads_to_them(pool: Pool, tmp_path: Path, link: str) -> None:
    """An answer may import at any time: where it could not, its student would be blamed."""
    if "/" in link:
        (tmp_path / "folder").symlink_to(Path(sys.prefix).parent)
        link = f"folder/{Path(sys.prefix).name}"
    else:
        (tmp_path / link).symlink_to(sys.prefix)
    python = tmp_path / link / "bin" / "python"
    said = subprocess.run([python, "-c", SHOWS], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert "201" in said.stdout, said.stdout + said.stderr
