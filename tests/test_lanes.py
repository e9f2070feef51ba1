"""Swim lanes: both faces, from real calls, and whom each code blames."""

import socket
from xml.etree import ElementTree

import pytest
import requests
from flask import Flask

from server import Server
from server.pictures.lanes import COLOURS, lanes


@pytest.fixture
def answer():
    """Serve any status code and return a function that asks for one."""
    app = Flask("codes")
    app.add_url_rule("/code/<int:code>", view_func=lambda code: ("", code), endpoint="code")
    app.add_url_rule("/page", view_func=lambda: "<h1>no JSON</h1>", endpoint="page")
    with Server(app) as server:
        yield lambda path: requests.get(server.url + path, timeout=5)


def silence():
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(requests.Timeout) as raised:
        requests.get(f"http://127.0.0.1:{listener.getsockname()[1]}/slow", timeout=(5, 0.05))
    return raised.value


def refused():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/price"
    with pytest.raises(requests.ConnectionError) as raised:
        requests.get(url, timeout=5)
    return raised.value


def shown(picture):
    """Return the words of the HTML face, and prove that it is well-formed."""
    return " ".join(ElementTree.fromstring(picture._repr_html_()).itertext())


@pytest.mark.parametrize(
    ("client", "gateway", "words"),
    [
        ("/code/200", "/code/200", "Nobody failed."),
        ("/code/504", silence, "The service failed, and 504 says so."),
        ("/code/502", refused, "The service failed, and 502 says so."),
        ("/code/500", silence, "The service failed, but 500 blames the gateway."),
        ("/code/500", "/code/200", "The gateway failed, and 500 says so."),
        ("/code/503", "/code/200", "The gateway failed, and 503 says so."),
        ("/code/401", "/code/401", "The gateway failed, but 401 blames the client."),
        ("/code/404", "/code/200", "The client failed, and 404 says so."),
        ("/code/200", "/code/500", "The service failed, but 200 hides it."),
        (silence, silence, "The service failed, and the client got no status code."),
        (silence, None, "The client got no status code. Still waiting, for nobody: gateway."),
    ],
)
def test_who_failed_and_whom_the_code_blames(answer, client, gateway, words):
    outcomes = [outcome() if callable(outcome) else outcome and answer(outcome) for outcome in (client, gateway)]
    picture = lanes(dict(zip(("client", "gateway"), outcomes, strict=True)), "service")
    assert repr(picture).endswith(words)
    assert words in shown(picture)


def test_content_that_is_no_json_arrived_all_the_same(answer):
    with pytest.raises(requests.JSONDecodeError) as raised:
        answer("/page").json()
    picture = lanes({"client": answer("/code/502"), "gateway": raised.value}, "service")
    assert "gateway <- service   the content is not JSON" in repr(picture)
    assert "The service failed, and 502 says so." in shown(picture)


def test_plain_face_tells_every_step(answer):
    picture = lanes({"client": answer("/code/504"), "gateway": silence()}, "service")
    assert repr(picture).splitlines() == [
        "client -> gateway    GET /code/504",
        "gateway -> service   GET /slow",
        "gateway x- service   no answer in time",
        "client <- gateway    504 Gateway Timeout   blames the service",
        "",
        "The service failed, and 504 says so.",
    ]


def test_a_code_may_blame_any_server_behind(answer):
    calls = {"client": answer("/code/504"), "gateway A": answer("/code/504"), "gateway B": silence()}
    picture = lanes(calls, "service")
    assert "blames a server behind gateway A" in repr(picture)
    assert repr(picture).endswith("The service failed, and 504 says so.")


def test_code_has_the_colour_of_the_lane_it_blames(answer):
    honest = lanes({"client": answer("/code/504"), "gateway": silence()}, "service")._repr_html_()
    unfair = lanes({"client": answer("/code/500"), "gateway": silence()}, "service")._repr_html_()
    chip = 'width="48"'
    assert COLOURS[2] in honest.split(chip)[1][:80]
    assert COLOURS[1] in unfair.split(chip)[1][:80]


def test_faces_are_the_same_in_every_run(answer):
    first, second = (lanes({"client": answer("/code/504"), "gateway": refused()}, "service") for _ in range(2))
    assert first._repr_html_() == second._repr_html_()
    assert repr(first) == repr(second)


@pytest.mark.parametrize("calls", [{}, dict.fromkeys("abcde")])
def test_too_few_or_too_many_lanes_are_refused(calls):
    with pytest.raises(ValueError, match="one to 4 calls"):
        lanes(calls, "service")


def test_anything_else_is_refused():
    with pytest.raises(TypeError, match="lanes"):
        lanes({"client": 504}, "service")
