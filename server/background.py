"""The background server: any WSGI app on a free loopback port, in a daemon thread beside the notebook."""

from __future__ import annotations

import atexit
import ctypes
import logging
import os
import socket
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from importlib.util import find_spec
from socketserver import TCPServer
from typing import Any
from urllib.request import getproxies, getproxies_environment
from weakref import WeakSet

from flask import Flask, got_request_exception
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from .log import LastResort, Log

HOST = "127.0.0.1"
# How long stop() lets views finish before they are interrupted, in seconds.
PATIENCE = 0.2
# How often a thread is interrupted: a bare `except:` swallows an interruption.
INTERRUPTIONS = 5
CRASHES_KEPT = 20

# Flask ignores app.run() when this is set. In a notebook it would block the kernel, and a server runs already.
os.environ.setdefault("FLASK_RUN_FROM_CLI", "true")


@dataclass(frozen=True)
class Crash:
    """An exception that a view let escape."""

    method: str
    path: str
    kind: str
    text: str
    # (file name, line number) of every frame, outermost first.
    frames: tuple[tuple[str, int], ...]
    # Where the request came from; 0 when that is not known.
    port: int

    @classmethod
    def of(cls, error: BaseException, environ: Mapping[str, Any]) -> Crash:
        """Describe an exception without keeping it: its frames would keep every local variable alive.

        An exception whose text cannot be had counts as one without text.
        """
        frames = tuple((frame.f_code.co_filename, line or 0) for frame, line in traceback.walk_tb(error.__traceback__))
        try:
            text = str.__getitem__(str(error), slice(0, 500))  # str(error) may be of a subclass
        except Exception:
            text = ""
        asked = environ.get("REQUEST_METHOD", ""), environ.get("PATH_INFO", "")
        return cls(*asked, type(error).__name__, text, frames, environ.get("REMOTE_PORT", 0))


class _Handler(WSGIRequestHandler):
    """Answer one connection and write to the server's log, never to stderr."""

    server: _LoopbackServer

    def make_environ(self) -> dict[str, Any]:
        _last_resort.claim(self.server.record)
        environ = super().make_environ()
        environ["wsgi.errors"] = self.server.record
        return environ

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        status = int(code) if str(code).isdigit() else 0
        self.server.record.add_request(self.command or "?", getattr(self, "path", "?"), status)

    def log(self, type: str, message: str, *args: Any) -> None:
        self.server.record.write((message % args if args else message) + "\n")


class _LoopbackServer(ThreadedWSGIServer):
    """Serve one app, remember the threads that answer, and keep quiet."""

    # Seconds after which the serving loop looks around even if nobody connects.
    timeout = 1.0

    def __init__(self, app: Callable[..., Iterable[bytes]], record: Log) -> None:
        self.record = record
        # Which thread answers which connection.
        self.answering: dict[threading.Thread, socket.socket] = {}
        self.stopping = False
        # Werkzeug sets the protocol version on the handler class; a class of its own keeps servers apart.
        super().__init__(HOST, 0, app, type("Handler", (_Handler,), {"protocol_version": "HTTP/1.1"}))

    def server_bind(self) -> None:
        # HTTPServer would also ask the system for the full name of the host: that takes seconds on some machines.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]

    def serve_until_stopped(self) -> None:
        """Answer requests until :meth:`stop_serving` is called.

        Unlike ``serve_forever`` this does not poll for the end: each poll interval would be added to every stop.
        """
        self.socket.settimeout(self.timeout)
        while not self.stopping:
            # What `handle_request` does, without a selector made anew for every connection.
            self._handle_request_noblock()

    def stop_serving(self) -> None:
        """End the serving loop by knocking at its door."""
        self.stopping = True
        with suppress(OSError):
            socket.create_connection((HOST, self.port), timeout=1).close()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        return not self.stopping

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = threading.Thread(
            target=self.process_request_thread,
            args=(request, client_address),
            name=f"server-{self.port}-answer",
            daemon=True,
        )
        # Before it runs: a stop that comes in between must find it.
        self.answering[thread] = request
        try:
            thread.start()
        except RuntimeError:
            del self.answering[thread]
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        except SystemExit:
            pass
        except BaseException:
            # Left alone, `raise KeyboardInterrupt` in a view is printed on stderr by the threading module.
            self.handle_error(request, client_address)
        finally:
            self.answering.pop(threading.current_thread(), None)

    def end_answering(self) -> None:
        """Let the views finish, together for :data:`PATIENCE` seconds; then interrupt them."""
        answering = {
            thread: request
            for thread, request in list(self.answering.items())
            if thread is not threading.current_thread()
        }
        for request in answering.values():
            with suppress(OSError):
                # A browser opens connections in advance: who waits for a request there need not wait any longer.
                request.shutdown(socket.SHUT_RD)
        deadline = time.monotonic() + PATIENCE
        for thread, request in answering.items():
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                with suppress(OSError):
                    request.shutdown(socket.SHUT_RDWR)
                interrupt(thread)

    def handle_error(self, request: Any, client_address: Any) -> None:
        self.record.write(traceback.format_exc())

    def log(self, type: str, message: str, *args: Any) -> None:
        self.record.write((message % args if args else message) + "\n")


class Server:
    """A running server, and the handle to it.

    Use it in ``with``, or call :meth:`stop`. ``url`` has no slash at its end, so that ``server.url + "/items"`` works.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        if not callable(app):
            raise TypeError(
                f"A server needs a WSGI app such as app = Flask(__name__), not {type(app).__name__}: {app!r:.80}"
            )
        self.app = app
        self.log = Log()
        self.crashes: deque[Crash] = deque(maxlen=CRASHES_KEPT)
        keep_loopback_off_proxies()
        # type(), not isinstance(): a proxy such as current_app says that it is a Flask, and has no signals.
        self._is_flask = issubclass(type(app), Flask)
        if self._is_flask:
            # Flask turns an exception into a 500 before any server sees it; this signal still tells.
            got_request_exception.connect(self._note_crash, sender=app)
        self._server = _LoopbackServer(self._call_app, self.log)
        self.port: int = self._server.port
        self.url = f"http://{HOST}:{self.port}"
        self._thread = threading.Thread(
            target=self._server.serve_until_stopped, name=f"server-{self.port}", daemon=True
        )
        self._thread.start()
        _running.add(self)

    def _call_app(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with suppress(TypeError):
            _asked.add(self.app)
        # A generator, so that an exception while the content is made is seen as well.
        try:
            content = self.app(environ, start_response)
            try:
                yield from content
            finally:
                if hasattr(content, "close"):
                    content.close()
        except GeneratorExit:
            raise
        except BaseException as error:
            self.crashes.append(Crash.of(error, environ))
            raise

    def _note_crash(self, app: Flask, exception: BaseException, **_: Any) -> None:
        from flask import request

        self.crashes.append(Crash.of(exception, request.environ))

    @property
    def running(self) -> bool:
        """Tell whether the server still answers."""
        return self in _running

    @property
    def link(self) -> str:
        """Return the address to click: the proxied one under JupyterHub, else ``url``."""
        prefix = os.environ.get("JUPYTERHUB_SERVICE_PREFIX")
        if prefix and find_spec("jupyter_server_proxy"):
            return f"{prefix.rstrip('/')}/proxy/{self.port}/"
        return self.url

    def stop(self) -> None:
        """Stop serving and free the port. A view that is still busy is interrupted; stopping twice is fine."""
        if self not in _running:
            return
        _running.discard(self)
        if self._is_flask:
            got_request_exception.disconnect(self._note_crash, sender=self.app)
        self._server.stop_serving()
        self._thread.join()
        self._server.server_close()
        self._server.end_answering()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Server at {self.link}>" if self.running else "<Server, stopped>"

    def _repr_html_(self) -> str:
        if not self.running:
            return escape(repr(self))
        return f'Serving at <a href="{escape(self.link)}" target="_blank" rel="noopener">{escape(self.link)}</a>'


def launch(app: Callable[..., Iterable[bytes]], name: str = "server") -> Server:
    """Serve ``app`` in the background and return the handle.

    Running the cell again swaps the server: the one launched before under the same ``name`` is stopped. Give names
    when a lesson needs two servers at once.
    """
    new = Server(app)
    old = _launched.get(name)
    _launched[name] = new
    if old is not None:
        old.stop()
    return new


def was_asked(app: object) -> bool:
    """Tell whether a server of this process ever passed a request on to ``app``."""
    try:
        return app in _asked
    except TypeError:
        return False


def interrupt(thread: threading.Thread, error: type[BaseException] = SystemExit) -> None:
    """Raise ``error`` in another thread at its next Python instruction: the only cure for an endless loop.

    A thread that swallows every interruption, or waits in C for something that never comes, is left alone.
    """
    for _ in range(INTERRUPTIONS):
        if thread.ident is None or not thread.is_alive():
            return
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(error))
        thread.join(0.5 / INTERRUPTIONS)


def keep_loopback_off_proxies() -> None:
    """Name loopback in ``NO_PROXY``: a school's proxy cannot reach this machine's 127.0.0.1."""
    if not getproxies_environment():
        # Windows and macOS keep proxies elsewhere, and Python looks there only while no such variable is set at all.
        for scheme, proxy in getproxies().items():
            os.environ.setdefault(f"{scheme}_proxy", proxy)
    for variable in ("NO_PROXY", "no_proxy"):
        hosts = [host.strip() for host in os.environ.get(variable, "").split(",") if host.strip()]
        missing = [host for host in (HOST, "localhost") if host not in hosts]
        if missing and hosts != ["*"]:
            os.environ[variable] = ",".join(hosts + missing)


def _stop_all() -> None:
    for server in list(_running):
        server.stop()


_launched: dict[str, Server] = {}
_asked: WeakSet[Any] = WeakSet()
_running: set[Server] = set()
_last_resort = LastResort(logging.lastResort or logging.NullHandler())
logging.lastResort = _last_resort  # type: ignore[assignment]
atexit.register(_stop_all)
# At import already: a client that is judged has no server of its own.
keep_loopback_off_proxies()
