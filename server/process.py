"""Serve an app from a file in a process of its own, under the development server or under waitress.

Started as a module, this is the other process.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from weakref import finalize

from .background import HOST, Server

SERVERS = ("development", "waitress")
# Seconds that the app may take to be there, and to end.
START_LIMIT = 20.0
STOP_LIMIT = 5.0
ERROR_LINES = 5

_ROOT = Path(__file__).parent.parent


class NotServed(RuntimeError):
    """The app could not be started; the message holds the last lines that its process wrote."""

    def _render_traceback_(self) -> list[str]:
        """Let a notebook show the message alone: the way through this module tells a learner nothing."""
        return str(self).splitlines()


class ServerProcess:
    """An app that runs in a process of its own, and the handle to it. Use it in ``with``, or call :meth:`stop`.

    ``path`` is a file or a package, with or without ``.py``, that defines ``create_app(settings)``. ``settings`` come
    before those of the capstone that are there by default: a store and an access log of its own, and no upstream.
    """

    def __init__(self, path: str | Path, under: str = "waitress", settings: Mapping[str, Any] | None = None) -> None:
        if under not in SERVERS:
            raise ValueError(f"There is no server {under!r}. The servers are: {', '.join(SERVERS)}.")
        self._folder = tempfile.TemporaryDirectory(prefix="served-", ignore_cleanup_errors=True)
        folder = Path(self._folder.name)
        self.settings: dict[str, Any] = {
            "STORE": str(folder / "store.sqlite"),
            "ACCESS_LOG": str(folder / "access.log"),
            "UPSTREAM": f"http://{HOST}:9",
            "UPSTREAM_TIMEOUT": 0.3,
            "LOGIN_LIMIT": 5,
            **(settings or {}),
        }
        self._errors = folder / "errors.txt"
        path = Path(path).resolve()
        job = {"folder": str(path.parent), "module": path.name.removesuffix(".py"), "settings": self.settings}
        search = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH", "")]))
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "server.process", under],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=folder,
                env={**os.environ, "PYTHONPATH": search, "PYTHONDONTWRITEBYTECODE": "1"},
            )
        # Also when nobody calls stop(): the notebook may forget its handle.
        self._stop = finalize(self, _end, self._process, self._folder)
        try:
            self.url = f"http://{HOST}:{self._start(job)}"
        except BaseException:
            self.stop()
            raise

    def _start(self, job: Mapping[str, Any]) -> int:
        """Hand the job over and return the port that the other process serves at."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(OSError):
            self._process.stdin.write(json.dumps(job).encode() + b"\n")
            self._process.stdin.flush()
        alarm = threading.Timer(START_LIMIT, self._process.kill)
        alarm.start()
        try:
            if port := self._process.stdout.readline():
                return int(port)
        finally:
            alarm.cancel()
            alarm.join()
        self._process.wait()
        lines = self._errors.read_text("utf-8", "replace").strip().splitlines()[-ERROR_LINES:]
        raise NotServed("\n".join([f"{job['module']} could not be served:", *lines]))

    @property
    def access_log(self) -> list[str]:
        """Return the lines of the access log so far."""
        path = Path(self.settings["ACCESS_LOG"])
        return path.read_text("utf-8").splitlines() if path.exists() else []

    def stop(self) -> None:
        """End the process and delete its store. Stopping twice is fine."""
        self._stop()

    def __enter__(self) -> ServerProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return "<ServerProcess>" if self._stop.alive else "<ServerProcess, stopped>"


def _end(process: subprocess.Popen[bytes], folder: tempfile.TemporaryDirectory[str]) -> None:
    process.terminate()
    try:
        process.wait(STOP_LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    folder.cleanup()


def main(under: str) -> None:
    """Serve what standard input asks for, until told to end."""
    # This pipe carries the port and nothing else: what the app prints goes where its errors go.
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    job = json.loads(sys.stdin.readline())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # When the notebook's kernel is killed, nobody says goodbye: then the pipe ends, and so does this process.
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    sys.path.insert(0, job["folder"])
    app = importlib.import_module(job["module"]).create_app(job["settings"])
    _serve(app, under, lambda port: print(port, file=answer, flush=True))


def _serve(app: Any, under: str, ready: Callable[[int], None]) -> None:
    if under == "development":
        server = Server(app)
        ready(server.port)
        threading.Event().wait()
    else:
        import waitress

        production = waitress.create_server(app, host=HOST, port=0)
        ready(production.effective_port)
        production.run()


if __name__ == "__main__":
    main(sys.argv[1])
