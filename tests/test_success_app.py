"""The apps of the lesson on success behave as their docstrings say."""

from __future__ import annotations

import http.client

import pytest
import requests

from server import Server
from server.apps.success import GOODBYE, HELLO, kept_open, notes


def framed(code: int, body: bytes) -> bytes:
    """Return an answer that says how long its content is, and never leaves it out."""
    return f"HTTP/1.1 {code} \r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def bare(code: int, body: bytes) -> bytes:
    """Return an answer without content where there must be none."""
    return b"HTTP/1.1 204 \r\n\r\n" if code == 204 else framed(code, body)


def test_put_creates_and_then_replaces() -> None:
    with Server(notes()) as server:
        url = server.url + "/notes/soup"
        assert requests.get(url, timeout=5).status_code == 404
        created = requests.put(url, json={"text": "one"}, timeout=5)
        assert (created.status_code, created.json()) == (201, {"text": "one"})
        replaced = requests.put(url, json={}, timeout=5)
        assert (replaced.status_code, replaced.content) == (204, b"")
        assert requests.put(url, json={"text": "two"}, timeout=5).status_code == 204
        assert requests.get(url, timeout=5).json() == {"text": "two"}


@pytest.mark.parametrize("late", [None, 0.01])
def test_a_bare_204_leaves_the_connection_usable(late: float | None) -> None:
    with kept_open(bare, late) as url, requests.Session() as session:
        assert session.delete(url, timeout=5).status_code == 204
        response = session.post(url, data=b"12345", timeout=5)
        assert (response.status_code, response.content) == (200, HELLO)


def test_content_behind_a_204_in_the_same_piece_is_lost_with_the_buffer_of_the_client() -> None:
    with kept_open(framed) as url, requests.Session() as session:
        first = session.delete(url, timeout=5)
        assert (first.status_code, first.content) == (204, b"")
        assert session.get(url, timeout=5).status_code == 200


def test_content_that_comes_late_is_taken_for_the_next_status_line() -> None:
    with kept_open(framed, late=0.01) as url, requests.Session() as session:
        assert session.delete(url, timeout=5).status_code == 204
        with pytest.raises(requests.ConnectionError) as caught:
            session.get(url, timeout=5)
        cause = caught.value.args[0].args[1]
        assert type(cause) is http.client.BadStatusLine
        assert cause.line.startswith(GOODBYE.decode() + "HTTP/1.1 200")
        assert session.get(url, timeout=5).content == HELLO


def test_the_connection_is_kept() -> None:
    peers = set()
    with kept_open(bare) as url, requests.Session() as session:
        for _ in range(3):
            response = session.get(url, timeout=5, stream=True)
            peers.add(response.raw.connection.sock.getsockname())
            assert response.content == HELLO
    assert len(peers) == 1


def test_a_reply_that_raises_closes_the_connection_and_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with kept_open(lambda code, body: None) as url, pytest.raises(requests.ConnectionError):  # type: ignore[arg-type]
        requests.get(url, timeout=5)
    assert capfd.readouterr() == ("", "")
