"""The server that a check scripts cannot be filled by a client that means harm."""

from __future__ import annotations

from collections.abc import Iterator

import requests

from checks.scripted import CONTENT_LIMIT, SEEN_LIMIT, ScriptedServer


def _blocks(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield bytes(100_000)


def test_content_that_is_too_long_is_not_kept() -> None:
    with ScriptedServer({"*": 200}) as server:
        assert requests.post(server.url + "/a", data=bytes(CONTENT_LIMIT), timeout=5).status_code == 200
        assert requests.post(server.url + "/b", data=bytes(CONTENT_LIMIT + 1), timeout=5).status_code == 413
        assert [seen.path for seen in server.seen] == ["/a"]
        # Of content whose length nobody announced, the beginning is read.
        requests.post(server.url + "/c", data=_blocks(12), timeout=5)
        assert [len(seen.body) for seen in server.seen] == [CONTENT_LIMIT, CONTENT_LIMIT]


def test_requests_that_are_too_many_are_not_kept() -> None:
    with ScriptedServer({"*": 200}) as server:
        content = bytes(CONTENT_LIMIT)
        for _ in range(SEEN_LIMIT // CONTENT_LIMIT + 3):
            last = requests.post(server.url + "/a", data=content, timeout=5).status_code
        assert last == 413
        assert sum(len(seen.body) for seen in server.seen) <= SEEN_LIMIT
