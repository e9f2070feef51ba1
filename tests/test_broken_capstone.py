"""The broken app of the capstone is broken in the way its docstring says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from server import Server
from server.apps.broken_capstone import loud_draft

JSON = {"Content-Type": "application/json"}
CURRENT = {"If-Match": '"v1"'}


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(loud_draft()) as server:
        yield server


def put(server: Server, path: str, user: str = "", headers: dict[str, str] | None = None, **more: Any) -> int:
    sent = {**({"Authorization": f"Bearer t-{user}"} if user else {}), **(headers or {})}
    return requests.put(server.url + path, headers=sent, timeout=5, **more).status_code


def test_strangers_hear_everything_before_they_are_asked_who_they_are(server: Server) -> None:
    assert put(server, "/recipes/1", data="x") == 415
    assert put(server, "/recipes/1", data="{", headers=JSON) == 400
    assert put(server, "/recipes/1", json={}) == 422
    assert put(server, "/recipes/1", json={"title": "x"}) == 428
    assert put(server, "/recipes/9", json={"title": "x"}, headers=CURRENT) == 404
    assert put(server, "/recipes/1", json={"title": "x"}, headers=CURRENT) == 401


def test_neighbours_can_tell_a_draft_from_nothing(server: Server) -> None:
    assert put(server, "/recipes/1", "bob", json={"title": "x"}, headers=CURRENT) == 403
    assert put(server, "/recipes/9", "bob", json={"title": "x"}, headers=CURRENT) == 404


def test_the_owner_notices_nothing(server: Server) -> None:
    assert put(server, "/recipes/1", "ann", json={"title": "x"}, headers=CURRENT) == 200
    assert put(server, "/recipes/1", "ann", json={"title": "y"}, headers=CURRENT) == 412
