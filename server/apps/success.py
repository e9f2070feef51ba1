"""What the lesson on success looks at: notes under names that clients choose, and connections that stay open."""

from __future__ import annotations

import select
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, abort, request
from flask.typing import ResponseReturnValue

GOODBYE = b"The note is deleted."
HELLO = b"Hello again."
# How long a server waits for the next request of a client, in seconds.
PATIENCE = 2.0


def notes() -> Flask:
    """Make an app whose notes lie under the names that clients give them with PUT."""
    app = Flask(__name__)
    stored: dict[str, Any] = {}

    @app.put("/notes/<name>")
    def write(name: str) -> ResponseReturnValue:
        """201: created. 204: replaced, and there is nothing to say about it."""
        created = name not in stored
        stored[name] = request.get_json()
        return (stored[name], 201) if created else ("", 204)

    @app.get("/notes/<name>")
    def read(name: str) -> ResponseReturnValue:
        """200: one note."""
        if name not in stored:
            abort(404)
        return stored[name]

    return app


class _Connection(socketserver.StreamRequestHandler):
    """Answer the requests of one connection, one after the other, until the client closes it."""

    server: _Server
    timeout = 2 * PATIENCE

    def handle(self) -> None:
        while line := self.rfile.readline():
            length = 0
            while (field := self.rfile.readline()) not in (b"\r\n", b"\n", b""):
                name, _, value = field.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            self.rfile.read(length)
            if line.startswith(b"DELETE "):
                self._answer(self.server.reply(204, GOODBYE))
            else:
                self.wfile.write(self.server.reply(200, HELLO))

    def _answer(self, answer: bytes) -> None:
        late = self.server.late
        head, end, content = answer.partition(b"\r\n\r\n")
        if late is None or not content:
            self.wfile.write(answer)
            return
        self.wfile.write(head + end)
        # The client is asking for the next thing already: on a slow machine this must not depend on who is faster.
        select.select([self.connection], [], [], PATIENCE)
        time.sleep(late)
        self.wfile.write(content)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, reply: Callable[[int, bytes], bytes], late: float | None) -> None:
        self.reply = reply
        self.late = late
        super().__init__(("127.0.0.1", 0), _Connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: the client sees a closed connection, and stderr belongs to the notebook."""


@contextmanager
def kept_open(reply: Callable[[int, bytes], bytes], late: float | None = None) -> Iterator[str]:
    """Serve on connections that stay open between requests, and give the URL.

    ``reply(code, body)`` returns the bytes of a whole answer. DELETE gets ``reply(204, GOODBYE)``, every other request
    ``reply(200, HELLO)``. An answer leaves in one piece. With ``late``, what follows the header section of the answer
    to DELETE leaves by itself, so many seconds after the client began to ask for the next thing.
    """
    with _Server(reply, late) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
