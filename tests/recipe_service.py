"""The Recipe API of `solutions/`, served for a test, and its users."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import requests
from flask import Flask
from recipe_api import create_app

from server import Server

LIMIT = 10.0
PASSWORDS = {"ann": "a", "bob": "b", "root": "r"}


class Service:
    """A running Recipe API."""

    def __init__(self, server: Server, app: Flask) -> None:
        self.url = server.url
        self.port = server.port
        # The settings of the running app: they may be changed.
        self.settings = app.config
        self._tokens: dict[str, str] = {}

    def ask(self, method: str, path: str, by: str = "", **request: Any) -> requests.Response:
        """Send a request, logged in as ``by``."""
        headers = {**(self.login(by) if by else {}), **request.pop("headers", {})}
        with requests.Session() as session:
            session.trust_env = False
            return session.request(
                method, self.url + path, headers=headers, timeout=LIMIT, allow_redirects=False, **request
            )

    def login(self, name: str) -> dict[str, str]:
        """Return the header field that says who asks."""
        if name not in self._tokens:
            account = {"name": name, "password": PASSWORDS.get(name, name)}
            self._tokens[name] = self.ask("POST", "/tokens", json=account).json()["token"]
        return {"Authorization": f"Bearer {self._tokens[name]}"}

    def recipe(self, by: str = "ann", title: str = "Soup", draft: bool = False) -> tuple[str, str]:
        """Write a recipe and return its path and its ETag."""
        answer = self.ask("POST", "/recipes", by, json={"title": title, "draft": draft})
        assert answer.status_code == 201
        return answer.headers["Location"], answer.headers["ETag"]


@contextmanager
def serving(folder: Path, **settings: Any) -> Iterator[Service]:
    """Serve the Recipe API with its files in ``folder``."""
    complete = {
        "STORE": str(folder / "recipes.sqlite"),
        "ACCESS_LOG": str(folder / "access.log"),
        "UPSTREAM": "http://127.0.0.1:9",
        "UPSTREAM_TIMEOUT": 0.3,
        "LOGIN_LIMIT": 1000,
        **settings,
    }
    app = create_app(complete)
    with Server(app) as server:
        yield Service(server, app)


@contextmanager
def upstream(*pieces: bytes, pause: float = 0.0) -> Iterator[str]:
    """Serve one connection: send the pieces, with a pause after each, and close. Gives the URL."""
    over = threading.Event()

    def answer() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                for piece in pieces:
                    connection.sendall(piece)
                    if over.wait(pause):
                        break

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(LIMIT)
        thread = threading.Thread(target=answer, name="server-upstream")
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            over.set()
            thread.join()
