"""The server that sends given bytes."""

from __future__ import annotations

import socket

import pytest
import requests

from server.apps import canned
from server.apps.canned import NOT_FOUND, CannedServer


def talk(server: CannedServer, request: bytes) -> list[bytes]:
    """Send bytes and return the pieces that come back."""
    host, _, port = server.address.partition(":")
    pieces = []
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(request)
        while piece := connection.recv(65_536):
            pieces.append(piece)
    return pieces


@pytest.mark.parametrize("code", [200, 204, 404, 471])
def test_requests_reads_the_bytes(code: int) -> None:
    with CannedServer({"/page": b"HTTP/1.1 %d words\r\nConnection: close\r\n\r\n" % code}) as server:
        assert requests.get(server.url + "/page", timeout=5).status_code == code


def test_every_byte_arrives_and_every_line_is_remembered() -> None:
    page = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 200_000
    with CannedServer({"/long": page}) as server:
        assert b"".join(talk(server, b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n")) == page
        assert server.requests == [["GET /long HTTP/1.1", "Host: a"]]


def test_answer_comes_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canned, "PAUSE", 0.3)
    with CannedServer({"/": b"HTTP/1.1 200 OK\r\n\r\nsoup"}) as server:
        pieces = talk(server, b"GET / HTTP/1.1\r\n\r\n")
    assert pieces == [b"HTTP/1.1 200 OK\r\n\r\n", b"soup"]


@pytest.mark.parametrize(
    "request_bytes", [b"\r\n", b"GARBAGE\r\n\r\n", b"GET /other HTTP/1.1\r\n\r\nmore than was asked"]
)
def test_other_requests_get_404(request_bytes: bytes) -> None:
    with CannedServer({}) as server:
        assert b"".join(talk(server, request_bytes)) == NOT_FOUND


def test_client_that_hangs_up_does_no_harm(capfd: pytest.CaptureFixture[str]) -> None:
    with CannedServer({"/": b"HTTP/1.1 200 OK\r\n\r\n"}) as server:
        host, _, port = server.address.partition(":")
        socket.create_connection((host, int(port)), timeout=5).close()
        assert requests.get(server.url, timeout=5).status_code == 200
    assert capfd.readouterr().err == ""
