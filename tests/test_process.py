"""An app in a process of its own: both servers answer, nothing is left behind, and a mistake is told in words."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from server.process import SERVERS, NotServed, ServerProcess

APP = """
import os
from flask import Flask

def create_app(settings):
    app = Flask("kitchen")

    @app.get("/")
    def tell():
        return {"process": os.getpid(), "limit": settings["LOGIN_LIMIT"], "store": settings["STORE"]}

    @app.after_request
    def log(response):
        with open(settings["ACCESS_LOG"], "a") as file:
            file.write(f"GET / {response.status_code}\\n")
        return response

    print("port of call: a print of the app does no harm")
    return app
"""


@pytest.fixture
def kitchen(tmp_path: Path) -> Path:
    (tmp_path / "kitchen.py").write_text(APP)
    return tmp_path / "kitchen"


@pytest.mark.parametrize("under", SERVERS)
def test_app_answers_from_another_process(kitchen: Path, under: str) -> None:
    with ServerProcess(kitchen, under, {"LOGIN_LIMIT": 7}) as served:
        answer = requests.get(served.url, timeout=5)
        assert answer.json()["process"] != os.getpid()
        assert (answer.json()["limit"], answer.json()["store"]) == (7, served.settings["STORE"])
        assert served.access_log == ["GET / 200"]
        assert ("waitress" in answer.headers["Server"]) is (under == "waitress")


def test_a_package_is_found_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "kitchen").mkdir()
    (tmp_path / "kitchen" / "__init__.py").write_text("from .cook import create_app\n")
    (tmp_path / "kitchen" / "cook.py").write_text(APP)
    with ServerProcess(tmp_path / "kitchen") as served:
        assert requests.get(served.url, timeout=5).status_code == 200
    assert not list(tmp_path.rglob("__pycache__"))


def test_edited_file_is_read_anew(kitchen: Path) -> None:
    for limit in (1, 2):
        kitchen.with_suffix(".py").write_text(APP.replace('settings["LOGIN_LIMIT"]', str(limit)))
        with ServerProcess(kitchen.with_suffix(".py"), "development") as served:
            assert requests.get(served.url, timeout=5).json()["limit"] == limit


@pytest.mark.parametrize("under", SERVERS)
def test_stopping_frees_port_and_folder(kitchen: Path, under: str) -> None:
    served = ServerProcess(kitchen, under)
    served.stop()
    served.stop()
    assert repr(served) == "<ServerProcess, stopped>"
    assert not Path(served.settings["STORE"]).parent.exists()
    with pytest.raises(requests.ConnectionError):
        requests.get(served.url, timeout=5)


def test_forgotten_process_ends(kitchen: Path) -> None:
    served = ServerProcess(kitchen)
    url = served.url
    del served
    gc.collect()
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows ends processes in another way")
def test_process_ends_with_a_kernel_that_was_killed(kitchen: Path) -> None:
    code = (
        "from server.process import ServerProcess\n"
        f"served = ServerProcess({str(kitchen)!r})\n"
        "print(served.url, flush=True)\n"
        "input()\n"
    )
    root = str(Path(__file__).parent.parent)
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root, text=True) as kernel:
        assert kernel.stdout is not None
        url = kernel.stdout.readline().strip()
        assert requests.get(url, timeout=5).status_code == 200
        kernel.send_signal(signal.SIGKILL)
    wait_until_closed(int(url.rpartition(":")[2]))


def wait_until_closed(port: int) -> None:
    """Return when nobody listens at a port any more."""
    deadline = time.monotonic() + 10
    with contextlib.suppress(OSError):
        while time.monotonic() < deadline:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        pytest.fail("the process lives on")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import nonsense", "ModuleNotFoundError: No module named 'nonsense'"),
        ("create_app = 3", "TypeError: 'int' object is not callable"),
        ("", "has no attribute 'create_app'"),
        ("import os\nos._exit(3)", "kitchen could not be served"),
    ],
)
def test_app_that_cannot_be_started_is_told(kitchen: Path, source: str, words: str) -> None:
    kitchen.with_suffix(".py").write_text(source)
    with pytest.raises(NotServed) as problem:
        ServerProcess(kitchen)
    assert words in str(problem.value)
    assert len(str(problem.value).splitlines()) <= 6
    assert problem.value._render_traceback_()[-1] in str(problem.value)


def test_unknown_server_is_told(kitchen: Path) -> None:
    with pytest.raises(ValueError, match="no server 'apache'. The servers are: development, waitress"):
        ServerProcess(kitchen, "apache")
