"""A server that sends given bytes: for answers that no framework would make, and that are the same in every run."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Mapping
from contextlib import suppress

# Seconds between the head of an answer and its content: a network delivers an answer in pieces, too.
PAUSE = 0.01
LINES_READ = 100
NOT_FOUND = b"HTTP/1.1 404 \r\nConnection: close\r\n\r\n"


class CannedServer:
    """Answer each request with the bytes that belong to its path, and remember the lines of the requests.

    A path without bytes answers 404. The content of a request is not read. Use it in ``with``.
    """

    def __init__(self, pages: Mapping[str, bytes]) -> None:
        self.requests: list[list[str]] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.pages = pages
        self._server.requests = self.requests
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"http://{self.address}"

    def __enter__(self) -> CannedServer:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    pages: Mapping[str, bytes]
    requests: list[list[str]]


class _Handler(socketserver.StreamRequestHandler):
    server: _Server
    timeout = 5

    def handle(self) -> None:
        # A client may hang up at any time.
        with suppress(OSError):
            lines: list[str] = []
            while len(lines) < LINES_READ and (line := self.rfile.readline(8_000).rstrip(b"\r\n")):
                lines.append(line.decode("latin-1"))
            self.server.requests.append(lines)
            words = lines[0].split(" ") if lines else []
            self._send(self.server.pages.get(words[1] if len(words) > 1 else "", NOT_FOUND))

    def _send(self, answer: bytes) -> None:
        head, end, content = answer.partition(b"\r\n\r\n")
        self.wfile.write(head + end)
        if content:
            time.sleep(PAUSE)
            self.wfile.write(content)
        # Closing with unread bytes would reset the connection: let the client hang up first.
        self.connection.shutdown(socket.SHUT_WR)
        while self.connection.recv(65_536):
            pass
