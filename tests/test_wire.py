"""One exchange is read from the socket byte for byte, within a time and a size, whatever comes back."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from checks import closed_url, wire
from checks.wire import NoReply, exchange, parse

# Talks on a connection; the event is set when the test is over.
Answer = Callable[[socket.socket, threading.Event], object]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@contextmanager
def server(answer: Answer) -> Iterator[tuple[str, int]]:
    """Let ``answer`` talk on every connection to an address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stopped = threading.Event()

        def serve() -> None:
            while not stopped.is_set():
                connection, _ = listening.accept()
                with connection:
                    if not stopped.is_set():
                        answer(connection, stopped)

        thread = threading.Thread(target=serve, name="server-raw")
        thread.start()
        try:
            yield listening.getsockname()
        finally:
            stopped.set()
            socket.create_connection(listening.getsockname()).close()
            thread.join()


def request_of(connection: socket.socket) -> bytes:
    """Read a whole request: the client says that it is whole by closing its side."""
    received = b""
    while block := connection.recv(65536):
        received += block
    return received


def sent(method: str, target: str, **request: object) -> bytes:
    """Return the bytes that an exchange sends."""
    requests = []

    def answer(connection: socket.socket, stopped: threading.Event) -> None:
        requests.append(request_of(connection))
        connection.sendall(OK)

    with server(answer) as address:
        assert exchange(address, method, target, **request).code == 200  # type: ignore[arg-type]
    (only,) = requests
    return only.replace(str(address[1]).encode(), b"PORT")


def refused(answer: Answer, time_limit: float = 0.2) -> NoReply:
    """Return why there is no reply."""
    with server(answer) as address, pytest.raises(NoReply) as problem:
        exchange(address, "GET", "/", time_limit=time_limit)
    return problem.value


# What is sent.


def test_get_is_sent_without_a_content_length() -> None:
    assert sent("GET", "/a?b=c", headers={"X-One": "1"}) == (
        b"GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\nAccept: */*\r\nX-One: 1\r\n\r\n"
    )


@pytest.mark.parametrize(("method", "body"), [("POST", b""), ("PUT", b"abc"), ("DELETE", b"abc")])
def test_content_is_sent_with_its_length(method: str, body: bytes) -> None:
    head, _, content = sent(method, "/", body=body).partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head.split(b"\r\n")
    assert content == body


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("caf\u00e9", b"X: caf\xe9"),
        ("\u20ac", b"X: \xe2\x82\xac"),
        ("\ud800", b"X: ?"),
        ("a\r\nX-Evil: b\n\nc", b"X: a X-Evil: b  c"),
    ],
)
def test_header_field_from_an_answer_can_hold_anything(value: str, line: bytes) -> None:
    request = sent("GET", "/", headers={"X": value})
    assert line in request.split(b"\r\n")
    assert request.count(b"\r\n\r\n") == 1


# What comes back.


def test_reply_is_kept_byte_for_byte() -> None:
    raw = b"HTTP/1.1 404 Not There\r\nX-A:  one \r\nContent-Type: Text/HTML; q=1\r\nContent-Length: 2\r\n\r\nnosurplus"
    reply = parse(raw)
    assert (reply.code, reply.status_line, reply.body, reply.raw) == (404, "HTTP/1.1 404 Not There", b"no", raw)
    assert (reply.field("x-a"), reply.field("X-B"), reply.media_type) == ("one", None, "text/html")
    assert reply.surplus == b"nosurplus"


@pytest.mark.parametrize(
    ("method", "raw", "body", "surplus"),
    [
        ("GET", b"HTTP/1.1 204 X\r\n\r\n", b"", b""),
        ("GET", b"HTTP/1.1 204 X\r\n\r\nabc", b"", b"abc"),
        ("GET", b"HTTP/1.1 304 X\r\nContent-Length: 3\r\n\r\n", b"", b""),
        ("HEAD", b"HTTP/1.1 200 X\r\nContent-Length: 3\r\n\r\n", b"", b""),
        ("HEAD", b"HTTP/1.1 200 X\r\nContent-Length: 3\r\n\r\nabc", b"", b"abc"),
        ("GET", b"HTTP/1.1 200 X\n\nabc", b"abc", b"abc"),
        ("GET", b"HTTP/1.1 204 X\nA: b\n\nabc", b"", b"abc"),
        ("GET", b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", b"abc", None),
        ("GET", b"HTTP/1.1 200 X\r\nContent-Length: nonsense\r\n\r\nabc", b"abc", b"abc"),
        ("GET", b"HTTP/1.0 200 X\r\n\r\nabc", b"abc", b"abc"),
    ],
)
def test_content_is_what_http_lets_count(method: str, raw: bytes, body: bytes, surplus: bytes | None) -> None:
    reply = parse(raw, method)
    assert reply.body == body
    if surplus is not None:
        assert reply.surplus == surplus


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        (b"Vary: A\r\nVary: B\r\n", "A, B"),
        (b"Vary:\r\n", ""),
        (b"Vary: \xe9\r\n", "\u00e9"),
        (b"", None),
    ],
)
def test_lines_of_a_field_are_joined(lines: bytes, value: str | None) -> None:
    assert parse(b"HTTP/1.1 200 X\r\n" + lines + b"\r\n").field("vary") == value


def test_cookies_are_not_joined() -> None:
    assert parse(b"HTTP/1.1 200 X\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n").field("Set-Cookie") == "a=1"


@pytest.mark.parametrize("interim", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n"])
def test_interim_responses_are_passed_over(interim: bytes) -> None:
    assert parse(interim * 2 + OK).code == 200
    assert parse((interim * 2).replace(b"\r\n", b"\n") + OK).body == b"ok"


def test_many_interim_responses_are_passed_over_at_once() -> None:
    started = time.process_time()
    assert parse(b"HTTP/1.1 103 Early\r\n\r\n" * 90_000 + OK).code == 200
    assert time.process_time() - started < 1.5


def test_switching_protocols_is_final() -> None:
    assert parse(b"HTTP/1.1 101 Switching\r\n\r\nHTTP/1.1 200 OK\r\n\r\n").code == 101


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 100 Continue, and no final response after it"),
        (b"HTTP/1.1 103 Early\r\n\r\nmore", "no final response"),
        (b"HTTP/1.1 0 Created\r\n\r\nx", "'HTTP/1.1 0 Created', which is not a valid response"),
        (b"HTTP/1.1 1 UNKNOWN\r\n\r\nx", "not a valid response"),
        (b"HTTP/1.1 99 X\r\n\r\nx", "not a valid response"),
        (b"HTTP/1.1 1000 X\r\n\r\nx", "not a valid response"),
        (b"HTTP/1.1 two X\r\n\r\nx", "not a valid response"),
        (b"HTTP/9.9 200 X\r\n\r\nx", "not a valid response"),
        (b"<!doctype html>" + b"x" * 5_000, "not a valid response"),
        (b"\xff" * 100, "not a valid response"),
        (b"\r\n\r\n", "not a valid response"),
        (b"HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\nabc", "HTTP/1.1 200 X, but the content breaks off after 3 bytes"),
        (b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab", "HTTP/1.1 200 X, but"),
        (b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nab", "HTTP/1.1 200 X, but"),
        (b"HTTP/1.1 200 X\r\nContent-Length: " + b"9" * 30 + b"\r\n\r\nabc", "not a valid response"),
        (b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 30 + b"\r\nab", "not a valid response"),
        (b"HTTP/1.1 200 X\r\n" + b"A: b\r\n" * 200 + b"\r\n", "not a valid response"),
        (b"HTTP/1.1 200 X\r\nA: " + b"b" * 100_000 + b"\r\n\r\n", "not a valid response"),
    ],
)
def test_bytes_that_no_client_can_read_are_malformed(raw: bytes, words: str) -> None:
    with pytest.raises(NoReply) as problem:
        parse(raw)
    assert problem.value.kind == "malformed"
    assert words in problem.value.got
    assert len(problem.value.got) < 300


# What does not come back.


def test_closed_port_refuses() -> None:
    host, _, port = closed_url().removeprefix("http://").partition(":")
    with pytest.raises(NoReply) as problem:
        exchange((host, int(port)), "GET", "/")
    assert problem.value.kind == "refused"


def test_connection_that_closes_without_a_word() -> None:
    assert refused(lambda connection, stopped: None).kind == "closed"
    assert refused(lambda connection, stopped: request_of(connection)).kind == "closed"


def test_silence_is_late() -> None:
    problem = refused(lambda connection, stopped: stopped.wait(5))
    assert (problem.kind, problem.got) == ("late", "no complete answer within 0.2 s")


def test_trickle_is_late_however_steady_it_is() -> None:
    def trickle(connection: socket.socket, stopped: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with suppress(OSError):
            while not stopped.wait(0.01):
                connection.sendall(b"x")

    assert refused(trickle).kind == "late"


def test_flood_is_endless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "SIZE_LIMIT", 100_000)

    def flood(connection: socket.socket, stopped: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with suppress(OSError):
            while True:
                connection.sendall(b"x" * 50_000)

    problem = refused(flood, time_limit=5)
    assert (problem.kind, problem.got) == ("endless", "more than 100,000 bytes: reading stopped there")


def test_answer_before_the_content_was_read_counts() -> None:
    def early(connection: socket.socket, stopped: threading.Event) -> None:
        connection.recv(100)
        connection.sendall(OK.replace(b"200 OK", b"413 Too Large"))

    with server(early) as address:
        assert exchange(address, "POST", "/", body=b"x" * 5_000_000).code == 413


def test_reset_behind_the_answer_makes_no_difference() -> None:
    def reset(connection: socket.socket, stopped: threading.Event) -> None:
        # Closing a connection with unread bytes in it resets it.
        connection.recv(1)
        connection.sendall(OK)

    with server(reset) as address:
        assert exchange(address, "GET", "/").body == b"ok"


def test_server_that_reads_nothing_is_late_for_large_content() -> None:
    with server(lambda connection, stopped: stopped.wait(5)) as address, pytest.raises(NoReply) as problem:
        exchange(address, "POST", "/", body=b"x" * 20_000_000, time_limit=0.2)
    assert problem.value.kind == "late"
